"""The checks of chapter 1."""

import gymnasium as gym
import numpy as np

from helpers.checks import check, expect, function, numbers, repaired, wrong


class Walk(gym.Env):
    """Walks 0, 1, 2, … whatever is done, with the rewards 1, 2, 4, …, and notes how it is used.

    Args:
        length: of an episode, in steps.
        end: "terminated", "truncated" or "terminated and truncated".
        rewards: other rewards than those, one a step.
        reuse: every state is the same array, written anew.
    """

    def __init__(self, length, end, rewards=None, reuse=False):
        self.observation_space = gym.spaces.Box(-100, 100, (1,), np.float32)
        self.action_space = gym.spaces.Box(-1, 1, (1,), np.float32)
        self.length, self.end = length, end
        self.rewards = rewards or [2.0**step for step in range(length)]
        self.buffer = np.zeros(1, np.float32) if reuse else None
        self.seeds, self.actions = [], []

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.seeds.append(seed)
        self.position = 0
        return self._state(), {}

    def step(self, action):
        if not self.seeds:
            wrong("step was called before reset: an episode begins with env.reset(seed=seed).")
        if self.position == self.length:
            wrong(
                f"This episode was {self.end}, and step was called once more. The loop has to "
                "stop when an episode is terminated as well as when it is truncated."
            )
        if callable(action):
            wrong("step got the policy itself: ask it for an action first, policy(state).")
        self.actions.append(np.array(action, np.float64))
        self.position += 1
        ended = self.position == self.length
        flags = ended and "terminated" in self.end, ended and "truncated" in self.end
        return self._state(), self.rewards[self.position - 1], *flags, {}

    def _state(self):
        state = np.zeros(1, np.float32) if self.buffer is None else self.buffer
        state[:] = self.position
        return state


STATE_FIRST = "reset returns the state first, state, info = env.reset(seed=seed)."


class Asked:
    """A policy that answers .4, .8, 1.2, … in one array, and notes what it was asked about."""

    def __init__(self):
        self.states = []
        self.action = np.zeros(1, np.float32)

    def __call__(self, state):
        if isinstance(state, tuple):
            wrong(
                "The policy was given a tuple: reset returns the state and a dict, (state, info)."
            )
        if isinstance(state, dict):
            wrong(f"The policy was given a dict: {STATE_FIRST}")
        self.states.append(float(np.ravel(state)[0]))
        self.action[:] = 0.4 * len(self.states)
        return self.action


WHOLE = "That is made of whole numbers, which rewards needn't be."
AS_GIVEN = "Take the actions as the policy gave them: bounds are the environment's business."


def _ran(env, policy, seed):
    """The episode was begun once with its seed, and the policy asked about each state in turn."""
    if not env.seeds:
        wrong("reset was never called: an episode begins with env.reset(seed=seed).")
    if len(env.seeds) > 1:
        wrong(f"reset was called {len(env.seeds)} times: once is enough for one episode.")
    if env.seeds != [seed]:
        wrong("reset was called without the seed: env.reset(seed=seed) makes it repeatable.")
    if env.position < env.length:
        wrong(
            f"The loop stopped after {env.position} of {env.length} steps: only terminated or "
            "truncated ends an episode."
        )
    if len(policy.states) != env.length:
        wrong(
            f"The policy was asked {len(policy.states)} times in {env.length} steps: ask it once "
            "a step, for the action in the state."
        )
    if set(policy.states) == {0.0}:
        wrong(
            "The policy was asked about the first state at every step: after a step, the state "
            "that it returned is the one to act in."
        )
    expect("The states that the policy was asked about", policy.states, np.arange(env.length))
    given = 0.4 * np.arange(1, env.length + 1)
    got = np.ravel(env.actions)
    expect("The actions that step got", got, given, [(given.clip(-1, 1), AS_GIVEN)])


def _no_text(what, seen):
    if isinstance(seen, str):
        wrong(f"{what} must be a number, but it is the text {seen!r}.")
    return seen


class OldWalk:
    """A walk of the old API: it is seeded apart, reset returns the state, and step four values."""

    def __init__(self, *arguments):
        self.walk, self.seeds = Walk(*arguments), []

    def seed(self, seed):
        self.seeds.append(seed)

    def reset(self):
        return self.walk.reset()[0]

    def step(self, action):
        state, reward, terminated, truncated, info = self.walk.step(action)
        return state, reward, terminated or truncated, info


def _runs_with_the_old_api_alone(answer):
    episode = 3, "truncated", [1.25, 2.5, -4.5]
    try:
        answer(Walk(*episode), Asked(), 7)
    except AttributeError:
        old = OldWalk(*episode)
        return answer(old, Asked(), 7) == -0.75 and old.seeds == [7]


