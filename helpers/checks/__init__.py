"""What tells a learner that an exercise is right, or which mistake it is.

A check takes what the learner made, tries it with numbers worked out by hand, and prints a line for
each thing that is right. The first thing that is wrong ends it with a ``Mistake`` whose message
says what was seen, what was expected, and which mistake makes that. No check compares with a
reference solution, so any right answer passes, however it is written.

A check is written as a generator: it yields what it found right, and calls ``wrong`` or one of
the functions below where something isn't.
"""

import functools
import json
import linecache
import traceback
from pathlib import Path
from typing import ClassVar

import numpy as np
from IPython import get_ipython

from helpers.checks.judging import Mistake, judge, unpacked
from helpers.checks.probing import observe

TABLES = Path(__file__).parent / "tables"


class Grading:
    """Where probes only note: ``seed`` is the grading's, ``notes`` are the latest."""

    seed = None
    notes: ClassVar = []


def exercise(probe):
    """Make a check of a probe, by the table of what right and wrong answers make of it."""
    stem = probe.__module__.rpartition(".")[2]
    failed = False

    @functools.cache
    def known():
        table = json.loads((TABLES / f"{stem}.json").read_text("utf-8"))
        return unpacked(table[probe.__name__])

    @functools.wraps(probe)
    def run(answer):
        nonlocal failed
        if Grading.seed is not None:
            Grading.notes = observe(probe, answer, Grading.seed)
            return
        again, failed = failed, True  # what mends it is said when it fails once more
        ticks = judge(observe(probe, answer), *known(), again)
        failed = False
        print("\n".join(f"✓ {tick}" for tick in ticks))

    run.probe, run.known = probe, known
    return run


def wrong(message):
    """End the check."""
    raise Mistake(message)


def check(function):
    """Make a check of a generator; whatever the learner's code raises is explained."""

    @functools.wraps(function)
    def run(*answers):
        try:
            ticks = list(function(*answers))
        except Mistake as mistake:
            raise mistake.with_traceback(None) from None
        except NotImplementedError:
            raise Mistake(
                "This is still the stub: replace the line that raises with your code, and run the "
                "cell again before this check."
            ) from None
        except (Exception, SystemExit) as error:
            raise Mistake(_explained(error)) from None
        print("\n".join(f"✓ {tick}" for tick in ticks))

    return run


def _explained(error):
    """An error of the learner's code, and the line of theirs it came from."""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not Path(frame.filename).exists()]  # cells are no files
    line = linecache.getline(theirs[-1].filename, theirs[-1].lineno).strip() if theirs else ""
    where = f" in the line `{line}`" if line else ""
    return f"Your code stopped with {what}{where}."


def _say_what_to_run(shell, kind, error, trace, tb_offset=None):
    """Show a ``NameError``: where a check was handed what doesn't exist yet, say what to do."""
    line = traceback.extract_tb(trace)[-1].line or ""
    if line.startswith("check."):
        shell._showtraceback(
            kind, error, [f"✗ There is no {error.name} yet. Run the cell above first."]
        )
    else:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


if shell := get_ipython():
    shell.set_custom_exc((NameError,), _say_what_to_run)


def repaired(does_the_same, seen):
    """The learner has changed what the program does that they were given to repair.

    Args:
        does_the_same: a function that tries the answer, and whether it does; what stops it is
            another mistake, which the check finds later.
        seen: what the program does, and what it should do, without the reason.
    """
    try:
        same = does_the_same()
    except (Exception, SystemExit):
        return
    if same:
        wrong(
            f"This still does what the code to repair does. {seen} Change the code in its cell, "
            "and run the cell again before this check."
        )


def function(name, answer):
    """``answer`` is something that can be called."""
    if not callable(answer):
        wrong(f"{name} must be a function, but it is {answer!r}.")


def numbers(what, seen, shape=()):
    """``seen`` as an array of that shape."""
    if seen is None:
        wrong(f"{what} is None: is there a return at the end?")
    try:
        array = np.asarray(seen, np.float64)
    except (TypeError, ValueError):
        text = repr(seen)
        text = text if len(text) <= 200 else f"{text[:200]} …"
        wrong(f"{what} must be numbers, but it is {text}.")
    if array.shape != shape:
        kind = "one number" if shape == () else f"of the shape {shape}"
        wrong(f"{what} must be {kind}, but it is of the shape {array.shape}: {_shown(array)}.")
    return array


def expect(what, seen, right, mistakes=(), tolerance=1e-5):
    """``seen`` is ``right``; if it is what a known mistake gives, say which.

    Args:
        what: a name for what is compared.
        mistakes: pairs of a value and the hint for who gets it.
    """
    right = np.asarray(right, np.float64)
    array = numbers(what, seen, right.shape)
    if np.allclose(array, right, rtol=tolerance, atol=tolerance):
        return
    hints = [hint for value, hint in mistakes if np.allclose(array, value, tolerance, tolerance)]
    hint = f" {hints[0]}" if hints else ""
    wrong(f"{what}: {_shown(array)} instead of {_shown(right)}.{hint}")


def _shown(array):
    shown = {"float_kind": "{:.4g}".format}
    return np.array2string(array, separator=", ", formatter=shown, threshold=50)
