"""The probes of chapter 2."""

from typing import NamedTuple

import numpy as np

from helpers.checks import exercise
from helpers.checks.toolbox import Memory


class Episode(NamedTuple):
    """An episode like chapter 1's, without its total."""

    states: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    terminated: bool
    truncated: bool


def _episode(see, states, rewards, end):
    """An episode through these states, with actions 10, 11, …."""
    actions = see.given(np.arange(10, 10 + len(rewards), dtype=np.float32), 10, 90)
    states = np.array(states, np.float32)[:, None] + np.float32([0, 0.5])
    flags = "terminated" in end, "truncated" in end
    return Episode(states, actions[:, None], np.array(rewards, np.float32), *flags)


@exercise
def store(see, answer):
    """Put an episode into a memory, a transition at a time."""
    for end, tick in {
        "terminated": "every step is stored, and the last of a terminated episode is terminal",
        "truncated": "a truncated episode has no terminal transition",
    }.items():
        length = see.given(3, 4, 7)  # never the public one in a grading
        rewards = see.given(np.array([5.5, 6.5, -7.5, 1.0, 2.5, -3.0])[:length], -9, 9)
        memory = Memory(see)
        answer(memory, _episode(see, range(length + 1), rewards, end))
        memory.note(f"a {end} episode of {length} steps through 0, 1, 2, …")
        see.tick(tick)
    first, second = see.given([5.5, 6.5], -9, 9)
    rewards = [first, second, second, first, second]
    memory = Memory(see)
    answer(memory, _episode(see, [0, 4, 1, 0, 1, 4], rewards, "terminated and truncated"))
    memory.note("an episode through 0, 4, 1, 0, 1, 4 that terminated as its time ran out")
    memory = Memory(see)
    answer(memory, _episode(see, [3, 4], [first], "terminated"))
    memory.note("a terminated episode of a single step from 3 to 4")
    see.tick("this holds for episodes of any length, even if states and rewards repeat")


PARTS = ("states", "actions", "rewards", "next_states", "terminals")


def _holds(see, memory, when):
    """Note the contents of a memory."""
    why = "Write all parts into the row `self.pointer`, then move it on: after the last row, to 0."
    for name in PARTS:
        see.note(f"`self.{name}` after {when}", getattr(memory, name), why=why)
        see.type(f"`self.{name}`", getattr(memory, name))
    see.note(f"The pointer after {when}", memory.pointer, why=why)
    why = "The size counts the rows in use. It grows up to `self.capacity` and stays there."
    see.note(f"The size after {when}", memory.size, why=why)


@exercise
def append(see, answer):
    """Store one transition in the place of the oldest."""
    numbers = range(1, 6)
    base = see.given(np.array([1.0, -1.0, 10.0, 1.0, 0.25, 0.5, 3.0]), -20, 20)
    rows = [base * number for number in numbers]
    parts = [(row[:2], row[2:4], float(row[4]), row[5:], np.bool_(number == 2))
             for row, number in zip(rows, numbers)]  # fmt: skip
    memory = answer(3, (2,), (2,))
    for transition, when, tick in zip(
        parts,
        ("one append", "a second append, of a terminal transition,", "a third append",
         "a fourth append to three rows", "a fifth append, over the terminal transition,"),
        ("every part of a transition goes into its array", "the next one goes into the next row",
         "after the last row, the pointer is back at 0", "the newest replaces the oldest",
         "the flag is stored, whether it is true or false"),
    ):  # fmt: skip
        memory.append(*transition)
        _holds(see, memory, when)
        see.tick(tick)
    capacity, count = see.given(4, 5, 8), see.given(4, 2, 12)
    memory = answer(capacity, (2,), (2,))
    for number in range(count):
        memory.append(*parts[number % len(parts)])
    _holds(see, memory, f"{count} appends to {capacity} rows")
    memory = answer(1, (1,))
    for transition in (([1], 2, 3, [4], False), ([5], 6, 7, [8], True)):
        memory.append(*transition)
    _holds(see, memory, "two appends to one row")
    see.tick("all of this works for memories of every size")


ROWS = 50
TOGETHER = "Draw the indices once, and use them for all five parts."


def _filled(see, make, used, seed=0, rows=ROWS):
    """A memory with ``used`` rows in use; the reward of a row tells which row it is."""
    memory = make(rows, (2, 3), (2,), np.int64, seed=seed)
    marks = np.arange(rows) if not see.seed else see.rng.permutation(1000)[:rows]
    memory.states[:] = marks[:, None, None] + np.arange(6).reshape(2, 3) / 10
    memory.actions[:] = 10 * marks[:, None] + [0, 1]
    memory.rewards[:] = 100.0 * marks
    memory.next_states[:] = memory.states + 0.5
    memory.terminals[:] = np.arange(rows) % 2
    memory.size, memory.pointer = used, used % rows
    return memory


