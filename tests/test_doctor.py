"""The doctor: it names what is wrong with a task or a training, and is silent on healthy ones."""

import subprocess
import sys
from types import SimpleNamespace

import gymnasium as gym
import numpy as np
import pytest

from course.chapters import CHAPTERS
from course.code import ROOT
from helpers import results
from helpers.doctor import FINDINGS, diagnose, examine, tell
from helpers.doctor.diagnosis import DIVERGED
from helpers.gym_api import LANDER, Drift
from study.broken import BROKEN

HEALTHY = ["Drift-v0", LANDER, "Pendulum-v1", "MountainCarContinuous-v0"]


def names(findings):
    return [finding.name for finding in findings]


def drift():
    return gym.make("Drift-v0")


def test_the_table_has_a_name_reasons_and_a_chapter_for_each_finding():
    assert len(FINDINGS) >= 30
    assert len({finding.name for finding in FINDINGS}) == len(FINDINGS)
    numbers = {chapter.number for chapter in CHAPTERS} | {9}
    for finding in FINDINGS:
        assert finding.chapter in numbers
        assert finding.name == finding.name.strip(".").strip()
        for sentence in (finding.seen, finding.why, finding.remedy):
            code = "gymnasium.", "step", "reset", "examine", "terminated"  # a name as it is written
            assert sentence[0].isupper() or sentence.startswith(code), sentence
            assert sentence.endswith((".", ")")), sentence
        assert str(finding).endswith(f"(Chapter {finding.chapter})")


def test_every_wrapper_that_a_remedy_names_is_there():
    for finding in FINDINGS:
        for word in finding.remedy.replace("(", " ").split():
            if word.startswith("gymnasium.wrappers."):
                assert hasattr(gym.wrappers, word.strip(".,:").rpartition(".")[2]), word


@pytest.mark.parametrize("task", HEALTHY)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_healthy_task_is_passed_in_silence(task, seed):
    assert examine(gym.make(task), seed=seed) == []


def test_the_walker_is_told_of_nothing_but_its_physics():
    """Box2D's contacts outlive its resets, so runs from one seed differ now and then."""
    assert set(names(examine(gym.make("BipedalWalker-v3")))) <= {"no two runs alike"}


@pytest.mark.parametrize("task", [task for task in BROKEN if BROKEN[task].before])
def test_a_broken_task_is_named_before_training(task):
    case = BROKEN[task]
    found = examine(case.wrap(drift()))
    assert case.before in names(found), found


def test_an_examination_can_be_repeated():
    assert examine(drift(), seed=3, steps=200) == examine(drift(), seed=3, steps=200)
    env = BROKEN["rewards − 10,000"].wrap(drift())
    assert examine(env) == examine(env)


def test_numbers_are_told():
    (finding,) = examine(BROKEN["rewards − 10,000"].wrap(drift()))[:1]
    assert "mean -1000" in finding.seen
    assert "TransformReward" in finding.remedy
    assert str(finding).startswith("Reward far from zero: The rewards have the mean")


def space_of(**spaces):
    """Drift with another space, whatever its steps say."""
    env = Drift()
    for name, space in spaces.items():
        setattr(env, name, space)
    return env


BOX = gym.spaces.Box
SPACES = [
    ("discrete actions", {"action_space": gym.spaces.Discrete(3)}),
    ("discrete actions", {"action_space": gym.spaces.MultiDiscrete([2, 3])}),
    ("discrete actions", {"action_space": gym.spaces.MultiBinary(3)}),
    ("actions in parts", {"action_space": gym.spaces.Dict(a=BOX(-1, 1, (1,)))}),
    ("actions in parts", {"action_space": gym.spaces.Tuple([BOX(-1, 1, (1,))])}),
    ("actions in parts", {"action_space": BOX(-1, 1, (2, 2))}),
    ("actions in parts", {"action_space": BOX(-1, 1, ())}),
    ("integer actions", {"action_space": BOX(0, 9, (1,), np.int64)}),
    ("actions without bounds", {"action_space": BOX(-np.inf, 1, (1,))}),
    ("equal bounds", {"action_space": BOX(np.float32([-1]), np.float32([-1]))}),
    ("observations in parts", {"observation_space": gym.spaces.Discrete(4)}),
    ("observations in parts", {"observation_space": gym.spaces.Dict(s=BOX(-1, 1, (1,)))}),
    ("observations in parts", {"observation_space": BOX(-1, 1, (4, 4))}),
    ("images", {"observation_space": BOX(0, 255, (84, 84, 3), np.uint8)}),
    ("wrong observation", {"observation_space": BOX(-1, 1, (2,))}),
    ("wrong observation", {"observation_space": BOX(5, 6, (1,))}),
    ("wrong observation", {"observation_space": BOX(-9, 9, (1,), np.int64)}),
    ("no environment", {"action_space": None}),
]


