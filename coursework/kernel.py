"""Runs cells in a kernel that is shut in, and says how each of them ended.

The client stays outside. It speaks to the kernel through sockets in the kernel's own folder, counts
what comes out, and ends the kernel when a limit is passed.
"""

import contextlib
import errno
import os
import queue
import stat
import subprocess
import sys
import time
from dataclasses import dataclass

import psutil
import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from coursework import isolation

OUTPUT = 1_000_000  # bytes of output that a cell may write
MESSAGE = 4_000_000  # bytes of one message, beyond which the connection is cut
MEMORY = 4 * isolation.GB  # of all its processes
FILES = 200 * 2**20  # bytes that it may leave in its folder
HELD = 2**30  # bytes by which the grader itself may grow while a cell runs
ENTRIES = 20_000  # files and folders in its folder
START = 60  # seconds for a kernel to start
LATE = "the code ran too long, probably in a loop that never ends"


@dataclass
class Ran:
    """The end of a cell: ``status`` is ok, error, or dead, with the error's or the limit's words.

    ``value`` is the value of the expression that was asked for, as a text, and ``seconds`` counts
    as ``Watch`` does.
    """

    status: str
    error: str = ""
    message: str = ""
    value: str = ""
    seconds: float = 0.0


class Watch:
    """Counts the seconds that a kernel computes or waits, but not those of a busy machine.

    ``processes`` is called for the kernel's processes. Look at ``seconds`` often: what passed since
    the latest look counts by the processors' time while one of them could run, and for a second at
    most, since a machine may be stopped altogether.
    """

    def __init__(self, processes):
        self._processes = processes
        self._looked, self._worked, self._seconds = time.monotonic(), self._look()[0], 0.0

    def seconds(self):
        """Seconds counted so far."""
        now, (worked, waits) = time.monotonic(), self._look()
        passed = min(now - self._looked, 1.0)
        self._seconds += passed if waits else min(passed, max(worked - self._worked, 0.0))
        self._looked, self._worked = now, worked
        return self._seconds

    def _look(self):
        """The seconds that processors spent on the kernel, and whether all of it waits."""
        worked, states = 0.0, set()
        for process in self._processes():
            with contextlib.suppress(psutil.Error):
                worked += sum(process.cpu_times()[:2])
                states.add(process.status())
        return worked, states <= {psutil.STATUS_SLEEPING, psutil.STATUS_IDLE}


class BoundedClient(BlockingKernelClient):
    """A client that no message can fill the memory of."""

    def _create_connected_socket(self, channel, identity=None):
        socket = super()._create_connected_socket(channel, identity)
        socket.setsockopt(zmq.MAXMSGSIZE, MESSAGE)
        endpoint = socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0")
        socket.disconnect(endpoint)  # the limit holds for connections made after it
        socket.connect(endpoint)
        return socket


