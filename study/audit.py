"""The code and the settings that made the results, beside those of today."""

from collections import Counter
from functools import cache
from pathlib import Path

from course.code import digest, reached
from helpers import results

BY_HAND = {"tuning"}  # files of results that no experiment makes

MISSING = "missing"
CURRENT = "made by today's code"
STALE = "made by code that has changed since"
UNDATED = "made before digests were kept"
ORPHAN = "made with settings that no longer exist"
FINISHED = (CURRENT, STALE, UNDATED)


@cache
def code_of(run):
    """The digest of the code that ``run``, a text ``"module:function"``, reaches today."""
    return digest(reached(run.partition(":")[0]))


def states(name, experiment, folder=None):
    """The state of each ``(variant, seed)`` that the experiment asks for or has."""
    found = dict.fromkeys(experiment.runs(), MISSING)
    for run in results.runs(name, folder):
        key = run["variant"], run["seed"]
        if key not in found or run["settings"] != experiment.variants[run["variant"]]:
            found[key] = ORPHAN
        elif not run["code"]:
            found[key] = UNDATED
        else:
            found[key] = CURRENT if run["code"] == code_of(experiment.run) else STALE
    return found


def summary(name, experiment, folder=None):
    """The number of finished seeds, and the code that made them, in words."""
    counts = Counter(states(name, experiment, folder).values())
    done = sum(counts[state] for state in FINISHED)
    parts = [f"{done:3} of {len(experiment.runs()):3} seeds finished"]
    return ", ".join(parts + [f"{counts[state]} {state}" for state in counts if state != MISSING])


def by_other_code(name, experiment, folder=None):
    """The number of seeds that other code than today's made, in words; empty if none."""
    counts = Counter(states(name, experiment, folder).values())
    return ", ".join(f"{counts[s]} seeds {s}" for s in (STALE, UNDATED) if counts[s])


def orphans(experiments, folder=None):
    """Sentences about results whose experiment, variant, seed or settings no longer exist.

    A table, a figure or a number in a text that rests on them says what no command can make.
    """
    folder = Path(folder or results.RESULTS)
    names = {*results.names(folder), *results.names(folder / results.RUNS)} - BY_HAND
    sentences = []
    for name in sorted(names):
        if name in experiments:
            for variant in _unfounded(name, experiments[name], folder):
                sentences.append(
                    f"{name}.csv has rows of the variant {variant!r} that no run with the "
                    f"experiment's settings made: make study RUN={name} with --anew"
                )
        else:
            sentences.append(f"{name}.csv has rows of an experiment that doesn't exist: delete it")
    return sentences


def _unfounded(name, experiment, folder):
    """The variants with rows or runs that the experiment, as it is defined now, didn't make."""
    found = states(name, experiment, folder)
    there = {(row["variant"], int(row["seed"])) for row in results.texts(name, folder)}
    there |= {key for key, state in found.items() if state == ORPHAN}
    return sorted({key[0] for key in there if found.get(key) not in FINISHED})
