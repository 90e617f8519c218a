import json
import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coursework.lab import (
    environment,
    outdated_chapters,
    server,
    write_fresh_chapter,
    write_missing_chapters,
    write_settings,
)
from coursework.student import student_version

EXERCISE = """\
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""

LISTED = """
[[chapter]]
stem = "{stem}"
title = "{title}"
promise = ""
builds = ""
minutes = 5
"""


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    grading = {"grade_id": "double", "solution": True, "grade": False, "locked": False,
               "schema_version": 3, "task": False}  # fmt: skip
    cell = new_code_cell(EXERCISE, metadata={"nbgrader": grading})
    tested = grading | {"grade_id": "check_double", "solution": False, "grade": True, "points": 1}
    cell.outputs = [new_output("stream", text="the answer")]
    cell.execution_count = 1
    nbformat.write(
        new_notebook(cells=[cell, new_code_cell("check(double)", metadata={"nbgrader": tested})]),
        folder / "01_example.ipynb",
    )
    (folder / "chapters.toml").write_text(
        LISTED.format(stem="example", title="An example"), "utf-8"
    )
    return folder


def test_the_student_version_has_no_solution_and_no_output(source):
    cell, tests = student_version(source / "01_example.ipynb").cells
    assert "return" not in cell.source
    assert "NotImplementedError" in cell.source
    assert not cell.outputs
    assert tests.source == "check(double)"


BROKEN = "def double(x):\n    return 3 * x"
TEXT = f"Repair this.\n\n```python\n{BROKEN}\n```\n\n<details>\nA hint\n</details>"


def to_repair(source, text):
    """The example as a program to repair, with this text before it."""
    path = source / "01_example.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].metadata["tags"] = ["repair"]
    notebook.cells.insert(0, new_markdown_cell(text))
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize("outputs", [False, True])
def test_a_program_to_repair_goes_from_the_text_to_its_cell(source, outputs):
    text, cell, _ = student_version(to_repair(source, TEXT), outputs).cells
    assert text.source == "Repair this.\n\n<details>\nA hint\n</details>"
    assert cell.source == BROKEN
    assert cell.metadata.nbgrader.solution


@pytest.mark.parametrize("text", ["Repair this.", TEXT.replace("python", ""), TEXT + "\n" + TEXT])
def test_a_repair_without_its_one_program_is_an_error(source, text):
    with pytest.raises(ValueError, match="double is a repair, so the text before it must have one"):
        student_version(to_repair(source, text))


def test_missing_chapters_are_written_and_existing_ones_never_touched(source, tmp_path):
    work = tmp_path / "work"
    assert write_missing_chapters(source, work) == [work / "01_example.ipynb"]
    (work / "01_example.ipynb").write_text("the learner's own work", "utf-8")
    assert write_missing_chapters(source, work) == []
    assert Path(work / "01_example.ipynb").read_text("utf-8") == "the learner's own work"


def change(source):
    path = source / "01_example.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = "check(double, twice=True)"
    nbformat.write(notebook, path)


def test_the_start_page_names_the_chapters_and_stays_current(source, tmp_path):
    work = tmp_path / "work"
    write_missing_chapters(source, work)
    assert "[1. An example](01_example.ipynb)" in (work / "START.ipynb").read_text("utf-8")
    nbformat.write(new_notebook(), source / "02_numbers.ipynb")
    with (source / "chapters.toml").open("a", encoding="utf-8") as listed:
        listed.write(LISTED.format(stem="numbers", title="Numbers: a start"))
    write_missing_chapters(source, work)
    start = nbformat.read(work / "START.ipynb", as_version=4)
    assert {cell.cell_type for cell in start.cells} == {"markdown"}
    links = "- [1. An example](01_example.ipynb)\n- [2. Numbers: a start](02_numbers.ipynb)"
    assert links in "\n".join(cell.source for cell in start.cells)


def test_a_newer_chapter_is_noticed_and_the_copy_not_touched(source, tmp_path):
    work = tmp_path / "work"
    copy = write_missing_chapters(source, work)[0]
    copy.write_text("the learner's own work", "utf-8")
    assert outdated_chapters(source, work) == []
    change(source)
    assert outdated_chapters(source, work) == [copy]
    assert write_missing_chapters(source, work) == []
    assert copy.read_text("utf-8") == "the learner's own work"


def test_a_fresh_chapter_keeps_every_old_copy(source, tmp_path):
    work = tmp_path / "work"
    copy = write_missing_chapters(source, work)[0]
    change(source)
    kept = []
    for text in ("the first try", "the second try"):
        copy.write_text(text, "utf-8")
        kept.append(write_fresh_chapter(source / "01_example.ipynb", work))
    assert [path.read_text("utf-8") for path in kept] == ["the first try", "the second try"]
    assert all(path.parent == work and path.stem.startswith("01_example_2") for path in kept)
    assert "twice=True" in copy.read_text("utf-8")
    assert outdated_chapters(source, work) == []


def test_a_fresh_chapter_needs_no_old_copy(source, tmp_path):
    assert write_fresh_chapter(source / "01_example.ipynb", tmp_path / "work") is None
    assert (tmp_path / "work" / "01_example.ipynb").exists()


def test_the_server_shows_the_repository_and_reads_our_settings_first(tmp_path, monkeypatch):
    command = server(tmp_path, "work/START.ipynb")
    assert f"--ServerApp.root_dir={tmp_path}" in command
    assert "--LabApp.default_url=/lab/tree/work/START.ipynb" in command
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    write_settings(tmp_path / "ours")
    paths = environment(tmp_path / "ours")["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert paths == [str(tmp_path / "ours"), "theirs"]
    page = json.loads((tmp_path / "ours" / "labconfig" / "page_config.json").read_text("utf-8"))
    assert page["disabledExtensions"]["@jupyter/nbgrader"]
