import keras
import numpy as np
import tensorflow as tf

from helpers.actor import policy_gradients

NAMESPACE = {"np": np, "tf": tf, "keras": keras, "policy_gradients": policy_gradients}

SCALE_FROM_LOW = """
def scale(squashed, low, high):
    return low + (squashed + 1) / 2 * (high - low)
"""

SCALE_WEIGHTED = """
def scale(squashed, low, high):
    return (high * (1 + squashed) + low * (1 - squashed)) / 2
"""

GRADIENTS_DIRECT = """
def policy_gradients(actor, critic, states):
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(critic([states, actor(states, training=True)]))
    return tape.gradient(value, actor.trainable_variables)
"""

GRADIENTS_PERSISTENT = """
def policy_gradients(actor, critic, states):
    with tf.GradientTape(persistent=True) as tape:
        actions = actor(states)
        value = tf.reduce_sum(critic([states, actions]))
    slope = tape.gradient(value, actions) / actions.shape[0]
    return tape.gradient(actions, actor.trainable_variables, slope)
"""

TRAIN_BY_LOSS = """
def train_actor(actor, critic, optimizer, states):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(critic([states, actor(states)]))
    gradients = tape.gradient(loss, actor.trainable_variables)
    optimizer.apply_gradients(zip(gradients, actor.trainable_variables))
    return -loss
"""

VALUE_AFTERWARDS = """
def train_actor(actor, critic, optimizer, states):
    descent = [-gradient for gradient in policy_gradients(actor, critic, states)]
    optimizer.apply_gradients(zip(descent, actor.trainable_variables))
    return tf.reduce_mean(critic([states, actor(states)]))
"""

LAST = "tape.gradient(actions, actor.trainable_variables, output_gradients=value_gradients)"
VALUE = "tf.reduce_mean(critic([states, actions]))"
APPLY = "    optimizer.apply_gradients(zip(descent, actor.trainable_variables))\n"

ANSWERS = {
    "scale": {
        "wrong": [
            ("(low + high) / 2", "0", "add the middle"),
            ("(low + high) / 2", "low", "not on low"),
            ("(low + high) / 2", "low + high", "half of the sum"),
            ("(low + high) / 2", "(high - low) / 2", "not of the difference"),
            ("(high - low) / 2", "high - low", "half of the range"),
            ("* squashed", "* abs(squashed)", "taken off, not added"),
            ("middle + half", "middle - half", "turned round"),
            ("half_range * squashed", "high * squashed", "instead of"),
            ("    return middle", "    middle", "is there a return"),
        ],
        "right": [SCALE_FROM_LOW, SCALE_WEIGHTED],
    },
    "policy_gradients": {
        "wrong": [
            (VALUE, VALUE.replace("mean", "sum"), "the sum over the batch"),
            (VALUE, "-" + VALUE, "that of descent"),
            (VALUE, "-" + VALUE.replace("mean", "sum"), "The sum for descent"),
            (", output_gradients=value_gradients", "", "the second factor alone"),
            ("        value_tape.watch(actions)\n", "", "second factor alone"),
            (LAST, "value_gradients", "one gradient for each"),
            ("output_gradients=value_gradients", "output_gradients=value_gradients / len(states)",
             "taken twice"),
            (LAST, "tape.gradient(actions, critic, output_gradients=value_gradients)",
             "stopped with TypeError"),
            ("    return tape", "    tape", "returned None"),
        ],
        "right": [GRADIENTS_DIRECT, GRADIENTS_PERSISTENT],
        "equivalent": {"constant: True": "only a normalisation asks whether it is trained"},
    },
    "train_actor": {
        "wrong": [
            ("[-gradient", "[gradient", "It went down"),
            ("", VALUE_AFTERWARDS, "after the step"),
            (APPLY, "", "hasn't moved"),
            ("reduce_mean", "reduce_sum", "return the mean"),
            ("    return value", "    return -value", "not a loss"),
            ("    return value", "", "is there a return"),
            ("[-gradient", "[-2 * gradient", "summed over the batch"),
            ("zip(descent, actor.trainable_variables)", "zip(descent, descent)", "stopped with"),
        ],
        "right": [TRAIN_BY_LOSS],
    },
}  # fmt: skip
