"""Every check: its solution and other right answers pass, wrong answers get their hint."""

import contextlib
import importlib
import io
import re
import signal

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from course import chapters
from course.code import ROOT
from coursework import answers
from coursework.rebuild import plan
from coursework.student import student_version
from helpers.checks import Mistake
from tests.mutants import mutants

NOTEBOOKS = {chapter.stem: chapter.path for chapter in chapters.CHAPTERS}
STEMS = [stem for stem in NOTEBOOKS if stem not in answers.STEMS]


def solutions(stem):
    """The solution of each exercise of a chapter, by its grade id."""
    return {
        step.id: step.source
        for step in plan(nbformat.read(NOTEBOOKS[stem], as_version=4))
        if step.kind == "solution"
    }


CHAPTERS = {stem: importlib.import_module(f"tests.wrong_answers.{stem}") for stem in STEMS}
SOLUTIONS = {stem: solutions(stem) for stem in STEMS}
EXERCISES = [(stem, exercise) for stem in STEMS for exercise in CHAPTERS[stem].ANSWERS]


def cell_of(stem, exercise):
    """The grade id of the cell that holds the exercise; a class may hold two."""
    return CHAPTERS[stem].ANSWERS[exercise].get("cell", exercise)


def test_every_solution_has_answers():
    for stem in STEMS:
        cells = {cell_of(stem, exercise) for exercise in CHAPTERS[stem].ANSWERS}
        assert cells == set(SOLUTIONS[stem])


@contextlib.contextmanager
def at_most(seconds):
    """A program that runs for longer is stopped by an error, as a learner would stop it."""

    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def verdict(stem, exercise, program):
    """What the check prints for a program; raises its ``Mistake`` if it refuses it."""
    namespace = dict(CHAPTERS[stem].NAMESPACE)
    check = getattr(importlib.import_module(f"helpers.checks.{stem}"), exercise)
    printed = io.StringIO()
    with at_most(20), contextlib.redirect_stdout(printed):
        exec(compile(program, "<answer>", "exec"), namespace)
        check(namespace[CHAPTERS[stem].ANSWERS[exercise].get("object", exercise)])
    return printed.getvalue()


def edited(stem, exercise, old, new):
    source = SOLUTIONS[stem][cell_of(stem, exercise)]
    assert old in source, f"{old!r} is not in the solution of {exercise}"
    return source.replace(old, new) if old else new


WRONG = [
    pytest.param(stem, exercise, edited(stem, exercise, old, new), hint, id=f"{exercise}-{number}")
    for stem, exercise in EXERCISES
    for number, (old, new, hint) in enumerate(CHAPTERS[stem].ANSWERS[exercise]["wrong"])
]
RIGHT = [
    pytest.param(stem, exercise, program, id=f"{exercise}-{number}")
    for stem, exercise in EXERCISES
    for number, program in enumerate(
        [SOLUTIONS[stem][cell_of(stem, exercise)], *CHAPTERS[stem].ANSWERS[exercise]["right"]]
    )
]


@pytest.mark.parametrize(("stem", "exercise", "program", "hint"), WRONG)
def test_a_wrong_answer_gets_its_hint(stem, exercise, program, hint):
    with pytest.raises(Mistake) as mistake:
        verdict(stem, exercise, program)
    assert hint in str(mistake.value)


@pytest.mark.parametrize(("stem", "exercise", "program"), RIGHT)
def test_a_right_answer_passes(stem, exercise, program):
    printed = verdict(stem, exercise, program)
    assert printed
    assert all(line.startswith("✓ ") for line in printed.splitlines())


STUBS = {
    (stem, cell.metadata.nbgrader.grade_id): cell
    for stem in STEMS
    for cell in student_version(NOTEBOOKS[stem]).cells
    if cell.metadata.get("nbgrader", {}).get("solution")
}
REPAIRS = [key for key, cell in STUBS.items() if "repair" in cell.metadata.get("tags", [])]
UNREPAIRED = "This still does what the code to repair does. "


