"""The study: what runs the seeds, what keeps the results, and what is read from them."""

import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import gymnasium as gym
import matplotlib.pyplot as plt
import numpy as np
import pytest
from ray.cluster_utils import Cluster

from course.cluster import started
from course.code import digest, reached
from helpers import results
from helpers.gym_api import LANDER, rollout
from helpers.lander import DDPG
from study import (
    agent,
    audit,
    beside,
    claims,
    drift,
    facts,
    figures,
    flights,
    report,
    runner,
    scaling,
)
from study.__main__ import main
from study.experiments import ABLATIONS, EXPERIMENTS

ROOT = Path(__file__).parent.parent
# A real experiment of the study, made small: half a second of work a seed, and a process for each.
SMALL = runner.Experiment(
    "sampling, small",
    "study.sampling:sample",
    {"ring": {"memory": "ring", "entries": [1_000, 50_000]}},
    seeds=4,
)


def keep(name, variant, seed, settings, folder, **row):
    runner.keep(name, variant, seed, settings, ([row], {"minutes": 1}), folder)


def runs(folder, name="small"):
    return results.texts(name, folder / results.RUNS)


def test_variants_take_turns():
    experiment = runner.Experiment("", "", {"a": {}, "b": {}}, seeds=2)
    assert experiment.runs() == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


def test_a_seed_is_kept_once_and_in_order(tmp_path):
    for seed, mean in ((1, 10), (0, 20), (1, 30)):
        keep("x", "a", seed, {}, tmp_path, mean=mean)
    assert [(row["seed"], row["mean"]) for row in results.texts("x", tmp_path)] == [
        ("0", "20"),
        ("1", "30"),
    ]
    experiment = runner.Experiment("", "", {"a": {}}, seeds=3)
    assert runner.finished("x", experiment, tmp_path) == {("a", 0), ("a", 1)}
    assert runner.finished("y", experiment, tmp_path) == set()


def test_rows_that_no_run_vouches_for_are_not_finished(tmp_path):
    runner.write("x", [{"variant": "a", "seed": 0, "mean": 1}], tmp_path)
    assert runner.finished("x", runner.Experiment("", "", {"a": {}}, 1), tmp_path) == set()
    keep("x", "a", 0, {}, tmp_path, mean=2)
    assert [row["mean"] for row in results.texts("x", tmp_path)] == ["2"]


def test_results_of_other_settings_are_refused(tmp_path):
    keep("x", "a", 0, {"tau": 1}, tmp_path, mean=1)
    with pytest.raises(ValueError, match="must be those of the settings"):
        runner.finished("x", runner.Experiment("", "", {"a": {"tau": 0.5}}, 1), tmp_path)


def test_forgetting_leaves_other_experiments(tmp_path):
    for name in ("x", "y"):
        keep(name, "a", 0, {}, tmp_path, mean=1)
    runner.forget("x", tmp_path)
    assert not results.texts("x", tmp_path)
    assert not runs(tmp_path, "x")
    assert len(results.texts("y", tmp_path)) == len(runs(tmp_path, "y")) == 1


def test_without_ray_it_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['ray'] = None\n"
        "from study import runner\n"
        "runner.run('x', runner.Experiment('', '', {'a': {}}, 1), folder=sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1
    assert done.stderr == "Ray is missing: pip install '.[study]'\n"


def test_ray_is_started_again_where_the_machine_was_too_slow_and_only_there():
    failures = [Exception("The current node timed out during startup."), KeyError("other")]

    def start():
        raise failures.pop(0)

    with pytest.raises(KeyError, match="other"):
        started(start)
    assert started(lambda: "up") == "up"
    slow = [Exception("timed out during startup")] * 2
    failures += slow
    with pytest.raises(Exception, match="timed out"):
        started(start, attempts=2)
    assert failures == []


