import numpy as np

NAMESPACE = {"np": np}

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

LAG_BY_LOG = """
import math

def updates_to_follow(tau, part):
    return math.ceil(math.log1p(-part) / math.log1p(-tau)) if tau < 1 else 1
"""

ASSIGN = "destination.assign(source)"
MIX = "tau * source + (1 - tau) * destination"
RATIO = "np.log(1 - part) / np.log(1 - tau)"

ANSWERS = {
    "hard_update": {
        "wrong": [
            (ASSIGN, "source.assign(destination)", "from online to target"),
            (ASSIGN, "destination = source", "Nothing was copied"),
            (ASSIGN, "destination.assign(source / 2)", "instead of"),
            (ASSIGN, "destination.assign_add(source)", "instead of"),
            ("zip(online.weights, target.weights)",
             "zip(online.trainable_variables, target.trainable_variables)", "stayed behind"),
            ("online.weights, target.weights", "online.weights[:2], target.weights", "instead of"),
            ("online.weights, target.weights", "target.weights, online.weights",
             "from online to target"),
            (ASSIGN, "destination.assign(0 * destination + np.mean(source))", "instead of"),
        ],
        "right": [HARD_BY_LISTS, HARD_BY_LAYERS],
    },
    "soft_update": {
        "wrong": [
            (MIX, "(1 - tau) * source + tau * destination", "The factors are swapped"),
            (MIX, "source", "It was copied"),
            (MIX, "tau * source", "the rest is the target's"),
            (MIX, "tau * source + destination", "counts with 1 − tau only"),
            (MIX, "destination + tau * (destination - source)", "not away"),
            ("destination.assign(", "source.assign(", "The target is to move"),
            ("destination.assign(", "destination = (", "It didn't move"),
            ("zip(online.weights, target.weights)",
             "zip(online.trainable_variables, target.trainable_variables)", "stayed behind"),
            ("tau=1e-3", "tau=5e-3", "the paper's"),
            ("tau=1e-3", "tau=0.01", "the paper's"),
            (MIX, "tau * np.mean(source) + (1 - tau) * destination", "instead of"),
            ("online.weights, target.weights", "online.weights[:2], target.weights",
             "stayed behind"),
            ("", SOFT_BY_LISTS, "compiled later"),
            ("", SOFT_BY_NUMPY, "compiled later"),
        ],
        "right": [SOFT_BY_DIFFERENCE, SOFT_BY_LAYERS],
    },
    "updates_to_follow": {
        "wrong": [
            (RATIO, "np.log(1 - tau) / np.log(1 - part)", "three quarters of the way"),
            (RATIO, "np.log(part) / np.log(tau)", "what is left"),
            (RATIO, "-np.log(1 - part) / np.log(1 - tau)", "their ratio is positive"),
            ("np.ceil", "np.floor", "round up"),
            ("int(np.ceil(np.log(1 - part) / np.log(1 - tau)))", RATIO, "a number of updates"),
            ("int(np.ceil(np.log(1 - part) / np.log(1 - tau)))",
             "int(np.log(1 - part) / np.log(1 - tau)) + 1", "Is something added"),
            ("    if tau == 1:\n        return 1\n", "", "one update"),
            ("tau == 1", "tau > 0.9", "exactly 1"),
            ("np.ceil", "np.round", "not to the nearest"),
            (RATIO, "-np.log(1 - part) / tau", "−tau taken for"),
            ("return 1\n", "return 0\n", "one update"),
            (RATIO, "part / tau", "a part of what is left"),
        ],
        "right": [LAG_BY_LOOP, LAG_BY_LOG],
    },
}  # fmt: skip
