"""The probes of chapter 5."""

import numpy as np
import tensorflow as tf

from helpers.checks import exercise
from helpers.checks.networks import deep_actor, deep_critic, dense, transitions


def random_critic(state_size, action_size):
    """A small critic with random weights."""
    import keras

    inputs = [keras.Input((state_size,)), keras.Input((action_size,))]
    x = keras.layers.Dense(32, "relu")(keras.layers.Concatenate()(inputs))
    return keras.Model(inputs, keras.ops.squeeze(keras.layers.Dense(1)(x), -1))


def line_of(actor):
    """The actions of an actor on Drift in 61 states from −1.5 to 1.5."""
    return np.array(actor(np.linspace(-1.5, 1.5, 61, dtype=np.float32)[:, None]))[:, 0]


@exercise
def scale(see, answer):
    """From −1 … 1 to the bounds."""
    low = see.given(np.float32([-2.5, 10]), -9, 9)
    high = low + see.given(np.float32([3.5, 10]), 1, 9)

    def ask(what, squashed, low=low, high=high):
        given = np.float32(squashed)
        why = {"why": "−1 should map to `low` and 1 to `high`, for each number of an action."}
        see.call(what, answer, why, squashed=given, low=low, high=high)

    ask("The action for tanh = 0, in the middle between (−2.5, 10) and (1, 20),", [0, 0])
    see.tick("0 maps to the middle")
    ask("The actions for tanh = 1 and −1", [1, -1])
    ask("The actions for tanh = −1 and 1", [-1, 1])
    see.tick("−1 and 1 map to the bounds")
    batch = see.given(np.float32([[0.5, 0.5], [-0.5, 0.25], [0.75, -1]]), -1, 1)
    ask("The actions of a batch of three", batch)
    ask("The action for tanh = 0.5 and the bounds −3 and 4", [0.5], np.array([-3]), np.array([4]))
    see.tick("a batch works as well")
    given = tf.constant(batch)
    see.note("The compiled actions",
             see.compiled("The compiled actions", answer, given, low, high))  # fmt: skip
    network = see.symbolic("In a network", lambda: _network(answer, low, high))
    with tf.GradientTape() as tape:
        tape.watch(given)
        total = tf.reduce_sum(network(given))
    see.gradient("The gradient of the actions by tanh, in a network", tape.gradient(total, given))
    see.tick("so does a placeholder in a network, and a gradient gets through")


def _network(answer, low, high):
    """A network whose last layer is the answer."""
    import keras

    layer = keras.layers.Lambda(lambda squashed: answer(squashed, low, high))
    squashed = keras.Input((2,))
    return keras.Model(squashed, layer(squashed))


def _on_paper(see):
    """The policy a = 1·s, the critic −(a − 3)², and the states 1 and 2."""
    import keras

    inputs = [keras.Input((1,), name=name) for name in ("states", "actions")]
    beside = keras.layers.Dense(1, name="critic_0")
    values = -keras.ops.square(beside(inputs[1]))
    critic = keras.Model(inputs, keras.ops.squeeze(values, axis=-1), name="critic")
    beside.set_weights([np.ones((1, 1)), np.array([see.given(-3.0, -4, -2)])])
    states = tf.constant(see.given(np.float32([[1], [2]]), 0.5, 2.5))
    return dense("actor", [[see.given(1.0, 0.5, 2)]]), critic, states


def _deep(see):
    return deep_actor(see), deep_critic(see), tf.constant(transitions(see, 5).states)


def _gradients(see, what, gradients):
    """Note a list of gradients, one for each trainable variable."""
    see.kind(f"Your result for the gradients {what}", gradients)
    if not isinstance(gradients, list | tuple):
        return
    see.note(f"The number of gradients {what}", len(gradients))
    for number, gradient in enumerate(gradients):
        see.gradient(f"The gradient {what}, by trainable variable {number},", gradient)


@exercise
def policy_gradients(see, answer):
    """The product of the two factors."""
    for what, tick, (actor, critic, states) in (
        ("worked out on paper", "the two factors are multiplied and averaged over the batch, "
         "upwards", _on_paper(see)),
        ("of a deep network", "it's the mean value's gradient for an action of two numbers as well",
         _deep(see)),
    ):  # fmt: skip
        made = see.run(f"The gradients {what}", answer, actor=actor, critic=critic, states=states)
        _gradients(see, what, made)
        see.tick(tick)

    def compiled(given):
        return answer(actor, critic, given)

    made = see.compiled("The compiled gradients", compiled, states)
    _gradients(see, "compiled", made)
    see.tick("it can be compiled")


@exercise
def train_actor(see, answer):
    """One step up."""
    import keras

    def step(what, actor, critic, optimizer, states):
        value = see.run("The step", answer,
                        actor=actor, critic=critic, optimizer=optimizer, states=states)  # fmt: skip
        see.steps(optimizer)
        see.note(
            "The optimizer's learning rate",
            float(optimizer.learning_rate),
            why="Change the sign of the gradients, and leave the learning rate as it is.",
        )
        see.note(f"The mean value before {what}", value)
        see.type("the mean value", value)
        see.weights(f"The actor after {what}", actor)

    actor, critic, states = _on_paper(see)
    step("a step from the actions 1 and 2, where 3 is best,", actor, critic,
         keras.optimizers.SGD(0.1), states)  # fmt: skip
    see.tick("the weight goes up, and the mean value from before the step comes back")
    actor, critic, states = _deep(see)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.5)
    optimizer.build(actor.trainable_variables)
    for count in ("a first", "a second"):
        step(f"{count} step of a deep network", actor, critic, optimizer, states)
    see.tick("a network climbs, and the critic stays as it is")

    def compiled(given):
        return answer(actor, critic, optimizer, given)

    see.note("The compiled mean value", see.compiled("A compiled step", compiled, states))
    see.weights("The actor after a compiled step", actor)
    see.tick("it can be compiled")
