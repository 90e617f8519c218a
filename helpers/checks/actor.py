"""The checks of chapter 5."""

import numpy as np
import tensorflow as tf

from helpers.checks import check, expect, function, numbers, wrong
from helpers.checks.dqn import compiled


class Line:
    """An actor of one weight, whose action is the weight times the state."""

    def __init__(self, weight):
        self.weight = tf.Variable(weight, name="weight")
        self.trainable_variables = self.trainable_weights = self.weights = [self.weight]

    def __call__(self, states, training=False):
        return self.weight * tf.convert_to_tensor(states)


class Hill:
    """A critic of one weight, 1, whose value is −(a − top)² times the weight."""

    def __init__(self, top):
        self.top, self.weight = top, tf.Variable(1.0)
        self.trainable_variables = self.trainable_weights = self.weights = [self.weight]

    def __call__(self, inputs, *more, training=False):
        if more or not isinstance(inputs, list | tuple) or len(inputs) != 2:
            wrong("The critic takes one list of two things, critic([states, actions]).")
        _, actions = inputs
        return -self.weight * tf.square(tf.convert_to_tensor(actions)[:, 0] - self.top)


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
    low, high = np.float32([-2.5, 10]), np.float32([1, 20])
    whole = "Divide with /: // rounds down to a whole number."
    expect(
        "The middle of the bounds (−2.5, 10) and (1, 20)",
        _scaled(answer, [0, 0], low, high),
        [-0.75, 15],
        [
            ([-2.5, 10], "0 belongs on the middle, not on low."),
            ([0, 0], "The bounds need not lie around zero: add the middle."),
            ([-1.5, 30], "The middle is half of the sum."),
            ([1.75, 5], "The middle is half of the sum, not of the difference."),
            ([-1, 15], whole),
        ],
    )
    yield "0 goes to the middle"
    expect(
        "The actions for tanh = 1 and −1",
        _scaled(answer, [1, -1], low, high),
        [1, 10],
        [
            ([2.75, 5], "From the middle to a bound it is half of the range."),
            ([1, 20], "The part below the middle is taken off, not added."),
            ([-2.5, 20], "It is turned round: 1 belongs on high."),
            ([20, -5], "Each number is scaled with its own bounds."),
            ([0.25, 10], whole),
        ],
    )
    yield "the ends go to the bounds"
    batch = [[0.5, 0.5], [-0.5, -0.5]]
    seen = _scaled(answer, batch, low, high)
    expect("The actions of a batch", seen, [[0.125, 17.5], [-1.625, 12.5]])
    yield "a batch works, too"
    expect("The slopes of the actions, in a network", _slopes(answer, low, high), [[1.75, 5]])
    yield "so does a symbolic tensor in a network, and a gradient goes through it"


def _scaled(answer, squashed, low, high):
    """What the answer makes of them, and it only reads what it gets."""
    given = np.float32(squashed), low.copy(), high.copy()
    seen = answer(*given)
    for name, array, before in zip(("squashed", "low", "high"), given, (squashed, low, high)):
        if not np.array_equal(array, np.float32(before)):
            wrong(
                f"The array {name} that came in was changed: make a new one, a + b and not a += b."
            )
    return seen


def _slopes(answer, low, high):
    """How much the actions change with tanh, where the answer is a layer of a network."""
    import keras

    given = tf.constant([[0.5, -0.5]])
    compiled(lambda squashed: answer(squashed, low, high), given)
    squashed = keras.Input((2,))
    layer = keras.layers.Lambda(lambda x: answer(x, low, high))
    try:
        network = keras.Model(squashed, layer(squashed))
    except Exception:  # Keras says much about itself, and nothing about the cause
        wrong(
            "It works on arrays, but not in a Keras network, where how many rows there are isn't "
            "known when it is made: plain + − * / is enough."
        )
    with tf.GradientTape() as tape:
        tape.watch(given)
        total = tf.reduce_sum(network(given))
    slopes = tape.gradient(total, given)
    if slopes is None:
        wrong("No gradient goes through it, so an actor couldn't learn: use plain + − * /.")
    return slopes


NO_FACTOR = (
    "That is the second factor alone: either output_gradients is missing, or what you gave it is "
    "None. Was the action watched *before* the critic was called?"
)


@check
def policy_gradients(answer):
    """The product of the two factors."""
    function("policy_gradients", answer)
    line, critic, states = Line(1.0), Hill(3.0), tf.constant([[1.0], [2.0]])
    (gradient,) = _one_for_each([line.weight], answer(line, critic, states))
    expect(
        "The gradient worked out under 'On paper'",
        numbers("The gradient", gradient),
        4,
        [
            (8, "It is the sum over the batch: the mean value is to be climbed."),
            (-4, "The sign is that of descent: these gradients are for ascent."),
            (-8, "The sum for descent: it is the mean that counts, upwards."),
            (1.5, NO_FACTOR),
            (3, NO_FACTOR),
            (2, "The batch's mean was taken twice: the first factor has it already."),
            (-2.5, "That is the gradient by the critic's weight: it is the actor that climbs."),
        ],
    )
    _untouched(line, critic, [1.0])
    yield "the product of the two factors, as the mean over the batch, upwards"
    actor, critic, states = _networks()
    before = actor.get_weights()
    right = _slope(actor, critic, states)
    seen = _one_for_each(actor.trainable_variables, answer(actor, critic, states))
    for variable, ours, theirs in zip(actor.trainable_variables, seen, right):
        if not np.allclose(ours, theirs, atol=1e-5):
            wrong(
                f"For a network, the gradient of {variable.path} is not that of the mean value: "
                "are all of the actor's numbers and rows in it?"
            )
    _untouched(actor, critic, before)
    yield "for a network with two actions, it is the mean value's gradient"
    compiled(lambda states: answer(actor, critic, states), states)
    yield "it can be compiled"


