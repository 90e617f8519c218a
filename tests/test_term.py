"""A term: results that add up, points by hand, late ones, exports, and the page of the class."""

import contextlib
import csv
import datetime
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st

from course.chapters import CHAPTERS, named
from course.code import ROOT
from coursework import answers, classroom, exports, feedback, points, report
from coursework.answers import mistake, notes, right, solutions, wrong
from coursework.grade import Job, _result, grade, grade_all, plans, tables
from coursework.judge import Verdict
from coursework.reading import Part
from coursework.rebuild import Answers
from coursework.student import student_version
from coursework.submissions import Submission
from coursework.term import Term, kept_at, refuse_to_mix
from helpers.checks.judging import STUB
from tests.browsing import Links

FIRST, THIRD = "01_gym_api", "03_dqn"
HINT = "Is there a `return` at the end?"
HOSTILE = '=cmd|"<script>alert(1)</script>'
PLANS = plans()


class Here:
    """Grades in the test's own process; an answer with the comment `right` is right."""

    size = 1
    judged = ()

    def __init__(self, *_):
        Here.judged = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def grade(self, job, steps, judged=None):
        Here.judged.append(job.student)
        return grade(job, steps, "none", Path(), judged)


def judge(stem, steps, answers, *_):
    found = {}
    for step in steps:
        if step.kind == "test":
            source = answers.sources[step.solution] or ""
            blank = Verdict(0, STUB, hint=STUB)
            bad = Verdict(0, f"It should be 1, not 2. {HINT}", hint=HINT, mend="Write `return`.")
            good = Verdict(step.points, "")
            found[step.id] = good if "# right" in source else bad if "# wrong" in source else blank
    return found


@pytest.fixture
def here(monkeypatch):
    """Grading without kernels and without nbgrader's gradebook."""
    monkeypatch.setattr("coursework.grade._Here", Here)
    monkeypatch.setattr("coursework.grade.judge", judge)
    monkeypatch.setattr("coursework.feedback.gradebook", lambda *_: None)


def notebook(chapter, said, prediction=""):
    """A student's notebook, with that comment in all of its answers."""
    made = student_version(named(chapter).path)
    for cell in made.cells:
        grading = cell.metadata.get("nbgrader", {})
        if grading.get("solution") and cell.cell_type == "code":
            cell.source += f"\n# {said}"
        elif grading.get("solution"):
            cell.source = prediction
    return nbformat.writes(made)


def submitted(folder, student, chapter, said="right", prediction="", **more):
    path = folder / f"{kept_at(student, chapter, '').name}.ipynb"
    path.write_text(notebook(chapter, said, prediction), "utf-8")
    part = Part((str(path),), f"{chapter}.ipynb", "notebook", **more)
    return Submission(student, [part])


def run(found, folder, chapter=None, **more):
    with contextlib.redirect_stderr(io.StringIO()):
        return grade_all(found, chapter, folder, **more)


