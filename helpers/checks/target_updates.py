"""The probes of chapter 6."""

import numpy as np

from helpers.checks import exercise

COUNT = 32  # numbers in the weights of the largest network, of four layers


def network(numbers, layers=2):
    """A network of layers of one size and a normalisation.

    Args:
        numbers: one for each weight or more, or a single one for all of them.
    """
    import keras

    hidden = [keras.layers.Dense(2) for _ in range(layers)]
    made = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.BatchNormalization()])
    sizes = np.cumsum([np.prod(weight.shape) for weight in made.weights])
    for weight, part in zip(made.weights, np.split(np.broadcast_to(numbers, COUNT), sizes)):
        weight.assign(part.reshape(weight.shape))
    return made


def _pair(see):
    """Two networks in which no two numbers are alike."""
    online = see.given(np.arange(10.1, 10 + COUNT), 10, 40)
    target = see.given(np.arange(2.0, 2 - COUNT, -1), -20, 2)
    layers = see.given(2, 3, 5)
    return network(online, layers), network(target, layers)


@exercise
def hard_update(see, answer):
    """Copy every weight."""
    online, target = _pair(see)
    see.run("The copy", answer, online=online, target=target)
    why = "Each weight should be copied to its own place in the target."
    see.weights("The target after the copy", target, why=why)
    see.tick("every weight is copied, from online to target")
    for weight in online.weights:
        weight.assign(weight + 9)
    why = "Copy the numbers: afterwards the networks should share no variable."
    see.weights("The target, after the online network was changed again", target, why=why)
    see.tick("afterwards they are still two networks")


@exercise
def soft_update(see, answer):
    """Move every weight a part of the way."""
    online, target = _pair(see)
    tau = see.given(0.25, 0.1, 0.4)
    see.run("The update", answer, online=online, target=target, tau=tau)
    why = "Each weight should become `tau` · online + (1 − `tau`) · target."
    see.weights(f"The target, after an update with tau = {tau:.3g}", target, why=why)
    see.run("The second update", answer, online=online, target=target, tau=tau)
    see.weights("The target, after a second update", target, why=why)
    see.tick("each weight goes the part tau of the way, at every update")
    for tau in (0.0, 1.0):
        answer(online, target, tau)
        see.weights(f"The target, after an update with tau = {tau:g}", target, why=why)
    see.tick("with tau = 0 nothing moves, with tau = 1 it copies")
    online, target = network(see.given(1.0, 0.5, 2)), network(0.0)
    answer(online, target)
    see.weights("The target, after an update with the default tau", target)
    see.tick("the default is the paper's 0.001")
    online, target = _pair(see)
    see.compiled("The compiled update", lambda: answer(online, target, 0.25))
    see.weights("The target, after a compiled update", target)
    see.tick("it can be compiled")


@exercise
def updates_to_follow(see, answer):
    """The number of updates until a part of the way is done."""

    def follow(tau, part):
        what = f"With tau = {tau:.4g}, the number of updates for the part {part:.4g} of the way"
        with np.errstate(all="ignore"):  # a logarithm of 0
            why = {"why": "It's the first whole n with 1 − (1 − `tau`)ⁿ ≥ `part`."}
            return see.call(what, answer, why, tau=tau, part=part)

    follow(0.5, 0.75)
    see.tick("two steps of a half make three quarters")
    count = follow(see.given(0.01, 0.004, 0.02), see.given(0.5, 0.4, 0.6))
    follow(see.given(0.005, 0.002, 0.009), see.given(0.5, 0.4, 0.6))
    see.type("a number of updates", int(count) if isinstance(count, np.integer) else count)
    see.tick("it is rounded up to a whole number")
    follow(0.25, 0.578125)
    see.tick("an exact whole number stays as it is")
    follow(see.given(0.3, 0.2, 0.4), 0.05)
    follow(see.given(0.95, 0.91, 0.98), see.given(0.99, 0.985, 0.995))
    follow(1e-4, see.given(0.5, 0.4, 0.6))
    follow(1, see.given(0.9999, 0.9995, 0.9999))
    follow(1.0, see.given(0.5, 0.2, 0.95))
    see.tick("with tau = 1 it takes one update")
