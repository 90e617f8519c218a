"""Answers to the exercises of chapter 5."""

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


MEAN_TIMES_SUM = """
def policy_gradients(actor, critic, states):
    with tf.GradientTape() as tape:
        actions = actor(states)
    with tf.GradientTape() as value_tape:
        value_tape.watch(actions)
        value = tf.reduce_mean(critic([states, actions]))
    slope = tf.reduce_mean(value_tape.gradient(value, actions))
    return [slope * part for part in tape.gradient(actions, actor.trainable_variables)]
"""

GRADIENTS_BY_ROWS = """
def policy_gradients(actor, critic, states):
    with tf.GradientTape() as tape:
        actions = actor(states)
        with tf.GradientTape() as inner:
            inner.watch(actions)
            values = critic([states, actions])
        slopes = tf.stop_gradient(inner.gradient(values, actions))
        weighted = tf.reduce_mean(tf.reduce_sum(slopes * actions, axis=1))
    return tape.gradient(weighted, actor.trainable_variables)
"""

LAST = "tape.gradient(actions, actor.trainable_variables, output_gradients=value_gradients)"
VALUE = "tf.reduce_mean(critic([states, actions]))"
APPLY = "    optimizer.apply_gradients(zip(descent, actor.trainable_variables))\n"
RESULT = "middle + half_range * squashed"

COMPILED = "Your code works as it is, but not compiled"
CHANGED_CRITIC = """    critic.trainable_variables[0].assign_add(tf.ones_like(critic.trainable_variables[0]))
"""
OWN_BOUNDS = "Each number of an action has its own bounds. Did you use one pair for all?"
ONE_LIST = "Call the critic with one list of two things: `critic([states, actions])`."
NO_FACTOR = (
    "That's only the second factor. Multiply each action's gradient by the first.",
    "Hand the first factor over as `output_gradients`. It is None if you didn't watch the actions "
    "*before* you called the critic.",
)

SLOPE_OF_STATES = """
def policy_gradients(actor, critic, states):
    with tf.GradientTape() as tape:
        actions = actor(states)
    with tf.GradientTape() as value_tape:
        value_tape.watch(states)
        value = tf.reduce_mean(critic([states, actor(states)]))
    slope = value_tape.gradient(value, states)
    slope = tf.reduce_sum(slope, axis=1, keepdims=True) * tf.ones_like(actions)
    return tape.gradient(actions, actor.trainable_variables, output_gradients=slope)
"""

