"""Probabilities as decimals of six digits, many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ZERO, _POINT = b"0."
_WHOLE, _FIRST_DECIMAL, _SECOND_DECIMAL, _LAST_DECIMAL = 0, 2, 3, 7
# Python writes 0.00001 as 1e-05.
_SMALL = np.array([repr(number / 1e6).encode() for number in range(100)])


def decimals(values: NDArray[np.float64]) -> NDArray[np.bytes_]:
    """Write each as Python writes it when it is rounded to six digits.

    Parameters
    ----------
    values : ndarray of float, any shape
        Between 0 and 1.

    Returns
    -------
    ndarray of bytes, of the same shape
    """
    millionths = np.rint(values * 1e6).astype(np.uint32)
    # A plane for each sign of 0.123456 is filled at once.
    signs = np.empty((_LAST_DECIMAL + 1, *values.shape), np.uint8)
    rest = millionths
    for place in range(_LAST_DECIMAL, _FIRST_DECIMAL - 1, -1):
        tens = rest // np.uint32(10)
        signs[place] = rest - tens * np.uint32(10)
        rest = tens
    signs[_WHOLE] = rest
    signs += _ZERO
    signs[1] = _POINT
    ended = np.ones(values.shape, bool)
    for place in range(_LAST_DECIMAL, _SECOND_DECIMAL - 1, -1):
        ended &= signs[place] == _ZERO
        # An array of bytes ends each before its NULs.
        signs[place][ended] = 0
    texts = np.ascontiguousarray(np.moveaxis(signs, 0, -1)).view(f"S{_LAST_DECIMAL + 1}")[..., 0]
    small = (millionths > 0) & (millionths < len(_SMALL))
    texts[small] = _SMALL[millionths[small]]
    return texts
