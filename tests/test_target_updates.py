import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.target_updates import hard_update, soft_update


def network(seed, width=3):
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((2,)), keras.layers.Dense(width), keras.layers.BatchNormalization()]
    made = keras.Sequential(layers)
    made.set_weights([np.random.default_rng(seed).random(w.shape) for w in made.weights])
    return made


def flat(model):
    return np.concatenate([w.numpy().ravel() for w in model.weights])


def test_a_hard_update_copies_every_weight_statistics_too():
    online, target = network(0), network(1)
    hard_update(online, target)
    np.testing.assert_array_equal(flat(online), flat(target))


def test_a_hard_update_is_a_copy_and_not_a_link():
    online, target = network(0), network(1)
    hard_update(online, target)
    online.weights[0].assign_add(np.ones(online.weights[0].shape))
    assert (online.weights[0].numpy() != target.weights[0].numpy()).all()


@settings(max_examples=20, deadline=None)
@given(tau=st.floats(0, 1), count=st.integers(1, 4))
def test_after_n_soft_updates_the_distance_is_one_minus_tau_to_the_n(tau, count):
    online, target = network(0), network(1)
    before, goal = flat(target), flat(online)
    for _ in range(count):
        soft_update(online, target, tau)
    np.testing.assert_allclose(flat(target) - goal, (1 - tau) ** count * (before - goal), atol=1e-6)
    np.testing.assert_array_equal(flat(online), goal)


def test_tau_is_a_thousandth_unless_given():
    online, target = network(0), network(1)
    expected = 0.001 * flat(online) + 0.999 * flat(target)
    soft_update(online, target)
    np.testing.assert_allclose(flat(target), expected, rtol=1e-6)


@pytest.mark.parametrize("tau", [-0.1, 1.1, np.nan, "half"])
def test_a_tau_outside_its_range_is_refused_and_nothing_is_changed(tau):
    online, target = network(0), network(1)
    before = flat(target)
    with pytest.raises((ValueError, TypeError), match="tau"):
        soft_update(online, target, tau)
    np.testing.assert_array_equal(flat(target), before)


@pytest.mark.parametrize("update", [hard_update, soft_update])
def test_networks_that_do_not_fit_are_refused(update):
    with pytest.raises(ValueError, match="online and target must have weights of the same shapes"):
        update(network(0), network(1, width=4))
