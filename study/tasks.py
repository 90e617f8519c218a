"""Other tasks of Gymnasium's, with the course's agent as it is."""

from contextlib import nullcontext
from unittest.mock import patch

import gymnasium as gym

from helpers.engine.collector import Collector
from helpers.gym_api import discounted_return
from helpers.lander import DDPG, train
from study.judging import EPISODES, Clock, judging_row, selection_row


def learn(settings, seed):
    """Train the agent on ``settings``' ``task`` for ``steps``, and judge what it kept.

    ``agent`` there may have fields of its ``Settings``; with ``ends`` no step is dropped where an
    episode is cut off.
    """
    env, steps = gym.make(settings["task"]), settings["steps"]
    made_as = settings.get("agent", {})
    agent = DDPG(env.observation_space, env.action_space, seed=seed, **made_as)
    rows, clock = [], Clock()

    def note(agent, row):
        rows.append(selection_row(row["step"], clock.columns(), row["return"], row["worst"]))

    every = steps // 20
    kept = patch("helpers.engine.training.Collector", KeepsEnds)
    with kept if "ends" in settings else nullcontext():
        train(
            agent, env, steps, seed, on_evaluation=note, progress=False,
            evaluate_every=every, selection_episodes=EPISODES,
        )  # fmt: skip
    return [*rows, judging_row(agent, env, seed, rows[-1])]


class KeepsEnds(Collector):
    """Keeps the last steps of an episode that was cut off, as sums of fewer than n rewards."""

    def cut_episode(self):
        ahead = self.steps_ahead
        while ahead.pending:
            rewards = [reward for *_, reward in ahead.pending]
            state, action, _ = ahead.pending.popleft()
            row = self.memory.pointer
            total = discounted_return(rewards, ahead.discount)
            self.memory.append(state, action, total, self.state, False)
            # Its value is m steps away. A target counts it with γⁿ (1 − terminal), which is γᵐ so.
            self.memory.terminals[row] = 1 - ahead.discount ** (len(rewards) - ahead.n)
        super().cut_episode()
