"""A learner's copy: what passes is kept, flies in later chapters, and can be taken where it can't.

Each test drives real kernels in a folder like that which ``make lab`` writes.
"""

import re
import subprocess
import sys

import nbformat
import pytest

from course.chapters import CHAPTERS, named
from coursework import answers
from helpers.yours import course, kept, programs
from tests.kernels import shown


@pytest.fixture
def work(tmp_path):
    (tmp_path / kept.COPY).write_text("{}", "utf-8")
    return tmp_path


def start(number):
    """The first cells of a chapter, which set it up."""
    return f"from helpers import yours\nyours.use({number})"


SETUP = "import numpy as np\nimport tensorflow as tf\n"
SOFT = """
from helpers.checks import target_updates as check
PART = 1.0

def between(new, old, tau):
    # what is left of the way
    return old + PART * tau * (new - old)

print("a trial")

def my_update(online, target, tau=1e-3):
    for new, old in zip(online.weights, target.weights):
        old.assign(between(new, old, tau))
"""


def test_parts_are_the_exercises_of_the_notebooks_in_their_order():
    for chapter in CHAPTERS:
        assert list(kept.PARTS[chapter.stem]) == list(course.exercises(chapter.stem))
        for name, one in course.exercises(chapter.stem).items():
            assert one.solution.rstrip() == answers.solution(chapter.stem, name).rstrip()
        assert [f"check_{name}" for name in kept.PARTS[chapter.stem]] == list(chapter.points())
    assert [chapter.stem for chapter in CHAPTERS] == kept.STEMS


def test_a_check_that_passes_keeps_a_program_that_stands_by_itself(work):
    text = shown(work, SETUP, SOFT, "check.soft_update(my_update)")
    assert "Kept in work/yours/target_updates.py." in text
    kept_text = (work / "yours" / "target_updates.py").read_text("utf-8")
    assert "# %% soft_update: yours" in kept_text
    assert "# what is left of the way" in kept_text
    assert "soft_update = my_update" in kept_text
    assert "a trial" not in kept_text
    namespace = {}
    programs.run(kept_text, "kept", namespace)
    assert callable(namespace["soft_update"])


def test_elsewhere_nothing_is_kept(tmp_path):
    text = shown(
        tmp_path, SETUP, SOFT, "check.soft_update(my_update)", start(7) + "\nyours.progress()"
    )
    assert "Kept" not in text
    assert "yours" not in text
    assert not (tmp_path / "yours").exists()


def test_a_check_that_fails_takes_nothing_away(work):
    text = shown(
        work, SETUP, SOFT, "check.soft_update(my_update)", "check.soft_update(lambda *_: None)"
    )
    assert "✗" in text
    assert kept_sections(work, "target_updates") == ["soft_update: yours"]


def kept_sections(work, stem):
    return re.findall(
        r"^# %% (.*)$", (work / "yours" / f"{stem}.py").read_text("utf-8"), re.MULTILINE
    )


def write(work, stem, **sections):
    (work / "yours").mkdir(exist_ok=True)
    text = "".join(f"# %% {name}: yours\n{source}\n" for name, source in sections.items())
    (work / "yours" / f"{stem}.py").write_text(text, "utf-8")


def test_later_chapters_use_it_also_where_it_was_imported_before(work):
    shown(work, SETUP, SOFT, "check.soft_update(my_update)")
    text = shown(
        work,
        "from helpers.target_updates import soft_update\nfrom helpers.engine import agent",
        start(8),
        "import helpers.lander\nprint(soft_update.__name__, helpers.lander.soft_update.__module__)",
    )
    assert "1 of 16 parts so far is yours" in text
    assert "`rollout`, " in text
    assert "my_update yours.target_updates" in text


def test_methods_go_into_the_classes_of_the_helpers(work):
    append = "def append(self, *transition):\n        self.note(transition)"
    note = "def note(self, transition):\n        self.noted = transition"
    write(work, "replay_memory", append=f"class ReplayMemory:\n    {append}\n\n    {note}")
    text = shown(
        work,
        start(8),
        "from helpers.engine.collector import ReplayMemory\n"
        "memory = ReplayMemory(3, (1,), (1,))\nmemory.append(1, 2, 3, 4, 5)\nmemory.noted",
    )
    assert "(1, 2, 3, 4, 5)" in text


