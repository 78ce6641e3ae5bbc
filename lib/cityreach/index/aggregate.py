"""Children to parent: who takes part with which share (`effective_shares`), and the family `aggregate_*`.

Scores are rows x children, or rows x children x replications; NaN is a child without a score. Shares have the same
axes, where those for rows and replications may be left out or be 1 long; those of a row add up to 1 (not for `sum`).
A child with a share of 0 is not there; a child without a score that has a share counts as 0. The result is rows, or
rows x replications.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from cityreach.index.numeric import NOISE, round_significant, weighted_median
from cityreach.index.rank import group_codes

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Power = Annotated[float, Field(ge=-100, le=100)]  # beyond it scores leave the range of floating-point numbers
ZERO, REWEIGHT, WITHHOLD = 0, 1, 2
RULES = {"zero": ZERO, "reweight": REWEIGHT, "withhold": WITHHOLD}
PAIRS = 4_000_000  # pairs of units x replications that Copeland holds at a time


def effective_shares(weights: Array, kept: Mask) -> Array:
    """Weights of the children that take part, brought to a sum of 1 in every row; 0 for the others.

    weights: children, or children x replications. kept: rows x children. Where no child takes part, all keep the
    weight they have by the method (their parent has no score then). With replications, rows that are all alike are
    given once (1 x children x replications).
    """
    weights, mask = _matched(weights, kept)
    if mask.ndim == 3 and mask.all():
        mask = mask[:1, :, :1]
    taken = np.where(mask, weights, 0.0)
    total = taken.sum(axis=1, keepdims=True)
    if (total <= 0).any():  # none takes part, or none but children of weight 0
        taken = np.where(total > 0, taken, weights)
        total = taken.sum(axis=1, keepdims=True)
    return taken / np.where(total > 0, total, 1.0)


def taken_weights(weights: Array, kept: Mask) -> Array:
    """Weights of the children that take part as they are, 0 for the others: the shares of a weighted sum."""
    weights, mask = _matched(weights, kept)
    return np.where(mask, weights, 0.0)


def _matched(weights: Array, kept: Mask) -> tuple[Array, Mask]:
    """Both with the axis of replications, or both without."""
    if kept.ndim == 3 and weights.ndim == 1:
        return weights[:, None], kept
    return weights, kept[:, :, None] if kept.ndim == 2 and weights.ndim == 2 else kept


def takes_part(absent: Mask, rules: NDArray[np.int8]) -> Mask:
    """Which children keep their weight: those with a score, and those whose absence counts as zero."""
    return ~(absent & (rules != ZERO))


def has_score(
    absent: Mask,
    rules: NDArray[np.int8],
    *,
    weights: Array | None = None,
    available_weight: float = 0.0,
    available_count: float = 0.0,
) -> Mask:
    """Which rows get a score: a child of some weight takes part, enough of them do, and none that withholds is absent.

    weights: children, or children x replications (then the answer is rows x replications); equal if left out. A child
    of weight 0 is not there: it neither takes part nor withholds.
    available_weight, available_count: the least share of the children's weight and of their number that must take
    part; a child whose absence counts as zero takes part.
    """
    part, withheld = takes_part(absent, rules), absent & (rules == WITHHOLD)
    if weights is not None and not (weights > 0).all():
        (_, part), (taken, withheld) = _matched(weights, part), _matched(weights, withheld)
        part, withheld = part & (taken > 0), withheld & (taken > 0)
    enough = part.any(axis=1) & ~withheld.any(axis=1)
    enough &= part.mean(axis=1) >= available_count - NOISE
    if weights is None:
        return enough & (part.mean(axis=1) >= available_weight - NOISE)
    if weights.ndim == 2 and enough.ndim == 1:
        enough = np.broadcast_to(enough[:, None], (len(enough), weights.shape[1]))
    if available_weight <= 0 and (weights > 0).all():
        return enough
    weights, part = _matched(weights, part)
    there = (part * weights).sum(axis=1)
    return enough & (there > 0) & (there >= (available_weight - NOISE) * weights.sum(axis=0))


def aggregate_arithmetic(scores: Array, shares: Array) -> Array:
    """The weighted arithmetic mean: sum of share x score."""
    return _over_children(_or_zero(scores), shares)


def aggregate_sum(scores: Array, shares: Array) -> Array:
    """The weighted sum, with weights that need not add up to 1 (`taken_weights`)."""
    return _over_children(_or_zero(scores), shares)


def aggregate_geometric(scores: Array, shares: Array, *, shift: float = 0.0) -> Array:
    """The weighted geometric mean: exp(sum of share x ln score); `shift` is added before and taken off after.

    NaN where a child with a share has a score (plus shift) of 0 or less: `forbidden` says which.
    """
    return _through(_or_zero(scores) + shift, shares, (np.log, np.exp), _not_positive) - shift


def aggregate_harmonic(scores: Array, shares: Array, *, shift: float = 0.0) -> Array:
    """The weighted harmonic mean: 1 / sum of share / score; `shift` and NaN as in the geometric mean."""
    return _through(_or_zero(scores) + shift, shares, (np.reciprocal, np.reciprocal), _not_positive) - shift


def aggregate_power(scores: Array, shares: Array, *, power: Power) -> Array:
    """The weighted power mean: (sum of share x score ** power) ** (1 / power); power 0 is the geometric mean.

    NaN where a child with a share has a score below 0, or one of 0 with a power of 0 or less (`forbidden`).
    """
    if power in (0.0, 1.0):
        return aggregate_arithmetic(scores, shares) if power else aggregate_geometric(scores, shares)
    present = _or_zero(scores)
    unit = _unit(present, power)
    ways = (lambda values: _power_less_one(values, power), lambda mean: _root_of_one_more(mean, power))
    refused = _not_positive if power < 0 else _negative
    return _through(present / np.where(unit > 0, unit, 1.0), shares, ways, refused) * _flat(unit, shares)


def aggregate_mazziotta_pareto(scores: Array, shares: Array, *, penalty: int = -1) -> Array:
    """The Mazziotta-Pareto index: mean plus penalty x sd x cv over the children, which is mean - variance / mean.

    Mean and (population) variance are weighted by the shares. penalty: -1 where more is better, +1 where the index
    measures an ill. For scores around 100 (mean 100 and sd 10, or 70 to 130); NaN where the mean is not above 0, or
    is mere noise.
    """
    present = _or_zero(scores)
    mean = _over_children(present, shares)
    off = present - present.max(axis=1, keepdims=True)
    variance = np.maximum(_over_children(off**2, shares) - _over_children(off, shares) ** 2, 0.0)
    above = mean > NOISE * _over_children(np.abs(present), shares)
    return np.where(above, mean + penalty * variance / np.where(above, mean, 1.0), np.nan)


def aggregate_median(scores: Array, shares: Array) -> Array:
    """The weighted median (`numeric.weighted_median`)."""
    present, weights = _alike(_or_zero(scores), shares)
    return weighted_median(present, weights, axis=1)


def aggregate_minimum(scores: Array, shares: Array) -> Array:
    """The lowest score among the children that have a share."""
    present, weights = _alike(_or_zero(scores), shares)
    lowest = np.where(weights > 0, present, np.inf).min(axis=1)
    return np.where(np.isinf(lowest), np.nan, lowest)


def aggregate_copeland(
    scores: Array, shares: Array, *, group: ArrayLike | None = None, valid: Mask | None = None
) -> Array:
    """Copeland: how many other rows of its group a row beats, less how many beat it.

    One row beats another where the children on which it is higher have more weight, among those that both have.
    group: labels of the rows that are compared with each other, such as periods; one group if left out. valid: rows
    that take part; if left out, those with any score. NaN for the others.
    """
    there = ~np.isnan(scores).all(axis=tuple(range(1, scores.ndim))) if valid is None else valid
    present, weights = (part if part.ndim == 3 else part[:, :, None] for part in _alike(_or_zero(scores), shares))
    codes = np.zeros(len(scores), dtype=np.intp) if group is None else group_codes(group)[0]
    found = np.full((len(scores), max(present.shape[2], weights.shape[2])), np.nan)
    for code in np.unique(codes[there & (codes >= 0)]):
        rows = np.flatnonzero(there & (codes == code))
        found[rows] = _copeland(round_significant(present[rows]), weights if len(weights) == 1 else weights[rows])
    return found if max(scores.ndim, shares.ndim) == 3 else found[:, 0]


AGGREGATES: dict[str, Callable[..., Array]] = {
    "arithmetic": aggregate_arithmetic,
    "geometric": aggregate_geometric,
    "harmonic": aggregate_harmonic,
    "power": aggregate_power,
    "mazziotta_pareto": aggregate_mazziotta_pareto,
    "copeland": aggregate_copeland,
    "sum": aggregate_sum,
    "median": aggregate_median,
    "minimum": aggregate_minimum,
}
CHOOSY = ("geometric", "harmonic", "power")  # means that do not take every score: see `forbidden`
# What the engine hands over about the rows.
CONTEXT: dict[str, tuple[str, ...]] = {"copeland": ("group", "valid")}


def forbidden(scores: Array, shares: Array, name: str, **parameters: float) -> Mask:
    """Which children have a score that the aggregation cannot take, so that their parent's is NaN.

    rows x children (x replications). A row where no child has a score is marked, too; it has no score anyway.
    """
    present, weights = _alike(_or_zero(scores) + parameters.get("shift", 0.0), shares)
    power = parameters.get("power", 1.0)
    if name in ("geometric", "harmonic") or (name == "power" and power <= 0):
        return (weights > 0) & _not_positive(present)
    return (weights > 0) & _negative(present) & (name == "power" and power != 1.0)


def contributions(scores: Array, shares: Array, parent: Array) -> Array:
    """What each child adds to its parent's score, in points; rows x children, no replications.

    For a weighted mean or sum: share x score, exactly. Where the parent's score is another number (a last step of its
    own, a mean that is not linear), these parts are scaled in proportion so that they add up to it; where they cancel
    out and cannot be scaled, the difference is spread by share. NaN where the parent has no score.
    """
    parts = _or_zero(scores) * shares
    total, size = parts.sum(axis=1), np.abs(parts).sum(axis=1)
    left = parent - total
    scales = np.abs(total) > NOISE * size
    same = np.abs(left) <= NOISE * size
    factor = np.divide(parent, total, out=np.ones_like(parent), where=scales & ~same)
    spread = np.where(scales | same, 0.0, left)[:, None] * shares
    return np.where(np.isnan(parent)[:, None], np.nan, factor[:, None] * parts + spread)


def _or_zero(scores: Array) -> Array:
    return np.nan_to_num(scores, nan=0.0)


def _not_positive(values: Array) -> Mask:
    return values <= 0


def _negative(values: Array) -> Mask:
    return values < 0


def _alike(scores: Array, shares: Array) -> tuple[Array, Array]:
    """Scores and shares with the same number of axes."""
    weights = shares[None, :] if shares.ndim == 1 else shares
    if scores.ndim == weights.ndim:
        return scores, weights
    return (scores[:, :, None], weights) if scores.ndim == 2 else (scores, weights[:, :, None])


def _flat(column: Array, shares: Array) -> Array:
    """rows x 1 (x replications) without the axis of the children, fit to multiply a result with these shares."""
    flat = column[:, 0]
    return flat[:, None] if flat.ndim == 1 and shares.ndim == 3 else flat


def _over_children(values: Array, shares: Array) -> Array:
    """The sum over the children of value x share; products of matrices where one side has no replications."""
    values, shares = _alike(values, shares)
    if values.ndim == 2:
        return (values * shares).sum(axis=1)
    if values.shape[2] == 1:
        return values[:, :, 0] @ shares[0] if len(shares) == 1 else (values[:, None, :, 0] @ shares)[:, 0]
    if shares.shape[2] == 1:
        return (shares[:, None, :, 0] @ values)[:, 0]
    return np.einsum("rcn,rcn->rn", values, shares)


Ways = tuple[Callable[[Array], Array], Callable[[Array], Array]]


def _through(values: Array, shares: Array, ways: Ways, refused: Callable[[Array], Mask]) -> Array:
    """A mean taken of a function of the values and brought back; NaN where a refused value has a share."""
    bad = refused(values)
    forward, back = ways
    mean = back(_over_children(forward(np.where(bad, 1.0, values)), shares))
    return np.where(_over_children(bad.astype(float), shares) > 0, np.nan, mean) if bad.any() else mean


def _unit(values: Array, power: float) -> Array:
    """What the values of a row are measured in before they are raised, so that none overflows: highest or lowest."""
    if power > 0:
        return values.max(axis=1, keepdims=True)
    lowest = np.where(values > 0, values, np.inf).min(axis=1, keepdims=True)
    return np.where(np.isinf(lowest), 0.0, lowest)


def _power_less_one(values: Array, power: float) -> Array:
    """values ** power - 1, exact for powers near 0, too."""
    with np.errstate(divide="ignore"):  # the logarithm of 0, which a positive power takes back to 0
        return np.expm1(power * np.log(values))


def _root_of_one_more(values: Array, power: float) -> Array:
    """(1 + values) ** (1 / power)."""
    with np.errstate(divide="ignore"):
        return np.exp(np.log1p(np.maximum(values, -1.0)) / power)


def _copeland(scores: Array, weights: Array) -> Array:
    """Wins less losses of every row of one group: rows x replications."""
    count, width = len(scores), max(scores.shape[2], weights.shape[2])
    step = max(1, PAIRS // count**2)
    found = np.empty((count, width))
    balance = _balance_fixed if scores.shape[2] == 1 else _balance_varied
    for start in range(0, width, step):
        part = slice(start, start + step) if weights.shape[2] > 1 else slice(None)
        mine = scores if scores.shape[2] == 1 else scores[:, :, start : start + step]
        net = balance(mine, weights[:, :, part])
        net = net - net.swapaxes(0, 1)  # a pair seen from both sides: exactly opposite
        found[:, start : start + step] = (net > NOISE).sum(axis=1) - (net < -NOISE).sum(axis=1)
    return found


def _balance_fixed(scores: Array, weights: Array) -> Array:
    """Weight won less weight lost by row i against row j: rows x rows x replications, scores being the same in all."""
    column = scores[:, :, 0]
    ahead = np.sign(column[:, None, :] - column[None, :, :]) * (weights.max(axis=2) > 0)[None, :, :]
    if len(weights) > 1:
        return ahead @ weights
    return (ahead.reshape(-1, ahead.shape[2]) @ weights[0]).reshape(*ahead.shape[:2], -1)


def _balance_varied(scores: Array, weights: Array) -> Array:
    """The same with scores of their own in every replication, child by child."""
    net = np.zeros((len(scores), len(scores), scores.shape[2]))
    for child in range(scores.shape[1]):
        column, weight = scores[:, child], weights[:, child]
        net += np.sign(column[:, None] - column[None, :]) * weight[:, None] * (weight > 0)[None, :]
    return net
