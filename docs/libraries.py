"""Links the first mention of a library on each page to where it lives. A Sphinx extension."""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

HOMES = {
    "Binder": "https://mybinder.org/",
    "Box2D": "https://box2d.org/",
    "bubblewrap": "https://github.com/containers/bubblewrap",
    "Colab": "https://colab.research.google.com/",
    "Gymnasium": "https://gymnasium.farama.org/",
    "JupyterLab": "https://jupyterlab.readthedocs.io/",
    "Keras": "https://keras.io/",
    "nbgrader": "https://nbgrader.readthedocs.io/",
    "NumPy": "https://numpy.org/",
    "Ray": "https://docs.ray.io/",
    "SBX": "https://github.com/araffin/sbx",
    "Stable-Baselines3": "https://stable-baselines3.readthedocs.io/",
    "TensorBoard": "https://www.tensorflow.org/tensorboard",
    "TensorFlow": "https://www.tensorflow.org/",
    "XLA": "https://openxla.org/xla",
}
NAME = re.compile(rf"(?<![\w-])(?:{'|'.join(HOMES)})(?![\w-])")
# Where a link would be a link in a link, or no part of a sentence.
ELSEWHERE = (nodes.title, nodes.reference, nodes.literal, nodes.literal_block, nodes.raw)


class LibraryLinks(SphinxTransform):
    """Makes the links, in the order in which a page is read."""

    default_priority = 900

    def apply(self):
        linked = set()
        for text in list(self.document.findall(nodes.Text)):
            if in_a_sentence(text):
                text.parent.replace(text, with_links(text, linked))


def in_a_sentence(text):
    """Whether a text stands in a paragraph, and not in a card, which is a link as a whole."""
    above, node = [], text.parent
    while node:
        above.append(node)
        node = node.parent
    cards = any("sd-card" in node.get("classes", ()) for node in above)
    return (
        not cards
        and any(isinstance(node, nodes.paragraph) for node in above)
        and not any(isinstance(node, ELSEWHERE) for node in above)
    )


def with_links(text, linked):
    """The text's nodes, with links for the libraries that aren't in ``linked``, which grows."""
    whole, end = text.astext(), 0
    made = []
    for found in NAME.finditer(whole):
        name = found[0]
        if name not in linked:
            linked.add(name)
            made += [nodes.Text(whole[end : found.start()])]
            made += [nodes.reference("", name, refuri=HOMES[name], internal=False)]
            end = found.end()
    return [*made, nodes.Text(whole[end:])] if made else [text]


def setup(app):
    app.add_transform(LibraryLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
