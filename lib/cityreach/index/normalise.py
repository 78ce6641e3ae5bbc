"""Figures to scores: `per_days`, the families `transform_*` and `normalise_*`, on NumPy arrays with NaN for null."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cityreach.index.method import Goalposts, Minmax, Node

Array = NDArray[np.float64]


def per_days(values: Array, *, basis: int, days: Array) -> Array:
    """A flow over windows of `days` days, as it would be over `basis` days: value x basis / days."""
    return values * (basis / days)


def transform_log1p(values: Array) -> Array:
    """ln(1 + x); a value below 0 (a loss of followers) counts as 0, so it lands on or under the lower goalpost."""
    return np.log1p(np.maximum(values, 0.0))


def transform_none(values: Array) -> Array:
    """The values as they are."""
    return values


def normalise_goalposts(values: Array, *, low: float, high: float, clip: bool = True) -> Array:
    """low -> 0, high -> 100, linear between; outside them 0 or 100 when clipped; NaN stays NaN."""
    scores = (values - low) / (high - low) * 100.0
    return np.clip(scores, 0.0, 100.0) if clip else scores


def normalise_minmax(values: Array, *, groups: NDArray[np.intp]) -> Array:
    """The lowest value of a group -> 0, its highest -> 100; NaN where a group does not vary."""
    scores = np.full(values.shape, np.nan)
    for group in np.unique(groups):
        rows = (groups == group) & ~np.isnan(values)
        if rows.any() and np.ptp(values[rows]) > 0:
            low, high = values[rows].min(), values[rows].max()
            scores[rows] = normalise_goalposts(values[rows], low=low, high=high)
    return scores


TRANSFORMS = {"log1p": transform_log1p, "none": transform_none}


def leaf_score(node: Node, values: Array, *, days: Array, periods: NDArray[np.intp]) -> Array:
    """A leaf's raw values as scores, by its indicator's preparation and its own normalisation; NaN stays NaN.

    days: window length of each row, in days. periods: the edition's number of each row.
    """
    indicator, rule = node.indicator, node.normalise
    assert indicator is not None and rule is not None  # `method.problems` refuses a leaf without them
    transform = TRANSFORMS[indicator.transform]
    flow = values if indicator.per_days is None else per_days(values, basis=indicator.per_days, days=days)
    prepared = transform(flow)
    if isinstance(rule, Goalposts):
        low, high = transform(np.array([rule.low, rule.high]))
        scores = normalise_goalposts(prepared, low=low, high=high, clip=rule.clip)
    elif isinstance(rule, Minmax):
        scores = normalise_minmax(prepared, groups=periods if rule.over == "edition" else np.zeros_like(periods))
    else:
        return prepared
    return scores if indicator.direction > 0 else 100.0 - scores
