"""Whether the cities draw together: the spread of scores over the year, and its slope with an interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cityreach.insight.totals import gini

CONFIDENT = 0.975
SPREADS = ["edition", "cities", "sd", "mean", "gini"]
SLOPES = ["measure", "editions", "first", "last", "slope", "low", "high", "way"]
WAYS = ("converging", "diverging", "unclear")


def spreads(scores: pd.DataFrame, editions: Sequence[str], node: str) -> pd.DataFrame:
    """One row an edition, oldest first, of the cities that have a score in all of them.

    Columns: edition, cities, sd (standard deviation of the scores, points), mean, gini (of the scores, 0 to 1).
    """
    rows = scores.loc[(scores["node"] == node) & scores["edition"].isin(list(editions))]
    wide = rows.pivot(index="city_id", columns="edition", values="score").reindex(columns=list(editions))
    same = wide.dropna().to_numpy(dtype=float)
    if not len(same):
        return pd.DataFrame(columns=SPREADS)
    return pd.DataFrame(
        {
            "edition": list(editions),
            "cities": len(same),
            "sd": same.std(axis=0),
            "mean": same.mean(axis=0),
            "gini": [gini(column) for column in same.T],
        }
    )[SPREADS]


def convergence(table: pd.DataFrame, *, least: int) -> pd.DataFrame:
    """The straight line through each edition's `sd`: one row, or none with fewer than `least` editions.

    Columns: measure (sd), editions, first, last (of the spread itself), slope (points an edition), low, high (95 %
    interval of the slope, Student's t), way: converging, diverging, or unclear where the interval holds 0.
    """
    if len(table) < max(least, 3):
        return pd.DataFrame(columns=SLOPES)
    values = table["sd"].to_numpy(dtype=float)
    slope, low, high = slope_of(values)
    way = WAYS[0] if high < 0 else WAYS[1] if low > 0 else WAYS[2]
    row = ("sd", len(values), float(values[0]), float(values[-1]), slope, low, high, way)
    return pd.DataFrame([row], columns=SLOPES)


def slope_of(values: np.ndarray) -> tuple[float, float, float]:
    """Least-squares slope over equal steps with its 95 % interval."""
    from scipy.special import stdtrit

    steps = np.arange(len(values)) - (len(values) - 1) / 2
    square = float((steps**2).sum())
    slope = float((steps * values).sum() / square)
    left = values - values.mean() - slope * steps
    error = float(np.sqrt((left**2).sum() / (len(values) - 2) / square))
    reach = float(stdtrit(len(values) - 2, CONFIDENT)) * error
    return slope, slope - reach, slope + reach
