"""Networks that probes hand to answers, small ones of Keras, and batches for them.

``see`` is the probe's ``Observer``.
"""

import numpy as np

from helpers.replay_memory import Batch


def dense(name, *kernels, frozen=None, squash=None):
    """A Keras network of layers with these kernels and no bias.

    Args:
        frozen: the index of a layer that isn't trained.
        squash: the activation of every layer.
    """
    import keras

    made = keras.Sequential([keras.Input((len(kernels[0]),))], name=name)
    for number, kernel in enumerate(kernels):
        layer = keras.layers.Dense(
            len(kernel[0]), squash, use_bias=False, name=f"{name}_{number}",
            trainable=number != frozen,
        )  # fmt: skip
        made.add(layer)
        layer.set_weights([np.array(kernel, np.float32)])
    return made


def critic(name, states, *kernels, frozen=None, squash=None):
    """A Keras critic of ``[states, actions]``, ``dense`` on both of them side by side.

    Args:
        states: numbers of a state.
    """
    import keras

    inputs = [
        keras.Input((size,), name=part)
        for part, size in (("states", states), ("actions", len(kernels[0]) - states))
    ]
    body = dense(f"{name}_body", *kernels, frozen=frozen, squash=squash)
    values = body(keras.ops.concatenate(inputs, axis=-1))
    return keras.Model(inputs, keras.ops.squeeze(values, axis=-1), name=name)


def targets(see, answer, batch, networks, tick):
    """Note the targets of a critic or a Q-network for a batch.

    Args:
        batch: four transitions, of which the second and the last are terminal.
        networks: by their names, as the answer takes them.
    """
    import tensorflow as tf

    def ask(what, batch, discount):
        see.call(what, answer, why, batch=batch, **networks, discount=discount)

    why = {"why": "A target is the reward, plus the discounted next value unless it's the end."}
    discount = see.given(0.5, 0.3, 0.7)
    ask("The targets where nothing is terminal",
        batch._replace(terminals=0 * batch.terminals), discount)  # fmt: skip
    see.tick(tick)
    ask("The targets where the second and the last transition are terminal", batch, discount)
    ask("The targets with a larger discount", batch, discount + 0.25)
    ask("The target of a batch of one", type(batch)(*(part[:1] for part in batch)), discount)
    see.tick("a terminal transition has no future")
    with tf.GradientTape(persistent=True) as tape:
        total = tf.reduce_sum(answer(batch, *networks.values(), discount))
    for name, network in networks.items():
        slope = tape.gradient(total, network.weights[0])
        see.gradient(f"The gradient through the targets, by the weights of `{name}`,", slope)
    see.tick("no gradient flows through them")
    made = see.compiled("The compiled targets", answer, batch, *networks.values(), discount)
    see.note("The compiled targets", made)
    see.type("the compiled targets", made)
    see.tick("they can be compiled")


def deep_critic(see, name="critic"):
    """A critic of three layers, the second frozen, for 3 numbers of a state and 2 of an action."""
    return critic(name, 3, *_kernels(see, 5, 1), frozen=1, squash="tanh")


def deep_actor(see, name="actor"):
    """An actor of three layers, the second frozen, from 3 numbers of a state to 2 of an action."""
    return dense(name, *_kernels(see, 3, 2), frozen=1, squash="tanh")


def _kernels(see, inputs, outputs):
    rng = np.random.default_rng(inputs)
    shapes = (inputs, 3), (3, 3), (3, outputs)
    return [see.given(rng.uniform(-1, 1, shape).round(1), -1, 1) for shape in shapes]


def transitions(see, rows):
    """A batch for the deep networks, with every second transition terminal."""
    rng = np.random.default_rng(rows)

    def numbers(*shape):
        return see.given(rng.uniform(-2, 2, shape).round(1).astype(np.float32), -2, 2)

    flags = np.arange(rows, dtype=np.float32) % 2
    return Batch(numbers(rows, 3), numbers(rows, 2), numbers(rows), numbers(rows, 3), flags)
