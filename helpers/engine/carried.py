"""A policy without its training: a function of NumPy arrays, from a file that ``export`` wrote.

This file needs NumPy and nothing else. To run a policy on a machine without the course, copy it
there, beside the policy's file.
"""

from collections.abc import Callable

import numpy as np


def carried(path: str) -> Callable[[np.ndarray], np.ndarray]:
    """The function from a state ``(S,)`` to an action ``(A,)`` that ``Agent.export`` wrote.

    Raises:
        FileNotFoundError: there is no such file.
    """
    with np.load(path, allow_pickle=False) as file:
        low, high = file["low"], file["high"]
        kernels = [file[f"kernel_{i}"] for i in range((len(file.files) - 2) // 2)]
        biases = [file[f"bias_{i}"] for i in range(len(kernels))]

    def act(state):
        x = np.asarray(state, np.float64)
        for kernel, bias in zip(kernels[:-1], biases[:-1]):
            x = np.maximum(x @ kernel + bias, 0)
        x = np.tanh(x @ kernels[-1] + biases[-1])
        return ((low + high) / 2 + (high - low) / 2 * x).astype(low.dtype)

    return act
