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
        """False where |skewness| and kurtosis, to 12 decimals, both reach their limits; the unknown does not fail."""
        skewed = round(abs(self.skewness), 12) >= limits[0]
        return not (skewed and round(self.kurtosis, 12) >= limits[1])


UNKNOWN = Shape(math.nan, math.nan)


def shape(values: Array) -> Shape:
    """The shape of a column's observed values; NaN is left out."""
    return shape_of_sorted(np.sort(values[~np.isnan(values)]))


def shape_of_sorted(seen: Array) -> Shape:
    """The shape of values in rising order, none of them missing."""
    count = len(seen)
    if count < 3 or seen[0] == seen[-1]:
        return UNKNOWN
    parts = (seen - seen[0]) / (seen[-1] - seen[0])  # from 0 to 1: no power of a huge or tiny figure is out of range
    parts -= parts.sum() / count
    squares = parts * parts
    second, third, fourth = float(squares.sum()), float(squares @ parts), float(squares @ squares)
    skewness = count * math.sqrt(count - 1) / (count - 2) * third / second**1.5
    if count < 4:
        return Shape(skewness, math.nan)
    ratio = count * fourth / second**2
    kurtosis = ((count + 1) * ratio - 3 * (count - 1)) * (count - 1) / ((count - 2) * (count - 3))
    return Shape(skewness, kurtosis)
