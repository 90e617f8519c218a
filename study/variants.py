"""Agents and environments with one thing changed, for the ablations.

Each change is made from outside, by overriding one method: the agent of the course has no options
that only a study uses.
"""

import gymnasium as gym
import keras
import tensorflow as tf

from helpers.critic import Critic
from helpers.lander import DDPG
from helpers.target_updates import hard_update


class HardTargets(DDPG):
    """Copies the online networks into the target networks at every tenth round of updates."""

    rounds = 0

    def update_many(self, batches, rate=1.0):
        if self.rounds % 10 == 0:
            hard_update(self.actor, self.target_actor)
            hard_update(self.critic, self.target_critic)
        self.rounds += 1
        return super().update_many(batches, rate)


class Unmasked(DDPG):
    """Expects a future after a terminal state too."""

    def update(self, batch):
        return super().update(batch._replace(terminals=tf.zeros_like(batch.terminals)))


class EarlyActions(DDPG):
    """A critic that sees the actions from its first layer on."""

    def _make_networks(self):
        actor, _ = super()._make_networks()
        state_size, action_size = self.observation_space.shape[0], self.action_space.shape[0]
        states, actions = keras.Input((state_size,)), keras.Input((action_size,))
        x = keras.layers.Concatenate()([states, actions])
        for width in self.settings.hidden:
            x = keras.layers.Dense(width, "relu")(x)
        small = keras.initializers.VarianceScaling(0.01, "fan_avg", "uniform")
        q = keras.layers.Dense(1, kernel_initializer=small)(x)
        return actor, Critic([states, actions], keras.ops.squeeze(q, axis=-1))


class TruncationAsTerminal(gym.Wrapper):
    """Says that an episode terminated where a time limit cut it off."""

    def step(self, action):
        state, reward, terminated, truncated, info = self.env.step(action)
        return state, reward, terminated or truncated, False, info
