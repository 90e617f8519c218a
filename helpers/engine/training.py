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
one is written, a run that was stopped and resumed is the run that was never stopped. The evaluation
itself is flown beside the next chunks; when it is over, the checkpoint is written.
"""

import contextlib
import sys
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
from helpers.doctor.diagnosis import DIVERGED, diagnose
from helpers.engine import checkpoints, signs, wrappers
from helpers.engine.agent import Agent
from helpers.engine.collector import Collector
from helpers.engine.progress import TensorBoardLog, progress_bar
from helpers.engine.schedule import Schedule
from helpers.engine.selection import Selection
from helpers.engine.units import Units
from helpers.replay_memory import Batch

# Seconds after which a thread that runs Python lets another one have the interpreter. Python's own
# 5 ms are long beside a round of updates, whose trainer needs it for a moment at either end.
SWITCH = 5e-4


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
        checkpoint: a file. If it exists, the run goes on from it, and may have more steps than it
            had then; it is written anew after every evaluation.
        pipelined: act and update at the same time; if false, in turn, with the same result.
        log_dir: a folder for TensorBoard.
        on_evaluation: a function called after every evaluation with an agent that has the weights
            which were evaluated, and the new row.
        progress: show a progress bar.
        **schedule: the fields of ``Schedule``.

    Returns:
        A dict of lists of rows: ``episodes`` with ``step``, ``return``, ``length``; ``updates``
        with ``step``, ``loss``, ``q``, ``sigma``, ``rate``, of which loss and value are means over
        the chunk's updates, and with what ``helpers.engine.signs`` adds for the doctor;
        ``evaluations`` with ``step``, ``return``, ``worst`` over the episodes of the selection. An
        interrupted run (Ctrl-C, or Jupyter's stop button) returns what it has so far, and a line
        says what is kept. Where something ails the run, a line says what, and
        ``helpers.doctor.diagnose`` says more.

    Raises:
        ValueError: spaces that are not the agent's, or a checkpoint of another run.
        TypeError: an environment that doesn't answer in Gymnasium's form.
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
    wrappers.warn_of_learners(env)
    run = Run(agent, env, steps, seed, Schedule(**schedule))
    if checkpoint is not None and Path(checkpoint).exists():
        run.resume(checkpoint)
    if progress:
        _say_how_it_begins(run, checkpoint)
    log = TensorBoardLog(log_dir, agent) if log_dir else None
    bar = progress_bar(steps, run.step, progress)
    if progress:
        run.say = bar.write
    try:
        with bar, ThreadPoolExecutor(max_workers=2) as threads, _often_switching():
            _go(run, threads, bar, log, pipelined, checkpoint, on_evaluation)
    except KeyboardInterrupt:
        print(_stopped(run, checkpoint))
    run.say_how_it_ends()
    agent.restore(run.selection.best_weights)
    agent.statistics = wrappers.statistics(env)
    return run.history


def _go(run, threads, bar, log, pipelined, checkpoint, on_evaluation):
    """Run to the last step, or to an interruption."""

    def finish_evaluation():
        row = run.finish_evaluation(checkpoint)
        run.say_what_ails_it()
        if on_evaluation:
            on_evaluation(run.selection.candidate, row)

    def show_episode():  # at the end of the run, where there is nothing else to see
        bar.set_postfix(run.summary(), refresh=run.step == run.steps)

    try:
        while run.step < run.steps:
            run.round(threads, pipelined)
            bar.update(run.step - bar.n)
            if run.selection.finished():
                finish_evaluation()
            if run.at_evaluation():
                if run.selection.under_way:
                    finish_evaluation()
                run.begin_evaluation(threads, show_episode)
                if not pipelined or run.step == run.steps:
                    finish_evaluation()
            bar.set_postfix(run.summary(), refresh=run.at_evaluation())
            if log:
                log.write(run.history)
    finally:
        run.selection.stop()


@contextlib.contextmanager
def _often_switching():
    """Let Python's threads take turns more often for a while."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _say_how_it_begins(run, checkpoint):
    """A line where a run doesn't begin from nothing."""
    if run.step == run.steps:
        print(
            f"This run is complete in {checkpoint}. Ask for more steps to go on, or delete the "
            "file to train anew."
        )
    elif run.step:
        print(f"Going on at step {run.step:,} of {run.steps:,}, from {checkpoint}.")
    elif run.agent.critic_optimizer.iterations.numpy():
        print(
            "This agent has been trained before: a new run begins from its weights. "
            "To start from nothing, make a new agent."
        )


