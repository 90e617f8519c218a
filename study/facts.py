"""Numbers from the results, by the names that texts quote them with.

``fact("noise.csv/none:mean:median")`` is a file, a variant, a column and a statistic over the
seeds; the variant may be left out where there is one, and ``@5`` behind it all takes the first five
seeds. Rows that judge a seed count, with what ``helpers.results.judged`` adds to their columns.
"""

import numpy as np

from helpers.results import SOLVED, judged

STATISTICS = {
    "median": np.median,
    "min": min,
    "max": max,
    "count": len,
    "solved": lambda values: sum(value >= SOLVED for value in values),
}


def values(name, column, variant=None):
    """A column of what judges the seeds."""
    return [row[column] for row in judged(name, variant)]


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
