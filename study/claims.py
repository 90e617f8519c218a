"""Comparisons that the texts draw, each as a difference with its interval and in words.

The seeds of two variants begin alike, so their differences are taken seed by seed. The interval
holds the mean difference with 95 % confidence, by the percentile bootstrap over the seeds. Where it
leaves zero out, one variant is ahead; else we can't tell. With fewer than five seeds such an
interval is too short to be trusted. There it goes from the smallest difference to the largest, and
we never say more than that all seeds agree.

Source: Agarwal et al. (2021), "Deep reinforcement learning at the edge of the statistical
precipice", for intervals over few runs.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import bootstrap

from study.facts import judgements

HERE = Path(__file__).parent
ENOUGH = 5  # seeds
OPEN = "we can't tell"


class Measure(NamedTuple):
    """A number of each seed, where a variant is ahead by more of it or by less, or by neither."""

    name: str
    unit: str
    more_is_better: bool | None

    def verdicts(self):
        """The words for more and for less of it, with enough seeds and with few."""
        if self.more_is_better is None:
            return ("higher", "lower"), ("higher", "lower")
        pairs = ("better", "worse"), ("ahead", "behind")
        return pairs if self.more_is_better else tuple(pair[::-1] for pair in pairs)


MEASURES = {
    "best": Measure("judged return of the best snapshot", "points", True),
    "worst": Measure("worst of the judged flights", "points", True),
    "last": Measure("return of the last policy", "points", True),
    "steps": Measure("steps to 200", "steps", False),
    "below": Measure("later choices below 200", "%", False),
    "seconds": Measure("seconds of training to 200", "seconds", False),
    "excess": Measure("promised beyond what came, at the end", "points", False),
    "promise": Measure("promised beyond what came, along flights", "points", None),
}
COURSE = "lander/course"
SBX = "peers/SBX DDPG, our recipe"
SB3 = "peers/Stable-Baselines3 DDPG, our recipe"
PLAIN = "as_they_come/SBX DDPG, one step, constant noise"
# What is compared, ``name: (one, the other, measure)``; each is a file and a variant.
COMPARISONS = {
    "course or SBX": (COURSE, SBX, "best"),
    "course or SBX, at the end": (COURSE, SBX, "last"),
    "course or SBX, steps": (COURSE, SBX, "steps"),
    "course or SBX, seconds": (COURSE, SBX, "seconds"),
    "course or Stable-Baselines3": (COURSE, SB3, "best"),
    "course or Stable-Baselines3, at the end": (COURSE, SB3, "last"),
    "course or Stable-Baselines3, steps": (COURSE, SB3, "steps"),
    "course or Stable-Baselines3, seconds": (COURSE, SB3, "seconds"),
    "our recipe or one step": (SBX, PLAIN, "best"),
    "our recipe or one step, at the end": (SBX, PLAIN, "last"),
    "our recipe or one step, steps": (SBX, PLAIN, "steps"),
    "values times 10 or 1": (COURSE, "value_scale/1", "best"),
    "values times 10 or 1, worst flight": (COURSE, "value_scale/1", "worst"),
    "values times 10 or 1, at the end": (COURSE, "value_scale/1", "last"),
    "values times 10 or 1, steps": (COURSE, "value_scale/1", "steps"),
    "values times 10 or 1, afterwards": (COURSE, "value_scale/1", "below"),
    "values times 10 or 1, promise": (COURSE, "value_scale/1", "promise"),
    "values times 10 or 1 on Drift": ("tasks/Drift-v0", "tasks/Drift-v0, values × 1", "best"),
    "values times 10 or 1 on Pendulum": (
        "tasks/Pendulum-v1", "tasks/Pendulum-v1, values × 1", "best",
    ),
    "noise or none": (COURSE, "noise/none", "best"),
    "noise or none, steps": (COURSE, "noise/none", "steps"),
    "white noise or none": ("noise/white, annealed", "noise/none", "best"),
    "OU or white noise": (COURSE, "noise/white, annealed", "best"),
    "OU or white noise, steps": (COURSE, "noise/white, annealed", "steps"),
    "OU or white noise, afterwards": (COURSE, "noise/white, annealed", "below"),
    "annealed or constant noise": (COURSE, "noise/OU, constant", "best"),
    "annealed or constant noise, steps": (COURSE, "noise/OU, constant", "steps"),
    "annealed or constant noise, at the end": (COURSE, "noise/OU, constant", "last"),
    "soft targets or none": (COURSE, "targets/none", "best"),
    "soft targets or none, afterwards": (COURSE, "targets/none", "below"),
    "soft or hard targets": (COURSE, "targets/hard", "best"),
    "tau .05 or .005": ("targets/soft, tau .05", COURSE, "best"),
    "one step, soft targets or none": (
        "targets/one-step, tau .005", "targets/one-step, none", "best",
    ),
    "one step, soft targets or none, afterwards": (
        "targets/one-step, tau .005", "targets/one-step, none", "below",
    ),
    "five steps or one": (COURSE, "targets/one-step, tau .005", "best"),
    "five steps or one, at the end": (COURSE, "targets/one-step, tau .005", "last"),
    "five steps or one, steps": (COURSE, "targets/one-step, tau .005", "steps"),
    "five steps or one, afterwards": (COURSE, "targets/one-step, tau .005", "below"),
    "five steps or one, promise": (COURSE, "targets/one-step, tau .005", "promise"),
    "terminal masked or not": (COURSE, "bootstrap/terminal unmasked", "best"),
    "truncation as it is or as terminal": (COURSE, "bootstrap/truncation as terminal", "best"),
    "no normalisation or batch": (COURSE, "normalization/batch", "best"),
    "memory of 50,000 or 150,000": (COURSE, "replay/150,000", "best"),
    "memory of 50,000 or 1,000": (COURSE, "replay/1,000", "best"),
    "memory of 50,000 or 1,000, at the end": (COURSE, "replay/1,000", "last"),
    "memory of 50,000 or 100": (COURSE, "replay/100", "best"),
    "memory of 50,000 or 100, at the end": (COURSE, "replay/100", "last"),
    "width 128-128 or 64-64": (COURSE, "width/64-64", "best"),
    "actions in the second layer or the first": (COURSE, "late_actions/first layer", "best"),
    "actions in the second layer or the first, steps": (
        COURSE, "late_actions/first layer", "steps",
    ),
    "TD3 or DDPG": ("td3/TD3", COURSE, "best"),
    "TD3 or DDPG, at the end": ("td3/TD3", COURSE, "last"),
    "TD3 or DDPG, promise": ("td3/TD3", COURSE, "promise"),
    "double DQN or DQN": ("double_dqn/double DQN", "double_dqn/DQN", "excess"),
}  # fmt: skip


class Difference(NamedTuple):
    """The mean of paired differences, its interval, and over how many seeds."""

    mean: float
    low: float
    high: float
    seeds: int


def difference(one, other):
    """The ``Difference`` of numbers by seed, over the seeds that both have.

    Raises:
        ValueError: they share fewer than two seeds.
    """
    paired = np.array([one[seed] - other[seed] for seed in sorted(one.keys() & other.keys())])
    if len(paired) < 2:
        raise ValueError("a comparison needs two shared seeds or more")
    if len(paired) < ENOUGH or np.ptp(paired) == 0:
        return Difference(*map(float, (paired.mean(), paired.min(), paired.max())), len(paired))
    made = bootstrap((paired,), np.mean, method="percentile", rng=np.random.default_rng(0))
    return Difference(float(paired.mean()), *map(float, made.confidence_interval), len(paired))


def words(found, measure):
    """A difference in words, which say no more than its interval does, in whole units."""
    low, high = round(found.low), round(found.high)
    if low <= 0 <= high:
        return f"{OPEN}: between {_signed(low)} and {_signed(high)} {measure.unit}"
    near, far = sorted([abs(low), abs(high)])
    more, fewer = measure.verdicts()[found.seeds < ENOUGH]
    verdict = more if found.mean > 0 else fewer
    if found.seeds < ENOUGH:
        verdict += f" in all {found.seeds} seeds"
    return f"{verdict}, by {near:,} to {far:,} {measure.unit}"


def _signed(number):
    return "0" if round(number) == 0 else f"{number:+,.0f}".replace("-", "−")


def values(place, measure):
    """A measure of a variant's seeds, by seed; one that never got to 200 took its whole run."""
    name, _, variant = place.partition("/")
    read = {
        "best": lambda row: row["mean"],
        "worst": lambda row: row["worst"],
        "last": lambda row: row["last"],
        "steps": lambda row: min(row["steps_to_200"], row["step"]),
        "below": lambda row: 100 * row["below"],
        "seconds": lambda row: min(row["training_to_200"], row["training"]),
        "excess": lambda row: row["excess"],
        "promise": lambda row: row["promise"],
    }[measure]
    found = {row["seed"]: read(row) for row in judgements(name, variant)}
    return {seed: value for seed, value in found.items() if value != ""}


