"""Mends what docutils, MyST-NB and the theme write: folds, names in code, lists of references.
A Sphinx extension.
"""

import html
import re

from myst_nb.sphinx_ import HideCodeCellNode

PIECE = re.compile(r'(<span class="pre">)([^<]*)(</span>)')
PARAMETERS = re.compile(r"<dl>\s*<dd>.*?</dl>", re.DOTALL)
SOURCE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
LABEL = re.compile(r'(<label\b[^>]*?) aria-controls="[^"]*"')
PICTURE = re.compile(r"<img (?![^>]*loading=)")
LONG = 15  # characters
JOINT = re.compile(r"(?<=[\w)\]][._/=(\[])(?=[A-Za-z(])")


def open_fold(translator, node):
    """A fold with its own words as its name; MyST-NB calls each "Toggle hidden content"."""
    prompt = html.escape(node["prompt_show"])
    translator.body.append(f'<details class="solution"><summary>{prompt}</summary>\n')


def close_fold(translator, node):
    translator.body.append("</details>\n")


def mend(app, pagename, templatename, context, doctree):
    """Mend the text of a page."""
    if "body" not in context:
        return
    # Docutils calls the references a list, but none of them an item of it.
    body = context["body"].replace('<div role="list" class="cit', '<div class="cit')
    # Sphinx puts lists without terms into signatures, and boxes into preformatted text.
    body = PARAMETERS.sub(lambda found: _as_spans(found, "dl", "dd"), body)
    if pagename.startswith("_modules/"):
        body = SOURCE.sub(lambda found: _as_spans(found, "div"), body)
    body = LABEL.sub(r"\1", body)  # a tab's radio button is the control, and not its label
    body = PICTURE.sub('<img loading="lazy" ', body)
    context["body"] = PIECE.sub(_with_joints, body)


def _as_spans(found, *tags):
    """The text with spans, which may stand anywhere, in place of other elements."""
    names = "|".join(tags)
    return re.sub(rf"<(/?)({names})\b(?: class=\"([^\"]*)\")?", _span, found[0])


def _span(tag):
    return f"<{tag[1]}span" + ("" if tag[1] else f' class="{tag[3] or tag[2]}"')


def _with_joints(piece):
    """A long piece of code that breaks at its joints, as ``dqn.|epsilon_|greedy``, not in words."""
    code = JOINT.sub("<wbr>", piece[2]) if len(piece[2]) > LONG else piece[2]
    return piece[1] + code + piece[3]


def setup(app):
    app.add_node(HideCodeCellNode, override=True, html=(open_fold, close_fold))
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
