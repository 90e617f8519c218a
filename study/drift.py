"""The whole agent on Drift, whose best actions are known exactly."""

import time

import gymnasium as gym
import numpy as np

from helpers.lander import DDPG, train

DISCOUNT, RANGE = 0.95, 1.5  # the best action stays inside its bounds for smaller states


def learn(settings, seed):
    """Train the agent; the error of its actions over |s| ≤ 1.5, and the gain that fits them best.

    ``settings`` has ``agent``, ``schedule`` and ``steps``. Errors are in units of the largest
    action, which is 1.
    """
    env, start = gym.make("Drift-v0"), time.perf_counter()
    agent = DDPG(
        env.observation_space, env.action_space, discount=DISCOUNT, seed=seed, **settings["agent"]
    )
    train(agent, env, settings["steps"], seed, progress=False, **settings["schedule"])
    seconds = time.perf_counter() - start
    states = np.linspace(-RANGE, RANGE, 61, dtype=np.float32)
    actions = np.array([agent.act([state])[0] for state in states])
    gain = env.unwrapped.gain(DISCOUNT)
    errors = np.abs(actions + gain * states)
    return [
        {
            "mean_error": round(float(errors.mean()), 4),
            "largest_error": round(float(errors.max()), 4),
            "gain": round(float(-(actions @ states) / (states @ states)), 4),
            "exact_gain": round(gain, 4),
            "seconds": round(seconds, 1),
        }
    ]
