import gymnasium as gym
import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from helpers.actor import make_actor
from helpers.dqn import (
    double_dqn_targets,
    dqn_targets,
    epsilon_greedy,
    make_q_network,
    train_q_network,
)
from helpers.engine.acting import as_numpy
from helpers.engine.seeds import JUDGING, episode_seed
from helpers.gym_api import rollout
from helpers.replay_memory import Batch
from study.cartpole import greedy, train_dqn


def batch_of(rewards, terminals, actions=(0, 0, 0)):
    states = np.eye(3, dtype=np.float32)
    return Batch(states, np.array(actions), np.float32(rewards), states, np.float32(terminals))


# Values of the two actions in the three states, a row each; the states are unit vectors.
ONLINE = np.float32([[1, 2], [5, 4], [0, 9]])
TARGET = np.float32([[10, 20], [70, 40], [60, 30]])


def online(states):
    return tf.convert_to_tensor(states) @ ONLINE


def target(states):
    return tf.convert_to_tensor(states) @ TARGET


def test_dqn_targets_by_hand():
    targets = dqn_targets(batch_of([1, 2, 3], [0, 0, 1]), target, 0.5)
    assert targets.numpy().tolist() == [1 + 10, 2 + 35, 3]


def test_double_dqn_lets_one_network_choose_and_the_other_value():
    targets = double_dqn_targets(batch_of([1, 2, 3], [0, 0, 0]), online, target, 0.5)
    assert targets.numpy().tolist() == [1 + 10, 2 + 35, 3 + 15]


@pytest.mark.parametrize("double", [False, True])
def test_no_gradient_flows_through_the_targets(double):
    network = make_q_network(3, 2, hidden=(4,))
    with tf.GradientTape() as tape:
        networks = (network, network) if double else (network,)
        function = double_dqn_targets if double else dqn_targets
        targets = function(batch_of([1, 2, 3], [0, 0, 0]), *networks, 0.9)
    assert tape.gradient(targets, network.trainable_variables) == [None] * 4


def test_only_the_values_of_the_actions_taken_are_trained():
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, use_bias=False)])
    network.set_weights([np.zeros((3, 2))])
    batch = batch_of([0, 0, 0], [0, 0, 0], actions=[0, 1, 1])
    targets = np.float32([3, 6, 0])
    loss = train_q_network(network, keras.optimizers.SGD(1.0), batch, targets)
    assert float(loss) == pytest.approx((9 + 36 + 0) / 3)
    # The gradient of the mean of (y - w)² by w is -2 (y - w) / 3, one weight a transition.
    np.testing.assert_allclose(network.weights[0], [[2, 0], [0, 4], [0, 0]], atol=1e-6)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=5), st.integers(0, 99))
def test_greedy_is_the_argmax_and_always_a_python_int(q_values, seed):
    action = epsilon_greedy(q_values, 0, np.random.default_rng(seed))
    assert type(action) is int
    assert q_values[action] == max(q_values)


def test_epsilon_one_is_uniform_over_all_actions():
    rng = np.random.default_rng(0)
    counts = np.bincount([epsilon_greedy([0, 9, 0], 1, rng) for _ in range(9_000)])
    assert np.abs(counts - 3_000).max() < 6 * np.sqrt(9_000 * 2 / 9)


def test_epsilon_is_the_probability_of_a_random_action():
    rng = np.random.default_rng(0)
    others = np.mean([epsilon_greedy([0, 9], 0.3, rng) != 1 for _ in range(10_000)])
    assert others == pytest.approx(0.15, abs=6 * np.sqrt(0.15 * 0.85 / 10_000))


def test_as_numpy_answers_as_the_network_does():
    box = gym.spaces.Box(np.float32([-1, 3]), np.float32([1, 9]))
    actor = make_actor(4, box, (8, 8))
    rng = np.random.default_rng(0)
    actor.set_weights([rng.uniform(0.1, 1, w.shape) for w in actor.weights])
    states = rng.normal(size=(7, 4)).astype(np.float32)
    np.testing.assert_allclose(as_numpy(actor)(states), actor(states), rtol=1e-5)
    np.testing.assert_allclose(as_numpy(actor)(states[0]), actor(states)[0], rtol=1e-5)


def test_as_numpy_keeps_the_weights_it_was_made_with():
    network = make_q_network(2, 2, hidden=(4,))
    frozen, state = as_numpy(network), np.ones(2, np.float32)
    before = frozen(state)
    for weight in network.weights:
        weight.assign_add(tf.ones_like(weight))
    np.testing.assert_array_equal(frozen(state), before)


def test_as_numpy_names_a_layer_it_does_not_know():
    with pytest.raises(TypeError, match="dropout"):
        as_numpy(keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.5, name="dropout")]))


@pytest.mark.parametrize("double", [False, True])
def test_the_same_seed_trains_the_same_network(double):
    results = [
        train_dqn(gym.make("CartPole-v1"), 1_000, seed=3, double=double, progress=False)
        for _ in range(2)
    ]
    assert results[0][1] == results[1][1]
    for one, other in zip(*(network.weights for network, _ in results)):
        np.testing.assert_array_equal(one, other)


def test_cartpole_is_solved():
    env = gym.make("CartPole-v1")
    network, history = train_dqn(env, seed=0, progress=False)
    policy = greedy(as_numpy(network))
    returns = [rollout(env, policy, episode_seed(0, i, JUDGING)).total_reward for i in range(100)]
    assert np.mean(returns) >= 475
    assert max(row["return"] for row in history["evaluations"]) >= 475


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda: make_q_network(4, 0), ValueError, "action_count"),
        (lambda: epsilon_greedy([1, 2], 1.5, None), ValueError, "epsilon"),
        (lambda: dqn_targets(None, None, -0.1), ValueError, "discount"),
        (lambda: double_dqn_targets(None, None, None, np.nan), ValueError, "discount"),
        (lambda: train_dqn(gym.make("Drift-v0")), TypeError, "env.action_space must be Discrete"),
        (lambda: train_dqn(gym.make("CartPole-v1"), steps=1e4), TypeError, "steps"),
        (lambda: train_dqn(gym.make("FrozenLake-v1")), TypeError, "env.observation_space"),
    ],
)
def test_bad_input_is_named(call, error, named):
    with pytest.raises(error, match=named):
        call()
