"""Draws DDPG_Structure.svg, how data and gradients flow through the agent, and for each chapter
chapter_01.svg and so on, where what the chapter builds stands out.

A unit of the drawing is a pixel where a phone shows it 360 pixels wide.

Run from the repository: python -m gfx.ddpg_structure
"""

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as Route
from matplotlib.patheffects import withStroke

from course.chapters import CHAPTERS
from helpers.drawing import BLUE, GREEN, GREY, ORANGE, RED

WIDTH, HEIGHT = 360, 302
SCALE = 4 / 3  # points for a unit: 640 pixels wide where there is room
SMALL, NAME, FORMULA = 10, 10.5, 14.3  # 9 on the site, which has a margin; an index is .7 of it
INK, FAINT_INK, FAINT_LINE = "#111111", "#707070", "#949494"  # 5 : 1 and 3 : 1 against white
GAP = 3  # between an arrow and a box

BOXES = {  # name: (left, bottom, width, height, its name, what comes out of it, colour)
    "environment": (3, 164, 84, 48, "environment", "$s, r, s'\\!,$\nterminal", GREY),
    "noise": (108, 254, 64, 42, "OU noise", "$\\mu(s) + x$", GREY),
    "memory": (3, 44, 84, 60, "replay\nmemory", "$s, a, r, s'\\!,$\nterminal", GREY),
    "actor": (108, 164, 64, 48, "actor", "$\\mu(s)$", GREEN),
    "critic": (192, 164, 64, 48, "critic", "$Q(s, a)$", BLUE),
    "target_actor": (108, 44, 64, 60, "target\nactor", "$\\mu'(s')$", GREEN),
    "target_critic": (192, 44, 64, 60, "target\ncritic", "$Q'(s', \\mu'(s'))$", BLUE),
    "target": (277, 44, 80, 60, "target", "$y = r + \\gamma\\, Q'$\nterminal: $y = r$", ORANGE),
    "loss": (277, 164, 80, 48, "loss", "$(y - Q(s, a))^2$", RED),
}

ARROWS = [  # from, to, kind, corners, label, the middle of the label
    ("environment", "actor", "data", [(87, 188), (108, 188)], "$s$", (97, 196)),
    ("actor", "noise", "data", [(128, 212), (128, 254)], "", None),
    ("noise", "environment", "data", [(108, 275), (45, 275), (45, 212)], "$a$, clipped", (74, 284)),
    ("environment", "memory", "data", [(22, 164), (22, 104)], "", None),
    ("memory", "actor", "data", [(45, 104), (45, 147), (124, 147), (124, 164)], "$s$", (84, 155)),
    ("memory", "critic", "data", [(66, 104), (66, 127), (208, 127), (208, 164)], "$s, a$",
     (184, 135)),
    ("memory", "target_actor", "data", [(87, 74), (108, 74)], "$s'$", (97, 83)),
    ("memory", "target", "data", [(45, 44), (45, 14), (317, 14), (317, 44)], "$r$, terminal",
     (181, 24)),
    ("actor", "critic", "data", [(172, 188), (192, 188)], "", None),
    ("critic", "loss", "data", [(256, 188), (277, 188)], "", None),
    ("target_actor", "target_critic", "data", [(172, 74), (192, 74)], "", None),
    ("target_critic", "target", "data", [(256, 74), (277, 74)], "", None),
    ("target", "loss", "data", [(317, 104), (317, 164)], "$y$", (326, 134)),
    ("loss", "critic", "gradient", [(317, 212), (317, 228), (236, 228), (236, 212)], "$\\nabla L$",
     (277, 239)),
    ("critic", "actor", "gradient", [(212, 212), (212, 228), (154, 228), (154, 212)],
     "$\\nabla_{\\!a} Q$", (189, 240)),
    ("actor", "target_actor", "copy", [(154, 164), (154, 104)], "$\\tau$", (163, 145)),
    ("critic", "target_critic", "copy", [(238, 164), (238, 104)], "$\\tau$", (247, 135)),
]  # fmt: skip
KINDS = {
    "data": {"color": INK, "lw": 1, "ls": "-"},
    "gradient": {"color": RED, "lw": 1.7, "ls": (0, (3.2, 1.6))},
    "copy": {"color": ORANGE, "lw": 2, "ls": (0, (1, 1))},
}
LEGEND = {"data": "data", "gradient": "gradient: learning", "copy": "soft update: following"}


