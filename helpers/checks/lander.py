"""The probes of chapter 8."""

import itertools
from types import SimpleNamespace

import gymnasium as gym
import numpy as np

from helpers.checks import exercise
from helpers.checks.networks import critic, deep_actor, deep_critic, dense, transitions
from helpers.checks.toolbox import LONG, Memory, World
from helpers.engine.agent import Settings
from helpers.replay_memory import Batch


def _bare(see, answer):
    """An agent of that class, without networks; a method that isn't written yet is no obstacle."""
    if not isinstance(answer, type):
        see.refuse(f"The check needs the class of your agent, but it got {answer!r}.")
    concrete = type(answer.__name__, (answer,), {})
    concrete.__abstractmethods__ = frozenset()
    return concrete.__new__(concrete)


@exercise
def act(see, answer):
    """The actor's action, with noise, inside the bounds."""
    agent = _bare(see, answer)
    state = see.given(np.array([0.5, 4.25, -0.25]), -3, 3)
    half_range = see.given(np.float32([1.5, 5]), 1, 6)
    # The policy: the first number of the state, and the sum of the others. It lies in the bounds.
    middle = np.float32([state[0], state[1] + state[2] + 0.2 * half_range[1]])
    agent.action_space = gym.spaces.Box(middle - half_range, middle + half_range)
    agent.half_range = half_range
    asked = []

    def policy(given):
        asked.append(given)
        return given @ np.float32([[1, 0], [0, 1], [0, 1]])

    def no_actor(*_, **__):
        see.refuse(
            "Your code asked `self.actor`, the network that the training moves. To act, "
            "ask `self.policy`, the actor as a NumPy function."
        )

    agent.policy, agent.actor = policy, no_actor

    def ask(what, noise):
        why = {
            "why": "Take the policy's action, add the noise times `self.half_range`, and clip the "
            "sum to the bounds."
        }
        see.call(f"The action with {what}", agent.act, why, state=state, noise=np.float32(noise))

    see.call("The action without noise", agent.act, state=state)
    see.note("The state that the policy was asked about", np.ravel(asked[-1]))
    see.type("the state that the policy was asked about", asked[-1])
    see.tick("without noise, it's the policy's action")
    for noise in ([0.2, -0.1], [-0.3, 0.4], [0.0, 0.0]):
        ask(f"{_said(noise)}, for half-ranges of 1.5 and 5,", see.given(noise, -0.4, 0.4))
    see.tick("one unit of noise is half of the range")
    for noise in ([1.5, 2.5], [-2.5, -1.75], [1.75, -0.1], [-0.1, 2.75]):
        ask(f"{_said(noise)}, within the bounds (−1, 0) and (2, 10),", noise)
    outside = np.array([state[0], state[1] + 50, state[2]])
    what = "The action without noise, where the policy's is above the second number's bound,"
    see.call(what, agent.act, state=outside)
    see.tick("the action is clipped to the bounds, with noise or without")


def _said(noise):
    return "the noise " + ", ".join(f"{part:g}" for part in noise).replace("-", "−")


def _on_paper(see, agent):
    """Networks of one weight for an action, and two for a value; and two transitions."""
    agent.settings = Settings(discount=0.5, n_steps=2, tau=0.25)
    agent.actor, agent.target_actor = (
        dense(name, [[see.given(weight, 0.5, 3)]])
        for name, weight in (("actor", 1.0), ("target_actor", 2.0))
    )
    agent.critic, agent.target_critic = (
        critic(name, 1, see.given(weights, 0.5, 3))
        for name, weights in (("critic", [[1.0], [1.5]]), ("target_critic", [[3.0], [2.0]]))
    )
    states, actions, next_states = ([[-1.5], [5.5]], [[4.5], [-3.0]], [[2.0], [4.0]])
    columns = states, actions, [1.0, 1.5], next_states
    return Batch(*(see.given(np.float32(column), -5, 5) for column in columns),
                 np.float32([0, 1]))  # fmt: skip


