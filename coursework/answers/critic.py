"""Answers to the exercises of chapter 4."""

import keras
import numpy as np
import tensorflow as tf

from coursework.answers.targets import NO_PREDICT, ONE_FOR_EACH, TARGETS, Y

NAMESPACE = {"np": np, "tf": tf, "keras": keras}

TARGETS_BY_WHERE = """
def ddpg_targets(batch, target_actor, target_critic, discount):
    values = target_critic([batch.next_states, target_actor(batch.next_states)])
    future = tf.where(batch.terminals > 0, 0.0, discount * values)
    return tf.stop_gradient(future + batch.rewards)
"""

TARGETS_BY_NUMPY = """
def ddpg_targets(batch, target_actor, target_critic, discount):
    values = np.array(target_critic([batch.next_states, target_actor(batch.next_states)]))
    values[batch.terminals == 1] = 0
    return batch.rewards + discount * values
"""

TARGETS_IN_PLACE = """
def ddpg_targets(batch, target_actor, target_critic, discount):
    values = target_critic([batch.next_states, target_actor(batch.next_states)])
    targets = batch.rewards
    targets += (discount * (1 - batch.terminals) * values).numpy()
    return tf.stop_gradient(targets)
"""

TARGETS_IN_INFERENCE = """
def ddpg_targets(batch, target_actor, target_critic, discount):
    actions = target_actor(batch.next_states, training=False)
    values = target_critic([batch.next_states, actions], training=False)
    return batch.rewards + tf.stop_gradient((1.0 - batch.terminals) * discount * values)
"""

ERROR_GUARDED_FIRST = """
def squared_error(values, targets):
    if values.shape != targets.shape:
        raise ValueError("x")
    return tf.reduce_mean(tf.square(targets - tf.squeeze(values, axis=-1)))
"""

ERROR_OF_A_SCALAR = """
def squared_error(values, targets):
    values = tf.squeeze(values)
    if values.shape.rank and values.shape != targets.shape:
        raise ValueError("x")
    return tf.reduce_mean(tf.square(targets - values))
"""

ERROR_BY_RESHAPE = """
def squared_error(values, targets):
    if len(values) != len(targets):
        raise ValueError("lengths")
    return tf.reduce_mean((tf.reshape(values, [-1]) - targets) ** 2)
"""

ERROR_BY_COLUMN = """
def squared_error(values, targets):
    targets = targets[:, None]
    if targets.shape != values.shape:
        raise ValueError(f"{targets.shape} and {values.shape}")
    return tf.reduce_mean(tf.math.squared_difference(values, targets))
"""

TRAIN_BY_KERAS_LOSS = """
def train_critic(critic, optimizer, batch, targets):
    with tf.GradientTape() as tape:
        error = critic([batch.states, batch.actions]) - targets
        loss = tf.reduce_sum(error * error) / error.shape[0]
    weights = critic.trainable_weights
    optimizer.apply_gradients(list(zip(tape.gradient(loss, weights), weights)))
    return loss
"""

TRAIN_BY_SQUARED_ERROR = """
def squared_error(values, targets):
    values = tf.squeeze(values, axis=-1)
    if values.shape != targets.shape:
        raise ValueError(f"{values.shape} values for {targets.shape} targets")
    return tf.reduce_mean(tf.square(targets - values))


def train_critic(critic, optimizer, batch, targets):
    with tf.GradientTape() as tape:
        loss = squared_error(critic([batch.states, batch.actions])[:, None], targets)
    weights = critic.trainable_variables
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss
"""

LOSS_AFTERWARDS = """
def train_critic(critic, optimizer, batch, targets):
    def error():
        return tf.reduce_mean((targets - critic([batch.states, batch.actions])) ** 2)
    with tf.GradientTape() as tape:
        loss = error()
    gradients = tape.gradient(loss, critic.trainable_variables)
    optimizer.apply_gradients(zip(gradients, critic.trainable_variables))
    return error()
"""

OUTSIDE_THE_TAPE = """
def train_critic(critic, optimizer, batch, targets):
    values = critic([batch.states, batch.actions])
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(targets - values))
    gradients = tape.gradient(loss, critic.trainable_variables)
    optimizer.apply_gradients(zip(gradients, critic.trainable_variables))
    return loss
"""


STEP_TWICE = """
def train_critic(critic, optimizer, batch, targets):
    for _ in range(2):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(targets - critic([batch.states, batch.actions])))
        gradients = tape.gradient(loss, critic.trainable_variables)
        optimizer.apply_gradients(zip(gradients, critic.trainable_variables))
    return loss
"""

