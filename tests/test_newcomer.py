"""A whole course: somebody writes every answer in their own way, and the agent is made of them.

The notebooks are those of a learner's copy, run by real kernels in their order.
"""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from course.chapters import CHAPTERS
from coursework import answers
from coursework.lab import write_missing_chapters
from coursework.student import student_version
from helpers.yours import kept

TAKEN = {"append", "soft_update", "train_critic"}


def own_answers(stem):
    """Answers that are written differently from the course's, by the grade ids of their cells."""
    found = {}
    for name in answers.of(stem).ANSWERS:
        found.setdefault(answers.cell_of(stem, name), {})[name] = answers.of(stem).ANSWERS[name][
            "right"
        ][0]
    return {cell: _cell(stem, programs) for cell, programs in found.items()}


def _cell(stem, programs):
    """One cell of the programs of its exercises: where it is a class, made of several others."""
    if len(programs) == 1:
        return next(iter(programs.values()))
    made, parts, methods = answers.of(stem).ANSWERS, [], []
    for number, (name, program) in enumerate(programs.items()):
        whole, method = made[name]["object"], made[name].get("mutate", name)
        part = f"{whole}Part{number}"
        parts.append(re.sub(rf"\bclass {whole}\b", f"class {part}", program))
        methods.append(
            f"    def {method}(self, *given):\n        return {part}.{method}(self, *given)\n"
        )
    return "\n".join([*parts, f"class {whole}({whole}Part0):", *methods])


def cells(chapter, sources, taken=()):
    """What is run of a chapter: what sets it up, its exercises and their checks."""
    notebook = student_version(chapter.path)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    chosen = []
    for cell in notebook.cells:
        grading = cell.metadata.get("nbgrader", {})
        name = grading.get("grade_id", "").removeprefix("check_")
        if grading.get("solution"):
            cell.source = sources.get(grading.grade_id, cell.source)
        if grading.get("grade") and name in taken:
            cell.source = f'yours.take("{name}")\n{cell.source}'
        if cell is first or grading or "setup" in cell.metadata.get("tags", []):
            chosen.append(cell)
    return chosen


def run(work, cells):
    """Run cells in a notebook of the copy; returns what they show."""
    notebook = nbformat.v4.new_notebook(cells=cells)
    place = {"metadata": {"path": str(work)}}
    NotebookClient(notebook, resources=place, timeout=1800).execute()
    return "\n".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """The copy of somebody who has done seven chapters in their own way."""
    work = tmp_path_factory.mktemp("course") / "work"
    write_missing_chapters(CHAPTERS[0].folder, work)
    for chapter in CHAPTERS[:7]:
        said = run(work, cells(chapter, own_answers(chapter.stem)))
        assert said.count("Kept in") == len(kept.PARTS[chapter.stem]), said
    return work


def lander(sources, *more):
    """Cells of chapter 8, and more of them behind the class that it makes."""
    return [*cells(CHAPTERS[7], sources), *map(nbformat.v4.new_code_cell, more)]


DRIFT = """
import numpy as np
from helpers.engine.training import train
boat = gym.make("Drift-v0")
agent = DDPG(boat.observation_space, boat.action_space, discount=0.95, n_steps=1, hidden=(32, 32))
history = train(agent, boat, {steps:_}, random_steps=500, progress=False)
print([row["loss"] for row in history["updates"]])
print("pushes", *agent.act(np.float32([1])))
"""


def test_the_agent_is_made_of_a_newcomers_own_parts(newcomer):
    said = run(newcomer, lander(own_answers("lander"), DRIFT.format(steps=10_000)))
    assert "16 of 16 parts so far are yours: everything here runs on your code." in said
    pushes = float(re.search(r"pushes (\S+)", said)[1])
    assert -0.8 < pushes < -0.3  # the best is −0.55


def test_the_courses_own_answers_make_the_same_curve_bit_for_bit(tmp_path):
    copy, elsewhere = tmp_path / "copy", tmp_path / "elsewhere"
    write_missing_chapters(CHAPTERS[0].folder, copy)
    elsewhere.mkdir()
    for chapter in CHAPTERS[:7]:
        run(copy, cells(chapter, answers.solutions(chapter.stem)))
    curves = [
        run(place, lander(answers.solutions("lander"), DRIFT.format(steps=3_000)))
        for place in (copy, elsewhere)
    ]
    losses, same = (re.search(r"^\[.*\]$", text, re.MULTILINE)[0] for text in curves)
    assert "16 of 16 parts so far are yours" in curves[0]
    assert "yours" not in curves[1]
    assert losses == same


LANDING = """
import numpy as np
from helpers.engine.evaluation import evaluate
from helpers.engine.training import train
env = gym.make("LunarLanderContinuous-v3")
agent = DDPG(env.observation_space, env.action_space)
train(agent, env, 150_000, seed=0, progress=False)
print("judged", evaluate(agent, env, episodes=100).mean())
"""


@pytest.mark.newcomer
@pytest.mark.parametrize("taken", [(), TAKEN], ids=["their own", "three taken"])
def test_a_newcomers_lander_lands(newcomer, tmp_path, taken):
    work = newcomer
    if taken:
        work = tmp_path / "work"
        write_missing_chapters(CHAPTERS[0].folder, work)
        for chapter in CHAPTERS[:7]:
            run(work, cells(chapter, own_answers(chapter.stem), taken))
    said = run(work, lander(own_answers("lander"), LANDING))
    assert f"{16 - len(taken)} of 16 parts so far are yours" in said
    assert float(re.search(r"judged (\S+)", said)[1]) > 200
