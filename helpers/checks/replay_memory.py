"""The checks of chapter 2."""

from typing import NamedTuple

import numpy as np

from helpers.checks import check, expect, function, numbers, wrong


class Episode(NamedTuple):
    """As chapter 1's, without its total."""

    states: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    terminated: bool
    truncated: bool


def episode(states, terminated):
    """An episode through these states, with actions 10, 11, … and rewards 5, 6, …."""
    steps = len(states) - 1
    return Episode(
        np.array(states, np.float32)[:, None],
        np.arange(10, 10 + steps, dtype=np.float32)[:, None],
        np.arange(5, 5 + steps, dtype=np.float32),
        terminated,
        not terminated,
    )


class Noted:
    """A memory that notes what is appended to it."""

    def __init__(self):
        self.rows = []

    def append(self, state, action, reward, next_state, terminal):
        self.rows.append((state, action, reward, next_state, terminal))


@check
def store(answer):
    """Put an episode into a memory, a transition at a time."""
    function("store", answer)
    for terminated in (True, False):
        memory = Noted()
        answer(memory, episode([0, 1, 2, 3], terminated))
        if len(memory.rows) != 3:
            wrong(f"An episode of 3 steps is 3 transitions, but {len(memory.rows)} were appended.")
        states, actions, rewards, next_states, terminals = (
            [np.ravel(part).tolist()[0] for part in column] for column in zip(*memory.rows)
        )
        expect("The states of the transitions", states, [0, 1, 2])
        expect("The actions", actions, [10, 11, 12])
        expect("The rewards", rewards, [5, 6, 7])
        expect(
            "The next states",
            next_states,
            [1, 2, 3],
            [
                ([0, 1, 2], "Those are the states themselves: the next one is a place further."),
                ([3, 3, 3], "That is always the last state: the next one is a place further."),
            ],
        )
        if terminated:
            expect(
                "The terminal flags of an episode that terminated",
                terminals,
                [0, 0, 1],
                [
                    ([1, 1, 1], "Only the last step led to a terminal state."),
                    ([0, 0, 0], "The last step led to a terminal state."),
                    ([1, 0, 0], "The last step is the terminal one, not the first."),
                    ([0, 1, 0], "It is off by one: the last of three steps has the index 2."),
                ],
            )
            yield "each step is a transition, and the last of a terminated episode is terminal"
        else:
            expect(
                "The terminal flags of an episode that was truncated",
                terminals,
                [0, 0, 0],
                [
                    ([0, 0, 1], "A time limit is no terminal state: the future goes on."),
                    ([1, 1, 1], "A time limit is no terminal state: the future goes on."),
                ],
            )
            yield "a truncated episode has no terminal transition"


def _append(memory, number, terminal=False):
    """Append a transition of which every part tells its number."""
    return memory.append([number, -number], [10 * number], 100 * number, [number + 1, 0], terminal)


@check
def append(answer):
    """Store one transition in the place of the oldest."""
    memory = answer(3, (2,), (1,))
    given = np.array([1.0, -1.0])
    memory.append(given, [10.0], 100.0, [2.0, 0.0], False)
    if not np.any(memory.states):
        place = "and nothing was stored" if memory.pointer else "and nothing happened"
        wrong(
            f"A transition was appended, {place}: each part goes into its array, at the row "
            "self.pointer."
        )
    expect("states after one append", memory.states, [[1, -1], [0, 0], [0, 0]])
    expect("actions", memory.actions, [[10], [0], [0]])
    expect("rewards", memory.rewards, [100, 0, 0])
    expect(
        "next_states",
        memory.next_states,
        [[2, 0], [0, 0], [0, 0]],
        [([[1, -1], [0, 0], [0, 0]], "That is the state: store the next one.")],
    )
    if memory.size != 1:
        wrong(f"One transition is in, but self.size is {memory.size}.")
    expect("The pointer after one append", memory.pointer, 1)
    yield "every part of a transition is in its array"
    _append(memory, 2, terminal=True)
    expect(
        "terminals after one that was terminal",
        memory.terminals,
        [0, 1, 0],
        [([0, 0, 0], "The terminal flag wasn't stored."), ([1, 0, 0], "The flag is negated.")],
    )
    _append(memory, 3)
    if memory.pointer == 3:
        wrong(
            "After three appends to a memory of three rows the pointer is 3, which is no row: it "
            "goes back to 0 when it reaches the capacity."
        )
    expect("The pointer after three appends to three rows", memory.pointer, 0)
    expect("The size after three appends", memory.size, 3)
    yield "the pointer goes round"
    _append(memory, 4)
    expect(
        "rewards after a fourth append",
        memory.rewards,
        [400, 200, 300],
        [
            ([100, 200, 300], "The memory is full, and the new transition was refused: it takes "
                              "the place of the oldest."),
            ([100, 200, 400], "The oldest is in row 0, and the newest was overwritten instead."),
        ],
    )  # fmt: skip
    expect(
        "The size after four appends to three rows",
        memory.size,
        3,
        [(4, "More than the capacity can't be in use."), (1, "All three rows are in use.")],
    )
    expect("The pointer after four appends", memory.pointer, 1)
    for _ in range(2):
        _append(memory, 5, terminal=False)
    expect(
        "terminals, after rows were overwritten by transitions that are not terminal",
        memory.terminals,
        [0, 0, 0],
        [([0, 1, 0], "An old flag survived: the flag is stored whether it is true or false.")],
    )
    yield "the oldest makes room for the newest"


