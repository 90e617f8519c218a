"""The pictures of chapter 1."""

import asyncio
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import gymnasium as gym
import imageio.v3 as iio
import ipywidgets
import numpy as np
from IPython.core.getipython import get_ipython
from IPython.display import display

from helpers.drawing import BLUE, GREEN, GREY, LINES, ORANGE, Film, figure, headline, minus, show

LANDER = "LunarLanderContinuous-v3"
PAUSE = 0.05  # seconds between two steps of 0.02: about a third of the lander's own speed
PAGE = {"width": "600px", "max_width": "100%"}  # a frame's own width, or less on a phone
FLOWN = Path(__file__).with_name("flown.csv")  # the sliders at each step of a saved flight
OBSERVATIONS = {  # the lander's state, two numbers to a panel
    "position": ("x", "y"),
    "speed": ("x", "y"),
    "attitude": ("angle", "turning\nspeed"),
    "leg on the ground": ("left", "right"),
}


def fly(seed: int) -> list[float]:
    """Let the reader fly the lander with two sliders; every start has the same ``seed``.

    Without a reader, it shows the film of a flight that was flown at these sliders. Returns the
    list to which each flight adds its return.
    """
    if not _reader_is_there():
        return [_saved_flight(seed)]
    while _cockpits:  # of this cell, if it was run before
        _cockpits.pop().close()
    _cockpits.append(Cockpit(seed))
    display(_cockpits[0])
    return _cockpits[0].returns


def _reader_is_there():
    """Tell if a reader can move a slider: a cell may then ask for input as well.

    nbconvert, nbval and nbclient forbid that, and outside of Jupyter there's no parent message.
    """
    asked = getattr(get_ipython(), "get_parent", dict)() or {}
    return asked.get("content", {}).get("allow_stdin", bool(asked))


def _saved_flight(seed):
    film = Film()
    flying = _Flying(_Filmed(gym.make(LANDER, render_mode="rgb_array"), film), seed)
    for action in chain(np.loadtxt(FLOWN, delimiter=","), repeat((0, 0))):
        flying.step(*action)
        if flying.end:  # elsewhere, numbers that are rounded otherwise may end it at another step
            break
    title = f"flown with the two sliders: {flying}"
    film.show(title, strip=title)
    return round(flying.total, 2)


class _Flying:
    """A flight whose actions come step by step."""

    def __init__(self, env, seed):
        self.env = env
        self.state = env.reset(seed=seed)[0]
        self.actions, self.total, self.end = [], 0.0, ""

    def step(self, *action):
        self.actions.append(action)
        self.state, reward, terminated, truncated, _ = self.env.step(np.float32(action))
        self.total += float(reward)
        if terminated:
            outside = abs(self.state[0]) >= 1
            self.end = "landed" if reward == 100 else "left the picture" if outside else "crashed"
        elif truncated:
            self.end = "out of time, still flying"

    def __str__(self):
        end = f"{self.end}, " if self.end else ""
        return f"{end}return {minus(round(self.total))} after {len(self.actions)} steps"


