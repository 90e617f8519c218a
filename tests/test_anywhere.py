"""The course where it wasn't written: in other locales, folders, homes and kinds of process."""

import ast
import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import PurePosixPath

import nbformat
import pytest

from course.chapters import CHAPTERS
from course.code import ROOT
from tests.test_packaging import tracked

# What learners, instructors and readers set in motion, as far as it needs no networks. It runs in
# a process that is spawned, as all of them are on Windows and on macOS.
PROGRAM = """
import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def walk():
    import gymnasium as gym
    import numpy as np

    import helpers
    from course.chapters import CHAPTERS, texts
    from coursework.lab import write_missing_chapters, write_settings
    from coursework.release import packed
    from docs.stage import chapter_page
    from helpers import drawing, results
    from helpers.checks import gym_api as check
    from helpers.checks.judging import Mistake
    from helpers.engine import checkpoints
    from helpers.gym_api import discounted_return, rollout

    assert Path(helpers.__file__).is_relative_to(HERE), helpers.__file__
    assert results.texts("tuning")
    for path, text in texts().items():
        assert path.read_text("utf-8") == text
    check.discounted_return(discounted_return)
    try:
        check.discounted_return(lambda rewards, discount: sum(rewards))
    except Mistake as mistake:
        print(mistake, file=sys.stderr)
    assert Path(packed(CHAPTERS[6], HERE / "releases")).stat().st_size > 100_000
    assert any("ε" in cell.source for cell in chapter_page(CHAPTERS[6].path).cells)
    write_missing_chapters(HERE / "notebooks", HERE / "work")
    with tempfile.TemporaryDirectory() as folder:
        assert Path(folder).parent == HERE / "tmp"
        write_settings(Path(folder))
    checkpoints.write(HERE / "run.npz", {"states": np.arange(3)}, {"n": 1})
    assert checkpoints.read(HERE / "run.npz")[1] == {"n": 1}
    film = drawing.Film()
    for shade in range(50):
        film.add(np.full((40, 40, 3), 5 * shade, np.uint8))
    film.show("a square that goes from black to grey", strip="σ = ½: von Schwarz zu Grau")
    env = gym.make("Drift-v0")
    return rollout(env, lambda state: np.zeros(1, np.float32), seed=1).total_reward


if __name__ == "__main__":
    try:
        (Path.home() / "touched").touch()
        print("home: open")
    except OSError:
        print("home: read-only")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(f"return: {pool.apply(walk):.4f}")
"""

LATIN_1 = "de_DE.ISO-8859-1"
LOCALES = {
    "C": {"LC_ALL": "C"},
    # Python takes the C locale for UTF-8 unless it is told not to: then it has 128 letters.
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "Latin-1": {"LC_ALL": LATIN_1},
}
ENCODINGS = {"C": "utf-8", "ASCII": "ansi_x3.4-1968", "Latin-1": "iso-8859-1"}
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such locales")


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory):
    """A function of a locale's name: the environment variables, with the locale made if need be."""
    compiled = tmp_path_factory.mktemp("locales")
    if sys.platform == "linux":
        language = ["--inputfile=de_DE", "--charmap=ISO-8859-1"]
        command = ["localedef", "--no-archive", *language, str(compiled / LATIN_1)]
        subprocess.run(command, capture_output=True)  # it warns, and ends with 1, where all is well
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    kept = {name: value for name, value in kept.items() if name not in ("LANG", "MPLCONFIGDIR")}

    def variables(locale):
        made = kept | LOCALES.get(locale, {}) | {"LOCPATH": str(compiled)}
        if locale in ENCODINGS:
            ask = "import locale; print(locale.getpreferredencoding(False).lower())"
            answer = subprocess.check_output(
                [sys.executable, "-c", ask], env=made, encoding="ascii"
            )
            if answer.strip() != ENCODINGS[locale]:
                give_up = pytest.fail if os.environ.get("CI") else pytest.skip
                give_up(f"there is no locale {locale} here, without the package locales")
        return made

    return variables


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course in a folder with spaces and umlauts."""
    folder = tmp_path_factory.mktemp("anywhere") / "Zoës Kurs, 2. Übung"
    for path in tracked():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    (folder / "walk.py").write_text(PROGRAM, "utf-8")
    for name in ("tmp", "home"):
        (folder / name).mkdir()
    (folder / "home").chmod(0o555)
    return folder


def run(command, course, **options):
    done = subprocess.run(
        command, cwd=course, capture_output=True, encoding="utf-8", errors="replace", **options
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def without_privileges(command):
    """The command, for which the rights of a folder hold even where the tests are run by root."""
    if sys.platform == "linux" and os.geteuid() == 0:
        return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    return command


@pytest.mark.parametrize(
    "locale", [pytest.param(name, marks=ON_LINUX) for name in LOCALES] + ["as it is here"]
)
def test_the_course_runs_with_odd_letters_a_closed_home_and_spawned_processes(
    course, surroundings, locale
):
    places = {name: str(course / "home") for name in ("HOME", "USERPROFILE")}
    places |= {name: str(course / "tmp") for name in ("TMPDIR", "TEMP", "TMP")}
    command = without_privileges([sys.executable, "walk.py"])
    done = run(command, course, env=surroundings(locale) | places)
    assert "return: -" in done.stdout
    assert "discount" in done.stderr  # the hint
    if os.name == "posix":
        assert "home: read-only" in done.stdout


@ON_LINUX
def test_grades_are_the_same_in_a_locale_with_few_letters(course, surroundings, tmp_path):
    notebook = nbformat.read(CHAPTERS[0].path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and "nbgrader" in cell.metadata:  # a prediction
            cell.source = "Größe: γ ✓"
    (tmp_path / "inbox" / "Łucja").mkdir(parents=True)  # whose name Latin-1 can't write
    nbformat.write(notebook, tmp_path / "inbox" / "Łucja" / CHAPTERS[0].path.name)
    graded = tmp_path / "graded"
    command = [sys.executable, "-m", "coursework.grade", str(tmp_path / "inbox")]
    done = run([*command, "--output", str(graded)], course, env=surroundings("Latin-1"))
    assert "1 graded, 1 with all points" in done.stdout
    with open(graded / "grades.csv", newline="", encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert row["student"] == "Łucja"
    (page,) = (graded / "feedback" / CHAPTERS[0].name).glob("*.html")
    assert "Größe: γ ✓" in page.read_text("utf-8")


def texts_without_encoding(source):
    """The lines of a program that read or write a text in whatever letters the locale has."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if _is_text(call) and not _has_encoding(call)]


