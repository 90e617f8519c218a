"""Answers to the exercises of chapter 7."""

import numpy as np

NAMESPACE = {"np": np}

HEAD = """
class OrnsteinUhlenbeckNoise:
    def __init__(self, size, theta=0.15, sigma=0.2, seed=None):
        self.theta = theta
        self.sigma = sigma
        self.rng = np.random.default_rng(seed)
        self.state = np.zeros(size, np.float32)
"""

IN_PLACE = (
    HEAD
    + """
    def sample(self):
        self.state += -self.theta * self.state + self.sigma * self.rng.normal(size=len(self.state))
        return self.state
"""
)

BY_INCREMENT = (
    HEAD
    + """
    def sample(self):
        kick = self.rng.normal(size=self.state.size).astype(np.float32)
        self.state = self.state + self.sigma * kick - self.theta * self.state
        return np.array(self.state)

    def reset(self):
        self.state = 0 * self.state
"""
)

OLD_SIGMA = (
    HEAD
    + """
        self.scale = sigma

    def sample(self):
        kick = self.rng.standard_normal(self.state.shape, dtype=np.float32)
        self.state = self.state - self.theta * self.state + self.scale * kick
        return self.state.copy()

    def reset(self):
        self.state = np.zeros_like(self.state)
"""
)

SCALAR_KICKS = (
    HEAD
    + """
    def sample(self):
        for i in range(len(self.state)):
            self.state[i] += self.rng.normal(0, self.sigma) - self.theta * self.state[i]
        return np.array(self.state)

    def reset(self):
        self.state[:] = 0
"""
)

KICKED_TWICE = (
    HEAD
    + """
    def sample(self):
        self.state = self.state - self.theta * self.state
        if self.rng.standard_normal(self.state.shape).any():
            self.state = self.state + self.sigma * self.rng.standard_normal(self.state.shape)
        return self.state
"""
)

ONE_KICK_FOR_ALL = (
    HEAD
    + """
    def sample(self):
        kick = np.float32(self.rng.standard_normal())
        self.state = (1 - self.theta) * self.state + self.sigma * kick
        return self.state.copy()

    def reset(self):
        self.state = np.zeros_like(self.state)
"""
)

BROKEN_DRIFTING = """
def drifting(steps, theta, sigma, rng):
    x, samples = 0.0, []
    for _ in range(steps):
        x = x - theta * x + sigma * rng.random()
        samples.append(x)
    return np.array(samples)
"""

DRIFTING_BY_ARRAY = """
def drifting(steps, theta, sigma, rng):
    samples = np.zeros(steps + 1)
    for t in range(steps):
        samples[t + 1] = (1 - theta) * samples[t] + rng.normal(0, sigma)
    return samples[1:]
"""

DRIFTING_BY_KICKS = """
def drifting(steps, theta, sigma, rng):
    x, samples = 0.0, []
    for kick in rng.standard_normal(steps):
        x += sigma * kick - theta * x
        samples.append(x)
    return samples
"""

DRIFTING_BY_NORMAL = """
def drifting(steps, theta, sigma, rng):
    x = rng.normal(0, sigma, size=steps)
    for t in range(1, steps):
        x[t] += (1 - theta) * x[t - 1]
    return x
"""

DRIFTING_WITH_BURN_IN = """
def drifting(steps, theta, sigma, rng):
    x, samples = 0.0, []
    for _ in range(steps + 1000):
        x = x - theta * x + sigma * rng.standard_normal()
        samples.append(x)
    return np.array(samples[1000:])
"""

DRIFTING_FROM_ITS_SPREAD = """
def drifting(steps, theta, sigma, rng):
    x, samples = rng.normal(0, sigma / np.sqrt(theta * (2 - theta))), []
    for _ in range(steps):
        x = x - theta * x + sigma * rng.standard_normal()
        samples.append(x)
    return np.array(samples)
"""

ANNEALED_BY_INTERP = """
def annealed(progress, start, end, until):
    return float(np.interp(progress, [0, until], [start, end])) if until > 0 else end
"""

