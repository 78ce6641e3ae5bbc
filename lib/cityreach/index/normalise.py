"""Figures to scores: the family `normalise_*`, on NumPy arrays with NaN for null.

A normalisation takes `values` (rows) and `basis`, the values over which lowest, mean, places ... are taken: those of
the same edition, of a base window, or of all editions. direction is 1 where more is better and -1 where less is better;
a higher score is always better. range is what the two ends of the scale become.

NaN stays NaN and is left out of the basis. Where a scale does not exist (a basis of equal values under min-max, a
target on the wrong side, a share of a best value that is not above 0), every score is NaN:
`transform.undefined` says where. Numbers that differ after the twelfth significant digit only are equal.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erfc, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cityreach.errors import SpecError
from cityreach.index.numeric import NOISE, ROUNDINGS, round_significant
from cityreach.index.transform import above_zero

Array = NDArray[np.float64]
Range = tuple[float, float]
Clip = bool | Literal["low", "high"]
Post = float | str | Array
PERCENT: Range = (0.0, 100.0)


def normalise(
    name: str,
    values: Array,
    basis: Array,
    *,
    decimals: int | None = None,
    rounding: Literal["half_up", "down"] = "half_up",
    **parameters: Any,
) -> Array:
    """The scores by the normalisation of that name, rounded to decimals if given."""
    scores = NORMALISERS[name](values, basis, **parameters)
    return scores if decimals is None else ROUNDINGS[rounding](scores, decimals)


def normalise_none(values: Array, basis: Array | None = None, *, direction: int = 1) -> Array:
    """The values as they are; with their sign turned where less is better."""
    return values if direction > 0 else 0.0 - values


def normalise_normal(values: Array, basis: Array | None = None, *, direction: int = 1, range: Range = PERCENT) -> Array:
    """The standard normal percentile of a value that is a z-score: the share of a normal distribution below it."""
    low, high = range
    shares = [0.5 * erfc(-direction * value / sqrt(2.0)) for value in values]
    return low + np.array(shares, dtype=float) * (high - low)


def normalise_minmax(
    values: Array, basis: Array, *, direction: int = 1, range: Range = PERCENT, clip: Clip = False
) -> Array:
    """The worst value of the basis and its best become the two ends of the range, linear between.

    The same is nearness to the best value, 1 - (best - x) / (best - worst), called `best`.

    clip: whether scores of values beyond them stay inside the range (True, or "low" or "high" for one end).
    """
    return _linear(values, _ends(basis, direction), direction, range, clip)


def normalise_goalposts(
    values: Array,
    basis: Array | None = None,
    *,
    low: Post,
    high: Post,
    direction: int = 1,
    range: Range = PERCENT,
    clip: Clip = True,
) -> Array:
    """low and high become the ends of the range, linear between, outside them the ends when clipped.

    low lies below high whatever the direction: where less is better, low is the best. Both are numbers or words
    (`post`), such as "p5" for the fifth percentile of the basis.
    """
    ends = post(low, basis), post(high, basis)
    return _linear(values, ends if direction > 0 else (ends[1], ends[0]), direction, range, clip)


def normalise_centred(
    values: Array, basis: Array, *, reference: Post = "mean", direction: int = 1, range: Range = (70.0, 130.0)
) -> Array:
    """The reference becomes the middle of the range, and the width of the basis its width (adjusted Mazziotta-Pareto).

    Scores may lie outside the range; in 70 to 130 the reference has 100.
    """
    worst, best = _ends(basis, direction)
    middle, half = post(reference, basis), (best - worst) / 2
    return _linear(values, (middle - half, middle + half), direction, range, False)


def normalise_target(
    values: Array,
    basis: Array,
    *,
    target: Post,
    worst: Post | None = None,
    direction: int = 1,
    range: Range = PERCENT,
    clip: Clip = False,
) -> Array:
    """The way from the worst value to the target that is done: (x - worst) / (target - worst), as shares of the range.

    worst: the basis's worst value if left out. target, worst: numbers, words (`post`) or columns of the rows. clip:
    "high" takes values beyond the target for the target, True those beyond the worst for the worst, too.
    """
    start = _ends(basis, direction)[0] if worst is None else post(worst, basis)
    return _linear(values, (start, post(target, basis)), direction, range, clip)


def normalise_reference(
    values: Array,
    basis: Array,
    *,
    reference: Post,
    direction: int = 1,
    range: Range = PERCENT,
    clip: Clip = False,
) -> Array:
    """Nearness to a reference unit's value (a number, or a column of the rows), as to a target."""
    return normalise_target(values, basis, target=reference, direction=direction, range=range, clip=clip)


