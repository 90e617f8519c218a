"""Draws docs/_static/card.png, the picture that stands for the site where links are shared.

Run from the repository: python -m gfx.card
"""

from pathlib import Path
from unittest import mock

import gymnasium as gym
import matplotlib.pyplot as plt
from gymnasium.envs.box2d import lunar_lander

from gfx.landing import median_flight
from helpers.gym_api import LANDER

ROOT = Path(__file__).parents[1]
STEPS = 66  # of the landing, until it slows down above the flags
LARGE = {"SCALE": 60, "VIEWPORT_W": 1200, "VIEWPORT_H": 800}  # twice what the lander measures


def picture():
    """The landing at that moment, as an array."""
    agent, seed = median_flight()
    env = gym.make(LANDER, render_mode="rgb_array")
    state, _ = env.reset(seed=seed)
    for _ in range(STEPS):
        state = env.step(agent.act(state))[0]
        env.render()  # ages the sparks
    with mock.patch.multiple(lunar_lander, **LARGE):
        return env.render()


def main():
    made = plt.figure(figsize=(12, 6.3), dpi=100, facecolor="black", layout="none")
    axis = made.add_axes((0, 0, 1, 1))
    axis.imshow(picture()[-700:-70], interpolation="nearest")
    axis.axis("off")
    made.text(0.05, 0.8, "Land it yourself", color="white", fontsize=60, fontweight="bold")
    about = "Deep reinforcement learning for continuous control,\nbuilt piece by piece"
    made.text(0.05, 0.61, about, color="white", fontsize=28, linespacing=1.4)
    made.savefig(ROOT / "docs" / "_static" / "card.png", metadata={"Software": None})


if __name__ == "__main__":
    main()
