"""The first half of a check: a probe tries an answer and notes what it sees, as plain data.

A probe knows nothing of what is right. It builds a small world, calls the answer, and an
``Observer`` notes what came of it: numbers with their shapes, what was changed, the kind and line
of an error. In a notebook the numbers that it hands out are fixed, so that they can be followed on
paper; with a seed other than 0, as in grading, they are drawn. What it noted can leave the process
as JSON; ``helpers.checks.judging`` says what is right.
"""

import _thread
import contextlib
import hashlib
import inspect
import linecache
import re
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

SECONDS = 10  # for a probe
NUMBERS = 20_000  # at most in all the notes of a probe
LETTERS = 200  # of a text


class Ended(BaseException):  # so that no answer catches it
    """The probe has noted why it can't go on."""


class Observer:
    """The hands and the notebook of a probe: it hands out numbers, and notes results.

    Args:
        seed: 0 for the numbers of the notebook, any other to draw them.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.notes: list[dict[str, Any]] = []
        self.latest = ""  # what of the toolbox was called last
        self._left = NUMBERS

    def given(self, value: Any, low: float, high: float) -> Any:
        """``value``, or numbers of its shape and type drawn between ``low`` and ``high``."""
        array = np.asarray(value)
        if not self.seed:
            return value
        draw = self.rng.integers if array.dtype.kind == "i" else self.rng.uniform
        drawn = np.asarray(draw(low, high, array.shape), array.dtype)
        return drawn if isinstance(value, np.ndarray) else drawn.tolist()

    def note(self, what: str, value: Any, tolerance: float = 1e-5, **more: Any) -> None:
        """Note a value under a name that a learner can read.

        Args:
            more: ``why`` is what to say of a wrong value that no known mistake makes.
        """
        plain = plainly(value)
        self._left -= len(plain.get("values", ()))
        if self._left < 0:
            raise ValueError(f"the answers have more than {NUMBERS} numbers")
        self.notes.append({"what": what, "tolerance": tolerance, **plain, **more})

    def call(self, what: str, answer: Callable, more: Any = None, **given: Any) -> Any:
        """Call the answer, note and return what came back, and note which arguments it changed.

        ``given`` are its arguments, in their order, with names for the reader; ``more`` is for the
        note.
        """
        result, changed = self._called(answer, given)
        self.note(what, result, **changed, **(more or {}))
        return result

    def run(self, what: str, answer: Callable, **given: Any) -> Any:
        """Call an answer and return what came back; note only which arguments it changed."""
        result, changed = self._called(answer, given)
        self.notes.append({"what": what, "kind": "done", **changed})
        return result

    def _called(self, answer, given):
        before = {name: _marks(value) for name, value in given.items()}
        result = answer(*given.values())
        changed = [name for name, value in given.items() if _marks(value) != before[name]]
        return result, {"given": before, "changed": changed}

    def type(self, what: str, value: Any) -> None:
        """Note the type of a value, or that of its numbers."""
        kind = getattr(value, "dtype", None)
        name = getattr(kind, "name", kind) or type(value).__name__
        self.notes.append({"what": f"The type of {what}", "kind": "type", "text": str(name)})

    def kind(self, what: str, value: Any) -> None:
        """Note what kind of thing a value is; a tuple is as good as a list."""
        self.notes.append({"what": what, "kind": _kind(value).replace("tuple", "list")})

    def still(self, what: str, value: Any) -> None:
        """Note once more what came back earlier: it should be what it was."""
        self.note(what, value, still=True)

    def gradient(self, what: str, value: Any) -> None:
        """Note a gradient, which may be ``None``."""
        if value is None:
            self.notes.append({"what": what, "kind": "no gradient"})
        else:
            self.note(what, value)

    def steps(self, optimizer: Any) -> None:
        """Note how often an optimizer was used."""
        taken = int(optimizer.iterations)
        self.note("The number of steps that the optimizer took", taken, optimizer=True)

    def weights(self, what: str, network: Any, **more: Any) -> None:
        """Note all weights of a network, by their numbers and names; ``more`` as for a note."""
        for number, weight in enumerate(network.weights):
            name = f"{what}, weight {number} (`{weight.name.partition(':')[0]}`),"
            self.note(name, weight.numpy(), **more)

    def compiled(self, what: str, answer: Callable, *given: Any) -> Any:
        """Call the answer inside of a compiled function, as the training does; returns the result.

        Arrays are handed over as tensors. What stops it ends the probe.
        """
        import tensorflow as tf

        def run(*tensors):
            return answer(*tensors)

        log = tf.get_logger()
        level = log.level
        log.setLevel("ERROR")  # a warning is logged where a program's source isn't found
        try:
            return self.symbolic(
                what, lambda: tf.function(run)(*tf.nest.map_structure(_as_tensor, given))
            )
        finally:
            log.setLevel(level)

    def symbolic(self, what: str, build: Callable) -> Any:
        """Call ``build`` on the answer while arrays have no numbers yet; returns its result.

        What stops it ends the probe.
        """
        try:
            return build()
        except Exception as error:  # whatever it is, the answer worked outside
            self.notes.append({"what": what, "compiled": True, **_stopped(error)})
            raise Ended from None

    def refuse(self, reason: str) -> None:
        """End the probe: something of the toolbox was used as it can't be."""
        self.notes.append({"refused": reason})
        raise Ended

    def tick(self, text: str) -> None:
        """End a part of the check, which has its line of praise."""
        self.notes.append({"tick": text})


