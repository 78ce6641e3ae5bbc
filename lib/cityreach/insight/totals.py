"""The month in figures: sums over the panel, against the edition before, and how concentrated they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

KEYS = ("cities", "accounts", "posts", "interactions", "views", "followers")
MEASURES = ("posts", "interactions", "followers", "views")
FIRST = 10


def totals(
    metrics: pd.DataFrame, edition: str, previous: str | None = None, *, comparable: bool = True
) -> pd.DataFrame:
    """Sums over the panel: key, value, previous (Float64), change (relative).

    cities: in the panel; accounts: of cities and platforms with posts; views, followers: null where no platform gives
    any. previous is null without an edition before; change also where it is not comparable or previous is 0.
    """
    now = _sums(metrics.loc[metrics["edition"] == edition])
    before = _sums(metrics.loc[metrics["edition"] == previous])
    frame = pd.DataFrame({"key": list(KEYS), "value": now, "previous": before}).astype(
        {"value": "Float64", "previous": "Float64"}
    )
    known = (frame["previous"] > 0) & (previous is not None and comparable)
    change = (frame["value"] / frame["previous"].where(frame["previous"] > 0) - 1).where(known.fillna(False))
    return frame.assign(change=change)


COMMON = ["key", "value", "previous", "change", "cities", "platforms"]
SUMMED = ("posts", "interactions", "views", "followers")


def common(metrics: pd.DataFrame, edition: str, other: str) -> pd.DataFrame:
    """Sums of two editions over the pairs of city and platform that both measured: COMMON.

    change: relative; cities, platforms: how many the pairs hold. A key that one of the two does not know is left out.
    """
    measured = metrics.loc[metrics["status"].isin(["measured", "silent"])].set_index(["city_id", "platform"])
    now, before = (measured.loc[measured["edition"] == each, list(SUMMED)] for each in (edition, other))
    both = now.index.intersection(before.index)
    size = (both.get_level_values(0).nunique(), both.get_level_values(1).nunique())
    found = []
    for key in SUMMED:
        sides = now.loc[both, key], before.loc[both, key]
        known = (sides[0].notna() & sides[1].notna()).to_numpy(dtype=bool)
        value, previous = (float(side[known].sum()) for side in sides)
        if previous > 0:
            found.append((key, value, previous, value / previous - 1, *size))
    return pd.DataFrame(found, columns=COMMON)


def _sums(rows: pd.DataFrame) -> list[float | None]:
    """The six sums in the order of KEYS; all null for an edition that is not there."""
    if rows.empty:
        return [None] * len(KEYS)
    active = rows.loc[rows["status"] == "measured"]
    sums = [_total(rows[column]) for column in ("posts", "interactions", "views", "followers")]
    return [float(rows["city_id"].nunique()), float(active["accounts"].sum()), *sums]


def _total(column: pd.Series) -> float | None:
    return float(column.sum()) if column.notna().any() else None


def concentration(metrics: pd.DataFrame, edition: str) -> pd.DataFrame:
    """How unequal the cities are: measure, gini (0 equal to 1), first_ten (share), cities (how many count).

    Every city of the panel counts, one without a figure as 0; a measure that no city has is left out.
    """
    rows = metrics.loc[metrics["edition"] == edition]
    found = []
    for measure in MEASURES:
        if rows[measure].notna().any():
            sums = rows.groupby("city_id")[measure].sum().to_numpy(dtype=float)
            found.append((measure, gini(sums), _first_share(sums), len(sums)))
    return pd.DataFrame(found, columns=["measure", "gini", "first_ten", "cities"])


def gini(values: np.ndarray) -> float:
    """Gini coefficient of values that are 0 or more; 0 where all are 0."""
    ordered = np.sort(values)
    count, total = len(ordered), ordered.sum()
    if total == 0:
        return 0.0
    return float(2 * (np.arange(1, count + 1) * ordered).sum() / (count * total) - (count + 1) / count)


def _first_share(values: np.ndarray) -> float:
    total = values.sum()
    return float(np.sort(values)[::-1][:FIRST].sum() / total) if total else 0.0
