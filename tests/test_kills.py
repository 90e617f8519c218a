import subprocess
import sys

from helpers.engine import checkpoints
from study.kills import survive

DIES_WHILE_WRITING = """
import os, signal, sys
import numpy as np
from helpers.engine import checkpoints

os.fsync = lambda file: os.kill(os.getpid(), signal.SIGKILL)
checkpoints.write(sys.argv[1], {"a": np.arange(100_000)}, {"n": 2})
"""


def test_a_process_killed_while_it_writes_leaves_the_old_checkpoint(tmp_path):
    path = tmp_path / "run.npz"
    checkpoints.write(path, {}, {"n": 1})
    process = subprocess.run([sys.executable, "-c", DIES_WHILE_WRITING, str(path)])
    assert process.returncode < 0
    assert (tmp_path / "run.npz.partial").exists()
    assert checkpoints.read(path)[1] == {"n": 1}
    checkpoints.write(path, {}, {"n": 3})
    assert checkpoints.read(path)[1] == {"n": 3}


def test_a_training_killed_three_times_ends_as_if_it_had_not_been():
    *kills, verdict = survive({"kills": 3}, seed=0)
    assert [row["kill"] for row in kills] == [1, 2, 3]
    assert verdict == {"kind": "judging", "kills": 3, "equals_never_stopped": True}
