"""Makes exercises and predictions look like what they are: cards. A Sphinx extension.

An exercise's heading says how long it takes and how hard it is, and its check how many points it
has. All of that becomes a line below the heading, so that contents and search do without.
"""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

HEADING = re.compile(r"^Exercises? \d.* (?P<end>\((?P<minutes>\d+ minutes), (?P<level>\w+)\))$")
QUESTION = "Predict:"


class Cards(SphinxTransform):
    """Makes the cards of a chapter."""

    default_priority = 800  # before texts are changed

    def apply(self):
        if not self.env.docname.startswith("notebooks/"):
            return
        for sections, checks in groups(self.document):
            for section, points in zip(sections, shared(checks, len(sections))):
                make_card(section, checks, points)
        for paragraph in self.document.findall(nodes.paragraph):
            if paragraph.astext().startswith(QUESTION):
                paragraph["classes"].append("predict")


def groups(document):
    """The exercises and their checks: a list of sections, and one of the cells that follow them."""
    found = []
    for node in document.findall():
        if isinstance(node, nodes.section) and HEADING.match(node[0].astext()):
            if not found or found[-1][1]:
                found.append(([], []))
            found[-1][0].append(node)
        elif found and grading(node).get("grade"):
            found[-1][1].append(node)
    return found


def grading(node):
    """What nbgrader knows of a cell; empty for any other node."""
    return node.get("cell_metadata", {}).get("nbgrader", {}) if node.children else {}


def shared(checks, count):
    """The points of so many exercises: one that comes alone has all of its checks'.

    Raises:
        ValueError: several exercises have another number of checks.
    """
    points = [grading(check)["points"] for check in checks]
    if count == 1:
        return [sum(points)]
    if len(points) != count:
        raise ValueError(f"{count} exercises in a row need {count} checks, not {len(points)}")
    return points


def make_card(section, checks, points):
    """Make a card of an exercise, from its heading to its last check."""
    title = section[0]
    found = HEADING.match(title.astext())
    last = title.pop()
    title += nodes.Text(last.astext().removesuffix(found["end"]).rstrip())
    facts = [found["minutes"], found["level"], f"{points:g} point{'s' * (points != 1)}"]
    line = nodes.paragraph("", " · ".join(facts), classes=["facts"])
    own = [place for place, node in enumerate(section) if node in checks]
    end = own[-1] + 1 if own else len(section)
    body = nodes.container("", line, *section[1:end], classes=["task"])
    section[1:end] = [body]
    section["classes"].append("exercise")


def setup(app):
    app.add_css_file("exercises.css")
    app.add_transform(Cards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
