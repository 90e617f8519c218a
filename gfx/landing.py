"""Films two flights from the same start: landing.mp4, the median of 20 flights of the agent that
the study saved, and random.mp4, a pilot that rolls dice. landing.gif is the first for the README.

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
STEPS = 50  # a second, of the lander
REST = 3  # seconds to enjoy it
FILM, GIF = 2, 3  # of so many steps, one is a frame


def median_flight():
    """The agent, and the seed of the flight."""
    agent = DDPG.load(HERE.parent / "study" / "results" / "lander.npz")
    returns = evaluate(agent, gym.make(LANDER), EPISODES)
    median = int(np.argsort(returns)[EPISODES // 2])
    return agent, episode_seed(0, median, JUDGING)


def frames(policy, seed):
    """Frames of the flight from where the whole lander is in the picture; ``None`` rolls dice."""
    env = gym.wrappers.RenderCollection(gym.make(LANDER, render_mode="rgb_array"))
    rollout(env, policy or (lambda state: env.action_space.sample()), seed)
    made = env.render()
    first = next(i for i, frame in enumerate(made) if not frame[:4].any())
    return made[first:]


def film(flight, name, steps):
    """Write a film whose last frame stands still until ``steps`` of the lander have gone by."""
    shown = [*flight, *[flight[-1]] * (steps - len(flight))][::FILM]
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
    landing, crash = frames(agent.act, seed), frames(None, seed)
    steps = max(map(len, (landing, crash))) + REST * STEPS
    film(landing, "landing.mp4", steps)
    film(crash, "random.mp4", steps)
    durations = [1000 * GIF // STEPS] * (len(landing[::GIF]) - 1) + [1000 * REST]
    iio.imwrite(HERE / "landing.gif", landing[::GIF], duration=durations, loop=0)


if __name__ == "__main__":
    main()
