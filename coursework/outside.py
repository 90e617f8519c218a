"""Everything from outside is made harmless here: for a page, a table, the terminal.

Names of files, students' texts, and what a kernel says of an error may have been written to
deceive. Of an answer's errors a page tells the kind, the line, and only words that stand in the
answer itself, or that Python says of it: whatever else is in an error's text could be what the
answer found in the check.
"""

import ast
import builtins
import csv
import functools
import html as _html
import io
import re
import unicodedata
from pathlib import Path

from coursework.term import write
from helpers import checks
from helpers.checks.judging import TOLD

NAME = 100  # letters of a student's or a file's name
LINE = 100  # letters of a line of an answer
LARGEST = 10 * 2**20  # bytes of a table
FORMULA = "=+-@＝＋－＠"  # how a spreadsheet's formula begins, with its wide forms
# Words of Python's own errors, about names that must stand in the answer.
OWN_WORDS = [
    r"name '(\w+)' is not defined",
    r"cannot access local variable '(\w+)' where it is not associated with a value",
    r"'(\w+)' object has no attribute '(\w+)'",
    r"module '([\w.]+)' has no attribute '(\w+)'",
    r"No module named '([\w.]+)'",
    r"([\w.]+)\(\) missing \d+ required positional arguments?: '(\w+)'",
    r"([\w.]+)\(\) takes \d+ positional arguments? but \d+ (?:was|were) given",
    r"unsupported operand type\(s\) for \S{1,3}: '(\w+)' and '(\w+)'",
    r"'(\w+)' object is not (?:callable|iterable|subscriptable)",
    r"(?:list|tuple|string) index out of range",
    r"division by zero",
    r"maximum recursion depth exceeded.*",
]


KNOWN = {  # kinds of errors of the libraries
    "InvalidArgumentError", "NotFoundError", "ResourceExhaustedError", "StagingError", "AxisError",
    "OperatorNotAllowedInGraphError", "LinAlgError", "DependencyNotInstalled", "ResetNeeded",
    "InvalidAction", "StdinNotImplementedError", "_ArrayMemoryError", "_UFuncNoLoopError",
    "_UFuncInputCastingError", "_UFuncOutputCastingError", "_UFuncBinaryResolutionError",
}  # fmt: skip


def plain(text, letters=NAME):
    """A text in one line that any file, terminal and page can hold, of so many letters at most."""
    text = str(text)[: 4 * letters].encode("utf-8", "replace").decode()
    composed = unicodedata.normalize("NFC", text)
    text = "".join(letter if letter.isprintable() else " " for letter in composed)
    text = " ".join(text.split())
    return text if len(text) <= letters else text[: letters - 1] + "…"


def html(text):
    """A text as it may stand in a page."""
    return _html.escape(text)


def prose(text):
    """A text of the checks as HTML, in which what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html(text))


def block(text):
    """A text as a paragraph of a notebook's markdown in which no markup of its own works."""
    return f"<p>{html(plain(text, 2_000))}</p>"


def cell(value):
    """A value of a table; a text that no spreadsheet takes for a formula, of a size it can hold."""
    if not isinstance(value, str):
        return value
    value = plain(value, 2_000)
    return f"'{value}" if value.lstrip("'\"")[:1] in tuple(FORMULA) else value


def table(path, rows):
    """Write rows as a CSV file that spreadsheets read, whole or not at all."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([map(cell, row) for row in rows])
    write(path, "\ufeff" + text.getvalue())


def rows(path, name):
    """The rows of a CSV file that somebody wrote or exported, each with the number of its line.

    Args:
        path: of the file.
        name: what a message calls it.

    Raises:
        ValueError: it can't be read.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST)
    except OSError as error:
        raise ValueError(
            f"{name} must be a CSV file, but {path} can't be read ({error.strerror})"
        ) from None
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text.replace("\x00", ""), newline=""), delimiter=max(",;\t", key=first.count)
    )
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ValueError(f"{name} must be a CSV file, but it can't be read ({error})") from None


def kind_of(error, answer):
    """The kind of an error, if it is Python's, a known library's, or named in the answer."""
    known = isinstance(getattr(builtins, error, None), type) or error in KNOWN
    return error if known or error in _words(answer) else "an error of its own"


def words_of(message, answer):
    """As much of an error's text as may be shown: Python's words on the answer, or its own."""
    message = plain(message, 200)
    words = _words(answer)
    for pattern in OWN_WORDS:
        found = re.match(pattern, message)
        if found and all(set(re.findall(r"\w+", name)) <= words for name in found.groups()):
            return found[0]
    return message if message and f"{message!r}"[1:-1] in answer else ""


def _words(answer):
    return set(re.findall(r"\w+", answer)) | set(dir(builtins)) | {"NoneType"}


def harmless(notes, right, known, answer):
    """A probe's notes, of which nothing shows but what the answer itself says, and numbers.

    Args:
        notes: that may be forged.
        right: the notes of a right answer.
        known: mistakes, with their notes; what one of them says may be said.
        answer: the student's source.
    """
    ours = [*right, *(note for one in known for note in one["notes"])]
    told = {str(note["message"])[:TOLD] for note in ours if note.get("message")}
    texts = {note["text"] for note in ours if "text" in note}
    names = {name for note in right for name in note.get("given", {})}
    return [_harmless(note, told, texts, names, answer) for note in notes]


def _harmless(note, told, texts, names, answer):
    note = dict(note)
    if "error" in note:
        message = plain(note.get("message", ""), 200)
        own = words_of(message, answer)
        if not own and message and message[:TOLD] in told:
            own = message[:TOLD] + "…" * (len(message) > TOLD)
        line = plain(note.get("line", ""), LINE)
        note |= {
            "error": kind_of(str(note["error"]), answer),
            "message": own,
            "line": line if line and line.rstrip("…") in plain(answer, len(answer)) else "",
        }
    if "refused" in note and not _refusals().fullmatch(str(note["refused"])):
        note["refused"] = "The check couldn't go on with this answer."
    if "kind" in note:
        simple = re.fullmatch(r"[\w ]{1,40}", str(note["kind"]))
        note["kind"] = note["kind"] if simple else "something odd"
    if "text" in note and note["text"] not in texts:
        text = str(note["text"])
        own = text in answer if note.get("kind") == "a text" else re.fullmatch(r"[\w.]{1,40}", text)
        note["text"] = text if own else "something odd"
    note.pop("shown", None)
    if "changed" in note:
        note["changed"] = [name for name in note["changed"] if name in names]
    if "shape" in note:
        note["shape"] = [int(size) for size in note["shape"]]
    return note


@functools.cache
def _refusals():
    """What the checks say where they can't go on, as a pattern: their own words around values."""
    texts = []
    for file in sorted(Path(checks.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "refuse":
                texts.append("".join(map(_pattern, _parts(node.args[0]))))
    return re.compile("|".join(texts))


def _parts(node):
    return node.values if isinstance(node, ast.JoinedStr) else [node]


def _pattern(node):
    """A part of a text as a pattern; a value is short and has no sentence in it."""
    if isinstance(node, ast.Constant):
        return re.escape(node.value)
    return r"[\w .,'()\[\]-]{0,40}"
