"""Rebuild a chapter from its source with a student's answers, which is all that is taken over.

What reads a student's file is here, and needs no library: it runs in a process of its own, with
bounds, which starts for every submission (``coursework.reading``).
"""

import ast
import builtins
import functools
import itertools
import json
import re
import symtable
from dataclasses import dataclass, field

# The lines that nbgrader finds solutions by.
MARKER = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
# In the cells of predictions, which nbgrader has graded by hand.
PREDICTION = "*Your prediction, and why (double-click to write, Shift+Enter when done):*"
QUESTION = "**Predict:**"

CELLS = 2_000  # of a kind that a notebook may have: a chapter has under a hundred
PARTS = 20  # cells that one was split into
LETTERS = 100_000  # of a cell
LINES = 5_000  # of a cell
SOURCE = 1_000_000  # letters of all cells of a kind
WRITTEN = 5_000  # letters of a prediction
HELPERS = 50  # lines of other cells that an answer may need
MAGIC = re.compile(r"^([ \t]*)[%!].*$|^([ \t]*)[\w.]+\?{1,2}[ \t]*$", re.MULTILINE)
TAKEN = "# (from other cells of your notebook)"
# What every notebook has without defining it.
GIVEN = {"get_ipython", "display", "In", "Out", "exit", "quit", "__file__", "__name__"}


class UnreadableError(ValueError):
    """A submission that can't be graded, with the reason in words."""


@dataclass
class Step:
    """A cell that counts when a chapter is graded.

    Its ``kind`` is setup, solution or test, which run, or prediction, whose ``source`` is the
    question.
    """

    kind: str
    source: str
    id: str = ""
    points: float = 0
    solution: str = ""  # of a test: the id of the cell that it tests


@dataclass
class Cell:
    """A cell of a student's notebook, as far as grading needs it."""

    kind: str
    source: str
    grade_id: str = ""


@dataclass
class Answers:
    """A student's answers to a chapter, each by the id of its cell.

    ``sources`` are ``None`` where there is no such cell, ``faults`` say in words what keeps one
    from running, and ``predictions`` are texts.
    """

    sources: dict[str, str | None] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    predictions: dict[str, str] = field(default_factory=dict)

    def __len__(self):
        return sum(source is not None for source in self.sources.values())


def plan(notebook):
    """The cells of a source notebook that grading runs, in order."""
    steps, latest = [], ""
    for before, cell in itertools.pairwise([None, *notebook.cells]):
        grading = cell.metadata.get("nbgrader", {})
        if grading.get("solution") and grading.get("grade"):
            points = float(grading.points)
            steps.append(Step("prediction", before.source, grading.grade_id, points))
        elif grading.get("solution"):
            latest = grading.grade_id
            steps.append(Step("solution", MARKER.sub("", cell.source), latest))
        elif grading.get("grade"):
            points = float(grading.points)
            steps.append(Step("test", cell.source, grading.grade_id, points, latest))
        elif "setup" in cell.metadata.get("tags", []):
            steps.append(Step("setup", cell.source))
    return steps


def read(data):
    """The cells of the notebook in what a student handed in, mended one by one.

    Raises:
        UnreadableError: it is none.
    """
    if not data.strip():
        raise UnreadableError("the file is empty: it was handed in before it was saved")
    if data[:2] == b"PK":
        raise UnreadableError("the file isn't a notebook but a zip, so give it the ending .zip")
    text = _decoded(data)
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError(_not_json(text)) from None
    if isinstance(raw, dict) and isinstance(raw.get("worksheets"), list):  # before Jupyter
        sheets = [sheet for sheet in raw["worksheets"] if isinstance(sheet, dict)]
        raw["cells"] = [cell for sheet in sheets for cell in _list(sheet.get("cells"))]
    if not isinstance(raw, dict) or not isinstance(raw.get("cells"), list):
        raise UnreadableError("the file is JSON, but not a notebook: it has no cells")
    cells = [_cell(one) for one in raw["cells"] if isinstance(one, dict)]
    return _within(cells, "code") + _within(cells, "markdown")


