"""The examination of a task before training: a thousand random steps, and a few in pairs."""

import contextlib
import copy
import warnings
from dataclasses import dataclass, field
from functools import partial

import gymnasium as gym
import numpy as np

from helpers.doctor.asking import Patient, StopError, alike, brief
from helpers.doctor.asking import steps as in_words
from helpers.doctor.findings import Finding, found, in_order

PAIR = 30  # steps over which two flights from the same seed are compared
PLACES = -1, 0.3, 1  # in an action's range; the third, since the ends may cost the same
FEW = 8  # actions that are tried one by one, at most
LONGER = 10  # how many times as many steps are flown to see an episode end
FAR = 1_000  # how many times the distance of the quartiles makes an outlier
EPSILON = np.finfo(np.float32).eps
SENSIBLE = 1e-2, 1e2  # the sizes of observations and rewards of which nothing is said


@dataclass
class Seen:
    """What the random steps saw."""

    states: list[np.ndarray] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)  # of the episodes that ended
    terminated: list[bool] = field(default_factory=list)  # of each of them


def examine(env: gym.Env, seed: int = 0, steps: int = 1_000) -> list[Finding]:
    """Try an environment, and say what would keep an agent from learning in it.

    Whatever the environment answers or raises becomes a finding; the examination itself never
    stops with an error. It needs no TensorFlow. Afterwards the environment must be reset.

    Args:
        env: any environment.
        seed: of its episodes and of the random actions.
        steps: how many random ones. A few more compare flights from the same seed.

    Returns:
        The findings, gravest first; an empty list if there is nothing to say.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return in_order(_findings(env, seed, steps))
        except (Exception, SystemExit) as error:  # of a property or a comparison, for example
            return [found("stops with an error", f"It raised {type(error).__name__}: {error}.")]


def _findings(env, seed, steps):
    if not isinstance(env, gym.Env):
        return [found("no environment", f"A {type(env).__name__} was given.")]
    if not isinstance(getattr(env, "action_space", None), gym.Space):
        return [
            found("no environment", f"A {type(env).__name__} without an action_space was given.")
        ]
    patient, seen = Patient(env), Seen()
    with contextlib.suppress(StopError):  # the reason is among the notes
        _fly(patient, seen, seed, steps)
        _compare_flights(patient, seed)
    outside = 1 - np.mean(patient.inside or [True])
    if outside > 0.05:
        patient.note(
            "wrong observation", f"{outside:.0%} of the observations lie outside of their space."
        )
    noted = [found(name, text) for name, text in patient.notes.items()]
    return _of_spaces(env) + _of_numbers(seen) + _of_ends(seen) + noted


def _of_spaces(env):
    """Findings about the two spaces."""
    findings = []
    actions, observations = env.action_space, getattr(env, "observation_space", None)
    given = f"action_space is {brief(actions)}."
    match actions:
        case gym.spaces.Discrete() | gym.spaces.MultiDiscrete() | gym.spaces.MultiBinary():
            findings.append(found("discrete actions", given))
        case gym.spaces.Box(shape=(_,)):
            if not np.issubdtype(actions.dtype, np.floating):
                findings.append(found("integer actions", given))
            if not actions.is_bounded():
                findings.append(found("actions without bounds", given))
            if not (actions.low < actions.high).all():
                findings.append(found("equal bounds", given))
        case _:
            findings.append(found("actions in parts", given))
    given = f"observation_space is {brief(observations)}."
    match observations:
        case gym.spaces.Box(shape=(_,)):
            pass
        case gym.spaces.Box(shape=(_, _, _)):
            findings.append(found("images", given))
        case _:
            findings.append(found("observations in parts", given))
    return findings


def _fly(patient, seen, seed, steps):
    """Random steps, until there were enough and an episode has ended."""
    draw = _random_actions(patient.env.action_space, seed)
    limited = _has_time_limit(patient.env)
    step = episode = 0
    while step < steps:
        state = patient.reset(seed + episode)
        seen.states.append(state)
        episode, length, ended = episode + 1, 0, False
        while not ended:
            state, paid, terminated, truncated = patient.step(draw())
            step, length, ended = step + 1, length + 1, terminated or truncated
            if step <= steps:
                seen.states.append(state)
                seen.rewards.append(paid)
            elif limited or seen.lengths:
                return
            elif step >= LONGER * steps:
                patient.note("never ends", f"No episode ended within {step:,} random steps.")
                return
        seen.lengths.append(length)
        seen.terminated.append(terminated)


def _random_actions(space, seed):
    """A function that draws actions, without touching the environment's own generator."""
    space = copy.deepcopy(space)
    space.seed(seed)
    return space.sample


