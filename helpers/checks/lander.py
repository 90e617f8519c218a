"""The checks of chapter 8."""

from types import SimpleNamespace

import gymnasium as gym
import numpy as np
import tensorflow as tf

from helpers.checks import check, expect, numbers, wrong
from helpers.checks.actor import Line
from helpers.checks.critic import Tiny
from helpers.replay_memory import Batch


def _made(answer):
    """An agent of that class, without networks, for two actions with different bounds."""
    if not isinstance(answer, type):
        wrong(f"The check takes the class DDPG, but it was given {answer!r}.")
    agent = answer.__new__(answer)
    agent.action_space = gym.spaces.Box(np.float32([-1, 0]), np.float32([1, 10]))
    agent.half_range = np.float32([1, 5])
    agent.policy = lambda state: np.float32([0.5, 4])
    return agent


@check
def act(answer):
    """The actor's action, with noise, inside the bounds."""
    agent, state = _made(answer), [1.0, 2.0, 3.0]
    expect("The action without noise", agent.act(state), [0.5, 4])
    yield "without noise, it is the actor's"
    expect(
        "The action with a noise of 0.2, where half of the ranges are 1 and 5",
        agent.act(state, np.float32([0.2, 0.2])),
        [0.7, 5],
        [
            ([0.7, 4.2], "Noise is in half-ranges of the action space: multiply it by "
                         "self.half_range."),
            ([0.9, 6], "Half of the range is what one unit of noise is worth."),
            ([0.5, 4], "The noise was left out."),
            ([0.3, 3], "The noise is added."),
        ],
    )  # fmt: skip
    yield "noise counts in half-ranges"
    expect(
        "The action with a noise of 1, where the bounds are 1 and 10",
        agent.act(state, np.ones(2, np.float32)),
        [1, 9],
        [
            ([1.5, 9], "Clip the result: what the environment gets lies inside the bounds."),
            ([1, 1], "Each number has its own bounds: action_space.low and .high."),
        ],
    )
    expect(
        "The action with a noise of −2, where the bounds are −1 and 0",
        agent.act(state, np.full(2, -2, np.float32)),
        [-1, 0],
        [([-1.5, -6], "Clip at both ends.")],
    )
    yield "and it is clipped to the bounds"


def one_update(answer):
    """One update with numbers that can be worked out by hand; the agent, and what came back."""
    import keras

    agent = answer.__new__(answer)
    agent.settings = SimpleNamespace(discount=0.5, n_steps=2, tau=0.5)
    agent.actor, agent.target_actor = Line(1.0), Line(2.0)
    agent.critic, agent.target_critic = Tiny(1.0), Tiny(3.0)
    agent.actor_optimizer = keras.optimizers.SGD(0.1)
    agent.critic_optimizer = keras.optimizers.SGD(0.1)
    one = tf.ones((1, 1))
    batch = Batch(one, 2 * one, tf.ones(1), one, tf.zeros(1))
    return agent, agent.update(batch)


@check
def update(answer):
    """Algorithm 1's inner step, in its order."""
    if not isinstance(answer, type):
        wrong(f"The check takes the class DDPG, but it was given {answer!r}.")
    # y = 1 + 0.25 · 3·(2·1) = 2.5; Q(s, a) = 1·2; the loss is 0.25 and its slope −2.
    agent, back = one_update(answer)
    expect(
        "The critic's weight, which was 1, after a step towards the target 2.5",
        float(agent.critic.weight),
        1.2,
        [
            (1.8, "The targets span n steps, so the discount is discount ** n_steps."),
            (0.7, "The targets must come from the target networks, not from the online ones."),
            (0.9, "The target networks follow last: they moved before the targets were taken."),
            (1, "The critic wasn't trained."),
            (2.1, "The critic was moved by a soft update: the order is (online, target, tau)."),
        ],
    )
    yield "the critic moves towards targets over n steps"
    expect(
        "The actor's weight, which was 1, after a step up the critic's slope",
        float(agent.actor.weight),
        1.12,
        [
            (1.1, "The actor climbed the critic as it was: train the critic first."),
            (1, "The actor wasn't trained."),
            (1.3, "The actor climbed the target critic: it climbs the online one."),
            (1.21, "The target critic had moved, and was climbed: the online one is."),
        ],
    )
    yield "then the actor climbs it"
    tau_forgotten = "Give soft_update the agent's tau, self.settings.tau."
    expect(
        "The target critic's weight, which was 3, half of the way to 1.2",
        float(agent.target_critic.weight),
        2.1,
        [
            (3, "The target critic doesn't follow."),
            (2, "It followed before the critic was trained: the targets go last."),
            (2.9982, tau_forgotten),
            (1.2, "It was copied: it follows by a soft update."),
        ],
    )
    expect(
        "The target actor's weight, which was 2, half of the way to 1.12",
        float(agent.target_actor.weight),
        1.56,
        [
            (2, "The target actor doesn't follow."),
            (1.5, "It followed before the actor was trained: the targets go last."),
            (1.99912, tau_forgotten),
            (1.12, "It was copied: it follows by a soft update."),
        ],
    )
    yield "and both target networks follow"
    if back is None or not hasattr(back, "__len__") or len(back) != 2:
        wrong(f"update returns the loss and the mean value, two scalars, but it returned {back!r}.")
    expect(
        "What update returns, the loss and the mean value",
        numbers("What update returns", [float(part) for part in back], (2,)),
        [0.25, 1.2],
        [([1.2, 0.25], "They are in the wrong order: the loss comes first.")],
    )
    yield "it returns the loss and the mean value"
