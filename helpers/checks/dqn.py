"""The checks of chapter 3."""

import numpy as np
import tensorflow as tf

from helpers.checks import check, expect, function, wrong
from helpers.checks.gym_api import Walk
from helpers.checks.replay_memory import Noted
from helpers.replay_memory import Batch

# Values of two actions in three states, a row each.
ONLINE = np.float32([[1, 2], [5, 4], [9, 0]])
TARGET = np.float32([[10, 20], [70, 40], [30, 60]])


def network(states):
    """The online network: it thinks that the actions 1, 0 and 0 are best."""
    return tf.convert_to_tensor(states) @ ONLINE


def target_network(states):
    """The target network: it thinks that the actions 1, 0 and 1 are best."""
    return tf.convert_to_tensor(states) @ TARGET


def batch(rewards, terminals):
    """Three transitions into the three states, from the next one each."""
    states = np.eye(3, dtype=np.float32)
    actions = np.array([0, 1, 0])
    return Batch(states[[1, 2, 0]], actions, np.float32(rewards), states, np.float32(terminals))


class Coin:
    """A generator whose coin falls as it is told, and whose integers are 2."""

    def __init__(self, falls):
        self.falls = falls

    def random(self, *_):
        return self.falls

    def integers(self, low, high=None, **_):
        return 2

    def __getattr__(self, name):
        wrong(f"rng.{name} was used: draw the coin with rng.random() and the action with "
              "rng.integers(n).")  # fmt: skip


@check
def epsilon_greedy(answer):
    """Any action with probability epsilon, else the best."""
    function("epsilon_greedy", answer)
    q_values = np.array([1.0, 9.0, 3.0, 2.0])
    rng = np.random.default_rng(0)
    greedy = [answer(q_values, 0.0, rng) for _ in range(50)]
    if not all(isinstance(action, int) for action in greedy):
        wrong(f"The action must be an int, but it is {greedy[0]!r}: int(np.argmax(…)).")
    if set(greedy) != {1}:
        wrong(
            f"With epsilon = 0 it took the actions {sorted(set(greedy))}, where 1 has the largest "
            "value, always."
        )
    yield "with ε = 0 it takes the best"
    random = np.bincount([answer(q_values, 1.0, rng) for _ in range(4_000)], minlength=4)
    if len(random) > 4:
        wrong(f"It took action {len(random) - 1}, but there are 4, from 0 to 3.")
    if random.min() < 850 or random.max() > 1_150:
        wrong(
            f"With epsilon = 1 the four actions came {random.tolist()} times of 4,000: all of them "
            "should come alike, the best one too."
        )
    yield "with ε = 1 it takes any, all alike"
    best = np.mean([answer(q_values, 0.2, rng) == 1 for _ in range(4_000)])
    if abs(best - 0.85) > 0.03:
        hint = "is the comparison the wrong way round?" if best < 0.5 else "is ε the probability?"
        wrong(f"With epsilon = 0.2 the best action came in {best:.0%} of 4,000, not 85 %: {hint}")
    told = [(answer(q_values, 0.3, Coin(0.5)), answer(q_values, 0.6, Coin(0.5))) for _ in range(30)]
    if set(told) != {(1, 2)}:
        wrong("Draw with the generator that was given: rng.random() < epsilon, rng.integers(n).")
    yield "with ε = 0.2, it explores in a fifth of the cases, with the given generator"


def _targets(answer, networks, right, mistakes):
    """What is the same for both kinds of targets."""
    rewards = [1.0, 2.0, 3.0]
    common = [
        ([21, 72, right[2] * 2 - 3], "The next value is multiplied by the discount."),
        ([10, 35, right[2] - 3], "The reward is missing."),
    ]
    expect(
        "The targets for the rewards 1, 2, 3 with a discount of 0.5",
        answer(batch(rewards, [0, 0, 0]), *networks, 0.5),
        right,
        mistakes + common,
    )
    yield "reward plus discounted value of the best next action"
    expect(
        "The targets, where the second transition is terminal",
        answer(batch(rewards, [0, 1, 0]), *networks, 0.5),
        [right[0], 2, right[2]],
        [
            (right, "The target of a terminal transition still contains the next state's "
                       "value: multiply it by 1 − terminal."),
            ([1, right[1], 3], "The flag is the wrong way round: 1 − terminal."),
            ([right[0], 0, right[2]], "The reward of a terminal transition counts."),
        ],
    )  # fmt: skip
    yield "a terminal transition has no future"
    weight = tf.Variable(1.0)
    trainable = [lambda states, net=net: weight * net(states) for net in networks]
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(answer(batch(rewards, [0, 0, 0]), *trainable, 0.5))
    if tape.gradient(total, weight) is not None:
        wrong(
            "A gradient flows through the targets, so training would move the goal towards the "
            "network: wrap the result in tf.stop_gradient."
        )
    yield "no gradient flows through them"


