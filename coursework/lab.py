"""Open the course in JupyterLab: ``python -m coursework.lab``, with ``--source`` its solutions.

Chapters that are missing in work/ are put there. A copy that is there already belongs to the
learner: it stays as it is, even when the course has a newer version (``--fresh 03`` fetches that).
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import nbformat
from ipykernel.ipkernel import IPythonKernel
from nbformat.v4 import new_markdown_cell, new_notebook

from course.chapters import CHAPTERS, NOTEBOOKS, find, read
from course.code import ROOT
from coursework.student import student_version

VERSIONS = ".versions.json"

# JupyterLab without the tools of instructors and developers, without its news, and with guides
# shown as pages.
SETTINGS = {
    "jupyter_server_config.json": {
        "ServerApp": {
            "jpserver_extensions": {
                f"nbgrader.server_extensions.{name}": False
                for name in ("assignment_list", "course_list", "formgrader", "validate_assignment")
            }
        }
    },
    "labconfig/page_config.json": {
        "disabledExtensions": {"@jupyter/nbgrader": True, "nbdime-jupyterlab": True}
    },
    "labconfig/default_setting_overrides.json": {
        "@jupyterlab/apputils-extension:notification": {
            "checkForUpdates": False,
            "fetchNews": "false",
        },
        "@jupyterlab/docmanager-extension:plugin": {
            "defaultViewers": {"markdown": "Markdown Preview"}
        },
    },
    "labextensions/ddpg-course/package.json": {
        "name": "ddpg-course",
        "version": "0.1.0",
        "jupyterlab": {
            "extension": True,
            "_build": {"load": "static/failed.js", "extension": "./extension"},
        },
    },
}

# After Run All, JupyterLab shows the end of the notebook, even if it stopped at the first exercise.
# So a small extension, of the form that JupyterLab loads without building it, goes to the cell that
# failed. It leaves a cell alone that was run on its own, since its reader has it before them.
GO_TO_FAILED_CELL = """\
{
  let shared;
  const activate = async () => {
    const [notebook] = Object.values(shared["@jupyterlab/notebook"]);
    const { NotebookActions } = (await notebook.get())();
    let failed;
    NotebookActions.executed.connect((_, { cell, error }) => {
      if (error?.errorName) failed = cell;
    });
    NotebookActions.selectionExecuted.connect((_, { notebook, lastCell }) => {
      const index = notebook.widgets.indexOf(failed);
      if (index < 0) return;
      if (failed !== lastCell) {
        notebook.activeCellIndex = index;
        notebook.scrollToItem(index, "center");
      }
      failed = undefined;
    });
  };
  (window._JUPYTERLAB ??= {})["ddpg-course"] = {
    init: scope => { shared = scope; },
    get: async () => () => ({
      __esModule: true,
      default: { id: "ddpg-course:failed", autoStart: true, activate },
    }),
  };
}
"""

START = """\
# Start here

In a few short chapters we build an agent that learns to land a spacecraft. You write its pieces, a few lines each, and the notebooks tell you at once whether they work. You need some Python and a little machine learning, and no reinforcement learning at all.

## The chapters

{chapters}

Take them in order: each builds on the ones before. This page and the chapters live in the folder `work`, and your copies are yours: `make lab` never overwrites them.

## How a chapter works

1. **Read and run.** Press Shift+Enter to run a cell and go to the next one.
2. **Stop at the first exercise.** Where its cell says `raise NotImplementedError()`, write your code in place of that line. Where it holds a program with mistakes, repair the program. Then run the cell.
3. **Run the check below it.** A line with ✓ says what works. A line with ✗ says what went wrong and what probably caused it. Change your code, run both cells again, and go on when every line has its ✓.

4. **Fly on it.** When your code passes its check, we keep it in the folder `yours`, as Python that you can read. Later chapters run on it: the agent that lands in chapter 8 is made of your own functions.

When you come back another day, the notebook has forgotten its variables. Its first cell puts your finished exercises back in place and says where you stopped; for the rest, choose *Run → Run All Above Selected Cell*. The last cell of a chapter shows your progress.

## When you're stuck

Read the ✗ line first: it often names the mistake. Then open the *Hint* above the exercise. There may be several, and each gives away a little more. When they are used up, `yours.take("rollout")`, with the name of your exercise, shows the course's answer and goes on with it. If nothing makes sense any more, choose *Kernel → Restart Kernel* and run the chapter from the top. For a word or a symbol you don't know, look in the [glossary](../docs/glossary.md) and the [notation](../docs/notation.md).
"""  # noqa: E501


def digest(notebook):
    """A short name for the text of a notebook's cells."""
    cells = [(cell.cell_type, cell.source) for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]


