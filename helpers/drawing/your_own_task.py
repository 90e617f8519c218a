"""The pictures of chapter 9."""

import html
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from IPython.display import HTML, display
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

from helpers.drawing import BLUE, GREEN, GREY, LINES, ORANGE, RED, figure, headline, minus, show

ZERO = 273.15  # degrees Celsius, in kelvin
AT_HOME = 7, 22  # hours
STEPS_AN_HOUR = 4
HEAD = {"no.": "auto", "look for": "40%", "what to do first": "auto"}  # with their widths


def day(episodes: dict[str, Any]) -> None:
    """The temperatures and the heater's power over a day, for some policies in the same weather.

    ``episodes`` maps a policy's name to an ``Episode`` of the room.
    """
    made, (warmth, power) = figure(2, height=6.4, sharex=True, height_ratios=[3, 2])
    for axis in (warmth, power):
        axis.axvspan(*AT_HOME, color=GREY, alpha=0.12, lw=0)
    longest = max(episodes.values(), key=lambda flown: len(flown.states))
    warmth.plot(_hours(longest.states), longest.states[:, 1] - ZERO, ":", color=GREY, lw=2,
                label="outside")  # fmt: skip
    texts = []
    for (name, flown), color, line in zip(episodes.items(), (BLUE, ORANGE, GREEN, RED), LINES):
        hours, end = _hours(flown.states), "for the day"
        warmth.plot(hours, flown.states[:, 0] - ZERO, line, color=color, lw=2, label=name)
        power.step(hours[:-1], flown.actions[:, 0] / 1_000, line, color=color, where="post")
        if flown.terminated:
            end = f"and an alarm after {hours[-1]:g} hours"
            warmth.plot(hours[-1], flown.states[-1, 0] - ZERO, "x", color=color, ms=11, mew=3)
        texts.append(f"{name}: {-flown.total_reward:,.0f} cents {end}")
    warmth.set(ylabel="in °C")
    power.set(xlabel="hour of the day", ylabel="power in kW", xticks=range(0, 25, 4))
    power.set_ylim(-0.1, max(1, power.get_ylim()[1]))
    warmth.legend(loc="upper left", bbox_to_anchor=(1, 1))
    headline(made, "\n".join(texts))
    shown = "Temperatures and power over a day; somebody is at home from 7 to 22"
    show(made, f"{shown}. {'; '.join(texts)}.")


def _hours(states):
    return np.arange(len(states)) / STEPS_AN_HOUR


def symptoms(history: dict[str, list[dict]]) -> None:
    """Four signs of a training: its evaluations, its episodes, the critic's loss and values."""
    made, axes = figure(2, 2, height=5.8, sharex=True)
    panels = (
        ("evaluations", "return", "return, noise off", "o-"),
        ("episodes", "length", "length of the episodes", "."),
        ("updates", "loss", "the critic's loss", "-"),
        ("updates", "q", "mean value of its actions", "-"),
    )
    texts = []
    for axis, (kind, key, title, line) in zip(axes.flat, panels):
        steps, values = ([row[name] for row in history[kind]] for name in ("step", key))
        axis.plot(steps, values, line, color=BLUE, ms=4)
        axis.set_title(title, fontweight="normal")
        count = max(1, len(values) // 10)
        first, last = np.mean(values[:count]), np.mean(values[-count:])
        texts.append(f"{title} from {_brief(first)} to {_brief(last)}")
    axes[0, 1].set_ylim(0)
    axes[1, 0].set_yscale("log")
    axes[1, 0].yaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes[1, 0].yaxis.set_minor_formatter(NullFormatter())
    for axis in axes.flat:
        axis.yaxis.set_major_formatter(EngFormatter(sep=""))  # 2k, 3M, 100G
    for axis in axes[1]:
        axis.set_xlabel("thousand steps")
        axis.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1_000:g}")
    headline(made, "\n".join(text[0].upper() + text[1:] for text in texts[:2]))
    show(made, f"Four signs of a training: {'; '.join(texts)}.")


def seeds(histories: Iterable[dict[str, list[dict]]], references: dict[str, float]) -> None:
    """The evaluations of the same training from several seeds, and what others earn."""
    made, axis = figure(height=4.4)
    best = []
    for history, line in zip(histories, LINES):
        rows = history["evaluations"]
        steps, returns = ([row[key] for row in rows] for key in ("step", "return"))
        axis.plot(steps, returns, "o", ls=line, ms=4, color=BLUE)
        best.append(max(returns))
    for name, value in references.items():
        axis.axhline(value, ls="--", lw=1.5, color=GREY)
        axis.annotate(name, (1, value), xycoords=("axes fraction", "data"), va="center")
    axis.set(xlabel="thousand steps", ylabel="return, noise off")
    axis.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1_000:g}")
    finding = f"The best snapshots of {len(best)} seeds: {_listed(sorted(best))}"
    axis.set_title(finding)
    others = _listed(references.values())
    show(made, f"Learning curves. {finding}; for comparison {', '.join(references)}: {others}.")


def checklist(findings: Iterable[Any]) -> None:
    """A table of the doctor's findings: what to look at, in this order, and what to do first."""
    head = "".join(f'<th scope="col" style="width: {HEAD[name]}">{name}</th>' for name in HEAD)
    rows = "".join(
        f"<tr><td>{i}</td><td>{html.escape(one.seen)}</td>"
        f'<td style="overflow-wrap: anywhere">{html.escape(_first_sentence(one.remedy))} '
        f"(Chapter {one.chapter})</td></tr>"
        for i, one in enumerate(findings, 1)
    )
    table = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    display(HTML(f'<table class="table" style="text-align: left">{table}</table>'))


def _first_sentence(text):
    first = re.split(r"(?<=[\w)\]])[.:] (?=[A-Z])", text)[0].rstrip(".") + "."
    return first.replace("gymnasium.", "gym.")  # as all notebooks import it, and shorter


def _brief(number):
    """A number with three digits at most, in millions if it's large."""
    rounded = float(f"{number:.3g}")
    text = f"{rounded / 1e6:,g} million" if abs(rounded) >= 1e6 else f"{round(rounded):,}"
    return text.replace("-", "−")


def _listed(numbers):
    return ", ".join(minus(number) for number in numbers)
