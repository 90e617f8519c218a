"""Drawing shows pictures that tell those who can't see them what is in them."""

import asyncio
import base64
import inspect
import re

import gymnasium as gym
import imageio.v3 as iio
import ipywidgets
import numpy as np
import pytest

from helpers import drawing
from helpers.drawing import (
    actor,
    critic,
    dqn,
    gym_api,
    lander,
    ou_noise,
    replay_memory,
    target_updates,
)
from helpers.gym_api import Drift, Episode, rollout
from helpers.ou_noise import OrnsteinUhlenbeckNoise

# imageio-ffmpeg leaves the pipes of a process that has ended to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

HISTORY = {
    "episodes": [{"step": 100 * i, "return": -300.0 + 10 * i, "length": 100} for i in range(1, 9)],
    "updates": [
        {"step": 100 * i, "loss": 50.0 / i, "q": float(i), "sigma": 0.5 / i, "rate": 1.0}
        for i in range(1, 9)
    ],
    "evaluations": [
        {"step": 400, "return": -20.0, "worst": -90.0},
        {"step": 800, "return": 251.4, "worst": 18.0},
    ],
}


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, in order."""
    displayed = []
    monkeypatch.setattr(drawing, "display", displayed.append)
    return displayed


def is_a_png_with_text(image, *words):
    return image.data.startswith(b"\x89PNG") and all(word in image.alt for word in words)


def test_the_learning_curve_says_what_the_best_snapshot_got(shown):
    lander.learning_curve(HISTORY, {"random": np.full(3, -180.0)})
    (image,) = shown
    assert is_a_png_with_text(image, "251", "800 steps")


def test_the_inside_of_the_training_is_a_picture(shown):
    lander.inside_training(HISTORY)
    assert is_a_png_with_text(shown[0], "loss")


def test_the_histogram_names_every_policy_and_its_mean(shown):
    lander.returns_histogram({"random": np.full(5, -900.0), "DDPG": np.full(5, 280.0)})
    assert is_a_png_with_text(shown[0], "random -900", "DDPG 280", "5 episodes")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # imageio's pipes
def test_a_flight_is_a_video_that_plays_and_a_strip(shown):
    lander.flight(lambda state: np.zeros(2), seed=3, title="doing nothing")
    video, strip = shown
    assert "<source" not in video.data  # JupyterLab drops it
    assert "controls autoplay loop muted" in video.data  # a film with sound wouldn't begin
    assert 'aria-label="doing nothing: return' in video.data
    encoded = base64.b64decode(re.search(r'src="data:video/mp4;base64,([^"]+)"', video.data)[1])
    frames = iio.imread(encoded, extension=".mp4")
    steps = int(re.search(r"after (\d+) steps", video.data)[1])
    assert len(frames) == pytest.approx(steps / 2, abs=2)
    assert frames.shape[1:] == (400 + drawing.CONTROLS, 600, 3)
    assert is_a_png_with_text(strip, "doing nothing", f"{steps} steps")


def black_film(count):
    film = drawing.Film()
    for _ in range(count):
        film.add(np.zeros((64, 64, 3), np.uint8))
    return film


def test_a_long_film_is_encoded_while_it_is_made(shown):
    film = black_film(drawing.SHORTEST * 25 - 1)
    assert len(film._waiting) == drawing.SHORTEST * 25 - 1
    for _ in range(100):
        film.add(np.zeros((64, 64, 3), np.uint8))
        assert not film._waiting
    film.show("black")
    encoded = base64.b64decode(re.search(r"base64,([^\"]+)", shown[0].data)[1])
    assert iio.immeta(encoded, extension=".mp4")["duration"] == pytest.approx(174 / 25, abs=0.2)


def test_a_short_film_is_slowed_down_until_it_can_be_followed(shown):
    black_film(12).show("twelve frames, half a second")
    encoded = base64.b64decode(re.search(r"base64,([^\"]+)", shown[0].data)[1])
    assert iio.immeta(encoded, extension=".mp4")["duration"] == pytest.approx(3, abs=0.2)


def test_a_player_has_a_strip_of_its_own_for_its_controls(shown):
    black_film(12).show("black", strip="Nothing to see")
    assert is_a_png_with_text(shown[1], "black")
    encoded = base64.b64decode(re.search(r'src="data:video/mp4;base64,([^"]+)"', shown[0].data)[1])
    film = iio.imread(encoded, extension=".mp4")
    assert film.shape[1:] == (64 + drawing.CONTROLS, 64, 3)
    assert film[:, :60].max() < 40
    assert film[:, 68:].min() > 215


def test_an_excerpt_is_the_source_as_it_is(shown):
    drawing.excerpt(rollout)
    assert shown[0].data == f"```python\n{inspect.getsource(rollout)}```"


def test_the_reward_travels_over_the_board_until_nothing_changes(shown):
    dqn.travelling_reward(0.5)
    film, picture = shown
    assert "0, 2, 5, 9, 13, 16, 18, 19, 19 squares have a value" in film.data
    assert is_a_png_with_text(picture, "1.00 beside the reward and 0.02 in the far corner")


def test_the_pole_stands_on_a_ground_that_is_seen_on_white_paper(shown):
    env = gym.make("CartPole-v1", render_mode="rgb_array")
    dqn.balancing(env, rollout, lambda state: 0, seed=0, title="always left")
    film, strip = shown
    assert 'aria-label="always left: return' in film.data
    off = iio.imread(strip.data)[..., :3] - dqn.GROUND.astype(int)
    assert (np.abs(off).max(axis=-1) < 8).mean() > 0.2  # the codec moves colours a little


def test_scores_say_how_often_they_fall(shown):
    dqn.scores_over_steps([(2_500, 90.0), (5_000, 500.0), (7_500, 98.0), (10_000, 420.0)])
    assert is_a_png_with_text(shown[0], "reaches 500 of 500, and falls 1 time from", "10,000 steps")


def test_values_say_where_they_begin_and_end(shown):
    dqn.values_over_steps({"right": np.full(3, 10.0), "with the bug": np.array([2.7, 1.9, 1.0])})
    assert is_a_png_with_text(shown[0], "right: from 10.0 to 10.0", "with the bug: from 2.7 to 1.0")


def test_neighbours_have_their_correlation_on_them(shown):
    line = np.linspace(0, 1, 50)
    replay_memory.neighbours({"flown": line, "upside down": line * (-1) ** np.arange(50)}, "height")
    assert is_a_png_with_text(
        shown[0], "height", "flown, correlation 1.00", "down, correlation -1.00"
    )


def test_means_of_batches_have_their_swings_on_them(shown):
    wide = np.tile([0.0, 1.0], 50)
    replay_memory.batch_means({"latest": wide, "sampled": wide / 5}, "mean height")
    assert is_a_png_with_text(shown[0], "100 batches", "± 0.50 for latest", "± 0.10 for sampled")


def test_forgetting_is_told_by_the_errors_on_leaving_and_at_the_end(shown):
    errors = {"latest": [0.5, 0.25, 2.0, 3.5], "sampled": [0.5, 0.25, 0.2, 0.1]}
    replay_memory.errors_while_learning(errors, (-1, 1))
    assert is_a_png_with_text(shown[0], "latest: 0.25, then 3.50", "sampled: 0.25, then 0.10")


def test_guesses_are_told_by_how_far_they_miss_the_truth(shown):
    guesses = {"latest": lambda s, a: 2 - s**2, "sampled": lambda s, a: 0.1 - s**2}
    replay_memory.guesses_at_the_end(guesses, (-1, 0, 1))
    assert is_a_png_with_text(shown[0], "latest by up to 2.0", "sampled by up to 0.1")


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lander.ten_seeds, "10 seeds"),
        (lander.updates_per_second, "against other libraries"),
        (dqn.promises, "double DQN"),
        (ou_noise.study_of_noise, "OU, annealed (the course)"),
        (replay_memory.sampling_cost, "deque"),
    ],
)
def test_the_studys_results_are_drawn(shown, draw, words):
    draw()
    assert is_a_png_with_text(shown[0], words)


def test_the_landers_state_says_how_the_flight_ended(shown):
    states = np.zeros((4, 8), np.float32)
    states[-2, 3:5] = -0.5, np.pi / 4
    gym_api.lander_states(Episode(states, np.zeros((3, 2)), np.zeros(3), True, False))
    assert is_a_png_with_text(shown[0], "3 steps", "falling at 0.50", "tilted by 45°")


def hand_flown(*moves):
    """Fly a cockpit whose clock doesn't wait, and return it; ``moves`` is a function of it."""

    async def fly():
        cockpit = gym_api.Cockpit(seed=3)
        for move in moves:
            await move(cockpit)
        assert asyncio.all_tasks() == {asyncio.current_task()}  # nothing goes on
        return cockpit

    return asyncio.run(fly())


