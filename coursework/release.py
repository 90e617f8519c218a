"""Build the student handouts: ``python -m coursework.release [03]`` for one chapter or all of them.

A folder and a zip for each chapter: the stripped notebook, the helpers that earlier chapters wrote,
all checks and drawings, the figures and data that the notebook shows, the lock and a README.
"""

import argparse
import re
import shutil
import sys

import jinja2
import nbformat
from nbformat.v4 import new_code_cell
from tqdm import tqdm

from course.chapters import CHAPTERS, find
from course.code import ROOT, imported
from coursework.student import student_version

RELEASES = ROOT / "build" / "release"

FIRST_CELL = ROOT / "coursework" / "first_cell.py.j2"

IMAGE = re.compile(r"!\[[^\]]*\]\((?:\.\./)?([^)]+\.(?:png|svg))\)")
PAGE = re.compile(r"\]\((docs/\w+\.md)[#)]")
CHAPTER_LINK = re.compile(r"\[([^\]]*)\]\(\d\d_\w+\.ipynb\)")


def release(chapter, folder, address=""):
    """Write the release of a ``course.chapters.Chapter`` to ``folder``, which is emptied first.

    ``address`` is where its zip will be on the web, if it will.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    notebook = student_notebook(chapter, address)
    nbformat.write(notebook, folder / chapter.path.name)
    copy_helpers(chapter, folder / "helpers")
    text = "\n".join(cell.source for cell in notebook.cells)
    for name in [*IMAGE.findall(text), *PAGE.findall(text)]:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    results = folder / "study" / "results"
    results.mkdir(parents=True)
    for file in (ROOT / "study" / "results").glob("*.csv"):
        shutil.copy(file, results)
    shutil.copy(ROOT / "requirements.txt", folder)
    template = jinja2.Template((ROOT / "coursework" / "student.md.j2").read_text("utf-8"))
    readme = template.render(chapter=chapter, exercises=len(chapter.points()))
    (folder / "README.md").write_text(readme + "\n", "utf-8")


def packed(chapter, folder, address=""):
    """Write the release as a folder in ``folder`` and as a zip beside it; returns the zip."""
    release(chapter, folder / chapter.name, address)
    return shutil.make_archive(str(folder / chapter.name), "zip", folder, chapter.name)


def student_notebook(chapter, address=""):
    """The student version, with links that fit where it lies in a release, and a first cell.

    That cell fetches the release from ``address``, if it isn't beside the notebook, and installs
    what the host doesn't have.
    """
    return fitted(student_version(chapter.path), chapter, address)


def fitted(notebook, chapter, address=""):
    """The notebook, changed so that it works where it lies in a release, as students get it."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = CHAPTER_LINK.sub(r"\1", cell.source.replace("](../", "]("))
    before = CHAPTERS[chapter.number - 2].stem if chapter.number > 1 else "require"
    template = jinja2.Template(FIRST_CELL.read_text("utf-8"))
    text = template.render(name=chapter.name, needed=before, address=address)
    notebook.cells.insert(1, new_code_cell(text, id="first-cell"))  # below the title
    return notebook


def copy_helpers(chapter, folder):
    """Write checks, drawings, and the helpers that work without this chapter's and later ones."""
    shutil.copytree(
        ROOT / "helpers", folder, ignore=lambda place, names: {"__pycache__"} & set(names)
    )
    for module in absent_helpers(chapter.number):
        (folder / f"{module.replace('.', '/')}.py").unlink()


def absent_helpers(number):
    """The modules that a release of the chapter of this number must not have.

    They are its own helper, those of later chapters, and whatever imports one of them.
    """
    helpers = ROOT / "helpers"
    files = [*helpers.glob("[a-z]*.py"), *helpers.glob("engine/[a-z]*.py")]
    imports = {
        ".".join(file.relative_to(helpers).with_suffix("").parts): {
            name.removeprefix("helpers.") for name in imported(file)
        }
        for file in files
    }
    absent = {chapter.stem for chapter in CHAPTERS[number - 1 :]}
    while more := {name for name, needs in imports.items() if needs & absent} - absent:
        absent |= more
    return absent


def main():
    parser = argparse.ArgumentParser(
        prog="python -m coursework.release", description="Build the student handouts."
    )
    parser.add_argument("chapter", nargs="?", help="a number such as 03 (default: all)")
    arguments = parser.parse_args()
    try:
        chapters = [find(arguments.chapter)] if arguments.chapter else CHAPTERS
    except ValueError as error:
        sys.exit(str(error))
    for chapter in tqdm(chapters, desc="release", unit="chapter"):
        packed(chapter, RELEASES)
    print(f"Releases and zips are in {RELEASES.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
