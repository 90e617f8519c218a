import numpy as np
import pytest

from helpers.ou_noise import OrnsteinUhlenbeckNoise, annealed


def path(theta=0.15, sigma=0.2, steps=4_000, size=2_000, burn_in=200):
    """``size`` independent processes after burn-in, ``(steps, size)``."""
    noise = OrnsteinUhlenbeckNoise(size, theta, sigma, seed=0)
    samples = np.array([noise.sample() for _ in range(burn_in + steps)])
    return samples[burn_in:]


def test_without_diffusion_friction_takes_it_back():
    noise = OrnsteinUhlenbeckNoise(1, theta=0.25, sigma=0)
    noise.state[:] = 1
    assert [float(noise.sample()[0]) for _ in range(3)] == [0.75, 0.5625, 0.421875]


@pytest.mark.parametrize(("theta", "sigma"), [(0.15, 0.2), (0.5, 1.0), (1.0, 0.3)])
def test_mean_variance_and_correlation_are_those_of_the_discrete_process(theta, sigma):
    # The components are independent of each other, so their spread gives each estimate's error,
    # whatever the correlation along time is. Five deviations are 1 in 10^6.
    samples = path(theta, sigma, steps=400)
    last = samples[-1]
    variance = sigma**2 / (theta * (2 - theta))
    error = 1 / np.sqrt(len(last))
    assert abs(last.mean()) < 5 * error * np.sqrt(variance)
    assert last.var() == pytest.approx(variance, abs=5 * error * np.sqrt(2) * variance)
    for lag in (1, 3, 10):
        correlation = np.corrcoef(samples[-1 - lag], last)[0, 1]
        assert correlation == pytest.approx((1 - theta) ** lag, abs=5 * error)


def test_the_kicks_are_gaussian():
    kicks = path(theta=1.0, sigma=1.0, steps=50).ravel()
    error = 1 / np.sqrt(len(kicks))
    assert np.mean(kicks**3) == pytest.approx(0, abs=5 * np.sqrt(15) * error)
    assert np.mean(kicks**4) == pytest.approx(3, abs=5 * np.sqrt(96) * error)


def test_sigma_can_be_set_and_acts_on_later_increments():
    noise = OrnsteinUhlenbeckNoise(1, sigma=1.0, seed=0)
    before = noise.sample()
    noise.sigma = 0
    np.testing.assert_allclose(noise.sample(), 0.85 * before, rtol=1e-6)


def test_reset_goes_back_to_zero_and_the_generator_goes_on():
    noise = OrnsteinUhlenbeckNoise(3, seed=0)
    first = noise.sample()
    noise.reset()
    assert not noise.state.any()
    assert (noise.sample() != first).all()


def test_a_sample_has_its_size_and_type_and_is_a_copy():
    noise = OrnsteinUhlenbeckNoise(2, seed=0)
    sample = noise.sample()
    assert sample.shape == (2,)
    assert sample.dtype == np.float32
    sample[:] = 99
    assert (noise.state < 99).all()


def test_a_seed_fixes_it():
    one, other = (OrnsteinUhlenbeckNoise(2, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one.sample(), other.sample())


@pytest.mark.parametrize(
    ("arguments", "error", "named"),
    [
        ({"size": 0}, ValueError, "size"),
        ({"size": 2.0}, TypeError, "size"),
        ({"size": 2, "theta": 1.5}, ValueError, "theta"),
        ({"size": 2, "sigma": -0.1}, ValueError, "sigma"),
        ({"size": 2, "sigma": np.nan}, ValueError, "sigma"),
    ],
)
def test_bad_input_is_named(arguments, error, named):
    with pytest.raises(error, match=named):
        OrnsteinUhlenbeckNoise(**arguments)


@pytest.mark.parametrize(
    ("progress", "until", "sigma"),
    [(0, 0.8, 0.5), (0.4, 0.8, 0.26), (0.8, 0.8, 0.02), (1, 0.8, 0.02), (0, 0, 0.02)],
)
def test_annealing_is_a_line_that_ends(progress, until, sigma):
    assert annealed(progress, 0.5, 0.02, until) == pytest.approx(sigma)


@pytest.mark.parametrize("arguments", [(1.1, 1, 0, 0.5), (0.5, 1, 0, 2)])
def test_annealing_refuses_what_is_no_fraction(arguments):
    with pytest.raises(ValueError, match=r"must be in \[0, 1\]"):
        annealed(*arguments)
