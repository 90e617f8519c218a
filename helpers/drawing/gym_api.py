"""The pictures of chapter 1."""

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np

from helpers.drawing import BLUE, GREY, ORANGE, Film, figure, show

OBSERVATIONS = [
    "x position",
    "y position",
    "x speed",
    "y speed",
    "angle",
    "turning speed",
    "left leg touches",
    "right leg touches",
]


def flight(env: gym.Env, rollout: Callable, policy: Callable, seed: int, title: str) -> None:
    """Show one episode as a video and a film strip; ``env`` renders arrays."""
    film = Film()
    episode = rollout(_Filmed(env, film), policy, seed)
    alt = f"{title}: return {episode.total_reward:.0f} after {len(episode.rewards)} steps"
    film.show(alt, strip=alt)


class _Filmed(gym.Wrapper):
    """An environment of which every second moment goes to a film."""

    def __init__(self, env, film):
        super().__init__(env)
        self.film, self.steps = film, 0

    def reset(self, **options):
        started = super().reset(**options)
        self.film.add(self.env.render())
        return started

    def step(self, action):
        made = super().step(action)
        self.steps += 1
        if self.steps % 2 == 0:
            self.film.add(self.env.render())
        return made


def lander_states(episode: Any) -> None:
    """The eight numbers of the lander's state over one flight."""
    made, axes = figure(2, 4, height=3.6, sharex=True)
    for axis, name, values in zip(axes.flat, OBSERVATIONS, episode.states.T):
        axis.plot(values, color=BLUE)
        axis.set_title(name)
    for axis in axes[1]:
        axis.set_xlabel("step")
    total = f"return {episode.total_reward:.0f}"
    show(made, f"Eight curves over one flight, {total}: {', '.join(OBSERVATIONS)}.")


def boats(policies: dict[str, list]) -> None:
    """Where the boats of several policies went; ``policies`` maps names to lists of episodes."""
    made, axes = figure(1, len(policies), height=2.6, sharey=True)
    texts = []
    for axis, (name, episodes) in zip(axes, policies.items()):
        for episode in episodes:
            axis.plot(episode.states[:, 0], color=BLUE, lw=1, alpha=0.7)
        mean = np.mean([episode.total_reward for episode in episodes])
        axis.axhline(0, lw=1, color=GREY)
        axis.set(xlabel="step", title=f"{name}\nmean return {mean:.1f}")
        texts.append(f"{name}, mean return {mean:.1f}")
    axes[0].set_ylabel("state $s$")
    show(made, f"Five episodes each of {len(policies)} policies over 25 steps: {'; '.join(texts)}.")


def first_actions(pairs: dict[str, list[tuple[float, float]]]) -> None:
    """Each episode's first random action over its first state, a panel for each name."""
    made, axes = figure(1, len(pairs), height=3, sharey=True)
    texts = []
    for axis, (name, points) in zip(axes, pairs.items()):
        states, actions = np.array(points).T
        axis.plot(states, actions, ".", ms=4, color=BLUE)
        texts.append(f"{name}, correlation {np.corrcoef(states, actions)[0, 1]:.2f}")
        axis.set(title=texts[-1], xlabel="first state")
    axes[0].set_ylabel("first random action")
    show(made, f"First random actions over the first states: {'; '.join(texts)}.")


def returns_beside_value(
    starts: np.ndarray, returns: dict[str, np.ndarray], value: Callable
) -> None:
    """Returns of episodes over the states they began in, and the exact value as a line.

    ``returns`` maps names to arrays as long as ``starts``.
    """
    made, axis = figure(height=3.2)
    for (name, found), color in zip(returns.items(), (ORANGE, GREY)):
        axis.plot(starts, found, ".", ms=4, color=color, alpha=0.7, label=name)
    line = np.linspace(-1, 1, 101)
    axis.plot(line, value(line), color=BLUE, lw=2, label="exact value")
    axis.set(xlabel="state $s_0$ the episode begins in", ylabel="return")
    errors = {name: np.mean(found - value(starts)) for name, found in returns.items()}
    worst, error = max(errors.items(), key=lambda pair: abs(pair[1]))
    title = "Returns scatter about the value"
    if abs(error) > 0.1:
        title = f"“{worst}” is off by {error:+.2f} on average"
    axis.set_title(title)
    axis.legend()
    text = "; ".join(f"{name} off by {error:+.2f} on average" for name, error in errors.items())
    show(made, f"Returns over the first state, beside the exact value, a parabola: {text}.")
