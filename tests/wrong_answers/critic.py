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
    return float(loss)
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
MSE = "tf.reduce_mean(tf.square(targets - values))"
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
        ],
        "right": [TARGETS_BY_WHERE, TARGETS_BY_NUMPY],
    },
    "squared_error": {
        "wrong": [
            ("    values = tf.squeeze(values, axis=-1)\n" + GUARD, "", "broadcast to a table"),
            (GUARD, "", "were taken without a word"),
            ("axis=-1", "axis=None", "Name the axis"),
            ("reduce_mean", "reduce_sum", "That is the sum"),
            ("tf.square(", "tf.abs(", "mean absolute error"),
            ("tf.square(", "(", "squared before the mean"),
            ("tf.reduce_mean(tf.square(targets - values))",
             "tf.sqrt(tf.reduce_mean(tf.square(targets - values)))", "That is its root"),
            ("    return tf", "    return 0.5 * tf", "one half"),
        ],
        "right": [ERROR_BY_RESHAPE, ERROR_BY_COLUMN],
        "equivalent": {"sign: -1": "the last of two axes is axis 1"},
    },
    "train_critic": {
        "wrong": [
            (MSE, "-" + MSE, "up the slope"),
            ("", OUTSIDE_THE_TAPE, "stopped with ValueError"),
            ("", LOSS_AFTERWARDS, "after the step"),
            (MSE, MSE.replace("mean", "sum"), "summed over the batch"),
            (MSE, MSE.replace("square", "abs"), "mean absolute error"),
            (MSE, "0.5 * " + MSE, "one half"),
            ("    optimizer.apply_gradients(zip(gradients, critic.trainable_variables))\n", "",
             "hasn't moved"),
            ("zip(gradients", "zip([-g for g in gradients]", "up the slope"),
            ("    return loss", "", "is there a return"),
            (MSE, MSE.replace("values", "values[:, None]"), "instead of"),
        ],
        "right": [TRAIN_BY_KERAS_LOSS],
        "equivalent": {"constant: True": "only a normalisation asks whether it is trained"},
    },
}  # fmt: skip