def shortened(corners):
    """The corners, with a gap before the last one and behind the first."""

    def moved(place, towards):
        (x0, y0), (x1, y1) = place, towards
        length = abs(x1 - x0) + abs(y1 - y0)  # lines are level or upright
        return x0 + GAP * (x1 - x0) / length, y0 + GAP * (y1 - y0) / length

    first, last = moved(corners[0], corners[1]), moved(corners[-1], corners[-2])
    return [first, *corners[1:-1], last]


def line(axis, corners, kind, standing_out, round_off=6):
    """An arrow along level and upright lines, with round corners."""
    look = KINDS[kind] | ({} if standing_out else {"color": FAINT_LINE})
    corners = shortened(corners)
    (x, y), (x0, y0) = corners[-1], corners[-2]
    right, up = (x > x0) - (x < x0), (y > y0) - (y < y0)
    long, wide = 7, 3
    back = x - long * right, y - long * up
    points, codes = [corners[0]], [Route.MOVETO]
    for before, corner, after in zip(corners, corners[1:], corners[2:]):
        for other in (before, after):
            length = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
            part = min(round_off / length, 0.5)
            points.append(tuple(c + part * (o - c) for c, o in zip(corner, other)))
        points.insert(-1, corner)
        codes += [Route.LINETO, Route.CURVE3, Route.CURVE3]
    points.append((back[0] + right, back[1] + up))
    codes.append(Route.LINETO)
    width = look["lw"] * SCALE
    halo = [withStroke(linewidth=width + 5, foreground="white")] if kind == "data" else None
    axis.add_patch(
        PathPatch(
            Route(points, codes), fill=False, edgecolor=look["color"], lw=width, ls=look["ls"],
            capstyle="butt", path_effects=halo, zorder=1 + (kind == "data"),
        )
    )  # fmt: skip
    side = wide * up, wide * right
    head = [(x, y), (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1])]
    axis.add_patch(Polygon(head, color=look["color"], lw=0, zorder=3))


def write(axis, x, y, text, size, standing_out=True, **options):
    """A text with its middle at ``(x, y)``."""
    options = {"ha": "center", "color": INK if standing_out else FAINT_INK} | options
    return axis.text(x, y, text, va="center", fontsize=size * SCALE, zorder=4, **options)


def box(axis, name, standing_out):
    """A box with its name above what comes out of it."""
    left, bottom, width, height, label, formula, color = BOXES[name]
    axis.add_patch(
        FancyBboxPatch(
            (left + 1, bottom + 1), width - 2, height - 2, "round,pad=0,rounding_size=5",
            facecolor=(color, 0.14) if standing_out else "white", zorder=3,
            edgecolor=color if standing_out else FAINT_LINE,
            lw=SCALE * (1.8 if standing_out else 0.8),
        )
    )  # fmt: skip
    lines = [(text, NAME, "bold" if standing_out else "normal") for text in label.split("\n")]
    lines += [(text, SMALL, "normal") for text in formula.split("\n")]
    top = bottom + height / 2 + 13.3 * (len(lines) - 1) / 2
    for number, (text, size, weight) in enumerate(lines):
        y = top - 13.3 * number
        write(axis, left + width / 2, y, text, size, standing_out, fontweight=weight)


def draw(highlighted=tuple(BOXES)):
    """The figure; boxes that are not highlighted, and arrows between them, are faint."""
    figure = plt.figure(
        figsize=(WIDTH * SCALE / 72, HEIGHT * SCALE / 72), layout="none", facecolor="white"
    )
    axis = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, HEIGHT))
    axis.axis("off")
    for start, end, kind, corners, label, middle in ARROWS:
        standing_out = bool({start, end} & set(highlighted))
        line(axis, corners, kind, standing_out)
        if label:
            size = FORMULA if kind == "gradient" else SMALL if " " in label else NAME
            write(axis, *middle, label, size, standing_out)
    for name in BOXES:
        box(axis, name, name in highlighted)
    for row, (kind, text) in enumerate(LEGEND.items()):
        y = 292 - 14 * row
        line(axis, [(193, y), (230, y)], kind, True)
        write(axis, 233, y, text, SMALL, ha="left")
    return figure


def save(figure, path):
    """Write an SVG that is the same wherever and whenever it is drawn: text is outlines."""
    with plt.rc_context({"svg.fonttype": "path", "svg.hashsalt": path.stem}):
        figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def main():
    folder = Path(__file__).parent
    save(draw(), folder / "DDPG_Structure.svg")
    for chapter in CHAPTERS:
        if chapter.highlighted:
            save(draw(chapter.highlighted), folder / f"chapter_{chapter.number:02}.svg")


if __name__ == "__main__":
    main()