def test_nothing_is_loaded_that_the_chapter_does_not_need(work):
    write(work, "critic", train_critic="import tensorflow\ndef train_critic(*_):\n    return 1")
    text = shown(work, start(7), "import sys\nprint('tensorflow' in sys.modules)")
    assert "False" in text


def test_what_cannot_be_read_is_told_in_a_line_and_costs_only_itself(work):
    write(
        work,
        "ou_noise",
        annealed="def annealed(progress, start, end, until):\n    return 7",
        sample="class Ornstein(",
    )
    (work / "yours" / "gym_api.py").write_bytes(b"\xff\xfe\x00")
    write(work, "critic", train_critic="1 / 0", ddpg_targets="def ddpg_targets(*_):\n    return 3")
    text = shown(
        work,
        start(8),
        "from helpers.critic import ddpg_targets\nfrom helpers.ou_noise import annealed\n"
        "from helpers.gym_api import rollout\nprint(ddpg_targets(), annealed(0, 1, 1, 1))",
    )
    assert "`sample` in yours/ou_noise.py can't be read" in text
    assert "yours/gym_api.py can't be read" in text
    assert text.count("can't be read") == 2
    assert "Your `train_critic` stopped, so we use the course's: ZeroDivisionError" in text
    assert "3 7" in text


def test_a_part_that_stops_later_is_named_with_the_way_back(work):
    write(work, "gym_api", rollout="def rollout(env, policy, seed=None):\n    return env.nothing")
    call = "from helpers.gym_api import rollout\nrollout(3, None)"
    text = shown(work, start(2), call)
    assert "AttributeError" in text
    assert "It stopped in your `rollout`, which is in work/yours/gym_api.py." in text
    assert 'yours.use(2, without=["rollout"])' in text
    text = shown(work, 'from helpers import yours\nyours.use(2, without=["rollout"])', call)
    assert "It stopped in your" not in text
    assert "0 of 3 parts so far are yours" in text


def test_a_part_that_stops_in_a_compiled_program_is_named_too(work):
    write(
        work, "target_updates", soft_update="def soft_update(online, target, tau):\n    online.no"
    )
    text = shown(
        work,
        start(7),
        "import tensorflow as tf\nfrom helpers.target_updates import soft_update\n"
        "tf.function(lambda: soft_update(1, 2, 3))()",
    )
    assert "It stopped in your `soft_update`" in text


SLOW = """
import time
import numpy as np
from helpers.replay_memory import Batch

class ReplayMemory:
    def sample(self, batch_size):
        time.sleep(0.02)
        rows = [int(self.rng.integers(len(self))) for _ in range(batch_size)]
        columns = self.states, self.actions, self.rewards, self.next_states, self.terminals
        return Batch(*(np.array([column[row] for row in rows]) for column in columns))
"""
AGENT = """
import gymnasium as gym
from helpers.lander import DDPG, train
env = gym.make("Drift-v0")
agent = DDPG(env.observation_space, env.action_space, n_steps=1, hidden=(8, 8), batch_size=4)
"""
TRAINING = """
history = train(agent, env, 600, random_steps=100, chunk=1, progress=False)
print("trained", len(history["updates"]))
"""


def test_slow_code_trains_to_the_end_and_is_told_in_a_line(work):
    write(work, "replay_memory", sample=SLOW)
    text = shown(work, start(8), AGENT, TRAINING, "1 + 1")
    assert "trained" in text
    told = re.findall(r"^Your `sample` took (\d+) of these (\d+) seconds: it's right, but slow.$",
                      text, re.MULTILINE)  # fmt: skip
    assert len(told) == 1
    assert 9 <= int(told[0][0]) <= int(told[0][1])


