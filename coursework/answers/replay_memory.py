"""Answers to the exercises of chapter 2."""

from collections import deque
from typing import NamedTuple

import numpy as np

from helpers.replay_memory import Batch

NAMESPACE = {"np": np, "NamedTuple": NamedTuple, "Batch": Batch, "deque": deque}

BROKEN_STORE = """
def store(memory, episode):
    done = episode.terminated or episode.truncated
    for t in range(len(episode.rewards)):
        memory.append(
            episode.states[t], episode.actions[t], episode.rewards[t], episode.states[t], done
        )
"""

STORE_BY_ZIP = """
def store(memory, episode):
    flags = np.zeros(len(episode.rewards))
    flags[-1] = episode.terminated
    rows = zip(episode.states, episode.actions, episode.rewards, episode.states[1:], flags)
    for row in rows:
        memory.append(*row)
"""

STORE_WITH_LAST_APART = """
def store(memory, episode):
    s, a, r = episode.states, episode.actions, episode.rewards
    for t in range(len(r) - 1):
        memory.append(s[t], a[t], r[t], s[t + 1], False)
    memory.append(s[-2], a[-1], r[-1], s[-1], bool(episode.terminated))
"""

SWAPPED_STORE = STORE_BY_ZIP.replace(
    "zip(episode.states, episode.actions, episode.rewards, episode.states[1:], flags)",
    "zip(episode.states[1:], episode.actions, episode.rewards, episode.states, flags)",
)

SHIFTED_STORE = """
def store(memory, episode):
    s, a, r = episode.states, episode.actions, episode.rewards
    for t in range(len(r)):
        memory.append(s[t - 1], a[t], r[t], s[t], bool(episode.terminated) and t == len(r) - 1)
"""

STORE_FOR_EVER = """
def store(memory, episode):
    t = 0
    while t < len(episode.rewards):
        s, a, r = episode.states, episode.actions, episode.rewards
        memory.append(s[t], a[t], r[t], s[t + 1], False)
"""

HEAD = """
class ReplayMemory:
    def __init__(self, capacity, state_shape, action_shape=(), action_dtype=np.float32, seed=None):
        self.capacity = capacity
        self.states = np.zeros((capacity, *state_shape), np.float32)
        self.actions = np.zeros((capacity, *action_shape), action_dtype)
        self.rewards = np.zeros(capacity, np.float32)
        self.next_states = np.zeros((capacity, *state_shape), np.float32)
        self.terminals = np.zeros(capacity, np.float32)
        self.rng = np.random.default_rng(seed)
        self.pointer = 0
        self.size = 0
"""

APPEND_BY_LOOP = (
    HEAD
    + """
    def append(self, *transition):
        columns = self.states, self.actions, self.rewards, self.next_states, self.terminals
        for column, part in zip(columns, transition):
            column[self.pointer] = part
        self.pointer += 1
        if self.size < self.capacity:
            self.size = self.size + 1
        if self.pointer == self.capacity:
            self.pointer = 0
"""
)

APPEND_WITH_IFS = (
    HEAD
    + """
    def append(self, state, action, reward, next_state, terminal):
        i = self.pointer
        self.states[i], self.actions[i], self.rewards[i] = state, action, reward
        self.next_states[i, :], self.terminals[i] = next_state, float(terminal)
        self.pointer = i + 1
        if self.pointer == self.capacity:
            self.pointer = 0
        if self.size < self.capacity:
            self.size += 1
"""
)
REFUSES_WHEN_FULL = (
    HEAD
    + """
    def append(self, state, action, reward, next_state, terminal):
        if self.size == self.capacity:
            return
        self.states[self.pointer] = state
        self.actions[self.pointer] = action
        self.rewards[self.pointer] = reward
        self.next_states[self.pointer] = next_state
        self.terminals[self.pointer] = terminal
        self.pointer = (self.pointer + 1) % self.capacity
        self.size += 1
"""
)

