"""The pictures of chapter 6."""

from collections.abc import Callable

import numpy as np

from helpers.drawing import BLUE, GREEN, ORANGE, RED, figure, show

COLORS = (RED, ORANGE, BLUE, GREEN)
STYLES = ("-", "--", "-.", ":")  # curves that lie on each other are both seen


def lag(paths: dict[float, np.ndarray], updates_to_follow: Callable[[float, float], int]) -> None:
    """How targets follow a jump from 0 to 1; ``paths`` maps tau to the weight after each update."""
    made, axis = figure(height=2.8)
    texts = []
    for (tau, path), color in zip(paths.items(), COLORS):
        half = updates_to_follow(tau, 0.5)
        axis.plot(range(1, len(path) + 1), path, color=color, label=f"τ = {tau}")
        axis.plot(half, 0.5, "o", color=color)
        texts.append(f"{half} updates at τ = {tau}")
    axis.set(xlabel="updates", ylabel="target's weight")
    axis.set_title("Half of the way takes " + ", ".join(texts))
    axis.legend(loc="lower right")
    show(made, f"Curves that rise to one. Half of the way takes {', '.join(texts)}.")


def errors_over_updates(curves: dict[str, list[np.ndarray]], updates: int = 50) -> None:
    """Errors of critics; ``curves`` maps names to runs, noted at 0 and every so many updates."""
    made, axis = figure(height=3.2)
    texts = []
    for (name, runs), color, style in zip(curves.items(), COLORS, STYLES):
        steps = updates * np.arange(len(runs[0]))
        for run in runs:
            axis.plot(steps, run, color=color, lw=0.8, alpha=0.4)
        axis.plot(steps, np.median(runs, axis=0), style, color=color, lw=2, label=name)
        texts.append(f"{name}: {np.median(runs, axis=0)[-1]:.2f}")
    axis.set(xlabel="updates", ylabel="error of $Q$", yscale="log")
    axis.set_title(f"At the end: {', '.join(texts)}")
    axis.legend()
    show(made, f"The error of Q over {steps[-1]} updates, medians at the end: {', '.join(texts)}.")
