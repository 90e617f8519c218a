"""Numbers from the results, by the names that texts quote them with.

``fact("noise.csv/none:mean:median")`` is a file, a variant, a column and a statistic over the
seeds; the variant may be left out where there is one, and ``@5`` behind it all takes the first five
seeds. Rows that judge a seed count, and beside their columns ``seconds_to_200`` and
``steps_to_200``: when the seed's snapshots first had a mean of 200 or more, infinite if never.
"""

import math

import numpy as np

from helpers import drawing

SOLVED = 200  # the mean return at which the lander counts as solved

STATISTICS = {
    "median": np.median,
    "min": min,
    "max": max,
    "count": len,
    "solved": lambda values: sum(value >= SOLVED for value in values),
}


def curves(name, variant=None):
    """The rows of the choices of a snapshot, a list for each seed."""
    seeds = {}
    for row in _rows(name, variant):
        if row.get("kind") == "selection":
            seeds.setdefault((row["variant"], row["seed"]), []).append(row)
    return list(seeds.values())


def judged(name, variant=None):
    """The row that judges a seed, one for each, with what its curve says about speed."""
    rows = [row for row in _rows(name, variant) if row.get("kind", "judging") == "judging"]
    if not rows:
        raise ValueError(f"the study has no results of {name} {variant or ''}")
    speeds = [_speed(curve) for curve in curves(name, variant)] or [{}] * len(rows)
    return [row | speed for row, speed in zip(rows, speeds)]


def first_solved(curve):
    """The row of the first choice of a snapshot with a mean of 200 or more, or ``None``."""
    return next((row for row in curve if row["mean"] >= SOLVED), None)


def values(name, column, variant=None):
    """A column of what judges the seeds."""
    return [row[column] for row in judged(name, variant)]


def fact(text):
    """The number of that name.

    Raises:
        ValueError: there is no such file, variant, column or statistic.
    """
    try:
        place, column, statistic = text.split(":")
        statistic, _, count = statistic.partition("@")
        name, _, variant = place.partition("/")
        found = values(name.removesuffix(".csv"), column, variant)
        return float(STATISTICS[statistic](found[: int(count)] if count else found))
    except (KeyError, FileNotFoundError, ValueError) as error:
        raise ValueError(f"there is no fact {text!r}: {error}") from error


def _rows(name, variant):
    rows = drawing.study_results(f"{name}.csv")
    return [row for row in rows if not variant or row["variant"] == variant]


def _speed(curve):
    row = first_solved(curve) or {"step": math.inf, "seconds": math.inf}
    return {"steps_to_200": row["step"], "seconds_to_200": row["seconds"]}