def observe(probe: Callable, answer: Any, seed: int = 0) -> list[dict[str, Any]]:
    """Run a probe on an answer; returns its notes, of which the last may tell of an error."""
    see = Observer(seed)
    see.notes.append({"what": f"`{probe.__name__}`", "kind": _kind(answer)})
    try:
        with _at_most(SECONDS), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they would hide the verdict, or stop the probe
            probe(see, answer)
    except Ended:
        pass
    except (Exception, SystemExit) as error:
        see.notes.append({"after": see.latest, **_stopped(error)})
    return see.notes


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer, on any system; only the main thread can be interrupted."""
    late = threading.Event()

    def interrupt():
        late.set()
        _thread.interrupt_main()

    timer = threading.Timer(seconds, interrupt)
    if threading.current_thread() is threading.main_thread():
        timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()


def plainly(value: Any) -> dict[str, Any]:
    """A value as data: its kind, and its shape and numbers or a text."""
    if value is None:
        return {"kind": "None"}
    if isinstance(value, str):
        return {"kind": "a text", "text": value[:LETTERS]}
    try:
        array = np.asarray(value, np.float64)
    except Exception:  # an odd object may raise anything
        return {"kind": _kind(value), "shown": _short(value)}
    numbers = [float(f"{number:.9g}") for number in array.ravel()[: NUMBERS + 1]]
    return {"kind": "numbers", "shape": list(array.shape), "values": numbers}


def _short(value):
    return re.sub(r" at 0x\w+", "", repr(value))[:LETTERS]


def _kind(value):
    kinds = {
        "None": value is None,
        "a class": inspect.isclass(value),
        "a generator": inspect.isgenerator(value),
        "a function": callable(value),
        "a tuple": isinstance(value, tuple),
        "a list": isinstance(value, list),
        "a dict": isinstance(value, dict),
    }
    name = type(value).__name__
    article = "an" if name[0] in "AEIOUaeiou" else "a"
    return next((kind for kind, fits in kinds.items() if fits), f"{article} {name}")


def _marks(value):
    """A short text that tells a value from others, and from itself when it has been changed."""
    if hasattr(value, "weights"):
        value = [weight.numpy() for weight in value.weights]
    if isinstance(value, list | tuple):
        return _digest(" ".join(map(_marks, value)))
    if isinstance(value, np.ndarray):
        return _digest(f"{value.dtype} {value.shape} {value.tobytes().hex()}")
    if hasattr(value, "numpy"):
        return _digest(f"tensor {_marks(value.numpy())}")
    return _digest(repr(value)) if isinstance(value, str | int | float | dict) else ""


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _as_tensor(value):
    import tensorflow as tf

    return tf.constant(value) if isinstance(value, np.ndarray) else value


def _stopped(error):
    """The kind and the words of an error, and the learner's line that it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not Path(frame.filename).exists()]  # cells are no files
    line = linecache.getline(theirs[-1].filename, theirs[-1].lineno or 0) if theirs else ""
    text = str(error).strip()
    if "in user code:" in text:  # autograph puts the error last, below its own traceback
        text = text.splitlines()[-1].strip()
    # TensorFlow's {{function_node …}} and [Op:Mul], and Keras's bold print
    words = re.sub(r"\{\{.*?\}\}\s*|\s*\[Op:.*|\x1b\[\d+m| at 0x\w+", "", text)
    words = re.sub(r"^(Exception encountered when calling .*?\.\s+)", "", words)
    words = words.partition("\n")[0].removeprefix(f"{type(error).__name__}: ")[:LETTERS]
    return {
        "error": type(error).__name__,
        "message": words,
        "yours": bool(theirs),
        "line": line.strip(),
    }