def test_a_cluster_that_loses_a_node_still_brings_every_seed_once(tmp_path):
    head = {"num_cpus": 1, "include_dashboard": False}
    cluster = started(lambda: Cluster(initialize_head=True, head_node_args=head))
    try:
        node = started(lambda: cluster.add_node(num_cpus=1))

        def kill_after_the_first_seed():
            while not runs(tmp_path):
                time.sleep(0.05)
            cluster.remove_node(node, allow_graceful=False)

        killer = threading.Thread(target=kill_after_the_first_seed)
        killer.start()
        runner.run("small", SMALL, address=cluster.address, folder=tmp_path)
        killer.join()
    finally:
        cluster.shutdown()
    assert [(row["variant"], int(row["seed"])) for row in runs(tmp_path)] == SMALL.runs()
    assert len(results.texts("small", tmp_path)) == 2 * SMALL.seeds
    assert {row["code"] for row in runs(tmp_path)} == {audit.code_of(SMALL.run)}


INTERRUPTED = """
import signal, sys
from study import runner
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
small = runner.Experiment("", "study.sampling:sample", {"ring": %r}, 4)
runner.run("small", small, workers=1, folder=sys.argv[1])
"""


def test_an_interrupted_run_keeps_what_is_finished_and_the_next_goes_on(tmp_path):
    code = INTERRUPTED % SMALL.variants["ring"]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stderr=subprocess.DEVNULL
    ) as process:
        while not runs(tmp_path):
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)
    first = runs(tmp_path)
    assert 0 < len(first) < SMALL.seeds
    runner.run("small", SMALL, folder=tmp_path)
    both = runs(tmp_path)
    assert [int(row["seed"]) for row in both] == list(range(SMALL.seeds))
    assert both[: len(first)] == first


def test_ctrl_c_says_how_to_go_on(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "run", interrupted)
    monkeypatch.setattr(sys, "argv", ["study", "drift"])
    with pytest.raises(SystemExit, match="the same command goes on"):
        main()


def test_a_seed_that_fails_is_named_and_the_others_are_kept(tmp_path):
    variants = SMALL.variants | {"heap": {"memory": "heap", "entries": [1]}}
    experiment = runner.Experiment("", SMALL.run, variants, seeds=1)
    with pytest.raises(RuntimeError, match="small, heap, seed 0 failed"):
        runner.run("small", experiment, workers=1, folder=tmp_path)
    assert [row["variant"] for row in runs(tmp_path)] == ["ring"]


def test_the_list_of_experiments_says_how_many_seeds_are_finished(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["study"])
    main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(EXPERIMENTS)
    assert all(re.search(r"\d+ of +\d+ seeds finished", line) for line in lines)


def test_an_unknown_experiment_is_refused_with_the_names(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["study", "landing"])
    with pytest.raises(SystemExit):
        main()
    assert "'lander'" in capsys.readouterr().err


def test_operations_of_an_update_by_hand():
    # Actor 8·2 + 2·3 + 3·2 = 28 weights, critic 8·2 + (2+2)·3 + 3 = 31; a product takes two
    # operations for each weight and row. Targets 28 + 31, critic's step 3·31, actor's step
    # 3·28 + 2·31.
    assert scaling.operations((2, 3), 10) == 2 * 10 * (28 + 31 + 3 * 31 + 3 * 28 + 2 * 31)


@pytest.fixture
def two_variants(tmp_path, monkeypatch):
    """A folder of results with two seeds of two variants."""
    rows = [
        {"variant": variant, "seed": seed, "kind": kind, "step": step, "seconds": step / 10,
         "mean": mean}
        for variant, seed, kind, step, mean in [
            ("10", 0, "selection", 100, 150), ("10", 0, "selection", 200, 210),
            ("10", 0, "judging", 200, 205), ("10", 1, "selection", 100, 100),
            ("10", 1, "selection", 200, 199), ("10", 1, "judging", 200, 195),
            ("b", 0, "selection", 100, 300), ("b", 0, "judging", 200, 290),
        ]
    ]  # fmt: skip
    runner.write("x", rows, tmp_path)
    monkeypatch.setattr(results, "RESULTS", tmp_path)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("x.csv/10:mean:median", 200),
        ("x/10:mean:min", 195),
        ("x/10:mean:solved", 1),
        ("x/10:mean:count", 2),
        ("x/10:steps_to_200:min", 200),
        ("x/10:seconds_to_200:max", float("inf")),
        ("x/b:steps_to_200:median", 100),
        ("x:mean:max", 290),
        ("x/10:mean:min@1", 205),
    ],
)
def test_a_fact_is_read_from_the_rows_that_judge(two_variants, name, number):
    assert facts.fact(name) == number


