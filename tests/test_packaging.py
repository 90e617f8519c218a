"""What holds the repository together: its locks, imports that point down, nothing that leaks."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import nbformat
import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from course.chapters import CHAPTERS
from course.code import ROOT, imported

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = {
    name: [*map(Requirement, ranges)] for name, ranges in PROJECT["optional-dependencies"].items()
}
CORE = [Requirement(line) for line in PROJECT["dependencies"]]
# A lock, and the extras that it holds beside the core; the second one lies on top of the first.
LEARNER = ("requirements.txt", ["tensorflow", "lab"])
ALL = ("requirements-dev.txt", ["tensorflow", "lab", "teach", "study", "site", "dev"])

# Names of packages that differ from their distributions', where no lock holds these.
ELSEWHERE = {"sbx": ["sbx-rl"]}

# What the code in a folder may import, beside the core.
MAY_IMPORT = {
    "helpers": ["tensorflow"],
    "course": ["lab"],
    "coursework": ["tensorflow", "lab", "teach"],
    "docs": ["lab", "teach", "site"],
    "study": ["tensorflow", "study", "peer"],
    "gfx": ["tensorflow", "study"],
    "tests": [*EXTRAS],
}

PLATFORMS = {
    "Linux x86_64": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    "Linux arm64": {"sys_platform": "linux", "platform_machine": "aarch64", "os_name": "posix"},
    "macOS arm64": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
}


def locked_in(name):
    return [Requirement(line) for line in (ROOT / name).read_text("utf-8").splitlines()]


def ranges_of(extras):
    return sum((EXTRAS[extra] for extra in extras), CORE)


def chosen(requirements, environment):
    """The requirements that hold on a platform, by name."""
    held = [
        r for r in requirements if r.marker is None or Marker(str(r.marker)).evaluate(environment)
    ]
    assert len({str(r.specifier) + r.name for r in held}) == len({r.name for r in held})
    return {r.name: r for r in held}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(("lock", "extras"), [LEARNER, ALL], ids=["learner", "all"])
def test_the_locks_pin_every_requirement_inside_its_range(lock, extras, platform, python):
    environment = PLATFORMS[platform] | {
        "python_version": python,
        "python_full_version": f"{python}.5",
        "platform_python_implementation": "CPython",
    }
    files = {LEARNER[0], lock}
    locked = chosen([pin for file in files for pin in locked_in(file)], environment)
    for name, requirement in chosen(ranges_of(extras), environment).items():
        assert name in locked
        (pin,) = locked[name].specifier
        assert requirement.specifier.contains(pin.version, prereleases=True), (
            f"{requirement} but {pin}"
        )
    assert ("tensorflow" in locked) != ("tensorflow-cpu" in locked)


@pytest.mark.parametrize("lock", [LEARNER[0], ALL[0]])
def test_a_lock_holds_pins_and_nothing_else(lock):
    for requirement in locked_in(lock):
        assert [s.operator for s in requirement.specifier] == ["=="]
        assert requirement.url is None


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_what_is_imported_is_declared(folder):
    declared = {canonicalize_name(r.name) for r in ranges_of(MAY_IMPORT[folder])}
    found = ELSEWHERE | packages_distributions()
    for file in (ROOT / folder).rglob("*.py"):
        for package in {name.split(".")[0] for name in imported(file)}:
            if package in sys.stdlib_module_names or package in MAY_IMPORT:
                continue
            names = {canonicalize_name(n) for n in found.get(package, [package])}
            assert names & declared, f"{file} imports {package}"


def test_learners_get_nothing_that_only_others_need():
    learner = {canonicalize_name(r.name) for r in locked_in(LEARNER[0])}
    others = {canonicalize_name(r.name) for extra in ("site", "dev") for r in EXTRAS[extra]}
    shared = {"beautifulsoup4", "jinja2", "nbclient", "notebook", "packaging", "pyyaml", "tinycss2"}
    assert learner & others <= shared  # Jupyter brings them
    assert "ray" not in learner


def test_conda_installs_the_same_lock_and_the_same_python():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    python, pip, packages = environment["dependencies"]
    assert pip == "pip"
    assert packages == {"pip": ["--requirement requirements.txt", "--editable ."]}
    assert SpecifierSet(python.removeprefix("python")) == SpecifierSet(PROJECT["requires-python"])


def test_a_helper_imports_only_chapters_before_its_own():
    names = [f"helpers.{chapter.stem}" for chapter in CHAPTERS]
    for number, name in enumerate(names[:-1]):
        file = ROOT / f"{name.replace('.', '/')}.py"
        assert not imported(file) & set(names[number:]), file


def test_the_public_functions_of_the_helpers_say_their_types():
    for file in {*(ROOT / "helpers").rglob("*.py")} - {*(ROOT / "helpers" / "checks").iterdir()}:
        tree = ast.parse(file.read_text("utf-8"))
        public = [node for node in tree.body if not getattr(node, "name", "_").startswith("_")]
        classes = [node for node in public if isinstance(node, ast.ClassDef)]
        members = [member for owner in classes for member in owner.body]
        for node in public + members:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert node.returns, f"{node.name} in {file} has no hints"


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
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize("code", [LOADS, KERAS_FIRST])
def test_the_users_keras_settings_do_not_reach_the_course(tmp_path, code):
    (tmp_path / "keras.json").write_text('{"floatx": "float64"}', "utf-8")
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
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


# Written so that no pattern finds itself.
LEAKS = re.compile(
    rb"ind[e]x[-_]url|find[-]links|looking in ind[e]xes|https?://[^\s\"']+/sim[p]le\b"
    rb"|[/]root/|[/]home/\w|[/]Users/\w",
    re.IGNORECASE,
)


def test_no_file_has_the_form_of_a_registry_or_of_a_folder_of_somebodys_machine():
    for path in tracked():
        assert path.name not in {"uv.lock", "poetry.lock", "Pipfile.lock", "pip.conf"}
        found = LEAKS.search(path.read_bytes())
        assert not found, f"{path}: {found}"


@pytest.mark.parametrize(
    "text",
    [
        "--extra-ind|ex-url somewhere",
        "PIP_IND|EX_URL=somewhere",
        "--find-|links wheels",
        "Looking in ind|exes: somewhere",
        "https://packages.example/sim|ple",
        "/ho|me/me/course",
    ],
)
def test_the_forms_of_leaks_are_seen(text):
    assert not LEAKS.search(text.encode())
    assert LEAKS.search(text.replace("|", "").encode())


def test_no_pickles_no_large_files():
    for path in tracked():
        assert path.suffix not in {".pkl", ".pickle", ".h5", ".keras", ".pt"}, path
        assert path.stat().st_size < 1_500_000, path


def test_make_names_every_command_of_the_readme():
    readme, makefile = ((ROOT / name).read_text("utf-8") for name in ("README.md", "Makefile"))
    for command in set(re.findall(r"^make (\w+)", readme, re.MULTILINE)):
        assert re.search(rf"^(\w+ )*{command}( \w+)*:", makefile, re.MULTILINE), command


def links_of(path):
    """The addresses that a text in Markdown, or a notebook's text, links to or shows."""
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        text = path.read_text("utf-8")
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"\]\(([^)\s]+)\)", text)


def headings_of(path):
    """The names by which GitHub and others link to the headings of a text."""
    titles = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]


@pytest.mark.parametrize(
    "path", [p for p in tracked() if p.suffix in {".md", ".ipynb"}], ids=lambda p: p.name
)
def test_every_link_of_a_text_leads_to_a_file(path):
    for link in links_of(path):
        if re.match(r"[a-z]+:|#helpers\.", link):  # the latter into the site's API
            continue
        file, _, heading = link.partition("#")
        target = (path.parent / file) if file else path
        assert target.exists(), f"{path} links to {link}"
        if heading and target.suffix == ".md":
            assert heading in headings_of(target), f"{path} links to {link}"
