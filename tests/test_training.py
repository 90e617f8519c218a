import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

import gymnasium as gym
import numpy as np
import pytest

from helpers.engine import checkpoints
from helpers.engine.collector import Collector
from helpers.engine.schedule import Schedule
from helpers.gym_api import LANDER, Drift
from helpers.lander import DDPG, train

TINY = {
    "chunk": 20,
    "random_steps": 40,
    "evaluate_every": 100,
    "selection_episodes": 1,
    "memory_size": 250,
    "progress": False,
}


def drift_agent(env, **settings):
    tiny = {"hidden": (8, 8), "batch_size": 4, "discount": 0.95}
    return DDPG(env.observation_space, env.action_space, **tiny | settings)


def run_tiny(steps=300, env=None, agent=None, **arguments):
    env = env or gym.make("Drift-v0")
    agent = agent or drift_agent(env)
    return agent, train(agent, env, steps, **TINY | arguments)


class StopError(Exception):
    pass


class Wrapped(gym.Wrapper):
    """Drift with a mishap at one step."""

    def __init__(self, mishap, at=150):
        super().__init__(gym.make("Drift-v0"))
        self.mishap, self.at, self.steps = mishap, at, 0

    def step(self, action):
        self.steps += 1
        answer = self.env.step(action)
        return self.mishap(answer) if self.steps == self.at else answer


def no_trainer_left():
    return not [t for t in threading.enumerate() if "ThreadPoolExecutor" in t.name]


def test_the_history_has_a_row_for_every_episode_round_and_evaluation():
    _, history = run_tiny()
    assert [row["step"] for row in history["evaluations"]] == [100, 200, 300]
    assert [row["step"] for row in history["updates"]] == list(range(40, 301, 20))
    assert {row["length"] for row in history["episodes"]} == {25}
    assert json.loads(json.dumps(history)) == history


def test_a_run_whose_length_is_no_multiple_of_the_chunk_ends_on_its_last_step():
    _, history = run_tiny(steps=130)
    assert history["updates"][-1]["step"] == 130
    assert history["evaluations"][-1]["step"] == 130


def test_nothing_is_learned_before_the_random_steps_are_over_or_from_an_empty_memory():
    env = gym.make("Drift-v0")
    agent = drift_agent(env, n_steps=25)
    _, history = run_tiny(steps=100, env=env, agent=agent, random_steps=0)
    # An episode has 25 steps, so the first transition of 25 is complete after step 25.
    assert [row["step"] for row in history["updates"]] == [40, 60, 80, 100]


def test_afterwards_the_agent_holds_the_best_snapshot():
    snapshots = []
    agent, _ = run_tiny(
        on_evaluation=lambda agent, row: snapshots.append((row["return"], agent.snapshot()))
    )
    best = max(snapshots, key=lambda snapshot: snapshot[0])[1]
    for name, array in agent.snapshot().items():
        np.testing.assert_array_equal(array, best[name])
    np.testing.assert_allclose(agent.act([0.5]), agent.actor(np.float32([[0.5]]))[0], rtol=1e-5)


def test_the_memory_keeps_the_clipped_action_and_no_truncation_as_terminal():
    env = gym.make("Drift-v0")
    schedule = Schedule(random_steps=0, memory_size=100)
    run = Collector(drift_agent(env, n_steps=1), env, 0, schedule)
    for _ in range(60):
        run.act(sigma=50)
    assert np.abs(run.memory.actions[:60]).max() == 1
    assert (np.abs(run.memory.actions[:60]) <= 1).all()
    assert not run.memory.terminals.any()
    moved = run.memory.next_states[:60] - run.memory.states[:60] - 0.2 * run.memory.actions[:60]
    assert np.abs(moved).max() <= 0.05 + 1e-6


def test_random_steps_are_spread_over_the_whole_space():
    env = gym.make("Drift-v0")
    run = Collector(drift_agent(env, n_steps=1), env, 0, Schedule(random_steps=2_000))
    for _ in range(2_000):
        run.act(sigma=0)
    actions = run.memory.actions[:2_000]
    assert abs(actions.mean()) < 6 / np.sqrt(3 * 2_000)
    assert actions.var() == pytest.approx(1 / 3, abs=0.05)


def test_noise_and_learning_rates_fall_as_the_schedule_says():
    schedule = Schedule(
        noise_start=0.5, noise_end=0.1, noise_until=0.8, rate_from=0.6, rate_end=0.05
    )
    assert [schedule.sigma(p) for p in (0, 0.4, 0.8, 1)] == pytest.approx([0.5, 0.3, 0.1, 0.1])
    assert [schedule.rate(p) for p in (0, 0.6, 0.8, 1)] == pytest.approx([1, 1, 0.525, 0.05])