def normalise_share(values: Array, basis: Array, *, direction: int = 1, range: Range = PERCENT) -> Array:
    """The share of the best value: x / highest where more is better, lowest / x where less is better.

    NaN where the best value is not above 0; where less is better, also for a value that is not above 0.
    """
    low, high = range
    best = above_zero(np.asarray(_ends(basis, direction)[1]))
    return low + (values / best if direction > 0 else best / above_zero(values)) * (high - low)


def normalise_index(
    values: Array, basis: Array, *, base: Post = "mean", direction: int = 1, level: float = 100.0
) -> Array:
    """An index number: x / base x level; base / x x level where less is better.

    base: the basis's mean, a number, or a column with each row's own base value. NaN where the base is not above 0.
    """
    start = above_zero(np.asarray(post(base, basis)))
    return (values / start if direction > 0 else start / above_zero(values)) * level


def normalise_zscore(
    values: Array,
    basis: Array,
    *,
    direction: int = 1,
    mean: float = 0.0,
    sd: float = 1.0,
    population: bool = False,
) -> Array:
    """Distance from the basis's mean in standard deviations, brought to another mean and sd.

    The sd is that of a sample (n - 1); population: of the whole (n). NaN where the basis does not vary.
    """
    known = _known(basis)
    spread = known.std(ddof=0 if population else 1) if _varies(known) else np.nan
    centre = known.mean() if known.size else np.nan
    return mean + direction * (values - centre) / spread * sd


Ties = Literal["low", "high", "mean"]


def normalise_rank(values: Array, basis: Array, *, direction: int = 1, ties: Ties = "low") -> Array:
    """The place from the worst, 1 to n, so that the best has the highest score.

    ties: equal values have the lowest of their places, the highest, or the mean. A value that is not in the basis lies
    between its neighbours' places, in proportion, and not beyond the first and last.
    """
    return _places(values, basis, direction, ties) + 1.0


def normalise_borda(values: Array, basis: Array, *, direction: int = 1, ties: Ties = "low") -> Array:
    """How many others are worse, 0 to n - 1; ties as in `normalise_rank`."""
    return _places(values, basis, direction, ties)


def normalise_percentile(
    values: Array,
    basis: Array,
    *,
    direction: int = 1,
    kind: Literal["inc", "exc", "mean", "plain"] = "inc",
    ties: Ties = "low",
    range: Range = PERCENT,
) -> Array:
    """The percentile rank, as shares of the range.

    kind "inc": (place - 1) / (n - 1), a spreadsheet's PERCENTRANK.INC; "exc": place / (n + 1), its PERCENTRANK.EXC;
    "mean": (worse ones + half of the equal ones) / n; "plain": place / n. The place is that of `normalise_rank`. "inc"
    is NaN for a basis of one value.
    """
    low, high = range
    count = len(_known(basis))
    place = _places(values, basis, direction, "mean" if kind == "mean" else ties)
    ways = {"inc": (0.0, count - 1), "exc": (1.0, count + 1), "mean": (0.5, count), "plain": (1.0, count)}
    first, whole = ways[kind]
    return low + (place + first) / (whole or np.nan) * (high - low)


def normalise_above_mean(values: Array, basis: Array, *, direction: int = 1, margin: float = 0.0) -> Array:
    """1 above the basis's mean, -1 below it, 0 within a margin around it, which is a share of the mean."""
    known = _known(basis)
    mean = known.mean() if known.size else np.nan
    width = margin * abs(mean) + NOISE * np.abs(known).max(initial=0.0)
    sides = (values > mean + width).astype(float) - (values < mean - width)
    return np.where(np.isnan(values + mean), np.nan, direction * sides + 0.0)


