"""The pictures and the film of chapter 7."""

from typing import Any

import gymnasium as gym
import numpy as np
from matplotlib.colors import LogNorm

from helpers import results
from helpers.drawing import BLUE, GREY, LINES, ORANGE, Film, figure, headline, show
from helpers.gym_api import LANDER, rollout

COLORS = ORANGE, BLUE  # of the noise without a memory, and of the one that has it
EVERY = 2  # steps from one frame of a film to the next
GROUND = 320  # rows of a frame, below which there is only ground
COURSE = "OU, annealed (the course)"


def two_flights(noises: dict[str, Any], start: int) -> None:
    """Film two landers side by side, each steered by its noise alone, and show how they ended.

    ``noises`` maps names to processes; ``start`` is the seed of the world, the same for both.
    """
    flown = {name: _flown(noise, start) for name, noise in noises.items()}
    tilts = [np.degrees(np.abs(states[:, 4]).max()) for states, _, _ in flown.values()]
    made, axes = figure(2, 2, height=4.0, height_ratios=[5, 2], sharey="row", sharex="row")
    headline(
        made,
        f"Same start, same kicks: tilted by up to {' and '.join(f'{tilt:.0f}°' for tilt in tilts)}",
    )
    moving = []
    for (sky, below), (name, (states, actions, frames)), color in zip(
        axes.T, flown.items(), COLORS
    ):
        sky.set_title(_capital(name), fontweight="normal")
        sky.axis("off")
        below.set(xlabel="step", ylim=(-1.1, 1.1), yticks=(-1, 0, 1))
        below.set_xlim(0, max(len(actions) for _, actions, _ in flown.values()))
        moving.append((
            sky.imshow(frames[0]), sky.plot([], [], ":", lw=2, color="white")[0],
            below.plot([], [], lw=1.5, color=color)[0], _on_screen(states), actions[:, 1], frames,
        ))  # fmt: skip
    axes[1, 0].set_ylabel("sideways")
    made.canvas.draw()
    made.set_layout_engine("none")  # laid out once: nothing jumps while it plays
    film = Film()
    for moment in range(max(len(frames) for *_, frames in moving)):
        for image, trail, curve, places, sideways, frames in moving:
            step = EVERY * moment
            image.set_data(frames[min(moment, len(frames) - 1)])
            trail.set_data(*places[: step + 1].T)
            curve.set_data(np.arange(len(sideways[: step + 1])), sideways[: step + 1])
        film.add_figure(made)
    text = "; ".join(
        f"with {name} {len(actions)} steps, tilted by up to {tilt:.0f} degrees"
        for (name, (_, actions, _)), tilt in zip(flown.items(), tilts)
    )
    film.show(f"Two landers side by side, steered by noise alone from the same start: {text}.")
    show(made, f"The ends of both flights with their trails, and the sideways actions: {text}.")


def _flown(noise, seed):
    """The states, the actions and the frames of a flight that the noise alone steers."""
    env = gym.make(LANDER, render_mode="rgb_array")
    frames: list[Any] = []
    steps = 0

    def policy(state):
        nonlocal steps
        if steps % EVERY == 0:
            frames.append(env.render()[:GROUND])
        steps += 1
        return np.clip(noise.sample(), -1, 1)

    episode = rollout(env, policy, seed)
    frames.append(env.render()[:GROUND])
    env.close()
    return episode.states, episode.actions, frames


def _capital(text):
    return text[0].upper() + text[1:]


def _on_screen(states):
    """The pixels ``(N, 2)`` where the lander of these states is drawn on 600 by 400."""
    return np.stack([300 + 300 * states[:, 0], 282 - 200 * states[:, 1]], axis=1)


def runs(paths: dict[str, np.ndarray]) -> None:
    """A run each of two kinds of noise, and their sums: where pushes like these would lead."""
    made, axes = figure(3, 1, height=6.8, sharex=True)
    axes[1].sharey(axes[0])
    texts, furthest = [], []
    for axis, (name, path), color, line in zip(axes, paths.items(), COLORS, LINES[1::-1]):
        sides = np.count_nonzero(np.diff(np.sign(path)))
        axis.plot(path, color=color, lw=1.5)
        axis.axhline(0, lw=1, color=GREY)
        axis.set_title(f"{_capital(name)} changes sides {sides} times in {len(path)} steps")
        axis.set_ylabel("noise $x$")
        sums = np.cumsum(path)
        axes[2].plot(sums, line, color=color, lw=2, label=name)
        furthest.append(f"{name} gets {np.abs(sums).max():.0f} away")
        texts.append(f"{name} changes sides {sides} times")
    axes[2].set(xlabel="step", ylabel="sum")
    axes[2].set_title(f"Added up: {', '.join(furthest)}")
    axes[2].legend()
    show(
        made,
        f"A run of each kind of noise: {', '.join(texts)}. Added up, {', '.join(furthest)}.",
    )


def correlations(lags: np.ndarray, measured: np.ndarray, theory: np.ndarray) -> None:
    """Measured correlations over the lag, and the theory's as a line."""
    made, axis = figure(height=3.4)
    axis.plot(lags, theory, color=GREY, lw=2, label=r"theory, $(1 - \theta)^n$")
    axis.plot(lags, measured, "o", ms=6, color=BLUE, label="measured")
    axis.set(xlabel="steps apart, $n$", ylabel="correlation")
    largest = np.abs(np.subtract(measured, theory)).max()
    axis.set_title(f"Measured and theory differ by {largest:.3f} at most")
    axis.legend()
    show(
        made,
        f"The correlation falls from 1 to {measured[-1]:.2f} over {lags[-1]} steps; measured and "
        f"theory differ by {largest:.3f} at most.",
    )


