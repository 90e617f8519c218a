"""The pictures of chapter 6."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from helpers.drawing import BLUE, GREEN, GREY, LINES, ORANGE, PURPLE, RED, figure, listed, show

COLORS = (RED, BLUE, GREEN, PURPLE)
NEAR = 1.15  # medians whose ratio stays below this are on each other


def lag(paths: dict[float, np.ndarray], updates_to_follow: Callable[[float, float], int]) -> None:
    """Targets that follow a jump from 0 to 1; ``paths`` maps tau to the weights after updates."""
    made, axis = figure(height=3.6)
    halves = {tau: updates_to_follow(tau, 0.5) for tau in paths}
    for (tau, path), color, style in zip(paths.items(), COLORS, LINES):
        axis.plot(range(1, len(path) + 1), path, ls=style, color=color, lw=2.5)
        axis.plot(halves[tau], 0.5, "o", ms=9, color=color)
        place = (int(np.argmax(np.greater(path, 0.75))), 0.75)
        axis.annotate(f"τ = {tau}", place, (7, 0), textcoords="offset points", va="top")
    axis.set(xlabel="updates", ylabel="target's weight", ylim=(0, 1.03))
    axis.set_title(f"Half of the way takes {listed(halves.values())} updates")
    texts = [f"{half} updates at τ = {tau}" for tau, half in halves.items()]
    show(
        made,
        "Curves that rise to one, fast at first and ever slower; a dot on each where the equation "
        f"says that half of the way is done: {listed(texts)}.",
    )


def chase(runs: dict[str, tuple[list[float], list[float]]], exact: float) -> None:
    """One value and its goal at each update; ``runs`` maps names to ``(values, goals)``."""
    made, axes = figure(len(runs), height=6.4, sharex=True)
    texts = []
    for axis, (name, (values, goals)) in zip(axes, runs.items()):
        updates = np.arange(len(values))
        axis.axhline(exact, color=GREY, ls=LINES[3], lw=2)
        axis.plot(updates, goals, color=ORANGE, ls=LINES[1], lw=2.5)
        axis.plot(updates, values, color=BLUE, lw=2.5)
        axis.set(ylabel="value", xlim=(0, updates[-1]))
        ends = {"truth": (exact, GREY), "goal": (goals[-1], ORANGE), "value": (values[-1], BLUE)}
        _label_ends(axis, ends, gap=0.13)
        off = abs(values[-1] - exact)
        axis.set_title(f"{name}: off by {off:.1f} after {updates[-1]} updates")
        texts.append(
            f"{name}: the value starts at {values[0]:.2f} with its goal at {goals[0]:.2f}, is "
            f"{min(values):.1f} at the lowest, and ends at {values[-1]:.1f} with its goal at "
            f"{goals[-1]:.1f}, off by {off:.1f}"
        )
    axes[-1].set_xlabel("updates")
    show(
        made,
        f"A value and its goal over {updates[-1]} updates, where {exact:.2f} is true. "
        f"{'. '.join(texts)}.",
    )


def errors_over_updates(curves: dict[str, list[np.ndarray]], updates: int = 50) -> None:
    """Errors of critics; ``curves`` maps names to runs, noted at 0 and every so many updates."""
    made, axis = figure(height=4.2)
    medians = {name: np.median(runs, axis=0) for name, runs in curves.items()}
    ends = {}
    for (name, runs), color, style in zip(curves.items(), COLORS, LINES):
        steps = updates * np.arange(len(runs[0]))
        for run in runs:
            axis.plot(steps, run, color=color, lw=0.8, zorder=2)
        axis.plot(steps, medians[name], ls=style, color=color, lw=3, zorder=3)
        ends[f"{name}\n{medians[name][-1]:.2f}"] = (medians[name][-1], color)
    axis.set(xlabel=f"updates (thin: {len(runs)} seeds, thick: their median)")
    axis.set(ylabel="error of $Q$", xlim=(0, steps[-1]), yscale="log")
    ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20) if _within(tick, axis.get_ylim())]
    axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    _label_ends(axis, ends, gap=0.17)
    axis.set_title(_finding(medians))
    texts = [
        f"{name}: from {line[0]:.1f}, at most {line.max():.1f}, at the end {line[-1]:.2f}"
        for name, line in medians.items()
    ]
    show(
        made,
        f"{_finding(medians)}. The error of Q over {steps[-1]:,} updates, medians of "
        f"{len(runs)} seeds. {'; '.join(texts)}.",
    )


def _finding(medians: dict[str, np.ndarray]) -> str:
    """Name the curves that climb above their beginning, or say that two are on each other."""
    lines = list(medians.values())
    ratio = np.exp(np.max(np.abs(np.log(lines[0]) - np.log(lines[-1]))))
    if len(lines) == 2 and ratio < NEAR:
        names = " and ".join(f"“{name}”" for name in medians)
        return f"Two curves in one place: {names}"
    climbers = {name: line for name, line in medians.items() if line.max() > 1.1 * line[0]}
    if not climbers:
        return "No error climbs above its start"
    texts = [f"“{name}”, from {line[0]:.1f} to {line.max():.1f}" for name, line in climbers.items()]
    if len(texts) == 1 < len(lines):
        return f"Only the error of {texts[0].replace(',', ' climbs,')}"
    return f"The error climbs for {listed(texts)}"


def _label_ends(axis: Axes, ends: dict[str, tuple[float, str]], gap: float) -> None:
    """Write names on the right of where their lines end, at least ``gap`` of the height apart."""
    to_axes = axis.transScale + axis.transLimits
    chosen = sorted(ends.items(), key=lambda end: end[1][0])
    heights = [to_axes.transform((1, value))[1] for _, (value, _) in chosen]
    for _ in range(50):  # neighbours that are too close push each other away
        heights[0] = max(heights[0], 0.07)  # above the numbers of the axis
        for i in range(len(heights) - 1):
            push = max(gap - (heights[i + 1] - heights[i]), 0) / 2
            heights[i], heights[i + 1] = heights[i] - push, heights[i + 1] + push
    style = {"transform": axis.transAxes, "va": "center", "linespacing": 1}
    for (name, (_, color)), height in zip(chosen, heights):
        axis.text(1.02, height, name, color=color, **style)


def _within(number: float, ends: tuple[float, float]) -> bool:
    return ends[0] <= number <= ends[1]
