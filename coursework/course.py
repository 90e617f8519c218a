"""Make a course for nbgrader's own tools: ``python -m coursework.course [03] [--folder FOLDER]``.

The folder gets ``source/<assignment>/`` and ``nbgrader_config.py``. An assignment holds a chapter
with its solutions, from which ``nbgrader generate_assignment`` makes the student's version. Beside
it lies what the chapter's release has, so none of the helpers that solve it. What nbgrader adds to
the folder later, such as submissions and grades, stays.
"""

import argparse
import sys
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor

from course.chapters import CHAPTERS, find
from course.code import ROOT
from coursework.formgrader import SURROUNDINGS
from coursework.rebuild import PREDICTION
from coursework.release import fitted, release
from coursework.student import repairs, taken_program

COURSE = ROOT / "build" / "course"
PROGRAM = "program"  # in the metadata of a cell: what its student repairs
PROGRAMS = f'''\
"""A step of nbgrader's that our course adds: see ``nbgrader_config.py``."""

from nbgrader.preprocessors import NbGraderPreprocessor


class HandOver(NbGraderPreprocessor):
    """Give students the programs to repair, where other exercises have a stub."""

    def preprocess_cell(self, cell, resources, index):
        cell.source = cell.metadata.pop("{PROGRAM}", cell.source)
        return cell, resources
'''

CONFIG = f'''\
# nbgrader's settings for the DDPG course. In this folder, all of nbgrader's programs read them.
{SURROUNDINGS}
from jupyter_client import KernelManager
from nbgrader.converters import GenerateAssignment

# Names, not classes, since the formgrader shows the settings as JSON.
steps = [f"{{one.__module__}}.{{one.__name__}}" for one in GenerateAssignment().preprocessors]
after = steps.index("nbgrader.preprocessors.clearsolutions.ClearSolutions") + 1
steps.insert(after, "programs.HandOver")
sys.path.insert(0, c.CourseDirectory.root)

c.CourseDirectory.course_id = "ddpg"
# Beside nbgrader's own: what chapter 8 saves when it trains.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "lander"]
c.ClearSolutions.text_stub = "{PREDICTION}"
c.GenerateAssignment.preprocessors = steps
c.Execute.timeout = 900  # seconds a cell: chapter 8 trains for a minute or two
if hasattr(KernelManager, "transport_encryption"):  # in new versions, which miss it otherwise
    c.KernelManager.transport_encryption = "auto"
'''


def course(chapters, folder):
    """Write the assignments of chapters to a folder; one that is there already is replaced.

    Settings that are there already are somebody's own, and stay.
    """
    for chapter in chapters:
        assignment(chapter, folder / "source" / chapter.name)
    (folder / "exchange").mkdir(exist_ok=True)
    (folder / "programs.py").write_text(PROGRAMS, "utf-8")
    config = folder / "nbgrader_config.py"
    if not config.exists():
        config.write_text(CONFIG, "utf-8")


def assignment(chapter, folder):
    """Write a chapter's release to the folder, with the solutions in its notebook."""
    release(chapter, folder)
    notebook = nbformat.read(chapter.path, as_version=4)
    notebook, _ = ClearOutputPreprocessor().preprocess(notebook, {})
    for text, cell in repairs(notebook):
        cell.metadata[PROGRAM] = taken_program(text, cell)
    nbformat.write(fitted(notebook, chapter), folder / chapter.path.name)


def main():
    parser = argparse.ArgumentParser(
        prog="python -m coursework.course", description="Make a course for nbgrader's own tools."
    )
    parser.add_argument("chapter", nargs="?", help="a number such as 03 (default: all)")
    parser.add_argument("--folder", type=Path, default=COURSE, help="default: build/course/")
    arguments = parser.parse_args()
    try:
        chapters = [find(arguments.chapter)] if arguments.chapter else CHAPTERS
    except ValueError as error:
        sys.exit(str(error))
    course(chapters, arguments.folder)
    print(
        f"The course is in {arguments.folder}. Go there, and use nbgrader as always, for example:"
    )
    print(f"nbgrader generate_assignment {chapters[0].name}")


if __name__ == "__main__":
    main()
