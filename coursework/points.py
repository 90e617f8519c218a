"""Points by hand, and what lateness costs: what instructors decide after the grader did.

Both stand in files of the term's folder that the grader only reads. ``overrides.csv`` has a row for
each second thought, and ``term.toml`` the late policy. The results themselves stay as they were
found, so whatever is taken out of these files is as if it had never been.
"""

import datetime
import difflib
import math
import re
import tomllib
from dataclasses import dataclass, field

from course.chapters import CHAPTERS
from coursework import outside

OVERRIDES, SETTINGS = "overrides.csv", "term.toml"
COLUMNS = ["student", "exercise", "points", "why"]
LATE = "late"  # in place of an exercise: the days that count
POLICY = re.compile(
    r"(\d{1,3}(?:\.\d+)?) ?% (?:a|each|every|per) day(?:, at most (\d{1,3}(?:\.\d+)?) ?%)?"
)


@dataclass(frozen=True)
class Override:
    """Points by hand for an exercise or a prediction of a student's chapter, and the reason."""

    points: float
    why: str = ""


@dataclass
class Policy:
    """The late policy: ``part`` of the points is lost a day, up to ``most`` of them.

    ``deadlines`` are by chapter, in the time of the system that the download is from.
    """

    part: float = 0.0
    most: float = 1.0
    deadlines: dict[str, datetime.datetime] = field(default_factory=dict)

    def days(self, result):
        """The days that a submission is late, of which each counts once it has begun.

        Where a system says that it is late, and not since when, that is one day.
        """
        deadline = self.deadlines.get(result["chapter"])
        if deadline and result.get("time"):
            late = datetime.datetime.fromisoformat(result["time"]) - deadline
            return max(math.ceil(late / datetime.timedelta(days=1)), 0)
        return 1 if result.get("late") else 0

    def lost(self, days):
        """The part of the points that so many days cost."""
        return min(self.part * days, self.most)


def policy(folder):
    """The ``Policy`` in a term's folder; without ``term.toml``, lateness costs nothing.

    Raises:
        ValueError: it says something that we don't understand.
    """
    path = folder / SETTINGS
    if not path.exists():
        return Policy()
    try:
        said = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} can't be read: {error}.") from None
    unknown = sorted(said.keys() - {"late", "deadlines"})
    if unknown:
        raise ValueError(f"{path} may have `late` and `deadlines`, but it has {unknown[0]!r}.")
    late = said.get("late", "0 % a day")
    found = POLICY.fullmatch(late) if isinstance(late, str) else None
    part, most = (float(found[1]), float(found[2] or 100)) if found else (-1.0, -1.0)
    if not 0 <= part <= 100 or not 0 <= most <= 100:
        raise ValueError(
            f'late in {path} must be such as "10 % a day, at most 50 %", but it is {late!r}.'
        )
    listed = said.get("deadlines", {})
    if not isinstance(listed, dict):
        raise ValueError(f"deadlines in {path} must be a table, but it is {listed!r}.")
    deadlines = {name: _deadline(name, when, path) for name, when in listed.items()}
    return Policy(part / 100, most / 100, deadlines)


def _deadline(chapter, when, path):
    """A deadline; a day alone lasts until its end."""
    known = [one.name for one in CHAPTERS]
    if chapter not in known:
        near = difflib.get_close_matches(chapter, known, 1) or known[:1]
        raise ValueError(f"deadlines in {path} has {chapter!r}, which is no chapter. {_mean(near)}")
    if type(when) is datetime.date:
        return datetime.datetime.combine(when, datetime.time.max)
    if not isinstance(when, datetime.datetime) or when.tzinfo:
        raise ValueError(
            f"The deadline of {chapter} in {path} must be such as 2026-11-01 or "
            f"2026-11-01T23:59:00, without a time zone, but it is {when}."
        )
    return when


def _mean(names):
    return f"Do you mean {names[0]}?" if names else ""


