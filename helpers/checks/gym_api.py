"""The probes of chapter 1."""

import gymnasium as gym
import numpy as np

from helpers.checks import exercise
from helpers.checks.toolbox import LONG, Policy, World

ACTIONS = [np.float32([action]) for action in (0.4, 0.8, 1.2, -1.6)]


class OldWorld:
    """A world of the old API: it has ``seed``, reset returns the state, and step four values."""

    def seed(self, seed):
        self.steps = 0

    def reset(self):
        return np.zeros(1)

    def step(self, action):
        self.steps += 1
        if self.steps > LONG:
            raise StopIteration
        return np.zeros(1), 1.0, self.steps == 3, {}


def _flown(see, answer, world, seed, reuse=False):
    """Fly an episode, note how, and return what came back."""
    policy = Policy(see, ACTIONS, reuse)
    seen = answer(world, policy, seed)
    see.note("The seeds that reset got", str(world.seeds))
    see.note("The number of steps", world.position)
    see.note("The states that the policy was asked about", policy.states)
    see.note("The actions that step got", np.ravel(world.actions))
    return seen


ENDS = "terminated", "truncated"
BOTH = "terminated and truncated"


@exercise
def total_reward(see, answer):
    """Repair a loop that was written for the old API."""
    try:
        answer(OldWorld(), lambda state: 0.0, 7)
        outcome = "a total"
    except Exception:  # whatever it is, it doesn't run there
        outcome = "an error"
    see.note("The outcome in an environment of the old API", outcome)
    for end in ENDS:
        rewards = see.given([1.25, 2.5, -4.5], -9, 9)
        total = _flown(see, answer, World(see, 3, end, rewards), see.given(7, 5, 900))
        shown = ", ".join(f"{reward:.4g}" for reward in rewards)
        see.note(f"The total of the rewards {shown}, in an episode that was {end},", total)
        see.tick(f"an episode that is {end} ends the loop, with the right total")
    rewards = [see.given(0.25, 0.1, 0.4)] * 300
    total = _flown(see, answer, World(see, 300, BOTH, rewards), 0)
    see.note(f"The total of 300 rewards of {rewards[0]:.4g}", total)
    see.tick("a long episode, which is both, works as well")


PARTS = "states", "actions", "rewards"


@exercise
def rollout(see, answer):
    """Run one episode and keep what happened."""
    for end in ENDS:
        length = see.given(3, 4, 7)  # never the public one in a grading
        rewards = see.given(np.array([0.5, -1.25, 3.0, 2.0, 0.0, -5.5])[:length], -9, 9)
        _kept(see, answer, World(see, length, end, rewards.tolist()))
        see.tick(f"an episode that is {end} is kept whole")
    world = World(see, 300, BOTH, [see.given(0.25, 0.1, 0.4)] * 300, reuse=True)
    _kept(see, answer, world, reuse=True)
    see.tick("so is a long one, where world and policy reuse their arrays")
    whole = World(see, 3, "terminated", space=gym.spaces.Discrete(5))
    taken = see.given(np.array([0, 1, 2]), 0, 5)
    actions = _part(see, answer(whole, Policy(see, [*taken.astype(np.int32)]), 7), "actions")
    see.note("actions in a discrete space", actions)
    see.type("actions in a discrete space", actions)
    see.tick("discrete actions stay integers")
    drawn = {}
    for seed in (5, 0):
        first, second = (_random_actions(see, answer, seed) for _ in range(2))
        drawn[seed] = first
        outcome = "the same" if first == second else "different"
        see.note(f"The random actions of a second episode with the seed {seed}", outcome)
        see.note("The number of different actions in five random ones", len(set(first)))
    outcome = "the same" if drawn[0] == drawn[5] else "different"
    see.note("The random actions with the seeds 0 and 5", outcome)
    see.tick("the same seed gives the same random actions, another seed gives different ones")
    for seed, actions in drawn.items():
        own = gym.spaces.Box(-1, 1, (1,), np.float32, seed=seed)  # as a world draws with this seed
        alike = actions == [float(own.sample()[0]) for _ in actions]
        outcome = "the same" if alike else "different"
        see.note(f"The numbers that world and actions draw with the seed {seed}", outcome)
    see.tick("world and actions draw different numbers")
    world = World(see, 5, "terminated")
    first, second = (_random_actions(see, answer, None, world) for _ in range(2))
    see.note("The seeds that reset got without a seed", str(world.seeds))
    outcome = "the same" if first == second else "different"
    see.note("The random actions of a second episode without a seed", outcome)
    see.tick("without a seed, episodes differ")


