"""Weights of brothers: the family `weight_*`, from the scores of the children (rows x children, NaN for none).

Weights are children long, none below 0, and add up to 1. Rows in which a child has no score are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cityreach.errors import DataError
from cityreach.index.numeric import NOISE, round_significant

Array = NDArray[np.float64]
Names = Sequence[str] | None
TURNS = 500  # rounds of varimax at most; a dozen is usual


def weight_equal(scores: Array) -> Array:
    """The same weight for every child."""
    return np.full(scores.shape[1], 1.0 / scores.shape[1])


def weight_pca(
    scores: Array,
    *,
    rule: Literal["first", "oecd"] = "oecd",
    components: int | None = None,
    names: Names = None,
) -> Array:
    """Weights from the principal components of the children's correlations.

    rule "first": the loadings of the first component. rule "oecd" (Handbook 2008, section 6.1): the components with an
    eigenvalue above 1 and at least 10 % of the variance, and then as many as it takes to pass 60 % (or `components` of
    them), turned by varimax; then `weight_loadings`. DataError, which calls children by `names`, where one does not
    vary, too few rows are complete, or (first) one runs against the others.
    """
    values, vectors = _components(_complete(scores, names))
    if rule == "oecd":
        kept = _kept(values) if components is None else min(components, len(values))
        return weight_loadings(varimax(vectors[:, :kept] * np.sqrt(values[:kept])))
    first = vectors[:, 0] * (1.0 if vectors[:, 0].sum() >= 0 else -1.0)
    first = np.where(np.abs(first) < NOISE, 0.0, first)
    against = np.flatnonzero(first < 0)
    if against.size:
        raise DataError(
            f"First-component weights: {_name(names, against[0])} runs against the other children, its weight would be "
            f"{first[against[0]] / first.sum():.4g}. Check its direction, or use the `oecd` rule or other weights."
        )
    return first / first.sum()


def weight_loadings(loadings: Array) -> Array:
    """Weights from (turned) loadings, children x components, by the OECD rule.

    A child belongs to the component on which it has the highest loading. Its weight there is its squared loading over
    the component's sum of squares, times the component's part of the variance explained, which is that sum over all:
    so it is the square of its own loading, over the sum for all children.
    """
    squares = loadings**2
    own = round_significant(squares).argmax(axis=1)
    weights = squares[np.arange(len(squares)), own]
    return weights / weights.sum()


def weight_optimised(scores: Array, *, targets: Sequence[float] | None = None, names: Names = None) -> Array:
    """Weights by which the children's correlations with their weighted mean are to each other as the targets are.

    targets: one above 0 for every child, equal if left out. Exact where weights of 0 and more can do it; otherwise
    those that come nearest (least squares of the correlations' shares). DataError as in `weight_pca`.
    """
    complete = _complete(scores, names)
    aims = np.ones(complete.shape[1]) if targets is None else np.asarray(targets, dtype=float)
    deviation = complete.std(axis=0)
    covariance = np.atleast_2d(np.cov(complete, rowvar=False, ddof=0))
    exact = np.linalg.lstsq(covariance, aims * deviation, rcond=None)[0]
    solved = np.allclose(covariance @ exact, aims * deviation, rtol=1e-9, atol=0.0)
    if solved and (exact >= -NOISE * np.abs(exact).max()).all():
        weights = np.maximum(exact, 0.0)
        return weights / weights.sum()
    return _nearest(covariance, aims / aims.sum(), deviation)


WEIGHTS: dict[str, Callable[..., Array]] = {
    "equal": weight_equal,
    "pca": weight_pca,
    "optimised": weight_optimised,
}


def varimax(loadings: Array) -> Array:
    """Loadings (children x components) turned so that each child has one high loading; Kaiser's row scaling.

    Two components at a time are turned by the angle that is best for the two, until none moves.
    """
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    length = np.where(length > 0, length, 1.0)
    turned = loadings / length
    pairs = [(one, two) for two in range(loadings.shape[1]) for one in range(two)]
    for _ in range(TURNS):
        moved = [_turn(turned, pair) for pair in pairs]
        if not any(moved):
            break
    return turned * length


def _turn(loadings: Array, pair: tuple[int, int]) -> bool:
    """Two columns turned in place; whether they moved."""
    one, two = loadings[:, pair[0]], loadings[:, pair[1]]
    u, v = one**2 - two**2, 2 * one * two
    sine = 2 * (u * v).mean() - 2 * u.mean() * v.mean()
    cosine = (u**2 - v**2).mean() - u.mean() ** 2 + v.mean() ** 2
    angle = np.arctan2(sine, cosine) / 4
    if np.hypot(sine, cosine) < NOISE or abs(angle) < NOISE:
        return False
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    loadings[:, pair] = loadings[:, pair] @ turn
    return True


def _components(complete: Array) -> tuple[Array, Array]:
    """Eigenvalues of the correlations, highest first, and their vectors (children x components)."""
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(complete, rowvar=False)))
    return np.maximum(values[::-1], 0.0), vectors[:, ::-1]


def _kept(values: Array) -> int:
    """How many components the OECD rule keeps; one at least."""
    shares = values / values.sum()
    strong = int(((values > 1 + NOISE) & (shares >= 0.1 - NOISE)).sum())
    enough = int((np.cumsum(shares) <= 0.6 + NOISE).sum()) + 1
    return min(max(strong, enough), len(values))


def _complete(scores: Array, names: Names) -> Array:
    """The rows in which every child has a score; DataError where they are too few, or a child does not vary in them."""
    complete = scores[~np.isnan(scores).any(axis=1)]
    if len(complete) < 3:
        raise DataError(
            f"Weights from the data: {len(complete)} of {len(scores)} rows have a score for every child, at least 3 "
            "must. Impute missing figures first, or give the weights."
        )
    still = np.flatnonzero(np.ptp(complete, axis=0) <= NOISE * np.abs(complete).max(axis=0))
    if still.size:
        raise DataError(
            f"Weights from the data: {_name(names, still[0])} has the same score in all {len(complete)} complete rows, "
            "so that it has no correlation. Leave it out, or give the weights."
        )
    return complete


def _name(names: Names, child: int) -> str:
    return f"child {child + 1}" if names is None else f"`{names[child]}`"


def _nearest(covariance: Array, aims: Array, deviation: Array) -> Array:
    """Weights of 0 and more whose correlations come nearest to the aims; both as shares."""
    from scipy.optimize import minimize

    def miss(weights: Array) -> float:
        correlations = covariance @ weights / deviation
        return float(((correlations / correlations.sum() - aims) ** 2).sum())

    found = minimize(
        miss,
        np.full(len(aims), 1 / len(aims)),
        method="SLSQP",
        bounds=[(0.0, 1.0)] * len(aims),
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    weights = np.clip(found.x, 0.0, None)
    return weights / weights.sum()
