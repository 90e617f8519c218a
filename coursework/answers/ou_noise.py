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

UNIFORM = "The kicks are uniform, and they should be normal. Centring doesn't make them so."
CENTRED = "The kicks push to one side: their mean should be 0."
AGAIN = "The noise and your caller share one array, so a change of one changes the other: return a copy."
FRICTION = "The friction is missing: at each step the state should lose the part `theta` of itself."
FRICTION_SIGN = "The friction has the wrong sign: it should pull the state back to zero."
FRICTION_PART = (
    "The friction is wrong: it should take `theta` times the state away and leave (1 − θ)·x."
)
FRICTION_KICK = "The friction also acts on the new kick, and it should act on the old state alone."
SIGMA = "The `sigma` is missing: multiply the kick by it."
SQUARE = "The kick is multiplied by `sigma` twice, and once is right."
ROOT = "The kick is multiplied by the root of `sigma`: use `sigma` itself."
KEPT = "The old state was forgotten: keep it from step to step, and return the new one."
DONE = "min(1, progress / until) if until else 1"
LINE = "start + done * (end - start)"
FALLS = "x = x - theta * x + sigma * rng.standard_normal()"

ANSWERS = {
    "sample": {
        "object": "OrnsteinUhlenbeckNoise",
        "wrong": {
            "With σ = 0 there are no kicks, and friction should still pull x back.": [
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
            "The kick was subtracted: add it. It's random, but so is its sign.": [
                ("+ self.sigma * kick", "- self.sigma * kick"),
            ],
            "All kicks go the same way: take them with their sign, without `abs`.": [
                ("self.sigma * kick", "self.sigma * abs(kick)"),
            ],
            "The noise was clipped: leave it as it is, it may be larger than 1.": [
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
            "That's the state before the move: move it first, then return it.": [
                ("        self.state = " + MOVE + "\n        return self.state.copy()",
                 "        before = self.state.copy()\n        self.state = " + MOVE
                 + "\n        return before"),
            ],
            "That's the kick: return the state instead.": [
                ("return self.state.copy()", "return kick"),
            ],
            AGAIN: [IN_PLACE, ("return self.state.copy()", "return self.state")],
            "This still uses the old σ: read `self.sigma` anew at each step, since it may change.": [OLD_SIGMA],
            "should be float32": [
                (KICK, "self.rng.standard_normal(self.state.shape)"),
                (KICK, "self.rng.normal(size=self.state.shape)"),
                ("return self.state.copy()", "return self.state.astype(float)"),
            ],
            UNIFORM: [
                (KICK, "self.rng.random(self.state.shape)"),
                (KICK, "self.rng.uniform(-1, 1, self.state.shape)"),
            ],
            "Draw normal numbers from `self.rng`: no other generator follows the seed.": [
                (KICK, "self.rng.laplace(size=2)"),
                (KICK, "np.random.standard_normal(self.state.shape)"),
                (KICK, "np.random.default_rng(0).standard_normal(self.state.shape, np.float32)"),
            ],
            "kicks were drawn where": [(KICK, "self.rng.standard_normal((9, *self.state.shape))[0]")],
            "The kicks were drawn twice in a step: draw once, a kick for each number.": [KICKED_TWICE],
            "All numbers get the same kick: draw as many as the state has, with its shape.": [
                ONE_KICK_FOR_ALL,
            ],
            "After `reset` the state isn't zero: `reset` must set `self.state` to zeros.": [
                ("self.state = np.zeros_like(self.state)", "pass"),
                ("np.zeros_like(self.state)", "np.ones_like(self.state)"),
                ("        self.state = np.zeros_like", "        state = np.zeros_like"),
            ],
            "The generator was restarted as well: `reset` should set the state to zero and leave the generator alone.": [
                ("        self.state = np.zeros_like(self.state)",
                 "        self.__init__(len(self.state), self.theta, self.sigma, 2)"),
            ],
            "Is there a `return`": [("        return self.state.copy()", "")],
            "The noise should start at 0: leave `__init__` as it was.": [
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
            "All kicks go the same way: take them with their sign, without `abs`.": [
                ("rng.standard_normal()", "abs(rng.standard_normal())"),
            ],
            "The kick was subtracted: add it. It's random, but so is its sign.": [
                ("+ sigma * rng", "- sigma * rng"),
            ],
            "Draw normal numbers from `rng`: no other generator follows its seed.": [
                ("rng.standard_normal()", "rng.laplace()"),
                ("sigma * rng.standard_normal()", "0"),
                ("rng.standard_normal()", "np.random.standard_normal()"),
                ("    x, samples", "    rng = np.random.default_rng(0)\n    x, samples"),
            ],
            "The samples were centred afterwards: centre the kicks, and leave the samples as they come.": [
                ("(samples)", "(samples) - np.mean(samples)"),
            ],
            "kicks were drawn where": [DRIFTING_WITH_BURN_IN, DRIFTING_FROM_ITS_SPREAD],
            KEPT: [("x = x - theta * x + sigma", "x = sigma")],
            SIGMA: [("sigma * rng.standard_normal()", "rng.standard_normal()")],
            "These samples start at x₀: append the state after it has moved, so that x₁ comes first.": [
                ("        " + FALLS + "\n        samples.append(x)\n",
                 "        samples.append(x)\n        " + FALLS + "\n"),
            ],
            "That's only the last sample: return all of them.": [
                ("    return np.array(samples)", "    return x"),
            ],
            "The process should start at 0, before the first sample.": [
                ("x, samples = 0.0, []", "x, samples = 1.0, []"),
            ],
            "That's a sample too many: leave x₀ out.": [
                ("x, samples = 0.0, []", "x, samples = 0.0, [0.0]"),
            ],
            "That's a sample too few: take a step for each, with `range(steps)`.": [
                ("range(steps)", "range(steps - 1)"),
            ],
            "The noise was clipped: leave it as it is, it may be larger than 1.": [
                ("(samples)", "(np.clip(samples, -1, 1))"),
            ],
            "Is there a `return`": [("    return np.array(samples)", "")],
        },
        "right": [DRIFTING_BY_ARRAY, DRIFTING_BY_KICKS, DRIFTING_BY_NORMAL],
    },
    "annealed": {
        "wrong": {
            "The fall takes the whole training: it should be over at `until`, not at 1.": [
                (DONE, "progress"), (DONE, "min(1, progress)"),
            ],
            "The line goes on below `end`: never let the part that is done be more than 1.": [
                (DONE, "progress / until if until else 1"),
            ],
            ("If `until` is 0, you can't divide by it: σ should be `end` from the beginning.",
             "Ask whether `until` is 0 before you divide."): [(" if until else 1", "")],
            "The part that is done is `progress` divided by `until`, not multiplied.": [
                ("progress / until)", "progress * until)"),
            ],
            "The division is upside down: the part that is done is `progress / until`.": [
                ("progress / until)", "until / max(progress, 1e-9))"),
            ],
            "This moves away from `end`: the way from `start` to `end` is `end - start`.": [
                ("(end - start)", "(start - end)"),
            ],
            "The ends are swapped: begin with `start` and stop at `end`.": [
                (LINE, "end + done * (start - end)"),
            ],
            "If `until` is 0, σ should be `end` from the beginning, even at a progress of 0.": [
                ("until else 1", "until else 0"),
                (DONE, "min(1, progress / max(until, 1e-9))"),
            ],
            "Is there a `return`": [("    return start", "    start")],
            "This falls in a curve, and it should be a straight line.": [
                ("return start", "done = (1 - np.cos(np.pi * done)) / 2\n    return start"),
                ("return start", "done = done * done * (3 - 2 * done)\n    return start"),
                ("return start", "done = done**2\n    return start"),
                ("return start", "done = np.sqrt(done)\n    return start"),
                (LINE, "start * (end / max(start, 1e-9)) ** done"),
                (LINE, "end + (start - end) * np.exp(-5 * done)"),
            ],
            "This falls in jumps, and it should fall a little all the way.": [
                ("return start", "done = np.floor(4 * done) / 4\n    return start"),
                ("return start", "done = int(done)\n    return start"),
                (DONE, "min(1, progress // until) if until else 1"),
                (DONE, "1"), (DONE, "1 if progress >= until else 0"), (DONE, "float(progress > 0)"),
            ],
            "The value was rounded: leave it as it is.": [
                (LINE, f"round({LINE}, 2)"), (LINE, f"int({LINE})"), (LINE, f"round({LINE}, 1)"),
            ],
            "The fall is wrong: begin at `start`, and add the part that is done of the way to `end`.": [
                (LINE, "start - done * start"), (LINE, "start * (1 - done) + done"),
                (LINE, "done * (end - start)"), (LINE, "(1 - done) * start"),
            ],
            "After `until` this jumps back to `start`: it should stay at `end`.": [
                (DONE, "progress / until if 0 < progress < until else 0 if progress < until else 0"),
            ],
            "This stays at `start`: σ should fall as the training goes on.": [(DONE, "0"), ("return " + LINE, "return start")],
        },
        "right": [ANNEALED_BY_INTERP, ANNEALED_BY_IF, ANNEALED_BY_MAX],
    },
}  # fmt: skip
