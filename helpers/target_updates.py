r"""Target updates: how the target networks follow the online ones (chapter 6).

.. math:: \theta' \leftarrow \tau\,\theta + (1 - \tau)\,\theta'

Source: Lillicrap et al. (2015), "Continuous control with deep reinforcement learning",
algorithm 1; the hard copy is Mnih et al.'s (2015).
"""

import keras

from helpers import require


def hard_update(online: keras.Model, target: keras.Model) -> None:
    """Copy every weight of ``online`` into ``target``.

    ``weights`` and not ``trainable_variables``, so that a normalisation's running statistics
    follow as well.
    """
    require.same_shapes("online", online.weights, "target", target.weights)
    for source, destination in zip(online.weights, target.weights):
        destination.assign(source)


def soft_update(online: keras.Model, target: keras.Model, tau: float = 1e-3) -> None:
    """Move every weight of ``target`` the fraction ``tau`` of the way to ``online``."""
    require.number("tau", tau, 0, 1)
    require.same_shapes("online", online.weights, "target", target.weights)
    for source, destination in zip(online.weights, target.weights):
        destination.assign(tau * source + (1 - tau) * destination)
