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

FLAGS_ONLY_SET = APPEND_BY_LOOP.replace(
    "            column[self.pointer] = part",
    "            if part is not False:\n                column[self.pointer] = part",
)

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

ANSWERS = {
    "store": {
        "wrong": [
            ("t + 1]", "t]", "Those are the states themselves"),
            ("", BROKEN_STORE.replace("states[t], done", "states[t + 1], done"),
             "Only the last step"),
            ("states[t + 1]", "states[-1]", "always the last state"),
            ("episode.terminated and t == last", "episode.terminated", "Only the last step"),
            ("episode.terminated and t == last", "t == last", "A time limit is no terminal state"),
            ("episode.terminated and", "(episode.terminated or episode.truncated) and",
             "A time limit is no terminal state"),
            ("episode.terminated and t == last", "False", "led to a terminal state"),
            ("episode.terminated and", "episode.truncated and", "led to a terminal state"),
            ("t == last", "t == 0", "not the first"),
            ("- 1\n", "- 2\n", "off by one"),
            ("range(len(episode.rewards))", "range(len(episode.states))", "IndexError"),
            ("range(len(episode.rewards))", "range(last)", "is 3 transitions"),
            ("episode.actions[t]", "episode.rewards[t]", "The actions"),
            ("episode.terminated and", "not episode.truncated and", "whether it was truncated"),
            ("t == last", "t == last and not episode.truncated", "whether it was truncated"),
            ("t == last", "t == 2", "not always 2"),
            ("t == last", "episode.rewards[t] == episode.rewards[-1]", "rewards can come twice"),
            ("t == last", "episode.states[t + 1] == episode.states[-1]", "states can come twice"),
            ("episode.terminated and t == last", "not (episode.terminated and t == last)",
             "The flag is negated"),
            ("", STORE_FOR_EVER, "the loop never ends"),
        ],
        "right": [STORE_BY_ZIP, STORE_WITH_LAST_APART],
    },
    "append": {
        "cell": "ring_buffer",
        "object": "ReplayMemory",
        "wrong": [
            (POINTER, "", "The pointer after one append"),
            ("", STORES_NOTHING, "nothing was stored"),
            ("", REFUSES_WHEN_FULL, "the new transition was refused"),
            ("", FLAGS_ONLY_SET, "An old flag survived"),
            (" % self.capacity\n", "\n", "which is no row"),
            ("% self.capacity\n", "% (self.capacity + 1)\n", "which is no row"),
            (POINTER, POINTER.replace("self.capacity", "max(1, self.size)"), "after one append"),
            (SIZE, "self.size + 1", "More than the capacity"),
            (SIZE, "self.pointer", "The size after three appends"),
            ("= next_state\n", "= state\n", "That is the state"),
            ("= terminal\n", "= not terminal\n", "terminals"),
            ("        self.terminals[self.pointer] = terminal\n", "", "wasn't stored"),
            ("[self.pointer] = state", "[:] = state", "states after one append"),
            ("[self.pointer] = reward", "[self.size] = reward", "IndexError"),
            ("= terminal\n", "= 1 - terminal\n", "The flag is negated"),
            ("[self.pointer] =", "[0] =", "It overwrote the first"),
            ("self.states[self.pointer] = state", "self.states[self.pointer] += state",
             "states after a fourth append"),
            ("self.next_states[self.pointer]", "self.next_states[min(self.size, 2)]",
             "next_states after a fourth append"),
            ("        self.actions[self.pointer] = action\n",
             "        if self.size < self.capacity:\n"
             "            self.actions[self.pointer] = action\n", "actions after a fourth append"),
            ("] = action", "] = np.sum(action)", "actions after one append"),
            ("] = action", "] = np.mean(action)", "actions after one append"),
            ("] = action", "] = action[0]", "actions after one append"),
            ("= reward\n", "= int(reward)\n", "no whole numbers"),
            ("= reward\n", "= round(reward)\n", "no whole numbers"),
            (POINTER, POINTER.replace("self.capacity", "3"), "which is 4 here"),
            (SIZE, "min(self.size + 1, 3)", "which is 4 here"),
            (POINTER, POINTER + "        self.states = list(self.states)\n", "is a list now"),
        ],
        "right": [APPEND_BY_LOOP, APPEND_WITH_IFS],
    },
    "sample": {
        "cell": "ring_buffer",
        "object": "ReplayMemory",
        "wrong": [
            (INDICES, "self.rng.integers(self.capacity, size=batch_size)", "self.size rows"),
            (INDICES, "self.rng.integers(self.size - 1, size=batch_size)", "off by one"),
            (INDICES, "self.rng.integers(1, self.size, size=batch_size)", "off by one"),
            (INDICES, "self.rng.integers(self.size + 1, size=batch_size)", "self.size rows"),
            (INDICES, "np.random.randint(self.size, size=batch_size)", "self.rng"),
            (INDICES, "self.rng.choice(self.size, batch_size, replace=False)", "with replacement"),
            (INDICES, "np.arange(batch_size) % self.size", "follow each other"),
            (INDICES, SLICE, "follow each other"),
            (INDICES, "[self.rng.integers(self.size)] * batch_size", "Only row"),
            (INDICES, ANEW, "not made anew"),
            ("column[indices]", "self.rng.permutation(column[indices])", "from different rows"),
            ("self.next_states, self.terminals\n", "self.states, self.terminals\n", "next_states"),
            ("self.next_states, self.terminals\n", "self.terminals, self.next_states\n",
             "next_states"),
            ("        return Batch", "        Batch", "returned None"),
            ("self.next_states, self.terminals\n", "self.states, self.terminals\n",
             "the states themselves"),
            ("self.next_states, self.terminals\n", "self.next_states, 1 - self.terminals\n",
             "terminals are negated"),
            (INDICES, "self.rng.integers(self.size, batch_size)", "the count has to be named"),
            (INDICES, "self.rng.integers(self.pointer, size=batch_size)",
             "the rows in use are self.size"),
            (INDICES, "self.rng.choice(self.size, min(batch_size, self.size), replace=False)",
             "with replacement"),
            (INDICES, "self.rng.choice(self.size, batch_size, replace=batch_size > self.size)",
             "with replacement"),
            (INDICES, INDICES + "\n        self.rng.shuffle(self.states)", "changed self.states"),
            (INDICES, INDICES + "\n        self.pointer = 0", "changed the size or the pointer"),
            (INDICES, INDICES + "\n        indices[0] = 0", "begins with the same row"),
            (INDICES, "self.rng.integers(self.size // 2 + 1, size=batch_size)", "never came"),
            ("column[indices]", "column[indices].tolist()", "as stored, not as list"),
            ("column[indices]", "column[indices].astype(float)", "as stored, not as float64"),
            ("column[indices]", "column[indices].astype(np.float32)", "as stored, not as float32"),
            ("self.next_states, self.terminals\n", "self.next_states, self.terminals > 0\n",
             "as stored, not as bool"),
            ("column[indices]", "column[indices].reshape(batch_size, -1)", "of the shape"),
            ("self.rewards, self.next_states, self.terminals\n",
             "self.terminals, self.next_states, self.rewards\n", "Batch takes the"),
        ],
        "right": [SAMPLE_BY_UNIFORM, SAMPLE_BY_CHOICE],
    },
}  # fmt: skip