def _drawn(see, memory, count):
    """A batch, and the numbers of its rows; refuses an answer that changed the memory."""
    before = [np.copy(getattr(memory, name)) for name in PARTS], memory.size, memory.pointer
    batch = memory.sample(count)
    for name, old in zip(PARTS, before[0]):
        if not np.array_equal(old, getattr(memory, name)):
            see.refuse(f"Sampling changed `self.{name}`, but it should only read it.")
    if before[1:] != (memory.size, memory.pointer):
        see.refuse("Sampling changed the size or the pointer, but it should only read.")
    if batch is None:
        see.refuse("`sample` returned None. Is the `return` missing? It should return the `Batch`.")
    for name in PARTS:
        if not hasattr(batch, name):
            see.refuse(f"`sample` should return a `Batch`, but what it returned has no `{name}`.")
    rows = {reward: row for row, reward in enumerate(memory.rewards.tolist())}
    return batch, [rows.get(reward, -1) for reward in np.ravel(batch.rewards).tolist()]


@exercise
def sample(see, answer):
    """Draw a batch uniformly from the rows in use."""
    seed = see.given(3, 1, 1000)
    used = see.given(5, 6, 8)
    count = 1600 * used
    memory = _filled(see, answer, used, seed, rows=8)  # which is no multiple of the rows in use
    batch, drawn = _drawn(see, memory, count)
    see.note(f"The number of rows in a batch of {count:,}", len(drawn))
    several = ", ".join(map(str, sorted(set(drawn))[:12]))
    see.note(f"The rows drawn while {used} of 8 are in use (−1: no such row)", several)
    counts = np.bincount(np.array(drawn) + 1, minlength=used + 1)[1:]
    outcome = "about 1,600" if np.ptp(counts) < 400 else str(counts.tolist()[:9])
    see.note(f"The number of times that each row in use was drawn in {count:,} draws", outcome)
    see.tick("only rows in use are drawn, all of them equally often")
    for name in PARTS:
        seen = getattr(batch, name)
        see.type(f"{name} in the batch", seen)
        firsts = [drawn.index(row) for row in range(used)]
        together = np.asarray(seen)[firsts][drawn]
        outcome = "its own" if np.array_equal(together, seen) else "those of other rows"
        see.note(f"The {name} that come with a row's reward", outcome, why=TOGETHER)
        see.note(f"The {name} with the rewards of rows 0 and 1", np.asarray(seen)[firsts][:2])
    see.tick("the five parts of a row stay together, with their shapes and types")
    follow = np.mean(np.diff(drawn) % used == 1) > 0.9
    see.note("The order of the rows in a batch", "one after the other" if follow else "random")
    full = _filled(see, answer, ROWS, seed)
    full.pointer = 7
    _, drawn = _drawn(see, full, ROWS)
    outcome = "some rows twice" if len(set(drawn)) < ROWS else "each row once"
    see.note("The outcome of 50 draws from 50 rows", outcome)
    outcome = "drawn as well" if max(drawn) > 7 else "left out"
    see.note("The oldest rows of a full memory", outcome)
    full.pointer = 0
    batch, _ = _drawn(see, full, 1)
    see.note("The states of a batch of one, multiplied by 0,", 0 * np.asarray(batch.states))
    see.tick("rows are drawn with replacement, and the memory stays as it was")
    drawn = [_drawn(see, _filled(see, answer, ROWS, seed + more), 20)[1] for more in (0, 0, 1)]
    outcome = "the same rows" if drawn[0] == drawn[1] else "other rows"
    see.note("The draw of a second memory with the same seed", outcome)
    outcome = "the same rows" if drawn[1] == drawn[2] else "other rows"
    see.note("The draw of a memory with another seed", outcome)
    drawn = [_drawn(see, full, 20)[1] for _ in range(20)]
    outcome = "the same rows" if drawn[0] == drawn[1] else "other rows"
    see.note("The draw for a second batch", outcome)
    for place, name in ((0, "first"), (-1, "last")):
        outcome = "new each time" if len({one[place] for one in drawn}) > 1 else "always the same"
        see.note(f"The {name} row of a batch", outcome)
    see.tick("the seed decides the draws, and every batch is a new one")
