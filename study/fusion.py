"""The speed of an update: with the loop in TensorFlow's graph, with XLA, with both or neither.

The four ways make the same updates, from the same batches, with one thread. Each has a process of
its own, and they take turns, since a machine's speed drifts.
"""

import os

UPDATES = 500  # made in a round


def milliseconds(settings, seed):
    """Milliseconds an update: ``settings`` has ``loop`` and ``xla``, ``hidden``, ``batch_size``."""
    os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
    import gymnasium as gym
    import numpy as np
    import tensorflow as tf

    from helpers.gym_api import LANDER
    from helpers.lander import DDPG
    from helpers.replay_memory import Batch
    from study.throughput import rate

    env, rng = gym.make(LANDER), np.random.default_rng([seed, 1])
    sizes = {"hidden": settings["hidden"], "batch_size": settings["batch_size"]}
    agent = DDPG(env.observation_space, env.action_space, **sizes)
    shape = UPDATES, settings["batch_size"]
    parts = (*shape, 8), (*shape, 2), shape, (*shape, 8), shape
    batches = Batch(*(tf.constant(rng.random(part), tf.float32) for part in parts))
    once = tf.function(agent.update, jit_compile=settings["xla"])

    @tf.function(jit_compile=settings["xla"])
    def in_the_graph(batches):
        for i in tf.range(UPDATES):
            agent.update(Batch(*(column[i] for column in batches)))

    def a_call_each(batches):
        for i in range(UPDATES):
            once(Batch(*(column[i] for column in batches)))

    way = in_the_graph if settings["loop"] else a_call_each
    found = 1e3 / rate(lambda: way(batches), UPDATES)
    hidden = "-".join(map(str, settings["hidden"]))
    return [{"hidden": hidden, "milliseconds": round(found, 3)}]
