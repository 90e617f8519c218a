"""The pictures of chapter 5."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from helpers.drawing import GREY, ORANGE, Film, figure, show

STATES = np.linspace(-1.5, 1.5, 61, dtype=np.float32)


def climb(critic: Callable, lines: dict[int, np.ndarray], gain: float) -> None:
    """An actor's line at some updates, over the critic's values and slopes by the action.

    ``lines`` maps a number of updates to the actions in 61 states from −1.5 to 1.5.
    """
    made, axes = figure(1, len(lines), height=2.8, sharex=True, sharey=True)
    for axis, (updates, actions) in zip(axes, lines.items()):
        _hill(axis, critic, gain)
        _actor(axis, critic, updates, actions)
    axes[0].set_ylabel("action $a$")
    axes[0].legend(loc="lower left", frameon=True, facecolor=GREY, labelcolor="white")
    show(
        made,
        f"The actor's line after {', '.join(map(str, lines))} updates, over the critic's values, "
        f"with arrows along the slope. {_result(actions, gain)}",
    )


def film(critic: Callable, lines: dict[int, np.ndarray], gain: float) -> None:
    """The same as a video, with a frame for each of the lines."""
    made, axis = figure(height=3.2)
    _hill(axis, critic, gain)
    axis.set_ylabel("action $a$")
    movie = Film(fps=10)
    for updates, actions in lines.items():
        drawn = _actor(axis, critic, updates, actions)
        made.canvas.draw()
        movie.add(np.asarray(made.canvas.buffer_rgba())[..., :3])
        for artist in drawn:
            artist.remove()
    plt.close(made)
    alt = f"The actor's line turns onto the best one over {updates} updates, pulled by arrows."
    movie.show(f"{alt} {_result(actions, gain)}")


def _hill(axis, critic, gain):
    """The critic's values over states and actions, and the best actions."""
    grid = np.meshgrid(STATES, np.linspace(-1, 1, 41, dtype=np.float32))
    values = np.reshape(critic([part.reshape(-1, 1) for part in grid]), grid[0].shape)
    axis.contourf(*grid, values, 14, cmap="viridis", alpha=0.8)
    axis.plot(STATES, -gain * STATES, "--", color="white", lw=1.5, label="best")
    axis.set(xlabel="state $s$", ylim=(-1, 1))
    axis.grid(visible=False)


def _actor(axis, critic, updates, actions):
    """The actor's line, and arrows along the critic's slope by the action; returns both."""
    axis.set_title(f"after {updates:,}")
    (line,) = axis.plot(STATES, actions, color=ORANGE, lw=2.5, label="actor")
    states, climbers = tf.constant(STATES[5::10, None]), tf.constant(actions[5::10, None])
    with tf.GradientTape() as tape:
        tape.watch(climbers)
        value = tf.reduce_sum(critic([states, climbers]))
    slopes = tape.gradient(value, climbers)
    arrows = axis.quiver(
        states, climbers, 0 * slopes, slopes, color="black", scale=25, width=0.008, zorder=3
    )
    return line, arrows


def _result(actions, gain):
    error = np.abs(actions + gain * STATES).mean()
    return f"At the end it is {error:.2f} from the best on average."
