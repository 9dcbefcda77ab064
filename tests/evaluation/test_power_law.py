from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeWarning, curve_fit, nnls

from framing.errors import EvaluationError
from framing.evaluation.power_law import PowerLaws, fit_power_laws

SIZES = np.array([30.0, 60, 120, 240, 480])


def law(n: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
    return a + b * n**-c


def squares(laws: PowerLaws, errors: np.ndarray, sizes: np.ndarray = SIZES) -> np.ndarray:
    predicted = np.stack([laws.predict(size) for size in sizes], axis=1)
    return np.square(errors - predicted).sum(axis=1)


def test_what_a_gain_takes_by_hand() -> None:
    """.2 + n^-.5: at 100 articles .3; .28 needs n^-.5 = .08, which is 156.25; .1 less is the asymptote itself."""
    curve = PowerLaws(np.array([0.2]), np.array([1.0]), np.array([0.5]))
    assert curve.predict(100) == pytest.approx([0.3])
    assert curve.articles_for_gain(100, 0.02) == pytest.approx([156.25])
    assert curve.articles_for_gain(100, 0.1).tolist() == [np.inf]
    assert curve.articles_for_gain(100, 0.5).tolist() == [np.inf]


@given(st.floats(0, 0.6), st.floats(0.1, 3), st.floats(0.1, 2))
def test_a_law_without_noise_is_found_again(a: float, b: float, c: float) -> None:
    errors = law(SIZES, a, b, c)
    [predicted] = fit_power_laws(SIZES, errors[None]).predict(2000)
    assert predicted == pytest.approx(law(2000, a, b, c), abs=1e-6)
    assert squares(fit_power_laws(SIZES, errors[None]), errors[None])[0] < 1e-15


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_never_worse_than_curve_fit(seed: int) -> None:
    random = np.random.default_rng(seed)
    a, b, c = random.uniform(0, 0.5), random.uniform(0.3, 3), random.uniform(0.1, 1.2)
    errors = np.maximum(law(SIZES, a, b, c) + random.normal(0, 0.01, len(SIZES)), 0)
    fitted = fit_power_laws(SIZES, errors[None])
    ours = squares(fitted, errors[None])[0]
    bounds = ([0, 0, 1e-4], [np.inf, np.inf, 2])
    for start in ((0.1, 1, 0.5), (a, b, c)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OptimizeWarning)
            theirs, _ = curve_fit(law, SIZES, errors, p0=start, bounds=bounds, max_nfev=20_000)
        assert ours <= np.square(errors - law(SIZES, *theirs)).sum() + 1e-9


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5))
@settings(max_examples=30)
def test_never_worse_than_non_negative_least_squares_at_any_exponent(values: list[float]) -> None:
    errors = np.array(values)
    fitted = fit_power_laws(SIZES, errors[None])
    assert fitted.a[0] >= 0
    assert fitted.b[0] >= 0
    assert 0 < fitted.c[0] <= 2
    ours = squares(fitted, errors[None])[0]
    for exponent in np.linspace(0.01, 2, 200):
        _, norm = nnls(np.column_stack([np.ones(5), SIZES**-exponent * 30**exponent]), errors)
        assert ours <= norm**2 + 1e-9


def test_agrees_with_curve_fit_on_a_noisy_curve() -> None:
    errors = law(SIZES, 0.25, 1.5, 0.45) + np.array([0.004, -0.006, 0.003, 0.002, -0.002])
    fitted = fit_power_laws(SIZES, errors[None])
    theirs, _ = curve_fit(
        law, SIZES, errors, p0=(0.2, 1, 0.5), bounds=([0, 0, 1e-4], [1, 50, 2]), xtol=1e-14, ftol=1e-14
    )
    assert (fitted.a[0], fitted.b[0], fitted.c[0]) == pytest.approx(tuple(theirs), rel=1e-4)
    assert fitted.predict(1920)[0] == pytest.approx(law(1920, *theirs), abs=1e-6)


def test_errors_that_do_not_fall_have_no_gain_to_come() -> None:
    for errors in (np.full(5, 0.4), np.array([0.3, 0.32, 0.35, 0.36, 0.4])):
        fitted = fit_power_laws(SIZES, errors[None])
        assert fitted.predict(5000) == pytest.approx([errors.mean()])
        assert fitted.articles_for_gain(480, 0.02).tolist() == [np.inf]


def test_many_draws_at_once_are_as_each_alone() -> None:
    random = np.random.default_rng(2)
    draws = law(SIZES, 0.2, 1.2, 0.4) + random.normal(0, 0.02, (50, len(SIZES)))
    together = fit_power_laws(SIZES, draws)
    for place, draw in enumerate(draws):
        alone = fit_power_laws(SIZES, draw[None])
        assert (alone.a[0], alone.b[0], alone.c[0]) == (together.a[place], together.b[place], together.c[place])
        assert alone.articles_for_gain(480, 0.02)[0] == together.articles_for_gain(480, 0.02)[place]


def test_the_gain_that_is_asked_for_is_the_one_that_is_had() -> None:
    random = np.random.default_rng(3)
    draws = law(SIZES, 0.2, 1.2, 0.4) + random.normal(0, 0.01, (200, len(SIZES)))
    laws = fit_power_laws(SIZES, draws)
    needed = laws.articles_for_gain(480, 0.02)
    finite = np.isfinite(needed)
    assert finite.sum() > 100
    at_needed = np.array([one.predict(n)[0] for one, n in zip(map_each(laws), needed, strict=True)])
    assert at_needed[finite] == pytest.approx(laws.predict(480)[finite] - 0.02, abs=1e-9)


def map_each(laws: PowerLaws) -> list[PowerLaws]:
    return [PowerLaws(*(values[None] for values in each)) for each in zip(laws.a, laws.b, laws.c, strict=True)]


def test_a_draw_that_is_not_defined_stays_so_and_leaves_the_others_alone() -> None:
    draws = np.stack([law(SIZES, 0.2, 1, 0.5), np.where(SIZES == 60, np.nan, 0.4)])
    fitted = fit_power_laws(SIZES, draws)
    assert fitted.predict(100)[0] == pytest.approx(0.3)
    for values in (fitted.a, fitted.b, fitted.c, fitted.predict(100), fitted.articles_for_gain(100, 0.02)):
        assert np.isnan(values[1])


@pytest.mark.parametrize("sizes", [[10.0, 20], [10.0, 20, 20], [0.0, 10, 20]])
def test_too_few_sizes_are_refused_with_the_reason(sizes: list[float]) -> None:
    with pytest.raises(
        EvaluationError, match=r"needs 3 different numbers of articles above 0, and there are 2; .*curve"
    ):
        fit_power_laws(np.array(sizes), np.full((1, len(sizes)), 0.4))