def _part(see, episode, name):
    if episode is None:
        see.refuse(
            "rollout returned None. It should return an Episode: is there a `return` at the end?"
        )
    if not hasattr(episode, name):
        see.refuse(f"rollout must return an Episode, but what came back has no {name}.")
    return getattr(episode, name)


def _kept(see, answer, world, reuse=False):
    """Note what is in the episode."""
    episode = _flown(see, answer, world, see.given(7, 5, 900), reuse)
    for name in PARTS:
        see.note(f"{name} of an episode of {world.length} steps", _part(see, episode, name))
    for name in PARTS:
        see.type(name, _part(see, episode, name))
    flags = [bool(_part(see, episode, name)) for name in ENDS]
    see.note(f"(terminated, truncated) of an episode that was {world.end}", str(tuple(flags)))


def _random_actions(see, answer, seed, world=None):
    world = world or World(see, 5, "terminated")
    given = () if seed is None else (seed,)
    episode = answer(world, lambda state: world.action_space.sample(), *given)
    return np.ravel(_part(see, episode, "actions")).tolist()


def _boat(make, state, noise=0.0, seed=0):
    """A boat in that state."""
    env = make(noise=noise)
    env.reset(seed=seed)
    env.state = np.array([state])
    return env


def _step(see, env, action):
    """One step; returns ``(state, reward)``."""
    given = np.array([action], np.float32)
    result = env.step(given)
    if not isinstance(result, tuple) or len(result) != 5:
        see.refuse(
            "step must return five values, state, reward, terminated, truncated and info, but it "
            f"returned {result!r}."
        )
    state, reward, *flags, info = result
    if not isinstance(state, np.ndarray):
        see.refuse(f"The state must be an array, not {state!r}.")
    if any(flags):
        see.refuse(
            "step said that the episode is over. Drift has no state in which the task ends, and a "
            "wrapper counts the steps for the time limit, so both flags are always False."
        )
    for flag in flags:
        if not isinstance(flag, bool | np.bool_):
            see.refuse(f"terminated and truncated must be False, but one of them is {flag!r}.")
    if not isinstance(info, dict):
        see.refuse(
            f"The last of the five values must be a dict, {{}} if it is empty, not {info!r}."
        )
    if given[0] != np.float32(action):
        see.refuse(
            "step changed the action that it was given. Leave it alone: np.clip makes a new one."
        )
    return state, reward


