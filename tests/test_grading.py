"""Submissions that must be survived, each of them graded for real in a kernel that is shut in.

One run grades them all: whatever somebody hands in costs only their own points.
"""

import contextlib
import io
import os
import re
import shutil
import socket
import textwrap
import threading
import zipfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from course.chapters import CHAPTERS, named
from coursework import isolation
from coursework.answers import solutions
from coursework.answers.gym_api import RETURN_BY_LOOP
from coursework.grade import grade_all, kept_at
from coursework.student import student_version
from coursework.submissions import LARGEST, collect

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
        stopping("kept = []\nwhile True: kept.append(bytearray(10**8))"),
        NO_LOOP,
        "GB of memory",
    ),
    "prints": (stopping("for _ in range(1000): print('x' * 10**6)"), NO_LOOP, ""),
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
    "overwrites the check": (
        cheating("from helpers.checks import gym_api as check\ncheck.discounted_return = print"),
        NO_RETURN,
        "",
    ),
    "patches the checks": (
        cheating("""
            import helpers.checks
            helpers.checks.wrong = helpers.checks.expect = lambda *_, **__: None
            helpers.checks.check = lambda function: print
        """),
        NO_RETURN,
        "",
    ),
    "patches the import": (
        cheating("""
            import builtins, types
            real = builtins.__import__
            def lenient(name, *rest, **more):
                module = real(name, *rest, **more)
                if name.startswith("helpers"):
                    fake = types.ModuleType("gym_api")
                    fake.discounted_return = print
                    return types.SimpleNamespace(gym_api=fake)
                return module
            builtins.__import__ = lenient
            class Right(float):
                __array_priority__ = 1e9
            np.testing.assert_allclose = lambda *_, **__: None
        """),
        NO_RETURN,
        "",
    ),
    "patches NumPy": (
        cheating("""
            np.allclose = lambda *_, **__: True
            np.testing.assert_allclose = lambda *_, **__: None
        """),
        NO_RETURN,
        "accepts wrong answers",
    ),
    "patches the traceback": (
        cheating("get_ipython().showtraceback = lambda *_, **__: None"),
        NO_RETURN,
        "",
    ),
    "drops the asserts": (
        cheating("""
            import ast
            class NoAssert(ast.NodeTransformer):
                def visit_Expr(self, node):
                    return ast.Pass()
            get_ipython().ast_transformers.append(NoAssert())
        """),
        NO_RETURN,
        "accepts wrong answers",
    ),
    "deletes the tests": (without_tests(), NOTHING, "still the stub"),
    "edits the tests": (with_edited_tests(), NOTHING, "still the stub"),
    "reorders": (reordered(), FULL, ""),
    "loses the metadata": (stripped_of_metadata(), FULL, ""),
    "forges outputs": (forged(), NOTHING, "still the stub"),
    "splits a cell": (split_function(), FULL, ""),
    "имя": (answered(), FULL, ""),
    "=1+1": (answered(), FULL, ""),
}
PROBLEMS = {
    "no json": "JSON",
    "only json": "no notebook",
    "empty": "empty",
    "huge": "larger than",
    "another chapter": "not chapter 01_gym_api",
    "linked": "link",
    "bomb": "larger than",
    "no zip": "can't be read",
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
    (folder / "solution.py").write_text(RIGHT["discounted_return"])
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
        "reads the hidden tests": f"open({str(CHAPTERS[0].path)!r}).read()\nwanted = 1",
        "reads another folder": f"import os\nassert os.listdir({str(folder)!r})\nwanted = 1",
        "writes outside": f"open({str(outside / 'written')!r}, 'w').write('x')\nwanted = 1",
        "opens a socket": "import socket\n"
        f"socket.create_connection(('127.0.0.1', {port}), 3)\nwanted = 1",
    }.items():
        put(folder, student, cheating(code))
    put(folder, "windows", answered(), lambda text: text.replace("\n", "\r\n"))
    put(folder, "windows cells", answered(), lambda text: text.replace("\\n", "\\r\\n"))
    put(folder, "marked", answered(), lambda text: b"\xef\xbb\xbf" + text.encode())
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
    flat.write_text(nbformat.writes(answered()))
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
    assert {result["isolation"] for result in results} == {kind}
    return folder, {result["student"]: result for result in results}


