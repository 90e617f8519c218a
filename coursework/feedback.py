"""Write down the judgements: a page for each student, a table, and nbgrader's gradebook."""

import functools
import os
import sys
import warnings
from pathlib import Path

import nbgrader
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Grade, Gradebook
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from coursework import formgrader, outside

TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
STYLES = TEMPLATES / "static" / "node_modules" / "bootstrap" / "dist" / "css"


def page(steps, answers, result):
    """A student's feedback as HTML: their answers, and under each test its verdict in words.

    Args:
        steps: the chapter's ``rebuild.plan``.
        answers: the student's source of each solution cell, or ``None``.
        result: what ``grade.grade`` found.
    """
    chapter = result["chapter"]
    notebook = new_notebook(cells=[new_markdown_cell(_summary(result))])
    shown = 0
    for step in steps:
        if step.kind == "solution":
            shown += 1
            heading = f"## Exercise {shown}: `{step.id}`"
            notebook.cells.append(new_markdown_cell(heading))
            source = answers.get(step.id)
            cell = new_code_cell("# (missing)" if source is None else source)
            cell.metadata.nbgrader = {"grade_id": step.id, "solution": True, "grade": False}
        elif step.kind == "test":
            points, words = result["points"][step.id], result["words"].get(step.id, "")
            text = f"✗ {words}" if words else "✓ right"
            cell = new_code_cell(step.source, outputs=[new_output("stream", text=text)])
            cell.metadata.nbgrader = {
                "grade_id": step.id,
                "solution": False,
                "grade": True,
                "score": points,
                "points": step.points,
            }
        elif step.kind == "prediction":
            notebook.cells.append(new_markdown_cell(step.source))
            text = outside.html(result["predictions"].get(step.id) or "(nothing written)")
            cell = new_markdown_cell(f"<pre>{text}</pre>")  # no markup of a student's works here
            cell.metadata.nbgrader = {"grade_id": step.id, "solution": True, "grade": False}
        else:
            continue
        notebook.cells.append(cell)
    resources = {
        "nbgrader": {
            "notebook": outside.html(f"{chapter}: {result['student']}"),
            "score": result["total"],
            "max_score": result["of"],
            "late_penalty": 0,
        }
    }
    text = _exporter().from_notebook_node(notebook, resources)[0]
    for step in steps:  # which nbgrader's list of contents calls "Test cell", each of them
        text = text.replace(
            f'#{step.id}">Test cell<', f'#{step.id}">{step.id.removeprefix("check_")}<'
        )
    return text


@functools.cache
def _exporter():
    settings = {
        "extra_template_basedirs": [str(TEMPLATES / "templates")],
        "extra_template_paths": [str(STYLES)],
        "mathjax_url": "",
        "exclude_anchor_links": True,
    }
    return HTMLExporter(template_name="feedback", config=Config({"HTMLExporter": settings}))


def _summary(result):
    """The head of a page: whose it is, the points, and which file counted."""
    lines = [f"{result['student']}: {result['total']:g} of {result['of']:g} points."]
    if result["problem"]:
        lines.append(f"The submission couldn't be graded: {result['problem']}.")
    if result["file"]:
        several = f" It is the newest of {result['handed']}." if result["handed"] > 1 else ""
        lines.append(f"We graded the file {result['file']}.{several}")
    lines += [f"We didn't read {name}: {why}." for name, why in result["unread"]]
    return "\n\n".join(map(outside.block, lines))


def table(results, exercises, path):
    """``grades.csv``: a row for each submission, a column for each exercise."""
    head = ["student", "chapter", "total", "of", *exercises, "what went wrong", "isolation"]
    head += ["look at this one", "file", "handed in", "late", "not read", "ids", "email"]
    outside.table(path, [head, *(_row(result, exercises) for result in results)])


def _row(result, exercises):
    points = [result["points"].get(exercise, "") for exercise in exercises]
    wrong = [f"{name.removeprefix('check_')}: {text}" for name, text in _wrong(result)]
    unread = [f"{name}: {why}" for name, why in result["unread"]]
    row = [result["student"], result["chapter"], result["total"], result["of"], *points]
    row += ["; ".join(wrong), result["isolation"], "; ".join(result["looks"]), result["file"]]
    row += [result["handed"], "late" if result["late"] else "", "; ".join(unread)]
    return [*row, " ".join(result["ids"]), result["email"]]


def _wrong(result):
    if result["problem"]:
        return [("submission", result["problem"])]
    return result["words"].items()


def gradebook(results, plans, path):
    """nbgrader's database of all points, made anew; points given by hand stay as they are.

    A prediction is the comment of its cell. It waits for points by hand, again when its text has
    changed.
    """
    # nbgrader calls alembic by its name, which is installed beside this Python.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own way with its database
        given = _given_by_hand(path) if Path(path).exists() else {}
        Path(path).unlink(missing_ok=True)
        with Gradebook(f"sqlite:///{path}") as book:
            for chapter in sorted({result["chapter"] for result in results}):
                _add_chapter(book, chapter, plans[chapter])
            for result in results:
                _add_result(book, result, given)
            book.db.commit()


def _given_by_hand(path):
    """The grades of predictions in a gradebook, by student, chapter and cell: text and points."""
    with Gradebook(f"sqlite:///{path}") as book:
        return {
            (grade.student.id, grade.assignment.name, grade.name): (
                _comment(book, grade.student.id, grade.assignment.name, grade.name).auto_comment,
                grade.manual_score,
            )
            for grade in book.db.query(Grade)
            if grade.manual_score is not None and grade.cell.cell_type == "markdown"
        }


def _add_chapter(book, chapter, steps):
    book.add_assignment(chapter)
    book.add_notebook(chapter, chapter)
    for step in steps:
        if step.kind in ("test", "prediction"):
            kind = "code" if step.kind == "test" else "markdown"
            book.add_grade_cell(step.id, chapter, chapter, max_score=step.points, cell_type=kind)
        if step.kind in ("solution", "prediction"):
            book.add_solution_cell(step.id, chapter, chapter)


def _add_result(book, result, given):
    student, chapter = formgrader.student_id(result["student"]), result["chapter"]
    book.update_or_create_student(student, email=result["email"] or None)
    book.update_or_create_submission(chapter, student)
    for name, points in result["points"].items():
        grade = book.find_grade(name, chapter, chapter, student)
        grade.auto_score, grade.needs_manual_grade = points, False
    for grade in book.find_submission_notebook(chapter, chapter, student).grades:
        name, text = grade.name, result["predictions"].get(grade.name, "")
        if name in result["points"]:
            continue
        _comment(book, student, chapter, name).auto_comment = text
        before, points = given.get((student, chapter, name), ("", None))
        if points is not None and before == text:
            grade.manual_score = points
        elif not text:
            grade.auto_score = 0
        grade.needs_manual_grade = bool(text) and grade.manual_score is None


def _comment(book, student, chapter, name):
    return book.find_comment(name, chapter, chapter, student)
