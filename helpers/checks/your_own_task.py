"""The probes of chapter 9."""

import numpy as np

from helpers.checks import exercise

HEAT = "The room gains Δt/C·(P − U·(T − T_out)), with the outside as it is before the clock moves."
BILL = "The reward is minus the cost of the step, with the room and the clock as they are after it."
FINE = "An alarm costs `self.FINE` more, and only an alarm does."
ENDS = "Only an alarm terminates the day. The time limit is a wrapper's, so `truncated` is False."
GAIN = "The gain is γ·Φ(s') − Φ(s), and nothing follows a terminal state: its potential is zero."
ERROR = "Take the differences by seed, their mean, and `factor` standard errors to either side."


def _room(make, hour, temperature, outside):
    """A room at that hour, which is as warm as that, and so is the world."""
    env = make()
    env.reset(seed=0)
    env.hour, env.temperature, env.mean_outside = hour, temperature, outside
    return env


def _step(see, env, power):
    """One step; returns ``(state, reward, flags)``."""
    given = np.array([power], np.float32)
    result = env.step(given)
    if not isinstance(result, tuple) or len(result) != 5:
        see.refuse(
            "`step` should return five values, state, reward, terminated, truncated and info, but "
            f"it returned {result!r}."
        )
    state, reward, *flags, info = result
    if given[0] != np.float32(power):
        see.refuse(
            "`step` changed the action that it was given, which the memory keeps as well. Leave it "
            "alone, and give the clipped power a name of its own."
        )
    if not isinstance(state, np.ndarray):
        see.refuse(f"The state should be an array, not {state!r}.")
    if not all(isinstance(flag, bool | np.bool_) for flag in flags):
        see.refuse(f"`terminated` and `truncated` should be True or False, not {flags}.")
    if not isinstance(info, dict):
        see.refuse(f"The last value should be a dict, {{}} if it's empty, not {info!r}.")
    return state, reward, str(tuple(map(bool, flags)))


@exercise
def room_step(see, answer):
    """A quarter of an hour in a heated room."""
    start, power = see.given(288.5, 287, 290), see.given(1500.0, 1000, 2500)
    env = _room(answer, 3.0, start, see.given(270.0, 266, 275))
    state, reward, flags = _step(see, env, power)
    gain = f"The kelvin gained from {start:.4g} K with {power:.4g} W"
    see.note(gain, env.temperature - start, why=HEAT)
    see.note("The hours by which the clock moved", env.hour - 3.0)
    see.note("The state that came back", state, 1e-6)
    see.type("the state", state)
    before = env.temperature
    again, _, _ = _step(see, env, power)
    see.note("The kelvin gained in the next step", env.temperature - before, why=HEAT)
    see.still("The state of the first step, looked at after the second,", state)
    see.note("The state of the second step", again, 1e-6)
    see.tick("the heater warms the room, the leak cools it, and both stay so")
    see.note(f"The reward for {power:.4g} W at three in the morning", reward, why=BILL)
    see.type("the reward", float(reward) if isinstance(reward, float) else reward)
    env = _room(answer, 12.0, start, 270.0)
    see.note(f"The reward for {power:.4g} W at noon", _step(see, env, power)[1], why=BILL)
    env = _room(answer, 6.75, start, 270.0)
    see.note("The reward of the step up to seven o'clock", _step(see, env, power)[1], why=BILL)
    env = _room(answer, 21.75, start, 270.0)
    see.note("The reward of the step up to ten in the evening", _step(see, env, 0.0)[1], why=BILL)
    see.tick("a step costs energy, and comfort while somebody is at home")
    for asked in (5_000.0, -500.0):
        env = _room(answer, 3.0, start, 270.0)
        reward = _step(see, env, asked)[1]
        what = f"{asked:g} W".replace("-", "−")
        see.note(f"The kelvin gained with {what}", env.temperature - start)
        see.note(f"The reward for {what}", reward)
    see.tick("the power is clipped to what the heater has")
    see.note("(terminated, truncated) of an ordinary step", flags, why=ENDS)
    for name, temperature, outside, asked in (
        ("frost", see.given(280.1, 280.05, 280.2), 250.0, 0.0),
        ("fire", see.given(305.9, 305.8, 305.95), 305.0, 3000.0),
    ):
        _, reward, flags = _step(see, _room(answer, 3.0, temperature, outside), asked)
        see.note(f"(terminated, truncated) of a step into {name}", flags, why=ENDS)
        see.note(f"The reward of a step into {name}", reward, why=FINE)
    see.tick("an alarm terminates the day, with a fine")
    for hour in (23.75, 24.0, 60.0):
        flags = _step(see, _room(answer, hour, 290.0, 270.0), power)[2]
        see.note(f"(terminated, truncated) of a step at {hour:g} o'clock", flags, why=ENDS)
    see.tick("a day that is over isn't terminated")
    other = {"SECONDS": see.given(600, 300, 800), "CAPACITY": 1e6, "LEAK": 50, "POWER": 900,
             "FINE": see.given(77, 10, 90)}  # fmt: skip
    changed = type("OtherRoom", (answer,), other)
    env = _room(changed, 3.0, start, 270.0)
    reward = _step(see, env, 2_000.0)[1]
    why = "Read every constant from `self`: below, we'll try rooms that have others."
    see.note("The kelvin gained in a room with other constants", env.temperature - start, why=why)
    see.note("The hours of its step", env.hour - 3.0, why=why)
    see.note("Its reward", reward, why=why)
    reward = _step(see, _room(changed, 3.0, 200.0, 200.0), 0.0)[1]
    see.note("Its reward at an alarm", reward, why=why)
    see.tick("another room's constants count there")