STORES_NOTHING = (
    HEAD
    + """
    def append(self, state, action, reward, next_state, terminal):
        self.pointer = (self.pointer + 1) % self.capacity
        self.size = min(self.size + 1, self.capacity)
"""
)

FLAG = "        self.terminals[self.pointer] = terminal\n"
FLAGS_ONLY_SET = FLAG, f"        if terminal:\n    {FLAG}"
FLAGS_IF_TRUE = FLAG, f"        if terminal is True:\n    {FLAG}"

SAMPLE_BY_UNIFORM = (
    HEAD
    + """
    def sample(self, batch_size):
        i = np.floor(self.rng.random(batch_size) * self.size).astype(int)
        columns = self.states, self.actions, self.rewards, self.next_states, self.terminals
        return Batch(*[column[i] for column in columns])
"""
)

SAMPLE_BY_CHOICE = (
    HEAD
    + """
    def sample(self, batch_size):
        rows = self.rng.choice(self.size, batch_size)
        return Batch(states=self.states[rows], actions=self.actions[rows],
                     rewards=np.take(self.rewards, rows), terminals=self.terminals[rows],
                     next_states=self.next_states[rows])
"""
)

INDICES = "self.rng.integers(self.size, size=batch_size)"
SLICE = "(self.rng.integers(self.size) + np.arange(batch_size)) % self.size"
POINTER = "        self.pointer = (self.pointer + 1) % self.capacity\n"
SIZE = "min(self.size + 1, self.capacity)"
ANEW = "np.random.default_rng(0).integers(self.size, size=batch_size)"

INDEX_RULE = "Only the first `self.size` rows hold transitions."
OFF = "The range is off by one: the rows are 0 to `self.size` − 1."
REPLACED = "Rows are drawn with replacement, so a batch may be larger than the memory."
APART = "Each row is drawn by itself, not a slice of neighbours."
SAME_ROWS = "The same indices pick all five parts."
ORDER = "`Batch` takes the parts in the order of its fields."
AS_STORED = "The parts come out as they are stored."
TIME_LIMIT = "A time limit is no terminal state: the future goes on."
ROUND = "The pointer goes back to 0 when it reaches `self.capacity`."
IN_USE = "The size grows by one until it is `self.capacity`."

