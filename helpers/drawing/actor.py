"""The pictures of chapter 5."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from matplotlib.colors import LinearSegmentedColormap

from helpers.drawing import BLUE, GREY, RED, Film, figure, headline, show

STATES = np.linspace(-1.5, 1.5, 61, dtype=np.float32)
ACTIONS = np.linspace(-1, 1, 101, dtype=np.float32)
PALE = LinearSegmentedColormap.from_list("pale", ["#c4c4c4", "white"])  # lines stand out on it
BALL = 50  # the place in STATES of the state whose hill the ball climbs: 1.0
ROUND = {"marker": "o", "ms": 13, "color": RED, "mec": "black", "zorder": 4}


def climb(critic: Callable, lines: dict[int, np.ndarray], gain: float) -> None:
    """An actor's line at four moments, on a map of the critic's values, with its slopes as arrows.

    ``lines`` maps a number of updates to the actions in 61 states from −1.5 to 1.5.
    """
    made, axes = figure(2, 2, height=7, sharex=True, sharey=True)
    for axis, (updates, actions) in zip(axes.flat, lines.items()):
        _map(axis, critic, gain)
        _actor(axis, critic, actions)
        axis.set_title(f"after {updates:,} updates", fontweight="normal")
    for axis in axes[:, 0]:
        axis.set_ylabel("action $a$")
    for axis in axes[1]:
        axis.set_xlabel("state $s$")
    made.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    first, last = (_off(lines[number], gain) for number in (min(lines), max(lines)))
    headline(
        made,
        f"Off the best line by {first:.2f} at first, by {last:.2f} after {max(lines):,} updates",
    )
    offs = [f"{_off(actions, gain):.2f} after {number:,}" for number, actions in lines.items()]
    show(
        made,
        "Four maps of the critic's values over state and action, with the actor's line, the best "
        "line, and arrows that point up the slope. On average the actor's line is off by "
        f"{', '.join(offs)} updates.",
    )


def film(critic: Callable, lines: dict[int, np.ndarray], gain: float) -> None:
    """A film of the climb: a ball on the hill of one state, and the line that it rides on.

    ``lines`` as in ``climb``; each is a frame.
    """
    made, (hill, chart) = figure(2, height=7.2, height_ratios=(1, 1.25))
    made.set_size_inches(5.6, 7.2)  # narrow, so that a phone shrinks the lettering less
    best = -gain * STATES[BALL]
    seen = _slice(critic, [line[BALL] for line in lines.values()])
    _hill(hill, critic, best, bottom=seen.min())
    _map(chart, critic, gain)
    chart.axvline(STATES[BALL], ls=":", color="black", lw=2)
    chart.set(xlabel="state $s$", ylabel="action $a$")
    chart.set_title("The actor's line turns with the ball")
    movie = Film(fps=10)
    for (updates, actions), value in zip(lines.items(), seen):
        hill.set_title(f"After {updates:,} updates: action {actions[BALL]:.2f}".replace("-", "−"))
        drawn = [
            _tangent(hill, critic, actions[BALL]),
            *hill.plot(actions[BALL], value, **ROUND),
            *chart.plot(STATES[BALL], actions[BALL], **ROUND),
            *_actor(chart, critic, actions),
        ]
        movie.add_figure(made)
        for artist in drawn:
            artist.remove()
    plt.close(made)
    movie.show(
        f"Two panels. Above, a ball on the curve of Q over the action in state {STATES[BALL]:.0f}. "
        f"It goes from the action {lines[min(lines)][BALL]:.2f} to {actions[BALL]:.2f}, and the "
        f"top is at {best:.2f}. Below, the ball rides on the actor's line, which turns onto the "
        f"best line in {updates} updates.",
        strip="A ball climbs its hill, and the actor's line turns with it",
    )


def _hill(axis, critic, best, bottom):
    """The values of all actions in the ball's state, from a little below ``bottom`` up."""
    values = _slice(critic, ACTIONS)
    rise = values.max() - bottom
    axis.plot(ACTIONS, values, color=GREY, lw=2.5)
    axis.axvline(best, ls="--", color="black", lw=2)
    axis.text(best - 0.04, bottom - rise, "best", ha="right")
    axis.set(
        xlabel=f"action $a$ in state {STATES[BALL]:.0f}", ylabel="value $Q$",
        xlim=(-1, 1), ylim=(values.max() - 2.2 * rise, values.max() + 0.3 * rise),
        xticks=(-1, 0, 1),
    )  # fmt: skip


def _tangent(axis, critic, action, reach=0.3):
    """A piece of the tangent to the hill at an action."""
    around = np.array([-reach, reach])
    low, middle, high = _slice(critic, action + np.array([-0.01, 0, 0.01]))
    (line,) = axis.plot(
        action + around, middle + (high - low) / 0.02 * around, color=RED, lw=3, zorder=3
    )
    return line


def _map(axis, critic, gain):
    """The critic's values over states and actions, the lighter the higher, and the best actions."""
    grid = np.meshgrid(STATES, ACTIONS)
    values = np.reshape(critic([part.reshape(-1, 1) for part in grid]), grid[0].shape)
    axis.contourf(*grid, values, 12, cmap=PALE)
    axis.contour(*grid, values, 12, colors=GREY, linewidths=0.5, linestyles="-")
    axis.plot(STATES, -gain * STATES, "--", color="black", lw=2, label="best line")
    axis.set(ylim=(-1, 1), xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    axis.grid(visible=False)


def _actor(axis, critic, actions):
    """The actor's line, and arrows along the critic's slope by the action; returns both."""
    (line,) = axis.plot(STATES, actions, color=BLUE, lw=3, label="actor's line")
    states, climbers = tf.constant(STATES[5::10, None]), tf.constant(actions[5::10, None])
    with tf.GradientTape() as tape:
        tape.watch(climbers)
        value = tf.reduce_sum(critic([states, climbers]))
    slopes = tape.gradient(value, climbers)
    arrows = axis.quiver(
        states, climbers, 0 * slopes, slopes,
        color=RED, edgecolor="black", lw=0.6, scale=22, width=0.018, zorder=3,
    )  # fmt: skip
    return line, arrows


def _slice(critic, actions):
    """The critic's values ``(N,)`` of some actions in the ball's state."""
    actions = np.reshape(actions, (-1, 1)).astype(np.float32)
    return np.array(critic([np.full_like(actions, STATES[BALL]), actions]))


def _off(actions, gain):
    """The mean distance to the best actions."""
    return np.abs(actions + gain * STATES).mean()
