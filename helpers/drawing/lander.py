"""The pictures of chapter 8."""

from collections import defaultdict
from collections.abc import Callable

import gymnasium as gym
import numpy as np
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from helpers import results
from helpers.drawing import (
    BLUE,
    GREEN,
    GREY,
    LINES,
    ORANGE,
    RED,
    figure,
    gym_api,
    headline,
    minus,
    show,
)
from helpers.gym_api import LANDER, rollout

STEPS_A_SECOND = 50  # of the lander's world
BODY = 0.1  # of the lander, half its height
BOTTOM, TOP = -0.59, 1.41  # of a film of it, in the state's units; its sides are at −1 and 1


def flight(policy: Callable, seed: int, title: str) -> None:
    """Show one episode of ``policy``, from a state to an action, as a video and a film strip."""
    env = gym.make(LANDER, render_mode="rgb_array")
    gym_api.flight(env, rollout, policy, seed, title)
    env.close()


def way(policy: Callable, seed: int) -> None:
    """The whole way of a flight of ``policy``, also above and beside the frame of a film."""
    env = gym.make(LANDER)
    flown = rollout(env, policy, seed)
    env.close()
    x, y = flown.states[:, 0], flown.states[:, 1]
    made, axis = figure(height=4.4)
    axis.add_patch(Rectangle((-1, BOTTOM), 2, TOP - BOTTOM, facecolor="0.94", edgecolor=GREY, lw=2))
    axis.annotate("the film's frame", (-0.97, BOTTOM + 0.05), va="bottom")
    axis.plot(x, y, color=BLUE, lw=2.5)
    axis.plot(x[::STEPS_A_SECOND], y[::STEPS_A_SECOND], "o", color=BLUE, label="each second")
    axis.plot(0, 0, "v", ms=12, color=RED)
    axis.annotate("the pad", (0.06, 0), va="center")
    out = np.flatnonzero((np.abs(x) > 1) | (y > TOP + BODY))
    seconds, end = len(flown.rewards) / STEPS_A_SECOND, f"({x[-1]:.1f}, {y[-1]:.1f})"
    axis.set(xlabel="$x$", ylabel="height", ylim=(BOTTOM - 0.1, max(TOP, y.max()) + 0.3))
    title = f"It stays in the frame for all of its {seconds:.1f} seconds"
    if len(out):
        title = f"After {out[0] / STEPS_A_SECOND:.1f} seconds it leaves the frame"
    axis.set_title(title)
    axis.legend(loc="lower center")
    show(made, f"The way of a flight of {seconds:.1f} seconds, which ends at {end}. {title}.")


def learning_curve(history: dict[str, list[dict]], references: dict[str, np.ndarray]) -> None:
    """The returns of the training episodes and of the snapshots over the steps.

    ``references`` maps a policy's name to the returns it got.
    """
    made, axis = figure(height=4.6)
    episodes, snapshots = history["episodes"], history["evaluations"]
    axis.plot(
        *_columns(episodes, "step", "return"), ".", ms=3, color=GREY, alpha=0.5, label="an episode"
    )
    axis.plot(
        *_columns(snapshots, "step", "return"), "o-", ms=4, color=BLUE, label="snapshot, noise off"
    )
    for name, returns in references.items():
        axis.axhline(np.mean(returns), ls="--", lw=1, color=GREY)
        axis.annotate(name, (1, np.mean(returns)), xycoords=("axes fraction", "data"), va="center")
    axis.set_ylim(-600, 330)
    _count_steps(axis)
    axis.set_ylabel("return of an episode")
    best = max(row["return"] for row in snapshots)
    axis.set_title(f"The best snapshot's mean return is {best:.0f}")
    axis.legend(loc="lower right")
    show(
        made,
        f"Returns rise over {snapshots[-1]['step']} steps; the best snapshot reaches {best:.0f}.",
    )


def inside_training(history: dict[str, list[dict]]) -> None:
    """Loss, mean value, noise and learning rate over the steps."""
    made, axes = figure(2, 2, height=5.6, sharex=True)
    panels = {
        "loss": "the critic's loss",
        "q": "mean value of its actions",
        "sigma": "the noise's σ",
        "rate": "the learning rates' factor",
    }
    for axis, (key, title) in zip(axes.flat, panels.items()):
        axis.plot(*_columns(history["updates"], "step", key), color=BLUE)
        axis.set_title(title, fontweight="normal")
    first, last = (np.mean([row["q"] for row in part]) for part in _ends(history["updates"]))
    finding = f"The mean value goes from {minus(first)} to {minus(last)}"
    headline(made, finding)
    _count_in_threes(axes[0, 0])
    for axis in axes[1]:
        _count_steps(axis)
    show(made, f"The loss, the mean value, the noise and the rates over the steps. {finding}.")


def returns_histogram(returns: dict[str, np.ndarray]) -> None:
    """Histograms of the returns of several policies; ``returns`` maps names to arrays."""
    made, axes = figure(len(returns), 1, height=1.6 * len(returns) + 0.8, sharex=True)
    bins = np.linspace(-500, 350, 69)
    for axis, (name, values), color in zip(axes, returns.items(), (RED, ORANGE, GREEN, BLUE)):
        axis.hist(np.clip(values, -499, 349), bins, color=color)
        axis.axvline(200, ls=":", color=GREY)
        axis.set_title(
            f"{name}: mean {minus(np.mean(values))}, {np.mean(values > 200):.0%} above 200"
        )
    axes[-1].set_xlabel("return of an episode; less than −500 counts as −500")
    means = ", ".join(f"{name} {np.mean(values):.0f}" for name, values in returns.items())
    show(made, f"Histograms of returns over {len(values)} episodes each. Means: {means}.")


