"""The second half of a check: it judges what a probe noted.

The notes are compared with those of a right answer, and with those that known mistakes make: as a
whole, so that two mistakes that agree in one number are told apart by the next. What is no known
mistake goes through rules that hold for every exercise.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

Notes = list[dict[str, Any]]
LINE = 80  # letters of numbers, beyond which only the first wrong one is shown
TOLD = 40  # letters of an error's message that tell errors apart
SHOWN = "line", "shown"  # the learner's own words, by which nothing is told apart
CONVERT = {  # what is asked for, and what came
    ("int", "int64"): "Turn NumPy's number into Python's with `int(…)`.",
    ("int", "float"): "Turn it into a whole number with `int(…)`.",
    ("int", "float64"): "Turn it into a whole number with `int(…)`.",
    ("float32", "float64"): "Networks take float32.",
}
STUB = (
    "This is still the stub. Replace the line that raises with your code, and run the cell again "
    "before this check."
)
UNREPAIRED = (
    "This still does what the code to repair does. Change the code in its cell, and run the cell "
    "again before this check."
)
FIXED = "what", "tolerance", "given", "why", "still", "optimizer"  # as the probe gives them


class Mistake(AssertionError):  # noqa: N818 (learners read its name)
    """A mistake in an answer, in words for its author.

    ``hint`` is the part of the words that holds for all who make it, and ``mend`` the line that
    mends it, where the check knows them.
    """

    def __init__(self, words: str = "", hint: str = "", mend: str = ""):
        super().__init__(words)
        self.hint, self.mend = hint, mend

    def _render_traceback_(self):  # what Jupyter shows in place of a traceback
        return [f"✗ {self}"]


def judge(
    notes: Notes, right: Notes, known: list[dict[str, Any]], again: bool = False
) -> list[str]:
    """The lines of praise for the notes of a right answer.

    Args:
        notes: of the answer.
        right: of a right answer to the same probe, with the same seed.
        known: mistakes, each with a ``hint``, the line that mends it, and its ``notes``.
        again: say also what mends it.

    Raises:
        Mistake: the answer isn't right.
    """
    place = next(_differences(notes, right), None)
    if place is None:
        return [note["tick"] for note in right if "tick" in note]
    if (notes[-1].get("error"), notes[-1].get("message")) == ("NotImplementedError", ""):
        raise Mistake(STUB, STUB)
    seen = notes[place] if place < len(notes) else {}
    expected = right[place] if place < len(right) else {}
    if "refused" in seen:
        raise Mistake(str(seen["refused"]))
    one = _recognised(notes, place, right, known)
    if one and one["hint"] == UNREPAIRED:
        raise Mistake(UNREPAIRED, UNREPAIRED)
    hint = one["hint"] if one else _rule(seen, expected, notes, right)
    mend = one["mend"] if one else ""
    words = _shown(seen, expected), hint, mend if again else ""
    raise Mistake(" ".join(filter(None, words)), hint, mend)


def _recognised(notes, place, right, known):
    """The known mistake that makes these notes, or begins as they do."""
    whole = [one for one in known if next(_differences(notes, one["notes"]), None) is None]
    # The second mistake of an answer with two doesn't keep the first from being named.
    first = [
        one
        for one in known
        if next(_differences(one["notes"], right), None) == place
        and place < len(notes)
        and place < len(one["notes"])
        and _same(notes[place], one["notes"][place])
    ]
    for found in (whole, first):
        if len({one["hint"] for one in found}) == 1:
            return found[0]
    return None


def packed(right: Notes, known: list[dict[str, Any]]) -> dict[str, Any]:
    """An exercise for a table, with only those notes of each known mistake that aren't right."""
    return {"right": right, "known": [one | {"notes": _odd(one["notes"], right)} for one in known]}


def _odd(notes, right):
    """The length of notes, and by their places those that aren't right."""
    odd = {
        str(place): {
            key: value for key, value in notes[place].items() if key not in (*FIXED, *SHOWN)
        }
        for place in _differences(notes, right)
        if place < len(notes)
    }
    for note in odd.values():
        if "message" in note:
            note["message"] = note["message"][:TOLD]
    return {"length": len(notes), "odd": odd}


