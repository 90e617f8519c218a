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
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from pathlib import Path

import gymnasium as gym
import keras
import numpy as np
import tensorflow as tf

from helpers import checkpoints, require
from helpers.gym_api import JUDGING, SELECTION, episode_seed, rollout
from helpers.ou_noise import OrnsteinUhlenbeckNoise, annealed
from helpers.progress import TensorBoardLog, progress_bar
from helpers.replay_memory import Batch, ReplayMemory
from helpers.steps_ahead import StepsAhead

# Seconds that the trainer has the interpreter for itself, until it is inside the compiled loop,
# which needs none. A thread that acts gives the interpreter up for moments too short for another to
# catch, so without a head start the trainer would wait until the chunk is over.
HEAD_START = 2e-3

# Steps after which an episode of an evaluation is taken for one that never ends.
ENDLESS = 100_000


@dataclass(frozen=True)
class Schedule:
    """What a training run does when."""

    random_steps: int = 5_000  # of uniformly random actions, before the first update
    chunk: int = 100  # steps between two exchanges of the two threads
    memory_size: int = 50_000  # small, so that what noisier policies did is forgotten
    noise_theta: float = 0.15
    noise_start: float = 0.5  # sigma falls linearly from here
    noise_end: float = 0.02  # to here,
    noise_until: float = 0.8  # at this fraction of the run
    rate_from: float = 0.6  # from this fraction of the run on, the learning rates fall linearly
    rate_end: float = 0.05  # to this fraction of themselves
    evaluate_every: int = 5_000  # steps between two choices of the best snapshot
    selection_episodes: int = 20

    def __post_init__(self):
        for name in ("chunk", "memory_size", "evaluate_every", "selection_episodes"):
            require.integer(name, getattr(self, name), low=1)
        require.integer("random_steps", self.random_steps)
        require.number("noise_theta", self.noise_theta, 0, 1)
        for name in ("noise_start", "noise_end"):
            require.number(name, getattr(self, name), 0)
        for name in ("noise_until", "rate_from", "rate_end"):
            require.number(name, getattr(self, name), 0, 1)
        if self.evaluate_every % self.chunk:
            raise ValueError(
                f"evaluate_every must be a multiple of chunk ({self.chunk}), "
                f"but {self.evaluate_every} was given"
            )

    def sigma(self, progress):
        """The noise at the fraction ``progress`` of the run."""
        return annealed(progress, self.noise_start, self.noise_end, self.noise_until)

    def rate(self, progress):
        """The learning rates' factor at the fraction ``progress`` of the run."""
        falling = (
            max(0, progress - self.rate_from) / (1 - self.rate_from) if self.rate_from < 1 else 0
        )
        return 1 - falling * (1 - self.rate_end)


def train(
    agent,
    env,
    steps,
    seed=0,
    checkpoint=None,
    *,
    pipelined=True,
    log_dir=None,
    on_evaluation=None,
    progress=True,
    **schedule,
):
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
    with bar, ThreadPoolExecutor(max_workers=1) as trainer:
        while run.step < run.steps:
            run.round(trainer, pipelined)
            if run.at_evaluation():
                row = run.evaluate()
                if checkpoint is not None:
                    run.write(checkpoint)
                if on_evaluation:
                    on_evaluation(run.agent, row)
            bar.update(run.step - bar.n)
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


class _WithEnd(gym.Wrapper):
    """Refuses an episode that doesn't end."""

    def reset(self, **options):
        self.length = 0
        return self.env.reset(**options)

    def step(self, action):
        self.length += 1
        if self.length > ENDLESS:
            raise RuntimeError(
                f"an episode must end, but this one has gone on for {ENDLESS:,} steps: give the "
                "environment a time limit, for example gym.wrappers.TimeLimit(env, 1_000)"
            )
        return self.env.step(action)


def evaluate(agent, env, episodes=100, seed=0, stream=JUDGING):
    """The undiscounted returns ``(episodes,)`` of ``agent.act`` without noise.

    Judging episodes share no seed with those of training or of the choice of the best snapshot.

    Raises:
        ValueError: the environment's spaces are not the agent's.
        RuntimeError: an episode that doesn't end.
    """
    require.integer("episodes", episodes, low=1)
    require.same_spaces("the agent", agent, "env", env)
    env = _WithEnd(env)
    seeds = [episode_seed(seed, episode, stream) for episode in range(episodes)]
    return np.array([rollout(env, agent.act, seed).total_reward for seed in seeds])


