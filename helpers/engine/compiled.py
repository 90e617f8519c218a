"""Compilation of TensorFlow functions with XLA where it works, and without where it doesn't."""

import functools
from collections.abc import Callable

import tensorflow as tf


def compiled(function: Callable) -> Callable:
    """``function`` as one fused program: its loop runs without Python, and without the GIL."""
    return tf.function(function, jit_compile=_xla_works())


@functools.cache
def _xla_works():
    try:
        tf.function(lambda x: x + 1, jit_compile=True)(tf.constant(1.0))
    except (tf.errors.OpError, ValueError, RuntimeError):
        print("XLA doesn't work here: training runs without it, and takes longer.")
        return False
    return True
