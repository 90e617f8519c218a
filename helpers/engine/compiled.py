"""Compilation of TensorFlow functions with XLA where it works, and without where it doesn't."""

import functools
from collections.abc import Callable

import keras
import tensorflow as tf


def compiled(function: Callable) -> Callable:
    """``function`` as one fused program: its loop runs without Python, and without the GIL."""
    return tf.function(function, jit_compile=_xla_works())


@functools.cache
def _xla_works():
    """Try whether XLA compiles the parts of a training: a tanh, a gradient and Adam, in a loop."""
    weight = keras.Variable(1.0, name="probe")
    optimizer = keras.optimizers.Adam(name="probe")
    optimizer.build([weight])

    @tf.function(jit_compile=True)
    def update():
        for _ in tf.range(2):
            with tf.GradientTape() as tape:
                value = tf.tanh(weight)
            optimizer.apply([tape.gradient(value, weight.value)])

    try:
        update()
    except (tf.errors.OpError, ValueError, RuntimeError):
        print("XLA doesn't work here: training runs without it, and takes longer.")
        return False
    return True
