"""Pictures and videos: one call each from a notebook, in one style.

Every function shows what it draws, with a text for those who can't see it.
"""

import base64
import inspect
import io
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import matplotlib.pyplot as plt
import numpy as np
from imageio.v2 import get_writer
from IPython.display import HTML, Markdown, display
from matplotlib.figure import Figure

SHORTEST = 3  # seconds of a film
CONTROLS = 64  # rows under a film: the player's controls appear there, and not on the ground

# Okabe and Ito's colours, told apart with any kind of colour vision.
BLUE, ORANGE, GREEN, RED, SKY, PURPLE, GREY = [
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#6E6E6E",
]

plt.rcParams |= {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": plt.cycler(color=[BLUE, ORANGE, GREEN, RED, SKY, PURPLE]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "figure.dpi": 110,
    "figure.facecolor": "white",  # readable on a dark page too
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "svg.hashsalt": "ddpg-course",
}


@dataclass(frozen=True)
class Picture:
    """A PNG with a text for those who can't see it, which IPython's Image has only from 8 on."""

    data: bytes
    alt: str

    def _repr_png_(self):
        return self.data, {"alt": self.alt}

    def __repr__(self):
        return self.alt


def figure(
    rows: int = 1, columns: int = 1, height: float = 3.2, **options: Any
) -> tuple[Figure, Any]:
    """A figure of the width of a page; returns ``(figure, axes)``."""
    return plt.subplots(rows, columns, figsize=(8, height), **options)


def show(made: Figure, alt: str) -> None:
    """Show a figure, with ``alt`` as the text that stands for it, and close it."""
    file = io.BytesIO()
    made.savefig(file, format="png", metadata={"Software": None})
    plt.close(made)
    display(Picture(file.getvalue(), alt))


class Film:
    """A video that is encoded while it is being made, so that it never lies in memory as a whole.

    Args:
        fps: frames a second. Only what lasts less than ``SHORTEST`` seconds waits until the end,
            and is then shown in slow motion, so that it can be followed.
    """

    def __init__(self, fps: float = 25) -> None:
        self.fps = fps
        self.count = 0
        self._waiting: list[np.ndarray] = []
        self._folder = tempfile.TemporaryDirectory()
        self._file = Path(self._folder.name, "film.mp4")
        self._writer: Any = None  # imageio's, once the frames suffice to choose the speed

    def add(self, frame: np.ndarray) -> None:
        """Add a frame ``(H, W, 3)`` of bytes."""
        ground = ((0, CONTROLS), (0, 0), (0, 0))
        self._waiting.append(np.pad(frame, ground, constant_values=255))
        self.count += 1
        if self._writer or len(self._waiting) >= SHORTEST * self.fps:
            self._encode(self.fps)

    def show(self, alt: str, strip: str | None = None) -> None:
        """Show the film, with ``alt`` as the text that stands for it; nothing can be added then.

        With ``strip``, its title, frames stand side by side below: the film for paper.
        """
        if not self._writer:
            self._encode(self.count / SHORTEST)
        self._writer.close()
        source = base64.b64encode(self._file.read_bytes()).decode()
        # JupyterLab drops a <source> element, so the address is the video's own attribute.
        display(
            HTML(
                f'<video src="data:video/mp4;base64,{source}" aria-label="{alt}" '
                'controls autoplay loop muted playsinline style="max-width: 100%"></video>'
            )
        )
        if strip:
            self._show_strip(alt, strip)
        self._folder.cleanup()

    def _encode(self, fps):
        self._writer = self._writer or get_writer(
            self._file,
            fps=fps,
            codec="libx264",
            output_params=["-crf", "23", "-preset", "slow", "-movflags", "+faststart"],
            macro_block_size=8,
            ffmpeg_log_level="error",
        )
        for frame in self._waiting:
            self._writer.append_data(frame)
        self._waiting.clear()

    def _show_strip(self, alt, title, count=6):
        chosen = np.linspace(0, self.count - 1, count).astype(int)
        frames = [f for i, f in enumerate(iio.imiter(self._file)) if i in chosen]
        made, axes = figure(1, count, height=1.35)
        for axis, frame in zip(axes, frames):
            axis.imshow(frame[:-CONTROLS:2, ::2])
            axis.axis("off")
        made.suptitle(title, x=0.01, ha="left", fontsize="medium", fontweight="bold")
        show(made, alt)


def excerpt(part: Callable) -> None:
    """Show the source of a function or method of the helpers."""
    display(Markdown(f"```python\n{textwrap.dedent(inspect.getsource(part))}```"))