async def start(cockpit):
    cockpit.button.click()


async def end(cockpit):
    await cockpit.task


async def steer(cockpit):
    for main in (0, 0.3, 0.6, 1):  # the first starts the task, and each other one is a step
        cockpit.main.value, cockpit.side.value = main, -main
        await asyncio.sleep(0)


async def close(cockpit):
    cockpit.close()
    await asyncio.sleep(0)


@pytest.fixture
def no_pause(monkeypatch):
    monkeypatch.setattr(gym_api, "PAUSE", 0)


def test_a_flight_does_what_the_sliders_say(no_pause):
    cockpit = hand_flown(start, steer, end)
    actions = cockpit.flying.actions
    assert actions[:3] == [(0.3, -0.3), (0.6, -0.6), (1, -1)]
    assert set(actions[3:]) == {(1, -1)}
    moves = iter(np.float32(actions))
    episode = rollout(gym.make(gym_api.LANDER), lambda state: next(moves), seed=3)
    assert cockpit.returns == [round(episode.total_reward, 2)]
    total = f"{episode.total_reward:.0f}".replace("-", "−")
    end_of_it = f", return {total} after {len(actions)} steps."
    assert cockpit.label.value in {f"Crashed{end_of_it}", f"Left the picture{end_of_it}"}
    assert iio.imread(cockpit.picture.value).shape == (400, 600, 3)


