"""The checks of chapter 4."""

import numpy as np
import tensorflow as tf

from helpers.checks import check, expect, function, numbers, repaired, wrong
from helpers.checks.dqn import compiled, compiled_targets, only_read
from helpers.replay_memory import Batch


def batch(rewards, terminals):
    """A batch with these rewards and flags, from the states 7, 8, … to the states 1, −3, …."""
    column = np.arange(len(rewards), dtype=np.float32)[:, None]
    actions = np.hstack([column + 1, column + 2])
    return Batch(column + 7, actions, np.float32(rewards), 1 - 4 * column, np.float32(terminals))


def actor(states, training=False):
    """A policy with two actions: the state less one, and the state doubled."""
    states = tf.convert_to_tensor(states)
    return tf.concat([states - 1, 2 * states], axis=1)


def _states_and_actions(inputs, *more):
    if more or not isinstance(inputs, list | tuple) or len(inputs) != 2:
        wrong("The critic takes one list of two things, critic([states, actions]).")
    return [tf.convert_to_tensor(given) for given in inputs]


def critic(inputs, *more, training=False):
    """The value of a state and two actions: a hundred times the one, plus one and ten of them."""
    states, actions = _states_and_actions(inputs, *more)
    if actions.shape[1:] != (2,):
        wrong(
            f"The critic was asked about actions of the shape {tuple(actions.shape)}: give it "
            "all columns, as they come from the policy."
        )
    return 100 * states[:, 0] + actions[:, 0] + 10 * actions[:, 1]


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


class Linear:
    """A critic of two weights: one times the state plus the other times the action."""

    def __init__(self, *weights):
        self.weights = self.variables = [tf.Variable(weight) for weight in weights]
        self.trainable_variables = self.trainable_weights = self.weights

    def __call__(self, inputs, *more, training=False):
        columns = (given[:, 0] for given in _states_and_actions(inputs, *more))
        return tf.add_n([weight * column for weight, column in zip(self.weights, columns)])


@check
def ddpg_targets(answer):
    """What the critic should have said."""
    function("ddpg_targets", answer)
    # The next states are 1 and −3, and the actions there (0, 2) and (−4, −6).
    expect(
        "The targets for the rewards 10, 20 and next values 120, −364 with a discount of 0.5",
        only_read(answer, batch([10, 20], [0, 0]), actor, critic, 0.5),
        [70, -162],
        [
            ([130, -344], "The next value is multiplied by the discount."),
            ([60, -182], "The reward is missing."),
            ([65, -172], "The discount is for the next value alone, not for the reward."),
            ([433, 503.5], "Those are the values of the states: take batch.next_states."),
            ([133, -46.5], "The policy was asked in batch.states: take batch.next_states."),
            ([370, 388], "The critic was asked in batch.states: take batch.next_states."),
            ([70.5, -114], "The policy chooses the next action: not batch.actions."),
            ([10, 20], "Nothing was terminal here, so the next value counts: 1 − terminal."),
            ([70, 20], "Values may be negative: leave them as they are."),
            ([70, 202], "Values may be negative: leave them as they are."),
        ],
    )
    yield "reward plus discounted next value, with the policy's action"
    expect(
        "The targets, where the second transition is terminal",
        only_read(answer, batch([10, 20], [0, 1]), actor, critic, 0.5),
        [70, 20],
        [
            ([70, -162], "The target of a terminal transition still contains the next state's "
                         "value: multiply it by 1 − terminal."),
            ([10, -162], "The flag is the wrong way round: 1 − terminal."),
            ([70, 0], "The reward of a terminal transition counts: only its next value doesn't."),
        ],
    )  # fmt: skip
    yield "a terminal transition has no future"
    weight = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        networks = [lambda given, net=net, **_: weight * net(given) for net in (actor, critic)]
        total = tf.reduce_sum(answer(batch([1], [0]), *networks, 0.5))
    if tape.gradient(total, weight) is not None:
        wrong(
            "A gradient flows through the targets, so training would move the goal towards the "
            "critic: wrap the result in tf.stop_gradient."
        )
    yield "no gradient flows through them"
    given = batch([10, 20], [0, 1])
    compiled_targets(lambda tensors: answer(tensors, actor, critic, 0.5), given, [70, 20])
    yield "they can be compiled"


def _broadcasts(answer, values, targets):
    return np.allclose(answer(values, targets), 94 / 9) and answer(values, targets[:2]) is not None


