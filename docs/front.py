"""What the front page shows beside its text. Nothing of it is typed in: the numbers come from the
list of chapters and the study's results, the failing check is run, the commands are the README's.
"""

import re

import jinja2

from course import REPOSITORY
from course.chapters import CHAPTERS
from course.code import ROOT
from coursework import answers
from coursework.answers.gym_api import RETURN_FORWARD
from docs.pictures import film, picture
from helpers.checks.judging import Mistake
from study.facts import fact

FIGURE = "study/figures/beside.png"
FILMS = {  # name: what it shows, and whose flight it is
    "random": ("The lander drifts away from the flags and hits a hill", "A pilot that rolls dice"),
    "landing": (
        "The lander slows down and comes to rest between the flags",
        "Yours, at the end of the course",
    ),
}
WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
PYTHON, ON_WINDOWS = ".venv/bin/python", r".venv\Scripts\python"


def write(folder, solutions):
    """Write the page and its films into the site's source."""
    text = (ROOT / "docs" / "index.md.j2").read_text("utf-8")
    template = jinja2.Template(text, undefined=jinja2.StrictUndefined)
    shown = template.render(names(folder / "_static" / "outputs", solutions))
    (folder / "index.md").write_text(shown, "utf-8")


def names(folder, solutions):
    """What the page's template asks for; films and posters are put into ``folder``."""
    whole = REPOSITORY if solutions else ""  # the course's folder has them
    return {
        "chapters": CHAPTERS,
        "solutions": solutions,
        "count": word(len(CHAPTERS)),
        "hours": word(round(sum(one.minutes for one in CHAPTERS) / 60)),
        "numbers": numbers(),
        "films": {name: flight(name, folder) for name in FILMS},
        "failing": failing(),
        "mistakes": f"{mistakes():,}",
        "finding": finding(),
        "figure": result(),
        "repository": whole,
        "begin": begin_the_course() if whole else begin(CHAPTERS[0]),
    }


def word(number):
    """A small number as a word."""
    return WORDS[number] if number < len(WORDS) else str(number)


def mistakes():
    """How many wrong answers have a hint that they must get, which the tests try with each."""
    known = [(stem, name) for stem in answers.STEMS for name in answers.of(stem).ANSWERS]
    return sum(bool(hint) for one in known for hint, _, _ in answers.wrong(*one))


def numbers():
    """The numbers that count, as pairs of a number and what it counts."""
    return [
        (str(sum(len(one.points()) for one in CHAPTERS)), "exercises, each with its check"),
        (f"{fact('lander:steps_to_200:median'):,.0f}", "steps until the agent lands"),
        (f"{fact('lander:seconds_to_200:median'):.0f}", "seconds that they take, on two cores"),
        (f"{fact('lander:mean:median'):.0f}", "its return in the end, where 200 is solved"),
    ]


def finding():
    """The result in a sentence."""
    solved, seeds = (int(fact(f"lander:mean:{statistic}")) for statistic in ("solved", "count"))
    which = f"All {word(seeds)}" if solved == seeds else f"{solved} of {seeds}"
    seconds = fact("lander:seconds_to_200:median")
    return f"{which} of our agents land, half of them within {seconds:.0f} seconds of training"


def result():
    """The HTML of the figure that shows it."""
    alt = f"{finding()}: mean return against steps and against time, beside other libraries"
    return picture((ROOT / FIGURE).read_bytes(), "png", FIGURE, alt)


def flight(name, folder):
    """The HTML of a film with its caption, and with a picture where films aren't known."""
    label, caption = FILMS[name]
    data = (ROOT / "gfx" / f"{name}.mp4").read_bytes()
    options = f' aria-label="{label}" controls loop muted playsinline'
    tag = film(data, options, folder, "_static/outputs")
    poster = re.search(r'poster="([^"]+)"', tag)[1]
    other = f'<img src="{poster}" alt="{label}">'
    return f"<figure>{tag}{other}</video><figcaption>{caption}</figcaption></figure>"


def failing():
    """A wrong answer to an exercise, the call of its check, and what the check says about it."""
    name, program = "discounted_return", RETURN_FORWARD
    check = answers.check("gym_api", name)
    try:
        check(answers.made("gym_api", name, program))
    except Mistake as mistake:
        said = "\n".join(mistake._render_traceback_())
        return {"program": program.strip(), "call": f"check.{name}({name})", "said": said}
    raise ValueError(f"the check of {name} passes an answer that counts from the wrong end")


def begin(chapter):
    """The commands that begin a chapter's release, as its own README has them, by tab."""
    template = (ROOT / "coursework" / "student.md.j2").read_text("utf-8")
    commands = BLOCK.search(template)[2].replace("{{ chapter.path.name }}", chapter.path.name)
    rest = commands.partition("\n")[2]
    conda = "conda create --name land-it-yourself python=3.12\nconda activate land-it-yourself\n"
    return {
        "macOS and Linux": ("sh", commands),
        "conda": ("sh", conda + rest.replace(PYTHON, "python")),
        "Windows": ("bat", "py -3.12 -m venv .venv\n" + rest.replace(PYTHON, ON_WINDOWS)),
    }


def begin_the_course():
    """The commands that begin the whole course, as the README has them, by tab."""
    text = (ROOT / "README.md").read_text("utf-8").partition("\n## Start\n")[2]
    places = {
        "macOS and Linux": "",
        "conda": "<summary>With conda</summary>",
        "Windows": "<summary>Without make, on Windows</summary>",
    }
    return {tab: BLOCK.search(text, text.index(place)).groups() for tab, place in places.items()}
