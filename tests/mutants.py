"""Small changes of a program, as a slip of the hand would make them."""

import ast
from collections import Counter

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


def mutants(source, name):
    """Yield ``(what was changed, program)`` for each change of the function called ``name``.

    Where the same piece stands there again, its change has a number behind it.
    """
    seen = Counter()
    for what, change in _changes(_find(ast.parse(source), name)):
        tree = ast.parse(source)
        change(_find(tree, name))
        seen[what] += 1
        again = f" ({seen[what]})" if seen[what] > 1 else ""
        yield what + again, ast.unparse(ast.fix_missing_locations(tree))


def _find(tree, name):
    return next(
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name
    )


def _changes(function):
    """What can be changed, and a function that changes it in a copy of ``function``."""
    for index, node in enumerate(ast.walk(function)):
        for kind, mutate in _mutations(node):
            line = ast.unparse(node).splitlines()[0]
            yield f"{kind}: {line}", _at(index, mutate)


def _at(index, mutate):
    def change(function):
        mutate(list(ast.walk(function))[index])

    return change


def _mutations(node):
    match node:
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign() if type(node.op) in OPERATORS:
            yield "operator", lambda n: setattr(n, "op", OPERATORS[type(n.op)]())
        case ast.Compare() if type(node.ops[0]) in OPERATORS:
            yield "operator", lambda n: setattr(n, "ops", [OPERATORS[type(n.ops[0])]()])
        case ast.UnaryOp(op=ast.USub()):
            yield "sign", lambda n: setattr(n, "op", ast.UAdd())
        case ast.UnaryOp(op=ast.Not()):
            yield "negation", lambda n: setattr(n, "operand", ast.UnaryOp(ast.Not(), n.operand))
        case ast.Constant(value=bool()):
            yield "constant", lambda n: setattr(n, "value", not n.value)
        case ast.Constant(value=int() | float()):
            yield "constant", lambda n: setattr(n, "value", n.value + 1)
        case ast.Call(args=[_, _, *_]) if ast.unparse(node.func) not in ("min", "max"):
            yield "arguments", lambda n: n.args.reverse()
    if isinstance(getattr(node, "body", None), list):
        for place, statement in enumerate(node.body):
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                yield f"dropped {ast.unparse(statement).splitlines()[0]}", _drop(place)


def _drop(place):
    def drop(node):
        node.body[place] = ast.copy_location(ast.Pass(), node.body[place])

    return drop