@pytest.mark.parametrize(("name", "spaces"), SPACES, ids=lambda value: str(value)[:40])
def test_spaces_that_it_cannot_learn_from_are_named(name, spaces):
    assert name in names(examine(space_of(**spaces), steps=100))


@pytest.mark.parametrize("task", ["CartPole-v1", "FrozenLake-v1", "Blackjack-v1", "Acrobot-v1"])
def test_gymnasiums_discrete_tasks_are_told_so(task):
    assert "discrete actions" in names(examine(gym.make(task), steps=100))


def test_several_environments_or_none_are_refused_in_words():
    assert names(examine(gym.make_vec("Drift-v0", num_envs=2))) == ["no environment"]
    assert names(examine("LunarLander")) == ["no environment"]
    assert names(examine(None)) == ["no environment"]


class Raising(gym.Wrapper):
    """Stops with an error at one step."""

    def __init__(self, error, at):
        super().__init__(drift())
        self.error, self.at, self.count = error, at, 0

    def step(self, action):
        self.count += 1
        if self.count >= self.at:
            raise self.error
        return self.env.step(action)


@pytest.mark.parametrize("at", [1, 50, 1_020])
@pytest.mark.parametrize(
    "error", [ValueError("bad\nvalue"), SystemExit(2), AssertionError(), KeyError("x" * 500)]
)
def test_an_error_of_the_environment_is_a_finding_and_no_error(error, at):
    (finding,) = examine(Raising(error, at))
    assert finding.name == "stops with an error"
    assert type(error).__name__ in finding.seen
    assert len(finding.seen) < 200


class OldReset(Drift):
    def reset(self):
        return np.zeros(1, np.float32)


class BareReset(Drift):
    def reset(self, *, seed=None, options=None):
        return np.zeros(1, np.float32)


class Grumpy(Drift):
    @property
    def action_space(self):
        raise RuntimeError("not connected")

    @action_space.setter
    def action_space(self, space):
        pass


def test_an_error_of_a_property_is_a_finding_too():
    (finding,) = examine(Grumpy())
    assert finding.seen == "It raised RuntimeError: not connected."


