"""Programs that make an answer by themselves, out of what a notebook's cells define.

Of the cells only the definitions are taken that the answer needs: no prints, no trials, no checks.
"""

import ast
import builtins
import linecache
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

CONSTANTS = int | float | str | bool | tuple | None
DEFINITIONS = ast.FunctionDef | ast.ClassDef


def program(answer: Any, name: str, cells: list[str], namespace: dict[str, Any], home: str) -> str:
    """The source of a program that defines the answer under ``name``.

    Args:
        cells: the sources that were run, in their order.
        namespace: the notebook's names.
        home: the chapter's helper, such as ``"helpers.critic"``, from which is imported what the
            notebook only repeats.

    Raises:
        ValueError: no cell defines it.
    """
    own = getattr(answer, "__name__", "")
    if namespace.get(own) is not answer:  # a lambda, or a name that was given to it later
        own = next((key for key, value in namespace.items() if value is answer), "")
    return _Program(cells, namespace, home).written(own, name)


class _Program:
    def __init__(self, cells, namespace, home):
        self.cells, self.namespace, self.home = cells, namespace, home
        self.imports, self.definitions, self.seen = [], [], set()

    def written(self, own, name):
        if not self._define(own):
            raise ValueError("no cell of this notebook defines it by name")
        if own != name:
            self.definitions.append(f"{name} = {own}")
        return (
            "\n\n\n".join(filter(None, ["\n".join(sorted(self.imports)), *self.definitions])) + "\n"
        )

    def _define(self, name):
        """Take over the definition of a name from the latest cell that has one."""
        self.seen.add(name)
        for source in reversed(self.cells):
            for statement in reversed(_statements(source)):
                if name in _defined(statement):
                    text = _text(source, statement)
                    for needed in _names(statement):
                        self._need(needed)
                    self.definitions.append(text)
                    return True
        return False

    def _need(self, name):
        """Import or define a name that a definition uses."""
        if name in self.seen or name not in self.namespace or hasattr(builtins, name):
            return
        self.seen.add(name)
        value = self.namespace[name]
        origin = self._module_of(name, value)
        if isinstance(value, ModuleType):
            alias = "" if value.__name__ == name else f" as {name}"
            self.imports.append(f"import {value.__name__}{alias}")
        elif origin:
            self.imports.append(f"from {origin} import {name}")
        elif not self._define(name) and isinstance(value, CONSTANTS):
            self.definitions.append(f"{name} = {value!r}")

    def _module_of(self, name, value):
        """The module to import a name from, or ``None``."""
        if hasattr(sys.modules.get(self.home), name):
            return self.home
        known = [module for module in sys.modules if module.startswith("helpers.")]
        known += [str(getattr(value, "__module__", ""))]
        found = [
            module
            for module in known
            if module != "__main__" and getattr(sys.modules.get(module), name, None) is value
        ]
        return min(found, key=len, default=None)


def _statements(source):
    try:
        return ast.parse(source).body
    except SyntaxError:  # a cell that failed
        return []


def _defined(statement: ast.stmt) -> Iterable[str]:
    if isinstance(statement, DEFINITIONS):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _names(statement):
    """The names that a statement reads, in their order."""
    return [
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]


def _text(source, statement):
    """Its lines, with those of its decorators and its comments."""
    first = min(
        [statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", []))]
    )
    return "\n".join(source.splitlines()[first - 1 : statement.end_lineno])


def run(source: str, label: str, namespace: dict[str, Any]) -> None:
    """Run a program under a label, by which a traceback shows its lines and TensorFlow reads it."""
    linecache.cache[label] = len(source), None, source.splitlines(True), label
    exec(compile(source, label, "exec"), namespace)
