"""Other tasks of Gymnasium's, with the course's agent as it is."""

import gymnasium as gym

from helpers.lander import DDPG, train
from study.judging import EPISODES, Clock, judging_row, selection_row


def learn(settings, seed):
    """Train the agent on ``settings``' ``task`` for ``steps``, and judge what it kept.

    ``agent`` there may have fields of its ``Settings``.
    """
    env, steps = gym.make(settings["task"]), settings["steps"]
    made_as = settings.get("agent", {})
    agent = DDPG(env.observation_space, env.action_space, seed=seed, **made_as)
    rows, clock = [], Clock()

    def note(agent, row):
        rows.append(selection_row(row["step"], clock.columns(), row["return"], row["worst"]))

    every = steps // 20
    train(
        agent, env, steps, seed, on_evaluation=note, progress=False,
        evaluate_every=every, selection_episodes=EPISODES,
    )  # fmt: skip
    return [*rows, judging_row(agent, env, seed, rows[-1])]
