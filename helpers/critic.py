r"""The critic: :math:`Q(s, a \mid \theta^Q)`, what an action is worth in a state (chapter 4).

.. math::

    y &= r + \gamma\,(1 - \text{terminal})\,Q'(s', \mu'(s')) \\
    L &= \frac{1}{B} \sum_i \bigl(y_i - Q(s_i, a_i)\bigr)^2

Source: Lillicrap et al. (2015), "Continuous control with deep reinforcement learning",
algorithm 1 and section 7.
"""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from helpers import require
from helpers.replay_memory import Batch


class Critic(keras.Model):
    """A Keras model that takes NumPy arrays beside tensors, which Keras alone refuses."""

    def __call__(self, inputs: list, **options: object) -> tf.Tensor:
        symbolic = isinstance(inputs[0], keras.KerasTensor)  # part of a larger network
        tensors = inputs if symbolic else [tf.convert_to_tensor(given) for given in inputs]
        return super().__call__(tensors, **options)


def make_critic(state_size: int, action_size: int, hidden: Sequence[int] = (400, 300)) -> Critic:
    """A network from states and actions to one value each.

    The first layer sees the states alone; the actions join after it. The last layer starts at a
    tenth of Keras' usual scale, so that the first values are small beside the rewards.

    Args:
        state_size, action_size: the lengths ``S`` and ``A`` of a state and of an action.
        hidden: the widths of the hidden layers, two or more. With a single one, the value would
            be linear in the action.

    Returns:
        A Keras model, called ``critic([states (B, S), actions (B, A)])``, which returns ``(B,)``.
    """
    require.integer("state_size", state_size, low=1)
    require.integer("action_size", action_size, low=1)
    require.widths("hidden", hidden, least=2)
    states = keras.Input((state_size,), name="states")
    actions = keras.Input((action_size,), name="actions")
    x = keras.layers.Dense(hidden[0], "relu")(states)
    # The sum of two layers equals one layer of both inputs side by side. But the actor asks only
    # for its slope by the actions, which costs a small matrix product instead of a large one.
    x = keras.layers.Dense(hidden[1])(x) + keras.layers.Dense(hidden[1], use_bias=False)(actions)
    x = keras.layers.ReLU()(x)
    for width in hidden[2:]:
        x = keras.layers.Dense(width, "relu")(x)
    small = keras.initializers.VarianceScaling(0.01, "fan_avg", "uniform")
    q = keras.layers.Dense(1, kernel_initializer=small)(x)
    return Critic([states, actions], keras.ops.squeeze(q, axis=-1), name="critic")


def ddpg_targets(
    batch: Batch,
    target_actor: Callable[..., tf.Tensor],
    target_critic: Callable[..., tf.Tensor],
    discount: float,
) -> tf.Tensor:
    """The number the critic should have said: the reward plus the discounted next value.

    Returns:
        ``(B,)`` targets; no gradient flows through them.
    """
    require.number("discount", discount, 0, 1)
    next_actions = target_actor(batch.next_states)
    next_values = target_critic([batch.next_states, next_actions])
    targets = batch.rewards + discount * (1 - batch.terminals) * next_values
    return tf.stop_gradient(targets)


def train_critic(
    critic: keras.Model, optimizer: keras.Optimizer, batch: Batch, targets: tf.Tensor
) -> tf.Tensor:
    """One descent step on the mean squared error.

    Returns:
        The loss before the step, a scalar.
    """
    require.same_length("targets", targets, "batch.states", batch.states)
    with tf.GradientTape() as tape:
        values = critic([batch.states, batch.actions])
        loss = tf.reduce_mean(tf.square(targets - values))
    gradients = tape.gradient(loss, critic.trainable_variables)
    optimizer.apply_gradients(zip(gradients, critic.trainable_variables))
    return loss