def test_chunk_n_plus_one_acts_with_the_weights_after_round_n_minus_one(monkeypatch):
    env = gym.make("Drift-v0")
    agent, rounds, acted = drift_agent(env), [], []

    def count_round(batches, rate, count):
        rounds.append(count)
        return 0.0, 0.0

    def remember_policy():
        known = len(rounds)

        def policy(states):
            if states.ndim == 1:  # an action, and no look at a whole batch
                acted.append(known)
            return np.zeros((*states.shape[:-1], 1))

        agent.policy = policy

    monkeypatch.setattr(agent, "update_many", count_round)
    monkeypatch.setattr(agent, "refresh", remember_policy)
    remember_policy()
    tiny = TINY | {"chunk": 10, "random_steps": 0, "evaluate_every": 1_000}
    train(agent, env, 40, pipelined=False, **tiny)
    assert acted == [0] * 20 + [1] * 10 + [2] * 10
    assert rounds == [10] * 4


FRESH = """
import hashlib, json, sys
import gymnasium as gym
from helpers.gym_api import LANDER
from helpers.lander import DDPG, train
env = gym.make(LANDER)
agent = DDPG(env.observation_space, env.action_space, seed=1)
history = train(agent, env, 6_000, seed=2, pipelined=sys.argv[1] == "pipelined", progress=False,
                random_steps=1_000, selection_episodes=2)
digest = hashlib.sha256(json.dumps(history).encode())
for array in agent.snapshot().values():
    digest.update(array.tobytes())
print(digest.hexdigest())
"""


def test_the_same_seed_gives_the_same_curve_in_fresh_processes_pipelined_or_not():
    digests = [
        subprocess.run(
            [sys.executable, "-c", FRESH, mode], capture_output=True, encoding="utf-8", check=True
        ).stdout.split()[-1]
        for mode in ("pipelined", "in turn", "pipelined")
    ]
    assert digests[0] == digests[1] == digests[2]


def test_another_seed_gives_another_curve():
    assert run_tiny(seed=0)[1] != run_tiny(seed=1)[1]


def test_a_resumed_run_equals_one_that_never_stopped(tmp_path):
    whole, whole_history = run_tiny(checkpoint=tmp_path / "whole.npz")

    def stop(agent, row):
        if row["step"] == 200:
            raise StopError

    with pytest.raises(StopError):
        run_tiny(checkpoint=tmp_path / "parts.npz", on_evaluation=stop)
    resumed, resumed_history = run_tiny(checkpoint=tmp_path / "parts.npz")
    assert resumed_history == whole_history
    one, other = whole.variables(), resumed.variables()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


def test_a_run_is_the_same_with_and_without_a_checkpoint(tmp_path):
    assert run_tiny(checkpoint=tmp_path / "run.npz")[1] == run_tiny()[1]


def test_a_finished_run_is_not_run_again(tmp_path):
    _, history = run_tiny(checkpoint=tmp_path / "run.npz")
    env = Wrapped(lambda answer: pytest.fail("the environment was used"), at=1)
    _, again = run_tiny(env=env, checkpoint=tmp_path / "run.npz")
    assert again == history


def test_a_training_checkpoint_can_be_loaded_as_an_agent(tmp_path):
    run_tiny(checkpoint=tmp_path / "run.npz")
    assert DDPG.load(tmp_path / "run.npz").act([0.5]).shape == (1,)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"seed": 9}, "seed is 0 instead of 9"),
        ({"steps": 200}, "steps is 300 instead of 200"),
        ({"chunk": 10}, "schedule"),
        ({"agent": {"tau": 0.5}}, "settings"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_and_stays(tmp_path, changed, named):
    path = tmp_path / "run.npz"
    run_tiny(checkpoint=path)
    before = path.read_bytes()
    env = gym.make("Drift-v0")
    agent = drift_agent(env, **changed.pop("agent", {}))
    weight = agent.actor.weights[0].numpy()
    with pytest.raises(ValueError, match=named):
        run_tiny(env=env, agent=agent, checkpoint=path, **changed)
    assert path.read_bytes() == before
    np.testing.assert_array_equal(agent.actor.weights[0], weight)


def test_a_checkpoint_of_other_spaces_is_refused(tmp_path):
    run_tiny(checkpoint=tmp_path / "run.npz")
    env = gym.make(LANDER)
    agent = drift_agent(env)
    with pytest.raises(ValueError, match="observation_space"):
        run_tiny(env=env, agent=agent, checkpoint=tmp_path / "run.npz")


def test_an_agents_file_is_no_checkpoint_of_a_run(tmp_path):
    drift_agent(Drift()).save(tmp_path / "agent.npz")
    with pytest.raises(ValueError, match="must be a checkpoint of a training run"):
        run_tiny(checkpoint=tmp_path / "agent.npz")


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file.npz"
    checkpoints.write(path, {"a": np.arange(3)}, {"n": 1})

    def fail(*arguments, **more):
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="disk full"):
        checkpoints.write(path, {"a": np.arange(4)}, {"n": 2})
    arrays, facts = checkpoints.read(path)
    assert arrays["a"].tolist() == [0, 1, 2]
    assert facts == {"n": 1}


