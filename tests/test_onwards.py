"""The page "From here to the libraries": its programs run, its names and numbers are theirs."""

import ast
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from course.code import ROOT
from helpers import results
from helpers.engine.agent import Settings
from helpers.engine.schedule import Schedule
from study.experiments import PEERS
from study.facts import fact

TEXT = (ROOT / "docs" / "onwards.md").read_text("utf-8")
SECTIONS = {
    section.partition("\n")[0]: section
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
}
PROGRAMS = [
    (f"{title}, {i}", code)
    for title, section in SECTIONS.items()
    for i, code in enumerate(re.findall(r"^```python\n(.*?)^```$", section, re.M | re.S), 1)
]
PACKAGES = {"Stable-Baselines3": "stable_baselines3", "SBX": "sbx"}
# What the libraries' own environment doesn't have. With it, they import it, and fall over it.
WITHOUT_TENSORFLOW = "import sys; sys.modules['tensorflow'] = None\n"
# What makes a training of minutes one of seconds.
SHORTER = {"150_000": "1_200", "5_000": "600", "episodes=20": "episodes=1", ", env)": ", env, 2)"}


def missing(code):
    """The libraries that a program needs and that aren't installed: no lock holds them."""
    needed = re.findall(r"^(?:from|import) (\w+)", code, re.MULTILINE)
    needed += ["tf2onnx"] * ('format="onnx"' in code)
    return [name for name in needed if name != "helpers" and not find_spec(name)]


def on_the_desk(folder, code, **variables):
    """Run a program, made shorter, where it finds what a reader has."""
    for long, short in SHORTER.items():
        code = code.replace(long, short)
    if not re.search(r"^import keras|^from helpers\.lander", code, re.MULTILINE):
        code = WITHOUT_TENSORFLOW + code
    # One thread, since PyTorch's wait for each other with all their might on a busy machine.
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"} | variables
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with what the programs find in the course's."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "study" / "results").mkdir(parents=True)
    shutil.copy(results.RESULTS / "lander.npz", folder / "study" / "results")
    return folder


@pytest.fixture(scope="module")
def run(desk):
    """A function that runs a program by its place on the page, once, after those before it."""

    @cache
    def run(place, **variables):
        for earlier in range(place):
            run(earlier)
        _, code = PROGRAMS[place]
        return None if missing(code) else on_the_desk(desk, code, **variables)

    return run


def place_of(title):
    return [name for name, _ in PROGRAMS].index(title)


@pytest.mark.parametrize("title", [title for title, _ in PROGRAMS])
def test_a_program_runs(run, title):
    place = place_of(title)
    section = title.rpartition(", ")[0]
    before = [code for name, code in PROGRAMS[: place + 1] if name.startswith(section)]
    # A program may read what the one before it has written.
    if absent := sorted({name for code in before for name in missing(code)}):
        pytest.skip(f"{', '.join(absent)} isn't installed")
    done = run(place)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("backend", "library"), [("jax", "jax"), ("torch", "torch")])
def test_the_keras_file_opens_with_other_backends(run, backend, library):
    if not find_spec(library):
        pytest.skip(f"{library} isn't installed")
    done = run(place_of("Fly without the course, 1"), KERAS_BACKEND=backend)
    assert done.returncode == 0, done.stderr


def test_a_copy_that_acts_differently_is_noticed(run, desk):
    run(place_of("Carry your actor out, 1"))
    _, flies = PROGRAMS[place_of("Fly without the course, 2")]
    spoilt = flies.replace("np.tanh(", "np.sin(")
    assert spoilt != flies
    assert "Mismatched" in on_the_desk(desk, spoilt).stderr


def folder_of(name):
    spec = find_spec(PACKAGES[name])
    if spec is None:
        pytest.skip(f"{name} isn't installed")
    return Path(spec.submodule_search_locations[0])


def tables(section):
    """The tables of a section, each a list of rows, and a row a dict by its column's heading."""
    for lines in re.findall(r"(?:^\|.*\n)+", SECTIONS[section], re.MULTILINE):
        heads, _, *rows = [
            [cell.strip() for cell in line.strip("|\n").split("|")]
            for line in lines.splitlines(True)
        ]
        yield [dict(zip(heads, row)) for row in rows]


