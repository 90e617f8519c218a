"""The program of what is shut in: it sets bounds, and forks kernels from a warmed process.

It imports nothing of the course, since a student's code finds whatever is in its process.

``inside.py launch BOUNDS COMMAND …`` runs a command within bounds.

``inside.py serve SOCKET LIBRARIES`` imports libraries once, and then forks a kernel for each
request that comes through the socket. No student's code ever runs in that process: a fork enters
the walls that another process holds up already, becomes a user without rights, sets the bounds, and
only then listens to anyone.
"""

import ctypes
import gc
import importlib
import json
import os
import resource
import signal
import socket
import struct
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
NAMESPACES = {
    "user": 0x10000000, "mnt": 0x20000, "pid": 0x20000000, "net": 0x40000000, "ipc": 0x8000000,
    "uts": 0x4000000, "cgroup": 0x2000000,
}  # fmt: skip
REQUEST = 100_000  # bytes


def bound(limits, calls):
    """Limit this process and what it starts.

    Args:
        limits: of resources, by name.
        calls: a machine's name for filters, numbers of system calls to refuse, and that of prctl,
            or ``None``.
    """
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    if not calls:
        return
    machine, numbers, prctl = calls
    load, equal, above, back = 0x20, 0x15, 0x35, 0x06
    allow, refuse = 0x7FFF0000, 0x00050001  # the second with "not permitted"
    steps = [(load, 0, 0, 4), (equal, 1, 0, machine), (back, 0, 0, refuse), (load, 0, 0, 0)]
    steps += [(above, 0, 1, 0x40000000), (back, 0, 0, refuse)]  # another numbering of the calls
    for number in numbers:
        steps += [(equal, 0, 1, number), (back, 0, 0, refuse)]
    steps += [(equal, 1, 0, prctl), (back, 0, 0, allow), (load, 0, 0, 16)]
    steps += [(equal, 0, 1, 4), (back, 0, 0, refuse), (back, 0, 0, allow)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    pointer = struct.pack("HP", len(steps), ctypes.addressof(program))
    _control(38, 1)  # no new privileges, without which no filter is taken
    _control(22, 2, pointer)


def _control(option, value=0, pointer=0):
    _checked(LIBC.prctl(option, value, pointer, 0, 0))


def _checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def serve(channel, libraries):
    """Import libraries, say whether they allow for forks, and fork a kernel for each request."""
    sys.path.insert(0, libraries["release"])
    for name in libraries["names"]:
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "helpers"]:
        del sys.modules[name]  # each chapter has its own
    sys.path.remove(libraries["release"])
    sys.path_importer_cache.clear()
    threads = len(os.listdir("/proc/self/task"))
    _say(channel, {"problem": "" if threads == 1 else f"{threads} threads run already"})
    gc.collect()
    gc.freeze()  # so that a fork's memory stays the parent's for longer
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, held, _, _ = socket.recv_fds(channel, REQUEST, 1)
        if not message:
            return
        if os.fork() == 0:
            _keep(channel, json.loads(message), held)
        for one in held:
            os.close(one)


def _say(channel, words):
    channel.send(json.dumps(words).encode())


def _keep(channel, request, held):
    """Fork the kernel behind its walls, and wait for its end; what is ``held`` is held as long."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _control(1, signal.SIGKILL)  # when the warmed process ends
        if request["walls"]:
            _enter(request["walls"])
        kernel = os.fork()
    except OSError as error:
        _say(channel, {"problem": str(error)})
        os._exit(1)
    if kernel == 0:
        _kernel(request)
    _say(channel, {"pid": kernel})
    channel.close()
    os.waitpid(kernel, 0)
    os._exit(0)


def _enter(process):
    """Enter the namespaces of a process that differ from our own; for ``pid``, children will."""
    differ = 0
    for name, flag in NAMESPACES.items():
        if os.readlink(f"/proc/self/ns/{name}") != os.readlink(f"/proc/{process}/ns/{name}"):
            differ |= flag
    walls = os.pidfd_open(process)
    _checked(LIBC.setns(walls, differ))
    os.close(walls)


def _kernel(request):
    """Become a kernel that can do no more than one that was started behind its walls."""
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        give_up(request["user"])
        bound(*request["bounds"])
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["place"])
        sys.path.insert(0, request["release"])
        sys.modules["numpy"].random.seed()  # or else all kernels drew the same numbers
        sys.argv = ["ipykernel_launcher"]
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance(["-f", request["connection"], "--HistoryManager.hist_file=:memory:"])
    finally:
        os._exit(0)


def give_up(user=None):
    """Give up all rights, for good, and become another user if one is given."""
    for capability in range(64):
        LIBC.prctl(24, capability, 0, 0, 0)  # out of the bounding set, as far as it's there
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = struct.pack("Ii", 0x20080522, 0)
    _checked(LIBC.capset(header, bytes(24)))
    _control(38, 1)  # no new privileges
    _control(4, 1)  # the grader may look at the files it opens
    _control(1, signal.SIGKILL)  # when the process that waits for it ends


def main():
    what, *given = sys.argv[1:]
    if what == "launch":
        give_up()
        bound(*json.loads(given[0]))
        os.execv(given[1], given[1:])
    serve(socket.socket(fileno=int(given[0])), json.loads(given[1]))


if __name__ == "__main__":
    main()
