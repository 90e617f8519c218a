"""The checks of chapter 1."""

import gymnasium as gym
import numpy as np

from helpers.checks import check, expect, function, numbers, wrong


class Walk(gym.Env):
    """Walks 0, 1, 2, … whatever is done, with the rewards 1, 2, 4, …, and notes how it is used."""

    def __init__(self, length, end):
        self.observation_space = gym.spaces.Box(-100, 100, (1,), np.float32)
        self.action_space = gym.spaces.Box(-1, 1, (1,), np.float32)
        self.length, self.end = length, end
        self.seeds, self.actions = [], []

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.seeds.append(seed)
        self.position = 0
        return np.zeros(1, np.float32), {}

    def step(self, action):
        if not self.seeds:
            wrong("step was called before reset: an episode begins with env.reset(seed=seed).")
        if self.position == self.length:
            other = {"terminated": "truncated", "truncated": "terminated"}[self.end]
            wrong(
                f"This episode was {self.end}, and step was called once more. The loop has to "
                f"stop when an episode is {self.end} as well as when it is {other}."
            )
        self.actions.append(np.array(action, np.float64))
        self.position += 1
        ended = self.position == self.length
        state = np.full(1, self.position, np.float32)
        reward = 2.0 ** (self.position - 1)
        flags = ended and self.end == "terminated", ended and self.end == "truncated"
        return state, reward, *flags, {}


class Asked:
    """A policy that answers .1, .2, .3, … and notes which states it was asked about."""

    def __init__(self):
        self.states = []

    def __call__(self, state):
        if isinstance(state, tuple):
            wrong(
                "The policy was given a tuple: reset returns the state and a dict, (state, info)."
            )
        self.states.append(float(np.ravel(state)[0]))
        return np.full(1, len(self.states) / 10, np.float32)


def _ran(env, policy, seed):
    """The episode was begun once with its seed, and the policy asked about each state in turn."""
    if len(env.seeds) != 1:
        wrong(f"reset was called {len(env.seeds)} times: once is enough for one episode.")
    if env.seeds != [seed]:
        wrong("reset was called without the seed: env.reset(seed=seed) makes it repeatable.")
    if env.position < env.length:
        wrong(
            f"The loop stopped after {env.position} of {env.length} steps: only terminated or "
            "truncated ends an episode."
        )
    if set(policy.states) == {0.0}:
        wrong(
            "The policy was asked about the first state at every step: after a step, the state "
            "that it returned is the one to act in."
        )
    expect("The states that the policy was asked about", policy.states, np.arange(env.length))
    expect("The actions that step got", np.ravel(env.actions), np.arange(1, env.length + 1) / 10)


@check
def total_reward(answer):
    """Repair a loop that was written for the old API."""
    function("total_reward", answer)
    for end in ("terminated", "truncated"):
        env, policy = Walk(3, end), Asked()
        try:
            seen = answer(env, policy, 7)
        except (TypeError, ValueError, AttributeError) as error:
            if "unpack" in str(error):
                wrong(
                    f"{error}: step returns five values now, state, reward, terminated, truncated "
                    "and info, and reset two, state and info."
                )
            if "seed" in str(error):
                wrong(f"{error}: the seed is given to reset now, env.reset(seed=seed).")
            raise
        _ran(env, policy, 7)
        expect(
            "The total of the rewards 1, 2, 4",
            seen,
            7,
            [
                (3, "The last reward is missing: it comes with the step that ends the episode."),
                (4, "That is the last reward alone: add them up."),
                (6, "The first reward is missing."),
                (7 / 3, "That is their mean: the return is their sum."),
            ],
        )
        yield f"an episode that is {end} ends the loop, with the right total"


