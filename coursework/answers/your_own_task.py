"""Answers to the exercises of chapter 9."""

import gymnasium as gym
import numpy as np

from helpers.your_own_task import House

NAMESPACE = {"np": np, "gym": gym, "House": House}

STEP_BY_PARTS = """
class Room(House):
    def step(self, action):
        watts = min(max(float(action[0]), 0.0), self.POWER)
        hours = self.SECONDS / 3600
        joules = (watts - self.LEAK * (self.temperature - self.outside())) * self.SECONDS
        self.temperature = self.temperature + joules / self.CAPACITY
        self.hour = self.hour + hours
        if self.alarm():
            return self.observe(), -(self.cost(watts) + self.FINE), True, False, {"alarm": True}
        return self.observe(), -self.cost(watts), False, False, {}
"""

STEP_BY_DECAY = """
class Room(House):
    def step(self, action):
        power = np.clip(action, 0, self.POWER).item()
        k = self.SECONDS / self.CAPACITY
        self.temperature = (1 - k * self.LEAK) * self.temperature + k * (
            power + self.LEAK * self.outside()
        )
        self.hour += self.SECONDS / 60 / 60
        terminated = self.alarm()
        reward = -self.cost(power)
        if terminated:
            reward -= self.FINE
        truncated = False
        return self.observe(), reward, terminated, truncated, {}
"""

ONE_ARRAY = """
class Room(House):
    state = np.zeros(4, np.float32)

    def step(self, action):
        power = float(np.clip(action[0], 0, self.POWER))
        leaving = self.LEAK * (self.temperature - self.outside())
        self.temperature += self.SECONDS / self.CAPACITY * (power - leaving)
        self.hour += self.SECONDS / 3_600
        alarm = self.alarm()
        self.state[:] = self.observe()
        return self.state, -self.cost(power) - self.FINE * alarm, alarm, False, {}
"""

SHAPED_IN_ONE = """
def shaped(reward, before, after, terminal, discount):
    return reward - before + discount * (1 - terminal) * after
"""

SHAPED_BY_IF = """
def shaped(reward, before, after, terminal, discount):
    gain = -before if terminal else discount * after - before
    return reward + gain
"""

INTERVAL_BY_HAND = """
def interval(ours, theirs, factor):
    gains = [a - b for a, b in zip(ours, theirs)]
    n = len(gains)
    mean = sum(gains) / n
    variance = sum((gain - mean) ** 2 for gain in gains) / (n - 1)
    half = factor * (variance / n) ** 0.5
    return [mean - half, mean + half]
"""

INTERVAL_BY_VAR = """
def interval(ours, theirs, factor):
    d = np.array(ours) - np.array(theirs)
    half = factor * np.sqrt(d.var(ddof=1) / d.size)
    return np.array([d.mean() - half, d.mean() + half])
"""

UNPAIRED = """
def interval(ours, theirs, factor):
    mean = np.mean(ours) - np.mean(theirs)
    error = np.sqrt(np.var(ours, ddof=1) / len(ours) + np.var(theirs, ddof=1) / len(theirs))
    return mean - factor * error, mean + factor * error
"""

CLIP = "np.clip(action[0], 0, self.POWER)"
POWER = "        power = float(np.clip(action[0], 0, self.POWER))\n"
LEAVING = "        leaving = self.LEAK * (self.temperature - self.outside())\n"
MOVE = "        self.temperature += self.SECONDS / self.CAPACITY * (power - leaving)\n"
CLOCK = "        self.hour += self.SECONDS / 3_600\n"
ALARM = "        alarm = self.alarm()\n"
REWARD = "        reward = -self.cost(power) - self.FINE * alarm\n"
RETURN = "        return self.observe(), float(reward), alarm, False, {}"
HEAD = "class Room(House):\n    def step(self, action):\n"
COST = "        reward = -self.cost(power)\n"
FINED = "        return self.observe(), reward - self.FINE * alarm, alarm, False, {}"
DIFFERENCES = "np.subtract(ours, theirs)"
ERROR = "differences.std(ddof=1) / np.sqrt(len(differences))"
INTERVAL = "return differences.mean() - factor * error, differences.mean() + factor * error"

