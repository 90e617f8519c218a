"""Draws DDPG_Structure.png, how data and gradients flow through the agent, and for each chapter
chapter_01.png and so on, where what the chapter builds stands out.

Run from the repository: python -m gfx.ddpg_structure
"""

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from course.chapters import CHAPTERS
from helpers.drawing import BLUE, GREEN, GREY, ORANGE, RED

BOXES = {  # name: (x, y, label, colour), on a grid of 12 by 7
    "environment": (1.5, 5.6, "environment\n$s, r, s'$, terminal", GREY),
    "noise": (5.0, 6.4, "OU noise  $x$", GREY),
    "memory": (1.5, 2.4, "replay memory\n$(s, a, r, s', $terminal$)$", GREY),
    "actor": (5.0, 4.7, "actor\n$\\mu(s)$", GREEN),
    "critic": (8.4, 4.7, "critic\n$Q(s, a)$", BLUE),
    "target_actor": (5.0, 1.3, "target actor\n$\\mu'(s')$", GREEN),
    "target_critic": (8.4, 1.3, "target critic\n$Q'(s', \\mu'(s'))$", BLUE),
    "target": (11.4, 1.3, "target\n$y = r + \\gamma\\,Q'$\n(terminal: $y = r$)", ORANGE),
    "loss": (11.4, 4.7, "loss\n$(y - Q(s, a))^2$", RED),
}
WIDTH, HEIGHT = 2.1, 1.0

# From, to, label, bend, kind, where the label is (a shift from the middle).
ARROWS = [
    ("environment", "actor", "$s$", 0, "data", (-0.1, -0.2)),
    ("noise", "environment", "$a = \\mu(s) + x$, clipped", 0.0, "data", (-0.2, 0.42)),
    ("actor", "noise", "", 0, "data", (0, 0)),
    ("environment", "memory", "one transition\na step", 0, "data", (-0.85, 0)),
    ("memory", "actor", "$s$", 0, "data", (-0.2, 0.25)),
    ("memory", "critic", "$s, a$", 0.0, "data", (0.9, 0.05)),
    ("memory", "target_actor", "$s'$", 0, "data", (0.3, 0.2)),
    ("actor", "critic", "$\\mu(s)$", 0, "data", (0, 0.2)),
    ("target_actor", "target_critic", "$\\mu'(s')$", 0, "data", (0, 0.2)),
    ("target_critic", "target", "", 0, "data", (0, 0)),
    ("memory", "target", "$r$, terminal", 0.36, "data", (-1.2, -2.15)),
    ("target", "loss", "$y$", 0, "data", (0.2, 0)),
    ("critic", "loss", "$Q(s, a)$", 0, "data", (0, 0.2)),
    ("loss", "critic", "critic learns: $\\nabla_{\\theta^Q} L$", 0.5, "gradient", (0.15, 1.15)),
    ("critic", "actor", "actor learns: $\\nabla_a Q \\; \\nabla_{\\theta^\\mu} \\mu$", 0.5,
     "gradient", (0.4, 1.15)),
    ("actor", "target_actor", "$\\tau$", 0, "copy", (0.25, 0.3)),
    ("critic", "target_critic", "$\\tau$", 0, "copy", (0.25, 0.3)),
]  # fmt: skip
KINDS = {
    "data": {"color": "black", "lw": 1.2},
    "gradient": {"color": RED, "lw": 2, "ls": (0, (4, 2))},
    "copy": {"color": ORANGE, "lw": 2, "ls": (0, (1, 1.5))},
}
FAINT = 0.25


def draw(highlighted=tuple(BOXES)):
    """The figure; boxes that are not highlighted, and arrows between them, are faint."""
    figure, axis = plt.subplots(figsize=(11, 6.2))
    patches = {}
    for name, (x, y, label, color) in BOXES.items():
        alpha = 1 if name in highlighted else FAINT
        patches[name] = axis.add_patch(
            FancyBboxPatch(
                (x - WIDTH / 2, y - HEIGHT / 2), WIDTH, HEIGHT, "round,pad=0.05,rounding_size=0.15",
                facecolor=(color, 0.13 * alpha), edgecolor=(color, alpha), lw=1.8,
            )
        )  # fmt: skip
        axis.text(x, y, label, ha="center", va="center", fontsize=11, alpha=alpha)
    for start, end, label, bend, kind, (dx, dy) in ARROWS:
        (x0, y0), (x1, y1) = BOXES[start][:2], BOXES[end][:2]
        alpha = 1 if {start, end} & set(highlighted) else FAINT
        axis.add_patch(
            FancyArrowPatch(
                (x0, y0), (x1, y1), patchA=patches[start], patchB=patches[end], shrinkA=2,
                shrinkB=2, arrowstyle="-|>", mutation_scale=14,
                connectionstyle=f"arc3,rad={bend}", alpha=alpha, **KINDS[kind],
            )
        )  # fmt: skip
        middle = (x0 + x1) / 2 + dx, (y0 + y1) / 2 + dy
        axis.text(
            *middle, label, ha="center", va="center", fontsize=10, alpha=alpha,
            color=KINDS[kind]["color"],
        )  # fmt: skip
    for kind, label in (
        ("data", "data"),
        ("gradient", "gradients: how the online networks learn"),
        ("copy", "soft updates: how the target networks follow"),
    ):
        axis.plot([], [], label=label, **KINDS[kind])
    axis.legend(loc="lower center", ncols=3, frameon=False, bbox_to_anchor=(0.5, -0.06))
    axis.set(xlim=(0.2, 12.7), ylim=(-0.9, 7.1))
    axis.axis("off")
    return figure


def main():
    folder = Path(__file__).parent
    draw().savefig(folder / "DDPG_Structure.png", dpi=130, metadata={"Software": None})
    for chapter in CHAPTERS:
        if chapter.highlighted:
            path = folder / f"chapter_{chapter.number:02}.png"
            draw(chapter.highlighted).savefig(path, dpi=80, metadata={"Software": None})


if __name__ == "__main__":
    main()