def unpacked(table: dict[str, Any]) -> tuple[Notes, list[dict[str, Any]]]:
    """The notes of a right answer and the known mistakes with theirs, of what a table keeps."""
    right, known = table["right"], []
    for one in table["known"]:
        length, odd = one["notes"]["length"], one["notes"]["odd"]
        notes = [dict(right[place]) if place < len(right) else {} for place in range(length)]
        for place, note in odd.items():
            kept = {key: value for key, value in notes[int(place)].items() if key in FIXED}
            notes[int(place)] = kept | note
        known.append(one | {"notes": notes})
    return right, known


def _differences(notes: Notes, right: Notes) -> Iterator[int]:
    """The places where notes aren't the right ones."""
    for place in range(max(len(notes), len(right))):
        if place >= min(len(notes), len(right)) or not _same(notes[place], right[place]):
            yield place


def _same(seen, right):
    """Tell if a note says the same; numbers may differ by the tolerance of the right one."""
    for key in ("tick", "error", "after", "refused", "kind", "shape", "text", "changed"):
        if seen.get(key) != right.get(key):
            return False
    if str(seen.get("message"))[:TOLD] != str(right.get("message"))[:TOLD]:
        return False
    values = [note.get("values", []) for note in (seen, right)]
    # An empty list would be broadcast, and pass for any number.
    if len(values[0]) != len(values[1]):
        return False
    tolerance = right.get("tolerance", 0)
    return np.allclose(*values, rtol=tolerance, atol=tolerance, equal_nan=True)


def _shown(seen, expected):
    """The difference between the seen and the expected note, in words."""
    what = expected.get("what", "The result")
    if "error" in seen:
        return _stopped(seen, what)
    kinds = seen.get("kind"), expected.get("kind")
    if kinds[0] != kinds[1]:
        return _of_kinds(what, seen, expected)
    if seen.get("shape") != expected.get("shape"):
        if expected["shape"] == []:
            return f"{what} should be one number, but it has the shape {tuple(seen['shape'])}."
        shapes = [str(tuple(note["shape"])) for note in (expected, seen)]
        return f"{what} should have the shape {shapes[0]}, not {shapes[1]}."
    if "values" in expected and not _same(seen | {"changed": expected.get("changed")}, expected):
        return _of_values(what, seen, expected)
    if expected.get("text") != seen.get("text"):
        return f"{what} should be {expected['text']}, not {seen['text']}."
    return ""


def _of_values(what, seen, expected):
    numbers = _numbers(expected), _numbers(seen)
    if max(map(len, numbers)) <= LINE:
        return f"{what} should be {numbers[0]}, not {numbers[1]}."
    right, wrong = (np.reshape(note["values"], note["shape"]) for note in (expected, seen))
    tolerance = expected["tolerance"]
    same = np.isclose(wrong, right, rtol=tolerance, atol=tolerance, equal_nan=True)
    place = tuple(map(int, np.argwhere(~same)[0]))
    index = ", ".join(map(str, place))
    return f"{what} should be {right[place]:.4g} at [{index}], not {wrong[place]:.4g}."


def _of_kinds(what, seen, expected):
    if seen.get("kind") == "no gradient":
        return f"{what} is missing, because no gradient flows."
    if expected.get("kind") == "no gradient":
        return f"{what} should be None, but it's {_numbers(seen)}."
    if "kind" not in seen:
        return f"{what} is missing."
    kind = expected.get("kind", "")
    if kind == "numbers":
        kind = "a number" if expected["shape"] == [] else "numbers"
    elif kind == "a text":
        kind = expected["text"]
    text = seen.get("shown") or seen.get("text") or seen["kind"]
    if seen["kind"] == "a text":
        text = f"the text {text!r}"
    elif seen["kind"] == "numbers":
        text = _numbers(seen)
    return f"{what} should be {kind}, not {text}."


