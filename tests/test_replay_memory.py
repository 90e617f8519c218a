import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.replay_memory import ReplayMemory


def filled(capacity, count):
    """A memory whose transition number i has the state (i, i) and the reward i."""
    memory = ReplayMemory(capacity, (2,), (1,), seed=0)
    for i in range(count):
        memory.append([i, i], [i / 100], i, [i + 1, i + 1], i % 5 == 0)
    return memory


def test_a_batch_has_the_shapes_and_types_of_the_contract():
    batch = filled(10, 4).sample(32)
    assert [column.shape for column in batch] == [(32, 2), (32, 1), (32,), (32, 2), (32,)]
    assert {column.dtype for column in batch} == {np.dtype("float32")}


def test_discrete_actions_stay_whole_numbers():
    memory = ReplayMemory(4, (2,), action_dtype=np.int64)
    memory.append([0, 0], 3, 1.0, [0, 0], False)
    assert memory.sample(2).actions.tolist() == [3, 3]
    assert memory.sample(2).actions.dtype == np.int64


def test_the_columns_of_a_row_belong_together():
    batch = filled(10, 17).sample(200)
    np.testing.assert_array_equal(batch.states[:, 0], batch.rewards)
    np.testing.assert_array_equal(batch.next_states[:, 0], batch.rewards + 1)
    np.testing.assert_array_equal(batch.terminals, batch.rewards % 5 == 0)


@given(capacity=st.integers(1, 20), count=st.integers(1, 60))
def test_it_holds_exactly_the_latest(capacity, count):
    memory = filled(capacity, count)
    assert len(memory) == min(capacity, count)
    expected = set(range(max(0, count - capacity), count))
    drawn = set(memory.sample(2_000).rewards.astype(int))
    assert drawn <= expected
    assert set(memory.rewards[: len(memory)].astype(int)) == expected


def test_sampling_is_uniform():
    # 40,000 draws of 20: each count is binomial with a deviation of 43.6; 6 of them is 1 in 10^9.
    drawn = filled(20, 35).sample(40_000).rewards.astype(int)
    counts = np.bincount(drawn, minlength=35)[15:]
    assert np.abs(counts - 2_000).max() < 6 * 43.6


def test_sampling_is_with_replacement_and_may_exceed_what_is_stored():
    assert len(filled(10, 3).sample(50).rewards) == 50


def test_a_seed_fixes_the_draws_and_a_batch_is_a_copy():
    first, second = filled(10, 10), filled(10, 10)
    batch = first.sample(5)
    np.testing.assert_array_equal(batch.rewards, second.sample(5).rewards)
    kept = batch.states.copy()
    for _ in range(10):
        first.append([-1, -1], [0], -1, [-1, -1], False)
    np.testing.assert_array_equal(batch.states, kept)


def test_split_adds_an_axis_and_keeps_the_order():
    batch = filled(10, 10).sample(12)
    batches = batch.split(3)
    assert batches.states.shape == (3, 4, 2)
    np.testing.assert_array_equal(batches.rewards.ravel(), batch.rewards)


def test_a_million_lander_transitions_take_less_than_100_megabytes():
    memory = ReplayMemory(1_000_000, (8,), (2,))
    assert sum(array.nbytes for array in vars(memory).values() if hasattr(array, "nbytes")) < 100e6


good = {"state": [0, 0], "action": [0], "reward": 0.0, "next_state": [0, 0], "terminal": False}


@pytest.mark.parametrize(
    ("changed", "error", "named"),
    [
        ({"state": [0, 0, 0]}, ValueError, "state must have the shape \\(2,\\)"),
        ({"state": [np.nan, 0]}, ValueError, "state must be finite"),
        ({"state": "north"}, TypeError, "state"),
        ({"action": 0}, ValueError, "action"),
        ({"action": [np.inf]}, ValueError, "action"),
        ({"reward": np.nan}, ValueError, "reward"),
        ({"reward": [1.0]}, ValueError, "reward"),
        ({"next_state": [[0, 0]]}, ValueError, "next_state"),
        ({"next_state": [0, np.inf]}, ValueError, "next_state"),
        ({"terminal": 0.5}, ValueError, "terminal"),
        ({"terminal": None}, ValueError, "terminal"),
    ],
)
def test_a_bad_transition_is_refused_and_nothing_is_changed(changed, error, named):
    memory = filled(10, 3)
    before = memory.states.copy(), memory.pointer, len(memory)
    with pytest.raises(error, match=named):
        memory.append(**good | changed)
    np.testing.assert_array_equal(memory.states, before[0])
    assert (memory.pointer, len(memory)) == before[1:]


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda: ReplayMemory(1e6, (2,)), TypeError, "capacity must be an integer"),
        (lambda: ReplayMemory(0, (2,)), ValueError, "capacity"),
        (lambda: ReplayMemory(5, (2,)).sample(1), ValueError, "replay memory.*empty"),
        (lambda: filled(5, 5).sample(0), ValueError, "batch_size"),
        (lambda: filled(5, 5).sample(2.0), TypeError, "batch_size"),
    ],
)
def test_bad_input_is_named(call, error, named):
    with pytest.raises(error, match=named):
        call()
