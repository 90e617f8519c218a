"""Draws gym.png: eight environments, each rendered by itself after some steps.

Run from the repository: python -m gfx.gym
"""

from pathlib import Path

import gymnasium as gym
import numpy as np
from gymnasium.envs.box2d.lunar_lander import heuristic

from helpers.drawing import figure
from helpers.gym_api import LANDER

ENVIRONMENTS = {  # name: steps before the picture, and the left, top and width of what matters
    "CartPole-v1": (12, 150, 165, 300),
    "Pendulum-v1": (20, 100, 160, 300),
    "MountainCarContinuous-v0": (30, 0, 14, 600),
    "Acrobot-v1": (40, -50, 120, 600),
    LANDER: (88, 110, 150, 340),
    "BipedalWalker-v3": (25, 0, 170, 300),
    "CarRacing-v3": (60, 60, 50, 480),
    "FrozenLake-v1": (1, -78, 0, 412),
}
SHAPE = 0.62  # a picture's height over its width


def picture(name, steps):
    """A rendering as an array, after random steps; the lander flies by hand."""
    env = gym.make(name, render_mode="rgb_array")
    state, _ = env.reset(seed=1)
    env.action_space.seed(1)
    for _ in range(steps):
        by_hand = name == LANDER
        action = heuristic(env.unwrapped, state) if by_hand else env.action_space.sample()
        state = env.step(action)[0]
    frame = env.render()
    env.close()
    return frame


def cropped(frame, left, top, width):
    """The part of a frame ``(H, W, 3)``, in front of its own edge where it is less wide."""
    if left < 0:
        frame = np.pad(frame, ((0, 0), (-left, -left), (0, 0)), "edge")
        left = 0
    return frame[top : top + round(width * SHAPE), left : left + width]


def main():
    made, axes = figure(4, 2, height=11.3)
    made.get_layout_engine().set(h_pad=0.09)
    for axis, (name, (steps, *place)) in zip(axes.flat, ENVIRONMENTS.items()):
        axis.imshow(cropped(picture(name, steps), *place), interpolation="antialiased")
        axis.set_title(name.split("-")[0], fontsize=17)  # 10 pixels on a phone
        axis.set(xticks=[], yticks=[])
        axis.grid(visible=False)
        axis.spines[:].set(visible=True, color="0.6")
    made.savefig(Path(__file__).with_name("gym.png"), dpi=80, metadata={"Software": None})


if __name__ == "__main__":
    main()
