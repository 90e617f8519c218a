"""Opens the course: ``python -m coursework.lab`` the student version, with ``--source`` the other.

Chapters that are missing in work/ are put there; what is there already is the learner's own.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import nbformat

from coursework.student import student_version

ROOT = Path(__file__).resolve().parent.parent


def write_missing_chapters(source, work):
    """Put the student version of each chapter that ``work`` lacks there; returns their paths."""
    work.mkdir(exist_ok=True)
    missing = [path for path in sorted(source.glob("*.ipynb")) if not (work / path.name).exists()]
    for path in missing:
        nbformat.write(student_version(path), work / path.name)
    return [work / path.name for path in missing]


def main():
    parser = argparse.ArgumentParser(description="Open the course in JupyterLab.")
    parser.add_argument("--source", action="store_true", help="open the notebooks with solutions")
    folder = ROOT / "notebooks"
    if not parser.parse_args().source:
        folder = ROOT / "work"
        for path in write_missing_chapters(ROOT / "notebooks", folder):
            print(f"new: {path.relative_to(ROOT)}")
    command = [sys.executable, "-m", "jupyterlab", str(folder)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # the usual case in a container
    sys.exit(subprocess.run(command).returncode)


if __name__ == "__main__":
    main()