def compare(name):
    """The ``Difference`` of a comparison, and its ``Measure``.

    Raises:
        KeyError: there is no such comparison.
    """
    one, other, measure = COMPARISONS[name]
    return difference(values(one, measure), values(other, measure)), MEASURES[measure]


def said(name):
    """A comparison in words."""
    return words(*compare(name))


def verdict(found, measure):
    """The first words of ``words``: whether one variant is ahead, without by how much."""
    return re.split("[:,]", words(found, measure))[0]


def against_course(place):
    """The verdict on a variant's best snapshots beside the course's; empty if they aren't compared.

    ``place`` is a file and a variant, as in ``COMPARISONS``.
    """
    for name, (one, other, measure) in COMPARISONS.items():
        if measure == "best" and {one, other} == {COURSE, place}:
            found, kind = compare(name)
            if one == COURSE:
                found = Difference(-found.mean, -found.high, -found.low, found.seeds)
            return verdict(found, kind)
    return ""


def rows():
    """A row of the table of comparisons for each of them."""
    for name in COMPARISONS:
        found, measure = compare(name)
        ends = [_signed(number) for number in found[:3]]
        interval = f"{ends[1]} to {ends[2]}"
        yield [name, measure.name, found.seeds, ends[0], interval, verdict(found, measure)]
