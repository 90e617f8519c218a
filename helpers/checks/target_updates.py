"""The checks of chapter 6."""

import numpy as np

from helpers.checks import check, expect, function, wrong
from helpers.checks.dqn import compiled


def network(value, step=0.0):
    """A small network of two layers and a normalisation, with all its weights set to ``value``.

    With a step, each number in them is the one before plus the step.
    """
    import keras

    layers = [keras.Input((3,)), keras.layers.BatchNormalization(), keras.layers.Dense(2)]
    made = keras.Sequential(layers)
    for weight in made.weights:
        size = np.prod(weight.shape)
        weight.assign(np.reshape(value + step * np.arange(size), weight.shape))
        value += step * size
    return made


def _pair():
    """Two networks, in which every number is another one, and their weights."""
    online, target = network(10.0, 1.0), network(2.0, -1.0)
    return online, target, online.get_weights(), target.get_weights()


def _weights(what, made, right, mistakes=()):
    """Each weight of a network is right; a mistake is a list of weights, and the hint for it."""
    for number, weight in enumerate(made.weights):
        hints = [(weights[number], hint) for weights, hint in mistakes]
        expect(f"{what}, its weight {weight.name}", weight, right[number], hints)


def _same(made, weights):
    return all(map(np.array_equal, made.get_weights(), weights))


STAYED = (
    "It stayed behind: every weight follows, the running statistics of a normalisation too. They "
    "are in .weights, not in .trainable_variables."
)


@check
def hard_update(answer):
    """Copy every weight."""
    function("hard_update", answer)
    online, target, new, old = _pair()
    answer(online, target)
    if not _same(online, new):
        wrong("The online network was overwritten: the copy goes from online to target.")
    if _same(target, old):
        wrong("Nothing was copied: a variable is changed by its method assign.")
    _weights("The target after the copy", target, new, [(old, STAYED)])
    yield "every weight is copied, from online to target"
    for weight in online.weights:
        weight.assign(weight + 9)
    _weights(
        "The target, after the online network was changed again",
        target,
        new,
        [(online.get_weights(), "They share their variables: copy the values.")],
    )
    yield "afterwards they are two networks"


@check
def soft_update(answer):
    """Move every weight a part of the way."""
    function("soft_update", answer)
    online, target, new, old = _pair()

    def mix(online_part, target_part):
        return [online_part * source + target_part * own for source, own in zip(new, old)]

    answer(online, target, 0.25)
    if not _same(online, new):
        wrong("The online network was changed. The target is to move; online is only read.")
    if _same(target, old):
        wrong("It didn't move: a variable is changed by its method assign.")
    _weights(
        "The target, a quarter of the way to the online network",
        target,
        mix(0.25, 0.75),
        [
            (mix(0.75, 0.25), "The factors are swapped: tau belongs to the online weight."),
            (old, STAYED),
            (new, "It was copied: only the part tau of the way is to be gone."),
            (mix(0.25, 0), "The online weight counts with tau, and the rest is the target's."),
            (mix(0.25, 1), "The target's own weight counts with 1 − tau only."),
            (mix(-0.25, 1.25), "It moves towards online, not away: the difference is online − "
                               "target."),
        ],
    )  # fmt: skip
    answer(online, target, 0.25)
    _weights("The target, after a second update", target, mix(0.4375, 0.5625))
    yield "each weight goes the part tau of the way, again and again"
    answer(online, target, 0.0)
    _weights("The target, after an update with tau = 0", target, mix(0.4375, 0.5625))
    answer(online, target, 1.0)
    _weights("The target, after an update with tau = 1", target, new)
    yield "0 leaves it, 1 copies"
    online, target = network(1000.0), network(0.0)
    answer(online, target)
    others = [network(1000 * tau).get_weights() for tau in (0.005, 0.01, 0.05, 0.1)]
    _weights("The target after an update from 0 to 1000 with the default tau", target,
             network(1.0).get_weights(),
             [(other, "The default of tau is 1e-3, the paper's.") for other in others])  # fmt: skip
    yield "the default is the paper's"
    online, target, *_ = _pair()
    compiled(lambda: answer(online, target, 0.25))
    _weights("The target after a compiled update", target, mix(0.25, 0.75))
    yield "it can be compiled"


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
            (3, "Half, then half of the rest: that is two. Is something added, or −tau taken for "
                "log(1 − tau)? The two are near each other for a small tau only."),
            (0.5, "The fraction is upside down."),
            (1, "(1 − tau)ⁿ is what is left, so log(1 − part) is divided by log(1 − tau)."),
            (-2, "Both logarithms are negative, so their ratio is positive."),
        ],
    )  # fmt: skip
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
    expect(
        "With tau = 0.005, updates for half of the way",
        answer(0.005, 0.5),
        139,
        [(138, "138.28 updates are needed: round up, not to the nearest.")],
    )
    yield "it is rounded up to a whole number"
    expect("With tau = 0.95, updates for 99 hundredths of the way", answer(0.95, 0.99), 2,
           [(1, "The first update goes 95 hundredths: only a tau of exactly 1 is done at once.")]
           )  # fmt: skip
    with np.errstate(all="ignore"):  # a logarithm of 0
        expect("With tau = 1, updates for nine tenths of the way", answer(1, 0.9), 1,
               [(0, "With tau = 1 the first update does it all: one update.")])  # fmt: skip
    yield "with tau = 1 it takes one"
