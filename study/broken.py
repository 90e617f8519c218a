"""Tasks with something wrong: Drift, changed, and trainings with a setting that spoils them.

The doctor must name what is wrong with each, or the agent must learn all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import gymnasium as gym
import numpy as np
from gymnasium.wrappers import (
    RescaleAction,
    TimeLimit,
    TransformAction,
    TransformObservation,
    TransformReward,
)

from helpers.gym_api import Drift


@dataclass(frozen=True)
class Case:
    """What is wrong, and what the doctor says of it; with no such names, the agent learns."""

    wrap: Callable[[gym.Env], gym.Env] = lambda env: env
    before: str = ""  # the finding of an examination
    during: str = ""  # the finding of a diagnosis
    agent: dict = field(default_factory=dict)
    training: dict = field(default_factory=dict)


class Tally(gym.Wrapper):
    """Keeps the returns of episodes in Drift's own rewards."""

    def __init__(self, env):
        super().__init__(env)
        self.returns = []

    def reset(self, **options):
        self.returns.append(0.0)
        return self.env.reset(**options)

    def step(self, action):
        answer = self.env.step(action)
        self.returns[-1] += answer[1]
        return answer


def scaled_action(low, high):
    return lambda env: RescaleAction(env, np.float32(low), np.float32(high))


def observed(change, size=1):
    """Shows ``change`` of the state, ``size`` numbers."""
    space = gym.spaces.Box(-np.inf, np.inf, (size,), np.float32)

    def wrap(env):
        return TransformObservation(env, lambda s: np.asarray(change(s), np.float32), space)

    return wrap


def rewarded(change):
    return lambda env: TransformReward(env, change)


class Changed(gym.Wrapper):
    """Changes what goes in and comes out, by two methods."""

    def acting(self, action):
        return action

    def answering(self, state, reward, terminated, truncated, info):
        return state, reward, terminated, truncated, info

    def step(self, action):
        return self.answering(*self.env.step(self.acting(action)))


class InPlace(Changed):
    """Changes the action that it gets."""

    def acting(self, action):
        action -= 0.25
        action += 0.25
        np.multiply(action, 0.5, out=action)
        return 2 * action


class OneArray(gym.Wrapper):
    """Hands out one observation array for ever."""

    def __init__(self, env):
        super().__init__(env)
        self.array = np.zeros(env.observation_space.shape, np.float32)

    def reset(self, **options):
        self.array[:] = self.env.reset(**options)[0]
        return self.array, {}

    def step(self, action):
        state, *rest = self.env.step(action)
        self.array[:] = state
        return self.array, *rest


class Late(gym.Wrapper):
    """Lets an action wait for four steps."""

    def reset(self, **options):
        self.waiting = [np.zeros(self.action_space.shape, np.float32)] * 4
        return self.env.reset(**options)

    def step(self, action):
        self.waiting.append(np.array(action, np.float32))
        return self.env.step(self.waiting.pop(0))


class Latest(gym.Wrapper):
    """Pays once, at the end, for being near zero."""

    def step(self, action):
        state, _, terminated, truncated, info = self.env.step(action)
        return state, float(truncated and abs(state[0]) < 0.1), terminated, truncated, info


class RareNan(Changed):
    """Shows no number once in about two thousand steps."""

    def answering(self, state, reward, terminated, truncated, info):
        if self.np_random.random() < 1 / 2_000:
            state = np.full_like(state, np.nan)
        return state, reward, terminated, truncated, info


class Unseeded(Changed):
    """Draws chance that no seed governs."""

    generator = np.random.default_rng()

    def answering(self, state, reward, terminated, truncated, info):
        noise = self.generator.normal(0, 0.01, state.shape)
        return (state + noise).astype(np.float32), reward, terminated, truncated, info


class Pure(Changed):
    """Rewards that chance alone makes."""

    def answering(self, state, reward, terminated, truncated, info):
        return state, float(self.np_random.normal()), terminated, truncated, info


class Terminated(Changed):
    """Says that the task is over where a time limit cut it off."""

    def answering(self, state, reward, terminated, truncated, info):
        return state, reward, terminated or truncated, False, info


class ArrayReward(Changed):
    """Rewards that are arrays of one number."""

    def answering(self, state, reward, terminated, truncated, info):
        return state, np.array([reward]), terminated, truncated, info


class FourValues(gym.Wrapper):
    """Answers as the old gym did."""

    def step(self, action):
        state, reward, terminated, truncated, info = self.env.step(action)
        return state, reward, terminated or truncated, info


class Spikes(Changed):
    """Shows a million once in a hundred steps."""

    def answering(self, state, reward, terminated, truncated, info):
        if self.np_random.random() < 0.01:
            state = np.full_like(state, 1e6)
        return state, reward, terminated, truncated, info


