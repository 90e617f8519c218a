"""The study: what runs the seeds, what keeps the results, and what is read from them."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from ray.cluster_utils import Cluster

from helpers import drawing
from study import drift, facts, report, runner, scaling
from study.__main__ import main
from study.experiments import EXPERIMENTS

ROOT = Path(__file__).parent.parent
# A real experiment of the study, made small: about half a second of work a seed.
SMALL = runner.Experiment(
    "sampling, small",
    "study.sampling:sample",
    {"ring": {"memory": "ring", "entries": [1_000, 50_000]}},
    seeds=6,
)


def keep(name, variant, seed, settings, folder, **row):
    runner.keep(name, variant, seed, settings, ([row], {"minutes": 1}), folder)


def runs(folder, name="small"):
    return runner.read(name, folder / runner.RUNS)


def test_variants_take_turns():
    experiment = runner.Experiment("", "", {"a": {}, "b": {}}, seeds=2)
    assert experiment.runs() == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


def test_a_seed_is_kept_once_and_in_order(tmp_path):
    for seed, mean in ((1, 10), (0, 20), (1, 30)):
        keep("x", "a", seed, {}, tmp_path, mean=mean)
    assert [(row["seed"], row["mean"]) for row in runner.read("x", tmp_path)] == [
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
    assert [row["mean"] for row in runner.read("x", tmp_path)] == ["2"]


def test_results_of_other_settings_are_refused(tmp_path):
    keep("x", "a", 0, {"tau": 1}, tmp_path, mean=1)
    with pytest.raises(ValueError, match="must be those of the settings"):
        runner.finished("x", runner.Experiment("", "", {"a": {"tau": 0.5}}, 1), tmp_path)


def test_forgetting_leaves_other_experiments(tmp_path):
    for name in ("x", "y"):
        keep(name, "a", 0, {}, tmp_path, mean=1)
    runner.forget("x", tmp_path)
    assert not runner.read("x", tmp_path)
    assert not runs(tmp_path, "x")
    assert len(runner.read("y", tmp_path)) == len(runs(tmp_path, "y")) == 1


def test_without_ray_it_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['ray'] = None\n"
        "from study import runner\n"
        "runner.run('x', runner.Experiment('', '', {'a': {}}, 1), folder=sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == "Ray is missing: pip install '.[study]'\n"


def test_a_cluster_that_loses_a_node_still_brings_every_seed_once(tmp_path):
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        node = cluster.add_node(num_cpus=1)

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
    assert len(runner.read("small", tmp_path)) == 2 * SMALL.seeds


INTERRUPTED = """
import signal, sys
from study import runner
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
small = runner.Experiment("", "study.sampling:sample", {"ring": %r}, 6)
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
def results(tmp_path, monkeypatch):
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
    monkeypatch.setattr(drawing, "RESULTS", tmp_path)


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
def test_a_fact_is_read_from_the_rows_that_judge(results, name, number):
    assert facts.fact(name) == number


@pytest.mark.parametrize("name", ["y:mean:min", "x/c:mean:min", "x:sum:min", "x:mean:mode", "x"])
def test_a_fact_that_is_not_there_is_an_error_that_names_it(results, name):
    with pytest.raises(ValueError, match=f"no fact '{name}'"):
        facts.fact(name)


def test_the_agent_finds_the_best_line_of_drift():
    """Ten seeds of the study were off by .05 of the largest action at most, on average."""
    (row,) = drift.learn(EXPERIMENTS["drift"].variants["course"], seed=0)
    assert row["mean_error"] < 0.1
    assert row["gain"] == pytest.approx(row["exact_gain"], rel=0.2)


def test_the_page_and_the_readme_say_what_the_results_say():
    for path, text in report.texts().items():
        assert path.read_text() == text, f"make study RUN=report writes {path.name} anew"
