"""The trainer's distance from this machine's limit, and the gain from more cores."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import gymnasium as gym
import tensorflow as tf

from helpers.engine.compiled import compiled
from helpers.engine.schedule import Schedule
from helpers.engine.training import Run
from helpers.gym_api import LANDER
from helpers.lander import DDPG, train
from study import lander, runner, throughput

SIZE = 1024  # of the square matrices whose product measures the machine
STEPS = 5_000  # of a round of the pipeline, as many as between two evaluations


def gigaflops():
    """The machine's rate of matrix products, in 10⁹ operations a second, by the same compiler."""
    matrix = tf.random.normal((SIZE, SIZE))
    product = compiled(lambda x: x @ x)
    product(matrix)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        product(matrix).numpy()
        times.append(time.perf_counter() - start)
    return 2 * SIZE**3 / statistics.median(times) / 1e9


def operations(hidden, batch_size):
    """Multiplications and additions in the matrix products of one update.

    A product of a batch with a layer of P weights takes 2·P operations for each of its rows; going
    back, as many for the weights' gradient and as many for the inputs'. The targets take both
    networks forwards; the critic's step takes it forwards and back; the actor's step takes both
    forwards, the critic back to its actions and the actor back to its weights.
    """
    widths = (throughput.STATE, *hidden)
    body = sum(a * b for a, b in pairwise(widths))
    actor = body + hidden[-1] * throughput.ACTION
    critic = body + throughput.ACTION * hidden[1] + hidden[-1]
    return batch_size * 2 * ((actor + critic) + 3 * critic + (3 * actor + 2 * critic))


def updates(settings, seed):
    """Updates a second for ``hidden`` and ``batch_size``, beside the machine's own rate."""
    hidden, batch_size = settings["hidden"], settings["batch_size"]
    rate = throughput.course(hidden, batch_size)
    return [
        {
            "updates_per_second": round(rate, 1),
            "gigaflops": round(rate * operations(hidden, batch_size) / 1e9, 2),
            "machine_gigaflops": round(gigaflops(), 1),
        }
    ]


def pipeline(settings, seed):
    """Milliseconds a step for chunks of ``chunk`` steps: acting alone, updating alone, and both."""
    chunk = settings["chunk"]
    env = gym.make(LANDER)
    agent = DDPG(env.observation_space, env.action_space)
    run = Run(agent, env, 10**9, 0, Schedule(chunk=chunk, random_steps=0, evaluate_every=10**8))

    with ThreadPoolExecutor(max_workers=1) as trainer:
        parts = {
            "act": run.collect,
            "train": lambda: agent.update_many(run.draw()),
            "in_turn": lambda: run.round(trainer, pipelined=False),
            "pipelined": lambda: run.round(trainer, pipelined=True),
        }
        parts["in_turn"]()  # compiles
        times = {name: [] for name in parts}
        for _ in range(throughput.ROUNDS):
            for name, part in parts.items():
                start = time.perf_counter()
                for _ in range(STEPS // chunk):
                    part()
                run.drain()
                times[name].append(1e3 * (time.perf_counter() - start) / STEPS)
    t = {name: statistics.median(values) for name, values in times.items()}
    bound = (t["act"] + t["train"]) / max(t["act"], t["train"])
    row = {f"{name}_ms": round(value, 4) for name, value in t.items()}
    return [row | {"ratio": round(t["in_turn"] / t["pipelined"], 3), "bound": round(bound, 3)}]


def workers(settings, seed):
    """Seeds a minute with so many ``workers``: short trainings, by the study's own runner.

    The runner has its own Ray, so it gets its own process.
    """
    command = [sys.executable, "-m", "study.scaling", json.dumps(settings)]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    minutes = (time.perf_counter() - start) / 60
    return [{"seeds_per_minute": round(settings["seeds"] / minutes, 2)}]


def cores(settings, seed):
    """Seconds for a training's first ``steps`` on so many ``cores``; on Linux only."""
    os.sched_setaffinity(0, range(settings["cores"]))
    env = gym.make(LANDER)
    agent = DDPG(env.observation_space, env.action_space)
    start = time.perf_counter()
    train(agent, env, settings["steps"], seed=seed, progress=False)
    return [{"seconds": round(time.perf_counter() - start, 2)}]


def main():
    settings = json.loads(sys.argv[1])
    experiment = runner.Experiment(
        about="trainings to be timed together",
        run=f"{lander.__name__}:{lander.fly.__name__}",
        variants={"short": {"steps": settings["steps"]}},
        seeds=settings["seeds"],
    )
    with tempfile.TemporaryDirectory() as folder:
        runner.run("short", experiment, workers=settings["workers"], folder=folder)


if __name__ == "__main__":
    main()
