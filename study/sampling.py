"""The cost of a batch from a ring buffer, a deque, a list and two libraries, over their size."""

import random
import statistics
import time
from collections import deque

import numpy as np

from helpers.replay_memory import ReplayMemory

BATCH, ROUNDS = 64, 50


def stack(transitions):
    return [np.array(column, np.float32) for column in zip(*transitions)]


def fresh(transition):
    """A copy with its own place in the machine's memory, as every real transition has."""
    return tuple(np.copy(part) for part in transition)


def ring(transition, size):
    """A function that draws a batch from the course's memory."""
    state, action, *_ = transition
    memory = ReplayMemory(size, state.shape, action.shape, seed=0)
    for column in (memory.states, memory.actions, memory.rewards, memory.next_states):
        column[:] = 1  # the machine gives memory only to what has been written
    memory.size = size
    return lambda: memory.sample(BATCH)


def deque_by_index(transition, size):
    """The same from a deque, whose items are found by walking to them."""
    memory = deque((fresh(transition) for _ in range(size)), maxlen=size)
    return lambda: stack([memory[random.randrange(size)] for _ in range(BATCH)])


def list_sample(transition, size):
    """The same from a list, which has random access but no constant-time way to drop its oldest."""
    memory = [fresh(transition) for _ in range(size)]
    return lambda: stack(random.sample(memory, BATCH))


def stable_baselines3(transition, size):
    """The same from Stable-Baselines3's buffer, which makes tensors of PyTorch's of it."""
    import gymnasium as gym
    from stable_baselines3.common.buffers import ReplayBuffer

    state, action, *_ = transition
    spaces = [gym.spaces.Box(-1, 1, part.shape) for part in (state, action)]
    memory = ReplayBuffer(size, *spaces, device="cpu")
    for column in (memory.observations, memory.actions, memory.rewards, memory.next_observations):
        column[:] = 1
    memory.full = True
    return lambda: memory.sample(BATCH)


def cpprb(transition, size):
    """The same from cpprb, a buffer in C++."""
    from cpprb import ReplayBuffer

    state, action, *_ = transition
    sizes = {"states": state.size, "actions": action.size, "rewards": 1}
    sizes |= {"next_states": state.size, "terminals": 1}
    memory = ReplayBuffer(size, {name: {"shape": wide} for name, wide in sizes.items()})
    block = min(size, 1_000)
    many = {name: np.ones((block, wide), np.float32) for name, wide in sizes.items()}
    for _ in range(size // block):
        memory.add(**many)
    return lambda: memory.sample(BATCH)


MEMORIES = {
    "ring": ring,
    "deque": deque_by_index,
    "list": list_sample,
    "Stable-Baselines3": stable_baselines3,
    "cpprb": cpprb,
}


def microseconds(draw):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        draw()
        times.append(1e6 * (time.perf_counter() - start))
    return statistics.median(times)


def sample(settings, seed):
    """Medians of 50 batches of 64 transitions of the lander's shape, as arrays for a network.

    ``settings`` has ``memory`` (a name in ``MEMORIES``) and ``entries``, a list of sizes.
    """
    random.seed(seed)
    transition = (np.zeros(8, np.float32), np.zeros(2, np.float32), 0.0, np.zeros(8, np.float32), 0)
    make = MEMORIES[settings["memory"]]
    return [
        {"entries": size, "microseconds": round(microseconds(make(transition, size)), 1)}
        for size in settings["entries"]
    ]
