"""Figures, the page "What we measured" and the README's table, from the results alone."""

import math
from pathlib import Path

import jinja2
import numpy as np

from course.chapters import CHAPTERS
from course.tables import markdown, put
from helpers.drawing.lander import fastest_updates
from helpers.results import SOLVED, curves, first_solved, judged, names, runs
from study import claims, figures
from study.experiments import ABLATIONS, COURSE_AND_PAPER, EXPERIMENTS, WAYS
from study.facts import fact, values

HERE = Path(__file__).parent
PAGE, TEMPLATE = HERE / "measured.md", HERE / "measured.md.j2"
README, GUIDE = HERE.parent / "README.md", HERE.parent / "coursework" / "README.md"


def spread(found):
    """The median and the quartiles of judged returns."""
    low, middle, high = np.percentile(found, (25, 50, 75))
    return f"{middle:.0f} [{low:.0f}, {high:.0f}]"


def never_or(number):
    return "never" if math.isinf(number) else f"{number:,.0f}"


def agents(variants, seeds=None):
    """A table of agents, ``{name: (experiment, variant)}``: judgements, and times to 200.

    The time is told where every seed had its machine alone.
    """
    timed = all(EXPERIMENTS[experiment].alone for experiment, _ in variants.values())
    rows = []
    for name, (experiment, variant) in variants.items():
        found = judged(experiment, variant)[:seeds]
        means = [row["mean"] for row in found]
        rows.append(
            [
                name,
                len(found),
                spread(means),
                f"{min(means):.0f} to {max(means):.0f}",
                sum(mean >= SOLVED for mean in means),
                f"{np.median([row['last'] for row in found]):.0f}",
                f"{np.median([row['below'] for row in found]):.0%}".replace("%", " %"),
                never_or(np.median([row["steps_to_200"] for row in found])),
            ]
        )
        if timed:
            rows[-1].append(never_or(np.median([row["seconds_to_200"] for row in found])))
    header = ["agent", "seeds", "judged return", "all", "seeds above 200", "last policy"]
    header += ["below 200 afterwards", "steps to 200"]
    return markdown(header + ["seconds to 200"] * timed, rows)


def ablation(name):
    """The figure and the table of one change of the agent."""
    variants, seeds = ABLATIONS[name], EXPERIMENTS[name].seeds
    judgements = (
        f"{label} {np.median(values(which[0], 'mean', which[1])[:seeds]):.0f}"
        for label, which in variants.items()
    )
    alt = f"Learning curves, and each seed's judged return; medians: {'; '.join(judgements)}"
    return f"![{alt}](figures/{name}.png)\n\n{agents(variants, seeds)}"


def times_as_long(experiment, own_seconds):
    """The time to 200 of another library, in times of the course's, as a text.

    A seed that never got there counts with all of its time, and the text says "at least". What the
    other library's choices of a snapshot took is not counted.
    """
    seeds = curves(experiment)
    ends = [first_solved(curve) or curve[-1] for curve in seeds]
    censored = "at least " if any(first_solved(curve) is None for curve in seeds) else ""
    seconds = np.median([end["seconds"] - end["evaluating"] for end in ends])
    return f"{censored}{seconds / own_seconds:.0f} : 1"


def cost(memory):
    """A batch from the largest memory, in times of one from the smallest, the median over turns."""
    rows = judged("sampling", memory)
    sizes = [row["entries"] for row in rows]
    small, large = (
        np.median([row["microseconds"] for row in rows if row["entries"] == size])
        for size in (min(sizes), max(sizes))
    )
    return f"{large / small:,.1f}"


def ways_table():
    """Milliseconds an update, medians over turns, by the networks and by how updates are called."""
    rows = []
    for hidden, batch_size in COURSE_AND_PAPER:
        name = "-".join(map(str, hidden))
        found = [fact(f"fusion/{name}, {way}:milliseconds:median") for way in WAYS]
        rows.append([f"{name}, batch {batch_size}", *(f"{number:.2f}" for number in found)])
    return markdown(["networks", *WAYS], rows)


def throughput_table():
    """Updates a second of both libraries, each at its faster thread count, and their ratio."""
    rows = [
        [shape, f"{ours:.0f}", f"{theirs:.0f}", f"{ours / theirs:.1f} : 1"]
        for shape, rates in fastest_updates().items()
        for ours, theirs in [(rates["course"], rates["Stable-Baselines3"])]
    ]
    return markdown(["networks", "this course", "Stable-Baselines3", "ratio"], rows)


def chapters_table():
    """A table of each chapter's needs, for one student and for thirty on eight cores."""
    header = ["chapter", "memory", "time", "processor time"]
    header += ["30 students: memory", "30 students on 8 cores: time"]
    rows = []
    for chapter in CHAPTERS:
        (row,) = judged("chapters", chapter.name)
        memory, busy = row["peak_megabytes"] * 2**20 / 1e9, row["processor_seconds"]
        times = [f"{row['seconds']:.0f} s", f"{busy:.0f} s"]
        class_of_thirty = [f"{30 * memory:.0f} GB", f"{30 * busy / 8 / 60:.1f} minutes"]
        name = chapter.heading.partition(":")[0]
        rows.append([name, f"{memory:.1f} GB", *times, *class_of_thirty])
    return markdown(header, rows)


def comparisons_table():
    """Every comparison that a text draws, with its interval and its verdict."""
    header = ["comparison", "measure", "seeds", "difference", "95 %", "the first is"]
    return markdown(header, claims.rows())


def machines():
    """The machines and the versions that the results were made with."""
    rows = [run for name in names() for run in runs(name)]
    kinds = {f"{row['processor']}, {row['cores']} cores" for row in rows}
    versions = {part for row in rows for part in row["versions"].split(", ")}
    return {"machines": "; ".join(sorted(kinds)), "versions": ", ".join(sorted(versions))}


def texts():
    """The text that each written file must have, by its path."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True, trim_blocks=True,
    )  # fmt: skip
    environment.filters["fact"] = lambda name, digits=0: f"{fact(name):,.{digits}f}"
    page = environment.get_template(TEMPLATE.name).render(
        machines(),
        ablation=ablation,
        agents=agents,
        chapters_table=chapters_table,
        comparisons_table=comparisons_table,
        cost=cost,
        fact=fact,
        said=claims.said,
        kills_are_equal=judged("kills")[-1]["equals_never_stopped"] == "True",
        times_as_long=times_as_long,
        throughput_table=throughput_table,
        ways_table=ways_table,
    )
    table = agents(
        {
            "this course": ("lander", "course"),
            "Stable-Baselines3's DDPG, same networks": ("same_networks", None),
            "Stable-Baselines3's DDPG, published settings, a third of their steps": (
                "published",
                None,
            ),
        }
    )
    return {
        PAGE: page,
        README: put(README.read_text("utf-8"), "results", table),
        GUIDE: put(GUIDE.read_text("utf-8"), "machines", chapters_table()),
    }


def draw():
    """Draw every figure."""
    figures.speed()
    for name, variants in ABLATIONS.items():
        figures.ablation(name, variants, EXPERIMENTS[name].seeds)
    figures.promises()
    figures.scaling()


def main():
    draw()
    for path, text in texts().items():
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(HERE.parent)} says what the results say.")
