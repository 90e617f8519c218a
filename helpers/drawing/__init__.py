"""Pictures and videos: one call each from a notebook, in one style.

Every function shows what it draws, with a text for those who can't see it.
"""

import base64
import inspect
import io
import tempfile
import textwrap
from collections.abc import Callable, Iterable
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

# Okabe and Ito's colours, told apart with any kind of colour vision. The light ones are darkened
# to a contrast of 3 : 1 against white.
BLUE, ORANGE, GREEN, RED, SKY, PURPLE, GREY = [
    "#0072B2",
    "#C27F00",
    "#009E73",
    "#D55E00",
    "#3A9AD9",
    "#BD5D93",
    "#6E6E6E",
]
LINES = ["-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (3, 4))]  # for those who see no colours

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
    "font.size": 14.5,  # 9 pixels where a phone shows the page's width in 360
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


def headline(made: Figure, finding: str) -> None:
    """Write the finding of a figure of several panels above them all."""
    made.suptitle(finding, x=0.01, ha="left", fontsize="medium", fontweight="bold")


def minus(number: float, digits: int = 0) -> str:
    """A number with so many digits, and with a minus that isn't a hyphen."""
    return f"{number:.{digits}f}".replace("-", "−")


def listed(parts: Iterable) -> str:
    """Parts as a list in words."""
    *first, last = map(str, parts)
    return f"{', '.join(first)} and {last}" if first else last


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

    def add_figure(self, made: Figure) -> None:
        """Add a Matplotlib figure as it is now."""
        made.canvas.draw()
        self.add(np.asarray(made.canvas.buffer_rgba())[..., :3])

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
        frames = np.stack([f for i, f in enumerate(iio.imiter(self._file)) if i in chosen])
        frames = _cropped(frames[:, :-CONTROLS])
        height, width = frames.shape[1:3]
        made, axes = figure(1, count, height=1.0 + 8 / count * min(height / width, 2))
        for axis, frame, number in zip(axes, frames, chosen):
            axis.imshow(frame)
            axis.set_title(f"{number / self.fps:.1f} s", loc="center", fontweight="normal")
            axis.axis("off")
        headline(made, title)
        show(made, alt)


def _cropped(frames, margin=12):
    """The part of frames ``(N, H, W, 3)`` in which something moves, with a margin around it."""
    moving = (np.ptp(frames.astype(int), axis=0) > 40).any(-1)  # the codec's noise is less
    for axis in (0, 1):
        places = np.flatnonzero(moving.any(1 - axis))
        if places.size:
            end = min(places[-1] + margin, moving.shape[axis])
            frames = frames.take(range(max(places[0] - margin, 0), end), axis + 1)
    return frames


def excerpt(part: Callable) -> None:
    """Show the source of a function or method of the helpers."""
    display(Markdown(f"```python\n{textwrap.dedent(inspect.getsource(part))}```"))
