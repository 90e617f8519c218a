"""Exercises as the course's own notebooks have them: the answer, the points, the place.

A release for students doesn't have them.
"""

import functools
import json
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers.yours import kept
from helpers.yours.kept import PARTS, STEMS, YOURS

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
MARKER = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)


class Exercise(NamedTuple):
    """An exercise in the course's notebook."""

    solution: str  # its source
    points: float


@functools.cache
def _cells(stem):
    [path] = NOTEBOOKS.glob(f"??_{stem}.ipynb")
    return json.loads(path.read_text("utf-8"))["cells"]


@functools.cache
def exercises(stem: str) -> dict[str, Exercise]:
    """The exercises of a chapter, by their names."""
    found, latest = {}, ""
    for cell in _cells(stem):
        grading = cell["metadata"].get("nbgrader", {}) if cell["cell_type"] == "code" else {}
        if grading.get("solution"):
            latest = MARKER.sub("", "".join(cell["source"])).rstrip() + "\n"
        elif grading.get("grade"):
            name = grading["grade_id"].removeprefix("check_")
            found[name] = Exercise(latest, grading["points"])
    return found


def title(stem: str) -> str:
    """A chapter's number and title, as its notebook has them."""
    return (
        "".join(_cells(stem)[0]["source"]).partition("\n")[0].removeprefix("# ").partition(":")[0]
    )


def table() -> str:
    """A table in Markdown: the exercises of each chapter that are passed, taken and open."""
    rows = [("chapter", "exercises", "passed", "taken", "open", "points"), ("---", *["--:"] * 5)]
    totals = np.zeros(6)
    for stem in STEMS:
        known, done = exercises(stem), _kept(stem)
        passed = [name for name in done if done[name].origin == YOURS]
        points = sum(known[name].points for name in passed)
        of = sum(one.points for one in known.values())
        counts = len(known), len(passed), len(done) - len(passed), len(known) - len(done)
        rows.append(_row(title(stem), *counts, points, of))
        totals += [*counts, points, of]
    rows.append(_row("**all**", *totals))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(name, *numbers):
    *counts, points, of = (f"{number:g}" for number in numbers)
    return name, *counts, f"{points} of {of}"


def advice(stem: str) -> str:
    """The next thing to do, for a learner at the end of this chapter."""
    if left := _open(stem):
        return f"Next: the exercise `{left[0]}` of this chapter is still open."
    later = STEMS[STEMS.index(stem) + 1 :]
    for other in [*later, *STEMS]:
        if left := _open(other):
            return f"Next: chapter {title(other)}, with the exercise `{left[0]}`."
    return "Every exercise is done, and the agent that lands is made of these pieces."


def _open(stem):
    done = _kept(stem)
    return [name for name in PARTS[stem] if name not in done]


def _kept(stem):
    try:
        return kept.read(stem)
    except ValueError:
        return {}
