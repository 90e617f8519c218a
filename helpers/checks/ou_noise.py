"""The checks of chapter 7."""

import numpy as np

from helpers.checks import check, expect, function, numbers, repaired, wrong


class Kicks:
    """A generator that deals out these normal kicks, and notes how many were drawn."""

    def __init__(self, kicks):
        self.kicks, self.drawn = np.float64(kicks), 0

    def standard_normal(self, size=None, dtype=np.float64):
        first = self.drawn
        self.drawn += int(np.prod(() if size is None else size))
        if self.drawn > len(self.kicks):
            wrong(
                f"More than {len(self.kicks)} kicks were drawn where that many are needed: the "
                "process starts at 0, and each step takes one kick for each number."
            )
        dealt = self.kicks[first : self.drawn].astype(dtype)
        return dealt[0] if size is None else dealt.reshape(size)

    def normal(self, loc=0.0, scale=1.0, size=None):
        shape = np.broadcast(loc, scale).shape or None
        return loc + scale * self.standard_normal(shape if size is None else size)

    def __getattr__(self, name):
        uniform = (
            " rng.random() is never negative, and a uniform kick, even a centred one, is smaller."
        )
        wrong(
            f"The kicks were drawn with rng.{name}, but they are normal with mean 0."
            f"{uniform if name in ('random', 'uniform') else ''} Use rng.standard_normal."
        )


@check
def sample(answer):
    """One step of the process."""
    noise = answer(2, theta=0.25, sigma=2.0)
    noise.rng = Kicks([1, -2, 0, 1, -1, 0])
    first = noise.sample()
    _drew_one_for_each(noise.rng.drawn)
    expect(
        "The first sample from x = 0 with θ = 0.25, σ = 2 and the kicks 1, −2",
        first,
        [2, -4],
        [
            ([1, -2], "The kick is multiplied by sigma."),
            ([1, -1], "Nothing is clipped here: noise may be larger than 1."),
            ([0, 0], "The state before the move was returned, or it didn't move."),
            ([1.5, -3], "The friction is for the state alone, not for the kick."),
            (np.sqrt(2) * np.array([1, -2]), "Sigma multiplies the kick as it is, without a root."),
            ([4, -8], "Sigma multiplies the kick once: no square."),
        ],
    )
    kept = noise.sample()
    expect(
        "The second sample, from x = 2, −4 with the kicks 0, 1",
        kept,
        [1.5, -1],
        [
            ([2, -2], "There is no friction: the state loses the part theta of itself at each "
                      "step."),
            ([0, 2], "The state was forgotten: self.state must be set to the new state."),
            ([2.5, -3], "The friction has the wrong sign: it pulls back to zero."),
            ([0.5, 1], "Friction takes theta times the state from the state: (1 − θ)·x."),
        ],
    )  # fmt: skip
    expect("The third sample, from x = 1.5, −1 with the kicks −1, 0", noise.sample(),
           [-0.875, -0.75])  # fmt: skip
    if not np.allclose(kept, [1.5, -1]):
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
        noise.sample(),
        [4.5],
        [([1.5], "Take self.sigma anew at each step: it may have been changed.")],
    )
    yield "σ can be changed while it runs"
    _in_the_long_run(answer)
    yield "its mean and spread are those of the theory"
    _reset(answer)
    yield "reset takes it back to zero"


def _drew_one_for_each(drawn):
    """Two numbers take two kicks."""
    if drawn == 0:
        wrong("sample drew no kick from self.rng: no other generator follows the seed.")
    if drawn == 1:
        wrong("All components get the same kick: draw one for each, of the shape of the state.")
    if drawn > 2:
        wrong(f"sample drew {drawn} kicks for 2 numbers: draw once, and one for each.")


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


def _reset(make):
    noise = make(2, seed=2)
    first = noise.sample()
    noise.reset()
    if np.array_equal(first, noise.sample()):
        wrong(
            "After reset the same noise came again, so that all episodes would get the same: "
            "reset sets the state to zero, and the generator goes on."
        )
    noise = make(2, theta=0.25, sigma=2.0)
    noise.rng = Kicks([1, 1, 0, 0])
    noise.sample()
    noise.reset()
    expect(
        "The first sample after reset, with kicks of 0",
        noise.sample(),
        [0, 0],
        [([1.5, 1.5], "reset must set self.state to zero.")],
    )