@check
def dqn_targets(answer):
    """The largest next value."""
    function("dqn_targets", answer)
    yield from _targets(
        answer,
        [target_network],
        [11, 37, 33],
        [
            ([36, 37, 38], "That is the largest value of the whole batch: take that of each row, "
                           "axis=1."),
            ([8.5, 29.5, 25.5], "That is the mean over the actions: take the largest."),
            ([6, 22, 18], "That is the smallest value of each row."),
            ([36, 32, 13], "Those are the values of the states: take batch.next_states."),
            ([6, 22, 18], "That is the value of the action that was taken: take the largest."),
        ],
    )  # fmt: skip


@check
def double_dqn_targets(answer):
    """The target network's value of the online network's choice."""
    function("double_dqn_targets", answer)
    yield from _targets(
        answer,
        [network, target_network],
        [11, 37, 18],
        [
            ([11, 37, 33], "That is DQN's target: the online network must choose the action."),
            ([2, 4.5, 3], "The two networks are swapped: the online one chooses, the target "
                          "network says what it is worth."),
            ([2, 4.5, 7.5], "Both the choice and the value are the online network's: the target "
                            "network says what it is worth."),
            ([36, 17, 13], "Those are the values in the states: take batch.next_states."),
        ],
    )  # fmt: skip


@check
def interact(answer):
    """One step: act, store, go on."""
    function("interact", answer)
    for end in ("terminated", "truncated"):
        env, memory = Walk(2, end), Noted()
        state, _ = env.reset(seed=1)
        states = [state]
        for _ in range(3):
            states.append(answer(env, memory, states[-1], np.full(1, 0.5, np.float32)))
        if len(memory.rows) != 3:
            wrong(f"In three steps, {len(memory.rows)} transitions were stored: one each.")
        if any(state is None for state in states):
            wrong("interact returned None: return the state in which the agent acts next.")
        if isinstance(states[2], tuple):
            wrong("A tuple came back after the end: reset returns the state and a dict.")
        _stored(memory.rows, end)
        expect(
            "The states that came back, from an episode of two steps",
            [float(np.ravel(state)[0]) for state in states[1:]],
            [1, 0, 1],
            [
                (path, "After the end a new episode begins: return the state of env.reset().")
                for path in ([1, 2, 3], [1, 2, 1])
            ],
        )
        if len(env.seeds) != 2:
            wrong(f"One episode ended, but reset was called {len(env.seeds) - 1} times.")
        yield f"an episode that is {end} is stored right, and the next one begins"


def _stored(rows, end):
    seen = [[float(np.ravel(part)[0]) for part in row] for row in rows[:2]]
    expect("The states that were stored", [row[0] for row in seen], [0, 1])
    expect("The actions", [row[1] for row in seen], [0.5, 0.5])
    expect("The rewards", [row[2] for row in seen], [1, 2])
    expect(
        "The next states",
        [row[3] for row in seen],
        [1, 2],
        [
            ([1, 0], "The last one is the first state of the next episode: store before you "
                     "reset."),
            ([0, 1], "Those are the states themselves."),
        ],
    )  # fmt: skip
    flags = [row[4] for row in seen]
    if end == "truncated":
        expect(
            "The terminal flags of an episode that was truncated",
            flags,
            [0, 0],
            [([0, 1], "A time limit is no terminal state: store terminated alone.")],
        )
    expect(
        "The terminal flags of an episode that was " + end,
        flags,
        [0, float(end == "terminated")],
        [
            ([0, 0], "The last step led to a terminal state."),
            ([1, 0], "The flag is the wrong way round."),
        ],
    )
