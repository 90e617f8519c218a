"""The roster of a class: it joins the names in a download to ids and addresses."""

import itertools
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from coursework import outside
from coursework.outside import NAME, plain

# The columns, by what systems call them in their own exports.
COLUMNS = {
    "id": ["id", "student id", "id number", "sis user id", "sid", "orgdefinedid"],
    "name": ["name", "student", "full name", "student name"],
    "first": ["first name", "firstname", "given name"],
    "last": ["last name", "lastname", "surname", "family name"],
    "email": ["email", "email address", "e-mail", "mail"],
    "login": ["sis login id", "login id", "username", "user name", "login"],
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A student on the roster; ``student`` is the name, with the id where two share one."""

    student: str
    id: str
    name: str
    email: str
    logins: tuple[str, ...] = ()


class Roster:
    """The students of a class, and which of them handed in something."""

    def __init__(self, people):
        self.people = people
        self._found = set()
        self._by_id, self._by_name, self._by_joined = {}, {}, {}
        for person in people:
            for one in {person.id, person.email, person.email.partition("@")[0], *person.logins}:
                self._by_id.setdefault(one.casefold(), set()).add(person)
            words = _words(person.name)
            self._by_name.setdefault(frozenset(words), set()).add(person)
            for order in itertools.permutations(words[:5]):  # as Canvas writes a name
                self._by_joined.setdefault("".join(order), set()).add(person)
        self._by_id.pop("", None)

    @classmethod
    def read(cls, path):
        """The roster in a CSV file with the columns id, name and email.

        Raises:
            ValueError: the file can't be read, or has no column of names.
        """
        rows = [row for _, row in outside.rows(path, "ROSTER")]
        head = [cell.strip().casefold() for cell in rows[0]] if rows else []
        places = {
            what: next((head.index(name) for name in names if name in head), None)
            for what, names in COLUMNS.items()
        }
        if places["name"] is None and (places["first"] is None or places["last"] is None):
            raise ValueError(
                f"ROSTER must have a first line that names its columns, such as id,name,email, but "
                f"{Path(path).name} begins with {','.join(head)[:80]!r}"
            )
        found = [_person(row, places) for row in rows[1:] if any(cell.strip() for cell in row)]
        people = [person for person in found if person[1]]
        names = [name for _, name, *_ in people]
        return cls(
            [
                Person(f"{name} ({id})" if names.count(name) > 1 and id else name, id, name, *rest)
                for id, name, *rest in people
            ]
        )

    def find(self, student, ids):
        """The person that a name or one of the ids means, or ``None`` if that isn't clear."""
        keys = [one.casefold() for one in (*ids, student)]
        candidates = [self._by_id.get(key, set()) for key in keys]
        candidates += [self._by_name.get(frozenset(_words(student)), set())]
        candidates += [self._by_joined.get("".join(_words(student)), set())]
        for found in candidates:
            if len(found) == 1:
                [person] = found
                self._found.add(person)
                return person
        return None

    def has(self, submission):
        """Is a submission's student on the roster?"""
        return any(person.student == submission.student for person in self._found)

    def absent(self):
        """The students who handed in nothing."""
        return [one.student for one in self.people if one not in self._found]


def _person(row, places):
    """The id, name, email and logins in a row."""
    cells = {
        what: plain(row[place].strip(), NAME) if place is not None and place < len(row) else ""
        for what, place in places.items()
    }
    name = cells["name"] or f"{cells['first']} {cells['last']}".strip()
    return cells["id"], name, cells["email"], (cells["login"],) if cells["login"] else ()


def _words(name):
    """The words of a name in small letters without accents: ``gil`` and ``jose`` of Gil, José."""
    plain_letters = unicodedata.normalize("NFKD", name.casefold())
    text = "".join(letter for letter in plain_letters if not unicodedata.combining(letter))
    return re.findall(r"[^\W_]+", text)
