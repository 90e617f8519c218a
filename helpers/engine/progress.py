"""A view of a training while it runs: a progress bar, and logs for TensorBoard."""

import sys
from pathlib import Path

import tensorflow as tf
from tqdm import tqdm

from helpers.engine.agent import Agent
from helpers.replay_memory import Batch

# What marks a number for TensorBoard's page of scalars. `tf.summary.scalar` would do it, but needs
# the package tensorboard, which only those need who look at the logs.
SCALAR = tf.compat.v1.SummaryMetadata(
    plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars"), data_class=1
)


class ProgressBar(tqdm):
    """tqdm without its watchdog, a thread that would outlive the training."""

    monitor_interval = 0


def progress_bar(steps: int, done: int = 0, progress: bool = True) -> ProgressBar:
    """A bar over the steps of a training, of which some may be done; hidden without ``progress``.

    It is hidden too where the environment variable ``TQDM_DISABLE`` says so. It is text on stdout:
    Jupyter shows stderr as an error, and a widget is gone when a notebook is opened again.
    """
    hidden = {} if progress else {"disable": True}
    return ProgressBar(total=steps, initial=done, unit="step", file=sys.stdout, **hidden)


class TensorBoardLog:
    """The rows of the history as scalars over the steps, and the graph of one update."""

    def __init__(self, folder: Path | str, agent: Agent) -> None:
        self.writer = tf.summary.create_file_writer(str(folder))
        self.written = {"episodes": 0, "updates": 0, "evaluations": 0}
        state, action = agent.observation_space.shape, agent.action_space.shape
        shapes = Batch(state, action, (), state, ())
        batch = Batch(*(tf.TensorSpec((agent.settings.batch_size, *shape)) for shape in shapes))
        with self.writer.as_default():
            tf.summary.graph(tf.function(agent.update).get_concrete_function(batch).graph)

    def write(self, history: dict[str, list[dict]]) -> None:
        """Write the rows that are new."""
        with self.writer.as_default():
            for kind, rows in history.items():
                for row in rows[self.written[kind] :]:
                    for name, figure in row.items():
                        value = tf.cast(figure, tf.float32)
                        tf.summary.write(f"{kind}/{name}", value, row["step"], metadata=SCALAR)
                self.written[kind] = len(rows)
        self.writer.flush()
