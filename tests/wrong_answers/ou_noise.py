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

    def reset(self):
        self.state = 0 * self.state
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
            (KICK, "np.random.standard_normal(self.state.shape)", "no other generator"),
            (KICK, "self.rng.standard_normal((9, *self.state.shape))[0]", "More than 6 kicks"),
            ("", KICKED_TWICE, "draw once, and one for each"),
            ("self.sigma * kick", "np.clip(self.sigma * kick, -1, 1)", "Nothing is clipped"),
            ("self.sigma * kick", "self.sigma**2 * kick", "no square"),
            ("self.state = np.zeros_like(self.state)", "pass", "must set self.state"),
            ("np.zeros_like(self.state)", "np.ones_like(self.state)", "after reset"),
            ("        self.state = np.zeros_like", "        state = np.zeros_like",
             "must set self.state"),
            ("        self.state = np.zeros_like(self.state)",
             "        self.__init__(len(self.state), self.theta, self.sigma, 2)",
             "the generator goes on"),
            (KICK, "self.rng.standard_normal()", "the same kick"),
            ("        return self.state.copy()", "", "is there a return"),
        ],
        "right": [BY_INCREMENT, SCALAR_KICKS],
    },
    "drifting": {
        "wrong": [
            ("rng.standard_normal()", "(rng.random() - 0.5)", "a uniform kick"),
            ("rng.standard_normal()", "rng.uniform()", "never negative"),
            ("rng.standard_normal()", "rng.normal(0.5)", "push"),
            ("x - theta * x +", "x +", "no friction"),
            ("x - theta * x +", "x + theta * x +", "the wrong sign"),
            ("x - theta * x +", "theta * x +", "from the state"),
            ("sigma *", "sigma**2 *", "no square"),
            ("rng.standard_normal()", "rng.normal(0, sigma)", "not twice"),
            ("rng.standard_normal()", "abs(rng.standard_normal())", "without abs"),
            ("rng.standard_normal()", "rng.laplace()", "normal with mean 0"),
            ("rng.standard_normal()", "np.random.standard_normal()", "the generator that is given"),
            ("", BROKEN_DRIFTING.replace("(samples)", "(samples) - 0.67"), "a uniform kick"),
            ("(samples)", "(samples) - np.mean(samples)", "Centre the kicks"),
            ("", DRIFTING_WITH_BURN_IN, "More than 3 kicks"),
            ("", DRIFTING_FROM_ITS_SPREAD, "More than 3 kicks"),
            ("x = x - theta * x + sigma * rng.standard_normal()",
             "x = sigma * rng.standard_normal()", "must be kept from step to step"),
            ("sigma * rng.standard_normal()", "rng.standard_normal()", "multiplied by sigma"),
            ("sigma * rng.standard_normal()", "0", "nothing kicks"),
            ("    return np.array(samples)", "    return x", "of the shape"),
        ],
        "right": [DRIFTING_BY_ARRAY, DRIFTING_BY_KICKS, DRIFTING_BY_NORMAL],
    },
    "annealed": {
        "wrong": [
            ("min(1, progress / until) if until else 1", "progress", "over at until"),
            ("min(1, progress / until) if until else 1", "progress / until if until else 1",
             "goes on below the end"),
            (" if until else 1", "", "if until is 0, it is end"),
            ("progress / until)", "progress * until)", "not multiplied"),
            ("(end - start)", "(start - end)", "the difference is end − start"),
            ("start + done * (end - start)", "end + done * (start - end)", "begins with start"),
            ("until else 1", "until else 0", "from the beginning"),
            ("    return start", "    start", "is there a return"),
            ("return start", "done = (1 - np.cos(np.pi * done)) / 2\n    return start", "a cosine"),
            ("return start", "done = done * done * (3 - 2 * done)\n    return start", "instead of"),
            ("return start", "done = np.floor(4 * done) / 4\n    return start", "instead of"),
            ("start + done * (end - start)", "round(start + done * (end - start), 2)",
             "nothing is rounded"),
            ("start + done * (end - start)", "max(end, start + done * (end - start))",
             "It must rise, too"),
            ("start + done * (end - start)", "start - done * max(0, start - end)",
             "It must rise, too"),
        ],
        "right": [ANNEALED_BY_INTERP, ANNEALED_BY_IF],
    },
}  # fmt: skip
