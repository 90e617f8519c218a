"""Replay memory: a ring buffer of transitions (chapter 2).

Transitions that follow each other look alike, and a network that learns from them in flown order
forgets what it learned earlier. A memory keeps them all: random batches mix old and new ones, and
each transition can be used many times.

Source: Mnih et al. (2015), "Human-level control through deep reinforcement learning",
algorithm 1; the idea is Lin's (1992).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from helpers import require


class Batch(NamedTuple):
    """``B`` transitions, with one array for each of their parts."""

    states: np.ndarray  # (B, *state_shape) float32
    actions: np.ndarray  # (B, *action_shape)
    rewards: np.ndarray  # (B,) float32
    next_states: np.ndarray  # (B, *state_shape) float32
    terminals: np.ndarray  # (B,) float32, 1 where the episode terminated, 0 elsewhere

    def split(self, count: int) -> "Batch":
        """The same transitions as ``count`` batches of equal size, along a new first axis."""
        return Batch(*(column.reshape(count, -1, *column.shape[1:]) for column in self))


class ReplayMemory:
    """The latest ``capacity`` transitions, in preallocated arrays.

    A ring buffer: any row is reached by its index at constant cost, and a pointer that goes back to
    0 at the end always stands where the next transition goes. Once the memory is full, that is the
    row of the oldest. A ``deque`` is slow to reach its middle, and a list to drop its oldest entry.

    Args:
        capacity: the number of transitions that fit in.
        state_shape: the shape of one state, for example ``(8,)``.
        action_shape: the shape of one action; ``()`` if actions are discrete.
        action_dtype: the type of actions; ``np.int64`` if they are discrete.
        seed: the seed of the sampling.
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

        ``terminal`` says that the episode *terminated* with this step. It is false where a time
        limit cut the episode off, since there the future still has a value.

        Raises:
            ValueError: a shape doesn't fit, or a number isn't finite.
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
        """Sample ``batch_size`` transitions, uniformly and with replacement.

        Raises:
            ValueError: the memory is empty.
        """
        require.integer("batch_size", batch_size, low=1)
        require.not_empty("the replay memory", self)
        indices = self.rng.integers(self.size, size=batch_size)
        columns = self.states, self.actions, self.rewards, self.next_states, self.terminals
        # take gives the same rows as column[indices], several times faster in large batches.
        return Batch(*(column.take(indices, axis=0) for column in columns))