@pytest.mark.parametrize("name", ["y:mean:min", "x/c:mean:min", "x:sum:min", "x:mean:mode", "x"])
def test_a_fact_that_is_not_there_is_an_error_that_names_it(two_variants, name):
    with pytest.raises(ValueError, match=f"no fact '{name}'"):
        facts.fact(name)


def choice(variant, seed, step, mean, **columns):
    row = {"variant": variant, "seed": seed, "kind": "selection", "step": step, "mean": mean}
    return row | {"seconds": step / 10} | columns


def judging(variant, seed, mean, **columns):
    row = {"variant": variant, "seed": seed, "kind": "judging", "step": 300, "seconds": 30}
    return row | {"mean": mean} | columns


@pytest.fixture
def beside_others(tmp_path, monkeypatch):
    """Results of the course and of other libraries, and of TD3, made by hand."""
    lander = [choice("course", 0, 100, 220), choice("course", 0, 300, 260)]
    lander += [choice("course", 1, 100, 10), choice("course", 1, 300, 250)]
    lander += [judging("course", 0, 280, promise=4, hopeful=0.9)]
    lander += [judging("course", 1, 270, promise=2, hopeful=0.7)]
    peers, others = [], []
    judged = {claims.SBX: 290, claims.SB3: 150, claims.PLAIN: 20}
    for place, mean in judged.items():
        name, variant = place.split("/")
        rows = peers if name == "peers" else others
        evaluating = {"evaluating": 4}
        rows.append(choice(variant, 0, 100, mean - 60, evaluating=2))
        rows.append(choice(variant, 0, 300, mean, **evaluating))
        rows.append(judging(variant, 0, mean, **evaluating))
    rates = [
        {"variant": f"{library}, {cores}", "seed": 0, "library": library, "hidden": "128-128",
         "batch_size": 100, "cores": cores, "updates_per_second": rate}
        for library, cores, rate in [
            ("course", 1, 1600), ("course", 2, 2900), ("SBX", 1, 2000), ("SBX", 2, 1500),
            ("Stable-Baselines3", 1, 330), ("Stable-Baselines3", 2, 300),
        ]
    ]  # fmt: skip
    td3 = [choice("TD3", 0, 300, 200), judging("TD3", 0, 200, promise=-9, hopeful="")]
    made = {"lander": lander, "peers": peers, "as_they_come": others, "throughput": rates}
    for name, rows in (made | {"td3": td3}).items():
        runner.write(name, rows, tmp_path)
    monkeypatch.setattr(results, "RESULTS", tmp_path)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        (f"{claims.SBX}:training:median", 26),
        (f"{claims.SBX}:training_to_200:median", 8),
        (f"{claims.SB3}:training_to_200:median", float("inf")),
        ("lander:training:median", 30),
        ("lander:training_to_200:max", 30),
        ("lander:promise:median", 3),
    ],
)
def test_another_librarys_test_flights_are_no_training(beside_others, name, number):
    assert facts.fact(name) == number


def test_the_table_of_libraries_shows_who_is_ahead_and_what_was_not_timed(beside_others):
    course, sbx, sb3, plain = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in beside.table().splitlines()[2:]
    ]
    assert course[:3] == ["ours", "this course", "2 of 2"]
    # Judged, worst, last, steps and seconds to 200, seconds in all, updates a second.
    assert course[3:] == ["275", "270", "255", "200", "20", "30", "**2,900**"]
    assert sbx[3:] == ["**290**", "**290**", "**290**", "**100**", "**8**", "**26**", "2,000"]
    assert sb3[3:] == ["150", "150", "150", "never", "never", "**26**", "330"]
    assert plain[:3] == ["one step, constant noise", "SBX's DDPG", "0 of 1"]
    assert plain[-3:] == ["–", "–", "–"]


