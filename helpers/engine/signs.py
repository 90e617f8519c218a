"""What a training's history keeps of its actor and its memory, for the doctor."""

import numpy as np

from helpers.engine.agent import Agent
from helpers.replay_memory import ReplayMemory


def of_actor(agent: Agent, states: np.ndarray) -> dict[str, float]:
    """The actor's actions in ``states`` ``(B, S)``.

    Returns:
        ``bound``, the share of them within a hundredth of a bound, and ``spread``, the standard
        deviation over the states of the action that differs most, in half-ranges.
    """
    space = agent.action_space
    middle = space.low / 2 + space.high / 2
    actions = (agent.policy(states) - middle) / agent.half_range
    return {
        "bound": float(np.mean(np.abs(actions) > 0.98)),
        "spread": float(actions.std(axis=0).max()),
    }


def of_memory(memory: ReplayMemory) -> dict[str, float]:
    """``least`` and ``most``, the extremes of its rewards, each summed over n steps."""
    rewards = memory.rewards[: len(memory)]
    return {"least": float(rewards.min()), "most": float(rewards.max())}