def _deep(see, agent):
    """Networks of three layers, the second frozen; and five transitions."""
    agent.settings = Settings(discount=0.75, n_steps=3, tau=0.125)
    for name in ("actor", "target_actor"):
        setattr(agent, name, deep_actor(see, name))
    for name in ("critic", "target_critic"):
        setattr(agent, name, deep_critic(see, name))
    # A target that is the same as its online network would hide which of them was asked.
    for online, target in ((agent.actor, agent.target_actor), (agent.critic, agent.target_critic)):
        target.set_weights([0.5 * weight for weight in online.get_weights()])
    return transitions(see, 5)


NETWORKS = "critic", "actor", "target_critic", "target_actor"
TWINS = "critic", "second_critic"


@exercise
def update(see, answer):
    """Algorithm 1's inner step, in its order."""
    import keras
    import tensorflow as tf

    for what, prepared in (
        ("an update on paper", _on_paper),
        ("a compiled update of deep networks", _deep),
    ):
        agent = _bare(see, answer)
        batch = tf.nest.map_structure(tf.constant, prepared(see, agent))
        for name in ("actor", "critic"):
            optimizer = keras.optimizers.SGD(0.1)
            optimizer.build(getattr(agent, name).trainable_variables)
            setattr(agent, f"{name}_optimizer", optimizer)
        if prepared is _deep:
            back = see.compiled("An update", agent.update, batch)
        else:
            back = agent.update(batch)
        for name in NETWORKS:
            why = "The order is targets, critic, actor, and last the two target networks."
            see.weights(f"`self.{name}` after {what}", getattr(agent, name), why=why)
        _returned(see, back, what)
        see.tick(f"{what} moves all four networks, and returns the loss and the mean value")


def _returned(see, back, what):
    """Note the two tensors that came back."""
    pair = "a pair" if isinstance(back, tuple | list) and len(back) == 2 else "something else"
    see.note(f"The result of {what}", pair if back is not None else None,
             why="Return a pair, the loss and the mean value.")  # fmt: skip
    if pair == "a pair":
        for name, part in zip(("loss", "mean value"), back):
            see.note(f"The {name} that {what} returned", part)
            see.type(f"the {name}", part)


class _Happenings(list):
    """The calls in a training loop, in their order; ``noting`` watches a function."""

    def noting(self, name, function):
        def noted(*given, **named):
            self.append(name)
            return function(*given, **named)

        return noted


@exercise
def training_loop(see, answer):
    """Algorithm 1: act, store and learn, one step after the other."""
    for end in ("terminated", "truncated"):
        length, size = see.given(2, 3, 4), see.given(7, 5, 90)
        steps = 2 * length + 1  # the last one ends no episode
        rewards = see.given(np.array([5.5, -2.5, 1.0])[:length], -9, 9)
        _trained(see, answer, World(see, length, end, rewards.tolist()), steps, size)
        see.tick(
            f"{steps} steps act, store and learn in the right order, in episodes that are {end}"
        )


