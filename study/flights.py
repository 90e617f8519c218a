"""Flights of one training's snapshots, all from one start, for the slider in chapter 8's page."""

import json

import gymnasium as gym
import numpy as np

from helpers import results
from helpers.engine.seeds import JUDGING, episode_seed
from helpers.gym_api import LANDER, rollout
from helpers.lander import DDPG, train
from study.experiments import EXPERIMENTS
from study.judging import EPISODES, EVERY
from study.lander import STEPS

PATH = results.RESULTS / "flights.json"
SEED = 0
# Most of the learning happens early, and so do most of the snapshots.
SNAPSHOTS = (5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 125, 150)  # thousand steps
STRIDE = 4  # steps between two moments of a flight that are kept
DIGITS = 3


def main():
    """Train the study's first seed of the lander again, and record what its snapshots fly."""
    settings, flown = EXPERIMENTS["lander"].variants["course"], []
    env = gym.make(LANDER)
    agent = DDPG(env.observation_space, env.action_space, seed=SEED, **settings.get("agent", {}))
    start = episode_seed(SEED, 0, JUDGING)  # that of chapter 8's films

    def record(snapshot, row):
        if row["step"] in {1_000 * thousand for thousand in SNAPSHOTS}:
            facts = {"step": row["step"], "mean": round(row["return"], 1)}
            flown.append(facts | flight(snapshot.act, start))

    schedule = {"evaluate_every": EVERY, "selection_episodes": EPISODES}
    schedule |= settings.get("schedule", {})
    train(agent, env, STEPS, SEED, on_evaluation=record, **schedule)
    recorded = {"seconds": STRIDE / 50, "moon": moon(start), "flights": flown}
    PATH.write_text(json.dumps(recorded, separators=(",", ":")) + "\n", "utf-8")
    print(f"{PATH.name} has {len(flown)} flights, in {PATH.stat().st_size // 1000} kB.")


def flight(policy, seed):
    """One flight as JSON can hold it: every fourth moment and the last, its return and its end.

    ``x``, ``y`` and ``angle`` are those of the lander's state, ``main`` is 1 while the main engine
    fires, ``side`` is the sign of the other action while a side engine does, and ``legs`` counts
    those on the ground.
    """
    flown = rollout(gym.make(LANDER), policy, seed)
    last = len(flown.rewards)
    moments = [*range(0, last, STRIDE), last]
    x, y, _, _, angle, _, left, right = flown.states[moments].T
    # The engines that fire at a moment are those of the step that follows; after the end, none do.
    actions = np.vstack([flown.actions, np.zeros((1, 2))])[moments]
    main, side = actions[:, 0] > 0, np.sign(actions[:, 1]) * (np.abs(actions[:, 1]) > 0.5)
    return {
        "return": round(flown.total_reward, 1),
        "end": _end(flown),
        **{name: _rounded(column) for name, column in (("x", x), ("y", y), ("angle", angle))},
        **{name: column.astype(int).tolist() for name, column in (("main", main), ("side", side))},
        "legs": (left + right).astype(int).tolist(),
    }


def moon(seed):
    """The ground of the world with this seed, in the units of the lander's state.

    Returns:
        A dict: ``x`` and ``y`` of its corners, and ``pad``, the ends of the pad, which is at 0.
    """
    world = gym.make(LANDER).unwrapped
    world.reset(seed=seed)
    corners = [world.sky_polys[0][0], *(strip[1] for strip in world.sky_polys)]
    x, y = np.array([tuple(corner) for corner in corners]).T
    half_width, half_height = x.max() / 2, world.sky_polys[0][2][1] / 2
    pad = np.array([world.helipad_x1, world.helipad_x2])
    return {
        "x": _rounded(x / half_width - 1),
        "y": _rounded((y - world.helipad_y) / half_height),
        "pad": _rounded(pad / half_width - 1),
    }


def _end(flown):
    if flown.truncated:
        where = "stands on the moon, but not at rest," if flown.states[-1, 6:].any() else "hovers"
        return f"{where} when the time is up"
    if flown.rewards[-1] == 100:
        return "lands"
    return "leaves the picture" if abs(flown.states[-1, 0]) >= 1 else "crashes"


def _rounded(numbers):
    return np.round(np.asarray(numbers, float), DIGITS).tolist()
