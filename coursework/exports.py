"""Tables that the gradebooks of Canvas and Moodle import, with the columns that these ask for.

- Canvas matches a student by ``ID``, its own number, then by the SIS' ids, then by the name. It
  takes each further column for an assignment of that name.
- Moodle's gradebook matches by an address or an id number, and asks which column is which.
- Moodle's *offline grading worksheet* of an assignment matches by ``Participant`` and the number
  that stands in the names of a download, so it needs no roster.
"""

from coursework import naming, outside

FOLDER = "exports"


def write_all(results, known, folder):
    """Write the tables of all chapters that were graded.

    Args:
        results: that ``points.settled`` made.
        known: of the class, by ``Term.known``.
        folder: of the term.
    """
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    roster = {one["student"]: one for one in known["roster"]}
    chapters = sorted({one["chapter"] for one in results})
    by_student = {}
    for one in results:
        by_student.setdefault(one["student"], {})[one["chapter"]] = one
    outside.table(place / "canvas.csv", _canvas(by_student, chapters, roster))
    outside.table(place / "moodle.csv", _moodle(by_student, chapters, roster))
    for chapter in chapters:
        rows = [row for one in results if one["chapter"] == chapter for row in _participant(one)]
        if rows:
            head = ["Identifier", "Full name", "Email address", "Grade", "Maximum grade",
                    "Last modified (grade)"]  # fmt: skip
            outside.table(place / f"moodle_{chapter}.csv", [head, *rows])


def _columns(by_student, chapters):
    """The name of each column, the most points, and what gives a student's points in it.

    Predictions are a column of their own where a chapter has points by hand for them.
    """
    for chapter in chapters:
        found = [own[chapter] for own in by_student.values() if chapter in own]
        yield chapter, found[0]["of"], lambda one: one["total"]
        if any(one["hand"] for one in found):
            most = 4 * len(found[0]["predictions"])
            yield f"{chapter} predictions", most, lambda one: sum(one["hand"].values())


def _values(own, columns):
    ones = [(own.get(name.partition(" ")[0]), value) for name, _, value in columns]
    return [value(one) if one and _counts(one) else "" for one, value in ones]


def _counts(one):
    """Whether it has points: what couldn't be graded stays open until it gets some by hand."""
    return not one["problem"] or one["changed"]


def _canvas(by_student, chapters, roster):
    columns = list(_columns(by_student, chapters))
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(one[0] for one in columns)]
    yield ["    Points Possible", "", "", "", "", *(one[1] for one in columns)]
    for student, own in by_student.items():
        person = roster.get(student, {})
        number = next(filter(None, map(_canvas_number, own.values())), "")
        login = next(iter(person.get("logins", [])), "")
        yield [student, number, person.get("id", ""), login, "", *_values(own, columns)]


def _moodle(by_student, chapters, roster):
    columns = list(_columns(by_student, chapters))
    yield ["Full name", "ID number", "Email address", *(one[0] for one in columns)]
    for student, own in by_student.items():
        person = roster.get(student, {})
        email = next((one["email"] for one in own.values() if one["email"]), "")
        yield [student, person.get("id", ""), email, *_values(own, columns)]


def _canvas_number(result):
    """Canvas' own number of a student, as it stands in the name of the file that counted."""
    frame = naming.frame(result["file"].partition("/")[0])
    return frame.ids[0] if frame and frame.system == "Canvas" else ""


def _participant(result):
    """The row of a student in a worksheet of Moodle's, if the file came from there."""
    frame = naming.frame(result["file"].partition("/")[0])
    if frame and frame.system == "Moodle" and frame.ids:
        number = f"Participant {frame.ids[0]}"
        points = result["total"] if _counts(result) else ""
        return [[number, result["student"], result["email"], points, result["of"], ""]]
    return []
