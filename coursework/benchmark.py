"""Count the submissions that we grade a minute: ``python -m coursework.benchmark 04 20 200``.

A chapter, alternately with its solution and with its stubs, one at a time and one a core. The
memory is the most that all processes together had for themselves.
"""

import argparse
import contextlib
import io
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil

from course.chapters import find
from coursework.grade import grade_all
from coursework.student import student_version
from coursework.submissions import collect


def submissions(chapter, count, folder):
    """So many submissions of a chapter, in a folder."""
    right = chapter.path.read_bytes()
    stubs = nbformat.writes(student_version(chapter.path)).encode()
    for i in range(count):
        (folder / f"student {i}_{chapter.path.name}").write_bytes(right if i % 2 else stubs)
    return collect(folder)


def a_minute(chapter, count, workers):
    """The submissions graded a minute, of so many, and the gigabytes that it took."""
    with (
        tempfile.TemporaryDirectory() as inbox,
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(io.StringIO()),
        memory() as most,
    ):
        found = submissions(chapter, count, Path(inbox))
        start = time.perf_counter()
        results = grade_all(found, folder=Path(folder), workers=workers)
        seconds = time.perf_counter() - start
    totals = {result["total"] for result in results}
    if totals != {0, sum(chapter.points().values())}:
        raise RuntimeError(f"the grades are wrong, so the time says nothing: {totals}")
    return 60 * count / seconds, max(most, default=0) / 2**30


@contextlib.contextmanager
def memory():
    """Notes now and then how many bytes all processes have for themselves."""
    noted, stop = [], threading.Event()

    def note():
        while not stop.wait(2):
            own = psutil.Process()
            noted.append(sum(map(_unshared, [own, *own.children(recursive=True)])))

    thread = threading.Thread(target=note)
    thread.start()
    try:
        yield noted
    finally:
        stop.set()
        thread.join()


def _unshared(process):
    try:
        return process.memory_full_info().uss
    except psutil.Error:
        return 0


def main():
    parser = argparse.ArgumentParser(description="Time the grading.")
    parser.add_argument("chapter", help="a number such as 04")
    parser.add_argument("counts", nargs="+", type=int, help="numbers of submissions")
    arguments = parser.parse_args()
    try:
        chapter = find(arguments.chapter)
    except ValueError as error:
        sys.exit(str(error))
    cores = os.cpu_count()
    print(f"submissions of {chapter.name} a minute: one at a time, {cores}, ratio, memory")
    for count in arguments.counts:
        (one, _), (many, most) = (a_minute(chapter, count, workers) for workers in (1, cores))
        print(f"{count:5}: {one:6.1f} {many:6.1f} {many / one:5.2f} : 1 {most:5.2f} GB", flush=True)


if __name__ == "__main__":
    main()
