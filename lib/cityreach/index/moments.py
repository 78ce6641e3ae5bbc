"""Skewness and excess kurtosis as the spreadsheet functions SKEW and KURT give them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SKEWNESS, KURTOSIS = 2.0, 3.5  # the usual limits; a column fails where both are reached


class Shape(NamedTuple):
    """Sample skewness (from 3 values on) and excess kurtosis (from 4 on); NaN below, and where nothing varies."""

    skewness: float
    kurtosis: float

    def passes(self, limits: tuple[float, float] = (SKEWNESS, KURTOSIS)) -> bool:
        """False where |skewness| and kurtosis both reach their limits; what cannot be told does not fail."""
        return not (abs(self.skewness) >= limits[0] and self.kurtosis >= limits[1])


def shape(values: Array) -> Shape:
    """The shape of a column's observed values; NaN is left out."""
    seen = values[~np.isnan(values)]
    count = len(seen)
    low, high = (seen.min(), seen.max()) if count else (0.0, 0.0)
    if count < 3 or low == high:
        return Shape(math.nan, math.nan)
    parts = (seen - low) / (high - low)  # from 0 to 1, so that no power of a huge or tiny figure is out of range
    parts -= parts.sum() / count
    squares = parts * parts
    second, third, fourth = float(squares.sum()), float(squares @ parts), float(squares @ squares)
    skewness = count * math.sqrt(count - 1) / (count - 2) * third / second**1.5
    if count < 4:
        return Shape(skewness, math.nan)
    ratio = count * fourth / second**2
    kurtosis = ((count + 1) * ratio - 3 * (count - 1)) * (count - 1) / ((count - 2) * (count - 3))
    return Shape(skewness, kurtosis)
