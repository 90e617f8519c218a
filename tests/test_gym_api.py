import warnings

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st

from helpers.engine.seeds import JUDGING, SELECTION, TRAINING, episode_seed
from helpers.gym_api import (
    LANDER,
    Drift,
    discounted_return,
    rollout,
)

states = st.floats(-1.5, 1.5)
actions = st.floats(-1, 1)


def best_policy(discount):
    return lambda state: -Drift.gain(discount) * state


def test_drift_passes_gymnasiums_own_check_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gym.make("Drift-v0").unwrapped)


def test_drift_moves_and_pays_as_its_equations_say():
    env = Drift(noise=0)
    env.reset(seed=0)
    env.state = np.array([0.5])
    state, reward, terminated, truncated, _ = env.step(np.array([-1.0]))
    assert state == pytest.approx(0.5 - 0.2)
    assert reward == pytest.approx(-(0.25 + 2.0))
    assert (terminated, truncated) == (False, False)


def test_drift_clips_the_action_before_it_moves_and_pays():
    env = Drift(noise=0)
    env.reset(seed=0)
    env.state = np.array([0.0])
    state, reward, *_ = env.step(np.array([7.0]))
    assert state == pytest.approx(0.2)
    assert reward == pytest.approx(-2.0)


def test_drift_is_truncated_after_25_steps_and_never_terminates():
    episode = rollout(gym.make("Drift-v0"), best_policy(0.95), seed=1)
    assert len(episode.rewards) == 25
    assert episode.truncated
    assert not episode.terminated


def test_the_gain_and_the_curvature_are_those_of_the_design():
    assert Drift.curvature(0.95) == pytest.approx(6.485, abs=5e-4)
    assert Drift.gain(0.95) == pytest.approx(0.548, abs=5e-4)
    assert 1 / Drift.gain(0.95) == pytest.approx(1.82, abs=5e-3)


@pytest.mark.parametrize("discount", [0.0, 0.5, 0.95, 0.999])
def test_the_curvature_solves_the_riccati_equation(discount):
    p = Drift.curvature(discount)
    fed_back = (discount * p * Drift.b) ** 2 / (Drift.c + discount * p * Drift.b**2)
    assert p == pytest.approx(1 + discount * p - fed_back)


@given(state=states, action=actions)
def test_q_is_the_reward_and_what_follows_averaged_over_the_current(state, action):
    # The current is uniform: Gauss-Legendre averages a quadratic over it exactly.
    nodes, weights = np.polynomial.legendre.leggauss(3)
    following = Drift.value(state + Drift.b * action + 0.05 * nodes, 0.95)
    reward = -(state**2 + Drift.c * action**2)
    assert Drift.q(state, action, 0.95) == pytest.approx(
        reward + 0.95 * np.sum(weights / 2 * following), rel=1e-9
    )


@given(state=states)
def test_the_value_is_the_best_q_and_the_gain_takes_it(state):
    tried = np.linspace(-1, 1, 2001)
    q = Drift.q(state, tried, 0.95)
    assert Drift.value(state, 0.95) == pytest.approx(q.max(), abs=1e-5)
    assert tried[q.argmax()] == pytest.approx(-Drift.gain(0.95) * state, abs=1e-3)


def test_without_the_current_a_rollout_and_what_is_left_equal_q():
    env = gym.wrappers.TimeLimit(Drift(noise=0), 25)
    for seed in range(20):
        run = rollout(env, best_policy(0.95), seed)
        left = 0.95**25 * env.unwrapped.value(run.states[-1], 0.95)
        q = env.unwrapped.q(run.states[0], -Drift.gain(0.95) * run.states[0], 0.95)
        assert discounted_return(run.rewards, 0.95) + left == pytest.approx(q, rel=1e-5)


def test_rollout_keeps_what_happened():
    episode = rollout(gym.make(LANDER), lambda state: np.array([0.3, -0.2]), seed=3)
    steps = len(episode.rewards)
    assert episode.states.shape == (steps + 1, 8)
    assert episode.actions.shape == (steps, 2)
    assert {a.dtype for a in (episode.states, episode.actions, episode.rewards)} == {
        np.dtype("float32")
    }
    assert episode.terminated != episode.truncated
    assert episode.total_reward == pytest.approx(episode.rewards.sum(), rel=1e-4)


def test_rollout_of_discrete_actions_is_flat_and_whole_numbers():
    episode = rollout(gym.make("CartPole-v1"), lambda state: 1, seed=0)
    assert episode.actions.shape == episode.rewards.shape
    assert episode.actions.dtype == np.int64


def test_a_seed_fixes_the_episode_and_the_sampled_actions():
    env = gym.make(LANDER)
    runs = [rollout(env, lambda state: env.action_space.sample(), seed=5) for _ in range(2)]
    np.testing.assert_array_equal(runs[0].states, runs[1].states)
    np.testing.assert_array_equal(runs[0].actions, runs[1].actions)


def test_rollout_copies_states_that_the_environment_changes_in_place():
    class Counter(gym.Env):
        observation_space = gym.spaces.Box(0, 9, (1,))
        action_space = gym.spaces.Discrete(1)

        def reset(self, *, seed=None, options=None):
            self.state = np.zeros(1, np.float32)
            return self.state, {}

        def step(self, action):
            self.state += 1
            return self.state, 0.0, bool(self.state[0] == 3), False, {}

    assert rollout(Counter(), lambda state: 0).states.ravel().tolist() == [0, 1, 2, 3]


def test_discounted_return_by_hand():
    assert discounted_return([1.0, 2.0, 4.0], 0.5) == 3.0
    assert discounted_return([], 0.5) == 0
    assert discounted_return(np.ones(3, np.float32), 0) == 1


@given(st.lists(st.floats(-10, 10), max_size=20), st.floats(0, 1))
def test_discounted_return_satisfies_its_recursion(rewards, discount):
    following = discounted_return(rewards[1:], discount)
    first = rewards[0] if rewards else 0
    assert discounted_return(rewards, discount) == pytest.approx(
        first + discount * following, abs=1e-9
    )


def test_no_two_streams_share_an_episode_seed():
    seeds = [
        episode_seed(seed, i, stream)
        for stream in (TRAINING, SELECTION, JUDGING)
        for seed in range(10)
        for i in range(500)
    ]
    assert len(set(seeds)) == len(seeds)


def test_a_training_seed_is_that_of_seed_and_episode():
    expected = np.random.SeedSequence([4, 7]).generate_state(1)[0]
    assert episode_seed(4, 7) == expected


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda: rollout(Drift(), 3), TypeError, "policy"),
        (lambda: discounted_return([1.0], 1.5), ValueError, "discount"),
        (lambda: discounted_return([1.0], "a lot"), TypeError, "discount"),
        (lambda: Drift.value(0, 1), ValueError, "discount"),
        (lambda: Drift(noise=-1), ValueError, "noise"),
        (lambda: Drift().step(np.zeros(2)), ValueError, "action"),
        (lambda: Drift().step(np.array([np.nan])), ValueError, "action"),
    ],
)
def test_bad_input_is_named(call, error, named):
    with pytest.raises(error, match=named):
        call()
