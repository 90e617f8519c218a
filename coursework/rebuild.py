"""Rebuild a chapter from its source with a student's answers, which is all that is taken over."""

import ast
import itertools
import json
import re
from dataclasses import dataclass

import nbformat

from coursework.student import MARKER, PREDICTION

CELLS = 2_000  # of a notebook: a chapter has under a hundred
PARTS = 20  # cells that one was split into
LETTERS = 200_000  # of a cell, beyond which it isn't read as a program
WRITTEN = 5_000  # letters of a prediction
QUESTION = "**Predict:**"


class UnreadableError(ValueError):
    """A submission that can't be graded, with the reason in words."""


@dataclass
class Step:
    """A cell that counts when a chapter is graded.

    Its ``kind`` is setup, solution or test, which run, or prediction, whose ``source`` is the
    question.
    """

    kind: str
    source: str
    id: str = ""
    points: float = 0
    solution: str = ""  # of a test: the id of the cell that it tests


def plan(notebook):
    """The cells of a source notebook that grading runs, in order."""
    steps, latest = [], ""
    for before, cell in itertools.pairwise([None, *notebook.cells]):
        grading = cell.metadata.get("nbgrader", {})
        if grading.get("solution") and grading.get("grade"):
            points = float(grading.points)
            steps.append(Step("prediction", before.source, grading.grade_id, points))
        elif grading.get("solution"):
            latest = grading.grade_id
            steps.append(Step("solution", MARKER.sub("", cell.source), latest))
        elif grading.get("grade"):
            points = float(grading.points)
            steps.append(Step("test", cell.source, grading.grade_id, points, latest))
        elif "setup" in cell.metadata.get("tags", []):
            steps.append(Step("setup", cell.source))
    return steps


def read(data):
    """The notebook in what a student handed in.

    Raises:
        UnreadableError: it is none.
    """
    if not data.strip():
        raise UnreadableError("the file is empty")
    try:
        raw = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UnreadableError("the file isn't a notebook: it can't be read as JSON") from None
    try:
        notebook = nbformat.convert(nbformat.from_dict(raw), 4)
        cells = notebook.cells
        for cell in cells:
            if isinstance(cell.source, list):
                cell.source = "".join(cell.source)
            source = cell.source.replace("\r\n", "\n").replace("\r", "\n")
            cell.source = source.encode("utf-8", "replace").decode()  # half of a pair is no letter
            cell.cell_type, cell.metadata.get("nbgrader", {}).get("grade_id")
    except Exception:  # whatever a file may contain that only looks like a notebook
        raise UnreadableError("the file is JSON, but not a notebook") from None
    return notebook


def answers(notebook, steps):
    """The student's source for each solution cell, ``None`` where there is none.

    A cell is found by its grade id, else by the name that it defines. Where that is only a part of
    the answer, since the cell was split, the unknown cells behind it are joined to it.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"][:CELLS]
    solutions = [step for step in steps if step.kind == "solution"]
    found = {step.id: _index(cells, step) for step in solutions}
    return {
        step.id: None if found[step.id] is None else _joined(cells, found[step.id], step, found)
        for step in solutions
    }


def predictions(notebook, steps):
    """The student's text for each question that asks for a prediction; empty where there is none.

    A text is found by its cell's grade id, else below its question.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"][:CELLS]
    below = [after for cell, after in itertools.pairwise(cells) if QUESTION in cell.source]
    texts = {}
    for number, step in enumerate(one for one in steps if one.kind == "prediction"):
        own = [cell for cell in cells if _grade_id(cell) == step.id] or below[number : number + 1]
        text = own[-1].source.replace(PREDICTION, "").strip() if own else ""
        texts[step.id] = text[:WRITTEN]
    return texts


def chapter_of(notebook, plans):
    """The chapter whose exercises the notebook has most of, or ``None``; ``plans`` by chapter."""
    scores = {
        chapter: sum(source is not None for source in answers(notebook, steps).values())
        for chapter, steps in plans.items()
    }
    best = max(scores, key=scores.get)
    return best if scores[best] else None


def names(source):
    """The names that a program defines at its top level; empty if it doesn't parse."""
    tree = _parsed(source)
    kinds = ast.FunctionDef, ast.ClassDef
    return {node.name for node in tree.body if isinstance(node, kinds)} if tree else set()


def _index(cells, step):
    ids = [i for i, cell in enumerate(cells) if _grade_id(cell) == step.id]
    if ids:
        return ids[-1]  # of a cell that was copied, the copy
    wanted = names(step.source)
    named = [i for i, cell in enumerate(cells) if wanted <= names(cell.source)]
    begun = [i for i, cell in enumerate(cells) if _begins(cell.source, wanted)]
    return (named or begun or [None])[-1]


def _begins(source, wanted):
    """Does a program that may not parse define all of those names?"""
    found = re.findall(r"^(?:def|class) (\w+)", source, re.MULTILINE)
    return wanted <= set(found)


def _joined(cells, index, step, found):
    source = cells[index].source
    for i in range(index + 1, min(index + PARTS, len(cells))):
        known = i in found.values() or _grade_id(cells[i])
        whole = _parsed(source) and names(step.source) <= names(source)
        if known or (whole and _parsed(cells[i].source)):
            break
        source += "\n" + cells[i].source
    return source


def _grade_id(cell):
    grading = cell.metadata.get("nbgrader")
    return grading.get("grade_id") if isinstance(grading, dict) else None


def _parsed(source):
    try:
        return ast.parse(source) if len(source) <= LETTERS else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
