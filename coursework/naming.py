"""The names in a download: they tell whose a file is, which attempt, which chapter, which copy.

Every learning-management system puts its own frame around the names that students gave their
files. The frames here are those that the systems' own code writes.
"""

import re
from dataclasses import dataclass

LONGEST = 255  # letters of a name that we look at, as many as a disk takes

# The frames of files and folders, by system. Each matches a whole name.
FRAMES = {
    "Moodle": r"""(?P<student>.+?) (?:_(?P<id>\d+))? _assignsubmission_(?P<kind>[a-z]+)
        (?:_(?P<rest>.*))?""",
    "Blackboard": r"""(?P<student>.+?) _attempt_(?P<attempt>\d{4}(?:-\d\d){5})
        (?:_(?P<rest>.+) | (?P<kind>\.txt))""",
    "Canvas without names": r"""(?P<late>LATE_)? (?P<student>anon_[A-Za-z0-9]+)
        _(?P<attempt>\d+) _(?P<rest>.+)""",
    "Canvas": r"""(?P<student>\w+?) _(?P<late>LATE_)? (?P<id>\d+) _(?P<attempt>\d{3,})
        _(?P<rest>.+)""",
    "Canvas, written online": r"""(?P<student>\w+?) _(?P<late>LATE_)? (?P<id>\d+)
        _(?P<kind>text|link)\.html""",
    "Brightspace": r"""(?P<ids>\d+-\d+) [ ]-[ ] (?:(?P<id>[A-Za-z]{0,2}\d{4,}) [ ]-[ ])?
        (?P<student>.+?) [ ]?-[ ] (?P<attempt>[^-]*\d{4}[^-]*?) (?:[ ]-[ ](?P<rest>.+))?""",
    "nbgrader's exchange": r"""(?P<student>[^+]+) \+[^+]+
        \+(?P<attempt>\d{4}-\d\d-\d\d[ ]\d\d.\d\d.\d\d)[^+]* (?:\+.*)?""",
}
# Those of folders alone, since a student could well call a file so.
FOLDERS = {
    "ILIAS": r"(?P<last>[^_]+) _(?P<first>[^_]+) _(?P<login>[^_]+) _(?P<id>\d+)",
    "Sakai": r"(?P<student>[^()]+,[ ]?[^()]+) \((?P<id>[^()]+)\)",
    "Brightspace by student": r"(?P<student>[^,]+,[ ].+?) [ ]-[ ] (?P<id>[A-Za-z]{0,2}\d{4,})",
    "JupyterHub": r"(?:jupyter|jupyterhub-user|claim)- (?P<student>.+)",
}
HOW = re.DOTALL | re.VERBOSE
PATTERNS = {system: re.compile(pattern, HOW) for system, pattern in FRAMES.items()}
OF_FOLDERS = {system: re.compile(pattern, HOW) for system, pattern in FOLDERS.items()}

# What a browser or a download makes of the name of a notebook: .ipynb.txt, .ipynb.json, .ipynb(1)
NOTEBOOK = re.compile(r"\.ipynb(?P<copy>[-_ ]?\(?\d{1,3}\)?)?(?:\.(?:txt|json|ipynb))*", re.I)
ARCHIVE = re.compile(r"\.(?:zip|tar|tar\.(?:gz|bz2|xz)|tgz|tbz2|txz)", re.I)
OTHER_ARCHIVE = re.compile(r"\.(?:rar|7z|gz|bz2|xz|zst)", re.I)
LATE = re.compile(r"^(?:late submission|verspätete abgabe|verspaetete abgabe)[\s_-]+", re.I)
COPY_WORDS = r"(?:copy of|kopie von|copi[ae] de|cópia de|kopia)\s+"
COPY_OF, COPY_OF_END = re.compile("^" + COPY_WORDS, re.I), re.compile(COPY_WORDS + "$", re.I)
COPIES = re.compile(  # words that tell a copy, and no student
    r"copy|kopie|copi[ae]|cópia|kopia|final|finished|done|new|neu|last|edited|version|v|of", re.I
)
DATED = re.compile(r"(\d{4}-\d\d-\d\d)(?:_(\d+))?$")  # as `make lab FRESH=03` names the old copy
SEPARATORS = " _-–."
MONTHS = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
]  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """What a system's frame says: whose file, and of which attempt.

    ``rest`` is the name that the student gave the file, ``attempt`` sorts by time, and ``file`` is
    false for what isn't a file of the student, such as a text written online or a receipt.
    """

    system: str
    student: str
    ids: tuple[str, ...] = ()
    attempt: tuple = ()
    late: bool = False
    rest: str = ""
    file: bool = True


