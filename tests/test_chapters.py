"""The list of chapters, what hangs on it, and that one chapter more needs nothing else."""

import os
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.chapters import CHAPTERS, NOTEBOOKS, find, texts
from course.code import ROOT
from course.tables import markdown, put

EVERY = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)


def test_the_list_has_every_notebook():
    assert sorted(NOTEBOOKS.glob("*.ipynb")) == [chapter.path for chapter in CHAPTERS]


@EVERY
def test_a_chapter_begins_with_what_the_list_says(chapter):
    first = nbformat.read(chapter.path, as_version=4).cells[0].source
    assert first.startswith(f"# {chapter.heading}\n")
    assert f"\n- {chapter.promise};\n" in first


@EVERY
def test_everything_of_a_chapter_is_there(chapter):
    for place in ("helpers", "helpers/checks", "helpers/drawing", "coursework/answers"):
        assert (ROOT / place / f"{chapter.stem}.py").exists(), place
    assert (ROOT / "tests" / f"test_{chapter.stem}.py").exists()
    assert (ROOT / "gfx" / f"chapter_{chapter.number:02}.svg").exists() == bool(chapter.highlighted)
    assert chapter.points()


def test_the_tables_in_readme_and_guide_are_those_of_the_list():
    for path, text in texts().items():
        assert path.read_text("utf-8") == text, "python -m course.chapters writes it anew"


NEXT = len(CHAPTERS) + 1  # what one more chapter would be


@pytest.mark.parametrize("number", [str(NEXT), "00", "three", ""])
def test_a_chapter_that_is_none_is_refused(number):
    with pytest.raises(ValueError, match="CHAPTER must be one of 01, 02"):
        find(number)


@pytest.mark.parametrize("number", [3, "3", "03"])
def test_a_chapter_is_found_by_its_number(number):
    assert find(number).name == "03_dqn"


def test_a_table_goes_to_its_place_and_leaves_the_rest_alone():
    text = "before\n<!-- t -->\nold\n<!-- end of t -->\nafter"
    table = markdown(["a", "b"], [[1, r"\1"]])
    assert table == "| a | b |\n| --- | --- |\n| 1 | \\1 |"
    assert put(text, "t", table) == text.replace("old", table)
    with pytest.raises(ValueError, match="no place <!-- u -->"):
        put(text, "u", table)


HALVES = f"{NEXT:02}_halves"
CHAPTER = """
[[chapter]]
stem = "halves"
title = "Halves"
promise = "halve a number"
builds = "half of anything"
minutes = 5
"""

PROBE = '''
@exercise
def {name}(see, answer):
    """A part of a number."""
    for number in (12, -7):
        see.call(f"The {name} of {{number}}", answer, x=number)
    see.tick("{name} works")
'''

WRONG = {"half": ("x / 2", "x", "Divide it."), "third": ("x / 3", "x / 2", "That is half of it.")}


def grading(name, points=0):
    """What nbgrader notes of an exercise's cell, or of the cell that grades it."""
    return {"nbgrader": {"grade_id": name, "grade": bool(points), "solution": not points,
                         "locked": bool(points), "points": points, "schema_version": 3,
                         "task": False}}  # fmt: skip


def exercise(name, stem, body):
    """Text, answer and check of an exercise."""
    answer = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {body}\n    ### END SOLUTION"
    check = f"from helpers.checks import {stem} as check\n\ncheck.{name}({name})\n"
    return [
        new_markdown_cell(f"**Exercise.** Write `{name}`."),
        new_code_cell(answer, metadata=grading(name)),
        new_code_cell(check, metadata=grading(f"check_{name}", points=1)),
    ]


def answers(name):
    """The answers of an exercise, as ``coursework/answers`` has them."""
    old, new, hint = WRONG[name]
    rights = [f"{name} = lambda x: {old}"] * 2
    return (
        f"    {name!r}: {{'wrong': {{{hint!r}: [({old!r}, {new!r})] * 6}}, 'right': {rights!r}}},\n"
    )


