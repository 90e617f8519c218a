"""The training of chapter 8: a lock-step pipeline of acting and updating.

The main thread acts for a chunk of steps with a frozen copy of the actor while one trainer thread
makes the updates that the chunk before paid for; then each waits for the other. Nothing depends on
which of them was faster, so the same seed gives the same curve on one kind of processor, pipelined
or not:

    main     act 1 | act 2    | act 3    | act 4
    trainer        | update 1 | update 2 | update 3

Chunk 3 is acted with the weights after update 1. At an evaluation both stop: the trainer is
drained, the episode is cut, environment and noise begin anew. That is where a checkpoint is taken,
since the state of the environment's physics can't be saved; and because it happens whether or not
one is written, a run that was stopped and resumed is the run that was never stopped.
"""

import time
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gymnasium as gym
import keras
import numpy as np
import tensorflow as tf

from helpers import require
from helpers.engine import checkpoints
from helpers.engine.agent import Agent
from helpers.engine.collector import Collector
from helpers.engine.evaluation import evaluate
from helpers.engine.progress import TensorBoardLog, progress_bar
from helpers.engine.schedule import Schedule
from helpers.engine.seeds import SELECTION
from helpers.replay_memory import Batch

# Seconds that the trainer has the interpreter for itself, until it is inside the compiled loop,
# which needs none. A thread that acts gives the interpreter up for moments too short for another to
# catch, so without a head start the trainer would wait until the chunk is over.
HEAD_START = 2e-3


def train(
    agent: Agent,
    env: gym.Env,
    steps: int,
    seed: int = 0,
    checkpoint: Path | str | None = None,
    *,
    pipelined: bool = True,
    log_dir: Path | str | None = None,
    on_evaluation: Callable[[Agent, dict], None] | None = None,
    progress: bool = True,
    **schedule: Any,
) -> dict[str, list[dict]]:
    """Train ``agent`` on ``env`` for ``steps`` steps, an update each; it ends as its best snapshot.

    Args:
        agent: a ``DDPG``.
        env: an environment with the agent's spaces.
        steps: of the environment, those of the evaluations not counted.
        seed: of the episodes, the noise, the random actions and the memory.
        checkpoint: a file. If it exists, the run goes on from it; it is written anew after every
            evaluation.
        pipelined: act and update at the same time; if false, in turn, with the same result.
        log_dir: a folder for TensorBoard.
        on_evaluation: a function called with the agent and the new row after every evaluation.
        progress: show a progress bar.
        **schedule: the fields of ``Schedule``.

    Returns:
        A dict of lists of rows: ``episodes`` with ``step``, ``return``, ``length``; ``updates``
        with ``step``, ``loss``, ``q``, ``sigma``, ``rate``, the first two being means over the
        chunk's updates; ``evaluations`` with ``step``, ``return``, ``worst`` over the episodes of
        the selection. An interrupted run (Ctrl-C, or Jupyter's stop button) returns what it has so
        far, and a line says what is kept.

    Raises:
        ValueError: spaces that are not the agent's, or a checkpoint of another run.
        FileNotFoundError: the checkpoint's folder doesn't exist.
        FloatingPointError: a loss, a state or a reward that is not finite; the last checkpoint
            stays as it is.
        RuntimeError: an episode of an evaluation that doesn't end.
    """
    require.same_spaces("the agent", agent, "env", env)
    require.integer("steps", steps, low=1)
    require.integer("seed", seed)
    if checkpoint is not None:
        require.folder_of("checkpoint", checkpoint)
    _warn_of_memories(env)
    run = Run(agent, env, steps, seed, Schedule(**schedule))
    if checkpoint is not None and Path(checkpoint).exists():
        run.resume(checkpoint)
    if progress:
        _say_how_it_begins(run, checkpoint)
    log = TensorBoardLog(log_dir, agent) if log_dir else None
    bar = progress_bar(steps, run.step, progress)
    try:
        _go(run, bar, log, pipelined, checkpoint, on_evaluation)
    except KeyboardInterrupt:
        print(_stopped(run, checkpoint))
    agent.restore(run.best_weights)
    return run.history


