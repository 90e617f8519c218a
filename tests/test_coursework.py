from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from coursework.lab import write_missing_chapters
from coursework.student import student_version

EXERCISE = """\
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    grading = {"grade_id": "double", "solution": True, "grade": False, "locked": False,
               "schema_version": 3, "task": False}  # fmt: skip
    cell = new_code_cell(EXERCISE, metadata={"nbgrader": grading})
    tests = "check(double)\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"
    tested = grading | {"grade_id": "check_double", "solution": False, "grade": True, "points": 1}
    cell.outputs = [new_output("stream", text="the answer")]
    cell.execution_count = 1
    nbformat.write(
        new_notebook(cells=[cell, new_code_cell(tests, metadata={"nbgrader": tested})]),
        folder / "01_example.ipynb",
    )
    return folder


def test_the_student_version_has_no_solution_and_no_output(source):
    cell, tests = student_version(source / "01_example.ipynb").cells
    assert "return" not in cell.source
    assert "NotImplementedError" in cell.source
    assert not cell.outputs
    assert tests.source == "check(double)"


def test_missing_chapters_are_written_and_existing_ones_never_touched(source, tmp_path):
    work = tmp_path / "work"
    assert write_missing_chapters(source, work) == [work / "01_example.ipynb"]
    (work / "01_example.ipynb").write_text("the learner's own work")
    assert write_missing_chapters(source, work) == []
    assert Path(work / "01_example.ipynb").read_text() == "the learner's own work"
