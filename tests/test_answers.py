"""Every check by its answers: right ones pass, wrong ones get their hint and no other's."""

import collections
import contextlib
import io
import json

import pytest

from coursework import answers
from helpers.checks.judging import Mistake, unpacked
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
    for number, program in enumerate(answers.of(stem).ANSWERS[name]["right"])
]
PLAIN = {"line", "message", "shown"}  # words of notes that tell no mistakes apart


def refusal(stem, name, program, again=False):
    """What the check says of a program, as in a notebook; empty if it passes."""
    notes = answers.notes(stem, name, program)
    return answers.said(notes, *answers.check(stem, name).known(), again)


def passes_with(seed, stem, name, program):
    notes = answers.notes(stem, name, program, seed)
    return not answers.said(notes, answers.right(stem, name, seed), [])


def test_every_solution_has_answers():
    for stem in answers.STEMS:
        cells = {answers.cell_of(stem, name) for name in answers.of(stem).ANSWERS}
        assert cells == answers.solutions(stem).keys()


@pytest.mark.parametrize(("stem", "name", "hint", "mend", "program"), WRONG)
def test_a_wrong_answer_gets_its_hint_and_no_points(stem, name, hint, mend, program):
    first, again = (refusal(stem, name, program, again) for again in (False, True))
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
    hints = collections.defaultdict(set)
    for hint, _, program in KNOWN[stem, name]:
        notes = answers.notes(stem, name, program)
        plain = [{key: one[key] for key in one.keys() - PLAIN} for one in notes]
        hints[json.dumps(plain, sort_keys=True)].add(hint)
    assert [found for found in hints.values() if len(found) > 1] == []


@pytest.mark.parametrize(("stem", "name"), EXERCISES)
def test_the_untouched_stub_is_refused(stem, name):
    stub = answers.stub(stem, name)
    repair = "repair" in stub.metadata.get("tags", [])
    said = refusal(stem, name, stub.source)
    assert (answers.UNREPAIRED if repair else "This is still the stub") in said


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


@pytest.mark.parametrize("stem", answers.STEMS)
def test_the_tables_are_what_the_answers_make(stem):
    kept = json.loads(answers.path_of(stem).read_text("utf-8"))
    made = json.loads(answers.written(stem))
    assert kept.keys() == made.keys()
    for name in kept:
        (right, known), (right_now, known_now) = unpacked(kept[name]), unpacked(made[name])
        assert not answers.said(right_now, right, [])
        assert [one["hint"] for one in known] == [one["hint"] for one in known_now]
        for one, now in zip(known, known_now):
            assert not answers.said(now["notes"], one["notes"], []), one["hint"]


def test_there_are_enough_wrong_answers_and_right_ones():
    for stem, name in EXERCISES:
        assert len(KNOWN[stem, name]) >= 6, name
        assert len(answers.of(stem).ANSWERS[name]["right"]) >= 2, name
