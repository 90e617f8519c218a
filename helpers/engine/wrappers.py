"""What wrappers have learned from what they saw: Gymnasium's two with running statistics.

A policy that learned behind ``NormalizeObservation`` is worth nothing behind another's statistics.
So a training's checkpoint and the agent's file hold them.
"""

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
    """The statistics of the wrappers around ``env``, by name; empty where there are none."""
    return {
        f"{name}/{figure}": np.array(getattr(getattr(wrapper, STATISTICS[type(wrapper)]), figure))
        for name, wrapper in learners(env)
        for figure in FIGURES
    }


def use_statistics(env: gym.Env, arrays: dict[str, np.ndarray], fixed: bool = True) -> None:
    """Let the wrappers around ``env`` go by these statistics, which ``fixed`` keeps as they are.

    Raises:
        ValueError: the wrappers around ``env`` are others.
    """
    wrappers = dict(learners(env))
    needed = {name.split("/")[0] for name in arrays}
    if set(wrappers) != needed:
        theirs, ours = (", ".join(sorted(names)) or "neither" for names in (needed, wrappers))
        raise ValueError(
            f"env must have the wrappers with statistics that the agent learned behind, {theirs}, "
            f"but it has {ours}"
        )
    for name, wrapper in wrappers.items():
        kept = getattr(wrapper, STATISTICS[type(wrapper)])
        for figure in FIGURES:
            value = arrays[f"{name}/{figure}"].copy()
            setattr(kept, figure, float(value) if figure == "count" else value)
        wrapper.update_running_mean = not fixed
