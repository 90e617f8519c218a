"""Find what no solution of the course needs in an answer, for the instructor to look at.

It is no proof of anything, and costs no points: an answer may have an innocent reason.
"""

import ast

NAMES = {
    "exec": "runs a text as code", "eval": "runs a text as code", "compile": "runs a text as code",
    "__import__": "imports by name", "globals": "reads the notebook's names",
    "locals": "reads the notebook's names", "vars": "reads the notebook's names",
    "open": "opens files", "get_ipython": "speaks to the kernel", "input": "asks for input",
    "breakpoint": "stops in a debugger", "__builtins__": "changes Python's own functions",
}  # fmt: skip
MODULES = {
    "gc": "walks through Python's memory", "inspect": "reads code or frames",
    "ctypes": "reaches into memory", "socket": "opens sockets", "subprocess": "starts programs",
    "importlib": "imports by name", "os": "speaks to the system", "sys": "looks into Python",
    "builtins": "changes Python's own functions", "threading": "starts threads",
    "multiprocessing": "starts programs", "signal": "handles signals", "atexit": "runs at the end",
    "urllib": "opens sockets", "requests": "opens sockets", "http": "opens sockets",
    "shutil": "handles files", "pathlib": "handles files", "pickle": "loads code",
    "traceback": "reads code or frames", "IPython": "speaks to the kernel",
    "linecache": "reads code or frames", "mmap": "reaches into memory",
}  # fmt: skip
ATTRIBUTES = {
    "_getframe": "frames", "f_back": "frames", "f_locals": "frames", "f_globals": "frames",
    "tb_frame": "frames", "gi_frame": "frames", "__globals__": "a function's globals",
    "__code__": "a function's code", "__closure__": "a function's closure",
    "__subclasses__": "all classes", "__mro__": "all classes", "__builtins__": "Python's functions",
    "checks": "the checks", "Grading": "the grader",
}  # fmt: skip


def looks(source):
    """What to look at in an answer, as short texts with a line; empty for an ordinary one."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    imported = {name for node in ast.walk(tree) for name in _imported(node)}
    found = {}
    for node in ast.walk(tree):
        for words in _of(node, imported):
            found.setdefault(words, getattr(node, "lineno", 1))
    return [f"{words} (line {line})" for words, line in found.items()][:5]


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    return []


def _of(node, imported):
    if isinstance(node, ast.Name) and node.id in NAMES:
        yield f"`{node.id}` {NAMES[node.id]}"
    if isinstance(node, ast.Import | ast.ImportFrom):
        modules = [getattr(node, "module", None) or ""] + [alias.name for alias in node.names]
        for module in modules:
            top = module.partition(".")[0]
            if top in MODULES:
                yield f"`{top}` {MODULES[top]}"
            if module.startswith("helpers.checks"):
                yield "it imports the checks"
    if isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
        yield f"`{node.attr}` reaches {ATTRIBUTES[node.attr]}"
    targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else []
    for target in [part for one in targets for part in getattr(one, "elts", [one])]:
        top = target
        while isinstance(top, ast.Attribute):
            top = top.value
        modules = imported | {"np", "gym", "tf", "keras", "check"}
        if isinstance(target, ast.Attribute) and isinstance(top, ast.Name) and top.id in modules:
            yield f"it changes `{ast.unparse(target)[:40]}`"
