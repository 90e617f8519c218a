"""Pilots that don't learn: at random, doing nothing, and by Gymnasium's own script."""

import gymnasium as gym
import numpy as np
from gymnasium.envs.box2d.lunar_lander import heuristic

from helpers.gym_api import LANDER
from study.judging import judging_row


class Pilot:
    """One of the three, with what the judging asks of an agent."""

    def __init__(self, env, kind):
        self.env, self.kind = env, kind
        self.observation_space, self.action_space = env.observation_space, env.action_space

    def act(self, state):
        match self.kind:
            case "random":
                return self.action_space.sample()
            case "nothing":
                return np.zeros(self.action_space.shape, np.float32)
            case "script":
                return heuristic(self.env.unwrapped, state)


def fly(settings, seed):
    """Judge the pilot of a ``kind``: ``random``, ``nothing`` or ``script``."""
    env = gym.make(LANDER)
    pilot = Pilot(env, settings["kind"])
    return [judging_row(pilot, env, seed)]
