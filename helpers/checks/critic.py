"""The checks of chapter 4."""

import numpy as np
import tensorflow as tf

from helpers.checks import check, expect, function, numbers, wrong
from helpers.replay_memory import Batch


def batch(rewards, terminals):
    """A batch with these rewards and flags, the states 7, 8, … and the actions 1, 2, …."""
    count = len(rewards)
    column = np.arange(count, dtype=np.float32)[:, None]
    return Batch(column + 7, column + 1, np.float32(rewards), 2 * column + 1, np.float32(terminals))


def actor(states):
    """A policy whose action is the state less one."""
    return tf.convert_to_tensor(states) - 1


def critic(inputs):
    """The value of a state and an action: a hundred times the one, plus the other."""
    states, actions = (tf.convert_to_tensor(given) for given in inputs)
    return 100 * states[:, 0] + actions[:, 0]


class Tiny:
    """A critic of one weight, whose value is the weight times the action."""

    def __init__(self, weight):
        self.weight = tf.Variable(weight)
        self.trainable_variables = self.trainable_weights = self.weights = [self.weight]

    def __call__(self, inputs, training=False):
        return self.weight * tf.convert_to_tensor(inputs[1])[:, 0]


def tiny_critic(weight):
    """A ``Tiny`` critic."""
    return Tiny(weight)


@check
def ddpg_targets(answer):
    """What the critic should have said."""
    function("ddpg_targets", answer)
    # The next states are 1 and 3, the actions there 0 and 2, their values 100 and 302.
    seen = answer(batch([10.0, 20.0], [0.0, 0.0]), actor, critic, 0.5)
    expect(
        "The targets for the rewards 10, 20 and next values 100, 302 with a discount of 0.5",
        seen,
        [60, 171],
        [
            ([110, 322], "The next value is multiplied by the discount."),
            ([50, 151], "The reward is missing."),
            ([55, 161], "The discount is for the next value alone, not for the reward."),
            ([363, 423.5], "Those are the values of the states: take batch.next_states."),
            ([60.5, 171], "The policy chooses the next action: not batch.actions."),
            ([10, 20], "Nothing was terminal here, so the next value counts: 1 − terminal."),
        ],
    )
    yield "reward plus discounted next value, with the policy's action"
    seen = answer(batch([10.0, 20.0], [0.0, 1.0]), actor, critic, 0.5)
    expect(
        "The targets, where the second transition is terminal",
        seen,
        [60, 20],
        [
            ([60, 171], "The target of a terminal transition still contains the next state's "
                        "value: multiply it by 1 − terminal."),
            ([10, 171], "The flag is the wrong way round: 1 − terminal."),
            ([60, 0], "The reward of a terminal transition counts: only its next value doesn't."),
        ],
    )  # fmt: skip
    yield "a terminal transition has no future"
    weight = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        targets = answer(
            batch([1.0], [0.0]), lambda s: weight * actor(s), lambda x: weight * critic(x), 0.5
        )
        total = tf.reduce_sum(targets)
    if tape.gradient(total, weight) is not None:
        wrong(
            "A gradient flows through the targets, so training would move the goal towards the "
            "critic: wrap the result in tf.stop_gradient."
        )
    yield "no gradient flows through them"


@check
def squared_error(answer):
    """The mean squared error, without broadcasting."""
    function("squared_error", answer)
    values, targets = tf.constant([[5.0], [5.0], [9.0]]), tf.constant([6.0, 2.0, 5.0])
    expect(
        "The error of the values 5, 5, 9 for the targets 6, 2, 5",
        answer(values, targets),
        26 / 3,
        [
            (94 / 9, "That is the mean of nine differences: a column and a row were broadcast to "
                     "a table."),
            (26, "That is the sum: the mean keeps the step's size apart from the batch's."),
            (np.sqrt(26 / 3), "That is its root."),
            (-2, "The differences are squared before the mean."),
            (8 / 3, "That is the mean absolute error."),
            (13 / 3, "There is no factor of one half."),
        ],
    )  # fmt: skip
    yield "a column of values and a row of targets"
    try:
        seen = answer(tf.constant([[4.0]]), tf.constant([6.0]))
    except ValueError:
        wrong(
            "A batch of one was refused: tf.squeeze without an axis drops the batch's axis too, if "
            "it is of length one. Name the axis."
        )
    expect("The error of a batch of one, 4 for 6", seen, 4)
    yield "a batch of one"
    for rows in (1, 2):
        try:
            answer(values, tf.ones(rows))
        except ValueError:
            continue
        except tf.errors.InvalidArgumentError:
            wrong("TensorFlow's own error came first: compare the shapes, and raise a ValueError.")
        wrong(
            f"3 values and {rows} targets were taken without a word: compare the shapes and raise "
            "a ValueError."
        )
    yield "shapes that don't fit are refused"


@check
def train_critic(answer):
    """One step down the slope of the mean squared error."""
    import keras

    function("train_critic", answer)
    tiny = tiny_critic(1.0)
    # The actions are 1 and 2, so the values are too; the targets 3 and 6 are missed by 2 and 4.
    loss = answer(
        tiny, keras.optimizers.SGD(0.1), batch([0.0, 0.0], [0.0, 0.0]), tf.constant([3.0, 6.0])
    )
    after = float(tiny.weight)
    expect(
        "The weight after a step of SGD with a rate of 0.1 from 1, where the gradient is −10",
        after,
        2,
        [
            (1, "It hasn't moved: apply the gradients to the critic's variables."),
            (0, "It went up the slope: an optimizer goes down by itself, so leave the sign."),
            (3, "The error was summed over the batch: take its mean."),
            (1.15, "The mean absolute error was used: square the differences."),
            (1.5, "There is no factor of one half."),
        ],
    )
    yield "it goes one step down the slope of the mean squared error"
    expect(
        "The loss of missing 3 by 2 and 6 by 4",
        loss,
        10,
        [
            (20, "That is the sum over the batch, not the mean."),
            (2.5, "That is the loss after the step: return the one that was differentiated."),
            (5, "There is no factor of one half."),
        ],
    )
    yield "it returns the loss before the step"
    made = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    real = keras.Model(
        inputs := [keras.Input((1,)), keras.Input((1,))],
        keras.ops.squeeze(made(keras.ops.add(*inputs)), -1),
    )
    optimizer, targets = keras.optimizers.Adam(0.1), tf.constant([3.0, 6.0, -1.0])
    losses = [
        float(numbers("The loss", answer(real, optimizer, batch([0] * 3, [0] * 3), targets)))
        for _ in range(20)
    ]
    if not losses[-1] < losses[0]:
        wrong(f"The loss of a network went from {losses[0]:.2f} to {losses[-1]:.2f} in 20 steps.")
    yield "a network learns by it"
