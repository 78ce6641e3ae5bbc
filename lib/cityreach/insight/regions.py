"""Regions, provinces, groups of cities, and tiers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cityreach.insight.ranking import of_node

ROOT = "composite"
CUTS = (10, 30, 60)


def region_table(
    scores: pd.DataFrame, cities: pd.DataFrame, edition: str, *, by: str = "region", node: str = ROOT
) -> pd.DataFrame:
    """Groups of cities, the highest mean score first.

    by: region, province_zh, tier or size_group, a column of `cities`. Columns: by, key, cities (with a place),
    mean_score, best_city, best_rank, top10, top30 (cities among the first 10 and 30).
    """
    rows = of_node(scores, edition, node).assign(key=lambda frame: _lookup(frame["city_id"], cities, by))
    groups = rows.groupby("key", as_index=False)
    table = groups.agg(
        cities=("city_id", "size"),
        mean_score=("score", "mean"),
        best_city=("city_id", "first"),
        best_rank=("rank", "first"),
        top10=("rank", lambda rank: int((rank <= 10).sum())),
        top30=("rank", lambda rank: int((rank <= 30).sum())),
    )
    table.insert(0, "by", by)
    return table.sort_values(["mean_score", "key"], ascending=[False, True], kind="stable", ignore_index=True)


def squad(scores: pd.DataFrame, cities: pd.DataFrame, edition: str, province_zh: str, node: str = ROOT) -> pd.DataFrame:
    """The cities of one province in order: city_id, rank, score, tied."""
    rows = of_node(scores, edition, node)
    return rows.loc[_lookup(rows["city_id"], cities, "province_zh") == province_zh].reset_index(drop=True)


def tiers(scores: pd.DataFrame, edition: str, node: str = ROOT, *, cuts: Sequence[int] = CUTS) -> pd.DataFrame:
    """tier (1 = first), city_id, rank, score; a tier ends with the places of `cuts`, the last one holds the rest."""
    rows = of_node(scores, edition, node)
    number = np.searchsorted(np.asarray(cuts), rows["rank"].to_numpy(dtype=int), side="left") + 1
    return rows.assign(tier=number)[["tier", "city_id", "rank", "score"]]


def _lookup(city_ids: pd.Series, cities: pd.DataFrame, column: str) -> pd.Series:
    indexed = cities if cities.index.name == "city_id" else cities.set_index("city_id")
    return city_ids.map(indexed[column])