def _ends(rows):
    """The first and the last tenth of the rows, one row at least."""
    count = max(1, len(rows) // 10)
    return rows[:count], rows[-count:]


def _count_steps(axis):
    axis.set_xlabel("thousand steps")
    axis.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1_000:g}")


def _count_in_threes(axis):
    """A logarithmic scale with the numbers 10, 30, 100 and so on."""
    axis.set_yscale("log")
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axis.yaxis.set_major_formatter("{x:g}")
    axis.yaxis.set_minor_formatter(NullFormatter())


def _columns(rows, *keys):
    return [[row[key] for row in rows] for key in keys]


def updates_a_second() -> dict[str, dict[str, dict[int, float]]]:
    """Updates a second in the study, ``{networks: {library: {cores: rate}}}``, medians of runs."""
    rates = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in results.rows("throughput"):
        networks = f"{row['hidden']}, batch {row['batch_size']:.0f}"
        rates[networks][row["library"]][int(row["cores"])].append(row["updates_per_second"])
    return {
        networks: {
            library: {cores: float(np.median(found)) for cores, found in by_cores.items()}
            for library, by_cores in libraries.items()
        }
        for networks, libraries in rates.items()
    }


def updates_per_second() -> None:
    """The study's updates a second beside other libraries', on one core and on two."""
    measured = updates_a_second()
    made, axes = figure(len(measured), height=3.4 * len(measured) + 0.6)
    texts = []
    for axis, (networks, libraries) in zip(axes, measured.items()):
        names = sorted(libraries)  # from below
        for cores, place, color in ((1, 0.2, GREY), (2, -0.2, BLUE)):
            rates = [libraries[name][cores] for name in names]
            bars = axis.barh(np.arange(len(names)) + place, rates, height=0.38, color=color)
            axis.bar_label(bars, fmt="{:,.0f}", padding=3)
            said = (f"{name} {rate:.0f}" for name, rate in zip(names, rates))
            texts.append(f"{networks}, cores {cores}: {', '.join(said)}")
        axis.set_yticks(range(len(names)), [_called(name) for name in names])
        axis.margins(x=0.14)
        axis.xaxis.set_major_formatter("{x:,.0f}")
        times = [f"{libraries['course'][n] / libraries['SBX'][n]:.1f}" for n in (1, 2)]
        axis.set_title(
            f"{networks}: {times[0]} times as many\nas SBX on one core, {times[1]} times on two"
        )
        axis.grid(axis="y", visible=False)
    axes[-1].set_xlabel("updates a second")
    made.legend(
        [Patch(color=GREY), Patch(color=BLUE)], ["one core", "two cores"],
        loc="outside lower center", ncols=2,
    )  # fmt: skip
    show(made, f"Updates a second, this course against other libraries. {'; '.join(texts)}.")


def _called(library):
    return "this course" if library == "course" else library.replace("-", "-\n")


def ten_seeds() -> None:
    """The study's learning curves of the lander, one a seed, and how each seed was judged."""
    made, (curves, judged) = figure(2, height=7, height_ratios=[3, 2])
    for seed in results.curves("lander"):
        curves.plot(*_columns(seed, "step", "mean"), lw=1.5, color=BLUE, alpha=0.7)
    final = sorted(row["mean"] for row in results.judged("lander"))
    judged.plot(np.arange(1, len(final) + 1), final, "o", color=BLUE)
    judged.set(xlabel="seeds, worst to best", ylabel="judged return")
    judged.set_ylim(5 * np.floor(final[0] / 5 - 1), 5 * np.ceil(final[-1] / 5 + 1))
    judged.xaxis.set_major_locator(MaxNLocator(integer=True))
    curves.set(ylabel="mean return", ylim=(-400, 320))
    _count_steps(curves)
    curves.set_title(f"All {len(final)} seeds land; the median is judged {np.median(final):.0f}")
    show(
        made,
        f"Learning curves of {len(final)} seeds. Judged on 100 episodes they get "
        f"{final[0]:.0f} to {final[-1]:.0f}, the median {np.median(final):.0f}.",
    )


def loss_and_value(histories: dict[str, dict[str, list[dict]]]) -> None:
    """The critic's loss and the mean value of several runs; ``histories`` maps names to them."""
    made, (losses, values) = figure(2, height=6.4, sharex=True)
    last = {}
    for (name, history), color, line in zip(histories.items(), (BLUE, RED), LINES):
        for axis, key in ((losses, "loss"), (values, "q")):
            place = _columns(history["updates"], "step", key)
            axis.plot(*place, line, color=color, lw=2, label=name)
        last[name] = np.mean([row["loss"] for row in _ends(history["updates"])[1]])
    _count_in_threes(losses)
    losses.set_ylabel("critic's loss")
    values.set_ylabel("mean value $Q(s, \\mu(s))$")
    _count_steps(values)
    (_, low), (wild, high) = sorted(last.items(), key=lambda pair: pair[1])
    finding = f"With {wild} the loss ends {high / low:.1f} times as high"
    losses.set_title(finding)
    values.legend()
    show(made, f"Loss and mean value over the steps. {finding}.")