@check
def rollout(answer):
    """Run one episode and keep what happened."""
    function("rollout", answer)
    for end in ("terminated", "truncated"):
        env, policy = Walk(3, end), Asked()
        episode = answer(env, policy, 7)
        _ran(env, policy, 7)
        if episode is None:
            wrong("rollout returned None: return an Episode of what happened.")
        missing = [
            name
            for name in ("states", "actions", "rewards", "terminated", "truncated")
            if not hasattr(episode, name)
        ]
        if missing:
            wrong(f"rollout must return an Episode, but what came back has no {missing[0]}.")
        _kept(episode, end)
        yield f"an episode that is {end} is kept whole"
    env = Walk(3, "terminated")
    first, second = (
        answer(env, lambda state: env.action_space.sample(), 5).actions for _ in range(2)
    )
    if not np.array_equal(first, second):
        wrong(
            "Twice the same seed, but random actions that differ: the action space draws them, so "
            "it needs the seed too, env.action_space.seed(seed)."
        )
    yield "the same seed gives the same random actions"
    answer(env, lambda state: env.action_space.sample())
    if env.seeds[-1] is not None:
        wrong("Without a seed, reset must get None: a seed made up here fixes what should vary.")
    yield "without a seed, it runs too"


def _kept(episode, end):
    """What is in the episode of three steps."""
    states = np.asarray(episode.states, np.float64)
    if len(states) == 3:
        which = "first" if np.ravel(states)[0] == 1 else "last"
        wrong(
            f"There are 3 states for 3 steps, but it takes 4: the {which} one is missing. Keep the "
            "state that reset returns and the one that each step returns."
        )
    expect("states", numbers("states", states, (4, 1)), [[0], [1], [2], [3]])
    expect("actions", episode.actions, [[0.1], [0.2], [0.3]])
    expect("rewards", episode.rewards, [1, 2, 4])
    flags = bool(episode.terminated), bool(episode.truncated)
    if flags == (True, True):
        wrong(f"The episode was {end}, but both flags are set: keep them apart.")
    if flags != (end == "terminated", end == "truncated"):
        wrong(
            f"The episode was {end}, but terminated is {flags[0]} and truncated is {flags[1]}: "
            "step returns terminated before truncated."
        )
    if np.asarray(episode.states).dtype != np.float32:
        wrong(f"states must be float32, as networks take them, not {episode.states.dtype}.")


CLIP = "Clip the action to [-1, 1] before it moves the boat."


def _step(make, state, action, noise=0.0):
    """One step from a state; returns ``(env, state, reward)``."""
    env = make(noise=noise)
    env.reset(seed=0)
    env.state = np.array([state])
    result = env.step(np.array([action], np.float32))
    if not isinstance(result, tuple) or len(result) != 5:
        wrong(
            "step must return five values, state, reward, terminated, truncated and info, but it "
            f"returned {result!r}."
        )
    seen, reward, terminated, truncated, info = result
    if terminated or truncated:
        wrong(
            "Drift has no state in which the task is over, and the time limit is not its own "
            "business: a wrapper counts the steps. Both flags are always False."
        )
    if not isinstance(info, dict):
        wrong(f"The last of the five values is a dict, {{}} if there is nothing to say: {info!r}.")
    return env, numbers("the state that step returns", seen, (1,)), reward


