r"""A task of your own: a heated room, and what a reward may be given without changing what is best
(chapter 9).

The room is a store of heat with a leak. In a step of :math:`\Delta t` seconds a heater of ``P``
watts changes its temperature by

.. math:: T' = T + \frac{\Delta t}{C}\,\bigl(P - U\,(T - T_\text{out})\bigr)

A potential :math:`\Phi` of the states may join any reward, since its gains cancel along a way:

.. math:: r' = r + \gamma\,(1 - \text{terminal})\,\Phi(s') - \Phi(s)

Source: Ng, Harada & Russell (1999), "Policy invariance under reward transformations".
"""

import gymnasium as gym
import numpy as np

from helpers import require


class Room(gym.Env):
    r"""A day of a heated room, in the units of its meters: kelvin, watts, cents.

    An observation is the room's temperature and the outside's, in kelvin, and the hand of the clock,
    :math:`(\cos, \sin)`, which turns once a day. The action is the heater's power in watts. A step
    takes a quarter of an hour and costs cents: for the energy, and while somebody is at home for
    each kelvin, squared, that the room is off the one they want. The episode is terminated with
    a fine when an alarm goes off, at frost or fire; the registered ``Room-v0`` is truncated after a
    day.

    Source: the thermal model with one resistance and one capacity, Bacher & Madsen (2011),
    "Identifying suitable models for the heat dynamics of buildings".
    """

    SECONDS = 900.0  # of a step
    CAPACITY = 2e6  # joules for a kelvin
    LEAK = 75.0  # watts that leak out for each kelvin of difference
    POWER = 3_000.0  # watts of the heater at most
    WANTED = 294.0  # kelvin
    AT_HOME = 7.0, 22.0  # hours
    FROST, FIRE = 280.0, 306.0  # kelvin, where the alarm goes off
    PRICE = 30.0  # cents for a kilowatt-hour
    DISCOMFORT = 4.0  # cents an hour for a kelvin, squared
    FINE = 5_000.0  # cents for an alarm

    def __init__(self) -> None:
        low, high = [200, 200, -1, -1], [400, 400, 1, 1]
        self.observation_space = gym.spaces.Box(np.float32(low), np.float32(high))
        self.action_space = gym.spaces.Box(0, self.POWER, (1,), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict | None = None
    ) -> tuple[np.ndarray, dict]:
        """Begin a day at midnight; returns ``(state (4,), info)``."""
        super().reset(seed=seed)
        self.hour = 0.0
        self.mean_outside = self.np_random.uniform(264, 278)
        self.temperature = self.np_random.uniform(286, 294)
        return self.observe(), {}

    def outside(self) -> float:
        """The temperature outside, in kelvin, coldest at four in the morning."""
        return self.mean_outside - 4 * np.cos(2 * np.pi * (self.hour - 4) / 24)

    def observe(self) -> np.ndarray:
        """The state ``(4,)``, a new array each time."""
        hand = 2 * np.pi * self.hour / 24
        return np.float32([self.temperature, self.outside(), np.cos(hand), np.sin(hand)])

    def cost(self, power: float) -> float:
        """The cents of a step: the energy, and how far the room is from what is wanted."""
        hours = self.SECONDS / 3_600
        energy = self.PRICE * power / 1_000
        off = self.temperature - self.WANTED if self.AT_HOME[0] <= self.hour < self.AT_HOME[1] else 0
        return hours * (energy + self.DISCOMFORT * off**2)

    def alarm(self) -> bool:
        """Tell if the room is as cold or as hot as it must never be."""
        return not self.FROST < self.temperature < self.FIRE

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict]:
        """A quarter of an hour; returns ``(state (4,), reward, terminated, truncated, info)``."""
        require.array("action", action, (1,))
        power = float(np.clip(action[0], 0, self.POWER))
        leaving = self.LEAK * (self.temperature - self.outside())
        self.temperature += self.SECONDS / self.CAPACITY * (power - leaving)
        self.hour += self.SECONDS / 3_600
        reward = -self.cost(power)
        terminated = self.alarm()
        if terminated:
            reward -= self.FINE
        return self.observe(), reward, terminated, False, {}


gym.register("Room-v0", entry_point=Room, max_episode_steps=96)


def thermostat(state: np.ndarray) -> np.ndarray:
    """A controller by hand, ``(4,) -> (1,)``: hold what is wanted, with a day's notice of nothing.
    """
    temperature = state[0]
    hour = (np.arctan2(state[3], state[2]) * 24 / (2 * np.pi)) % 24
    wanted = Room.WANTED if 6 <= hour < 22 else 285.0
    need = Room.LEAK * (wanted - state[1]) + 1_000 * (wanted - temperature)
    return np.float32([np.clip(need, 0, Room.POWER)])
