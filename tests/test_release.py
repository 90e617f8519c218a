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

from coursework.release import CHAPTERS, absent_helpers, chapter, release
from tests.solution_lines import giveaways, squeezed

PATHS = list(CHAPTERS.values())


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    for path in PATHS:
        release(path, folder / path.stem)
    return folder


def later(path):
    return PATHS[PATHS.index(path) :]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_line_of_this_or_a_later_solution_is_anywhere_in_a_release(released, path):
    secret = set().union(*(giveaways(one, PATHS) for one in later(path)))
    assert secret
    for file in (released / path.stem).rglob("*"):
        if not file.is_file():
            continue
        data = file.read_bytes()
        text = data.decode("utf-8", errors="ignore")
        if file.suffix == ".ipynb":
            assert "attachments" not in text
            text = json.dumps(json.loads(text), ensure_ascii=False).replace('\\"', '"')
        found = [line for line in secret if line in squeezed(text)]
        assert not found, file.relative_to(released)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_release_has_the_stripped_notebook_and_only_earlier_helpers(released, path):
    folder = released / path.stem
    notebook = nbformat.read(folder / path.name, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "SOLUTION" not in text
    assert "HIDDEN" not in text
    assert not any(cell.get("outputs") for cell in notebook.cells)
    helpers = {file.stem for file in (folder / "helpers").glob("*.py")}
    assert not helpers & {one.stem[3:] for one in later(path)}
    assert {one.stem[3:] for one in PATHS} - {one.stem[3:] for one in later(path)} <= helpers
    for kind in ("checks", "drawing"):
        stems = {file.stem for file in (folder / "helpers" / kind).glob("*.py")}
        assert {one.stem[3:] for one in PATHS} <= stems
    assert (folder / "requirements.txt").exists()
    assert path.name in (folder / "README.md").read_text()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_release_links_only_to_what_it_has(released, path):
    folder = released / path.stem
    for cell in nbformat.read(folder / path.name, as_version=4).cells:
        if cell.cell_type == "markdown":
            for part in cell.source.split("](")[1:]:
                target = part.split(")")[0].split("#")[0]
                assert target.startswith("http") or (folder / target).exists(), target


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_helper_of_a_release_can_be_imported(released, path):
    folder = released / path.stem
    files = [f for part in (".", "engine") for f in (folder / "helpers" / part).glob("[a-z]*.py")]
    modules = [".".join(file.relative_to(folder).with_suffix("").parts) for file in files]
    modules += [f"helpers.checks.{path.stem[3:]}", f"helpers.drawing.{path.stem[3:]}"]
    if path.stem[:2] in ("01", "02"):
        networks = {f"helpers.engine.{name}" for name in ("acting", "compiled", "progress")}
        modules = [name for name in modules if name not in networks]
        program = f"import sys, {', '.join(modules)}; assert 'tensorflow' not in sys.modules"
    else:
        program = f"import {', '.join(modules)}"
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        check=True,
        env=os.environ | {"PYTHONPATH": str(folder)},
    )


@pytest.mark.parametrize("path", PATHS[:2], ids=lambda path: path.stem)
def test_a_release_runs_to_its_first_stub_and_says_what_to_do(released, path):
    folder = released / path.stem
    notebook = nbformat.read(folder / path.name, as_version=4)
    client = NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}, timeout=60)
    with pytest.raises(CellExecutionError, match="what the code to repair does") as stopped:
        client.execute()
    assert "run the cell again before this check" in str(stopped.value)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_release_is_a_notebook_of_nbgrader(released, path):
    notebook = nbgraderformat.read(released / path.stem / path.name, as_version=4)
    CheckCellMetadata().preprocess(notebook, {})
    source = nbformat.read(path, as_version=4)
    assert [cell.metadata.get("nbgrader") for cell in notebook.cells] == [
        cell.metadata.get("nbgrader") for cell in source.cells
    ]
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            stub = "raise NotImplementedError()" in cell.source
            assert stub != ("repair" in cell.metadata.get("tags", []))


def test_what_imports_a_later_chapter_is_left_out_too():
    assert {"dqn", "actor", "engine.agent", "engine.training", "lander"} <= absent_helpers(2)
    assert "gym_api" not in absent_helpers(2)


@pytest.mark.parametrize("number", ["9", "00", "three"])
def test_a_chapter_that_is_none_is_refused(number):
    with pytest.raises(ValueError, match="CHAPTER must be one of 01, 02"):
        chapter(number)