@check
def total_reward(answer):
    """Repair a loop that was written for the old API."""
    function("total_reward", answer)
    repaired(
        lambda: _runs_with_the_old_api_alone(answer),
        "It runs an episode in an environment of the old API. In one of Gymnasium's it stops at "
        "env.seed with an AttributeError, where it should run to the end and return the total of "
        "the rewards.",
    )
    for end in ("terminated", "truncated"):
        expect(
            "The total of the rewards 1.25, 2.5, −4.5",
            _total(answer, Walk(3, end, [1.25, 2.5, -4.5])),
            -0.75,
            [
                (3.75, "The last reward is missing: it comes with the step that ends the episode."),
                (-4.5, "That is the last reward alone: add them up."),
                (-2, "The first reward is missing."),
                (-0.25, "That is their mean: the return is their sum."),
                (-1, WHOLE),
                (0, WHOLE),
            ],
        )
        yield f"an episode that is {end} ends the loop, with the right total"
    walk = Walk(300, "terminated and truncated", [0.25] * 300)
    expect("The total of 300 rewards of 0.25", _total(answer, walk), 75)
    yield "so does a long one, which is both"


def _total(answer, env):
    return _no_text("The total", _flown(answer, env))


def _flown(answer, env):
    """What came back from an episode that was flown as it should be."""
    policy = Asked()
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
        if "'dict'" in str(error):
            wrong(f"{error}: {STATE_FIRST}")
        raise
    _ran(env, policy, 7)
    return seen


@check
def rollout(answer):
    """Run one episode and keep what happened."""
    function("rollout", answer)
    for end in ("terminated", "truncated"):
        _kept(answer, Walk(3, end, [0.5, -1.25, 3.0]))
        yield f"an episode that is {end} is kept whole"
    _kept(answer, Walk(300, "terminated and truncated", [0.25] * 300, reuse=True))
    yield "so is a long one, where the world and the policy use their arrays again"
    _kept_discrete(answer)
    yield "discrete actions stay integers"
    _seeded(answer)
    yield "the same seed gives the same random actions, another one others"
    _unseeded(answer)
    yield "without a seed, they vary"


COPY = (
    "That is the last one all along: whoever made it used the same array again. Keep copies, such "
    "as np.array(state, np.float32)."
)


def _kept(answer, env):
    """What is in the episode."""
    episode, steps = _flown(answer, env), env.length
    if episode is None:
        wrong("rollout returned None: return an Episode of what happened.")
    for name in ("states", "actions", "rewards", "terminated", "truncated"):
        if not hasattr(episode, name):
            wrong(f"rollout must return an Episode, but what came back has no {name}.")
    for name in ("states", "actions", "rewards"):
        if not isinstance(part := getattr(episode, name), np.ndarray):
            wrong(f"{name} must be an array, but it is a {type(part).__name__}: np.array(…).")
    if len(np.atleast_1d(episode.states)) == steps:
        which = "first" if np.ravel(episode.states)[0] == 1 else "last"
        wrong(
            f"There are {steps} states for {steps} steps, but it takes {steps + 1}: the {which} "
            "one is missing. Keep the state that reset returns and the one that each step returns."
        )
    path, taken = np.arange(steps + 1)[:, None], np.array(env.actions)
    stuck = [path * 0 + steps, path.clip(0, 1) * steps]
    expect("states", episode.states, path, [(states, COPY) for states in stuck])
    clipped = (taken.clip(-1, 1), AS_GIVEN)
    expect("actions", episode.actions, taken, [clipped, (taken * 0 + taken[-1], COPY)])
    expect("rewards", episode.rewards, env.rewards, [(np.trunc(env.rewards), WHOLE)])
    for name in ("states", "actions", "rewards"):
        if (dtype := getattr(episode, name).dtype) != np.float32:
            wrong(f"{name} must be float32, as networks take them, not {dtype}.")
    _flags(episode, env.end)


def _flags(episode, end):
    seen = bool(episode.terminated), bool(episode.truncated)
    right = "terminated" in end, "truncated" in end
    hints = {
        (True, True): "both flags are set, keep them apart.",
        (False, False): "no flag is set, keep those of the last step.",
        right[::-1]: "step returns terminated before truncated.",
    }
    if seen != right:
        hint = hints.get(seen, "keep each flag as the last step returned it.")
        wrong(f"The episode was {end}, but (terminated, truncated) is {seen}: {hint}")


def _kept_discrete(answer):
    env = Walk(3, "terminated")
    env.action_space = gym.spaces.Discrete(5)
    actions = answer(env, lambda state: np.int32(state[0]), 7).actions
    expect("actions in a discrete space", actions, [0, 1, 2])
    if actions.dtype != np.int64:
        wrong(
            f"actions in a discrete space are {actions.dtype}, but env.action_space.dtype is "
            "int64: np.array(action, env.action_space.dtype)."
        )


