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

TRAIN_BY_APPLY = """
def train_actor(actor, critic, optimizer, states):
    value = tf.reduce_mean(critic([states, actor(states)]))
    upwards = policy_gradients(actor, critic, states)
    optimizer.apply([tf.negative(part) for part in upwards], actor.trainable_variables)
    return value
"""

SCALE_IN_PLACE = """
def scale(squashed, low, high):
    squashed *= (high - low) / 2
    squashed += (high + low) / 2
    return squashed
"""

SCALE_BY_EMPTY = """
def scale(squashed, low, high):
    actions = np.empty_like(squashed)
    actions[...] = low + (squashed + 1) / 2 * (high - low)
    return actions
"""

WATCHED_LATE = """
def policy_gradients(actor, critic, states):
    with tf.GradientTape() as tape:
        actions = actor(states)
    with tf.GradientTape() as value_tape:
        value = tf.reduce_mean(critic([states, actions]))
        value_tape.watch(actions)
    slopes = value_tape.gradient(value, actions)
    return tape.gradient(actions, actor.trainable_variables, output_gradients=slopes)
"""

BY_CRITICS_WEIGHTS = """
def policy_gradients(actor, critic, states):
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(critic([states, actor(states)]))
    return tape.gradient(value, critic.trainable_variables)
"""

OWN_OPTIMIZER = """
def train_actor(actor, critic, optimizer, states):
    value = tf.reduce_mean(critic([states, actor(states)]))
    descent = [-gradient for gradient in policy_gradients(actor, critic, states)]
    own = keras.optimizers.SGD(0.1)
    own.apply_gradients(zip(descent, actor.trainable_variables))
    return value
"""

NEGATIVE_RATE = """
def train_actor(actor, critic, optimizer, states):
    value = tf.reduce_mean(critic([states, actor(states)]))
    optimizer.learning_rate = -optimizer.learning_rate
    optimizer.apply_gradients(
        zip(policy_gradients(actor, critic, states), actor.trainable_variables)
    )
    return value
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
            ("(low + high) / 2", "(low + high) // 2", "Divide with /"),
            ("(high - low) / 2", "(high - low) // 2", "Divide with /"),
            ("", SCALE_IN_PLACE, "squashed that came in was changed"),
            ("", SCALE_BY_EMPTY, "compiled later"),
            ("middle + half_range * squashed", "np.add(middle, half_range * squashed)",
             "compiled later"),
            ("middle + half_range * squashed",
             "np.clip(middle + half_range * squashed, low, high)", "compiled later"),
            ("half_range * squashed", "half_range * np.array(squashed)",
             "compiled later"),
            ("half_range * squashed", "half_range * tf.stop_gradient(squashed)", "No gradient"),
            ("half_range * squashed", "tf.ones(squashed.shape) * half_range * squashed",
             "how many rows"),
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
             "stopped with"),
            ("    return tape", "    tape", "returned None"),
            ("", WATCHED_LATE, "watched *before* the critic"),
            ("actor.trainable_variables", "critic.trainable_variables", "by the actor's"),
            ("", BY_CRITICS_WEIGHTS, "by the critic's weight"),
            ("critic([states, actions])", "critic(states, actions)", "one list of two things"),
            ("critic([states, actions])", "critic(states)", "one list of two things"),
            (LAST, LAST.replace("actor.trainable_variables", "actor.trainable_variables[:1]"),
             "here 4"),
            (LAST, LAST + "[::-1]", "in the order of"),
            (LAST, f"list(zip({LAST}, actor.trainable_variables))", "list of gradients alone"),
            (LAST, f"value, {LAST}", "list of gradients alone"),
            (LAST, f"[g if len(g.shape) != 1 else None for g in {LAST}]", "is None"),
            (LAST, f"[g.numpy() for g in {LAST}]", "compiled later"),
            ("    return tape", "    actor.trainable_variables[0].assign_add("
             "tf.ones(actor.trainable_variables[0].shape))\n    return tape", "where up is"),
        ],
        "right": [GRADIENTS_DIRECT, GRADIENTS_PERSISTENT],
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
            (APPLY, 2 * APPLY, "applied twice"),
            ("[-gradient", "[-gradient / 2", "taken twice"),
            ("[-gradient", "[-tf.abs(gradient)", "lost its sign"),
            (APPLY, APPLY.replace("zip(descent, actor.trainable_variables)",
                                  "list(zip(descent, actor.trainable_variables))[:1]"),
             "hasn't moved"),
            (APPLY, APPLY.replace("zip(descent, actor.trainable_variables)",
                                  "list(zip(descent, actor.trainable_variables))[-1:]"),
             "hasn't moved"),
            ("", OWN_OPTIMIZER, "took 0 steps"),
            ("", NEGATIVE_RATE, "learning rate was changed"),
            ("    return value", "    return value.numpy()", "compiled later"),
            ("tf.reduce_mean", "np.mean", "compiled later"),
        ],
        "right": [TRAIN_BY_LOSS, TRAIN_BY_APPLY],
    },
}  # fmt: skip