class Cockpit(ipywidgets.VBox):
    """A lander to be flown with two sliders, in a task of the kernel's loop.

    ``start`` begins a flight, again if one is under way, and ``close`` ends it for good.
    ``returns`` has the return of every flight that came to its end.
    """

    def __init__(self, seed: int) -> None:
        self.seed, self.returns = seed, []
        self.task: asyncio.Task | None = None
        self.env = gym.make(LANDER, render_mode="rgb_array")
        self.flying = _Flying(self.env, seed)
        self.picture = ipywidgets.Image(format="jpeg", layout=PAGE)
        self.main, self.side = (
            ipywidgets.FloatSlider(
                min=-1,
                max=1,
                step=0.1,
                readout_format=".1f",
                description=name,
                style={"description_width": "7em"},
                layout=PAGE,
            )
            for name in ("main engine", "side engines")
        )
        self.button = ipywidgets.Button(description="Start", button_style="primary")
        self.button.on_click(self.start)
        self.label = ipywidgets.Label("Press Start, then move the sliders.")
        self._show()
        super().__init__([self.picture, self.label, self.main, self.side, self.button])

    def start(self, button: object = None) -> None:
        """Begin a flight, with both sliders at zero."""
        self.stop()
        self.main.value = self.side.value = 0
        self.button.description = "Start again"
        self.task = asyncio.get_running_loop().create_task(self._fly())

    def stop(self) -> None:
        """End the flight that is under way, if there is one; it has no return."""
        if self.task:
            self.task.cancel()

    def close(self) -> None:
        """Stop, and vanish from the page."""
        self.stop()
        for child in self.children:
            child.close()
        super().close()

    async def _fly(self):
        flying = self.flying = _Flying(self.env, self.seed)
        while not flying.end:
            await asyncio.sleep(PAUSE)  # the sliders' values arrive here
            flying.step(self.main.value, self.side.value)
            self._show()
            _, height, _, rising, angle, *_ = flying.state
            going = "falling" if rising < 0 else "rising"
            self.label.value = (
                f"return {minus(round(flying.total))}, height {minus(height, 2)}, "
                f"{going} {abs(rising):.2f}, tilt {minus(round(np.degrees(angle)))}°"
            )
        self.returns.append(round(flying.total, 2))
        self.label.value = f"{str(flying).capitalize()}."

    def _show(self):
        self.picture.value = iio.imwrite("<bytes>", self.env.render(), extension=".jpeg")

    def __repr__(self):
        return "Two sliders that fly the lander while this notebook's kernel is running"


_cockpits: list[Cockpit] = []  # the one that is shown


def flight(env: gym.Env, rollout: Callable, policy: Callable, seed: int, title: str) -> None:
    """Show one episode as a video and a film strip; ``env`` renders arrays."""
    film = Film()
    episode = rollout(_Filmed(env, film), policy, seed)
    alt = f"{title}: return {episode.total_reward:.0f} after {len(episode.rewards)} steps"
    film.show(alt, strip=alt)


class _Filmed(gym.Wrapper):
    """An environment that adds every second moment to a film."""

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
    """The eight numbers of the lander's state over one flight, two to a panel."""
    made, axes = figure(len(OBSERVATIONS), height=8, sharex=True)
    for axis, (title, names), pair in zip(
        axes, OBSERVATIONS.items(), episode.states.T.reshape(4, 2, -1)
    ):
        for values, name, color, line in zip(pair, names, (BLUE, ORANGE), LINES):
            axis.plot(values, line, color=color, lw=2, label=name)
        axis.set_title(title, fontweight="normal")
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    axes[-1].set(xlabel="step", yticks=(0, 1))
    _, _, _, speed, angle, *_ = episode.states[-2]
    going = "falling" if speed < 0 else "rising"
    finding = f"Just before the end it is {going} at {abs(speed):.2f}, tilted by {_degrees(angle)}"
    headline(made, finding)
    shown = "; ".join(f"{title} ({', '.join(two)})" for title, two in OBSERVATIONS.items())
    text = f"Four panels over the {len(episode.rewards)} steps of a flight: {shown}. {finding}."
    show(made, text.replace("\n", " "))


def _degrees(angle):
    return f"{abs(np.degrees(angle)):.0f}°"


def boats(policies: dict[str, list]) -> None:
    """The boats of several policies, step by step; ``policies`` maps names to lists of episodes."""
    made, axes = figure(len(policies), height=2.1 * len(policies) + 0.8, sharex=True, sharey=True)
    means = {
        name: np.mean([episode.total_reward for episode in episodes])
        for name, episodes in policies.items()
    }
    for axis, (name, episodes) in zip(axes, policies.items()):
        for episode in episodes:
            axis.plot(episode.states[:, 0], color=BLUE, lw=1.5, alpha=0.8)
        axis.axhline(0, lw=1.5, color=GREY, ls="--")
        axis.set(ylabel="state $s$")
        axis.set_title(f"{name}   (mean return {minus(means[name], 1)})", fontweight="normal")
    axes[-1].set_xlabel("step")
    best = max(means, key=lambda name: means[name])
    headline(made, f"“{best}” has the best mean return")
    texts = "; ".join(f"{name}, mean return {mean:.1f}" for name, mean in means.items())
    show(
        made,
        f"The states of five boats under each of {len(policies)} policies, over 25 steps, with a "
        f"line at zero, where they should be. {texts}.",
    )


