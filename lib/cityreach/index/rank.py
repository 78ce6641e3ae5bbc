"""Scores to places: 1 is best, ties share the better place (1, 2, 2, 4) and are marked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def round_significant(values: Array, digits: int = 12) -> Array:
    """Rounded to significant digits, so that noise of the last bits never decides a place; NaN and 0 stay."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
    places = digits - 1 - np.where(np.isfinite(exponent), exponent, 0.0)
    factor = 10.0**places
    return np.where(np.isfinite(exponent), np.rint(values * factor) / factor, values)


def rank_competition(scores: Array) -> Array:
    """Places along the first axis, highest score first, ties sharing the better place; NaN has no place (NaN)."""
    order = np.argsort(-scores, axis=0, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=0)
    position = np.broadcast_to(_column(np.arange(len(scores)), scores.ndim), scores.shape)
    fresh = np.ones(scores.shape, dtype=bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    first = np.maximum.accumulate(np.where(fresh, position, 0), axis=0) + 1.0
    ranks = np.empty(scores.shape)
    np.put_along_axis(ranks, order, first, axis=0)
    return np.where(np.isnan(scores), np.nan, ranks)


def tied(scores: Array) -> NDArray[np.bool_]:
    """Which scores occur more than once along the first axis; NaN is never tied."""
    known = ~np.isnan(scores)
    return known & (rank_competition(scores) + rank_competition(-scores) != known.sum(axis=0) + 1.0)


def _column(values: NDArray[np.intp], dimensions: int) -> NDArray[np.intp]:
    return values.reshape(-1, *[1] * (dimensions - 1))
