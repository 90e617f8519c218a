"""The pictures of chapter 3."""

import itertools
from collections import defaultdict
from collections.abc import Callable

import gymnasium as gym
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from helpers import require, results
from helpers.drawing import BLUE, GREY, LINES, ORANGE, RED, Film, figure, show
from helpers.drawing.gym_api import flight

BOARD = 4, 5  # rows and columns
GOAL = 0, 4  # the square at the top right
SHADES = LinearSegmentedColormap.from_list("white to blue", ["white", BLUE])
GROUND = np.array([221, 234, 244])  # light blue: on white paper, a frame ends where this ends


def travelling_reward(discount: float) -> None:
    """Film the values of a small board, sweep by sweep, until the Bellman equation holds.

    A step leads to a neighbouring square, and back to the same one at the board's edge. The step
    onto the square at the top right brings a reward of 1 and ends the task; all others bring 0.
    """
    require.number("discount", discount, 0, 1)
    sweeps = _sweeps(discount)
    reached = [np.count_nonzero(values) for values in sweeps]
    titles = [
        f"Sweep {number}: {count} of {values.size - 1} squares have a value"
        for number, (values, count) in enumerate(zip(sweeps, reached))
    ]
    titles[-1] = f"Sweep {len(sweeps) - 1}: nothing changes any more"
    film = Film(fps=1)
    made, axis = figure(height=6.4)  # in pixels a multiple of 8, as the codec has it
    for values, title in zip(sweeps, titles):
        axis.clear()
        _draw_board(axis, values, discount, size=24)
        axis.set_title(title, fontsize=20)
        film.add_figure(made)
    plt.close(made)
    alt = (
        f"A board of {BOARD[0]} by {BOARD[1]} squares with the reward at the top right. Sweep by "
        f"sweep, {', '.join(map(str, reached))} squares have a value. At the end it is "
        f"{sweeps[-1][0, 3]:.2f} beside the reward and {sweeps[-1][-1, 0]:.2f} in the far corner."
    )
    film.show(alt)
    made, axes = figure(2, 2, height=7)
    for axis, number in zip(axes.flat, (1, 2, 4, len(sweeps) - 2)):
        number = min(number, len(sweeps) - 2)
        _draw_board(axis, sweeps[number], discount, size=16)
        axis.set_title(f"Sweep {number}: {reached[number]} of {sweeps[0].size - 1}")
    show(made, alt)


def _sweeps(discount):
    """The board's values before the first sweep and after each, until one changes nothing."""
    sweeps = [np.zeros(BOARD)]
    while len(sweeps) < 2 or not np.array_equal(*sweeps[-2:]):
        worth = discount * sweeps[-1]  # of a step onto each square: reward and what follows
        worth[GOAL] = 1
        around = np.pad(worth, 1, "edge")  # a step over the edge leads back to the same square
        moves = around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]
        sweeps.append(np.max(moves, axis=0))
        sweeps[-1][GOAL] = 0  # the task is over there
    return sweeps


def _draw_board(axis: Axes, values: np.ndarray, discount: float, size: float) -> None:
    """A value in each square, with arrows for the best steps, in letters of ``size`` points."""
    axis.imshow(values, cmap=SHADES, vmin=0, vmax=1.8)  # light enough for black letters
    axis.set(xticks=np.arange(BOARD[1] + 1) - 0.5, yticks=np.arange(BOARD[0] + 1) - 0.5)
    axis.tick_params(length=0, labelbottom=False, labelleft=False)
    axis.grid(color=GREY, alpha=1)
    axis.set_axisbelow(False)
    for spine in axis.spines.values():
        spine.set(visible=True, color=GREY)
    worth = discount * values
    worth[GOAL] = 1
    around = np.pad(worth, 1)  # here a step over the edge is worth nothing: no arrow
    for (row, column), value in np.ndenumerate(values):
        if (row, column) == GOAL:
            axis.text(column, row, "+1", size=size, ha="center", va="center", fontweight="bold")
            continue
        digits = f"{value:.2f}".lstrip("0") if 0 < value < 1 else f"{value:.0f}"
        axis.text(column, row - 0.14, digits, size=size, ha="center", va="center")
        ahead = {"←": around[row + 1, column], "↑": around[row, column + 1],
                 "→": around[row + 1, column + 2], "↓": around[row + 2, column + 1]}  # fmt: skip
        best = "".join(arrow for arrow, step in ahead.items() if value and step == value)
        axis.text(column, row + 0.28, best, size=size, ha="center", va="center")


