"""The checks of chapter 8."""

import gymnasium as gym
import numpy as np
import tensorflow as tf

from helpers.checks import check, expect, numbers, wrong
from helpers.checks.dqn import compiled
from helpers.engine.agent import Settings
from helpers.replay_memory import Batch


def _policy(state):
    """An actor as a NumPy function: the first number, and the sum of the others."""
    if getattr(state, "dtype", None) != np.float32:
        kind = getattr(state, "dtype", type(state).__name__)
        wrong(f"self.policy got {kind}: hand it float32, np.asarray(state, np.float32).")
    return np.array(state) @ np.float32([[1, 0], [0, 1], [0, 1]])


def _no_actor(*_, **__):
    wrong("Ask self.policy, which is the actor as a NumPy function: self.actor is being trained.")


def _bare(answer):
    """An agent of that class, without networks; a method that isn't written yet is no obstacle."""
    concrete = type(answer.__name__, (answer,), {})
    concrete.__abstractmethods__ = frozenset()
    return concrete.__new__(concrete)


def _made(answer):
    """An agent of that class, without networks, for two actions with different bounds."""
    if not isinstance(answer, type):
        wrong(f"The check takes the class DDPG, but it was given {answer!r}.")
    agent = _bare(answer)
    agent.action_space = gym.spaces.Box(np.float32([-1, 0]), np.float32([1, 10]))
    agent.half_range = np.float32([1, 5])
    agent.policy, agent.actor = _policy, _no_actor
    return agent


def _act(agent, *noise):
    """The action in a state whose policy is [0.5, 4]; the noise stays as it was."""
    given = [np.float32(part) for part in noise]
    try:
        action = agent.act([0.5, 4.25, -0.25], *given)
    except (TypeError, AttributeError, ValueError) as error:
        if "NoneType" in str(error) or "truth value" in str(error):
            wrong(f"{error}: noise may be None, or an array: compare it with None, which "
                  "tells them apart.")  # fmt: skip
        raise
    if not np.array_equal(given, np.float32(noise)):
        wrong("The noise was changed: its owner needs it, so make a new array of it.")
    return action


OWN = "Each number has its own bounds: clip to self.action_space.low and .high."


@check
def act(answer):
    """The actor's action, with noise, inside the bounds."""
    agent = _made(answer)
    expect(
        "The action without noise",
        _act(agent),
        [0.5, 4],
        [([0, 4], "The state's numbers are no integers: float32."), ([0.5, 1], OWN)],
    )
    yield "without noise, it is the actor's"
    expect(
        "The action with a noise of 0.2, −0.1, where half of the ranges are 1 and 5",
        _act(agent, [0.2, -0.1]),
        [0.7, 3.5],
        [
            ([0.7, 3.9], "Noise is in half-ranges of the action space: multiply it by "
                         "self.half_range."),
            ([0.9, 3], "Half of the range is what one unit of noise is worth."),
            ([0.5, 4], "The noise was left out."),
            ([0.3, 4.5], "The noise is added."),
            ([0.7, 5], "Each number of the action has its own number of the noise."),
            ([0.55, 4.25], "Each number of the action has its own number of the noise."),
            ([0.7, 1], OWN),
        ],
    )  # fmt: skip
    yield "noise counts in half-ranges"
    expect(
        "The action with a noise of 1, 2, where the bounds are 1 and 10",
        _act(agent, [1, 2]),
        [1, 10],
        [
            ([1.5, 14], "Clip the result: what the environment gets lies inside the bounds."),
            ([1, 9], "Clip the result, and not the noise."),
            ([1.5, 10], OWN),
            ([1, 1], OWN),
        ],
    )
    expect(
        "The action with a noise of −2, where the bounds are −1 and 0",
        _act(agent, [-2, -2]),
        [-1, 0],
        [([-1.5, -6], "Clip at both ends."), ([-1, -1], OWN), ([0, 0], OWN)],
    )
    yield "and it is clipped to the bounds"


ORDER = (
    "Mind the order of the arguments: ddpg_targets(batch, target_actor, target_critic, discount), "
    "train_critic(critic, optimizer, batch, targets), train_actor(actor, critic, optimizer, states)"
)


class Tiny:
    """A network of one weight."""

    def __init__(self, weight):
        self.weight = tf.Variable(weight)
        self.weights = self.variables = [self.weight]
        self.trainable_weights = self.trainable_variables = self.weights


class Actor(Tiny):
    """The action is the weight times the state."""

    def __call__(self, states, training=False):
        if isinstance(states, Batch):
            wrong("An actor was given the whole batch: it takes states, such as batch.states.")
        if isinstance(states, list | tuple):
            wrong(f"An actor stands where a critic belongs. {ORDER}.")
        return self.weight * states


class Critic(Tiny):
    """The value is the weight times the sum of state and action."""

    def __call__(self, inputs, training=False):
        if not isinstance(inputs, list | tuple):
            wrong(f"A critic stands where an actor belongs. {ORDER}.")
        states, actions = inputs
        return self.weight * (states + actions)[:, 0]


def _tiny_agent(answer, n_steps):
    """An agent of networks of one weight each, and its batch of two rows, the second terminal."""
    import keras

    agent = _bare(answer)
    agent.settings = Settings(discount=0.5, n_steps=n_steps, tau=0.25)
    agent.actor, agent.target_actor = Actor(1.0), Actor(2.0)
    agent.critic, agent.target_critic = Critic(1.0), Critic(3.0)
    agent.actor_optimizer = keras.optimizers.SGD(0.1)
    agent.critic_optimizer = keras.optimizers.SGD(0.1)
    agent.actor_optimizer.build(agent.actor.weights)
    agent.critic_optimizer.build(agent.critic.weights)
    states, actions, next_states = ([[-1.5], [5.5]], [[4.5], [-3.0]], [[2.0], [4.0]])
    columns = states, actions, [1.0, 1.5], next_states, [0.0, 1.0]
    return agent, Batch(*(tf.constant(column) for column in columns))


