"""The course's agent on the lander, with whatever an experiment changes about it."""

import gymnasium as gym
import numpy as np

from helpers.engine.seeds import JUDGING, episode_seed
from helpers.gym_api import LANDER, discounted_return, rollout
from helpers.lander import train
from study import variants
from study.judging import EPISODES, EVERY, Clock, judging_row, selection_row

STEPS = 150_000
PROMISES = 30  # flights over which the critic's promises are compared with what came


def fly(settings, seed):
    """Train an agent and judge what it kept; ``settings`` are those of ``learn``."""
    agent, rows = learn(settings, seed)
    env = make_env(settings)
    judged = judging_row(agent, env, seed, rows[-1])
    return [*rows, judged | promises(agent, env, seed)]


def promises(agent, env, seed):
    """What the critic promises along the judging's flights, beside the discounted return that came.

    ``promise`` is the median over the flights of the mean difference, ``hopeful`` the share of them
    in which the critic promises more. A flight that the time limit cut off doesn't count, since its
    return isn't known.
    """
    excess = []
    for flight in range(PROMISES):
        flown = rollout(env, agent.act, episode_seed(seed, flight, JUDGING))
        if flown.terminated:
            discount, rewards = agent.settings.discount, flown.rewards
            came = [discounted_return(rewards[t:], discount) for t in range(len(rewards))]
            said = agent.critic([flown.states[:-1], flown.actions]).numpy()
            excess.append(np.mean(said - came))
    if not excess:
        return {}
    return {
        "promise": round(np.median(excess), 2),
        "hopeful": round(np.mean(np.array(excess) > 0), 2),
    }


def make_env(settings):
    env = gym.make(LANDER)
    return getattr(variants, settings["wrapper"])(env) if "wrapper" in settings else env


def learn(settings, seed):
    """Train an agent; returns it and a row for each choice of a snapshot.

    ``settings`` may have ``agent`` and ``schedule`` (fields of ``Settings`` and ``Schedule``),
    ``agent_class`` and ``wrapper`` (names in ``study.variants``), and ``steps``.
    """
    env = make_env(settings)
    make = getattr(variants, settings.get("agent_class", "DDPG"))
    agent = make(env.observation_space, env.action_space, seed=seed, **settings.get("agent", {}))
    steps, rows, clock = settings.get("steps", STEPS), [], Clock()

    def note(agent, row):
        rows.append(selection_row(row["step"], clock.columns(), row["return"], row["worst"]))

    schedule = {"evaluate_every": EVERY, "selection_episodes": EPISODES}
    schedule |= settings.get("schedule", {})
    train(agent, env, steps, seed, on_evaluation=note, progress=False, **schedule)
    return agent, rows
