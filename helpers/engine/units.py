r"""The units of a task, brought to the size that networks expect.

A network whose inputs are around 1 learns; one whose inputs are pascals or micrometres doesn't, and
a critic that must reach values of millions takes for ever. Where observations or rewards are far
from 1 in size, the agent sees them as

.. math:: \frac{s - \text{mean}}{\text{spread}}

with mean and spread over the random steps, and its critic's values are scaled to the rewards. Both
stay as they are from then on. Numbers of a sensible size are left alone.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

SENSIBLE = 0.05, 50  # the largest number that an observation showed
SENSIBLE_REWARDS = 0.1, 100  # the root mean square of the rewards, summed over n steps
USUAL_REWARDS = 10  # the same where the agent's own value_scale is right


@dataclass(frozen=True)
class Units:
    """What the observations are shifted by and divided by, and what the values are multiplied by.

    Empty ``means`` and ``spreads`` leave the observations alone.
    """

    means: tuple[float, ...] = ()  # (S,)
    spreads: tuple[float, ...] = ()  # (S,)
    values: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "means", tuple(self.means))
        object.__setattr__(self, "spreads", tuple(self.spreads))

    @classmethod
    def seen_in(cls, states: np.ndarray, rewards: np.ndarray) -> Self:
        """The units for a task whose random steps saw ``states`` ``(N, S)`` and ``rewards``
        ``(N,)``, each summed over n steps.
        """
        size = np.sqrt(np.mean(np.square(rewards, dtype=np.float64)))
        units = cls(values=float(size / USUAL_REWARDS) if _far(size, SENSIBLE_REWARDS) else 1.0)
        far = _far(np.abs(states).max(axis=0), SENSIBLE)
        if not far.any():
            return units
        means = np.where(far, states.mean(axis=0, dtype=np.float64), 0.0)
        spreads = np.where(far, states.std(axis=0, dtype=np.float64), 1.0)
        # What never changed has no spread, except that its mean was rounded.
        still = spreads < 1e-6 * np.abs(means)
        spreads = np.where(still, 1.0, spreads)
        return replace(units, means=means.tolist(), spreads=spreads.tolist())

    def __str__(self) -> str:
        """The sentence for whoever trains; empty where nothing is changed."""
        fitted = ["observations"] * bool(self.means) + ["rewards"] * (self.values != 1)
        if not fitted:
            return ""
        return (
            f"The {' and '.join(fitted)} of the random steps are far from 1 in size: "
            "from here on the agent sees them scaled."
        )


def _far(sizes, sensible):
    """Where sizes are neither 0 nor in the range ``sensible``."""
    low, high = sensible
    return (sizes != 0) & ((sizes < low) | (sizes > high))
