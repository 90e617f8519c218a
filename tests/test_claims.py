"""Comparisons in words, which say no more than their data."""

import re

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.chapters import CHAPTERS
from study import claims
from study.claims import MEASURES, Difference, difference, words

POINTS, STEPS, PROMISE = MEASURES["best"], MEASURES["steps"], MEASURES["promise"]


def test_differences_are_taken_seed_by_seed():
    found = difference({0: 10.0, 1: 30.0, 2: 50.0, 9: 0.0}, {0: 9.0, 1: 28.0, 2: 47.0, 7: 500.0})
    assert found == Difference(2.0, 1.0, 3.0, 3)


def test_with_few_seeds_the_interval_holds_every_difference():
    """A bootstrap over four seeds would leave out the one that disagrees."""
    numbers = {0: -1.0, 1: 30.0, 2: 30.0, 3: 30.0}
    found = difference(numbers, dict.fromkeys(numbers, 0.0))
    assert (found.low, found.high) == (-1.0, 30.0)
    assert words(found, POINTS).startswith("we can't tell")


def test_the_interval_is_that_of_the_mean():
    numbers = np.random.default_rng(1).normal(5, 2, 400)
    found = difference(dict(enumerate(numbers)), dict.fromkeys(range(400), 0.0))
    error = 1.96 * numbers.std(ddof=1) / 20
    assert found.low == pytest.approx(numbers.mean() - error, abs=0.05)
    assert found.high == pytest.approx(numbers.mean() + error, abs=0.05)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=6))
def test_an_interval_holds_its_mean_and_is_the_same_again(numbers):
    one, zero = dict(enumerate(numbers)), dict.fromkeys(range(6), 0.0)
    found = difference(one, zero)
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9
    assert difference(one, zero) == found


@pytest.mark.parametrize("other", [{}, {0: 1.0}, {5: 1.0, 6: 2.0}])
def test_a_comparison_needs_shared_seeds(other):
    with pytest.raises(ValueError, match="two shared seeds"):
        difference({0: 1.0, 1: 2.0}, other)


@pytest.mark.parametrize(
    ("found", "measure", "text"),
    [
        (Difference(5, 2, 8, 5), POINTS, "better, by 2 to 8 points"),
        (Difference(-5, -8, -2, 5), POINTS, "worse, by 2 to 8 points"),
        (Difference(-5e3, -8e3, -2e3, 5), STEPS, "better, by 2,000 to 8,000 steps"),
        (Difference(1, -6, 9, 5), POINTS, "we can't tell: between −6 and +9 points"),
        (Difference(1, 0, 9, 5), POINTS, "we can't tell: between 0 and +9 points"),
        (Difference(0, 0, 0, 5), POINTS, "we can't tell: between 0 and 0 points"),
        (Difference(-3, -7, -0.4, 9), POINTS, "we can't tell: between −7 and 0 points"),
        (Difference(-3, -7, -0.6, 9), POINTS, "worse, by 1 to 7 points"),
        (Difference(5, 2, 8, 5), PROMISE, "higher, by 2 to 8 points"),
        (Difference(-5, -8, -2, 3), PROMISE, "lower in all 3 seeds, by 2 to 8 points"),
        (Difference(5, 2, 8, 3), POINTS, "ahead in all 3 seeds, by 2 to 8 points"),
        (Difference(5, 2, 8, 4), STEPS, "behind in all 4 seeds, by 2 to 8 steps"),
    ],
)
def test_words_say_no_more_than_the_interval(found, measure, text):
    assert words(found, measure) == text


def test_every_comparison_can_be_made_and_stands_on_the_page():
    page = (claims.HERE / "measured.md").read_text("utf-8")
    for row in claims.rows():
        assert f"| {' | '.join(map(str, row))} |" in page


SAID = re.compile(r"([^.;(|]+)<!--~(.+?)-->")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_chapter_says_what_the_comparison_says(chapter):
    for cell in nbformat.read(chapter.path, as_version=4).cells:
        bound = SAID.findall(cell.source)
        assert len(bound) == cell.source.count("<!--~")
        for text, name in bound:
            assert text.lower().endswith(claims.said(name).lower()), name