def _trained(see, answer, world, steps, size):
    """Note the calls of a training loop with this number of steps, and batches of a size."""
    memory, happened = Memory(see), _Happenings()
    kicks = see.given(np.linspace(-0.3, 0.4, steps + 1), -0.4, 0.4).astype(np.float32)
    acted, sizes, batches, learned, calm = [], [], [], [], []

    def act(state, noise=None):
        acted.append([float(np.ravel(state)[0]), np.nan if noise is None else float(noise[0])])
        return np.float32([acted[-1][0] / 1000 + acted[-1][1]])

    def sample(count):
        sizes.append(count)
        batches.append(transitions(see, 2))
        return batches[-1]

    def update(batch):
        learned.append("the latest batch" if batches and batch is batches[-1] else "another")
        return 0.0, 0.0

    def noise():
        if happened.count("noise") > LONG:
            see.refuse("Your code draws noise over and over. Is there a loop that never ends?")
        return kicks[[happened.count("noise") % len(kicks) - 1]]

    agent = SimpleNamespace(settings=Settings(batch_size=size))
    agent.act, agent.update = happened.noting("act", act), happened.noting("update", update)
    world.step = happened.noting("step", world.step)
    memory.append = happened.noting("append", memory.append)
    memory.sample = happened.noting("sample", sample)
    process = SimpleNamespace(
        sample=happened.noting("noise", noise),
        reset=lambda: calm.append(happened.count("step")),
    )
    begun, reset = [], world.reset

    def noted_reset(**given):
        begun.append(happened.count("step"))
        return reset(**given)

    world.reset = noted_reset
    answer(agent, world, memory, process, steps)
    what = f"{steps} steps, where an episode of {world.length} is {world.end},"
    order = "The calls of a step are noise, act, step, append, sample and update."
    see.note("The calls of the first step", ", ".join(happened[:6]), why=order)
    see.note(f"The number of calls of `step` in {what}", happened.count("step"))
    starts = "Each episode begins with two resets, of the environment and of the noise."
    see.note(
        f"The number of steps before each reset of the environment in {what}", begun, why=starts
    )
    see.note(f"The number of steps before each reset of the noise in {what}", calm, why=starts)
    again = ["none" if seed is None else "a seed" for seed in world.seeds[1:]]
    see.note("The seed of each later reset", ", ".join(again))
    why = "Give `act` the state as it is now, and a new sample of the noise."
    see.note(f"The states and the noise that `act` got in {what}", acted, why=why)
    taken = "Hand the action that the agent chose to the environment, unchanged."
    see.note(f"The actions that the environment got in {what}", np.array(world.actions), why=taken)
    memory.note(what)
    right = "The right size is `agent.settings.batch_size`."
    see.note(f"The batch sizes in {what}", sizes, why=right)
    got = ", ".join(sorted(set(learned))) or "no batch"
    see.note(f"The batch that `update` got in {what}", got)
    later = [f"{one}, {other}" for one, other in itertools.pairwise(happened)]
    pairs = " · ".join(sorted(set(later)))
    see.note(f"The pairs of one call and the next in {what}", pairs, why=order)
    for name in ("noise", "act", "append", "sample", "update"):
        see.note(f"The number of calls of `{name}` in {what}", happened.count(name))


@exercise
def smaller_value(see, answer):
    """The smaller of two target critics' values."""
    agent = _bare(see, answer)
    agent.networks, agent.targets = (
        {name: critic(f"{kind}{name}", 1, see.given(weights, -3, 3))
         for name, weights in zip(TWINS, given)}
        for kind, given in (("", ([[9.0], [0.5]], [[-8.0], [0.5]])),
                            ("target_", ([[1.0], [2.0]], [[3.0], [-1.0]])))
    )  # fmt: skip
    agent.critic, agent.target_critic = agent.networks["critic"], agent.targets["critic"]
    # By their numbers on paper: 5 and 0, −5 and 0, −1 and −8, 3 and 2.
    states, actions = [[1.0], [-1.0], [-3.0], [1.0]], [[2.0], [-2.0], [1.0], [1.0]]
    inputs = [see.given(np.float32(part), -3, 3) for part in (states, actions)]
    why = {"why": "For each row, take the smaller value of the two target critics."}
    see.call("The smaller values of four transitions", agent.smaller_value, why, inputs=inputs)
    see.tick("each transition gets the smaller value of the two target critics")
    see.note("The compiled values", see.compiled("It", agent.smaller_value, inputs))
    see.tick("it can be compiled")