def test_the_words_about_libraries_are_the_same_with_and_without_their_sources():
    bound = beside.words(bound=True)
    assert "<!--=" in bound
    assert "<!--~course or SBX-->" in bound
    assert beside.BINDING.sub("", bound) == beside.words()
    assert "<!--" not in beside.words()


def test_a_table_of_agents_counts_the_seeds_that_never_got_there(two_variants, monkeypatch):
    monkeypatch.setitem(EXPERIMENTS, "x", SMALL)
    assert "| ten | 2 | 200 [198, 202] | 195 to 205 | 1 |" in report.agents({"ten": ("x", "10")})
    assert "| never | 1 |" in report.agents({"ten": ("x", "10")})


def test_a_promise_that_no_flight_could_show_is_left_out(beside_others):
    table = report.promises_table({"course": ("lander", "course")})
    assert "| course | 2 | +3.0 | +2.0 to +4.0 | 80 % |" in table
    assert facts.values("td3", "hopeful") == []


def test_other_tasks_are_told_beside_their_own_bar(tmp_path, monkeypatch):
    rows = []
    for task, mean in (("Pendulum-v1, values × 1", -150), ("MountainCarContinuous-v0", 93)):
        for seed in (0, 1):
            rows += [choice(task, seed, 100, mean - seed), judging(task, seed, mean - 9 * seed)]
    runner.write("tasks", rows, tmp_path)
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    monkeypatch.setattr(report, "TASKS", {row["variant"]: {"steps": 300} for row in rows})
    pendulum, car = report.tasks_table().splitlines()[2:]
    assert pendulum == "| `Pendulum-v1` | values × 1 | 300 | −150; −159 | −150; −151 | – | – |"
    assert car.endswith("v0` | none | 300 | 93.0; 84.0 | 93.0; 92.0 | 90 | 1 of 2 |")


def test_the_agent_finds_the_best_line_of_drift():
    """Ten seeds of the study were off by .05 of the largest action at most, on average."""
    (row,) = drift.learn(EXPERIMENTS["drift"].variants["course"], seed=0)
    assert row["mean_error"] < 0.1
    assert row["gain"] == pytest.approx(row["exact_gain"], rel=0.2)


def test_the_page_the_readme_and_chapter_8_say_what_the_results_say():
    for path, text in report.texts().items():
        assert path.read_text("utf-8") == text, f"make study RUN=report writes {path.name} anew"