def test_every_student_is_graded_once(graded, inbox):
    students = {"anna_maria" if "anna" in path.name else path.stem for path in inbox.iterdir()}
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
    "student", ["windows", "windows cells", "marked", "traversal", "anna_maria"]
)
def test_a_file_that_is_only_unusual_gets_its_points(graded, student):
    assert graded[1][student]["points"] == FULL, graded[1][student]["words"]


@pytest.mark.parametrize("student", PROBLEMS)
def test_a_file_that_cannot_be_graded_gets_nothing_and_a_reason(graded, student):
    found = graded[1][student]
    assert found["total"] == 0
    assert PROBLEMS[student] in found["problem"]


@pytest.mark.parametrize(
    "student",
    ["reads a solution", "reads the hidden tests", "reads another folder", "writes outside",
     "opens a socket"],
)  # fmt: skip
def test_nothing_outside_is_reached(graded, student, secrets):
    found = graded[1][student]
    assert found["points"] == NO_RETURN
    assert "Error" in found["words"]["check_discounted_return"]
    assert not (secrets[0] / "written").exists()
    assert not secrets[2]


def test_the_table_has_a_row_for_each_and_no_formula(graded):
    folder, results = graded
    text = (folder / "grades.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("student,chapter,total,of,check_total_reward")
    assert len(text.splitlines()) == 1 + len(results)
    assert not re.search(r"^=", text, re.MULTILINE)
    assert "bubblewrap" in text


def test_feedback_has_the_hint_and_no_hidden_test(graded):
    folder, _ = graded
    page = kept_at("blank", CHAPTER, folder).with_suffix(".html").read_text()
    assert "still the stub" in page
    assert "HIDDEN" not in page
    assert "assert_allclose([state[0]" not in page


def test_the_gradebook_has_the_points(graded):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded[0] / 'gradebook.db'}") as book:
        assert book.find_submission(CHAPTER, "correct").score == sum(FULL.values())
        assert book.find_submission(CHAPTER, "blank").score == 0


def test_a_second_run_grades_nothing_again_and_says_the_same(inbox, graded, monkeypatch):
    def grade_nothing(waiting, *_):
        assert not waiting
        return iter(())

    folder, results = graded
    monkeypatch.setattr("coursework.grade._on_processes", grade_nothing)
    with contextlib.redirect_stderr(io.StringIO()):
        again = grade_all(collect(inbox), CHAPTER, folder)
    assert {result["student"]: result for result in again} == results


def test_twice_the_same_grades_on_a_ray_cluster(inbox, graded, tmp_path):
    chosen = [one for one in collect(inbox) if one.student in ("correct", "half", "exits")]
    with contextlib.redirect_stderr(io.StringIO()):
        again = grade_all(chosen, CHAPTER, tmp_path, address="local")
    for result in again:
        assert result["points"] == graded[1][result["student"]]["points"]


def test_every_chapter_grades_its_solution_full_and_its_stubs_zero(kind, tmp_path):
    put_here = tmp_path / "inbox"
    put_here.mkdir()
    for chapter in CHAPTERS:
        stub = student_version(chapter.path)
        for who, notebook in (("right", answered({}, chapter.name)), ("stub", stub)):
            (put_here / f"{who}_{chapter.path.name}").write_text(nbformat.writes(notebook))
    with contextlib.redirect_stderr(io.StringIO()):
        results = grade_all(collect(put_here), None, tmp_path / "graded", workers=2)
    assert len(results) == 2 * len(CHAPTERS)
    for result in results:
        wanted = result["of"] if result["student"] == "right" else 0
        assert result["total"] == wanted, (result["chapter"], result["words"])
        if result["student"] == "stub":
            assert set(result["words"]) == set(result["points"])
            for words in result["words"].values():
                assert words.startswith(("This is still the stub", "This still does what the code"))
    blank = {name: words for result in results for name, words in result["words"].items()}
    unrepaired = {name for name, words in blank.items() if "what the code to repair does" in words}
    assert unrepaired == {f"check_{name}" for name in REPAIRS}


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
