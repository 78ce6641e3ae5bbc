"""Figures before they are scaled: flows on a basis of days and the family `transform_*`; NaN stays NaN.

What a transformation cannot take becomes NaN: `undefined` says where.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def per_days(values: Array, *, basis: int, days: Array) -> Array:
    """A flow over windows of `days` days, as it would be over `basis` days: value x basis / days."""
    return values * (basis / days)


def transform_none(values: Array) -> Array:
    """The values as they are."""
    return values


def transform_log(values: Array) -> Array:
    """ln x; NaN for 0 and less."""
    return np.log(above_zero(values))


def transform_log10(values: Array) -> Array:
    """The decimal logarithm; NaN for 0 and less."""
    return np.log10(above_zero(values))


def transform_log1p(values: Array) -> Array:
    """ln(1 + x); a value below 0 (a loss of followers) counts as 0, so it lands on or under the lower goalpost."""
    return np.log1p(np.maximum(values, 0.0))


def transform_log_shift(values: Array, *, shift: float) -> Array:
    """ln(x + shift); NaN where that is 0 or less."""
    return np.log(above_zero(values + shift))


def transform_sqrt(values: Array) -> Array:
    """The square root; NaN below 0."""
    return np.sqrt(np.where(values < 0, np.nan, values))


def transform_square(values: Array) -> Array:
    """The square with the sign of the value, so that the order stays."""
    return values * np.abs(values)


def transform_reciprocal(values: Array) -> Array:
    """1 / x, which turns the order round (the method's direction is that of the result); NaN for 0 and less."""
    return 1.0 / above_zero(values)


def transform_logit(values: Array, *, whole: float = 1.0) -> Array:
    """ln(x / (whole - x)) of a share of a whole (1, or 100 for per cent); NaN outside 0 to whole and at both ends."""
    inside = np.where((values > 0) & (values < whole), values, np.nan)
    return np.log(inside / (whole - inside))


TRANSFORMS: dict[str, Callable[..., Array]] = {
    "none": transform_none,
    "log": transform_log,
    "log10": transform_log10,
    "log1p": transform_log1p,
    "log_shift": transform_log_shift,
    "sqrt": transform_sqrt,
    "square": transform_square,
    "reciprocal": transform_reciprocal,
    "logit": transform_logit,
}


def undefined(before: Array, after: Array) -> Mask:
    """Which values a transformation or normalisation could not take: known before, NaN after."""
    return ~np.isnan(before) & np.isnan(after)


def above_zero(values: Array) -> Array:
    return np.where(values > 0, values, np.nan)
