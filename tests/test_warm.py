"""Kernels that are forked from a warmed process: shut in like started ones, and strangers."""

import ast
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from course.chapters import CHAPTERS
from course.code import ROOT
from coursework import isolation, kernel, warm
from coursework.grade import plans
from coursework.kernel import Shut
from coursework.release import release

# What a kernel can see and do, as a dict; whatever differs by chance is left out.
LOOKS = """
import glob, os, re, resource, sys

status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
mounts = [line.split()[3:6] for line in open("/proc/self/mountinfo").read().splitlines()]

seen = {
    "rights": {name: status[name].split() for name in (
        "Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapAmb", "NoNewPrivs", "Seccomp")},
    "limits": [resource.getrlimit(which) for which in range(16) if which != 6],
    "mounts": sorted((place, options) for _, place, options in mounts),
    "network": os.listdir("/sys/class/net") if os.path.exists("/sys") else [],
    "interfaces": open("/proc/net/dev").read().count(":"),
    "names": os.uname().nodename,
    "paths": [path for path in sys.path if path],
    "environment": {name: value for name, value in os.environ.items() if name != "PWD"},
    "place": os.getcwd(),
    "root": sorted(os.listdir("/")),
    "writes": [os.access(path, os.W_OK) for path in ("/", "/usr", "/dev", "/dev/shm", "/tmp", ".")],
    "reads": [os.access(path, os.R_OK) for path in ("/etc/shadow", "/proc/1/environ", "/root")],
    "course": sorted(name for name in sys.modules if name.split(".")[0] in (
        "coursework", "course", "helpers", "nbgrader")),
}
"""
FILES = """[os.readlink(f'/proc/self/fd/{one}') for one in os.listdir('/proc/self/fd')
            if os.path.lexists(f'/proc/self/fd/{one}')]"""


@pytest.fixture(scope="module")
def released():
    """A release, in a folder that the user whom submissions run as may enter."""
    with tempfile.TemporaryDirectory(prefix="releases-") as folder:
        os.chmod(folder, 0o755)
        release(CHAPTERS[0], Path(folder, CHAPTERS[0].name))
        yield Path(folder, CHAPTERS[0].name)


KINDS = pytest.mark.parametrize("kind", isolation.KINDS)


def possible(kind, released):
    if "another user" in kind and os.geteuid():
        pytest.skip("only root can become another user")
    if not isolation.works(kind, released):
        pytest.skip(f"{kind} doesn't work here")


def value(shut, expression, source=""):
    """The value of an expression in a kernel, after a cell."""
    ran = shut.run(source, 60, expression)
    assert ran.status == "ok", ran
    return ast.literal_eval(ran.value)


def cold(monkeypatch):
    """Have kernels started, not forked."""
    monkeypatch.setattr(kernel, "warmed", lambda *_: SimpleNamespace(problem="it's cold"))


@KINDS
def test_a_forked_kernel_is_shut_in_like_one_that_was_started(kind, released, monkeypatch):
    possible(kind, released)
    with Shut(kind, released) as forked:
        assert len(forked._tops) == 2, warm.warmed(released, warm.ALWAYS).problem
        mine, files = value(forked, "seen", LOOKS), value(forked, FILES)
        place = str(forked.place)
    cold(monkeypatch)
    with Shut(kind, released) as started:
        assert len(started._tops) == 1
        theirs = value(started, "seen", LOOKS)
        text = repr(theirs).replace(str(started.place), place)
    theirs = ast.literal_eval(text)
    assert {name: mine[name] for name in mine} == theirs
    assert not [name for name in files if ROOT.name in name or "inside" in name]


def test_two_kernels_know_nothing_of_each_other(released):
    kind, drawn = isolation.best(released), []
    for _ in range(2):
        with Shut(kind, released) as shut:
            assert value(shut, "hasattr(numpy, 'mark')", "import numpy") is False
            drawn.append(value(shut, "(numpy.random.random(), random.random())", "import random"))
            shut.run("numpy.mark = 1; open('left', 'w').close(); open('/tmp/left', 'w').close()", 9)
            assert value(shut, "os.path.exists('/tmp/left')", "import os")
    assert not set(drawn[0]) & set(drawn[1])


def test_nothing_is_left_of_a_kernel(released):
    with Shut(isolation.best(released), released) as shut:
        shut.run("import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)", 9)
        processes = shut._processes()
        assert any(one.name() == "sleep" for one in processes)
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert not alive
    assert not shut.place.exists()


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda one: one.name)
def test_only_chapters_with_networks_load_tensorflow(chapter):
    names = warm.libraries(plans()[chapter.name])
    assert ("tensorflow" in names) == (chapter.number not in (1, 2, 7, 9))


def test_a_kernel_is_started_where_none_can_be_forked(released, monkeypatch):
    with contextlib.closing(warm.Warm(("no_such_library",), released)) as there:
        assert there.problem == "it ended"
        monkeypatch.setattr(kernel, "warmed", lambda *_: there)
        with Shut(isolation.best(released), released) as shut:
            assert value(shut, "1 + 1") == 2


def test_threads_forbid_forks(released):
    (released / "threads.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n",
        "utf-8",
    )
    with contextlib.closing(warm.Warm(("threads",), released)) as there:
        assert there.problem == "2 threads run already"


def test_a_warmed_process_ends_with_the_one_it_works_for(released):
    program = (
        "import os, pathlib, sys\nfrom coursework import warm\n"
        "there = warm.Warm(('numpy',), pathlib.Path(sys.argv[1]))\n"
        "print(there.process.pid, there.problem, flush=True)\nos._exit(1)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, released], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    pid = int(said.stdout.split()[0])
    end = time.monotonic() + 30
    while running(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not running(pid)


def running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
