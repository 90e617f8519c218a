"""Draws gym.png: eight environments, each rendered by itself after some random steps.

Run from the repository: python -m gfx.gym
"""

from pathlib import Path

import gymnasium as gym

from helpers.drawing import figure

ENVIRONMENTS = {  # name: random steps before the picture
    "CartPole-v1": 12,
    "Pendulum-v1": 20,
    "MountainCarContinuous-v0": 30,
    "Acrobot-v1": 40,
    "LunarLanderContinuous-v3": 18,
    "BipedalWalker-v3": 25,
    "CarRacing-v3": 60,
    "FrozenLake-v1": 1,
}


def picture(name, steps):
    """A rendering as an array."""
    env = gym.make(name, render_mode="rgb_array")
    env.reset(seed=1)
    env.action_space.seed(1)
    for _ in range(steps):
        env.step(env.action_space.sample())
    frame = env.render()
    env.close()
    return frame


def main():
    made, axes = figure(2, 4, height=4.4)
    for axis, (name, steps) in zip(axes.flat, ENVIRONMENTS.items()):
        axis.imshow(picture(name, steps), aspect="auto")
        axis.set_title(name.split("-")[0], fontsize="small")
        axis.set(xticks=[], yticks=[])
        axis.grid(visible=False)
    made.savefig(Path(__file__).with_name("gym.png"), metadata={"Software": None})


if __name__ == "__main__":
    main()
