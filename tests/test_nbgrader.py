"""nbgrader's own programs, on the course that we make for them, and on what our grader leaves."""

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from course.chapters import CHAPTERS
from coursework import feedback, formgrader, grade, points
from coursework.answers import solutions
from coursework.course import course
from coursework.judge import Verdict
from coursework.rebuild import Answers
from coursework.student import student_version
from tests.solution_lines import NOTEBOOKS, giveaways, squeezed
from tests.test_door import serving

CHAPTER = CHAPTERS[0]
NAME = CHAPTER.name
POINTS = CHAPTER.points()
PROGRAMS = "validate", "generate_assignment", "autograde", "generate_feedback", "export"


def run(folder, program, *given):
    """What a program of nbgrader's printed, without a warning."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", program, *given],
        cwd=folder, capture_output=True, encoding="utf-8", timeout=600,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert not re.search("warning|error|traceback|not ok", said, re.IGNORECASE), said
    return said


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course with two students, after all of nbgrader's programs; and what these said."""
    folder = tmp_path_factory.mktemp("ddpg")
    course([CHAPTER], folder)
    said = {"validate": run(folder, "validate", f"source/{NAME}/{NAME}.ipynb")}
    said["generate_assignment"] = run(folder, "generate_assignment", NAME)
    released = folder / "release" / NAME / f"{NAME}.ipynb"
    for student, right in {"ana": solutions(CHAPTER.stem), "ben": {}}.items():
        notebook = nbformat.read(released, as_version=4)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = right.get(grade_id, cell.source)
        path = folder / "submitted" / student / NAME / released.name
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    for program in PROGRAMS[2:4]:
        said[program] = run(folder, program, NAME)
    said["export"] = run(folder, "export")
    return folder, said


def test_the_source_passes_its_own_tests(made):
    assert "Your notebook passes all the tests" in made[1]["validate"]


def test_what_nbgrader_releases_is_what_our_release_has(made):
    released = nbformat.read(made[0] / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    ours = student_version(CHAPTER.path)
    given = [cell for cell in released.cells if cell.id != "first-cell"]
    assert [cell.id for cell in given] == [cell.id for cell in ours.cells]
    code = [(cell.source, mine.source) for cell, mine in zip(given, ours.cells)
            if cell.cell_type == "code" or cell.metadata.get("nbgrader")]  # fmt: skip
    assert all(theirs == mine for theirs, mine in code), code


def test_what_nbgrader_releases_gives_nothing_away(made):
    secret = set().union(*(giveaways(path, NOTEBOOKS) for path in NOTEBOOKS))
    files = [path for path in (made[0] / "release").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {f"{NAME}.ipynb", "README.md", "require.py"}
    assert not (made[0] / "release" / NAME / "helpers" / "gym_api.py").exists()
    for path in files:
        text = path.read_bytes().decode("utf-8", "ignore").replace('\\"', '"')
        assert not [line for line in secret if line in squeezed(text)], path


def test_nbgrader_grades_as_we_do(made):
    with Gradebook(f"sqlite:///{made[0] / 'gradebook.db'}") as book:
        assert book.find_submission(NAME, "ana").score == sum(POINTS.values())
        assert book.find_submission(NAME, "ben").score == 0


def test_feedback_and_an_export_come_out(made):
    page = made[0] / "feedback" / "ana" / NAME / f"{NAME}.html"
    assert "✓" in page.read_text("utf-8")
    table = (made[0] / "grades.csv").read_text("utf-8").splitlines()
    assert len(table) == 3


def test_what_an_instructor_set_stays_when_the_course_is_made_anew(made):
    settings = made[0] / "nbgrader_config.py"
    settings.write_text(settings.read_text("utf-8") + "# my own\n", "utf-8")
    course([CHAPTER], made[0])
    assert settings.read_text("utf-8").endswith("# my own\n")
    assert (made[0] / "submitted" / "ana").exists()


@contextlib.contextmanager
def opened(folder, place, browser):
    """A page of the browser, for nbgrader's formgrader on a folder; its log has no complaints."""
    command = [sys.executable, "-m", "jupyter_server", f"--ServerApp.root_dir={folder}"]
    if os.geteuid() == 0:
        command.append("--allow-root")
    with contextlib.chdir(folder), serving(command, place, ours=False) as (address, log):
        page = browser.new_page(viewport={"width": 1400, "height": 950})
        yield page, f"{address}/formgrader"
        page.close()
        said = re.sub(".*All authentication is disabled.*", "", log.read_text("utf-8"))  # as here
        assert not re.search(r"\[[WE] |Traceback", said), said


def look(page, address, *wanted):
    """Open a page of the formgrader, and wait until its table has what is wanted."""
    page.goto(address)
    for text in wanted:
        page.get_by_text(text, exact=True).first.wait_for()


def test_the_formgrader_shows_the_class(made, tmp_path, browser):
    with opened(made[0], tmp_path, browser) as (page, address):
        look(page, f"{address}/manage_assignments", NAME)
        assert not page.locator(".alert-warning:visible").all_inner_texts()
        look(page, f"{address}/manage_students", "ana", "ben")
        look(page, f"{address}/manage_submissions/{NAME}", "ana", "ben")
        look(page, f"{address}/gradebook/{NAME}/{NAME}")
        page.get_by_role("link", name=re.compile("Submission")).first.click()
        page.get_by_text("check.rollout").first.wait_for()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """What our grader leaves of two students, of whom one wrote a prediction."""
    folder = tmp_path_factory.mktemp("graded")
    steps = grade.plans()[NAME]
    results = []
    for student, predictions in {"ana": {"prediction_1": "It falls."}, "<i>/ben": {}}.items():
        answers = Answers(dict(solutions(CHAPTER.stem)), predictions=predictions)
        job = grade.Job(student, NAME, answers)
        verdicts = {test: Verdict(most, "") for test, most in POINTS.items()}
        found = grade._result(job, steps, verdicts)
        results.append(points.settled(found, {}, points.Policy()))
    feedback.gradebook(results, grade.plans(), folder / "gradebook.db")
    formgrader.lay_out(results, grade.plans(), folder)
    return folder


def test_only_what_a_person_must_grade_waits_for_it(graded):
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as book:
        assert book.find_submission(NAME, "ana").needs_manual_grade
        [other] = [one for one in book.students if one.id != "ana"]
        assert not book.find_submission(NAME, other.id).needs_manual_grade
        assert [one.name for one in book.assignments] == [NAME]


def test_an_export_counts_what_was_handed_in(graded):
    run(graded, "export", "--to", "exported.csv")
    rows = (graded / "exported.csv").read_text("utf-8").splitlines()
    assert len(rows) == 3
    assert f"{sum(POINTS.values()):.1f}" in rows[1]


def test_the_formgrader_opens_what_our_grader_kept(graded, tmp_path, browser):
    with opened(graded, tmp_path, browser) as (page, address):
        look(page, f"{address}/manage_submissions/{NAME}", "ana")
        look(page, f"{address}/gradebook/{NAME}/{NAME}")
        page.get_by_role("link", name=re.compile("Submission")).first.click()
        page.get_by_text("✓ right").first.wait_for()
        cells = [step for step in grade.plans()[NAME] if step.points]
        assert page.locator("input.score").count() == len(cells)
    with contextlib.redirect_stdout(io.StringIO()):
        run(graded, "generate_feedback", NAME)
    assert len(list(Path(graded, "nbgrader_feedback").rglob("*.html"))) == 2
