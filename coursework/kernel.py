"""Runs cells in a kernel that is shut in, and says how each of them ended.

The client stays outside. It speaks to the kernel through sockets in the kernel's own folder, counts
what comes out, and ends the kernel when a limit is passed.
"""

import contextlib
import errno
import os
import queue
import secrets
import select
import shutil
import stat
import subprocess
import sys
import time
from dataclasses import dataclass

import psutil
import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from coursework import isolation
from coursework.warm import ALWAYS, warmed

OUTPUT = 1_000_000  # bytes of output that a cell may write
MESSAGE = 4_000_000  # bytes of one message, beyond which the connection is cut
MEMORY = 4 * isolation.GB  # of all its processes
FILES = 200 * 2**20  # bytes that it may leave in its folder
HELD = 2**30  # bytes by which the grader itself may grow while a cell runs
ENTRIES = 20_000  # files and folders in its folder
START = 60  # seconds for a kernel to start
LOOK = 0.05  # seconds between two searches for its processes, which cost more than most cells
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
        socket.setsockopt(zmq.RECONNECT_IVL, 10)  # milliseconds, until the kernel is there
        endpoint = socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0")
        socket.disconnect(endpoint)  # they hold for connections made after it
        socket.connect(endpoint)
        return socket


class Shut:
    """A kernel, shut in: use it in ``with``, and ``run`` cells.

    It is forked from a process that has imported the libraries, where that works, else started.
    """

    def __init__(self, kind, release, libraries=ALWAYS):
        self.kind = kind
        self.release = release
        self.libraries = libraries

    def __enter__(self):
        self.place = isolation.own_folder(self.kind)
        connection, known = write_connection_file(
            str(self.place / "kernel.json"),
            ip=str(self.place / "socket"),
            transport="ipc",
            key=secrets.token_hex().encode(),
        )
        if "another user" in self.kind:
            os.chown(connection, isolation.another_user(), isolation.another_user())
        self.client = BoundedClient()
        self.client.load_connection_info(known)
        if not self._forked(connection):
            self._popen([sys.executable, "-m", "ipykernel_launcher", "-f", connection])
        self.client.start_channels(stdin=False, hb=False, control=False)
        self.dead = not self._ready()
        self._known = self._processes()
        return self

    def _forked(self, connection):
        """Fork the kernel behind walls that a waiting program holds up; says whether it worked."""
        warm = warmed(self.release, self.libraries)
        if warm.problem:
            return False
        self._popen([shutil.which("cat") or "/bin/cat"], subprocess.PIPE)
        with self._walls.stdin as held, self._walls.stdout as answers:
            held.write(b"\n")
            select.select([answers], [], [], START)
            os.set_blocking(answers.fileno(), False)
            there = answers.read(1) == b"\n"
            # The program ends with what waits for the kernel, and the walls with the program.
            forked = there and warm.fork(self._request(connection), held.fileno())
        if forked:
            self._tops.append(forked)
        else:
            self.kill()
        return bool(forked)

    def _request(self, connection):
        """What ``inside.serve`` must know of a kernel."""
        innermost = self._processes()[-1].pid
        return {
            "walls": innermost if "bubblewrap" in self.kind else None,
            "user": isolation.another_user() if "another user" in self.kind else None,
            "bounds": isolation.bounds(self.kind),
            "environment": isolation.environment(self.place, self.release),
            "place": str(self.place),
            "release": str(self.release),
            "connection": connection,
        }

    def _popen(self, program, pipe=subprocess.DEVNULL):
        self._walls = subprocess.Popen(
            isolation.command(self.kind, program, self.place, self.release),
            env=isolation.environment(self.place, self.release),
            cwd=self.place,
            bufsize=0,
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._tops = [psutil.Process(self._walls.pid)]

    def _alive(self):
        return self._walls.poll() is None

    def _ready(self):
        """Wait until the kernel answers, and all that it says is heard."""
        end = time.monotonic() + START
        while self._alive() and time.monotonic() < end:
            request = self.client.kernel_info()
            if _heard(self.client.get_shell_msg, request, 1) and _heard(
                self.client.get_iopub_msg, request, 0.2
            ):
                return True
        return False

    def __exit__(self, *_):
        self.kill()
        self.client.stop_channels()
        # Students' folders may be deeper than Python's own removal goes.
        subprocess.run(["rm", "-rf", str(self.place)], stderr=subprocess.DEVNULL, check=False)

    def kill(self):
        """End the kernel with everything that it started."""
        self.dead = True
        for process in self._processes():
            with contextlib.suppress(psutil.Error):
                process.kill()
        self._walls.wait()

    def run(self, source, seconds, expression="None"):
        """Run a cell for that long at most, and ask for the value of an expression."""
        if self.dead:
            return Ran("dead", message="the kernel wasn't running any more")
        watch, size, looked = Watch(lambda: self._known), 0, time.monotonic()
        self._own = psutil.Process().memory_info().rss
        request = self.client.execute(
            source,
            allow_stdin=False,
            stop_on_error=False,
            user_expressions={"value": expression},
        )
        ran, idle = None, False
        while ran is None or not idle:
            broken = self._flooded(size)
            if not broken and time.monotonic() > looked + LOOK:
                self._known = self._processes()
                broken, looked = self._broken(watch.seconds() > seconds), time.monotonic()
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

    def _flooded(self, size):
        """The limit on what comes out that was passed, in words, or an empty text."""
        if size > OUTPUT:
            return "the code printed more than a megabyte"
        # A message of many parts is in our memory before it is a message.
        if psutil.Process().memory_info().rss > self._own + HELD:
            return "the code sent more than the grader takes"
        return "" if self._alive() else "the code ended its own kernel"

    def _broken(self, late):
        """Another limit that was passed, in words, or an empty text."""
        if late:
            return LATE
        memory = 0
        for process in self._known:
            with contextlib.suppress(psutil.Error):
                memory += process.memory_info().rss
        hidden = _unlinked(self._known)
        if memory + hidden > MEMORY:
            return f"the code used more than {MEMORY // isolation.GB} GB of memory"
        return "the code wrote too many files" if _size(self.place) + hidden > FILES else ""

    def _processes(self):
        """The processes behind the walls, and the one that holds these up."""
        found = {}
        for top in self._tops:
            with contextlib.suppress(psutil.NoSuchProcess):
                found |= {one.pid: one for one in [top, *top.children(recursive=True)]}
        return list(found.values())


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


def _heard(get, request, seconds):
    """Does an answer to the request come within that time?"""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if _next(get, request, left):
            return True
    return False


def _value(content):
    """The text of the expression in a reply, which a forger may have written."""
    try:
        return _text(content["user_expressions"]["value"]["data"]["text/plain"])
    except (KeyError, TypeError, IndexError):
        return ""


def _text(value):
    """A text in a message, or an empty one for whatever isn't one."""
    return value if isinstance(value, str) else ""
