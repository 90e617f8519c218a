"""The pictures of chapter 3."""

import itertools
from collections import defaultdict

import numpy as np
from matplotlib.axes import Axes

from helpers import results
from helpers.drawing import BLUE, GREY, ORANGE, RED, figure, show


def scores_over_steps(scores: list[tuple[int, float]]) -> None:
    """The mean return at each choice of the best network; ``scores`` are pairs of step and mean."""
    made, axis = figure(height=2.6)
    steps, means = np.array(scores).T
    axis.plot(steps / 1_000, means, "o-", ms=4, color=BLUE)
    axis.set(xlabel="thousand steps", ylabel="mean return", ylim=(0, 520))
    axis.set_title(f"The best network's five episodes: {means.max():.0f} of 500")
    show(made, f"Mean returns over the steps jump up and down; the best is {means.max():.0f}.")


def draw_promises(axis: Axes) -> dict[str, float]:
    """The study's excess of promised over measured return, median and quartiles over seeds.

    Returns the last median of each kind of targets, by name.
    """
    excess = defaultdict(lambda: defaultdict(list))
    for row in itertools.chain(*results.curves("double_dqn")):
        excess[row["variant"]][row["step"]].append(row["promised"] - row["measured"])
    last = {}
    for variant, color in (("DQN", RED), ("double DQN", BLUE)):
        by_step = excess[variant]
        low, middle, high = np.percentile(list(by_step.values()), (25, 50, 75), axis=1)
        steps = np.array(list(by_step)) / 1_000
        axis.plot(steps, middle, color=color, label=variant)
        axis.fill_between(steps, low, high, color=color, alpha=0.2, lw=0)
        last[variant] = middle[-1]
    axis.axhline(0, lw=1, color=GREY)
    axis.set(xlabel="thousand steps", ylabel="promised − measured")
    axis.set_title("What the network promises beyond what it gets: medians, quartiles")
    axis.legend()
    return last


def promises() -> str:
    """Show what the study's Q-networks promise beyond what they get; the last medians in words."""
    made, axis = figure(height=3.0)
    last = ", ".join(f"{variant} {value:+.0f}" for variant, value in draw_promises(axis).items())
    show(made, f"Promised less measured returns rise over the steps; at the end {last}.")
    return f"medians at the end: {last}"


def values_over_steps(groups: dict[str, np.ndarray]) -> None:
    """Values over the steps made in an episode; ``groups`` maps names to them."""
    made, axis = figure(height=2.6)
    for (name, values), color in zip(groups.items(), (BLUE, ORANGE)):
        axis.plot(values, "o-", color=color, label=f"{name}: mean {values.mean():.1f}")
    axis.set(xlabel="steps made", ylabel="value", ylim=(0, 11))
    axis.set_title("With the bug, the world ends with the clock")
    axis.legend()
    text = "; ".join(f"{name}: mean {values.mean():.1f}" for name, values in groups.items())
    show(made, f"Values over the steps that were made in the episode. {text}.")
