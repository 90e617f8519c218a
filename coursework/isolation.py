"""Shut a submission in: a kernel of its own, in bubblewrap where that works.

What is shut in sees the system's programs and libraries, this Python environment, the release of
the chapter and one folder of its own, the first three read-only; no network, no other process, and
no other user's files. Where bubblewrap doesn't work, limits and another user are what is left; a
probe says which, and every grade says what was in force.
"""

import json
import os
import shutil
import site
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

GB = 2**30
SHARED = 64 * 2**20  # bytes of /tmp and of /dev/shm, each
PATH = 64  # bytes of the path of temporary files, since a socket's in it has at most 107

# One file in bytes, processes and threads, open files. Memory is an address space: TensorFlow
# reserves more than it uses, so what is used is watched from outside, too.
LIMITS = {"FSIZE": 50 * 2**20, "NPROC": 256, "NOFILE": 1024, "CORE": 0}
ADDRESS_SPACE = 24 * GB

SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib64"]
SYSTEM += ["/etc/ld.so.cache", "/etc/fonts", "/etc/localtime"]

# Memory that no process maps counts for none: the system calls that make such, and the one that
# hides open files from the grader, are refused. By machine: its name for filters, the numbers of
# memfd_create, memfd_secret, shmget, io_uring_setup and userfaultfd, then prctl.
CALLS = {
    "x86_64": (0xC000003E, [319, 447, 29, 425, 323], 157),
    "aarch64": (0xC00000B7, [279, 447, 194, 425, 282], 167),
}

INSIDE = Path(__file__).with_name("inside.py")  # the program that sets these bounds

KINDS = ("bubblewrap and another user", "bubblewrap", "limits and another user", "limits only")


def another_user():
    """The user that submissions run as where the grader is root.

    Each grading process has its own, so that none can use up another's limits.
    """
    return 100_000 + os.getpid() % 100_000


def command(kind, program, place, release):
    """The command that runs ``program`` shut in.

    Args:
        kind: one of ``KINDS``.
        program: a list, the program and its arguments.
        place: the folder that it may write to.
        release: the folder of the chapter's release, which it may read.
    """
    launcher = [sys.executable, "-I", "-S", "-c", INSIDE.read_text("utf-8"), "launch"]
    shut = [*launcher, json.dumps(bounds(kind)), *program]
    if "another user" in kind:
        user = [
            f"--reuid={another_user()}",
            f"--regid={another_user()}",
            "--clear-groups",
            "--no-new-privs",
        ]
        shut = [_found("setpriv"), *user, *shut]
    if "bubblewrap" in kind:
        shut = [_found("bwrap"), *_walls(kind, place, release), *shut]
    return shut


def bounds(kind):
    """The limits of resources, and the system calls that are refused, as ``inside.bound`` takes."""
    limits = LIMITS | {"AS": ADDRESS_SPACE}
    if "another user" not in kind:
        limits["NPROC"] += _own_threads()  # which count, too, since the user is the same
    return limits, CALLS.get(os.uname().machine)


def _own_threads():
    """The processes and threads that this user has now."""
    processes = psutil.process_iter(["uids", "num_threads"])
    own = [
        one.info for one in processes if one.info["uids"] and one.info["uids"].real == os.getuid()
    ]
    return sum(one["num_threads"] or 1 for one in own)


def _found(name):
    return shutil.which(name) or name


def _walls(kind, place, release):
    """Bubblewrap's options: what is seen, and that nothing is shared."""
    seen = {*SYSTEM, sys.prefix, sys.base_prefix, *site.getsitepackages()}
    # Root becomes another user behind the walls, which a namespace of users would not allow.
    shared = ("ipc", "pid", "net", "uts", "cgroup")
    alone = [f"--unshare-{what}" for what in shared]
    options = alone if "another user" in kind else ["--unshare-all", "--cap-drop", "ALL"]
    options += ["--die-with-parent", "--new-session"]
    options += ["--proc", "/proc", "--dev", "/dev"]
    for shared in ("/dev/shm", "/tmp"):  # before what follows, which may lie in /tmp
        options += ["--size", str(SHARED), "--perms", "1777", "--tmpfs", shared]
    for path in sorted(path for path in seen if os.path.exists(path)):
        if os.path.islink(path) and path.count("/") == 1:  # /lib is often a link to /usr/lib
            options += ["--symlink", os.readlink(path), path]
        else:
            options += [*_way_to(path), "--ro-bind", path, path]
    release, place = str(release), str(place)
    options += [*_way_to(release), "--ro-bind", release, release]
    options += [*_way_to(place), "--bind", place, place]
    # All else is memory as well, and belongs to whoever made it.
    return [*options, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", place]


def _way_to(path):
    """Folders on the way to a path, which everybody may walk through, also if root's own aren't."""
    parents = [str(parent) for parent in reversed(Path(path).parents)][1:]
    return [option for parent in parents for option in ("--perms", "0755", "--dir", parent)]


def environment(place, release):
    """The environment variables of what is shut in: nothing of the grader's own."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "HOME": str(place),
        "TMPDIR": "/tmp",
        "IPYTHONDIR": str(Path(place) / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(place),
        "MPLCONFIGDIR": str(Path(place) / "matplotlib"),
        "MPLBACKEND": "agg",
        "PYTHONPATH": str(release),
        "PYTHONHASHSEED": "0",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def best(release):
    """The strongest of the ``KINDS`` that works here, found by trying them."""
    for kind in KINDS:
        if "another user" in kind and os.geteuid() != 0:
            continue
        if works(kind, release):
            return kind
    raise RuntimeError("no Python starts here, not even with limits only: is .venv complete?")


def works(kind, release):
    """Does a Python in this kind of isolation start, import the kernel, and see the release?"""
    place = own_folder(kind)
    test = f"import ipykernel, pathlib; pathlib.Path({str(release)!r}, 'helpers').stat()"
    try:
        probe = subprocess.run(
            command(kind, [sys.executable, "-c", test], place, release),
            env=environment(place, release),
            cwd=place,
            capture_output=True,
            timeout=60,
        )
        return probe.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
    finally:
        shutil.rmtree(place, ignore_errors=True)


def temporary():
    """The folder for temporary files: the system's, unless no socket's path would fit in it."""
    places = [tempfile.gettempdir(), "/tmp", "/var/tmp"]
    return next((one for one in places if len(os.fsencode(one)) <= PATH), places[0])


def own_folder(kind):
    """A new folder that only what is shut in, and the grader, can write to."""
    place = Path(tempfile.mkdtemp(prefix="grade-", dir=temporary()))
    if "another user" in kind:
        os.chown(place, another_user(), another_user())
    return place
