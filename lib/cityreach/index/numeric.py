"""Numbers as a reader sees them: rounding that binary noise cannot tip, and the weighted median."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
NOISE = 1e-12  # differences below this share of a number are binary noise, as twelve significant digits are kept
_WHOLE = 2.0**52  # from here on every float is a whole number


def round_significant(values: Array, digits: int = 12) -> Array:
    """Rounded to significant digits, so that noise of the last bits never decides a place; NaN and 0 stay."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
    places = np.minimum(digits - 1 - np.where(np.isfinite(exponent), exponent, 0.0), 300.0)
    up, down = 10.0 ** np.maximum(places, 0.0), 10.0 ** np.maximum(-places, 0.0)
    return np.where(np.isfinite(exponent), np.rint(values * up / down) / up * down, values)


def round_half_up(values: Array, decimals: int) -> Array:
    """Rounded to decimals, halves away from zero, as a spreadsheet's ROUND does: 0.285 and 2.5 become 0.29 and 3.

    A number that misses a half by binary noise (its twelfth significant digit, at most 1e-4 of a step) is taken for
    the half. NaN stays.
    """
    return _rounded(values, decimals, 0.5)


def round_down(values: Array, decimals: int) -> Array:
    """Cut off after decimals, towards zero, as a spreadsheet's PERCENTRANK does; 0.29 stays 0.29. NaN stays."""
    return _rounded(values, decimals, 0.0)


ROUNDINGS = {"half_up": round_half_up, "down": round_down}


def weighted_median(values: Array, weights: Array, axis: int = 0) -> Array:
    """The value with half the weight on either side; between two, where they halve it exactly, their mean.

    Equal weights give the usual median. What has no weight, or is NaN, does not count; NaN where nothing counts.
    """
    values, weights = np.broadcast_arrays(values, weights)
    counts = (weights > 0) & ~np.isnan(values)
    values, weights = np.where(counts, values, np.inf), np.where(counts, weights, 0.0)
    order = np.argsort(values, axis=axis, kind="stable")
    values = np.take_along_axis(values, order, axis)
    reached = np.cumsum(np.take_along_axis(weights, order, axis), axis=axis)
    total = np.take(reached, [-1], axis=axis)
    lower = (reached < total * (0.5 - NOISE)).sum(axis=axis, keepdims=True)
    upper = (reached <= total * (0.5 + NOISE)).sum(axis=axis, keepdims=True)
    last = values.shape[axis] - 1
    ends = [np.take_along_axis(values, np.minimum(at, last), axis) for at in (lower, upper)]
    return np.squeeze(np.where(total > 0, (ends[0] + ends[1]) / 2, np.nan), axis=axis)


def _rounded(values: Array, decimals: int, step: float) -> Array:
    """The magnitude in steps of the last decimal, plus `step`, cut to a whole number, with its sign again."""
    factor = 10.0**decimals
    steps = np.abs(values) * factor
    noise = np.minimum(steps * NOISE, 1e-4)
    whole = np.where(steps < _WHOLE, np.floor(steps + step + noise), steps)
    return np.where(steps < _WHOLE, np.copysign(whole / factor, values) + 0.0, values)
