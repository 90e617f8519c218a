"""A computer that isn't the learner's own: Colab, Kaggle, a hub.

``prepare`` installs what the course needs and doesn't find, and leaves every version that is there
as it is: two packages that share one folder, such as two TensorFlows, break each other. ``pack``
and ``unpack`` save what a learner has made from a machine that is gone tomorrow. Only the standard
library is needed to get here.
"""

from __future__ import annotations  # so that an old Python gets as far as the sentence about it

import importlib
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

COURSE = "1.0.0"  # its version; pyproject.toml says the same, by a test
PYTHON = (3, 11)
LINUX, X86 = sys.platform == "linux", platform.machine() == "x86_64"
# The modules that helpers import, and what brings them; pyproject.toml says the same, by a test.
NEEDED = {
    "tensorflow": f"tensorflow{'-cpu' if LINUX and X86 else ''}>=2.18,<3",
    "keras": "keras>=3.6,<4",
    "gymnasium": "gymnasium>=1.0,<2",
    "Box2D": "box2d-py>=2.3.8,<2.4" if LINUX and not X86 else "box2d>=2.3.10,<2.4",
    "pygame": "pygame-ce>=2.5",
    "numpy": "numpy>=2.0,<3",
    "matplotlib": "matplotlib>=3.8.4",
    "imageio": "imageio>=2.35",
    "imageio_ffmpeg": "imageio-ffmpeg>=0.6",
    "tqdm": "tqdm>=4.66",
    "IPython": "ipython>=7.34",
    "ipywidgets": "ipywidgets>=7.7,<9",
}
SHOWN = ("tensorflow", "keras", "gymnasium")
# Only versions that pip reads can be held; a name of a distribution's own stays out of its way.
VERSION = re.compile(r"\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?(\+[a-z0-9.]+)?")
# What a learner has made, beside the notebook and with it.
MADE = re.compile(r"[^/]+\.ipynb|(lander|yours)/.+")


def prepare() -> None:
    """Install the packages that are missing, and say in one line what was done and found.

    Raises:
        RuntimeError: the course can't run here; it says why, and what to do.
    """
    if sys.version_info < PYTHON:
        raise RuntimeError(
            f"This is Python {_dotted(sys.version_info[:2])}, but the course needs "
            f"{_dotted(PYTHON)} or newer. Choose a newer Python in the host's settings, or "
            "another host."
        )
    missing = [needed for module, needed in NEEDED.items() if find_spec(module) is None]
    if missing:
        _install(missing)
    names = metadata.packages_distributions()
    found = {module: metadata.version(names[module][0]) for module in NEEDED if module in names}
    for module, there in found.items():
        oldest = NEEDED[module].partition(">=")[2].partition(",")[0]
        if _numbers(there) < _numbers(oldest):
            raise RuntimeError(
                f"{module} {there} is installed here, but the course needs {oldest} or newer. "
                "Other programs may rely on it, so we don't replace it. Use another host, or an "
                "environment of your own, as the course's README shows."
            )
    done = f"Installed {', '.join(missing)}." if missing else "Nothing is missing."
    seen = ", ".join(f"{module} {found[module]}" for module in SHOWN)
    python = _dotted(sys.version_info[:3])
    print(f"{done} This is course version {COURSE} on Python {python} with {seen}.")


def pack(file: Path | str = "my_course.zip") -> None:
    """Put what you have made here into a zip, to download it or to keep it on a mounted drive.

    That is the notebooks, the training's checkpoint in ``lander/`` and your code in ``yours/``.

    Raises:
        FileNotFoundError: there is nothing yet.
    """
    paths = sorted(path for path in Path().rglob("*") if MADE.fullmatch(path.as_posix()))
    made = [path for path in paths if path.is_file()]
    if not made:
        raise FileNotFoundError(
            "There is nothing to pack here yet: no notebook, no lander/ and no yours/."
        )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in made:
            packed.write(path, path.as_posix())
    size = Path(file).stat().st_size / 1e6
    print(f"{file} holds {_files(made)}, {size:.1f} MB. host.unpack() brings them back.")


def unpack(file: Path | str = "my_course.zip") -> None:
    """Take back what ``pack`` saved; files of the same names are replaced.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it isn't a zip that ``pack`` made.
    """
    if not Path(file).exists():
        raise FileNotFoundError(f"{file} isn't here. Upload it beside this notebook first.")
    try:
        with zipfile.ZipFile(file) as packed:
            names = packed.namelist()
            if strange := [name for name in names if not MADE.fullmatch(name) or ".." in name]:
                raise ValueError(
                    f"{file} holds {strange[0][:60]!r}, which pack() never saves. It must be a zip "
                    "that pack() made."
                )
            packed.extractall()
    except zipfile.BadZipFile:
        raise ValueError(
            f"{file} is damaged: it doesn't open as a zip. The upload probably stopped early, so "
            "upload it again."
        ) from None
    print(f"Back again: {_files(names)}.")


def _install(requirements):
    """Install with pip, which may change no version that is there."""
    there = {
        f"{d.name}=={d.version}"
        for d in metadata.distributions()
        if VERSION.fullmatch(str(d.version))
    }
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "constraints.txt")
        constraints.write_text("\n".join(sorted(there)), "utf-8")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--constraint", str(constraints), *requirements]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    importlib.invalidate_caches()
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise RuntimeError(
            f"pip couldn't install {', '.join(requirements)}. Is the internet switched on in the "
            f"host's settings? pip said: {' '.join(reasons) or done.stderr}"
        )


def _files(names):
    return f"{len(names)} file{'s' * (len(names) != 1)}"


def _numbers(text):
    """The numbers that a version begins with, which compare."""
    return tuple(map(int, re.findall(r"\d+", text)[:3]))


def _dotted(numbers):
    return ".".join(map(str, numbers))