def _has_time_limit(env):
    """Say whether a wrapper or the registration limits the steps of an episode."""
    while isinstance(env, gym.Wrapper):
        if isinstance(env, gym.wrappers.TimeLimit):
            return True
        env = env.env
    return False


def _compare_flights(patient, seed):
    """Fly from one seed again and again, with the same actions or with one of them changed."""
    space = patient.env.action_space
    draw = _random_actions(space, seed + 1)
    actions = [draw() for _ in range(PAIR)]
    # The first one is forgotten: some physics keep a little of the episode before, which then is
    # the same for both of the others.
    _, first, second = (_flight(patient, seed, actions) for _ in range(3))
    if (apart := _parted(first, second)) is not None:
        patient.note(
            "no two runs alike",
            f"With seed {seed} and the same actions, two runs differ after {in_words(apart)}.",
        )
    elif _is_climbable(space):
        fly = partial(_flight_with, patient, seed, actions)
        tried = [[fly(i, place) for place in PLACES] for i in range(min(space.shape[0], FEW))]
        _note_effects(patient, tried)
        for i, (lowest, _, highest) in enumerate(tried):
            near = fly(i, -0.02), fly(i, 0.02)
            same = _parted(lowest, near[0]) is _parted(highest, near[1]) is None
            if same and _parted(lowest, highest) is not None:
                patient.note(
                    "bounds too wide",
                    f"Action {i} does the same at 2 % of its range and at its ends, "
                    f"{space.low[i]:.6g} and {space.high[i]:.6g}.",
                )


def _is_climbable(space):
    """Say whether the agent could act in it: a flat, bounded Box of floats."""
    flat = isinstance(space, gym.spaces.Box) and len(space.shape) == 1 and space.is_bounded()
    return flat and np.issubdtype(space.dtype, np.floating)


def _flight_with(patient, seed, actions, i, place):
    """A flight in which action ``i`` stays at one ``place`` in its range, from -1 to 1."""
    low, high = (
        float(end[i]) for end in (patient.env.action_space.low, patient.env.action_space.high)
    )
    changed = [action.copy() for action in actions]
    for action in changed:
        action[i] = (low + high) / 2 + place * (high - low) / 2
    return _flight(patient, seed, changed)


def _note_effects(patient, tried):
    """Note what the actions change, and when; ``tried`` has flights at three places of each."""
    effects = [_effect(flights) for flights in tried]
    acting = [effect for effect in effects if effect is not None]
    if not acting:
        patient.note(
            "no action matters", f"Over {PAIR} steps, other actions led to the same answers."
        )
        return
    if None in effects:
        patient.note(
            "idle action", f"Action {effects.index(None)} changed nothing over {PAIR} steps."
        )
    if min(acting) > 1:
        patient.note("actions come late", f"An action first shows after {in_words(min(acting))}.")
    rewards = [[[(0, reward) for _, reward, *_ in flight] for flight in some] for some in tried]
    varying = len(set(rewards[0][0][1:])) > 1
    if varying and all(_effect(flights) is None for flights in rewards):
        steps = min(len(flight) for flights in rewards for flight in flights) - 1
        patient.note(
            "rewards ignore the actions", f"Over {in_words(steps)}, other actions earned the same."
        )


def _effect(flights):
    """The number of steps after which one of the flights differs from the first, or ``None``."""
    first, *others = flights
    steps = [_parted(first, other) for other in others]
    return min((step for step in steps if step is not None), default=None)


def _flight(patient, seed, actions):
    """The answers to these actions, up to an episode's end."""
    answers = [(patient.reset(seed), 0.0, False, False)]
    for action in actions:
        answers.append(patient.step(copy.deepcopy(action)))
        if answers[-1][2] or answers[-1][3]:
            break
    return answers


