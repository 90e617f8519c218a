"""Figures, the page "What we measured" and the README's table, from the results alone."""

import math
from pathlib import Path

import gymnasium as gym
import jinja2
import nbformat
import numpy as np

from course.chapters import CHAPTERS
from course.tables import markdown, put
from helpers.drawing.lander import updates_a_second
from helpers.results import SOLVED, judged, names, runs
from study import beside, claims, figures
from study.experiments import ABLATIONS, COURSE_AND_PAPER, EXPERIMENTS, TASKS, WAYS
from study.facts import fact, values

HERE = Path(__file__).parent
PAGE, TEMPLATE = HERE / "measured.md", HERE / "measured.md.j2"
CHAPTER = next(chapter for chapter in CHAPTERS if chapter.name == "08_lander").path
OTHERS = ("SBX", "Stable-Baselines3")  # whose updates are timed
README, GUIDE = HERE.parent / "README.md", HERE.parent / "coursework" / "README.md"


def spread(found):
    """The median and the quartiles of judged returns."""
    low, middle, high = np.percentile(found, (25, 50, 75))
    return minus(f"{middle:.0f} [{low:.0f}, {high:.0f}]")


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
        steps = [row["steps_to_200"] for row in found]
        rows.append(
            [
                name,
                len(found),
                spread(means),
                minus(f"{min(means):.0f} to {max(means):.0f}"),
                sum(mean >= SOLVED for mean in means),
                minus(f"{np.median([row['last'] for row in found]):.0f}"),
                f"{np.median([row['below'] for row in found]):.0%}".replace("%", " %"),
                never_or(np.median(steps)),
                sum(map(math.isinf, steps)),
            ]
        )
        if timed:
            rows[-1].append(never_or(np.median([row["seconds_to_200"] for row in found])))
    header = ["agent", "seeds", "judged return", "all", "seeds above 200", "last policy"]
    header += ["below 200 afterwards", "steps to 200", "seeds never at 200"]
    return markdown(header + ["seconds to 200"] * timed, rows)


def promises_table(variants):
    """What critics promise beyond what came, ``{name: (experiment, variant)}``, over the seeds."""
    rows = []
    for name, (experiment, variant) in variants.items():
        promised = values(experiment, "promise", variant)
        hopeful = np.median(values(experiment, "hopeful", variant))
        ends = minus(f"{min(promised):+.1f} to {max(promised):+.1f}")
        middle = minus(f"{np.median(promised):+.1f}")
        rows.append([name, len(promised), middle, ends, f"{hopeful * 100:.0f} %"])
    header = ["agent", "seeds", "promised beyond what came", "all", "flights with too much"]
    return markdown(header, rows)


def minus(text):
    """A number with a minus that isn't a hyphen."""
    return text.replace("-", "−")


def tasks_table():
    """Other tasks: what the agent got there, beside the return at which they count as solved."""
    rows = []
    for name, settings in TASKS.items():
        task, _, change = name.partition(", ")
        found = judged("tasks", name)
        means, bar = [row["mean"] for row in found], gym.spec(task).reward_threshold
        solved = "–" if bar is None else f"{sum(mean >= bar for mean in means)} of {len(means)}"
        judged_at, last = (_three_digits(row[key] for row in found) for key in ("mean", "last"))
        bar = "–" if bar is None else f"{bar:.0f}"
        steps = f"{settings['steps']:,}"
        rows.append([f"`{task}`", change or "none", steps, judged_at, last, bar, solved])
    header = [
        "task",
        "change",
        "steps",
        "each seed judged",
        "last policies",
        "solved at",
        "seeds at that",
    ]
    return markdown(header, rows)


def _three_digits(numbers):
    return minus("; ".join(f"{number:.{0 if abs(number) >= 100 else 1}f}" for number in numbers))


def ablation(name):
    """The figure and the table of one change of the agent."""
    variants, seeds = ABLATIONS[name], EXPERIMENTS[name].seeds
    judgements = (
        f"{label} {np.median(values(which[0], 'mean', which[1])[:seeds]):.0f}"
        for label, which in variants.items()
    )
    alt = f"Learning curves, and each seed's judged return; medians: {'; '.join(judgements)}"
    return f"![{alt}](figures/{name}.png)\n\n{agents(variants, seeds)}"


def memories_table():
    """Microseconds for a batch from the smallest and the largest memory, medians over turns."""
    rows = []
    for memory in EXPERIMENTS["sampling"].variants:
        found = judged("sampling", memory)
        sizes = [row["entries"] for row in found]
        small, large = (
            np.median([row["microseconds"] for row in found if row["entries"] == size])
            for size in (min(sizes), max(sizes))
        )
        rows.append([memory, f"{small:,.0f}", f"{large:,.0f}", f"{large / small:,.1f}"])
    return markdown(["memory", "of 1,000", "of 10,000,000", "times as much"], rows)


def ways_table():
    """Milliseconds an update, medians over turns, by the networks and by how updates are called."""
    rows = []
    for hidden, batch_size in COURSE_AND_PAPER:
        name = "-".join(map(str, hidden))
        found = [fact(f"fusion/{name}, {way}:milliseconds:median") for way in WAYS]
        rows.append([f"{name}, batch {batch_size}", *(f"{number:.2f}" for number in found)])
    return markdown(["networks", *WAYS], rows)


def throughput_table():
    """Updates a second of the libraries, on one core and on two."""
    rows = [
        [networks, cores, *(f"{libraries[name][cores]:,.0f}" for name in ("course", *OTHERS))]
        for networks, libraries in updates_a_second().items()
        for cores in sorted(libraries["course"])
    ]
    return markdown(["networks", "cores", "this course", *OTHERS], rows)


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


def in_chapter(words):
    """Chapter 8's file with the words about other libraries in their place."""
    notebook = nbformat.read(CHAPTER, as_version=4)
    (cell,) = [cell for cell in notebook.cells if "<!-- beside -->" in cell.source]
    cell.source = put(cell.source, "beside", words)
    return nbformat.writes(notebook) + "\n"


def texts():
    """The text that each written file must have, by its path."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True, trim_blocks=True,
    )  # fmt: skip
    environment.filters["fact"] = lambda name, digits=0: minus(f"{fact(name):,.{digits}f}")
    both = f"{beside.table()}\n\n{beside.words()}"
    page = environment.get_template(TEMPLATE.name).render(
        machines(),
        ablation=ablation,
        agents=agents,
        beside=both,
        chapters_table=chapters_table,
        comparisons_count=len(claims.COMPARISONS),
        comparisons_table=comparisons_table,
        fact=fact,
        memories_table=memories_table,
        promises_table=promises_table,
        said=claims.said,
        tasks_table=tasks_table,
        kills_are_equal=judged("kills")[-1]["equals_never_stopped"] == "True",
        throughput_table=throughput_table,
        ways_table=ways_table,
    )
    return {
        PAGE: page,
        README: put(README.read_text("utf-8"), "results", both),
        CHAPTER: in_chapter(beside.words(bound=True)),
        GUIDE: put(GUIDE.read_text("utf-8"), "machines", chapters_table()),
    }


def draw():
    """Draw every figure."""
    figures.beside()
    for name, variants in ABLATIONS.items():
        figures.ablation(name, variants, EXPERIMENTS[name].seeds)
    figures.promises()
    figures.scaling()


def main():
    draw()
    for path, text in texts().items():
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(HERE.parent)} says what the results say.")