class Talkative(Drift):
    """Answers with texts, sequences and graphs, as some spaces have them."""

    observation_space = gym.spaces.Dict(
        a=gym.spaces.Text(5), b=gym.spaces.Sequence(gym.spaces.Discrete(3))
    )

    def __init__(self):
        self.action_space = gym.spaces.Box(-1, 1, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        gym.Env.reset(self, seed=seed)
        return {"a": "abc", "b": (1, 2)}, {}

    def step(self, action):
        return {"a": "abc", "b": (1,) * int(abs(action[0]) * 4)}, 1.5, False, False, {}


def test_observations_of_any_kind_are_survived():
    found = names(examine(Talkative(), steps=100))
    assert {"observations in parts", "never ends", "reward always the same"} <= set(found)
    assert "stops with an error" not in found


@pytest.mark.parametrize("made", [OldReset, BareReset])
def test_an_old_reset_is_named(made):
    assert names(examine(made())) == ["old interface"]


class Answering(gym.Wrapper):
    """Answers something odd at every step."""

    def __init__(self, **odd):
        super().__init__(drift())
        self.odd = odd

    def step(self, action):
        keys = "state", "reward", "terminated", "truncated", "info"
        return tuple((dict(zip(keys, self.env.step(action))) | self.odd).values())


@pytest.mark.parametrize(
    ("odd", "name"),
    [
        ({"reward": np.nan}, "not finite"),
        ({"reward": None}, "reward isn't a number"),
        ({"reward": "much"}, "reward isn't a number"),
        ({"reward": np.array([1.0, 2.0])}, "reward isn't a number"),
        ({"state": np.full(1, np.inf, np.float32)}, "not finite"),
        ({"state": np.zeros((1, 1), np.float32)}, "wrong observation"),
        ({"state": None}, "wrong observation"),
        ({"state": "here"}, "wrong observation"),
        ({"state": {"x": 1}}, "wrong observation"),
        ({"terminated": None}, "unclear end"),
        ({"truncated": "no"}, "unclear end"),
    ],
    ids=str,
)
def test_odd_answers_are_named(odd, name):
    assert name in names(examine(Answering(**odd)))


def test_a_time_limit_that_is_longer_than_the_examination_is_no_finding():
    assert "never ends" not in names(examine(gym.wrappers.TimeLimit(Drift(), 3_000)))
    assert "never ends" in names(examine(Drift(), steps=200))


def test_a_steady_reward_is_fine_where_episodes_terminate():
    class Balance(Drift):
        def step(self, action):
            state, *_ = super().step(action)
            return state, 1.0, bool(abs(state[0]) > 1.2), False, {}

    env = gym.wrappers.TimeLimit(Balance(), 100)
    assert not {"reward always the same", "reward far from zero"} & set(names(examine(env)))


def test_a_bandit_is_fine():
    class Bandit(gym.Env):
        """One decision, which pays most in the middle."""

        observation_space = gym.spaces.Box(-1, 1, (1,), np.float32)
        action_space = gym.spaces.Box(-1, 1, (1,), np.float32)

        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            return np.zeros(1, np.float32), {}

        def step(self, action):
            return np.zeros(1, np.float32), 1 - float(action[0] ** 2), True, False, {}

    assert examine(Bandit()) == []


def test_an_examination_needs_no_tensorflow():
    program = (
        "import sys, gymnasium as gym, helpers.gym_api\n"
        "from helpers.doctor import examine\n"
        "assert examine(gym.make('Drift-v0')) == []\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_findings_are_printed_as_paragraphs(capsys):
    tell(examine(BROKEN["rewards − 10,000"].wrap(drift())))
    said = capsys.readouterr().out
    assert "Reward far from zero: " in said
    assert max(map(len, said.splitlines())) <= 90
    tell([])
    assert capsys.readouterr().out.startswith("Nothing to say")


# Histories, by hand and from the study.


def agent_with(discount=0.99, n_steps=5, learning_rate=1e-3):
    settings = SimpleNamespace(
        discount=discount, n_steps=n_steps, n_step_discount=discount**n_steps,
        learning_rate=learning_rate, tau=0.005, batch_size=100,
    )  # fmt: skip
    return SimpleNamespace(settings=settings)


def evaluations(*returns):
    return [
        {"step": 5_000 * i, "return": float(r), "worst": float(r)} for i, r in enumerate(returns, 1)
    ]


HELPLESS = evaluations(-30, -31)


def history(steps=10_000, *, loss=(1, 1), q=-10, bound=0.1, spread=0.3, least=-9, most=-1, **more):
    """A training in which everything is healthy, except what is given."""
    learned = range(5_000, steps + 1, 100)
    losses = np.geomspace(*loss, max(2, len(learned)))
    made = {
        "episodes": [
            {"step": 25 * i, "return": -30.0 - i % 3, "length": 25} for i in range(1, steps // 25)
        ],
        "updates": [
            {"step": step, "loss": float(one), "q": q, "sigma": 0.1, "rate": 1,
             "bound": bound, "spread": spread, "least": least, "most": most}
            for step, one in zip(learned, losses)
        ],
        "evaluations": evaluations(-30, *np.linspace(-3, -2, max(0, steps // 5_000 - 1))),
    }  # fmt: skip
    return made | more


def test_an_uneventful_history_by_hand_has_no_findings():
    assert diagnose(history(), agent_with()) == []
    assert diagnose({"episodes": [], "updates": [], "evaluations": []}, agent_with()) == []


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("only random steps", {"steps": 4_900}),
        ("values out of reach", {"q": -1_000}),
        ("values out of reach", {"q": 100}),
        ("growing loss", {"loss": (17, 1_300_000)}),
        ("stuck at a bound", {"bound": 0.99, "evaluations": HELPLESS}),
        ("one action everywhere", {"spread": 0.001, "evaluations": HELPLESS}),
        ("rewards all alike", {"least": -1, "most": -1}),
        ("reward far from zero", {"least": -50_020, "most": -50_000}),
        ("vanishing rewards", {"least": -1e-5, "most": 0}),
        ("no better than chance", {"evaluations": HELPLESS}),
        ("worse than chance", {"evaluations": evaluations(-252, -252)}),
        ("stands still", {"evaluations": evaluations(-30, -31, -31, -31), "steps": 20_000}),
    ],
)
def test_a_sick_history_by_hand_is_named(name, changes):
    found = diagnose(history(**changes), agent_with())
    assert name in names(found), found


def test_short_episodes_are_told_from_few_steps():
    short = [{"step": 4 * i, "return": -1.0, "length": 4} for i in range(1, 2_000)]
    (finding,) = diagnose(history(updates=[], episodes=short), agent_with())
    assert finding.name == "episodes shorter than n"
    assert "the longest episode had 4 steps" in finding.seen
    (finding,) = diagnose(history(updates=[], episodes=short), agent_with(n_steps=1))
    assert finding.name == "only random steps"


def test_a_far_sight_is_named_where_it_does_not_learn():
    for discount in (1, 0.99999):
        found = diagnose(history(evaluations=HELPLESS), agent_with(discount))
        assert "looks too far" in names(found)
        assert not diagnose(history(), agent_with(discount))


def test_unusual_settings_are_named_where_the_return_does_not_rise():
    flat = history(evaluations=evaluations(-7, -7))
    (finding,) = diagnose(flat, agent_with(learning_rate=1e-7))
    assert finding.name == "unusual settings"
    assert "learning_rate = 1e-07, where 1e-05 to 0.01 is usual" in finding.seen
    assert not diagnose(flat, agent_with())
    assert not diagnose(history(), agent_with(learning_rate=1e-7))


def test_a_policy_that_is_better_than_chance_may_do_what_it_likes():
    good = history(20_000, bound=1.0, spread=0.0, evaluations=evaluations(-30, -2, -2, -2))
    assert diagnose(good, agent_with()) == []


def test_a_history_of_an_older_version_is_read():
    old = history()
    for row in old["updates"]:
        for column in ("bound", "spread", "least", "most"):
            del row[column]
    assert diagnose(old, agent_with()) == []


def kept(name):
    """The histories of an experiment of the study, by variant and seed."""
    from study.histories import history_of

    if name not in results.names():
        return {}
    seeds = {}
    for row in results.rows(name):
        seeds.setdefault((row["variant"], int(row["seed"])), []).append(row)
    return {key: (history_of(rows), rows[-1]) for key, rows in seeds.items()}


def up_to(history, step):
    return {kind: [row for row in rows if row["step"] <= step] for kind, rows in history.items()}


def settings_of(**changes):
    from helpers.lander import Settings

    return SimpleNamespace(settings=Settings(**changes))


def test_no_rule_fires_on_a_healthy_history_at_any_of_its_steps():
    histories = kept("histories")
    for (task, seed), (whole, _) in histories.items():
        for row in whole["evaluations"]:
            found = diagnose(up_to(whole, row["step"]), settings_of())
            assert not found, (task, seed, row["step"], found)


def test_each_broken_training_is_named_or_learns():
    """Doing nothing earns −7.6 on Drift, and the best policy −2.2."""
    for (task, seed), (whole, judged) in kept("broken").items():
        case = BROKEN[task]
        found = names(diagnose(whole, settings_of(**case.agent)))
        learned = not judged["error"] and judged["mean"] > -5
        named = case.before or judged["error"] or case.during in found
        assert named or learned, (task, seed, found)
        assert not case.during or case.during in found, (task, found)
        if learned:
            assert not set(found) & set(DIVERGED), (task, found)