def _go(run, bar, log, pipelined, checkpoint, on_evaluation):
    """Run to the last step, or to an interruption."""
    episodes = run.schedule.selection_episodes
    with bar, ThreadPoolExecutor(max_workers=1) as trainer:
        while run.step < run.steps:
            run.round(trainer, pipelined)
            bar.update(run.step - bar.n)
            if run.at_evaluation():
                row = run.evaluate(lambda done: bar.set_postfix_str(f"test {done}/{episodes}"))
                if checkpoint is not None:
                    run.write(checkpoint)
                if on_evaluation:
                    on_evaluation(run.agent, row)
            bar.set_postfix(run.summary(), refresh=run.at_evaluation())
            if log:
                log.write(run.history)


def _say_how_it_begins(run, checkpoint):
    """A line where a run doesn't begin from nothing."""
    if run.step == run.steps:
        print(f"This run is complete in {checkpoint}. Delete the file to train anew.")
    elif run.step:
        print(f"Going on at step {run.step:,} of {run.steps:,}, from {checkpoint}.")
    elif run.agent.critic_optimizer.iterations.numpy():
        print(
            "This agent has been trained before: a new run begins from its weights. "
            "To start from nothing, make a new agent."
        )


def _stopped(run, checkpoint):
    """What an interruption leaves, in words."""
    kept = "the weights it began with, since no evaluation was reached"
    if run.history["evaluations"]:
        kept = f"its best snapshot so far, with a mean return of {run.best_return:.0f}"
    text = f"Stopped at step {run.step:,} of {run.steps:,}. The agent holds {kept}."
    if checkpoint is not None and Path(checkpoint).exists():
        text += f"\nThe same call goes on from the last evaluation, which is in {checkpoint}."
    return text


def _warn_of_memories(env):
    """Say it where a wrapper learns from what it sees: no checkpoint and no agent holds that."""
    learners = gym.wrappers.NormalizeObservation, gym.wrappers.NormalizeReward
    while isinstance(env, gym.Wrapper):
        if isinstance(env, learners):
            warnings.warn(
                f"{type(env).__name__} keeps statistics of its own, which no checkpoint and no "
                "saved agent holds, and which evaluations change: a resumed run and a loaded agent "
                "will see other numbers. A wrapper with fixed scales has no such memory.",
                stacklevel=3,
            )
        env = env.env


