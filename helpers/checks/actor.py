"""The checks of chapter 5."""

import numpy as np
import tensorflow as tf

from helpers.checks import check, expect, function, numbers, wrong


class Line:
    """An actor of one weight, whose action is the weight times the state."""

    def __init__(self, weight):
        self.weight = tf.Variable(weight)
        self.trainable_variables = self.trainable_weights = self.weights = [self.weight]

    def __call__(self, states, training=False):
        return self.weight * tf.convert_to_tensor(states)


def hill(top):
    """A critic whose value is −(a − top)², with a weight that must stay as it is."""

    def critic(inputs, training=False):
        _, actions = inputs
        return -tf.square(tf.convert_to_tensor(actions)[:, 0] - top)

    return critic


def random_critic(state_size, action_size):
    """A small critic with random weights."""
    import keras

    inputs = [keras.Input((state_size,)), keras.Input((action_size,))]
    x = keras.layers.Dense(32, "relu")(keras.layers.Concatenate()(inputs))
    return keras.Model(inputs, keras.ops.squeeze(keras.layers.Dense(1)(x), -1))


def line_of(actor):
    """What an actor of Drift does in 61 states from −1.5 to 1.5."""
    return np.array(actor(np.linspace(-1.5, 1.5, 61, dtype=np.float32)[:, None]))[:, 0]


@check
def scale(answer):
    """From −1 … 1 to the bounds."""
    function("scale", answer)
    low, high = np.array([-2.0, 10.0]), np.array([2.0, 20.0])
    expect(
        "The middle of the bounds (−2, 10) and (2, 20)",
        answer(np.zeros(2), low, high),
        [0, 15],
        [
            ([-2, 10], "0 belongs on the middle, not on low."),
            ([0, 0], "The bounds need not lie around zero: add the middle."),
            ([0, 30], "The middle is half of the sum."),
            ([2, 5], "The middle is half of the sum, not of the difference."),
        ],
    )
    yield "0 goes to the middle"
    expect(
        "The actions for tanh = 1 and −1",
        answer(np.array([1.0, -1.0]), low, high),
        [2, 10],
        [
            ([4, 5], "From the middle to a bound it is half of the range."),
            ([2, 20], "The part below the middle is taken off, not added."),
            ([-2, 20], "It is turned round: 1 belongs on high."),
            ([20, -5], "Each number is scaled with its own bounds."),
        ],
    )
    yield "the ends go to the bounds"
    batch = np.array([[0.5, 0.5], [-0.5, -0.5]])
    expect("The actions of a batch", answer(batch, low, high), [[1, 17.5], [-1, 12.5]])
    yield "a batch works, too"


@check
def policy_gradients(answer):
    """The product of the two factors."""
    function("policy_gradients", answer)
    line, states = Line(1.0), tf.constant([[1.0], [2.0]])
    gradients = answer(line, hill(3.0), states)
    if gradients is None:
        wrong("policy_gradients returned None: return the list of gradients.")
    if not isinstance(gradients, list | tuple) or len(gradients) != 1:
        wrong(
            "There must be one gradient for each trainable variable, here one, in a list: "
            f"{gradients!r}."
        )
    if gradients[0] is None:
        wrong(
            "The gradient is None: the tape didn't see how the value comes from the actions. Did "
            "you watch them, and call the actor inside the first tape?"
        )
    expect(
        "The gradient from the paper",
        numbers("The gradient", gradients[0]),
        4,
        [
            (8, "It is the sum over the batch: the mean value is to be climbed."),
            (-4, "The sign is that of descent: these gradients are for ascent."),
            (-8, "The sum for descent: it is the mean that counts, upwards."),
            (1.5, "That is the second factor alone: multiply each action's gradient by ∇ₐQ with "
                  "output_gradients."),
            (3, "That is the second factor alone: multiply each action's gradient by ∇ₐQ with "
                "output_gradients."),
            (2, "The batch's mean was taken twice: the first factor has it already."),
        ],
    )  # fmt: skip
    yield "the product of the two factors, as the mean over the batch, upwards"
    actor = _network()
    critic, states = random_critic(3, 2), tf.random.stateless_normal((16, 3), (1, 2))
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(critic([states, actor(states)]))
    seen = answer(actor, critic, states)
    for variable, ours, right in zip(
        actor.trainable_variables, seen, tape.gradient(value, actor.trainable_variables)
    ):
        if not np.allclose(ours, right, atol=1e-5):
            wrong(
                f"For a network, the gradient of {variable.path} is not that of the mean value: "
                "are all of the actor's numbers and rows in it?"
            )
    yield "for a network with two actions, it is the mean value's gradient"


def _network():
    import keras

    return keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(2, "tanh")]
    )


@check
def train_actor(answer):
    """One step up."""
    import keras

    function("train_actor", answer)
    line, states = Line(1.0), tf.constant([[1.0], [2.0]])
    value = answer(line, hill(3.0), keras.optimizers.SGD(0.1), states)
    expect(
        "The weight after a step of SGD with a rate of 0.1 from 1, where the gradient is 4",
        float(line.weight),
        1.4,
        [
            (0.6, "It went down: an optimizer descends, so give it the negative gradient."),
            (1, "It hasn't moved: apply the gradients to the actor's variables."),
            (1.8, "The gradient was summed over the batch."),
        ],
    )
    yield "the weight goes up the slope"
    expect(
        "The mean value of the actions 1 and 2, where 3 is best",
        value,
        -2.5,
        [
            (-5, "That is the sum: return the mean."),
            (2.5, "The sign: return the value, not a loss."),
            (-1.3, "That is the value after the step."),
        ],
    )
    yield "it returns the mean value before the step"
    actor, critic = _network(), random_critic(3, 2)
    before = [weight.copy() for weight in critic.get_weights()]
    optimizer, states = keras.optimizers.Adam(0.01), tf.random.stateless_normal((16, 3), (1, 2))
    values = [float(answer(actor, critic, optimizer, states)) for _ in range(20)]
    if not all(map(np.array_equal, before, critic.get_weights())):
        wrong("The critic's weights changed: only the actor is trained here.")
    if not values[-1] > values[0]:
        wrong(f"In 20 steps the mean value went from {values[0]:.3f} to {values[-1]:.3f}.")
    yield "a network climbs by it, and the critic stays as it is"