@dataclass
class Overrides:
    """The second thoughts of a term, and the rows that we don't understand, in words."""

    by_chapter: dict[tuple[str, str], dict[str, Override]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def of(self, result):
        """The overrides of a result, by exercise."""
        return self.by_chapter.get((result["student"], result["chapter"]), {})


def overrides(folder, results, plans):
    """The ``Overrides`` in a term's folder; of several for one exercise, the last row counts.

    Args:
        folder: the term's.
        results: all of the term, whose students the rows may name.
        plans: steps by the chapter's name.

    Raises:
        ValueError: the file's first line doesn't name its columns.
    """
    path = folder / OVERRIDES
    if not path.exists():
        return Overrides()
    rows = outside.rows(path, str(path))
    head = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    missing = [name for name in COLUMNS[:3] if name not in head]
    if missing:
        raise ValueError(
            f"{path} must begin with the line {','.join(COLUMNS)}, but its first line has no "
            f"{missing[0]}."
        )
    places = [head.index(name) if name in head else len(head) for name in COLUMNS]
    reader = _Reader(results, plans)
    for line, row in rows[1:]:
        cells = [(row[place] if place < len(row) else "").strip() for place in places]
        if any(cells):
            reader.read(line, *cells)
    return reader.found


class _Reader:
    """Reads the rows of ``overrides.csv``."""

    def __init__(self, results, plans):
        self.found = Overrides()
        self.students = {}  # by what a row may call them
        for one in results:
            for name in (one["student"], one.get("email"), *one.get("ids", ())):
                if name:
                    self.students.setdefault(name.casefold(), set()).add(one["student"])
        self.known = {(one["student"], one["chapter"]) for one in results}
        self.most = {}  # points by chapter and exercise, under both of its names
        for chapter, steps in plans.items():
            self.most[chapter, LATE] = 365
            for step in steps:
                if step.kind in ("test", "prediction"):
                    self.most[chapter, step.id] = step.points
        self.chapters = list(plans)

    def read(self, line, student, exercise, points, why):
        """Take a row, or note in words what is wrong with it."""
        try:
            chapter, exercise = self._exercise(exercise)
            key = self._student(student, chapter), chapter
            number = self._points(points, self.most[chapter, exercise])
        except ValueError as error:
            self.found.problems.append(f"line {line}: {error}")
            return
        self.found.by_chapter.setdefault(key, {})[exercise] = Override(
            number, outside.plain(why, 300)
        )

    def _exercise(self, text):
        chapter, _, name = text.rpartition("/")
        names = {name, f"check_{name}"}
        found = [key for key in self.most if key[1] in names and chapter in ("", key[0])]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(
                f"several chapters have {outside.plain(name)!r}, so write "
                f"{found[0][0]}/{outside.plain(name)}, for example"
            )
        known = [f"{one[0]}/{one[1].removeprefix('check_')}" for one in self.most]
        near = difflib.get_close_matches(text, [*known, *(one.split("/")[1] for one in known)], 1)
        raise ValueError(f"there is no exercise {outside.plain(text)!r}. {_mean(near)}".rstrip())

    def _student(self, text, chapter):
        found = self.students.get(text.casefold(), set())
        if not found:
            near = difflib.get_close_matches(text, [one for one, _ in self.known], 1, 0.5)
            raise ValueError(f"there is no student {outside.plain(text)!r}. {_mean(near)}".rstrip())
        if len(found) > 1:
            raise ValueError(
                f"{outside.plain(text)!r} may be {' or '.join(sorted(found)[:3])}, so write a name"
            )
        [student] = found
        if (student, chapter) not in self.known:
            raise ValueError(f"{student} has no submission of {chapter}")
        return student

    def _points(self, text, most):
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            number = math.nan
        if not 0 <= number <= most:  # which nan isn't, either
            raise ValueError(
                f"points must be a number from 0 to {most:g}, but they are {outside.plain(text)!r}"
            )
        return number


def settled(result, own, late, given=None):
    """A result with what instructors decided: its ``points`` and ``total`` are those that count.

    ``changed`` says what was found of each exercise that has points by hand, and why they were
    given; ``hand`` are the points of predictions, of which ``given`` stand in the gradebook;
    ``days`` late cost ``off`` of the points.

    Args:
        result: as it was found.
        own: its ``Override`` by exercise.
        late: the ``Policy``.
        given: points of predictions in nbgrader's gradebook, by cell.
    """
    tests = {name: one for name, one in own.items() if name in result["points"]}
    others = own.keys() - tests.keys() - {LATE}
    given = {name: points for name, points in (given or {}).items() if name not in others}
    hand = given | {name: own[name].points for name in sorted(others)}
    days = own[LATE].points if LATE in own else late.days(result)
    points = result["points"] | {name: one.points for name, one in tests.items()}
    full = sum(points.values())
    off = round(full * late.lost(days), 2)
    return result | {
        "points": points,
        "changed": {name: [result["points"][name], one.why] for name, one in tests.items()},
        "hand": hand,
        "given": given,
        "why": {name: one.why for name, one in own.items() if one.why and name not in tests},
        "late": bool(days) or (result["late"] and LATE not in own),
        "days": days,
        "off": off,
        "total": round(full - off, 2),
    }