def heat(positions: dict[str, np.ndarray]) -> None:
    """A map of flights: counts over the sky; ``positions`` maps three names to ``(N, 2)``."""
    made, axes = figure(2, 2, height=7.2)
    *skies, key = axes.flat
    bins = np.linspace(-1, 1, 41), np.linspace(-0.2, 1.6, 41)
    counts = {name: np.histogram2d(*places.T, bins=bins)[0] for name, places in positions.items()}
    shares = {name: np.mean(found > 0) for name, found in counts.items()}
    norm = LogNorm(1, max(found.max() for found in counts.values()))
    for axis, (name, found) in zip(skies, counts.items()):
        drawn = np.ma.masked_equal(found.T, 0)
        mesh = axis.pcolormesh(*bins, drawn, cmap="viridis", norm=norm, rasterized=True)
        axis.set_title(f"{_capital(name)}: {shares[name]:.0%}", fontweight="normal")
        axis.set(facecolor="black", xticks=(-1, 0, 1), yticks=(0, 1))
        axis.grid(visible=False)
        axis.label_outer()
    skies[1].tick_params(labelbottom=True)
    skies[0].set_ylabel("height")
    skies[2].set(xlabel="x position", ylabel="height")
    key.axis("off")
    place = key.inset_axes((0.05, 0.5, 0.9, 0.13))
    bar = made.colorbar(mesh, cax=place, orientation="horizontal", format="%d")
    bar.set_label("steps spent in a square\n(black: never there)")
    best = max(shares, key=shares.__getitem__)
    headline(
        made,
        f"The flights with {best} cover the most sky: {shares[best]:.0%}",
    )
    text = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    show(made, f"Squares of the sky, the brighter the more steps the lander spent there: {text}.")


def held_boats(groups: dict[str, list]) -> None:
    """Boats that are held at zero; ``groups`` maps the kind of the kicks to episodes."""
    made, axes = figure(len(groups), 1, height=5.2, sharex=True, sharey=True)
    texts = []
    for axis, (name, episodes), color in zip(axes, groups.items(), (BLUE, ORANGE)):
        states = np.stack([episode.states[:, 0] for episode in episodes])
        axis.plot(states.T, color=GREY, lw=0.8, alpha=0.5)
        axis.plot(states.mean(0), color=color, lw=3)
        axis.axhline(0, lw=1, color="black")
        end = f"{states[:, -1].mean():.2f}"
        texts.append(f"{end} with {name} kicks")
        axis.set_title(f"With {name} kicks the boats end at {end} on average")
        axis.set_ylabel("state $s$")
    axes[-1].set_xlabel("step")
    show(
        made,
        f"{len(episodes)} boats held at zero with each kind of noise, and their mean as a thick "
        f"line. Mean of the last states: {', '.join(texts)}.",
    )


def study_of_noise() -> None:
    """The ends of agents with four settings of the noise, and when they first got to 200."""
    groups = {COURSE: results.judged("lander")}
    for variant in ("OU, constant", "white, annealed", "none"):
        groups[variant] = results.judged("noise", variant)
    ends = _by_seed(groups, lambda row: row["mean"])
    steps = _by_seed(groups, lambda row: min(row["steps_to_200"], row["step"]) / 1000)
    made, (upper, lower) = figure(2, 1, height=6.4)
    _dots(upper, ends)
    _dots(lower, steps)
    count = len(ends[COURSE])
    above = sum(ends[COURSE][seed] > ends["none"][seed] for seed in ends[COURSE])
    sooner = sum(steps[COURSE][seed] < steps["white, annealed"][seed] for seed in ends[COURSE])
    titles = (
        f"Annealed OU noise ends above no noise in {above} of {count} seeds",
        f"It gets to 200 before white noise in {sooner} of {count} seeds",
    )
    for axis, title in zip((upper, lower), titles):
        axis.set_title(title, x=-0.28)
    upper.set_xlabel("return as judged at the end")
    lower.set_xlabel("first time at 200, in thousands of steps")
    text = "; ".join(
        f"{name}: median return {np.median([*ends[name].values()]):.0f}, at 200 after "
        f"{np.median([*steps[name].values()]):.0f} thousand steps"
        for name in groups
    )
    show(made, f"Four settings of the noise, a dot a seed. {'. '.join(titles)}. {text}.")


def _by_seed(groups, measure):
    return {name: {row["seed"]: measure(row) for row in rows} for name, rows in groups.items()}


def _dots(axis, groups):
    """A row of dots for each group, the first one on top, and its median as a bar."""
    for place, (name, found) in enumerate(groups.items()):
        color, values = BLUE if name == COURSE else GREY, [*found.values()]
        rows = place + 0.1 * (np.arange(len(values)) - (len(values) - 1) / 2)  # none hides another
        axis.plot(values, rows, "o", ms=8, color=color, alpha=0.7)
        axis.plot([np.median(values)] * 2, [place - 0.35, place + 0.35], color=color, lw=3)
    axis.set_yticks(range(len(groups)), [name.replace(" (", "\n(") for name in groups])
    axis.invert_yaxis()
