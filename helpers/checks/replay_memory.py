"""The checks of chapter 2."""

from typing import NamedTuple

import numpy as np

from helpers.checks import check, expect, function, numbers, repaired, wrong


class Episode(NamedTuple):
    """As chapter 1's, without its total."""

    states: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    terminated: bool
    truncated: bool


def episode(states, terminated, truncated=None, rewards=None):
    """An episode through these states, with actions 10, 11, … and rewards 5, 6, …."""
    steps = len(states) - 1
    return Episode(
        np.array(states, np.float32)[:, None],
        np.arange(10, 10 + steps, dtype=np.float32)[:, None],
        np.array(rewards or range(5, 5 + steps), np.float32),
        terminated,
        not terminated if truncated is None else truncated,
    )


class Noted:
    """A memory that notes what is appended to it."""

    def __init__(self):
        self.rows = []

    def append(self, state, action, reward, next_state, terminal):
        if len(self.rows) == 100:
            wrong(
                "After a few steps, more than 100 transitions were appended: the loop never ends."
            )
        self.rows.append((state, action, reward, next_state, terminal))


def _stored(answer, episode):
    """What was appended, a list for each of the five parts."""
    memory, steps = Noted(), len(episode.rewards)
    answer(memory, episode)
    if len(memory.rows) != steps:
        wrong(
            f"An episode of {steps} steps is {steps} transitions, but {len(memory.rows)} were "
            "appended."
        )
    return [[np.ravel(part).tolist()[0] for part in column] for column in zip(*memory.rows)]


def _stores_as_given(answer):
    ends = [_stored(answer, episode([0, 1, 2, 3], terminated)) for terminated in (True, False)]
    return ends == 2 * [[[0, 1, 2], [10, 11, 12], [5, 6, 7], [0, 1, 2], [1, 1, 1]]]


@check
def store(answer):
    """Put an episode into a memory, a transition at a time."""
    function("store", answer)
    repaired(
        lambda: _stores_as_given(answer),
        "It stored an episode through 0, 1, 2, 3 with the next states 0, 1, 2 instead of 1, 2, 3. "
        "The terminal flags were 1, 1, 1 instead of 0, 0, 1 where it was terminated, and 1, 1, 1 "
        "instead of 0, 0, 0 where it was truncated.",
    )
    for terminated in (True, False):
        parts = _stored(answer, episode([0, 1, 2, 3], terminated))
        states, actions, rewards, next_states, terminals = parts
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
                    ([1, 1, 0], "The flag is negated."),
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
    again = episode([0, 4, 1, 0, 1, 4], True, truncated=True, rewards=[5.5, 6.5, 6.5, 5.5, 6.5])
    _, _, rewards, next_states, terminals = _stored(answer, again)
    expect("The rewards of an episode of five steps", rewards, again.rewards)
    expect("The next states of an episode of five steps", next_states, [4, 1, 0, 1, 4])
    expect(
        "The terminal flags of five steps, the last of which both terminated and ran out of time",
        terminals,
        [0, 0, 0, 0, 1],
        [
            (
                [0, 0, 0, 0, 0],
                "What terminated is terminal, whether it was truncated, too, or not.",
            ),
            ([0, 0, 1, 0, 0], "The last step is number len(episode.rewards) − 1, not always 2."),
            ([0, 1, 1, 0, 1], "The last step is told by its index: rewards can come twice."),
            ([1, 0, 0, 0, 1], "The last step is told by its index: states can come twice."),
        ],
    )
    yield "so it is in a longer one, in which rewards and states come twice"


PARTS = ("states", "actions", "rewards", "next_states", "terminals")
EMPTY = [0, 0], [0, 0], 0, [0, 0], 0


def _transition(number, terminal=False):
    """A transition of which every part tells its number, and no two are alike."""
    parts = [number, -number], [10 * number, number], number + 0.25, [number + 0.5, 3 * number]
    return *parts, terminal


ONE, TWO, THREE, FOUR, FIVE = (_transition(number, number == 2) for number in range(1, 6))


