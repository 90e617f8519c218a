"""The seeds of episodes: streams that share none."""

import numpy as np

TRAINING, SELECTION, JUDGING = range(3)


def episode_seed(seed: int, episode: int, stream: int = TRAINING) -> int:
    """The seed of an episode's reset: that of no other episode, and of no other stream.

    Training, the choice of the best snapshot and the final judging each draw from a stream of
    their own, so that no policy is judged on an episode it was trained on or chosen by.
    """
    return int(np.random.SeedSequence([seed, episode, stream]).generate_state(1)[0])
