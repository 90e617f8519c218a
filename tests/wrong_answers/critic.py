import numpy as np
import tensorflow as tf

NAMESPACE = {"np": np, "tf": tf}

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

Y = "batch.rewards + discount * (1 - batch.terminals) * next_values"
APPLY = "    optimizer.apply_gradients(zip(gradients, critic.trainable_variables))\n"
MSE = "tf.reduce_mean(tf.square(targets - values))"
SQUEEZE = "    values = tf.squeeze(values, axis=-1)\n"
GUARD = """    if values.shape != targets.shape:
        raise ValueError(f"{values.shape} values for {targets.shape} targets")
"""

ANSWERS = {
    "ddpg_targets": {
        "wrong": [
            (Y, "batch.rewards + discount * next_values", "still contains the next state's value"),
            (Y, "batch.rewards + (1 - batch.terminals) * next_values", "by the discount"),
            (Y, "(1 - batch.terminals) * (batch.rewards + discount * next_values)",
             "The reward of a terminal transition counts"),
            (Y, "discount * (1 - batch.terminals) * next_values", "The reward is missing"),
            (Y, "discount * (batch.rewards + (1 - batch.terminals) * next_values)",
             "for the next value alone"),
            (Y, "batch.rewards + discount * batch.terminals * next_values", "1 − terminal"),
            ("tf.stop_gradient", "", "A gradient flows through the targets"),
            ("target_actor(batch.next_states)", "batch.actions", "The policy chooses"),
            ("batch.next_states", "batch.states", "take batch.next_states"),
            (Y, Y.replace("next_values", "next_values[:, None]"), "of the shape (2, 2)"),
            ("    return tf", "    tf", "is there a return"),
            (Y, Y.replace("next_values", "tf.nn.relu(next_values)"), "Values may be negative"),
            (Y, Y.replace("next_values", "tf.abs(next_values)"), "Values may be negative"),
            ("target_actor(batch.next_states)", "target_actor(batch.next_states)[:, :1]",
             "all columns"),
            ("target_actor(batch.next_states)", "target_actor(batch.states)", "policy was asked"),
            ("[batch.next_states", "[batch.states", "critic was asked in batch.states"),
            ("[batch.next_states, next_actions]", "batch.next_states, next_actions", "one list"),
            ("", TARGETS_IN_PLACE, "batch.rewards was changed"),
            ("", TARGETS_BY_NUMPY, "inside tf.function"),
            ("tf.stop_gradient(targets)", "targets.numpy()", "inside tf.function"),
            (Y, f"tf.cast({Y}, tf.float64)", "leave them float32"),
        ],
        "right": [TARGETS_BY_WHERE, TARGETS_IN_INFERENCE],
    },
    "squared_error": {
        "wrong": [
            (SQUEEZE + GUARD, "    if len(values) != len(targets):\n        raise ValueError\n",
             "broadcast to a table"),
            (SQUEEZE + GUARD, "", "what the code to repair does"),
            (GUARD, "", "were taken without a word"),
            ("axis=-1", "axis=None", "Name the axis"),
            ("reduce_mean", "reduce_sum", "That is the sum"),
            ("tf.square(", "tf.abs(", "mean absolute error"),
            ("tf.square(", "(", "squared before the mean"),
            ("tf.reduce_mean(tf.square(targets - values))",
             "tf.sqrt(tf.reduce_mean(tf.square(targets - values)))", "That is its root"),
            ("    return tf", "    return 0.5 * tf", "one half"),
            ("targets - values))", "targets - tf.stop_gradient(values)))",
             "No gradient flows back"),
            ("values.shape != targets.shape", "values.shape[0] > targets.shape[0]",
             "(1, 1) and targets of the shape (3,) were taken"),
            ("values.shape != targets.shape", "values.shape[0] < targets.shape[0]",
             "(3, 1) and targets of the shape (1,) were taken"),
            ("", ERROR_GUARDED_FIRST, "compare the shapes after the squeeze"),
            ("    values = tf", "    assert values.shape == targets.shape\n    values = tf",
             "compare the shapes after the squeeze"),
            (GUARD, "    assert values.shape == targets.shape\n", "a ValueError is asked for"),
            ("", ERROR_OF_A_SCALAR, "Values of the shape (1, 1) and targets of the shape (3,)"),
        ],
        "right": [ERROR_BY_RESHAPE, ERROR_BY_COLUMN],
        "equivalent": {"sign: -1": "the last of two axes is axis 1"},
    },
    "train_critic": {
        "wrong": [
            (MSE, "-" + MSE, "up the slope"),
            ("", OUTSIDE_THE_TAPE, "inside the tape"),
            ("", LOSS_AFTERWARDS, "after the step"),
            (MSE, MSE.replace("mean", "sum"), "summed over the batch"),
            (MSE, MSE.replace("square", "abs"), "mean absolute error"),
            (MSE, "0.5 * " + MSE, "one half"),
            ("    optimizer.apply_gradients(zip(gradients, critic.trainable_variables))\n", "",
             "hasn't moved"),
            ("zip(gradients", "zip([-g for g in gradients]", "up the slope"),
            ("    return loss", "", "is there a return"),
            (MSE, MSE.replace("values", "values[:, None]"), "were broadcast to a table"),
            ("batch.states, batch.actions", "batch.next_states, batch.actions",
             "take batch.states"),
            ("batch.states, batch.actions", "batch.actions, batch.states", "in this order"),
            (MSE, MSE.replace("values", "values * (1 - batch.terminals)"),
             "leave the values whole"),
            (MSE, MSE.replace("(targets - values)", "((targets - values) * (1 - batch.terminals))"),
             "leave the values whole"),
            (APPLY, APPLY.replace("zip", "list(zip").replace("))", "))[:1])"), "all variables"),
            (APPLY, 2 * APPLY, "took 2 steps"),
            ("targets - values)", "targets - tf.squeeze(values, axis=-1))", "nothing to squeeze"),
            ("batch.actions])", "batch.actions]).numpy()", "inside the tape"),
            (MSE, f"{MSE}.numpy()", "inside the tape"),
            (MSE, "np.mean((targets - values) ** 2)", "inside the tape"),
            ("[batch.states, batch.actions]", "batch.states, batch.actions", "one list"),
            ("    return loss", "    return loss.numpy()", "inside tf.function"),
            ("    return loss", "    return float(loss)", "inside tf.function"),
        ],
        "right": [TRAIN_BY_KERAS_LOSS, TRAIN_BY_SQUARED_ERROR],
    },
}  # fmt: skip
