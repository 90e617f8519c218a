"""Stable-Baselines3's DDPG on the same lander, chosen and judged by the same rule."""

import gymnasium as gym
import numpy as np

from helpers.engine.evaluation import evaluate
from helpers.engine.seeds import SELECTION
from helpers.gym_api import LANDER
from study.judging import EPISODES, EVERY, Clock, judging_row, selection_row
from study.peers import Pilot


def fly(settings, seed):
    """Train Stable-Baselines3's DDPG and judge what it kept.

    ``settings`` has ``model`` (arguments of ``DDPG``), ``noise`` (the Gaussian's sigma),
    ``threads`` and ``steps``. The column ``evaluating`` says how many of the seconds went into the
    choices: they are slower here, since the library acts for one state at a time with Torch.
    """
    import torch
    from stable_baselines3 import DDPG
    from stable_baselines3.common.noise import NormalActionNoise

    torch.set_num_threads(settings["threads"])
    env, judge = gym.make(LANDER), gym.make(LANDER)
    size = env.action_space.shape[0]
    noise = NormalActionNoise(np.zeros(size), np.full(size, settings["noise"]))
    model = DDPG("MlpPolicy", env, action_noise=noise, seed=seed, device="cpu", **settings["model"])
    pilot, steps = Pilot(model), settings["steps"]
    rows, best, kept = [], -np.inf, None
    clock, evaluating = Clock(), 0.0

    def note(local_variables, global_variables):
        nonlocal best, kept, evaluating
        if model.num_timesteps % EVERY:
            return True
        before = Clock()
        returns = evaluate(pilot, judge, EPISODES, seed, SELECTION)
        if returns.mean() >= best:
            best = returns.mean()
            kept = {name: tensor.clone() for name, tensor in model.policy.state_dict().items()}
        evaluating += before.columns()["seconds"]
        row = selection_row(model.num_timesteps, clock.columns(), returns.mean(), returns.min())
        rows.append(row | {"evaluating": round(evaluating, 1)})
        return True

    model.learn(steps, callback=note)
    model.policy.load_state_dict(kept)
    return [*rows, judging_row(pilot, judge, seed, rows[-1])]
