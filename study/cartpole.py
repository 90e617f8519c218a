"""The course's DQN on CartPole: what it promises beside what it then gets."""

import time

import gymnasium as gym
import numpy as np

from helpers.acting import as_numpy
from helpers.dqn import greedy, train_dqn
from helpers.gym_api import JUDGING, episode_seed, rollout


def balance(settings, seed):
    """Train a Q-network; ``settings`` are arguments of ``train_dqn``.

    The rows of kind ``selection`` hold the mean return and, from the first states of the same
    greedy episodes, the promised and the measured discounted return.
    """
    env, start = gym.make("CartPole-v1"), time.perf_counter()
    network, history = train_dqn(env, seed=seed, progress=False, **settings)
    seconds = time.perf_counter() - start
    rows = [
        {
            "kind": "selection",
            "step": row["step"],
            "mean": round(row["return"], 1),
            "promised": round(row["promised"], 2),
            "measured": round(row["measured"], 2),
        }
        for row in history["evaluations"]
    ]
    q_values = as_numpy(network)
    returns = [
        rollout(env, greedy(q_values), episode_seed(seed, episode, JUDGING)).total_reward
        for episode in range(100)
    ]
    judged = {"kind": "judging", "mean": np.mean(returns), "seconds": round(seconds, 1)}
    return [*rows, judged]
