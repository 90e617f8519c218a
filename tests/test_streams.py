"""Sources of chance: no two of them draw the same numbers."""

import ast
import itertools

import gymnasium as gym
import nbformat
import numpy as np
import pytest

from course.chapters import CHAPTERS
from helpers.engine.collector import Collector
from helpers.engine.training import Schedule
from helpers.gym_api import Drift, rollout
from helpers.lander import DDPG
from helpers.replay_memory import ReplayMemory
from study import cartpole

NUMBERS = 1_000
# The correlation of so many independent pairs is beyond this once in ten million.
APART = 5.3 / NUMBERS**0.5


def alike(sources):
    """The pairs of generators whose next uniform or normal numbers are correlated."""
    draws = {}
    for name, generator in sources.items():
        for kind in ("uniform", "standard_normal"):
            twin = np.random.Generator(type(generator.bit_generator)())
            twin.bit_generator.state = generator.bit_generator.state
            draws[name, kind] = getattr(twin, kind)(size=NUMBERS)
    return [
        (one, other)
        for (one, kind), (other, of) in itertools.combinations(draws, 2)
        if one != other and abs(np.corrcoef(draws[one, kind], draws[other, of])[0, 1]) > APART
    ]


def test_the_same_seed_is_seen():
    sources = {name: np.random.default_rng(seed) for name, seed in zip("abc", (0, 0, 1))}
    assert set(alike(sources)) == {("a", "b")}


def test_random_actions_tell_nothing_about_the_world():
    boat = gym.make("Drift-v0")
    flown = [rollout(boat, lambda state: boat.action_space.sample(), seed) for seed in range(300)]
    states = np.array([episode.states[:, 0] for episode in flown])
    actions = np.array([episode.actions[:, 0] for episode in flown])
    currents = np.diff(states, axis=1) - Drift.b * actions
    bound = 5.3 / len(flown) ** 0.5
    assert abs(np.corrcoef(states[:, 0], actions[:, 0])[0, 1]) < bound
    assert abs(np.corrcoef(currents[:, :-1].ravel(), actions[:, 1:].ravel())[0, 1]) < bound / 5


@pytest.mark.parametrize("seed", [0, 7])
def test_a_trainings_sources_are_apart(seed):
    boat = gym.make("Drift-v0")
    agent = DDPG(boat.observation_space, boat.action_space, hidden=(8, 8), seed=seed)
    collector = Collector(agent, boat, seed, Schedule())
    collector.act(sigma=0)  # begins an episode
    sources = {
        "world": boat.unwrapped.np_random,
        "noise": collector.noise.rng,
        "memory": collector.memory.rng,
        "random actions": collector.rng,
    }
    assert not alike(sources)


def test_so_are_those_of_a_dqn(monkeypatch):
    env, sources = gym.make("CartPole-v1"), {}

    def memory(*shape, **options):
        made = ReplayMemory(*shape, **options)
        sources["memory"] = made.rng
        return made

    def first_action(q_values, epsilon, rng):
        sources["actions"], sources["world"] = rng, env.unwrapped.np_random
        raise InterruptedError

    monkeypatch.setattr(cartpole, "ReplayMemory", memory)
    monkeypatch.setattr(cartpole, "epsilon_greedy", first_action)
    with pytest.raises(InterruptedError):
        cartpole.train_dqn(env, steps=250, seed=3, progress=False)
    assert not alike(sources)


def seeds_of(source):
    """The seeds that a cell gives to generators, memories and noise, as syntax."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in {"default_rng", "ReplayMemory", "OrnsteinUhlenbeckNoise"}:
                named = [keyword.value for keyword in node.keywords if keyword.arg == "seed"]
                yield from named or (node.args[:1] if name == "default_rng" else [])


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_where_a_chapter_flies_each_source_has_a_number_behind_its_seed(chapter):
    cells = nbformat.read(chapter.path, as_version=4).cells
    for source in (cell.source for cell in cells if cell.cell_type == "code"):
        if "rollout(" in source or ".reset(seed" in source:
            for seed in seeds_of(source):
                assert isinstance(seed, ast.List), f"{ast.unparse(seed)} in\n{source}"
