"""How every agent on the lander is chosen and judged, ours or another library's."""

import resource
import time

import numpy as np

from helpers.engine.evaluation import evaluate

EVERY, EPISODES = 5_000, 20  # steps between two choices of a snapshot, and what it is chosen by


class Clock:
    """The seconds since it was made, and those that processors worked for this process."""

    def __init__(self):
        self.began = time.perf_counter(), time.process_time()

    def columns(self):
        seconds, processor = time.perf_counter(), time.process_time()
        return {
            "seconds": round(seconds - self.began[0], 1),
            "processor": round(processor - self.began[1], 1),
        }


def selection_row(step, times, mean, worst):
    """A choice: ``mean`` and ``worst`` of the selection's episodes, and a clock's columns."""
    return {"kind": "selection", "step": step} | times | _returns(mean, worst)


def judging_row(agent, env, seed, last=None):
    """What the kept snapshot is worth: 100 episodes that it was not chosen by.

    ``last`` is the row of the last choice, where the agent was trained.
    """
    returns = evaluate(agent, env, 100, seed)
    last = last or {"step": 0, "seconds": 0}
    return (
        last
        | _returns(returns.mean(), returns.min())
        | {
            "kind": "judging",
            "std": round(returns.std(), 2),
            "above_200": round(np.mean(returns > 200), 2),
            "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
    )


def _returns(mean, worst):
    return {"mean": round(mean, 2), "worst": round(worst, 2)}
