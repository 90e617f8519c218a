"""The parts of an agent: its networks, their optimizers, and the files that hold them.

Chapter 8 says how it acts and in which order it learns; see ``helpers.lander``.
"""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import gymnasium as gym
import keras
import numpy as np
import tensorflow as tf

from helpers import require
from helpers.actor import make_actor
from helpers.critic import Critic, make_critic
from helpers.engine import checkpoints, wrappers
from helpers.engine.acting import as_numpy
from helpers.engine.compiled import compiled
from helpers.engine.units import Units
from helpers.replay_memory import Batch
from helpers.target_updates import hard_update


@dataclass(frozen=True)
class Settings:
    """The settings of an agent."""

    hidden: tuple[int, ...] = (128, 128)  # widths of the hidden layers of all networks
    discount: float = 0.99
    tau: float = 0.005  # how far the targets follow at each update
    batch_size: int = 100
    learning_rate: float = 1e-3  # of all networks, at the start
    n_steps: int = 5  # how many rewards a target counts before it trusts the critic
    value_scale: float = 10.0  # what the critic's network is multiplied by, to reach large returns
    seed: int = 0  # of the networks' first weights

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", tuple(self.hidden))
        require.widths("hidden", self.hidden)
        require.number("discount", self.discount, 0, 1)
        require.number("tau", self.tau, 0, 1)
        require.integer("batch_size", self.batch_size, low=1)
        require.number("learning_rate", self.learning_rate, 0)
        require.integer("n_steps", self.n_steps, low=1)
        require.number("value_scale", self.value_scale, 0)
        require.integer("seed", self.seed)

    @property
    def n_step_discount(self) -> float:
        r""":math:`\gamma^n`, what a value counts after the rewards of ``n_steps`` steps."""
        return self.discount**self.n_steps


