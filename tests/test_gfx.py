"""The agent's figure: drawn as it lies there, and readable on a phone, faint parts included."""

import itertools

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.transforms import Bbox

from course.chapters import CHAPTERS
from course.code import ROOT
from gfx import ddpg_structure as drawn

HIGHLIGHTED = {f"chapter_{one.number:02}": one.highlighted for one in CHAPTERS if one.highlighted}
HIGHLIGHTED["DDPG_Structure"] = tuple(drawn.BOXES)


@pytest.fixture(params=HIGHLIGHTED)
def figure(request):
    made = drawn.draw(HIGHLIGHTED[request.param])
    yield made
    plt.close(made)


@pytest.mark.parametrize("name", HIGHLIGHTED)
def test_a_figure_is_what_its_script_draws(name, tmp_path):
    drawn.save(drawn.draw(HIGHLIGHTED[name]), tmp_path / f"{name}.svg")
    committed = (ROOT / "gfx" / f"{name}.svg").read_bytes()
    assert (tmp_path / f"{name}.svg").read_bytes() == committed, "python -m gfx.ddpg_structure"


def extents(figure):
    """Where each text is, in pixels of a phone."""
    to_phone = figure.axes[0].transData.inverted()
    return {text: text.get_window_extent().transformed(to_phone) for text in figure.axes[0].texts}


PHONE = 328  # pixels for a figure on the site, where the page has 360


def test_lettering_is_large_enough_on_a_phone(figure):
    for text in figure.axes[0].texts:
        pixels = text.get_fontsize() * PHONE / (figure.get_figwidth() * 72)
        small = 0.7 if "_" in text.get_text() else 1  # an index
        assert pixels * small >= 9, text.get_text()


def luminance(color):
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(color):
    """The contrast against white, by WCAG."""
    return 1.05 / (luminance(color) + 0.05)


def test_everything_stands_out_from_the_paper(figure):
    axis = figure.axes[0]
    assert all(contrast(text.get_color()) >= 4.5 for text in axis.texts)
    assert all(contrast(patch.get_edgecolor()) >= 3 for patch in axis.patches)


def test_no_text_touches_a_line_a_box_or_another_text(figure):
    where = extents(figure)
    for (one, place), (other, there) in itertools.combinations(where.items(), 2):
        # Lines of one box stand close; descenders and accents of theirs may share a row.
        if place.x0 < there.x1 and there.x0 < place.x1:
            lower, upper = sorted((place, there), key=lambda box: box.y0)
            assert lower.y1 - upper.y0 < 4, (one.get_text(), other.get_text())
    for text, place in where.items():
        for patch in figure.axes[0].patches:
            if isinstance(patch, PathPatch):
                assert not patch.get_path().intersects_bbox(place, filled=False), text.get_text()
            if isinstance(patch, FancyBboxPatch):
                box = Bbox.from_bounds(*(getattr(patch, f"get_{n}")() for n in NAMES))
                inside = box.x0 + 2 < place.x0 and place.x1 < box.x1 - 2
                assert inside or not box.overlaps(place), text.get_text()


NAMES = ("x", "y", "width", "height")