def one_update(answer):
    """One update with numbers that can be worked out by hand; the agent, and what came back."""
    agent, batch = _tiny_agent(answer, n_steps=2)
    try:
        return agent, agent.update(batch)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        if "nknown variable" in str(error):
            wrong(
                "An optimizer was given another network's weights: each network has its own "
                "optimizer, self.critic_optimizer and self.actor_optimizer."
            )
        if "SGD" in str(error) or "'Batch'" in str(error):
            wrong(f"{error}. {ORDER}.")
        raise


@check
def update(answer):
    """Algorithm 1's inner step, in its order."""
    if not isinstance(answer, type):
        wrong(f"The check takes the class DDPG, but it was given {answer!r}.")
    # μ'(2) = 2·2, Q' = 3·(2 + 4) = 18, so y = 1 + 0.25·18 = 5.5 and 1.5, which is terminal. Q is 3
    # and 2.5: the loss is (2.5² + 1)/2, its slope −2.5·3 + 1·2.5 = −5. Another first target y
    # leads to 0.3·y − 0.15.
    agent, back = one_update(answer)
    moved_first = "The target networks follow last: one moved before the targets were taken."
    next_states = "The targets ask about what comes next: batch.next_states."
    expect(
        "The critic's weight, which was 1, after a step towards the targets 5.5 and 1.5",
        float(agent.critic.weight),
        1.5,
        [
            (1, "The critic wasn't trained."),
            (
                2.85,
                "The targets span n steps, so the discount is discount ** n_steps, which is "
                "self.settings.n_step_discount.",
            ),
            (5.55, "The discount is discount ** n_steps, a power and no product."),
            (0.825, "The discount is discount ** n_steps, without one more."),
            (0.31875, "The discount is discount ** n_steps, with the agent's self.settings."),
            (0.45, "The targets must come from the target networks, not from the online ones."),
            (1.05, "The next action must come from the target actor, not from the online one."),
            (0.6, "The next value must come from the target critic, not from the online one."),
            (3.75, "A terminal transition has no future: 1 − terminal."),
            (2.4, "The flag is the wrong way round: 1 − terminal."),
            (-0.8625, next_states),
            (0.7125, next_states),
            (-0.075, next_states),
            (1.6125, "The target actor chooses the next action: not batch.actions."),
            (1.18125, moved_first),
            (1.275, moved_first),
            (1.3875, moved_first),
            (1.875, "The critic was moved by a soft update: the order is (online, target, tau)."),
        ],
    )
    yield "the critic moves towards targets over n steps"
    # The slope of Q by the action is 1.5, and the states' mean is 2.
    expect(
        "The actor's weight, which was 1, after a step up the critic's slope",
        float(agent.actor.weight),
        1.3,
        [
            (1.2, "The actor climbed the critic as it was: train the critic first."),
            (1, "The actor wasn't trained."),
            (1.6, "The actor climbed the target critic: it climbs the online one."),
            (1.525, "The target critic had moved, and was climbed: the online one is."),
            (1.45, "The actor was trained in batch.next_states: take batch.states."),
            (1.475, "The actor was moved by a soft update: the order is (online, target, tau)."),
        ],
    )
    yield "then the actor climbs it"
    _followed("critic", float(agent.target_critic.weight), 3, 1.5)
    _followed("actor", float(agent.target_actor.weight), 2, 1.3)
    yield "and both target networks follow"
    _returned(back)
    yield "it returns the loss and the mean value"
    agent, batch = _tiny_agent(answer, n_steps=3)
    compiled(agent.update, batch)
    expect(
        "The critic's weight after a compiled update with n = 3",
        float(agent.critic.weight),
        0.825,
        [(1.5, "n is the agent's, self.settings.n_steps.")],
    )
    yield "it can be compiled"


def _followed(network, seen, start, online):
    """The target's weight went a quarter of the way to the online one's, which was 1 before."""
    expect(
        f"The target {network}'s weight, which was {start}, a quarter of the way to {online}",
        seen,
        start + 0.25 * (online - start),
        [
            (start, f"The target {network} doesn't follow."),
            (
                start + 0.25 * (1 - start),
                f"It followed before the {network} was trained: the targets go last.",
            ),
            (
                start + 0.001 * (online - start),
                "Give soft_update the agent's tau, self.settings.tau.",
            ),
            (online, "It was copied: it follows by a soft update."),
            (
                start + 0.75 * (online - start),
                "tau is the online network's part, and 1 − tau the target's.",
            ),
        ],
    )


def _returned(back):
    """The loss and the mean value, as tensors."""
    pair = isinstance(back, tuple | list) and len(back) == 2
    if not pair and not (tf.is_tensor(back) and back.shape == (2,)):
        wrong(f"update returns two scalars, the loss and the mean value, but it returned {back!r}.")
    if not all(tf.is_tensor(part) for part in back):
        wrong("Return tensors as they are, without .numpy() or float: update runs compiled.")
    expect(
        "What update returns, the loss and the mean value",
        [numbers("Each of the two", part) for part in back],
        [3.625, 6],
        [
            ([6, 3.625], "They are in the wrong order: the loss comes first."),
            ([3.625, 6.9], "The mean value is that from before the actor's step."),
        ],
    )
