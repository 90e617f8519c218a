"""A network as a NumPy function, for acting: one state at a time, thousands of times.

Chapter 3 meets it first, and every later agent acts with it.
"""

from collections.abc import Callable

import keras
import numpy as np


def as_numpy(network: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """A stack of layers as a function of NumPy arrays, with the weights as they are now.

    Asking Keras about a single state costs more than the environment's step; this doesn't.

    Raises:
        TypeError: a layer other than dense, ReLU or rescaling.
    """
    stages = [_layer_as_numpy(layer) for layer in network.layers]

    def forward(states):
        for stage in stages:
            states = stage(states)
        return states

    return forward


def _layer_as_numpy(layer):
    weights = [weight.copy() for weight in layer.get_weights()]  # Keras hands out live views
    match layer:
        case keras.layers.Dense():
            kernel, bias = weights
            activate = {"linear": lambda x: x, "relu": _relu, "tanh": np.tanh}[
                layer.activation.__name__
            ]
            return lambda x: activate(x @ kernel + bias)
        case keras.layers.Rescaling():
            scale, offset = np.float32(layer.scale), np.float32(layer.offset)
            return lambda x: scale * x + offset
        case keras.layers.ReLU():
            return _relu
    raise TypeError(f"as_numpy knows no layer such as {layer.name}")


def _relu(x):
    return np.maximum(x, 0)
