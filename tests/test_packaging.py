"""What holds the repository together: one lock, imports that point down, nothing that leaks."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from course.chapters import CHAPTERS
from course.code import ROOT, imported

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = [Requirement(line) for line in (ROOT / "requirements.txt").read_text().splitlines()]
COURSE = [Requirement(line) for line in PROJECT["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]

PLATFORMS = {
    "Linux x86_64": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    "Linux arm64": {"sys_platform": "linux", "platform_machine": "aarch64", "os_name": "posix"},
    "macOS arm64": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
}


def chosen(requirements, environment):
    """The requirements that hold on a platform, by name."""
    held = [
        r for r in requirements if r.marker is None or Marker(str(r.marker)).evaluate(environment)
    ]
    assert len({r.name for r in held}) == len(held), "one version a name"
    return {r.name: r for r in held}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_lock_pins_every_requirement_inside_its_range(platform, python):
    environment = PLATFORMS[platform] | {
        "python_version": python,
        "python_full_version": f"{python}.5",
        "platform_python_implementation": "CPython",
    }
    locked = chosen(LOCK, environment)
    for name, requirement in chosen(COURSE + DEVELOPMENT, environment).items():
        assert name in locked
        (pin,) = locked[name].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), f"{requirement} but {pin}"
    assert ("tensorflow" in locked) != ("tensorflow-cpu" in locked)


def test_the_lock_holds_pins_and_nothing_else():
    for requirement in LOCK:
        assert [s.operator for s in requirement.specifier] == ["=="]
        assert requirement.url is None


def test_conda_installs_the_same_lock_and_the_same_python():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, packages = environment["dependencies"]
    assert pip == "pip"
    assert packages == {"pip": ["--requirement requirements.txt", "--editable ."]}
    assert SpecifierSet(python.removeprefix("python")) == SpecifierSet(PROJECT["requires-python"])


def test_a_helper_imports_only_chapters_before_its_own():
    names = [f"helpers.{chapter.stem}" for chapter in CHAPTERS]
    for number, name in enumerate(names[:-1]):
        file = ROOT / f"{name.replace('.', '/')}.py"
        assert not imported(file) & set(names[number:]), file


@pytest.mark.parametrize("stem", ["gym_api", "replay_memory", "ou_noise"])
def test_chapters_without_networks_never_load_tensorflow(stem):
    code = f"import sys, helpers.{stem}; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


LOADS = "import helpers, keras; print(keras.config.floatx(), keras.config.backend())"
KERAS_FIRST = "import keras; keras.config.set_floatx('float64'); " + LOADS
OTHER_BACKEND = """
import sys, types
keras = types.ModuleType("keras")
keras.config = types.SimpleNamespace(backend=lambda: "jax")
sys.modules["keras"] = keras
import helpers
"""


def run(code, **variables):
    command = [sys.executable, "-c", code]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("code", [LOADS, KERAS_FIRST])
def test_the_users_keras_settings_do_not_reach_the_course(tmp_path, code):
    (tmp_path / "keras.json").write_text('{"floatx": "float64"}')
    asked = run(code, KERAS_BACKEND="jax" * (code == LOADS), KERAS_HOME=str(tmp_path))
    assert asked.stdout == "float32 tensorflow\n"


def test_keras_on_another_backend_is_refused_in_words():
    assert "imported before it with the backend jax" in run(OTHER_BACKEND).stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
@pytest.mark.parametrize(("display", "driver"), [("", "dummy"), (":0", None)])
def test_only_without_a_display_windows_are_switched_off(display, driver):
    code = "import os; [os.environ.pop(n, 0) for n in ('SDL_VIDEODRIVER', 'WAYLAND_DISPLAY')];"
    code += "os.environ['DISPLAY'] or os.environ.pop('DISPLAY');"
    asked = run(code + "import helpers; print(os.environ.get('SDL_VIDEODRIVER'))", DISPLAY=display)
    assert asked.stdout == f"{driver}\n", asked.stderr


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_folder_of_somebodys_machine():
    leaks = re.compile(rb"(pypi\.org|pythonhosted|find-links|index-url|/root/|/home/\w|/Users/\w)")
    for path in tracked():
        if path.parent != Path(__file__).parent:  # the tests name what they look for
            assert not leaks.search(path.read_bytes()), path


def test_no_pickles_no_large_files():
    for path in tracked():
        assert path.suffix not in {".pkl", ".pickle", ".h5", ".keras", ".pt"}, path
        vendored = "mathjax" in path.parts  # one file, which the site needs as it is
        assert path.stat().st_size < (2_200_000 if vendored else 1_500_000), path


def test_make_names_every_command_of_the_readme():
    readme, makefile = ((ROOT / name).read_text() for name in ("README.md", "Makefile"))
    for command in set(re.findall(r"^make (\w+)", readme, re.MULTILINE)):
        assert re.search(rf"^(\w+ )*{command}( \w+)*:", makefile, re.MULTILINE), command