def test_reading_a_result_loads_no_pictures_and_no_networks():
    program = (
        "import sys, helpers.results, study.facts, study.audit\n"
        "assert not {'matplotlib', 'IPython', 'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_a_digest_changes_with_what_the_code_does_and_not_with_what_is_said(tmp_path):
    digests = []
    for text in (
        'def f(x):\n    """Twice."""\n    return 2 * x\n',
        '"""New."""\n\n\ndef f(x: float) -> float:\n    """2."""\n    # note\n    return (2 * x)\n',
        "def f(x):\n    return 3 * x\n",
    ):
        (tmp_path / "a.py").write_text(text, "utf-8")
        digests.append(digest([tmp_path / "a.py"]))
    assert digests[0] == digests[1] != digests[2]


def test_code_is_reached_through_every_kind_of_import(tmp_path):
    files = {
        "study/a.py": "import numpy\nimport helpers.one\nfrom helpers import two",
        "study/unused.py": "",
        "helpers/__init__.py": "",
        "helpers/one.py": "def f():\n    from helpers.engine.three import thing",
        "helpers/two.py": "from helpers import two",
        "helpers/engine/__init__.py": "from helpers import four",
        "helpers/engine/three.py": "thing = 1",
        "helpers/four.py": "",
        "helpers/unused.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    found = [file.relative_to(tmp_path).as_posix() for file in reached("study.a", tmp_path)]
    assert found == sorted(name for name in files if "unused" not in name)


def test_every_experiment_reaches_the_code_that_it_runs():
    for experiment in EXPERIMENTS.values():
        module = experiment.run.partition(":")[0]
        names = [file.relative_to(ROOT).as_posix() for file in reached(module)]
        assert f"{module.replace('.', '/')}.py" in names
        assert not [name for name in names if "drawing" in name or "checks" in name]
    assert "helpers/engine/training.py" in names  # of kills, which imports it late


@pytest.fixture
def made_by_others(tmp_path):
    """Two variants of three seeds, made by today's code, by another, or by who knows which."""
    experiment = runner.Experiment("", SMALL.run, {"a": {"tau": 1}, "b": {}}, seeds=3)
    for variant, seed, settings, code in (
        ("a", 0, {"tau": 1}, audit.code_of(SMALL.run)),
        ("a", 1, {"tau": 1}, "0123456789ab"),
        ("a", 2, {"tau": 1}, ""),
        ("b", 0, {"tau": 2}, ""),
        ("c", 0, {}, ""),
    ):
        runner.keep("x", variant, seed, settings, ([{"mean": 1}], {}), tmp_path, code)
    return experiment


def test_of_every_seed_it_is_known_which_code_made_it(made_by_others, tmp_path):
    assert audit.states("x", made_by_others, tmp_path) == {
        ("a", 0): audit.CURRENT,
        ("a", 1): audit.STALE,
        ("a", 2): audit.UNDATED,
        ("b", 0): audit.ORPHAN,
        ("b", 1): audit.MISSING,
        ("b", 2): audit.MISSING,
        ("c", 0): audit.ORPHAN,
    }
    summary = audit.summary("x", made_by_others, tmp_path)
    assert "3 of   6 seeds finished" in summary
    assert "1 made by code that has changed since" in summary
    assert "2 made with settings that no longer exist" in summary


def test_results_of_other_code_are_kept_and_it_says_so(tmp_path, capsys):
    experiment = runner.Experiment("", SMALL.run, {"a": {}}, seeds=1)
    runner.keep("x", "a", 0, {}, ([{"mean": 1}], {}), tmp_path, code="0123456789ab")
    runner.run("x", experiment, folder=tmp_path)
    assert "1 seeds made by code that has changed since are kept" in capsys.readouterr().out
    assert [row["code"] for row in runs(tmp_path, "x")] == ["0123456789ab"]


def test_every_result_is_one_that_an_experiment_would_make_today():
    assert not audit.orphans(EXPERIMENTS), "what rests on these results says what no command makes"


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the study's results, to be spoilt."""
    shutil.copytree(results.RESULTS, tmp_path / "results")
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    return tmp_path / "results"


def changed(**changes):
    """The experiments with something changed about the one on noise."""
    return EXPERIMENTS | {"noise": dataclasses.replace(EXPERIMENTS["noise"], **changes)}


def test_results_are_told_whose_experiment_variant_settings_or_seed_is_gone(copied):
    variants = EXPERIMENTS["noise"].variants
    others = {name: variants[name] for name in variants if name != "none"}
    assert not audit.orphans(EXPERIMENTS, copied)
    for experiments, words in (
        ({name: EXPERIMENTS[name] for name in EXPERIMENTS if name != "noise"}, "doesn't exist"),
        (changed(variants=others), "variant 'none'"),
        (changed(variants=variants | {"none": {"schedule": {}}}), "variant 'none'"),
        (changed(seeds=4), "variant 'none'"),
    ):
        sentences = audit.orphans(experiments, copied)
        assert all(sentence.startswith("noise.csv has rows of") for sentence in sentences)
        assert any(words in sentence for sentence in sentences)


def test_rows_are_told_that_no_run_vouches_for(copied):
    kept = [row for row in runs(copied, "noise") if row["variant"] != "none"]
    runner.write("noise", kept, copied / results.RUNS)
    (sentence,) = audit.orphans(EXPERIMENTS, copied)
    assert "noise.csv has rows of the variant 'none' that no run" in sentence


def test_a_table_a_figure_and_a_number_miss_results_that_are_gone(copied):
    kept = [row for row in results.texts("noise") if row["variant"] != "none"]
    runner.write("noise", kept, copied)
    (copied / "updates.csv").unlink()
    gone = "the study has no results of noise, variant 'none'"
    with pytest.raises(ValueError, match=gone):
        report.ablation("noise")
    with pytest.raises(ValueError, match=gone):
        figures.ablation("noise", ABLATIONS["noise"], 5)
    with pytest.raises(ValueError, match=gone):
        facts.fact("noise.csv/none:mean:median")
    with pytest.raises(ValueError, match="the study has no results of updates"):
        figures.scaling()
    plt.close("all")


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([30_000, 60_000, 45_000], "after 30,000 to 60,000 steps"),
        ([30_000, 30_000], "after 30,000 steps"),
        ([float("inf"), 60_000], "after 60,000 steps or never"),
        ([float("inf")], "never"),
    ],
)
def test_a_title_says_when_seeds_got_somewhere(steps, words):
    assert figures._after(steps) == words


