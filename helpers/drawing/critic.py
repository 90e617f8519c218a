"""The pictures of chapter 4."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.drawing import BLUE, GREY, ORANGE, figure, show


class Surface:
    """A grid of states and actions on Drift, on which critics are looked at."""

    def __init__(self, drift: Any, discount: float, points: int = 41) -> None:
        line = np.linspace(-1, 1, points, dtype=np.float32)
        self.states, self.actions = np.meshgrid(line, line)
        self.exact = drift.q(self.states, self.actions, discount)

    def values(self, critic: Callable) -> np.ndarray:
        """The critic's values on the grid."""
        columns = [self.states.reshape(-1, 1), self.actions.reshape(-1, 1)]
        return np.reshape(critic(columns), self.states.shape)

    def error(self, critic: Callable) -> float:
        """The root of the mean squared difference to the exact values."""
        return float(np.sqrt(np.mean(np.square(self.values(critic) - self.exact))))


def surfaces(surface: Surface, kept: dict[str, np.ndarray]) -> None:
    """Values over state and action, beside the exact ones; ``kept`` maps names to them."""
    panels = kept | {"exact": surface.exact}
    made, axes = figure(1, len(panels), height=2.7, sharex=True, sharey=True)
    levels = np.linspace(surface.exact.min(), 0.5, 16)
    texts = []
    for axis, (name, values) in zip(axes, panels.items()):
        filled = axis.contourf(
            surface.states, surface.actions, values, levels, cmap="viridis", extend="both"
        )
        error = np.sqrt(np.mean(np.square(values - surface.exact)))
        best = surface.actions[np.argmax(values, axis=0), 0]
        axis.plot(surface.states[0], best, ".", ms=3, color=ORANGE)
        axis.set(xlabel="state $s$", title=f"{name}\nerror {error:.2f}" if error else name)
        axis.grid(visible=False)
        texts.append(f"{name}: error {error:.2f}")
    axes[0].set_ylabel("action $a$")
    made.colorbar(filled, ax=axes, label="$Q$")
    show(made, f"Values over state and action, the best action dotted. {'; '.join(texts)}.")


def error_curve(updates: list[int], errors: list[float]) -> None:
    """The error of a critic over its updates."""
    made, axis = figure(height=2.6)
    axis.plot(updates, errors, color=BLUE)
    axis.set(xlabel="updates", ylabel="error of $Q$", ylim=(0, None))
    axis.set_title(f"From {errors[0]:.1f} to {errors[-1]:.2f}")
    show(
        made, f"The error falls from {errors[0]:.1f} to {errors[-1]:.2f} in {updates[-1]} updates."
    )


def along_a_flight(lines: dict[str, np.ndarray]) -> None:
    """Values along one flight; ``lines`` maps names to them."""
    made, axis = figure(height=2.8)
    (said, opinion), (_, measured) = lines.items()
    for (name, values), color in zip(lines.items(), (BLUE, GREY)):
        axis.plot(values, color=color, label=name)
    off = np.mean(np.abs(np.subtract(opinion, measured)))
    correlation = np.corrcoef(opinion, measured)[0, 1]
    axis.set(xlabel="step", ylabel="value")
    axis.set_title(f"Off by {off:.0f} on average, correlation {correlation:.2f}")
    axis.legend()
    show(
        made, f"Two curves along one flight: {said} against measured, off by {off:.0f} on average."
    )
