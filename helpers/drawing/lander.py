"""The pictures of chapter 8."""

from collections import defaultdict
from collections.abc import Callable

import gymnasium as gym
import numpy as np
from matplotlib.ticker import MaxNLocator

from helpers import results
from helpers.drawing import BLUE, GREEN, GREY, ORANGE, RED, figure, gym_api, show
from helpers.gym_api import LANDER, rollout


def flight(policy: Callable, seed: int, title: str) -> None:
    """Show one episode of ``policy``, from a state to an action, as a video and a film strip."""
    env = gym.make(LANDER, render_mode="rgb_array")
    gym_api.flight(env, rollout, policy, seed, title)
    env.close()


def learning_curve(history: dict[str, list[dict]], references: dict[str, np.ndarray]) -> None:
    """The returns of the training episodes and of the snapshots over the steps.

    ``references`` maps a policy's name to the returns it got.
    """
    made, axis = figure(height=3.6)
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
    axis.set_title(f"From crashing to landing: the best snapshot's mean return is {best:.0f}")
    axis.legend(loc="lower right")
    show(
        made,
        f"Returns rise over {snapshots[-1]['step']} steps; the best snapshot reaches {best:.0f}.",
    )


def inside_training(history: dict[str, list[dict]]) -> None:
    """Loss, mean value, noise and learning rate over the steps."""
    made, axes = figure(2, 2, height=4.2, sharex=True)
    panels = {
        "loss": "The critic's loss",
        "q": "The mean value of the actor's actions",
        "sigma": "The noise's σ",
        "rate": "The learning rates' factor",
    }
    for axis, (key, title) in zip(axes.flat, panels.items()):
        axis.plot(*_columns(history["updates"], "step", key), color=BLUE)
        axis.set_title(title)
    axes[0, 0].set_yscale("log")
    for axis in axes[1]:
        _count_steps(axis)
    show(made, "Four curves over the steps: the loss, the mean value, the noise, the rates.")


def returns_histogram(returns: dict[str, np.ndarray]) -> None:
    """Histograms of the returns of several policies; ``returns`` maps names to arrays."""
    made, axes = figure(len(returns), 1, height=1.1 * len(returns) + 0.6, sharex=True)
    bins = np.linspace(-500, 350, 69)
    for axis, (name, values), color in zip(axes, returns.items(), (RED, ORANGE, GREEN, BLUE)):
        axis.hist(np.clip(values, -499, 349), bins, color=color)
        axis.axvline(200, ls=":", color=GREY)
        axis.set_title(f"{name}: mean {np.mean(values):.0f}, {np.mean(values > 200):.0%} above 200")
        axis.set_ylabel("episodes")
    axes[-1].set_xlabel("return of an episode (less than −500 counts as −500)")
    means = ", ".join(f"{name} {np.mean(values):.0f}" for name, values in returns.items())
    show(made, f"Histograms of returns over {len(values)} episodes each. Means: {means}.")


def _count_steps(axis):
    axis.set_xlabel("steps of the environment, in thousands")
    axis.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1_000:g}")


def _columns(rows, *keys):
    return [[row[key] for row in rows] for key in keys]


def fastest_updates() -> dict[str, dict[str, float]]:
    """Updates a second in the study, ``{networks: {library: rate}}``.

    A rate is the median over turns, at the number of threads that is faster for the library.
    """
    rates, fastest = defaultdict(list), defaultdict(dict)
    for row in results.rows("throughput"):
        networks = f"{row['hidden']}, batch {row['batch_size']:.0f}"
        rates[networks, row["library"], row["threads"]].append(row["updates_per_second"])
    for (networks, library, _), found in rates.items():
        libraries = fastest[networks]
        libraries[library] = max(np.median(found), libraries.get(library, 0))
    return dict(fastest)


def updates_per_second() -> None:
    """The study's updates a second, beside Stable-Baselines3's."""
    fastest = fastest_updates()
    made, axes = figure(1, len(fastest), height=2.0)
    texts = []
    for axis, (networks, rates) in zip(axes, fastest.items()):
        course, other = rates["course"], rates["Stable-Baselines3"]
        bars = axis.barh(["Stable-Baselines3", "this course"], [other, course], color=[GREY, BLUE])
        axis.bar_label(bars, fmt="%.0f", padding=3)
        axis.set(xlabel="updates a second", xlim=(0, 1.2 * course))
        axis.set_title(f"{networks}: {course / other:.1f} times")
        axis.grid(axis="y", visible=False)
        texts.append(f"{networks}: {course:.0f} against {other:.0f}")
    show(made, "Updates a second, this course against Stable-Baselines3: " + "; ".join(texts))


def ten_seeds() -> None:
    """The study's learning curves of the lander, one a seed, and how each seed was judged."""
    made, (curves, judged) = figure(1, 2, height=3.2, width_ratios=[3, 1])
    for seed in results.curves("lander"):
        curves.plot(*_columns(seed, "step", "mean"), lw=1, color=BLUE, alpha=0.5)
    final = sorted(row["mean"] for row in results.judged("lander"))
    judged.plot(np.arange(1, len(final) + 1), final, "o", color=BLUE)
    judged.set(xlabel="seeds, worst to best", title="as they are judged")
    judged.set_ylim(5 * np.floor(final[0] / 5 - 1), 5 * np.ceil(final[-1] / 5 + 1))
    judged.xaxis.set_major_locator(MaxNLocator(integer=True))
    curves.set(ylabel="mean return", ylim=(-400, 320))
    _count_steps(curves)
    curves.set_title(f"{len(final)} seeds: the median keeps {np.median(final):.0f}")
    show(
        made,
        f"Learning curves of {len(final)} seeds. Judged on 100 episodes they get "
        f"{final[0]:.0f} to {final[-1]:.0f}, the median {np.median(final):.0f}.",
    )


def loss_and_value(histories: dict[str, dict[str, list[dict]]]) -> None:
    """The critic's loss and the mean value of several runs; ``histories`` maps names to them."""
    made, (losses, values) = figure(1, 2, height=2.8)
    last = []
    for (name, history), color in zip(histories.items(), (BLUE, RED)):
        losses.plot(*_columns(history["updates"], "step", "loss"), color=color, label=name)
        values.plot(*_columns(history["updates"], "step", "q"), color=color, label=name)
        last.append(f"{name}, loss {history['updates'][-1]['loss']:.0f}")
    losses.set(yscale="log", ylabel="critic's loss")
    values.set_ylabel("mean value $Q(s, \\mu(s))$")
    _count_steps(losses)
    _count_steps(values)
    losses.set_title("A critic that chases itself")
    losses.legend()
    show(made, f"Loss and mean value over the steps. At the end: {'; '.join(last)}.")
