"""Numbers from the results, by the names that texts quote them with.

``fact("noise.csv/none:mean:median")`` is a file, a variant, a column and a statistic over the
seeds; the variant may be left out where there is one, and ``@5`` behind it all takes the first five
seeds. Rows that judge a seed count, with what ``judgements`` adds to their columns.
"""

import math

import numpy as np

from helpers.results import SOLVED, curves, first_solved, judged

STATISTICS = {
    "median": np.median,
    "min": min,
    "max": max,
    "count": len,
    "solved": lambda values: sum(value >= SOLVED for value in values),
}


def judgements(name, variant=None):
    """The rows of ``helpers.results.judged``, with the seconds that training took.

    ``training`` counts all of it, ``training_to_200`` what went before the first snapshot with a
    mean of 200, infinite if none had it. The flights that choose the course's snapshots are among
    them. Another library's are not, since it trains no further while it flies them.
    """
    found = judged(name, variant)
    for row, curve in zip(found, curves(name, variant)):
        first = first_solved(curve)
        row["training"] = _training(curve[-1])
        row["training_to_200"] = _training(first) if first else math.inf
    return found


def _training(row):
    timed = row.get("seconds", "") != ""
    return row["seconds"] - row.get("evaluating", 0) if timed else math.nan


def values(name, column, variant=None):
    """A column of what judges the seeds, of those that have it."""
    return [row[column] for row in judgements(name, variant) if row[column] != ""]


def fact(text):
    """Look up the number of that name.

    Raises:
        ValueError: there is no such file, variant, column or statistic.
    """
    try:
        place, column, statistic = text.split(":")
        statistic, _, count = statistic.partition("@")
        name, _, variant = place.partition("/")
        found = values(name.removesuffix(".csv"), column, variant)
        return float(STATISTICS[statistic](found[: int(count)] if count else found))
    except (KeyError, ValueError) as error:
        raise ValueError(f"there is no fact {text!r}: {error}") from error
