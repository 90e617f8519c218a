"""What wrappers have learned from what they saw: Gymnasium's two with running statistics.

A policy that learned behind ``NormalizeObservation`` is worth nothing behind other statistics. So a
training's checkpoint and the agent's file hold them.
"""

import warnings
from collections.abc import Iterator

import gymnasium as gym
import numpy as np

STATISTICS = {
    gym.wrappers.NormalizeObservation: "obs_rms",
    gym.wrappers.NormalizeReward: "return_rms",
}
FIGURES = ("mean", "var", "count")


def learners(env: gym.Env) -> Iterator[tuple[str, gym.Wrapper]]:
    """The wrappers around ``env`` that have statistics, with their names, the outermost first."""
    while isinstance(env, gym.Wrapper):
        if type(env) in STATISTICS:
            yield type(env).__name__, env
        env = env.env


def statistics(env: gym.Env) -> dict[str, np.ndarray]:
    """A copy of the statistics of the wrappers around ``env``, by name; empty without such."""
    found = {}
    for name, wrapper in learners(env):
        kept = getattr(wrapper, STATISTICS[type(wrapper)])
        found |= {f"{name}/{figure}": np.array(getattr(kept, figure)) for figure in FIGURES}
        if name == "NormalizeReward":
            found[f"{name}/discounted_reward"] = np.array(wrapper.discounted_reward)
    return found


def use_statistics(env: gym.Env, arrays: dict[str, np.ndarray], fixed: bool = True) -> None:
    """Let the wrappers around ``env`` go by what ``statistics`` found.

    ``fixed`` keeps it as it is from then on; else it goes on moving, as in training.

    Raises:
        ValueError: the wrappers around ``env`` are others.
    """
    ours, theirs = dict(learners(env)), {name.split("/")[0] for name in arrays}
    if set(ours) != theirs:
        needed, given = (", ".join(sorted(names)) or "none" for names in (theirs, ours))
        raise ValueError(
            f"env must have the wrappers with statistics that the agent learned behind ({needed}), "
            f"but it has {given}"
        )
    for name, wrapper in ours.items():
        kept = getattr(wrapper, STATISTICS[type(wrapper)])
        for figure in FIGURES:
            setattr(kept, figure, arrays[f"{name}/{figure}"].copy()[()])
        if name == "NormalizeReward":
            wrapper.discounted_reward = arrays[f"{name}/discounted_reward"].copy()
        wrapper.update_running_mean = not fixed


def warn_of_learners(env: gym.Env) -> None:
    """Warn where a wrapper's numbers move while an agent learns."""
    for name, _ in learners(env):
        warnings.warn(
            f"{name} keeps statistics that move while the agent learns, so the memory holds old "
            "numbers beside new ones. The agent's file keeps them: after DDPG.load, call "
            "agent.prepare(env). The agent scales what is far from 1 by itself, and needs no such "
            "wrapper.",
            stacklevel=3,
        )


def warn_of_others(env: gym.Env, arrays: dict[str, np.ndarray]) -> None:
    """Warn where the wrappers around ``env`` go by other statistics than ``arrays``."""
    ours = statistics(env)
    observed = [name for name in arrays if name.startswith("NormalizeObservation")]
    if any(name not in ours or (ours[name] != arrays[name]).any() for name in observed):
        warnings.warn(
            "NormalizeObservation has other statistics here than those that the agent learned "
            "behind, so it sees other numbers: call agent.prepare(env) first.",
            stacklevel=3,
        )
