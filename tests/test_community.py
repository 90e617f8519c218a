"""What stands at the repository's door: its name, version, citation, forms and workflows."""

import json
import re
import subprocess
import sys
import tomllib

import pytest
import yaml

from course.chapters import CHAPTERS
from course.code import ROOT
from helpers import host

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
NAME = "Land it yourself"
GITHUB = ROOT / ".github"
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))

SCHEMAS = {
    "github-issue-forms": FORMS,
    "github-issue-config": [GITHUB / "ISSUE_TEMPLATE" / "config.yml"],
    "github-workflows": WORKFLOWS,
    "dependabot": [GITHUB / "dependabot.yml"],
    "citation-file-format": [ROOT / "CITATION.cff"],
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_github_reads_has_the_form_that_it_asks_for(schema, tmp_path):
    spoilt = tmp_path / "spoilt.yml"
    spoilt.write_text("surprise: true\n", "utf-8")
    files = [*SCHEMAS[schema], spoilt]
    command = [sys.executable, "-m", "check_jsonschema", "--output-format=json"]
    checked = subprocess.run(
        [*command, f"--builtin-schema=vendor.{schema}", *files],
        capture_output=True,
        encoding="utf-8",
    )
    found = json.loads(checked.stdout)
    assert len(files) > 1
    assert not found["parse_errors"]
    assert {error["filename"] for error in found["errors"]} == {str(spoilt)}, checked.stdout


def first_line(name):
    return (ROOT / name).read_text("utf-8").splitlines()[0]


def test_the_project_has_one_name():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    settings = (ROOT / "docs" / "conf.py").read_text("utf-8")
    assert first_line("README.md") == f"# {CITATION['title']}"
    assert CITATION["title"].startswith(f"{NAME}: ")
    assert f'project = "{NAME}"' in settings
    assert PROJECT["name"] == environment["name"] == NAME.lower().replace(" ", "-")


def test_the_authors_are_the_same_everywhere():
    (author,) = CITATION["authors"]
    assert PROJECT["authors"] == [author]
    for name in ("LICENSE", "LICENSE-CONTENT.md"):
        line = f"Copyright (c) 2026 {author['name'][0].lower()}{author['name'][1:]}"
        assert line in (ROOT / name).read_text("utf-8")


def test_the_version_is_the_same_everywhere():
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\S+), .+\n\n### For instructors$", changes, re.MULTILINE)
    assert newest[1] == PROJECT["version"] == CITATION["version"] == host.COURSE


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_rests_on_pinned_actions_and_may_write_nothing_by_itself(workflow):
    text = workflow.read_text("utf-8")
    used = re.findall(r"uses: (.+)", text)
    assert used
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action
    assert yaml.safe_load(text)["permissions"] in ({}, {"contents": "read"})
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


def steps_of(workflow):
    jobs = yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values()
    return "\n".join(step.get("run", "") for job in jobs for step in job["steps"])


def commands_are_there(text):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"\bmake ([a-z]+)(?= [A-Z]+=|`|\n| +#|$)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for module in re.findall(r"python -m ((?:course|coursework|docs|helpers|study)\b[\w.]*)", text):
        file = ROOT / module.replace(".", "/")
        assert file.with_suffix(".py").exists() or (file / "__main__.py").exists(), module


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_what_is_there(workflow):
    steps = steps_of(workflow)
    commands_are_there(steps)
    for path in re.findall(r"\b(?:tests|notebooks)/\w+\.(?:py|ipynb)\b", steps):
        assert (ROOT / path).exists(), path
    for path, chosen in re.findall(r"(tests/\w+\.py) -k (\w+)", steps):
        assert chosen in (ROOT / path).read_text("utf-8"), chosen


@pytest.mark.parametrize("guide", ["CONTRIBUTING.md", ".github/pull_request_template.md"])
def test_contributors_are_sent_to_commands_that_are_there(guide):
    commands_are_there((ROOT / guide).read_text("utf-8"))


def test_the_table_of_tests_names_every_test_file():
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    stems = {chapter.stem for chapter in CHAPTERS}
    for path in (ROOT / "tests").glob("test_*.py"):
        name = path.stem.removeprefix("test_")
        assert name in stems or f"`test_{name}.py`" in guide, path.name
