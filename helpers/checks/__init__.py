"""The checks: they tell a learner that an exercise is right, or which mistake it is.

A check is a probe and a judgement. The probe (``probing``, with the worlds of ``toolbox``) tries
what the learner made and notes what it sees; the judgement (``judging``) compares the notes with
those of a right answer and of the known mistakes, which are in ``tables``. It prints a line for
each thing that is right, or ends with a ``Mistake`` that says what was seen, what was expected, and
which mistake makes that. A right answer passes, however it is written.

The tables are made from ``coursework.answers``, where each known mistake has its hint.
"""

import functools
import json
import sys
import traceback
from pathlib import Path
from typing import ClassVar

from IPython import get_ipython

from helpers import yours
from helpers.checks.judging import Mistake, judge, unpacked
from helpers.checks.probing import observe

TABLES = Path(__file__).parent / "tables"
STUCK = 3  # failures of a check, after which it offers the course's answer


class Grading:
    """The state of a grading, in which probes only note; ``notes`` are the latest."""

    seed = None
    notes: ClassVar = []


def exercise(probe):
    """Make a check of a probe, by the table of what right and wrong answers make of it."""
    stem = probe.__module__.rpartition(".")[2]
    tries = 0

    @functools.cache
    def known():
        table = json.loads((TABLES / f"{stem}.json").read_text("utf-8"))
        return unpacked(table[probe.__name__])

    @functools.wraps(probe)
    def run(answer):
        nonlocal tries
        if Grading.seed is not None:
            Grading.notes = observe(probe, answer, Grading.seed)
            return
        tries += 1
        try:
            # The line that mends it comes when the check fails once more.
            ticks = judge(observe(probe, answer), *known(), again=tries > 1)
        except Mistake as mistake:
            offer = yours.stuck(probe.__name__) if tries >= STUCK else ""
            raise Mistake(" ".join(filter(None, [str(mistake), offer]))) from None
        tries = 0
        print(_printable("\n".join(f"✓ {tick}" for tick in ticks)))
        yours.keep(stem, probe.__name__, answer)

    run.probe, run.known = probe, known
    return run


def _printable(text):
    """The text in letters that stdout has, which outside of notebooks may lack a ✓ or a γ."""
    letters = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(letters, "replace").decode(letters)


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