def _one_for_each(variables, seen):
    """The list of gradients, one for each variable and of its shape."""
    if seen is None:
        wrong("policy_gradients returned None: return the list of gradients.")
    if not isinstance(seen, list | tuple):
        wrong(f"There must be one gradient for each trainable variable, in a list, not {seen!r}.")
    if any(isinstance(part, list | tuple) for part in seen):
        wrong(
            "Return the list of gradients alone: there is a list or a pair in it. The value isn't "
            "asked for, and an optimizer's pairs are made later."
        )
    if len(seen) != len(variables):
        wrong(
            f"There must be one gradient for each trainable variable, here {len(variables)}, in a "
            f"list, but there are {len(seen)}."
        )
    for variable, gradient in zip(variables, seen):
        if gradient is None:
            wrong(
                f"The gradient of {variable.name}, of the shape {tuple(variable.shape)}, is None: "
                "the tape didn't see how the value comes from it. Was the action watched, the "
                "actor called inside the first tape, and the gradient taken by the actor's "
                "variables?"
            )
        if np.shape(gradient) != tuple(variable.shape):
            wrong(
                f"The gradient of {variable.name} has the shape {np.shape(gradient)}, but the "
                f"variable {tuple(variable.shape)}: the gradients come in the order of "
                "actor.trainable_variables."
            )
    return seen


def _untouched(actor, critic, before):
    """Neither network was trained; the critic is none or a hill."""
    if not all(map(np.array_equal, actor.weights, before)):
        wrong("The actor's weights changed: policy_gradients only says where up is.")
    if isinstance(critic, Hill) and critic.weight != 1:
        wrong("The critic's weights changed: it is only asked here.")


def _networks():
    """An actor, a critic and states, the same each time."""
    import keras

    layers = [keras.Input((3,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(2, "tanh")]
    rng = np.random.default_rng(0)
    actor, critic = keras.Sequential(layers), random_critic(3, 2)
    for network in (actor, critic):
        network.set_weights([rng.normal(0, 0.5, weight.shape) for weight in network.weights])
    return actor, critic, tf.constant(rng.normal(size=(16, 3)), tf.float32)


def _slope(actor, critic, states):
    """The mean value's gradient by the actor's variables."""
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(critic([states, actor(states)]))
    return [np.array(part) for part in tape.gradient(value, actor.trainable_variables)]


@check
def train_actor(answer):
    """One step up."""
    import keras

    function("train_actor", answer)
    line, critic, states = Line(1.0), Hill(3.0), tf.constant([[1.0], [2.0]])
    optimizer = keras.optimizers.SGD(0.1)
    value = answer(line, critic, optimizer, states)
    twice = "applied twice" if int(optimizer.iterations) == 2 else "summed over the batch"
    expect(
        "The weight after a step of SGD with a rate of 0.1 from 1, where the gradient is 4",
        float(line.weight),
        1.4,
        [
            (0.6, "It went down: an optimizer descends, so give it the negative gradient."),
            (1, "It hasn't moved: apply the gradients to the actor's variables."),
            (1.8, f"The gradient was {twice}."),
            (1.2, "The batch's mean was taken twice: policy_gradients has it already."),
        ],
    )
    _by_this_optimizer(optimizer)
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
    actor, critic, states = _networks()
    before, kept, optimizer = actor.get_weights(), critic.get_weights(), keras.optimizers.SGD(0.1)
    slopes = _slope(actor, critic, states)
    answer(actor, critic, optimizer, states)
    for variable, old, slope in zip(actor.trainable_variables, before, slopes):
        up = old + 0.1 * slope
        if not np.allclose(variable, up, atol=1e-5):
            hint = ": is every variable given its own gradient?"
            if np.allclose(variable, old, atol=1e-5):
                hint = ", it hasn't moved: all of the actor's variables are trained."
            elif np.allclose(variable, old + 0.1 * abs(slope), atol=1e-5):
                hint = ": its gradient lost its sign, and up may mean a smaller weight."
            wrong(f"In a network, {variable.path} isn't where its gradient leads{hint}")
    if not all(map(np.array_equal, kept, critic.get_weights())):
        wrong("The critic's weights changed: only the actor is trained here.")
    _by_this_optimizer(optimizer)
    yield "a network climbs by it, and the critic stays as it is"
    compiled(lambda states: answer(actor, critic, optimizer, states), states)
    yield "it can be compiled"


def _by_this_optimizer(optimizer):
    """The optimizer, made with a rate of 0.1, took one step and is as it was."""
    if int(optimizer.iterations) != 1:
        wrong(
            f"The optimizer that came in took {int(optimizer.iterations)} steps instead of one: "
            "the step is taken with it, and with no other."
        )
    if not np.isclose(float(optimizer.learning_rate), 0.1):
        wrong("The optimizer's learning rate was changed: turn the gradients round instead.")
