"""The lists of an annual index: the whole panel and its parts, each the base of places of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cityreach.annual.edition import Index
from cityreach.index.rank import round_significant
from cityreach.registry import Registry

ALL = "all"
KEYS = ["edition", "list", "node", "city_id"]


def members(index: Index, registry: Registry, panel: str) -> dict[str, list[str]]:
    """The cities of every list, by the list's id: all, then the index's own lists, then groups as region:east."""
    cities = registry.cities.loc[registry.panel(panel)]
    found = {ALL: list(cities.index)}
    found |= {each.id: list(cities.index[~cities["region"].isin(each.without_region)]) for each in index.lists}
    for column in index.groups:
        codes = [code for code in getattr(registry.terms, column) if (cities[column] == code).any()]
        found |= {f"{column}:{code}": list(cities.index[cities[column] == code]) for code in codes}
    return found


def places(scores: pd.DataFrame, lists: dict[str, list[str]], *, significant: int) -> pd.DataFrame:
    """Places in every list, from the same scores: a list never changes a score.

    scores: edition, node, city_id, score. Columns: edition, list, node, city_id, score, rank (Int64; 1 = best, ties
    share the better place, null without a score), tied, cities (how many the list places).
    """
    pieces = [scores[scores["city_id"].isin(cities)].assign(list=name) for name, cities in lists.items()]
    rows = pd.concat(pieces, ignore_index=True)
    rounded = pd.Series(round_significant(rows["score"].to_numpy(dtype=float), significant), index=rows.index)
    groups = rounded.groupby([rows["edition"], rows["list"], rows["node"]], sort=False)
    best, worst = (groups.rank(method=method, ascending=False) for method in ("min", "max"))
    found = rows.assign(rank=best, tied=(best != worst) & best.notna(), cities=groups.transform("count").astype(int))
    found = found.astype({"rank": "Int64", "tied": bool, "cities": "int64"})
    return found[[*KEYS, "score", "rank", "tied", "cities"]]


def movements(places: pd.DataFrame, now: str, before: str) -> pd.DataFrame:
    """Places gained or lost inside each list between two editions.

    Columns: list, node, city_id, rank, rank_before, change (places gained; null where one of the two is not known).
    """
    keys = KEYS[1:]
    mine, theirs = (places[places["edition"] == edition].set_index(keys)["rank"] for edition in (now, before))
    frame = pd.DataFrame({"rank": mine, "rank_before": theirs.reindex(mine.index)})
    frame["change"] = frame["rank_before"] - frame["rank"]
    return frame.reset_index()


def phalanx(ranks: pd.Series, ends: tuple[int, ...]) -> pd.Series:
    """The phalanx of each place, 1 first; the last one holds all the rest, null without a place."""
    found = np.searchsorted(np.array(ends), ranks.to_numpy(dtype=float, na_value=np.nan), side="left") + 1.0
    return pd.Series(found, index=ranks.index).where(ranks.notna()).astype("Int64")
