"""Checkpoints: named arrays and JSON facts in one file, written whole or not at all.

The format is NumPy's ``.npz`` without pickles, so that opening a file never runs what is in it.
"""

import json
import os
from pathlib import Path

import numpy as np

FACTS = "facts"


def write(path: Path | str, arrays: dict[str, np.ndarray], facts: dict) -> None:
    """Write ``arrays``, a dict by name, and ``facts``, anything JSON can hold, to ``path``.

    A process that dies at any moment leaves the old file or the new one: the new one is written
    beside it, flushed to the disk, and renamed over it in one step.
    """
    path = Path(path)
    partial = path.with_name(path.name + ".partial")
    with open(partial, "wb") as file:
        np.savez(file, **{FACTS: np.array(json.dumps(facts))}, **arrays)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def read(path: Path | str) -> tuple[dict[str, np.ndarray], dict]:
    """``(arrays, facts)`` as they were written to ``path``.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file isn't a checkpoint.
    """
    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return arrays, json.loads(str(arrays.pop(FACTS)))
    except FileNotFoundError:
        raise
    except Exception as error:
        # A damaged file shows as any of a dozen errors, of zipfile, NumPy and JSON.
        raise ValueError(f"{path} must be a checkpoint, but it can't be read: {error}") from error


def within(folder: str, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays whose names begin with ``folder/``, by the rest of their names."""
    names = [name for name in arrays if name.startswith(f"{folder}/")]
    return {name.partition("/")[2]: arrays[name] for name in names}


def state(part: object) -> tuple[dict[str, np.ndarray], dict]:
    """The memory of ``part``, ``(arrays, facts)``: its arrays, and its numbers and generators.

    Args:
        part: a random generator, or an object whose attributes are all that it remembers. Those
            of other kinds are taken for what it was made with, and not for what it remembers.
    """
    arrays: dict[str, np.ndarray] = {}
    facts: dict = {}
    for name, value in _attributes(part).items():
        if isinstance(value, np.ndarray):
            arrays[name] = value.copy()
        elif isinstance(value, np.random.Generator):
            facts[name] = value.bit_generator.state
        elif isinstance(value, int | float):
            facts[name] = value
    return arrays, facts


def restore(part: object, arrays: dict[str, np.ndarray], facts: dict) -> None:
    """Let ``part`` remember again what ``state`` found in it, or in one made in the same way."""
    attributes = _attributes(part)
    for name, array in arrays.items():
        setattr(part, name, array.copy())
    for name, fact in facts.items():
        if isinstance(attributes[name], np.random.Generator):
            attributes[name].bit_generator.state = fact
        else:
            setattr(part, name, fact)


def _attributes(part):
    return {"generator": part} if isinstance(part, np.random.Generator) else vars(part)
