"""Validation of arguments, one line a call.

Each function raises a ``ValueError`` or ``TypeError`` that names the argument, what was given and
what is accepted, and returns nothing.
"""

from collections.abc import Collection, Sized
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import ArrayLike


def number(name: str, value: object, low: float = -np.inf, high: float = np.inf) -> None:
    """``value`` is a finite real number in ``[low, high]``."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, but {value!r} was given")
    if not (np.isfinite(value) and low <= float(value) <= high):
        raise ValueError(f"{name} must be in [{low}, {high}] and finite, but {value!r} was given")


def integer(name: str, value: object, low: int = 0) -> None:
    """``value`` is an integer of at least ``low``; ``1e6`` is none, it is a float."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer such as 1_000, but {value!r} was given")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, but {value!r} was given")


def one_of(name: str, value: object, choices: Collection) -> None:
    """``value`` is one of ``choices``."""
    if value not in choices:
        accepted = " or ".join(map(repr, choices))
        raise ValueError(f"{name} must be {accepted}, but {value!r} was given")


def function(name: str, value: object) -> None:
    """``value`` can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, but {value!r} was given")


def widths(name: str, value: object, least: int = 1) -> None:
    """``value`` is a sequence of at least so many layer widths."""
    if not isinstance(value, tuple | list) or len(value) < least:
        raise TypeError(
            f"{name} must be {least} or more layer widths such as (400, 300), "
            f"but {value!r} was given"
        )
    for width in value:
        integer(f"a width in {name}", width, low=1)


def array(name: str, value: ArrayLike, shape: tuple[int, ...]) -> None:
    """``value`` is an array of finite numbers of ``shape``; ``None`` there is any length."""
    try:
        given = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} must be numbers of shape {shape}, but {value!r} was given"
        ) from None
    if given.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, but {given.shape} was given")
    if not np.isfinite(given).all():
        raise ValueError(f"{name} must be finite, but {value} was given")


def same_length(name: str, value: np.ndarray, other_name: str, other: np.ndarray) -> None:
    """``value`` is flat, with one entry for each row of ``other``."""
    if tuple(value.shape) != (other.shape[0],):
        raise ValueError(
            f"{name} must have the shape ({other.shape[0]},), one entry for each of {other_name}, "
            f"but {tuple(value.shape)} was given"
        )


def same_shapes(name: str, arrays: list, other_name: str, others: list) -> None:
    """Two lists of arrays or variables have the same shapes in the same order."""
    shapes, other_shapes = ([tuple(a.shape) for a in side] for side in (arrays, others))
    if shapes != other_shapes:
        raise ValueError(
            f"{name} and {other_name} must have weights of the same shapes, "
            f"but {shapes} and {other_shapes} were given"
        )


def not_empty(name: str, collection: Sized) -> None:
    """``collection`` holds something."""
    if len(collection) == 0:
        raise ValueError(f"{name} must hold something to sample from, but it is empty")


def folder_of(name: str, path: Path | str) -> None:
    """The folder that the file ``path`` lies in exists."""
    folder = Path(path).parent
    if not folder.is_dir():
        raise FileNotFoundError(f"{name} must lie in an existing folder, but {folder} is none")


def flat_box(name: str, space: gym.Space) -> None:
    """``space`` is a ``gymnasium.spaces.Box`` of one dimension; its bounds may be infinite."""
    if not isinstance(space, gym.spaces.Box) or len(space.shape) != 1:
        raise TypeError(f"{name} must be a Box of one dimension, but {space} was given")


def bounded_box(name: str, space: gym.Space) -> None:
    """``space`` is a flat ``gymnasium.spaces.Box`` of floats; bounds are finite, and differ."""
    flat_box(name, space)
    if not np.issubdtype(space.dtype, np.floating):
        raise TypeError(
            f"{name} must be a Box of floats, but {space} of {space.dtype} was given: wrap the "
            "environment in gymnasium.wrappers.TransformAction, which can round on the way"
        )
    if not space.is_bounded():
        raise ValueError(f"{name} must have finite bounds, but {space} was given")
    if not (space.low < space.high).all():
        raise ValueError(f"{name} must have bounds that differ, but {space} was given")


def discrete(name: str, space: gym.Space) -> None:
    """``space`` is a ``gymnasium.spaces.Discrete``."""
    if not isinstance(space, gym.spaces.Discrete):
        raise TypeError(f"{name} must be Discrete, but {space} was given")


def same_spaces(name: str, one: Any, other_name: str, other: Any) -> None:
    """Two agents or environments have the same observation and action spaces."""
    for space in ("observation_space", "action_space"):
        if getattr(one, space) != getattr(other, space):
            raise ValueError(
                f"{name} and {other_name} must have the same {space}, "
                f"but {getattr(one, space)} and {getattr(other, space)} were given"
            )
