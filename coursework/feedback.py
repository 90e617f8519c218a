"""Write down the judgements: a page for each student, a table, and nbgrader's gradebook."""

import contextlib
import functools
import os
import re
import sys
import warnings
from pathlib import Path

import nbgrader
from math_core import LatexToMathML
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Grade, Gradebook
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from course.code import ROOT
from coursework import formgrader, outside
from coursework.rebuild import QUESTION

TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
STYLES = TEMPLATES / "static" / "node_modules" / "bootstrap" / "dist" / "css"
# nbgrader's page asks another site for a script, which would learn who reads it.
MATHJAX = re.compile(r"<!-- Load mathjax -->.*?<!-- End of mathjax configuration -->", re.DOTALL)
FORMULA = re.compile(r"\$([^$]+)\$")
GUIDE = ROOT / "coursework" / "README.md"
# What nbgrader's page lacks: a phone's width, and the dark.
HEAD = """<meta name="viewport" content="width=device-width, initial-scale=1" />
<style>
  pre, code, p, h2, h4, li { overflow-wrap: anywhere; }
  pre { white-space: pre-wrap !important; }
  .panel-body, .input_area, .rendered_html { overflow-x: auto; }
  @media (prefers-color-scheme: dark) {
    html { filter: invert(0.92) hue-rotate(180deg); background: #fff; }
  }
  @media (max-width: 600px) {
    .container, div#notebook-container, .panel-body { padding: 4px; }
    div.prompt { display: none; }
    div.nbgrader_cell .panel-heading { height: auto; }
    .score, .panel-heading code { white-space: normal; }
  }
</style>
</head>"""


def page(steps, answers, result):
    """A student's feedback as HTML: their answers, and under each test its verdict in words.

    Args:
        steps: the chapter's ``rebuild.plan``.
        answers: the student's source of each solution cell, or ``None``.
        result: what ``grade.grade`` found, or what ``points.settled`` made of that.
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
            text += _by_hand(step.id, result)
            cell = new_code_cell(step.source, outputs=[new_output("stream", text=text)])
            cell.metadata.nbgrader = {
                "grade_id": step.id,
                "solution": False,
                "grade": True,
                "score": points,
                "points": step.points,
            }
        elif step.kind == "prediction":
            notebook.cells.append(new_markdown_cell(_question(step.source)))
            cell = new_markdown_cell(_prediction(step, result))
            cell.metadata.nbgrader = {"grade_id": step.id, "solution": True, "grade": False}
        else:
            continue
        notebook.cells.append(cell)
    if result["predictions"]:
        notebook.cells.append(new_markdown_cell(f'<a id="rubric"></a>\n\n{rubric()}'))
    for number, cell in enumerate(notebook.cells):  # so that the same is the same page
        cell.id = f"{number}"
    resources = {
        "nbgrader": {
            "notebook": outside.html(f"{chapter}: {result['student']}"),
            "score": result["total"],
            "max_score": result["of"],
            "late_penalty": result.get("off", 0),
        }
    }
    text = MATHJAX.sub("", _exporter().from_notebook_node(notebook, resources)[0])
    for step in steps:  # which nbgrader's list of contents calls "Test cell", each of them
        text = text.replace(
            f'#{step.id}">Test cell<', f'#{step.id}">{step.id.removeprefix("check_")}<'
        )
    return text.replace("</head>", HEAD, 1)


def _question(text):
    """A question that asks for a prediction, with its formulas as MathML: that needs no script."""
    asked = text[max(text.find(QUESTION), 0) :]
    convert = LatexToMathML(fancy_error=False).convert_with_local_state
    return FORMULA.sub(lambda found: convert(found[1], displaystyle=False), asked)


def _by_hand(name, result):
    """The line on points by hand below an exercise's verdict, or an empty text."""
    if name not in result.get("changed", {}):
        return ""
    before, why = result["changed"][name]
    points = result["points"][name]
    return f"\nPoints by hand: {points:g} in place of {before:g}{why and '. '}{why}"


def _prediction(step, result):
    """A student's prediction, in which no markup works, with its points by hand."""
    text = outside.html(result["predictions"].get(step.id) or "(nothing written)")
    points = result.get("hand", {}).get(step.id)
    said = "not yet" if points is None else f"{points:g} of {step.points:g}"
    if why := result.get("why", {}).get(step.id):
        said += f". {outside.html(outside.plain(why, 300))}"
    return f'<pre>{text}</pre>\n<p>Points by hand, <a href="#rubric">by the rubric</a>: {said}</p>'


@functools.cache
def rubric():
    """The guide's rubric for predictions, as a heading and a table in Markdown."""
    found = re.search(r"<!-- rubric -->\n(.*?)\n<!-- end", GUIDE.read_text("utf-8"), re.DOTALL)
    if not found:
        raise ValueError(f"the guide {GUIDE.name} has no place <!-- rubric -->")
    return f"## Points for a prediction\n\n{found[1]}"


def standing(result):
    """What a page says of decisions by hand: it's made anew when that changes."""
    names = "points", "changed", "hand", "why", "days", "off"
    return [result.get(name) for name in names]


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
    if result.get("days"):
        days = "a day" if result["days"] == 1 else f"{result['days']:g} days"
        lost = f", which costs {result['off']:g} of its points" if result["off"] else ""
        why = result["why"].get("late", "")
        lines.append(f"It was handed in {days} late{lost}.{why and ' '}{why}")
    elif why := result.get("why", {}).get("late"):
        lines.append(f"That it was late costs nothing. {why}")
    lines += [f"We didn't read {name}: {why}." for name, why in result["unread"]]
    return "\n\n".join([*map(outside.block, lines), *_to_predictions(result)])


