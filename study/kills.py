"""Kill a training with SIGKILL at random moments, and resume it each time.

Every other kill waits for a checkpoint's write to begin, the rest come at a random moment. After
each, the checkpoint must be readable; at the end, history and weights must equal those of a run
that was never stopped.
"""

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from helpers.engine import checkpoints

STEPS = 40_000


def train_to_the_end(path):
    """The process that is killed: a small agent on the lander, with frequent checkpoints."""
    import gymnasium as gym

    from helpers.gym_api import LANDER
    from helpers.lander import DDPG, train

    env = gym.make(LANDER)
    agent = DDPG(env.observation_space, env.action_space, hidden=(16, 16), batch_size=16)
    print("training", flush=True)
    schedule = {"chunk": 50, "random_steps": 500, "evaluate_every": 500, "selection_episodes": 1}
    history = train(agent, env, STEPS, checkpoint=path, progress=False, **schedule)
    digest = hashlib.sha256(json.dumps(history).encode())
    for array in agent.arrays().values():
        digest.update(array.tobytes())
    print(digest.hexdigest(), flush=True)


def start(path):
    command = [sys.executable, "-m", "study.kills", str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")


def kill_once(path, rng, during_write):
    """Start or resume the training and kill it; returns ``(step, inside a write)`` or ``None``.

    ``None`` says that the training ended before it could be killed.
    """
    partial = path.with_name(path.name + ".partial")
    with start(path) as process:
        process.stdout.readline()
        if during_write:
            while not partial.exists() and process.poll() is None:
                time.sleep(0.0002)
        else:
            time.sleep(rng.uniform(0, 4))
        if process.poll() is not None:
            return None
        process.kill()
    return (
        checkpoints.read(path)[1]["collector"]["step"] if path.exists() else 0
    ), partial.exists()


def survive(settings, seed):
    """Kill a training ``settings["kills"]`` times; a row for each kill and one for the verdict."""
    rng, rows = random.Random(seed), []
    with tempfile.TemporaryDirectory() as folder:
        whole, path = Path(folder) / "whole.npz", Path(folder) / "killed.npz"
        reference = start(whole).communicate()[0].split()[-1]
        for kill in range(settings["kills"]):
            killed = kill_once(path, rng, during_write=kill % 2 == 0)
            if killed is None:
                break
            step, inside = killed
            rows.append(
                {"kind": "kill", "kill": kill + 1, "resumes_from": step, "inside_a_write": inside}
            )
        digest = start(path).communicate()[0].split()[-1]
    return [
        *rows,
        {"kind": "judging", "kills": len(rows), "equals_never_stopped": digest == reference},
    ]


if __name__ == "__main__":
    train_to_the_end(sys.argv[1])