def test_an_error_in_the_environment_ends_the_run_with_that_error(tmp_path):
    def crash(answer):
        raise StopError("the simulator fell over")

    with pytest.raises(StopError, match="fell over"):
        run_tiny(env=Wrapped(crash, at=250))
    assert no_trainer_left()


@pytest.mark.parametrize("pipelined", [True, False])
def test_an_error_in_the_trainer_ends_the_run_with_that_error(pipelined, monkeypatch):
    env = gym.make("Drift-v0")
    agent = drift_agent(env)

    def crash(batches, rate, count):
        raise StopError("out of memory")

    monkeypatch.setattr(agent, "update_many", crash)
    start = time.monotonic()
    with pytest.raises(StopError, match="out of memory"):
        run_tiny(env=env, agent=agent, pipelined=pipelined)
    assert time.monotonic() - start < 2
    assert no_trainer_left()


def nan_state(answer):
    return (np.full(1, np.nan, np.float32), *answer[1:])


def nan_reward(answer):
    return (answer[0], np.nan, *answer[2:])


@pytest.mark.parametrize("mishap", [nan_state, nan_reward])
def test_a_state_or_reward_that_is_not_finite_ends_the_run_and_says_where(tmp_path, mishap):
    path = tmp_path / "run.npz"
    with pytest.raises(FloatingPointError, match="at step 150, in episode 6"):
        run_tiny(env=Wrapped(mishap, at=150), checkpoint=path)
    assert checkpoints.read(path)[1]["collector"]["step"] == 100
    assert no_trainer_left()


def test_a_loss_that_is_not_finite_ends_the_run_and_says_where(tmp_path):
    env = gym.make("Drift-v0")
    with pytest.raises(FloatingPointError, match="updates after step"):
        run_tiny(env=env, agent=drift_agent(env, learning_rate=1e30), checkpoint=tmp_path / "r.npz")
    assert no_trainer_left()


INTERRUPTED = """
import signal, threading
import gymnasium as gym
from helpers.gym_api import LANDER
from helpers.lander import DDPG, train
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
env = gym.make(LANDER)
agent = DDPG(env.observation_space, env.action_space)
history = train(agent, env, 1_000_000, random_steps=500, evaluate_every=1_000,
                selection_episodes=1, progress=False,
                on_evaluation=lambda agent, row: print("going", flush=True))
print("threads", threading.active_count(), "evaluations", len(history["evaluations"]), flush=True)
"""


def test_ctrl_c_stops_a_run_with_no_thread_left():
    command = [sys.executable, "-c", INTERRUPTED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1) as process:
        try:
            assert process.stdout.readline() == "going\n"
            assert process.stdout.readline() == "going\n"
            time.sleep(0.3)
            start = time.monotonic()
            os.kill(process.pid, signal.SIGINT)
            said, answer = [line for line in process.stdout if line != "going\n"]
            assert said.startswith("Stopped at step ")
            assert "of 1,000,000. The agent holds its best snapshot so far" in said
            assert re.fullmatch(r"threads 1 evaluations [2-9]\n", answer)
            assert time.monotonic() - start < 10  # a second when idle; this tells it from a hang
        finally:
            process.kill()


def stop_at(step):
    def stop(agent, row):
        if row["step"] == step:
            raise KeyboardInterrupt

    return stop


def test_an_interrupted_run_says_what_is_kept_and_goes_on(tmp_path, capsys):
    path = tmp_path / "run.npz"
    _, history = run_tiny(checkpoint=path, on_evaluation=stop_at(200), progress=True)
    assert [row["step"] for row in history["evaluations"]] == [100, 200]
    best = max(row["return"] for row in history["evaluations"])
    said = capsys.readouterr().out
    assert re.search(
        r"Stopped at step 2\d0 of 300\. The agent holds its best snapshot so far,", said
    )
    assert f"with a mean return of {best:.0f}" in said
    assert f"goes on from the last evaluation, which is in {path}" in said
    run_tiny(checkpoint=path, progress=True)
    assert f"Going on at step 200 of 300, from {path}." in capsys.readouterr().out
    run_tiny(checkpoint=path, progress=True)
    assert f"This run is complete in {path}" in capsys.readouterr().out


