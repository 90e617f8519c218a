"""The pictures of chapter 4."""

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure

from helpers.drawing import BLUE, GREEN, LINES, RED, Film, figure, headline, show


class Surface:
    """A grid of states and actions on Drift, on which we look at critics."""

    def __init__(self, drift: Any, discount: float, points: int = 41) -> None:
        line = np.linspace(-1, 1, points, dtype=np.float32)
        self.states, self.actions = np.meshgrid(line, line)
        self.exact = drift.q(self.states, self.actions, discount)

    def values(self, critic: Callable) -> np.ndarray:
        """The critic's values on the grid."""
        columns = [self.states.reshape(-1, 1), self.actions.reshape(-1, 1)]
        return np.reshape(critic(columns), self.states.shape)

    def off(self, values: np.ndarray) -> float:
        """The root of the mean squared difference to the exact values."""
        return float(np.sqrt(np.mean(np.square(values - self.exact))))


def surfaces(surface: Surface, kept: dict[str, np.ndarray]) -> None:
    """An odd number of critics' values over state and action, and last the exact ones.

    Args:
        kept: values by what the critic was like, such as "after 200 updates".
    """
    errors = {name: surface.off(values) for name, values in kept.items()}
    panels = kept | {"exact": surface.exact}
    rows = len(panels) // 2
    made, axes = figure(rows, 2, height=0.8 + 3.4 * rows, sharex=True, sharey=True, squeeze=False)
    for axis, (name, values) in zip(axes.flat, panels.items()):
        filled = _panel(axis, surface, name, values)
    _label(made, axes, filled)
    near, far = (choose(errors, key=lambda name: errors[name]) for choose in (min, max))
    title = f"{near[0].upper()}{near[1:]} the critic is off by {errors[near]:.2f}"
    if near != far:
        title += f",\n{far} by {errors[far]:.2f}"
    headline(made, title)
    texts = [f"{name} from {v.min():.1f} to {v.max():.1f}" for name, v in panels.items()]
    alt = f"Values over state and action, a dot on the best action: {'; '.join(texts)}. {title}."
    show(made, alt.replace("\n", " "))


def surface_film(surface: Surface, kept: dict[int, np.ndarray]) -> None:
    """The learned values beside the exact ones as a film; ``kept`` maps updates to values."""
    film = Film(fps=6)
    for updates, values in kept.items():
        made, axes = figure(1, 2, height=4, sharex=True, sharey=True, squeeze=False)
        title = f"{updates:,} updates: off by {surface.off(values):.2f}"
        filled = _panel(axes[0, 0], surface, title, values)
        _panel(axes[0, 1], surface, "exact", surface.exact)
        _label(made, axes, filled)
        film.add_figure(made)
        plt.close(made)
    first, last = min(kept), max(kept)
    film.show(
        "A film of the critic's values over state and action, beside the exact ones. They begin "
        f"flat, off by {surface.off(kept[first]):.2f}, and bend towards the exact ones. After "
        f"{last:,} updates they are off by {surface.off(kept[last]):.2f}."
    )


def _panel(axis: Axes, surface: Surface, title: str, values: np.ndarray) -> ContourSet:
    """Draw values as colours, and a dot on the best action of every second state."""
    levels = np.linspace(surface.exact.min(), 0.5, 16)
    filled = axis.contourf(
        surface.states, surface.actions, values, levels, cmap="viridis", extend="both"
    )
    best = surface.actions[np.argmax(values, axis=0), 0]
    # White with a dark edge stands out from every colour of the surface.
    axis.plot(
        surface.states[0, ::2], best[::2], "o", ms=7, mfc="white", mec="black",
        clip_on=False, zorder=3,
    )  # fmt: skip
    axis.set_title(title, fontweight="normal")
    axis.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    axis.grid(visible=False)
    return filled


def _label(made: Figure, axes: np.ndarray, filled: ContourSet) -> None:
    for axis in axes[-1]:
        axis.set_xlabel("state $s$")
    for axis in axes[:, 0]:
        axis.set_ylabel("action $a$")
    bar = made.colorbar(filled, ax=axes, label="value $Q$")
    bar.set_ticks([tick for tick in range(-20, 1, 4) if filled.levels[0] <= tick])


def error_curve(updates: list[int], errors: list[float]) -> None:
    """The error of a critic over its updates."""
    made, axis = figure(height=3)
    axis.plot(updates, errors, color=BLUE, lw=2.5, marker="o", ms=5)
    axis.set(xlabel="updates", ylabel="error of $Q$", ylim=(0, None))
    axis.set_title(f"The error goes from {errors[0]:.2f} to {errors[-1]:.2f}")
    half = errors[len(errors) // 2]
    show(
        made,
        f"The critic's error over its updates: {errors[0]:.2f} before the first, {half:.2f} half "
        f"way, {errors[-1]:.2f} after {updates[-1]:,}.",
    )


def along_a_flight(lines: dict[str, np.ndarray]) -> None:
    """Values along one flight; ``lines`` maps names to opinions, and a last one to the measured."""
    *opinions, (name, measured) = lines.items()
    made, axis = figure(height=4.4)
    axis.plot(measured, color="black", lw=1.5, label=name)
    for (said, opinion), style, color in zip(opinions[::-1], LINES[1:], (BLUE, RED, GREEN)):
        axis.plot(opinion, ls=style, color=color, lw=2.5, label=said)
    axis.set(xlabel="step of the flight", ylabel="value")
    gaps = {said: np.subtract(opinion, measured) for said, opinion in opinions}
    if len(gaps) == 1:  # its thirds can be told apart
        ((said, gap),) = gaps.items()
        first, _, last = (_signed(part) for part in np.array_split(gap, 3))
        title = f"{first.capitalize()} in the first third, {last} in the last"
    else:
        told = [f"{said}: {_signed(gap)}" for said, gap in (*gaps.items(),)[:: len(gaps) - 1]]
        title = f"{told[0][0].upper()}{told[0][1:]},\n{told[1]}"
    axis.set_title(title)
    made.legend(loc="outside lower center", ncols=2)
    every = ", ".join(f"{said}, {_signed(gap)} on average" for said, gap in gaps.items())
    alt = f"Values along one flight, {name}, and {every}. {title}."
    show(made, alt.replace("\n", " "))


def _signed(gap: np.ndarray) -> str:
    """The mean of a gap in words."""
    return f"too {'high' if gap.mean() > 0 else 'low'} by {abs(gap.mean()):.0f}"
