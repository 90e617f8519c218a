"""Films two pilots, each on the median of 20 flights: landing.mp4, the agent that the study saved,
and random.mp4, one that rolls dice. landing.gif is the first for the README.

Run from the repository: python -m gfx.landing
"""

from pathlib import Path

import gymnasium as gym
import imageio.v3 as iio
import numpy as np

from helpers.drawing import CONTROLS
from helpers.engine.seeds import JUDGING, episode_seed
from helpers.gym_api import LANDER, rollout
from helpers.lander import DDPG

HERE = Path(__file__).parent
EPISODES = 20
STEPS = 50  # a second, of the lander
REST = 3  # seconds to enjoy it
FILM, GIF = 2, 3  # of so many steps, one is a frame


def dice(env):
    """A policy that doesn't even look at the state."""
    return lambda state: env.action_space.sample()


def median_seed(pilot):
    """The seed of the median flight; ``pilot`` makes a policy for an environment."""
    env = gym.make(LANDER)
    seeds = [episode_seed(0, episode, JUDGING) for episode in range(EPISODES)]
    returns = [rollout(env, pilot(env), seed).total_reward for seed in seeds]
    return seeds[int(np.argsort(returns)[EPISODES // 2])]


def median_flight():
    """The agent, and the seed of the flight."""
    agent = DDPG.load(HERE.parent / "study" / "results" / "lander.npz")
    return agent, median_seed(lambda env: agent.act)


def frames(pilot, seed):
    """Frames of the flight from where the whole lander is in the picture."""
    env = gym.wrappers.RenderCollection(gym.make(LANDER, render_mode="rgb_array"))
    rollout(env, pilot(env), seed)
    made = env.render()
    first = next(i for i, frame in enumerate(made) if not frame[:4].any())
    return made[first:]


def film(flight, name, steps):
    """Write a film whose last frame stands still until ``steps`` of the lander have gone by."""
    shown = np.stack([*flight, *[flight[-1]] * (steps - len(flight))][::FILM])
    shown = np.pad(shown, ((0, 0), (0, CONTROLS), (0, 0), (0, 0)), constant_values=255)
    iio.imwrite(
        HERE / name,
        shown,
        fps=STEPS / FILM,
        codec="libx264",
        output_params=["-crf", "26", "-preset", "veryslow", "-movflags", "+faststart"],
        macro_block_size=8,
    )


def main():
    agent, seed = median_flight()
    landing, other = frames(lambda env: agent.act, seed), frames(dice, median_seed(dice))
    steps = max(len(landing), len(other)) + REST * STEPS
    film(landing, "landing.mp4", steps)
    film(other, "random.mp4", steps)
    durations = [1000 * GIF // STEPS] * (len(landing[::GIF]) - 1) + [1000 * REST]
    iio.imwrite(HERE / "landing.gif", landing[::GIF], duration=durations, loop=0)


if __name__ == "__main__":
    main()
