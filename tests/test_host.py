"""Somebody else's computer: what is there stays as it is, and what is made there can be saved."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import tensorflow as tf
from packaging.requirements import Requirement

from course.chapters import CHAPTERS
from course.code import ROOT
from coursework.release import packed, student_notebook
from helpers import host
from helpers.engine import compiled


def test_what_is_needed_is_what_the_package_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["tensorflow"]]
    asked = {f"{one.name}{one.specifier}" for one in map(Requirement, declared) if applies(one)}
    needed = {f"{one.name}{one.specifier}" for one in map(Requirement, host.NEEDED.values())}
    assert needed == asked
    assert project["requires-python"].startswith(f">={host.PYTHON[0]}.{host.PYTHON[1]},")


def applies(requirement):
    return requirement.marker is None or requirement.marker.evaluate()


def test_the_package_alone_brings_no_tensorflow():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert not [one for one in project["dependencies"] if one.startswith("tensorflow")]


def test_where_all_is_there_nothing_is_installed(capsys, monkeypatch):
    monkeypatch.setattr(host, "_install", pytest.fail)
    host.prepare()
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert said.startswith("Nothing is missing.")
    assert f"tensorflow {tf.__version__}" in said


class Pip:
    """Stands for pip, which notes what it was asked and ends as it is told to."""

    def __init__(self, code=0, stderr=""):
        self.returncode, self.stderr = code, stderr

    def __call__(self, command, **options):
        self.command = command
        held = command[command.index("--constraint") + 1]
        with open(held, encoding="utf-8") as file:
            self.held = file.read().splitlines()
        return self


@pytest.fixture
def without_tqdm(monkeypatch):
    found = host.find_spec
    monkeypatch.setattr(host, "find_spec", lambda name: None if name == "tqdm" else found(name))


def test_what_is_missing_is_installed_and_nothing_else_moves(without_tqdm, capsys, monkeypatch):
    pip = Pip()
    monkeypatch.setattr(subprocess, "run", pip)
    host.prepare()
    assert pip.command[:4] == [sys.executable, "-m", "pip", "install"]
    assert pip.command[-1] == host.NEEDED["tqdm"]
    assert f"numpy=={metadata.version('numpy')}" in pip.held
    assert capsys.readouterr().out.startswith("Installed tqdm>=")


def test_a_version_that_pip_cannot_read_is_not_held(without_tqdm, monkeypatch):
    class Odd:
        name, version = "odd", "1.0-unsupported"

    class Broken:
        name = version = None

    pip = Pip()
    monkeypatch.setattr(subprocess, "run", pip)
    monkeypatch.setattr(metadata, "distributions", lambda: [Odd, Broken])
    host._install(["tqdm"])
    assert pip.held == []


def test_without_a_network_it_says_what_to_do(without_tqdm, monkeypatch):
    pip = Pip(1, "WARNING: retrying\nERROR: Could not find a version of tqdm\n")
    monkeypatch.setattr(subprocess, "run", pip)
    with pytest.raises(RuntimeError, match=r"internet switched on.*Could not find a version"):
        host.prepare()


@pytest.mark.parametrize("version", ["3.9.2", "3.10.12"])
def test_an_old_python_is_told_before_anything_is_installed(version, monkeypatch):
    monkeypatch.setattr(sys, "version_info", tuple(map(int, version.split("."))))
    monkeypatch.setattr(host, "_install", pytest.fail)
    with pytest.raises(RuntimeError, match=r"This is Python 3\.\d+, but the course needs 3\.11 or"):
        host.prepare()


@pytest.mark.parametrize(
    ("module", "there"), [("tensorflow", "2.15.0"), ("gymnasium", "0.29.1"), ("numpy", "1.26.4")]
)
def test_a_library_that_is_too_old_is_named(module, there, monkeypatch):
    known = metadata.version
    distribution = metadata.packages_distributions()[module][0]
    monkeypatch.setattr(
        metadata, "version", lambda name: there if name == distribution else known(name)
    )
    with pytest.raises(RuntimeError, match=rf"{module} {there} is installed here, but the"):
        host.prepare()


@pytest.mark.parametrize(("asked", "visible"), [({}, "-1"), ({"COURSE_GPU": "1"}, "None")])
def test_a_gpu_is_left_alone_unless_asked_for(asked, visible):
    environment = {key: value for key, value in os.environ.items() if "CUDA" not in key}
    program = "import helpers, os; print(os.environ.get('CUDA_VISIBLE_DEVICES'))"
    said = subprocess.check_output(
        [sys.executable, "-c", program], env=environment | asked, encoding="utf-8", cwd=ROOT
    )
    assert said.strip() == visible


@pytest.mark.parametrize("ends", ["print(given)", "raise RuntimeError('in use')"])
def test_a_tensorflow_that_was_loaded_before_is_told_too(ends):
    program = f"""