def first_actions(pairs: dict[str, list[tuple[float, float]]]) -> None:
    """Each episode's first random action over its first state, a panel for each name."""
    made, axes = figure(1, len(pairs), height=4.2, sharey=True)
    correlations = {name: np.corrcoef(*np.array(points).T)[0, 1] for name, points in pairs.items()}
    for axis, (name, points) in zip(axes, pairs.items()):
        axis.plot(*np.array(points).T, "o", ms=4, color=BLUE, alpha=0.8)
        axis.set_title(f"{name}:\ncorrelation {minus(correlations[name], 2)}", fontweight="normal")
        axis.set(xlabel="first state", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    axes[0].set_ylabel("first random action")
    repeats = [name for name, found in correlations.items() if abs(found) > 0.99]
    finding = "No first action repeats the state"
    if repeats:
        finding = f"With {repeats[0]}, the first action repeats the state"
    headline(made, finding)
    texts = "; ".join(f"{name}, correlation {found:.2f}" for name, found in correlations.items())
    show(made, f"First random actions over the first states: {texts}. {finding}.")


def estimates(returns: np.ndarray) -> None:
    """Means of growing numbers of ``returns``, whose shape is ``(estimates, episodes)``."""
    count = returns.shape[1]
    episodes = np.arange(1, count + 1)
    means = returns.cumsum(axis=1) / episodes  # (estimates, episodes)
    apart = np.ptp(means, axis=0)
    made, axis = figure(height=3.8)
    for number, (line, color, mean) in enumerate(zip(LINES, (BLUE, ORANGE, GREEN), means), 1):
        axis.plot(episodes, mean, color=color, ls=line, lw=2, label=f"estimate {number}")
    axis.set(xscale="log", xlabel="episodes flown", ylabel="mean return")
    ticks = [n for n in (1, 3, 10, 30, 100, 300) if n <= count]
    axis.set_xticks(ticks, labels=map(str, ticks))
    axis.minorticks_off()
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    axis.set_title(f"They lie {apart[0]:.2f} apart after 1 episode, {apart[-1]:.2f} after {count}")
    show(
        made,
        f"{len(means)} running means of returns that come together: {apart[0]:.2f} apart after 1 "
        f"episode, {apart[9]:.2f} after 10, {apart[-1]:.2f} after {count}.",
    )


def returns_beside_value(
    starts: np.ndarray, returns: dict[str, np.ndarray], value: Callable
) -> None:
    """Returns of episodes over the states they began in, and the exact value as a line.

    ``returns`` maps names to arrays as long as ``starts``.
    """
    made, axis = figure(height=4.4)
    for (name, found), color, mark in zip(returns.items(), (ORANGE, GREY), "ox"):
        axis.plot(starts, found, mark, ms=4, color=color, alpha=0.8, label=name)
    line = np.linspace(-1, 1, 101)
    axis.plot(line, value(line), color=BLUE, lw=2.5, label="exact value")
    axis.set(xlabel="state $s_0$ the episode begins in", ylabel="return")
    errors = {name: np.mean(found - value(starts)) for name, found in returns.items()}
    worst, error = max(errors.items(), key=lambda pair: abs(pair[1]))
    title = f"Returns scatter about the value, off by {error:+.2f} on average"
    if abs(error) > 0.1:
        title = f"“{worst}” is off by {error:+.2f} on average"
    axis.set_title(title.replace("-", "−"))
    axis.legend(loc="lower center", markerscale=2)
    text = "; ".join(f"{name} off by {error:+.2f} on average" for name, error in errors.items())
    show(made, f"Returns over the first state, beside the exact value, a parabola: {text}.")
