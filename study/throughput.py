"""How fast the trainer is, beside Stable-Baselines3's DDPG and beside its own unpipelined mode.

Run as ``python -m study.throughput`` on an idle machine, after ``pip install .[study]``. Every
measurement is a process of its own, since thread counts are fixed at the start; what is compared
takes turns, since a shared machine's speed drifts. Sampling from the memory is counted on both
sides. Medians throughout; each side counts at its faster thread count.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import helpers  # noqa: F401  (sets TensorFlow's log variables, for these processes too)

RESULTS = Path(__file__).parent / "results"
SHAPES = [((128, 128), 100), ((400, 300), 256)]
TRANSITIONS = 50_000  # trained on in a round
CHUNKS = (100, 500)
STEPS = 5_000  # of a round of the pipeline, as many as between two evaluations
TURNS = 3  # processes of each kind
ROUNDS = 5  # of each process
STATE, ACTION = 8, 2


def seconds_an_update(update, count):
    """The median over rounds of the seconds for one of ``count`` updates, after a warm-up."""
    update()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        update()
        times.append((time.perf_counter() - start) / count)
    return statistics.median(times)


def measure_course(hidden, batch_size):
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

    return {"update": seconds_an_update(update, count)}


def measure_stable_baselines3(hidden, batch_size):
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
    return {"update": seconds_an_update(lambda: model.train(count, batch_size), count)}


def measure_pipeline(chunk):
    """Seconds a step: acting alone, updating alone, and both, in turn and pipelined."""
    from concurrent.futures import ThreadPoolExecutor

    import gymnasium as gym

    from helpers.gym_api import LANDER
    from helpers.lander import DDPG
    from helpers.training import Run, Schedule, quick_switching

    env = gym.make(LANDER)
    agent = DDPG(env.observation_space, env.action_space)
    run = Run(agent, env, 10**9, 0, Schedule(chunk=chunk, random_steps=0, evaluate_every=10**8))

    def act():
        for _ in range(chunk):
            run.act()

    with ThreadPoolExecutor(1) as trainer, quick_switching():
        parts = {
            "act": act,
            "train": lambda: agent.update_many(run.draw(chunk)),
            "in turn": lambda: run.round(trainer, pipelined=False),
            "pipelined": lambda: run.round(trainer, pipelined=True),
        }
        parts["in turn"]()  # compiles
        seconds = {name: [] for name in parts}
        for _ in range(ROUNDS):
            for name, part in parts.items():
                start = time.perf_counter()
                for _ in range(STEPS // chunk):
                    part()
                run.drain()
                seconds[name].append((time.perf_counter() - start) / STEPS)
    return {name: statistics.median(times) for name, times in seconds.items()}


MEASURES = {
    "course": measure_course,
    "stable-baselines3": measure_stable_baselines3,
    "pipeline": measure_pipeline,
}


def in_a_process(what, *arguments, threads=1):
    """Measure in a fresh process with so many threads; returns its figures."""
    environment = os.environ | {
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
    }
    command = [sys.executable, "-m", "study.throughput", "--measure", what, json.dumps(arguments)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def ratio_and_bound(seconds):
    """What pipelining won over doing both in turn, and what it could have won."""
    bound = (seconds["act"] + seconds["train"]) / max(seconds["act"], seconds["train"])
    return {
        "ratio": round(seconds["in turn"] / seconds["pipelined"], 3),
        "bound": round(bound, 3),
    }


def compare_libraries():
    """Print and return a row for each shape, library and thread count."""
    rows = []
    for hidden, batch_size in SHAPES:
        kinds = [(what, threads) for what in ("course", "stable-baselines3") for threads in (1, 2)]
        seconds = {kind: [] for kind in kinds}
        for _ in range(TURNS):
            for what, threads in kinds:
                figures = in_a_process(what, hidden, batch_size, threads=threads)
                seconds[what, threads].append(figures["update"])
        shape, fastest = "-".join(map(str, hidden)), {}
        for (what, threads), times in seconds.items():
            rate = 1 / statistics.median(times)
            fastest[what] = max(rate, fastest.get(what, 0))
            rows.append([what, shape, batch_size, threads, round(rate, 1)])
            print(f"{what:18} {shape:8} batch {batch_size:3}, {threads} threads: "
                  f"{rate:7.1f} updates/s", flush=True)  # fmt: skip
        ratio = fastest["course"] / fastest["stable-baselines3"]
        print(f"this course : Stable-Baselines3 = {ratio:.1f} : 1", flush=True)
    return rows


def compare_pipeline():
    """Print and return a row for each chunk length with what pipelining wins and could win."""
    rows = []
    for chunk in CHUNKS:
        t = in_a_process("pipeline", chunk)
        won, bound = ratio_and_bound(t).values()
        milliseconds = {name: round(1e3 * seconds, 4) for name, seconds in t.items()}
        rows.append([chunk, *milliseconds.values(), won, bound])
        print(f"chunks of {chunk}, ms a step: {milliseconds}; pipelined : in turn = {won:.2f} : 1, "
              f"{won / bound:.0%} of the bound {bound:.2f}", flush=True)  # fmt: skip
    return rows


def write(name, header, rows):
    with open(RESULTS / name, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        what, given = arguments.measure
        print(json.dumps(MEASURES[what](*json.loads(given))))
        return
    try:
        import stable_baselines3  # noqa: F401
    except ImportError:
        parser.exit(2, "Stable-Baselines3 is missing: pip install .[study]\n")
    header = ["library", "hidden", "batch_size", "threads", "updates_per_second"]
    write("throughput.csv", header, compare_libraries())
    header = ["chunk", "act_ms", "train_ms", "in_turn_ms", "pipelined_ms"]
    write("pipeline.csv", [*header, "ratio", "bound"], compare_pipeline())


if __name__ == "__main__":
    main()