ANSWERS = {
    "room_step": {
        "object": "Room",
        "mutate": "step",
        "wrong": {
            ("The heater gave more than it has, or less than nothing. Clip the power first.",
             "Use `np.clip(action[0], 0, self.POWER)`."): [(CLIP, "action[0]")],
            "A heater can't cool. Clip the power at 0, and not at minus `self.POWER`.": [
                (CLIP, "np.clip(action[0], -self.POWER, self.POWER)"),
            ],
            "The power is in watts already, from 0 to `self.POWER`: it needs no stretching.": [
                (CLIP, "np.clip(action[0], 0, 1) * self.POWER"),
            ],
            "The leak runs backwards: what leaves is `self.LEAK` times the room minus the outside.": [
                (MOVE, MOVE.replace("power - leaving", "power + leaving")),
                (LEAVING, LEAVING.replace("self.temperature - self.outside()",
                                          "self.outside() - self.temperature")),
            ],
            "The leak is missing: the warmer the room, the more it loses to the outside.": [
                (MOVE, MOVE.replace(" - leaving", "")),
            ],
            "The leak counts the room alone, and it should count the difference to the outside.": [
                (LEAVING, LEAVING.replace(" - self.outside()", "")),
            ],
            "The leak takes the mean of the outside: ask `self.outside()` for this hour's.": [
                (LEAVING, LEAVING.replace("self.outside()", "self.mean_outside")),
            ],
            "Only the leak is divided by the capacity, but all of the heat should be.": [
                (MOVE, "        self.temperature += power - self.SECONDS / self.CAPACITY * leaving\n"),
            ],
            "Watts aren't kelvin: times `self.SECONDS` they are joules, and divided by `self.CAPACITY` kelvin.": [
                (MOVE, MOVE.replace("self.SECONDS / self.CAPACITY", "self.SECONDS")),
                (MOVE, MOVE.replace("self.SECONDS / self.CAPACITY", "1 / self.CAPACITY")),
                (MOVE, MOVE.replace("self.SECONDS / self.CAPACITY * ", "")),
                (MOVE, MOVE.replace("self.SECONDS / self.CAPACITY", "self.CAPACITY / self.SECONDS")),
            ],
            "The room's old temperature got lost: the step adds to it.": [
                (MOVE, MOVE.replace("+=", "=")),
            ],
            "The new temperature was forgotten: keep it in `self.temperature`.": [
                (MOVE, MOVE.replace("self.temperature +=", "temperature = self.temperature +")),
            ],
            ("The outside is that of the next hour. First the heat, then the clock.",
             "Move the clock after the temperature."): [
                (LEAVING + MOVE + CLOCK, CLOCK + LEAVING + MOVE),
            ],
            "The clock stands still: `self.hour` moves on by a step's hours.": [
                (CLOCK, ""), (CLOCK, CLOCK.replace("self.hour +=", "hour = self.hour +")),
            ],
            "`self.hour` counts hours, and a step has `self.SECONDS / 3_600` of them.": [
                (CLOCK, CLOCK.replace(" / 3_600", "")),
                (CLOCK, CLOCK.replace("3_600", "60")),
                (CLOCK, CLOCK.replace("self.SECONDS / 3_600", "1")),
            ],
            "The cost is that of the room before the step. Move room and clock first.": [
                HEAD + POWER + COST + LEAVING + MOVE + CLOCK + ALARM + FINED,
            ],
            "The cost is that of the hour before the step. Move the clock first.": [
                HEAD + POWER + LEAVING + MOVE + COST + CLOCK + ALARM + FINED,
            ],
            "The sign is wrong: a cost makes the reward smaller.": [
                (REWARD, REWARD.replace("= -self", "= self")),
                (REWARD, "        reward = self.cost(power) + self.FINE * alarm\n"),
            ],
            "The bill counts what was asked for. Let `cost` see the clipped power.": [
                (REWARD, REWARD.replace("cost(power)", "cost(action[0])")),
            ],
            "The fine is missing: without it, an alarm only ends the costs.": [
                (REWARD, REWARD.replace(" - self.FINE * alarm", "")),
            ],
            "The fine became a prize: subtract it.": [
                (REWARD, REWARD.replace("- self.FINE", "+ self.FINE")),
            ],
            "The fine comes at every step, and only an alarm should cost it.": [
                (REWARD, REWARD.replace(" * alarm", "")),
            ],
            "With an alarm, only the fine is left. The step's cost belongs to it as well.": [
                (REWARD, "        reward = -self.FINE if alarm else -self.cost(power)\n"),
            ],
            "An alarm should terminate the day: return `self.alarm()` as the third value.": [
                (RETURN, RETURN.replace("alarm, False", "False, False")),
            ],
            "That's the alarm before the step: ask again when the room has its new temperature.": [
                HEAD + ALARM + POWER + LEAVING + MOVE + CLOCK + REWARD + RETURN,
            ],
            "Only frost is noticed: let `self.alarm()` look at both.": [
                (ALARM, "        alarm = self.temperature <= self.FROST\n"),
            ],
            "Only fire is noticed: let `self.alarm()` look at both.": [
                (ALARM, "        alarm = self.temperature >= self.FIRE\n"),
            ],
            "The alarm is upside down: `self.alarm()` is True when it goes off.": [
                (ALARM, "        alarm = not self.alarm()\n"),
            ],
            "The two ends are swapped: an alarm terminates, and only a time limit truncates.": [
                (RETURN, RETURN.replace("alarm, False", "False, alarm")),
            ],
            "An alarm terminates the day. It doesn't truncate it as well.": [
                (RETURN, RETURN.replace("alarm, False", "alarm, alarm")),
            ],
            "The end of the day was told as *terminated*. It's a time limit: the house goes on, and a wrapper counts the steps.": [
                (RETURN, RETURN.replace("alarm, False", "alarm or self.hour >= 24, False")),
                (RETURN, RETURN.replace("alarm, False", "alarm or self.hour > 24, False")),
                (RETURN, RETURN.replace("alarm, False", "bool(alarm or self.hour >= 23.9), False")),
            ],
            "The end of the day was told as *truncated* by the step itself. Leave that to the wrapper that counts the steps.": [
                (RETURN, RETURN.replace("alarm, False", "alarm, self.hour >= 24")),
                (RETURN, RETURN.replace("alarm, False", "alarm, self.hour > 24")),
            ],
            "should return five values": [
                (RETURN, RETURN.replace("alarm, False", "alarm")), (RETURN, ""),
            ],
            "should be an array": [(RETURN, RETURN.replace("self.observe()", "self.temperature"))],
            "should be float32": [
                (RETURN, RETURN.replace("self.observe()", "self.observe().astype(float)")),
            ],
            "`step` changed the action": [
                (POWER, "        action[0] = np.clip(action[0], 0, self.POWER)\n"
                        "        power = float(action[0])\n"),
                (POWER, "        action *= 1.5\n        power = float(action[0])\n"),
            ],
            "It's one array for ever, so the memory would hold the last state everywhere. Return a new one.": [ONE_ARRAY],
            "That's the state before the step: observe after it.": [
                HEAD + "        state = self.observe()\n" + POWER + LEAVING + MOVE + CLOCK + ALARM
                + REWARD + RETURN.replace("self.observe()", "state"),
            ],
            "should be one number": [
                HEAD + "        power = np.clip(action, 0, self.POWER)\n" + LEAVING
                + MOVE.replace("power -", "power[0] -") + CLOCK + ALARM + REWARD
                + RETURN.replace("float(reward)", "reward"),
            ],
            "Read every constant from `self`: below, we'll try rooms that have others.": [
                (MOVE, MOVE.replace("self.SECONDS", "900")),
                (MOVE, MOVE.replace("self.CAPACITY", "2e6")),
                (LEAVING, LEAVING.replace("self.LEAK", "75")),
                (POWER, POWER.replace("self.POWER", "3_000")),
                (CLOCK, CLOCK.replace("self.SECONDS / 3_600", "0.25")),
                (REWARD, REWARD.replace("self.FINE", "5_000")),
            ],
        },
        "right": [STEP_BY_PARTS, STEP_BY_DECAY],
    },
    "shaped": {
        "wrong": {
            "The discount is missing: the later potential counts γ times, or going round in a circle would pay.": [
                ("discount * after", "after"),
            ],
            "The whole gain was discounted, and only the later potential should be.": [
                ("discount * after - before", "discount * (after - before)"),
            ],
            "The reward was discounted as well, and only the later potential should be.": [
                ("reward + discount", "discount * reward + discount"),
            ],
            "The discount belongs to the later potential, not to the earlier one.": [
                ("discount * after - before", "after - discount * before"),
            ],
            "The sign is wrong: coming to a higher potential should pay.": [
                ("+ discount * after - before", "- discount * after + before"),
            ],
            "Losses are missing. A reward that pays for coming closer, and charges nothing for leaving, can be earned again and again.": [
                ("discount * after - before", "max(0, discount * after - before)"),
                ("reward + discount * after - before", "reward + (discount * after - before if after > before else 0)"),
            ],
            "A gain and a loss should differ in sign: leave `abs` out.": [
                ("discount * after - before", "abs(discount * after - before)"),
            ],
            ("The terminal state kept its potential. Nothing follows it, so its potential is zero.",
             "Set `after` to 0 if `terminal` is true."): [
                ("    if terminal:\n        after = 0\n", ""),
            ],
            "At the end the whole gain is missing. Only the later potential is zero there: what the earlier one was paid has to be given back.": [
                ("        after = 0\n", "        return reward\n"),
                ("        after = 0\n", "        after = before = 0\n"),
            ],
            "At the end it's the earlier potential that is zero, and it should be the later one.": [
                ("        after = 0\n", "        before = 0\n"),
            ],
            "It's upside down: only at a terminal state the later potential is zero.": [
                ("if terminal:", "if not terminal:"),
            ],
            "The earlier potential is missing: what matters is the gain.": [
                ("discount * after - before", "discount * after"),
            ],
            "The later potential is missing: what matters is the gain.": [
                ("reward + discount * after - before", "reward - before"),
            ],
            "That's only the gain: it joins the reward.": [
                ("return reward + discount", "return discount"),
            ],
            "Is there a `return`": [("    return reward", "    reward")],
        },
        "right": [SHAPED_IN_ONE, SHAPED_BY_IF],
    },
    "interval": {
        "wrong": {
            ("The spread is too small: estimated from the same seeds as the mean, it takes n − 1.",
             "Use `std(ddof=1)`."): [("std(ddof=1)", "std()")],
            "That's the spread of a single seed. The mean's is smaller, by the root of their number.": [
                (ERROR, "differences.std(ddof=1)"),
            ],
            "The spread is divided by the number of seeds, and it should be by its root.": [
                (ERROR, "differences.std(ddof=1) / len(differences)"),
            ],
            "The root takes n − 1, where it should take n. The 1 is taken off inside the spread.": [
                (ERROR, "differences.std(ddof=1) / np.sqrt(len(differences) - 1)"),
            ],
            "The variance isn't the spread: take its root.": [
                (ERROR, "differences.var(ddof=1) / np.sqrt(len(differences))"),
            ],
            ("The seeds weren't paired. Luck that both methods share belongs into neither error.",
             "Take the differences seed by seed first."): [UNPAIRED],
            "That's the error of one method alone: take that of the differences.": [
                (ERROR, "np.std(ours, ddof=1) / np.sqrt(len(differences))"),
            ],
            "The interval has the wrong sign: it's ours minus theirs.": [
                (DIFFERENCES, "np.subtract(theirs, ours)"),
            ],
            "The factor is missing: one standard error holds the truth far less often than 95 %.": [
                (INTERVAL, "return differences.mean() - error, differences.mean() + error"),
            ],
            "The factor is halved: it goes to either side whole.": [
                (INTERVAL, "return differences.mean() - factor * error / 2, differences.mean() + factor * error / 2"),
            ],
            "The ends are swapped: the lower one comes first.": [
                (INTERVAL, "return differences.mean() + factor * error, differences.mean() - factor * error"),
            ],
            "That's the middle and half the width: return the two ends.": [
                (INTERVAL, "return differences.mean(), factor * error"),
            ],
            "That's where the seeds lie, from the worst to the best: a mean lies closer.": [
                (INTERVAL, "return differences.min(), differences.max()"),
            ],
            "The middle is the median, and it should be the mean.": [
                (INTERVAL, INTERVAL.replace("differences.mean()", "np.median(differences)")),
            ],
            "The middle is missing: the interval lies around the mean difference.": [
                (INTERVAL, "return -factor * error, factor * error"),
            ],
            "Is there a `return`": [("    return differences", "    differences")],
        },
        "right": [INTERVAL_BY_HAND, INTERVAL_BY_VAR],
    },
}  # fmt: skip