@exercise
def drift_step(see, answer):
    """One move of the boat."""
    start, push = see.given(0.5, 0.3, 0.8), see.given(0.5, 0.2, 0.7)
    env = _boat(answer, start)
    state, reward = _step(see, env, push)
    see.note(f"The reward for a = {push:.4g} in s = {start:.4g}", reward)
    see.type("the reward", float(reward) if isinstance(reward, float) else reward)
    see.tick("the reward is −(s² + c·a²)")
    see.note(f"The state after a = {push:.4g} in s = {start:.4g}, without a current", state)
    see.type("the state that step returns", state)
    see.note("The state after the same action once more", _step(see, env, push)[0])
    see.tick("the state moves by b·a, and stays moved")
    for action in (3.0, -3.0):
        state, reward = _step(see, _boat(answer, start), action)
        see.note(f"The state after a = {action:g} in s = {start:.4g}", state)
        see.note(f"The reward for a = {action:g} in s = {start:.4g}", reward)
    see.tick("actions are clipped first")
    env.state = np.float32([see.given(-0.4321, -0.9, -0.1)])
    state, reward = _step(see, env, see.given(-0.1234, -0.9, -0.1))
    see.note("The reward for a = −0.1234 in s = −0.4321", reward, 1e-6)
    see.note("The state after a = −0.1234 in s = −0.4321", state, 1e-6)
    _step(see, env, push)
    see.still("The state that this step returned, after the next one,", state)
    for start, action in ((0.0, 0.0), (3.0, 1.0)):
        env.state = np.array([start])
        for _ in range(30):
            state, _ = _step(see, env, action)
        see.note(f"The state after 30 steps with a = {action:g} from s = {start:g}", state)
    see.tick("no state ends the task, near or far, soon or late")
    seed = see.given(1, 1, 1000)
    env = _boat(answer, 0.0, 0.05, seed)
    path = [0.0]
    for _ in range(20):
        state, _ = _step(see, env, 0.0)
        path.append(float(state[0]))
        if not np.allclose(state, env.state):
            see.refuse(
                f"step returned {state[0]:.3f}, but self.state is {np.ravel(env.state)[0]:.3f}: "
                "the current moves the boat itself, so both should be the same."
            )
    again = _boat(answer, 0.0, 0.05, seed)
    same = np.allclose(path[1:], [_step(see, again, 0.0)[0][0] for _ in range(20)])
    see.note("The currents with the same seed", "the same" if same else "different")
    currents = np.diff(path)
    see.note(
        "Where the currents go", " and ".join(sorted({"up" if c > 0 else "down" for c in currents}))
    )
    see.note("The sizes of the first currents, of up to 0.05,", abs(currents))
    see.tick("the current is uniform, and the same for the same seed")


@exercise
def discounted_return(see, answer):
    """The rewards, counted less the later they come."""
    rewards = see.given([-1.5, 2.0, 0.0, 2.0, -1.0, 3.0], -4, 4)
    rewards[3] = rewards[1]
    rewards[2] = 0.0
    shown = ", ".join(f"{reward:.4g}" for reward in rewards)
    what = f"The return of {shown} with a discount of 0.9"
    why = {"why": "G is r₀ + γ·r₁ + γ²·r₂ + …, for a list or an array of any length."}
    see.call(what, answer, why, rewards=rewards, discount=0.9)
    whole = see.given([1, 2, 4], 1, 9)
    what = f"The return of {whole} with a discount of 0.5"
    see.call(what, answer, why, rewards=whole, discount=0.5)
    see.tick("1 + 0.5·2 + 0.25·4 = 3")
    rewards = see.given(np.array([3.0, 5.0, 7.0]), 1, 9)
    for discount in (0.5, 0.0, 1.0):
        what = f"The return of an array, {rewards.round(3)}, with a discount of {discount:g}"
        why = {"why": "Discounts of 0 and 1 work like any other."} if discount != 0.5 else why
        see.call(what, answer, why, rewards=rewards, discount=discount)
    whole = see.given(np.array([1, 3, 5]), 1, 9)
    what = f"The return of whole numbers in an array, {whole}, with a discount of 0.3"
    why = {"why": "The decimals got lost: an array of whole numbers keeps none."}
    see.call(what, answer, why, rewards=whole, discount=0.3)
    see.tick("a discount of 0 sees only the first reward, and one of 1 counts all alike")
    why = {"why": "There may be no reward at all: return 0."}
    see.call("The return of an empty list", answer, why, rewards=[], discount=0.9)
    see.call("The return of an empty array", answer, why, rewards=np.array([]), discount=0.9)
    see.call("The return of one reward, 6", answer, rewards=[6.0], discount=0.9)
    see.tick("it works without any reward, and with one")
