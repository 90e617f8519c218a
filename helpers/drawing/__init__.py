"""Pictures and videos: one call each from a notebook, in one style.

Every function shows what it draws, with a text for those who can't see it.
"""

import base64
import inspect
import io
import textwrap
from collections.abc import Callable
from typing import Any

import imageio.v3 as iio
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML, Image, Markdown, display
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
    display(Image(file.getvalue(), alt=alt))


def show_video(frames: np.ndarray, alt: str, fps: float = 50, every: int = 2) -> None:
    """Show frames ``(H, W, 3)`` as a video that plays in the page, of every so many of them.

    A film shorter than ``SHORTEST`` seconds is shown in slow motion, so that it can be followed.
    """
    shown = np.pad(frames[::every], ((0, 0), (0, CONTROLS), (0, 0), (0, 0)), constant_values=255)
    encoded = iio.imwrite(
        "<bytes>",
        shown,
        extension=".mp4",
        fps=min(fps / every, len(shown) / SHORTEST),
        codec="libx264",
        output_params=["-crf", "23", "-preset", "slow", "-movflags", "+faststart"],
        macro_block_size=8,
        ffmpeg_log_level="error",
    )
    source = base64.b64encode(encoded).decode()
    # JupyterLab drops a <source> element, so the address is the video's own attribute.
    display(
        HTML(
            f'<video src="data:video/mp4;base64,{source}" aria-label="{alt}" '
            'controls autoplay loop muted playsinline style="max-width: 100%"></video>'
        )
    )


def show_strip(frames: np.ndarray, alt: str, count: int = 6, title: str | None = None) -> None:
    """Show ``count`` frames, evenly spread, side by side: the video for paper."""
    chosen = np.linspace(0, len(frames) - 1, count).astype(int)
    made, axes = figure(1, count, height=1.35)
    for axis, index in zip(axes, chosen):
        axis.imshow(frames[index][::2, ::2])
        axis.axis("off")
    if title:
        made.suptitle(title, x=0.01, ha="left", fontsize="medium", fontweight="bold")
    show(made, alt)


def excerpt(part: Callable) -> None:
    """Show the source of a function or method of the helpers."""
    display(Markdown(f"```python\n{textwrap.dedent(inspect.getsource(part))}```"))
