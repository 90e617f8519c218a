"""The live figures: their numbers beside the helpers', and what a reader can do with them."""

import json
import re

import keras
import nbformat
import numpy as np
import pytest

from course.chapters import CHAPTERS
from course.code import ROOT
from docs.live import (
    DATA,
    FIGURES,
    MARK,
    SCRIPTS,
    STILLS,
    draw_still,
    figure,
    scripts,
    with_figures,
)
from helpers.gym_api import Drift, discounted_return
from helpers.ou_noise import OrnsteinUhlenbeckNoise
from helpers.target_updates import soft_update

EXACT = {"rel": 0, "abs": 1e-6}


@pytest.fixture
def page(browser):
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def computed(page):
    """A function that calls one of the scripts' functions."""
    for script in scripts(FIGURES):
        page.add_script_tag(path=SCRIPTS / f"{script}.js")

    def call(function, *arguments):
        return page.evaluate(f"given => live.{function}(...given)", arguments)

    return call


@pytest.fixture
def opened(browser, tmp_path):
    """A function that opens a page with one figure; an error in its scripts fails the test."""
    pages, errors = [], []

    def open_page(name, **options):
        styles = "".join(
            f'<link rel="stylesheet" href="{(ROOT / "docs" / "_static" / sheet).as_uri()}">'
            for sheet in ("course.css", "live/live.css")
        )
        loaded = "".join(
            f'<script defer src="{(SCRIPTS / script).as_uri()}.js"></script>'
            for script in FIGURES[name]
        )
        file = tmp_path / f"{name}.html"
        text = f'<!doctype html><html lang="en" data-theme="light"><title>{name}</title>'
        text += f'<meta charset="utf-8">{styles}{loaded}<article class="bd-article">'
        file.write_text(text + f"{figure(name)}</article>", "utf-8")
        page = browser.new_page(**options)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(file.as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not errors


@pytest.mark.parametrize("gain", [0, 0.55, 3])
def test_a_boat_goes_where_drift_takes_it(computed, gain):
    env = Drift()
    env.reset(seed=1)
    states, rewards, currents = [float(env.state[0])], [], []
    for _ in range(40):
        action = np.clip(-gain * env.state, -1, 1)
        rewards.append(env.step(action)[1])
        currents.append(float(env.state[0] - states[-1] - Drift.b * action[0]))
        states.append(float(env.state[0]))
    flown = computed("drift.fly", states[0], gain, currents)
    assert flown["states"] == pytest.approx(states, **EXACT)
    assert flown["rewards"] == pytest.approx(rewards, **EXACT)


@pytest.mark.parametrize("discount", [0, 0.5, 0.95, 0.98])
def test_gain_and_return_are_those_of_the_helpers(computed, discount):
    assert computed("drift.bestGain", discount) == pytest.approx(Drift.gain(discount), **EXACT)
    rewards = np.random.default_rng(0).normal(size=60).tolist()
    wanted = discounted_return(rewards, discount)
    assert computed("drift.discountedReturn", rewards, discount) == pytest.approx(wanted, **EXACT)


def test_the_best_gain_that_is_marked_is_near_the_top_of_the_curve(computed):
    for discount in (0.5, 0.9, 0.95):
        best = Drift.gain(discount)

        def mean(gain, discount=discount):
            flown = [
                computed("drift.fly", start, gain, np.zeros(100).tolist())
                for start in (-1, -0.6, -0.2, 0.2, 0.6, 1)
            ]
            return np.mean([discounted_return(one["rewards"], discount) for one in flown])

        assert mean(best) > max(mean(0.8 * best), mean(1.2 * best))


@pytest.mark.parametrize("tau", [0.001, 0.25, 1])
def test_a_target_follows_as_a_soft_update_does(computed, tau):
    weights = np.random.default_rng(0).normal(size=50)
    online, target = (
        keras.Sequential(
            [keras.Input((1,)), keras.layers.Dense(1, use_bias=False, dtype="float64")]
        )
        for _ in range(2)
    )
    target.set_weights([weights[:1, None]])
    wanted = [weights[0]]
    for weight in weights[1:]:
        online.set_weights([np.array([[weight]])])
        soft_update(online, target, tau)
        wanted.append(target.get_weights()[0][0, 0])
    assert computed("target.follow", weights.tolist(), tau) == pytest.approx(wanted, **EXACT)


class Kicks:
    """A generator that gives the numbers it was given."""

    def __init__(self, numbers):
        self.numbers = iter(numbers)

    def standard_normal(self, shape, dtype):
        return np.full(shape, next(self.numbers))


@pytest.mark.parametrize(("theta", "sigma"), [(0.15, 0.2), (1, 0.6), (0.01, 0.1)])
def test_noise_is_that_of_the_helpers(computed, theta, sigma):
    kicks = np.random.default_rng(0).normal(size=100).tolist()
    noise = OrnsteinUhlenbeckNoise(1, theta, sigma)
    noise.rng = Kicks(kicks)
    wanted = [float(noise.sample()[0]) for _ in kicks]
    assert computed("noise.process", theta, sigma, kicks) == pytest.approx(wanted, **EXACT)


def test_the_noise_pushes_the_boat_of_drift(computed):
    noise = np.random.default_rng(0).normal(size=50).tolist()
    env = Drift(noise=0)
    env.reset(seed=0)
    env.state = np.zeros(1)
    wanted = [0.0]
    for push in noise:
        env.step(np.array([push]))
        wanted.append(float(env.state[0]))
    assert computed("noise.push", noise) == pytest.approx(wanted, **EXACT)


def test_chance_repeats_itself_and_has_the_right_spread(computed):
    numbers = np.array(computed("normals", 20_000, 3))
    assert numbers.tolist() == computed("normals", 20_000, 3)
    assert numbers.tolist() != computed("normals", 20_000, 4)
    assert abs(numbers.mean()) < 0.03
    assert numbers.std() == pytest.approx(1, abs=0.03)
    assert np.abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.03


def test_each_figure_has_a_place_in_one_chapter():
    places = [
        name
        for chapter in CHAPTERS
        for cell in nbformat.read(chapter.path, as_version=4).cells
        for name in MARK.findall(cell.source)
    ]
    assert sorted(places) == sorted(FIGURES)


def test_a_mark_becomes_a_figure_without_a_blank_line():
    made = with_figures("before\n\n<!--live:drift-->\n\nafter")
    assert made.startswith('before\n\n<figure class="live" data-live="drift">\n<p>')
    assert "\n\n" not in made.removeprefix("before\n\n").removesuffix("\n\nafter")


@pytest.mark.parametrize("name", FIGURES)
def test_the_picture_without_a_script_is_the_one_that_the_script_begins_with(page, name):
    kept = (STILLS / f"{name}.html").read_text("utf-8")
    assert draw_still(page, name) == kept, "python -m docs.live"
    assert len(kept) < 60_000


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("name", FIGURES)
def test_every_slider_works_by_keyboard_and_says_what_it_is(opened, name, width):
    page = opened(name, viewport={"width": width, "height": 900})
    sliders = page.get_by_role("slider")
    assert sliders.count() > 0
    for slider in sliders.all():
        label = slider.locator("xpath=..")
        assert label.locator("span").inner_text()
        before = [picture(page), label.locator("output").inner_text()]
        slider.focus()
        largest = slider.evaluate("one => one.value === one.max")
        page.keyboard.press("ArrowLeft" if largest else "ArrowRight")
        for _ in range(2):  # what a single step changes may be less than a digit
            page.keyboard.press("PageDown" if largest else "PageUp")
        after = [picture(page), label.locator("output").inner_text()]
        assert all(one != other for one, other in zip(before, after))
        assert slider.get_attribute("aria-valuetext") == after[1]


def picture(page):
    return page.locator("svg[role=img]").evaluate("svg => svg.outerHTML")


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("name", FIGURES)
def test_letters_are_as_large_on_a_phone_and_stay_in_the_picture(opened, name, width):
    page = opened(name, viewport={"width": width, "height": 900})
    page.wait_for_function(
        """() => {
            const svg = document.querySelector("svg[role=img]");
            return Math.abs(svg.getBoundingClientRect().width - svg.getAttribute("width")) < 1;
        }"""
    )
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    outside = page.evaluate(
        """() => {
            const frame = document.querySelector("svg[role=img]").getBoundingClientRect();
            return [...document.querySelectorAll("svg text")].filter(text => {
                const box = text.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1
                    || parseFloat(getComputedStyle(text).fontSize) < 12;
            }).map(text => text.textContent);
        }"""
    )
    assert not outside


@pytest.mark.parametrize("name", FIGURES)
def test_without_javascript_there_is_the_picture_alone(opened, name):
    page = opened(name, java_script_enabled=False)
    assert page.locator("svg[role=img]").is_visible()
    assert len(page.locator("figure p").inner_text()) > 40
    assert page.locator("input, button, figcaption").count() == 0


@pytest.mark.parametrize("name", FIGURES)
def test_on_paper_there_are_no_sliders(opened, name):
    page = opened(name)
    page.emulate_media(media="print")
    assert page.locator("svg[role=img]").is_visible()
    assert not page.locator(".controls").is_visible()


def test_other_numbers_make_another_picture(opened):
    page = opened("noise")
    before = picture(page)
    page.get_by_role("button", name="Other kicks").click()
    assert picture(page) != before


def test_a_flight_plays_when_it_is_asked_to_and_stops_for_the_reader(opened):
    page = opened("flights")
    part = page.get_by_label("moment")
    part.evaluate("one => { one.value = 0; one.dispatchEvent(new Event('input')) }")
    before = picture(page)
    page.evaluate("new Promise(done => setTimeout(done, 300))")
    assert picture(page) == before  # nothing moves by itself
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('input[name=part]').value > 0.01")
    part.evaluate("one => { one.value = 0.9; one.dispatchEvent(new Event('input')) }")
    page.evaluate("new Promise(done => setTimeout(done, 300))")
    assert part.input_value() == "0.9"


def test_a_reader_who_asked_for_less_motion_has_the_slider_alone(opened):
    page = opened("flights", reduced_motion="reduce")
    assert page.get_by_role("button", name="Play").count() == 0
    assert page.get_by_label("moment").is_visible()


def test_recorded_flights_are_small_and_whole():
    text = DATA["flights"].read_text("utf-8")
    assert len(text) < 150_000
    recorded = json.loads(text)
    flights = recorded["flights"]
    assert 10 <= len(flights) <= 14
    assert [one["step"] for one in flights] == sorted({one["step"] for one in flights})
    starts = {(one["x"][0], one["y"][0], one["angle"][0]) for one in flights}
    assert len(starts) == 1
    for one in flights:
        lengths = {len(one[name]) for name in ("x", "y", "angle", "main", "side", "legs")}
        assert len(lengths) == 1
        assert re.fullmatch("lands|crashes|leaves the picture|.* when the time is up", one["end"])
        # At rest beside the pad, a leg may hang in the air.
        assert (one["end"] == "lands") <= (max(one["legs"]) > 0)
    moon = recorded["moon"]
    assert len(moon["x"]) == len(moon["y"])
    assert moon["pad"] == [-0.2, 0.2]
