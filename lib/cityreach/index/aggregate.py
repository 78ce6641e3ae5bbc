"""Children to parent: who takes part with which share (`effective_shares`), and the family `aggregate_*`.

Arrays are units x children, or units x children x replications; NaN is a child without a score.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ZERO, REWEIGHT, WITHHOLD = 0, 1, 2
RULES = {"zero": ZERO, "reweight": REWEIGHT, "withhold": WITHHOLD}


def effective_shares(weights: Array, kept: NDArray[np.bool_]) -> Array:
    """Weights of the children that take part, brought to a sum of 1 in every unit; 0 for the others.

    weights: children, or children x replications. kept: units x children. Where no child takes part, all keep the
    weight they have by the method (their parent has no score then).
    """
    mask = kept if weights.ndim == 1 else kept[:, :, None]
    nobody = ~mask.any(axis=1, keepdims=True)
    taken = np.where(mask | nobody, weights, 0.0)
    return taken / taken.sum(axis=1, keepdims=True)


def takes_part(absent: NDArray[np.bool_], rules: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Which children keep their weight: those with a score, and those whose absence counts as zero."""
    return ~(absent & (rules != ZERO))


def has_score(absent: NDArray[np.bool_], rules: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Which units get a score: at least one child takes part and no child that withholds is absent."""
    return takes_part(absent, rules).any(axis=1) & ~(absent & (rules == WITHHOLD)).any(axis=1)


def aggregate_arithmetic(scores: Array, shares: Array) -> Array:
    """The weighted arithmetic mean over the children; a child without a score adds nothing."""
    return (np.nan_to_num(scores, nan=0.0) * shares).sum(axis=1)


AGGREGATES = {"arithmetic": aggregate_arithmetic}


def contributions(scores: Array, shares: Array, parent: Array) -> Array:
    """What each child adds to its parent's score, in points: share x score, scaled so that the parts add up to it.

    For a weighted mean the scale is 1; a parent with a last step of its own (`scale`) hands it down in proportion.
    NaN where the parent has no score.
    """
    parts = np.nan_to_num(scores, nan=0.0) * shares
    total = parts.sum(axis=1)
    factor = np.divide(parent, total, out=np.zeros_like(parent), where=total != 0)
    return np.where(np.isnan(parent), np.nan, factor)[:, None] * parts
