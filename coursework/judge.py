"""Judges a chapter that was rebuilt with a student's answers, in a kernel that is shut in.

In the kernel a probe tries the answer, with numbers drawn from the seed of this grading, and only
notes what it sees. The notes come out as JSON, and are judged here, where no student's code ever
was: compared with those that the right answer makes of the same numbers. What is expected never
exists in the kernel of the answer that is judged.
"""

import ast
import json
from dataclasses import dataclass

import helpers  # noqa: F401 (it silences TensorFlow, which the known answers' modules load)
from coursework import outside, warm
from coursework.answers import check, mistake, right
from coursework.kernel import LATE, START, Shut
from helpers.checks.judging import Mistake

NOTEBOOK = 60  # seconds for all cells of a student
CELL = 12  # seconds for one of them, and for a test
WORDS = 500  # letters of a verdict

OBSERVED = """
import sys
for name in [name for name in sys.modules if name.startswith("helpers.checks")]:
    del sys.modules[name]
from helpers.checks import {stem} as check
import helpers.checks
helpers.checks.Grading.seed = {seed}
"""
NOTES = "__import__('json').dumps(__import__('helpers.checks').checks.Grading.notes)"
ASKS = (
    "Your code asks for input with `input()`, but there is no keyboard when we grade. No exercise "
    "needs it, so take it out."
)
UNREADABLE = "The check's notes on this exercise can't be read."


class GraderError(RuntimeError):
    """The grader, or the machine it runs on, failed before a student's code ran."""


@dataclass
class Verdict:
    """The points of an exercise, and the reason in words; ``late`` if its time was over.

    Of a known mistake, ``hint`` says it to whoever makes it, and ``mend`` is the line that mends
    it.
    """

    points: float
    words: str
    late: bool = False
    hint: str = ""
    mend: str = ""

    def __post_init__(self):
        self.words = outside.plain(self.words, WORDS)
        self.hint = outside.plain(self.hint, WORDS)
        self.mend = outside.plain(self.mend, WORDS)


def _mistake(notes, right_notes, known):
    """The mistake in notes that may be forged, or ``None`` if they are right."""
    try:
        return mistake(notes, right_notes, known, True)
    except Exception:  # whatever is in them
        return Mistake(UNREADABLE)


def judge(stem, steps, answers, kind, release, seed, judged=None):
    """The verdict of each test, by its grade id.

    Args:
        stem: the chapter's, such as ``gym_api``.
        steps: the chapter's ``rebuild.plan``.
        answers: the student's ``rebuild.Answers``.
        kind: of isolation.
        release: the folder of the chapter's release.
        seed: of the numbers that probes hand out.
        judged: verdicts that stand already.
    """
    return _Judging(stem, steps, answers, kind, release, seed).verdicts(judged or {})


