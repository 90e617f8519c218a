"""Replay memory: a ring buffer of transitions (chapter 2).

Transitions that follow each other look alike, and a network fitted to a stream of look-alikes
forgets what it saw earlier. Storing them and drawing at random breaks the correlation and lets
every transition be used many times.

Source: Mnih et al. (2015), "Human-level control through deep reinforcement learning",
algorithm 1; the idea is Lin's (1992).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from helpers import require


class Batch(NamedTuple):
    """``B`` transitions, a column an array."""

    states: np.ndarray  # (B, *state_shape) float32
    actions: np.ndarray  # (B, *action_shape)
    rewards: np.ndarray  # (B,) float32
    next_states: np.ndarray  # (B, *state_shape) float32
    terminals: np.ndarray  # (B,) float32, 1 where the episode terminated, 0 elsewhere

    def split(self, count: int) -> "Batch":
        """The same transitions as ``count`` batches of equal size: a leading axis is added."""
        return Batch(*(column.reshape(count, -1, *column.shape[1:]) for column in self))


class ReplayMemory:
    """The latest ``capacity`` transitions, in preallocated arrays.

    An array has random access at constant cost, which neither a ``deque`` nor a list that drops
    its oldest entry has; a pointer that wraps around makes the oldest entry the next to go.

    Args:
        capacity: how many transitions are kept.
        state_shape: of one state, for example ``(8,)``.
        action_shape: of one action; ``()`` for a discrete one.
        action_dtype: ``np.int64`` for discrete actions.
        seed: of the sampling.
    """

    def __init__(
        self,
        capacity: int,
        state_shape: tuple[int, ...],
        action_shape: tuple[int, ...] = (),
        action_dtype: DTypeLike = np.float32,
        seed: int | Sequence[int] | np.random.SeedSequence | None = None,
    ) -> None:
        require.integer("capacity", capacity, low=1)
        self.capacity = capacity
        self.states = np.zeros((capacity, *state_shape), np.float32)
        self.actions = np.zeros((capacity, *action_shape), action_dtype)
        self.rewards = np.zeros(capacity, np.float32)
        self.next_states = np.zeros((capacity, *state_shape), np.float32)
        self.terminals = np.zeros(capacity, np.float32)
        self.rng = np.random.default_rng(seed)
        self.pointer = 0
        self.size = 0

    def __len__(self) -> int:
        """The number of transitions stored, at most ``capacity``."""
        return self.size

    def append(
        self,
        state: ArrayLike,
        action: ArrayLike,
        reward: float,
        next_state: ArrayLike,
        terminal: bool,
    ) -> None:
        """Store one transition, in the place of the oldest if the memory is full.

        ``terminal`` says that the episode *terminated*: a time limit that cut it off is no
        terminal state, since there the future still has a value.

        Raises:
            ValueError: a shape that doesn't fit, or a number that is not finite.
        """
        require.array("state", state, self.states.shape[1:])
        require.array("action", action, self.actions.shape[1:])
        require.array("reward", reward, ())
        require.array("next_state", next_state, self.states.shape[1:])
        require.one_of("terminal", terminal, (False, True))
        self.states[self.pointer] = state
        self.actions[self.pointer] = action
        self.rewards[self.pointer] = reward
        self.next_states[self.pointer] = next_state
        self.terminals[self.pointer] = terminal
        self.pointer = (self.pointer + 1) % self.capacity
        self.size = min(self.size + 1, self.capacity)

    def sample(self, batch_size: int) -> Batch:
        """``batch_size`` transitions, drawn uniformly with replacement.

        Raises:
            ValueError: the memory is empty.
        """
        require.integer("batch_size", batch_size, low=1)
        require.not_empty("the replay memory", self)
        indices = self.rng.integers(self.size, size=batch_size)
        columns = self.states, self.actions, self.rewards, self.next_states, self.terminals
        return Batch(*(column[indices] for column in columns))