def _is_text(call):
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    match call.func:
        case ast.Attribute(attr="read_text" | "write_text"):
            return True
        case ast.Name("open") | ast.Attribute(ast.Name("os"), "fdopen"):
            return not _is_mode([*call.args[1:2], given.get("mode")], "b")
        case ast.Attribute(ast.Name("tarfile" | "zipfile"), "open"):
            return False
        case ast.Attribute(attr="open"):  # a path's: a mode comes first, or nothing
            modes = [*call.args[:1], given.get("mode")]
            return not call.args or (_is_mode(modes) and not _is_mode(modes, "b"))
        case ast.Attribute(attr="NamedTemporaryFile" | "TemporaryFile"):
            return _is_mode([*call.args[:1], given.get("mode")], "t")
        case _:  # a process whose output is taken for text
            flags = [given.get(name) for name in ("text", "universal_newlines")]
            return any(isinstance(flag, ast.Constant) and flag.value is True for flag in flags)


def _is_mode(nodes, letter=""):
    """Is one of these a mode of opening a file, with this letter in it?"""
    modes = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return any(re.fullmatch("[rwxabt+]{1,3}", str(mode)) and letter in mode for mode in modes)


def _has_encoding(call):
    place = {"read_text": 1, "write_text": 2}.get(getattr(call.func, "attr", ""), 99)
    return len(call.args) >= place or any(word.arg == "encoding" for word in call.keywords)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("path.read_text()", True),
        ("path.read_text('utf-8')", False),
        ("path.write_text(text)", True),
        ("path.write_text(text, encoding='utf-8')", False),
        ("open(path)", True),
        ("open(path, 'a')", True),
        ("open(path, 'rb')", False),
        ("open(path, mode='wb')", False),
        ("open(path, newline='', encoding='utf-8')", False),
        ("path.open()", True),
        ("path.open('w')", True),
        ("path.open('wb')", False),
        ("archive.open(member)", False),
        ("tempfile.NamedTemporaryFile('wt')", True),
        ("tempfile.NamedTemporaryFile()", False),
        ("subprocess.run(command, text=True)", True),
        ("subprocess.run(command, encoding='utf-8')", False),
        ("subprocess.run(command)", False),
        ("new_output('stream', text='words')", False),
    ],
)
def test_a_text_without_an_encoding_is_seen(line, found):
    assert texts_without_encoding(line) == [1] * found


def test_every_text_is_read_and_written_as_utf_8():
    for path in tracked():
        if path.suffix == ".py":
            assert not texts_without_encoding(path.read_text("utf-8")), path
        if path.suffix == ".ipynb":
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type == "code":
                    assert not texts_without_encoding(cell.source), path


RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # on Windows


def test_every_file_can_be_laid_out_on_every_system():
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert len(name) <= 120, f"{name}: with the folders above, Windows stops at 260"
        assert not re.search(r'[<>:"\\|?*]', name), name
        for part in PurePosixPath(name).parts:
            assert not RESERVED.fullmatch(part), name
            assert not part.endswith((".", " ")), name


def test_lines_end_alike_on_every_system():
    listed = subprocess.check_output(
        ["git", "ls-files", "--eol", ".ci/run", "postBuild", "README.md"],
        cwd=ROOT,
        encoding="utf-8",
    )
    for line in listed.splitlines():
        assert re.search(r"^i/lf +w/lf +attr/text=auto eol=lf", line), line
