"""What the study changes of the agent: each learns, and resumes as if it had never stopped."""

import gymnasium as gym
import numpy as np
import pytest
import tensorflow as tf

from helpers.lander import train
from study import variants

TINY = {
    "chunk": 20,
    "random_steps": 40,
    "evaluate_every": 100,
    "selection_episodes": 1,
    "memory_size": 250,
    "progress": False,
}
AGENTS = ["BatchNormalized", "EarlyActions", "HardTargets", "TD3", "Unmasked"]


def made(name, env, **settings):
    small = {"hidden": (8, 8), "batch_size": 4, "discount": 0.95}
    return getattr(variants, name)(env.observation_space, env.action_space, **small | settings)


class StopError(Exception):
    pass


def stop_at(step):
    def stop(_, row):
        if row["step"] == step:
            raise StopError

    return stop


@pytest.mark.parametrize("name", ["BatchNormalized", "EarlyActions", "TD3"])
def test_a_variant_resumes_bit_for_bit(tmp_path, name):
    env = gym.make("Drift-v0")
    whole = made(name, env)
    history = train(whole, env, 300, **TINY)
    stopped, file = made(name, env), tmp_path / "run.npz"
    with pytest.raises(StopError):
        train(stopped, env, 300, checkpoint=file, on_evaluation=stop_at(200), **TINY)
    resumed = made(name, env)
    assert train(resumed, env, 300, checkpoint=file, **TINY) == history
    for name, array in whole.arrays().items():
        np.testing.assert_array_equal(resumed.arrays()[name], array, err_msg=name)


@pytest.mark.parametrize("name", AGENTS)
def test_a_variant_comes_back_from_its_file(tmp_path, name):
    env = gym.make("Drift-v0")
    agent = made(name, env)
    train(agent, env, 100, **TINY)
    agent.save(tmp_path / "agent.npz")
    loaded = type(agent).load(tmp_path / "agent.npz")
    np.testing.assert_array_equal(loaded.act([0.5]), agent.act([0.5]))
    assert loaded.snapshot().keys() == agent.snapshot().keys()


@pytest.mark.parametrize("name", AGENTS)
def test_a_variant_acts_as_its_actor_says(make_batch, name):
    box = gym.spaces.Box(np.float32([-1, 2]), np.float32([1, 8]))
    agent = getattr(variants, name)(gym.spaces.Box(-9, 9, (3,)), box, hidden=(8, 8), batch_size=4)
    for _ in range(3):
        agent.update(make_batch(4))
    agent.refresh()
    state = np.float32([1, -2, 3])
    np.testing.assert_allclose(agent.act(state), agent.actor(state[None])[0], rtol=1e-4)


def test_statistics_are_learned_by_the_network_that_learns_and_no_other(make_batch):
    agent = made("BatchNormalized", gym.make("Drift-v0"), tau=0.0)
    batch = make_batch(4, state_size=1, action_size=1)
    before = agent.arrays()
    agent.update(batch)
    for name, network in agent.networks.items():
        changed = [
            (v.numpy() != before[f"{name}/{i}"]).any()
            for i, v in enumerate(network.weights)
            if "moving" in v.path
        ]
        assert changed, name
        assert all(changed), name
    for name, target in agent.targets.items():
        for i, v in enumerate(target.weights):
            np.testing.assert_array_equal(v, before[f"target_{name}/{i}"])


def constant(value):
    return lambda inputs: tf.fill([len(inputs[0])], value)


def test_td3_trusts_the_smaller_critic():
    agent = made("TD3", gym.make("Drift-v0"))
    agent.target_critic, agent.targets["second_critic"] = constant(3.0), constant(2.0)
    np.testing.assert_array_equal(
        agent.smaller_value([np.zeros((4, 1)), np.zeros((4, 1))]), [2] * 4
    )


def test_td3_smooths_the_targets_action_within_its_bounds():
    agent = made("TD3", gym.make("Drift-v0"))
    normal = np.float32([[0], [1], [-2], [4], [-9]])
    agent.target_actor = lambda states: 0.5 * tf.ones_like(states)
    smoothed = agent.smoothed_actions(np.zeros((5, 1), np.float32), normal)
    np.testing.assert_allclose(np.ravel(smoothed), [0.5, 0.7, 0.1, 1.0, 0.0], atol=1e-6)


def test_td3_draws_other_noise_at_each_update_and_the_same_again(make_batch):
    def seen():
        agent, drawn = made("TD3", gym.make("Drift-v0")), []
        agent.smoothed_actions = lambda states, normal: drawn.append(normal.numpy()) or normal
        for _ in range(2):
            agent.update(make_batch(4, state_size=1, action_size=1))
        return drawn

    first, second = seen()
    assert (first != second).all()
    np.testing.assert_array_equal(seen(), [first, second])


def test_td3s_actor_moves_at_every_second_update(make_batch):
    agent = made("TD3", gym.make("Drift-v0"))
    batch, moved = make_batch(4, state_size=1, action_size=1), []
    parts = "actor/0", "target_critic/0", "critic/0", "second_critic/0"
    for _ in range(4):
        before = agent.arrays()
        agent.update(batch)
        after = agent.arrays()
        moved.append([bool((after[part] != before[part]).any()) for part in parts])
    assert moved == [[True] * 4, [False, False, True, True]] * 2


def test_the_rates_of_all_optimizers_fall(make_batch):
    agent = made("TD3", gym.make("Drift-v0"), learning_rate=0.01)
    agent.update_many(make_batch(4, state_size=1, action_size=1).split(1), rate=0.1)
    rates = [float(optimizer.learning_rate) for optimizer in agent.optimizers.values()]
    assert rates == pytest.approx([0.001] * 3)
