"""The probes of chapter 8."""

import gymnasium as gym
import numpy as np

from helpers.checks import exercise
from helpers.checks.networks import critic, deep_actor, deep_critic, dense, transitions
from helpers.engine.agent import Settings
from helpers.replay_memory import Batch


def _bare(see, answer):
    """An agent of that class, without networks; a method that isn't written yet is no obstacle."""
    if not isinstance(answer, type):
        see.refuse(f"The check takes the class DDPG, but it was given {answer!r}.")
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
            "`self.actor` is the network that is trained: ask `self.policy`, which is the actor "
            "as a NumPy function."
        )

    agent.policy, agent.actor = policy, no_actor

    def ask(what, noise):
        why = {
            "why": "It is the policy's action, plus noise times half-range, clipped to the bounds."
        }
        see.call(f"The action with {what}", agent.act, why, state=state, noise=np.float32(noise))

    see.call("The action without noise", agent.act, state=state)
    see.note("The state that the policy was asked about", np.ravel(asked[-1]))
    see.type("the state that the policy was asked about", asked[-1])
    see.tick("without noise, it is the actor's")
    for noise in ([0.2, -0.1], [-0.3, 0.4], [0.0, 0.0]):
        ask(f"{_said(noise)}, in half-ranges of 1.5 and 5,", see.given(noise, -0.4, 0.4))
    see.tick("noise counts in half-ranges")
    for noise in ([1.5, 2.5], [-2.5, -1.75], [1.75, -0.1], [-0.1, 2.75]):
        ask(f"{_said(noise)}, where the bounds are −1, 2 and 0, 10,", noise)
    outside = np.array([state[0], state[1] + 50, state[2]])
    what = "The action without noise, where the actor's is above the second bound"
    see.call(what, agent.act, state=outside)
    see.tick("and it is clipped to the bounds")


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
            why = "The order is: targets, critic, actor, and last the two target networks."
            see.weights(f"`{name}` after {what}", getattr(agent, name), why=why)
        _returned(see, back, what)
        see.tick(f"{what} moves all four networks, and returns loss and mean value")


def _returned(see, back, what):
    """Note the two tensors that came back."""
    pair = "a pair" if isinstance(back, tuple | list) and len(back) == 2 else "no pair"
    see.note(f"What came back from {what}", pair if back is not None else None,
             why="It is a pair, the loss and the mean value.")  # fmt: skip
    if pair == "a pair":
        for name, part in zip(("loss", "mean value"), back):
            see.note(f"The {name} that came back from {what}", part)
            see.type(f"the {name}", part)
