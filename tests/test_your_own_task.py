import html

import gymnasium as gym
import nbformat
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from course.chapters import find
from helpers.doctor import FINDINGS, examine
from helpers.drawing import your_own_task as drawing
from helpers.gym_api import discounted_return, rollout
from helpers.your_own_task import Room, interval, shaped
from tests.test_drawing import HISTORY, is_a_png_with_text, shown  # noqa: F401 (a fixture)


def room(hour=3.0, temperature=288.0, mean_outside=270.0):
    """A room in that state."""
    made = Room()
    made.reset(seed=0)
    made.hour, made.temperature, made.mean_outside = hour, temperature, mean_outside
    return made


def step(made, power):
    return made.step(np.float32([power]))


@pytest.mark.filterwarnings("ignore:.*symmetric and normalized")  # the agent does that itself
def test_gymnasium_finds_nothing_wrong():
    check_env(Room(), skip_render_check=True)


def test_the_doctor_finds_only_its_units():
    names = [finding.name for finding in examine(gym.make("Room-v0"))]
    assert names == ["observations far from 1"]


def test_a_step_by_hand():
    made = room(hour=4.0)  # outside it is at its coldest, 266 K
    state, reward, terminated, truncated, info = step(made, 1_850)
    # 1,850 W in and 75 · 22 = 1,650 W out: 200 W in 900 s, and 2,000,000 J for a kelvin.
    assert made.temperature == pytest.approx(288.09)
    assert made.hour == 4.25
    assert reward == pytest.approx(-0.25 * 30 * 1.85)
    assert state == pytest.approx([288.09, made.outside(), np.cos(np.pi * 4.25 / 12),
                                   np.sin(np.pi * 4.25 / 12)])  # fmt: skip
    assert (terminated, truncated, info) == (False, False, {})


def test_comfort_counts_while_somebody_is_at_home():
    costs = [-step(room(hour, Room.WANTED + 2, Room.WANTED + 2), 0)[1] for hour in (6.5, 12, 21.75)]
    assert costs[0] == costs[2] == 0
    assert costs[1] == pytest.approx(0.25 * 4 * 2**2, rel=0.2)


def test_without_heat_the_room_goes_to_the_outside():
    made = room(temperature=290.0)
    gaps = []
    for _ in range(20):
        gaps.append(made.temperature - made.outside())
        step(made, 0)
    assert (np.diff(gaps) < 0).all()


@pytest.mark.parametrize(("asked", "given"), [(9_000, 3_000), (-50, 0)])
def test_the_power_is_clipped(asked, given):
    one, other = room(), room()
    assert step(one, asked)[1] == step(other, given)[1]
    assert one.temperature == other.temperature


@pytest.mark.parametrize("temperature", [280.01, 305.99])
def test_an_alarm_ends_the_day_with_a_fine(temperature):
    outside = 240.0 if temperature < 290 else 340.0
    _, reward, terminated, truncated, _ = step(room(3.0, temperature, outside), 0)
    assert (terminated, truncated) == (True, False)
    assert reward == -Room.FINE


@pytest.mark.parametrize("action", [np.zeros(2), "warm", np.array([np.nan])])
def test_what_is_no_power_is_refused(action):
    with pytest.raises((TypeError, ValueError), match="action must"):
        room().step(action)


def test_a_day_is_cut_off_at_midnight():
    flown = rollout(gym.make("Room-v0"), lambda state: np.float32([1_600]), seed=3)
    assert len(flown.rewards) == 96
    assert flown.truncated
    assert not flown.terminated


def test_the_same_seed_is_the_same_day():
    days = [rollout(gym.make("Room-v0"), lambda state: np.float32([900]), 5) for _ in range(2)]
    np.testing.assert_array_equal(days[0].states, days[1].states)
    assert not np.array_equal(days[0].states[0], Room().reset(seed=6)[0])


@pytest.mark.parametrize("ends", [True, False])
def test_shaping_adds_the_same_to_every_way_from_a_state(ends):
    rng, discount = np.random.default_rng(0), 0.9
    for length in (1, 2, 7):
        rewards, potentials = rng.normal(size=length), rng.normal(size=length + 1)
        terminals = [ends and step == length - 1 for step in range(length)]
        gained = [
            shaped(reward, before, after, terminal, discount)
            for reward, before, after, terminal in zip(
                rewards, potentials, potentials[1:], terminals
            )
        ]
        added = discounted_return(gained, discount) - discounted_return(rewards, discount)
        left = 0 if ends else discount**length * potentials[-1]
        assert added == pytest.approx(left - potentials[0])


def test_a_discount_that_is_none_is_refused():
    with pytest.raises(ValueError, match="discount must be in"):
        shaped(0.0, 1.0, 2.0, False, 1.5)


def test_an_interval_by_hand():
    # Differences of 2, 5 and 1: their mean is 8/3, and their variance 13/3.
    low, high = interval([5, 9, 4], [3, 4, 3], 4.3)
    half = 4.3 * np.sqrt(13 / 3 / 3)
    assert (low, high) == pytest.approx((8 / 3 - half, 8 / 3 + half))


def test_an_interval_holds_the_truth_as_often_as_it_says():
    rng, factor = np.random.default_rng(0), 4.302653  # Student's t for three seeds, 95 %
    luck = rng.normal(size=(2_000, 3))
    ours, theirs = luck + rng.normal(size=(2, 2_000, 3)) * np.array([[[0.3]], [[0.2]]])
    ends = np.array([interval(a, b, factor) for a, b in zip(ours, theirs)])
    held = np.mean((ends[:, 0] < 0) & (ends[:, 1] > 0))
    assert held == pytest.approx(0.95, abs=0.025)  # five deviations of 2,000 tries


def test_seeds_that_agree_have_a_narrow_interval():
    assert interval([3, 8, 20], [1, 6, 18], 4.3) == (2, 2)


def days():
    """A day that lasts, and one that an alarm ends."""
    env = gym.make("Room-v0")
    return {name: rollout(env, lambda state, power=power: np.float32([power]), seed=1)
            for name, power in (("steady", 1_600), ("off", 0))}  # fmt: skip


def test_the_picture_of_a_day_says_how_it_ends(shown):  # noqa: F811
    drawing.day(days())
    assert is_a_png_with_text(
        shown[0], "steady: ", "cents for the day", "off: 2,", "an alarm after"
    )


def test_the_four_signs_say_where_they_begin_and_end(shown):  # noqa: F811
    drawing.symptoms(HISTORY)
    assert is_a_png_with_text(shown[0], "return, noise off from −20 to 251", "length")


def test_the_curves_of_some_seeds_say_what_others_earn(shown):  # noqa: F811
    drawing.seeds([HISTORY, HISTORY], {"thermostat": -1000.4})
    assert is_a_png_with_text(shown[0], "2 seeds: 251, 251", "thermostat: −1000")


def test_the_checklist_has_a_row_for_each_finding(monkeypatch):
    tables = []
    monkeypatch.setattr(drawing, "display", lambda table: tables.append(table.data))
    drawing.checklist(FINDINGS)
    assert tables[0].count("<tr>") == 1 + len(FINDINGS)
    assert ">Return float(reward). (Chapter 1)</td>" in tables[0]  # and no more of its remedy


def test_the_chapters_checklist_is_the_doctors_table():
    cells = nbformat.read(find(9).path, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    page = "".join(output.get("data", {}).get("text/html", "") for output in outputs)
    missing = [one.name for one in FINDINGS if f"<td>{html.escape(one.seen)}</td>" not in page]
    assert not missing, "make execute CHAPTER=09"
