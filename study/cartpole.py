"""The course's DQN on CartPole: what it promises beside what it then gets."""

import time

import gymnasium as gym
import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from helpers import require
from helpers.dqn import (
    double_dqn_targets,
    dqn_targets,
    epsilon_greedy,
    make_q_network,
    train_q_network,
)
from helpers.engine.acting import as_numpy
from helpers.engine.compiled import compiled
from helpers.engine.seeds import JUDGING, SELECTION, episode_seed
from helpers.gym_api import discounted_return, rollout
from helpers.replay_memory import Batch, ReplayMemory


def balance(settings, seed):
    """Train a Q-network; ``settings`` are arguments of ``train_dqn``.

    The rows of kind ``selection`` hold the mean return and, from the first states of the same
    greedy episodes, the promised and the measured discounted return.
    """
    env, start = gym.make("CartPole-v1"), time.perf_counter()
    network, history = train_dqn(env, seed=seed, progress=False, **settings)
    seconds = time.perf_counter() - start
    rows = [
        {
            "kind": "selection",
            "step": row["step"],
            "mean": round(row["return"], 1),
            "promised": round(row["promised"], 2),
            "measured": round(row["measured"], 2),
        }
        for row in history["evaluations"]
    ]
    q_values = as_numpy(network)
    returns = [
        rollout(env, greedy(q_values), episode_seed(seed, episode, JUDGING)).total_reward
        for episode in range(100)
    ]
    judged = {"kind": "judging", "mean": np.mean(returns), "seconds": round(seconds, 1)}
    return [*rows, judged]


def train_dqn(
    env,
    steps=50_000,
    seed=0,
    double=False,
    discount=0.99,
    learning_rate=2.3e-3,
    batch_size=64,
    chunk=250,
    evaluate_every=2_500,
    progress=True,
):
    """Train a Q-network on ``env``: act for ``chunk`` steps, make as many updates, repeat.

    Epsilon falls from 1 to .05 over the first fifth of the steps. The best snapshot is kept,
    by the mean return of ten greedy episodes.

    Args:
        env: an environment with discrete actions.
        steps: of the environment; as many updates are made.
        double: use double DQN's targets.
        chunk: steps between two rounds of updates, each of which begins with a copy into the
            target network.
        evaluate_every: steps between two choices of the best snapshot.
        progress: show a progress bar.

    Returns:
        ``(network, history)``: the best snapshot, and a dict of lists of rows: ``episodes`` with
        ``step`` and ``return``; ``evaluations`` with ``step``, ``return``, and the discounted
        return that the network ``promised`` at the episodes' start beside the ``measured`` one.

    Raises:
        TypeError: the actions are not discrete.
    """
    require.discrete("env.action_space", env.action_space)
    require.flat_box("env.observation_space", env.observation_space)
    require.integer("steps", steps, low=chunk)
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng([seed, 1])
    shape, count = env.observation_space.shape, int(env.action_space.n)
    network, target_network = [make_q_network(shape[0], count) for _ in range(2)]
    target_network.set_weights(network.get_weights())
    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build(network.trainable_variables)
    memory = ReplayMemory(steps, shape, action_dtype=np.int64, seed=[seed, 2])

    @compiled
    def update(batches):
        for i in tf.range(chunk):
            batch = Batch(*(column[i] for column in batches))
            if double:
                targets = double_dqn_targets(batch, network, target_network, discount)
            else:
                targets = dqn_targets(batch, target_network, discount)
            train_q_network(network, optimizer, batch, targets)

    history = {"episodes": [], "evaluations": []}
    best_return, best_weights = -np.inf, network.get_weights()
    q_values = as_numpy(network)
    episode, total_reward = 0, 0.0
    state, _ = env.reset(seed=episode_seed(seed, episode))
    for step in tqdm(range(1, steps + 1), unit="step", disable=not progress):
        epsilon = max(0.05, 1 - 0.95 * step / (0.2 * steps))
        action = epsilon_greedy(q_values(state), epsilon, rng)
        next_state, reward, terminated, truncated, _ = env.step(action)
        memory.append(state, action, reward, next_state, terminated)
        state = next_state
        total_reward += float(reward)
        if terminated or truncated:
            history["episodes"].append({"step": step, "return": total_reward})
            episode, total_reward = episode + 1, 0.0
            state, _ = env.reset(seed=episode_seed(seed, episode))
        if step % chunk == 0 and len(memory) >= batch_size:
            target_network.set_weights(network.get_weights())
            update(memory.sample(chunk * batch_size).split(chunk))
            q_values = as_numpy(network)
        if step % evaluate_every == 0 or step == steps:
            row = {"step": step, **_evaluate(q_values, env, seed, discount)}
            history["evaluations"].append(row)
            if row["return"] >= best_return:
                best_return, best_weights = row["return"], network.get_weights()
            episode, total_reward = episode + 1, 0.0  # the evaluation used the environment
            state, _ = env.reset(seed=episode_seed(seed, episode))
    network.set_weights(best_weights)
    return network, history


def greedy(q_values):
    """The policy that takes the action of the largest value; ``q_values`` is a function."""
    return lambda state: int(np.argmax(q_values(state)))


def _evaluate(q_values, env, seed, discount, episodes=10):
    """The mean return of greedy episodes; what was promised at their start, and what came of it."""
    runs = [
        rollout(env, greedy(q_values), episode_seed(seed, episode, SELECTION))
        for episode in range(episodes)
    ]
    return {
        "return": float(np.mean([run.total_reward for run in runs])),
        "promised": float(np.mean([q_values(run.states[0]).max() for run in runs])),
        "measured": float(np.mean([discounted_return(run.rewards, discount) for run in runs])),
    }
