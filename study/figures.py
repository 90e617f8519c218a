"""The study's figures, from its results alone."""

import math
import textwrap
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from helpers.drawing import BLUE, GREEN, GREY, LINES, ORANGE, PURPLE, RED, SKY, figure, listed
from helpers.drawing.dqn import draw_promises
from helpers.drawing.replay_memory import draw_sampling_cost
from helpers.results import SOLVED, curves, judged
from study import claims
from study.beside import AGENTS
from study.experiments import EXPERIMENTS
from study.facts import fact, values

FIGURES = Path(__file__).parent / "figures"
LOOKS = list(zip((BLUE, ORANGE, GREEN, RED, PURPLE, SKY), LINES, "osD^vP"))  # of variants
WIDEST = 43  # letters of a title's line, beside the names of variants


def save(made, name):
    FIGURES.mkdir(exist_ok=True)
    made.savefig(FIGURES / f"{name}.png", metadata={"Software": None})
    plt.close(made)


def entitle(axis, text, widest=WIDEST):
    """Give an axis a title in lines of about the same length, of ``widest`` letters at most."""
    fewest = len(textwrap.wrap(text, widest))
    wrapped = (textwrap.wrap(text, width) for width in range(len(text) // fewest, widest + 1))
    lines = next(lines for lines in wrapped if len(lines) == fewest)
    axis.set_title("\n".join(lines), fontsize="medium")


def thousands(row):
    return row["step"] / 1000


def minutes(row):
    """The minutes of training, without what another library's choices of a snapshot took."""
    return (row["seconds"] - row.get("evaluating", 0)) / 60


def band(axis, seeds, place, label, across=thousands, **look):
    """The median return over seeds and the quartiles around it, in the ``LOOKS`` of a place.

    ``across`` makes a place on the axis of a row; ``look`` replaces parts of the look.
    """
    look = dict(zip(("color", "ls", "marker"), LOOKS[place])) | look
    length = min(len(seed) for seed in seeds)
    height = np.array([[row["mean"] for row in seed[:length]] for seed in seeds])
    x = np.median([[across(row) for row in seed[:length]] for seed in seeds], axis=0)
    low, middle, high = np.percentile(height, (25, 50, 75), axis=0)
    every = max(length // 6, 1)
    axis.plot(x, middle, lw=2, label=label, ms=7, markevery=(place % every, every), **look)
    axis.fill_between(x, low, high, color=look["color"], alpha=0.15, lw=0)


def beside():
    """The course's agent and other libraries': what the recipe gives, and what the code does.

    A colour is a library, and a solid line is our recipe.
    """
    made, (upper, lower) = figure(2, height=11)
    colors = {"this course": BLUE, "SBX": ORANGE, "Stable-Baselines3": GREEN}
    for place, agent in enumerate(AGENTS):
        seeds = curves(*agent.place.split("/"))
        look = {"color": colors[agent.library], "ls": "-" if agent.ours else "--"}
        label = f"{agent.code}; recipe: {agent.recipe} ({_seeds(len(seeds))})"
        band(upper, seeds, place, label, **look)
        if agent.ours:
            band(lower, seeds, place, label, minutes, **look)
    for axis, label in zip((upper, lower), ("thousand steps", "minutes of training, each alone")):
        axis.axhline(SOLVED, ls="--", lw=1, color=GREY)
        axis.set(xlabel=label, ylabel="mean return", ylim=(-400, 320))
    ours = _after(_steps(agent) for agent in AGENTS if agent.ours)
    others = _after(_steps(agent) for agent in AGENTS if not agent.ours)
    finding = f"the median seeds get to {SOLVED} {ours} with ours, and {others} with others"
    entitle(upper, f"The recipe: {finding}", 60)
    seconds = [
        f"{fact(f'{agent.place}:training_to_200:median'):,.0f} s ({agent.library})"
        for agent in AGENTS
        if agent.ours
    ]
    entitle(lower, f"The code: with our recipe they are there after {listed(seconds)}", 60)
    made.legend(*upper.get_legend_handles_labels(), loc="outside lower center")
    save(made, "beside")


def _steps(agent):
    return fact(f"{agent.place}:steps_to_200:median")


def _after(steps):
    """When seeds got somewhere, in words; infinite is never."""
    found, parts = set(steps), []
    if there := found - {math.inf}:
        ends = sorted({min(there), max(there)})
        parts.append(f"after {' to '.join(f'{end:,.0f}' for end in ends)} steps")
    if math.inf in found:
        parts.append("never")
    return " or ".join(parts)


def _seeds(count):
    return f"{count} seed{'s' * (count != 1)}"


def ablation(name, variants, count):
    """Learning curves of the first ``count`` seeds of the variants, and how each was judged.

    ``variants`` maps names to ``(experiment, variant)``; the first is the course's.
    """
    rows = len(variants)
    made, (upper, lower) = figure(
        2, height=5.2 + 0.75 * rows, height_ratios=[3.4, 0.3 + 0.45 * rows]
    )
    for place, (label, which) in enumerate(variants.items()):
        color, _, marker = LOOKS[place]
        band(upper, curves(*which)[:count], place, label)
        means = values(which[0], "mean", which[1])[:count]
        lower.plot(means, np.full(len(means), place), marker, ms=9, color=color, alpha=0.6)
        lower.plot([np.median(means)] * 2, [place - 0.35, place + 0.35], color=color, lw=2.5)
    upper.axhline(SOLVED, ls="--", lw=1, color=GREY)
    lower.axvline(SOLVED, ls="--", lw=1, color=GREY)
    upper.set(xlabel="thousand steps", ylabel="mean return", ylim=(-600, 320))
    entitle(upper, _arrival(variants, count))
    lower.set_yticks(range(rows), [label.replace(" (this course)", "") for label in variants])
    lower.set(xlabel="judged return, a mark a seed, a line at the median", ylim=(rows - 0.5, -0.5))
    entitle(lower, _verdict(variants))
    lower.grid(axis="y", visible=False)
    made.legend(
        *upper.get_legend_handles_labels(), loc="outside lower center", ncols=2 - (rows < 3)
    )
    save(made, name)


def _arrival(variants, count):
    """When the median seeds first had a mean of 200, as a title."""
    steps = {
        label: np.median(values(which[0], "steps_to_200", which[1])[:count])
        for label, which in variants.items()
    }
    never = [f"“{label}”" for label, found in steps.items() if np.isinf(found)]
    if never:
        return f"With {listed(never)} the median seed never gets to {SOLVED}"
    return f"The median seeds get to {SOLVED} {_after(steps.values())}"


def _verdict(variants):
    """The comparisons of the best snapshots with the course's, as a title that says no more."""
    verdicts = {}
    for label, which in variants.items():
        if verdict := claims.against_course("/".join(which)):
            verdicts.setdefault(verdict, []).append(f"“{label}”")
    parts = []
    for verdict, labels in verdicts.items():
        verb = "is" if len(labels) == 1 else "are"
        found = f"{listed(labels)} {verb} {verdict}"
        parts.append(f"for {listed(labels)} {verdict}" if verdict == claims.OPEN else found)
    return f"Judged beside this course’s: {'; '.join(parts)}"


def promises():
    """Draw the return that DQN and double DQN promise on CartPole, less the measured one."""
    made, axis = figure(height=4.2)
    draw_promises(axis)
    ends = {name: fact(f"double_dqn/{name}:excess:median") for name in ("DQN", "double DQN")}
    much = [f"{name} {_too(end)}" for name, end in ends.items()]
    entitle(axis, f"At the end {much[0]}, {much[1]}", 60)
    save(made, "double_dqn")


def _too(excess):
    return f"promises {abs(excess):.1f} too {'much' if excess > 0 else 'little'}"


def scaling():
    """Sampling over size, updates beside the machine's limit, chunks, workers."""
    made, axes = figure(4, height=16, height_ratios=[4, 4.4, 4, 3])
    draw_sampling_cost(axes[0])
    _updates(axes[1])
    _pipeline(axes[2])
    _workers(axes[3])
    save(made, "scaling")


def _updates(axis):
    shapes = list(EXPERIMENTS["updates"].variants)
    reached = [fact(f"updates/{shape}:gigaflops:median") for shape in shapes]
    limit = np.median([row["machine_gigaflops"] for row in judged("updates")])
    axis.barh(shapes, reached, color=BLUE)
    axis.axvline(limit, ls="--", color=GREY)
    axis.text(0.98 * limit, 0, "two large matrices", color=GREY, ha="right", va="center")
    axis.set(xlabel="10⁹ operations a second", ylabel="units, batch", xlim=(0, 1.05 * limit))
    share = max(reached) / limit
    entitle(axis, f"Updates reach up to {share * 100:.0f} % of the machine's rate", 50)
    axis.grid(axis="y", visible=False)


def _pipeline(axis):
    chunks = list(EXPERIMENTS["pipeline"].variants)
    kinds = ("ratio", "measured"), ("bound", "both times : the longer")
    for (column, label), (color, line, marker) in zip(kinds, LOOKS):
        height = [fact(f"pipeline/{chunk}:{column}:median") for chunk in chunks]
        axis.plot(chunks, height, ls=line, marker=marker, lw=2, color=color, label=label)
    axis.set(xlabel="steps of a chunk", ylabel="pipelined : in turn")
    best = max(chunks, key=lambda chunk: fact(f"pipeline/{chunk}:ratio:median"))
    won = fact(f"pipeline/{best}:ratio:median")
    entitle(axis, f"Two threads win {won:.2f} : 1 with chunks of {best} steps", 50)
    axis.legend()


def _workers(axis):
    counts = list(EXPERIMENTS["workers"].variants)
    rates = [fact(f"workers/{count}:seeds_per_minute:median") for count in counts]
    bars = axis.barh(counts, rates, color=BLUE, height=0.6)
    axis.bar_label(bars, fmt="%.1f", padding=4)
    axis.margins(x=0.12)
    axis.set(xlabel="seeds a minute", ylabel="workers")
    entitle(axis, f"Two workers train {rates[1] / rates[0]:.1f} times as many seeds as one", 50)
    axis.grid(axis="y", visible=False)
