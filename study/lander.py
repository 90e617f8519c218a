"""Trains the agent of chapter 8 on the lander, a seed a process, and judges what it kept."""

import resource
import time
from pathlib import Path

import gymnasium as gym
import numpy as np

from helpers.gym_api import LANDER
from helpers.lander import DDPG, evaluate, train

STEPS = 150_000
SAVED = Path(__file__).parent / "results" / "lander.npz"  # seed 0's agent, for pictures


def run(seed):
    """One seed; returns a row for every choice of a snapshot and one for the judging."""
    env = gym.make(LANDER)
    agent = DDPG(env.observation_space, env.action_space, seed=seed)
    rows, start = [], time.perf_counter()

    def note(agent, row):
        mean, worst = round(row["return"], 2), round(row["worst"], 2)
        seconds = round(time.perf_counter() - start, 1)
        rows.append(
            {"seed": seed, "kind": "selection", "step": row["step"], "seconds": seconds,
             "mean": mean, "worst": worst}
        )  # fmt: skip

    train(agent, env, STEPS, seed=seed, on_evaluation=note, progress=False)
    if seed == 0:
        agent.save(SAVED)
    returns = evaluate(agent, env, episodes=100, seed=seed)
    judged = {
        "kind": "judging",
        "mean": round(returns.mean(), 2),
        "worst": round(returns.min(), 2),
        "std": round(returns.std(), 2),
        "above_200": round(np.mean(returns > 200), 2),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    return [*rows, rows[-1] | judged]