import sys, types
def tell(*given):
    {ends}
sys.modules["tensorflow"] = types.SimpleNamespace(
    config=types.SimpleNamespace(set_visible_devices=tell)
)
import helpers
"""
    said = subprocess.check_output([sys.executable, "-c", program], encoding="utf-8", cwd=ROOT)
    assert said.strip() == ("([], 'GPU')" if "print" in ends else "")


def test_the_probe_notices_where_xla_stops_at_a_tanh(monkeypatch, capsys):
    def tanh(values):
        raise tf.errors.InternalError(None, None, "libdevice not found at ./libdevice.10.bc")

    assert compiled._xla_works.__wrapped__()
    monkeypatch.setattr(tf, "tanh", tanh)
    assert not compiled._xla_works.__wrapped__()
    assert capsys.readouterr().out.startswith("XLA doesn't work here")


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_was_made_comes_back_on_another_machine(elsewhere, monkeypatch, capsys):
    made = {
        "lander/agent.npz": b"\x00weights",
        "yours/critic.py": b"def f(): 1\n",
        "03.ipynb": b"{}",
    }
    left = ["helpers/dqn.py", "gfx/a.png", ".ipynb_checkpoints/03.ipynb", "my_course.zip"]
    for name, data in made.items() | {(name, b"") for name in left}:
        (elsewhere / name).parent.mkdir(exist_ok=True)
        (elsewhere / name).write_bytes(data)
    host.pack()
    assert "my_course.zip holds 3 files, 0.0 MB" in capsys.readouterr().out
    fresh = elsewhere / "fresh"
    fresh.mkdir()
    monkeypatch.chdir(fresh)
    host.unpack(elsewhere / "my_course.zip")
    files = {str(path.relative_to(fresh)): path for path in fresh.rglob("*") if path.is_file()}
    assert {name: path.read_bytes() for name, path in files.items()} == made


def test_with_nothing_made_there_is_nothing_to_pack(elsewhere):
    with pytest.raises(FileNotFoundError, match="nothing to pack here yet"):
        host.pack()
    assert not list(elsewhere.iterdir())


def test_what_pack_did_not_make_is_refused(elsewhere):
    with pytest.raises(FileNotFoundError, match="Upload it beside this notebook"):
        host.unpack()
    (elsewhere / "my_course.zip").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(ValueError, match="damaged"):
        host.unpack()
    for name in ("helpers/dqn.py", "../lander/agent.npz", "lander/../../agent.npz"):
        with zipfile.ZipFile("my_course.zip", "w") as file:
            file.writestr(name, "")
        with pytest.raises(ValueError, match="must be a zip that pack"):
            host.unpack()
    assert [path.name for path in elsewhere.iterdir()] == ["my_course.zip"]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("released")
    return packed(CHAPTERS[2], folder)


def first_cell(folder, address=""):
    """Run what fetches the files, where only Python is; returns what it said of a failure."""
    cell = student_notebook(CHAPTERS[2], address).cells[1].source
    program = cell.partition("from helpers")[0]
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], cwd=folder, capture_output=True, encoding="utf-8"
    )
    return done.stderr


def test_the_first_cell_takes_the_files_from_the_zip_beside_it(tmp_path, released):
    shutil.copy(released, tmp_path)
    (tmp_path / "03_dqn.ipynb").write_text("with answers", "utf-8")
    assert not first_cell(tmp_path)
    assert (tmp_path / "helpers" / "replay_memory.py").exists()
    assert not (tmp_path / "helpers" / "dqn.py").exists()
    assert (tmp_path / "gfx").is_dir()
    assert (tmp_path / "03_dqn.ipynb").read_text("utf-8") == "with answers"
    (tmp_path / "03_dqn.zip").unlink()
    assert not first_cell(tmp_path)  # all is there now


def test_the_first_cell_takes_the_files_from_the_web(tmp_path, released):
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "__init__.py").write_text(
        "", "utf-8"
    )  # an earlier chapter's are not enough
    assert not first_cell(tmp_path, Path(released).as_uri())
    assert (tmp_path / "helpers" / "replay_memory.py").exists()
    assert not (tmp_path / "03_dqn.zip").exists()


@pytest.mark.parametrize(
    ("address", "advice"),
    [("", "Put 03_dqn.zip, which this"), ("http://localhost:9/03_dqn.zip", "Switch the internet")],
)
def test_the_first_cell_says_what_to_do_where_there_is_nothing(tmp_path, address, advice):
    assert advice in first_cell(tmp_path, address)
    (tmp_path / "03_dqn.zip").write_bytes(b"PK cut off")
    assert advice in first_cell(tmp_path, address)
    assert [path.name for path in tmp_path.iterdir()] == ["03_dqn.zip"]
