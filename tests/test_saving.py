"""Save, carry on, carry out: what a file of an agent holds, and what goes on from it."""

import shutil
import subprocess
import sys

import gymnasium as gym
import numpy as np
import pytest

from course.code import ROOT
from helpers.engine.units import Units
from helpers.engine.wrappers import statistics, use_statistics
from helpers.gym_api import Drift, rollout
from helpers.lander import DDPG, evaluate, train
from tests.test_training import drift_agent, run_tiny, stop_at

SPACE = gym.spaces.Box(-np.inf, np.inf, (3,), np.float32)
BOX = gym.spaces.Box(np.float32([-1, 5]), np.float32([1, 35]))


def normalized(seed=None):
    env = gym.wrappers.NormalizeObservation(gym.make("Drift-v0"))
    if seed is not None:  # has seen something already
        rollout(env, lambda state: np.ones(1, np.float32), seed)
    return env


def learned_behind(env, **options):
    with pytest.warns(UserWarning, match="NormalizeObservation keeps statistics that move"):
        return run_tiny(env=env, **options)


def test_an_agents_file_holds_the_statistics_that_it_learned_behind(tmp_path):
    env = normalized()
    agent, _ = learned_behind(env)
    before = rollout(_fixed(env), agent.act, seed=0).total_reward
    agent.save(tmp_path / "agent.npz")
    loaded, fresh = DDPG.load(tmp_path / "agent.npz"), normalized()
    loaded.prepare(fresh)
    assert rollout(fresh, loaded.act, seed=0).total_reward == before
    assert rollout(fresh, loaded.act, seed=0).total_reward == before  # they stay as they are


def _fixed(env):
    use_statistics(env, statistics(env))
    return env


def test_an_evaluation_behind_other_statistics_is_warned_of(tmp_path):
    agent, _ = learned_behind(normalized())
    for env in (normalized(), normalized(seed=3)):
        with pytest.warns(UserWarning, match=r"call agent\.prepare\(env\) first"):
            evaluate(agent, env, episodes=1)
    agent.prepare(env)
    evaluate(agent, env, episodes=1)
    evaluate(agent, env, episodes=1)


def test_other_wrappers_are_refused():
    agent, _ = learned_behind(normalized())
    with pytest.raises(ValueError, match=r"\(NormalizeObservation\), but it has none"):
        agent.prepare(gym.make("Drift-v0"))
    with pytest.raises(ValueError, match=r"\(none\), but it has NormalizeObservation"):
        drift_agent(Drift()).prepare(normalized())


@pytest.mark.parametrize(
    "names", [["NormalizeObservation"], ["NormalizeObservation", "NormalizeReward"]]
)
def test_a_run_behind_statistics_is_resumed_exactly(tmp_path, names):
    def made():
        env = gym.make("Drift-v0")
        for name in names:
            env = getattr(gym.wrappers, name)(env)
        return env

    path = tmp_path / "run.npz"
    whole, whole_history = learned_behind(made())
    learned_behind(made(), checkpoint=path, on_evaluation=stop_at(200))
    parts, history = learned_behind(made(), checkpoint=path)
    assert history == whole_history
    for name, array in whole.arrays().items():
        np.testing.assert_array_equal(parts.arrays()[name], array, err_msg=name)


def test_a_checkpoint_goes_on_for_more_steps(tmp_path, capsys):
    path = tmp_path / "run.npz"
    _, first = run_tiny(checkpoint=path)
    agent, longer = run_tiny(steps=500, checkpoint=path, progress=True)
    assert "Going on at step 300 of 500" in capsys.readouterr().out
    assert longer["updates"][: len(first["updates"])] == first["updates"]
    assert [row["step"] for row in longer["evaluations"]] == [100, 200, 300, 400, 500]
    assert longer["updates"][-1]["step"] == 500
    assert len(longer["updates"]) == len(first["updates"]) + 10
    assert agent.critic_optimizer.iterations.numpy() > 300
    _, again = run_tiny(steps=500, checkpoint=path)
    assert again == longer