def add_chapter(root):
    """Write one more chapter with one exercise, as an author would."""
    cells = [new_markdown_cell(f"# {NEXT}. Halves"), *exercise("half", "halves", "x / 2")]
    picture = nbformat.read(CHAPTERS[0].path, as_version=4)
    (cover,) = [c for c in picture.cells if "cover" in c.metadata.get("tags", [])]
    data = next(o.data for o in cover.outputs if "image/png" in o.get("data", {}))
    shown = [new_output("display_data", {"image/png": data["image/png"]})]
    cells.append(new_code_cell("draw()", metadata={"tags": ["cover"]}, outputs=shown))
    path = root / "notebooks" / f"{HALVES}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=picture.metadata), path)
    with (root / "notebooks" / "chapters.toml").open("a", encoding="utf-8") as listed:
        listed.write(CHAPTER)
    helpers = root / "helpers"
    (helpers / "halves.py").write_text(
        '"""Halves."""\n\n\ndef half(x):\n    return x / 2\n', "utf-8"
    )
    (helpers / "drawing" / "halves.py").write_text('"""Pictures of halves."""\n', "utf-8")
    head = '"""The probes of halves."""\n\nfrom helpers.checks import exercise\n\n'
    (helpers / "checks" / "halves.py").write_text(head + PROBE.format(name="half"), "utf-8")
    written = root / "coursework" / "answers" / "halves.py"
    written.write_text(f"NAMESPACE = {{}}\nANSWERS = {{\n{answers('half')}}}\n", "utf-8")


def add_exercise(root):
    """Append an exercise to chapter 5."""
    path = root / "notebooks" / find(5).path.name
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += exercise("third", "actor", "x / 3")
    nbformat.write(notebook, path)
    with (root / "helpers" / "checks" / "actor.py").open("a", encoding="utf-8") as checks:
        checks.write(PROBE.format(name="third"))
    with (root / "coursework" / "answers" / "actor.py").open("a", encoding="utf-8") as written:
        written.write(f"ANSWERS |= {{\n{answers('third')}}}\n")


def run(root, *command):
    """Run a Python module in a copy of the course."""
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, "-m", *command]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A copy of the course with one chapter and one exercise more."""
    root = tmp_path_factory.mktemp("grown")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    add_chapter(root)
    add_exercise(root)
    run(root, "coursework.answers", "05", f"{NEXT:02}")
    return root


def test_one_more_chapter_and_exercise_are_in_every_table(grown):
    run(grown, "course.chapters")
    contents = f"| {NEXT} | [Halves](notebooks/{HALVES}.ipynb) | half of anything | `halves` |"
    assert contents in (grown / "README.md").read_text("utf-8")
    guide = (grown / "coursework" / "README.md").read_text("utf-8")
    exercises, points = len(find(5).points()), sum(find(5).points().values())
    assert f"| 05_actor | {exercises + 1} | {points + 1} |" in guide
    assert f"| {HALVES} | 1 | 1 |" in guide


def test_one_more_chapter_and_exercise_are_released(grown):
    run(grown, "coursework.release")
    releases = grown / "build" / "release"
    assert "def third(x):" in (releases / "05_actor" / "05_actor.ipynb").read_text("utf-8")
    names = set(zipfile.ZipFile(releases / f"{HALVES}.zip").namelist())
    assert {f"{HALVES}/{name}" for name in (f"{HALVES}.ipynb", "helpers/lander.py")} <= names
    assert f"{HALVES}/helpers/halves.py" not in names
    assert not (releases / "08_lander" / "helpers" / "halves.py").exists()


def test_one_more_chapter_and_exercise_are_checked(grown):
    chosen = ["-k", "half or third or halves", "-n0", "-o", "addopts="]
    printed = run(grown, "pytest", "tests/test_answers.py", *chosen)
    assert "12 wrong answers refused with their hint, 6 right answers" in printed


def test_one_more_chapter_and_exercise_are_on_the_site(grown):
    run(grown, "docs")
    pages = grown / "build" / "html"
    assert f"{NEXT}. Halves" in (pages / "notebooks" / f"{HALVES}.html").read_text("utf-8")
    assert f"notebooks/{HALVES}.html" in (pages / "index.html").read_text("utf-8")
    assert "helpers.halves" in (pages / "api.html").read_text("utf-8")
    assert "third" in (pages / "notebooks" / "05_actor.html").read_text("utf-8")
