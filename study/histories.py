"""Histories of trainings, healthy and broken, which the doctor's rules are tested on.

A history is thinned before it is kept: a row for each thousand steps, all evaluations, and the
random or first episodes.
"""

import gymnasium as gym

from helpers.engine.evaluation import evaluate
from helpers.lander import DDPG, train
from study.broken import BROKEN, Tally

KINDS = {
    "episodes": ("step", "return", "length"),
    "updates": ("step", "loss", "q", "sigma", "rate", "bound", "spread", "least", "most"),
    "evaluations": ("step", "return", "worst"),
}
THIN = 1_000  # steps between two rows


def learn(settings, seed):
    """The history of the agent as it is on ``settings``' ``task``, in ``steps``."""
    env = gym.make(settings["task"])
    agent = DDPG(env.observation_space, env.action_space, seed=seed)
    return rows_of(train(agent, env, settings["steps"], seed, progress=False))


def ail(settings, seed):
    """The history of a training in which something is wrong, the ``task`` of ``settings``, and how
    well its agent sails: ``mean`` is the mean return in Drift's own rewards.

    A training that stops with an error has a row with its first words.
    """
    case = BROKEN[settings["task"]]
    tally = Tally(gym.make("Drift-v0"))
    env = case.wrap(tally)
    try:
        agent = DDPG(env.observation_space, env.action_space, seed=seed, **case.agent)
        history = train(agent, env, seed=seed, progress=False, **{"steps": 10_000} | case.training)
    except (FloatingPointError, RuntimeError, TypeError, ValueError) as error:
        return [{"kind": "judging", "error": str(error)[:60]}]
    tally.returns.clear()
    evaluate(agent, env, 50, seed)
    mean = sum(tally.returns) / len(tally.returns)
    return [*rows_of(history), {"kind": "judging", "mean": round(mean, 2)}]


def rows_of(history):
    """The rows of a history that are kept, with four digits."""
    rows = []
    begin = history["updates"][0]["step"] if history["updates"] else float("inf")
    for kind, columns in KINDS.items():
        next_step = 0
        for i, row in enumerate(history[kind]):
            early = kind == "episodes" and (row["step"] <= begin or i < 10)
            if row["step"] >= next_step or early or kind == "evaluations":
                rows.append({"kind": kind} | {name: float(f"{row[name]:.4g}") for name in columns})
                next_step = row["step"] + THIN
    return [row | {"step": int(row["step"])} for row in rows]


def history_of(rows):
    """A history again, from the rows that were kept of it."""
    return {
        kind: [{name: row[name] for name in columns} for row in rows if row["kind"] == kind]
        for kind, columns in KINDS.items()
    }