def frame(name, folder=False):
    """The ``Frame`` of a file's or a folder's name, or ``None`` if no system made it."""
    if len(name) > LONGEST:
        return None
    patterns = PATTERNS | OF_FOLDERS if folder else PATTERNS
    for system, pattern in patterns.items():
        if found := pattern.fullmatch(name):
            return _frame(system, {key: value or "" for key, value in found.groupdict().items()})
    return None


def _frame(system, found):
    student = found.get("student") or f"{found['first']} {found['last']}"
    ids = (found.get("login"), found.get("id"), found.get("ids", "").partition("-")[0])
    return Frame(
        system=system,
        student=student.strip(" _"),
        ids=tuple(filter(None, ids)),
        attempt=_time(found["attempt"]) if found.get("attempt") else (),
        late=bool(found.get("late")),
        rest=found.get("rest", ""),
        file=found.get("kind", "") in ("", "file"),
    )


def _time(text):
    """A date or a number of an attempt as numbers that sort by time."""
    words = re.findall(r"[^\W\d_]+|\d+", text.lower())
    numbers = [int(word) for word in words if word.isdigit()]
    months = [MONTHS.index(word[:3]) + 1 for word in words if word[:3] in MONTHS]
    if months and len(numbers) >= 2:  # Brightspace: Nov 5, 2026 1159 PM
        year = next((number for number in numbers if number > 1900), 0)
        day, *clock = [number for number in numbers if number != year] or [0]
        hours, minutes = divmod(clock[0], 100) if clock else (0, 0)
        hours = hours % 12 + 12 * ("pm" in words) if {"am", "pm"} & set(words) else hours
        return year, months[0], day, hours, minutes
    return tuple(numbers)


def only_student(names):
    """The students in the frames of Blackboard, where the assignment stands before the student.

    Both may have ``_`` in them. All names of a download begin with the same assignment, so what
    they share is no student's; of a single one, the last part is the student.
    """
    parts = [name.split("_") for name in names]
    shared = 0
    while len(set(names)) > 1 and all(len(part) > shared + 1 for part in parts):
        if len({part[shared] for part in parts}) > 1:
            break
        shared += 1
    if not shared:
        return [part[-1] for part in parts]
    return ["_".join(part[shared:]) for part in parts]


def kind(name):
    """``notebook``, ``archive``, ``other archive`` or ``other``, by the end of a file's name."""
    end = name[-40:]
    kinds = {"notebook": NOTEBOOK, "archive": ARCHIVE, "other archive": OTHER_ARCHIVE}
    for found, pattern in kinds.items():
        if any(pattern.fullmatch(end, place) for place, letter in enumerate(end) if letter == "."):
            return found
    return "other"


def stem(name):
    """A notebook's or an archive's name without its ending, and with the number of its copy."""
    for place in (place for place, letter in enumerate(name) if letter == "."):
        if found := NOTEBOOK.fullmatch(name, place):
            return name[:place] + (found["copy"] or "")
        if ARCHIVE.fullmatch(name, place):
            return name[:place]
    return name


@dataclass(frozen=True)
class Named:
    """What a notebook's name says: ``before`` the chapter stands a student, behind it a copy."""

    chapter: str | None
    before: str
    copy: tuple
    late: bool = False


def named(name, chapters):
    """What a notebook's name says; ``chapters`` are such as ``01_gym_api``."""
    name = stem(name[-LONGEST:])
    late = bool(LATE.match(name))
    name, copied = COPY_OF.subn("", LATE.sub("", name))
    for pattern in (r"{number}[\W_]*{stem}", "{stem}"):
        for chapter in chapters:
            number, words = chapter.split("_", 1)
            text = pattern.format(number=number, stem=words.replace("_", r"[\W_]*"))
            found = list(re.finditer(rf"(?<![^\W_]){text}(?![^\W_])", name, re.IGNORECASE))
            if found:
                before, behind = name[: found[-1].start()], name[found[-1].end() :]
                before, again = COPY_OF_END.subn("", before)
                before = before.strip(SEPARATORS)
                if before or not _says_more(behind):
                    return Named(chapter, before, _copy(behind, copied + again), late)
                return Named(chapter, behind.strip(SEPARATORS), (1, ""), late)
    return Named(None, name.strip(SEPARATORS), (1, ""), late)


def _says_more(behind):
    """Does a name tell more behind the chapter than which copy it is, such as a student?"""
    words = re.findall(r"[^\W\d_]+", behind)
    return any(not COPIES.fullmatch(word) for word in words)


def _copy(behind, copied):
    """Numbers that sort copies of a file by age: no number is the oldest, 10 is newer than 9.

    A dated copy is older than all of them: the course itself makes one when it renews a chapter.
    """
    if found := DATED.search(behind):
        return 0, found[1], int(found[2] or 0)
    numbers = [int(number[:9]) for number in re.findall(r"\d+", behind)]
    return 1, "", *(numbers or [1] * bool(copied or re.search(r"[^\W_]", behind)))
