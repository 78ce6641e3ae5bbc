"""Scores to places: 1 is best, ties share the better place (1, 2, 2, 4) and are marked; and what groups have in common.

Scores are rows, or rows x columns (such as replications); places are given along the first axis. NaN has no place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cityreach.index.numeric import round_half_up, round_significant, weighted_median

__all__ = [
    "RANKINGS",
    "comparable",
    "group_codes",
    "group_mean",
    "group_median",
    "rank_average",
    "rank_competition",
    "rank_dense",
    "rank_within",
    "round_significant",
    "tied",
]

Array = NDArray[np.float64]


def comparable(scores: Array, *, significant: int = 12, decimals: int | None = None) -> Array:
    """Scores as they are ranked: to significant digits, or as printed with so many decimals (halves up)."""
    return round_significant(scores, significant) if decimals is None else round_half_up(scores, decimals)


def rank_competition(scores: Array) -> Array:
    """Places along the first axis, highest score first, ties sharing the better place; NaN has no place (NaN)."""
    return _placed(scores, lambda fresh: np.maximum.accumulate(np.where(fresh, _position(fresh), 0), axis=0) + 1.0)


def rank_dense(scores: Array) -> Array:
    """Places without gaps after ties (1, 2, 2, 3)."""
    return _placed(scores, lambda fresh: np.cumsum(fresh, axis=0).astype(float))


def rank_average(scores: Array) -> Array:
    """Places, ties sharing the mean of theirs (1, 2.5, 2.5, 4)."""
    known = (~np.isnan(scores)).sum(axis=0)
    return (rank_competition(scores) + known + 1.0 - rank_competition(-scores)) / 2


RANKINGS: dict[str, Callable[[Array], Array]] = {
    "competition": rank_competition,
    "dense": rank_dense,
    "average": rank_average,
}


def rank_within(scores: Array, groups: ArrayLike, *, ranking: str = "competition") -> Array:
    """Places among the rows of the same group; a row without a group (None, NaN) has none."""
    codes, labels = group_codes(groups)
    ranks = np.full(scores.shape, np.nan)
    for code in range(len(labels)):
        ranks[codes == code] = RANKINGS[ranking](scores[codes == code])
    return ranks


def tied(scores: Array) -> NDArray[np.bool_]:
    """Which scores occur more than once along the first axis; NaN is never tied."""
    known = ~np.isnan(scores)
    return known & (rank_competition(scores) + rank_competition(-scores) != known.sum(axis=0) + 1.0)


def group_codes(groups: ArrayLike) -> tuple[NDArray[np.intp], list[Any]]:
    """The number of each row's group (-1: none) and the groups' labels, in the order in which they appear."""
    from pandas import factorize

    codes, labels = factorize(np.asarray(groups, dtype=object))
    return codes, list(labels)


def group_mean(values: Array, groups: ArrayLike, *, weights: Array | None = None) -> tuple[list[Any], Array]:
    """Labels and mean of every group of rows, weighted or not.

    A row without value, weight or group does not count; NaN for a group of none but such rows.
    """
    return _by_group(values, groups, weights, _mean)


def group_median(values: Array, groups: ArrayLike, *, weights: Array | None = None) -> tuple[list[Any], Array]:
    """Labels and median of every group of rows, weighted or not (`numeric.weighted_median`); else as `group_mean`."""
    return _by_group(values, groups, weights, weighted_median)


def _by_group(
    values: Array, groups: ArrayLike, weights: Array | None, measure: Callable[[Array, Array], Any]
) -> tuple[list[Any], Array]:
    codes, labels = group_codes(groups)
    each = np.ones(values.shape) if weights is None else np.where(np.isnan(weights), 0.0, weights)
    found = [measure(values[codes == code], each[codes == code]) for code in range(len(labels))]
    return labels, np.array(found, dtype=float)


def _mean(values: Array, weights: Array) -> float:
    known = ~np.isnan(values) & (weights > 0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else np.nan


def _placed(scores: Array, places: Callable[[NDArray[np.bool_]], Array]) -> Array:
    """Places in the order of the scores, from where a new (lower) score begins; brought back to the rows."""
    order = np.argsort(-scores, axis=0, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=0)
    fresh = np.ones(scores.shape, dtype=bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    ranks = np.empty(scores.shape)
    np.put_along_axis(ranks, order, places(fresh), axis=0)
    return np.where(np.isnan(scores), np.nan, ranks)


def _position(rows: NDArray[np.bool_]) -> NDArray[np.intp]:
    """0, 1, 2 ... down the first axis."""
    return np.arange(len(rows)).reshape(-1, *[1] * (rows.ndim - 1))
