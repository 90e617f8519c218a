"""Reads what a student handed in, within bounds, in a process of its own.

``listing`` and ``read`` start that process (``python -I``, with bounds on memory, time and what it
looks at), so that nothing in a file can stop the grader: what can't be read becomes words. Nothing
is unpacked to the disk, links aren't followed, and pipes and devices aren't opened.

A place is a path on the disk and, within an archive, the names of archives and files in it:
``("inbox/all.zip", "ana.zip", "work/01_gym_api.ipynb")``. The last name may be a folder, with a
``/`` at its end.
"""

import bz2
import contextlib
import errno
import gzip
import io
import itertools
import json
import lzma
import os
import re
import stat
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from coursework import naming, rebuild
from coursework.looks import looks

MB = 2**20
LARGEST = 20 * MB  # bytes of a notebook
ARCHIVE = 500 * MB  # bytes of an archive in an archive
TOTAL = 200 * MB  # bytes that we unpack of a submission
FOUND = 20_000  # files and folders that we look at in a submission
LISTED = 100_000  # and in an archive of a whole class
NOTEBOOKS = 60  # of a submission that we open
DEPTH = 100  # of folders
NESTED = 3  # archives in archives
METADATA = 5 * MB

ROOT = Path(__file__).parents[1]
CODE = "import sys; sys.path.insert(0, sys.argv[1]); from coursework.reading import main; main()"
MEMORY = 2**31  # bytes of the process
SECONDS = 30  # of its processor, and ten times that by the clock

SKIPPED = {
    "__macosx", "__pycache__", "node_modules", "site-packages", "venv", "env", "thumbs.db",
    "desktop.ini", "feedback attachment(s)",
}  # fmt: skip
MANY = (
    "this looks like the download of a whole class, not like one student's work: put it into a "
    "folder of its own and grade that"
)
LOST = "reading it took too much memory or time, so it was given up"


@dataclass
class Part:
    """A file or a folder of a submission: an attempt, with what its name said of it.

    ``name`` is the one that the student gave it, ``framed`` the one that a system made of that.
    """

    place: tuple[str, ...]
    name: str
    kind: str  # folder, archive or notebook
    attempt: tuple = ()
    late: bool = False
    framed: str = ""


@dataclass
class Found:
    """A notebook of a submission, or in words why it isn't one.

    ``order`` sorts by age: by the attempt, the number of the copy, and the time.
    """

    name: str
    order: tuple = ()
    late: bool = False
    named: str | None = None  # the chapter in its name
    chapter: str | None = None  # the chapter of its contents
    answers: rebuild.Answers | None = None
    looks: dict[str, list[str]] = field(default_factory=dict)
    problem: str = ""


@dataclass
class Reading:
    """All notebooks of a submission, what else wasn't read (name and reason), and warnings."""

    notebooks: list[Found] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    problem: str = ""


def skipped(name):
    """Is a name one of those that hold nothing of a student, such as hidden ones?"""
    return name.startswith(".") or name.lower() in SKIPPED


# Outside: the grader's side.


def listing(place):
    """The names of the files in an archive, and in words what kept us from reading it."""
    said = _ask({"do": "listing", "place": _sent(place)})
    return said.get("names", []), said.get("problem", LOST)


def metadata(place):
    """The text of a small file that a system laid beside submissions, or an empty one."""
    return _ask({"do": "metadata", "place": _sent(place)}).get("text", "")


def read(parts, plans):
    """The ``Reading`` of a submission.

    Args:
        parts: a list of ``Part``.
        plans: steps by the chapter's name.
    """
    said = _ask(
        {
            "do": "read",
            "parts": [asdict(part) | {"place": _sent(part.place)} for part in parts],
            "plans": {name: [asdict(step) for step in steps] for name, steps in plans.items()},
        }
    )
    if "notebooks" not in said:
        return Reading(problem=said.get("problem", LOST))
    notebooks = [Found(**one) for one in said["notebooks"]]
    for one in notebooks:
        one.order = _sortable(one.order)
        one.answers = rebuild.Answers(**one.answers) if one.answers else None
    return Reading(notebooks, [tuple(pair) for pair in said["unread"]], said["problem"])


