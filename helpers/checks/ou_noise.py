"""The probes of chapter 7."""

import numpy as np

from helpers.checks import exercise
from helpers.checks.toolbox import Kicks

STEP = "x becomes (1 − θ)·x + σ·kick, each number of it by itself."


@exercise
def sample(see, answer):
    """One step of the process."""
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
        see.still(f"Sample {number}, which was kept,", one)
    kept[-1] += 10  # by whoever keeps it
    see.note("The next sample, after a change of the last one by its owner,", noise.sample(),
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
    see.note("The sample after reset, with kicks of 0,", noise.sample())
    see.note("The kicks drawn by two samples of three numbers", noise.rng.drawn)
    see.note("The next sample, with the kicks 0.5, 1, 1,", noise.sample())
    see.tick("reset takes it back to zero")


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
        see.tick(f"{steps} kicks give the samples that they should" if steps > 1
                 else "one kick gives one sample")  # fmt: skip


@exercise
def annealed(see, answer):
    """A line that falls, and stays."""

    def ask(what, progress, start, end, until):
        why = {
            "why": "A straight line from `start` to `end`, which it reaches at `until`; then `end`."
        }
        see.call(what, answer, why, progress=progress, start=start, end=end, until=until)

    start, end = see.given(10.5, 8, 12), see.given(2.5, 1, 5)
    ask("σ from 10.5 to 2.5 by 0.5, at the beginning", 0, start, end, 0.5)
    for part in (0.25, 0.1, 0.4):
        ask(f"σ from 10.5 to 2.5 by 0.5, at a progress of {part}", part, start, end, 0.5)
    ask("σ from 10.5 to 2.5 by 0.8, at a progress of 0.1", 0.1, start, end, 0.8)
    ask("σ at `until`", 0.5, start, end, 0.5)
    low, high = see.given(0.02, 0.01, 0.05), see.given(0.55, 0.4, 0.7)
    for part in np.round([0.8 / 7, 0.8 * 2 / 3, 0.7], 4):
        ask(f"σ from 0.55 to 0.02 by 0.8, at a progress of {part}", float(part), high, low, 0.8)
    see.tick("it falls along a line from start to end")
    for part in (0.75, 1):
        ask(f"σ after `until`, at a progress of {part}", part, start, end, 0.5)
    ask("σ from 8 to 0, whole numbers, at `until` = 1", 1, 8, 0, 1)
    ask("σ from 8 to 0, whole numbers, half the way", 0.5, 8, 0, 1)
    see.tick("it stays at the end")
    for part in (0, 0.3):
        ask(f"σ where `until` is 0, at a progress of {part}", part, start, end, 0)
    see.tick("without a fall, it is at the end from the beginning")
