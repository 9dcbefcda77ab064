"""The error as a power law of the number of training articles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framing.errors import EvaluationError

Floats = NDArray[np.float64]

LARGEST_EXPONENT = 2.0
# The exponent is searched on so many points, then again between the neighbours of the best one: each pass narrows it
# by a factor of 20, so that the last differs by less than 1e-11.
POINTS = 41
PASSES = 9


@dataclass(frozen=True)
class PowerLaws:
    """Curves error(n) = a + b n^-c with a >= 0, b >= 0 and 0 < c <= 2, one for each draw.

    Attributes
    ----------
    a : ndarray of float, shape (n_draws,)
        The error that no number of articles removes.
    b, c : ndarray of float, shape (n_draws,)
    """

    a: Floats
    b: Floats
    c: Floats

    def predict(self, articles: float) -> Floats:
        """Return the errors at a number of articles, shape (n_draws,)."""
        errors: Floats = self.a + self.b * articles**-self.c
        return errors

    def articles_for_gain(self, articles: float, gain: float) -> Floats:
        """Return the numbers of articles, all together, at which the error will be smaller by ``gain``.

        Smaller than the curve's own error at ``articles`` now. Infinite where ``a`` forbids it.

        Parameters
        ----------
        articles : float
        gain : float
            Above 0.

        Returns
        -------
        ndarray of float, shape (n_draws,)
        """
        # What is left above the asymptote; not `predict - a`, which loses the digits of a small remainder.
        left = self.b * articles**-self.c - gain
        within_reach = left > 0
        with np.errstate(over="ignore"):
            needed: Floats = (self.b / np.where(within_reach, left, 1)) ** (1 / self.c)
        return np.where(np.isnan(left), np.nan, np.where(within_reach, needed, np.inf))


def fit_power_laws(sizes: Floats, errors: Floats) -> PowerLaws:
    """Fit a power law to a learning curve, or to every bootstrap draw of one, by least squares.

    The inverse power law of learning curves (Figueroa et al. 2012, *Predicting sample size required for classification
    performance*). For a given c the best a and b are a linear fit with bounds, which is solved exactly, so that only c
    is searched; nothing depends on a starting point. Every size counts the same. Intervals from draws of the test
    articles hold for the law: whether the error keeps to it beyond the largest size, they do not tell.

    Parameters
    ----------
    sizes : ndarray of float, shape (n_sizes,)
        Numbers of training articles.
    errors : ndarray of float, shape (n_draws, n_sizes)
        None below 0. A draw with a NaN gives NaN.

    Raises
    ------
    EvaluationError
        When there are fewer than three different sizes above 0.
    """
    known = len(np.unique(sizes[sizes > 0]))
    if known < 3 or known < len(np.unique(sizes)):
        raise EvaluationError(
            f"a power law has three numbers to fit and needs 3 different numbers of articles above 0, and there are "
            f"{known}; add shares to 'curve' in [evaluation]"
        )
    # In units of the smallest size the powers lie in (0, 1] and b near the errors.
    scaled = sizes / sizes.min()
    draws = np.arange(len(errors))
    step = LARGEST_EXPONENT / POINTS
    exponents = np.tile(np.linspace(step, LARGEST_EXPONENT, POINTS), (len(errors), 1))
    for _ in range(PASSES):
        a, b, squares = _fit_given(exponents, scaled, errors)
        best = squares.argmin(axis=1)
        a, b, c = (values[draws, best] for values in (a, b, exponents))
        low, high = np.maximum(c - step, step * 1e-3), np.minimum(c + step, LARGEST_EXPONENT)
        exponents = np.linspace(low, high, POINTS, axis=1)
        step = 2 * step / (POINTS - 1)
    return PowerLaws(a, b * sizes.min() ** c, np.where(np.isnan(a), np.nan, c))


def _fit_given(exponents: Floats, sizes: Floats, errors: Floats) -> tuple[Floats, Floats, Floats]:
    """Fit a and b for given exponents.

    Parameters
    ----------
    exponents : ndarray, shape (n_draws, n_exponents)
    sizes : ndarray, shape (n_sizes,)
    errors : ndarray, shape (n_draws, n_sizes)

    Returns
    -------
    tuple of ndarray, each of shape (n_draws, n_exponents)
        a, b, and the sum of the squared residuals.
    """
    powers = sizes ** -exponents[..., None]
    observed = errors[:, None, :]
    mean_power, mean_error = powers.mean(axis=-1), observed.mean(axis=-1)
    centred = powers - mean_power[..., None]
    slope = (centred * observed).sum(axis=-1) / np.square(centred).sum(axis=-1)
    through_zero = (powers * observed).sum(axis=-1) / np.square(powers).sum(axis=-1)
    # The squares are convex in a and b: where a bound is passed, the best lies on it, and not both can be, since the
    # mean error, which the line goes through, is not below 0.
    b = np.where(mean_error < slope * mean_power, through_zero, np.maximum(slope, 0))
    a = np.where(mean_error < slope * mean_power, 0, mean_error - b * mean_power)
    residuals = observed - a[..., None] - b[..., None] * powers
    return a, b, np.square(residuals).sum(axis=-1)
