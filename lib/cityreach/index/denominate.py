"""Figures per head, per square kilometre, per unit of output: value / denominator x scale."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Denominated(NamedTuple):
    """The column divided, and the rows with a figure that could not be: the caller names unit and denominator."""

    values: Array
    undefined: NDArray[np.bool_]


def denominate(values: Array, denominator: Array, *, scale: float = 1.0) -> Denominated:
    """value / denominator x scale, for example per 10,000 inhabitants.

    values, denominator: rows. NaN where the figure is missing; NaN and marked as undefined where there is a figure but
    its denominator is missing, 0 or below 0.
    """
    usable = (denominator > 0) & np.isfinite(denominator)
    with np.errstate(over="ignore"):
        parts = np.divide(values, denominator, out=np.full(values.shape, np.nan), where=usable) * scale
    parts = np.where(np.isfinite(parts), parts, np.nan)
    return Denominated(parts, np.isnan(parts) & ~np.isnan(values))