def _random_actions(answer, env, *seed):
    return answer(env, lambda state: env.action_space.sample(), *seed).actions.ravel().tolist()


def _seeded(answer):
    for seed in (5, 0):
        first, second = (
            _random_actions(answer, Walk(5, "terminated"), seed) for _ in range(2)
        )  # fmt: skip
        if first != second:
            zero = " 0 is a seed like any other: `if seed is not None`." if seed == 0 else ""
            wrong(
                f"Twice the seed {seed}, but random actions that differ: the action space draws "
                f"them, so it needs the seed too, env.action_space.seed(seed).{zero}"
            )
        if len(set(first)) == 1:
            wrong(
                "All the random actions of an episode are the same: seed the action space once, "
                "before the loop."
            )
    if first == _random_actions(answer, Walk(5, "terminated"), 5):
        wrong("The seeds 0 and 5 give the same random actions: env.action_space.seed(seed).")


def _unseeded(answer):
    env = Walk(5, "terminated")
    drawn = [_random_actions(answer, env) for _ in range(2)]
    if env.seeds[-1] is not None:
        wrong("Without a seed, reset must get None: a seed made up here fixes what should vary.")
    if drawn[0] == drawn[1]:
        wrong(
            "Twice without a seed, but the same random actions: a seed made up here fixes what "
            "should vary."
        )


CLIP = "Clip the action to [-1, 1] before it moves the boat."


def _boat(make, state, noise=0.0):
    """A boat in that state."""
    env = make(noise=noise)
    env.reset(seed=0)
    env.state = np.array([state])
    return env


def _step(env, action):
    """One step; returns ``(state, reward)``."""
    given = np.array([action], np.float32)
    result = env.step(given)
    if not isinstance(result, tuple) or len(result) != 5:
        wrong(
            "step must return five values, state, reward, terminated, truncated and info, but it "
            f"returned {result!r}."
        )
    state, reward, terminated, truncated, info = result
    if truncated or terminated:
        wrong(
            "Drift has no state in which the task is over, and the time limit is not its own "
            "business: a wrapper counts the steps. Both flags are always False."
        )
    for flag in (terminated, truncated):
        if not isinstance(flag, bool | np.bool_):
            wrong(f"terminated and truncated must be False, but one of them is {flag!r}.")
    if not isinstance(info, dict):
        wrong(f"The last of the five values is a dict, {{}} if there is nothing to say: {info!r}.")
    if given[0] != np.float32(action):
        wrong("step changed the action that it was given: np.clip(action, -1, 1) makes a new one.")
    numbers("the state that step returns", state, (1,))
    if not isinstance(state, np.ndarray) or state.dtype != np.float32:
        kind = getattr(state, "dtype", type(state).__name__)
        wrong(f"The state must be returned as a float32 array, but it is {kind}: .astype(…).")
    return state, reward


@check
def drift_step(answer):
    """One move of the boat."""
    env = _boat(answer, 0.5)
    state, reward = _step(env, 0.5)
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
    if not isinstance(reward, float):
        wrong(f"The reward must be a Python float, but it is {reward!r}: float(…).")
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
    expect(
        "The state after the same action once more",
        _step(env, 0.5)[0][0],
        0.7,
        [(0.6, "self.state must be set to the new state, or every step starts at the first.")],
    )
    yield "the state moves by b·a, and stays moved"
    state, _ = _step(_boat(answer, 0.5), 3.0)
    expect("The state after a = 3 in s = 0.5", state[0], 0.7, [(1.1, CLIP)])
    state, reward = _step(_boat(answer, 0.5), -3.0)
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
    env.state = np.array([0.4321], np.float32)
    state, reward = _step(env, -0.1234)
    kept = state.copy()
    expect("The reward for a = −0.1234 in s = 0.4321", reward, -0.21716553)
    expect("The state after a = −0.1234 in s = 0.4321", state[0], 0.40742)
    _step(env, 0.5)
    if state != kept:
        wrong("The state that step returned was changed by the next step: return a copy of it.")
    bound = "The state itself has no bounds: only the action is clipped."
    for start, action, end in ((0.0, 0.0, 0.0), (3.0, 1.0, 9.0)):
        env.state = np.array([start])
        for _ in range(30):
            state, _ = _step(env, action)
        what = f"The state after 30 steps with a = {action:.0f} from s = {start:.0f}"
        expect(what, state[0], end, [(1, bound)])
    yield "nothing ends it, near or far, soon or late"
    _current(answer)
    yield "the current is uniform, and the same for the same seed"


