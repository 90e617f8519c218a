"""Answers that learners give: for each chapter, the wrong ones with their hints, and right ones.

A module has ``NAMESPACE``, what an answer may use, and ``ANSWERS``, by exercise:

- ``cell``: the grade id of the solution's cell, if it isn't the exercise's name;
- ``object``: the name of what is handed to the check, if it isn't the exercise's;
- ``mutate``: the name of the function to make mutants of, if it isn't the exercise's;
- ``wrong``: for each hint the answers that must get it, as an edit ``(old, new)`` of the solution
  or as a whole program; a pair of texts is the hint and the line that mends it, which comes when
  the check fails again; an empty hint stands for answers that are refused without one;
- ``right``: whole programs that are written differently;
- ``equivalent``: mutants that are right, with the reason.

``python -m coursework.answers`` lets the probes note what all of them make, and writes the tables
that ``helpers.checks`` judges by.
"""

import functools
import importlib
import itertools
import json
import linecache
import re

import nbformat

from course.chapters import CHAPTERS
from coursework.rebuild import plan
from coursework.student import student_version
from helpers import checks
from helpers.checks.judging import UNREPAIRED, Mistake, judge, packed
from helpers.checks.probing import observe

STEMS = [one.stem for one in CHAPTERS]


@functools.cache
def of(stem):
    """The module of a chapter's answers."""
    return importlib.import_module(f"coursework.answers.{stem}")


def cell_of(stem, exercise):
    """The grade id of the cell that holds the exercise; a class may hold two."""
    return of(stem).ANSWERS[exercise].get("cell", exercise)


@functools.cache
def solutions(stem):
    """The sources of the notebook's solutions, by their cells' grade ids."""
    steps = plan(nbformat.read(notebook_of(stem), as_version=4))
    return {step.id: step.source for step in steps if step.kind == "solution"}


def solution(stem, exercise):
    """The source of the notebook's solution."""
    return solutions(stem)[cell_of(stem, exercise)]


@functools.cache
def stub(stem, exercise):
    """The cell that students find."""
    wanted = cell_of(stem, exercise)
    cells = student_version(notebook_of(stem)).cells
    return next(c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == wanted)


def notebook_of(stem):
    """The path of a chapter's notebook."""
    return next(one.path for one in CHAPTERS if one.stem == stem)


def wrong(stem, exercise):
    """The known wrong answers: tuples of a hint, the line that mends it, and a program.

    Raises:
        ValueError: an edit changes nothing.
    """
    source = solution(stem, exercise)
    found = []
    for hint, answers in of(stem).ANSWERS[exercise]["wrong"].items():
        hint, mend = hint if isinstance(hint, tuple) else (hint, "")
        for answer in answers:
            program = answer if isinstance(answer, str) else source.replace(*answer)
            if program == source:
                raise ValueError(f"{answer[0]!r} is not in the solution of {exercise}")
            found.append((hint, mend, program))
    if "repair" in stub(stem, exercise).metadata.get("tags", []):
        found.append((UNREPAIRED, "", stub(stem, exercise).source))
    return found


def made(stem, exercise, program):
    """The object that a program hands to the check of an exercise."""
    namespace = dict(of(stem).NAMESPACE)
    linecache.cache["<answer>"] = len(program), None, program.splitlines(True), "<answer>"
    exec(compile(program, "<answer>", "exec"), namespace)
    return namespace[of(stem).ANSWERS[exercise].get("object", exercise)]


def check(stem, exercise):
    """The exercise's check."""
    return getattr(importlib.import_module(f"{checks.__name__}.{stem}"), exercise)


def notes(stem, exercise, program, seed=0):
    """The notes that the exercise's probe takes on a program."""
    return observe(check(stem, exercise).probe, made(stem, exercise, program), seed)


@functools.lru_cache(maxsize=64)
def right(stem, exercise, seed):
    """The notes that the exercise's probe takes on the solution."""
    found = notes(stem, exercise, solution(stem, exercise), seed)
    if "tick" not in found[-1]:
        raise RuntimeError(f"the probe of {exercise} stops on the solution: {found[-1]}")
    return found


def table(stem):
    """The knowledge of a chapter's checks: for each exercise, the notes of all known answers.

    Where the general rules say the hint already, nothing has to be known.
    """
    return {exercise: packed(right(stem, exercise, 0), _known(stem, exercise))
            for exercise in of(stem).ANSWERS}  # fmt: skip


def _known(stem, exercise):
    known = []
    for hint, mend, program in wrong(stem, exercise):
        noted = _certain(stem, exercise, program)
        words = said(noted, right(stem, exercise, 0), [])
        if not words:
            raise ValueError(f"the probe of {exercise} doesn't see that this is wrong:\n{program}")
        if hint and hint not in words:
            if not re.fullmatch(r"[A-Z`0-9(γ−].*[.:?`]", hint, re.DOTALL):
                raise ValueError(
                    f"the hint {hint!r} isn't a whole sentence, for {exercise}:\n{program}"
                )
            known.append({"hint": hint, "mend": mend, "notes": noted})
    return known


def _certain(stem, exercise, program):
    """The notes that a program makes each time: those before the first that chance decides."""
    made = notes(stem, exercise, program)
    if "np.random" not in program:
        return made
    again = notes(stem, exercise, program)
    return [
        one for one, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(made, again))
    ]


def mistake(*judged):
    """The ``Mistake`` that the judgement finds, or ``None`` in a right answer."""
    try:
        judge(*judged)
    except Mistake as found:
        return found
    return None


def said(*judged):
    """The words of the judgement, which are empty for a right answer."""
    return str(mistake(*judged) or "")


def path_of(stem):
    """The file of a chapter's table."""
    return checks.TABLES / f"{stem}.json"


def written(stem):
    """The table of a chapter as a text: a line for each right note, and for each mistake."""
    exercises = ",\n".join(
        f'{json.dumps(name)}: {{"right": {_lines(one["right"])}, "known": {_lines(one["known"])}}}'
        for name, one in table(stem).items()
    )
    return f"{{\n{exercises}\n}}\n"


def _lines(notes):
    return "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in notes) + "\n]"