def _sortable(order):
    return tuple(tuple(part) if isinstance(part, list) else part for part in order)


def _sent(place):
    """A place with its path as bytes in a text: a name on the disk may be in no encoding."""
    return [os.fsencode(place[0]).decode("latin-1"), *place[1:]]


def _ask(request):
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", CODE, str(ROOT)],
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=10 * SECONDS,
        )
        return json.loads(done.stdout)
    except (ValueError, OSError, subprocess.TimeoutExpired):
        return {}


# Inside: the process that reads.


def main():
    """Answer one request on the standard streams."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    request = json.load(sys.stdin)
    answer = {"listing": _listing, "metadata": _metadata, "read": _read}[request["do"]]
    sys.stdout.write(json.dumps(answer(request)))


def _place(sent):
    return (sent[0].encode("latin-1"), *sent[1:])


def _listing(request):
    try:
        with _opened(_place(request["place"])) as file:
            names = [one.name for one in _members(file)]
        more = f"we look at {LISTED:,} files at most" if len(names) == LISTED else ""
        return {"names": names, "problem": more}
    except Exception as error:  # whatever an archive may do
        return {"names": [], "problem": _why(error)}


def _metadata(request):
    try:
        with _opened(_place(request["place"])) as file:
            return {"text": file.read(METADATA).decode("utf-8", "replace")}
    except Exception:
        return {"text": ""}


class _RefusedError(Exception):
    """A file that we don't read, with the reason in words."""


def _why(error):
    """The reason that a file or an archive can't be read, in words."""
    if isinstance(error, _RefusedError):
        return str(error)
    if isinstance(error, PermissionError):
        return "the grader may not read it: see to the rights of the file"
    if isinstance(error, FileNotFoundError):
        return "it isn't there any more"
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return "this is a link, so it isn't read"
    if isinstance(error, RuntimeError) and "password" in str(error):
        return "it can't be read: it needs a password"
    if isinstance(error, UnicodeError):
        return "it can't be read: its names are in a broken encoding, so ask for it packed anew"
    if isinstance(error, MemoryError):
        return LOST
    return "it can't be read: it was damaged on the way, or isn't what its name says"


