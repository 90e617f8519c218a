"""The page "Questions people ask": its code runs, its links lead somewhere, its numbers hold."""

import json
import pydoc
import re

import gymnasium as gym
import pytest
from myst_parser.slugs import github_slugify

from course.code import ROOT
from helpers import lander
from study import claims
from study.facts import fact
from tests.test_claims import SAID

PAGE = ROOT / "docs" / "questions.md"
TEXT = PAGE.read_text("utf-8")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(#{1,3}) (.*)$", re.MULTILINE)
INTRODUCTION, *SECTIONS = re.split(r"^(?=###? )", TEXT, flags=re.MULTILINE)
QUESTIONS = [section for section in SECTIONS if section.startswith("### ")]
WITH_CODE = [section for section in SECTIONS if PYTHON.search(section)]


def title(section):
    return HEADING.match(section)[2]


def test_every_question_has_a_short_answer():
    assert len(QUESTIONS) >= 40
    assert len({title(question) for question in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        answer = FENCED.sub("", question.partition("\n")[2])
        assert 20 <= len(answer.split()) <= 160, title(question)


def anchors(path):
    """The anchors of a page's or a chapter's headings."""
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return {github_slugify(found[2]) for found in HEADING.finditer(FENCED.sub("", text))}


def test_every_link_leads_to_a_heading_or_to_the_api():
    links = re.findall(r"\]\(([^)\s]*)\)", FENCED.sub("", TEXT))
    assert len(links) > 100
    for link in links:
        name, _, anchor = link.partition("#")
        if anchor.startswith("helpers."):
            assert pydoc.locate(anchor), link
            continue
        page = (PAGE.parent / name).resolve() if name else PAGE
        assert page.is_file(), link
        assert not anchor or anchor in anchors(page), link


def test_bound_numbers_and_comparisons_are_those_of_the_study():
    numbers = re.findall(r"([−-]?[\d,.]*\d)<!--=(.+?)-->", TEXT)
    said = SAID.findall(TEXT)
    assert len(numbers) == TEXT.count("<!--=") > 0
    assert len(said) == TEXT.count("<!--~") > 0
    for number, name in numbers:
        digits = len(number.partition(".")[2])
        assert number.replace("−", "-") == f"{fact(name):,.{digits}f}", name
    for text, name in said:
        assert text.lower().endswith(claims.said(name).lower()), name


@pytest.fixture(scope="module")
def reader():
    """A function that makes what a reader has: an environment, an agent, and its history."""
    env = gym.make("Drift-v0")
    agent = lander.DDPG(env.observation_space, env.action_space, n_steps=1, hidden=(16, 16))
    history = lander.train(agent, env, 400, random_steps=200, progress=False)
    return lambda: {"env": env, "agent": agent, "history": history}


def shortened(agent, env, steps, **options):
    """A training of 300 steps at most."""
    return lander.train(agent, env, min(steps, 300), progress=False, **options)


@pytest.mark.filterwarnings("ignore:NormalizeObservation keeps statistics")
@pytest.mark.parametrize("section", WITH_CODE, ids=title)
def test_the_code_of_an_answer_runs(section, reader, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = reader()
    for code in PYTHON.findall(INTRODUCTION):
        exec(code, names)
    names["train"] = shortened
    for code in PYTHON.findall(section):
        exec(compile(code, title(section), "exec"), names)