def test_a_flight_can_begin_again_at_its_end_and_on_its_way(no_pause):
    cockpit = hand_flown(start, steer, start, end, start, end)
    assert cockpit.main.value == cockpit.side.value == 0
    first, second = cockpit.returns  # the one that was given up has none
    assert first == second
    assert cockpit.label.value.startswith("Crashed, return −")


def test_a_closed_cockpit_leaves_no_flight_behind(no_pause):
    cockpit = hand_flown(start, steer, close)
    assert cockpit.task.cancelled()
    assert not cockpit.returns
    hand_flown(close)  # never started


@pytest.mark.parametrize(
    ("x", "reward", "terminated", "truncated", "words"),
    [
        (0.1, 100, True, False, "landed, return 100 after 1 steps"),
        (0.1, -100, True, False, "crashed, return −100 after 1 steps"),
        (-1.01, -100, True, False, "left the picture, return −100 after 1 steps"),
        (0.1, -0.3, False, True, "out of time, still flying, return 0 after 1 steps"),
        (0.1, -0.3, False, False, "return 0 after 1 steps"),
    ],
)
def test_a_flight_says_how_it_ended(x, reward, terminated, truncated, words):
    class World:
        def reset(self, seed):
            return np.zeros(8), {}

        def step(self, action):
            return np.full(8, x), reward, terminated, truncated, {}

    flying = gym_api._Flying(World(), seed=3)
    flying.step(0, 0)
    assert str(flying) == words


class Shell:
    """Stands for IPython in a kernel that was asked to run a cell."""

    def __init__(self, **content):
        self.parent = {"content": content}

    def get_parent(self):
        return self.parent


@pytest.mark.parametrize("shell", [None, object(), Shell(allow_stdin=False)])
def test_without_a_reader_a_saved_flight_is_shown(shown, monkeypatch, shell):
    monkeypatch.setattr(gym_api, "get_ipython", lambda: shell)
    monkeypatch.setattr(gym_api, "Cockpit", None)
    (total,) = gym_api.fly(seed=3)
    video, strip = shown
    words = ["two sliders", f"return {total:.0f} after"]
    assert all(word in video.data for word in words)
    assert is_a_png_with_text(strip, *words)