def test_of_a_checkpoint_it_loads_the_best_snapshot_or_the_last_weights(tmp_path):
    path, seen = tmp_path / "run.npz", []
    run_tiny(
        checkpoint=path,
        on_evaluation=lambda agent, row: seen.append((row["return"], agent.snapshot())),
    )
    best, last = max(seen, key=lambda pair: pair[0])[1], seen[-1][1]
    for expected, agent in ((best, DDPG.load(path)), (last, DDPG.load(path, last=True))):
        for name, array in agent.snapshot().items():
            np.testing.assert_array_equal(array, expected[name])


@pytest.mark.parametrize("units", [None, Units((1e3, 0, -5), (1e4, 1, 0.001), 3)])
def test_a_policy_runs_without_tensorflow(tmp_path, units):
    agent = DDPG(SPACE, BOX, hidden=(8, 16, 8))
    if units:
        agent.use_units(units)
    agent.export(tmp_path / "policy.npz")
    shutil.copy(ROOT / "helpers" / "engine" / "carried.py", tmp_path)
    states = np.random.default_rng(0).normal(size=(20, 3)) * [1e4, 1, 0.001] + [1e3, 0, -5]
    np.save(tmp_path / "states.npy", states.astype(np.float32))
    program = (
        "import sys, numpy as np\n"
        "from carried import carried\n"
        "act = carried('policy.npz')\n"
        "np.save('actions.npy', [act(state) for state in np.load('states.npy')])\n"
        "assert not {'tensorflow', 'keras', 'helpers', 'gymnasium'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    actions = np.load(tmp_path / "actions.npy")
    assert actions.dtype == np.float32
    ours = [agent.act(state) for state in states.astype(np.float32)]
    np.testing.assert_allclose(actions, ours, atol=1e-4)


def test_an_actor_of_other_layers_is_not_exported(tmp_path):
    from study.variants import BatchNormalized

    with pytest.raises(TypeError, match="export writes actors of dense layers"):
        BatchNormalized(SPACE, BOX, hidden=(8, 8)).export(tmp_path / "policy.npz")


def test_integer_actions_are_refused():
    with pytest.raises(TypeError, match=r"must be a Box of floats, but .* of int64 was given"):
        DDPG(SPACE, gym.spaces.Box(0, 9, (1,), np.int64))


class FourValues(gym.Wrapper):
    def step(self, action):
        state, reward, terminated, truncated, info = self.env.step(action)
        return state, reward, terminated or truncated, info


class ArrayReward(gym.Wrapper):
    def step(self, action):
        state, reward, *rest = self.env.step(action)
        return state, np.array([reward]), *rest


class OldReset(Drift):
    def reset(self):
        return np.zeros(1, np.float32)


class BareReset(Drift):
    def reset(self, *, seed=None, options=None):
        return np.zeros(1, np.float32)


@pytest.mark.parametrize(
    ("env", "words"),
    [
        (FourValues(Drift()), r"env\.step must return .* but it returned 4 values"),
        (ArrayReward(Drift()), r"the reward as a number, but it returned array.*reward\[0\]"),
        (OldReset(), r"env\.reset must take seed=None and options=None"),
        (BareReset(), r"env\.reset must return \(observation, info\), but it returned a ndarray"),
    ],
)
def test_an_environment_of_the_old_form_is_refused_in_words(env, words):
    agent = drift_agent(Drift())
    with pytest.raises(TypeError, match=words):
        evaluate(agent, env, episodes=1)
    with pytest.raises(TypeError, match=words):
        run_tiny(env=env, agent=agent)


def test_a_run_of_random_steps_says_that_nothing_is_learned(capsys):
    env = gym.make("Drift-v0")
    agent = drift_agent(env)
    run_tiny(env=env, agent=agent, progress=True)
    capsys.readouterr()
    run_tiny(steps=30, env=env, agent=agent, progress=True)
    assert "Only random steps: There is no update after 30 steps." in capsys.readouterr().out


def test_what_ails_a_run_is_said_once_while_it_trains_and_again_at_its_end(capsys):
    env = gym.wrappers.TransformReward(gym.make("Drift-v0"), lambda reward: 1.0)
    agent = drift_agent(env)
    train(agent, env, 2_000, random_steps=100, chunk=100, evaluate_every=500, selection_episodes=1)
    said = capsys.readouterr().out
    assert said.count("Rewards all alike: All rewards in the memory come to") == 1
    assert "diagnose(history, agent) says what to do." in said


def test_without_progress_the_doctor_is_silent(capsys):
    run_tiny(steps=30)
    assert capsys.readouterr().out == ""
