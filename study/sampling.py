"""What a batch costs from a ring buffer, a deque and a list, over how much they hold.

Run as ``python -m study.sampling``. Each holds transitions of the lander's shape and gives a batch
of 64, turned into arrays as a network needs it. Medians of 50 batches.
"""

import csv
import random
import statistics
import time
from collections import deque
from pathlib import Path

import numpy as np

from helpers.replay_memory import ReplayMemory

SIZES = (10**3, 10**4, 10**5, 10**6)
BATCH, ROUNDS = 64, 50


def stack(transitions):
    return [np.array(column, np.float32) for column in zip(*transitions)]


def fresh(transition):
    """A copy with its own place in the machine's memory, as every real transition has."""
    return tuple(np.copy(part) for part in transition)


def ring(transition, size):
    """A function that draws a batch from the course's memory."""
    memory = ReplayMemory(size, (8,), (2,), seed=0)
    for _ in range(size):
        memory.append(*transition)
    return lambda: memory.sample(BATCH)


def deque_by_index(transition, size):
    """The same from a deque, whose items are found by walking to them."""
    memory = deque((fresh(transition) for _ in range(size)), maxlen=size)
    return lambda: stack([memory[random.randrange(size)] for _ in range(BATCH)])


def list_sample(transition, size):
    """The same from a list, which has random access but no constant-time way to drop its oldest."""
    memory = [fresh(transition) for _ in range(size)]
    return lambda: stack(random.sample(memory, BATCH))


def microseconds(draw):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        draw()
        times.append(1e6 * (time.perf_counter() - start))
    return statistics.median(times)


def main():
    transition = (np.zeros(8, np.float32), np.zeros(2, np.float32), 0.0, np.zeros(8, np.float32), 0)
    rows = []
    for make in (ring, deque_by_index, list_sample):
        costs = [microseconds(make(transition, size)) for size in SIZES]
        rows += [[make.__name__, size, round(cost, 1)] for size, cost in zip(SIZES, costs)]
        shown = "  ".join(f"{size:>9,}: {cost:9.1f} µs" for size, cost in zip(SIZES, costs))
        print(f"{make.__name__:14} {shown}   largest : smallest = {costs[-1] / costs[0]:.1f} : 1")
    with open(Path(__file__).parent / "results" / "sampling.csv", "w", newline="") as file:
        csv.writer(file).writerows([["memory", "entries", "microseconds"], *rows])


if __name__ == "__main__":
    main()
