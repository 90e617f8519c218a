"""The shape of the notebooks as they are committed."""

import itertools
import math
import re
import statistics

import nbformat
import pytest

from course.chapters import CHAPTERS
from coursework.student import PREDICTION
from study.facts import fact


@pytest.fixture(params=CHAPTERS, ids=lambda chapter: chapter.name)
def chapter(request):
    return request.param


@pytest.fixture
def notebook(chapter):
    return nbformat.read(chapter.path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def test_it_was_run_once_from_top_to_bottom(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_no_output_shows_a_warning_a_log_line_or_a_path(notebook):
    for output in outputs(notebook):
        assert output.get("name") != "stderr", output
        assert output.output_type != "error", output
        text = output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))
        assert not re.search(r"Warning|WARNING|/(root|home|tmp)/|I0000|E0000", text), text


def test_no_output_needs_a_kernel_to_be_seen(notebook):
    assert "widgets" not in notebook.metadata
    for output in outputs(notebook):
        assert not [kind for kind in output.get("data", {}) if "widget" in kind]


def test_every_picture_and_video_has_a_text_for_those_who_cannot_see_it(notebook):
    for output in outputs(notebook):
        data = output.get("data", {})
        if "image/png" in data:
            assert len(output.metadata["image/png"]["alt"]) > 20
        if "<video" in data.get("text/html", ""):
            assert re.search(r'aria-label="[^"]{20,}"', data["text/html"])
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for alt in re.findall(r"!\[(.*?)\]\(", cell.source):
                assert len(alt) > 20


def test_cells_are_short_and_each_is_led_into(notebook):
    lengths = [len(cell.source.splitlines()) for cell in code_cells(notebook)]
    assert max(lengths) <= 35
    assert statistics.median(lengths) <= 8
    kinds = "".join(cell.cell_type[0] for cell in notebook.cells)
    assert kinds.startswith("m")
    assert "ccc" not in kinds


BOUND = re.compile(r"([−-]?[\d,.]*\d)<!--=(.+?)-->(&nbsp;%)?")
NUMBER = re.compile(r"(?<![\w^.])[−-]?(?:\d[\d,.]*)?\d(?!\w)|(?<![\w^])\.\d+")


def markdown(notebook):
    """The texts, without the cells in which learners write."""
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata
    ]


def printed_numbers(notebook):
    """The numbers in the text that the notebook's cells printed, as floats."""
    text = " ".join(
        output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))
        for output in outputs(notebook)
    )
    return [float(found.replace(",", "")) for found in re.findall(r"-?\d[\d,]*\.?\d*", text)]


def test_bound_numbers_are_those_of_the_study_and_of_the_outputs(notebook):
    text = "\n".join(markdown(notebook))
    bound = BOUND.findall(text)
    assert len(bound) == text.count("<!--=") >= 3
    for number, name, percent in bound:
        digits = len(number.partition(".")[2])
        found = printed_numbers(notebook) if name == "output" else [fact(name)]
        texts = [f"{value * (100 if percent else 1):,.{digits}f}" for value in found]
        assert number.replace("−", "-") in texts, name


# What is no claim: code, mathematics, links, headings, numbers of lists, chapters and exercises,
# sums on paper, the estimate of the time, the literature, and the columns of settings in chapter 8.
NO_CLAIM = [
    r"```.*?```",
    r"`[^`]*`",
    r"\$\$.*?\$\$",
    r"\$[^$]*\$",
    r"!?\[[^\]]*\]\([^)]*\)",
    BOUND.pattern,
    r"(?:by|between|all) [^.;]*?<!--~.*?-->",  # a comparison: tests/test_claims.py
    r"### On paper.*?(?=^##|\Z)",
    r"## References.*",
    r"^#.*?$",
    r"^\d\. ",
    r"[Cc]hapters? \d(?:(?:, \d)* (?:and|to) \d)?",
    r"[Ee]xercises? \d",
    r"\*\*Estimated time.*?exercises",
    r"\d+ minutes",
    r"^\| setting \| the paper.*?(?=\n\n|\Z)",
    r"<summary>.*?</summary>",
]
# What the course, its environments or the calendar set; everything else in prose is measured.
EVERYWHERE = "−1 0 1"


