"""Turn a download into submissions: students, the parts that each handed in, and what isn't read.

A download is a folder, or a zip, as it comes from a learning-management system, a hub or a drive.
Where a folder or an archive holds a class, the students in it are told apart; what lies below a
student's own folder or in a student's own archive is always that student's, so that no student
hands in anything for another. Where that can't be told, words say so.
"""

import dataclasses
import functools
import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from course.chapters import CHAPTERS
from coursework import naming, reading
from coursework.outside import NAME, plain
from coursework.reading import Part
from coursework.roster import Person, Roster

GRADESCOPE = "submission_metadata.yml"
# Beside a folder `submitted`, one of these tells a course of nbgrader's.
NBGRADER = {"source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}
# Folders that never are a student, and hold a class wherever they are.
CLASS = re.compile(
    r"submitted|submitted files|student work|submissions?|abgaben|downloads?|inbound|inbox|homes?"
    r"|users|students|uploads?|assignment_\d+_export|(?:chapter|week|assignment|ps)[\W_]*\d*",
    re.IGNORECASE,
)
TEAM = re.compile(r"team \d+", re.IGNORECASE)  # of ILIAS, with a folder for each member
# Folders that students make for themselves.
OWN = re.compile(
    r"works?|old|older|new|backups?|final|drafts?|notebooks?|copy|copies|archive|releases?|attempt.*"
    r"|version.*|revision.*|try.*|test.*|submission attachment\(s\)|helpers|docs|gfx|study|yours"
    r"|data|src|misc|desktop|documents|downloads?|pictures|snap|build",
    re.IGNORECASE,
)
# Files that a system lays beside submissions.
BESIDE = {"index.html", "readme.txt", "readme.md", "timestamp.txt", "status.xlsx", "grades.csv"}
UNTITLED = re.compile(r"(?:untitled|notebook|homework)?[\W_]*\d*", re.IGNORECASE)
DEPTH = 6  # folders between the top of a download and its students
LOOKED_AT = 2_000  # files and folders, to tell a class from a student
UNNAMED = (
    "its name doesn't say whose it is: put it into a folder with the student's name, or the name "
    "in front of the file's"
)


@dataclass
class Submission:
    """All that a student handed in, of whatever chapters.

    ``student`` is unlike every other student's in the download; ``ids`` are what systems call the
    student, ``email`` is the roster's.
    """

    student: str
    parts: list[Part]
    ids: tuple[str, ...] = ()
    email: str = ""


@dataclass
class Download:
    """The submissions in a download, and all that an instructor must know of the rest.

    ``name`` is the folder's or the archive's, and ``unread`` are names with reasons. With a
    ``roster``, ``absent`` handed in nothing, and ``unmatched`` aren't on it.
    """

    submissions: list[Submission] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    name: str = ""
    roster: list[Person] = field(default_factory=list)

    def __iter__(self):
        return iter(self.submissions)

    def __len__(self):
        return len(self.submissions)


def collect(place, roster=None):
    """The ``Download`` in a folder or an archive, in the order of the students' names.

    Args:
        roster: the path of a CSV file with id, name and email.

    Raises:
        ValueError: there is no such folder, nothing in it, or the roster can't be read.
    """
    place = Path(place)
    if not place.is_dir() and not (place.is_file() and naming.kind(place.name) == "archive"):
        raise ValueError(
            f"SUBMISSIONS must be a folder or a zip, but there is no folder {str(place)!r}"
        )
    known = Roster.read(roster) if roster else None
    kind = "folder" if place.is_dir() else "archive"
    sorter = _Sorter()
    sorter.sort(_Node(place.name, (str(place),), kind))
    download = Download(_joined(sorter.shares, known), sorter.unread)
    download.name = plain(place.resolve().name)
    if not download.submissions and not download.unread:
        raise ValueError(
            f"SUBMISSIONS must hold folders, zips or notebooks, but {str(place)!r} has none"
        )
    if known:
        download.roster = known.people
        download.absent = known.absent()
        download.unmatched = [
            one.student for one in download if not one.email and not known.has(one)
        ]
    return download


@dataclass
class _Share:
    """A part of a submission, and what its name said of the student."""

    student: str
    part: Part
    ids: tuple[str, ...] = ()
    place: tuple = ()  # where it was found: of the same name with other ids, another student


class _Node:
    """A folder, an archive, or a file in a download."""

    def __init__(self, name, place, kind, inner=()):
        self.name, self.place, self.kind = name, place, kind
        self._inner = inner  # of a folder in an archive: the names of the files in it
        self.problem = ""

    @property
    def nested(self):
        """Can it hold other nodes?"""
        return self.kind in ("folder", "archive")

    @functools.cached_property
    def children(self):
        """What is in it, without what never is a student's."""
        if self.kind == "archive":
            names, self.problem = reading.listing(self.place)
            return self._in_archive(names, self.place)
        if len(self.place) > 1:
            return self._in_archive(self._inner, self.place)
        try:
            entries = sorted(os.scandir(self.place[0]), key=lambda entry: entry.name)
        except OSError:
            self.problem = "the grader can't look into it"
            return []
        return [
            _Node(entry.name, (entry.path,), _kind(entry.name, entry.is_dir(follow_symlinks=False)))
            for entry in entries
            if not reading.skipped(entry.name)
        ]

    def _in_archive(self, names, place):
        *above, last = place
        prefix = last if last.endswith("/") and len(place) > 1 else ""
        above = tuple(above) if prefix else place
        folders, nodes = {}, []
        for name in names:
            first, slash, _ = name.removeprefix(prefix).partition("/")
            if not name.startswith(prefix) or reading.skipped(first) or not first:
                continue
            if slash:
                folders.setdefault(first, []).append(name)
            else:
                nodes.append(_Node(first, (*above, name), _kind(first, False)))
        for first, inner in folders.items():
            nodes.append(_Node(first, (*above, f"{prefix}{first}/"), "folder", inner))
        return sorted(nodes, key=lambda node: node.name)

    def part(self, **more):
        """It as a part of a submission."""
        return Part(self.place, _text(self.name), self.kind, **more)


def _kind(name, folder):
    return "folder" if folder else naming.kind(name)


def _text(name):
    """A file's name as a text: bytes that are no UTF-8 are spelled out."""
    return name.encode("utf-8", "backslashreplace").decode()


def _stem(node):
    """A folder's name, or an archive's without its ending, as a text."""
    return _text(node.name if node.kind == "folder" else naming.stem(node.name))


class _Sorter:
    """Sorts what is in a download by student."""

    def __init__(self):
        self.shares, self.unread = [], []
        self._beside = []  # texts written online and receipts, by student
        self.chapters = [chapter.name for chapter in CHAPTERS]

    def sort(self, top):
        """Sort all that is in a download."""
        self.of_class(top)
        with_files = {share.student for share in self.shares}
        for student, node in self._beside:
            if student not in with_files:
                self._skip(node, "there is a text or a receipt, but no file with it")

    def of_class(self, node, depth=0):
        """Sort what is in a folder or an archive that holds a class."""
        children = node.children
        if node.problem:
            self._skip(node, node.problem)
        names = {child.name: child for child in children}
        if GRADESCOPE in names:
            return self._gradescope(node, names)
        if "submitted" in names and NBGRADER & names.keys():
            return self.of_class(names["submitted"], depth + 1)
        framed = self._frames(children)
        contents = [child for child, frame in framed if frame or child.kind != "other"]
        nested = [child for child, frame in framed if child.nested and not frame]
        if len(nested) == len(contents) and self._are_classes(nested):
            classes = nested
        else:
            classes = [child for child in nested if self._is_class(child)]
        for child, frame in framed:
            if frame:
                self._framed(node, child, frame)
            elif child in classes and depth < DEPTH:
                self.of_class(child, depth + 1)
            else:
                self._plain(node, child)
        return None

    def _is_class(self, node):
        """Does the name of a folder or an archive say that it is no student's?"""
        if TEAM.fullmatch(node.name):
            return bool(self._students(node))
        return bool(CLASS.fullmatch(_stem(node))) or self._chapter(node)

    def _are_classes(self, nodes):
        """Do folders or archives that are all there is hold classes, rather than each a student?

        A single one does where it names two students; of several, all must, and each names others:
        what repeats is how students lay out their own folders.
        """
        told = []
        for node in nodes:
            told.append(set(self._students(node)))
            if len(told[-1]) < (2 if len(nodes) == 1 else 1):
                return False
        if len(nodes) == 1 or all(map(self._has_frames, nodes)):
            return bool(nodes)
        apart = len(set().union(*told)) == sum(map(len, told))
        return apart and all(len(names) > 2 for names in told)

    def _has_frames(self, node):
        return any(frame for child, frame in self._frames(node.children) if child.kind != "other")

    def _frames(self, children):
        """Each child with the frame that a system gave it, or ``None``."""
        found = [(child, self._frame(child)) for child in children]
        board = [frame.student for _, frame in found if frame and frame.system == "Blackboard"]
        students = iter(naming.only_student(board))
        return [
            (child, dataclasses.replace(frame, student=next(students)))
            if frame and frame.system == "Blackboard"
            else (child, frame)
            for child, frame in found
        ]

    def _frame(self, child):
        frame = naming.frame(_text(child.name), child.kind == "folder")
        by_folder = frame and frame.system in naming.FOLDERS
        # The name of a chapter looks like ILIAS' frame: 01_gym_api_2.
        own = by_folder and naming.named(_text(child.name), self.chapters).chapter
        return None if own else frame

    def _framed(self, node, child, frame):
        name = _text(frame.rest or child.name)
        kind = naming.kind(name) if child.kind != "folder" else "folder"
        if frame.file and kind in ("folder", "archive", "notebook"):
            part = Part(child.place, name, kind, frame.attempt, frame.late, _text(child.name))
            self.shares.append(_Share(frame.student, part, frame.ids, node.place))
        elif frame.file:
            self._skip(child, "it is not a notebook")
        else:
            self._beside.append((frame.student, child))

    def _plain(self, node, child):
        """Something that no system framed."""
        if child.nested:
            said = naming.named(_stem(child), self.chapters)
            self.shares.append(_Share(said.before or said.chapter, child.part(), place=node.place))
        elif child.kind == "notebook":
            said = naming.named(_text(child.name), self.chapters)
            if said.before and (said.chapter or not UNTITLED.fullmatch(said.before)):
                self.shares.append(_Share(said.before, child.part(), place=node.place))
            else:
                self._skip(child, UNNAMED)
        elif child.kind == "other archive":
            self._skip(child, "we read zip and tar archives only, so pack it anew")
        elif child.name.lower() not in BESIDE:
            self._skip(child, "it is not a notebook")

    def _gradescope(self, node, names):
        """Gradescope's export: folders, and a file that says whose they are."""
        for name, students in _submitters(reading.metadata(names[GRADESCOPE].place)).items():
            if name in names:
                child = names.pop(name)
                for student, ids in students:
                    self.shares.append(_Share(student, child.part(), ids, node.place))
        for child in names.values():
            if child.name != GRADESCOPE:
                self._skip(child, f"{GRADESCOPE} doesn't say whose it is")

    def _skip(self, node, why):
        self.unread.append((_text(node.name), why))

    def _chapter(self, node):
        """Is a folder or an archive called like a chapter, and nothing else?"""
        said = naming.named(_stem(node), self.chapters)
        return said.chapter is not None and not said.before

    def _students(self, node, depth=0):
        """The students that the names in a folder or an archive tell of, if it holds a class."""
        children = node.children
        names = {child.name: child for child in children}
        if GRADESCOPE in names:
            return ["Gradescope", "export"]
        if "submitted" in names and NBGRADER & names.keys():
            return ["nbgrader", "course"]
        framed = [frame.student for child, frame in self._frames(children)
                  if frame and child.kind != "other"]  # fmt: skip
        said = [naming.named(_text(child.name), self.chapters)
                for child in children if child.kind == "notebook"]  # fmt: skip
        named = {one.before for one in said if one.chapter and one.before}
        if framed or len(named) > 1:
            return framed or sorted(named)
        nested = [child for child in children if child.nested]
        if depth >= DEPTH or said:
            return []
        for child in nested:
            if self._is_class(child) and (inner := self._students(child, depth + 1)):
                return inner
        students = [one for one in nested if not OWN.fullmatch(one.name) and not self._chapter(one)]
        if len(students) == 1 == len(nested):
            return self._students(students[0], depth + 1)
        return [one.name for one in students[:20] if self._has_chapter(one)]

    def _has_chapter(self, node):
        """Is there a chapter's notebook, or an archive, in it, as far as we look?"""
        waiting, looked = [node], 0
        while waiting and looked < LOOKED_AT:
            one = waiting.pop(0)
            chapter = (
                one.kind == "notebook" and naming.named(_text(one.name), self.chapters).chapter
            )
            if chapter or one.kind == "archive":
                return True
            if one.kind == "folder":
                waiting += one.children
            looked += 1
        return False


def _submitters(text):
    """The students of each folder, as Gradescope's file says: names, and their ids."""
    try:
        data = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (yaml.YAMLError, RecursionError):
        return {}
    found = {}
    for folder, about in data.items() if isinstance(data, dict) else ():
        listed = about.get(":submitters") if isinstance(about, dict) else None
        people = [one for one in _of(listed, list) if isinstance(one, dict)]
        found[folder] = [
            (one.get(":name") or one.get(":email"), (one.get(":sid"), one.get(":email")))
            for one in people
        ]
    return {
        folder: [
            (name, tuple(value for value in ids if value and isinstance(value, str)))
            for name, ids in people
            if isinstance(name, str)
        ]
        for folder, people in found.items()
    }


def _of(value, kind):
    """A value if it is of a kind, else an empty one."""
    return value if isinstance(value, kind) else kind()


def _joined(shares, roster):
    """The submissions of a download's shares: one for each student."""
    told_apart = _told_apart(shares)
    found = {}
    for share in shares:
        student = _unlike(share.student)
        if (share.student, share.place) in told_apart and share.ids:
            student = f"{student} ({plain(share.ids[0], 30)})"
        person = roster.find(student, share.ids) if roster else None
        key = person.student if person else student
        one = found.setdefault(key, Submission(key, []))
        one.parts.append(share.part)
        more = (person.id,) if person and person.id else ()
        one.ids = tuple(
            dict.fromkeys((*one.ids, *more, *(plain(value, 60) for value in share.ids)))
        )
        if person:
            one.email = person.email
    return [found[name] for name in sorted(found)]


def _told_apart(shares):
    """The names that two students with different ids have in one place of the download."""
    ids = {}
    for share in shares:
        if share.ids:
            ids.setdefault((share.student, share.place), set()).add(share.ids)
    several = {student for (student, _), found in ids.items() if len(found) > 1}
    return {key for key in ids if key[0] in several}


def _unlike(student):
    """A student's name that a page and a table can hold, and that stays unlike all others."""
    name = plain(student, NAME)
    if len(plain(student, 10 * NAME)) <= NAME:
        return name or "(no name)"
    return f"{name[: NAME - 10]}… {hashlib.sha256(student.encode()).hexdigest()[:8]}"
