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

TAKEN = "column.take(indices, axis=0)"
INDICES = "self.rng.integers(self.size, size=batch_size)"
SLICE = "(self.rng.integers(self.size) + np.arange(batch_size)) % self.size"
POINTER = "        self.pointer = (self.pointer + 1) % self.capacity\n"
SIZE = "min(self.size + 1, self.capacity)"
ANEW = "np.random.default_rng(0).integers(self.size, size=batch_size)"

INDEX_RULE = "You drew empty rows. Only the first `self.size` rows hold transitions."
OFF = "The range is off by one. The rows in use are 0 to `self.size` − 1."
REPLACED = "Draw with replacement: a row may come twice, and a batch may be larger than the memory."
APART = "You took a run of neighbours. Draw each row on its own."
SAME_ROWS = "The parts come from different rows. Use the same indices for all five."
ORDER = "The parts are in the wrong order. `Batch` takes them in the order of its fields."
AS_STORED = "The parts should come out as they are stored: arrays of the same type."
TIME_LIMIT = "A time limit doesn't end the task, so a truncated episode has no terminal step."
ROUND = "The pointer should go back to 0 when it reaches `self.capacity`."
IN_USE = "The size grows by one until it is `self.capacity`."

ANSWERS = {
    "store": {
        "wrong": {
            "Your state and next state are swapped.": [SWAPPED_STORE],
            "Step `t` starts in `states[t]` and ends in `states[t + 1]`.": [SHIFTED_STORE],
            "The next state of the last step is the state in which the episode ended.": [
                ("episode.states[t + 1]", "episode.states[min(t + 1, last)]"),
                ("episode.states[t + 1]", "0 * episode.states[t] if terminal else episode.states[t + 1]"),
            ],
            "You left out the last step of a truncated episode. It's a transition like any other.": [
                ("        memory.append(\n", "        if t == last and not episode.terminated:\n"
                 "            break\n        memory.append(\n"),
            ],
            "Steps before the last are never terminal, and truncation doesn't make a step terminal.": [
                ("episode.terminated and t == last",
                 "episode.terminated if t == last else episode.truncated"),
            ],
            "`np.roll` without an axis shifts single numbers instead of rows.": [
                ("episode.states[t + 1]", "np.roll(episode.states, -1)[t]")
            ],
            "You stored the state itself as next state. The next state is one place further on.": [("t + 1]", "t]")],
            "Only the last step can be terminal, and you marked the earlier ones as well.": [
                ("episode.terminated and t == last", "episode.terminated"),
                ("episode.terminated and t == last", "episode.terminated or t == last"),
            ],
            ("Only the last step can be terminal, and only if the episode terminated.",
             "Combine `episode.terminated` with a condition on `t`."): [
                BROKEN_STORE.replace("states[t], done", "states[t + 1], done"),
            ],
            "You stored the last state as next state each time. The next state of step `t` is `states[t + 1]`.": [
                ("states[t + 1]", "states[-1]")
            ],
            TIME_LIMIT: [
                ("episode.terminated and t == last", "t == last"),
                ("episode.terminated and", "(episode.terminated or episode.truncated) and"),
            ],
            "The last step of a terminated episode is terminal, and you didn't mark it.": [
                ("episode.terminated and t == last", "False"),
            ],
            "You asked `truncated`, but `terminated` decides whether the last step is terminal.": [
                ("episode.terminated and", "episode.truncated and")
            ],
            "You marked the first step as terminal instead of the last.": [("t == last", "t == 0")],
            "Off by one: the last of three steps has the index 2.": [("- 1\n", "- 2\n")],
            "An episode has one state more than it has steps. Count its rewards instead.": [
                ("range(len(episode.rewards))", "range(len(episode.states))")
            ],
            "You left out the last step. It's a transition as well.": [("range(len(episode.rewards))", "range(last)")],
            "You stored the rewards as actions.": [("episode.actions[t]", "episode.rewards[t]")],
            "An episode that terminated has a terminal step, even if it was truncated as well.": [
                ("episode.terminated and", "not episode.truncated and"),
                ("t == last", "t == last and not episode.truncated"),
            ],
            "The last step isn't always number 2. Its index is `len(episode.rewards) - 1`.": [
                ("t == last", "t == 2")
            ],
            "Find the last step by its index: the same reward can come more than once.": [
                ("t == last", "episode.rewards[t] == episode.rewards[-1]")
            ],
            "Find the last step by its index: the same state can come more than once.": [
                ("t == last", "episode.states[t + 1] == episode.states[-1]")
            ],
            "Your flag is the wrong way round: 1 means terminal.": [
                ("episode.terminated and t == last", "not (episode.terminated and t == last)")
            ],
            "loop that never ends": [STORE_FOR_EVER],
            "Reward and next state are swapped. `append` takes the reward first.": [
                ("            episode.rewards[t],\n            episode.states[t + 1],\n",
                 "            episode.states[t + 1],\n            episode.rewards[t],\n")
            ],
            "State and action are swapped. `append` takes the state first.": [
                ("            episode.states[t],\n            episode.actions[t],\n",
                 "            episode.actions[t],\n            episode.states[t],\n")
            ],
            "You stored the sum of the rewards so far. Store the reward of each step.": [
                ("episode.rewards[t],", "episode.rewards[: t + 1].sum(),")
            ],
        },
        "right": [STORE_BY_ZIP, STORE_WITH_LAST_APART],
    },
    "append": {
        "cell": "ring_buffer",
        "object": "ReplayMemory",
        "wrong": {
            "Your pointer stays where it is. Move it on by one row after each transition.": [(POINTER, "")],
            "Nothing was stored. Write each part into its array, in the row `self.pointer`.": [STORES_NOTHING],
            "A full memory refused the new transition. It should replace the oldest one.": [REFUSES_WHEN_FULL],
            "An old flag survived in this row. Store the flag whether it's true or false.": [
                FLAGS_ONLY_SET
            ],
            ROUND: [
                (" % self.capacity\n", "\n"),
                ("% self.capacity\n", "% (self.capacity + 1)\n"),
                (POINTER, POINTER.replace("self.capacity", "max(1, self.size)")),
                ("(self.pointer + 1) % self.capacity", "min(self.pointer + 1, self.capacity - 1)"),
            ],
            "The size grew beyond the capacity. A memory can't use more rows than it has.": [(SIZE, "self.size + 1")],
            "The size followed the pointer back. All rows stay in use when the pointer returns to 0.": [(SIZE, "self.pointer")],
            "You don't count the rows in use. Set `self.size`.": [("        self.size = " + SIZE + "\n", "")],
            "You stored the state as next state. Store `next_state` there.": [("= next_state\n", "= state\n")],
            "You stored the next state as state. Store `state` there.": [
                ("self.states[self.pointer] = state", "self.states[self.pointer] = next_state")
            ],
            "Your state and next state are swapped.": [
                ("self.states[self.pointer] = state\n", "self.next_states[self.pointer] = state\n"),
            ],
            "Your flag is the wrong way round: 1 means terminal.": [
                ("= terminal\n", "= not terminal\n"),
                ("= terminal\n", "= 1 - terminal\n"),
            ],
            "Only Python's own True passes `is True`, and the flag may be NumPy's. Store it as it is.": [("= terminal\n", "= 1.0 if terminal is True else 0.0\n"), FLAGS_IF_TRUE],
            "You didn't store the terminal flag.": [
                ("        self.terminals[self.pointer] = terminal\n", "")
            ],
            "The pointer went back to 0 too early. Use all `self.capacity` rows first.": [
                ("% self.capacity\n", "% max(1, self.capacity - 1)\n"),
            ],
            "The size stopped too early. All `self.capacity` rows can be in use.": [(SIZE, "min(self.size + 1, self.capacity - 1)")],
            "With `max`, the size starts at the capacity. It should count the rows in use.": [
                (SIZE, "max(self.size + 1, self.capacity)"),
            ],
            "You computed the pointer from the size, but it has to move on when the size no longer grows.": [
                (POINTER, POINTER.replace("(self.pointer + 1)", "min(self.size + 1, self.capacity)")),
            ],
            "You made the array longer, but it has all its rows already. Write into the row `self.pointer`.": [
                ("self.states[self.pointer] = state",
                 "self.states = np.append(self.states, [state], axis=0)"),
            ],
            "You moved the rows, but they should stay where they are. Write into the row `self.pointer`.": [
                ("self.states[self.pointer] = state",
                 "self.states = np.roll(self.states, -1, axis=0)\n        self.states[-1] = state"),
            ],
            "You left out the next state of a terminal transition. Store it there as well.": [
                ("        self.next_states[self.pointer] = next_state\n",
                 "        if not terminal:\n"
                 "            self.next_states[self.pointer] = next_state\n"),
            ],
            "You clipped the reward. Store it as it is.": [
                ("= reward\n", "= np.clip(reward, -1, 1)\n"),
            ],
            "You wrote into all rows at once. Write into the row `self.pointer` only.": [
                ("[self.pointer] = state", "[:] = state")
            ],
            "You wrote into the row `self.size`, which never goes back to 0. Use the row `self.pointer`.": [
                ("[self.pointer] =", "[self.size] ="),
                ("[self.pointer] = reward", "[self.size] = reward"),
            ],
            "You overwrote the first row. Write into the row `self.pointer`.": [
                ("[self.pointer] =", "[0] =")
            ],
            "You added the new transition to the old one. Overwrite it.": [
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
            "An action has several numbers. Store them all, as they are.": [
                ("] = action", "] = np.sum(action)"),
                ("] = action", "] = np.mean(action)"),
                ("] = action", "] = action[0]"),
            ],
            "You rounded the reward. Rewards aren't whole numbers, so store them as they are.": [
                ("= reward\n", "= int(reward)\n"),
                ("= reward\n", "= round(reward)\n"),
            ],
            "This works for three rows only. Use `self.capacity`, whatever it is.": [
                (POINTER, POINTER.replace("self.capacity", "3")),
                (SIZE, "min(self.size + 1, 3)"),
            ],
            "The pointer moved too early. Move it after all parts are stored.": [
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
            "You drew with another generator. Only `self.rng` has the memory's seed.": [
                (INDICES, "np.random.randint(self.size, size=batch_size)"),
                (INDICES, "np.random.default_rng().integers(self.size, size=batch_size)"),
            ],
            "Taking a remainder favours the first rows. Draw numbers below `self.size` directly.": [
                (INDICES, "self.rng.integers(self.capacity, size=batch_size) % self.size"),
            ],
            REPLACED: [
                (INDICES, "self.rng.choice(self.size, batch_size, replace=False)"),
                (INDICES, "self.rng.permutation(self.size)[:batch_size]"),
                (INDICES, "self.rng.choice(self.size, min(batch_size, self.size), replace=False)"),
                (INDICES, "self.rng.choice(self.size, batch_size, replace=batch_size > self.size)"),
            ],
            APART: [(INDICES, "np.arange(batch_size) % self.size"), (INDICES, SLICE)],
            "You drew one index for the whole batch. Draw one for each row, with `size=batch_size`.": [
                (INDICES, "[self.rng.integers(self.size)] * batch_size")
            ],
            "You made a new generator for each batch, which draws the same rows again. Use `self.rng`.": [(INDICES, ANEW)],
            SAME_ROWS: [
                (TAKEN, f"self.rng.permutation({TAKEN})"),
                (TAKEN, "column[self.rng.integers(self.size, size=batch_size)]"),
            ],
            "You took the state of the next row. The next state stands in `self.next_states`, in the same row.": [
                ("        columns = self.states, self.actions, self.rewards, self.next_states,",
                 "        below = np.roll(self.states, -1, axis=0)\n"
                 "        columns = self.states, self.actions, self.rewards, below,"),
            ],
            "`np.take` without an axis takes single numbers instead of rows.": [
                (TAKEN, "np.take(column, indices)"),
            ],
            "You returned the states as next states. Take `self.next_states`.": [
                ("self.next_states, self.terminals\n", "self.states, self.terminals\n")
            ],
            "You returned the next states as states. Take `self.states`.": [
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
            "has no `states`": [("return Batch(*(", "return tuple(("), ("return Batch(*(", "return list((")],
            "You negated the terminals. Return them as they were stored.": [
                ("self.next_states, self.terminals\n", "self.next_states, 1 - self.terminals\n"),
            ],
            ("`integers` takes its second number as the end of the range.",
             "Give the size by its name: `self.rng.integers(self.size, size=batch_size)`."): [
                (INDICES, "self.rng.integers(self.size, batch_size)"),
            ],
            "You counted with the pointer, which goes back to 0. The number of rows in use is `self.size`.": [
                (INDICES, "self.rng.integers(self.pointer, size=batch_size)"),
            ],
            "Sampling changed `self.states`": [
                (INDICES, INDICES + "\n        self.rng.shuffle(self.states)")
            ],
            "Sampling changed the size or the pointer": [
                (INDICES, INDICES + "\n        self.pointer = 0")
            ],
            "Draw the first row like the others.": [
                (INDICES, INDICES + "\n        indices[0] = 0")
            ],
            "": [(INDICES, "self.rng.integers(self.size // 2 + 1, size=batch_size)")],
            AS_STORED: [
                (TAKEN, TAKEN + ".tolist()"),
                (TAKEN, TAKEN + ".astype(float)"),
                (TAKEN, TAKEN + ".astype(np.float32)"),
                ("self.next_states, self.terminals\n", "self.next_states, self.terminals > 0\n"),
            ],
            "should have the shape": [(TAKEN, TAKEN + ".reshape(batch_size, -1)")],
        },
        "right": [SAMPLE_BY_UNIFORM, SAMPLE_BY_CHOICE],
    },
}  # fmt: skip
