"""A process with the libraries imported, which forks a kernel in milliseconds for each submission.

Importing TensorFlow takes longer than trying all the exercises of a chapter. So a process for every
grading process imports it once. No student's code runs there: ``coursework.inside`` says what a
fork does before it becomes a kernel.
"""

import atexit
import json
import re
import socket
import subprocess
import sys

import psutil

from coursework import isolation

PATIENCE = 300  # seconds for the imports, and for a fork
ALWAYS = "helpers", "numpy", "ipykernel.kernelapp", "gymnasium.envs.box2d.lunar_lander"
NETWORKS = "tensorflow", "keras"
_WARMED = {}


def libraries(steps):
    """The names of what the cells of a chapter's plan need; the first sets up the others."""
    networks = any(re.search("tensorflow|keras", step.source) for step in steps)
    return ALWAYS + NETWORKS * networks


def warmed(release, names):
    """This process's own warmed process, with these libraries; it is made when first asked for."""
    if names not in _WARMED:
        _WARMED[names] = Warm(names, release)
        atexit.register(_WARMED[names].close)
    return _WARMED[names]


class Warm:
    """A process that has imported libraries; ``problem`` says in words why it can't fork."""

    def __init__(self, names, release):
        place = release.parent / "warm"
        place.mkdir(exist_ok=True)
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channel.settimeout(PATIENCE)
        with theirs:
            asked = json.dumps({"names": names, "release": str(release)})
            program = [str(isolation.INSIDE), "serve", str(theirs.fileno()), asked]
            self.process = subprocess.Popen(
                [sys.executable, "-P", *program],
                env=isolation.environment(place, release) | {"PYTHONPATH": ""},
                cwd=place,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.problem = ""
        self._answer()

    def fork(self, request, held):
        """A new kernel, or ``None``; what is ``held`` is open for as long as it runs."""
        try:
            socket.send_fds(self._channel, [json.dumps(request).encode()], [held])
            return psutil.Process(self._answer()["pid"])
        except OSError as error:
            self.problem = str(error)
        except (KeyError, psutil.NoSuchProcess):  # it says why, or the kernel is gone already
            pass
        return None

    def close(self):
        """End the process, which does so when nobody is left who could ask."""
        self._channel.close()
        self.process.wait(PATIENCE)

    def _answer(self):
        try:
            said = json.loads(self._channel.recv(10_000) or '{"problem": "it ended"}')
        except OSError as error:
            said = {"problem": str(error)}
        self.problem = self.problem or said.get("problem", "")
        return said
