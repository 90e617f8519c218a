r"""A task of your own: a heated room, its reward, and a fair comparison (chapter 9).

A room is a store of heat with a leak. In a step of :math:`\Delta t` seconds, a heater of ``P``
watts changes its temperature from ``T`` to

.. math:: T' = T + \frac{\Delta t}{C}\,\bigl(P - U\,(T - T_\text{out})\bigr)

A potential :math:`\Phi` of the states may join any reward without changing which policy is best,
because its gains cancel along the way:

.. math:: r' = r + \gamma\,(1 - \text{terminal})\,\Phi(s') - \Phi(s)

Source: Bacher & Madsen (2011), "Identifying suitable models for the heat dynamics of buildings",
for a room as one resistance and one capacity; Ng, Harada & Russell (1999), "Policy invariance under
reward transformations", theorem 1.
"""

import gymnasium as gym
import numpy as np
from numpy.typing import ArrayLike

from helpers import require


class House(gym.Env):
    r"""A room's meters and bills, in the units that they come in: kelvin, watts, cents.

    A state is the temperature of the room and the outside's, in kelvin, and the hand of the clock,
    :math:`(\cos, \sin)`, which turns once a day. The action is the heater's power in watts.
    """

    SECONDS = 900  # of a step: a quarter of an hour
    CAPACITY = 2e6  # joules, for a kelvin more
    LEAK = 75  # watts, for a kelvin of difference
    POWER = 3_000  # watts, at most
    WANTED = 294.15  # kelvin, while somebody is at home: 21 degrees
    FROST, FIRE = 280, 306  # kelvin, where an alarm goes off
    FINE = 2_000  # cents, for an alarm

    def __init__(self) -> None:
        low, high = np.float32([200, 200, -1, -1]), np.float32([400, 400, 1, 1])
        self.observation_space = gym.spaces.Box(low, high)
        self.action_space = gym.spaces.Box(0, self.POWER, (1,), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict | None = None
    ) -> tuple[np.ndarray, dict]:
        """Begin a day at midnight; returns ``(state (4,), info)``."""
        super().reset(seed=seed)
        self.hour = 0.0
        self.temperature = self.np_random.uniform(286, 294)
        self.mean_outside = self.np_random.uniform(264, 278)
        return self.observe(), {}

    def outside(self) -> float:
        """The temperature outside in kelvin, coldest at four in the morning."""
        return self.mean_outside - 4 * np.cos(2 * np.pi * (self.hour - 4) / 24)

    def observe(self) -> np.ndarray:
        """The state ``(4,)``, a new array each time."""
        hand = 2 * np.pi * self.hour / 24
        return np.float32([self.temperature, self.outside(), np.cos(hand), np.sin(hand)])

    def cost(self, power: float) -> float:
        """The cents of a step: 30 for a kilowatt-hour, and 4 an hour for a kelvin off, squared."""
        off = self.temperature - self.WANTED if 7 <= self.hour < 22 else 0
        return self.SECONDS / 3_600 * (30 * power / 1_000 + 4 * off**2)

    def alarm(self) -> bool:
        """Tell if the room is colder or hotter than it may ever be."""
        return not self.FROST < self.temperature < self.FIRE


class Room(House):
    """A house whose room can be heated; the registered ``Room-v0`` is truncated after a day."""

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict]:
        """A quarter of an hour; returns ``(state (4,), reward, terminated, truncated, info)``.

        ``action`` ``(1,)`` is clipped to the heater's range. An alarm ends the day, with a fine.
        """
        require.array("action", action, (1,))
        power = float(np.clip(action[0], 0, self.POWER))
        leaving = self.LEAK * (self.temperature - self.outside())
        self.temperature += self.SECONDS / self.CAPACITY * (power - leaving)
        self.hour += self.SECONDS / 3_600
        alarm = self.alarm()
        reward = -self.cost(power) - self.FINE * alarm
        return self.observe(), float(reward), alarm, False, {}


gym.register("Room-v0", entry_point=Room, max_episode_steps=96)


def shaped(reward: float, before: float, after: float, terminal: bool, discount: float) -> float:
    r"""A reward with a potential's gain, :math:`r + \gamma (1 - \text{terminal}) \Phi' - \Phi`.

    Args:
        reward: of the step.
        before: the potential of the state before it.
        after: that of the state after it.
        terminal: whether that state is terminal, where every potential is zero.
        discount: the agent's.
    """
    require.number("discount", discount, 0, 1)
    if terminal:
        after = 0
    return reward + discount * after - before


def interval(ours: ArrayLike, theirs: ArrayLike, factor: float) -> tuple[float, float]:
    """The interval ``(low, high)`` in which the mean difference of two methods is likely to lie.

    Args:
        ours: a result for each seed ``(N,)``.
        theirs: the other method's, for the same seeds in the same order.
        factor: Student's for ``N − 1`` degrees of freedom: 4.30 for 95 % with three seeds.
    """
    differences = np.subtract(ours, theirs)
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return differences.mean() - factor * error, differences.mean() + factor * error