def _filled(make, rows, capacity=50, seed=0):
    """A memory with ``rows`` rows in use, each of whose parts tell the row's number."""
    memory = make(capacity, (2,), (1,), seed=seed)
    number = np.arange(capacity)
    memory.states[:] = number[:, None]
    memory.actions[:] = 10 * number[:, None]
    memory.rewards[:] = 100 * number
    memory.next_states[:] = number[:, None] + 0.5
    memory.terminals[:] = number % 2
    memory.size, memory.pointer = rows, rows % capacity
    return memory


@check
def sample(answer):
    """Draw a batch uniformly from the rows in use."""
    try:
        batch = _filled(answer, rows=5).sample(8_000)
    except ValueError as error:
        if "larger sample" in str(error).lower():
            wrong("A batch may be larger than the memory: rows are drawn with replacement.")
        raise
    if batch is None:
        wrong("sample returned None: return the Batch.")
    names = ("states", "actions", "rewards", "next_states", "terminals")
    missing = [name for name in names if not hasattr(batch, name)]
    if missing:
        wrong(f"sample must return a Batch, but what came back has no {missing[0]}.")
    drawn = numbers("rewards", batch.rewards, (8_000,)) / 100
    if drawn.max() >= 5:
        wrong(
            f"5 of 50 rows are in use, but row {drawn.max():.0f} was drawn: only the first "
            "self.size rows hold transitions."
        )
    counts = np.bincount(drawn.astype(int), minlength=5)
    if not counts.all():
        wrong(
            f"In 8,000 draws from rows 0 to 4, row {counts.argmin()} never came: is the range off "
            "by one?"
        )
    if np.ptp(counts) > 300:
        wrong(
            f"In 8,000 draws the five rows came {counts.tolist()} times: each should come about "
            "1,600 times."
        )
    yield "rows in use are drawn, all of them equally often"
    _rows_belong_together(batch, drawn)
    yield "the five parts of a row stay together, with their shapes"
    if np.mean(np.diff(drawn) % 5 == 1) > 0.9:
        wrong("The rows follow each other: each is drawn by itself, not a slice of neighbours.")
    twice = [_filled(answer, rows=50, seed=3).sample(20).rewards for _ in range(2)]
    if not np.array_equal(*twice):
        wrong("Two memories with the same seed drew different rows: draw with self.rng.")
    memory = _filled(answer, rows=50)
    if np.array_equal(memory.sample(20).rewards, memory.sample(20).rewards):
        wrong("Two batches in a row are the same: the generator goes on, it is not made anew.")
    yield "the seed decides, and every batch is another one"


def _rows_belong_together(batch, drawn):
    count = len(drawn)
    states = numbers("states", batch.states, (count, 2))
    parts = {
        "states": (states[:, 0], drawn),
        "actions": (numbers("actions", batch.actions, (count, 1))[:, 0], 10 * drawn),
        "next_states": (numbers("next_states", batch.next_states, (count, 2))[:, 0], drawn + 0.5),
        "terminals": (numbers("terminals", batch.terminals, (count,)), drawn % 2),
    }
    for name, (seen, right) in parts.items():
        if not np.allclose(seen, right):
            wrong(
                f"rewards and {name} come from different rows, or were swapped: the same indices "
                "pick all five parts, and Batch takes them in the order of its fields."
            )
