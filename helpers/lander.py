r"""The agent: everything of the earlier chapters put together, and judged (chapter 8).

One update of Deep Deterministic Policy Gradient moves the critic towards its targets, the actor up
the critic's slope, and both target networks a little after them. The targets here span ``n`` steps:

.. math::

    y = \sum_{i<n} \gamma^i r_{t+i} + \gamma^n (1 - \text{terminal})\,Q'(s_{t+n}, \mu'(s_{t+n}))

Source: Lillicrap et al. (2015), "Continuous control with deep reinforcement learning",
algorithm 1; n-step returns: Sutton & Barto (2018), equation 7.1, and for DDPG Barth-Maron et al.
(2018), "Distributed distributional deterministic policy gradients", equation 7.
"""

import numpy as np
import tensorflow as tf

from helpers.actor import train_actor
from helpers.critic import ddpg_targets, train_critic
from helpers.engine.agent import Agent, Settings
from helpers.engine.evaluation import evaluate
from helpers.engine.training import train
from helpers.replay_memory import Batch
from helpers.target_updates import soft_update

__all__ = ["DDPG", "Settings", "evaluate", "train"]


class DDPG(Agent):
    """The agent of the paper, made for a pair of spaces; see ``Agent`` for its arguments."""

    def act(self, state: np.ndarray, noise: np.ndarray | None = None) -> np.ndarray:
        """The action in ``state`` ``(S,)``, with ``noise`` ``(A,)`` in half-ranges of the space.

        Returns:
            ``(A,)``, clipped to the bounds: what the environment gets and the memory keeps.
        """
        action = self.policy(np.asarray(state, np.float32))
        if noise is not None:
            action = action + noise * self.half_range
        return np.clip(action, self.action_space.low, self.action_space.high)

    def update(self, batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """Algorithm 1's inner step; returns the critic's loss and the mean value, as scalars."""
        discount = self.settings.n_step_discount
        targets = ddpg_targets(batch, self.target_actor, self.target_critic, discount)
        loss = train_critic(self.critic, self.critic_optimizer, batch, targets)
        value = train_actor(self.actor, self.critic, self.actor_optimizer, batch.states)
        soft_update(self.critic, self.target_critic, self.settings.tau)
        soft_update(self.actor, self.target_actor, self.settings.tau)
        return loss, value