def said_of(name):
    """All that the page's table of names says of a library, and the files it names for it."""
    listed = re.search(rf"^- \*\*{name}\*\*: (.*)$", SECTIONS["Which line is which"], re.MULTILINE)
    cells = [
        cell
        for table in tables("Which line is which")
        for row in table
        for head, cell in row.items()
        if name in head
    ]
    return listed[1], cells


@pytest.mark.parametrize("name", PACKAGES)
def test_the_names_are_in_the_librarys_files(name):
    listed, cells = said_of(name)
    folder = folder_of(name)
    paths = set(re.findall(r"`([\w/]+\.py)`", listed))
    if name == "SBX":
        listed, _ = said_of("Stable-Baselines3")
    texts = [(folder / path).read_text("utf-8") for path in paths]
    others = set(re.findall(r"`([\w/]+\.py)`", " ".join([listed, *cells])))
    library = folder_of("Stable-Baselines3")
    texts += [(library / path).read_text("utf-8") for path in others | {"common/callbacks.py"}]
    assert len(cells) > 15
    for cell in cells:
        for word in re.findall(r"`([\w.=]+)`", cell):
            if not word.endswith(".py"):
                for part in re.split(r"[.=]", word):
                    assert any(re.search(rf"\b{part}\b", text) for text in texts), word
        for word, owner, method in re.findall(r"`([\w.]+)` in `(\w+)\.(\w+)`", cell):
            assert any(word in text for text in methods(texts, owner, method)), cell


def methods(texts, owner, method):
    """The sources of the methods of that name, in classes of that name."""
    return [
        ast.get_source_segment(text, member)
        for text in texts
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and node.name == owner
        for member in node.body
        if isinstance(member, ast.FunctionDef) and member.name == method
    ]


def defaults(name):
    """The arguments of a library's DDPG that have a value before anyone gives one."""
    text = (folder_of(name) / "ddpg" / "ddpg.py").read_text("utf-8")
    (maker,) = methods([text], "DDPG", "__init__")
    arguments = ast.parse(f"class DDPG:\n{maker}" if maker[0] == " " else maker).body[0].args
    named = arguments.args[-len(arguments.defaults) :]
    return {one.arg: ast.literal_eval(value) for one, value in zip(named, arguments.defaults)}


def numbers(cell):
    """The settings in a cell that have one number."""
    found = re.findall(r"`(\w+)` ([\d.,]*\d)(?!\d|, \d)", cell)
    return {word: float(number.replace(",", "")) for word, number in found}


def settings_said_of(name):
    (table,) = tables("Where they differ")
    return {word: value for row in table for word, value in numbers(row[name]).items()}


def test_our_settings_are_ours():
    ours = vars(Settings()) | vars(Schedule())
    said = settings_said_of("ours")
    assert len(said) >= 7
    assert said == {name: ours[name] for name in said}
    assert "`hidden` 128, 128" in TEXT
    assert ours["hidden"] == (128, 128)


@pytest.mark.parametrize("name", PACKAGES)
def test_their_settings_are_theirs(name):
    said, theirs = settings_said_of(name), defaults(name)
    assert len(said) >= 9
    assert said == {word: theirs[word] for word in said}
    assert theirs["action_noise"] is None
    noise = (folder_of("Stable-Baselines3") / "common" / "noise.py").read_text("utf-8")
    assert "dt: float = 1e-2" in noise


def test_bound_numbers_are_those_of_the_study():
    bound = re.findall(r"([\d,.]*\d)<!--=(.+?)-->", TEXT)
    assert len(bound) == TEXT.count("<!--") > 0
    for number, name in bound:
        assert number == f"{fact(name):,.0f}", name


@pytest.mark.parametrize("name", PACKAGES)
def test_the_programs_train_with_the_recipe_of_the_study(name):
    _, code = PROGRAMS[place_of(f"Train with {name}, 1")]
    given = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.keyword):
            given[node.arg] = node.value
    recipe = dict(PEERS[f"{name} DDPG, our recipe"]["model"])
    assert recipe.pop("learning_rate") == 1e-3
    assert "1e-3 * ours.rate" in code
    assert recipe.pop("policy_kwargs") == {"net_arch": [128, 128]}
    assert '"net_arch": [128, 128]' in code
    for word, value in recipe.items():
        theirs = ast.literal_eval(given[word]) if word in given else defaults(name)[word]
        assert theirs == value, word
    assert f"np.full(2, {Schedule().noise_start})" in code
