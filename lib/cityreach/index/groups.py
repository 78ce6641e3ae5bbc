"""Groups of units: places inside a group, and a group's mean and median."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cityreach.index import rank
from cityreach.index.compute import Scores, rounded_for_ranks


def ranks(scores: Scores) -> pd.DataFrame:
    """Places of the whole score inside each group, by period and unit; one column rank_in_<group> a group."""
    rows, index = scores.leaves.rows, _index(scores)
    whole = scores.wide("score")[scores.method.root].reindex(index).to_numpy(dtype=float)
    rounded = rounded_for_ranks(whole, scores.method.ranks)
    frame = pd.DataFrame(index=index)
    for name, labels in rows.groups.items():
        frame[f"rank_in_{name}"] = pd.Series(rank.rank_within(rounded, _parts(rows.period, labels)), index).astype(
            "Int64"
        )
    return frame


def table(scores: Scores) -> pd.DataFrame:
    """Mean and median of every node's score in each group, weighted where the method names weights.

    Columns: period, by (the column of groups), group, node, units (with a score), mean, median.
    """
    rows, wide = scores.leaves.rows, scores.wide("score").reindex(_index(scores))
    found = []
    for name, labels in rows.groups.items():
        parts = _parts(rows.period, labels)
        first = {part: int(np.flatnonzero(parts == part)[0]) for part in np.unique(parts)}
        for node in wide:
            values = wide[node].to_numpy(dtype=float)
            order, means = rank.group_mean(values, parts, weights=rows.weight)
            medians = rank.group_median(values, parts, weights=rows.weight)[1]
            counts = {part: int((~np.isnan(values[parts == part])).sum()) for part in order}
            found += [
                (rows.periods[rows.period[first[part]]], name, labels[first[part]], node, counts[part], mean, median)
                for part, mean, median in zip(order, means, medians, strict=True)
            ]
    return pd.DataFrame(found, columns=["period", "by", "group", "node", "units", "mean", "median"])


def _index(scores: Scores) -> pd.MultiIndex:
    rows = scores.leaves.rows
    names = np.array(rows.periods, dtype=object)[rows.period]
    return pd.MultiIndex.from_arrays([names, rows.unit], names=["period", "unit"])


def _parts(period: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """One code a period and group."""
    codes = np.unique(labels.astype(str), return_inverse=True)[1]
    return np.asarray(period * (codes.max() + 1) + codes)