def _holds(memory, when, rows, mistakes=()):
    """The arrays hold these transitions; ``mistakes`` are pairs of other ones and a hint."""
    for part, name in enumerate(PARTS):
        seen = getattr(memory, name)
        if not isinstance(seen, np.ndarray):
            wrong(f"self.{name} is a {type(seen).__name__} now: write into a row of the array.")
        others = [([row[part] for row in other], hint) for other, hint in mistakes]
        expect(f"{name} after {when}", seen, [row[part] for row in rows], others)


@check
def append(answer):
    """Store one transition in the place of the oldest."""
    memory = answer(3, (2,), (2,))
    memory.append(*ONE)
    if not np.any(memory.states):
        place = "and nothing was stored" if memory.pointer else "and nothing happened"
        wrong(
            f"A transition was appended, {place}: each part goes into its array, at the row "
            "self.pointer."
        )
    _holds(
        memory,
        "one append",
        [ONE, EMPTY, EMPTY],
        [
            ([(*ONE[:3], ONE[0], 0), EMPTY, EMPTY], "That is the state: store the next one."),
            ([(*ONE[:4], 1), EMPTY, EMPTY], "The flag is negated."),
            ([(*ONE[:2], 1, *ONE[3:]), EMPTY, EMPTY], "Rewards are no whole numbers."),
        ],
    )
    if memory.size != 1:
        wrong(f"One transition is in, but self.size is {memory.size}.")
    expect("The pointer after one append", memory.pointer, 1)
    yield "every part of a transition is in its array"
    memory.append(*TWO)
    _holds(
        memory,
        "two appends, the second of a terminal one",
        [ONE, TWO, EMPTY],
        [
            ([ONE, (*TWO[:4], 0), EMPTY], "The terminal flag wasn't stored."),
            ([TWO, EMPTY, EMPTY], "It overwrote the first: write into the row self.pointer."),
        ],
    )
    memory.append(*THREE)
    if memory.pointer == 3:
        wrong(
            "After three appends to a memory of three rows the pointer is 3, which is no row: it "
            "goes back to 0 when it reaches the capacity."
        )
    expect("The pointer after three appends to three rows", memory.pointer, 0)
    expect("The size after three appends", memory.size, 3)
    yield "the pointer goes round"
    memory.append(*FOUR)
    _holds(
        memory,
        "a fourth append to three rows",
        [FOUR, TWO, THREE],
        [
            ([ONE, TWO, THREE], "The memory is full, and the new transition was refused: it takes "
                                "the place of the oldest."),
            ([ONE, TWO, FOUR], "The oldest is in row 0, and the newest was overwritten instead."),
        ],
    )  # fmt: skip
    expect(
        "The size after four appends to three rows",
        memory.size,
        3,
        [(4, "More than the capacity can't be in use."), (1, "All three rows are in use.")],
    )
    expect("The pointer after four appends", memory.pointer, 1)
    memory.append(*FIVE)
    survived = "An old flag survived: the flag is stored whether it is true or false."
    _holds(
        memory,
        "a fifth append, which overwrote the terminal one",
        [FOUR, FIVE, THREE],
        [([FOUR, (*FIVE[:4], 1), THREE], survived)],
    )
    memory = answer(4, (2,), (2,))
    for transition in (ONE, TWO, THREE, FOUR):
        memory.append(*transition)
    hint = "It goes round at self.capacity, which is 4 here."
    expect("The pointer after four appends to four rows", memory.pointer, 0, [(1, hint)])
    expect("The size after four appends to four rows", memory.size, 4, [(3, hint)])
    yield "the oldest makes room for the newest"


def _filled(make, rows, seed=0):
    """A memory with ``rows`` of 50 rows in use, each of whose parts tell the row's number."""
    memory = make(50, (2, 3), (2,), np.int64, seed=seed)
    number = np.arange(50)
    memory.states[:] = number[:, None, None] + np.arange(6).reshape(2, 3) / 10
    memory.actions[:] = 10 * number[:, None] + [0, 1]
    memory.rewards[:] = 100 * number
    memory.next_states[:] = memory.states + 0.5
    memory.terminals[:] = number % 2
    memory.size, memory.pointer = rows, rows % 50
    return memory