def _opened(place):
    """The file at a place, open for reading; of a folder in an archive, the archive."""
    descriptor = os.open(place[0], os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    file = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise _RefusedError("this isn't a file, so it isn't read")
    for name in place[1:]:
        if not name.endswith("/"):
            [member] = [one for one in _members(file) if one.name == name][-1:] or [None]
            if member is None:
                raise FileNotFoundError(name)
            file = io.BytesIO(member.read(min(member.size, ARCHIVE) + 1))
    return file


@dataclass
class _Member:
    """A file in an archive, which is open; ``read`` takes a number of bytes."""

    name: str
    size: int
    time: float
    read: Callable[[int], bytes]


def _members(file):
    """The files in a zip or tar archive."""
    begin = file.read(6)
    file.seek(0)
    if begin.startswith((b"Rar!", b"7z")):
        raise _RefusedError("it is a rar or 7z archive, so ask for a zip")
    packed = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
    for magic, unpack in packed.items():
        if begin.startswith(magic):
            data = unpack(file).read(TOTAL + 1)
            if len(data) > TOTAL:
                raise _RefusedError(f"it unpacks to more than {TOTAL // MB} MB")
            file = io.BytesIO(data)
    if begin.startswith(b"PK"):
        archive = zipfile.ZipFile(file)
        members = [one for one in archive.infolist() if not one.is_dir()]
        return [_of_zip(archive, one) for one in members[:LISTED]]
    archive = tarfile.TarFile(fileobj=file)
    members = [one for one in itertools.islice(archive, LISTED) if one.isfile()]
    return [_of_tar(archive, one) for one in members]


def _of_zip(archive, one):
    def read(count):
        with archive.open(one) as file:
            return file.read(count)

    try:
        stamp = time.mktime((*one.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        stamp = 0.0
    return _Member(_inside(one.filename), one.file_size, stamp, read)


def _of_tar(archive, one):
    def read(count):
        return archive.extractfile(one).read(count)

    return _Member(_inside(one.name), one.size, float(one.mtime), read)


def _inside(name):
    """The name of a file in an archive, without ways out of it."""
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))


class _Reader:
    """Walks through a submission and reads its notebooks, up to the bounds."""

    def __init__(self, plans):
        self.plans = {
            name: [rebuild.Step(**step) for step in steps] for name, steps in plans.items()
        }
        self.seen, self.bytes = 0, 0
        self.candidates = []  # (Found, a function that reads so many bytes)
        self.unread = []
        self.others = []
        self.students = set()  # in the frames of systems, within a student's own

    def read(self, parts):
        """The ``Found`` notebooks in the parts."""
        with contextlib.ExitStack() as self.open:
            for self.part in parts:
                try:
                    self._part(_place(self.part["place"]))
                except Exception as error:  # whatever a file may do
                    self._not_read(self.part["name"], error)
            # Those with a chapter's name come first, if there are more than we open.
            self.candidates.sort(key=lambda pair: pair[0].named is None)
            for found, _ in self.candidates[NOTEBOOKS:]:
                self._not_read(
                    found.name, _RefusedError(f"there are more than {NOTEBOOKS} notebooks")
                )
            return [self._notebook(*pair) for pair in self.candidates[:NOTEBOOKS]]

    def _part(self, place):
        if self.part["kind"] == "folder" and len(place) == 1:
            self._folder(place[0])
        elif self.part["kind"] == "folder":
            self._archive(self.open.enter_context(_opened(place)), len(place) - 1, place[-1])
        elif self.part["kind"] == "archive":
            self._archive(self.open.enter_context(_opened(place)), len(place))
        elif len(place) == 1:
            self._file(place[0], self.part["name"], self.part["name"])
        else:
            *archive, name = place
            members = _members(self.open.enter_context(_opened(archive)))
            member = [one for one in members if one.name == name][-1]
            self._candidate(self.part["name"], member.time, member.read)

    def _folder(self, top):
        """All files in a folder on the disk and below it."""
        waiting = [(top, 0)]
        while waiting and self.seen <= FOUND:
            folder, depth = waiting.pop()
            try:
                entries = sorted(itertools.islice(os.scandir(folder), FOUND), key=_name)
            except OSError as error:
                self._not_read(os.path.basename(folder), error)
                continue
            if any(entry.name == b"pyvenv.cfg" for entry in entries):
                continue
            for entry in entries:
                name = _text(entry.name)
                if skipped(name) or not self._count():
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    shown = _text(os.path.relpath(entry.path, top))
                    self._file(entry.path, name, shown)
                elif depth < DEPTH:
                    self._frame(name, True)
                    waiting.append((entry.path, depth + 1))
                else:
                    self._not_read(name, _RefusedError(f"it is more than {DEPTH} folders deep"))

    def _file(self, path, name, shown):
        """A file on the disk."""
        kind = self._kind(name, shown)
        if kind in ("notebook", "archive"):
            try:
                file = _opened((path,))
                if kind == "archive":
                    self._archive(self.open.enter_context(file), 1)
                else:
                    with file:
                        stamp = os.fstat(file.fileno()).st_mtime
                    self._candidate(shown, stamp, lambda count: _opened((path,)).read(count))
            except Exception as error:
                self._not_read(shown, error)

    def _archive(self, file, depth, folder=""):
        """All files of an archive, or those in one of its folders."""
        kinds = set()
        for member in _members(file):
            inner = member.name.removeprefix(folder)
            parts = inner.split("/")
            if not member.name.startswith(folder) or any(map(skipped, parts)) or not self._count():
                continue
            for part in parts[:-1]:
                self._frame(part, True)
            kind = self._kind(parts[-1], inner)
            kinds.add(kind)
            if kind == "notebook":
                self._candidate(inner, member.time, member.read)
            elif kind == "archive":
                try:
                    if depth >= NESTED:
                        raise _RefusedError(f"it lies in {depth} archives, one in another")
                    self._archive(io.BytesIO(self._bounded(member.read, ARCHIVE)), depth + 1)
                except Exception as error:
                    self._not_read(inner, error)
        if not {"notebook", "archive"} & kinds and not folder:
            self._not_read(self.part["name"], _RefusedError("there is no notebook in the archive"))

    def _kind(self, name, shown):
        kind = naming.kind(name)
        if kind == "other":
            self.others.append(shown)
        elif kind == "other archive":
            self._not_read(shown, _RefusedError("we read zip and tar only, so ask for a zip"))
        else:
            self._frame(name, False)
        return kind

    def _bounded(self, read, most):
        """So many bytes at most, as long as the total of the submission allows it."""
        left = TOTAL - self.bytes
        data = read(min(most, left) + 1)
        self.bytes += len(data)
        if len(data) > left:
            raise _RefusedError(f"the submission unpacks to more than {TOTAL // MB} MB")
        return data

    def _count(self):
        self.seen += 1
        if self.seen == FOUND + 1:
            self._not_read(self.part["name"], _RefusedError(f"we look at {FOUND:,} files at most"))
        return self.seen <= FOUND

    def _frame(self, name, folder):
        """Note a frame of a system within a student's own files: it would be another student's."""
        found = naming.frame(name)
        if found and (not folder or found.system in ("Moodle", "Brightspace")):
            self.students.add(found.student)

    def _candidate(self, name, stamp, read):
        said = naming.named(name.rpartition("/")[2], self.plans)
        order = self.part["attempt"], said.copy, stamp, _numbers(name), name
        late = self.part["late"] or said.late
        shown = name
        if framed := self.part["framed"]:
            shown = framed if self.part["kind"] == "notebook" else f"{framed}/{name}"
        self.candidates.append((Found(shown[-255:], order, late, said.chapter), read))

    def _notebook(self, found, read):
        try:
            data = self._bounded(read, LARGEST)
            if len(data) > LARGEST:
                raise _RefusedError(
                    f"the notebook is larger than {LARGEST // MB} MB: clear its outputs"
                )
            cells = rebuild.read(data)
            found.chapter = rebuild.chapter_of(cells, self.plans)
            chapter = found.chapter or found.named
            if chapter:
                found.answers = rebuild.answers(cells, self.plans[chapter])
                sources = found.answers.sources
                found.looks = {name: looks(source) for name, source in sources.items() if source}
        except rebuild.UnreadableError as error:
            found.problem = str(error)
        except Exception as error:  # whatever a file may do
            found.problem = _why(error)
        return found

    def _not_read(self, name, error):
        if len(self.unread) < 20:
            self.unread.append((_text(name)[-255:], _why(error)))


def _name(entry):
    return entry.name


def _text(name):
    """A name as a text: bytes that are no UTF-8 are spelled out."""
    if isinstance(name, bytes):
        return name.decode("utf-8", "backslashreplace")
    return name.encode("utf-8", "backslashreplace").decode()


def _numbers(name):
    """The numbers in a name, so that 9 sorts before 10."""
    return [int(number[:9]) for number in re.findall(r"[0-9]+", name)]


def _read(request):
    reader = _Reader(request["plans"])
    notebooks = reader.read(request["parts"])
    if not notebooks and not reader.unread and reader.others:
        some = ", ".join(sorted(reader.others)[:3])
        reader.unread.append((some[:255], "there is no notebook among the files"))
    return {
        "notebooks": [asdict(found) for found in notebooks],
        "unread": reader.unread,
        "problem": MANY if len(reader.students) > 1 else "",
    }