@exercise
def smoothed_actions(see, answer):
    """Noise on the target actor's actions: it is clipped first, and then their sum."""
    agent = _bare(see, answer)
    half_range = see.given(np.float32([1.5, 5]), 1, 6)
    middle = see.given(np.float32([0.5, 5]), -5, 5)
    agent.action_space = gym.spaces.Box(middle - half_range, middle + half_range)
    agent.half_range = half_range
    # The states are the actions: they begin in the middle, or at a bound.
    agent.target_actor, agent.actor = (
        dense(name, [[part, 0], [0, part]]) for name, part in (("target_actor", 1), ("actor", 0.5))
    )

    agent.networks, agent.targets = {"actor": agent.actor}, {"actor": agent.target_actor}

    def ask(what, places, normal):
        states = np.float32(middle + half_range * np.float32(places))
        why = {"why": "Add the noise to the target actor's action, and clip the sum to the bounds. "
               "The noise is 0.2 times the normal numbers, clipped to ±0.5, times the "
               "half-range."}  # fmt: skip
        normal = np.float32(normal)
        see.call(what, agent.smoothed_actions, why, states=states, normal=normal)
        return states, normal

    small = see.given([[0.5, -1.0], [-2.0, 1.5]], -2, 2)
    centred = "The actions in the middle of the bounds,"
    ask(f"{centred} without noise,", np.zeros((2, 2)), np.zeros((2, 2)))
    see.tick("without noise, they're the target actor's actions")
    ask(f"{centred} with normal numbers up to 2,", np.zeros((2, 2)), small)
    see.tick("each normal number adds 0.2 of it, in half-ranges")
    large = see.given([[3.0, -6.0], [-5.0, 1.0]], 3, 6)
    ask(f"{centred} with normal numbers up to 6,", np.zeros((2, 2)), large)
    see.tick("the noise is clipped to ±0.5 half-ranges")
    bound = [[0.9, -0.75], [-0.9, 0.75]]
    given = ask("The actions near the bounds, with noise,", bound, [[2, -2], [-2, 2]])
    see.tick("the actions are clipped to the bounds")
    see.note("The compiled actions", see.compiled("It", agent.smoothed_actions, *given))
    see.tick("it can be compiled")


def _twins(see, answer):
    """An agent of two critics, with functions for its targets that note their use."""
    import keras

    agent, asked = _bare(see, answer), []
    _deep(see, agent)
    agent.networks = {"actor": agent.actor, "critic": agent.critic,
                      "second_critic": deep_critic(see, "second_critic")}  # fmt: skip
    agent.targets = {"actor": agent.target_actor, "critic": agent.target_critic,
                     "second_critic": deep_critic(see, "second_target")}  # fmt: skip
    agent.optimizers = {}
    for name, network in agent.networks.items():
        optimizer = keras.optimizers.SGD(0.1)
        optimizer.build(network.trainable_variables)
        agent.optimizers[name] = optimizer
    # Critics that are the same would hide which of them was asked or climbed.
    for group, part in ((agent.networks, -0.5), (agent.targets, -0.25)):
        group["second_critic"].set_weights([part * w for w in group["critic"].get_weights()])
    agent.actor_optimizer, agent.critic_optimizer = (
        agent.optimizers[name] for name in ("actor", "critic")
    )

    def smoothed_actions(states, normal):
        asked.append(tuple(normal.shape))
        return 0.5 * states[:, :2] + 0.25 * normal

    def smaller_value(inputs):
        states, actions = inputs
        return states[:, 0] * actions[:, 1] - actions[:, 0]

    agent.smoothed_actions, agent.smaller_value = smoothed_actions, smaller_value
    return agent, asked


@exercise
def td3_update(see, answer):
    """TD3's update: both critics each time, and the rest at every second one."""
    import tensorflow as tf

    agent, asked = _twins(see, answer)
    for number, what in enumerate(("the first update", "the second update")):
        back = agent.update(tf.nest.map_structure(tf.constant, transitions(see, 5)))
        if not number:
            _smoothing(see, asked, what)
        _moved(see, agent, what)
        _returned(see, back, what)
        see.tick(f"{what} moves the right networks")

    def updates(batches):
        for i in tf.range(3):
            agent.update(Batch(*(column[i] for column in batches)))

    agent, _ = _twins(see, answer)
    batches = [transitions(see, 5) for _ in range(3)]
    see.compiled("An update", updates, Batch(*map(np.stack, zip(*batches))))
    _moved(see, agent, "three updates in one compiled loop")
    see.tick("so do three updates in one compiled loop")


def _moved(see, agent, what):
    """Note the weights of all six networks."""
    why = "Both critics move in each update, and the other four networks only when `step` is even."
    for kind, group in (("networks", agent.networks), ("targets", agent.targets)):
        for name, network in group.items():
            see.weights(f'`self.{kind}["{name}"]` after {what}', network, why=why)


def _smoothing(see, asked, what):
    """Note the calls that asked for the targets' actions."""
    why = "For the targets, call `self.smoothed_actions(states, normal)` once."
    see.note(f"The number of calls of `smoothed_actions` in {what}", min(len(asked), 2), why=why)
    if asked:
        see.note("The shape of the normal numbers that `smoothed_actions` got", asked[0], why=why)
