"""Multinomial logistic regression on sparse features."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from framing.settings import ClassifierSettings


def fit_logistic(
    features: csr_array[Any], gold: NDArray[np.int64], n_frames: int, *, C: float, settings: ClassifierSettings
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit one weight per feature and frame.

    Newton's method with conjugate gradients reaches a tolerance of 1e-8 in a tenth of the time of L-BFGS on TF-IDF
    rows, and at such a tolerance the weights no longer depend on the machine's order of summation. One thread for
    the linear algebra makes them equal bit for bit on one machine, however many cores are free.

    Parameters
    ----------
    features : csr_array, shape (n_train, n_features)
    gold : ndarray of int, shape (n_train,)
        Each of the ``n_frames`` labels must occur.
    n_frames : int
    C : float
        Inverse strength of the L2 penalty.
    settings : ClassifierSettings

    Returns
    -------
    coefficients : ndarray, shape (n_features, n_frames)
    intercept : ndarray, shape (n_frames,)
    """
    class_weight = None if settings.class_weight == "none" else settings.class_weight
    solver = LogisticRegression(
        C=C, class_weight=class_weight, solver="newton-cg", tol=settings.tolerance, max_iter=1000
    )
    with threadpool_limits(1):
        solver.fit(features, gold)
    if len(solver.classes_) != n_frames:
        raise ValueError(f"training part holds {len(solver.classes_)} of {n_frames} labels")
    if n_frames == 2:
        # With two labels the library fits one weight a feature: the difference of the two.
        return np.outer(solver.coef_[0], [-0.5, 0.5]), solver.intercept_[0] * np.array([-0.5, 0.5])
    return np.ascontiguousarray(solver.coef_.T), solver.intercept_
