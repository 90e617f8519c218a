"""Releases: what is in them, what must not be, and that they work where they lie."""

import json
import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbgrader import nbgraderformat
from nbgrader.preprocessors import CheckCellMetadata

from course.chapters import CHAPTERS
from coursework.release import absent_helpers, release
from tests.solution_lines import NOTEBOOKS, giveaways, squeezed


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    for chapter in CHAPTERS:
        release(chapter, folder / chapter.name)
    return folder


EVERY = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)


@EVERY
def test_no_line_of_this_or_a_later_solution_is_anywhere_in_a_release(released, chapter):
    later = NOTEBOOKS[chapter.number - 1 :]
    secret = set().union(*(giveaways(path, NOTEBOOKS) for path in later))
    assert secret
    for file in (released / chapter.name).rglob("*"):
        if not file.is_file():
            continue
        data = file.read_bytes()
        text = data.decode("utf-8", errors="ignore")
        if file.suffix == ".ipynb":
            assert "attachments" not in text
            text = json.dumps(json.loads(text), ensure_ascii=False).replace('\\"', '"')
        found = [line for line in secret if line in squeezed(text)]
        assert not found, file.relative_to(released)


@EVERY
def test_a_release_has_the_stripped_notebook_and_only_earlier_helpers(released, chapter):
    folder = released / chapter.name
    notebook = nbformat.read(folder / chapter.path.name, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "SOLUTION" not in text
    assert not any(cell.get("outputs") for cell in notebook.cells)
    helpers = {file.stem for file in (folder / "helpers").glob("*.py")}
    stems = [one.stem for one in CHAPTERS]
    earlier, later = stems[: chapter.number - 1], stems[chapter.number - 1 :]
    assert not helpers & set(later)
    assert set(earlier) <= helpers
    for kind in ("checks", "drawing"):
        assert set(stems) <= {file.stem for file in (folder / "helpers" / kind).glob("*.py")}
    assert (folder / "requirements.txt").exists()
    assert chapter.path.name in (folder / "README.md").read_text("utf-8")


@EVERY
def test_a_release_links_only_to_what_it_has(released, chapter):
    folder = released / chapter.name
    for cell in nbformat.read(folder / chapter.path.name, as_version=4).cells:
        if cell.cell_type == "markdown":
            for part in cell.source.split("](")[1:]:
                target = part.split(")")[0].split("#")[0]
                assert target.startswith("http") or (folder / target).exists(), target


# The course itself, which is installed here, doesn't step in for what a release lacks.
PARTS = ".", "engine", "doctor"
ALONE = "import sys; sys.meta_path = [f for f in sys.meta_path if '__editable__' not in str(f)]; "


@EVERY
def test_every_helper_of_a_release_can_be_imported(released, chapter):
    folder = released / chapter.name
    files = [f for part in PARTS for f in (folder / "helpers" / part).glob("[a-z]*.py")]
    modules = [".".join(file.relative_to(folder).with_suffix("").parts) for file in files]
    modules += [f"helpers.checks.{chapter.stem}", f"helpers.drawing.{chapter.stem}"]
    if chapter.number <= 2:
        networks = {f"helpers.engine.{name}" for name in ("acting", "compiled", "progress")}
        modules = [name for name in modules if name not in networks]
        program = f"{ALONE}import {', '.join(modules)}; assert 'tensorflow' not in sys.modules"
    else:
        program = f"{ALONE}import {', '.join(modules)}"
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        check=True,
        env=os.environ | {"PYTHONPATH": str(folder)},
    )


@pytest.mark.parametrize("chapter", CHAPTERS[:2], ids=lambda chapter: chapter.name)
def test_a_release_runs_to_its_first_stub_and_says_what_to_do(released, chapter):
    folder = released / chapter.name
    notebook = nbformat.read(folder / chapter.path.name, as_version=4)
    client = NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}, timeout=60)
    with pytest.raises(CellExecutionError, match="what the code to repair does") as stopped:
        client.execute()
    assert "run the cell again before this check" in str(stopped.value)


@EVERY
def test_a_release_is_a_notebook_of_nbgrader(released, chapter):
    notebook = nbgraderformat.read(released / chapter.name / chapter.path.name, as_version=4)
    CheckCellMetadata().preprocess(notebook, {})
    source = nbformat.read(chapter.path, as_version=4)
    given = [cell for cell in notebook.cells if cell.id != "first-cell"]
    assert [cell.metadata.get("nbgrader") for cell in given] == [
        cell.metadata.get("nbgrader") for cell in source.cells
    ]
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            stub = "raise NotImplementedError()" in cell.source
            assert stub != ("repair" in cell.metadata.get("tags", []))


def test_what_imports_a_later_chapter_is_left_out_too():
    assert {"dqn", "actor", "engine.agent", "engine.training", "lander"} <= absent_helpers(3)
    assert "gym_api" not in absent_helpers(3)
