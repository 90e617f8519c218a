"""Other libraries' agents on the same lander, chosen and judged by the same rule.

SBX is Stable-Baselines3's sister on JAX, by the same authors; its updates are fused as the
course's are. Both are given the course's recipe, as far as their settings go.
"""

import os
import sys
from importlib import import_module
from unittest.mock import patch

import gymnasium as gym
import numpy as np

from helpers.engine.evaluation import evaluate
from helpers.engine.schedule import Schedule
from helpers.engine.seeds import SELECTION
from helpers.gym_api import LANDER
from study.judging import EPISODES, EVERY, Clock, judging_row, selection_row


class Pilot:
    """An agent as the judging needs it: its spaces, and an action for a state."""

    def __init__(self, model):
        self.model = model
        self.observation_space, self.action_space = model.observation_space, model.action_space

    def act(self, state):
        return self.model.predict(state, deterministic=True)[0]


def fly(settings, seed):
    """Train another library's agent and judge what it kept.

    ``settings`` has ``library`` and ``algorithm``; ``model``, the arguments of the algorithm;
    ``cores``, how many it may use; ``steps``; and, where the course's exploration and falling rates
    are asked for, ``recipe`` with fields of ``Schedule``. The column ``evaluating`` says how many
    of the seconds went into the choices, which these libraries fly one state at a time.
    """
    limit(settings["cores"])
    with patch.dict(sys.modules, {"tensorflow": None}):  # it doesn't go together with theirs
        return _flown(settings, seed)


def _flown(settings, seed):
    env, judge, steps = gym.make(LANDER), gym.make(LANDER), settings["steps"]
    model = made(settings, env, seed)
    follow = Recipe(model, settings) if "recipe" in settings else lambda progress: None
    pilot, rows, best, kept, clock = Pilot(model), [], -np.inf, None, Clock()
    evaluating = 0.0

    def note(local_variables, global_variables):
        nonlocal best, kept, evaluating
        follow(model.num_timesteps / steps)
        if model.num_timesteps % EVERY:
            return True
        before = Clock()
        returns = evaluate(pilot, judge, EPISODES, seed, SELECTION)
        if returns.mean() >= best:
            best, kept = returns.mean(), snapshot(model)
        evaluating += before.columns()["seconds"]
        row = selection_row(model.num_timesteps, clock.columns(), returns.mean(), returns.min())
        rows.append(row | {"evaluating": round(evaluating, 1)})
        return True

    model.learn(steps, callback=note)
    restore(model, kept)
    return [*rows, judging_row(pilot, judge, seed, rows[-1])]


def limit(cores):
    """Let this process, and what it starts, use only so many cores, where the system can do it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def made(settings, env, seed):
    """A new model of the library's."""
    from stable_baselines3.common.noise import NormalActionNoise, OrnsteinUhlenbeckActionNoise

    arguments, size = dict(settings["model"]), env.action_space.shape[0]
    if settings["library"] == "sbx":  # lets a callback set the learning rate
        import optax

        arguments["policy_kwargs"] = arguments.get("policy_kwargs", {}) | {
            "optimizer_class": optax.inject_hyperparams(optax.adam)
        }
    if "recipe" in settings:
        spread = np.full(size, Schedule(**settings["recipe"]).noise_start)
        arguments["action_noise"] = OrnsteinUhlenbeckActionNoise(np.zeros(size), spread, dt=1)
    elif "noise" in settings:
        spread = np.full(size, settings["noise"])
        arguments["action_noise"] = NormalActionNoise(np.zeros(size), spread)
    make = getattr(import_module(settings["library"]), settings["algorithm"])
    return make("MlpPolicy", env, seed=seed, **arguments)


class Recipe:
    """The part that the libraries leave to a callback: noise and learning rates that fall."""

    def __init__(self, model, settings):
        self.model, self.schedule = model, Schedule(**settings["recipe"])
        self.rate = settings["model"]["learning_rate"]

    def __call__(self, progress):
        """Set both for the fraction ``progress`` of the run."""
        noise = self.model.action_noise
        noise._sigma = np.full_like(noise._sigma, self.schedule.sigma(progress))
        rate = self.rate * self.schedule.rate(progress)
        policy = self.model.policy
        if hasattr(policy, "qf_state"):  # SBX
            states = [policy.actor_state.opt_state, policy.qf_state.opt_state]
            self.model._update_learning_rate(states, rate)
        else:  # which reads its schedule at every round of updates
            self.model.lr_schedule = lambda remaining: rate


def snapshot(model):
    """The source of its actions, as it is now."""
    if hasattr(model.policy, "actor_state"):  # JAX's arrays don't change
        return model.policy.actor_state
    return {name: tensor.clone() for name, tensor in model.policy.state_dict().items()}


def restore(model, kept):
    """Act again as at a ``snapshot``."""
    if hasattr(model.policy, "actor_state"):
        model.policy.actor_state = kept
    else:
        model.policy.load_state_dict(kept)
