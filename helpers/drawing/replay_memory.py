"""The pictures of chapter 2."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from helpers import results
from helpers.drawing import BLUE, GREEN, GREY, LINES, ORANGE, PURPLE, RED, figure, show

PAIR = (ORANGE, "--"), (BLUE, "-")  # in flown order, and drawn at random


def _signed(place):
    return f"{place:g}".replace("-", "−")


def neighbours(groups: dict[str, np.ndarray], label: str) -> None:
    """Draw each value over the one before it; ``groups`` maps names to arrays."""
    made, axes = figure(1, len(groups), height=4.4, sharex=True, sharey=True)
    texts = []
    for axis, (name, values), (color, _) in zip(axes, groups.items(), PAIR):
        correlation = np.corrcoef(values[:-1], values[1:])[0, 1]
        axis.plot(values[:-1], values[1:], ".", ms=4, color=color, alpha=0.6)
        axis.set(
            xlabel=f"{label} in a row",
            title=f"{name}:\ncorrelation {_signed(round(correlation, 2))}",
        )
        texts.append(f"{name}, correlation {correlation:.2f}")
    axes[0].set_ylabel("… in the next row")
    what = f"The {label.split()[0]} in each row over that in the row before, as dots"
    show(made, f"{what}. The more they follow a line, the higher: {'; '.join(texts)}.")


def batch_means(groups: dict[str, np.ndarray], label: str) -> None:
    """Draw the mean of each batch, one after the other; ``groups`` maps names to arrays."""
    made, axis = figure(height=3.8)
    spreads = {name: values.std() for name, values in groups.items()}
    for (name, values), (color, line) in zip(groups.items(), PAIR):
        axis.plot(values, line, color=color, label=f"{name}: ± {spreads[name]:.2f}")
    (wide, widest), (_, narrowest) = spreads.items()
    axis.set(xlabel="batch", ylabel=label)
    axis.set_title(f"The mean of “{wide}” swings {widest / narrowest:.0f} times as much")
    made.legend(loc="outside lower center", ncols=2)
    text = ", ".join(f"± {spread:.2f} for {name}" for name, spread in spreads.items())
    show(made, f"The {label} over {len(values)} batches swings by {text}.")


def errors_while_learning(errors: dict[str, list[float]], places: tuple[float, ...]) -> None:
    """Draw errors about what was learned first, over the updates.

    Args:
        errors: the error after each update, by the name of the network: first the one that
            learns in flown order.
        places: the harbours, between which the updates are divided equally.
    """
    made, axis = figure(height=4.4)
    found = {name: np.array(values) for name, values in errors.items()}
    count = len(next(iter(found.values()))) // len(places)
    for (name, values), (color, line) in zip(found.items(), PAIR):
        axis.plot(np.arange(1, len(values) + 1), values, line, color=color, lw=2.2, label=name)
    top = max(values.max() for values in found.values())
    for number, place in enumerate(places):
        axis.axvline(number * count, color=GREY, lw=1)
        axis.text((number + 0.5) * count, 1.04 * top, f"boat at {_signed(place)}", ha="center")
    axis.set(xlabel="updates", ylabel=f"error around {_signed(places[0])}", ylim=(0, 1.18 * top))
    before, after = next(iter(found.values()))[[count - 1, -1]]
    axis.set_title(f"In flown order it forgets the first harbour: {before:.2f}, then {after:.2f}")
    made.legend(loc="outside lower center", ncols=2)
    ends = ", ".join(f"{name}: {v[count - 1]:.2f}, then {v[-1]:.2f}" for name, v in found.items())
    show(made, f"Error about the first harbour, on leaving it and at the end. {ends}.")


def guesses_at_the_end(
    guesses: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]], places: tuple[float, ...]
) -> None:
    """Draw the rewards that networks guess for the action 0, beside the true ones.

    Args:
        guesses: functions of states and actions, by the names of the networks: first the one that
            learned in flown order.
        places: the harbours, in the order in which they were visited.
    """
    made, axis = figure(height=4.4)
    states = np.linspace(-1.4, 1.4, 141)
    axis.plot(states, -(states**2), LINES[3], color=GREEN, lw=3, label="the truth")
    off = {}
    for (name, guess), (color, line) in zip(guesses.items(), PAIR):
        values = guess(states, np.zeros_like(states))
        axis.plot(states, values, line, color=color, lw=2.2, label=name)
        off[name] = np.abs(values + states**2).max()
    for place in places:
        axis.axvline(place, color=GREY, lw=1)
    axis.set(xlabel="state", ylabel="reward of action 0")
    forgot, kept = off.values()
    axis.set_title(f"Without the memory, guesses are off by up to {forgot:.1f}, not {kept:.1f}")
    made.legend(loc="outside lower center", ncols=3)
    text = ", ".join(f"{name} by up to {value:.1f}" for name, value in off.items())
    show(made, f"Guessed rewards over the states beside the true ones, which they miss: {text}.")


def draw_sampling_cost(axis: Axes) -> dict[str, float]:
    """Draw the study's cost of a batch over how much a memory holds.

    Returns the microseconds from the largest memory, by its kind.
    """
    costs = defaultdict(lambda: defaultdict(list))
    for row in results.rows("sampling"):
        costs[row["variant"]][row["entries"]].append(row["microseconds"])
    last = {}
    colors = (BLUE, ORANGE, GREEN, RED, PURPLE)
    for memory, line, marker, color in zip(sorted(costs), LINES, "osd^v", colors):
        medians = [np.median(found) for found in costs[memory].values()]
        last[memory] = medians[-1]
        label = f"{memory}: {last[memory]:,.0f} µs"
        axis.loglog(list(costs[memory]), medians, ls=line, marker=marker, color=color, label=label)
    axis.set(xlabel="transitions held", ylabel="µs for a batch of 64")
    times = round(last["deque"] / last["ring"], -2)
    axis.set_title(f"A deque takes up to {times:,.0f} times as long as a ring")
    entries, names = axis.get_legend_handles_labels()
    order = sorted(range(len(names)), key=lambda i: -last[sorted(costs)[i]])
    axis.legend([entries[i] for i in order], [names[i] for i in order], title="at the largest size")
    return last


def sampling_cost() -> None:
    """Show the study's cost of a batch."""
    made, axis = figure(height=5)
    last = draw_sampling_cost(axis)
    title = axis.get_title("left")
    ends = ", ".join(f"{memory} {cost:.0f}" for memory, cost in last.items())
    show(made, f"Microseconds for a batch of 64 over the size. {title}. At the end: {ends}.")