def _current(make):
    """Many steps from the same state, with the noise on."""
    env = _boat(make, 0.0, noise=0.05)
    first, second = _moves(env), _moves(env)
    low, high = first.min(), first.max()
    seen = f"Currents from {low:.3f} to {high:.3f} were seen"
    if high - low < 1e-9:
        if abs(high) < 1e-9:
            wrong("There is no current: add a number drawn from −self.noise to self.noise.")
        wrong(f"The current is {high:.3f} at every step: draw a new one each time.")
    if max(high, -low) > 0.0501:
        normal = max(high, -low) > 2.5 * first.std()
        hint = ", which no normal distribution is" if normal else ": the range is too wide"
        wrong(f"{seen}, where ±0.05 is the most. It is uniform in ± self.noise{hint}.")
    if low >= 0 or high <= 0:
        wrong(f"{seen}: they go both ways, from −self.noise to self.noise.")
    if low > -0.049 or high < 0.049:
        wrong(f"{seen}: the range is wrong, it goes from −self.noise to self.noise, ±0.05 here.")
    if (different := len(set(first))) < 1_000:
        wrong(
            f"Only {different} different currents came in 2,000 steps: any number from "
            "−self.noise to self.noise can come, and nothing is rounded."
        )
    quarters = np.histogram(first, 4, (-0.0501, 0.0501))[0]
    if np.ptp(quarters) > 200:
        wrong(
            f"The quarters of the range, from −self.noise to self.noise, got {quarters.tolist()} "
            "of 2,000 currents: in a uniform one, each gets about 500."
        )
    if not np.array_equal(first, second):
        wrong(
            "Twice the same seed, but different currents: draw from self.np_random, which reset "
            "seeds."
        )


def _moves(env):
    env.reset(seed=1)
    moves = []
    for _ in range(2_000):
        env.state = np.array([0.0])
        state, _ = _step(env, 0.0)
        if abs(np.ravel(env.state)[0] - state[0]) > 1e-6:
            wrong(
                f"step returned {state[0]:.3f}, but self.state is {np.ravel(env.state)[0]:.3f}: "
                "the current moves the boat itself, so both are the same."
            )
        moves.append(float(state[0]))
    return np.array(moves)


@check
def discounted_return(answer):
    """The rewards, counted less the later they come."""
    function("discounted_return", answer)
    rewards = np.array([-1.5, 0.0, 2.0, 2.0, -1.0, 3.0])
    time = np.arange(6)
    right = -1.5 + 1.62 + 1.458 - 0.6561 + 1.77147
    expect(
        "The return of −1.5, 0, 2, 2, −1, 3 with a discount of 0.9",
        _return(answer, rewards.tolist(), 0.9),
        right,
        [
            (4.5, "That is their plain sum: each reward is multiplied by a power of the discount."),
            (0.9 * right, "The first reward counts whole: the powers begin with γ⁰ = 1."),
            (
                rewards[::-1] @ 0.9**time,
                "The order is turned round: the first reward counts most, not the last.",
            ),
            (right / 6, "That is the mean: the return is the sum."),
            (right - 1.77147, "The last reward is missing."),
            (
                0.9 * 6 - 1.5,
                "Every reward after the first got the same factor: γ⁰, γ¹, γ², … grows with t.",
            ),
            (rewards @ (0.9 * time), "The factors are powers, γ to the t, and not γ times t."),
            (-1.5, "That is the first reward alone: is the return inside the loop?"),
            (2, WHOLE),
            (3, WHOLE),
        ],
    )
    expect("The return of 1, 2, 4 with a discount of 0.5", _return(answer, [1, 2, 4], 0.5), 3)
    yield "1 + 0.5·2 + 0.25·4 = 3"
    rewards = np.array([3.0, 5.0, 7.0])
    zero = [(0, "γ⁰ is 1, also for γ = 0.")]
    expect("With a discount of 0", _return(answer, rewards, 0.0), 3, zero)
    expect("With a discount of 1", _return(answer, rewards, 1.0), 15)
    yield "a discount of 0 sees only the first reward, one of 1 all alike"
    try:
        seen = answer([], 0.9)
    except (IndexError, ValueError, ZeroDivisionError) as error:
        wrong(f"The list of rewards was empty, and your code stopped with {error}: return 0.")
    expect("The return of no rewards at all", seen, 0)
    expect("The return of one reward, 6", answer([6.0], 0.9), 6)
    yield "no reward, or one, works too"


def _return(answer, rewards, discount):
    given = rewards.copy()
    seen = answer(given, discount)
    if list(given) != list(rewards):
        wrong("The rewards that came in were changed: work on a copy.")
    return _no_text("The return", seen)