@check
def drift_step(answer):
    """One move of the boat."""
    env, state, reward = _step(answer, 0.5, 0.5)
    expect(
        "The reward for a = 0.5 in s = 0.5",
        reward,
        -0.75,
        [
            (0.75, "The sign: it is a cost, so the reward is negative."),
            (-0.86, "The cost is that of the state before the move, s and not s'."),
            (-0.5, "The action's cost is c times its square."),
            (-1.25, "The action is squared, c·a², before c multiplies it."),
            (-0.25, "The action costs something too."),
        ],
    )
    if not isinstance(reward, float | np.floating):
        wrong(f"The reward must be a single float, but it is {reward!r}: take [0] of arrays.")
    yield "the reward is −(s² + c·a²)"
    expect(
        "The state after a = 0.5 in s = 0.5, without a current",
        state[0],
        0.6,
        [
            (1.0, "The action moves the boat by b times itself."),
            (0.5, "The state hasn't moved."),
            (0.4, "The sign of the action: it is added."),
            (0.1, "The boat moves on from where it was: s + b·a."),
        ],
    )
    again = env.step(np.array([0.5], np.float32))[0]
    expect(
        "The state after the same action once more",
        numbers("the state", again, (1,))[0],
        0.7,
        [(0.6, "self.state must be set to the new state, or every step starts at the first.")],
    )
    yield "the state moves by b·a, and stays moved"
    _, state, reward = _step(answer, 0.5, 3.0)
    expect("The state after a = 3 in s = 0.5", state[0], 0.7, [(1.1, CLIP)])
    _, state, reward = _step(answer, 0.5, -3.0)
    expect(
        "The state after a = −3 in s = 0.5",
        state[0],
        0.3,
        [
            (-0.1, CLIP),
            (0.5, "Clip to [-1, 1], not to [0, 1]: the boat goes both ways."),
        ],
    )
    expect(
        "The reward for a = −3 in s = 0.5",
        reward,
        -2.25,
        [(-18.25, "Clip the action before its cost is counted, too.")],
    )
    yield "actions are clipped first"
    _current(answer)
    yield "the current is uniform, and the same for the same seed"


def _current(make):
    """Many steps from the same state, with the noise on."""
    env = make(noise=0.05)
    runs = []
    for _ in range(2):
        env.reset(seed=1)
        moves = []
        for _ in range(300):
            env.state = np.array([0.0])
            moves.append(float(env.step(np.zeros(1, np.float32))[0][0]))
        runs.append(np.array(moves))
    moves = runs[0]
    if np.ptp(moves) < 1e-9:
        wrong("There is no current: add a number drawn from −self.noise to self.noise.")
    if np.abs(moves).max() > 0.0501:
        wrong(
            f"A current of {np.abs(moves).max():.3f} was seen, where ±0.05 is the most: it is "
            "uniform in ± self.noise, which no normal distribution is."
        )
    if moves.min() > -0.03 or moves.max() < 0.03:
        wrong(
            f"Currents from {moves.min():.3f} to {moves.max():.3f} were seen: they go both ways, "
            "from −self.noise to self.noise."
        )
    if not np.array_equal(*runs):
        wrong(
            "Twice the same seed, but different currents: draw from self.np_random, which reset "
            "seeds."
        )


@check
def discounted_return(answer):
    """The rewards, counted less the later they come."""
    function("discounted_return", answer)
    seen = answer([1.0, 2.0, 4.0], 0.5)
    expect(
        "The return of 1, 2, 4 with a discount of 0.5",
        seen,
        3,
        [
            (7, "That is their plain sum: each reward is multiplied by a power of the discount."),
            (1.5, "The first reward counts whole: the powers begin with γ⁰ = 1."),
            (5.25, "The order is turned round: the first reward counts most, not the last."),
            (1, "That is the mean: the return is the sum."),
            (2, "The last reward is missing."),
            (4, "Every reward after the first got the same factor: γ⁰, γ¹, γ², … grows with t."),
        ],
    )
    yield "1 + 0.5·2 + 0.25·4 = 3"
    rewards = np.array([3.0, 5.0, 7.0])
    expect("With a discount of 0", answer(rewards, 0.0), 3, [(0, "γ⁰ is 1, also for γ = 0.")])
    expect("With a discount of 1", answer(rewards, 1.0), 15)
    if not np.array_equal(rewards, [3, 5, 7]):
        wrong("The rewards that came in were changed: work on a copy.")
    yield "a discount of 0 sees only the first reward, one of 1 all alike"
    expect("The return of no rewards at all", answer([], 0.9), 0)
    expect("The return of one reward, 6", answer([6.0], 0.9), 6)
    yield "no reward, or one, works too"
