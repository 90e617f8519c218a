"""The probes of chapter 7."""

import numpy as np

from helpers.checks import exercise
from helpers.checks.toolbox import Kicks

STEP = "At each step x becomes (1 − θ)·x + σ·kick, each number of it by itself."


@exercise
def sample(see, answer):
    """Take one step of the process."""
    noise = answer(2, theta=see.given(0.25, 0.1, 0.4), sigma=see.given(2.5, 1, 3))
    noise.rng = Kicks(see, [1, -2, 0, 1, -1, 0.5, 2, -0.5])
    kept = []
    for number, of in enumerate(("1, −2", "0, 1", "−1, 0.5"), 1):
        kept.append(noise.sample())
        noise.rng.note()
        what = f"Sample {number}, with θ = 0.25, σ = 2.5 and the kicks {of},"
        see.note(what, kept[-1], why=STEP)
    see.type("the sample", kept[0])
    for number, one in enumerate(kept[:2], 1):
        see.still(f"Sample {number}, looked at again after sample 3,", one)
    kept[-1] += 10  # a caller may change its sample, and the noise goes on as before
    see.note("Sample 4, drawn after we added 10 to the returned sample 3,", noise.sample(),
             still=True)  # fmt: skip
    see.tick("x is pulled back by θ, kicked by σ, and remembered")
    noise = answer(1, theta=0.5, sigma=see.given(1.0, 0.5, 2))
    noise.rng = Kicks(see, [1, 1, 1, 1])
    noise.sample()
    noise.sigma = see.given(4.0, 3, 5)
    see.note("The sample after σ was set from 1 to 4", noise.sample())
    noise.theta = see.given(0.125, 0.05, 0.2)
    see.note("The sample after θ was set from 0.5 to 0.125", noise.sample())
    noise.sigma = 0.0
    see.note("The sample after σ was set to 0", noise.sample())
    see.tick("σ can be changed while it runs")
    noise = answer(3, theta=0.25, sigma=2.0)
    noise.rng = Kicks(see, [1, -1, 2, 0, 0, 0, 0.5, 1, 1])
    noise.sample()
    noise.reset()
    see.note("The first sample after `reset`, with kicks of 0,", noise.sample())
    see.note("The number of kicks for two samples of three numbers", noise.rng.drawn)
    see.note("The second sample after `reset`, with the kicks 0.5, 1, 1,", noise.sample())
    see.tick("`reset` takes it back to zero")


@exercise
def drifting(see, answer):
    """Repair noise that isn't centred."""
    theta, sigma = see.given(0.25, 0.1, 0.4), see.given(2.5, 1, 3)
    for steps, kicks in ((3, [1, 0, -1]), (1, [-1.5]), (5, [-0.5, 2, 0.25, -1, 3])):
        rng = Kicks(see, kicks)
        several = ", ".join(f"{kick:g}" for kick in kicks).replace("-", "−")
        what = f"The samples with θ = 0.25, σ = 2.5 and the kicks {several}"
        samples = answer(steps, theta, sigma, rng)
        rng.note()
        see.note(what, samples, why=STEP)
        see.tick(f"{steps} kicks give the right {steps} samples" if steps > 1
                 else "one kick gives one sample")  # fmt: skip


@exercise
def annealed(see, answer):
    """Draw a line that falls, and then stays."""

    def ask(what, progress, start, end, until):
        line = "σ goes in a straight line from `start` to `end`, is there at `until`, and stays."
        see.call(what, answer, {"why": line}, progress=progress, start=start, end=end, until=until)

    fall = "For a fall from {} to {} until {}, σ at a progress of {}"
    start, end = see.given(10.5, 8, 12), see.given(2.5, 1, 5)
    for part in (0, 0.25, 0.1, 0.4):
        ask(fall.format(10.5, 2.5, 0.5, part), part, start, end, 0.5)
    ask(fall.format(10.5, 2.5, 0.8, 0.1), 0.1, start, end, 0.8)
    ask(fall.format(10.5, 2.5, 0.5, 0.5), 0.5, start, end, 0.5)
    low, high = see.given(0.02, 0.01, 0.05), see.given(0.55, 0.4, 0.7)
    for part in np.round([0.8 / 7, 0.8 * 2 / 3, 0.7], 4):
        ask(fall.format(0.55, 0.02, 0.8, part), float(part), high, low, 0.8)
    see.tick("it falls in a line from `start` to `end`")
    for part in (0.75, 1):
        ask(fall.format(10.5, 2.5, 0.5, part), part, start, end, 0.5)
    ask(fall.format("the whole number 8", 0, 1, 1), 1, 8, 0, 1)
    ask(fall.format("the whole number 8", 0, 1, 0.5), 0.5, 8, 0, 1)
    see.tick("it stays at `end`")
    for part in (0, 0.3):
        ask(f"With `until` 0, σ at a progress of {part}", part, start, end, 0)
    see.tick("with `until` 0, it is `end` from the beginning")
