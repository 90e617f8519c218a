r"""The actor: :math:`\mu(s \mid \theta^\mu)`, the action to take in a state (chapter 5).

The deterministic policy gradient is the chain rule: the change of the value with the action, times
the change of the action with the policy's weights.

.. math::

    \nabla_{\theta^\mu} J \approx \frac{1}{B} \sum_i
        \nabla_a Q(s_i, a)\big|_{a = \mu(s_i)} \, \nabla_{\theta^\mu} \mu(s_i)

Source: Silver et al. (2014), "Deterministic policy gradient algorithms", equation 9, and equation
15 for the states of other policies, as here; Lillicrap et al. (2015), "Continuous control with deep
reinforcement learning", equation 6.
"""

from collections.abc import Sequence

import gymnasium as gym
import keras
import numpy as np
import tensorflow as tf

from helpers import require


def make_actor(
    state_size: int, action_space: gym.spaces.Box, hidden: Sequence[int] = (400, 300)
) -> keras.Model:
    """A network from states to actions inside the bounds of ``action_space``.

    ``tanh`` squashes the last layer into [-1, 1]; the scaling puts that onto the bounds. The last
    layer starts at a tenth of Keras' usual scale, near zero, where the slope of ``tanh`` is
    steepest: an actor that gets stuck at its bounds learns slowly or not at all.

    Args:
        state_size: the length ``S`` of a state.
        action_space: a bounded ``Box`` of ``A`` numbers.
        hidden: the widths of the hidden layers.

    Returns:
        A Keras model, called ``actor(states (B, S))``, which returns ``(B, A)``.
    """
    require.integer("state_size", state_size, low=1)
    require.bounded_box("action_space", action_space)
    require.widths("hidden", hidden)
    layers = [keras.Input((state_size,))]
    layers += [keras.layers.Dense(width, "relu") for width in hidden]
    size, low, high = action_space.shape[0], action_space.low, action_space.high
    small = keras.initializers.VarianceScaling(0.01, "fan_avg", "uniform")
    layers.append(keras.layers.Dense(size, "tanh", kernel_initializer=small))
    middle = low / 2 + high / 2
    # The next smaller number, so that no rounding steps over a bound.
    half_range = np.nextafter(np.minimum(high - middle, middle - low), np.float32(0))
    layers.append(keras.layers.Rescaling(half_range, middle))
    return keras.Sequential(layers, name="actor")


def policy_gradients(actor: keras.Model, critic: keras.Model, states: tf.Tensor) -> list[tf.Tensor]:
    """The gradient of the batch's mean value by the actor's variables, for **ascent**.

    Returns:
        One tensor for each of ``actor.trainable_variables``, of its shape.
    """
    with tf.GradientTape() as tape:
        actions = actor(states)
    with tf.GradientTape() as value_tape:
        value_tape.watch(actions)
        value = tf.reduce_mean(critic([states, actions]))
    value_gradients = value_tape.gradient(value, actions)
    return tape.gradient(actions, actor.trainable_variables, output_gradients=value_gradients)


def train_actor(
    actor: keras.Model, critic: keras.Model, optimizer: keras.Optimizer, states: tf.Tensor
) -> tf.Tensor:
    """One step of the actor up the critic's slope.

    Returns:
        The mean value of the actor's actions before the step, a scalar.
    """
    gradients = policy_gradients(actor, critic, states)
    value = tf.reduce_mean(critic([states, actor(states)]))
    descent = [-gradient for gradient in gradients]  # optimizers go down
    optimizer.apply_gradients(zip(descent, actor.trainable_variables))
    return value
