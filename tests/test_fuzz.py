"""Odd names, archives, notebooks, messages and notes, by the thousand: nothing stops the grader.

`make test` tries the same few each time, `make fuzz` others for ten minutes.
"""

import functools
import json
import os
import time
import types
import warnings
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursework import feedback, grade, judge, kernel, naming, outside, reading, rebuild, report
from helpers.checks import gym_api
from tests.test_downloads import CHAPTER, GRADESCOPE, NAME, notebook, tarred, zipped

SECONDS = float(os.environ.get("FUZZ_SECONDS", 0)) / 6  # for each of the tests
PLANS = grade.plans()
STEPS = [{"kind": step.kind, "source": step.source, "id": step.id, "points": step.points,
          "solution": step.solution} for step in PLANS[CHAPTER]]  # fmt: skip


def fuzz(*strategies, examples=1_000):
    """A test of what is drawn, once or for as long as we were asked."""

    def of(function):
        drawn = settings(
            max_examples=examples,
            derandomize=not SECONDS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )(given(*strategies)(function))

        @functools.wraps(function, assigned=("__name__", "__doc__", "__module__"))
        def test():
            end = time.monotonic() + SECONDS
            drawn()
            while time.monotonic() < end:
                drawn()

        del test.__wrapped__
        return test

    return of


texts = st.text(st.characters(codec=None, categories=None), max_size=40)
words = st.sampled_from(
    ["cells", "source", "metadata", "nbgrader", "grade_id", "cell_type", "worksheets", "input",
     "outputs", "code", "markdown", "discounted_return", "check_rollout", "def rollout(:",
     "def discounted_return(a, b):\n    return x", "%time", "\ud800", "**Predict:**"]
)  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | texts, inner, max_size=5),
    max_leaves=25,
)
cells = st.lists(
    st.fixed_dictionaries(
        {"cell_type": words | values, "source": words | values},
        optional={"metadata": st.fixed_dictionaries({"nbgrader": values}) | values},
    )
    | values,
    max_size=6,
)
notebooks = st.builds(lambda inner: {"cells": inner}, cells) | values


@fuzz(notebooks)
def test_a_notebook_is_read_or_refused_in_words(raw):
    try:
        found = rebuild.read(json.dumps(raw).encode())
    except rebuild.UnreadableError:
        return
    rebuild.chapter_of(found, PLANS)
    answers = rebuild.answers(found, PLANS[CHAPTER])
    json.dumps([answers.sources, answers.faults, answers.predictions]).encode()


NESTED = {
    NAME: notebook(),
    "x.zip": zipped({NAME: notebook()}),
    "y.tgz": tarred({NAME: notebook()}),
}
GOOD = [zipped(NESTED), tarred(NESTED), tarred(NESTED, "w"), notebook(), GRADESCOPE.encode()]
edits = st.lists(
    st.tuples(st.integers(0, 10**6), st.binary(max_size=4), st.integers(0, 5)), max_size=12
)


def edited(data, changes):
    for place, put, cut in changes:
        place %= len(data) + 1
        data = data[:place] + put + data[place + cut :]
    return data


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "file"


def test_a_file_is_read_or_refused_in_words(file):
    @fuzz(st.sampled_from(GOOD), edits, st.sampled_from(["archive", "notebook"]), texts)
    def run(data, changes, kind, name):
        file.write_bytes(edited(data, changes))
        part = {
            "place": [str(file)],
            "name": name,
            "kind": kind,
            "attempt": [],
            "late": False,
            "framed": "",
        }
        said = reading._read({"parts": [part], "plans": {CHAPTER: STEPS}})
        json.dumps(said).encode()
        assert said["notebooks"] or said["unread"] or kind == "notebook"
        json.dumps(reading._listing({"place": [str(file)]})).encode()

    run()


