"""Submissions that must be survived, each of them graded for real in a kernel that is shut in.

One run grades them all: whatever somebody hands in costs only their own points.
"""

import contextlib
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
import zipfile
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from course.chapters import CHAPTERS, named
from course.code import ROOT
from coursework import answers, isolation
from coursework.answers import solutions
from coursework.answers.gym_api import RETURN_BY_LOOP
from coursework.grade import Job, _Here, grade, grade_all, jobs, plans
from coursework.judge import Verdict
from coursework.kernel import Ran, Shut, Watch
from coursework.looks import looks
from coursework.reading import LARGEST, Part
from coursework.rebuild import Answers
from coursework.release import release
from coursework.student import student_version
from coursework.submissions import Submission, collect
from coursework.term import kept_at

CHAPTER = "01_gym_api"
FULL = {
    "check_total_reward": 2,
    "check_rollout": 3,
    "check_drift_step": 3,
    "check_discounted_return": 2,
}
RIGHT = solutions("gym_api")
# An answer that would pass no honest check, after code that would make it pass.
CHEAT = """
{code}

def discounted_return(rewards, discount):
    return 0.0
"""


def answered(changes=None, chapter=CHAPTER):
    """A chapter with right answers, apart from those in ``changes``: sources by grade id."""
    notebook = student_version(named(chapter).path)
    right = solutions(chapter[3:]) | (changes or {})
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in right and right[name] is not None:
            cell.source = right[name]
    return notebook


def cell_of(notebook, name):
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name
    )


def cheating(code):
    return answered({"discounted_return": CHEAT.format(code=textwrap.dedent(code))})


def stopping(code):
    """The first exercise does something terrible when it is called, the others are right."""
    body = textwrap.indent(textwrap.dedent(code), "    ")
    return answered({"total_reward": f"def total_reward(env, policy, seed):\n{body}"})


def blank():
    return student_version(CHAPTERS[0].path)


def without_tests():
    notebook = blank()
    notebook.cells = [cell for cell in notebook.cells if "points" not in str(cell.metadata)]
    return notebook


def with_edited_tests():
    notebook = blank()
    for name in FULL:
        cell_of(notebook, name).source = "print('✓ everything')"
    return notebook


def reordered():
    notebook = answered()
    notebook.cells.reverse()
    return notebook


def stripped_of_metadata():
    notebook = answered()
    for cell in notebook.cells:
        cell.metadata.clear()
    return notebook


def forged():
    notebook = blank()
    for name in FULL:
        cell = cell_of(notebook, name)
        cell.outputs, cell.execution_count = [new_output("stream", text="✓ all right")], 1
    return notebook


def split_function():
    notebook = answered()
    cell = cell_of(notebook, "rollout")
    lines = cell.source.splitlines()
    cell.source = "\n".join(lines[:6])
    place = notebook.cells.index(cell)
    notebook.cells.insert(place + 1, new_code_cell("\n".join(lines[6:])))
    return notebook


def without(**points):
    return FULL | {f"check_{name}": number for name, number in points.items()}


NOTHING = dict.fromkeys(FULL, 0)
# Exercises whose cells hold a program to repair where others hold a stub.
REPAIRS = ["total_reward", "store", "interact", "squared_error", "drifting"]
NO_RETURN = without(discounted_return=0)
NO_LOOP = without(total_reward=0)
NOISY = """
import sys, warnings
print("a remark", file=sys.stderr)
warnings.warn("another one")
""" + RIGHT["discounted_return"]