def _sample(memory, count):
    """A batch, if the draw could be made; the memory is as it was."""
    held = [np.copy(getattr(memory, name)) for name in PARTS]
    size, pointer = memory.size, memory.pointer
    try:
        batch = memory.sample(count)
    except IndexError as error:
        wrong(
            f"{error}: rows were drawn that don't exist. In self.rng.integers(self.size, size=…) "
            "the count has to be named, or it is taken for the end of the range."
        )
    except ValueError as error:
        text = str(error).lower()
        if "larger sample" in text:
            wrong("A batch may be larger than the memory: rows are drawn with replacement.")
        if "high" in text or "a must be" in text:
            wrong(
                f"{error}: the rows in use are self.size; the pointer is 0 when the memory is "
                "just full."
            )
        raise
    for name, before in zip(PARTS, held):
        if not np.array_equal(getattr(memory, name), before):
            wrong(f"Sampling changed self.{name}: it only reads.")
    if (memory.size, memory.pointer) != (size, pointer):
        wrong("Sampling changed the size or the pointer: it only reads.")
    return batch


@check
def sample(answer):
    """Draw a batch uniformly from the rows in use."""
    memory = _filled(answer, rows=5)
    batch = _sample(memory, 8_000)
    if batch is None:
        wrong("sample returned None: return the Batch.")
    missing = [name for name in PARTS if not hasattr(batch, name)]
    if missing:
        wrong(f"sample must return a Batch, but what came back has no {missing[0]}.")
    if np.shape(batch.rewards) == (5,):
        wrong(
            "A batch of 8,000 has 5 rows, as many as are in use: rows are drawn with replacement, "
            "so it may be larger than the memory."
        )
    drawn = numbers("rewards", batch.rewards, (8_000,)) / 100
    if np.any(drawn % 1):
        wrong("rewards holds no rewards: Batch takes the five parts in the order of its fields.")
    if drawn.max() >= 5:
        wrong(
            f"5 of 50 rows are in use, but row {drawn.max():.0f} was drawn: only the first "
            "self.size rows hold transitions."
        )
    counts = np.bincount(drawn.astype(int), minlength=5)
    if (counts > 0).sum() == 1:
        wrong(
            f"Only row {counts.argmax()} came, in all 8,000 draws: draw an index for each, with "
            "size=batch_size."
        )
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
    _rows_belong_together(batch, memory, drawn.astype(int))
    yield "the five parts of a row stay together, with their shapes and types"
    if np.mean(np.diff(drawn) % 5 == 1) > 0.9:
        wrong("The rows follow each other: each is drawn by itself, not a slice of neighbours.")
    memory = _filled(answer, rows=50)
    if len(set(_sample(memory, 50).rewards)) == 50:
        wrong("50 draws from 50 rows gave each row once: rows are drawn with replacement.")
    yield "with replacement, and the memory stays as it was"
    twice = [_sample(_filled(answer, rows=50, seed=3), 20).rewards for _ in range(2)]
    if not np.array_equal(*twice):
        wrong("Two memories with the same seed drew different rows: draw with self.rng.")
    batches = [_sample(memory, 20).rewards for _ in range(20)]
    if np.array_equal(*batches[:2]):
        wrong("Two batches in a row are the same: the generator goes on, it is not made anew.")
    if len({rewards[0] for rewards in batches}) == 1:
        wrong("Every batch begins with the same row: all of its rows are drawn.")
    yield "the seed decides, and every batch is another one"


def _rows_belong_together(batch, memory, drawn):
    for name in PARTS:
        seen, right = getattr(batch, name), getattr(memory, name)[drawn]
        array = numbers(name, seen, right.shape)
        if not np.allclose(array, right):
            hint = (
                f"rewards and {name} come from different rows, or were swapped: the same indices "
                "pick all five parts, and Batch takes them in the order of its fields."
            )
            if name == "next_states" and np.allclose(array, memory.states[drawn]):
                hint = "next_states are the states themselves: take self.next_states."
            if name == "terminals" and np.allclose(array, 1 - right):
                hint = "terminals are negated: they come out as they were stored."
            wrong(hint)
        if not isinstance(seen, np.ndarray) or seen.dtype != right.dtype:
            kind = getattr(seen, "dtype", type(seen).__name__)
            wrong(f"{name} must come out as an array of {right.dtype}, as stored, not as {kind}.")
