"""The study's results as data: rows of the files in ``study/results``, and what ran them.

Pure reading, for what draws, quotes or goes on with a result; the study alone writes.
"""

import csv
import json
import math
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "study" / "results"
RUNS = "runs"  # beside the results, what ran each seed, and with which settings and code
SOLVED = 200  # the mean return at which the lander counts as solved


def names(folder: Path | None = None) -> list[str]:
    """The names of the files in a folder of results, without their ending."""
    return sorted(path.stem for path in Path(folder or RESULTS).glob("*.csv"))


def texts(name: str, folder: Path | None = None) -> list[dict[str, str]]:
    """The rows of ``folder/name.csv`` as dicts of strings; none if there is no such file."""
    path = Path(folder or RESULTS) / f"{name}.csv"
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rows(name: str, variant: str | None = None, folder: Path | None = None) -> list[dict]:
    """The rows of an experiment, or of one variant, with numbers where a column holds them.

    Raises:
        ValueError: there are none.
    """
    found = [
        {key: _parse(key, text) for key, text in row.items()}
        for row in texts(name, folder)
        if not variant or row["variant"] == variant
    ]
    if not found:
        which = f", variant {variant!r}" if variant else ""
        raise ValueError(f"the study has no results of {name}{which}")
    return found


def runs(name: str, folder: Path | None = None) -> list[dict]:
    """The runs of an experiment, one a seed, with ``settings`` as data and ``seed`` a number.

    ``code`` is the digest of the code that ran it, and empty where none was kept.
    """
    return [
        {"code": ""} | row | {"seed": int(row["seed"]), "settings": json.loads(row["settings"])}
        for row in texts(name, Path(folder or RESULTS) / RUNS)
    ]


def curves(name: str, variant: str | None = None) -> list[list[dict]]:
    """The rows of the choices of a snapshot, a list for each seed."""
    seeds = {}
    for row in rows(name, variant):
        if row.get("kind") == "selection":
            seeds.setdefault((row["variant"], row["seed"]), []).append(row)
    return list(seeds.values())


def judged(name: str, variant: str | None = None) -> list[dict]:
    """The rows that judge the seeds.

    Where there are curves, each has beside its columns ``steps_to_200`` and ``seconds_to_200``,
    when the seed's snapshots first had a mean of 200 or more, infinite if never; ``last``, the mean
    of the last of them; ``below``, the share of those after the first with 200 that fell below it,
    1 where none was later; and, of what promises a return, ``excess``: by how much the last ten
    promises were above what was measured, on average.
    """
    found = [row for row in rows(name, variant) if row.get("kind", "judging") == "judging"]
    courses = [_course(curve) for curve in curves(name, variant)] or [{}] * len(found)
    return [row | course for row, course in zip(found, courses)]


def first_solved(curve: list[dict]) -> dict | None:
    """The row of the first choice of a snapshot with a mean of 200 or more, or ``None``."""
    return next((row for row in curve if row["mean"] >= SOLVED), None)


def _parse(key, text):
    if key == "variant":  # a name, even where it looks like a number
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _course(curve):
    first = first_solved(curve) or {"step": math.inf, "seconds": math.inf}
    later = [row["mean"] < SOLVED for row in curve if row["step"] > first["step"]]
    course = {
        "steps_to_200": first["step"],
        "seconds_to_200": first["seconds"],
        "last": curve[-1]["mean"],
        "below": sum(later) / len(later) if later else 1.0,
    }
    if "promised" in curve[-1]:
        beyond = [row["promised"] - row["measured"] for row in curve[-10:]]
        course["excess"] = sum(beyond) / len(beyond)
    return course
