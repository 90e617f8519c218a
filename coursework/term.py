"""A term's folder: it keeps what was ever graded, by chapter and student.

``results/<chapter>/<student>.json`` is what was found of a submission, with the answers it was
found in. ``feedback/<chapter>/<student>.html`` is the student's page. ``results/class.json`` holds
the roster and what wasn't read of each download. All tables and pages are made from these, so a
run adds to them and takes nothing away. Each file is replaced whole or not at all.

One run at a time works in the folder. The lock is the system's and ends with the process.
"""

import contextlib
import datetime
import hashlib
import json
import os
from pathlib import Path

CLASS = "class.json"


def file_name(text):
    """A name for a file or a folder, which no other text gets; a person can read part of it."""
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    readable = "".join(letter if letter.isalnum() else "_" for letter in text)[:40]
    return f"{readable}-{mark}"


def kept_at(student, chapter, folder, of="feedback"):
    """The path of a student's page, or of its result, without an ending.

    A student's name may not do as a file's.
    """
    return Path(folder) / of / chapter / file_name(student)


def write(path, text):
    """Replace a file by one with this text, whole or not at all.

    Raises:
        OSError: it can't be written; then the old one is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    try:
        with open(partial, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # or a machine that stops could leave it empty
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def refuse_to_mix(submissions, folder):
    """Keep results apart from submissions.

    Raises:
        ValueError: one of the two folders lies in the other.
    """
    inbox, out = (Path(os.path.realpath(path)) for path in (submissions, folder))
    if out.exists() and not out.is_dir():
        raise ValueError(f"The results need a folder, but {folder} is a file.")
    if inbox.is_dir() and (inbox == out or inbox in out.parents or out in inbox.parents):
        where = "is" if inbox == out else "lies in" if inbox in out.parents else "holds"
        raise ValueError(
            f"The results need a folder of their own, but {folder} {where} the folder of "
            f"submissions, {submissions}. Move the submissions elsewhere, or name another folder "
            "with --output."
        )


class Term:
    """The folder of a term: use it in ``with``, which keeps other runs out.

    Raises:
        ValueError: another run is at work in it.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.unreadable = []  # names of results that can't be read

    def __enter__(self):
        import fcntl  # which only Linux and macOS have

        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = open(self.folder / ".lock", "a+", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            who = self._lock.read(100).strip() or "it doesn't say which"
            self._lock.close()
            raise ValueError(
                f"Another run is grading into {self.folder} ({who}). Wait until it has ended, "
                "then use the same command again."
            ) from None
        with contextlib.suppress(OSError):  # it locks without words, too
            self._lock.truncate(0)
            now = datetime.datetime.now()
            self._lock.write(f"process {os.getpid()}, since {now:%H:%M on %Y-%m-%d}")
            self._lock.flush()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._lock.truncate(0)
            self._lock.close()

    def kept(self, student, chapter):
        """The result that was kept of a student's chapter, or an empty one."""
        page = kept_at(student, chapter, self.folder).with_suffix(".html")
        return _read(self._place(student, chapter)) if page.exists() else {}

    def keep(self, result, page):
        """Write a student's page, then the result that vouches for it."""
        self.show(result, page)
        text = json.dumps(result, ensure_ascii=False, indent=1)
        write(self._place(result["student"], result["chapter"]), text + "\n")

    def show(self, result, page):
        """Write a student's page."""
        write(kept_at(result["student"], result["chapter"], self.folder).with_suffix(".html"), page)

    def results(self):
        """All results of the term, by student and chapter."""
        files = sorted((self.folder / "results").glob("*/*.json"))
        found = [(file, _read(file)) for file in files]
        self.unreadable = [f"{file.parent.name}/{file.name}" for file, one in found if not one]
        results = [one for _, one in found if one]
        return sorted(results, key=lambda one: (one["student"], one["chapter"]))

    def note(self, download, chapter):
        """Keep the roster, and what wasn't read of a download, in place of its last time."""
        known = self.known()
        if download.roster:
            known["roster"] = [
                {"student": one.student, "id": one.id, "email": one.email, "logins": one.logins}
                for one in download.roster
            ]
        known["downloads"][f"{download.name} {chapter or ''}".strip()] = {
            "unread": download.unread,
            "unmatched": download.unmatched,
        }
        text = json.dumps(known, ensure_ascii=False, indent=1)
        write(self.folder / "results" / CLASS, text + "\n")

    def known(self):
        """The roster and what is known of each download."""
        known = _json(self.folder / "results" / CLASS)
        return {"roster": [], "downloads": {}} | (known if isinstance(known, dict) else {})

    def _place(self, student, chapter):
        return kept_at(student, chapter, self.folder, "results").with_suffix(".json")


def _read(file):
    """The result in a file, or an empty one."""
    found = _json(file)
    whole = isinstance(found, dict) and {"student", "chapter", "points", "of"} <= found.keys()
    return found if whole else {}


def _json(file):
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
