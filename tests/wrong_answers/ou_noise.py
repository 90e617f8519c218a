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
        change = self.sigma * self.rng.normal(size=self.state.size) - self.theta * self.state
        self.state = self.state + change
        return self.state
"""
)

OLD_SIGMA = (
    HEAD
    + """
        self.scale = sigma

    def sample(self):
        kick = self.rng.normal(0, self.scale, self.state.shape)
        self.state = self.state - self.theta * self.state + kick
        return self.state
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

MOVE = "(1 - self.theta) * self.state + self.sigma * kick"
KICK = "self.rng.standard_normal(self.state.shape, dtype=np.float32)"

ANSWERS = {
    "sample": {
        "object": "OrnsteinUhlenbeckNoise",
        "wrong": [
            (MOVE, "self.state + self.sigma * kick", "no friction"),
            ("", IN_PLACE, "return a copy"),
            ("", OLD_SIGMA, "it may have been changed"),
            (MOVE, "(1 + self.theta) * self.state + self.sigma * kick", "the wrong sign"),
            (MOVE, "self.theta * self.state + self.sigma * kick", "takes theta times the state"),
            (MOVE, "(1 - self.theta) * self.state + kick", "multiplied by sigma"),
            (MOVE, "(1 - self.theta) * (self.state + self.sigma * kick)", "not for the kick"),
            ("self.state = (1", "return (1", "was forgotten"),
            (KICK, "self.rng.random(self.state.shape)", "normal with mean 0"),
            (KICK, "self.rng.uniform(-1, 1, self.state.shape)", "normal with mean 0"),
            (KICK, "np.random.standard_normal(self.state.shape)", "The first sample"),
            (KICK, "self.rng.standard_normal()", "the same kick"),
            ("        return self.state.copy()", "", "is there a return"),
        ],
        "right": [BY_INCREMENT],
    },
    "drifting": {
        "wrong": [
            ("rng.standard_normal()", "(rng.random() - 0.5)", "a uniform kick"),
            ("", BROKEN_DRIFTING, "never negative"),
            ("rng.standard_normal()", "rng.normal(0.5)", "push"),
            ("x - theta * x +", "x +", "is there still friction"),
            ("x = x - theta * x + sigma * rng.standard_normal()",
             "x = sigma * rng.standard_normal()", "must be kept from step to step"),
            ("sigma * rng.standard_normal()", "rng.standard_normal()", "The spread is"),
            ("sigma * rng.standard_normal()", "0", "nothing kicks"),
            ("    return np.array(samples)", "    return x", "of the shape"),
        ],
        "right": [DRIFTING_BY_ARRAY],
    },
    "annealed": {
        "wrong": [
            ("min(1, progress / until) if until else 1", "progress", "over at until"),
            ("min(1, progress / until) if until else 1", "progress / until if until else 1",
             "goes on below the end"),
            (" if until else 1", "", "ZeroDivisionError"),
            ("progress / until)", "progress * until)", "not multiplied"),
            ("(end - start)", "(start - end)", "the difference is end − start"),
            ("start + done * (end - start)", "end + done * (start - end)", "begins with start"),
            ("until else 1", "until else 0", "from the beginning"),
            ("    return start", "    start", "is there a return"),
        ],
        "right": [ANNEALED_BY_INTERP, ANNEALED_BY_IF],
    },
}  # fmt: skip