def _stopped(run, checkpoint):
    """The words about what an interruption leaves."""
    kept = "the weights it began with, since no evaluation was reached"
    if run.history["evaluations"]:
        kept = f"its best snapshot so far, with a mean return of {run.selection.best_return:.0f}"
    text = f"Stopped at step {run.step:,} of {run.steps:,}. The agent holds {kept}."
    if checkpoint is not None and Path(checkpoint).exists():
        text += f"\nThe same call goes on from the last evaluation, which is in {checkpoint}."
    return text


class Run:
    """A training run: in which order the collector acts, the trainer learns, and both stop."""

    def __init__(
        self, agent: Agent, env: gym.Env, steps: int, seed: int, schedule: Schedule
    ) -> None:
        self.agent, self.env, self.steps, self.seed = agent, env, steps, seed
        self.schedule = schedule
        self.collector = Collector(agent, env, seed, schedule)
        self.selection = Selection(agent, env, schedule.selection_episodes, seed)
        self.history = {"episodes": [], "updates": [], "evaluations": []}
        # The round of updates that the trainer is at: its step, its first batch's states, and what
        # the memory held.
        self.pending: tuple[int, np.ndarray, dict, Future] | None = None
        self.say: Callable[[str], None] = lambda sentence: None  # to whoever watches
        self.told: set[str] = set()  # the findings that it has been told of
        # What a checkpoint of the last evaluation's step holds: arrays, facts, and the history.
        self.kept: tuple[dict, dict, dict] | None = None

    @property
    def step(self) -> int:
        return self.collector.step

    def round(self, threads: Executor, pipelined: bool) -> None:
        """Act for a chunk, wait for the updates of the chunk before, and hand over this one's."""
        count = self.collect()
        if self._may_learn() and not self.agent.has_units:
            self.fit_units()
        # The batches are drawn before the wait, so that the trainer's speed decides nothing, and
        # here, so that no other thread touches the memory.
        batches = self.draw()
        self.drain()
        if batches is not None:
            rate = self.schedule.rate(self.step / self.steps)
            held = signs.of_memory(self.collector.memory)
            future = threads.submit(self.agent.update_many, batches, rate, count)
            self.pending = self.step, batches.states[0].numpy(), held, future
            if not pipelined:
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
        if not self._may_learn():
            return None
        memory, chunk = self.collector.memory, self.schedule.chunk
        batches = memory.sample(chunk * self.agent.settings.batch_size).split(chunk)
        return Batch(*(tf.constant(column) for column in batches))

    def _may_learn(self):
        """Say whether the random steps are over, and left something to learn from."""
        return self.step >= self.schedule.random_steps and len(self.collector.memory) > 0

    def fit_units(self) -> None:
        """Let the agent see the task in units that suit what the memory holds."""
        memory = self.collector.memory
        units = Units.seen_in(memory.states[: len(memory)], memory.rewards[: len(memory)])
        self.agent.use_units(units)
        if units != Units():
            self.say(str(units))

    def drain(self) -> None:
        """Wait for the updates under way, and act with the weights they led to."""
        if self.pending is None:
            return
        step, states, held, future = self.pending
        self.pending = None
        loss, q = future.result()
        if not (np.isfinite(loss) and np.isfinite(q)):
            raise FloatingPointError(
                f"in the updates after step {step} the critic's loss became {loss} and the mean "
                f"value {q}: a smaller learning rate may help"
            )
        sigma, rate = (f(step / self.steps) for f in (self.schedule.sigma, self.schedule.rate))
        self.agent.refresh()
        row = {"step": step, "loss": loss, "q": q, "sigma": sigma, "rate": rate}
        self.history["updates"].append(row | signs.of_actor(self.agent, states) | held)

    def at_evaluation(self) -> bool:
        return self.step % self.schedule.evaluate_every == 0 or self.step == self.steps

    def begin_evaluation(
        self, threads: Executor, on_episode: Callable[[], Any] = lambda: None
    ) -> None:
        """Cut the episode, note what a checkpoint holds, and fly the agent as it is now."""
        self.collector.cut_episode()
        collected, counters = self.collector.checkpoint()
        history = {kind: list(rows) for kind, rows in self.history.items()}
        learned = {f"wrappers/{n}": a for n, a in wrappers.statistics(self.env).items()}
        self.kept = self.agent.arrays() | collected | learned, counters, history
        self.selection.begin(self.step, threads, on_episode)

    def finish_evaluation(self, checkpoint: Path | str | None = None) -> dict:
        """Wait for the evaluation, write a checkpoint of its step; returns the history's row."""
        row = self.selection.finish()
        self.history["evaluations"].append(row)
        if checkpoint is not None:
            self.write(checkpoint)
        return row

    def say_what_ails_it(self) -> None:
        """Say the gravest of the doctor's findings that is new."""
        for finding in diagnose(self.history, self.agent):
            if finding.name not in self.told:
                self.told.add(finding.name)
                name = finding.name.capitalize()
                self.say(f"{name}: {finding.seen} diagnose(history, agent) says what to do.")
                return

    def say_how_it_ends(self) -> None:
        """Say it if the run has plainly diverged."""
        names = [finding.name for finding in diagnose(self.history, self.agent)]
        if lost := [name for name in names if name in DIVERGED]:
            self.say(
                f"This run hasn't learned ({', '.join(lost)}), and more steps won't mend it. "
                "diagnose(history, agent) says what to do."
            )

    def summary(self) -> dict[str, str]:
        """The latest figures, for the progress bar."""
        returns = [row["return"] for row in self.history["episodes"][-10:]]
        values = [row["q"] for row in self.history["updates"][-1:]]
        shown = {"return": returns, "Q": values}
        figures = {name: f"{np.mean(found):.0f}" for name, found in shown.items() if found}
        if self.selection.under_way:
            figures["test"] = f"{self.selection.flown}/{self.selection.episodes}"
        return figures

    def facts(self) -> dict:
        """The facts that a run must share with a checkpoint to go on from it."""
        facts = self.agent.facts()
        del facts["units"]  # which the checkpoint brings
        return facts | {
            "steps": self.steps,
            "seed": self.seed,
            "schedule": asdict(self.schedule),
        }

    def write(self, path: Path | str) -> None:
        """Write a checkpoint of the last evaluation's step."""
        assert self.kept is not None
        arrays, counters, history = self.kept
        best = {f"best/{name}": array for name, array in self.selection.best_weights.items()}
        facts = {
            "agent": self.agent.facts(),
            "run": self.facts(),
            "collector": counters,
            "best_return": self.selection.best_return,
            "history": history | {"evaluations": self.history["evaluations"]},
            "versions": {module.__name__: module.__version__ for module in (tf, keras, np, gym)},
        }
        checkpoints.write(path, arrays | best, facts)

    def resume(self, path: Path | str) -> None:
        """Go on from a checkpoint of the same run, or of a shorter one."""
        arrays, facts = checkpoints.read(path)
        if "run" not in facts:
            raise ValueError(f"{path} must be a checkpoint of a training run")
        for name, ours in self.facts().items():
            theirs = facts["run"].get(name)
            longer = name == "steps" and theirs < ours
            if theirs != ours and not longer:
                raise ValueError(
                    f"{path} must be a checkpoint of this run, "
                    f"but its {name} is {theirs} instead of {ours}"
                )
        if facts["agent"]["units"]:
            self.agent.use_units(Units(**facts["agent"]["units"]))
        self.agent.restore({name: arrays[name] for name in self.agent.variables()})
        chosen = self.selection
        chosen.best_weights = {name: arrays[f"best/{name}"] for name in chosen.best_weights}
        chosen.best_return, self.history = facts["best_return"], facts["history"]
        self.collector.restore(arrays, facts["collector"])
        wrappers.use_statistics(self.env, checkpoints.within("wrappers", arrays), fixed=False)
        self.told = {finding.name for finding in diagnose(self.history, self.agent)}