ANSWERS = {
    "scale": {
        "wrong": {
            "The bounds needn't be centred on zero. Did you add the middle?": [("(low + high) / 2", "0")],
            "0 should map to the middle between the bounds, not to `low`.": [("(low + high) / 2", "low")],
            "0 should map to the middle between the bounds, not to `high`.": [("(low + high) / 2", "high")],
            "The middle is half of the bounds' sum.": [("(low + high) / 2", "low + high")],
            "The middle is half of the bounds' sum, not of their difference.": [
                ("(low + high) / 2", "(high - low) / 2"),
            ],
            "Python divides before it adds. Put brackets around the sum and the difference.": [
                ("(low + high) / 2", "low + high / 2"),
                ("(high - low) / 2", "high - low / 2"),
            ],
            "From the middle to a bound is only half of the range.": [("(high - low) / 2", "high - low")],
            "Negative numbers should end up below the middle. Did you take an absolute value?": [("* squashed", "* abs(squashed)")],
            "Upside down: 1 should map to `high`, −1 to `low`.": [
                ("middle + half", "middle - half"),
                ("(high - low) / 2", "(low - high) / 2"),
            ],
            "Multiply by half of the range, not by the bound itself.": [
                ("half_range * squashed", "high * squashed"),
            ],
            "Half of the range is half of the bounds' difference, not of their sum.": [
                ("(high - low) / 2", "(high + low) / 2"),
            ],
            "Is there a `return`": [("    return middle", "    middle")],
            "Divide with `/`. `//` rounds down to a whole number.": [
                ("(low + high) / 2", "(low + high) // 2"),
                ("(high - low) / 2", "(high - low) // 2"),
            ],
            "Your code changed its argument `squashed`": [SCALE_IN_PLACE],
            "Your code changed its argument `low`": [
                ("    middle =", "    low += 0.5\n    low -= 0.25\n    middle ="),
            ],
            ("While Keras builds a network, the number of rows isn't known yet.",
             "Plain + − * / is enough."): [
                ("half_range * squashed", "tf.ones(squashed.shape) * half_range * squashed"),
            ],
            COMPILED: [
                SCALE_BY_EMPTY,
                (RESULT, f"np.add({RESULT.replace(' +', ',')})"),
                (RESULT, f"np.clip({RESULT}, low, high)"),
                ("half_range * squashed", "half_range * np.array(squashed)"),
            ],
            ("No gradient gets through your scaling, so an actor couldn't learn.",
             "Plain + − * / is enough."): [
                ("half_range * squashed", "half_range * tf.stop_gradient(squashed)"),
            ],
            "`squashed` lies between −1 and 1 already, so it needs no second tanh.": [
                (RESULT, RESULT.replace("squashed", "np.tanh(squashed)")),
                (RESULT, RESULT.replace("squashed", "tf.tanh(squashed)")),
            ],
            "That scales numbers from 0 to 1. Here −1 should map to `low`.": [
                ("    return " + RESULT, "    return low + (high - low) * squashed"),
            ],
            OWN_BOUNDS: [
                ("(high - low) / 2", "(high - low)[0] / 2"),
                ("(low + high) / 2", "np.mean((low + high) / 2)"),
                ("(high - low) / 2", "np.max(high - low) / 2"),
                ("(high - low) / 2", "(high - low)[::-1] / 2"),
            ],
            "Stretch the range from −1 to 1 onto the bounds. Clipping only cuts off the rest.": [
                ("    return " + RESULT, "    return np.clip(squashed, low, high)"),
                ("    return " + RESULT, "    return tf.clip_by_value(squashed, low, high)"),
            ],
        },
        "right": [SCALE_FROM_LOW, SCALE_WEIGHTED],
    },
    "policy_gradients": {
        "wrong": {
            "That's the sum over the batch. We climb the mean value.": [
                (VALUE, VALUE.replace("mean", "sum")),
                (VALUE, "critic([states, actions])"),
            ],
            "These gradients point down. Return them for ascent.": [
                (VALUE, "-" + VALUE),
                (LAST, f"[-gradient for gradient in {LAST}]"),
            ],
            "That's the sum over the batch, pointing down. Return the mean's gradient, for ascent.": [
                (VALUE, "-" + VALUE.replace("mean", "sum")),
            ],
            NO_FACTOR: [
                (", output_gradients=value_gradients", ""),
                ("        value_tape.watch(actions)\n", ""),
                WATCHED_LATE,
            ],
            "That's only the first factor. Multiply the actor's gradient by it.": [
                (LAST, "[value_gradients]"),
            ],
            "You divided by the batch's size twice: the first factor contains the mean already.": [
                ("output_gradients=value_gradients",
                 "output_gradients=value_gradients / len(states)"),
                (LAST, f"[gradient / len(states) for gradient in {LAST}]"),
            ],
            "Multiply row by row, each action's gradient by its own slope, and sum only then.": [
                MEAN_TIMES_SUM,
                MEAN_TIMES_SUM.replace("reduce_mean(value_tape", "reduce_sum(value_tape"),
            ],
            "Take the gradient by `actor.trainable_variables`.": [
                (LAST, LAST.replace("actor.trainable_variables", "critic")),
                (LAST, LAST.replace("actor.trainable_variables", "actor")),
            ],
            "The actor climbs, not the critic. Take the gradient by the actor's variables.": [
                ("actor.trainable_variables", "critic.trainable_variables"),
                BY_CRITICS_WEIGHTS,
            ],
            "Is there a `return`": [("    return tape", "    tape")],
            ONE_LIST: [
                ("critic([states, actions])", "critic(states, actions)"),
                ("critic([states, actions])", "critic(states)"),
                ("critic([states, actions])", "critic(actions)"),
            ],
            "The critic takes the states first, then the actions.": [
                ("critic([states, actions])", "critic([actions, states])"),
            ],
            "Some gradients are missing. Return one for each of `actor.trainable_variables`.": [
                (LAST, LAST.replace("actor.trainable_variables", "actor.trainable_variables[:1]")),
                (LAST, LAST + "[:1]"),
            ],
            "Some of these weights are frozen. Take only `actor.trainable_variables`.": [
                ("actor.trainable_variables", "actor.weights"),
                ("actor.trainable_variables", "actor.variables"),
            ],
            "Return the gradients in the order of `actor.trainable_variables`.": [
                (LAST, LAST + "[::-1]"),
            ],
            "Return only the list of gradients. The pairs for an optimizer come later.": [
                (LAST, f"list(zip({LAST}, actor.trainable_variables))"),
            ],
            "Return only the list of gradients, without the value.": [
                (LAST, f"(value, {LAST})"),
                (LAST, f"({LAST}, value)"),
            ],
            "Return a list with one tensor for each of `actor.trainable_variables`.": [
                (LAST, LAST + "[0]"),
                (LAST, "value_gradients"),
                (LAST, f"zip({LAST}, actor.trainable_variables)"),
                (LAST, f"tf.concat([tf.reshape(part, -1) for part in {LAST}], 0)"),
            ],
            COMPILED: [
                (LAST, f"[gradient.numpy() for gradient in {LAST}]"),
                (LAST, LAST.replace("=value_gradients", "=value_gradients.numpy()")),
            ],
            "Your code changed its argument `actor`": [
                ("    return tape", "    actor.trainable_variables[0].assign_add("
                 "tf.ones(actor.trainable_variables[0].shape))\n    return tape"),
            ],
            "Your code changed its argument `critic`": [("    return tape", CHANGED_CRITIC + "    return tape")],
            ("No gradient flows from the actions back to the actor. The first tape must see you "
             "call the actor itself, not `predict`, and nothing may stop the gradient.",
             "Call `actor(states)` inside the first tape."): [
                ("actions = actor(states)", "actions = tf.stop_gradient(actor(states))"),
                ("actions = actor(states)",
                 "actions = tf.constant(actor.predict(states, verbose=0))"),
                ("    with tf.GradientTape() as tape:\n        actions = actor(states)\n",
                 "    actions = actor(states)\n    with tf.GradientTape() as tape:\n        pass\n"),
            ],
            "Compute the value with TensorFlow's operations, or the tape can't follow it.": [
                (VALUE, "np.mean(critic([states, actions]))"),
                (VALUE, VALUE + ".numpy()"),
            ],
            "Take the critic's slope by the actions, not by the states.": [
                SLOPE_OF_STATES,
            ],
            "Each number of an action has its own slope. Don't add them up.": [
                (LAST, LAST.replace("=value_gradients", "=tf.reduce_sum(value_gradients, axis=1, "
                 "keepdims=True) * tf.ones_like(actions)")),
            ],
            "Keep the size of the slope: a steep critic should pull more.": [
                ("output_gradients=value_gradients",
                 "output_gradients=tf.sign(value_gradients)"),
            ],
            "Keep the sign of the gradient: a weight may have to fall.": [
                (LAST, f"[tf.abs(gradient) for gradient in {LAST}]"),
            ],
        },
        "right": [GRADIENTS_DIRECT, GRADIENTS_PERSISTENT, GRADIENTS_BY_ROWS],
    },
    "train_actor": {
        "wrong": {
            ("The actor went down, because an optimizer descends by itself.", "Give it the negative gradients."): [
                ("[-gradient", "[gradient"),
                ("zip(descent", "zip(gradients"),
            ],
            "That's the mean value after the step. Compute it before.": [VALUE_AFTERWARDS],
            "`actor` is still as it was": [(APPLY, "")],
            "That's the sum of the values. Take their mean.": [("reduce_mean", "reduce_sum")],
            "That's a loss. Return the mean value, without the minus.": [("    return value", "    return -value")],
            "Is there a `return`": [("    return value", "")],
            "Use the gradients at the size that `policy_gradients` gives them, with no factor.": [
                ("[-gradient", "[-2 * gradient"),
                ("[-gradient", "[-0.5 * gradient"),
                ("[-gradient", "[-gradient / 2"),
                ("[-gradient", "[-gradient / len(states)"),
            ],
            ("`apply_gradients` takes pairs: a gradient first, then its variable.",
             "`zip(gradients, variables)` makes them."): [
                ("zip(descent, actor.trainable_variables)", "zip(descent, descent)"),
                ("zip(descent, actor.trainable_variables)", "descent, actor.trainable_variables"),
                ("zip(descent, actor.trainable_variables)", "descent"),
                ("zip(descent, actor.trainable_variables)", "zip(actor.trainable_variables, descent)"),
            ],
            "We train the actor, not the critic. Pair the gradients with the actor's variables.": [
                ("zip(descent, actor.trainable_variables)",
                 "zip(descent, critic.trainable_variables)"),
            ],
            "Call apply_gradients once": [(APPLY, 2 * APPLY)],
            "Keep the sign of the gradient: going up may take a smaller weight.": [
                ("[-gradient", "[-tf.abs(gradient)"),
            ],
            "Only some variables moved. Apply all gradients.": [
                (APPLY, APPLY.replace("zip(descent, actor.trainable_variables)",
                                      "list(zip(descent, actor.trainable_variables))[:1]")),
                (APPLY, APPLY.replace("zip(descent, actor.trainable_variables)",
                                      "list(zip(descent, actor.trainable_variables))[-1:]")),
            ],
            "Use the optimizer that is given.": [OWN_OPTIMIZER],
            "Change the sign of the gradients, and leave the learning rate as it is.": [NEGATIVE_RATE],
            COMPILED: [
                ("    return value", "    return value.numpy()"),
                ("tf.reduce_mean", "np.mean"),
            ],
            "Return the mean value as it is, a tensor.": [
                ("    return value", "    return float(value)"),
            ],
            "Return only the mean value.": [
                ("    return value", "    return gradients"),
                ("    return value", "    return value, gradients"),
                ("    return value", "    return actor"),
            ],
            "Your code changed its argument `critic`": [("    return value", CHANGED_CRITIC + "    return value")],
            "That's one value for each state. Take their mean.": [
                ("tf.reduce_mean(critic([states, actor(states)]))",
                 "critic([states, actor(states)])"),
            ],
            "Check the order: it's `policy_gradients(actor, critic, states)`, and the critic takes "
            "one list, `critic([states, actions])`.": [
                ("policy_gradients(actor, critic, states)", "policy_gradients(critic, actor, states)"),
                ("policy_gradients(actor, critic, states)", "policy_gradients(actor, states, critic)"),
                ("critic([states, actor(states)])", "critic(states, actor(states))"),
            ],
            "The critic takes the states first, then the actions.": [
                ("critic([states, actor(states)])", "critic([actor(states), states])"),
            ],
        },
        "right": [TRAIN_BY_LOSS, TRAIN_BY_APPLY],
    },
}  # fmt: skip
