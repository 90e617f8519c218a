import numpy as np
import pytest

from helpers.replay_memory import Batch


@pytest.fixture
def make_batch():
    """A function that makes a batch of random transitions; terminals alternate."""

    def make(size=6, state_size=3, action_size=2, seed=0):
        rng = np.random.default_rng(seed)
        return Batch(
            rng.normal(size=(size, state_size)).astype(np.float32),
            rng.uniform(-1, 1, (size, action_size)).astype(np.float32),
            rng.normal(size=size).astype(np.float32),
            rng.normal(size=(size, state_size)).astype(np.float32),
            (np.arange(size) % 2).astype(np.float32),
        )

    return make
