"""The choice of the best snapshot: evaluations that are flown beside the training.

Acting and updating need not wait for them: what an evaluation flies is a copy of the agent, in a
copy of the environment, in a thread of its own. Only the choice comes a little later.
"""

import copy
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from typing import Any

import gymnasium as gym
import numpy as np

from helpers.engine.agent import Agent
from helpers.engine.evaluation import evaluate
from helpers.engine.seeds import SELECTION


class Selection:
    """Flies each candidate without noise, and keeps the one with the best mean return.

    Args:
        agent: whose snapshots are candidates.
        env: is copied for each evaluation. Where it can't be copied, it is flown itself, while the
            training waits.
        episodes: of each evaluation.
        seed: of these episodes, which are the same for all candidates.
    """

    def __init__(self, agent: Agent, env: gym.Env, episodes: int, seed: int) -> None:
        self.agent, self.env, self.episodes, self.seed = agent, env, episodes, seed
        self.candidate = agent.twin()
        self.best_return, self.best_weights = -np.inf, agent.snapshot()
        self.flown = 0  # episodes of the evaluation under way
        self.under_way: tuple[int, Future] | None = None  # the candidate's step, and its returns
        self._stopped = threading.Event()

    def begin(
        self, step: int, threads: Executor, on_episode: Callable[[], Any] = lambda: None
    ) -> None:
        """Begin to fly the agent as it is now; ``on_episode`` is called after each episode."""
        if self.candidate.units != self.agent.units:
            self.candidate = self.agent.twin()
            self.best_return = -np.inf  # of weights that saw the task otherwise
        self.candidate.restore(self.agent.snapshot())
        self.flown = 0

        def count(flown):
            self.flown = flown
            on_episode()
            if self._stopped.is_set():
                raise CancelledError

        def fly(env):
            return evaluate(self.candidate, env, self.episodes, self.seed, SELECTION, count)

        try:
            future = threads.submit(fly, copy.deepcopy(self.env))
        except (TypeError, NotImplementedError):  # as Python says that something can't be copied
            future = Future()
            future.set_result(fly(self.env))
        self.under_way = step, future

    def finished(self) -> bool:
        """Say whether an evaluation is over, and waits to be counted."""
        return self.under_way is not None and self.under_way[1].done()

    def finish(self) -> dict:
        """Wait for the evaluation under way; returns its row of the history."""
        assert self.under_way is not None
        step, future = self.under_way
        returns = future.result()
        self.under_way = None
        row = {"step": step, "return": float(returns.mean()), "worst": float(returns.min())}
        if row["return"] >= self.best_return:
            self.best_return, self.best_weights = row["return"], self.candidate.snapshot()
        return row

    def stop(self) -> None:
        """End what is under way after its episode."""
        self._stopped.set()
