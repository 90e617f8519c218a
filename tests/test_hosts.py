"""The door of those who install nothing: each chapter's first cell on imitations of real hosts.

A host is an environment of its own with the TensorFlow, Keras, NumPy and Jupyter kernel of its
time. ``make hosts`` tries them all; `make test` the one that is the smallest to install.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.chapters import CHAPTERS
from coursework.release import packed, student_notebook

COLAB = ("ipython==7.34.0", "ipykernel==6.17.1")
HOSTS = {
    "TensorFlow 2.18": (
        *("tensorflow==2.18.0", "keras==3.6.0", "numpy==2.0.2", "matplotlib==3.8.4"),
        *("pandas==2.2.2", *COLAB),
    ),
    "TensorFlow 2.19, CPU": (
        *("tensorflow-cpu==2.19.0", "keras==3.10.0", "numpy==2.0.2", "matplotlib==3.10.0"),
        *("pandas==2.2.2", *COLAB),
    ),
    "TensorFlow 2.20": (
        *("tensorflow==2.20.0", "keras==3.12.0", "numpy==2.3.5", "matplotlib==3.10.7"),
        *("pandas==2.3.3", "ipython==8.37.0", "ipykernel==6.31.0", "gymnasium==1.2.2"),
    ),
    "no TensorFlow": (
        *("numpy==2.3.5", "matplotlib==3.10.7", "pandas==2.3.3"),
        *("ipython==9.7.0", "ipykernel==7.1.0"),
    ),
}
QUICK = "TensorFlow 2.19, CPU"
# What chapter 8 runs here of its training, whose landing isn't this test's.
TRAINING, SHORT = "150_000, seed=0", "5_500, seed=0"

# Without what this process, which has imported helpers, has set for itself.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("CUDA", "KERAS", "MPL", "PYGAME", "SDL", "TF_"))
}


class Host:
    """An environment with packages, of which a kernel can be started."""

    def __init__(self, folder, packages):
        self.python = folder / "bin" / "python"
        run(sys.executable, "-m", "uv", "venv", "--seed", "--python", sys.executable, folder)
        run(sys.executable, "-m", "uv", "pip", "install", "--python", self.python, *packages)

    def versions(self):
        listed = run(
            self.python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"
        )
        return {one["name"]: one["version"] for one in json.loads(listed)}

    def complaints(self):
        checked = subprocess.run(
            [self.python, "-m", "pip", "check"], capture_output=True, encoding="utf-8"
        )
        return set(checked.stdout.splitlines())

    def execute(self, cells, folder):
        """Run cells in a new kernel of the host, and return them with their outputs."""
        spec = folder / "jupyter" / "kernels" / "host" / "kernel.json"
        spec.parent.mkdir(parents=True)
        kernel = [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec.write_text(json.dumps({"argv": kernel, "display_name": "host"}), "utf-8")
        notebook = folder / "run.ipynb"
        nbformat.write(new_notebook(cells=cells), notebook)
        execute = ("jupyter", "execute", "--inplace", "--kernel_name=host", "--timeout=300")
        run(
            *(sys.executable, "-m", *execute, notebook),
            env=ENVIRONMENT | {"JUPYTER_PATH": str(folder / "jupyter")},
        )
        return nbformat.read(notebook, as_version=4).cells


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, encoding="utf-8", **options)
    assert not done.returncode, done.stderr[-5000:]
    return done.stdout


def said(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def chapter_cells(chapter):
    """The code of a chapter with its solutions; chapter 8 ends here after a short training."""
    cells = []
    for cell in nbformat.read(chapter.path, as_version=4).cells:
        if cell.cell_type == "code":
            cells.append(new_code_cell(cell.source.replace(TRAINING, SHORT)))
            if TRAINING in cell.source:
                break
    return cells


@pytest.mark.parametrize(
    "name",
    [name if name == QUICK else pytest.param(name, marks=pytest.mark.hosts) for name in HOSTS],
)
def test_the_course_runs_on_a_host_and_changes_nothing_of_it(name, tmp_path):
    host = Host(tmp_path / "host", HOSTS[name])
    versions, complaints = host.versions(), host.complaints()
    loaded = new_code_cell("import numpy, matplotlib.pyplot, pandas")
    for number in (1, 2, 8):  # NumPy alone, without video, and all that there is
        chapter = CHAPTERS[number - 1]
        folder = tmp_path / chapter.name
        release = Path(packed(chapter, tmp_path / "releases"))
        folder.mkdir()
        if number == 1:  # from the web, into a kernel that has nothing of the course
            address = release.as_uri()
        else:
            address = ""
            release.rename(folder / release.name)
        first = student_notebook(chapter, address).cells[1]
        cells = [loaded, first, new_code_cell(first.source), *chapter_cells(chapter)]
        _, once, again, *_ = host.execute(cells, folder)
        assert said(once).startswith("Installed" if number == 1 else "Nothing is missing")
        assert said(again).startswith("Nothing is missing")
    assert versions.items() <= host.versions().items()
    assert host.complaints() <= complaints | {"No broken requirements found."}
