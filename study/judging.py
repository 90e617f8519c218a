"""How every agent on the lander is chosen and judged, ours or another library's."""

import resource

import numpy as np

from helpers.engine.training import evaluate

EVERY, EPISODES = 5_000, 20  # steps between two choices of a snapshot, and what it is chosen by


def selection_row(step, seconds, mean, worst):
    """A choice: ``mean`` and ``worst`` of the selection's episodes, ``seconds`` into the run."""
    return {
        "kind": "selection",
        "step": step,
        "seconds": round(seconds, 1),
        "mean": round(mean, 2),
        "worst": round(worst, 2),
    }


def judging_row(agent, env, seed, step, seconds):
    """What the kept snapshot is worth: 100 episodes that it was not chosen by."""
    returns = evaluate(agent, env, 100, seed)
    return selection_row(step, seconds, returns.mean(), returns.min()) | {
        "kind": "judging",
        "std": round(returns.std(), 2),
        "above_200": round(np.mean(returns > 200), 2),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