ANSWERS = {
    "store": {
        "wrong": {
            "State and next state are swapped.": [SWAPPED_STORE],
            "A transition begins in `states[t]` and ends in `states[t + 1]`.": [SHIFTED_STORE],
            "The last step's next state is the one where the episode ended.": [
                ("episode.states[t + 1]", "episode.states[min(t + 1, last)]"),
                ("episode.states[t + 1]", "0 * episode.states[t] if terminal else episode.states[t + 1]"),
            ],
            "The last step of a truncated episode is a transition like any other.": [
                ("        memory.append(\n", "        if t == last and not episode.terminated:\n"
                 "            break\n        memory.append(\n"),
            ],
            "No step before the last is terminal, and truncated is no terminal state.": [
                ("episode.terminated and t == last",
                 "episode.terminated if t == last else episode.truncated"),
            ],
            "`np.roll` without an axis moves single numbers, where rows should move.": [
                ("episode.states[t + 1]", "np.roll(episode.states, -1)[t]")
            ],
            "Those are the states themselves: the next one is a place further.": [("t + 1]", "t]")],
            "Only the last step led to a terminal state.": [
                ("episode.terminated and t == last", "episode.terminated"),
                ("episode.terminated and t == last", "episode.terminated or t == last"),
            ],
            ("Only the last step can be terminal, and only where the episode terminated.",
             "Both `episode.terminated` and the index decide."): [
                BROKEN_STORE.replace("states[t], done", "states[t + 1], done"),
            ],
            "That's always the last state: the next one is a place further.": [
                ("states[t + 1]", "states[-1]")
            ],
            TIME_LIMIT: [
                ("episode.terminated and t == last", "t == last"),
                ("episode.terminated and", "(episode.terminated or episode.truncated) and"),
            ],
            "The last step of a terminated episode led to a terminal state.": [
                ("episode.terminated and t == last", "False"),
            ],
            "It is `terminated` that makes the last step terminal, not `truncated`.": [
                ("episode.terminated and", "episode.truncated and")
            ],
            "The last step is the terminal one, not the first.": [("t == last", "t == 0")],
            "It's off by one: the last of three steps has the index 2.": [("- 1\n", "- 2\n")],
            "There is one state more than steps: count the rewards.": [
                ("range(len(episode.rewards))", "range(len(episode.states))")
            ],
            "The last step is a transition, too.": [("range(len(episode.rewards))", "range(last)")],
            "Those are the rewards.": [("episode.actions[t]", "episode.rewards[t]")],
            "What terminated is terminal, whether it was truncated, too, or not.": [
                ("episode.terminated and", "not episode.truncated and"),
                ("t == last", "t == last and not episode.truncated"),
            ],
            "The last step is number len(episode.rewards) − 1, not always 2.": [
                ("t == last", "t == 2")
            ],
            "The last step is told by its index: rewards can come twice.": [
                ("t == last", "episode.rewards[t] == episode.rewards[-1]")
            ],
            "The last step is told by its index: states can come twice.": [
                ("t == last", "episode.states[t + 1] == episode.states[-1]")
            ],
            "The flag is negated.": [
                ("episode.terminated and t == last", "not (episode.terminated and t == last)")
            ],
            "loop that never ends": [STORE_FOR_EVER],
            "`append` takes the reward before the next state.": [
                ("            episode.rewards[t],\n            episode.states[t + 1],\n",
                 "            episode.states[t + 1],\n            episode.rewards[t],\n")
            ],
            "`append` takes the state before the action.": [
                ("            episode.states[t],\n            episode.actions[t],\n",
                 "            episode.actions[t],\n            episode.states[t],\n")
            ],
            "What is stored is each reward, not their sum so far.": [
                ("episode.rewards[t],", "episode.rewards[: t + 1].sum(),")
            ],
        },
        "right": [STORE_BY_ZIP, STORE_WITH_LAST_APART],
    },
    "append": {
        "cell": "ring_buffer",
        "object": "ReplayMemory",
        "wrong": {
            "The pointer moves on by one row, to the next free one.": [(POINTER, "")],
            "Each part goes into its array, in the row `self.pointer`.": [STORES_NOTHING],
            "The memory is full, and the new transition was refused: it takes the place of the "
            "oldest.": [REFUSES_WHEN_FULL],
            "An old flag survived: the flag is stored whether it is true or false.": [
                FLAGS_ONLY_SET
            ],
            ROUND: [
                (" % self.capacity\n", "\n"),
                ("% self.capacity\n", "% (self.capacity + 1)\n"),
                (POINTER, POINTER.replace("self.capacity", "max(1, self.size)")),
                ("(self.pointer + 1) % self.capacity", "min(self.pointer + 1, self.capacity - 1)"),
            ],
            "More than the capacity can't be in use.": [(SIZE, "self.size + 1")],
            "All rows stay in use when the pointer goes round.": [(SIZE, "self.pointer")],
            "The size isn't counted.": [("        self.size = " + SIZE + "\n", "")],
            "That's the state: store the next one.": [("= next_state\n", "= state\n")],
            "That's the next state: store the state.": [
                ("self.states[self.pointer] = state", "self.states[self.pointer] = next_state")
            ],
            "State and next state are swapped.": [
                ("self.states[self.pointer] = state\n", "self.next_states[self.pointer] = state\n"),
            ],
            "The flag is negated.": [
                ("= terminal\n", "= not terminal\n"),
                ("= terminal\n", "= 1 - terminal\n"),
            ],
            "`is True` holds for Python's own True alone, and a flag may be NumPy's: store it as it "
            "is.": [("= terminal\n", "= 1.0 if terminal is True else 0.0\n"), FLAGS_IF_TRUE],
            "The terminal flag wasn't stored.": [
                ("        self.terminals[self.pointer] = terminal\n", "")
            ],
            "All `self.capacity` rows are used before the pointer goes round.": [
                ("% self.capacity\n", "% max(1, self.capacity - 1)\n"),
            ],
            "All `self.capacity` rows can be in use.": [(SIZE, "min(self.size + 1, self.capacity - 1)")],
            "The size counts the rows in use: with `max` it begins at the capacity.": [
                (SIZE, "max(self.size + 1, self.capacity)"),
            ],
            "The pointer goes on when all rows are in use: it doesn't follow from the size.": [
                (POINTER, POINTER.replace("(self.pointer + 1)", "min(self.size + 1, self.capacity)")),
            ],
            "A memory has its rows from the beginning: write into the row `self.pointer`.": [
                ("self.states[self.pointer] = state",
                 "self.states = np.append(self.states, [state], axis=0)"),
            ],
            "Nothing moves in the memory: the new one goes to the row `self.pointer`.": [
                ("self.states[self.pointer] = state",
                 "self.states = np.roll(self.states, -1, axis=0)\n        self.states[-1] = state"),
            ],
            "The next state is stored at the end of an episode, too.": [
                ("        self.next_states[self.pointer] = next_state\n",
                 "        if not terminal:\n"
                 "            self.next_states[self.pointer] = next_state\n"),
            ],
            "The reward is kept as it is: nothing clips it.": [
                ("= reward\n", "= np.clip(reward, -1, 1)\n"),
            ],
            "Every row got it: write into the row `self.pointer` alone.": [
                ("[self.pointer] = state", "[:] = state")
            ],
            "The row is `self.pointer`: the size doesn't go round.": [
                ("[self.pointer] =", "[self.size] ="),
                ("[self.pointer] = reward", "[self.size] = reward"),
            ],
            "It overwrote the first: write into the row `self.pointer`.": [
                ("[self.pointer] =", "[0] =")
            ],
            "The new one is written over the old one, not added to it.": [
                ("self.states[self.pointer] = state", "self.states[self.pointer] += state"),
                ("] = reward\n", "] += reward\n"),
            ],
            "": [
                ("self.next_states[self.pointer]", "self.next_states[min(self.size, 2)]"),
                ("        self.actions[self.pointer] = action\n",
                 "        if self.size < self.capacity:\n"
                 "            self.actions[self.pointer] = action\n"),
                (POINTER, POINTER + "        self.states = list(self.states)\n"),
            ],
            "An action has several numbers: store them as they are.": [
                ("] = action", "] = np.sum(action)"),
                ("] = action", "] = np.mean(action)"),
                ("] = action", "] = action[0]"),
            ],
            "Rewards are no whole numbers.": [
                ("= reward\n", "= int(reward)\n"),
                ("= reward\n", "= round(reward)\n"),
            ],
            "It goes round at `self.capacity`, whatever that is.": [
                (POINTER, POINTER.replace("self.capacity", "3")),
                (SIZE, "min(self.size + 1, 3)"),
            ],
            "The pointer moves after all parts are in.": [
                ("        self.states[self.pointer] = state\n",
                 POINTER + "        self.states[self.pointer] = state\n"),
            ],
        },
        "right": [APPEND_BY_LOOP, APPEND_WITH_IFS],
    },
    "sample": {
        "cell": "ring_buffer",
        "object": "ReplayMemory",
        "wrong": {
            INDEX_RULE: [
                (INDICES, "self.rng.integers(self.capacity, size=batch_size)"),
                (INDICES, "self.rng.integers(len(self.rewards), size=batch_size)"),
            ],
            OFF: [
                (INDICES, "self.rng.integers(self.size - 1, size=batch_size)"),
                (INDICES, "self.rng.integers(1, self.size, size=batch_size)"),
                (INDICES, "self.rng.integers(self.size + 1, size=batch_size)"),
            ],
            "Draw with `self.rng`: no other generator has the memory's seed.": [
                (INDICES, "np.random.randint(self.size, size=batch_size)"),
                (INDICES, "np.random.default_rng().integers(self.size, size=batch_size)"),
            ],
            "A remainder favours the first rows: draw below `self.size` at once.": [
                (INDICES, "self.rng.integers(self.capacity, size=batch_size) % self.size"),
            ],
            REPLACED: [
                (INDICES, "self.rng.choice(self.size, batch_size, replace=False)"),
                (INDICES, "self.rng.permutation(self.size)[:batch_size]"),
                (INDICES, "self.rng.choice(self.size, min(batch_size, self.size), replace=False)"),
                (INDICES, "self.rng.choice(self.size, batch_size, replace=batch_size > self.size)"),
            ],
            APART: [(INDICES, "np.arange(batch_size) % self.size"), (INDICES, SLICE)],
            "Draw an index for each of them: `size=batch_size`.": [
                (INDICES, "[self.rng.integers(self.size)] * batch_size")
            ],
            "The generator goes on: it is not made anew for each batch.": [(INDICES, ANEW)],
            SAME_ROWS: [
                ("column[indices]", "self.rng.permutation(column[indices])"),
                ("column[indices]", "column[self.rng.integers(self.size, size=batch_size)]"),
            ],
            "The next state of a row is kept in `self.next_states`: it isn't in the row below.": [
                ("        columns = self.states, self.actions, self.rewards, self.next_states,",
                 "        below = np.roll(self.states, -1, axis=0)\n"
                 "        columns = self.states, self.actions, self.rewards, below,"),
            ],
            "`np.take` without an axis takes single numbers, not rows.": [
                ("column[indices]", "np.take(column, indices)"),
            ],
            "Those are the states: take `self.next_states`.": [
                ("self.next_states, self.terminals\n", "self.states, self.terminals\n")
            ],
            "Those are the next states: take `self.states`.": [
                ("= self.states,", "= self.next_states,")
            ],
            ORDER: [
                ("self.next_states, self.terminals\n", "self.terminals, self.next_states\n"),
                ("self.rewards, self.next_states, self.terminals\n",
                 "self.terminals, self.next_states, self.rewards\n"),
                ("self.rewards, self.next_states, self.terminals\n",
                 "self.next_states, self.rewards, self.terminals\n"),
                ("self.states, self.actions,", "self.actions, self.states,"),
            ],
            "returned None": [("        return Batch", "        Batch")],
            "has no states": [("return Batch(*(", "return tuple(("), ("return Batch(*(", "return list((")],
            "The terminals are negated: they come out as they were stored.": [
                ("self.next_states, self.terminals\n", "self.next_states, 1 - self.terminals\n"),
            ],
            ("`integers` takes the second number for the end of the range.",
             "Name it: `self.rng.integers(self.size, size=batch_size)`."): [
                (INDICES, "self.rng.integers(self.size, batch_size)"),
            ],
            "The rows in use are `self.size`: the pointer is 0 when the memory is just full.": [
                (INDICES, "self.rng.integers(self.pointer, size=batch_size)"),
            ],
            "Sampling changed self.states": [
                (INDICES, INDICES + "\n        self.rng.shuffle(self.states)")
            ],
            "Sampling changed the size or the pointer": [
                (INDICES, INDICES + "\n        self.pointer = 0")
            ],
            "Every row of a batch is drawn, the first too.": [
                (INDICES, INDICES + "\n        indices[0] = 0")
            ],
            "": [(INDICES, "self.rng.integers(self.size // 2 + 1, size=batch_size)")],
            AS_STORED: [
                ("column[indices]", "column[indices].tolist()"),
                ("column[indices]", "column[indices].astype(float)"),
                ("column[indices]", "column[indices].astype(np.float32)"),
                ("self.next_states, self.terminals\n", "self.next_states, self.terminals > 0\n"),
            ],
            "should have the shape": [("column[indices]", "column[indices].reshape(batch_size, -1)")],
        },
        "right": [SAMPLE_BY_UNIFORM, SAMPLE_BY_CHOICE],
    },
}  # fmt: skip
