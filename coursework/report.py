"""The words at the end of a grading run: all that an instructor must know besides the points."""

import collections
import heapq
import itertools
import math
import re

import nbformat

from coursework.outside import plain
from coursework.student import student_version

SHORT = 8  # letters of a line that says nothing about its author
ALIKE = 6, 0.8  # lines of their own that two have at least, and the part that they share
NAMED = 3  # students whose answers are nearly the same
SHOWN = 30  # lines of a list


def text(download, results):
    """The lines of the report.

    Args:
        download: the ``submissions.Download`` that was graded.
        results: of ``grade.grade_all``.
    """
    unread = [f"{plain(name)}: {why}" for name, why in download.unread]
    unread += [f"{one['student']}, {name}: {why}" for one in results for name, why in one["unread"]]
    several = [
        _with(
            one, f"{one['handed']} handed in, {one['file']} counts, not {', '.join(one['others'])}"
        )
        for one in results
        if one["handed"] > 1 and one["file"]
    ]
    return [
        *_listed("Not read", unread),
        *_listed("Handed in several notebooks of a chapter", several),
        *_listed("Couldn't be graded",
                 [_with(one, one["problem"]) for one in _having(results, "problem")]),
        *_listed("Handed in late", [_with(one) for one in _having(results, "late")]),
        *_listed("Took too long, also when tried again alone",
                 [_with(one) for one in results if one["again"] and one["timed out"]]),
        *_listed("Look at these answers",
                 [_with(one, "; ".join(one["looks"])) for one in _having(results, "looks")]),
        *_listed("Not on the roster", download.unmatched),
        *_listed("Handed in nothing", download.absent),
    ]  # fmt: skip


def kept(refused):
    """The lines on jobs that had nothing to take an earlier result's place."""
    lines = [f"{job.student}, {job.chapter}: {plain(job.problem, 300)}" for job in refused]
    return _listed("Nothing to grade now, so the earlier result stays", sorted(lines))


def of_term(own, term, results, lost=()):
    """The lines on a whole term: what we couldn't use of ``overrides.csv`` or of what was kept.

    Args:
        own: the ``points.Overrides``.
        term: the ``term.Term``.
        results: all of the term.
        lost: results, predictions and their points by hand, for a text that has changed since.
    """
    ids = collections.defaultdict(set)
    for one in results:
        for number in one["ids"]:
            ids[one["chapter"], number].add(one["student"])
    twice = [
        f"{' and '.join(sorted(names))}, {chapter}: both have the id {number}"
        for (chapter, number), names in sorted(ids.items())
        if len(names) > 1
    ]
    changed = [_with(one, f"{name}, {points:g} points") for one, name, points in lost]
    return [
        *_listed("Points by hand for a text that has changed since, so give them anew", changed),
        *_listed("Rows of overrides.csv that we couldn't use", own.problems),
        *_listed("Perhaps one student under two names", list(dict.fromkeys(twice))),
        *_listed("Results that can't be read, so grade these submissions again", term.unreadable),
    ]


def _having(results, what):
    return [one for one in results if one[what]]


def _with(one, words=""):
    return f"{one['student']}, {one['chapter']}{words and ': '}{words}"


def _listed(title, lines):
    if not lines:
        return []
    more = [f"  … and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [f"{title} ({len(lines)}):", *(f"  {line}" for line in lines[:SHOWN]), *more]


def course_lines(path):
    """The lines in a chapter's notebook, with its solutions and as students get it."""
    notebooks = nbformat.read(path, as_version=4), student_version(path)
    return {
        line for notebook in notebooks for cell in notebook.cells for line in _lines(cell.source)
    }


def lines(sources, course):
    """The lines in answers that aren't the course's own: a set of texts without their spaces."""
    found = (_lines(source) for source in sources.values() if source)
    return set().union(*found) - course


def _lines(source):
    found = (re.sub(r"\s+", "", line) for line in source.split("\n"))
    return {line for line in found if len(line) >= SHORT}


def mark_alike(results, own):
    """Add to the results' ``looks`` whose answers to a chapter are nearly the same.

    Args:
        own: ``lines`` by student and chapter.
    """
    found = collections.defaultdict(dict)
    for (student, chapter), one in sorted(own.items()):
        if len(one) >= ALIKE[0]:
            found[chapter][student] = one
    alike = {chapter: _Alike(one) for chapter, one in found.items()}
    for result in results:
        student, chapter = result["student"], result["chapter"]
        if student not in found[chapter]:
            continue
        names = list(itertools.islice(alike[chapter].to(student), NAMED + 1))
        if names:
            more = " and others" if len(names) > NAMED else ""
            words = f"nearly the same as {', '.join(names[:NAMED])}{more}"
            result["looks"] = [*result["looks"], words]


class _Alike:
    """Finds students with nearly the same lines, without comparing all with all.

    Two sets that share enough have a line in common even among the few rarest lines of one of them.
    """

    def __init__(self, lines):
        self._lines = lines  # of each student, in the order of the names
        self._having = collections.defaultdict(list)
        for student, own in lines.items():
            for line in own:
                self._having[line].append(student)

    def to(self, student):
        """The students whose lines are nearly the same, in order, as far as they're asked for."""
        mine = self._lines[student]
        rarest = sorted(mine, key=lambda line: (len(self._having[line]), line))
        enough = len(mine) - math.ceil(ALIKE[1] * len(mine) - 1e-9) + 1
        candidates = heapq.merge(*(self._having[line] for line in rarest[:enough]))
        for other, _ in itertools.groupby(candidates):
            theirs = self._lines[other]
            if other != student and len(mine & theirs) >= ALIKE[1] * len(mine | theirs):
                yield other
