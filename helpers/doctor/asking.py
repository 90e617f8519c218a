"""An environment, asked with care: whatever it answers or raises becomes a note."""

import copy
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np


class StopError(Exception):
    """The environment can't be asked any further."""


class Patient:
    """Asks an environment, and notes what is odd about its answers.

    ``notes`` has, by the finding's name, what was seen of it first.
    """

    def __init__(self, env: gym.Env) -> None:
        self.env = env
        self.notes: dict[str, str] = {}
        self.steps = 0
        self.inside: list[bool] = []  # of each observation, whether its space contains it
        self.given: tuple = (None, None)  # the latest observation as it was returned, and a copy

    def note(self, name: str, seen: str) -> None:
        """Note what was seen, unless the same was seen before."""
        self.notes.setdefault(name, seen)

    def reset(self, seed: int) -> Any:
        """A copy of the first observation.

        Raises:
            StopError: there is none.
        """
        answer = self._ask("reset", seed=seed)
        if not (
            isinstance(answer, tuple | list) and len(answer) == 2 and isinstance(answer[1], dict)
        ):
            self.note(
                "old interface", f"reset returned {brief(answer)} instead of (observation, info)."
            )
            raise StopError
        self.given = (None, None)
        return self._observed(answer[0], "reset")

    def step(self, action: Any) -> tuple[Any, float, bool, bool]:
        """What a step answers, as copies: ``(observation, reward, terminated, truncated)``.

        Raises:
            StopError: the answer can't be used.
        """
        before = copy.deepcopy(action)
        answer = self._ask("step", action)
        self.steps += 1
        if not alike(before, action):
            self.note(
                "changes its action", f"step made {brief(action)} of the action {brief(before)}."
            )
        if not (isinstance(answer, tuple | list) and len(answer) == 5):
            size = f"{len(answer)} values" if isinstance(answer, tuple | list) else brief(answer)
            self.note(
                "old interface",
                f"step returned {size} instead of (observation, reward, terminated, truncated, "
                "info).",
            )
            raise StopError
        observation, reward, terminated, truncated, _ = answer
        state = self._observed(observation, "step")
        return state, self._number(reward), *self._flags(terminated, truncated)

    def _ask(self, name, *arguments, **options):
        try:
            return getattr(self.env, name)(*arguments, **options)
        except (Exception, SystemExit) as error:
            words = f"{name} stopped with {type(error).__name__}: {brief(error, str)}".strip(": ")
            old = isinstance(error, TypeError) and "unexpected keyword argument" in str(error)
            old |= isinstance(error, ValueError) and "to unpack" in str(error)
            where = f"After {steps(self.steps)}, " if self.steps else ""
            self.note("old interface" if old else "stops with an error", f"{where}{words}.")
            raise StopError from error

    def _observed(self, observation, where):
        returned, kept = self.given
        if returned is not None and not alike(returned, kept):
            self.note("reuses its observation", "After a step, the observation before it differs.")
        space = getattr(self.env, "observation_space", None)
        if isinstance(space, gym.spaces.Box):
            self._compare(observation, space, where)
        state = copy.deepcopy(observation)
        self.given = observation, state
        return copy.deepcopy(state)

    def _compare(self, observation, space, where):
        try:
            array = np.asarray(observation)
            numbers = array.astype(np.float64)
        except (TypeError, ValueError):
            self.note("wrong observation", f"{where} returned {brief(observation)}, not numbers.")
            raise StopError from None
        if array.shape != space.shape:
            self.note(
                "wrong observation",
                f"{where} returned an observation of the shape {array.shape}, "
                f"and its space says {space.shape}.",
            )
            raise StopError
        if not np.can_cast(array.dtype, space.dtype, "same_kind"):
            self.note(
                "wrong observation",
                f"{where} returned numbers of the type {array.dtype}, "
                f"and the space says {space.dtype}.",
            )
        if not np.isfinite(numbers).all():
            after = f" after {steps(self.steps)}" if self.steps else ""
            self.note("not finite", f"{where} returned the observation {brief(array)}{after}.")
            raise StopError
        self.inside.append(bool((numbers >= space.low).all() and (numbers <= space.high).all()))

    def _number(self, reward):
        if np.ndim(reward) > 0 or not isinstance(reward, int | float | np.number | np.ndarray):
            self.note("reward isn't a number", f"step returned the reward {brief(reward)}.")
        try:
            number = float(np.asarray(reward, np.float64).reshape(-1)[0])
        except (TypeError, ValueError, IndexError):
            raise StopError from None
        if not np.isfinite(number):
            self.note("not finite", f"step returned the reward {number} after {steps(self.steps)}.")
            raise StopError
        return number

    def _flags(self, *flags):
        for name, flag in zip(("terminated", "truncated"), flags):
            if not isinstance(flag, bool | np.bool_ | int):
                self.note("unclear end", f"step returned {name} = {brief(flag)}.")
                if not isinstance(flag, np.ndarray) or flag.size != 1:
                    raise StopError
        return tuple(bool(flag) for flag in flags)


def brief(value: object, words: Any = repr) -> str:
    """A value in words, in one line of at most 80 characters; whatever its ``words`` raise."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        words = partial(np.array2string, precision=4)
    try:
        text = " ".join(words(value).split())
    except Exception:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else text[:77] + "…"


def steps(count: int) -> str:
    """A number of steps in words."""
    return f"{count:,} step" if count == 1 else f"{count:,} steps"


def alike(one: Any, other: Any) -> bool:
    """Say whether two observations or actions are the same, of whatever space."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(alike, one, other))
    try:
        return bool(np.array_equal(one, other, equal_nan=True))
    except TypeError:  # no numbers
        return bool(np.array_equal(one, other))