@exercise
def shaped(see, answer):
    """A reward with the gain of a potential."""
    reward, before, after = see.given(-3.0, -9, -2), see.given(2.5, 1, 4), see.given(6.0, 5, 9)
    where = f"for r = {reward:.4g}, Φ(s) = {before:.4g}, Φ(s') = {after:.4g}"
    for discount in (see.given(0.5, 0.2, 0.8), 1.0, 0.0):
        see.call(f"The reward {where} and γ = {discount:.3g}", answer, {"why": GAIN}, reward=reward,
                 before=before, after=after, terminal=False, discount=discount)  # fmt: skip
    see.tick("the gain of the potential joins the reward, the later one discounted")
    lower = see.given(0.5, -1, 0.9)
    see.call(f"The reward for a fall from {before:.4g} to {lower:.4g}, with γ = 0.5", answer,
             {"why": GAIN}, reward=reward, before=before, after=lower, terminal=False,
             discount=0.5)  # fmt: skip
    see.call("The reward for staying where Φ = −4, with γ = 0.5", answer, {"why": GAIN},
             reward=0.0, before=-4.0, after=-4.0, terminal=False, discount=0.5)  # fmt: skip
    see.tick("losses count as gains do")
    for terminal in (True, np.True_, 1.0):
        see.call(f"The reward {where}, γ = 0.5 and terminal = {terminal!r}", answer, {"why": GAIN},
                 reward=reward, before=before, after=after, terminal=terminal,
                 discount=0.5)  # fmt: skip
    see.call("The reward for a terminal state without a potential before it", answer,
             {"why": GAIN}, reward=reward, before=0.0, after=after, terminal=True,
             discount=0.5)  # fmt: skip
    see.call("The reward where terminal = 0.0", answer, {"why": GAIN}, reward=reward, before=before,
             after=after, terminal=0.0, discount=0.5)  # fmt: skip
    see.tick("a terminal state has no potential")


@exercise
def interval(see, answer):
    """How sure we are which of two methods is better."""
    ours = see.given(np.array([5.0, 9.0, 4.0]), 3, 9)
    theirs = see.given(np.array([3.0, 4.0, 3.0]), 1, 5)
    factor = see.given(4.3, 2, 5)
    shown = f"The interval for {ours.round(3)}, {theirs.round(3)} and a factor of {factor:.3g}"
    why = {"why": ERROR}
    see.call(shown, answer, why, ours=ours, theirs=theirs, factor=factor)
    see.tick("three seeds, as on paper")
    many = see.given([210.0, 250.0, 190.0, 260.0, 240.0], 180, 270)
    others = see.given([200.0, 235.0, 195.0, 239.0, 236.0], 180, 270)
    what = "The interval of five seeds, in lists"
    see.call(what, answer, why, ours=many, theirs=others, factor=2.78)
    what = "The interval with the two lists in the other order"
    see.call(what, answer, why, ours=others, theirs=many, factor=2.78)
    what = "The interval with a factor of 1"
    see.call(what, answer, why, ours=many, theirs=others, factor=1.0)
    see.tick("five seeds in lists, and the other way round")
    what = "The interval where each seed gains the same 2 points"
    same = np.array(many) + 2.0
    see.call(what, answer, why, ours=same, theirs=np.array(many), factor=2.78)
    see.tick("where all seeds agree, it has no width, however much they differ among themselves")
