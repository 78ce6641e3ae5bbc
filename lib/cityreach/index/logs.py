"""Logs that draw in a skewed column: the family `log_*`.

Each takes the values of all rows and the observed values of the basis, and gives the values and what was done in a
word. All rise with the figure. A shifted log takes its shift from the basis and cannot be told outside of it on that
side: a figure beyond counts as the basis's own minimum (or maximum), and a basis that does not vary is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cityreach.index.moments import shape

Array = NDArray[np.float64]
Log = Callable[[Array, Array], tuple[Array, str]]
UNTOUCHED = ""


def log(values: Array, seen: Array) -> tuple[Array, str]:
    """ln(x); NaN for 0 and below, which has no log."""
    return np.log(np.where(values > 0, values, np.nan)), "log"


def log1p(values: Array, seen: Array) -> tuple[Array, str]:
    """ln(1 + x); NaN for -1 and below."""
    return np.log1p(np.where(values > -1, values, np.nan)), "log1p"


def log_shift(values: Array, seen: Array) -> tuple[Array, str]:
    """ln(x - min + 1 % of the range): the usual log of composite indices, which takes 0 and negative figures."""
    if not _varies(seen):
        return values, UNTOUCHED
    low, high = seen.min(), seen.max()
    return np.log(np.maximum(values, low) - low + 0.01 * (high - low)), "log_shift"


def log_mirror(values: Array, seen: Array) -> tuple[Array, str]:
    """-ln(max - x + 1 % of the range): `log_shift` for a column with its outliers at the lower end."""
    if not _varies(seen):
        return values, UNTOUCHED
    low, high = seen.min(), seen.max()
    return -np.log(high - np.minimum(values, high) + 0.01 * (high - low)), "log_mirror"


def log_two_sided(values: Array, seen: Array) -> tuple[Array, str]:
    """`log_shift` where the skew is positive, otherwise `log_mirror`: the log works at the side of the outliers."""
    return log_mirror(values, seen) if shape(seen).skewness <= 0 else log_shift(values, seen)


def log1p_shift(values: Array, seen: Array) -> tuple[Array, str]:
    """ln(x - min + 1); unlike `log_shift` it depends on the unit of the figures."""
    if not len(seen):
        return values, UNTOUCHED
    low = seen.min()
    return np.log1p(np.maximum(values, low) - low), "log1p_shift"


def box_cox(values: Array, seen: Array) -> tuple[Array, str]:
    """(y^p - 1) / p, for p = 0 ln(y), with y = (x - min) / range + 1 %; p, from -5 to 5, is the likeliest on the basis.

    p is rounded to 6 decimals and stands in the record.
    """
    if not _varies(seen):
        return values, UNTOUCHED
    from scipy.optimize import minimize_scalar
    from scipy.stats import boxcox_llf

    low, high = seen.min(), seen.max()
    parts, inside = ((np.maximum(given, low) - low) / (high - low) + 0.01 for given in (values, seen))
    best = minimize_scalar(lambda trial: -boxcox_llf(trial, inside), bounds=(-5, 5), method="bounded")
    power, logs = round(float(best.x), 6) + 0.0, np.log(parts)
    return np.expm1(power * logs) / power if power else logs, f"box_cox {power:g}"


LOGS: dict[str, Log] = {
    "log": log,
    "log1p": log1p,
    "log_shift": log_shift,
    "log_mirror": log_mirror,
    "log_two_sided": log_two_sided,
    "log1p_shift": log1p_shift,
    "box_cox": box_cox,
}


def _varies(seen: Array) -> bool:
    return len(seen) > 0 and bool(seen.min() < seen.max())
