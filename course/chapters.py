"""The one list of chapters, ``notebooks/chapters.toml``, and the tables that are rendered from it.

``python -m course.chapters`` writes those tables into the README and the instructor's guide anew.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import nbformat

from course.code import ROOT
from course.tables import markdown, put

NOTEBOOKS = ROOT / "notebooks"


@dataclass(frozen=True)
class Chapter:
    """A chapter, and where everything of it is; ``notebooks/chapters.toml`` explains the fields."""

    number: int
    stem: str
    title: str
    promise: str
    builds: str
    minutes: int
    folder: Path
    highlighted: tuple[str, ...] = ()
    constants: str = ""

    @property
    def name(self):
        """Such as ``"03_dqn"``."""
        return f"{self.number:02}_{self.stem}"

    @property
    def path(self):
        """Its notebook."""
        return self.folder / f"{self.name}.ipynb"

    @property
    def heading(self):
        """Its title behind its number."""
        return f"{self.number}. {self.title}"

    def points(self):
        """The points of each exercise, by the grade id of its check."""
        cells = nbformat.read(self.path, as_version=4).cells
        grading = [cell.metadata.get("nbgrader", {}) for cell in cells if cell.cell_type == "code"]
        return {one.grade_id: one.points for one in grading if one.get("grade")}


def read(folder=NOTEBOOKS):
    """The chapters that ``chapters.toml`` in a folder of notebooks lists, in their order."""
    listed = tomllib.loads((folder / "chapters.toml").read_text("utf-8"))["chapter"]
    return [Chapter(number=n, folder=folder, **fields) for n, fields in enumerate(listed, 1)]


CHAPTERS = read()


def find(number):
    """The chapter of a number such as 3 or ``"03"``.

    Raises:
        ValueError: there is no such chapter.
    """
    for one in CHAPTERS:
        if str(number).zfill(2) == f"{one.number:02}":
            return one
    known = ", ".join(f"{one.number:02}" for one in CHAPTERS)
    raise ValueError(f"CHAPTER must be one of {known}, but it is {number!r}")


def named(name):
    """The chapter of a name such as ``"03_dqn"``."""
    return next(one for one in CHAPTERS if one.name == name)


def contents():
    """The README's table of chapters."""
    rows = [
        [one.number, f"[{one.title}](notebooks/{one.path.name})", one.builds, f"`{one.stem}`"]
        for one in CHAPTERS
    ]
    return markdown(["", "chapter", "what you build", "its code in `helpers`"], rows)


def points():
    """The instructor's table of exercises and points."""
    rows = [[one.name, len(one.points()), sum(one.points().values())] for one in CHAPTERS]
    return markdown(["chapter", "exercises", "points"], rows)


def texts():
    """The text that each file with such a table must have, by its path."""
    tables = {
        ROOT / "README.md": ("chapters", contents()),
        ROOT / "coursework" / "README.md": ("points", points()),
    }
    return {path: put(path.read_text("utf-8"), *table) for path, table in tables.items()}


def main():
    for path, text in texts().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
