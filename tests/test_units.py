"""The agent brings a task's units to the size that networks expect, and leaves sensible ones."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers import TransformObservation, TransformReward
from hypothesis import given
from hypothesis import strategies as st

from helpers.engine.schedule import Schedule
from helpers.engine.training import Run
from helpers.engine.units import Units
from helpers.gym_api import LANDER
from helpers.lander import DDPG, train

SMALL = {"random_steps": 200, "evaluate_every": 200, "selection_episodes": 2, "memory_size": 1_000}


def drift(change=lambda states: states, factor=1, shift=0, size=1):
    """Drift with its observations changed, and rewards times ``factor`` plus ``shift``."""
    env = gym.make("Drift-v0")
    space = gym.spaces.Box(-np.inf, np.inf, (size,), np.float32)
    env = TransformObservation(env, lambda state: change(state).astype(np.float32), space)
    return TransformReward(env, lambda reward: factor * reward + shift)


def trained(env, steps=600, **schedule):
    agent = DDPG(env.observation_space, env.action_space, hidden=(16, 16), batch_size=16)
    train(agent, env, steps, progress=False, **SMALL | schedule)
    return agent


@pytest.mark.parametrize("task", [LANDER, "Drift-v0", "Pendulum-v1", "BipedalWalker-v3"])
def test_sensible_units_are_left_alone(task):
    env = gym.make(task)
    agent = DDPG(env.observation_space, env.action_space, hidden=(8, 8))
    run = Run(agent, env, 10_000, 0, Schedule(chunk=5_000))
    run.collect()
    run.fit_units()
    assert agent.units == Units()
    assert str(Units()) == ""


def test_units_by_hand():
    states = np.array([[0, 1_000, 5, 0], [1, 3_000, 5, 0]], np.float32)
    units = Units.seen_in(states, np.array([300, -400]))
    assert units.means == (0, 2_000, 0, 0)
    assert units.spreads == (1, 1_000, 1, 1)
    assert units.values == pytest.approx(np.sqrt(125_000) / 10)
    assert str(units).startswith("The observations and rewards of the random steps")


def test_what_never_changes_is_only_shifted():
    units = Units.seen_in(np.full((7, 1), 1e6, np.float32), np.ones(7))
    assert units == Units((1e6,), (1,))


@given(st.floats(-1e5, 1e5), st.floats(1e-4, 1e4), st.floats(1e-3, 1e6), st.integers(0, 2**32 - 1))
def test_what_it_sees_is_of_a_sensible_size(mean, spread, reward, seed):
    states = np.random.default_rng(seed).normal(mean, spread, (500, 1)).astype(np.float32)
    units = Units.seen_in(states, np.full(500, reward))
    seen = (states - (units.means or [0])) / (units.spreads or [1])
    assert np.abs(seen).max() <= 50
    assert np.isfinite(seen).all()
    assert units.values > 0
    assert 0.01 <= reward / units.values <= 100


def test_actor_and_critic_see_the_task_in_its_units():
    space = gym.spaces.Box(-np.inf, np.inf, (1,), np.float32)
    agent = DDPG(space, gym.make("Drift-v0").action_space, hidden=(8, 8))
    plain = agent.twin()
    agent.use_units(Units((1_000,), (5,), 3))
    states, actions = np.array([[0.5], [-1]], np.float32), np.array([[0.1], [-1]], np.float32)
    raw = 5 * states + 1_000
    np.testing.assert_allclose(agent.actor(raw), plain.actor(states), atol=1e-6)
    np.testing.assert_allclose(agent.act(raw[0]), plain.act(states[0]), atol=1e-6)
    np.testing.assert_allclose(
        agent.critic([raw, actions]), 3 * plain.critic([states, actions]), atol=1e-4
    )


def test_a_run_fits_its_agent_once_after_the_random_steps(capsys):
    env = drift(lambda state: 1e4 * state + 1e5, factor=1e4)
    agent = DDPG(env.observation_space, env.action_space, hidden=(8, 8), batch_size=8)
    train(agent, env, 400, **SMALL)
    assert agent.units.means[0] == pytest.approx(1e5, rel=0.1)
    assert capsys.readouterr().out.count("far from 1 in size") == 1
    before = agent.units
    train(agent, drift(), 400, **SMALL)
    assert agent.units == before


def test_units_are_saved_with_the_agent(tmp_path):
    env = drift(lambda state: 1e4 * state, factor=1e-5)
    agent = trained(env)
    agent.save(tmp_path / "agent.npz")
    loaded = DDPG.load(tmp_path / "agent.npz")
    state = env.reset(seed=0)[0]
    assert loaded.units == agent.units != Units()
    np.testing.assert_array_equal(loaded.act(state), agent.act(state))


@pytest.mark.parametrize("stop", [400, 800])
def test_a_resumed_run_is_exact_with_units(tmp_path, stop):
    env, path = drift(lambda state: 1e4 * state), tmp_path / "run.npz"
    schedule = {"random_steps": 500, "evaluate_every": 200, "chunk": 100}

    def stopped(agent, row):
        if row["step"] == stop:
            raise KeyboardInterrupt

    whole = trained(env, 1_000, **schedule)
    space = env.observation_space, env.action_space
    sizes = {"hidden": (16, 16), "batch_size": 16}
    train(
        DDPG(*space, **sizes), env, 1_000, checkpoint=path, on_evaluation=stopped, progress=False,
        **SMALL | schedule,
    )  # fmt: skip
    again = DDPG(*space, **sizes)
    train(again, env, 1_000, checkpoint=path, progress=False, **SMALL | schedule)
    assert again.units == whole.units != Units()
    for name, array in whole.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array, err_msg=name)


class Careless(gym.Wrapper):
    """Changes the action it gets, and hands out one array for ever."""

    def reset(self, **options):
        state, info = self.env.reset(**options)
        self.state = state.copy()
        return self.state, info

    def step(self, action):
        state, *rest = self.env.step(action.copy())
        action -= 5
        self.state[:] = state
        return self.state, *rest


def test_a_careless_environment_does_no_harm():
    plain, careless = (trained(env) for env in (drift(), Careless(drift())))
    for name, array in plain.arrays().items():
        np.testing.assert_array_equal(careless.arrays()[name], array, err_msg=name)
