"""The pictures of chapter 7."""

import numpy as np

from helpers import results
from helpers.drawing import BLUE, GREY, ORANGE, figure, show


def runs(groups: dict[str, list[np.ndarray]]) -> None:
    """Runs of two kinds of noise, and their sums: where pushes like these would lead."""
    made, axes = figure(2, len(groups), height=4.2, sharex=True, sharey="row")
    texts = []
    for (upper, lower), (name, paths), color in zip(axes.T, groups.items(), (BLUE, ORANGE)):
        for path in paths:
            upper.plot(path, color=color, lw=0.8, alpha=0.7)
            lower.plot(np.cumsum(path), color=color, lw=1, alpha=0.7)
        furthest = np.mean([np.abs(np.cumsum(path)).max() for path in paths])
        upper.set_title(name)
        lower.set_title(f"on average {furthest:.0f} away at the furthest")
        lower.set_xlabel("step")
        texts.append(f"{name}: {furthest:.0f}")
    axes[0, 0].set_ylabel("noise $x$")
    axes[1, 0].set_ylabel("sum of the pushes")
    show(made, f"Five runs each, and their sums. Furthest away on average: {'; '.join(texts)}.")


def correlations(lags: np.ndarray, measured: np.ndarray, theory: np.ndarray) -> None:
    """Measured correlations over the lag, and the theory's as a line."""
    made, axis = figure(height=2.8)
    axis.plot(lags, theory, color=GREY, label=r"theory, $(1 - \theta)^n$")
    axis.plot(lags, measured, "o", ms=4, color=BLUE, label="measured")
    axis.set(xlabel="steps apart, $n$", ylabel="correlation")
    largest = np.abs(np.subtract(measured, theory)).max()
    axis.set_title(f"Measured and theory differ by {largest:.3f} at most")
    axis.legend()
    show(made, f"Correlation falling over the lag; measured and theory differ by {largest:.3f}.")


def heat(positions: dict[str, np.ndarray]) -> None:
    """Where flights got to: counts over the sky; ``positions`` maps names to ``(N, 2)``."""
    made, axes = figure(1, len(positions), height=3.0, sharex=True, sharey=True)
    bins = np.linspace(-1, 1, 41), np.linspace(-0.2, 1.6, 41)
    texts = []
    for axis, (name, places) in zip(axes, positions.items()):
        counts, _, _ = np.histogram2d(*places.T, bins=bins)
        share = np.mean(counts > 0)
        axis.pcolormesh(*bins, np.log1p(counts.T), cmap="viridis", rasterized=True)
        axis.set(xlabel="x position", title=f"{name}\n{share:.0%} of the sky")
        axis.grid(visible=False)
        texts.append(f"{name} {share:.0%}")
    axes[0].set_ylabel("y position")
    show(made, f"Where the lander got to with three kinds of noise: {', '.join(texts)} of the sky.")


def held_boats(groups: dict[str, list]) -> None:
    """Boats that are held at zero; ``groups`` maps the noise's kind to episodes."""
    made, axes = figure(1, len(groups), height=2.8, sharey=True)
    texts = []
    for axis, (name, episodes), color in zip(axes, groups.items(), (BLUE, ORANGE)):
        for episode in episodes:
            axis.plot(episode.states[:, 0], color=color, lw=0.8, alpha=0.6)
        end = np.mean([episode.states[-10:, 0].mean() for episode in episodes])
        axis.axhline(0, lw=1, color=GREY)
        axis.set(xlabel="step", title=f"{name} kicks: mean at the end {end:.2f}")
        texts.append(f"{name} {end:.2f}")
    axes[0].set_ylabel("state $s$")
    show(made, f"Boats held at zero with two kinds of noise; mean at the end: {', '.join(texts)}.")


def study_of_noise() -> None:
    """How agents trained with four settings of the noise were judged, a dot a seed."""
    course = [row["mean"] for row in results.judged("lander") if row["seed"] < 5]
    groups = {"OU, annealed (the course)": course}
    for row in results.judged("noise"):
        groups.setdefault(row["variant"], []).append(row["mean"])
    made, axis = figure(height=3.0)
    for place, (name, means) in enumerate(groups.items()):
        color = BLUE if name.startswith("OU, annealed") else GREY
        axis.plot(np.full(len(means), place), means, "o", color=color, alpha=0.7)
        axis.plot([place - 0.2, place + 0.2], [np.median(means)] * 2, color=color, lw=2)
    axis.set_xticks(range(len(groups)), groups)
    axis.set_ylabel("judged return")
    axis.set_title("The lander after training with four settings of the noise, a dot a seed")
    text = "; ".join(f"{name}: median {np.median(means):.0f}" for name, means in groups.items())
    show(made, f"Judged returns after training with four settings of the noise. {text}.")
