"""The checks of chapter 7."""

import numpy as np

from helpers.checks import check, expect, function, numbers, wrong


class Kicks:
    """A generator whose normal kicks are these; others are told apart by what they ask for."""

    def __init__(self, kicks):
        self.kicks = iter(kicks)

    def standard_normal(self, size=None, dtype=np.float64):
        return np.full(() if size is None else size, next(self.kicks), dtype)

    def normal(self, loc=0.0, scale=1.0, size=None):
        return loc + scale * self.standard_normal(size)

    def __getattr__(self, name):
        wrong(
            f"The kicks were drawn with rng.{name}, but they are normal with mean 0: use "
            "rng.standard_normal."
        )


@check
def sample(answer):
    """One step of the process."""
    noise = answer(2, theta=0.25, sigma=2.0)
    noise.rng = Kicks([1, 0, -1])
    first = numbers("The first sample", noise.sample(), (2,))
    expect(
        "The first sample from x = 0 with θ = 0.25, σ = 2 and a kick of 1",
        first[0],
        2,
        [
            (1, "The kick is multiplied by sigma."),
            (0, "The state before the move was returned, or it didn't move."),
            (1.5, "The friction is for the state alone, not for the kick."),
            (np.sqrt(2), "Sigma multiplies the kick as it is, without a root."),
        ],
    )
    kept = noise.sample()
    expect(
        "The second sample, from x = 2 with a kick of 0",
        numbers("The second sample", kept, (2,))[0],
        1.5,
        [
            (2, "There is no friction: the state loses the part theta of itself at each step."),
            (0, "The state was forgotten: self.state must be set to the new state."),
            (2.5, "The friction has the wrong sign: it pulls back to zero."),
            (0.5, "Friction takes theta times the state from the state: (1 − θ)·x."),
        ],
    )
    third = noise.sample()
    expect("The third sample, from x = 1.5 with a kick of −1", third[0], -0.875)
    if not np.allclose(kept, 1.5):
        wrong(
            "A sample that was kept changed at the next step: return a copy, self.state.copy(), "
            "for whoever keeps it."
        )
    yield "x is pulled back by θ, kicked by σ, and remembered"
    noise = answer(1, theta=0.5, sigma=1.0)
    noise.rng = Kicks([1, 1])
    noise.sample()
    noise.sigma = 4.0
    expect(
        "The second sample, when σ was set to 4 in between",
        noise.sample()[0],
        4.5,
        [(1.5, "Take self.sigma anew at each step: it may have been changed.")],
    )
    yield "σ can be changed while it runs"
    _in_the_long_run(answer)
    yield "its mean and spread are those of the theory"


def _in_the_long_run(make):
    noise = make(3, theta=0.5, sigma=1.0, seed=1)
    samples = np.array([noise.sample() for _ in range(4_000)])
    if np.abs(samples.mean(axis=0)).max() > 0.25:
        wrong(f"The mean of 4,000 samples is {samples.mean():.2f}, but the kicks have mean 0.")
    if np.corrcoef(samples[:, 0], samples[:, 1])[0, 1] > 0.5:
        wrong("All components get the same kick: draw one for each, of the shape of the state.")
    spread = samples.std() / np.sqrt(1 / 0.75)
    if not 0.85 < spread < 1.15:
        wrong(f"The spread is {spread:.2f} times that of the theory.")
    noise, again = (make(3, seed=2) for _ in range(2))
    if not np.array_equal(noise.sample(), again.sample()):
        wrong("Twice the same seed, but different samples: draw with self.rng.")


@check
def drifting(answer):
    """Repair noise that isn't centred."""
    function("drifting", answer)
    samples = answer(4_000, 0.15, 0.2, np.random.default_rng(0))
    samples = numbers("The samples", samples, (4_000,))
    mean, theory = samples.mean(), 0.2 / np.sqrt(0.15 * 1.85)
    if mean > 0.3:
        wrong(
            f"The mean of 4,000 samples is {mean:.2f}: every kick pushes the same way, since "
            "rng.random() is never negative. The kicks must be normal with mean 0."
        )
    if np.ptp(samples) == 0:
        wrong("All samples are the same: nothing kicks the state.")
    correlation = np.corrcoef(samples[:-1], samples[1:])[0, 1]
    if correlation < 0.6:
        wrong(
            f"Neighbours have a correlation of {correlation:.2f} where it should be 0.85: the "
            "state must be kept from step to step."
        )
    if correlation > 0.95:
        wrong(
            f"Neighbours have a correlation of {correlation:.2f} where it should be 0.85: is there "
            "still friction?"
        )
    if samples.std() < 0.7 * theory:
        wrong(
            f"The spread is {samples.std():.2f} where it should be {theory:.2f}: a uniform kick is "
            "smaller than a normal one, and another process."
        )
    if samples.std() > 1.4 * theory:
        wrong(f"The spread is {samples.std():.2f} where it should be {theory:.2f}.")
    yield "its mean is zero, its spread and correlation are the process's"
    expect(
        "The samples with θ = 0.5, σ = 2 and the kicks 1, 0, −1",
        answer(3, 0.5, 2.0, Kicks([1, 0, -1])),
        [2, 1, -1.5],
        [([0, 2, 1], "The state is kept after it has moved: the first sample is x₁.")],
    )
    yield "with known kicks it gives known samples"


@check
def annealed(answer):
    """A line that falls, and stays."""
    function("annealed", answer)
    expect("At the beginning", answer(0.0, 10.0, 2.0, 0.5), 10,
           [(2, "It begins with start and ends with end.")])  # fmt: skip
    expect(
        "From 10 to 2 by 0.5, at a progress of 0.25",
        answer(0.25, 10.0, 2.0, 0.5),
        6,
        [
            (8, "The fall must be over at until, not at 1: half of 0.5 is half of the way."),
            (9, "progress is divided by until, not multiplied."),
            (14, "It falls from start to end: the difference is end − start."),
            (4, "That is the part which is left, counted from end to start."),
        ],
    )
    expect("At until", answer(0.5, 10.0, 2.0, 0.5), 2)
    yield "it falls along a line from start to end"
    expect(
        "At a progress of 0.75, after until",
        answer(0.75, 10.0, 2.0, 0.5),
        2,
        [(-2, "The line goes on below the end: no more than all of the fall can be done.")],
    )
    yield "it stays at the end"
    expect("With until = 0", answer(0.0, 10.0, 2.0, 0.0), 2,
           [(10, "If until is 0, it is at the end from the beginning.")])  # fmt: skip
    expect("With a start below the end, half-way", answer(0.5, 1.0, 3.0, 1.0), 2)
    yield "it works without a fall, and upwards"
