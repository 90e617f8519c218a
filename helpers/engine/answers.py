"""An environment's answers in Gymnasium's form, or an error in words."""

from typing import Any

import numpy as np

CHECK = "helpers.doctor.examine(env) looks for more of this kind"


def begun(env: Any, **options: Any) -> tuple[np.ndarray, dict]:
    """``env.reset(**options)``, which must answer ``(observation, info)``.

    Raises:
        TypeError: it has another form, as in the old ``gym``.
    """
    try:
        answer = env.reset(**options)
    except TypeError as error:
        if "unexpected keyword argument" not in str(error):
            raise
        raise TypeError(
            f"env.reset must take seed=None and options=None, but it stopped with: {error}. {CHECK}"
        ) from error
    if not (isinstance(answer, tuple | list) and len(answer) == 2):
        raise TypeError(
            "env.reset must return (observation, info), but it returned "
            f"{_form(answer)}, as in the old gym: return observation, {{}}. {CHECK}"
        )
    observation, info = answer
    return observation, info


def stepped(env: Any, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict]:
    """``env.step(action)``, which must answer
    ``(observation, reward, terminated, truncated, info)``.

    Raises:
        TypeError: it has another form, as in the old ``gym``, or the reward is no number.
    """
    answer = env.step(action)
    if not (isinstance(answer, tuple | list) and len(answer) == 5):
        raise TypeError(
            "env.step must return (observation, reward, terminated, truncated, info), but it "
            f"returned {_form(answer)}: the old gym's done is terminated or truncated. {CHECK}"
        )
    observation, reward, terminated, truncated, info = answer
    if not isinstance(reward, int | float | np.number) and np.shape(reward) != ():
        raise TypeError(
            f"env.step must return the reward as a number, but it returned {reward!r}: "
            f"return float(reward[0]). {CHECK}"
        )
    return observation, reward, terminated, truncated, info


def _form(answer):
    return (
        f"{len(answer)} values"
        if isinstance(answer, tuple | list)
        else f"a {type(answer).__name__}"
    )
