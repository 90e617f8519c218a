"""The probes of chapter 4."""

import numpy as np
import tensorflow as tf

from helpers.checks import exercise
from helpers.checks.networks import critic, deep_critic, dense, targets, transitions
from helpers.replay_memory import Batch


@exercise
def ddpg_targets(see, answer):
    """The targets: the numbers the critic should have said."""
    # A policy of three actions: the state, twice the state, and its negative.
    policy, values = [[1.0, 2, -1]], [[100.0], [1], [10], [-3]]
    networks = {
        "target_actor": dense("target_actor", see.given(policy, -2, 2)),
        "target_critic": critic("target_critic", 1, see.given(values, -20, 20)),
    }
    states = see.given(np.float32([[7], [8], [-9], [6]]), -9, 9)
    actions = see.given(np.float32([[1, 2, 5], [2, 3, -4], [3, 4, 2], [-4, 5, 3]]), -9, 9)
    rewards = see.given(np.float32([10.5, 20, -30, 40]), -40, 40)
    next_states = see.given(np.float32([[1], [-3], [2], [0.5]]), -5, 5)
    columns = states, actions, rewards, next_states, np.float32([0, 1, 0, 1])
    batch = Batch(*map(tf.constant, columns))  # Keras mixes no arrays with tensors
    targets(see, answer, batch, networks,
            "reward plus discounted next value, with the policy's action")  # fmt: skip


@exercise
def squared_error(see, answer):
    """The mean squared error, without broadcasting."""
    values = tf.constant(see.given(np.float32([[5], [5], [9]]), -9, 9))
    goals = tf.constant(see.given(np.float32([6, 2, 5]), -9, 9))
    with tf.GradientTape() as tape:
        tape.watch(values)
        error = answer(values, goals)
    why = "Compare each value with its own target, square the differences, and take their mean."
    see.note("The error of the column of values 5, 5, 9 for the targets 6, 2, 5", error, why=why)
    see.tick("a column of values and a row of targets")
    slope = tape.gradient(error, values) if tf.is_tensor(error) else None
    see.gradient("The gradient of the error by the values", slope)
    see.tick("it can be differentiated")
    one, several = see.given(4.5, -9, 9), see.given(np.float32([1, 2.5, -3, 4, 5.5]), -9, 9)
    see.call("The error of a batch of one", answer,
             values=tf.constant([[one]]), targets=tf.constant([6.0]))  # fmt: skip
    see.call("The error of a batch of five", answer,
             values=tf.constant(several[:, None]), targets=tf.constant(several[::-1]))  # fmt: skip
    see.tick("a batch of one")
    for rows, count in ((3, 1), (3, 2), (1, 3), (2, 3), (3, 4)):
        what = f"The outcome for values of the shape ({rows}, 1) and targets of ({count},)"
        outcome = _outcome(answer, tf.ones((rows, 1)), tf.ones(count))
        see.note(what, outcome, why="Refuse shapes that don't fit, with a `ValueError`.")
    see.tick("shapes that don't fit are refused")


def _outcome(answer, values, goals):
    try:
        back = answer(values, goals)
    except Exception as error:  # whatever it is, its kind is the outcome
        return f"the error {type(error).__name__}"
    returned = isinstance(back, Exception)
    return "an error that was returned" if returned else "a result without an error"


def _step(see, answer, what, network, optimizer, batch, goals):
    loss = see.run("The step", answer,
                   critic=network, optimizer=optimizer, batch=batch, targets=goals)  # fmt: skip
    see.steps(optimizer)
    see.note(f"The loss of {what}", loss)
    see.type("the loss", loss)
    why = "Take one optimizer step, with the gradients of the mean squared error as they are."
    see.weights(f"The critic after {what}", network, why=why)


@exercise
def train_critic(see, answer):
    """One step down the slope of the mean squared error."""
    import keras

    # The values are 2·1 + 3 = 5 and 2·2 + 1 = 5, so 3 is missed by 2 and 9 by −4.
    column = see.given(np.float32([[1], [2], [3], [1], [5], [7]]), -5, 5)
    batch = Batch(column[:2], column[2:4], np.float32([8, -8]), column[4:], np.float32([0, 1]))
    goals = tf.constant(see.given(np.float32([3, 9]), -9, 9))
    network = critic("critic", 1, see.given([[2.0], [1.0]], -2, 2))
    _step(see, answer, "a step from the values 5 and 5 to the targets 3 and 9", network,
          keras.optimizers.SGD(0.1), batch, goals)  # fmt: skip
    see.tick("it goes one step down the slope of the mean squared error, and returns the loss")
    network, optimizer = deep_critic(see), keras.optimizers.SGD(0.1, momentum=0.5)
    optimizer.build(network.trainable_variables)
    batch, goals = transitions(see, 5), tf.constant(see.given(np.float32([3, 6, -1, 2, 0]), -5, 5))
    for count in ("a first", "a second"):
        _step(see, answer, f"{count} step of a deep network", network, optimizer, batch, goals)
    see.tick("a network is trained by it, and what is frozen stays")

    def step(*given):
        return answer(network, optimizer, *given)

    see.note("The loss of a compiled step", see.compiled("A compiled step", step, batch, goals))
    see.weights("The critic after a compiled step", network)
    see.tick("it can be compiled")
