"""Drawing shows pictures that tell those who can't see them what is in them."""

import base64
import inspect
import re

import imageio.v3 as iio
import numpy as np
import pytest

from helpers import drawing
from helpers.drawing import dqn, lander, ou_noise, replay_memory
from helpers.gym_api import rollout

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


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lander.ten_seeds, "10 seeds"),
        (lander.updates_per_second, "against"),
        (dqn.promises, "double DQN"),
        (ou_noise.study_of_noise, "OU, annealed (the course)"),
        (replay_memory.sampling_cost, "deque"),
    ],
)
def test_the_studys_results_are_drawn(shown, draw, words):
    draw()
    assert is_a_png_with_text(shown[0], words)
