"""What a learner writes in a chapter is what the helpers hold: the same program."""

import ast
import importlib
import inspect
import textwrap

import pytest

from coursework import answers

# Exercises that no helper holds, since they are programs to be repaired or belong to one chapter.
OWN = {
    "total_reward",
    "store",
    "drifting",
    "updates_to_follow",
    "squared_error",
    "scale",
    "interact",
    "training_loop",
}
ELSEWHERE = {"TD3": "study.variants"}  # which is no part of the agent
EXERCISES = [
    (stem, exercise)
    for stem in answers.STEMS
    for exercise in answers.of(stem).ANSWERS
    if exercise not in OWN
]


def function_in(source, name):
    """The function or method ``name``, without what may differ: its text, hints and refusals."""
    tree = ast.parse(textwrap.dedent(source))
    function = next(
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name
    )
    body = list(function.body)
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body.pop(0)
    while ast.unparse(body[0]).startswith("require."):
        body.pop(0)
    for argument in ast.walk(function.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    arguments = ast.unparse(function.args)
    return f"{name}({arguments}):\n" + "\n".join(ast.unparse(node) for node in body)


@pytest.mark.parametrize(("stem", "exercise"), EXERCISES)
def test_a_solution_is_the_helpers_own_code(stem, exercise):
    known = answers.of(stem).ANSWERS[exercise]
    name = known.get("mutate", exercise)
    place = ELSEWHERE.get(known.get("object"), f"helpers.{stem}")
    helper = importlib.import_module(place)
    owner = getattr(helper, known["object"]) if "object" in known else helper
    theirs = inspect.getsource(getattr(owner, name))
    ours = answers.solution(stem, exercise)
    assert function_in(ours, name) == function_in(theirs, name)