class OneSided:
    """A generator that only deals out 1/2, 1/4, 3/4, by ``random``."""

    def __init__(self):
        self.left = [0.75, 0.25, 0.5]

    def random(self):
        return self.left.pop()


@check
def drifting(answer):
    """Repair noise that isn't centred."""
    function("drifting", answer)
    repaired(
        lambda: np.allclose(answer(3, 0.25, 2.0, OneSided()), [1, 1.25, 2.4375]),
        "With θ = 0.15 and σ = 0.2, the mean of many samples is about 0.67 instead of 0.",
    )
    kicks = Kicks([1, 0, -1])
    seen = numbers("The 3 samples", answer(3, 0.25, 2.0, kicks), (3,))
    if np.any(seen) and kicks.drawn == 0:
        wrong("No kick was drawn from rng: use the generator that is given.")
    expect(
        "The samples with θ = 0.25, σ = 2 and the kicks 1, 0, −1",
        seen,
        [2, 1.5, -0.875],
        [
            ([0, 0, 0], "All samples are the same: nothing kicks the state."),
            ([0, 2, 1.5], "The state is kept after it has moved: the first sample is x₁."),
            ([1, 0.75, -0.4375], "The kick is multiplied by sigma."),
            ([4, 3, -1.75], "Sigma multiplies the kick once: no square, and not twice."),
            ([2, 1.5, 3.125], "Kicks go both ways: take them as they are, without abs."),
            ([3, 3.25, 1.4375], "The kicks have mean 0, so that they don't push to one side."),
            ([2, 2, 0], "There is no friction: the state loses the part theta of itself."),
            ([2, 2.5, 1.125], "The friction has the wrong sign: it pulls back to zero."),
            ([2, 0.5, -1.875], "Friction takes theta times the state from the state."),
            ([1.5, 1.125, -0.65625], "The friction is for the state alone, not for the kick."),
            ([2, 0, -2], "The state must be kept from step to step."),
            ([1.125, 0.625, -1.75], "Centre the kicks, and leave the samples as they come."),
        ],
    )
    yield "with known kicks it gives known samples"
    samples = answer(4_000, 0.15, 0.2, np.random.default_rng(0))
    samples = numbers("The samples", samples, (4_000,))
    mean, spread, theory = samples.mean(), samples.std(), 0.2 / np.sqrt(0.15 * 1.85)
    if not abs(mean) < 0.3:
        wrong(f"The mean of 4,000 samples is {mean:.2f}, but the kicks have mean 0.")
    if not 0.7 < spread / theory < 1.4:
        wrong(f"The spread of 4,000 samples is {spread:.2f} where it should be {theory:.2f}.")
    yield "its mean is zero, and its spread the process's"


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
    parts = np.array([1 / 7, 1 / 4, 2 / 3, 3 / 4])
    expect(
        "From 0.5 to 0.02 by 0.8, after 1/7, 1/4, 2/3 and 3/4 of the fall",
        [answer(0.8 * part, 0.5, 0.02, 0.8) for part in parts],
        0.5 - 0.48 * parts,
        [
            (np.round(0.5 - 0.48 * parts, 2), "Leave the value as it is: nothing is rounded."),
            (0.26 + 0.24 * np.cos(np.pi * parts), "That is a cosine: a straight line is asked."),
        ],
    )
    yield "it falls along a line from start to end"
    expect(
        "At a progress of 0.75, after until",
        answer(0.75, 10.0, 2.0, 0.5),
        2,
        [(-2, "The line goes on below the end: no more than all of the fall can be done.")],
    )
    yield "it stays at the end"
    try:
        seen = answer(0.0, 10.0, 2.0, 0.0)
    except ZeroDivisionError:
        wrong("With until = 0 your code divides by 0: if until is 0, it is end from the beginning.")
    expect("With until = 0", seen, 2,
           [(10, "If until is 0, it is at the end from the beginning.")])  # fmt: skip
    only_falls = "It must rise, too: limit progress / until to 1, and not the result to end."
    expect(
        "Upwards from 1 to 3 by 0.5, after 1/7, 1/4, 2/3 and 3/4 of the way",
        [answer(0.5 * part, 1.0, 3.0, 0.5) for part in parts],
        1 + 2 * parts,
        [(3, only_falls), (1, only_falls)],
    )
    expect("Upwards, after until", answer(0.75, 1.0, 3.0, 0.5), 3)
    yield "it works without a fall, and upwards"
