"""Every check by its answers: right ones pass, wrong ones get their hint and no other's."""

import collections
import contextlib
import io
import json

import nbformat
import pytest

from course.code import ROOT
from coursework import answers
from coursework.student import student_version
from helpers.checks.judging import Mistake, judge
from tests.kernels import shown
from tests.mutants import mutants

EXERCISES = [(stem, name) for stem in answers.STEMS for name in answers.of(stem).ANSWERS]
SEEDS = 1, 2, 3  # of numbers other than the notebook's, as in grading
KNOWN = {(stem, name): answers.wrong(stem, name) for stem, name in EXERCISES}
WRONG = [
    pytest.param(stem, name, *one, id=f"{name}-{number}")
    for stem, name in EXERCISES
    for number, one in enumerate(KNOWN[stem, name])
]
RIGHT = [
    pytest.param(stem, name, program, id=f"{name}-{number}")
    for stem, name in EXERCISES
    for number, program in enumerate(
        [answers.solution(stem, name), *answers.of(stem).ANSWERS[name]["right"]]
    )
]


REPAIRS = [
    (stem, name)
    for stem, name in EXERCISES
    if "repair" in answers.stub(stem, name).metadata.get("tags", [])
]


def refusal(stem, name, program):
    """What the check says of a program, as in a notebook; empty if it passes."""
    return answers.said(answers.notes(stem, name, program), *answers.check(stem, name).known())


def passes_with(seed, stem, name, program):
    notes = answers.notes(stem, name, program, seed)
    return not answers.said(notes, answers.right(stem, name, seed), [])


def test_every_solution_has_answers():
    for stem in answers.STEMS:
        cells = {answers.cell_of(stem, name) for name in answers.of(stem).ANSWERS}
        assert cells == answers.solutions(stem).keys()


@pytest.mark.parametrize(("stem", "name", "hint", "mend", "program"), WRONG)
def test_a_wrong_answer_gets_its_hint_and_no_points(stem, name, hint, mend, program):
    notes, known = answers.notes(stem, name, program), answers.check(stem, name).known()
    first, again = (answers.said(notes, *known, again) for again in (False, True))
    assert first
    assert hint in first
    assert mend in again
    assert not mend or mend not in first
    assert not passes_with(SEEDS[0], stem, name, program)


@pytest.mark.parametrize(("stem", "name", "program"), RIGHT)
def test_a_right_answer_passes_and_gets_its_points(stem, name, program):
    assert not refusal(stem, name, program)
    for seed in SEEDS:
        assert passes_with(seed, stem, name, program)


@pytest.mark.parametrize(("stem", "name"), EXERCISES)
def test_no_two_hints_are_for_one_behaviour(stem, name):
    table = json.loads(answers.path_of(stem).read_text("utf-8"))
    hints = collections.defaultdict(set)
    for one in table[name]["known"]:
        hints[json.dumps(one["notes"], sort_keys=True)].add(one["hint"])
    assert [found for found in hints.values() if len(found) > 1] == []


@pytest.mark.parametrize(("stem", "name"), EXERCISES)
def test_the_untouched_stub_is_refused(stem, name):
    said = refusal(stem, name, answers.stub(stem, name).source)
    if (stem, name) in REPAIRS:
        assert said.endswith(answers.UNREPAIRED)  # and no hint
    else:
        assert said.startswith("This is still the stub")


@pytest.mark.parametrize(("stem", "name"), REPAIRS)
def test_the_cell_of_a_repair_holds_its_program_and_no_text_does(stem, name):
    source = answers.stub(stem, name).source
    assert callable(answers.made(stem, name, source))
    path = answers.notebook_of(stem)
    shown = nbformat.read(path, as_version=4).cells
    assert sum(source in cell.source for cell in shown if cell.cell_type == "markdown") == 1
    assert sum(source in cell.source for cell in student_version(path).cells) == 1


@pytest.mark.parametrize(("stem", "name"), EXERCISES)
def test_mutants_are_refused(stem, name, record_property):
    known = answers.of(stem).ANSWERS[name]
    made = list(mutants(answers.solution(stem, name), known.get("mutate", name)))
    record_property("mutants", len(made))
    passed = [what for what, program in made if not refusal(stem, name, program)]
    assert sorted(passed) == sorted(known.get("equivalent", {}))


@pytest.mark.parametrize("nonsense", [None, 7, "a", [], {}, print, lambda *_: None, int, object()])
@pytest.mark.parametrize(("stem", "name"), EXERCISES)
def test_nonsense_is_explained(stem, name, nonsense):
    with pytest.raises(Mistake), contextlib.redirect_stdout(io.StringIO()):
        answers.check(stem, name)(nonsense)


CHECK = "from helpers.checks import gym_api as check\n\ncheck.total_reward(total_reward)"


@pytest.mark.parametrize(
    ("source", "said", "unsaid"),
    [
        (CHECK, "✗ There is no total_reward yet. Run the cell above first.", "Traceback"),
        (f"{CHECK[:43]}\n\nlater + 1", "NameError: name 'later' is not defined", "✗"),
    ],
)
def test_a_check_before_its_cell_says_which_to_run(source, said, unsaid):
    assert said in shown(ROOT, source)
    assert unsaid not in shown(ROOT, source)


def test_what_mends_a_mistake_is_said_when_the_check_fails_again():
    (hint, mend, wrong) = next(one for one in KNOWN["dqn", "dqn_targets"] if one[1])
    check = "from helpers.checks import dqn as check\n\ncheck.dqn_targets(dqn_targets)"
    cells = ["import tensorflow as tf", wrong, check]
    assert hint in shown(ROOT, *cells)
    assert mend not in shown(ROOT, *cells)
    assert mend in shown(ROOT, *cells, check)


@pytest.mark.parametrize(("stem", "name"), EXERCISES)
def test_a_table_has_no_hint_that_is_gone(stem, name):
    table = json.loads(answers.path_of(stem).read_text("utf-8"))
    known = {(hint, mend) for hint, mend, _ in KNOWN[stem, name]}
    assert {(one["hint"], one["mend"]) for one in table[name]["known"]} <= known
    assert table.keys() == answers.of(stem).ANSWERS.keys()


def test_there_are_enough_wrong_answers_and_right_ones():
    for stem, name in EXERCISES:
        assert len(KNOWN[stem, name]) >= 6, name
        assert len(answers.of(stem).ANSWERS[name]["right"]) >= 2, name


@pytest.mark.parametrize("values", [{}, {"values": []}, {"values": [3.5, 3.5]}])
def test_notes_without_their_numbers_are_not_right(values):
    note = {"what": "x", "kind": "numbers", "shape": [], "tolerance": 1e-5}
    right = [note | {"values": [3.5]}, {"tick": "right"}]
    with pytest.raises((Mistake, KeyError, ValueError)):  # the last two: can't be read
        judge([note | values, {"tick": "right"}], right, [])
    assert judge(right, right, []) == ["right"]
