"""The needs of a chapter: the memory and the time of its kernel, from top to bottom."""

import os
import threading
import time
from tempfile import TemporaryDirectory

import nbformat
import psutil
from nbclient import NotebookClient

from course.chapters import find

EVERY = 0.05  # seconds between two looks


class Watch(threading.Thread):
    """Looks at the Jupyter kernels below this process, and what they have started, until stopped.

    ``peak`` is the largest memory of such a tree of processes in bytes, ``busy`` its seconds of
    processor time so far.
    """

    def __init__(self):
        super().__init__(daemon=True)
        self.peak = self.busy = 0
        self._stopped = threading.Event()

    def run(self):
        while not self._stopped.wait(EVERY):
            for process in psutil.Process().children():
                try:
                    self._look(process)
                except psutil.NoSuchProcess:  # it has ended meanwhile
                    continue

    def stop(self):
        self._stopped.set()
        self.join()

    def _look(self, process):
        if "ipykernel_launcher" in process.cmdline():
            # A child that was forked a moment ago shares its parent's memory: that isn't counted.
            below = [one.memory_full_info().uss for one in process.children(recursive=True)]
            self.peak = max(self.peak, process.memory_info().rss + sum(below))
            self.busy = sum(process.cpu_times()[:4])


def execute(settings, seed):
    """Run a chapter as it is committed; seconds, processor seconds and megabytes at most."""
    chapter = find(settings["chapter"])
    notebook = nbformat.read(chapter.path, as_version=4)
    watch = Watch()
    watch.start()
    start = time.perf_counter()
    # Ray's path leads to a copy of the code alone, and the chapters draw the study's results, too.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=1800, resources=resources).execute(env=environment)
    seconds = time.perf_counter() - start
    watch.stop()
    return [
        {
            "seconds": round(seconds, 1),
            "processor_seconds": round(watch.busy, 1),
            "peak_megabytes": round(watch.peak / 2**20),
        }
    ]
