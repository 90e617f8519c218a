import gymnasium as gym
import numpy as np
import pytest

from helpers.engine.steps_ahead import StepsAhead
from helpers.gym_api import LANDER, Drift
from helpers.lander import DDPG, evaluate

BOX = gym.spaces.Box(np.float32([-1, 2]), np.float32([1, 8]))
STATES = gym.spaces.Box(-np.inf, np.inf, (3,))


def small_agent(**settings):
    return DDPG(STATES, BOX, **{"hidden": (8, 8), "batch_size": 4} | settings)


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)


def test_without_noise_it_acts_as_the_actor_says():
    agent, state = small_agent(), np.float32([1, -2, 3])
    np.testing.assert_allclose(agent.act(state), agent.actor(state[None])[0], rtol=1e-5)
    assert agent.act(state).dtype == np.float32


def test_noise_is_in_half_ranges_and_the_result_is_clipped():
    agent, state = small_agent(), np.zeros(3, np.float32)
    quiet = agent.act(state)
    np.testing.assert_allclose(agent.act(state, np.float32([0.5, -0.5])) - quiet, [0.5, -1.5], 1e-5)
    np.testing.assert_array_equal(agent.act(state, np.float32([9, -9])), [1, 2])


def test_it_acts_with_a_frozen_copy_until_it_is_refreshed():
    agent, state = small_agent(), np.zeros(3, np.float32)
    before = agent.act(state)
    agent.actor.weights[-1].assign([1.0, 1.0])
    np.testing.assert_array_equal(agent.act(state), before)
    agent.refresh()
    assert (agent.act(state) != before).all()


def test_the_targets_begin_as_copies():
    agent = small_agent()
    for online, target in ((agent.actor, agent.target_actor), (agent.critic, agent.target_critic)):
        for one, other in zip(online.weights, target.weights):
            np.testing.assert_array_equal(one, other)


def test_many_fused_updates_equal_as_many_single_ones(make_batch):
    fused, single = small_agent(), small_agent()
    batches = make_batch(20).split(5)
    loss, value = fused.update_many(batches)
    singles = [single.update(type(batches)(*(c[i] for c in batches))) for i in range(5)]
    ours, theirs = fused.arrays(), single.arrays()
    for name, array in theirs.items():
        np.testing.assert_allclose(ours[name], array, rtol=1e-3, atol=1e-5, err_msg=name)
    np.testing.assert_allclose([loss, value], np.mean(singles, axis=0), rtol=1e-2, atol=1e-5)


def test_an_update_moves_the_targets_by_tau(make_batch):
    agent = small_agent(tau=0.25)
    before = agent.target_critic.weights[0].numpy()
    agent.update(make_batch(4))
    expected = 0.25 * agent.critic.weights[0].numpy() + 0.75 * before
    np.testing.assert_allclose(agent.target_critic.weights[0], expected, rtol=1e-5)


def test_the_discount_of_a_target_covers_all_its_steps(make_batch, monkeypatch):
    seen = []

    def targets(batch, actor, critic, discount):
        seen.append(discount)
        return batch.rewards

    monkeypatch.setattr("helpers.lander.ddpg_targets", targets)
    small_agent(n_steps=3, discount=0.9).update(make_batch(4))
    assert seen == [pytest.approx(0.729)]


def test_steps_ahead_by_hand():
    ahead = StepsAhead(3, discount=0.5)
    assert ahead.append("s0", "a0", 1, "s1", False) == []
    assert ahead.append("s1", "a1", 2, "s2", False) == []
    assert ahead.append("s2", "a2", 4, "s3", False) == [("s0", "a0", 1 + 1 + 1, "s3", False)]
    assert ahead.append("s3", "a3", 8, "s4", True) == [
        ("s1", "a1", 2 + 2 + 2, "s4", True),
        ("s2", "a2", 4 + 4, "s4", True),
        ("s3", "a3", 8, "s4", True),
    ]
    assert ahead.append("t0", "b0", 1, "t1", False) == []