class Run:
    """A training run: in which order the collector acts, the trainer learns, and both stop."""

    def __init__(
        self, agent: Agent, env: gym.Env, steps: int, seed: int, schedule: Schedule
    ) -> None:
        self.agent, self.env, self.steps, self.seed = agent, env, steps, seed
        self.schedule = schedule
        self.collector = Collector(agent, env, seed, schedule)
        self.best_return, self.best_weights = -np.inf, agent.snapshot()
        self.history = {"episodes": [], "updates": [], "evaluations": []}
        # The round of updates that the trainer is at, and the step it belongs to.
        self.pending: tuple[int, Future] | None = None

    @property
    def step(self) -> int:
        return self.collector.step

    def round(self, trainer: Executor, pipelined: bool) -> None:
        """Act for a chunk, wait for the updates of the chunk before, and hand over this one's."""
        count = self.collect()
        # The batches are drawn before the wait, so that the trainer's speed decides nothing, and
        # here, so that no other thread touches the memory.
        batches = self.draw()
        self.drain()
        if batches is not None:
            rate = self.schedule.rate(self.step / self.steps)
            future = trainer.submit(self.agent.update_many, batches, rate, count)
            self.pending = self.step, future
            if pipelined:
                time.sleep(HEAD_START)
            else:
                wait([future])
        if self.at_evaluation():
            self.drain()

    def collect(self) -> int:
        """Act for a chunk, or for what is left of the run; returns how many steps."""
        count = min(self.schedule.chunk, self.steps - self.step)
        for _ in range(count):
            row = self.collector.act(self.schedule.sigma(self.step / self.steps))
            if row:
                self.history["episodes"].append(row)
        return count

    def draw(self) -> Batch | None:
        """A batch for each step of a chunk, as tensors; ``None`` while it is too early."""
        memory, chunk = self.collector.memory, self.schedule.chunk
        if self.step < self.schedule.random_steps or len(memory) == 0:
            return None
        batches = memory.sample(chunk * self.agent.settings.batch_size).split(chunk)
        return Batch(*(tf.constant(column) for column in batches))

    def drain(self) -> None:
        """Wait for the updates under way, and act with the weights they led to."""
        if self.pending is None:
            return
        step, future = self.pending
        self.pending = None
        loss, q = future.result()
        if not (np.isfinite(loss) and np.isfinite(q)):
            raise FloatingPointError(
                f"in the updates after step {step} the critic's loss became {loss} and the mean "
                f"value {q}: a smaller learning rate may help"
            )
        sigma, rate = (f(step / self.steps) for f in (self.schedule.sigma, self.schedule.rate))
        row = {"step": step, "loss": loss, "q": q, "sigma": sigma, "rate": rate}
        self.history["updates"].append(row)
        self.agent.refresh()

    def at_evaluation(self) -> bool:
        return self.step % self.schedule.evaluate_every == 0 or self.step == self.steps

    def evaluate(self, on_episode: Callable[[int], None] | None = None) -> dict:
        """Cut the episode, fly without noise, keep the best snapshot; returns the history's row."""
        self.collector.cut_episode()
        episodes = self.schedule.selection_episodes
        returns = evaluate(self.agent, self.env, episodes, self.seed, SELECTION, on_episode)
        row = {"step": self.step, "return": float(returns.mean()), "worst": float(returns.min())}
        self.history["evaluations"].append(row)
        if row["return"] >= self.best_return:
            self.best_return, self.best_weights = row["return"], self.agent.snapshot()
        return row

    def summary(self) -> dict[str, str]:
        """The latest figures, for the progress bar."""
        returns = [row["return"] for row in self.history["episodes"][-10:]]
        values = [row["q"] for row in self.history["updates"][-1:]]
        shown = {"return": returns, "Q": values}
        return {name: f"{np.mean(figures):.0f}" for name, figures in shown.items() if figures}

    def facts(self) -> dict:
        """What a run must share with a checkpoint to go on from it."""
        return self.agent.facts() | {
            "steps": self.steps,
            "seed": self.seed,
            "schedule": asdict(self.schedule),
        }

    def write(self, path: Path | str) -> None:
        """Write a checkpoint."""
        collected, counters = self.collector.checkpoint()
        best = {f"best/{name}": array for name, array in self.best_weights.items()}
        facts = {
            "agent": self.agent.facts(),
            "run": self.facts(),
            "collector": counters,
            "best_return": self.best_return,
            "history": self.history,
            "versions": {module.__name__: module.__version__ for module in (tf, keras, np, gym)},
        }
        checkpoints.write(path, self.agent.arrays() | best | collected, facts)

    def resume(self, path: Path | str) -> None:
        """Go on from a checkpoint of the same run."""
        arrays, facts = checkpoints.read(path)
        if "run" not in facts:
            raise ValueError(f"{path} must be a checkpoint of a training run")
        for name, ours in self.facts().items():
            theirs = facts["run"].get(name)
            if theirs != ours:
                raise ValueError(
                    f"{path} must be a checkpoint of this run, "
                    f"but its {name} is {theirs} instead of {ours}"
                )
        self.agent.restore({name: arrays[name] for name in self.agent.variables()})
        self.best_weights = {name: arrays[f"best/{name}"] for name in self.best_weights}
        self.best_return, self.history = facts["best_return"], facts["history"]
        self.collector.restore(arrays, facts["collector"])