def normalise_categories(
    values: Array,
    basis: Array,
    *,
    direction: int = 1,
    cuts: tuple[float, ...] = (0.15, 0.25, 0.65, 0.85, 0.95),
    scores: tuple[float, ...] = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0),
) -> Array:
    """A score by class, from worst to best: a class begins at its quantile of the basis and holds it.

    cuts: quantiles in rising order; scores: one more than cuts. The Handbook's example if left out. Where the basis
    does not vary, all are in the highest class.
    """
    known = direction * _known(basis)
    if not known.size:
        return np.full(values.shape, np.nan)
    bounds = round_significant(np.quantile(known, cuts))
    classes = np.searchsorted(bounds, round_significant(direction * values), side="right")
    return np.where(np.isnan(values), np.nan, np.asarray(scores, dtype=float)[classes])


NORMALISERS: dict[str, Callable[..., Array]] = {
    "none": normalise_none,
    "normal": normalise_normal,
    "minmax": normalise_minmax,
    "zscore": normalise_zscore,
    "goalposts": normalise_goalposts,
    "centred": normalise_centred,
    "best": normalise_minmax,
    "reference": normalise_reference,
    "target": normalise_target,
    "share": normalise_share,
    "index": normalise_index,
    "rank": normalise_rank,
    "borda": normalise_borda,
    "percentile": normalise_percentile,
    "above_mean": normalise_above_mean,
    "categories": normalise_categories,
}
# Those whose scores hang on the unit's own figure alone, unless a bound is a word (`post`).
ABSOLUTE = ("none", "normal", "goalposts")


def post(given: Post, basis: Array | None = None) -> Any:
    """A goalpost as a number: itself, or what a word says of the basis: min, max, mean, median, p0 to p100.

    p5 is the fifth percentile, by linear interpolation as a spreadsheet's PERCENTILE.INC. NaN for an empty basis.
    SpecError for another word.
    """
    if not isinstance(given, str):
        return given
    share = _quantile_of(given)
    known = _known(np.empty(0) if basis is None else basis)
    if not known.size:
        return np.nan
    return known.mean() if share is None else np.quantile(known, share)


def _quantile_of(word: str) -> float | None:
    """The share of values below it that a word asks for; None for the mean."""
    words = {"min": 0.0, "median": 0.5, "max": 1.0, "mean": None}
    if word in words:
        return words[word]
    number = word[1:].replace(".", "", 1)
    if word[:1] != "p" or not (number.isascii() and number.isdigit()) or float(word[1:]) > 100:
        raise SpecError(f"`{word}` is no goalpost. Write a number, or one of min, max, mean, median, p0 to p100.")
    return float(word[1:]) / 100


def _known(basis: Array) -> Array:
    return basis[~np.isnan(basis)]


def _varies(known: Array) -> bool:
    return bool(known.size) and bool(np.ptp(known) > NOISE * np.abs(known).max())


def _ends(basis: Array, direction: int) -> tuple[float, float]:
    """The worst value and the best; NaN for an empty basis."""
    known = _known(basis)
    if not known.size:
        return np.nan, np.nan
    ends = float(known.min()), float(known.max())
    return ends if direction > 0 else (ends[1], ends[0])


def _linear(values: Array, ends: tuple[Any, Any], direction: int, range: Range, clip: Clip) -> Array:
    """worst -> range[0], best -> range[1]; NaN where best is not better than worst."""
    worst, best = ends
    width = best - worst
    exists = direction * width > NOISE * np.maximum(np.abs(worst), np.abs(best))
    share = (values - worst) / np.where(exists, width, np.nan)
    share = np.maximum(share, 0.0) if clip in (True, "low") else share
    share = np.minimum(share, 1.0) if clip in (True, "high") else share
    return range[0] + share * (range[1] - range[0])


def _places(values: Array, basis: Array, direction: int, ties: Ties) -> Array:
    """Places in the ordered basis from 0, the worst; between two where the value is not in it."""
    ordered = np.sort(round_significant(direction * _known(basis)))
    if not ordered.size:
        return np.full(values.shape, np.nan)
    sought = round_significant(direction * values)
    first = np.searchsorted(ordered, sought, side="left")
    last = np.searchsorted(ordered, sought, side="right") - 1
    shared = {"low": first, "high": last, "mean": (first + last) / 2}[ties]
    between = np.interp(sought, ordered, np.arange(len(ordered)))
    return np.where(np.isnan(values), np.nan, np.where(last >= first, shared, between))
