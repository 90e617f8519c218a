"""Lay out what was graded as a folder that nbgrader's formgrader opens.

There each student has a notebook for each chapter, with the verdicts as its outputs. It's read, and
never run: our grader ran it already.
"""

import re

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.chapters import named
from coursework import outside
from coursework.student import student_version
from coursework.term import file_name, write

PLAIN = re.compile(r"\w[\w .@-]{0,79}")  # a name that may be a folder's

# What all of nbgrader's programs need, in each of its files of settings.
SURROUNDINGS = """\
import os
import sys
import warnings

from sqlalchemy.exc import SAWarning

# nbgrader calls alembic by its name, which lies beside this Python.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
warnings.simplefilter("ignore", SAWarning)  # of the way in which nbgrader uses its database

c = get_config()
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.FormgradeExtension.debug = False  # it would show all settings, and stumble over some
# Where students fetch assignments and hand them in. On a shared machine, name its folder here.
c.Exchange.root = os.path.join(c.CourseDirectory.root, "exchange")
"""

SETTINGS = f"""\
# nbgrader's settings for this folder. Our grader writes it, and nbgrader's formgrader opens it.
{SURROUNDINGS}
c.CourseDirectory.feedback_directory = "nbgrader_feedback"
"""


def student_id(student):
    """The student's name, or one in its place that may be a folder's."""
    return student if PLAIN.fullmatch(student) else file_name(student)


def lay_out(results, plans, folder):
    """Write the settings, the chapters that the formgrader lists, and each student's notebooks.

    Args:
        results: of ``grade.grade_all``.
        plans: steps by the chapter's name.
        folder: of all results.
    """
    write(folder / "nbgrader_config.py", SETTINGS)
    (folder / "exchange").mkdir(exist_ok=True)
    for chapter in {result["chapter"] for result in results}:
        place = folder / "source" / chapter / f"{chapter}.ipynb"
        write(place, nbformat.writes(student_version(named(chapter).path)))
    for result in results:
        chapter = result["chapter"]
        place = folder / "autograded" / student_id(result["student"]) / chapter
        write(place / f"{chapter}.ipynb", nbformat.writes(marked(plans[chapter], result)))


def marked(steps, result):
    """A student's answers as a notebook, the verdicts as the outputs of the tests."""
    return new_notebook(cells=[cell for step in steps for cell in _cells(step, result)])


def _cells(step, result):
    """The cells of a step: a question with its answer, an answer, or a test with its verdict."""
    if step.kind == "setup":
        return []
    graded = {"grade": step.kind != "solution", "points": step.points}
    grading = {"grade_id": step.id, "solution": step.kind != "test", **graded}
    grading |= {"locked": step.kind == "test", "task": False, "schema_version": 3}
    metadata = {"nbgrader": grading}
    if step.kind == "prediction":
        text = outside.html(result["predictions"].get(step.id) or "(nothing written)")
        cell = new_markdown_cell(f"<pre>{text}</pre>", metadata=metadata)
        return [new_markdown_cell(step.source), cell]
    if step.kind == "solution":
        del grading["points"]
        source = result["sources"].get(step.id)
        return [new_code_cell("# (missing)" if source is None else source, metadata=metadata)]
    words = result["words"].get(step.id)
    verdict = new_output("stream", text=f"✗ {words}" if words else "✓ right")
    return [new_code_cell(step.source, metadata=metadata, outputs=[verdict])]