def test_steps_ahead_of_one_are_the_steps_themselves():
    ahead = StepsAhead(1, discount=0.5)
    assert ahead.append("s", "a", 3, "t", False) == [("s", "a", 3, "t", False)]


def test_a_cut_forgets_steps_whose_future_was_not_seen():
    ahead = StepsAhead(2, discount=0.5)
    ahead.append("s0", "a0", 1, "s1", False)
    ahead.cut()
    assert ahead.append("t0", "b0", 1, "t1", True) == [("t0", "b0", 1, "t1", True)]


def test_save_and_load_give_the_same_agent(tmp_path):
    agent = small_agent(n_steps=5, seed=3)
    for variable in agent.actor.weights + agent.critic.weights:
        variable.assign(np.random.default_rng(0).random(variable.shape))
    agent.refresh()
    agent.save(tmp_path / "agent.npz")
    loaded = DDPG.load(tmp_path / "agent.npz")
    state = np.float32([1, 2, 3])
    np.testing.assert_array_equal(loaded.act(state), agent.act(state))
    assert_same(loaded.snapshot(), agent.snapshot())
    assert loaded.settings == agent.settings
    assert (loaded.action_space, loaded.observation_space) == (BOX, STATES)
    np.testing.assert_array_equal(loaded.target_actor.weights[0], agent.actor.weights[0])


def test_spaces_of_float64_come_back(tmp_path):
    space = gym.spaces.Box(-100, 100, (1,), np.float64)
    env = gym.wrappers.TransformObservation(gym.make("Drift-v0"), lambda s: s.astype(float), space)
    agent = DDPG(env.observation_space, env.action_space, hidden=(8, 8))
    agent.save(tmp_path / "agent.npz")
    assert evaluate(DDPG.load(tmp_path / "agent.npz"), env, episodes=1).shape == (1,)


def test_a_saved_agent_is_data(tmp_path):
    small_agent().save(tmp_path / "agent.npz")
    with np.load(tmp_path / "agent.npz", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 broken", None])
def test_a_file_that_is_no_checkpoint_is_named(tmp_path, content):
    path = tmp_path / "notes.npz"
    if content is None:
        np.savez(path, weights=np.zeros(3))
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"notes\.npz must be a checkpoint"):
        DDPG.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        DDPG.load(tmp_path / "nowhere.npz")


def test_weights_of_another_network_are_refused_and_nothing_is_changed():
    agent = small_agent()
    before = agent.arrays()
    with pytest.raises(ValueError, match="same shapes"):
        agent.restore(small_agent(hidden=(4, 4)).snapshot())
    with pytest.raises(ValueError, match="actor/99"):
        agent.restore({"actor/99": np.zeros(1)})
    assert_same(agent.arrays(), before)


def test_evaluation_is_repeatable_and_gives_one_return_an_episode():
    env = gym.make(LANDER)
    agent = DDPG(env.observation_space, env.action_space, hidden=(8, 8))
    returns = evaluate(agent, env, episodes=3, seed=5)
    assert returns.shape == (3,)
    np.testing.assert_array_equal(returns, evaluate(agent, env, episodes=3, seed=5))
    assert (returns != evaluate(agent, env, episodes=3, seed=6)).all()


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda: DDPG(STATES, gym.spaces.Discrete(2)), TypeError, "action_space must be a Box"),
        (lambda: DDPG(STATES, STATES), ValueError, "action_space must have finite bounds"),
        (lambda: DDPG(gym.spaces.Discrete(4), BOX), TypeError, "observation_space"),
        (lambda: small_agent(discount=1.2), ValueError, "discount"),
        (lambda: small_agent(tau=-1), ValueError, "tau"),
        (lambda: small_agent(batch_size=0), ValueError, "batch_size"),
        (lambda: small_agent(n_steps=0), ValueError, "n_steps"),
        (lambda: small_agent(gamma=0.9), TypeError, "gamma"),
        (lambda: evaluate(small_agent(), Drift(), 1), ValueError, "observation_space"),
        (lambda: evaluate(small_agent(), Drift(), 0), ValueError, "episodes"),
    ],
)
def test_bad_input_is_named(call, error, named):
    with pytest.raises(error, match=named):
        call()
