"""Which units have figures enough to be scored (`screen`), and what each indicator looks like (`describe`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cityreach.index import moments

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
FEW_DATA, MANY_ZEROS, KEPT, DROPPED = "few_data", "many_zeros", "kept_by_list", "dropped_by_list"


@dataclass(frozen=True)
class Screened:
    """One entry a row: whether it stays, its two shares and what decided (empty: it passed)."""

    kept: Mask
    available: Array
    nonzero: Array
    reason: NDArray[np.str_]


def screen(
    table: Array,
    *,
    available: float = 2 / 3,
    nonzero: float = 0.0,
    keep: Mask | None = None,
    drop: Mask | None = None,
) -> Screened:
    """Keeps the rows whose shares reach both limits.

    table: rows x indicators. available: least share of indicators with a figure. nonzero: least share of the figures
    there are that are not 0; a row without figures has no such share (NaN) and fails any limit above 0. keep, drop:
    rows that stay or go whatever they have; a row in both goes.
    """
    seen, rows, indicators = ~np.isnan(table), *table.shape
    counts = seen.sum(axis=1)
    there = np.divide(counts, indicators, out=np.zeros(rows), where=indicators > 0)
    filled = np.divide((seen & (table != 0)).sum(axis=1), counts, out=np.full(rows, np.nan), where=counts > 0)
    few, zeros = there < available, np.nan_to_num(filled, nan=0.0) < nonzero
    stay, go = (np.zeros(rows, dtype=bool) if mask is None else mask for mask in (keep, drop))
    reason = np.select([go, stay, few, zeros], [DROPPED, KEPT, FEW_DATA, MANY_ZEROS], default="")
    return Screened(~go & (stay | ~(few | zeros)), there, filled, reason)


@dataclass(frozen=True)
class Flags:
    """The shares below which an indicator is flagged, and the shape from which it counts as outlying."""

    available: float = 0.65
    nonzero: float = 0.5
    distinct: float = 0.5
    skewness: float = moments.SKEWNESS
    kurtosis: float = moments.KURTOSIS


def describe(columns: Mapping[str, Array], *, flags: Flags | None = None) -> dict[str, NDArray[np.generic]]:
    """Statistics of each indicator over its observed values, one entry a column, with flags.

    Keys: indicator, count, min, max, mean, median, sd (sample), skewness, kurtosis; available (share of rows),
    nonzero, distinct, same (share of the commonest value), all three of the observed; few_data, many_zeros,
    few_distinct, outlying. A statistic that cannot be told is NaN and raises no flag, but no data is few data.
    """
    limits = flags or Flags()
    rows = [_statistics(values) for values in columns.values()]
    names = ("count", *STATISTICS, "available", "nonzero", "distinct", "same")
    table = np.array(rows, dtype=float).reshape(len(rows), len(names))
    found: dict[str, NDArray[np.generic]] = {"indicator": np.array(list(columns), dtype=str)}
    found |= {name: table[:, place] for place, name in enumerate(names)}
    found["count"] = table[:, 0].astype(np.intp)
    found["few_data"] = table[:, names.index("available")] < limits.available
    found["many_zeros"] = table[:, names.index("nonzero")] < limits.nonzero
    found["few_distinct"] = table[:, names.index("distinct")] < limits.distinct
    shapes = table[:, [names.index("skewness"), names.index("kurtosis")]].tolist()
    passing = [moments.Shape(*pair).passes((limits.skewness, limits.kurtosis)) for pair in shapes]
    found["outlying"] = ~np.array(passing, dtype=bool)
    return found


STATISTICS = ("min", "max", "mean", "median", "sd", "skewness", "kurtosis")


def _statistics(values: Array) -> tuple[float, ...]:
    seen = values[~np.isnan(values)]
    count = len(seen)
    if not count:
        return (0, *[np.nan] * len(STATISTICS), 0.0, np.nan, np.nan, np.nan)
    repeats = np.unique(seen, return_counts=True)[1]
    spread = float(seen.std(ddof=1)) if count > 1 else np.nan
    return (
        count, seen.min(), seen.max(), seen.mean(), np.median(seen), spread, *moments.shape(seen), count / len(values),
        np.count_nonzero(seen) / count, len(repeats) / count, repeats.max() / count,
    )  # fmt: skip
