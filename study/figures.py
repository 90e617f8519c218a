"""The study's figures, from its results alone."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from helpers.drawing import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY, figure
from helpers.drawing.dqn import draw_promises
from helpers.drawing.replay_memory import draw_sampling_cost
from helpers.results import SOLVED, curves, judged
from study.experiments import EXPERIMENTS
from study.facts import fact, values

FIGURES = Path(__file__).parent / "figures"
COLORS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY)


def save(made, name):
    FIGURES.mkdir(exist_ok=True)
    made.savefig(FIGURES / f"{name}.png", metadata={"Software": None})
    plt.close(made)


def band(axis, seeds, column, color, label, x="step", scale=1e-3):
    """The median over seeds and the quartiles around it."""
    length = min(len(seed) for seed in seeds)
    height = np.array([[row[column] for row in seed[:length]] for seed in seeds])
    place = scale * np.median([[row[x] for row in seed[:length]] for seed in seeds], axis=0)
    low, middle, high = np.percentile(height, (25, 50, 75), axis=0)
    axis.plot(place, middle, color=color, label=label)
    axis.fill_between(place, low, high, color=color, alpha=0.2, lw=0)


def speed():
    """The course's agent and Stable-Baselines3's: return against steps and against time."""
    made, axes = figure(1, 2, height=3.6, sharey=True)
    agents = {
        "this course": (curves("lander"), BLUE),
        "Stable-Baselines3, same networks": (curves("same_networks"), ORANGE),
        "Stable-Baselines3, published, a third": (curves("published"), RED),
    }
    for axis, x, scale, label in zip(
        axes, ("step", "seconds"), (1e-3, 1 / 60), ("thousand steps", "minutes")
    ):
        for name, (seeds, color) in agents.items():
            band(axis, seeds, "mean", color, f"{name} ({len(seeds)})", x, scale)
        axis.axhline(SOLVED, ls="--", lw=1, color=GREY)
        axis.set_xlabel(label)
    axes[0].set(ylabel="mean return of a choice", ylim=(-400, 320))
    axes[0].legend(loc="lower right", fontsize="small")
    axes[0].set_title("Return against steps …")
    axes[1].set_title("… and against time on the same two cores")
    save(made, "speed")


def ablation(name, variants, count):
    """Learning curves of the first ``count`` seeds of the variants, and how each was judged.

    ``variants`` maps names to ``(experiment, variant)``.
    """
    made, (left, right) = figure(1, 2, height=3.0, width_ratios=[3, 2])
    for place, (label, which) in enumerate(variants.items()):
        color = COLORS[place]
        band(left, curves(*which)[:count], "mean", color, label)
        means = values(which[0], "mean", which[1])[:count]
        right.plot(np.full(len(means), place), means, "o", color=color, alpha=0.6)
        right.plot([place - 0.3, place + 0.3], [np.median(means)] * 2, color=color)
    for axis in (left, right):
        axis.axhline(SOLVED, ls="--", lw=1, color=GREY)
    left.set(xlabel="thousand steps", ylabel="mean return of a choice", ylim=(-600, 320))
    left.legend(loc="lower right", fontsize="small")
    left.set_title("Median and quartiles over the seeds")
    right.set_xticks(range(len(variants)), variants, rotation=20, ha="right", fontsize="small")
    right.set_title("judged, a dot a seed")
    right.grid(axis="x", visible=False)
    save(made, name)


def promises():
    """What DQN and double DQN promise on CartPole, less what is measured."""
    made, axis = figure(height=3.0)
    draw_promises(axis)
    save(made, "double_dqn")


def scaling():
    """Sampling over size, updates beside the machine's limit, chunks, workers."""
    made, axes = figure(2, 2, height=6.0)
    draw_sampling_cost(axes[0, 0])
    _updates(axes[0, 1])
    _pipeline(axes[1, 0])
    _workers(axes[1, 1])
    save(made, "scaling")


def _updates(axis):
    shapes = list(EXPERIMENTS["updates"].variants)
    reached = [fact(f"updates/{shape}:gigaflops:median") for shape in shapes]
    limit = np.median([row["machine_gigaflops"] for row in judged("updates")])
    axis.barh(shapes, reached, color=BLUE)
    axis.axvline(limit, ls="--", color=GREY)
    axis.set(xlabel="10⁹ operations a second; dashed: the machine", ylabel="units, batch")
    axis.set_title("How far from the limit")
    axis.xaxis.label.set_size("small")
    axis.grid(axis="y", visible=False)


def _pipeline(axis):
    chunks = list(EXPERIMENTS["pipeline"].variants)
    for column, color in (("ratio", BLUE), ("bound", GREY)):
        height = [fact(f"pipeline/{chunk}:{column}:median") for chunk in chunks]
        axis.plot(chunks, height, "o-", color=color, label=column)
    axis.set(xlabel="steps of a chunk", ylabel="pipelined : in turn")
    axis.set_title("What two threads win")
    axis.legend(["measured", "(act + update) : the longer"])


def _workers(axis):
    counts = list(EXPERIMENTS["workers"].variants)
    rates = [fact(f"workers/{count}:seeds_per_minute:median") for count in counts]
    bars = axis.bar(counts, rates, color=BLUE, width=0.5)
    axis.bar_label(bars, fmt="%.1f", padding=2)
    axis.margins(y=0.12)
    axis.set(xlabel="workers", ylabel="seeds a minute")
    axis.set_title("Two cores, two seeds")
    axis.grid(axis="x", visible=False)
