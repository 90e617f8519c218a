"""The pictures of chapter 2."""

from collections import defaultdict

import numpy as np
from matplotlib.axes import Axes

from helpers import results
from helpers.drawing import BLUE, ORANGE, figure, show


def neighbours(groups: dict[str, np.ndarray], label: str) -> None:
    """Each value over the one before it; ``groups`` maps names to arrays."""
    made, axes = figure(1, len(groups), height=3.2, sharex=True, sharey=True)
    texts = []
    for axis, (name, values), color in zip(axes, groups.items(), (ORANGE, BLUE)):
        correlation = np.corrcoef(values[:-1], values[1:])[0, 1]
        axis.plot(values[:-1], values[1:], ".", ms=3, color=color, alpha=0.5)
        axis.set(xlabel=f"{label} in a row", title=f"{name}: correlation {correlation:.2f}")
        texts.append(f"{name}, correlation {correlation:.2f}")
    axes[0].set_ylabel("… in the next row")
    show(
        made, f"The {label.split()[0]} in each row over that in the row before: {'; '.join(texts)}."
    )


def batch_means(groups: dict[str, np.ndarray], label: str) -> None:
    """The mean of each batch, one after the other; ``groups`` maps names to arrays."""
    made, axis = figure(height=2.6)
    spreads = {name: values.std() for name, values in groups.items()}
    for (name, values), color in zip(groups.items(), (ORANGE, BLUE)):
        axis.plot(values, color=color, label=f"{name}: ± {spreads[name]:.2f}")
    (wide, widest), (_, narrowest) = spreads.items()
    axis.set(xlabel="batch", ylabel=label)
    axis.set_title(f"“{wide}” swings {widest / narrowest:.0f} times as much")
    axis.legend(loc="upper right")
    show(
        made, f"The {label} over 100 batches: {wide} swings {widest / narrowest:.0f} times as much."
    )


def draw_sampling_cost(axis: Axes) -> None:
    """The study's cost of a batch over what a memory holds."""
    costs = defaultdict(lambda: defaultdict(list))
    for row in results.rows("sampling"):
        costs[row["variant"]][row["entries"]].append(row["microseconds"])
    for memory, by_size in sorted(costs.items()):
        medians = [np.median(found) for found in by_size.values()]
        axis.loglog(list(by_size), medians, "o-", label=memory)
    axis.set(xlabel="transitions held", ylabel="µs for a batch of 64")
    axis.set_title("A ring is fast at any size, a large deque slow")
    axis.legend()


def sampling_cost() -> None:
    """Show the study's cost of a batch."""
    made, axis = figure(height=3.2)
    draw_sampling_cost(axis)
    show(made, "Microseconds for a batch of 64 from a ring, a list and a deque, over their size.")
