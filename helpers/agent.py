"""What an agent is made of: its networks, their optimizers, and the files that hold them.

How it acts and in which order it learns is for chapter 8 to say; see ``helpers.lander``.
"""

from dataclasses import asdict, dataclass

import gymnasium as gym
import keras
import numpy as np
import tensorflow as tf

from helpers import checkpoints, require
from helpers.acting import as_numpy
from helpers.actor import make_actor
from helpers.compiled import compiled
from helpers.critic import make_critic
from helpers.replay_memory import Batch
from helpers.target_updates import hard_update


@dataclass(frozen=True)
class Settings:
    """What an agent is made with."""

    hidden: tuple = (128, 128)  # widths of the hidden layers of actor and critic
    discount: float = 0.99
    tau: float = 0.005  # how far the targets follow at each update
    batch_size: int = 100
    learning_rate: float = 1e-3  # of both networks, at the start
    n_steps: int = 5  # how many rewards a target counts before it trusts the critic
    normalization: str | None = None  # or "batch"
    seed: int = 0  # of the networks' first weights

    def __post_init__(self):
        object.__setattr__(self, "hidden", tuple(self.hidden))
        require.widths("hidden", self.hidden)
        require.number("discount", self.discount, 0, 1)
        require.number("tau", self.tau, 0, 1)
        require.integer("batch_size", self.batch_size, low=1)
        require.number("learning_rate", self.learning_rate, 0)
        require.integer("n_steps", self.n_steps, low=1)
        require.one_of("normalization", self.normalization, (None, "batch"))
        require.integer("seed", self.seed)


class Agent:
    """An actor and a critic, their target networks and their optimizers.

    A subclass has ``act(state, noise=None)`` and ``update(batch)``.

    Args:
        observation_space: a ``Box`` of ``S`` numbers.
        action_space: a bounded ``Box`` of ``A`` numbers.
        **settings: the fields of ``Settings``.

    Raises:
        TypeError: a space that is no flat ``Box`` (discrete actions are DQN's, chapter 3), or an
            unknown setting.
        ValueError: an infinite bound of the actions, or a setting out of its range.
    """

    def __init__(self, observation_space, action_space, **settings):
        require.flat_box("observation_space", observation_space)
        require.bounded_box("action_space", action_space)
        self.observation_space = observation_space
        self.action_space = action_space
        self.settings = Settings(**settings)
        self.half_range = (action_space.high - action_space.low) / 2
        keras.utils.set_random_seed(self.settings.seed)
        self.actor, self.critic = self._make_networks()
        self.target_actor, self.target_critic = self._make_networks()
        hard_update(self.actor, self.target_actor)
        hard_update(self.critic, self.target_critic)
        self.actor_optimizer = keras.optimizers.Adam(self.settings.learning_rate)
        self.critic_optimizer = keras.optimizers.Adam(self.settings.learning_rate)
        self.actor_optimizer.build(self.actor.trainable_variables)
        self.critic_optimizer.build(self.critic.trainable_variables)
        self.fused_updates = compiled(self._fused_updates)
        self.refresh()

    def _make_networks(self):
        state_size = self.observation_space.shape[0]
        shape = self.settings.hidden, self.settings.normalization
        return (
            make_actor(state_size, self.action_space, *shape),
            make_critic(state_size, self.action_space.shape[0], *shape),
        )

    def refresh(self):
        """Act with the actor's weights as they are now, by a copy that NumPy evaluates."""
        self.policy = as_numpy(self.actor)

    def update_many(self, batches, rate=1.0):
        """An update for each batch in ``batches``, whose columns are ``(K, B, ...)``.

        ``rate`` is the learning rates' factor. Returns the mean loss and the mean value.
        """
        loss, value = self.fused_updates(batches, tf.constant(rate, tf.float32)).numpy()
        return float(loss), float(value)

    def _fused_updates(self, batches, rate):
        self.actor_optimizer.learning_rate = rate * self.settings.learning_rate
        self.critic_optimizer.learning_rate = rate * self.settings.learning_rate
        count = tf.shape(batches.rewards)[0]
        total = tf.zeros(2)
        for i in tf.range(count):
            total += tf.stack(self.update(Batch(*(column[i] for column in batches))))
        return total / tf.cast(count, tf.float32)

    def variables(self):
        """Everything that training changes, by name: networks, moments and iterations of Adam."""
        parts = {
            "actor": self.actor.weights,
            "critic": self.critic.weights,
            "target_actor": self.target_actor.weights,
            "target_critic": self.target_critic.weights,
            "actor_optimizer": self.actor_optimizer.variables,
            "critic_optimizer": self.critic_optimizer.variables,
        }
        return {f"{part}/{i}": v for part, group in parts.items() for i, v in enumerate(group)}

    def arrays(self):
        """A copy of ``variables``, by the same names."""
        return {name: variable.numpy().copy() for name, variable in self.variables().items()}

    def policy_and_critic(self):
        """The weights of the two online networks, by name, as arrays."""
        return _online(self.arrays())

    def restore(self, arrays):
        """Set the variables that ``arrays`` names, and act with them.

        Raises:
            ValueError: a name or a shape that this agent doesn't have; nothing is changed then.
        """
        variables = self.variables()
        unknown = [name for name in arrays if name not in variables]
        if unknown:
            raise ValueError(f"the weights must be this agent's, but {unknown[0]} was given")
        chosen = [variables[name] for name in arrays]
        require.same_shapes("the agent", chosen, "the file", list(arrays.values()))
        for variable, array in zip(chosen, arrays.values()):
            variable.assign(array)
        self.refresh()

    def facts(self):
        """The settings and the spaces, as JSON can hold them."""
        return {
            "settings": asdict(self.settings) | {"hidden": list(self.settings.hidden)},
            "observation_space": _bounds(self.observation_space),
            "action_space": _bounds(self.action_space),
        }

    def save(self, path):
        """Write policy, critic and settings to the file ``path``, as data and never as code."""
        checkpoints.write(path, self.policy_and_critic(), {"agent": self.facts()})

    @classmethod
    def load(cls, path):
        """The agent saved to ``path``; its targets are copies, its optimizers are new.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file is no checkpoint of an agent.
        """
        arrays, facts = checkpoints.read(path)
        if "agent" not in facts:
            raise ValueError(f"{path} must be a checkpoint of an agent, but it holds {list(facts)}")
        facts = facts["agent"]
        spaces = [_box(facts[name]) for name in ("observation_space", "action_space")]
        agent = cls(*spaces, **facts["settings"])
        agent.restore(_online(arrays))
        hard_update(agent.actor, agent.target_actor)
        hard_update(agent.critic, agent.target_critic)
        return agent


def _online(arrays):
    return {n: array for n, array in arrays.items() if n.startswith(("actor/", "critic/"))}


def _bounds(space):
    return {"low": space.low.tolist(), "high": space.high.tolist(), "dtype": space.dtype.name}


def _box(bounds):
    dtype = np.dtype(bounds.get("dtype", "float32"))
    low, high = (np.array(bounds[end], dtype) for end in ("low", "high"))
    return gym.spaces.Box(low, high, dtype=dtype.type)
