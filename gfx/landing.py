"""Draws landing.gif: the median of 20 flights of the agent that the study saved.

Run from the repository: python -m gfx.landing
"""

from pathlib import Path

import gymnasium as gym
import imageio.v3 as iio
import numpy as np

from helpers.engine.seeds import JUDGING, episode_seed
from helpers.gym_api import LANDER, rollout
from helpers.lander import DDPG, evaluate

HERE = Path(__file__).parent
EPISODES = 20
EVERY = 3  # of the steps, 20 ms each, is a frame
REST = 3000  # milliseconds to enjoy it


def median_flight():
    """The agent, and the seed of the flight."""
    agent = DDPG.load(HERE.parent / "study" / "results" / "lander.npz")
    returns = evaluate(agent, gym.make(LANDER), EPISODES)
    median = int(np.argsort(returns)[EPISODES // 2])
    return agent, episode_seed(0, median, JUDGING)


def frames(agent, seed):
    """Frames of the flight from where the whole lander is in the picture."""
    env = gym.wrappers.RenderCollection(gym.make(LANDER, render_mode="rgb_array"))
    rollout(env, agent.act, seed)
    made = env.render()
    first = next(i for i, frame in enumerate(made) if not frame[:4].any())
    return made[first::EVERY]


def main():
    flight = frames(*median_flight())
    durations = [20 * EVERY] * (len(flight) - 1) + [REST]
    iio.imwrite(HERE / "landing.gif", flight, duration=durations, loop=0)


if __name__ == "__main__":
    main()
