"""The page of a class: how it stands, which mistakes it made most, and who needs help.

It is one file without scripts, made with Jinja in the colours of the course's site. Whatever is
from outside is escaped by Jinja, all of it, and the only markup that passes is ``outside.prose``'s.
"""

import collections
import statistics
import urllib.parse
from pathlib import Path

import jinja2

from course.chapters import named
from course.code import ROOT
from coursework import outside
from coursework.term import kept_at
from helpers.checks.judging import STUB, UNREPAIRED

MISTAKES = 8  # of a chapter, those made most
NAMES = 40  # students in a list
HALF = 0.5  # of the points, below which a student needs help
LOGO = ROOT / "docs" / "_static" / "favicon.svg"


def page(results, plans, known, notes):
    """The page as HTML.

    Args:
        results: all of the term, that ``points.settled`` made.
        plans: steps by the chapter's name.
        known: of the class, by ``Term.known``.
        notes: lines of ``report.of_term``.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"prose": outside.prose, "number": _number}
    by_chapter = {name: [one for one in results if one["chapter"] == name] for name in plans}
    graded = {name: found for name, found in by_chapter.items() if found}
    students = {one["student"] for one in results} | {one["student"] for one in known["roster"]}
    return environment.get_template("class.html.j2").render(
        logo=LOGO.read_text("utf-8").partition("?>")[2] or LOGO.read_text("utf-8"),
        size=len(students),
        roster=bool(known["roster"]),
        chapters=[_chapter(name, found, plans[name], known) for name, found in graded.items()],
        help=_help(results, students, list(graded)),
        unread=_unread(results, known),
        broken=[_linked(one, one["problem"]) for one in results if one["problem"]],
        late=[_linked(one, _lateness(one)) for one in results if one["late"]],
        looks=[_linked(one, "; ".join(one["looks"])) for one in results if one["looks"]],
        waiting=[link for one in results for link in _waiting(one)],
        notes=notes,
        names=NAMES,
    )


def _number(value):
    """A number as short as it can be: 7, 7.5."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _address(one, anchor=""):
    path = kept_at(one["student"], one["chapter"], "").with_suffix(".html")
    return urllib.parse.quote(path.as_posix()) + anchor


def _linked(one, words="", anchor=""):
    return {
        "student": one["student"],
        "chapter": one["chapter"],
        "address": _address(one, anchor),
        "words": words,
    }


def _chapter(name, found, steps, known):
    """All that the page says of a chapter."""
    read = [one for one in found if not one["problem"]]
    of = found[0]["of"]
    handed = {one["student"] for one in found}
    return {
        "name": name,
        "heading": named(name).heading,
        "handed": len(handed),
        "absent": [one["student"] for one in known["roster"] if one["student"] not in handed],
        "read": len(read),
        "of": of,
        "full": sum(one["total"] >= of for one in read),
        "median": statistics.median(one["total"] for one in read) if read else None,
        "late": sum(one["late"] for one in found),
        "bars": _distribution([one["total"] for one in read], of),
        "exercises": _exercises(read, steps),
        "mistakes": _mistakes(read),
    }


def _distribution(totals, of):
    """The numbers of students by whole points, with the height of each bar in percent."""
    counts = collections.Counter(min(int(total), int(of)) for total in totals)
    most = max(counts.values(), default=1)
    return [
        {"points": points, "count": counts[points], "height": 100 * counts[points] / most}
        for points in range(int(of) + 1)
    ]


def _exercises(read, steps):
    """The exercises, the hardest first: how many solved it, and how many didn't begin it."""
    rows = []
    for step in steps:
        if step.kind == "test" and read:
            solved = sum(one["points"][step.id] >= step.points for one in read)
            blank = sum(_hint(one, step.id) in (STUB, UNREPAIRED) for one in read)
            rows.append(
                {
                    "name": step.id.removeprefix("check_"),
                    "points": step.points,
                    "solved": solved,
                    "blank": blank,
                    "wrong": len(read) - solved - blank,
                    "share": 100 * solved / len(read),
                }
            )
    return sorted(rows, key=lambda row: row["share"])


def _hint(one, test):
    return one.get("mistakes", {}).get(test, [""])[0]


def _mistakes(read):
    """The mistakes that most students made, each with the sentence to say, and who made it."""
    found = collections.defaultdict(list)
    for one in read:
        for test, words in one["words"].items():
            hint = _hint(one, test)
            if hint not in (STUB, UNREPAIRED) and not one["points"][test]:
                found[test, hint or _first_sentence(words)].append(one)
    most = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:MISTAKES]
    return [
        {
            "exercise": test.removeprefix("check_"),
            "sentence": sentence,
            "mend": next(filter(None, (_mend(one, test) for one in ones)), ""),
            "count": len(ones),
            "share": 100 * len(ones) / len(read),
            "students": [_linked(one, anchor=f"#{test}") for one in ones],
        }
        for (test, sentence), ones in most
    ]


def _mend(one, test):
    return (one.get("mistakes", {}).get(test) or ["", ""])[1]


def _first_sentence(words):
    """What is common to those who made a mistake that has no hint: its words without details."""
    return words.partition(". ")[0].partition(": ")[0].rstrip(".") + "."


def _help(results, students, chapters):
    """The students with less than half of the points so far, fewest first."""
    own = collections.defaultdict(dict)
    most = {}
    for one in results:
        own[one["student"]][one["chapter"]] = one
        most[one["chapter"]] = one["of"]
    of = sum(most.values())
    rows = []
    for student in students:
        total = sum(one["total"] for one in own[student].values())
        if total < HALF * of:
            missing = [name for name in chapters if name not in own[student]]
            pages = [_linked(own[student][name]) for name in chapters if name in own[student]]
            row = {"student": student, "total": total, "of": of, "missing": missing, "pages": pages}
            rows.append(row)
    return sorted(rows, key=lambda row: (row["total"], row["student"]))


def _unread(results, known):
    """Names and reasons of what wasn't read, in the latest time of each download."""
    for download, said in known["downloads"].items():
        for name, why in said["unread"]:
            yield {"name": outside.plain(name), "why": why, "where": download}
    for one in results:
        for name, why in one["unread"]:
            yield {"name": name, "why": why, "where": one["student"]}


def _lateness(one):
    if not one["days"]:
        return "counted as in time"
    days = "a day" if one["days"] == 1 else f"{_number(one['days'])} days"
    return f"{days}, costs {_number(one['off'])} points" if one["off"] else f"{days}, costs nothing"


def _waiting(one):
    """The predictions that have a text and no points by hand."""
    for name, text in one["predictions"].items():
        if text and name not in one["hand"]:
            yield _linked(one, name.replace("_", " "), f"#comment-{name}")