def test_a_reader_gets_one_cockpit(monkeypatch):
    displayed = []
    monkeypatch.setattr(gym_api, "display", displayed.append)
    monkeypatch.setattr(gym_api, "get_ipython", lambda: Shell(allow_stdin=True))
    for _ in range(2):
        assert gym_api.fly(seed=3) == []
    before, now = displayed
    assert before.comm is None  # closed
    assert isinstance(now, ipywidgets.VBox)
    assert "sliders" in repr(now)
    now.close()


def test_boats_say_which_policy_is_best_on_average(shown):
    zeros = np.zeros((3, 1))
    bad, good = (Episode(zeros, zeros[1:], np.full(2, r), False, True) for r in (-4.0, -1.0))
    gym_api.boats({"bad": [bad, good], "good": [good, good]})
    assert is_a_png_with_text(shown[0], "bad, mean return -5.0; good, mean return -2.0")


def test_first_actions_that_repeat_the_state_are_named(shown):
    same, apart = [(x, x) for x in (-0.5, 0.1, 0.7)], [(0.1, 0.2), (0.3, 0.1), (0.5, 0.3)]
    gym_api.first_actions({"one seed": same, "two seeds": apart})
    gym_api.first_actions({"two seeds": apart, "three": apart})
    assert is_a_png_with_text(shown[0], "With one seed, the first action repeats the state")
    assert is_a_png_with_text(shown[1], "No first action repeats the state")


def test_estimates_say_how_far_apart_they_are(shown):
    gym_api.estimates(np.array([[1.0] * 10, [2.0] + [1.0] * 9]))
    assert is_a_png_with_text(shown[0], "1.00 apart after 1 episode", "0.10 after 10")


def test_returns_beside_the_value_say_how_far_they_are_off(shown):
    gym_api.returns_beside_value(np.zeros(4), {"cut": np.full(4, 0.5)}, np.zeros_like)
    assert is_a_png_with_text(shown[0], "cut off by +0.50 on average")


def valley(inputs):
    """A critic of states and actions ``(B, 1)`` that finds −s/2 best."""
    states, actions = inputs
    return -((actions + states / 2) ** 2)[:, 0]


def test_the_actors_lines_say_how_far_they_are_off(shown):
    lines = {n: np.float32(-actor.STATES * n / 60) for n in (0, 10, 20, 30)}
    actor.climb(valley, lines, 0.5)
    assert is_a_png_with_text(shown[0], "off by 0.38 after 0", "0.00 after 30 updates")


def test_the_ball_climbs_to_the_best_action_in_its_state(shown):
    actor.film(valley, {n: np.float32(-actor.STATES * n / 60) for n in (0, 15, 30)}, 0.5)
    assert "from the action 0.00 to -0.50, and the top is at -0.50" in shown[0].data.replace(
        "-0.00", "0.00"
    )
    assert is_a_png_with_text(shown[1], "30 updates")


def test_the_lag_says_when_half_of_the_way_is_done(shown):
    paths = {tau: 1 - (1 - tau) ** np.arange(1, 9) for tau in (0.5, 0.3)}
    target_updates.lag(paths, lambda tau, part: {0.5: 1, 0.3: 2}[tau])
    assert is_a_png_with_text(shown[0], "1 updates at τ = 0.5 and 2 updates at τ = 0.3")


def test_a_chase_says_how_far_each_value_ends_from_the_truth(shown):
    runs = {"alone": ([0.0, -9.0], [-1.0, -9.5]), "copied": ([0.0, -2.0], [-1.0, -2.0])}
    target_updates.chase(runs, exact=-3.0)
    assert is_a_png_with_text(shown[0], "-3.00 is true", "-9.5, off by 6.0", "-2.0, off by 1.0")