def _to_predictions(result):
    """The links to a page's predictions, as a paragraph, if there are some."""
    links = ", ".join(
        f'<a href="#comment-{name}">{name.replace("_", " ")}</a>' for name in result["predictions"]
    )
    return (
        [f'<p>Your predictions: {links} (<a href="#rubric">the rubric</a>).</p>'] if links else []
    )


def table(results, exercises, path):
    """``grades.csv``: a row for each submission, a column for each exercise.

    Args:
        results: that ``points.settled`` made.
        exercises: the grade ids of checks.
        path: of the file.
    """
    head = ["student", "chapter", "total", "of", *exercises, "what went wrong", "isolation"]
    head += ["look at this one", "file", "handed in", "late", "not read", "ids", "email"]
    head += ["points by hand", "days late", "lost by lateness", "predictions"]
    outside.table(path, [head, *(_row(result, exercises) for result in results)])


def _row(result, exercises):
    points = [result["points"].get(exercise, "") for exercise in exercises]
    wrong = [f"{name.removeprefix('check_')}: {text}" for name, text in _wrong(result)]
    unread = [f"{name}: {why}" for name, why in result["unread"]]
    row = [result["student"], result["chapter"], result["total"], result["of"], *points]
    row += ["; ".join(wrong), result["isolation"], "; ".join(result["looks"]), result["file"]]
    row += [result["handed"], "late" if result["late"] else "", "; ".join(unread)]
    row += [" ".join(result["ids"]), result["email"], "; ".join(_changes(result))]
    row += [result.get("days") or "", result.get("off") or ""]
    hand = result.get("hand", {}).values()
    return [*row, sum(hand) if hand else ""]


def _changes(result):
    """The points by hand in words, each with what was found and why they were given."""
    for name, (before, why) in result.get("changed", {}).items():
        points = result["points"][name]
        yield f"{name.removeprefix('check_')}: {points:g}, not {before:g}{why and ' '}{why}"


def _wrong(result):
    if result["problem"]:
        return [("submission", result["problem"])]
    return result["words"].items()


def gradebook(results, plans, path):
    """nbgrader's database of all points, made anew beside the old one, which it then replaces.

    A prediction is the comment of its cell. It waits for points by hand, again when its text has
    changed.

    Args:
        results: that ``points.settled`` made.
        plans: steps by the chapter's name.
        path: of the file.
    """
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with _opened(partial) as book:
            for chapter in sorted({result["chapter"] for result in results}):
                _add_chapter(book, chapter, plans[chapter])
            for result in results:
                _add_result(book, result)
            book.db.commit()
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(path):
    """nbgrader's gradebook at a path."""
    # nbgrader calls alembic by its name, which is installed beside this Python.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own way with its database
        with Gradebook(f"sqlite:///{path}") as book:
            yield book


def given_by_hand(path):
    """The points of predictions in a gradebook, by student and chapter: texts and points by cell.

    Raises:
        ValueError: the gradebook can't be read.
    """
    if not path.exists():
        return {}
    given = {}
    try:
        with _opened(path) as book:
            for grade in book.db.query(Grade):
                if grade.manual_score is not None and grade.cell.cell_type == "markdown":
                    key = grade.student.id, grade.assignment.name
                    text = _comment(book, *key, grade.name).auto_comment
                    given.setdefault(key, {})[grade.name] = text, grade.manual_score
    except Exception as error:  # of nbgrader, SQLAlchemy or alembic
        raise ValueError(
            f"The points by hand in {path} can't be read ({type(error).__name__}). They would be "
            "lost, so nothing was changed: close what has the file open, or move it away to begin "
            "without them."
        ) from None
    return given


def still_given(result, given):
    """The points by hand that still hold: those of predictions whose text is as it was."""
    texts = result["predictions"]
    return {name: points for name, (text, points) in given.items() if texts.get(name) == text}


def _add_chapter(book, chapter, steps):
    book.add_assignment(chapter)
    book.add_notebook(chapter, chapter)
    for step in steps:
        if step.kind in ("test", "prediction"):
            kind = "code" if step.kind == "test" else "markdown"
            book.add_grade_cell(step.id, chapter, chapter, max_score=step.points, cell_type=kind)
        if step.kind in ("solution", "prediction"):
            book.add_solution_cell(step.id, chapter, chapter)


def _add_result(book, result):
    student, chapter = formgrader.student_id(result["student"]), result["chapter"]
    book.update_or_create_student(student, email=result["email"] or None)
    book.update_or_create_submission(chapter, student)
    late = book.find_submission_notebook(chapter, chapter, student)
    late.late_submission_penalty = result["off"] or None
    for name, points in result["points"].items():
        grade = book.find_grade(name, chapter, chapter, student)
        grade.auto_score, grade.needs_manual_grade = points, False
    for grade in late.grades:
        name, text = grade.name, result["predictions"].get(grade.name, "")
        if name in result["points"]:
            continue
        _comment(book, student, chapter, name).auto_comment = text
        if name in result["given"]:
            grade.manual_score = result["given"][name]
        elif name in result["hand"]:  # an override, which can be withdrawn
            grade.auto_score = result["hand"][name]
        elif not text:
            grade.auto_score = 0
        grade.needs_manual_grade = bool(text) and name not in result["hand"]


def _comment(book, student, chapter, name):
    return book.find_comment(name, chapter, chapter, student)