def rows(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def page(folder, student, chapter=FIRST):
    return kept_at(student, chapter, folder).with_suffix(".html").read_text("utf-8")


def result(student, chapter=FIRST, said="right", **more):
    """A result as grading finds it."""
    steps = PLANS[chapter]
    sources = {step.id: f"# {said}" for step in steps if step.kind == "solution"}
    predictions = {step.id: "It falls." for step in steps if step.kind == "prediction"}
    job = Job(student, chapter, Answers(sources, {}, predictions), **more)
    return _result(job, steps, judge("", steps, job.answers))


def settled(found, own=None, late=None):
    return points.settled(found, own or {}, late or points.Policy())


# What was graded stays.


def test_a_later_chapter_takes_nothing_from_an_earlier_one(tmp_path, here, monkeypatch):
    from nbgrader.api import Gradebook

    monkeypatch.undo()
    monkeypatch.setattr("coursework.grade._Here", Here)
    monkeypatch.setattr("coursework.grade.judge", judge)
    out = tmp_path / "graded"
    run([submitted(tmp_path, "ana", FIRST, "right", "It falls.")], out)
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        grade_of = book.find_grade("prediction_1", FIRST, FIRST, "ana")
        grade_of.manual_score = 3
        book.db.commit()
    run([submitted(tmp_path, "ben", THIRD)], out, THIRD)
    found = rows(out / "grades.csv")
    assert [(one["student"], one["chapter"]) for one in found] == [("ana", FIRST), ("ben", THIRD)]
    assert found[0]["predictions"] == "3.0"
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        assert book.find_grade("prediction_1", FIRST, FIRST, "ana").manual_score == 3
        assert book.find_submission(THIRD, "ben").score == 11
    assert 'Points by hand, <a href="#rubric">by the rubric</a>: 3 of 4' in page(out, "ana")
    assert not list(out.rglob("*.partial"))
    run([submitted(tmp_path, "ana", FIRST, "right", "It climbs.")], out)
    words = "Points by hand for a text that has changed since, so give them anew (1):\n"
    said = (out / "report.txt").read_text("utf-8")
    assert f"{words}  ana, {FIRST}: prediction_1, 3 points\n" in said


def test_a_gradebook_that_cannot_be_read_is_left_alone(tmp_path, here):
    damaged = b"SQLite format 3\0 and then something else"
    (tmp_path / "gradebook.db").write_bytes(damaged)
    with pytest.raises(ValueError, match="They would be lost, so nothing was changed"):
        run([submitted(tmp_path, "ana", FIRST)], tmp_path)
    assert (tmp_path / "gradebook.db").read_bytes() == damaged


def test_what_cannot_be_graded_never_takes_the_place_of_what_was(tmp_path, here):
    found = [submitted(tmp_path, "ana", FIRST)]
    run(found, tmp_path)
    other = [submitted(tmp_path, "ana", THIRD), submitted(tmp_path, "ben", THIRD)]
    run(other, tmp_path, FIRST)  # a typo in CHAPTER
    assert [float(one["total"]) for one in rows(tmp_path / "grades.csv")] == [10, 0]
    said = (tmp_path / "report.txt").read_text("utf-8")
    assert "Nothing to grade now, so the earlier result stays (1):\n  ana, 01_gym_api: the" in said
    run([submitted(tmp_path, "ana", FIRST, "wrong")], tmp_path)  # which is graded, and counts
    assert rows(tmp_path / "grades.csv")[0]["total"] == "0.0"


def test_one_student_is_graded_again_and_the_others_stay(tmp_path, here):
    out = tmp_path / "graded"
    found = [submitted(tmp_path, name, FIRST) for name in ("ana", "ben")]
    run(found, out)
    run(found, out)
    assert Here.judged == []  # nothing changed
    run(found, out, student="BEN")
    assert Here.judged == ["ben"]
    assert [one["student"] for one in rows(out / "grades.csv")] == ["ana", "ben"]
    with pytest.raises(ValueError, match=r"STUDENT must have handed in .* Do you mean ben"):
        run(found, out, student="benn")


def test_the_tables_are_made_anew_without_submissions(tmp_path, here):
    with pytest.raises(ValueError, match="nothing is graded yet"):
        tables(tmp_path / "graded")
    out = tmp_path / "graded"
    run([submitted(tmp_path, "ana", FIRST)], out)
    (out / "overrides.csv").write_text("student,exercise,points\nana,rollout,1\n", "utf-8")
    assert [one["total"] for one in tables(out)] == [8]
    assert rows(out / "grades.csv")[0]["total"] == "8.0"


def test_a_damaged_result_is_said_and_not_dropped_in_silence(tmp_path, here):
    found = [submitted(tmp_path, name, FIRST) for name in ("ana", "ben")]
    run(found, tmp_path)
    kept = kept_at("ana", FIRST, tmp_path, "results").with_suffix(".json")
    kept.write_text("{", "utf-8")
    run(found[1:], tmp_path)
    assert f"Results that can't be read, so grade these submissions again (1):\n  {FIRST}/ana" in (
        tmp_path / "report.txt"
    ).read_text("utf-8")
    run(found, tmp_path)
    assert len(rows(tmp_path / "grades.csv")) == 2


def test_a_result_is_a_file_that_people_can_read(tmp_path, here):
    run([submitted(tmp_path, "имя", FIRST, "right", "Größe γ")], tmp_path)
    text = kept_at("имя", FIRST, tmp_path, "results").with_suffix(".json").read_text("utf-8")
    assert '"student": "имя"' in text
    assert "Größe γ" in text
    assert json.loads(text)["points"] == named(FIRST).points()
    assert not list((tmp_path / "feedback").rglob("*.json"))  # which students could be given


# One run at a time, in a folder of its own.


def test_a_second_run_says_who_is_at_work(tmp_path, here):
    with Term(tmp_path), pytest.raises(ValueError, match=rf"Another run .*process {os.getpid()}, "):
        run([submitted(tmp_path, "ana", FIRST)], tmp_path)
    run([submitted(tmp_path, "ana", FIRST)], tmp_path)


def test_the_lock_of_a_run_that_was_killed_is_no_lock(tmp_path):
    program = (
        "import sys, time; from coursework.term import Term; term = Term(sys.argv[1]); "
        "term.__enter__(); print('locked', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    other = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert other.stdout.readline() == b"locked\n"
    with pytest.raises(ValueError, match=f"process {other.pid}"):
        Term(tmp_path).__enter__()
    other.kill()
    other.wait()
    other.stdout.close()
    with Term(tmp_path):
        pass


@pytest.mark.parametrize(
    ("inbox", "out", "words"),
    [("in", "in", "is the folder"), ("in/class", "in", "holds"), ("in", "in/graded", "lies in"),
     ("in", "link", "is the folder"), ("in", "a file", "is a file")],
)  # fmt: skip
def test_results_and_submissions_are_kept_apart(tmp_path, inbox, out, words):
    (tmp_path / "in" / "class").mkdir(parents=True)
    (tmp_path / "link").symlink_to("in")
    (tmp_path / "a file").touch()
    with pytest.raises(ValueError, match=words):
        refuse_to_mix(tmp_path / inbox, tmp_path / out)
    refuse_to_mix(tmp_path / inbox, tmp_path / "graded")


# Real processes: they stop in words, leave nothing behind, and go on.


def command(inbox, out, *more):
    program = [sys.executable, "-m", "coursework.grade", str(inbox), "--output", str(out)]
    return [*program, "--chapter", "01", *more]


LOOP = "def total_reward(env, policy, seed):\n    while True:\n        pass\n"


def real(folder, student, changes=None):
    """A submission with our own answers, apart from those in ``changes``."""
    made = student_version(named(FIRST).path)
    sources = solutions("gym_api") | (changes or {})
    for cell in made.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = sources.get(name, cell.source)
    (folder / student).mkdir(parents=True)
    nbformat.write(made, folder / student / f"{FIRST}.ipynb")


@pytest.fixture
def temporary():
    """A folder for temporary files, whose path leaves room for a socket's."""
    folder = Path(tempfile.mkdtemp(prefix="t"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_nothing_behind_and_goes_on(tmp_path, temporary, how):
    inbox, out = tmp_path / "inbox", tmp_path / "graded"
    (inbox / "a").mkdir(parents=True)
    (inbox / "a" / f"{FIRST}.ipynb").touch()  # which is read, and not run
    real(inbox, "b", {"total_reward": LOOP})
    process = subprocess.Popen(
        command(inbox, out), cwd=ROOT, env=os.environ | {"TMPDIR": str(temporary)},
        start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    kept = kept_at("a", FIRST, out, "results").with_suffix(".json")
    while not (kept.exists() and list(temporary.glob("grading-*/grade-*/kernel.json"))):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    if how == signal.SIGINT:
        os.killpg(process.pid, how)  # as a terminal does
    else:
        process.send_signal(how)
    said = "".join(process.communicate())
    assert process.returncode == 1
    assert "Stopped. What is graded is kept: the same command goes on from there." in said
    assert "Traceback" not in said
    assert list(temporary.iterdir()) == []
    assert not list(out.rglob("*.partial"))
    before = kept.stat().st_mtime_ns
    shutil.rmtree(inbox / "b")
    real(inbox, "b")
    done = subprocess.run(command(inbox, out), cwd=ROOT, capture_output=True, encoding="utf-8")
    assert "2 graded, 1 with all points" in done.stdout
    assert kept.stat().st_mtime_ns == before
    assert list(temporary.iterdir()) == []


@pytest.fixture
def bwrap():
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    if subprocess.run(["bwrap", "--dev-bind", "/", "/", "true"], capture_output=True).returncode:
        pytest.skip("bubblewrap doesn't work here")


def test_a_full_disk_is_said_in_words_and_loses_nothing(tmp_path, bwrap):
    inbox, out = tmp_path / "inbox", tmp_path / "graded"
    out.mkdir()
    for name in ("ana", "ben"):
        (inbox / name).mkdir(parents=True)
        (inbox / name / f"{FIRST}.ipynb").touch()
    told = " ".join(f"'{part}'" for part in command(inbox, out))
    filled = f"dd if=/dev/zero of={out}/filler bs=1000 2>/dev/null"
    script = f"{filled}; {told}; ls {out}/* ; rm {out}/filler; {told} && cat {out}/grades.csv"
    walls = [
        "--dev-bind",
        "/",
        "/",
        "--size",
        "20000000",
        "--tmpfs",
        str(out),
        "--chdir",
        str(ROOT),
    ]
    done = subprocess.run(
        ["bwrap", *walls, "sh", "-c", script], capture_output=True, encoding="utf-8"
    )
    assert re.search(
        r"Stopped at .*graded.*: the disk is full\. What is graded is kept", done.stderr
    )
    assert "Traceback" not in done.stderr
    assert "partial" not in done.stdout
    assert "2 graded" in done.stdout
    assert f"ben,{FIRST},0" in done.stdout


def test_a_long_path_of_temporary_files_is_no_obstacle(tmp_path):
    real(tmp_path / "inbox", "ana")
    long = tmp_path / ("long " * 30)
    long.mkdir()
    done = subprocess.run(
        command(tmp_path / "inbox", tmp_path / "graded"), cwd=ROOT, capture_output=True,
        encoding="utf-8", env=os.environ | {"TMPDIR": str(long)},
    )  # fmt: skip
    assert "1 graded, 1 with all points" in done.stdout, done.stderr
    assert list(long.iterdir()) == []


# Points by hand.


def overridden(folder, text, *results):
    (folder / "overrides.csv").write_text(text, "utf-8")
    return points.overrides(folder, list(results), PLANS)


def test_points_by_hand_count_with_their_reason_until_they_are_withdrawn(tmp_path, here):
    found = [submitted(tmp_path, "ana", FIRST, "wrong", "It falls.")]
    run(found, tmp_path)
    assert rows(tmp_path / "grades.csv")[0]["total"] == "0.0"
    before = page(tmp_path, "ana")
    (tmp_path / "overrides.csv").write_text(
        "student,exercise,points,why\n"
        "ana,rollout,2.5,We talked: <b>nearly</b> right\n"
        "ana,01_gym_api/prediction_1,4,=well argued\n",
        "utf-8",
    )
    run(found, tmp_path)
    assert Here.judged == []  # nothing was graded again
    [row] = rows(tmp_path / "grades.csv")
    assert (row["total"], row["check_rollout"], row["predictions"]) == ("2.5", "2.5", "4.0")
    assert row["points by hand"] == "rollout: 2.5, not 0 We talked: <b>nearly</b> right"
    text = page(tmp_path, "ana")
    assert "Points by hand: 2.5 in place of 0. We talked: &lt;b&gt;nearly&lt;/b&gt; right" in text
    assert "4 of 4. =well argued" in text
    (tmp_path / "overrides.csv").unlink()
    run(found, tmp_path)
    assert rows(tmp_path / "grades.csv")[0]["total"] == "0.0"
    assert page(tmp_path, "ana") == before


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("anna,rollout,1", "there is no student 'anna'. Do you mean ana?"),
        ("ana,rolout,1", "there is no exercise 'rolout'. Do you mean rollout?"),
        ("ana,sample,1", "several chapters have 'sample', so write 02_replay_memory/sample"),
        ("ana,prediction_1,1", "several chapters have 'prediction_1', so write 01_gym_api/"),
        ("ana,rollout,4", "points must be a number from 0 to 3, but they are '4'"),
        ("ana,rollout,-1", "points must be a number from 0 to 3"),
        ("ana,rollout,nan", "points must be a number from 0 to 3"),
        ("ana,rollout,", "points must be a number from 0 to 3, but they are ''"),
        ("ana,03_dqn/dqn_targets,1", "ana has no submission of 03_dqn"),
        ("7,rollout,1", "'7' may be ana or ben, so write a name"),
    ],
)
def test_a_row_that_we_cannot_use_is_named_with_its_line(tmp_path, row, words):
    found = [result("ana", ids=("7",)), result("ben", ids=("7",))]
    text = f"student,exercise,points,why\nben,rollout,1,fine\n\n{row}\n"
    own = overridden(tmp_path, text, *found)
    [problem] = own.problems
    assert problem.startswith(f"line 4: {words}")
    assert own.of(found[1])["check_rollout"].points == 1
    [title, line] = report.of_term(own, Term(tmp_path), [])
    assert title == "Rows of overrides.csv that we couldn't use (1):"
    assert line == f"  {problem}"


def test_a_student_is_named_as_anywhere_and_the_last_row_counts(tmp_path):
    found = result("Ana Gil", ids=("s1",), email="ana@x.org")
    text = "Points;Exercise;Student\n1;rollout;ana gil\n2;rollout;S1\n2,5;check_rollout;ANA@x.org\n"
    own = overridden(tmp_path, text, found)
    assert own.problems == []
    assert own.of(found)["check_rollout"].points == 2.5


@pytest.mark.parametrize("head", ["", "name,exercise,points", "student,points"])
def test_overrides_without_their_columns_are_refused(tmp_path, head):
    with pytest.raises(ValueError, match="must begin with the line student,exercise,points,why"):
        overridden(tmp_path, f"{head}\nana,rollout,1\n", result("ana"))


cells = st.sampled_from(
    ["ana", HOSTILE, "rollout", "01_gym_api/late", "late", "2", "1e400", "-0", "Ⅷ", "x" * 400]
) | st.text(max_size=20)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(cells, max_size=5), max_size=4))
def test_any_row_is_used_or_named(tmp_path_factory, table):
    folder = tmp_path_factory.mktemp("any")
    text = io.StringIO()
    csv.writer(text).writerows([points.COLUMNS, *table])
    (folder / "overrides.csv").write_text(
        text.getvalue().encode("utf-8", "replace").decode(), "utf-8", newline=""
    )
    found = [result("ana"), result(HOSTILE)]
    own = points.overrides(folder, found, PLANS)
    for one in found:
        made = points.settled(one, own.of(one), points.Policy(0.3, 1))
        assert 0 <= made["total"] <= made["of"]
        list(map(str, feedback._row(made, list(made["points"]))))
    assert all(re.match(r"line \d+: ", problem) for problem in own.problems)


# Late ones.


def policy(folder, text):
    (folder / "term.toml").write_text(text, "utf-8")
    return points.policy(folder)


LATE = 'late = "10 % a day, at most 50 %"\n'


@pytest.mark.parametrize(
    ("days", "off", "total"), [(0, 0, 10), (1, 1, 9), (2, 2, 8), (7, 5, 5), (0.5, 0.5, 9.5)]
)
def test_lateness_costs_what_the_policy_says(tmp_path, days, off, total):
    late = policy(tmp_path, LATE)
    made = settled(result("ana"), {"late": points.Override(days)}, late)
    assert (made["off"], made["total"]) == (off, total)


@pytest.mark.parametrize(
    ("time", "flag", "days"),
    [
        ("2026-11-01T23:59:00", False, 0),
        ("2026-11-01T23:59:00", True, 0),  # the deadline decides, where there is a time
        ("2026-11-02T00:00:00", False, 1),
        ("2026-11-04T12:00:00", False, 3),
        ("", True, 1),
        ("", False, 0),
    ],
)
def test_a_day_counts_once_it_has_begun(tmp_path, time, flag, days):
    late = policy(tmp_path, LATE + "[deadlines]\n01_gym_api = 2026-11-01T23:59:00\n")
    assert settled(result("ana", time=time, late=flag), late=late)["days"] == days


def test_a_deadline_of_a_day_lasts_until_its_end(tmp_path):
    late = policy(tmp_path, "deadlines = { 01_gym_api = 2026-11-01 }")
    assert settled(result("ana", time="2026-11-01T23:59:59"), late=late)["days"] == 0
    assert settled(result("ana", time="2026-11-02T00:00:01"), late=late)["off"] == 0


def test_without_a_policy_lateness_costs_nothing(tmp_path):
    made = settled(result("ana", late=True), late=points.policy(tmp_path))
    assert (made["late"], made["off"], made["total"]) == (True, 0, 10)


def test_a_page_says_that_it_was_late_and_what_that_cost(tmp_path, here):
    found = [submitted(tmp_path, "ana", FIRST, late=True)]
    run(found, tmp_path)
    assert "It was handed in a day late." in page(tmp_path, "ana")
    (tmp_path / "term.toml").write_text(LATE, "utf-8")
    run(found, tmp_path)
    assert "It was handed in a day late, which costs 1 of its points." in page(tmp_path, "ana")
    [row] = rows(tmp_path / "grades.csv")
    assert (row["total"], row["days late"], row["lost by lateness"]) == ("9.0", "1", "1.0")


def test_lateness_can_be_excused(tmp_path):
    found = result("ana", late=True)
    own = overridden(tmp_path, "student,exercise,points,why\nana,01_gym_api/late,0,ill\n", found)
    made = settled(found, own.of(found), policy(tmp_path, LATE))
    assert (made["late"], made["total"], own.problems) == (False, 10, [])
    assert "That it was late costs nothing. ill" in feedback._summary(made)


@pytest.mark.parametrize(
    "text",
    [
        "late = 10", 'late = "10"', 'late = "10 percent a day"', 'late = "110 % a day"',
        'late = "10 % a week"', 'late = "10 % a day, at most 200 %"', "lat = 1", "late =",
        "deadlines = 3", "[deadlines]\n09_x = 2026-11-01", "[deadlines]\n01_gym_api = 3",
        "[deadlines]\n01_gym_api = 2026-11-01T12:00:00Z", "[deadlines]\n01_gym_api = 12:00:00",
    ],
)  # fmt: skip
def test_a_policy_that_we_do_not_understand_is_refused(tmp_path, text):
    with pytest.raises(ValueError, match=re.escape("term.toml")):
        policy(tmp_path, text)


@settings(deadline=None)
@given(st.text(max_size=40) | st.from_regex(points.POLICY, fullmatch=True))
def test_any_text_is_a_policy_or_refused(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("late")
    (folder / "term.toml").write_bytes(f"late = {json.dumps(text)}".encode())
    with contextlib.suppress(ValueError):
        assert 0 <= points.policy(folder).lost(3) <= 1


@pytest.mark.parametrize(
    ("attempt", "time"),
    [
        ((2026, 11, 1, 10, 0, 9), "2026-11-01T10:00:09"),
        ((2026, 11, 1, 22, 5), "2026-11-01T22:05:00"),
        ((3456,), ""),
        ((), ""),
        ((2026, 99, 1, 1, 1), ""),
    ],
)
def test_the_time_of_an_attempt_is_kept_where_its_system_says_it(tmp_path, here, attempt, time):
    run([submitted(tmp_path, "ana", FIRST, attempt=attempt)], tmp_path)
    with Term(tmp_path) as term:
        assert [one["time"] for one in term.results()] == [time]


# Exports.


KNOWN = {
    "roster": [
        {"student": "Ana Gil", "id": "S1", "email": "ana@x.org", "logins": ["agil"]},
        {"student": "Zoe Abt", "id": "S9", "email": "zoe@x.org", "logins": []},
    ],
    "downloads": {"inbox": {"unread": [["<i>x</i>.pdf", "it is not a notebook"]], "unmatched": []}},
}


@pytest.fixture
def exported(tmp_path):
    found = [
        result("Ana Gil", email="ana@x.org", file=f"gilana_12_3456_{FIRST}.ipynb"),
        result("Ana Gil", THIRD, "wrong", email="ana@x.org", problem="it's odd"),
        result(HOSTILE, file=f"=B_77_assignsubmission_file_/{FIRST}.ipynb"),
    ]
    own = {"prediction_1": points.Override(3), "check_rollout": points.Override(2.5)}
    made = [settled(found[0], own), settled(found[1]), settled(found[2])]
    exports.write_all(made, KNOWN, tmp_path)
    return tmp_path / "exports"


def test_canvas_gets_its_columns_in_its_order(exported):
    with open(exported / "canvas.csv", newline="", encoding="utf-8-sig") as file:
        head, possible, ana, other = csv.reader(file)
    assert head[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert head[5:] == [FIRST, f"{FIRST} predictions", THIRD]
    assert "Points Possible" in possible[0]
    assert possible[5:7] == ["10.0", "12"]
    assert ana == ["Ana Gil", "12", "S1", "agil", "", "9.5", "3", ""]  # ungraded stays open
    assert other[0].startswith("'=cmd")


def test_moodle_gets_an_address_and_a_column_for_each_chapter(exported):
    ana, other = rows(exported / "moodle.csv")
    assert (ana["Email address"], ana["ID number"], ana[FIRST]) == ("ana@x.org", "S1", "9.5")
    assert other["Full name"].startswith("'=cmd")


def test_moodle_s_worksheet_has_the_participants_of_its_download(exported):
    [row] = rows(exported / f"moodle_{FIRST}.csv")
    assert (row["Identifier"], row["Grade"]) == ("Participant 77", "10.0")
    assert "Last modified (grade)" in row
    assert not (exported / f"moodle_{THIRD}.csv").exists()


# The page of the class.


@pytest.fixture
def class_page(tmp_path):
    """The page of a class, in a folder with the students' pages."""
    found = [
        result("Ana Gil"),
        result("Ben", said="wrong", late=True),
        result("Cleo", said="wrong", looks={"rollout": ["`open` opens files"]}),
        result("Dan", said="stub"),
        result(
            "Eve", said="", problem="the file is <empty>", unread=[("a<b>.rar", "ask for a zip")]
        ),
        result(HOSTILE, said="wrong"),
        result("Ana Gil", THIRD),
    ]
    made = [settled(one, late=points.Policy(0.1)) for one in found]
    with Term(tmp_path) as term:
        for one in made:
            term.show(one, feedback.page(PLANS[one["chapter"]], one["sources"], one))
    text = classroom.page(made, PLANS, KNOWN, ["Rows (1):", "  line 3: <u>"])
    (tmp_path / "class.html").write_text(text, "utf-8")
    return tmp_path / "class.html"


def test_the_class_page_says_which_mistakes_were_made_most_and_what_to_say(class_page):
    text = class_page.read_text("utf-8")
    first = text[text.index("The mistakes that most made") :]
    assert re.search(
        r"<b>3 of 5</b> in <code>\w+</code>: Is there a <code>return</code> at the", first
    )
    assert "Write <code>return</code>." in first
    assert "still the stub" not in text  # which is no mistake
    assert re.search(r"<td><code>rollout</code></td>.{0,400}1 of 5.{0,40}>3<.{0,40}>1<", text, re.S)


def test_the_class_page_says_how_many_of_how_many_and_who_needs_help(class_page):
    text = class_page.read_text("utf-8")
    assert "7 students on the roster or with a submission" in text
    assert re.search(r"1\. .*?</a></td>\s*<td class=\"n\">6 of 7</td>", text)
    need = text[text.index('id="help"') : text.index('id="you"')]
    assert "Ana Gil" not in need
    for name in ("Ben", "Zoe Abt", "Dan"):
        assert f"<td>{name}</td>" in need
    rest = text[text.index('id="you"') :]
    for words in ("a day, costs nothing", "`open` opens files", "it is not a notebook", "line 3"):
        assert words in rest


def test_nothing_from_outside_is_markup_on_the_class_page(class_page):
    text = class_page.read_text("utf-8")
    for bad in ("<script", "<i>x", "<empty>", "a<b>", "<u>"):
        assert bad not in text
    assert "=cmd|&#34;&lt;script&gt;" in text


def test_every_link_of_the_class_page_leads_to_its_place(class_page):
    for link in Links(class_page.read_text("utf-8")).links:
        file, _, anchor = link.partition("#")
        target = class_page.parent / unquote(file) if file else class_page
        text = target.read_text("utf-8")
        assert not anchor or re.search(rf'(?:id|name)="{anchor}"', text), link


def test_the_pages_fit_a_phone_and_the_dark_and_bar_nobody(class_page, browser):
    student = kept_at("Ben", FIRST, class_page.parent).with_suffix(".html")
    for file in (class_page, student):
        for width, scheme in ((360, "light"), (1200, "dark")):
            tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            asked = []
            tab.on("request", lambda request, asked=asked: asked.append(request.url))
            tab.goto(file.as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert all(url.startswith(("file:", "data:")) for url in asked)
            if file == class_page:
                found = Axe().run(tab).response["violations"]
                assert [one["id"] for one in found] == []
            tab.close()


@pytest.mark.parametrize("exercise", answers.of("gym_api").ANSWERS)
def test_a_known_mistake_carries_its_hint_and_what_mends_it(exercise):
    check = answers.check("gym_api", exercise)
    for hint, mend, program in wrong("gym_api", exercise):
        if hint:
            found = mistake(notes("gym_api", exercise, program), *check.known(), True)
            assert found.hint == hint or hint in str(found)
            assert found.hint in str(found)
            assert found.mend in ("", mend)
    assert mistake(right("gym_api", exercise, 0), *check.known()) is None


def test_the_rubric_of_the_guide_is_on_every_page(class_page):
    student = kept_at("Ben", FIRST, class_page.parent).with_suffix(".html").read_text("utf-8")
    assert "a prediction that could turn out wrong" in student
    assert "prefers-color-scheme: dark" in student
    assert "cdnjs" not in student
    assert '<a href="#comment-prediction_1">prediction 1</a>' in student


def test_the_policy_of_the_guide_is_one_that_we_read(tmp_path):
    guide = (ROOT / "coursework" / "README.md").read_text("utf-8")
    [text] = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    tomllib.loads(text)
    late = policy(tmp_path, text)
    assert late.part > 0
    assert all(isinstance(one, datetime.datetime) for one in late.deadlines.values())
    assert {one.name for one in CHAPTERS} >= set(late.deadlines)