ANNEALED_BY_IF = """
def annealed(progress, start, end, until):
    if progress >= until:
        return end
    return start * (1 - progress / until) + end * progress / until
"""

ANNEALED_BY_MAX = """
def annealed(progress, start, end, until):
    if until == 0:
        return end
    return max(end, start + (end - start) * progress / until)
"""

MOVE = "(1 - self.theta) * self.state + self.sigma * kick"
KICK = "self.rng.standard_normal(self.state.shape, dtype=np.float32)"

UNIFORM = "A uniform kick, even a centred one, isn't normal, and it is smaller."
CENTRED = "The kicks have mean 0, so that they don't push to one side."
AGAIN = "A sample that was kept changed, or its owner's change changed the noise: return a copy."
FRICTION = "There is no friction: the state loses the part `theta` of itself at each step."
FRICTION_SIGN = "The friction has the wrong sign: it pulls back to zero."
FRICTION_PART = "Friction takes `theta` times the state from the state: (1 − θ)·x."
FRICTION_KICK = "The friction is for the state alone, not for the kick."
SIGMA = "The kick is multiplied by `sigma`."
SQUARE = "`sigma` multiplies the kick once: no square, and not twice."
ROOT = "`sigma` multiplies the kick as it is, without a root."
KEPT = "The state was forgotten: it is kept from step to step, and returned."
DONE = "min(1, progress / until) if until else 1"
LINE = "start + done * (end - start)"
FALLS = "x = x - theta * x + sigma * rng.standard_normal()"