@check
def squared_error(answer):
    """The mean squared error, without broadcasting."""
    function("squared_error", answer)
    values, targets = tf.constant([[5.0], [5.0], [9.0]]), tf.constant([6.0, 2.0, 5.0])
    repaired(
        lambda: _broadcasts(answer, values, targets),
        "The error of the values 5, 5, 9, a column, for the targets 6, 2, 5 was 10.44 instead of "
        "8.667. Two targets for three values were taken without a ValueError.",
    )
    with tf.GradientTape() as tape:
        tape.watch(values)
        try:
            error = answer(values, targets)
        except (ValueError, AssertionError) as refused:
            wrong(
                "Values of the shape (3, 1) and targets of the shape (3,) belong together, but "
                f"they were refused ({refused}): compare the shapes after the squeeze."
            )
    expect(
        "The error of the values 5, 5, 9 for the targets 6, 2, 5",
        error,
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
    slope = tape.gradient(error, values) if tf.is_tensor(error) else None
    if slope is None:
        wrong(
            "No gradient flows back to the values, so nothing is learned from this loss: leave "
            "tf.stop_gradient to the targets, and use TensorFlow's operations."
        )
    expect("Its slope by the values", slope, np.array([[-2], [6], [8]]) / 3)
    yield "it can be differentiated"
    try:
        seen = answer(tf.constant([[4.0]]), tf.constant([6.0]))
    except ValueError:
        wrong(
            "A batch of one was refused: tf.squeeze without an axis drops the batch's axis too, if "
            "it is of length one. Name the axis."
        )
    expect("The error of a batch of one, 4 for 6", seen, 4)
    yield "a batch of one"
    for rows, count in ((3, 1), (3, 2), (1, 3), (2, 3), (3, 4)):
        _refused(answer, rows, count)
    yield "shapes that don't fit are refused"


def _refused(answer, rows, count):
    what = f"Values of the shape ({rows}, 1) and targets of the shape ({count},)"
    try:
        answer(tf.ones((rows, 1)), tf.ones(count))
    except ValueError:
        return
    except tf.errors.InvalidArgumentError:
        wrong(f"{what}: TensorFlow's own error came first. Compare shapes, and raise a ValueError.")
    except AssertionError:
        wrong(f"{what}: an AssertionError was raised, but a ValueError is asked for, with raise.")
    wrong(f"{what} were taken without a word: compare the shapes and raise a ValueError.")


def _step(answer, *given):
    """What one step of learning returns; what stops it is explained."""
    try:
        return answer(*given)
    except (ValueError, AttributeError, TypeError, tf.errors.InvalidArgumentError) as error:
        if "squeeze" in str(error):
            wrong(
                "The critic's values are of the shape (B,) already: there is nothing to squeeze, "
                "and squared_error of exercise 2 doesn't fit here."
            )
        if "No gradients provided" in str(error) or "'_id'" in str(error):
            wrong(
                "There is no gradient: compute the critic's values and the loss inside the tape, "
                "with TensorFlow's operations."
            )
        raise


@check
def train_critic(answer):
    """One step down the slope of the mean squared error."""
    import keras

    function("train_critic", answer)
    linear, optimizer = Linear(2.0, 1.0), keras.optimizers.SGD(0.1)
    column = np.float32([[1], [2], [3], [1], [5], [7]])
    given = Batch(column[:2], column[2:4], np.zeros(2, np.float32), column[4:], np.float32([0, 1]))
    # The values are 2·1 + 3 = 5 and 2·2 + 1 = 5, so 3 is missed by 2 and 9 by −4.
    loss = _step(answer, linear, optimizer, given, tf.constant([3.0, 9.0]))
    if (steps := int(optimizer.iterations)) > 1:
        wrong(f"The optimizer took {steps} steps: call apply_gradients once, with all pairs.")
    expect(
        "The weights after a step of SGD with a rate of 0.1 from 2, 1, where the gradient is −6, 2",
        [float(weight) for weight in linear.weights],
        [2.6, 0.8],
        [
            ([2, 1], "It hasn't moved: apply the gradients to the critic's variables."),
            ([2.6, 1], "The second didn't move: apply the gradients to all variables."),
            ([2, 0.8], "The first didn't move: apply the gradients to all variables."),
            ([1.4, 1.2], "It went up the slope: an optimizer goes down by itself, so leave the "
                         "sign."),
            ([3.2, 0.6], "The error was summed over the batch: take its mean."),
            ([2.05, 0.9], "The mean absolute error was used: square the differences."),
            ([2.3, 0.9], "There is no factor of one half."),
            ([2.3, 1.4], "Every target was compared with every value: a column and a row were "
                         "broadcast to a table. The values are of the shape (B,), leave it."),
            ([-7.2, -2.6], "The critic was asked about batch.next_states: take batch.states."),
            ([1.3, 1.6], "The critic takes [states, actions], in this order."),
            ([1.8, 0.4], "The terminal flag is in the targets already: leave the values whole."),
        ],
    )  # fmt: skip
    yield "it goes one step down the slope of the mean squared error"
    expect(
        "The loss of missing 3 by 2 and 9 by −4",
        loss,
        10,
        [
            (20, "That is the sum over the batch, not the mean."),
            (6.5, "That is the loss after the step: return the one that was differentiated."),
            (5, "There is no factor of one half."),
        ],
    )
    yield "it returns the loss before the step"
    inputs = [keras.Input((1,)), keras.Input((2,))]
    values = keras.layers.Dense(1)(keras.ops.concatenate(inputs, axis=-1))
    model = keras.Model(inputs, keras.ops.squeeze(values, axis=-1))
    optimizer = keras.optimizers.Adam(0.1)
    optimizer.build(model.trainable_variables)

    def steps(batch, targets):
        return [answer(model, optimizer, batch, targets) for _ in range(10)]

    losses = compiled(steps, batch([0] * 3, [0] * 3), np.float32([3, 6, -1]))
    losses = numbers("The losses", losses, (10,))
    if not losses[-1] < losses[0]:
        wrong(f"The loss of a network went from {losses[0]:.2f} to {losses[-1]:.2f} in 10 steps.")
    yield "compiled, a network learns by it"
