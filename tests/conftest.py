import os

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from docs.book import CHROMIUM, FLAGS
from helpers.replay_memory import Batch


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing, and CI must not skip: .ci/run installs it")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def make_batch():
    """A function that makes a batch of random transitions; terminals alternate."""

    def make(size=6, state_size=3, action_size=2, seed=0):
        rng = np.random.default_rng(seed)
        return Batch(
            rng.normal(size=(size, state_size)).astype(np.float32),
            rng.uniform(-1, 1, (size, action_size)).astype(np.float32),
            rng.normal(size=size).astype(np.float32),
            rng.normal(size=(size, state_size)).astype(np.float32),
            (np.arange(size) % 2).astype(np.float32),
        )

    return make


def pytest_terminal_summary(terminalreporter):
    """Say how many answers the checks were tried with."""
    passed = terminalreporter.stats.get("passed", [])
    counts = {
        kind: sum(name in report.nodeid for report in passed)
        for kind, name in {
            "wrong answers refused with their hint": "test_a_wrong_answer_gets_its_hint",
            "right answers passed": "test_a_right_answer_passes",
        }.items()
    }
    counts["mutants refused, or listed as equivalent"] = sum(
        value for report in passed for key, value in report.user_properties if key == "mutants"
    )
    if any(counts.values()):
        text = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        terminalreporter.write_line(f"The checks: {text}.")
