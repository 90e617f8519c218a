"""The course's agent on the lander, with whatever an experiment changes about it."""

import time

import gymnasium as gym

from helpers.gym_api import LANDER
from helpers.lander import train
from study import variants
from study.judging import EPISODES, EVERY, judging_row, selection_row

STEPS = 150_000


def fly(settings, seed):
    """Train an agent and judge what it kept; ``settings`` are those of ``learn``."""
    agent, rows = learn(settings, seed)
    last = rows[-1]
    return [*rows, judging_row(agent, make_env(settings), seed, last["step"], last["seconds"])]


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
    steps, rows, start = settings.get("steps", STEPS), [], time.perf_counter()

    def note(agent, row):
        seconds = time.perf_counter() - start
        rows.append(selection_row(row["step"], seconds, row["return"], row["worst"]))

    schedule = {"evaluate_every": EVERY, "selection_episodes": EPISODES}
    schedule |= settings.get("schedule", {})
    train(agent, env, steps, seed, on_evaluation=note, progress=False, **schedule)
    return agent, rows