class _Judging:
    def __init__(self, stem, steps, answers, kind, release, seed):
        self.stem = stem
        self.steps = [step for step in steps if step.kind != "prediction"]
        self.answers = answers.sources
        self.faults = answers.faults
        self.kind = kind
        self.release = release
        self.seed = seed
        self.solutions = {step.id: step.source for step in steps if step.kind == "solution"}
        self.libraries = warm.libraries(steps)
        self.left = NOTEBOOK

    def verdicts(self, judged):
        """The verdict of each test; those that stand already aren't tried again."""
        tests = [step for step in self.steps if step.kind == "test"]
        found = {step.id: judged.get(step.id) or self._without_running(step) for step in tests}
        for _ in self.steps:  # each kernel that ends early has judged a test at least
            if None not in found.values() or self.left <= 0:
                break
            with Shut(self.kind, self.release, self.libraries) as kernel:
                self._one_kernel(kernel, found)
        late = Verdict(
            0, f"The notebook took more than {NOTEBOOK} seconds, or ended its kernel.", True
        )
        return {name: verdict or late for name, verdict in found.items()}

    def _without_running(self, step):
        if self.answers[step.solution] is None:
            return Verdict(0, "The exercise's cell is missing from the notebook.")
        if step.solution in self.faults:
            return Verdict(0, self.faults[step.solution])
        return None

    def _one_kernel(self, kernel, found):
        """Run the cells in order, until all is judged or the kernel has ended."""
        if kernel.dead:
            raise GraderError(f"no kernel starts in this isolation: {self.kind}")
        innocent = self.left == NOTEBOOK  # until a student's code ran
        ended = None  # the solution cell whose tests may be done
        for step in self.steps:
            if step.kind != "test" and ended:
                # Later exercises build on the right answer, whatever this one was. It comes after
                # all tests of its cell, so that it never stands in for the student's.
                self._run(kernel, self.solutions[ended])
                ended = None
            if step.kind == "setup":
                ran = kernel.run(step.source, START)
                if ran.status != "ok" and innocent:
                    raise GraderError(f"the chapter's setup ended with {ran.error}: {ran.message}")
            elif step.kind == "solution":
                innocent, ended, open_ = False, step.id, self._open(step, found)
                ran = self._run(kernel, self.answers[step.id]) if open_ else None
                if ran and ran.status != "ok":
                    where = "The exercise's cell"
                    self._close(open_, found, self._ended(ran, where, self.answers[step.id]))
            elif found[step.id] is None:
                found[step.id] = self._test(kernel, step, self.answers[step.solution])
            if kernel.dead:
                return

    def _open(self, solution, found):
        """The tests of a solution cell that aren't judged yet."""
        return [
            step.id
            for step in self.steps
            if step.kind == "test" and step.solution == solution.id and found[step.id] is None
        ]

    def _close(self, tests, found, verdict):
        found.update(dict.fromkeys(tests, verdict))

    def _ended(self, ran, where, answer):
        """The verdict where code didn't end well; of the student's error only what may be said."""
        if ran.status == "dead":
            return Verdict(0, f"{where} ended early, because {ran.message}.", ran.message == LATE)
        if "StdinNotImplementedError" in ran.error:
            return Verdict(0, ASKS)
        error = outside.kind_of(ran.error, answer)
        words = outside.words_of(ran.message, answer)
        return Verdict(0, f"{where} stopped with {error}{words and ': '}{words}.")

    def _test(self, kernel, step, answer):
        exercise = step.id.removeprefix("check_")
        notes, ended = self._notes(kernel, step, self.seed, answer)
        if ended:
            return ended
        right_notes = right(self.stem, exercise, self.seed)
        if not _mistake(notes, right_notes, []):
            return Verdict(step.points, "")
        latest = notes[-1].get("error") if notes else ""
        if latest == "StdinNotImplementedError":
            return Verdict(0, ASKS)
        found = self._named(notes, right_notes, [], answer) or Mistake(UNREADABLE)
        if latest == "TimeoutError":
            return Verdict(0, str(found), True)
        # The words are those that the student sees, with the numbers of the notebook.
        notes, ended = self._notes(kernel, step, 0, answer)
        if ended:
            return ended
        found = self._named(notes, *check(self.stem, exercise).known(), answer) or found
        return Verdict(0, str(found), hint=found.hint, mend=found.mend)

    def _named(self, notes, right_notes, known, answer):
        """The mistake, in whose words the student's own are only what the answer says."""
        try:
            notes = outside.harmless(notes, right_notes, known, answer)
        except Exception:  # whatever is in them
            return Mistake(UNREADABLE)
        return _mistake(notes, right_notes, known)

    def _notes(self, kernel, step, seed, answer):
        """The probe's notes on the names as they are now, or the verdict where there are none."""
        fresh = self._run(kernel, OBSERVED.format(stem=self.stem, seed=seed))
        ran = self._run(kernel, step.source, NOTES) if fresh.status == "ok" else fresh
        if ran.error == "NameError":
            name = outside.words_of(ran.message, step.source + answer)
            return [], Verdict(
                0, f"The exercise's cell doesn't define what the check needs{name and ': '}{name}."
            )
        if ran.status != "ok":
            return [], self._ended(ran, "The test", answer)
        try:
            notes = json.loads(ast.literal_eval(ran.value))
        except Exception:  # whatever a forger hands in
            return [], Verdict(0, UNREADABLE)
        if isinstance(notes, list) and all(isinstance(note, dict) for note in notes):
            return notes, None
        return [], Verdict(0, UNREADABLE)

    def _run(self, kernel, source, *expression):
        ran = kernel.run(source, min(CELL, max(self.left, 1)), *expression)
        self.left -= ran.seconds
        return ran
