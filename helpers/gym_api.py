r"""The Gym API: environments, rollouts and returns (chapter 1).

An environment has two methods: ``reset`` begins an episode, and ``step`` takes an action and
answers with the next state and a reward. An agent is after the discounted return

.. math:: G = \sum_{t} \gamma^t r_t

and the value of a state is the return to expect from it, :math:`V(s) = \mathbb{E}[G \mid s_0 = s]`.

Source: Brockman et al. (2016), "OpenAI Gym"; Towers et al. (2024), "Gymnasium"; Sutton & Barto
(2018), "Reinforcement learning", equations 3.8 and 3.12.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import ArrayLike

from helpers import require

LANDER = "LunarLanderContinuous-v3"

Policy = Callable[[np.ndarray], np.ndarray | int]  # from a state to an action


class Drift(gym.Env):
    r"""A boat in a current, on a line: hold it at zero and save fuel.

    .. math:: s' = s + b\,a + w, \qquad r = -(s^2 + c\,a^2)

    State and action are one number each; the action is clipped to [-1, 1] first, and ``w`` is
    uniform in ± ``noise``. No state is terminal; the registered ``Drift-v0`` is truncated after 25
    steps. The problem is linear-quadratic, so its values are known exactly (``gain``, ``value``,
    ``q``) as long as the best action stays inside its bounds: for a discount of .95, while
    :math:`|s| \leq 1/k = 1.82`.

    Source: the discounted linear-quadratic regulator, Bertsekas (2017), "Dynamic programming and
    optimal control", volume 1, section 3.1.
    """

    b = 0.2
    c = 2.0

    def __init__(self, noise: float = 0.05) -> None:
        require.number("noise", noise, 0)
        # Wide enough never to be reached: a space without bounds would draw a warning.
        self.observation_space = gym.spaces.Box(-100, 100, (1,), np.float32)
        self.action_space = gym.spaces.Box(-1, 1, (1,), np.float32)
        self.noise = noise
        # Asked of an instance, the exact values are those for its own noise.
        self.value = partial(Drift.value, noise=noise)  # type: ignore[method-assign]
        self.q = partial(Drift.q, noise=noise)  # type: ignore[method-assign]

    def reset(
        self, *, seed: int | None = None, options: dict | None = None
    ) -> tuple[np.ndarray, dict]:
        """Begin an episode anywhere in [-1, 1]; returns ``(state (1,), info)``."""
        super().reset(seed=seed)
        self.state = self.np_random.uniform(-1, 1, size=1)
        return self.state.astype(np.float32), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict]:
        """One move; returns ``(state (1,), reward, terminated, truncated, info)``."""
        require.array("action", action, (1,))
        action = np.clip(action, -1, 1)
        reward = -float(self.state[0] ** 2 + self.c * action[0] ** 2)
        current = self.np_random.uniform(-self.noise, self.noise, size=1)
        self.state = self.state + self.b * action + current
        return self.state.astype(np.float32), reward, False, False, {}

    @staticmethod
    def curvature(discount: float) -> float:
        r"""The ``p`` of :math:`V^*(s) = -p\,s^2 - \text{const}`.

        It solves the Riccati equation
        :math:`p = 1 + \gamma p - (\gamma p b)^2 / (c + \gamma p b^2)`, which is quadratic in ``p``.
        """
        require.number("discount", discount, 0, 1)
        b, c = Drift.b, Drift.c
        return np.roots([discount * b**2, c * (1 - discount) - discount * b**2, -c]).max()

    @staticmethod
    def gain(discount: float) -> float:
        r"""The ``k`` of the best policy :math:`\mu^*(s) = -k\,s`."""
        p = discount * Drift.curvature(discount)
        return p * Drift.b / (Drift.c + p * Drift.b**2)

    @staticmethod
    def value(state: ArrayLike, discount: float, noise: float = 0.05) -> np.ndarray:
        r""":math:`V^*(s)`, the return to expect from ``state`` under the best policy, elementwise.

        The current's variance costs the same everywhere,
        :math:`\gamma\,p\,\text{var}(w) / (1 - \gamma)`.
        """
        require.number("discount", discount, 0, 0.9999)
        p = Drift.curvature(discount)
        return -p * np.square(state) - discount * p * (noise**2 / 3) / (1 - discount)

    @staticmethod
    def q(state: ArrayLike, action: ArrayLike, discount: float, noise: float = 0.05) -> np.ndarray:
        r""":math:`Q^*(s, a)`: ``action`` now, the best policy from then on, elementwise.

        ``state`` and ``action`` broadcast against each other.
        """
        action = np.clip(action, -1, 1)
        reward = -(np.square(state) + Drift.c * np.square(action))
        spread = discount * Drift.curvature(discount) * noise**2 / 3
        return reward + discount * Drift.value(state + Drift.b * action, discount, noise) - spread


gym.register("Drift-v0", entry_point=Drift, max_episode_steps=25)


class Episode(NamedTuple):
    """One episode, from a reset to its end ``T`` steps later."""

    states: np.ndarray  # (T + 1, S) float32, the last one being where it ended
    actions: np.ndarray  # (T, A), or (T,) if discrete
    rewards: np.ndarray  # (T,) float32
    terminated: bool  # the task ended: crashed, landed, out of bounds
    truncated: bool  # a time limit cut it off

    @property
    def total_reward(self) -> float:
        """The return: the sum of all rewards, without a discount."""
        return float(self.rewards.sum(dtype=np.float64))


def rollout(env: gym.Env, policy: Policy, seed: int | None = None) -> Episode:
    """Run one episode of ``policy``, a function from a state to an action.

    ``seed`` fixes the episode and the actions that ``env.action_space.sample`` draws. The actions
    get their own stream: with one seed for both, world and actions would draw the same numbers.

    Raises:
        TypeError: ``policy`` can't be called.
    """
    require.function("policy", policy)
    state, _ = env.reset(seed=seed)
    if seed is not None:
        env.action_space.seed(int(np.random.SeedSequence([seed, 1]).generate_state(1)[0]))
    states, actions, rewards = [np.array(state, np.float32)], [], []
    terminated = truncated = False
    while not (terminated or truncated):
        action = policy(state)
        state, reward, terminated, truncated, _ = env.step(action)
        states.append(np.array(state, np.float32))
        actions.append(np.array(action, env.action_space.dtype))
        rewards.append(reward)
    return Episode(
        np.array(states), np.array(actions), np.array(rewards, np.float32), terminated, truncated
    )


def discounted_return(rewards: ArrayLike, discount: float) -> float:
    r""":math:`\sum_t \gamma^t r_t`, rewards ``(T,)`` counting less the later they come."""
    require.number("discount", discount, 0, 1)
    return float(np.sum(discount ** np.arange(len(rewards)) * rewards))