# By the student's name: the notebook, the points it gets, and what is said to them.
NOTEBOOKS = {
    "correct": (answered(), FULL, ""),
    "blank": (blank(), NOTHING, "still the stub"),
    "half": (answered({"rollout": "", "drift_step": None}), None, ""),
    "different": (answered({"discounted_return": RETURN_BY_LOOP}), FULL, ""),
    "warns": (answered({"discounted_return": NOISY}), FULL, ""),
    "loops": (stopping("while True: pass"), NO_LOOP, "too long"),
    "spawns": (
        stopping("import subprocess\nfor _ in range(600): subprocess.Popen(['sleep', '60'])"),
        NO_LOOP,
        "BlockingIOError",
    ),
    "allocates": (stopping("np.ones(50 * 2**30 // 8)"), NO_LOOP, "MemoryError"),
    "allocates slowly": (
        stopping("kept = []\nwhile True: kept.append(b'x' * 10**8)"),
        NO_LOOP,
        "",  # its time may be over before its memory
    ),
    "prints": (stopping("for _ in range(1000): print('x' * 10**6)"), NO_LOOP, ""),
    "digs": (
        stopping("import os\nfor _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')"),
        NO_LOOP,
        "",
    ),
    "prints at once": (stopping("print('x' * 10**9)"), NO_LOOP, ""),
    "exits": (stopping("import os\nos._exit(0)"), NO_LOOP, "ended its own kernel"),
    "exits politely": (stopping("import sys\nsys.exit()"), NO_LOOP, "SystemExit"),
    "kills": (
        stopping("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
        NO_LOOP,
        "ended its own kernel",
    ),
    "exits at once": (
        answered({"total_reward": "import os\nos._exit(0)\ndef total_reward(): pass"}),
        NO_LOOP,
        "ended its own kernel",
    ),
    "fills the disk": (
        stopping("""
            import os
            os.mkdir("deep")
            for i in range(99):
                open(f"deep/{i}", "wb").write(bytes(40 * 2**20))
            while True: pass
        """),
        NO_LOOP,
        "too many files",
    ),
    "hides memory": (stopping("import os\nos.memfd_create('hidden')"), NO_LOOP, "PermissionError"),
    "hides files": (
        stopping("""
            import os
            kept = []
            for i in range(8):
                kept.append(open(f"{i}", "wb"))
                os.unlink(f"{i}")
                kept[-1].write(bytes(40 * 2**20))
                kept[-1].flush()
            while True: pass
        """),
        NO_LOOP,
        "too many files",
    ),
    "floods": (
        stopping("""
            thread = get_ipython().kernel.iopub_thread
            thread.socket.send_multipart([bytes(10**6)] * 1_500)
            while True: pass
        """),
        NO_LOOP,
        "more than the grader takes",
    ),
    "asks": (stopping("return float(input())"), NO_LOOP, "asks for input"),
    "deletes the tests": (without_tests(), NOTHING, "still the stub"),
    "edits the tests": (with_edited_tests(), NOTHING, "still the stub"),
    "reorders": (reordered(), FULL, ""),
    "loses the metadata": (stripped_of_metadata(), FULL, ""),
    "forges outputs": (forged(), NOTHING, "still the stub"),
    "splits a cell": (split_function(), FULL, ""),
    "имя": (answered(), FULL, ""),
    "=1+1": (answered(), FULL, ""),
}
# Code that forges a verdict, by the student's name; `discounted_return` itself is wrong.
CHEATS = {
    "overwrites the check": """
        from helpers.checks import gym_api as check
        check.discounted_return = print
    """,
    "patches the judgement": """
        import helpers.checks
        from helpers.checks import judging
        judging.judge = helpers.checks.judge = lambda *_, **__: ["right"]
        judging._same = lambda *_: True
    """,
    "patches the probe": """
        from helpers.checks import probing
        probing.Observer.note = lambda *_, **__: None
        probing.observe = lambda *_: []
    """,
    "patches NumPy": """
        np.allclose = np.array_equal = lambda *_, **__: True
        np.asarray = lambda *_, **__: np.zeros(())
    """,
    "patches the traceback": "get_ipython().showtraceback = lambda *_, **__: None",
    "patches for the first calls only": """
        calls, real = 0, np.allclose
        def sometimes(*given, **named):
            global calls
            calls += 1
            return True if calls < 9 else real(*given, **named)
        np.allclose = sometimes
    """,
    "transforms the tests": """
        import ast
        class Nothing(ast.NodeTransformer):
            def visit_Expr(self, node):
                return ast.Pass()
        get_ipython().ast_transformers.append(Nothing())
    """,
    "transforms the input": """
        get_ipython().input_transformers_cleanup.append(lambda lines: ["pass"])
    """,
    "hooks the import": """
        import sys, types
        class Finder:
            @staticmethod
            def find_spec(name, *_):
                if name == "helpers.checks.gym_api":
                    fake = types.ModuleType(name)
                    fake.discounted_return = print
                    sys.modules[name] = fake
        sys.meta_path.insert(0, Finder)
    """,
    "hands in the notes of the table": """
        import json, helpers.checks
        table = json.loads((helpers.checks.TABLES / "gym_api.json").read_text("utf-8"))
        forged = table["discounted_return"]["right"]
        json.dumps = lambda *_, real=json.dumps, **__: real(forged)
    """,
    "hands in the notes of the table without their numbers": """
        import json, helpers.checks
        table = json.loads((helpers.checks.TABLES / "gym_api.json").read_text("utf-8"))
        forged = table["discounted_return"]["right"]
        for note in forged:
            note.pop("values", None)
        json.dumps = lambda *_, real=json.dumps, **__: real(forged)
    """,
    "hands in notes of its own": """
        import json
        forged = json.dumps([{"tick": "right"}])
        json.dumps = lambda *_, **__: forged
    """,
    "replies in place of the kernel": """
        import json, helpers.checks
        table = json.loads((helpers.checks.TABLES / "gym_api.json").read_text("utf-8"))
        text = repr(json.dumps(table["discounted_return"]["right"]))
        reply = {"status": "ok", "data": {"text/plain": text}, "metadata": {}}
        get_ipython().user_expressions = lambda asked: dict.fromkeys(asked, reply)
    """,
    "hands in what can't be read": """
        import json
        json.dumps = lambda *_, **__: "[" * 100_000
    """,
    "hands in too much": """
        import json
        json.dumps = lambda *_, **__: "[" + "1, " * 10**8 + "1]"
    """,
}
CHEATS |= {
    f"hands in {name}": f"import json\njson.dumps = lambda *_, **__: {text!r}"
    for name, text in {
        "no text": 5,
        "a dict of a list": {1: []},
        "a number": "[1]",
        "a word": '"abc"',
        "a name": '{"a": 1}',
        "half a letter": '[{"error": "\\ud800", "message": "\\ud800"}]',
        "a huge shape": '[{"kind": "numbers", "shape": [1e99], "values": [1]}]',
    }.items()
}
# Cheats in the answer itself: what it returns tries to find what is expected.
LOOKS_AROUND = """
class Spy:
    def __array__(self, *_, **__):
        import gc, sys
        frame = sys._getframe()
        while frame:
            for name in ("expected", "right", "wanted"):
                if name in frame.f_locals:
                    return np.array(frame.f_locals[name])
            frame = frame.f_back
        return np.zeros(())

def discounted_return(rewards, discount):
    return Spy()
"""
NOTEBOOKS |= {name: (cheating(code), NO_RETURN, "") for name, code in CHEATS.items()}
# An error that carries what it finds of the check, under a name that the course's own has.
LEAKS = """
import inspect

class Mistake(Exception):
    pass

def discounted_return(rewards, discount):
    raise Mistake(inspect.getsource(inspect.currentframe().f_back) + str(rewards))
"""
NOTEBOOKS["leaks"] = answered({"discounted_return": LEAKS}), NO_RETURN, "stopped with Mistake in"
NOTEBOOKS["looks around"] = answered({"discounted_return": LOOKS_AROUND}), NO_RETURN, ""
PROBLEMS = {
    "no json": "JSON",
    "only json": "not a notebook",
    "empty": "empty",
    "huge": "larger than",
    "another chapter": "not chapter 01_gym_api",
    "linked": "link",
    "bomb": "larger than",
    "no zip": "can't be read",
    "locked": "needs a password",
    "crowded": "none of the exercises",
    "nothing": "no notebook",
}


def put(folder, student, notebook, change=lambda text: text):
    place = folder / student
    place.mkdir()
    text = change(nbformat.writes(notebook))
    (place / f"{CHAPTER}.ipynb").write_bytes(text if isinstance(text, bytes) else text.encode())


def put_zip(path, name, text):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    """What a submission must not get at: a file outside, and a server."""
    folder = tmp_path_factory.mktemp("secrets")
    folder.chmod(0o755)
    (folder / "solution.py").write_text(RIGHT["discounted_return"], "utf-8")
    reached = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def wait():
            with contextlib.suppress(OSError):
                reached.append(server.accept())

        threading.Thread(target=wait, daemon=True).start()
        yield folder, server.getsockname()[1], reached


@pytest.fixture(scope="module")
def inbox(tmp_path_factory, secrets):
    folder = tmp_path_factory.mktemp("inbox")
    for student, (notebook, _, _) in NOTEBOOKS.items():
        put(folder, student, notebook)
    outside, port, _ = secrets
    for student, code in {
        "reads a solution": f"exec(open({str(outside / 'solution.py')!r}).read())\n"
        "wanted = discounted_return",
        "reads the notebook": f"open({str(CHAPTERS[0].path)!r}).read()\nwanted = 1",
        "reads another folder": f"import os\nassert os.listdir({str(folder)!r})\nwanted = 1",
        "writes outside": f"open({str(outside / 'written')!r}, 'w').write('x')\nwanted = 1",
        "opens a socket": "import socket\n"
        f"socket.create_connection(('127.0.0.1', {port}), 3)\nwanted = 1",
    }.items():
        put(folder, student, cheating(code))
    put(folder, "windows", answered(), lambda text: text.replace("\n", "\r\n"))
    put(folder, "windows cells", answered(), lambda text: text.replace("\\n", "\\r\\n"))
    put(folder, "marked", answered(), lambda text: b"\xef\xbb\xbf" + text.encode())
    half = '"# \\ud800\\ndef rollout('
    put(folder, "half a letter", answered(), lambda text: text.replace('"def rollout(', half))
    put(folder, "長" * 80, answered())
    put(folder, os.fsdecode(b"\xe9"), answered())
    crowded = answered()
    crowded.cells = [new_code_cell("(") for _ in range(3_000)] + crowded.cells
    put(folder, "crowded", crowded)
    put_zip(folder / "locked.zip", f"<img src=x>_{CHAPTER}.ipynb", "{}")
    locked = (folder / "locked.zip").read_bytes()
    for head in (b"PK\x03\x04\x14\x00", b"PK\x01\x02\x14\x03\x14\x00"):
        locked = locked.replace(head + b"\x00", head + b"\x01")  # the flag of an encrypted file
    (folder / "locked.zip").write_bytes(locked)
    put(folder, "no json", answered(), lambda text: text[:100])
    put(folder, "only json", answered(), lambda text: '{"cells": 3}')
    put(folder, "empty", answered(), lambda text: "")
    put(folder, "another chapter", answered({}, "07_ou_noise"))
    put(folder, "huge", answered())
    os.truncate(folder / "huge" / f"{CHAPTER}.ipynb", 200 * 2**20)
    (folder / "linked").mkdir()
    (folder / "linked" / f"{CHAPTER}.ipynb").symlink_to(CHAPTERS[0].path)
    (folder / "nothing").mkdir()
    put_zip(folder / "traversal.zip", f"../../../{CHAPTER}.ipynb", nbformat.writes(answered()))
    put_zip(folder / "bomb.zip", f"{CHAPTER}.ipynb", bytes(LARGEST + 10))
    (folder / "no zip.zip").write_bytes(b"PK\x03\x04 no zip")
    flat = folder / f"anna_maria_{CHAPTER}.ipynb"
    flat.write_text(nbformat.writes(answered()), "utf-8")
    return folder


@pytest.fixture(scope="module")
def kind(tmp_path_factory):
    if shutil.which("bwrap") is None and not os.environ.get("CI"):
        pytest.skip("bubblewrap is not installed")
    return "bubblewrap and another user" if os.geteuid() == 0 else "bubblewrap"


@pytest.fixture(scope="module")
def graded(inbox, kind, tmp_path_factory):
    folder = tmp_path_factory.mktemp("graded")
    with contextlib.redirect_stderr(io.StringIO()):
        results = grade_all(collect(inbox), CHAPTER, folder, workers=2)
    assert {result["isolation"] for result in results if not result["problem"]} == {kind}
    return folder, {result["student"]: result for result in results}


def test_every_student_is_graded_once(graded, inbox):
    names = (path.stem.encode("utf-8", "backslashreplace").decode() for path in inbox.iterdir())
    students = {"anna_maria" if "anna" in name else name for name in names}
    assert set(graded[1]) == students


@pytest.mark.parametrize("student", NOTEBOOKS)
def test_a_submission_gets_what_it_is_worth(graded, student):
    _, points, words = NOTEBOOKS[student]
    points = without(rollout=0, drift_step=0) if points is None else points
    found = graded[1][student]
    assert found["points"] == points, found["words"]
    assert words in " ".join(found["words"].values())
    assert found["total"] == sum(points.values())


@pytest.mark.parametrize(
    "student",
    ["windows", "windows cells", "marked", "traversal", "anna_maria", "half a letter", "長" * 80,
     "\\udce9"],
)  # fmt: skip
def test_a_file_that_is_only_unusual_gets_its_points(graded, student):
    assert graded[1][student]["points"] == FULL, graded[1][student]["words"]


@pytest.mark.parametrize("student", PROBLEMS)
def test_a_file_that_cannot_be_graded_gets_nothing_and_a_reason(graded, student):
    found = graded[1][student]
    assert found["total"] == 0
    assert PROBLEMS[student] in found["problem"]


@pytest.mark.parametrize(
    "student",
    ["reads a solution", "reads the notebook", "reads another folder", "writes outside",
     "opens a socket"],
)  # fmt: skip
def test_nothing_outside_is_reached(graded, student, secrets):
    found = graded[1][student]
    assert found["points"] == NO_RETURN
    assert "Error" in found["words"]["check_discounted_return"]
    assert not (secrets[0] / "written").exists()
    assert not secrets[2]


def test_an_error_says_nothing_of_the_check(graded):
    words = graded[1]["leaks"]["words"]["check_discounted_return"]
    line = "raise Mistake(inspect.getsource(inspect.currentframe().f_back) + str(rewards))"
    said = f"Your code stopped with Mistake in the line `{line}`. "
    assert words == said + "G is r₀ + γ·r₁ + γ²·r₂ + …, for a list or an array of any length."
    assert "`f_back` reaches frames" in " ".join(graded[1]["leaks"]["looks"])


def test_what_no_solution_needs_is_to_be_looked_at(graded):
    looked_at = {name for name, one in graded[1].items() if one["looks"]}
    assert {"patches NumPy", "hooks the import", "looks around", "hides memory"} <= looked_at
    assert not {"correct", "blank", "different", "half"} & looked_at


def test_a_page_names_its_student_and_no_markup_from_outside_works(graded):
    folder, _ = graded
    page = kept_at("correct", CHAPTER, folder).with_suffix(".html").read_text("utf-8")
    assert "correct: 10 of 10 points" in page
    assert "Exercise 1: <code>total_reward</code>" in page
    locked = kept_at("locked", CHAPTER, folder).with_suffix(".html").read_text("utf-8")
    assert "&lt;img src=x&gt;" in locked
    assert "<img src=x" not in locked


def test_where_the_grader_fails_the_others_go_on_and_it_is_tried_again(
    inbox, tmp_path, monkeypatch
):
    def fail(*_):
        raise OSError("<no more processes>")

    monkeypatch.setattr("coursework.grade.judge", fail)
    monkeypatch.setattr("coursework.grade._Here", _InThisProcess)
    monkeypatch.setattr("coursework.feedback.gradebook", lambda *_: None)
    [found] = [one for one in collect(inbox) if one.student == "correct"]
    for _ in range(2):
        with contextlib.redirect_stderr(io.StringIO()):
            [result] = grade_all([found], CHAPTER, tmp_path)
        assert result["total"] == 0
        assert "the grader itself failed on it, with OSError" in result["problem"]
    page = kept_at("correct", CHAPTER, tmp_path).with_suffix(".html").read_text("utf-8")
    assert "&lt;no more processes&gt;" in page
    assert "<no more" not in page


class Busy:
    """A kernel on a machine that is too busy, the first times that one is asked for."""

    def __init__(self, times, real):
        self.left, self.real = times, real

    def __call__(self, *given):
        self.left -= 1
        return self if self.left >= 0 else self.real(*given)

    def __enter__(self):
        self.dead = False
        return self

    def __exit__(self, *_):
        pass

    def run(self, *_):
        return Ran("dead", message="the code ran too long")


def submitted(folder, student, data):
    """A submission of a notebook, which is put into a folder."""
    path = folder / f"{student}.ipynb"
    path.write_bytes(data)
    return Submission(student, [Part((str(path),), f"{CHAPTER}.ipynb", "notebook")])


@pytest.mark.parametrize(("times", "total", "failed"), [(1, 10, False), (2, 0, True)])
def test_a_busy_machine_costs_no_points(tmp_path, monkeypatch, times, total, failed):
    release(CHAPTERS[0], tmp_path / "release")
    steps = plans()[CHAPTER]
    data = nbformat.writes(answered()).encode()
    [job] = jobs(submitted(tmp_path, "busy", data), {CHAPTER: steps})
    monkeypatch.setattr("coursework.judge.Shut", Busy(times, Shut))
    result, _ = grade(job, steps, "limits only", tmp_path / "release")
    assert (result["total"], result["failed"]) == (total, failed)


@pytest.mark.parametrize(
    ("passed", "worked", "state", "seconds"),
    [
        (0.5, 0.5, "running", 0.5),
        (0.5, 0.0, "sleeping", 0.5),  # it waits
        (0.5, 0.1, "running", 0.1),  # others take the processor
        (0.5, 0.0, "disk-sleep", 0.0),
        (0.5, 2.0, "running", 0.5),  # on four cores
        (60.0, 0.0, "sleeping", 1.0),  # the machine stood still
    ],
)
def test_the_time_in_which_a_kernel_works_or_waits_counts(
    monkeypatch, passed, worked, state, seconds
):
    now, spent = 100.0, 3.0
    process = SimpleNamespace(cpu_times=lambda: (spent, 0), status=lambda: state)
    monkeypatch.setattr("coursework.kernel.time.monotonic", lambda: now)
    watch = Watch(lambda: [process])
    for look in (1, 2):
        now, spent = now + passed, spent + worked
        assert watch.seconds() == pytest.approx(look * seconds)


def test_the_table_has_a_row_for_each_and_no_formula(graded):
    folder, results = graded
    text = (folder / "grades.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("student,chapter,total,of,check_total_reward")
    assert len(text.splitlines()) == 1 + len(results)
    assert not re.search(r"^=", text, re.MULTILINE)
    assert "bubblewrap" in text


def test_feedback_has_the_hint(graded):
    folder, _ = graded
    page = kept_at("blank", CHAPTER, folder).with_suffix(".html").read_text("utf-8")
    assert "still the stub" in page


def test_the_gradebook_has_the_points(graded):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded[0] / 'gradebook.db'}") as book:
        assert book.find_submission(CHAPTER, "correct").score == sum(FULL.values())
        assert book.find_submission(CHAPTER, "blank").score == 0


def predicting(first, second="", unmarked=False):
    """Right answers, with predictions in the cells for them."""
    notebook = answered()
    for number, text in enumerate((first, second), 1):
        cell_of(notebook, f"prediction_{number}").source = text
    if unmarked:
        for cell in notebook.cells:
            cell.metadata.clear()
    return nbformat.writes(notebook).encode()


@pytest.fixture
def graded_for(tmp_path, kind):
    """Grades what students handed in into one folder, without trying their exercises."""

    def run(**submissions):
        found = [submitted(tmp_path, name, data) for name, data in submissions.items()]
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(io.StringIO()):
            patch.setattr("coursework.grade.judge", _no_points)
            patch.setattr("coursework.grade._Here", _InThisProcess)
            grade_all(found, CHAPTER, tmp_path)
        return tmp_path

    return run


def _no_points(stem, steps, *_):
    return {step.id: Verdict(0, "") for step in steps if step.kind == "test"}


class _InThisProcess:
    """What grades in the test's own process, where the judge was replaced."""

    size = 1

    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def grade(self, job, steps, judged=None):
        return grade(job, steps, "none", Path(), judged)


@pytest.mark.parametrize("better", [True, False])
def test_a_time_out_is_tried_again_alone_before_it_counts(tmp_path, monkeypatch, better):
    tried = []

    def judge(stem, steps, answers, kind, folder, seed, judged):
        tried.append(judged)
        late = Verdict(0, "Your code takes too long.", True)
        return {
            test: (judged or {}).get(test)
            or (
                late if test == "check_rollout" and not (judged and better) else Verdict(points, "")
            )
            for test, points in FULL.items()
        }

    monkeypatch.setattr("coursework.grade.judge", judge)
    monkeypatch.setattr("coursework.grade._Here", _InThisProcess)
    monkeypatch.setattr("coursework.feedback.gradebook", lambda *_: None)
    found = [submitted(tmp_path, "ana", nbformat.writes(answered()).encode())]
    for _ in range(2):  # the second time, all is kept
        with contextlib.redirect_stderr(io.StringIO()):
            [result] = grade_all(found, CHAPTER, tmp_path)
        assert result["points"] == (FULL if better else without(rollout=0))
        assert ("tried it again alone" in str(result["words"])) is not better
        assert len(tried) == 2
    assert set(tried[1]) == set(FULL) - {"check_rollout"}


class _Killer(list):
    """A list that ends the process that it is sent to."""

    def __reduce__(self):
        return os._exit, (9,)


def test_a_submission_that_ends_the_grader_s_process_costs_only_itself():
    steps = plans()[CHAPTER]
    job = Job("eve", CHAPTER, Answers(dict(RIGHT)), looks={"x": _Killer()})
    with _Here(1, "limits only") as here:
        here._releases.of = lambda name: Path()
        result, page = here.grade(job, steps)
    assert "ended the grader's own process" in result["problem"]
    assert result["failed"]
    assert "ended the grader" in page


SCRIPT = "It *falls*.</pre><script>alert(1)</script>\n\n<img src=//x.y/z>"


def test_predictions_are_on_the_page_as_they_were_written(graded_for):
    folder = graded_for(ana=predicting(SCRIPT), ben=predicting("It climbs.", unmarked=True))
    page = kept_at("ana", CHAPTER, folder).with_suffix(".html").read_text("utf-8")
    assert "It *falls*.&lt;/pre&gt;&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=//" not in page
    assert "how will this flight end?" in page
    assert "(nothing written)" in page
    assert "It climbs." in kept_at("ben", CHAPTER, folder).with_suffix(".html").read_text("utf-8")


def test_points_by_hand_stay_until_the_text_changes(graded_for):
    from nbgrader.api import Gradebook

    def grades(student):
        return [
            book.find_grade(f"prediction_{number}", CHAPTER, CHAPTER, student) for number in (1, 2)
        ]

    folder = graded_for(ana=predicting("It falls."), ben=predicting("It climbs.", "Both."))
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        written, blank = grades("ana")
        assert (written.needs_manual_grade, blank.needs_manual_grade) == (True, False)
        assert written.max_score == 4
        comment = book.find_comment("prediction_1", CHAPTER, CHAPTER, "ana")
        assert comment.auto_comment == "It falls."
        for grade_of in (written, grades("ben")[0]):
            grade_of.manual_score, grade_of.needs_manual_grade = 3, False
        book.find_grade("check_rollout", CHAPTER, CHAPTER, "ana").manual_score = 1
        book.db.commit()
    graded_for(ana=predicting("It hovers."), ben=predicting("It climbs.", "Both."))
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        assert (grades("ana")[0].manual_score, grades("ana")[0].needs_manual_grade) == (None, True)
        assert (grades("ben")[0].manual_score, grades("ben")[0].needs_manual_grade) == (3, False)


def test_a_second_run_grades_nothing_again_and_says_the_same(inbox, graded, monkeypatch):
    def grade_nothing(*_):
        raise AssertionError("it was graded again")

    folder, results = graded
    monkeypatch.setattr("coursework.grade._Here.grade", grade_nothing)
    with contextlib.redirect_stderr(io.StringIO()):
        again = grade_all(collect(inbox), CHAPTER, folder)
    assert {result["student"]: result for result in again} == results


def test_twice_the_same_grades_with_other_numbers_on_a_ray_cluster(inbox, graded, tmp_path):
    students = "correct", "half", "different", "exits", "hands in the notes of the table"
    chosen = [one for one in collect(inbox) if one.student in students]
    with contextlib.redirect_stderr(io.StringIO()):
        again = grade_all(chosen, CHAPTER, tmp_path, address="local")
    assert len(again) == len(students)
    for result in again:
        first = graded[1][result["student"]]
        assert result["points"] == first["points"]
        assert result["words"] == first["words"]
        assert result["seed"] != first["seed"]


def only(chapter, wanted):
    """A chapter in which those exercises are answered; the others are blank in one way or other."""
    notebook = nbformat.read(chapter.path, as_version=4)
    asked = list(answers.of(chapter.stem).ANSWERS)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        here = [one for one in asked if answers.cell_of(chapter.stem, one) == name]
        if len(here) > 1:
            there = iter(one in wanted for one in here)
            cell.source = SOLUTION.sub(partial(_kept_or_not, there), cell.source)
        elif here and here[0] in wanted:
            cell.source = answers.solution(chapter.stem, here[0])
        elif here:
            blank = answers.stub(chapter.stem, here[0]).source
            comment = textwrap.indent(answers.solution(chapter.stem, here[0]), "# ")
            cell.source = [blank, "", comment][len(wanted) * asked.index(here[0]) % 3]
    return notebook


def _kept_or_not(there, found):
    return found[1] if next(there) else STUB


SOLUTION = re.compile(r" *### BEGIN SOLUTION\n(.*?)\n *### END SOLUTION", re.DOTALL)
STUB = "        raise NotImplementedError()"


def _told_apart(exercises):
    """Few sets of exercises, of which no two exercises are in the same ones."""
    numbered = list(enumerate(exercises, 1))
    bits = range(len(exercises).bit_length())
    return [{one for number, one in numbered if number >> bit & 1} for bit in bits]


@pytest.fixture(scope="module")
def parts(kind, tmp_path_factory):
    """What grading found of every part of every chapter, and the points that it should have."""
    folder, wanted = tmp_path_factory.mktemp("parts"), {}
    for chapter in CHAPTERS:
        asked = list(answers.of(chapter.stem).ANSWERS)
        for number, chosen in enumerate([set(), *_told_apart(asked)]):
            name = f"{number:02}_{chapter.name}"
            (folder / f"{name}.ipynb").write_text(nbformat.writes(only(chapter, chosen)), "utf-8")
            wanted[f"{number:02}", chapter.name] = {
                test: points * (test.removeprefix("check_") in chosen)
                for test, points in chapter.points().items()
            }
    with contextlib.redirect_stderr(io.StringIO()):
        results = grade_all(collect(folder), None, tmp_path_factory.mktemp("graded"), workers=2)
    return {(result["student"], result["chapter"]): result for result in results}, wanted


def test_every_part_of_a_chapter_gets_its_own_points(parts):
    results, wanted = parts
    assert {
        key: (result["points"], result["problem"] or result["words"])
        for key, result in results.items()
        if result["points"] != wanted[key]
    } == {}
    assert set(results) == set(wanted)


def test_what_is_blank_is_said_to_be_blank(parts):
    unrepaired = set()
    for chapter in CHAPTERS:
        words = parts[0]["00", chapter.name]["words"]
        assert set(words) == set(chapter.points())
        for test, said in words.items():
            assert said.startswith("This is still the stub") or said.endswith(answers.UNREPAIRED)
            unrepaired |= {test} if said.endswith(answers.UNREPAIRED) else set()
    assert unrepaired == {f"check_{name}" for name in REPAIRS}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_no_right_answer_is_to_be_looked_at(chapter):
    known = answers.of(chapter.stem).ANSWERS.values()
    right = [program for one in known for program in one.get("right", [])]
    cells = student_version(chapter.path).cells
    blank = [cell.source for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")]
    for program in [*solutions(chapter.stem).values(), *right, *blank]:
        assert looks(program) == []


@pytest.fixture
def ordinary():
    """The beginning of a command that runs as an ordinary user, who may not be root's equal."""
    if os.geteuid():
        return []
    command = ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000", "--dev-bind", "/", "/"]
    if subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("no other user can be had here")
    return command


def test_an_ordinary_user_grades_in_bubblewrap_as_well(kind, ordinary, tmp_path):
    """Where memory that no process maps is bounded: /dev/shm, and what lies beside it."""
    fills = """
        import os
        full = 0
        for folder in ("/dev/shm", "/tmp", "/dev", "/"):
            try:
                for i in range(4):
                    with open(f"{folder}/{i}", "wb") as file:
                        file.write(bytes(40 * 2**20))
            except OSError:
                full += 1
        if full == 4:
            raise BufferError
    """
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    put(inbox, "fills memory", stopping(fills))
    done = subprocess.run(
        [*ordinary, sys.executable, "-m", "coursework.grade", inbox, "--chapter", "01",
         "--workers", "1", "--output", tmp_path / "graded"],
        cwd=ROOT, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert "Isolation: bubblewrap." in done.stdout + done.stderr
    table = (tmp_path / "graded" / "grades.csv").read_text("utf-8-sig")
    assert f"fills memory,{CHAPTER},8.0,10.0,0,3.0,3.0,2.0" in table
    assert "BufferError" in table


def test_the_weaker_kinds_of_isolation_grade_too(inbox, tmp_path):
    chosen = [one for one in collect(inbox) if one.student in ("correct", "blank")]
    with contextlib.redirect_stderr(io.StringIO()):
        results = grade_all(chosen, CHAPTER, tmp_path, kind="limits only")
    assert {result["student"]: result["total"] for result in results} == {"correct": 10, "blank": 0}
    assert {result["isolation"] for result in results} == {"limits only"}


def test_a_release_is_found_by_the_probe(kind, tmp_path):
    (tmp_path / "helpers").mkdir()
    assert not isolation.works(kind, tmp_path / "nowhere")


@pytest.mark.parametrize("folder", ["missing", "."])
def test_a_folder_without_submissions_is_refused(tmp_path, folder):
    with pytest.raises(ValueError, match="SUBMISSIONS must"):
        collect(tmp_path / folder)
