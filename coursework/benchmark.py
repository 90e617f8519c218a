"""Count the submissions that we grade a minute: ``python -m coursework.benchmark 20 200``.

Chapter 1, alternately with its solution and with its stubs, one at a time and one a core.
"""

import argparse
import contextlib
import io
import os
import tempfile
import time
from pathlib import Path

import nbformat

from course.chapters import CHAPTERS
from coursework.grade import grade_all
from coursework.student import student_version
from coursework.submissions import collect


def submissions(count, folder):
    """So many submissions of chapter 1, in a folder."""
    path = CHAPTERS[0].path
    right, stubs = path.read_bytes(), nbformat.writes(student_version(path)).encode()
    for i in range(count):
        (folder / f"student {i}_{path.name}").write_bytes(right if i % 2 else stubs)
    return collect(folder)


def a_minute(count, workers):
    """The submissions graded a minute, of so many."""
    with (
        tempfile.TemporaryDirectory() as inbox,
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(io.StringIO()),
    ):
        found = submissions(count, Path(inbox))
        start = time.perf_counter()
        grade_all(found, folder=Path(folder), workers=workers)
    return 60 * count / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description="Time the grading.")
    parser.add_argument("counts", nargs="+", type=int, help="numbers of submissions")
    cores = os.cpu_count()
    print(f"submissions graded a minute, one at a time, {cores} at a time, ratio")
    for count in parser.parse_args().counts:
        one, many = a_minute(count, 1), a_minute(count, cores)
        print(f"{count:5}: {one:6.1f} {many:6.1f} {many / one:5.2f} : 1", flush=True)


if __name__ == "__main__":
    main()
