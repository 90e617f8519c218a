"""Gradient updates a second: the course's trainer beside Stable-Baselines3's DDPG.

Both sample from their memory and update networks of the same shape with batches of the same size.
The runner gives every measurement a process of its own, since thread counts are fixed at the start,
and lets what is compared take turns, since a machine's speed drifts.
"""

import os
import statistics
import time

STATE, ACTION = 8, 2
TRANSITIONS = 50_000  # trained on in a round
ROUNDS = 5  # of which the median counts


def rate(update, count):
    """Updates a second: the median over rounds of ``count`` updates, after a warm-up."""
    update()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        update()
        times.append(time.perf_counter() - start)
    return count / statistics.median(times)


def course(hidden, batch_size):
    """The course's updates a second, in fused rounds as the trainer makes them."""
    import gymnasium as gym
    import numpy as np

    from helpers.gym_api import LANDER
    from helpers.lander import DDPG
    from helpers.replay_memory import ReplayMemory

    env = gym.make(LANDER)
    agent = DDPG(env.observation_space, env.action_space, hidden=hidden, batch_size=batch_size)
    memory = ReplayMemory(10_000, (STATE,), (ACTION,), seed=0)
    rng = np.random.default_rng(0)
    for _ in range(10_000):
        memory.append(rng.random(STATE), rng.random(ACTION), rng.random(), rng.random(STATE), False)

    count = TRANSITIONS // batch_size

    def update():
        agent.update_many(memory.sample(count * batch_size).split(count))

    return rate(update, count)


def stable_baselines3(hidden, batch_size):
    """Stable-Baselines3's updates a second, in the loop of its own ``train``."""
    import gymnasium as gym
    import numpy as np
    import torch
    from stable_baselines3 import DDPG
    from stable_baselines3.common.logger import Logger

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    env = gym.make("LunarLanderContinuous-v3")
    model = DDPG(
        "MlpPolicy", env, batch_size=batch_size, policy_kwargs={"net_arch": list(hidden)},
        learning_rate=1e-3, buffer_size=10_000, device="cpu",
    )  # fmt: skip
    model.set_logger(Logger(folder=None, output_formats=[]))
    rng = np.random.default_rng(0)
    for _ in range(10_000):
        model.replay_buffer.add(
            rng.random((1, STATE)), rng.random((1, STATE)), rng.random((1, ACTION)),
            rng.random(1), np.zeros(1), [{}],
        )  # fmt: skip
    count = TRANSITIONS // batch_size
    return rate(lambda: model.train(count, batch_size), count)


LIBRARIES = {"course": course, "Stable-Baselines3": stable_baselines3}


def updates(settings, seed):
    """The rate of a ``library`` for ``hidden``, ``batch_size`` and so many ``threads``."""
    for name in ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = str(settings["threads"])
    found = LIBRARIES[settings["library"]](settings["hidden"], settings["batch_size"])
    hidden = "-".join(map(str, settings["hidden"]))
    return [settings | {"hidden": hidden, "updates_per_second": round(found, 1)}]
