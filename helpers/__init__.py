"""The pieces of the DDPG course: a module a chapter, and what all of them share.

TensorFlow reads its settings from the environment when it is first imported, so they are set
here, before any chapter can import it: no log lines in notebooks, and two threads an operation,
always as many and without oneDNN's reordered sums, so that the same seed gives the same curve bit
for bit on one kind of processor, on one core or on two. Another kind rounds differently, which acts
like another seed.

A GPU is left alone, unless the environment variable ``COURSE_GPU`` is 1: for networks of this size
each small launch costs more than it saves, and sums come in another order there.
"""

import contextlib
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "2")
if os.environ.get("COURSE_GPU") != "1":
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    if tensorflow := sys.modules.get("tensorflow"):  # it was loaded before, and may know a GPU
        with contextlib.suppress(RuntimeError):  # it has used it already, and keeps it
            tensorflow.config.set_visible_devices([], "GPU")
# Keras reads the course's own keras.json, whatever the user's says of backend or precision.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["KERAS_HOME"] = str(Path(__file__).parent)
if keras := sys.modules.get("keras"):  # it was imported before the course, with the user's settings
    if keras.config.backend() != "tensorflow":
        raise ImportError(
            "This course runs on TensorFlow, but Keras was imported before it with the backend "
            f"{keras.config.backend()}. Restart Python, and import helpers first."
        )
    keras.config.set_floatx("float32")
# Environments are drawn into arrays; without a display, SDL must not look for one.
if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
