import gymnasium as gym
import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.actor import make_actor, policy_gradients, train_actor
from helpers.critic import make_critic
from helpers.gym_api import Drift

BOX = gym.spaces.Box(np.float32([-1, -2]), np.float32([1, 0.5]))
bound = st.floats(-1e6, 1e6, width=32)

# TensorFlow takes numbers below the smallest normal one for zero.
ENDS = st.tuples(bound, bound).filter(lambda ends: ends[1] - ends[0] > 1e-30)


@settings(max_examples=25, deadline=None)
@given(ends=st.lists(ENDS, min_size=1, max_size=3))
def test_actions_stay_inside_any_bounds_and_reach_them(ends):
    low, high = np.float32(ends).T
    actor = make_actor(2, gym.spaces.Box(low, high), hidden=(4,))
    actor.layers[-2].set_weights([np.zeros((4, len(ends))), np.full(len(ends), 50.0)])
    at_high = actor(np.zeros((1, 2), np.float32)).numpy()[0]
    actor.layers[-2].set_weights([np.zeros((4, len(ends))), np.full(len(ends), -50.0)])
    at_low = actor(np.zeros((1, 2), np.float32)).numpy()[0]
    assert (at_high <= high).all()
    assert (at_low >= low).all()
    assert np.allclose([at_low, at_high], [low, high], rtol=1e-5, atol=1e-6 * np.abs(ends).max())


def test_the_first_actions_are_near_the_middle():
    keras.utils.set_random_seed(0)
    actions = make_actor(3, BOX)(np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32))
    np.testing.assert_allclose(actions, np.tile([0, -0.75], (50, 1)), atol=0.15)


def test_policy_gradients_equal_tensorflows_own(make_batch):
    keras.utils.set_random_seed(0)
    states = make_batch(32).states
    actor = make_actor(3, BOX, (16, 8))
    critic = make_critic(3, 2, (16, 8))
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(critic([states, actor(states)]))
    expected = tape.gradient(value, actor.trainable_variables)
    for ours, theirs in zip(policy_gradients(actor, critic, states), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5, rtol=1e-5)


def test_the_gradient_is_that_of_the_mean_whatever_the_batch_size(make_batch):
    states = make_batch(4).states
    actor, critic = make_actor(3, BOX, (8,)), make_critic(3, 2, (8, 4))
    once, thrice = (policy_gradients(actor, critic, np.tile(states, (n, 1))) for n in (1, 3))
    for one, other in zip(once, thrice):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_train_actor_climbs_and_leaves_the_critic_alone(make_batch):
    keras.utils.set_random_seed(0)
    states = make_batch(16).states
    actor, critic = make_actor(3, BOX, (16,)), make_critic(3, 2, (16, 8))
    before = [w.numpy() for w in critic.weights]
    optimizer = keras.optimizers.Adam(1e-2)
    values = [float(train_actor(actor, critic, optimizer, states)) for _ in range(50)]
    assert values[-1] > values[0]
    for weight, kept in zip(critic.weights, before):
        np.testing.assert_array_equal(weight, kept)


def test_an_actor_that_climbs_the_exact_q_finds_the_best_policy():
    """With the exact slope of Drift's values in the critic's place, what is left is the actor."""
    keras.utils.set_random_seed(0)
    actor = make_actor(1, Drift().action_space, (32, 32))
    optimizer = keras.optimizers.Adam(1e-2)
    p, discount = Drift.curvature(0.95), 0.95

    def exact(states_and_actions):
        s, a = (tf.convert_to_tensor(x)[:, 0] for x in states_and_actions)
        return -(s**2 + 2 * a**2) - discount * p * (s + 0.2 * a) ** 2

    states = np.linspace(-1.5, 1.5, 64, dtype=np.float32)[:, None]
    climb = tf.function(lambda: train_actor(actor, exact, optimizer, states))
    optimizer.build(actor.trainable_variables)
    for _ in range(400):
        climb()
    np.testing.assert_allclose(actor(states), -Drift.gain(0.95) * states, atol=0.04)


def infinite():
    return gym.spaces.Box(-np.inf, np.inf, (2,))


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda: make_actor(3, gym.spaces.Discrete(4)), TypeError, "action_space must be a Box"),
        (lambda: make_actor(3, infinite()), ValueError, "action_space must have finite bounds"),
        (lambda: make_actor(3, gym.spaces.Box(-1, 1, (2, 2))), TypeError, "one dimension"),
        (lambda: make_actor(-3, BOX), ValueError, "state_size"),
        (lambda: make_actor(3, BOX, hidden=32), TypeError, "hidden"),
    ],
)
def test_bad_input_is_named(call, error, named):
    with pytest.raises(error, match=named):
        call()
