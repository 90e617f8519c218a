r"""N-step returns: transitions that count several rewards before they trust the critic (chapter 8).

.. math:: R = \sum_{i<n} \gamma^i r_{t+i}

Source: Sutton & Barto (2018), "Reinforcement learning", equation 7.1; for DDPG Barth-Maron et al.
(2018), "Distributed distributional deterministic policy gradients", equation 7.
"""

from collections import deque

import numpy as np

from helpers import require
from helpers.gym_api import discounted_return


class StepsAhead:
    r"""Joins ``n`` steps into one transition, :math:`(s_t, a_t, \sum \gamma^i r_{t+i}, s_{t+n})`.

    At a terminal state the sums end, since nothing follows. Where an episode is cut off, the steps
    that are not yet ``n`` old are dropped: their future was never seen. On the lander that loses
    one step in a thousand (``study/measured.md`` says how much it matters).
    """

    def __init__(self, n: int, discount: float) -> None:
        require.integer("n", n, low=1)
        self.n = n
        self.discount = discount
        self.pending = deque()

    def append(
        self,
        state: np.ndarray,
        action: np.ndarray,
        reward: float,
        next_state: np.ndarray,
        terminal: bool,
    ) -> list[tuple]:
        """Take one step; returns the list of transitions that it completes."""
        self.pending.append((state, action, reward))
        complete = []
        while len(self.pending) == self.n or (terminal and self.pending):
            rewards = [reward for _, _, reward in self.pending]
            first_state, first_action, _ = self.pending.popleft()
            total = discounted_return(rewards, self.discount)
            complete.append((first_state, first_action, total, next_state, terminal))
        return complete

    def cut(self) -> None:
        """The episode was cut off: forget the steps whose future is unknown."""
        self.pending.clear()
