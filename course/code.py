"""A digest of code: it changes with what the code does, and not with what is said about it."""

import ast
import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("helpers", "study")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def digest(files):
    """A digest of what Python files do, as a short text; comments, docstrings and the
    hints of a function's types don't count."""
    programs = "\0".join(_program(file) for file in files)
    return hashlib.sha256(programs.encode()).hexdigest()[:12]


def reached(module, root=ROOT):
    """The files of the course that a module reaches by import, its own among them, in order.

    Imports inside functions count, and so does the ``__init__`` of every package on the way.
    """
    waiting, files = {module}, set()
    while waiting:
        name = waiting.pop()
        file = _file(name, root)
        if file and file not in files:
            files.add(file)
            waiting |= imported(file) | {name.rpartition(".")[0]}
    return sorted(files)


def imported(file):
    """The names that a file imports, some of which may be modules and some what is in them."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _program(file):
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            del node.body[0]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(tree)


def _file(module, root):
    """The file of a module or package of the course, or ``None`` if it is no such thing."""
    path = root.joinpath(*module.split("."))
    if module.split(".")[0] not in PACKAGES:
        return None
    return next((f for f in (path.with_suffix(".py"), path / "__init__.py") if f.exists()), None)