@pytest.mark.parametrize("stem", answers.STEMS)
def test_every_exercise_can_be_taken_and_restored(work, stem):
    number, names = kept.STEMS.index(stem) + 1, list(kept.PARTS[stem])
    setup = [cell.source for cell in nbformat.read(named(f"{number:02}_{stem}").path, 4).cells
             if "setup" in cell.metadata.get("tags", [])]  # fmt: skip
    took = [f'yours.take("{name}")' for name in names]
    checks = [f"check.{name}({kept.PARTS[stem][name].partition('.')[0] or name})" for name in names]
    check = f"from helpers.checks import {stem} as check"
    text = shown(work, *setup, start(number), check, *took, *checks)
    assert "✗" not in text
    assert text.count("The course's answer") == len(names)
    assert kept_sections(work, stem) == [f"{name}: the course's" for name in names]
    text = shown(work, *setup, start(number), check, *checks)
    assert "✗" not in text
    assert "Error" not in text
    assert f"All {len(names)} of this chapter's" in text
    assert kept_sections(work, stem) == [f"{name}: the course's" for name in names]


def test_a_taken_part_stays_the_courses_where_a_cell_has_a_try_of_ones_own(work):
    tries = [answers.stub("replay_memory", "append").source, 'yours.take("append")']
    check = ["from helpers.checks import replay_memory as check", "check.append(ReplayMemory)"]
    setup = [cell.source for cell in nbformat.read(named("02_replay_memory").path, 4).cells
             if "setup" in cell.metadata.get("tags", [])]  # fmt: skip
    assert "✗" not in shown(work, *setup, start(2), *tries, *check)
    assert kept_sections(work, "replay_memory") == ["append: the course's"]
    own = answers.solution("replay_memory", "append")
    assert "Kept in" in shown(work, *setup, start(2), *tries, own, *check)
    assert kept_sections(work, "replay_memory") == ["append: yours"]


def test_what_is_yours_is_not_taken(work):
    write(work, "gym_api", rollout="def rollout():\n    pass")
    text = shown(work, start(1), 'yours.take("rollout")', 'yours.take("nothing")')
    assert "`rollout` is yours already" in text
    assert "name must be one of total_reward, rollout" in text
    assert kept_sections(work, "gym_api") == ["rollout: yours"]


def test_a_release_says_that_it_has_no_answers(tmp_path):
    text = shown(tmp_path, start(1), 'yours.take("rollout")')
    assert "There are no answers in here." in text


def test_the_offer_comes_after_three_tries_and_only_in_a_copy(work, tmp_path_factory):
    cells = ["from helpers.checks import target_updates as check"]
    cells += ["check.soft_update(lambda *_: None)"] * 3
    offer = 'yours.take("soft_update")'
    assert offer not in shown(work, *cells[:3])
    assert offer in shown(work, *cells)
    assert offer not in shown(tmp_path_factory.mktemp("elsewhere"), *cells)


def test_progress_counts_what_is_passed_taken_and_open(work):
    write(work, "gym_api", rollout="def rollout():\n    pass")
    setup = "import gymnasium as gym\nimport numpy as np"
    text = shown(work, setup, start(1), 'yours.take("drift_step")', "yours.progress()")
    assert re.search(r"\| 1\. The Gym API \| 4 \| 1 \| 1 \| 2 \| 3 of \d+ \|", text)
    assert "Next: the exercise `total_reward` of this chapter is still open." in text
    made = subprocess.run(
        [sys.executable, "-m", "helpers.yours"], cwd=work, capture_output=True, encoding="utf-8"
    )
    assert "| 1. The Gym API | 4 | 1 | 1 | 2 |" in made.stdout
    refused = subprocess.run(
        [sys.executable, "-m", "helpers.yours"],
        cwd=work / "yours",
        capture_output=True,
        encoding="utf-8",
    )
    assert "There is no copy of the course here yet" in refused.stderr
    assert refused.returncode == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("yours.use(10)", "chapter must be in 1 … 9"),
        ('yours.use(8, without=["nothing"])', "there is no part 'nothing'"),
    ],
)
def test_nonsense_is_refused(work, call, words):
    assert words in shown(work, f"from helpers import yours\n{call}")
