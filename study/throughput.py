"""Gradient updates a second: the course's trainer beside other libraries' DDPG.

All sample from their memory and update networks of the same shape with batches of the same size.
The runner gives every measurement a process of its own, since each library counts the cores when it
starts, and lets what is compared take turns, since a machine's speed drifts.
"""

import statistics
import time

from study.peers import limit

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
    import stable_baselines3
    from stable_baselines3.common.logger import Logger

    model = filled(stable_baselines3.DDPG, hidden, batch_size, device="cpu")
    model.set_logger(Logger(folder=None, output_formats=[]))
    count = TRANSITIONS // batch_size
    return rate(lambda: model.train(count, batch_size), count)


def sbx(hidden, batch_size):
    """SBX's updates a second, in rounds that it fuses."""
    import sbx
    from stable_baselines3.common.logger import Logger

    model = filled(sbx.DDPG, hidden, batch_size)
    model.set_logger(Logger(folder=None, output_formats=[]))
    count = TRANSITIONS // batch_size
    return rate(lambda: model.train(count, batch_size), count)


def filled(algorithm, hidden, batch_size, **arguments):
    """A library's model for the lander, with a memory of random transitions."""
    import gymnasium as gym
    import numpy as np

    model = algorithm(
        "MlpPolicy", gym.make("LunarLanderContinuous-v3"), batch_size=batch_size,
        policy_kwargs={"net_arch": list(hidden)}, learning_rate=1e-3, buffer_size=10_000,
        **arguments,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    for _ in range(10_000):
        model.replay_buffer.add(
            rng.random((1, STATE)), rng.random((1, STATE)), rng.random((1, ACTION)),
            rng.random(1), np.zeros(1), [{}],
        )  # fmt: skip
    return model


LIBRARIES = {"course": course, "SBX": sbx, "Stable-Baselines3": stable_baselines3}


def updates(settings, seed):
    """The rate of a ``library`` for ``hidden`` and ``batch_size``, on so many ``cores``."""
    limit(settings["cores"])
    found = LIBRARIES[settings["library"]](settings["hidden"], settings["batch_size"])
    hidden = "-".join(map(str, settings["hidden"]))
    return [settings | {"hidden": hidden, "updates_per_second": round(found, 1)}]