def test_every_figure_can_be_drawn_from_the_results(monkeypatch, tmp_path):
    monkeypatch.setattr(figures, "FIGURES", tmp_path)
    report.draw()
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {path.name for path in (ROOT / "study" / "figures").iterdir()}


def test_the_agent_of_the_pictures_is_the_seed_that_the_results_judge():
    kept = DDPG.load(agent.PATH)
    (run,) = [run for run in results.runs("lander") if run["seed"] == agent.SEED]
    assert kept.settings == DDPG(kept.observation_space, kept.action_space).settings
    mine, theirs = agent.judgements(kept)
    if runner.machine()["processor"] == run["processor"]:
        assert mine == theirs, "make study RUN=agent"
    assert mine["mean"] == pytest.approx(theirs["mean"], abs=10)


def test_an_agent_that_is_another_is_not_saved(monkeypatch, tmp_path):
    monkeypatch.setattr(agent, "PATH", tmp_path / "lander.npz")
    monkeypatch.setattr(agent, "learn", lambda *_: (None, []))
    monkeypatch.setattr(agent, "judgements", lambda _: [{"mean": 250.0}, {"mean": 280.0}])
    with pytest.raises(SystemExit, match="isn't saved"):
        agent.main()
    assert not agent.PATH.exists()


def left(state):
    return np.float32([1, -1])


def test_a_flight_is_recorded_at_every_fourth_moment_and_at_the_last():
    whole, kept = rollout(gym.make(LANDER), left, seed=3), flights.flight(left, seed=3)
    steps = len(whole.rewards)
    assert len(kept["x"]) == -(-steps // 4) + 1
    for name, column in (("x", 0), ("y", 1), ("angle", 4)):
        wanted = [*whole.states[:-1:4, column], whole.states[-1, column]]
        assert kept[name] == pytest.approx(wanted, abs=6e-4)
    assert kept["main"] == [1] * (len(kept["x"]) - 1) + [0]
    assert kept["side"] == [-1] * (len(kept["x"]) - 1) + [0]
    assert kept["return"] == pytest.approx(whole.total_reward, abs=0.06)
    assert kept["end"] in ("crashes", "leaves the picture")


def test_the_moon_is_flat_at_its_pad():
    moon = flights.moon(3)
    assert (moon["x"][0], moon["x"][-1]) == (-1, 1)
    near = [y for x, y in zip(moon["x"], moon["y"]) if abs(x) <= 0.2]
    assert len(near) > 2
    assert near == pytest.approx([0] * len(near), abs=0.05)


def test_the_flights_are_those_of_the_chosen_snapshots(monkeypatch, tmp_path, capsys):
    def train(agent, env, steps, seed, on_evaluation, **schedule):
        for step in (5_000, 35_000, 150_000):
            on_evaluation(agent, {"step": step, "return": 12.34})

    monkeypatch.setattr(flights, "PATH", tmp_path / "flights.json")
    monkeypatch.setattr(flights, "train", train)
    flights.main()
    kept = json.loads(flights.PATH.read_text("utf-8"))["flights"]
    assert [(one["step"], one["mean"]) for one in kept] == [(5_000, 12.3), (150_000, 12.3)]
    assert "flights.json has 2 flights" in capsys.readouterr().out