ANSWERS = {
    "sample": {
        "object": "OrnsteinUhlenbeckNoise",
        "wrong": {
            "With σ = 0 there are no kicks, but x is still pulled back.": [
                ("        kick =", "        if self.sigma == 0:\n"
                 "            return np.zeros_like(self.state)\n        kick ="),
            ],
            FRICTION: [(MOVE, "self.state + self.sigma * kick")],
            FRICTION_SIGN: [(MOVE, "(1 + self.theta) * self.state + self.sigma * kick")],
            FRICTION_PART: [
                (MOVE, "self.theta * self.state + self.sigma * kick"),
                (MOVE, "self.state - self.theta + self.sigma * kick"),
            ],
            FRICTION_KICK: [(MOVE, "(1 - self.theta) * (self.state + self.sigma * kick)")],
            SIGMA: [(MOVE, "(1 - self.theta) * self.state + kick")],
            SQUARE: [
                ("self.sigma * kick", "self.sigma**2 * kick"),
                (KICK, "self.rng.normal(0, self.sigma, self.state.shape).astype(np.float32)"),
            ],
            ROOT: [("self.sigma * kick", "np.sqrt(self.sigma) * kick")],
            "The kick is added: it is random, but its sign is its own.": [
                ("+ self.sigma * kick", "- self.sigma * kick"),
            ],
            "Kicks go both ways: take them as they are, without abs.": [
                ("self.sigma * kick", "self.sigma * abs(kick)"),
            ],
            "Nothing is clipped: noise may be larger than 1.": [
                ("self.sigma * kick", "np.clip(self.sigma * kick, -1, 1)"),
                (MOVE, f"np.clip({MOVE}, -1, 1)"),
                ("return self.state.copy()", "return np.clip(self.state, -1, 1)"),
            ],
            KEPT: [
                ("self.state = (1", "return (1"),
                (MOVE, "self.sigma * kick"),
                ("self.state = (1", "state = (1"),
                ("return self.state.copy()", "return self.sigma * kick"),
            ],
            "That's the state before the move: move first, then return.": [
                ("        self.state = " + MOVE + "\n        return self.state.copy()",
                 "        before = self.state.copy()\n        self.state = " + MOVE
                 + "\n        return before"),
            ],
            "That's the kick: what is returned is the state.": [
                ("return self.state.copy()", "return kick"),
            ],
            AGAIN: [IN_PLACE, ("return self.state.copy()", "return self.state")],
            "Take `self.sigma` anew at each step: it may have been changed.": [OLD_SIGMA],
            "should be float32": [
                (KICK, "self.rng.standard_normal(self.state.shape)"),
                (KICK, "self.rng.normal(size=self.state.shape)"),
                ("return self.state.copy()", "return self.state.astype(float)"),
            ],
            UNIFORM: [
                (KICK, "self.rng.random(self.state.shape)"),
                (KICK, "self.rng.uniform(-1, 1, self.state.shape)"),
            ],
            "Draw normal numbers, with `self.rng`: no other generator follows the seed.": [
                (KICK, "self.rng.laplace(size=2)"),
                (KICK, "np.random.standard_normal(self.state.shape)"),
                (KICK, "np.random.default_rng(0).standard_normal(self.state.shape, np.float32)"),
            ],
            "kicks were drawn where": [(KICK, "self.rng.standard_normal((9, *self.state.shape))[0]")],
            "Draw once, and one kick for each number.": [KICKED_TWICE],
            "All numbers get the same kick: draw one for each, of the shape of the state.": [
                ONE_KICK_FOR_ALL,
            ],
            "`reset` must set `self.state` to zero.": [
                ("self.state = np.zeros_like(self.state)", "pass"),
                ("np.zeros_like(self.state)", "np.ones_like(self.state)"),
                ("        self.state = np.zeros_like", "        state = np.zeros_like"),
            ],
            "`reset` sets the state to zero, and the generator goes on.": [
                ("        self.state = np.zeros_like(self.state)",
                 "        self.__init__(len(self.state), self.theta, self.sigma, 2)"),
            ],
            "Is there a `return`": [("        return self.state.copy()", "")],
            "The noise starts at 0, and not at a kick: `__init__` is right as it was.": [
                ("np.zeros(size, np.float32)", "np.ones(size, np.float32)"),
            ],
        },
        "right": [BY_INCREMENT, SCALAR_KICKS],
    },
    "drifting": {
        "wrong": {
            UNIFORM: [
                ("rng.standard_normal()", "rng.uniform(-1, 1)"),
                ("rng.standard_normal()", "(rng.random() - 0.5)"),
                BROKEN_DRIFTING.replace("(samples)", "(samples) - 0.67"),
                BROKEN_DRIFTING.replace("(samples)", "(samples) - np.mean(samples)"),
                BROKEN_DRIFTING.replace("rng.random()", "(2 * rng.random() - 1)"),
            ],
            CENTRED: [("rng.standard_normal()", "rng.normal(0.5)")],
            FRICTION: [("x - theta * x +", "x +")],
            FRICTION_SIGN: [("x - theta * x +", "x + theta * x +")],
            FRICTION_PART: [("x - theta * x +", "theta * x +"), ("x - theta * x +", "x - theta +")],
            FRICTION_KICK: [(FALLS, "x = (1 - theta) * (x + sigma * rng.standard_normal())")],
            SQUARE: [
                ("sigma *", "sigma**2 *"), ("rng.standard_normal()", "rng.normal(0, sigma)"),
            ],
            ROOT: [("sigma *", "np.sqrt(sigma) *")],
            "Kicks go both ways: take them as they are, without abs.": [
                ("rng.standard_normal()", "abs(rng.standard_normal())"),
            ],
            "The kick is added: it is random, but its sign is its own.": [
                ("+ sigma * rng", "- sigma * rng"),
            ],
            "Draw normal numbers, with `rng`: no other generator follows its seed.": [
                ("rng.standard_normal()", "rng.laplace()"),
                ("sigma * rng.standard_normal()", "0"),
                ("rng.standard_normal()", "np.random.standard_normal()"),
                ("    x, samples", "    rng = np.random.default_rng(0)\n    x, samples"),
            ],
            "Centre the kicks, and leave the samples as they come.": [
                ("(samples)", "(samples) - np.mean(samples)"),
            ],
            "kicks were drawn where": [DRIFTING_WITH_BURN_IN, DRIFTING_FROM_ITS_SPREAD],
            KEPT: [("x = x - theta * x + sigma", "x = sigma")],
            SIGMA: [("sigma * rng.standard_normal()", "rng.standard_normal()")],
            "The first sample is x₁: keep the state after it has moved.": [
                ("        " + FALLS + "\n        samples.append(x)\n",
                 "        samples.append(x)\n        " + FALLS + "\n"),
            ],
            "All samples are asked for, not the last one.": [
                ("    return np.array(samples)", "    return x"),
            ],
            "The process starts at 0: that is where it was before the first sample.": [
                ("x, samples = 0.0, []", "x, samples = 1.0, []"),
            ],
            "There is a sample too many: x₀ isn't asked for.": [
                ("x, samples = 0.0, []", "x, samples = 0.0, [0.0]"),
            ],
            "There is a step for each sample: `range(steps)`.": [
                ("range(steps)", "range(steps - 1)"),
            ],
            "Nothing is clipped: noise may be larger than 1.": [
                ("(samples)", "(np.clip(samples, -1, 1))"),
            ],
            "Is there a `return`": [("    return np.array(samples)", "")],
        },
        "right": [DRIFTING_BY_ARRAY, DRIFTING_BY_KICKS, DRIFTING_BY_NORMAL],
    },
    "annealed": {
        "wrong": {
            "The fall must be over at `until`, not at 1.": [
                (DONE, "progress"), (DONE, "min(1, progress)"),
            ],
            "The line goes on below `end`: no more than all of the fall can be done.": [
                (DONE, "progress / until if until else 1"),
            ],
            ("If `until` is 0, there is nothing to divide by: σ is `end` from the beginning.",
             "Ask for `until` before you divide."): [(" if until else 1", "")],
            "`progress` is divided by `until`, not multiplied.": [
                ("progress / until)", "progress * until)"),
            ],
            "It's progress / until, and not the other way round.": [
                ("progress / until)", "until / max(progress, 1e-9))"),
            ],
            "It falls from `start` to `end`: the difference is end − start.": [
                ("(end - start)", "(start - end)"),
            ],
            "It begins with `start` and ends with `end`.": [
                (LINE, "end + done * (start - end)"),
            ],
            "If `until` is 0, it is at the end from the beginning.": [
                ("until else 1", "until else 0"),
                (DONE, "min(1, progress / max(until, 1e-9))"),
            ],
            "Is there a `return`": [("    return start", "    start")],
            "It's a straight line: nothing bends it.": [
                ("return start", "done = (1 - np.cos(np.pi * done)) / 2\n    return start"),
                ("return start", "done = done * done * (3 - 2 * done)\n    return start"),
                ("return start", "done = done**2\n    return start"),
                ("return start", "done = np.sqrt(done)\n    return start"),
                (LINE, "start * (end / max(start, 1e-9)) ** done"),
                (LINE, "end + (start - end) * np.exp(-5 * done)"),
            ],
            "It's a straight line that falls a little all the way, without steps.": [
                ("return start", "done = np.floor(4 * done) / 4\n    return start"),
                ("return start", "done = int(done)\n    return start"),
                (DONE, "min(1, progress // until) if until else 1"),
                (DONE, "1"), (DONE, "1 if progress >= until else 0"), (DONE, "float(progress > 0)"),
            ],
            "Leave the value as it is: nothing is rounded.": [
                (LINE, f"round({LINE}, 2)"), (LINE, f"int({LINE})"), (LINE, f"round({LINE}, 1)"),
            ],
            "The part that is done is a part of the fall, and `start` is where it begins.": [
                (LINE, "start - done * start"), (LINE, "start * (1 - done) + done"),
                (LINE, "done * (end - start)"), (LINE, "(1 - done) * start"),
            ],
            "It stays at `end` after `until`: that is no end of the training.": [
                (DONE, "progress / until if 0 < progress < until else 0 if progress < until else 0"),
            ],
            "It must fall as the training goes on.": [(DONE, "0"), ("return " + LINE, "return start")],
        },
        "right": [ANNEALED_BY_INTERP, ANNEALED_BY_IF, ANNEALED_BY_MAX],
    },
}  # fmt: skip
