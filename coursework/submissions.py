"""Find what students handed in: folders, zips, or a learning-management system's flat download.

Nothing is unpacked or followed: notebooks are read into memory, a bounded number of bytes of each,
so that paths and sizes in a zip don't matter.
"""

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

LARGEST = 20 * 2**20  # bytes of a notebook
MEMBERS = 1_000  # files in a zip
NAMED = re.compile(r"^(?:(?P<student>.+?)[_\- ]+)?(?P<chapter>\d\d_[a-z_]+?)(?:[\W_]*\d*)$")


@dataclass
class Submission:
    """A notebook that a student handed in, or in words the problem with it."""

    student: str
    name: str
    data: bytes = b""
    problem: str = ""

    @property
    def chapter(self):
        """The chapter that its name tells, such as ``"01_gym_api"``, or ``None``."""
        found = NAMED.match(self.name.removesuffix(".ipynb"))
        return found["chapter"] if found else None


def collect(folder):
    """The submissions in a folder, in the order of the students' names.

    Raises:
        ValueError: there is no such folder, or nothing in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"SUBMISSIONS must be a folder, but there is no folder {str(folder)!r}")
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            found += _of_folder(path)
        elif path.suffix == ".zip":
            found += _of_zip(path, _student(path.stem))
        elif path.suffix == ".ipynb":
            found.append(_of_file(path, _student(path.stem)))
    if not found:
        raise ValueError(
            f"SUBMISSIONS must hold folders, zips or notebooks, but {str(folder)!r} has none"
        )
    return sorted(found, key=lambda submission: (submission.student, submission.name))


def _student(stem):
    """The student's name in a file's: what stands before the chapter, or all of it."""
    found = NAMED.match(stem)
    name = (found and found["student"]) or stem
    return _readable(name)


def _readable(name):
    """A file's name as a text: bytes that are no UTF-8 are spelled out."""
    name = name.encode("utf-8", "backslashreplace").decode()
    return unicodedata.normalize("NFC", name)


def _of_folder(folder):
    student = _readable(folder.name)
    found = []
    for path in sorted(folder.rglob("*")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        if path.suffix == ".ipynb":
            found.append(_of_file(path, student))
        elif path.suffix == ".zip":
            found += _of_zip(path, student)
    return found or [Submission(student, "", problem="there is no notebook in the folder")]


def _of_file(path, student):
    if path.is_symlink() or not path.is_file():
        return Submission(
            student, path.name, problem="this is a link or not a file, so it isn't read"
        )
    if path.stat().st_size > LARGEST:
        return Submission(student, path.name, problem=_too_large())
    return Submission(student, path.name, path.read_bytes())


def _of_zip(path, student):
    if path.is_symlink():
        return [Submission(student, path.name, problem="this is a link, so it isn't read")]
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()[:MEMBERS]
            chosen = [member for member in members if _is_notebook(member.filename)]
            found = [_of_member(archive, member, student) for member in chosen]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        problem = "the zip can't be read: it's broken, or it needs a password"
        return [Submission(student, path.name, problem=problem)]
    return found or [Submission(student, path.name, problem="there is no notebook in the zip")]


def _is_notebook(name):
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return name.endswith(".ipynb") and not {"__MACOSX", ".ipynb_checkpoints"} & set(parts)


def _of_member(archive, member, student):
    name = PurePosixPath(member.filename.replace("\\", "/")).name
    with archive.open(member) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        return Submission(student, name, problem=_too_large())
    return Submission(student, name, data)


def _too_large():
    return f"the notebook is larger than {LARGEST // 2**20} MB: clear its outputs"