STEP_BY_HAND = """
def train_critic(critic, optimizer, batch, targets):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(targets - critic([batch.states, batch.actions])))
    gradients = tape.gradient(loss, critic.trainable_variables)
    for gradient, variable in zip(gradients, critic.trainable_variables):
        variable.assign_sub(0.1 * gradient)
    return loss
"""

OWN_OPTIMIZER = """
def train_critic(critic, optimizer, batch, targets):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(targets - critic([batch.states, batch.actions])))
    gradients = tape.gradient(loss, critic.trainable_variables)
    keras.optimizers.SGD(0.1).apply_gradients(zip(gradients, critic.trainable_variables))
    return loss
"""

ERROR_BY_FIRST_COLUMN = """
def squared_error(values, targets):
    if tf.shape(values)[0] != tf.shape(targets)[0]:
        raise ValueError("Values and targets have different lengths.")
    return tf.reduce_mean(tf.square(values[:, 0] - targets))
"""

TRAIN_BY_CONTEXT = """
def train_critic(critic, optimizer, batch, targets):
    variables = critic.trainable_variables
    with tf.GradientTape() as tape:
        error = tf.math.squared_difference(critic((batch.states, batch.actions)), targets)
        loss = tf.reduce_mean(error, axis=0)
    slopes = tape.gradient(loss, variables)
    optimizer.apply_gradients([(slope, variable) for slope, variable in zip(slopes, variables)])
    return loss
"""

ERROR_BY_ASSERT_SHAPES = """
def squared_error(values, targets):
    tf.debugging.assert_shapes([(values, ("B", 1)), (targets, ("B",))])
    return tf.reduce_mean(tf.square(targets - values[:, 0]))
"""

APPLY = "    optimizer.apply_gradients(zip(gradients, critic.trainable_variables))\n"
MSE = "tf.reduce_mean(tf.square(targets - values))"
SQUEEZE = "    values = tf.squeeze(values, axis=-1)\n"
GUARD = """    if values.shape != targets.shape:
        raise ValueError(f"{values.shape} values for {targets.shape} targets")
"""

COMPILED = "Your code works as it is, but not compiled"
ONE_LIST = "Give the critic one list with both: `critic([states, actions])`."
SWAPPED = "The critic takes the states first, then the actions."
INSIDE = (
    "No gradient arrives. Compute values and loss inside the tape, with TensorFlow's operations."
)
NO_COLUMN = "The critic's values have the shape (B,) already, so there's no column to squeeze."
WHOLE = "The terminal flag is in the targets already, so leave the values as they are."

