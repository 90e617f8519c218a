"""Other libraries' agents: the same recipe, the same rule, the same judging."""

import os
import sys
import types

import gymnasium as gym
import numpy as np
import pytest

from helpers.engine.agent import Settings
from helpers.engine.schedule import Schedule
from helpers.gym_api import LANDER
from study import peers
from study.experiments import PEERS

OURS = [name for name in PEERS if "our recipe" in name]


class Policy:
    """A policy of one number, kept as Torch's are."""

    def __init__(self):
        self.number = np.zeros(1)

    def state_dict(self):
        return {"number": types.SimpleNamespace(clone=self.number.copy)}

    def load_state_dict(self, kept):
        self.number = kept["number"]


class Model:
    """A library's model that flies worse and worse: its action is a hundredth of its steps."""

    def __init__(self, name, env, seed, **arguments):
        self.observation_space, self.action_space = env.observation_space, env.action_space
        self.policy, self.num_timesteps, self.arguments = Policy(), 0, arguments
        self.action_noise = arguments.get("action_noise")

    def predict(self, state, deterministic):
        assert deterministic
        return np.full(2, self.policy.number[0]), None

    def learn(self, steps, callback):
        for self.num_timesteps in range(1, steps + 1):
            self.policy.number = np.array([self.num_timesteps / 100])
            callback({}, {})


class Noise:
    def __init__(self, mean, sigma, dt=None):
        self._sigma = sigma


@pytest.fixture
def library(monkeypatch):
    """A library that needs none of the real ones."""
    noises = {"OrnsteinUhlenbeckActionNoise": Noise, "NormalActionNoise": Noise}
    made = {"imagined": {"DDPG": Model}, "stable_baselines3.common.noise": noises}
    for name, content in made.items():
        module = types.ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(peers, "limit", lambda cores: None)
    monkeypatch.setattr(peers, "EVERY", 100)
    monkeypatch.setattr(peers, "EPISODES", 2)
    return {
        "library": "imagined",
        "algorithm": "DDPG",
        "model": {"learning_rate": 1e-3},
        "cores": 1,
        "steps": 300,
    }


@pytest.mark.parametrize("name", OURS)
def test_a_peer_with_our_recipe_has_the_courses_settings(name):
    settings, model = PEERS[name], PEERS[name]["model"]
    ours, schedule = Settings(), Schedule(**settings["recipe"])
    assert schedule == Schedule()
    assert model["policy_kwargs"] == {"net_arch": list(ours.hidden)}
    assert model["gamma"] == ours.discount
    for field in ("learning_rate", "batch_size", "tau", "n_steps"):
        assert model[field] == getattr(ours, field)
    assert model["train_freq"] == model["gradient_steps"] == schedule.chunk
    assert model["buffer_size"] == schedule.memory_size
    assert model["learning_starts"] == schedule.random_steps


def test_a_peer_is_judged_as_its_best_snapshot_and_its_choices_are_timed(library):
    *choices, judged = peers.fly(library, seed=0)
    assert [row["step"] for row in choices] == [100, 200, 300]
    assert all(0 <= row["evaluating"] <= row["seconds"] + 0.1 for row in choices)
    assert judged["kind"] == "judging"
    assert judged["evaluating"] == choices[-1]["evaluating"]
    best = max(choices, key=lambda row: row["mean"])["step"]
    assert judged["mean"] == pytest.approx(returns_of(best / 100), abs=0.01)


def returns_of(number):
    env = gym.make(LANDER)
    model = Model("", env, 0)
    model.policy.number = np.array([number])
    return peers.evaluate(peers.Pilot(model), env, 100, 0).mean()


@pytest.mark.parametrize(("progress", "sigma", "rate"), [(0, 0.5, 1e-3), (0.9, 0.02, 2.875e-4)])
def test_noise_and_rate_fall_as_ours_do(library, progress, sigma, rate):
    model = peers.made(library | {"recipe": {"rate_from": 0.6}}, gym.make(LANDER), 0)
    peers.Recipe(model, library | {"recipe": {"rate_from": 0.6}})(progress)
    np.testing.assert_allclose(model.action_noise._sigma, [sigma, sigma])
    assert model.lr_schedule(1) == pytest.approx(rate)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux pins processes")
def test_a_process_can_be_kept_to_one_core():
    before = os.sched_getaffinity(0)
    try:
        peers.limit(1)
        assert len(os.sched_getaffinity(0)) == 1
    finally:
        os.sched_setaffinity(0, before)