def test_a_zip_of_odd_names_is_read(file):
    @fuzz(st.lists(texts, min_size=1, max_size=5), examples=200)
    def run(names):
        with zipfile.ZipFile(file, "w") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # two may have the same name
            for name in names:
                name = name.encode("utf-8", "ignore").decode() + ".ipynb"
                archive.writestr(zipfile.ZipInfo(name), notebook())
        part = {
            "place": [str(file)],
            "name": "x",
            "kind": "archive",
            "attempt": [],
            "late": False,
            "framed": "",
        }
        json.dumps(reading._read({"parts": [part], "plans": {CHAPTER: STEPS}})).encode()

    run()


frames = st.sampled_from(
    ["_assignsubmission_file_", "_attempt_2026-11-01-10-00-00_", "_LATE_12_345_", " - Nov 5, 2026",
     "12-34 - ", "01_gym_api", ".ipynb", " (2)", "-Copy1", "+ps1+2026-11-01 10:00:00", "Copy of "]
)  # fmt: skip
names = st.lists(frames | texts, max_size=6).map("".join)


@fuzz(names, st.booleans(), examples=1_500)
def test_a_name_becomes_one_that_all_can_hold(name, folder):
    found = naming.frame(name, folder)
    said = naming.named(name, PLANS)
    naming.kind(name), naming.stem(name)
    for text in (name, found.student if found else "", said.before):
        plain = outside.plain(text)
        assert len(plain) <= outside.NAME
        assert plain.isprintable()
        cell = outside.cell(text)
        assert not cell.strip(" '").startswith(tuple(outside.FORMULA)) or cell.startswith("'")
        assert "<" not in outside.html(text)
        plain.encode(), cell.encode()


messages = st.fixed_dictionaries(
    {"parent_header": st.just({"msg_id": "ours"}) | values, "content": values},
) | values  # fmt: skip
contents = st.fixed_dictionaries(
    {"status": st.sampled_from(["ok", "error"]) | values},
    optional={"ename": values, "evalue": values, "execution_state": values,
              "user_expressions": st.fixed_dictionaries({"value": values}) | values},
)  # fmt: skip


@fuzz(messages, contents, examples=600)
def test_a_message_of_any_shape_stops_nothing(message, content):
    found = kernel._next(lambda timeout: message, "ours", 0)
    if found:
        kernel._length(found["content"])
        found["content"].get("execution_state")
    reply = {"parent_header": {"msg_id": "ours"}, "content": content}
    shut = types.SimpleNamespace(client=types.SimpleNamespace(get_shell_msg=lambda timeout: reply))
    ran = kernel.Shut._reply(shut, "ours")
    assert all(isinstance(text, str) for text in (ran.error, ran.message, ran.value))


RIGHT, KNOWN = gym_api.discounted_return.known()
keys = st.sampled_from(
    [*sorted({key for note in RIGHT for key in note}), "error", "message", "line", "text",
     "refused", "changed", "shown", "yours", "compiled"]
)  # fmt: skip
notes = st.lists(
    st.dictionaries(keys, values, max_size=6)
    | st.sampled_from(RIGHT).flatmap(
        lambda note: st.dictionaries(keys, values, max_size=3).map(lambda more: note | more)
    ),
    max_size=5,
)


@fuzz(notes, texts, values, examples=500)
def test_notes_of_any_shape_become_words_that_a_page_can_hold(noted, answer, word):
    found = judge._Judging._named(None, noted, RIGHT, KNOWN, answer)
    verdict = judge.Verdict(0, str(found or ""), hint=found.hint if found else "")
    job = grade.Job(
        outside.plain(answer) or "x", CHAPTER, rebuild.Answers({"rollout": answer}, {}, {}),
        file=answer, unread=[(answer, str(word))], problem=str(word),
    )  # fmt: skip
    result = grade._result(job, PLANS[CHAPTER], {"check_rollout": verdict})
    json.dumps(result).encode()
    "\n".join(report.text(types.SimpleNamespace(unread=[], absent=[], unmatched=[]), [result]))
    list(map(outside.cell, feedback._row(result, ["check_rollout"])))
    feedback._summary(result).encode()