def _parted(one, other):
    """The number of steps after which two flights differ, or ``None`` if they never do."""
    for step, (ours, theirs) in enumerate(zip(one, other)):
        if not alike(ours, theirs):
            return step
    return None


def _of_numbers(seen):
    """Findings about the sizes of observations and rewards."""
    findings = []
    if len(seen.states) > 1 and all(np.ndim(state) == 1 for state in seen.states):
        with contextlib.suppress(TypeError, ValueError):  # a Tuple's, for example
            findings += _of_observations(np.array(seen.states, np.float64), seen)
    if len(seen.rewards) > 1:
        findings += _of_rewards(np.array(seen.rewards), seen)
    return findings


def _of_observations(states, seen):
    low, high = SENSIBLE
    size = np.abs(states).max(axis=0)
    if (states == states[0]).all():
        if seen.lengths and max(seen.lengths) == 1:
            return []  # one decision, in one situation
        return [found("nothing to see", f"All {len(states):,} observations are the same.")]
    findings = []
    means, spreads = states.mean(axis=0), states.std(axis=0)
    fine = np.flatnonzero((spreads > 0) & (spreads < 10 * EPSILON * np.abs(means)))
    if fine.size:
        i = fine[0]
        findings.append(
            found(
                "rounded away",
                f"Observation {i} has the mean {means[i]:.9g} and the spread {spreads[i]:.3g}.",
            )
        )
    for i, values in enumerate(states.T):
        if seen_as := _outlier(values):
            findings.append(found("outliers", f"Observation {i} {seen_as}."))
            break
    odd = np.flatnonzero((size > high) | ((size < low) & (size > 0)))
    if not odd.size:
        return findings
    worst = odd[np.argmax(np.abs(np.log(size[odd])))]
    text = f"the mean {means[worst]:.3g} and the spread {spreads[worst]:.3g}."
    return [*findings, found("observations far from 1", f"Observation {worst} has {text}")]


def _outlier(values):
    """Words about a value that is many times farther from the middle than most; else empty."""
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    farthest = values[np.argmax(np.abs(values - middle))]
    if not 0 < FAR * (high - low) < abs(farthest - middle):
        return ""
    return f"lies mostly from {low:.3g} to {high:.3g}, and once it was {farthest:.3g}"


def _of_rewards(rewards, seen):
    findings = []
    low, high = SENSIBLE
    mean, spread, size = rewards.mean(), rewards.std(), np.sqrt(np.square(rewards).mean())
    usual = np.mean(rewards == np.median(rewards))
    goes_on = not any(seen.terminated)
    if usual == 1:
        if goes_on:
            findings.append(
                found("reward always the same", f"All {len(rewards):,} rewards are {mean:.6g}.")
            )
    elif usual > 0.99 and rewards.max() > np.median(rewards):
        findings.append(
            found(
                "rare rewards",
                f"{np.count_nonzero(rewards != np.median(rewards))} of {len(rewards):,} random "
                f"steps had another reward than {np.median(rewards):.6g}.",
            )
        )
    elif goes_on and abs(mean) > 10 * spread:
        findings.append(
            found(
                "reward far from zero",
                f"The rewards have the mean {mean:.6g} and the spread {spread:.3g}.",
            )
        )
    if seen_as := _outlier(rewards):
        findings.append(found("outliers", f"The reward {seen_as}."))
    if size > high or 0 < size < low:
        findings.append(
            found("rewards far from 1", f"The rewards' root mean square is {size:.3g}.")
        )
    return findings


def _of_ends(seen):
    """Findings about the ends of episodes."""
    if len(seen.lengths) < 3:
        return []
    findings = []
    if max(seen.lengths) == 1 and not any(seen.terminated):
        findings.append(
            found("one-step episodes", f"All {len(seen.lengths)} episodes had one step.")
        )
    longest = max(seen.lengths)
    at_limit = seen.lengths.count(longest)
    if all(seen.terminated) and longest > 1 and at_limit >= max(3, 0.3 * len(seen.lengths)):
        findings.append(
            found(
                "time limit as terminated",
                f"{at_limit} of {len(seen.lengths)} random episodes terminated after exactly "
                f"{longest} steps, and none went on for longer.",
            )
        )
    return findings
