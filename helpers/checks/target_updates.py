"""The checks of chapter 6."""

import numpy as np

from helpers.checks import check, expect, function, wrong


def network(value, size=3):
    """A small network of two layers and a normalisation, with all its weights set to ``value``."""
    import keras

    made = keras.Sequential(
        [keras.Input((size,)), keras.layers.BatchNormalization(), keras.layers.Dense(2)]
    )
    for weight in made.weights:
        weight.assign(np.full(weight.shape, value))
    return made


def _weights(what, made, right, mistakes=()):
    """All weights of a network are ``right``; those that are trained are looked at first."""
    trained = [np.mean(weight) for weight in made.trainable_variables]
    expect(f"{what}, its trainable weights", trained, [right] * len(trained), mistakes)
    rest = [np.mean(weight) for weight in made.non_trainable_variables]
    if not np.allclose(rest, right):
        wrong(
            f"{what}: the trainable weights are right, but the running statistics of the "
            "normalisation stayed behind. They are in .weights, not in .trainable_variables."
        )


def _same(count, value):
    return [value] * count


@check
def hard_update(answer):
    """Copy every weight."""
    function("hard_update", answer)
    online, target = network(5.0), network(2.0)
    answer(online, target)
    _weights(
        "The online network, which was 5",
        online,
        5,
        [(_same(4, 2), "It was overwritten: the copy goes from online to target.")],
    )
    _weights(
        "The target, which was 2, after the copy from 5",
        target,
        5,
        [(_same(4, 2), "Nothing was copied: a variable is changed by its method assign.")],
    )
    yield "every weight is copied, from online to target"
    for weight in online.weights:
        weight.assign(np.full(weight.shape, 9.0))
    _weights(
        "The target, after the online network was changed to 9",
        target,
        5,
        [(_same(4, 9), "They share their variables: copy the values.")],
    )
    yield "afterwards they are two networks"


@check
def soft_update(answer):
    """Move every weight a part of the way."""
    function("soft_update", answer)
    online, target = network(10.0), network(2.0)
    answer(online, target, 0.25)
    _weights(
        "The online network, which was 10",
        online,
        10,
        [
            (_same(4, 4), "The target is to move, not the online network."),
            (_same(4, 8), "The target is to move, not the online network."),
        ],
    )
    _weights(
        "The target, a quarter of the way from 2 to 10",
        target,
        4,
        [
            (_same(4, 8), "The factors are swapped: tau belongs to the online weight."),
            (_same(4, 2), "It didn't move: destination.assign(…) changes a variable."),
            (_same(4, 10), "It was copied: only the part tau of the way is to be gone."),
            (_same(4, 2.5), "The online weight counts with tau, and the rest is the target's."),
            (_same(4, 4.5), "The target's own weight counts with 1 − tau only."),
            (_same(4, 0), "It moves towards online, not away: the difference is online − target."),
        ],
    )
    answer(online, target, 0.25)
    _weights("The target, after a second update", target, 5.5)
    yield "each weight goes the part tau of the way, again and again"
    answer(online, target, 0.0)
    _weights("The target, after an update with tau = 0", target, 5.5)
    answer(online, target, 1.0)
    _weights("The target, after an update with tau = 1", target, 10)
    yield "0 leaves it, 1 copies"
    online, target = network(1000.0), network(0.0)
    answer(online, target)
    _weights("The target after an update from 0 to 1000 with the default tau", target, 1,
             [(_same(4, 5), "The default of tau is 1e-3, the paper's.")])  # fmt: skip
    yield "the default is the paper's"


@check
def updates_to_follow(answer):
    """How many updates until a part of the way is done."""
    function("updates_to_follow", answer)
    seen = answer(0.5, 0.75)
    expect(
        "With tau = 0.5, updates for three quarters of the way",
        seen,
        2,
        [
            (3, "Half, then half of the rest: that is two. Is something added?"),
            (0.5, "The fraction is upside down."),
            (1, "(1 − tau)ⁿ is what is left, so log(1 − part) is divided by log(1 − tau)."),
            (-2, "Both logarithms are negative, so their ratio is positive."),
        ],
    )
    yield "two halves make three quarters"
    expect(
        "With tau = 0.01, updates for half of the way",
        answer(0.01, 0.5),
        69,
        [
            (68, "68.97 updates are needed: round up."),
            (68.9676, "Round it up: it is a number of updates."),
            (50, "The steps get smaller: each goes a part of what is left."),
            (70, "68.97 updates are needed: round up, and add nothing."),
        ],
    )
    if not isinstance(answer(0.01, 0.5), int | np.integer):
        wrong("A number of updates is an int: int(np.ceil(…)).")
    yield "it is rounded up to a whole number"
    with np.errstate(all="raise"):
        expect("With tau = 1, updates for nine tenths of the way", answer(1, 0.9), 1,
               [(0, "With tau = 1 the first update does it all: one update.")])  # fmt: skip
    yield "with tau = 1 it takes one"
