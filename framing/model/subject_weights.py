"""How much likelier each word is in some texts than a word drawn blindly, known from the words like it too."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# A neighbour whose cosine is lower by 1 / SHARPNESS counts e times less.
SHARPNESS = 16
N_ANCHORS = 1_000
SHARE_OF_NEIGHBOURS = 0.5
ROWS_AT_ONCE = 4_000


def subject_weights(mass: Floats, vectors: NDArray[np.floating]) -> Floats:
    """Weigh each word by how much likelier it is in the training texts than a word drawn blindly.

    A word's chance in the training texts is its share of their mass, mixed with the share that its neighbours in
    meaning have: interpolation (Jelinek and Mercer 1980), with a kernel estimate in the place of the more general
    model. So a word never seen there counts for what words like it do.

    Parameters
    ----------
    mass : ndarray of float, shape (n_parts, n_words)
        How much of the training texts each word makes up.
    vectors : ndarray of float, shape (n_words, n_dimensions)

    Returns
    -------
    ndarray of float, shape (n_parts, n_words)
    """
    n_words = mass.shape[1]
    share = mass / np.maximum(mass.sum(axis=1, keepdims=True), 1e-12)
    # The neighbours that matter are the words that the texts use most.
    anchors = np.argsort(-share[0], kind="stable")[:N_ANCHORS]
    near = np.empty_like(share)
    for start in range(0, n_words, ROWS_AT_ONCE):
        cosines = vectors[start : start + ROWS_AT_ONCE] @ vectors[anchors].T
        near[:, start : start + ROWS_AT_ONCE] = share[:, anchors] @ np.exp(SHARPNESS * (cosines - 1)).T
    # No word is its own neighbour.
    lengths = np.einsum("ij,ij->i", vectors[anchors], vectors[anchors])
    near[:, anchors] -= share[:, anchors] * np.exp(SHARPNESS * (lengths - 1))
    near = np.maximum(near, 1e-12)
    near /= near.sum(axis=1, keepdims=True)
    weights: Floats = np.log(n_words * ((1 - SHARE_OF_NEIGHBOURS) * share + SHARE_OF_NEIGHBOURS * near))
    return weights