def versions(work):
    """The digest that each chapter had when it was put into ``work``, by the file's name."""
    file = work / VERSIONS
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def write_chapter(path, work):
    """Write the student version of ``path`` and note which version it is."""
    notebook = student_version(path)
    nbformat.write(notebook, work / path.name)
    noted = versions(work) | {path.name: digest(notebook)}
    (work / VERSIONS).write_text(json.dumps(noted, indent=1) + "\n", "utf-8")


def write_start(source, work):
    """Write the page that ``make lab`` opens; it isn't the learner's work, so it stays current."""
    chapters = [f"- [{one.heading}]({one.path.name})" for one in read(source)]
    cells = [
        new_markdown_cell(text, id=f"start-{number}", metadata={"editable": False})
        for number, text in enumerate(
            re.split(r"\n\n(?=## )", START.format(chapters="\n".join(chapters)).strip())
        )
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    # JupyterLab adds this if it's missing, and the page would count as changed.
    language = dict(IPythonKernel.language_info)
    page = new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": language})
    nbformat.write(page, work / "START.ipynb")


def write_missing_chapters(source, work):
    """Put the student version of each chapter that ``work`` lacks there; returns their paths."""
    work.mkdir(exist_ok=True)
    missing = [one.path for one in read(source) if not (work / one.path.name).exists()]
    for path in missing:
        write_chapter(path, work)
    write_start(source, work)
    return [work / path.name for path in missing]


def outdated_chapters(source, work):
    """The copies in ``work`` whose chapter has changed since they were put there."""
    noted = versions(work)
    return [
        work / path.name
        for path in [one.path for one in read(source)]
        if (work / path.name).exists()
        and path.name in noted
        and noted[path.name] != digest(student_version(path))
    ]


def write_fresh_chapter(path, work):
    """Put the chapter at ``path`` into ``work`` anew; returns where the old copy is, or None."""
    work.mkdir(exist_ok=True)
    kept = None
    if (work / path.name).exists():
        stem = f"{path.stem}_{datetime.now():%Y-%m-%d}"
        kept, number = work / f"{stem}.ipynb", 2
        while kept.exists():
            kept, number = work / f"{stem}_{number}.ipynb", number + 1
        (work / path.name).rename(kept)
    write_chapter(path, work)
    return kept


def write_settings(folder):
    """Write our settings of JupyterLab into ``folder``, a Jupyter configuration folder."""
    for name, content in SETTINGS.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    script = folder / "labextensions/ddpg-course/static/failed.js"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(GO_TO_FAILED_CELL, "utf-8")


def server(root, page):
    """The command that serves ``root`` and opens ``page``, a path in it."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    command.append(f"--LabApp.default_url=/lab/tree/{page}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # the usual case in a container
    return command


def environment(settings):
    """The environment in which JupyterLab finds the folder ``settings`` before any other."""
    names = ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH")  # settings and extensions
    paths = {name: filter(None, [str(settings), os.environ.get(name)]) for name in names}
    return os.environ | {name: os.pathsep.join(path) for name, path in paths.items()}


def main():
    parser = argparse.ArgumentParser(description="Open the course in JupyterLab.")
    parser.add_argument("--source", action="store_true", help="open the notebooks with solutions")
    parser.add_argument(
        "--fresh",
        metavar="CHAPTER",
        help="start this chapter anew, for example 03; your copy is kept under a dated name",
    )
    options = parser.parse_args()
    source, work = NOTEBOOKS, ROOT / "work"
    if options.source:
        page = CHAPTERS[0].path.relative_to(ROOT)
    else:
        page = "work/START.ipynb"
        if options.fresh is not None:
            try:
                path = find(options.fresh).path
            except ValueError as error:
                parser.error(str(error))
            kept = write_fresh_chapter(path, work)
            print(f"new: work/{path.name}" + (f" (yours is now {kept.name})" if kept else ""))
            page = f"work/{path.name}"
        for path in write_missing_chapters(source, work):
            print(f"new: {path.relative_to(ROOT)}")
        for path in outdated_chapters(source, work):
            print(
                f"The course has a newer {path.name}. Yours stays as it is."
                f" To get the new one, with yours kept beside it: make lab FRESH={path.name[:2]}"
            )
    with tempfile.TemporaryDirectory() as settings:
        write_settings(Path(settings))
        finished = subprocess.run(server(ROOT, page), env=environment(settings))
    sys.exit(finished.returncode)


if __name__ == "__main__":
    main()
