"""Draws formulas as MathML: browsers set it without a script, in the page's colours, and as text on
paper. A Sphinx extension.
"""

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.util import logging

CONVERTER = LatexToMathML(fancy_error=False)
LOGGER = logging.getLogger(__name__)


def mathml(tex, display=False, location=None):
    """The MathML of a formula in TeX; one that can't be read is a warning, which ends the build."""
    if "&" in tex or r"\\" in tex:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    try:
        made = CONVERTER.convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        LOGGER.warning("%r isn't a formula: %s", tex, error, location=location)
        return ""
    return made.replace(' scriptlevel="0"', "")  # which is so anyhow, and not in every standard


def draw_inline(translator, node):
    translator.body.append(mathml(node.astext(), location=node))
    raise nodes.SkipNode


def draw_block(translator, node):
    formula = mathml(node.astext(), display=True, location=node)
    translator.body.append(f'<div class="formula">{formula}</div>\n')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (draw_inline, None), (draw_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