@pytest.mark.parametrize(("stem", "exercise"), EXERCISES)
def test_the_untouched_stub_is_refused(stem, exercise):
    words = UNREPAIRED if (stem, exercise) in REPAIRS else "This is still the stub"
    with pytest.raises(Mistake, match=words):
        verdict(stem, exercise, STUBS[stem, cell_of(stem, exercise)].source)


@pytest.mark.parametrize(("stem", "exercise"), REPAIRS)
def test_code_to_repair_is_said_to_be_wrong_without_the_reason(stem, exercise):
    with pytest.raises(Mistake) as mistake:
        verdict(stem, exercise, STUBS[stem, exercise].source)
    seen = str(mistake.value).removeprefix(UNREPAIRED)
    hints = {hint for _, _, hint in CHAPTERS[stem].ANSWERS[exercise]["wrong"]}
    assert not [hint for hint in hints if hint in seen and not hint.startswith("instead of")]
    assert seen.endswith("Change the code in its cell, and run the cell again before this check.")


def test_there_are_programs_to_repair_and_their_cells_hold_them_alone():
    for stem, exercise in REPAIRS:
        source = STUBS[stem, exercise].source
        namespace = dict(CHAPTERS[stem].NAMESPACE)
        exec(compile(source, "<stub>", "exec"), namespace)
        assert callable(namespace[exercise])
        shown = nbformat.read(NOTEBOOKS[stem], as_version=4).cells
        assert sum(source in cell.source for cell in shown if cell.cell_type == "markdown") == 1
        given = student_version(NOTEBOOKS[stem]).cells
        assert sum(source in cell.source for cell in given) == 1


@pytest.mark.parametrize(("stem", "exercise"), EXERCISES)
def test_mutants_are_refused(stem, exercise, record_property):
    known = CHAPTERS[stem].ANSWERS[exercise]
    passed = []
    source = SOLUTIONS[stem][cell_of(stem, exercise)]
    made = list(mutants(source, known.get("mutate", exercise)))
    record_property("mutants", len(made))
    for what, program in made:
        with contextlib.suppress(Mistake):
            verdict(stem, exercise, program)
            passed.append(what)
    assert sorted(passed) == sorted(known.get("equivalent", {}))


@pytest.mark.parametrize("nonsense", [None, 7, "a", [], {}, print, lambda *_: None, int, object()])
@pytest.mark.parametrize(("stem", "exercise"), EXERCISES)
def test_nonsense_is_explained(stem, exercise, nonsense):
    check = getattr(importlib.import_module(f"helpers.checks.{stem}"), exercise)
    with pytest.raises(Mistake), contextlib.redirect_stdout(io.StringIO()):
        check(nonsense)


CHECK = "from helpers.checks import gym_api as check\n\ncheck.total_reward(total_reward)"


@pytest.mark.parametrize(
    ("source", "said", "unsaid"),
    [
        (CHECK, "✗ There is no total_reward yet. Run the cell above first.", "Traceback"),
        (f"{CHECK[:43]}\n\nlater + 1", "NameError: name 'later' is not defined", "✗"),
    ],
)
def test_a_check_before_its_cell_says_which_to_run(source, said, unsaid):
    notebook = new_notebook(cells=[new_code_cell(source)])
    client = NotebookClient(notebook, resources={"metadata": {"path": str(ROOT)}}, timeout=60)
    with pytest.raises(CellExecutionError):
        client.execute()
    shown = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(notebook.cells[0].outputs[0].traceback))
    assert said in shown
    assert unsaid not in shown


def test_there_are_enough_wrong_answers_and_right_ones():
    for stem, exercise in EXERCISES:
        known = CHAPTERS[stem].ANSWERS[exercise]
        assert len(known["wrong"]) >= 6, exercise
        assert len(known["right"]) >= 2, exercise
