r"""Ornstein-Uhlenbeck noise: exploration that keeps its direction for a while (chapter 7).

.. math:: x_{t+1} = x_t - \theta\,x_t + \sigma\,\epsilon_t, \qquad \epsilon_t \sim \mathcal{N}(0, 1)

Friction ``theta`` pulls the state back to zero, diffusion ``sigma`` kicks it about. This ``theta``
is a number that we choose; the weights of a network, which papers call :math:`\theta` as well, are
something else. In the long run the variance is :math:`\sigma^2 / (\theta (2 - \theta))`, and the
correlation of two samples ``n`` steps apart is :math:`(1 - \theta)^n`.

Source: Uhlenbeck & Ornstein (1930), "On the theory of the Brownian motion"; Lillicrap et al.
(2015), section 7, has its settings.
"""

from collections.abc import Sequence

import numpy as np

from helpers import require


class OrnsteinUhlenbeckNoise:
    """A process of ``size`` independent components that starts at zero.

    Args:
        size: number of components, one for each number of an action.
        theta: friction, in [0, 1] a step.
        sigma: diffusion; can be set at any time and acts on later increments.
        seed: of the increments.
    """

    def __init__(
        self,
        size: int,
        theta: float = 0.15,
        sigma: float = 0.2,
        seed: int | Sequence[int] | np.random.SeedSequence | None = None,
    ) -> None:
        require.integer("size", size, low=1)
        require.number("theta", theta, 0, 1)
        require.number("sigma", sigma, 0)
        self.theta = theta
        self.sigma = sigma
        self.rng = np.random.default_rng(seed)
        self.state = np.zeros(size, np.float32)

    def sample(self) -> np.ndarray:
        """Take one step of the process and return a copy of the new state, ``(size,)``."""
        kick = self.rng.standard_normal(self.state.shape, dtype=np.float32)
        self.state = (1 - self.theta) * self.state + self.sigma * kick
        return self.state.copy()

    def reset(self) -> None:
        """Set the state to zero, as at the start of every episode; the generator goes on."""
        self.state = np.zeros_like(self.state)


def annealed(progress: float, start: float, end: float, until: float) -> float:
    """A straight line from ``start`` to ``end``, which is reached at ``until``, and stays.

    ``progress`` and ``until`` are fractions of the training, from 0 to 1.
    """
    require.number("progress", progress, 0, 1)
    require.number("until", until, 0, 1)
    done = min(1, progress / until) if until else 1
    return start + done * (end - start)
