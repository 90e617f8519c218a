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


def frames(agent, seed):
    """Every third frame of one flight, at half size."""
    env = gym.wrappers.RenderCollection(gym.make(LANDER, render_mode="rgb_array"))
    rollout(env, agent.act, seed)
    return [frame[::2, ::2] for frame in env.render()][::3]


def main():
    agent = DDPG.load(HERE.parent / "study" / "results" / "lander.npz")
    returns = evaluate(agent, gym.make(LANDER), EPISODES)
    median = int(np.argsort(returns)[EPISODES // 2])
    flight = frames(agent, episode_seed(0, median, JUDGING))
    flight += [flight[-1]] * 15  # a moment to enjoy it
    iio.imwrite(HERE / "landing.gif", flight, duration=60, loop=0)


if __name__ == "__main__":
    main()