def balancing(env: gym.Env, rollout: Callable, policy: Callable, seed: int, title: str) -> None:
    """Show one episode of CartPole as a video and a film strip, on a ground of light blue."""
    flight(_OnGround(env), rollout, policy, seed, title)


class _OnGround(gym.Wrapper):
    """An environment whose pictures are drawn on ``GROUND`` in place of white, and darker."""

    def render(self):
        return (GROUND * (self.env.render() / 255.0) ** 2).astype(np.uint8)


def scores_over_steps(scores: list[tuple[int, float]]) -> None:
    """The mean return at each choice of the best network; ``scores`` are pairs of step and mean."""
    made, axis = figure(height=3.4)
    steps, means = np.array(scores).T
    falls = int(np.sum(np.diff(means) < 0))
    axis.plot(steps / 1_000, means, "o-", ms=5, color=BLUE)
    axis.axhline(500, ls="--", lw=1, color=GREY)
    axis.set(xlabel="thousand steps", ylabel="mean return", ylim=(0, 540))
    title = (
        f"The score reaches {means.max():.0f} of 500, and falls {falls} time{'s' * (falls != 1)}"
    )
    axis.set_title(title)
    show(made, f"Mean returns over {steps[-1]:,.0f} steps. {title} from one choice to the next.")


def draw_promises(axis: Axes) -> dict[str, float]:
    """The study's excess of promised over measured return, median and quartiles over seeds.

    Returns the last median of each kind of targets, by name.
    """
    excess = defaultdict(lambda: defaultdict(list))
    for row in itertools.chain(*results.curves("double_dqn")):
        excess[row["variant"]][row["step"]].append(row["promised"] - row["measured"])
    last = {}
    for variant, color, style in zip(("DQN", "double DQN"), (RED, BLUE), LINES):
        by_step = excess[variant]
        low, middle, high = np.percentile(list(by_step.values()), (25, 50, 75), axis=1)
        steps = np.array(list(by_step)) / 1_000
        axis.plot(steps, middle, ls=style, lw=2, color=color)
        axis.fill_between(steps, low, high, color=color, alpha=0.2, lw=0)
        axis.text(steps[-1] + 0.8, middle[-1], variant, color=color, va="center")
        last[variant] = middle[-1]
    axis.axhline(0, lw=1, color=GREY)
    axis.set(xlabel="thousand steps", ylabel="promised − measured", xlim=(0, 63))
    axis.set_xticks(range(0, 51, 10))
    signs = ", ".join(f"{name} {value:+.0f}" for name, value in last.items())
    axis.set_title(f"Promised too much at the end: {signs}")
    return last


def promises() -> str:
    """Show what the study's Q-networks promise beyond what they get; the last medians in words."""
    made, axis = figure(height=3.8)
    last = ", ".join(f"{variant} {value:+.0f}" for variant, value in draw_promises(axis).items())
    show(made, f"Promised less measured returns rise over the steps; at the end {last}.")
    return f"medians at the end: {last}"


def values_over_steps(groups: dict[str, np.ndarray]) -> None:
    """Values over the steps made in an episode; ``groups`` maps names to them."""
    made, axis = figure(height=3.2)
    texts = []
    for (name, values), color, style in zip(groups.items(), (BLUE, ORANGE), LINES):
        axis.plot(values, "o", ls=style, color=color)
        axis.text(0, values[0] + 0.7, name, color=color)
        texts.append(f"{name}: from {values[0]:.1f} to {values[-1]:.1f}")
    axis.set(xlabel="steps made", ylabel="value", ylim=(0, 12), yticks=(0, 5, 10))
    name, values = list(groups.items())[-1]
    axis.set_title(f"{name.capitalize()}, values fall from {values[0]:.1f} to {values[-1]:.1f}")
    show(made, f"Values over the steps that were made in the episode. {'; '.join(texts)}.")
