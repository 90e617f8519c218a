"""The pictures of chapter 5."""

import numpy as np
import tensorflow as tf

from helpers.drawing import GREY, ORANGE, figure, show


def climb(critic, lines, gain):
    """An actor's line at some updates, over the critic's values and slopes by the action.

    ``lines`` maps a number of updates to the actions in 61 states from −1.5 to 1.5.
    """
    states = np.linspace(-1.5, 1.5, 61, dtype=np.float32)
    grid = np.meshgrid(states, np.linspace(-1, 1, 41, dtype=np.float32))
    values = np.reshape(critic([part.reshape(-1, 1) for part in grid]), grid[0].shape)
    made, axes = figure(1, len(lines), height=2.8, sharex=True, sharey=True)
    for axis, (updates, actions) in zip(axes, lines.items()):
        axis.contourf(*grid, values, 14, cmap="viridis", alpha=0.8)
        axis.plot(states, -gain * states, "--", color="white", lw=1.5, label="best")
        axis.plot(states, actions, color=ORANGE, lw=2.5, label="actor")
        _slopes(axis, critic, states[5::10], actions[5::10])
        axis.set(xlabel="state $s$", ylim=(-1, 1), title=f"after {updates:,}")
        axis.grid(visible=False)
    axes[0].set_ylabel("action $a$")
    axes[0].legend(loc="lower left", frameon=True, facecolor=GREY, labelcolor="white")
    error = np.abs(actions + gain * states).mean()
    show(
        made,
        f"The actor's line over the critic's values after {', '.join(map(str, lines))} updates, "
        f"with arrows along the slope. At the end it is {error:.2f} from the best on average.",
    )


def _slopes(axis, critic, states, actions):
    """Arrows along the critic's slope by the action."""
    actions = tf.constant(actions[:, None])
    with tf.GradientTape() as tape:
        tape.watch(actions)
        value = tf.reduce_sum(critic([tf.constant(states[:, None]), actions]))
    slopes = tape.gradient(value, actions).numpy()[:, 0]
    axis.quiver(
        states, actions[:, 0], 0 * slopes, slopes, color="black", scale=25, width=0.008, zorder=3
    )