def _stopped(seen, what):
    if seen["error"] == "TimeoutError":
        return "Your code takes too long. Is there a loop that never ends, or a very long one?"
    where = f" in the line `{seen['line']}`" if seen.get("line") else ""
    words = f": {seen['message'].rstrip('.')}" if seen.get("message") else ""
    if seen.get("compiled"):
        return (
            f"Your code works as it is, but not compiled: {seen['error']}{words}{where}. The "
            "training compiles it, so stay with TensorFlow's operations: no `np.` functions, no "
            "`.numpy()`, no `float()`."
        )
    if not seen.get("yours"):
        place = what[0].lower() + what[1:]
        return (
            f"The check couldn't go on with this answer. At {place} it met {seen['error']}{words}."
        )
    return f"Your code stopped with {seen['error']}{words}{where}."


def _rule(seen, expected, notes, right):
    """The hint by the rules that hold for every exercise, or an empty text."""
    if "error" in seen:
        return "" if seen.get("compiled") else expected.get("why", "")
    if seen.get("kind") == "None" and expected.get("kind") not in ("a function", "a class"):
        return "Is there a `return` at the end?"
    strange = set(seen.get("changed", [])) - set(expected.get("changed", []))
    if strange:
        return f"Your code changed its argument `{min(strange)}`, which should stay as it was."
    missing = set(expected.get("changed", [])) - set(seen.get("changed", []))
    if missing:
        return f"`{min(missing)}` is still as it was. Your code should change it in place."
    return (
        _of_gradients(seen, expected)
        or _of_shapes(seen.get("shape"), expected.get("shape"))
        or _of_steps(seen, expected)
        or CONVERT.get((expected.get("text"), seen.get("text")), "")
        or _unused(notes, right)
        or expected.get("why", "")
    )


def _of_gradients(seen, expected):
    if seen.get("kind") == "no gradient":
        return (
            "Compute the result inside the tape, with TensorFlow's operations, and don't stop a "
            "gradient that's needed."
        )
    if expected.get("kind") == "no gradient":
        return "Training would move what should stay. Wrap the result in `tf.stop_gradient`."
    return ""


def _of_shapes(shape, wanted):
    if shape is None or wanted is None or shape == wanted:
        return ""
    if wanted and shape == [size for size in wanted if size != 1]:
        return "The result should keep its axis of length 1. Did `squeeze` take it away as well?"
    if len(wanted) == 1 and shape == wanted * 2:
        n = wanted[0]
        return (
            f"({n}, 1) with ({n},) makes ({n}, {n}), because each is paired with every other. Give "
            "both the same shape first."
        )
    if shape == [*wanted, 1]:
        return "Your result has an axis of length 1 at the end. Take it away by its number, −1."
    return ""


def _of_steps(seen, expected):
    if not expected.get("optimizer"):
        copy = "Your result changed after you returned it. Return a copy."
        return copy if expected.get("still") else ""
    if seen["values"] == [0.0]:
        return "Use the optimizer that is given."
    return "Call apply_gradients once, with all pairs of gradients and variables."


def _unused(notes, right):
    """The one argument whose changes change nothing, where they should."""
    same = {}
    both = [(seen, wanted) for seen, wanted in zip(notes, right) if "given" in wanted]
    for (seen, wanted), (other, other_wanted) in itertools.combinations(both, 2):
        given, before = wanted["given"], other_wanted["given"]
        if given.keys() == before.keys() and not _same(wanted, other_wanted):
            differing = [name for name in given if given[name] != before[name]]
            if len(differing) == 1:
                same.setdefault(differing[0], []).append(_same(other, seen))
    unused = [name for name, outcomes in same.items() if all(outcomes)]
    return f"Another `{unused[0]}` gave the same result. Does your code use it?" if unused else ""


def _numbers(note):
    array = np.reshape(note["values"], note["shape"])
    shown = {"float_kind": "{:.4g}".format}
    return " ".join(np.array2string(array, separator=", ", formatter=shown, threshold=12).split())
