"""Answers to the exercises of chapter 6."""

import keras
import numpy as np
import tensorflow as tf

NAMESPACE = {"np": np, "tf": tf, "keras": keras}

HARD_BY_LISTS = """
def hard_update(online, target):
    target.set_weights(online.get_weights())
"""

HARD_BY_LAYERS = """
def hard_update(online, target):
    for mine, theirs in zip(online.layers, target.layers):
        theirs.set_weights(mine.get_weights())
"""

SOFT_BY_DIFFERENCE = """
def soft_update(online, target, tau=1e-3):
    for i in range(len(target.weights)):
        target.weights[i].assign_add(tau * (online.weights[i] - target.weights[i]))
"""

SOFT_BY_LISTS = """
def soft_update(online, target, tau=1e-3):
    pairs = zip(online.get_weights(), target.get_weights())
    target.set_weights([tau * new + (1 - tau) * old for new, old in pairs])
"""

SOFT_BY_NUMPY = """
def soft_update(online, target, tau=1e-3):
    for new, old in zip(online.weights, target.weights):
        old.assign(tau * new.numpy() + (1 - tau) * old.numpy())
"""

SOFT_BY_LAYERS = """
def soft_update(online, target, tau=1e-3):
    for mine, theirs in zip(online.layers, target.layers):
        for new, old in zip(mine.weights, theirs.weights):
            old.assign(old + tau * (new - old))
"""

LAG_BY_LOOP = """
def updates_to_follow(tau, part):
    left, count = 1.0, 0
    while left > 1 - part + 1e-12:
        left, count = left * (1 - tau), count + 1
    return count
"""

LAG_BY_RANGE = """
def updates_to_follow(tau, part):
    for count in range(1, 1001):
        if 1 - (1 - tau) ** count >= part - 1e-12:
            return count
"""

LAG_BY_LOG = """
import math

def updates_to_follow(tau, part):
    return math.ceil(math.log1p(-part) / math.log1p(-tau) - 1e-9) if tau < 1 else 1
"""

ASSIGN = "destination.assign(source)"
MIX = "tau * source + (1 - tau) * destination"
RATIO = "np.log(1 - part) / np.log(1 - tau)"

TRAINABLE = "zip(online.trainable_variables, target.trainable_variables)"
STAYED = (
    "A part stayed behind. All weights follow, the running statistics of a normalisation as well: "
    "they are in `.weights`, but not in `.trainable_variables`."
)
OTHER_WAY = "The copy went the other way: from `online` to `target`, and `online` is only read."
PAPERS = "The default of `tau` is 1e-3, as in the paper."

