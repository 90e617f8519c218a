"""The worth of a policy: returns of episodes that it flies without noise."""

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np

from helpers import require
from helpers.engine import answers, wrappers
from helpers.engine.seeds import JUDGING, episode_seed
from helpers.gym_api import rollout

# Steps after which an episode is taken for one that never ends.
ENDLESS = 100_000


def evaluate(
    agent: Any,
    env: gym.Env,
    episodes: int = 100,
    seed: int = 0,
    stream: int = JUDGING,
    on_episode: Callable[[int], None] | None = None,
) -> np.ndarray:
    """The undiscounted returns ``(episodes,)`` of ``agent.act`` without noise.

    Judging episodes share no seed with those of training or of the choice of the best snapshot.

    Args:
        agent: what has ``act(state)`` and the two spaces, such as a ``DDPG``.
        env: an environment with the agent's spaces.
        episodes: how many.
        seed: of the episodes.
        stream: of the seeds.
        on_episode: a function called with the number of episodes flown, after each.

    Raises:
        ValueError: the environment's spaces are not the agent's.
        RuntimeError: an episode that doesn't end.
        TypeError: an answer that hasn't Gymnasium's form.
    """
    require.integer("episodes", episodes, low=1)
    require.same_spaces("the agent", agent, "env", env)
    wrappers.warn_of_others(env, getattr(agent, "statistics", {}))
    env = _WithEnd(env)
    returns = np.zeros(episodes)
    for episode in range(episodes):
        flown = rollout(env, agent.act, episode_seed(seed, episode, stream))
        returns[episode] = flown.total_reward
        if on_episode:
            on_episode(episode + 1)
    return returns


class _WithEnd(gym.Wrapper):
    """Refuses an episode that doesn't end, and answers in another form than Gymnasium's."""

    def reset(self, **options):
        self.length = 0
        return answers.begun(self.env, **options)

    def step(self, action):
        self.length += 1
        if self.length > ENDLESS:
            raise RuntimeError(
                f"an episode must end, but this one has gone on for {ENDLESS:,} steps: give the "
                "environment a time limit, for example gym.wrappers.TimeLimit(env, 1_000)"
            )
        return answers.stepped(self.env, action)
