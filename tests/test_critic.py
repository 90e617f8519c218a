import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers.critic import ddpg_targets, make_critic, train_critic
from helpers.replay_memory import Batch


def test_the_critic_gives_one_value_a_row():
    critic = make_critic(3, 2, hidden=(8, 4))
    assert critic([np.zeros((5, 3), np.float32), np.zeros((5, 2), np.float32)]).shape == (5,)
    assert critic([np.zeros((1, 3), np.float32), np.zeros((1, 2), np.float32)]).shape == (1,)


def test_arrays_and_tensors_may_be_mixed():
    critic = make_critic(3, 2, hidden=(8, 4))
    states, actions = np.ones((4, 3), np.float32), tf.ones((4, 2))
    np.testing.assert_array_equal(critic([states, actions]), critic([tf.ones((4, 3)), actions]))


def test_actions_join_after_the_first_layer():
    critic = make_critic(3, 2, hidden=(8, 4))
    kernels = [tuple(w.shape) for w in critic.trainable_variables if len(w.shape) == 2]
    assert sorted(kernels) == sorted([(3, 8), (8, 4), (2, 4), (4, 1)])


def test_the_first_layer_sees_the_states_alone():
    critic = make_critic(3, 2, hidden=(8, 4))
    first = keras.Model(critic.inputs[0], critic.layers[1].output)
    assert first(np.zeros((5, 3), np.float32)).shape == (5, 8)


def test_the_first_values_are_near_zero():
    keras.utils.set_random_seed(0)
    critic = make_critic(8, 2)
    assert np.abs(critic([np.ones((9, 8), np.float32), np.ones((9, 2), np.float32)])).max() < 0.2


def test_targets_by_hand():
    # The value of the next state is made ten times the next action, which is twice the state.
    batch = Batch(
        states=np.zeros((3, 1), np.float32),
        actions=np.zeros((3, 1), np.float32),
        rewards=np.array([1, 2, 3], np.float32),
        next_states=np.array([[1], [2], [3]], np.float32),
        terminals=np.array([0, 1, 0], np.float32),
    )
    targets = ddpg_targets(batch, lambda s: 2 * s, lambda sa: 10 * sa[1][:, 0], discount=0.5)
    assert targets.numpy().tolist() == [1 + 0.5 * 20, 2, 3 + 0.5 * 60]


def test_no_gradient_flows_through_the_targets(make_batch):
    target_critic = make_critic(3, 2, hidden=(8, 4))
    with tf.GradientTape() as tape:
        targets = ddpg_targets(make_batch(), lambda s: s[:, :2], target_critic, 0.9)
    assert targets.shape == (6,)
    gradients = tape.gradient(targets, target_critic.trainable_variables)
    assert all(gradient is None for gradient in gradients)


def test_a_step_moves_along_the_gradient_of_the_mean_squared_error(make_batch):
    batch, targets = make_batch(), np.arange(6, dtype=np.float32)
    critic = make_critic(3, 2, hidden=(8, 4))
    before = [w.numpy() for w in critic.trainable_variables]
    values = critic([batch.states, batch.actions]).numpy()
    loss = train_critic(critic, keras.optimizers.SGD(1e-3), batch, targets)
    assert float(loss) == pytest.approx(np.mean((targets - values) ** 2), rel=1e-5)
    # The last bias adds to every value alike, so its gradient is the mean of 2 (Q - y).
    moved = critic.trainable_variables[-1].numpy() - before[-1]
    assert moved == pytest.approx(-1e-3 * 2 * np.mean(values - targets), rel=1e-4)


def test_training_reaches_fixed_targets(make_batch):
    keras.utils.set_random_seed(0)
    critic, optimizer = make_critic(3, 2, hidden=(32, 32)), keras.optimizers.Adam(1e-2)
    batch, targets = make_batch(), np.array([5, -3, 1, 0, 2, -1], np.float32)
    losses = [float(train_critic(critic, optimizer, batch, targets)) for _ in range(300)]
    assert losses[-1] < 1e-2 < losses[0]


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda batch: make_critic(0, 2), ValueError, "state_size"),
        (lambda batch: make_critic(3, 2.0), TypeError, "action_size"),
        (lambda batch: make_critic(3, 2, hidden=()), TypeError, "hidden"),
        (lambda batch: make_critic(3, 2, hidden=(8,)), TypeError, "hidden must be 2 or more"),
        (lambda batch: make_critic(3, 2, hidden=(4, -1)), ValueError, "hidden"),
        (lambda batch: ddpg_targets(batch, None, None, 1.01), ValueError, "discount"),
        (
            lambda batch: train_critic(None, None, batch, np.zeros((6, 1), np.float32)),
            ValueError,
            "targets must have the shape",
        ),
        (lambda batch: train_critic(None, None, batch, np.zeros(5)), ValueError, "targets"),
    ],
)
def test_bad_input_is_named(call, error, named, make_batch):
    with pytest.raises(error, match=named):
        call(make_batch())