ANSWERS = {
    "ddpg_targets": {
        "wrong": {
            **TARGETS,
            "The next state's value is missing. Add it, discounted.": [(Y, "batch.rewards")],
            "You took the values in `batch.states`. The future begins in `batch.next_states`.": [
                ("batch.next_states", "batch.states"),
            ],
            "You asked the policy about `batch.states`. The next action is taken in "
            "`batch.next_states`.": [
                ("target_actor(batch.next_states)", "target_actor(batch.states)"),
            ],
            "You asked the critic about `batch.states`. The future begins in "
            "`batch.next_states`.": [("[batch.next_states", "[batch.states")],
            "`batch.actions` holds the actions before. Ask `target_actor` for the next ones.": [
                ("target_actor(batch.next_states)", "batch.actions"),
            ],
            SWAPPED: [
                ("[batch.next_states, next_actions]", "[next_actions, batch.next_states]"),
            ],
            ONE_LIST: [
                ("[batch.next_states, next_actions]", "batch.next_states, next_actions"),
                ("[batch.next_states, next_actions]", "batch.next_states"),
                ("[batch.next_states, next_actions]", "next_actions"),
            ],
            "The critic needs every number of an action, not only the first.": [
                ("target_actor(batch.next_states)", "target_actor(batch.next_states)[:, :1]"),
                ("target_actor(batch.next_states)", "target_actor(batch.next_states)[:, 0]"),
            ],
            "The critic gives one value for each action already, so there's no maximum to take.": [
                ("target_critic([batch.next_states, next_actions])",
                 "tf.reduce_max(target_critic([batch.next_states, next_actions]))"),
                ("target_critic([batch.next_states, next_actions])",
                 "tf.reduce_max(target_critic([batch.next_states, next_actions]), axis=1)"),
            ],
            NO_PREDICT: [
                ("target_critic([batch.next_states, next_actions])",
                 "target_critic.predict([batch.next_states, next_actions], verbose=0)"),
                TARGETS_IN_PLACE,
                ("tf.stop_gradient(targets)", "targets.numpy()"),
                ("target_actor(batch.next_states)",
                 "target_actor.predict(batch.next_states, verbose=0)"),
            ],
            "each is paired with every other": [
                (Y, Y.replace("next_values", "next_values[:, None]")),
            ],
            "Your result has an axis of length 1 at the end": [
                ("tf.stop_gradient(targets)", "tf.stop_gradient(targets)[:, None]"),
            ],
            COMPILED: [TARGETS_BY_NUMPY],
            "Wrap the result in `tf.stop_gradient`": [
                ("tf.stop_gradient", ""),
                ("    return tf.stop_gradient(targets)",
                 "    tf.stop_gradient(targets)\n    return targets"),
            ],
            ONE_FOR_EACH: [
                ("tf.stop_gradient(targets)", "tf.reduce_mean(tf.stop_gradient(targets))"),
                ("tf.stop_gradient(targets)", "tf.reduce_sum(tf.stop_gradient(targets))"),
            ],
        },
        "right": [TARGETS_BY_WHERE, TARGETS_IN_INFERENCE],
    },
    "squared_error": {
        "wrong": {
            "That's the mean of a whole table: the column and the row were broadcast. Squeeze first.": [
                (SQUEEZE + GUARD, "    if len(values) != len(targets):\n        raise ValueError\n"),
            ],
            ("Values and targets of different lengths must be refused.",
             "Compare `values.shape` with `targets.shape` before anything is subtracted."): [
                (GUARD, ""),
                (GUARD, GUARD.replace("raise ValueError", "print")),
            ],
            ("A batch of one lost its batch axis, because that has length one as well.",
             "Name the axis: `tf.squeeze(values, axis=-1)`."): [
                ("axis=-1", "axis=None"), (", axis=-1", ""), ERROR_OF_A_SCALAR,
            ],
            "That's the sum. Take the mean, so that a larger batch doesn't make a larger step.": [
                ("reduce_mean", "reduce_sum"),
            ],
            "That's the mean absolute error: square the differences.": [("tf.square(", "tf.abs(")],
            "Square the differences before you take the mean.": [
                ("tf.square(", "("),
                (MSE, "tf.square(tf.reduce_mean(targets - values))"),
            ],
            "Square the difference, not each side: (a − b)² isn't a² − b².": [
                (MSE, "tf.reduce_mean(tf.square(targets) - tf.square(values))"),
            ],
            "You added the two. Subtract them.": [("targets - values", "targets + values")],
            "That's the root of the mean squared error. Leave the root out.": [(MSE, f"tf.sqrt({MSE})")],
            "That's half of the mean squared error. Leave the factor out.": [("    return tf", "    return 0.5 * tf")],
            "A loss is one number: take the mean over the batch.": [
                (MSE, "tf.square(targets - values)"),
            ],
            "The sign is wrong: a squared error is never negative.": [(MSE, "-" + MSE)],
            ("No gradient reaches the values, so this loss can't teach them anything.",
             "`tf.stop_gradient` is for targets only, and NumPy has no gradients: use TensorFlow's "
             "operations."): [
                ("targets - values))", "targets - tf.stop_gradient(values)))"),
                (MSE, "np.mean((targets - values) ** 2)"),
                (MSE, MSE + ".numpy()"),
                (MSE, f"float({MSE})"),
            ],
            "Refuse shapes that don't fit, whichever of the two has more rows.": [
                ("values.shape != targets.shape", "values.shape[0] > targets.shape[0]"),
                ("values.shape != targets.shape", "values.shape[0] < targets.shape[0]"),
            ],
            ("You refused a column and a row of the same length, which do fit.",
             "Compare the shapes after the squeeze."): [
                ERROR_GUARDED_FIRST,
                ("    values = tf", "    assert values.shape == targets.shape\n    values = tf"),
            ],
            "Is there a `return`": [("    return tf", "    tf")],
            "It should be a `ValueError`. Compare the shapes, and raise it yourself.": [
                (GUARD, "    assert values.shape == targets.shape\n"),
                (GUARD, GUARD.replace("ValueError", "TypeError")),
                (GUARD, "    tf.debugging.assert_equal(values.shape[0], targets.shape[0])\n"),
                (SQUEEZE + GUARD, "    values = tf.reshape(values, targets.shape)\n"),
            ],
            "It raises an error where the shapes fit. Is the comparison the wrong way round?": [
                ("values.shape != targets.shape", "values.shape == targets.shape"),
            ],
            "You returned the error. Raise it.": [(GUARD, GUARD.replace("raise", "return"))],
        },
        "right": [ERROR_BY_RESHAPE, ERROR_BY_COLUMN, ERROR_BY_FIRST_COLUMN, ERROR_BY_ASSERT_SHAPES],
        "equivalent": {"sign: -1": "the last of two axes is axis 1"},
    },
    "train_critic": {
        "wrong": {
            "The step went uphill. An optimizer goes downhill by itself, so you need no minus.": [
                (MSE, "-" + MSE),
                ("zip(gradients", "zip([-g for g in gradients]"),
            ],
            INSIDE: [
                OUTSIDE_THE_TAPE,
                ("batch.actions])", "batch.actions]).numpy()"),
                (MSE, f"{MSE}.numpy()"),
                (MSE, "np.mean((targets - values) ** 2)"),
                (MSE, MSE.replace("values", "tf.stop_gradient(values)")),
                ("        loss = " + MSE, "        pass\n    loss = " + MSE),
            ],
            "That's the loss after the step. Return the one you differentiated.": [
                LOSS_AFTERWARDS,
            ],
            "You summed the error over the batch. Take its mean.": [
                (MSE, MSE.replace("mean", "sum")),
            ],
            "That's the mean absolute error: square the differences.": [
                (MSE, MSE.replace("square", "abs")),
            ],
            "Square the differences before you take the mean.": [
                (MSE, "tf.square(tf.reduce_mean(targets - values))"),
            ],
            "The differences aren't squared.": [(MSE, "tf.reduce_mean(targets - values)")],
            "You added the two. Subtract them.": [(MSE, MSE.replace("-", "+"))],
            "That's the root of the mean squared error. Leave the root out.": [
                (MSE, f"tf.sqrt({MSE})"),
            ],
            "That's half of the mean squared error. Leave the factor out.": [(MSE, "0.5 * " + MSE), (MSE, MSE + " / 2")],
            "`critic` is still as it was": [
                (APPLY, ""),
                (APPLY, APPLY.replace("gradients, critic", "[0 * g for g in gradients], critic")),
            ],
            "Only some variables moved. Apply all gradients.": [
                (APPLY, APPLY.replace("zip", "list(zip").replace("))", "))[:1])")),
                (APPLY, APPLY.replace("zip", "list(zip").replace("))", "))[-1:])")),
            ],
            "Frozen weights should stay as they are: take `critic.trainable_variables`.": [
                ("critic.trainable_variables", "critic.weights"),
            ],
            "Use the optimizer that is given.": [OWN_OPTIMIZER, STEP_BY_HAND],
            "Call apply_gradients once": [(APPLY, 2 * APPLY), STEP_TWICE],
            "Is there a `return`": [("    return loss", "")],
            "A column and a row were broadcast to a table. Both have the shape (B,) already, so "
            "add no axis.": [(MSE, MSE.replace("values", "values[:, None]")),
                    (MSE, MSE.replace("targets", "targets[:, None]"))],
            "You trained the values of `batch.next_states`. Train those of `batch.states`.": [
                ("batch.states, batch.actions", "batch.next_states, batch.actions"),
            ],
            SWAPPED: [("batch.states, batch.actions", "batch.actions, batch.states")],
            ONE_LIST: [
                ("[batch.states, batch.actions]", "batch.states, batch.actions"),
                ("[batch.states, batch.actions]", "batch.states"),
            ],
            WHOLE: [
                (MSE, MSE.replace("values", "values * (1 - batch.terminals)")),
                (MSE, MSE.replace("(targets - values)",
                                  "((targets - values) * (1 - batch.terminals))")),
            ],
            "Move the critic towards `targets`, which contain the rewards already.": [
                (MSE, MSE.replace("targets", "batch.rewards")),
                (MSE, MSE.replace("targets", "batch.rewards + targets")),
            ],
            NO_COLUMN: [
                ("targets - values)", "targets - tf.squeeze(values, axis=-1))"),
                ("targets - values)", "targets - values[:, 0])"),
            ],
            COMPILED: [
                ("    return loss", "    return loss.numpy()"),
            ],
            "Return the loss as it is: a tensor.": [("    return loss", "    return float(loss)")],
            "`apply_gradients` takes pairs of a gradient and its variable. `zip` makes them.": [
                ("zip(gradients, critic.trainable_variables)",
                 "gradients, critic.trainable_variables"),
                ("zip(gradients, critic.trainable_variables)", "gradients"),
            ],
            "Return the loss, and nothing else.": [
                ("    return loss", "    return gradients"),
                ("    return loss", "    return critic"),
                ("    return loss", "    return values"),
            ],
        },
        "right": [TRAIN_BY_KERAS_LOSS, TRAIN_BY_SQUARED_ERROR, TRAIN_BY_CONTEXT],
    },
}  # fmt: skip