class Agent(ABC):
    """Networks with their targets and optimizers, by name: an actor and a critic, and what else
    a subclass makes in ``_make_networks``.

    Args:
        observation_space: a ``Box`` of ``S`` numbers.
        action_space: a bounded ``Box`` of ``A`` numbers.
        **settings: the fields of ``Settings``.

    Raises:
        TypeError: a space that is no flat ``Box`` (discrete actions are DQN's, chapter 3), or an
            unknown setting; a ``Box`` of integers for the actions.
        ValueError: an infinite bound of the actions, or a setting out of its range.
    """

    def __init__(
        self, observation_space: gym.Space, action_space: gym.Space, **settings: Any
    ) -> None:
        require.flat_box("observation_space", observation_space)
        require.bounded_box("action_space", action_space)
        self.observation_space = observation_space
        self.action_space = action_space
        self.settings = Settings(**settings)
        self.half_range = action_space.high / 2 - action_space.low / 2
        self.units, self.has_units = Units(), False  # until a training has seen the task's
        self.statistics: dict[str, np.ndarray] = {}  # of the wrappers that it learned behind
        keras.utils.set_random_seed(self.settings.seed)
        self._build()

    def _build(self):
        self.networks, self.targets = self._make_networks(), self._make_networks()
        self.optimizers = {}
        for name, network in self.networks.items():
            hard_update(network, self.targets[name])
            self.optimizers[name] = keras.optimizers.Adam(self.settings.learning_rate)
            self.optimizers[name].build(network.trainable_variables)
        # As chapter 8 calls them.
        self.actor, self.critic = self.networks["actor"], self.networks["critic"]
        self.target_actor, self.target_critic = self.targets["actor"], self.targets["critic"]
        self.actor_optimizer = self.optimizers["actor"]
        self.critic_optimizer = self.optimizers["critic"]
        self.fused_updates = compiled(self._fused_updates)
        self.refresh()

    @abstractmethod
    def act(self, state: np.ndarray, noise: np.ndarray | None = None) -> np.ndarray:
        """The action ``(A,)`` in ``state`` ``(S,)``, with ``noise`` ``(A,)`` in half-ranges."""

    @abstractmethod
    def update(self, batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """One step of learning from a ``Batch``; returns the critic's loss and the mean value."""

    def _make_networks(self):
        """New networks by name, among them ``actor`` and ``critic``."""
        state_size, hidden = self.observation_space.shape[0], self.settings.hidden
        actor = make_actor(state_size, self.action_space, hidden)
        if self.units.means:
            layers = [keras.Input((state_size,)), self._in_units(), *actor.layers]
            actor = keras.Sequential(layers, name="actor")
        return {"actor": actor, "critic": self._make_critic()}

    def _make_critic(self):
        """A critic that sees the actions in half-ranges, as the noise comes in them, and whose
        values are its network's times ``value_scale``.

        Without the first, actions of a hundredth move nothing in it, and those of thousands
        everything. Without the second, it takes thousands of updates to reach returns of hundreds.
        """
        sizes = self.observation_space.shape[0], self.action_space.shape[0]
        critic = make_critic(*sizes, self.settings.hidden)
        states, actions = (keras.Input((size,)) for size in sizes)
        space = self.action_space
        middle = space.low / 2 + space.high / 2
        scaled = keras.layers.Rescaling(1 / self.half_range, -middle / self.half_range)(actions)
        seen = self._in_units()(states) if self.units.means else states
        value_scale = self.settings.value_scale * self.units.values
        values = keras.layers.Rescaling(value_scale)(critic([seen, scaled]))
        return Critic([states, actions], values, name="critic")

    def _in_units(self):
        """The layer that shifts and scales the states."""
        means, spreads = np.array(self.units.means), np.array(self.units.spreads)
        return keras.layers.Rescaling(1 / spreads, -means / spreads)

    def use_units(self, units: Units) -> None:
        """See the task in ``units``, with the same weights as before."""
        other = units != self.units
        self.units, self.has_units = units, True
        if other:
            arrays = self.arrays()
            self._build()
            self.restore(arrays)

    def refresh(self) -> None:
        """Act with the actor's weights as they are now, by a copy that NumPy evaluates."""
        self.policy = as_numpy(self.actor)

    def update_many(
        self, batches: Batch, rate: float = 1.0, count: int | None = None
    ) -> tuple[float, float]:
        """An update for each batch in ``batches``, whose columns are ``(K, B, ...)``.

        Args:
            batches: a ``Batch``.
            rate: the learning rates' factor.
            count: only so many of them, ``K`` if it isn't given.

        Returns:
            ``(loss, value)``, the means of what the updates return.
        """
        count = len(batches.rewards) if count is None else count
        loss, value = self.fused_updates(batches, tf.constant(rate, tf.float32), tf.constant(count))
        return float(loss), float(value)

    def _fused_updates(self, batches, rate, count):
        for optimizer in self.optimizers.values():
            optimizer.learning_rate = rate * self.settings.learning_rate
        total = tf.zeros(2)
        for i in tf.range(count):
            total += tf.stack(self.update(Batch(*(column[i] for column in batches))))
        return tf.unstack(total / tf.cast(count, tf.float32))

    def variables(self) -> dict[str, tf.Variable]:
        """Everything that training changes, by name: networks, moments and iterations of Adam."""
        parts = {name: network.weights for name, network in self.networks.items()}
        parts |= {f"target_{name}": target.weights for name, target in self.targets.items()}
        parts |= {f"{name}_optimizer": made.variables for name, made in self.optimizers.items()}
        return {f"{part}/{i}": v for part, group in parts.items() for i, v in enumerate(group)}

    def arrays(self) -> dict[str, np.ndarray]:
        """A copy of ``variables``, by the same names."""
        return {name: variable.numpy().copy() for name, variable in self.variables().items()}

    def snapshot(self) -> dict[str, np.ndarray]:
        """The weights of the online networks, by name, as arrays."""
        return self._online(self.arrays())

    def _online(self, arrays):
        return {n: array for n, array in arrays.items() if n.split("/")[0] in self.networks}

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
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

    def twin(self) -> Self:
        """Another agent of the same kind with the same weights; its targets are copies."""
        return self._made(self.facts(), self.snapshot())

    def facts(self) -> dict:
        """The settings and the spaces, as JSON can hold them."""
        return {
            "settings": asdict(self.settings) | {"hidden": list(self.settings.hidden)},
            "observation_space": _bounds(self.observation_space),
            "action_space": _bounds(self.action_space),
            "units": asdict(self.units) if self.has_units else None,
        }

    def save(self, path: Path | str) -> None:
        """Write the online networks and the settings to a file, as data and never as code.

        The statistics of the wrappers that the agent learned behind go along.
        """
        kept = {f"wrappers/{name}": array for name, array in self.statistics.items()}
        checkpoints.write(path, self.snapshot() | kept, {"agent": self.facts()})

    @classmethod
    def load(cls, path: Path | str, last: bool = False) -> Self:
        """The agent saved to ``path``; its targets are copies, its optimizers are new.

        Args:
            path: what ``save`` wrote, or a training's checkpoint.
            last: of a checkpoint, take the weights that the training had come to, and not the best
                snapshot until then.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file is no checkpoint of an agent.
        """
        arrays, facts = checkpoints.read(path)
        if "agent" not in facts:
            raise ValueError(f"{path} must be a checkpoint of an agent, but it holds {list(facts)}")
        best = checkpoints.within("best", arrays)
        agent = cls._made(facts["agent"], best if best and not last else arrays)
        agent.statistics = checkpoints.within("wrappers", arrays)
        return agent

    def prepare(self, env: gym.Env) -> None:
        """Let the wrappers around ``env`` go by the statistics that the agent learned behind, and
        keep them as they are.

        Raises:
            ValueError: ``env`` has other wrappers with statistics.
        """
        wrappers.use_statistics(env, self.statistics)

    def export(self, path: Path | str) -> None:
        """Write the policy alone, for a machine that has NumPy and no TensorFlow.

        ``helpers.engine.carried`` reads it, and says how.

        Raises:
            TypeError: the actor isn't one of dense layers.
        """
        *first, _ = self.actor.layers
        layers = [layer for layer in first if isinstance(layer, keras.layers.Dense)]
        kinds = [layer.activation.__name__ for layer in layers]
        if len(first) - len(layers) != bool(self.units.means) or set(kinds[:-1]) - {"relu"}:
            raise TypeError("export writes actors of dense layers, and this one has others")
        arrays = {"low": self.action_space.low, "high": self.action_space.high}
        for i, layer in enumerate(layers):
            kernel, bias = (weight.astype(np.float64) for weight in layer.get_weights())
            if i == 0 and self.units.means:  # a layer that sees the states in the task's own units
                kernel = kernel / np.array(self.units.spreads)[:, None]
                bias = bias - np.array(self.units.means) @ kernel
            arrays |= {f"kernel_{i}": kernel, f"bias_{i}": bias}
        np.savez(path, **arrays)

    @classmethod
    def _made(cls, facts, arrays):
        spaces = [_box(facts[name]) for name in ("observation_space", "action_space")]
        agent = cls(*spaces, **facts["settings"])
        if facts.get("units"):
            agent.use_units(Units(**facts["units"]))
        agent.restore(agent._online(arrays))
        for name, network in agent.networks.items():
            hard_update(network, agent.targets[name])
        return agent


def _bounds(space):
    return {"low": space.low.tolist(), "high": space.high.tolist(), "dtype": space.dtype.name}


def _box(bounds):
    dtype = np.dtype(bounds.get("dtype", "float32"))
    low, high = (np.array(bounds[end], dtype) for end in ("low", "high"))
    return gym.spaces.Box(low, high, dtype=dtype.type)
