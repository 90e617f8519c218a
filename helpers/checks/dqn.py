"""The checks of chapter 3."""

import gymnasium as gym
import numpy as np
import tensorflow as tf

from helpers.checks import Mistake, check, expect, function, repaired, wrong
from helpers.checks.replay_memory import Noted
from helpers.replay_memory import Batch

# Values of three actions in three states, a row each.
ONLINE = np.float32([[1, 2, -1], [4, -6, 5], [-3, -9, -5]])
TARGET = np.float32([[10, 20, -60], [70, 20, 40], [-30, -80, -10]])


def network(states, training=False):
    """The online network: it thinks that the actions 1, 2 and 0 are best."""
    return tf.convert_to_tensor(states) @ ONLINE


def target_network(states, training=False):
    """The target network: it thinks that the actions 1, 0 and 2 are best."""
    return tf.convert_to_tensor(states) @ TARGET


def batch(rewards, terminals):
    """Three transitions into the three states, from the next one each."""
    states = np.eye(3, dtype=np.float32)
    actions = np.array([0, 1, 0])
    return Batch(states[[1, 2, 0]], actions, np.float32(rewards), states, np.float32(terminals))


def only_read(answer, batch, *others):
    """What the answer makes of a batch, which it leaves as it was."""
    before = [np.copy(part) for part in batch]
    seen = answer(batch, *others)
    for name, old, part in zip(batch._fields, before, batch):
        if not np.array_equal(old, part):
            wrong(f"batch.{name} was changed: a batch is only read, so make a new array.")
    return seen


def compiled(answer, *given):
    """What the answer makes of tensors inside a ``tf.function``, as the training loop calls it."""

    def run(*tensors):
        return answer(*tensors)

    log = tf.get_logger()
    level = log.level
    log.setLevel("ERROR")  # a warning is logged where a program's source isn't found
    try:
        return tf.function(run)(*tf.nest.map_structure(tf.constant, given))
    except Mistake:
        raise
    except Exception as error:  # whatever it is, the answer worked outside
        last = (str(error).strip() or type(error).__name__).splitlines()[-1].strip()
        wrong(
            "It works on arrays, but not inside tf.function, and it is compiled later. Use "
            f"TensorFlow's operations, no NumPy, no .numpy() and no float(). The error is: {last}"
        )
    finally:
        log.setLevel(level)


def compiled_targets(answer, batch, right):
    """The targets are the same when they are compiled, in the type of the rewards."""
    seen = compiled(answer, batch)
    expect("The targets inside tf.function", seen, right)
    if seen.dtype != tf.float32:
        wrong(
            f"The targets are {seen.dtype.name}: leave them float32, as rewards and values are. "
            "TensorFlow subtracts no type from another."
        )


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
    rng = np.random.default_rng(0)

    def ask(epsilon, rng=rng, values=(1.0, 9.0, 3.0, -20.0)):
        q_values = np.array(values)
        action = answer(q_values, epsilon, rng)
        if not np.array_equal(q_values, values):
            wrong(f"q_values was changed from {list(values)} to {q_values.tolist()}: only read it.")
        return action

    greedy = [ask(0.0) for _ in range(50)]
    if not all(isinstance(action, int) for action in greedy):
        wrong(f"The action must be an int, but it is {greedy[0]!r}: int(np.argmax(…)).")
    if set(greedy) == {3}:
        wrong("With epsilon = 0 it took action 3, of −20, where 1 has the largest value, 9.")
    if set(greedy) != {1}:
        wrong(
            f"With epsilon = 0 it took the actions {sorted(set(greedy))}, where 1 has the largest "
            "value, always."
        )
    yield "with ε = 0 it takes the best"
    random = np.bincount([ask(1.0) for _ in range(4_000)], minlength=4)
    if len(random) > 4:
        wrong(f"It took action {len(random) - 1}, but there are 4, from 0 to 3.")
    if random.min() < 850 or random.max() > 1_150:
        wrong(
            f"With epsilon = 1 the four actions came {random.tolist()} times of 4,000: all of them "
            "should come alike, the best one too."
        )
    if {ask(1.0, values=(5.0, 2.0)) for _ in range(100)} != {0, 1}:
        wrong(
            "Of two values it didn't take 0 and 1: there are len(q_values) actions, not always 4."
        )
    yield "with ε = 1 it takes each equally often"
    best = np.mean([ask(0.2) == 1 for _ in range(4_000)])
    if abs(best - 0.85) > 0.03:
        hint = "is the comparison the wrong way round?" if best < 0.5 else "is ε the probability?"
        wrong(f"With epsilon = 0.2 the best action came in {best:.0%} of 4,000, not 85 %: {hint}")
    told = [(ask(0.3, Coin(0.5)), ask(0.6, Coin(0.5))) for _ in range(30)]
    if set(told) != {(1, 2)}:
        wrong("Draw with the generator that was given: rng.random() < epsilon, rng.integers(n).")
    yield "with ε = 0.2, it explores in a fifth of the cases, with the given generator"


