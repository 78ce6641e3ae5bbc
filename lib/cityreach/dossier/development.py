"""How a city came along over a year: its figures edition by edition, and its places where they are published."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cityreach.edition import Edition
from cityreach.monthly.analysis import ROOT

FLOWS = ("posts", "interactions", "views", "followers")
SERIES = ["edition", *FLOWS, "rank", "score", "cities"]


def series(metrics: pd.DataFrame, heads: pd.DataFrame, editions: Sequence[Edition], city_id: str) -> pd.DataFrame:
    """One row an edition in which the city is measured, oldest first; columns as SERIES.

    Figures are summed over the platforms that all these editions measure, so that a platform that came in later does
    not look like growth; they are null in an edition in which the city's export of one of them is missing. rank, score
    and cities (those with a place) are the composite's, null in an edition that publishes no order. metrics: METRICS.
    """
    ids = [each.id for each in editions]
    mine = metrics[(metrics["city_id"] == city_id) & metrics["edition"].isin(ids)]
    mine = mine[mine["platform"].isin(steady(editions))]
    sums = mine.groupby("edition", sort=False)[list(FLOWS)].sum(min_count=1)
    sums.loc[sums.index.isin(mine.loc[mine["status"] == "missing", "edition"])] = pd.NA
    kept = [each for each in ids if each in sums.index]
    found = places(heads, editions, city_id)
    root = found[found["node"] == ROOT].set_index("edition")[["rank", "score", "cities"]]
    frame = sums.loc[kept].join(root).reset_index()
    return frame[SERIES].astype({"rank": "Int64", "cities": "Int64", "score": "Float64"})


def steady(editions: Sequence[Edition]) -> list[str]:
    """The platforms that every one of the editions measures, in the last one's order."""
    return [name for name in editions[-1].platforms if all(name in each.platforms for each in editions)]


def places(heads: pd.DataFrame, editions: Sequence[Edition], city_id: str) -> pd.DataFrame:
    """The city's places in the editions that publish an order: edition, node, rank, score, cities; as `heads`."""
    ordered = [each.id for each in editions if each.mode == "ordered"]
    rows = heads[heads["edition"].isin(ordered) & heads["rank"].notna()]
    counts = rows.groupby(["edition", "node"])["city_id"].transform("size")
    mine = rows.assign(cities=counts)[rows["city_id"] == city_id]
    return mine[["edition", "node", "rank", "score", "cities"]].reset_index(drop=True)