@pytest.mark.parametrize(
    ("curves", "finding"),
    [
        ({"a": [[4, 20, 3]] * 3, "b": [[4, 2, 1]] * 3}, "Only the error of “a” climbs, from 4.0"),
        ({"a": [[4, 20, 3]] * 3, "b": [[4, 9, 1]] * 3}, "climbs for “a”, from 4.0 to 20.0 and “b”"),
        ({"a": [[4, 20, 3]] * 3, "b": [[4, 20, 3.1]] * 3}, "Two curves in one place: “a” and “b”"),
        ({"a": [[4, 2, 1]] * 3, "b": [[4, 3, 2]] * 3}, "No error climbs above its start"),
    ],
)
def test_errors_say_which_climb_and_whether_curves_are_on_each_other(shown, curves, finding):
    target_updates.errors_over_updates({name: np.array(runs) for name, runs in curves.items()})
    assert is_a_png_with_text(shown[0], finding, "100 updates, medians of 3 seeds")


def test_two_flights_are_a_film_and_a_picture_of_how_they_ended(shown):
    noises = {"still": ou_noise_of(sigma=0), "loud": ou_noise_of(sigma=1)}
    ou_noise.two_flights(noises, start=3)
    film, picture = shown
    tilts = [int(tilt) for tilt in re.findall(r"up to (\d+) degrees", picture.alt)]
    assert tilts[0] < tilts[1]
    assert re.search(r'aria-label="Two landers side by side[^"]*with still \d+ steps', film.data)
    assert is_a_png_with_text(picture, "with loud")


def ou_noise_of(sigma):
    return OrnsteinUhlenbeckNoise(2, sigma=sigma, seed=0)


def test_the_sky_says_how_much_of_it_was_seen(shown):
    corner = np.full((9, 2), -0.99)
    ou_noise.heat({"none": corner, "a": corner, "b": np.concatenate([corner, -corner])})
    assert is_a_png_with_text(shown[0], "none 0%, a 0%, b 0%")


def test_runs_say_how_often_they_change_sides_and_how_far_they_lead(shown):
    ou_noise.runs({"hasty": np.tile([1.0, -1.0], 9), "steady": np.ones(18)})
    assert is_a_png_with_text(shown[0], "hasty changes sides 17", "steady gets 18 away")


@pytest.fixture
def surface():
    return critic.Surface(Drift, 0.95)


def test_a_surface_asks_the_critic_in_every_point(surface):
    values = surface.values(lambda columns: Drift.q(*columns, 0.95)[:, 0])
    np.testing.assert_allclose(values, surface.exact, rtol=1e-5)
    assert surface.off(values) < 1e-5
    assert surface.off(surface.exact + 2) == pytest.approx(2)


def test_surfaces_say_which_critic_is_nearest_to_the_truth(shown, surface):
    kept = {"at first": 2, "then": 1, "at last": 0.5}
    critic.surfaces(surface, {name: surface.exact + off for name, off in kept.items()})
    critic.surfaces(surface, {"alone": surface.exact + 1})
    assert is_a_png_with_text(shown[0], "At last the critic is off by 0.50, at first by 2.00.")
    assert is_a_png_with_text(shown[1], "Alone the critic is off by 1.00.")


def test_the_surface_bends_in_a_film(shown, surface):
    critic.surface_film(surface, {n: surface.exact * n / 200 for n in (0, 100, 200)})
    (film,) = shown
    assert "After 200 updates they are off by 0.00" in film.data


def test_the_error_of_a_critic_is_told_at_three_points(shown):
    critic.error_curve([0, 50, 100], [4.0, 2.0, 1.0])
    assert is_a_png_with_text(shown[0], "4.00 before the first, 2.00 half way, 1.00 after 100")


def test_a_critics_flight_says_how_far_it_is_off(shown):
    measured = np.linspace(0, 90, 9)
    lines = {"early": measured - 30, "late": measured + 10, "measured": measured}
    critic.along_a_flight(lines)
    wrong_first = measured + np.repeat([-6, 0, 3], 3)
    critic.along_a_flight({"the critic says": wrong_first, "measured": measured})
    assert is_a_png_with_text(shown[0], "Early: too low by 30, late: too high by 10.")
    assert is_a_png_with_text(
        shown[1], "Too low by 6 in the first third, too high by 3 in the last"
    )