NEXT = "take batch.next_states."


def _targets(answer, networks, right, mistakes):
    """What is the same for both kinds of targets."""
    rewards, right = np.array([1, 2, 3]), np.array(right)
    future = right - rewards
    common = [
        (rewards + 2 * future, "The next value is multiplied by the discount."),
        (future, "The reward is missing."),
        (rewards / 2 + future, "The discount is for the next value alone, not for the reward."),
        (rewards, "Nothing was terminal here, so the next value counts: 1 − terminal."),
        (rewards + np.maximum(future, 0), "Values may be negative: leave them as they are."),
        (rewards + np.abs(future), "Values may be negative: leave them as they are."),
    ]
    expect(
        "The targets for the rewards 1, 2, 3 with a discount of 0.5",
        only_read(answer, batch(rewards, [0, 0, 0]), *networks, 0.5),
        right,
        mistakes + common,
    )
    yield "reward plus discounted value of the best next action"
    ended = [right[0], 2, right[2]]
    expect(
        "The targets, where the second transition is terminal",
        only_read(answer, batch(rewards, [0, 1, 0]), *networks, 0.5),
        ended,
        [
            (right, "The target of a terminal transition still contains the next state's "
                       "value: multiply it by 1 − terminal."),
            ([1, right[1], 3], "The flag is the wrong way round: 1 − terminal."),
            ([right[0], 0, right[2]], "The reward of a terminal transition counts."),
        ],
    )  # fmt: skip
    yield "a terminal transition has no future"
    weight = tf.Variable(1.0)
    trainable = [lambda states, net=net, **_: weight * net(states) for net in networks]
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(answer(batch(rewards, [0, 0, 0]), *trainable, 0.5))
    if tape.gradient(total, weight) is not None:
        wrong(
            "A gradient flows through the targets, so training would move the goal towards the "
            "network: wrap the result in tf.stop_gradient."
        )
    yield "no gradient flows through them"
    compiled_targets(lambda given: answer(given, *networks, 0.5), batch(rewards, [0, 1, 0]), ended)
    yield "they can be compiled"


@check
def dqn_targets(answer):
    """The largest next value."""
    function("dqn_targets", answer)
    yield from _targets(
        answer,
        [target_network],
        [11, 37, -2],
        [
            ([36, 37, 38], "That is the largest value of the whole batch: take that of each row, "
                           "axis=1."),
            ([36, 12, 23], "That is the largest value of each column: take that of each row, "
                           "axis=1."),
            ([-4, 2 + 65 / 3, -17], "That is the mean over the actions: take the largest."),
            ([-29, 12, -37], "That is the smallest value of each row."),
            ([31, 37, 43], "Values may be negative: leave them as they are."),
            ([11, 37, -12], "The largest of each row is sought among all actions, here three."),
            ([36, -3, 13], f"Those are the values of the states: {NEXT}"),
            ([6, 12, -12], "That is the value of the action that was taken: take the largest."),
        ],
    )  # fmt: skip


@check
def double_dqn_targets(answer):
    """The target network's value of the online network's choice."""
    function("double_dqn_targets", answer)
    smaller = (
        "That is the smaller of what the two networks say: the online one only chooses, the target "
        "network alone says what it is worth."
    )
    yield from _targets(
        answer,
        [network, target_network],
        [11, 22, -12],
        [
            ([11, 37, -2], "That is DQN's target: the online network must choose the action."),
            ([2, 4, 0.5], "The two networks are swapped: the online one chooses, the target "
                          "network says what it is worth."),
            ([2, 4.5, 1.5], "Both the choice and the value are the online network's: the target "
                            "network says what it is worth."),
            ([2, 4.5, -2], smaller),
            ([2, 4.5, -12], smaller),
            ([-29, 12, -37], "That is the action of the smallest value: tf.argmax."),
            ([21, -13, 13], f"Those are the values in the states: {NEXT}"),
            ([-29, 37, -37], f"The choice was made in batch.states: {NEXT}"),
            ([11, -3, 8], f"The choice was valued in batch.states: {NEXT}"),
            ([6, 12, -12], "That is the value of the action that was taken: the online network "
                           "chooses the next one."),
        ],
    )  # fmt: skip


