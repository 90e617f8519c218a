r"""Deep Q-networks: a value for each of a few actions (chapter 3).

.. math::

    y^\text{DQN} &= r + \gamma\,(1 - \text{terminal}) \max_a Q'(s', a) \\
    y^\text{double} &= r + \gamma\,(1 - \text{terminal})\,Q'\bigl(s', \arg\max_a Q(s', a)\bigr)

Source: Mnih et al. (2015), "Human-level control through deep reinforcement learning",
algorithm 1; van Hasselt et al. (2016), "Deep reinforcement learning with double Q-learning",
equation 4.
"""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from helpers import require
from helpers.replay_memory import Batch


def make_q_network(
    state_size: int, action_count: int, hidden: Sequence[int] = (64, 64)
) -> keras.Model:
    """A network from states ``(B, S)`` to one value for each action, ``(B, action_count)``."""
    require.integer("state_size", state_size, low=1)
    require.integer("action_count", action_count, low=1)
    require.widths("hidden", hidden)
    layers = [keras.layers.Dense(width, "relu") for width in hidden]
    return keras.Sequential([keras.Input((state_size,)), *layers, keras.layers.Dense(action_count)])


def epsilon_greedy(q_values: np.ndarray, epsilon: float, rng: np.random.Generator) -> int:
    """Any action with probability ``epsilon``, else the one with the largest value ``(A,)``."""
    require.number("epsilon", epsilon, 0, 1)
    if rng.random() < epsilon:
        return int(rng.integers(len(q_values)))
    return int(np.argmax(q_values))


def dqn_targets(batch: Batch, target_network: keras.Model, discount: float) -> tf.Tensor:
    """The numbers ``(B,)`` that the online network should have said; no gradient flows."""
    require.number("discount", discount, 0, 1)
    next_values = tf.reduce_max(target_network(batch.next_states), axis=1)
    return tf.stop_gradient(batch.rewards + discount * (1 - batch.terminals) * next_values)


def double_dqn_targets(
    batch: Batch, network: keras.Model, target_network: keras.Model, discount: float
) -> tf.Tensor:
    """The same ``(B,)``, but ``network`` chooses the next action, ``target_network`` values it."""
    require.number("discount", discount, 0, 1)
    best_actions = tf.argmax(network(batch.next_states), axis=1)
    next_values = tf.gather(target_network(batch.next_states), best_actions, axis=1, batch_dims=1)
    return tf.stop_gradient(batch.rewards + discount * (1 - batch.terminals) * next_values)


def train_q_network(
    network: keras.Model, optimizer: keras.Optimizer, batch: Batch, targets: tf.Tensor
) -> tf.Tensor:
    """One descent step on the mean squared error of the values of the actions taken.

    Returns:
        The loss before the step, a scalar.
    """
    require.same_length("targets", targets, "batch.states", batch.states)
    with tf.GradientTape() as tape:
        values = tf.gather(network(batch.states), batch.actions, axis=1, batch_dims=1)
        loss = tf.reduce_mean(tf.square(targets - values))
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables))
    return loss