class Run:
    """A training run between two chunks: all that a checkpoint has to hold."""

    def __init__(self, agent, env, steps, seed, schedule):
        self.agent, self.env, self.steps, self.seed = agent, env, steps, seed
        self.schedule = schedule
        noise_seed, memory_seed, action_seed = np.random.SeedSequence(seed).spawn(3)
        state_shape, action_shape = env.observation_space.shape, env.action_space.shape
        self.memory = ReplayMemory(
            schedule.memory_size, state_shape, action_shape, seed=memory_seed
        )
        self.noise = OrnsteinUhlenbeckNoise(
            action_shape[0], schedule.noise_theta, schedule.noise_start, seed=noise_seed
        )
        self.rng = np.random.default_rng(action_seed)
        self.steps_ahead = StepsAhead(agent.settings.n_steps, agent.settings.discount)
        self.step = self.episode = 0
        self.best_return, self.best_weights = -np.inf, agent.policy_and_critic()
        self.history = {"episodes": [], "updates": [], "evaluations": []}
        self.pending = None  # the round of updates that the trainer is at
        self.state = None  # no episode has begun

    def round(self, trainer, pipelined):
        """Act for a chunk, wait for the updates of the chunk before, and hand over this one's."""
        size = min(self.schedule.chunk, self.steps - self.step)
        for _ in range(size):
            self.act()
        batches = self.draw(size)
        self.drain()
        if batches is not None:
            rate = self.schedule.rate(self.step / self.steps)
            future = trainer.submit(self.agent.update_many, batches, rate)
            self.pending = self.step, future
            if pipelined:
                time.sleep(HEAD_START)
            else:
                wait([future])
        if self.at_evaluation():
            self.drain()

    def act(self):
        """One step of the environment."""
        if self.state is None:
            self.begin_episode()
        action = self.choose_action()
        next_state, reward, terminated, truncated, _ = self.env.step(action)
        self.step += 1
        self.total_reward += float(reward)
        self.length += 1
        if not (np.isfinite(next_state).all() and np.isfinite(reward)):
            raise FloatingPointError(
                f"at step {self.step}, in episode {self.episode}, the environment answered the "
                f"action {action} with the state {next_state} and the reward {reward}"
            )
        for transition in self.steps_ahead.append(
            self.state, action, reward, next_state, terminated
        ):
            self.memory.append(*transition)
        self.state = next_state
        if terminated or truncated:
            row = {"step": self.step, "return": self.total_reward, "length": self.length}
            self.history["episodes"].append(row)
            self.cut_episode()

    def choose_action(self):
        """Random at first, then the actor's with noise."""
        if self.step < self.schedule.random_steps:
            space = self.env.action_space
            return self.rng.uniform(space.low, space.high).astype(np.float32)
        self.noise.sigma = self.schedule.sigma(self.step / self.steps)
        return self.agent.act(self.state, self.noise.sample())

    def begin_episode(self):
        self.state, _ = self.env.reset(seed=episode_seed(self.seed, self.episode))
        self.episode += 1
        self.total_reward, self.length = 0.0, 0
        self.noise.reset()

    def cut_episode(self):
        self.steps_ahead.cut()
        self.state = None

    def draw(self, count):
        """``count`` batches from the memory, as tensors; ``None`` while it is too early."""
        if self.step < self.schedule.random_steps or len(self.memory) == 0:
            return None
        batches = self.memory.sample(count * self.agent.settings.batch_size).split(count)
        return Batch(*(tf.constant(column) for column in batches))

    def drain(self):
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

    def at_evaluation(self):
        return self.step % self.schedule.evaluate_every == 0 or self.step == self.steps

    def evaluate(self):
        """Cut the episode, fly without noise, keep the best snapshot; returns the history's row."""
        self.cut_episode()
        episodes = self.schedule.selection_episodes
        returns = evaluate(self.agent, self.env, episodes, self.seed, SELECTION)
        row = {"step": self.step, "return": float(returns.mean()), "worst": float(returns.min())}
        self.history["evaluations"].append(row)
        if row["return"] >= self.best_return:
            self.best_return, self.best_weights = row["return"], self.agent.policy_and_critic()
        return row

    def summary(self):
        """The latest figures, for the progress bar."""
        returns = [row["return"] for row in self.history["episodes"][-10:]]
        values = [row["q"] for row in self.history["updates"][-1:]]
        shown = {"return": returns, "Q": values}
        return {name: f"{np.mean(figures):.0f}" for name, figures in shown.items() if figures}

    def facts(self):
        """What a run must share with a checkpoint to go on from it."""
        return self.agent.facts() | {
            "steps": self.steps,
            "seed": self.seed,
            "schedule": asdict(self.schedule),
        }

    def write(self, path):
        """Write a checkpoint."""
        arrays = self.agent.arrays()
        arrays |= {f"best/{name}": array for name, array in self.best_weights.items()}
        columns = Batch._fields
        arrays |= {
            f"memory/{name}": getattr(self.memory, name)[: len(self.memory)] for name in columns
        }
        facts = {
            "agent": self.agent.facts(),
            "run": self.facts(),
            "step": self.step,
            "episode": self.episode,
            "best_return": self.best_return,
            "history": self.history,
            "memory_pointer": self.memory.pointer,
            "generators": [generator.bit_generator.state for generator in self.generators()],
            "versions": {module.__name__: module.__version__ for module in (tf, keras, np, gym)},
        }
        checkpoints.write(path, arrays, facts)

    def resume(self, path):
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
        self.best_return = facts["best_return"]
        self.step, self.episode = facts["step"], facts["episode"]
        self.history = facts["history"]
        for name in Batch._fields:
            column = arrays[f"memory/{name}"]
            getattr(self.memory, name)[: len(column)] = column
        self.memory.size, self.memory.pointer = len(column), facts["memory_pointer"]
        for generator, state in zip(self.generators(), facts["generators"]):
            generator.bit_generator.state = state

    def generators(self):
        return self.rng, self.noise.rng, self.memory.rng
