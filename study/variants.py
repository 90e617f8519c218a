"""Agents and environments with one thing changed, for the ablations, and TD3.

Each change is made from outside, by overriding a method: the agent of the course has no options
that only a study uses.
"""

from types import SimpleNamespace

import gymnasium as gym
import keras
import numpy as np
import tensorflow as tf

from helpers.actor import policy_gradients, train_actor
from helpers.critic import Critic, ddpg_targets, train_critic
from helpers.engine.acting import as_numpy
from helpers.lander import DDPG
from helpers.target_updates import hard_update, soft_update


class HardTargets(DDPG):
    """Copies the online networks into the target networks at every tenth round of updates."""

    rounds = 0

    def update_many(self, batches, rate=1.0, count=None):
        if self.rounds % 10 == 0:
            for name, network in self.networks.items():
                hard_update(network, self.targets[name])
        self.rounds += 1
        return super().update_many(batches, rate, count)


class Unmasked(DDPG):
    """Expects a future after a terminal state too."""

    def update(self, batch):
        return super().update(batch._replace(terminals=tf.zeros_like(batch.terminals)))


class EarlyActions(DDPG):
    """A critic that sees the actions from its first layer on."""

    def _make_critic(self):
        states, actions = _inputs(self)
        x = keras.layers.Concatenate()([states, actions])
        for width in self.settings.hidden:
            x = keras.layers.Dense(width, "relu")(x)
        return _value(self, states, actions, x)


class BatchNormalized(DDPG):
    """Normalises the states and the hidden layers over each batch, as the paper does (section 3).

    A network is in training mode where it is the one that learns; to act, in the targets and inside
    the actor's step it uses its moving statistics.
    """

    def _make_networks(self):
        networks = super()._make_networks()
        *hidden, last, scaling = networks["actor"].layers
        layers = [keras.Input(self.observation_space.shape), keras.layers.BatchNormalization()]
        for layer in hidden:
            layer.activation = keras.activations.linear
            layers += [layer, keras.layers.BatchNormalization(), keras.layers.ReLU()]
        actor = keras.Sequential([*layers, last, scaling], name="actor")
        return networks | {"actor": actor}

    def _make_critic(self):
        states, actions = _inputs(self)
        first, second, *others = self.settings.hidden
        x = keras.layers.Dense(first)(keras.layers.BatchNormalization()(states))
        x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
        x = keras.layers.Dense(second)(x) + keras.layers.Dense(second, use_bias=False)(actions)
        x = keras.layers.ReLU()(x)
        for width in others:
            x = keras.layers.Dense(width, "relu")(x)
        return _value(self, states, actions, x)

    def refresh(self):
        self.policy = as_numpy(SimpleNamespace(layers=[_fixed(la) for la in self.actor.layers]))

    def update(self, batch):
        discount = self.settings.n_step_discount
        targets = ddpg_targets(batch, self.target_actor, self.target_critic, discount)
        loss = train_critic(_Training(self.critic), self.critic_optimizer, batch, targets)
        gradients = policy_gradients(_Training(self.actor), self.critic, batch.states)
        value = tf.reduce_mean(self.critic([batch.states, self.actor(batch.states)]))
        descent = [-gradient for gradient in gradients]
        self.actor_optimizer.apply_gradients(zip(descent, self.actor.trainable_variables))
        for name, network in self.networks.items():
            soft_update(network, self.targets[name], self.settings.tau)
        return loss, value


class TD3(DDPG):
    """Two critics of which the smaller counts, an actor that waits, noise on the target's action:
    the open exercise of chapter 8.

    Source: Fujimoto et al. (2018), "Addressing function approximation error in actor-critic
    methods", algorithm 1, with its noise of .2, clipped at .5, and its actor every second update.
    """

    def _make_networks(self):
        return super()._make_networks() | {"second_critic": self._make_critic()}

    def smaller_value(self, inputs):
        """The smaller value ``(B,)`` of the two target critics for ``[states, actions]``."""
        return tf.minimum(self.target_critic(inputs), self.targets["second_critic"](inputs))

    def smoothed_actions(self, states, normal):
        """The target actor's actions ``(B, A)``, with noise made of normal numbers ``(B, A)``."""
        noise = tf.clip_by_value(0.2 * normal, -0.5, 0.5) * self.half_range
        actions = self.target_actor(states) + noise
        return tf.clip_by_value(actions, self.action_space.low, self.action_space.high)

    def update(self, batch):
        # The step is the seed, so that a run that is resumed draws what it would have drawn.
        step = tf.cast(self.critic_optimizer.iterations, tf.int32)
        normal = tf.random.stateless_normal(tf.shape(batch.actions), [step, self.settings.seed])
        targets = ddpg_targets(
            batch,
            lambda states: self.smoothed_actions(states, normal),
            self.smaller_value,
            self.settings.n_step_discount,
        )
        loss = train_critic(self.critic, self.critic_optimizer, batch, targets)
        second = self.networks["second_critic"], self.optimizers["second_critic"]
        train_critic(*second, batch, targets)
        if step % 2 == 0:
            train_actor(self.actor, self.critic, self.actor_optimizer, batch.states)
            for name in self.networks:
                soft_update(self.networks[name], self.targets[name], self.settings.tau)
        return loss, tf.reduce_mean(self.critic([batch.states, self.actor(batch.states)]))


def _inputs(agent):
    return [keras.Input(s.shape) for s in (agent.observation_space, agent.action_space)]


def _value(agent, states, actions, x):
    small = keras.initializers.VarianceScaling(0.01, "fan_avg", "uniform")
    q = keras.layers.Dense(1, kernel_initializer=small)(x)
    values = keras.layers.Rescaling(agent.settings.value_scale)(keras.ops.squeeze(q, axis=-1))
    return Critic([states, actions], values)


class _Training:
    """A network in training mode."""

    def __init__(self, network):
        self.network = network
        self.trainable_variables = network.trainable_variables

    def __call__(self, inputs):
        return self.network(inputs, training=True)


def _fixed(layer):
    """With its statistics fixed, normalising is a multiplication and an addition."""
    if not isinstance(layer, keras.layers.BatchNormalization):
        return layer
    gamma, beta, mean, variance = layer.get_weights()
    scale = gamma / np.sqrt(variance + layer.epsilon)
    return keras.layers.Rescaling(scale, beta - scale * mean)


class TruncationAsTerminal(gym.Wrapper):
    """Says that an episode terminated where a time limit cut it off."""

    def step(self, action):
        state, reward, terminated, truncated, info = self.env.step(action)
        return state, reward, terminated or truncated, False, info
