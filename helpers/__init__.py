"""The pieces of the DDPG course: a module a chapter, and what all of them share.

TensorFlow reads its settings from the environment when it is first imported, so they are set
here, before any chapter can import it: no log lines in notebooks, and one thread an operation
without oneDNN's reordered sums, so that the same seed gives the same curve bit for bit.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# The environments are drawn into arrays and need no screen; the greeting is not for a notebook.
os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
