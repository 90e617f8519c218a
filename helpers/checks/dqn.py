"""The probes of chapter 3."""

import numpy as np

from helpers.checks import exercise
from helpers.checks.networks import dense, targets
from helpers.checks.toolbox import Memory, World
from helpers.replay_memory import Batch


@exercise
def epsilon_greedy(see, answer):
    """Any action with probability epsilon, else the best."""
    rng = np.random.default_rng(see.seed)
    cases = [1.5, 9.25, 3.5, -20.5], [0.5, 0.25], [-4.0, -3.5, -3.25, -1.5, -9.0], [0.75]
    for values in cases:
        values = np.array(values) * see.given(1.0, 0.5, 2)
        what = f"The action with epsilon = 0 for the values {values.round(2).tolist()}"
        chosen = see.call(what, answer, q_values=values, epsilon=0, rng=rng)
    see.type("the best action", chosen)
    see.tick("with ε = 0 it takes the best action")
    several = np.array([1.5, 2.25, 0.5, -1.5, 1.25])

    def ask(epsilon, seed, values=several):
        rng = np.random.default_rng(seed)
        return [answer(values.copy(), epsilon, rng) for _ in range(30)]

    seed = see.seed + 1
    again = "the same actions" if ask(0.5, seed) == ask(0.5, seed) else "other actions"
    see.note("The outcome of a second generator with the same seed", again)
    how = "Toss the coin with `rng.random()`, and draw with `rng.integers(len(q_values))`."
    explored = ask(1, seed)
    see.note("The actions with epsilon = 1", explored, why=how)
    see.note("The actions with epsilon = 1 for two values", ask(1, seed, several[:2]), why=how)
    see.type("a random action", explored[0])
    see.tick("with ε = 1 it takes each action equally often")
    for epsilon in (0.2, 0.7):
        see.note(f"The actions with epsilon = {epsilon}", ask(epsilon, seed), why=how)
    see.call("A random action", answer, q_values=several, epsilon=1, rng=rng)
    see.tick("with ε = 0.2, it explores in a fifth of the cases, with the given generator")


# Values of the three actions in four states, a row each; in the first, two are equally good.
ONLINE = np.array([[2, 2, -1], [4, -6, 5], [-3, -9, -5], [2, 7, 3]])
TARGET = np.array([[20, 20, -60], [70, 20, 40], [-30, -80, -10], [5, -15, 25]])


def _table(see, name, values):
    """A network that answers with these values for the four states."""
    return dense(name, values * see.given(np.ones((4, 1)), 0.5, 2))


def _batch(see):
    """Four transitions into the four states, from the next one each."""
    states = np.eye(4, dtype=np.float32)
    rewards = see.given(np.float32([1.5, 2, -3, 0.5]), -4, 4)
    return Batch(states[[1, 2, 3, 0]], np.array([0, 1, 0, 2]), rewards, states,
                 np.float32([0, 1, 0, 1]))  # fmt: skip


@exercise
def dqn_targets(see, answer):
    """The largest next value."""
    networks = {"target_network": _table(see, "target_network", TARGET)}
    targets(see, answer, _batch(see), networks,
            "reward plus discounted value of the best next action")  # fmt: skip


@exercise
def double_dqn_targets(see, answer):
    """The target network's value of the online network's choice."""
    tables = {"network": ONLINE, "target_network": TARGET}
    networks = {name: _table(see, name, values) for name, values in tables.items()}
    targets(see, answer, _batch(see), networks,
            "reward plus discounted value of the online network's choice")  # fmt: skip


@exercise
def interact(see, answer):
    """One step: act, store, go on."""
    for end in ("terminated", "truncated", "terminated and truncated"):
        length, count = see.given(2, 3, 5), see.given(3, 4, 7)
        actions = see.given(np.array([0.5, -0.25, 0.75, 0.0, -1.0, 0.25])[:count], -1, 1)
        rewards = see.given(np.array([5.5, -2.5, 1.0, 3.5])[:length], -9, 9)
        env, memory = World(see, length, end, rewards.tolist()), Memory(see)
        state, _ = env.reset(seed=1)
        for number, action in enumerate(actions, 1):
            state = answer(env, memory, state, np.full(1, action, np.float32))
            see.note(f"The state that came back after step {number}", state)
        what = f"{count} steps, where an episode of {length} was {end},"
        taken = "Hand the action that you were given to the environment, unchanged."
        see.note(f"The actions of {what}", env.actions, why=taken)
        see.note(f"The number of resets of {what}", len(env.seeds) - 1)
        again = ["none" if seed is None else "a seed" for seed in env.seeds[1:]]
        see.note("The seed that reset was given", ", ".join(again))
        memory.note(what)
        see.tick(f"an episode that is {end} is stored correctly, and the next one begins")
