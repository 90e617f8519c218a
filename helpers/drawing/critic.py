"""The pictures of chapter 4."""

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet

from helpers.drawing import BLUE, GREEN, LINES, RED, Film, figure, show


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

    def error(self, critic: Callable) -> float:
        """The same for a critic's values."""
        return self.off(self.values(critic))


def surfaces(surface: Surface, kept: dict[str, np.ndarray]) -> None:
    """Values over state and action, with the exact ones last; ``kept`` maps names to them."""
    errors = {name: surface.off(values) for name, values in kept.items()}
    panels = [(f"{name}: off by {errors[name]:.2f}", values) for name, values in kept.items()]
    panels.append(("exact", surface.exact))
    rows = -(-len(panels) // 2)
    made, axes = figure(rows, 2, height=0.8 + 3.2 * rows, sharex=True, sharey=True, squeeze=False)
    for axis, (name, values) in zip(axes.flat, panels):
        filled = _panel(axis, surface, name, values)
    for axis in axes.flat[len(panels) :]:
        axis.axis("off")
    _label(axes)
    _legend(made, axes, filled)
    near, far = (choose(errors, key=errors.get) for choose in (min, max))  # type: ignore[arg-type]
    title = f"{near[0].upper()}{near[1:]} the critic is off by {errors[near]:.2f}"
    made.suptitle(
        title if near == far else f"{title},\n{far} by {errors[far]:.2f}",
        x=0.01, ha="left", fontsize="medium", fontweight="bold",
    )  # fmt: skip
    texts = "; ".join(f"{name}, {_spread(values)}" for name, values in panels)
    show(made, f"Values over state and action, with a dot on the best action: {texts}.")


def surface_film(surface: Surface, kept: dict[int, np.ndarray]) -> None:
    """The learned values beside the exact ones as a film; ``kept`` maps updates to values."""
    film = Film(fps=6)
    for updates, values in kept.items():
        made, axes = figure(1, 2, height=4.2, sharex=True, sharey=True, squeeze=False)
        title = f"{updates:,} updates: off by {surface.off(values):.2f}"
        filled = _panel(axes[0, 0], surface, title, values)
        _panel(axes[0, 1], surface, "exact", surface.exact)
        _label(axes)
        _legend(made, axes, filled)
        film.add_figure(made)
        plt.close(made)
    first, last = min(kept), max(kept)
    film.show(
        f"A film of the critic's values over state and action, beside the exact ones. They begin "
        f"flat, off by {surface.off(kept[first]):.2f}, and bend towards the exact surface, until "
        f"after {last:,} updates they are off by {surface.off(kept[last]):.2f}."
    )


def _panel(axis: Axes, surface: Surface, title: str, values: np.ndarray) -> ContourSet:
    """Draw values as colours, and a dot on the best action of every second state."""
    levels = np.linspace(surface.exact.min(), 0.5, 16)
    filled = axis.contourf(
        surface.states, surface.actions, values, levels, cmap="viridis", extend="both"
    )
    best = surface.actions[np.argmax(values, axis=0), 0]
    # White with a dark edge stands out from every colour of the surface.
    dots = {"ms": 7, "mfc": "white", "mec": "black", "clip_on": False, "zorder": 3}
    axis.plot(surface.states[0, ::2], best[::2], "o", **dots)
    axis.set_title(title, fontweight="normal")
    axis.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    axis.grid(visible=False)
    return filled


def _label(axes: np.ndarray) -> None:
    for axis in axes[-1]:
        axis.set_xlabel("state $s$")
    for axis in axes[:, 0]:
        axis.set_ylabel("action $a$")


def _legend(made: Any, axes: np.ndarray, filled: ContourSet) -> None:
    bar = made.colorbar(filled, ax=axes, label="value $Q$")
    bar.set_ticks([tick for tick in range(-20, 1, 2) if filled.levels[0] <= tick])


def _spread(values: np.ndarray) -> str:
    return f"values from {values.min():.1f} to {values.max():.1f}"


def error_curve(updates: np.ndarray, errors: list[float]) -> None:
    """The error of a critic over its updates."""
    made, axis = figure(height=3)
    axis.plot(updates, errors, color=BLUE, lw=2.5, marker="o", ms=5)
    axis.set(xlabel="updates", ylabel="error of $Q$", ylim=(0, None))
    axis.set_title(f"The error falls from {errors[0]:.1f} to {errors[-1]:.2f}")
    show(
        made,
        f"A falling curve: the critic's error is {errors[0]:.1f} before the first update, "
        f"{errors[len(errors) // 2]:.2f} half way and {errors[-1]:.2f} after {updates[-1]:,}.",
    )


def along_a_flight(lines: dict[str, np.ndarray]) -> None:
    """Values along one flight; ``lines`` maps names to opinions, and a last one to the measured."""
    *opinions, (name, measured) = lines.items()
    made, axis = figure(height=4.4)
    styles = zip([*LINES[3 - len(opinions) : 3]][::-1], (BLUE, RED, GREEN))
    for (said, opinion), (style, color) in zip(opinions[::-1], styles):
        axis.plot(opinion, ls=style, color=color, lw=2.5, label=said)
    axis.plot(measured, color="black", lw=1.5, label=name)
    said, opinion = opinions[-1]
    first, _, last = (part.mean() for part in np.array_split(np.subtract(measured, opinion), 3))
    axis.set(xlabel="step of the flight", ylabel="value")
    axis.set_title(f"{_signed(first).capitalize()} in the first third, {_signed(last)} in the last")
    made.legend(loc="outside lower center", ncols=2)
    correlation = np.corrcoef(opinion, measured)[0, 1]
    off = np.mean(np.abs(np.subtract(opinion, measured)))
    show(
        made,
        f"{len(lines)} curves along one flight: {', '.join(name for name in lines)}. The line "
        f"“{said}” is {_signed(first)} in the first third of the flight and {_signed(last)} in the "
        f"last, off by {off:.0f} on average, correlation {correlation:.2f}.",
    )


def _signed(gap: float) -> str:
    return f"too {'low' if gap >= 0 else 'high'} by {abs(gap):.0f}"
