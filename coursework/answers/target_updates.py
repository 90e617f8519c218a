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
    "Some weights stayed as they were: the running statistics of the normalisation. They are in "
    "`.weights`, but not in `.trainable_variables`."
)
OTHER_WAY = "You changed `online`. Copy the other way: read from `online` and assign to `target`."
PAPERS = "The default of `tau` should be 1e-3, as in the paper."

ANSWERS = {
    "hard_update": {
        "wrong": {
            OTHER_WAY: [
                (ASSIGN, "source.assign(destination)"),
                ("online.weights, target.weights", "target.weights, online.weights"),
            ],
            "`target` didn't change. An `=` only gives the name a new object: change the variable "
            "with its method `assign`.": [(ASSIGN, "destination = source")],
            STAYED: [("zip(online.weights, target.weights)", TRAINABLE)],
            "The weights of `online` were added to the old ones. Replace them with `assign`.": [
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
            "The two factors are swapped: `tau` belongs to the online weight, and 1 − `tau` to the "
            "target's own.": [(MIX, "(1 - tau) * source + tau * destination")],
            "That's a full copy. The target should go only the part `tau` of the way.": [(MIX, "source")],
            "The target's own part is missing: add (1 − `tau`) times its old weight.": [
                (MIX, "tau * source")
            ],
            "The target's own weight counts in full. Multiply it by 1 − `tau`.": [
                (MIX, "tau * source + destination")
            ],
            "The target moves away from the online network. The difference should be online − target.": [
                (MIX, "destination + tau * (destination - source)")
            ],
            "You changed `online`. The target should move, and `online` stay as it is.": [
                ("destination.assign(", "source.assign(")
            ],
            "The target didn't move. An `=` only gives the name a new object: change the variable "
            "with its method `assign`.": [("destination.assign(", "destination = (")],
            STAYED: [("zip(online.weights, target.weights)", TRAINABLE)],
            "With `tau` = 0 the target should stay where it is. Use `tau` as it is given.": [
                ("    for source", "    tau = tau or 1e-3\n    for source"),
            ],
            "It always moves by the same part. Use the `tau` that you are given.": [
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
            "The fraction is upside down: log(1 − `part`) belongs on top.": [
                (RATIO, "np.log(1 - tau) / np.log(1 - part)")
            ],
            "Those are the wrong logarithms. After n updates (1 − `tau`)ⁿ of the way is left, so "
            "take the logarithms of 1 − `part` and 1 − `tau`.": [
                (RATIO, "np.log(part) / np.log(tau)"),
                (RATIO, "np.log(part) / np.log(1 - tau)"),
                (RATIO, "np.log(1 - part) / np.log(tau)"),
            ],
            "The number of updates came out negative. Both logarithms are negative, so their ratio "
            "needs no minus sign.": [
                (RATIO, "-np.log(1 - part) / np.log(1 - tau)")
            ],
            "That's too few: the target isn't there yet. Round up.": [
                ("np.ceil", "np.floor"),
                ("np.ceil", "np.round"),
            ],
            "That isn't a whole number of updates. Round up.": [(f"int(np.ceil({RATIO} - 1e-9))", RATIO)],
            (
                "That's one update too many. The ratio of two rounded logarithms can lie a hair above "
                "a whole number, and `ceil` then goes up to the next.",
                "Take `1e-9` off before you round up.",
            ): [(" - 1e-9", "")],
            "That's one update too many where the ratio is a whole number. Round up instead of adding "
            "1.": [
                (f"int(np.ceil({RATIO} - 1e-9))", f"int({RATIO}) + 1")
            ],
            "With `tau` = 1 the first update goes all the way, so return 1.": [
                ("    if tau == 1:\n        return 1\n", ""),
                ("return 1\n", "return 0\n"),
            ],
            "Only a `tau` of exactly 1 goes all the way at once. For example, 0.95 leaves a twentieth.": [
                ("tau == 1", "tau > 0.9")
            ],
            "With `tau` = 1 it takes one update. Use `tau` as it is, even where it's nearly 1.": [
                ("    if tau == 1:\n        return 1\n", "    tau = min(tau, 0.99)\n"),
            ],
            "Your loop stops too early. A small `tau` takes thousands of updates.": [
                LAG_BY_LOOP.replace("+ 1e-12:", "+ 1e-12 and count < 1000:"),
                LAG_BY_RANGE,
            ],
            "−`tau` is close to log(1 − `tau`) only if `tau` is small. Take the logarithm itself.": [
                (RATIO, "-np.log(1 - part) / tau")
            ],
            "That's right only if all steps are equal. Each goes a part of what is left, so they get "
            "smaller.": [
                (RATIO, "part / tau")
            ],
        },
        "right": [LAG_BY_LOOP, LAG_BY_LOG],
    },
}  # fmt: skip