ANSWERS = {
    "hard_update": {
        "wrong": {
            OTHER_WAY: [
                (ASSIGN, "source.assign(destination)"),
                ("online.weights, target.weights", "target.weights, online.weights"),
            ],
            "Nothing was copied: a name was bound anew, but a variable changes by its method "
            "`assign`.": [(ASSIGN, "destination = source")],
            STAYED: [("zip(online.weights, target.weights)", TRAINABLE)],
            "The numbers were added to the old ones: copy them with `assign`.": [
                (ASSIGN, "destination.assign_add(source)")
            ],
            "": [
                (ASSIGN, "destination.assign(source / 2)"),
                ("online.weights, target.weights", "online.weights[:2], target.weights"),
                (ASSIGN, "destination.assign(0 * destination + np.mean(source))"),
            ],
        },
        "right": [HARD_BY_LISTS, HARD_BY_LAYERS],
    },
    "soft_update": {
        "wrong": {
            "The factors are swapped: `tau` belongs to the online weight, and 1 − `tau` to the "
            "target's own.": [(MIX, "(1 - tau) * source + tau * destination")],
            "That's a copy: only the part `tau` of the way should be gone.": [(MIX, "source")],
            "The target's own part is missing: (1 − `tau`) times what it was.": [
                (MIX, "tau * source")
            ],
            "The target's own weight counts only with 1 − `tau`.": [
                (MIX, "tau * source + destination")
            ],
            "It moves away from the online network: the difference is online − target.": [
                (MIX, "destination + tau * (destination - source)")
            ],
            "The wrong network moved: the target follows, and `online` is only read.": [
                ("destination.assign(", "source.assign(")
            ],
            "It didn't move: a name was bound anew, but a variable changes by its method "
            "`assign`.": [("destination.assign(", "destination = (")],
            STAYED: [("zip(online.weights, target.weights)", TRAINABLE)],
            "Every `tau` counts as it is given, 0 too.": [
                ("    for source", "    tau = tau or 1e-3\n    for source"),
            ],
            "`tau` isn't used: it is how far to go.": [
                (MIX, MIX.replace("tau", "1e-3")),
            ],
            PAPERS: [("tau=1e-3", "tau=5e-3"), ("tau=1e-3", "tau=0.01"), ("tau=1e-3", "tau=0.1")],
            "": [
                (MIX, "tau * np.mean(source) + (1 - tau) * destination"),
                ("online.weights, target.weights", "online.weights[:2], target.weights"),
                SOFT_BY_LISTS,
                SOFT_BY_NUMPY,
            ],
        },
        "right": [SOFT_BY_DIFFERENCE, SOFT_BY_LAYERS],
    },
    "updates_to_follow": {
        "wrong": {
            "The fraction is upside down: the part that is left stands above.": [
                (RATIO, "np.log(1 - tau) / np.log(1 - part)")
            ],
            "(1 − `tau`)ⁿ is what is left after n updates, so take the logarithm of 1 − `part` and "
            "of 1 − `tau`.": [
                (RATIO, "np.log(part) / np.log(tau)"),
                (RATIO, "np.log(part) / np.log(1 - tau)"),
                (RATIO, "np.log(1 - part) / np.log(tau)"),
            ],
            "Both logarithms are negative, so their ratio is positive.": [
                (RATIO, "-np.log(1 - part) / np.log(1 - tau)")
            ],
            "Round up: after one update fewer it isn't there yet.": [
                ("np.ceil", "np.floor"),
                ("np.ceil", "np.round"),
            ],
            "Round up to a whole number of updates.": [(f"int(np.ceil({RATIO} - 1e-9))", RATIO)],
            (
                "The ratio of two rounded logarithms can lie a hair above a whole number, and `ceil` "
                "then gives one too many.",
                "Take `1e-9` off before you round up.",
            ): [(" - 1e-9", "")],
            "Round up, and add nothing: where the ratio is a whole number, that is the answer.": [
                (f"int(np.ceil({RATIO} - 1e-9))", f"int({RATIO}) + 1")
            ],
            "With `tau` = 1 the first update goes all the way: one update.": [
                ("    if tau == 1:\n        return 1\n", ""),
                ("return 1\n", "return 0\n"),
            ],
            "Only a `tau` of exactly 1 is done at once: 0.95 leaves a twentieth.": [
                ("tau == 1", "tau > 0.9")
            ],
            "`tau` counts as it is, also where it is nearly 1.": [
                ("    if tau == 1:\n        return 1\n", "    tau = min(tau, 0.99)\n"),
            ],
            "A small `tau` takes thousands of updates: go on until the part is done.": [
                LAG_BY_LOOP.replace("+ 1e-12:", "+ 1e-12 and count < 1000:"),
                LAG_BY_RANGE,
            ],
            "−`tau` is near log(1 − `tau`) only for a small `tau`: take the logarithm.": [
                (RATIO, "-np.log(1 - part) / tau")
            ],
            "The steps get smaller: each goes a part of what is left, not of the whole way.": [
                (RATIO, "part / tau")
            ],
        },
        "right": [LAG_BY_LOOP, LAG_BY_LOG],
    },
}  # fmt: skip
