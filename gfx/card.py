"""Draws docs/_static/card.png, the picture that stands for the site where links are shared.

Run from the repository: python -m gfx.card
"""

from pathlib import Path

import imageio.v3 as iio
import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[1]
FRAME = 0.7  # how far into the landing


def main():
    frames = iio.imread(ROOT / "gfx" / "landing.gif")
    made = plt.figure(figsize=(12, 6.3), dpi=100, facecolor="black")
    axis = made.add_axes((0, 0, 1, 1))
    axis.imshow(frames[int(FRAME * len(frames))], aspect="auto", interpolation="lanczos")
    axis.axis("off")
    made.text(0.05, 0.82, "Land it yourself", color="white", fontsize=54, fontweight="bold")
    about = "Deep reinforcement learning for continuous control,\nbuilt piece by piece"
    made.text(0.05, 0.64, about, color="white", fontsize=26, linespacing=1.4)
    made.savefig(ROOT / "docs" / "_static" / "card.png", metadata={"Software": None})


if __name__ == "__main__":
    main()