def test_an_interruption_before_any_evaluation_leaves_the_first_weights(capsys):
    env = gym.make("Drift-v0")
    agent = drift_agent(env)
    before = agent.snapshot()

    def stop(answer):
        raise KeyboardInterrupt

    run_tiny(env=Wrapped(stop, at=90), agent=agent)
    assert "the weights it began with" in capsys.readouterr().out
    for name, array in agent.snapshot().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_second_run_of_the_same_agent_says_so(capsys):
    agent, _ = run_tiny(progress=True)
    assert "trained before" not in capsys.readouterr().out
    run_tiny(agent=agent, progress=True)
    assert "This agent has been trained before" in capsys.readouterr().out


def test_an_environment_that_never_ends_is_refused(monkeypatch):
    monkeypatch.setattr("helpers.engine.evaluation.ENDLESS", 500)
    with pytest.raises(RuntimeError, match="must end, but this one has gone on for 500 steps"):
        run_tiny(env=Drift())


def test_a_checkpoint_in_a_missing_folder_is_refused_at_once(tmp_path):
    env = Wrapped(lambda answer: pytest.fail("the environment was used"), at=1)
    with pytest.raises(FileNotFoundError, match="checkpoint must lie in an existing folder"):
        run_tiny(env=env, checkpoint=tmp_path / "missing" / "run.npz")


@pytest.mark.parametrize(
    "wrapper", [gym.wrappers.NormalizeObservation, gym.wrappers.NormalizeReward]
)
def test_a_wrapper_with_a_memory_of_its_own_is_warned_of(wrapper):
    env = wrapper(gym.make("Drift-v0"))
    with pytest.warns(UserWarning, match=f"{wrapper.__name__} keeps statistics that move"):
        run_tiny(steps=20, env=env)


def test_tensorboard_gets_the_scalars_and_the_graph(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run_tiny(log_dir=tmp_path)
    events = EventAccumulator(str(tmp_path), size_guidance={"tensors": 0}).Reload()
    assert {"evaluations/return", "updates/loss", "updates/q", "episodes/return"} <= set(
        events.Tags()["tensors"]
    )
    assert len(events.Tensors("evaluations/return")) == 3
    marked = events.SummaryMetadata("evaluations/return")
    assert marked.plugin_data.plugin_name == "scalars"
    assert "actor" in str(events.Graph())


def test_the_progress_bar_shows_return_and_value(capsys):
    run_tiny(progress=True)
    shown, errors = capsys.readouterr()
    assert not errors
    assert "return=" in shown
    assert "Q=" in shown
    assert "step/s" in shown


@pytest.mark.parametrize(
    ("arguments", "error", "named"),
    [
        ({"steps": 0}, ValueError, "steps"),
        ({"steps": 1e5}, TypeError, "steps"),
        ({"chunk": 0}, ValueError, "chunk"),
        ({"evaluate_every": 110}, ValueError, "evaluate_every must be a multiple of chunk"),
        ({"noise_start": -1}, ValueError, "noise_start"),
        ({"rate_end": 2}, ValueError, "rate_end"),
        ({"sigma": 0.2}, TypeError, "sigma"),
        ({"env": gym.make(LANDER)}, ValueError, "observation_space"),
        ({"seed": -1}, ValueError, "seed"),
    ],
)
def test_bad_input_is_named(arguments, error, named):
    with pytest.raises(error, match=named):
        run_tiny(agent=drift_agent(Drift()), **arguments)


@pytest.mark.parametrize("scale", [0.01, 10_000])
def test_actions_of_any_size_are_learned_alike(scale):
    def run_scaled(scale):
        env = gym.wrappers.RescaleAction(
            gym.make("Drift-v0"), np.float32(-scale), np.float32(scale)
        )
        return run_tiny(env=env)[1]

    for ours, theirs in zip(run_scaled(scale)["updates"], run_scaled(1)["updates"], strict=True):
        assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-4)


def test_a_short_last_chunk_needs_no_compilation_of_its_own():
    agent, history = run_tiny(steps=130)
    assert [row["step"] for row in history["updates"]] == [40, 60, 80, 100, 120, 130]
    assert agent.critic_optimizer.iterations.numpy() == 110
    assert agent.fused_updates.experimental_get_tracing_count() == 1


def test_the_progress_bar_counts_the_episodes_of_an_evaluation_and_stays(capsys):
    run_tiny(progress=True, selection_episodes=3)
    out, err = capsys.readouterr()
    assert not err
    assert "test=1/3" in out
    assert "300/300" in out.splitlines()[-1]