def test_a_number_without_a_binding_is_a_constant(notebook, chapter):
    for text in markdown(notebook):
        for pattern in NO_CLAIM:
            text = re.sub(pattern, "\n", text, flags=re.DOTALL | re.MULTILINE)
        unbound = set(NUMBER.findall(text)) - set(f"{EVERYWHERE} {chapter.constants}".split())
        assert not unbound, "bind it, or call it a constant"


@pytest.mark.parametrize(
    ("text", "found"),
    [("it got 248 points", ["248"]), ("from −3 to .5, or 1,000", ["−3", ".5", "1,000"])],
)
def test_numbers_in_prose_are_seen(text, found):
    assert NUMBER.findall(text) == found


def prose(notebook):
    return "\n\n".join(markdown(notebook))


SHAPE = [
    r"^# \d\. ",
    r"\*\*After this chapter you can\*\*",
    r"\*\*You need\*\*",
    r"docs/notation\.md",
    r"!\[.*\]\(\.\./gfx/",
    r"^\$\$$",
    r"^### On paper$",
    r"^### Exercises? \d.*\(\d+ minutes, (easy|medium|hard)\)",
    r"^<summary>Hint",
    r"\*\*Predict:\*\*",
    r"^<summary>Answer",
    r"^## Break it on purpose$",
    r"^## Summary$",
    r"^\| equation \| code \| helper \|$",
    r"^\*\*What moves into `helpers`:\*\*",
    r"^## References$",
]


@pytest.mark.parametrize("part", SHAPE)
def test_every_chapter_has_every_part(notebook, part):
    assert re.search(part, prose(notebook), re.MULTILINE)


def test_predictions_come_before_their_answers_and_are_folded(notebook):
    text = prose(notebook)
    assert text.count("<summary>Answer</summary>") == text.count("**Predict:**")
    assert text.count("<details>") == text.count("</details>")


def test_below_a_question_is_a_cell_for_the_prediction(notebook):
    for cell, after in itertools.pairwise(notebook.cells):
        grading = after.metadata.get("nbgrader", {})
        asks = cell.cell_type == "markdown" and "**Predict:**" in cell.source
        assert asks == (after.cell_type == "markdown" and bool(grading.get("grade")))
        if asks:
            assert grading.solution
            assert grading.points == 4
            assert after.source == PREDICTION


def test_markdown_looks_right_in_jupyterlab_too(notebook):
    for text in markdown(notebook):
        assert "[!" not in text, "JupyterLab shows GitHub's alerts as they are written"
        assert not re.search(r"^```py$", text, re.MULTILINE), "JupyterLab colours only ```python"


def test_a_gap_keeps_a_folded_text_and_the_next_one_apart(notebook):
    for text in markdown(notebook):
        follows = re.findall(r"^</details>\n(?!\n<details>)(.*\n.*)", text, re.MULTILINE)
        assert set(follows) <= {"<br>\n"}


def test_the_estimated_minutes_are_the_words_and_the_exercises(notebook, chapter):
    text = prose(notebook)
    minutes = [int(found) for found in re.findall(r"^### Exercise.*\((\d+) minutes", text, re.M)]
    reading = len(re.sub(r"<!--.*?-->", "", text).split()) / 200  # comments aren't seen
    total, exercises = re.search(
        r"\*\*Estimated time:\*\* (\d+) minutes, of which (\d+) go into the exercises", text
    ).groups()
    assert int(exercises) == sum(minutes)
    assert int(total) == chapter.minutes == 5 * math.ceil((reading + sum(minutes)) / 5)


def test_an_exercise_has_a_solution_and_a_check(notebook):
    solutions, checks = set(), set()
    for cell in code_cells(notebook):
        grading = cell.metadata.get("nbgrader", {})
        if grading.get("solution"):
            solutions.add(grading.grade_id)
            assert cell.source.count("### BEGIN SOLUTION") == cell.source.count("### END SOLUTION")
            assert "### BEGIN SOLUTION" in cell.source
        if grading.get("grade"):
            checks.add(grading.grade_id)
            assert grading.points > 0
            assert re.search(r"^check\.\w+\(\w+\)$", cell.source, re.M)
    assert len(checks) >= 2
    assert len(solutions) <= len(checks)


def test_it_is_small_and_has_no_timestamps(notebook, chapter):
    assert chapter.path.stat().st_size < 1_500_000
    assert all("execution" not in cell.metadata for cell in notebook.cells)