class Shut:
    """A kernel, shut in: use it in ``with``, and ``run`` cells."""

    def __init__(self, kind, release):
        self.kind = kind
        self.release = release

    def __enter__(self):
        self.place = isolation.own_folder(self.kind)
        connection = str(self.place / "kernel.json")
        program = [sys.executable, "-m", "ipykernel_launcher", "-f", connection]
        self.manager = KernelManager(
            transport="ipc",
            ip=str(self.place / "socket"),
            connection_file=connection,
        )
        self.manager.client_factory = BoundedClient
        self.manager.cache_ports = False
        self.manager._kernel_spec = KernelSpec(
            argv=isolation.command(self.kind, program, self.place, self.release)
        )
        self.manager.write_connection_file()
        if "another user" in self.kind:
            os.chown(connection, isolation.another_user(), isolation.another_user())
        self.manager.start_kernel(
            env=isolation.environment(self.place, self.release),
            cwd=str(self.place),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.client = self.manager.client()
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=START)
        except RuntimeError:
            self.dead = True
        else:
            self.dead = False
        return self

    def __exit__(self, *_):
        self.kill()
        self.client.stop_channels()
        self.manager.cleanup_resources()
        # Students' folders may be deeper than Python's own removal goes.
        subprocess.run(["rm", "-rf", str(self.place)], stderr=subprocess.DEVNULL, check=False)

    def kill(self):
        """End the kernel with everything that it started."""
        self.dead = True
        processes = self._processes()
        if self.manager.has_kernel:
            with contextlib.suppress(RuntimeError, OSError):  # it may be gone already
                self.manager.shutdown_kernel(now=True)
        for process in processes:
            with contextlib.suppress(psutil.Error):
                process.kill()

    def run(self, source, seconds, expression="None"):
        """Run a cell for that long at most, and ask for the value of an expression."""
        if self.dead:
            return Ran("dead", message="the kernel wasn't running any more")
        watch, size = Watch(self._processes), 0
        self._own = psutil.Process().memory_info().rss
        request = self.client.execute(
            source,
            allow_stdin=False,
            stop_on_error=False,
            user_expressions={"value": expression},
        )
        ran, idle = None, False
        while ran is None or not idle:
            broken = self._broken(watch.seconds() > seconds, size)
            if broken:
                self.kill()
                return Ran("dead", message=broken, seconds=watch.seconds())
            message = _next(self.client.get_iopub_msg, request, 0.05 if ran else 0.2)
            if message:
                idle = message["content"].get("execution_state") == "idle"
                size += _length(message["content"])
            elif ran:
                break  # what was printed was more than the connection took
            if ran is None:
                ran = self._reply(request)
        ran.seconds = watch.seconds()
        return ran

    def _reply(self, request):
        """The end of the cell, or ``None`` if it hasn't ended yet."""
        message = _next(self.client.get_shell_msg, request, 0.001)
        if message is None:
            return None
        content = message["content"]
        if content.get("status") == "ok":
            return Ran("ok", value=_value(content))
        return Ran("error", _text(content.get("ename")), _text(content.get("evalue")))

    def _broken(self, late, size):
        """The limit that was passed, in words, or an empty text."""
        if not self.manager.is_alive():
            return "the code ended its own kernel"
        if late:
            return LATE
        if size > OUTPUT:
            return "the code printed more than a megabyte"
        # A message of many parts is in our memory before it is a message.
        if psutil.Process().memory_info().rss > self._own + HELD:
            return "the code sent more than the grader takes"
        processes, memory = self._processes(), 0
        for process in processes:
            with contextlib.suppress(psutil.Error):
                memory += process.memory_info().rss
        hidden = _unlinked(processes)
        if memory + hidden > MEMORY:
            return f"the code used more than {MEMORY // isolation.GB} GB of memory"
        return "the code wrote too many files" if _size(self.place) + hidden > FILES else ""

    def _processes(self):
        provisioner = self.manager.provisioner
        process = getattr(provisioner, "process", None)
        if process is None:
            return []
        try:
            parent = psutil.Process(process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _size(folder):
    """The bytes in a folder and all below it, or more than we allow if it has too many entries.

    What vanishes meanwhile doesn't count; folders that are too deep to be looked into do.
    """
    size, seen, waiting = 0, 0, [str(folder)]
    while waiting:
        place = waiting.pop()
        try:
            entries = list(os.scandir(place))
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return FILES + 1
            continue
        seen += len(entries)
        if seen > ENTRIES:
            return FILES + 1
        for entry in entries:
            with contextlib.suppress(OSError):
                size += entry.stat(follow_symlinks=False).st_size
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return size


def _unlinked(processes):
    """The bytes in files that processes hold open without a name: removed ones, or of memory."""
    sizes = {}
    for process in processes:
        with contextlib.suppress(OSError):
            for descriptor in os.scandir(f"/proc/{process.pid}/fd"):
                with contextlib.suppress(OSError):
                    found = descriptor.stat()
                    if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                        sizes[found.st_dev, found.st_ino] = 512 * found.st_blocks
    return sum(sizes.values())


def _length(content):
    """The letters of a message, or more than we allow if it can't be told."""
    try:
        return len(str(content))
    except (RecursionError, ValueError):
        return OUTPUT + 1


def _next(get, request, seconds):
    """The next message that answers the request, or ``None`` after that time."""
    try:
        message = get(timeout=seconds)
        ours = message["parent_header"]["msg_id"] == request
        return message if ours and isinstance(message["content"], dict) else None
    except queue.Empty:
        return None
    except Exception:  # what doesn't bear the kernel's signature, or its form, is no message
        return None


def _value(content):
    """The text of the expression in a reply, which a forger may have written."""
    try:
        return _text(content["user_expressions"]["value"]["data"]["text/plain"])
    except (KeyError, TypeError, IndexError):
        return ""


def _text(value):
    """A text in a message, or an empty one for whatever isn't one."""
    return value if isinstance(value, str) else ""