class Jackpot(Changed):
    """Pays a million where chance decides, once in a hundred steps."""

    def answering(self, state, reward, terminated, truncated, info):
        return state, reward + 1e6 * (self.np_random.random() < 0.01), terminated, truncated, info


def rounded(env):
    space = gym.spaces.Box(-np.inf, np.inf, (1,), np.float64)
    return TransformObservation(env, lambda state: state.astype(np.float64) + 1e9, space)


def equal_bounds(env):
    space = gym.spaces.Box(np.float32([-1, 3]), np.float32([1, 3]))
    return TransformAction(env, lambda action: action[:1], space)


def idle_action(env):
    space = gym.spaces.Box(-1, 1, (2,), np.float32)
    return TransformAction(env, lambda action: action[:1], space)


def ignored(env):
    return TransformAction(env, np.zeros_like, env.action_space)


def wide(env):
    space = gym.spaces.Box(-1_000, 1_000, (1,), np.float32)
    return TransformAction(env, lambda action: np.clip(action, -1, 1), space)


def limited(steps):
    return lambda env: TimeLimit(env, steps)


def with_idle_observations(state):
    """Seven numbers of ±10⁴ beside the state, which say nothing."""
    return np.concatenate([state, 1e4 * np.sin(1e4 * state[0] * np.arange(1, 8))])


BROKEN = {
    # The table.
    "as it is": Case(),
    "actions in ±0.001": Case(scaled_action(-0.001, 0.001)),
    "actions in [0, 1]": Case(scaled_action(0, 1)),
    "observations × 10⁴": Case(observed(lambda s: 1e4 * s)),
    "observations + 1,000": Case(observed(lambda s: s + 1_000)),
    "observations × 0.001": Case(observed(lambda s: 0.001 * s)),
    "idle observations": Case(observed(with_idle_observations, 8)),
    "rewards × 10⁴": Case(rewarded(lambda r: 1e4 * r)),
    "rewards − 10,000": Case(
        rewarded(lambda r: r - 1e4), "reward far from zero", "reward far from zero"
    ),
    "few steps": Case(training={"steps": 3_000}, during="only random steps"),
    "episodes of four steps": Case(limited(4), during="episodes shorter than n"),
    "episodes of one step": Case(limited(1), "one-step episodes", "episodes shorter than n"),
    "an action changed in place": Case(InPlace, before="changes its action"),
    "one observation array": Case(OneArray, before="reuses its observation"),
    # Others.
    "late actions": Case(Late, before="actions come late"),
    "constant reward": Case(rewarded(lambda r: 1.0), "reward always the same", "rewards all alike"),
    "reward at the end": Case(Latest, before="rare rewards"),
    "idle action": Case(idle_action, before="idle action"),
    "no action matters": Case(ignored, before="no action matters"),
    "bounds too wide": Case(wide, before="bounds too wide"),
    "rare NaN": Case(RareNan),
    "unseeded": Case(Unseeded, before="no two runs alike"),
    "rewards by chance": Case(Pure, before="rewards ignore the actions"),
    "rewards as arrays": Case(ArrayReward, before="reward isn't a number"),
    "four values": Case(FourValues, before="old interface"),
    "terminated at the limit": Case(Terminated, before="time limit as terminated"),
    "observations all zero": Case(observed(lambda s: 0 * s), before="nothing to see"),
    "rewards × 10⁻⁶": Case(rewarded(lambda r: 1e-6 * r), "rewards far from 1", "vanishing rewards"),
    "rewards squared": Case(rewarded(lambda r: -1e3 * r * r)),
    "discount of 1": Case(agent={"discount": 1.0}),
    "discount of 0.99999": Case(agent={"discount": 0.99999}),
    "rates of 0.1": Case(agent={"learning_rate": 0.1}, during="stuck at a bound"),
    "tau of 1": Case(agent={"tau": 1.0}, during="values out of reach"),
    "sixteen rewards": Case(agent={"n_steps": 16}, during="growing loss"),
    "no exploration": Case(training={"random_steps": 0, "noise_start": 0, "noise_end": 0}),
    "a tiny memory": Case(training={"memory_size": 100}),
    "rates of 10⁻⁷": Case(agent={"learning_rate": 1e-7}, during="unusual settings"),
    "discount of 0.1": Case(agent={"discount": 0.1}, during="unusual settings"),
    "observations + 10⁹": Case(rounded, before="rounded away"),
    "spikes": Case(Spikes, before="outliers"),
    "a reward of 10⁶": Case(Jackpot, before="outliers"),
    "equal bounds": Case(equal_bounds, before="equal bounds"),
    "never ends": Case(lambda env: Drift(), before="never ends"),
}
