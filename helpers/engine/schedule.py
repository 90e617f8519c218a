"""The schedule of a training run."""

from dataclasses import dataclass

from helpers import require
from helpers.ou_noise import annealed


@dataclass(frozen=True)
class Schedule:
    """The schedule of a training run."""

    random_steps: int = 5_000  # of uniformly random actions, before the first update
    chunk: int = 100  # steps between two exchanges of the two threads
    memory_size: int = 50_000  # small, so that what noisier policies did is forgotten
    noise_theta: float = 0.15
    noise_start: float = 0.5  # sigma falls linearly from here
    noise_end: float = 0.02  # to here,
    noise_until: float = 0.8  # at this fraction of the run
    rate_from: float = 0.4  # from this fraction of the run on, the learning rates fall linearly
    rate_end: float = 0.05  # to this fraction of themselves
    evaluate_every: int = 5_000  # steps between two choices of the best snapshot
    selection_episodes: int = 20

    def __post_init__(self) -> None:
        for name in ("chunk", "memory_size", "evaluate_every", "selection_episodes"):
            require.integer(name, getattr(self, name), low=1)
        require.integer("random_steps", self.random_steps)
        require.number("noise_theta", self.noise_theta, 0, 1)
        for name in ("noise_start", "noise_end"):
            require.number(name, getattr(self, name), 0)
        for name in ("noise_until", "rate_from", "rate_end"):
            require.number(name, getattr(self, name), 0, 1)
        if self.evaluate_every % self.chunk:
            raise ValueError(
                f"evaluate_every must be a multiple of chunk ({self.chunk}), "
                f"but {self.evaluate_every} was given"
            )

    def sigma(self, progress: float) -> float:
        """The noise at the fraction ``progress`` of the run."""
        return annealed(progress, self.noise_start, self.noise_end, self.noise_until)

    def rate(self, progress: float) -> float:
        """The learning rates' factor at the fraction ``progress`` of the run."""
        falling = (
            max(0, progress - self.rate_from) / (1 - self.rate_from) if self.rate_from < 1 else 0
        )
        return 1 - falling * (1 - self.rate_end)
