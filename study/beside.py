"""The course's agent beside other libraries': what its recipe gives, and what its code does.

One table and one text, which the README, chapter 8 and the page "What we measured" have in common.
"""

import math
import re
from pathlib import Path
from typing import NamedTuple

import jinja2

from course.tables import markdown
from helpers.drawing.lander import updates_a_second
from helpers.results import SOLVED
from study import claims
from study.facts import fact

HERE = Path(__file__).parent
NETWORKS = "128-128, batch 100"
COURSE = "this course"
BINDING = re.compile(r"<!--[=~].*?-->")


class Agent(NamedTuple):
    """An agent of the table: whose recipe and whose code it has, and the place of its results."""

    recipe: str
    library: str
    algorithm: str
    place: str

    @property
    def ours(self):
        """Whether it has our recipe; those were timed, each alone on the machine."""
        return self.recipe == "ours"

    @property
    def code(self):
        return self.library if self.library == COURSE else f"{self.library}'s {self.algorithm}"


AGENTS = [
    Agent("ours", COURSE, "DDPG", claims.COURSE),
    Agent("ours", "SBX", "DDPG", claims.SBX),
    Agent("ours", "Stable-Baselines3", "DDPG", claims.SB3),
    Agent("one step, constant noise", "SBX", "DDPG", claims.PLAIN),
]
# The table's numbers: what they are called, the fact, and whether more of it is better.
COLUMNS = {
    "judged return": ("mean:median", True),
    "worst seed": ("mean:min", True),
    "last policy": ("last:median", True),
    "steps to 200": ("steps_to_200:median", False),
    "seconds to 200": ("training_to_200:median", False),
    "seconds in all": ("training:median", False),
    "updates a second": ("updates_per_second", True),
}
TIMED = ("seconds to 200", "seconds in all", "updates a second")


def number(agent, column):
    """A number of the table; ``None`` where it wasn't measured."""
    if column in TIMED and not agent.ours:
        return None
    if column == "updates a second":  # at the number of cores that is faster for the library
        library = agent.library.removeprefix("this ")
        return max(updates_a_second()[NETWORKS][library].values())
    return fact(f"{agent.place}:{COLUMNS[column][0]}")


def table():
    """A row an agent; the best number of each column is bold, as it is printed."""
    rows = []
    for agent in AGENTS:
        landed, count = (fact(f"{agent.place}:mean:{kind}") for kind in ("solved", "count"))
        rows.append([agent.recipe, agent.code, f"{landed:.0f} of {count:.0f}"])
    for column, (_, more_is_better) in COLUMNS.items():
        found = [number(agent, column) for agent in AGENTS]
        best = (max if more_is_better else min)(value for value in found if value is not None)
        for row, value in zip(rows, found):
            row.append(_written(value, _written(best)))
    return markdown(["recipe", "code", f"seeds above {SOLVED}", *COLUMNS], rows)


def _written(value, best=None):
    if value is None:
        return "–"
    text = "never" if math.isinf(value) else f"{value:,.0f}"
    return f"**{text}**" if text == best else text


def words(bound=False):
    """What the table says; ``bound`` keeps the comments that tie numbers to their facts."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters["fact"] = lambda name, digits=0: f"{fact(name):,.{digits}f}<!--={name}-->"
    environment.filters["said"] = lambda name: f"{claims.said(name)}<!--~{name}-->"
    text = environment.get_template("beside.md.j2").render()
    return text if bound else BINDING.sub("", text)