class World(gym.Env):
    """Walks 0, 1, 2, … whatever is done, in the second episode 10, 11, …, with rewards 1, 2, ….

    Args:
        length: of an episode, in steps.
        end: ``"terminated"``, ``"truncated"``, or both in one string.
    """

    def __init__(self, length, end):
        self.action_space = gym.spaces.Box(-1, 1, (1,), np.float32)
        self.length, self.end = length, end
        self.actions, self.episode = [], -1

    def reset(self, *, seed=None, options=None):
        if self.episode >= 0 and seed is not None:
            wrong(
                "reset was given a seed, so every episode would begin alike: env.reset() alone "
                "goes on with the generator that there is."
            )
        self.episode, self.position = self.episode + 1, 0
        return np.full(1, 10 * self.episode, np.float32), {}

    def step(self, action):
        if self.position == self.length:
            wrong(
                f"An episode was {self.end}, and the next call made a step in it: reset after an "
                "end, be it terminated or truncated."
            )
        self.actions.append(float(np.ravel(action)[0]))
        self.position += 1
        ended = self.position == self.length
        state = np.full(1, 10 * self.episode + self.position, np.float32)
        flags = (ended and flag in self.end for flag in ("terminated", "truncated"))
        return state, float(self.position), *flags, {}


GIVEN = [0.5, -0.25, 0.75]


def _stores_as_given(answer):
    seen = []
    for end in ("terminated", "truncated"):
        env, memory = World(2, end), Noted()
        state, _ = env.reset(seed=1)
        for action in GIVEN:
            state = answer(env, memory, state, np.full(1, action, np.float32))
        seen.append([[float(np.ravel(part)[0]) for part in row] for row in memory.rows])
    return seen == 2 * [[[0, 0.5, 1, 1, 0], [1, -0.25, 2, 10, 1], [10, 0.75, 1, 11, 0]]]


@check
def interact(answer):
    """One step: act, store, go on."""
    function("interact", answer)
    repaired(
        lambda: _stores_as_given(answer),
        "The first episode went 0, 1, 2 and ended, and the second began 10, 11. Of these three "
        "steps it stored the next states 1, 10, 11 instead of 1, 2, 11. Where the first episode "
        "was truncated, the terminal flags were 0, 1, 0 instead of 0, 0, 0.",
    )
    for end in ("terminated", "truncated", "terminated and truncated"):
        env, memory = World(2, end), Noted()
        state, _ = env.reset(seed=1)
        states = [state]
        for action in GIVEN:
            states.append(answer(env, memory, states[-1], np.full(1, action, np.float32)))
        if len(memory.rows) != 3:
            wrong(f"In three steps, {len(memory.rows)} transitions were stored: one each.")
        if any(state is None for state in states):
            wrong("interact returned None: return the state in which the agent acts next.")
        if any(isinstance(state, tuple) for state in states):
            wrong("A tuple came back after the end: reset returns the state and a dict.")
        if env.episode != 1:
            wrong(f"One episode ended, but reset was called {env.episode} times.")
        expect(
            "The states that came back, from episodes of two steps that begin with 0 and with 10",
            [float(np.ravel(state)[0]) for state in states[1:]],
            [1, 10, 11],
            [([1, 2, 11], "After the end a new episode begins: return the state of env.reset().")],
        )
        expect("The actions that the environment got", env.actions, GIVEN)
        _stored(memory.rows, end)
        yield f"an episode that is {end} is stored right, and the next one begins"


def _stored(rows, end):
    seen = [[float(np.ravel(part)[0]) for part in row] for row in rows]
    expect("The states that were stored", [row[0] for row in seen], [0, 1, 10])
    expect("The actions", [row[1] for row in seen], GIVEN)
    expect("The rewards", [row[2] for row in seen], [1, 2, 1])
    expect(
        "The next states",
        [row[3] for row in seen],
        [1, 2, 11],
        [
            ([1, 10, 11], "The last of an episode is the first state of the next one: store before "
                          "you reset."),
            ([1, 0, 11], "At the end zeros were stored: store the state that step returned."),
            ([0, 1, 10], "Those are the states themselves."),
        ],
    )  # fmt: skip
    last = [0, 1, 0], [0, 0, 0]
    expect(
        "The terminal flags of an episode that was " + end,
        [row[4] for row in seen],
        last["terminated" not in end],
        [
            (last["terminated" in end], {
                "terminated": "The last step led to a terminal state.",
                "truncated": "A time limit is no terminal state: store terminated alone.",
            }.get(end, "What terminated is terminal, truncated or not: store terminated alone.")),
            ([1, 0, 1], "The flag is the wrong way round."),
        ],
    )  # fmt: skip
