"""Missing figures: the family `impute_*`, one column at a time; observed figures always stay as they are.

Which figures were filled is `isnan(before) & ~isnan(after)`. What cannot be filled stays NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]


def impute_mean(values: Array, *, group: ArrayLike | None = None, basis: Mask | None = None) -> Array:
    """The mean of the observed figures in place of the missing ones, by group where groups are given.

    group: a label a row; a row without a label (None, NaN) is neither filled nor counted. basis: the rows that the
    mean is taken from; all where None.
    """
    return _by_group(values, _mean, group, basis)


def impute_median(values: Array, *, group: ArrayLike | None = None, basis: Mask | None = None) -> Array:
    """The median of the observed figures in place of the missing ones; `group` and `basis` as in `impute_mean`."""
    return _by_group(values, _median, group, basis)


def impute_latest(values: Array, *, unit: Rows, period: NDArray[np.number], max_age: float | None = None) -> Array:
    """The unit's last observed figure in place of a missing one, where it is not older than max_age.

    unit: a code a row. period: a row's place in time; its differences are the ages, so codes of periods count periods,
    and month numbers count months where an edition is missing. A unit has one row a period.
    """
    earlier, _ = _neighbours(values, unit, period)
    fresh = earlier >= 0
    if max_age is not None:
        fresh &= period - period[earlier] <= max_age
    return np.where(np.isnan(values) & fresh, values[earlier], values)


def impute_linear(
    values: Array, *, unit: Rows, period: NDArray[np.number], ends: Literal["none", "constant"] = "none"
) -> Array:
    """A missing figure on the straight line between the unit's figures before and after it.

    unit, period: as in `impute_latest`. ends: before the first and after the last figure nothing is filled (none), or
    the nearest figure is (constant).
    """
    earlier, later = _neighbours(values, unit, period)
    first, last = (np.where(rows >= 0, values[rows], np.nan) for rows in (earlier, later))
    length = (period[later] - period[earlier]).astype(float)
    share = np.divide(period - period[earlier], length, out=np.zeros(len(values)), where=length > 0)
    filled = first + (last - first) * share
    if ends == "constant":
        filled = np.where(np.isnan(last), first, np.where(np.isnan(first), last, filled))
    return np.where(np.isnan(values), filled, values)


IMPUTERS: dict[str, Callable[..., Array]] = {
    "mean": impute_mean,
    "median": impute_median,
    "latest": impute_latest,
    "linear": impute_linear,
}
OVER_TIME = ("latest", "linear")  # those that go by unit and period, not by group and basis


def _mean(seen: Array) -> float:
    return float(seen.mean())


def _median(seen: Array) -> float:
    ordered, half = np.sort(seen), len(seen) // 2  # as np.median, at a tenth of its time for a few figures
    return float(ordered[half] if len(seen) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def _by_group(values: Array, middle: Callable[[Array], float], group: ArrayLike | None, basis: Mask | None) -> Array:
    seen = ~np.isnan(values) if basis is None else ~np.isnan(values) & basis
    codes = np.zeros(len(values), dtype=np.intp) if group is None else _codes(group)
    filled = np.full(len(values), np.nan)
    for code in np.unique(codes[seen & (codes >= 0)]):
        members = codes == code
        filled[members] = middle(values[members & seen])
    return np.where(np.isnan(values), filled, values)


def _codes(group: ArrayLike) -> Rows:
    """Labels as codes from 0; -1 where there is no label."""
    import pandas as pd

    labels = np.asarray(group)
    if labels.dtype.kind == "i":  # as the engine gives them: every row has one
        return np.unique(labels, return_inverse=True)[1]
    return np.asarray(pd.factorize(labels)[0], dtype=np.intp)


def _neighbours(values: Array, unit: Rows, period: NDArray[np.number]) -> tuple[Rows, Rows]:
    """The unit's nearest observed row at or before each row, and at or after it; -1 where there is none."""
    order = np.lexsort((period, unit))
    seen, place, count = ~np.isnan(values[order]), np.arange(len(values)), len(values)
    before = np.maximum.accumulate(np.where(seen, place, -1))
    after = np.minimum.accumulate(np.where(seen, place, count)[::-1])[::-1]
    earlier, later = np.empty_like(order), np.empty_like(order)
    for rows, nearest in ((earlier, before), (later, np.where(after < count, after, -1))):
        found = nearest >= 0
        found &= unit[order][nearest] == unit[order]
        rows[order] = np.where(found, order[nearest], -1)
    return earlier, later