def _decoded(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if b"\x00" in data[:4]:
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _not_json(text):
    begin = text[:200].lstrip().lower()
    if "<html" in begin or begin.startswith("<!doctype"):
        reason = "it's a web page, so ask for what *File → Download* in Jupyter gives"
    elif "\n<<<<<<< " in text and "\n>>>>>>> " in text:
        reason = "two versions of it were merged by git, so ask for one of them"
    elif begin.startswith("{"):
        reason = "it can't be read as JSON, because it was damaged or cut off, so ask for it again"
    else:
        reason = "it can't be read as JSON"
    return f"the file isn't a notebook: {reason}"


def _list(value):
    return value if isinstance(value, list) else []


def _cell(raw):
    """A cell, whatever is odd about it."""
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source if isinstance(source, str) else ""
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    kind = raw.get("cell_type", "code" if "outputs" in raw else "markdown")
    metadata = raw.get("metadata")
    grading = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = grading.get("grade_id") if isinstance(grading, dict) else ""
    return Cell(
        kind if isinstance(kind, str) else "code",
        source.encode("utf-8", "replace").decode(),  # half of a pair is no letter
        grade_id if isinstance(grade_id, str) else "",
    )


def _within(cells, kind):
    """The cells of a kind, up to our bounds; of a cell that is too long only the beginning."""
    kept, letters = [], 0
    for cell in [cell for cell in cells if cell.kind == kind][:CELLS]:
        if is_long(cell.source):
            cell.source = cell.source[: LETTERS + 1] if cell.grade_id else ""
        letters += len(cell.source)
        if letters > SOURCE and not cell.grade_id:
            continue
        if letters > 2 * SOURCE:
            break
        kept.append(cell)
    return kept


def is_long(source):
    """Is a cell longer than we read?"""
    return len(source) > LETTERS or source.count("\n") >= LINES


def answers(cells, steps):
    """The ``Answers`` in a student's cells to a chapter.

    A cell is found by its grade id, else by the name that it defines. Where that is only a part of
    the answer, since the cell was split, the unknown cells behind it are joined to it. What an
    answer needs of the student's other cells, such as an import, comes with it.
    """
    code = [cell for cell in cells if cell.kind == "code"]
    solutions = [step for step in steps if step.kind == "solution"]
    found = {step.id: _index(code, step, steps) for step in solutions}
    given = GIVEN | set(dir(builtins))
    for step in steps:
        given |= set() if step.kind == "prediction" else _bound_by(step.source)
    result = Answers(predictions=_predictions(cells, steps))
    for step in solutions:
        index = found[step.id]
        if index is None:
            result.sources[step.id] = None
            continue
        source = _joined(code, index, step, set(found.values()))
        if is_long(source):
            result.faults[step.id] = (
                f"The exercise's cell has more than {LINES:,} lines or {LETTERS:,} letters, so it "
                "wasn't run."
            )
            source = source[:500] + "\n…"
        elif fault := _fault(source):
            result.faults[step.id] = fault
        else:
            others = [cell.source for i, cell in enumerate(code) if i != index]
            source = _with_needs(_clean(source), others, given)
        result.sources[step.id] = source
    return result


def _predictions(cells, steps):
    """The student's text for each question that asks for a prediction; empty where there is none.

    A text is found by its cell's grade id, else below its question.
    """
    texts = [cell for cell in cells if cell.kind == "markdown"]
    below = [after for cell, after in itertools.pairwise(texts) if QUESTION in cell.source]
    found = {}
    for number, step in enumerate(one for one in steps if one.kind == "prediction"):
        own = [cell for cell in texts if cell.grade_id == step.id] or below[number : number + 1]
        text = own[-1].source.replace(PREDICTION, "").strip() if own else ""
        found[step.id] = text[:WRITTEN]
    return found


def chapter_of(cells, plans):
    """The chapter whose exercises the cells have most of, or ``None``; ``plans`` by chapter."""
    code = [cell for cell in cells if cell.kind == "code"]
    scores = {
        chapter: sum(
            _index(code, step, steps) is not None for step in steps if step.kind == "solution"
        )
        for chapter, steps in plans.items()
    }
    best = max(scores, key=lambda chapter: scores[chapter])
    return best if scores[best] else None


def names(source):
    """The names that a program defines at its top level; empty if it doesn't parse."""
    tree = _parsed(_clean(source))
    kinds = ast.FunctionDef, ast.ClassDef
    return {node.name for node in tree.body if isinstance(node, kinds)} if tree else set()


def _index(cells, step, steps):
    """The place of the cell with the answer to a step, or ``None``.

    The cell with the grade id (of a copied one, the copy) holds the answer, unless an unknown cell
    between it and the test defines it anew, as the student's kernel saw it, or it was cut out.
    """
    wanted = names(step.source)
    tests = {test.id for test in steps if test.solution == step.id}
    ids = [i for i, cell in enumerate(cells) if cell.grade_id == step.id]
    begun = [i for i, cell in enumerate(cells) if _begins(cell.source, wanted)]
    named = [i for i in begun if wanted <= names(cells[i].source)]
    if not ids:
        return (named or begun or [None])[-1]
    own = ids[-1]
    end = next((i for i in range(own, len(cells)) if cells[i].grade_id in tests), len(cells))
    unknown = [i for i in named if not cells[i].grade_id]
    anew = [i for i in unknown if own < i < end]
    if anew:
        return anew[-1]
    if own not in begun and unknown:
        return unknown[-1]
    return own


def _begins(source, wanted):
    """Does a program that may not parse define all of those names?"""
    found = re.findall(r"^(?:def|class) (\w+)", source, re.MULTILINE)
    return bool(wanted) and wanted <= set(found)


def _joined(cells, index, step, known):
    """The source of a cell, with what the student split off it."""
    own = source = cells[index].source
    wanted = names(step.source)
    for i in range(index + 1, min(index + PARTS, len(cells))):
        behind = cells[i].source
        whole = wanted <= names(source) and not behind.startswith((" ", "\t"))
        if whole or i in known or cells[i].grade_id or is_long(source):
            break
        source += "\n" + behind
        if wanted <= names(source):
            own = source
    return own


def _clean(source):
    """A cell as Python: where it has commands of Jupyter's, each becomes ``pass``."""
    if _parsed(source) is not None:
        return source
    body = re.sub(r"\A\s*%%[^\n]*", "", source)
    clean = MAGIC.sub(lambda found: f"{found[1] or found[2] or ''}pass", body)
    return clean if _parsed(clean) is not None else source


def _fault(source):
    """What keeps a cell from being a program, in words, or an empty text."""
    clean = _clean(source)
    if _parsed(clean) is not None:
        return ""
    try:
        ast.parse(clean)
    except SyntaxError as error:
        lines = clean.splitlines()
        number = min(error.lineno or 1, len(lines))
        line = lines[number - 1].strip()[:100] if lines else ""
        return (
            f"The exercise's cell isn't valid Python. Line {number} stops it: `{line}` "
            f"({type(error).__name__})."
        )
    except (ValueError, RecursionError, MemoryError):
        pass
    return "The exercise's cell is nested too deeply for Python to read."


def _with_needs(source, others, given):
    """A source with what it needs of other cells in front of it: imports, functions, constants.

    Only names that neither it nor the chapter defines are looked for. Of several definitions the
    last one counts, as in a kernel that ran all cells.
    """
    missing = _free(source) - given
    if not missing:
        return source
    definitions = {}  # by name: its place, and its lines
    for place, other in enumerate(others):
        clean = _clean(other)
        tree = _parsed(clean)
        for node in tree.body if tree else []:
            for name in _binds(node):
                definitions[name] = (place, _first_line(node)), _lines(clean, node)
    taken, waiting = {}, sorted(missing)
    while waiting and len(taken) < HELPERS:
        name = waiting.pop()
        if name in definitions and definitions[name][0] not in taken:
            place, lines = definitions[name]
            taken[place] = lines
            waiting += sorted(_free(lines) - given - {name})
    if not taken:
        return source
    return "\n".join([TAKEN, *(taken[place] for place in sorted(taken)), "", source])


def _binds(node):
    """The names that a statement defines, if it is an import, a definition or an assignment."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return []
    parts = [part for one in targets for part in getattr(one, "elts", [one])]
    return [part.id for part in parts if isinstance(part, ast.Name)]


def _first_line(node):
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _lines(source, node):
    return "\n".join(source.split("\n")[_first_line(node) - 1 : node.end_lineno])


@functools.lru_cache(maxsize=4_000)
def _bound_by(source):
    """The names that a program defines at its top level, by whatever statement."""
    try:
        top = symtable.symtable(source, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned()
                     or symbol.is_imported() or symbol.is_namespace())  # fmt: skip


def _free(source):
    """The names that a program uses without defining them."""
    try:
        tables = [symtable.symtable(source, "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    free = set()
    for table in tables:  # which grows
        tables += table.get_children()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (top or symbol.is_global()):
                free.add(symbol.get_name())
    return free - _bound_by(source)


@functools.lru_cache(maxsize=4_000)
def _parsed(source):
    try:
        return None if is_long(source) else ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
