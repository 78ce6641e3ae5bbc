"""A city beside others: those of its size and rank, those most like it, and those just ahead of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cityreach.index import decompose
from cityreach.monthly.analysis import ROOT

LEAST_PEERS = 5  # cities that a group needs beside the city itself
NEAREST = 5
AHEAD = 3
BY = ("size_group", "tier")


def profiles(now: pd.DataFrame) -> pd.DataFrame:
    """City × dimension (`platform.dimension`): scores of an edition, columns in the tree's order.

    A city without an account on a platform has 0 there, as in the index; one whose export is missing has NaN.
    """
    placed = now.loc[(now["node"] == ROOT) & now["rank"].notna(), "city_id"]
    rows = now[now["node"].str.count(r"\.").eq(1) & now["city_id"].isin(placed)]
    left_out = now[now["score"].isna() & (now["weight"] == 0).fillna(False)]
    missing = set(zip(left_out["city_id"], left_out["node"], strict=True))
    gone = [
        (city, node) in missing or (city, node.partition(".")[0]) in missing
        for city, node in zip(rows["city_id"], rows["node"], strict=True)
    ]
    score = rows["score"].astype(float).fillna(0.0).mask(np.array(gone, dtype=bool))
    wide = rows.assign(score=score).pivot(index="city_id", columns="node", values="score")
    return wide[list(dict.fromkeys(rows["node"]))]


def nearest(profiles: pd.DataFrame, city_id: str, count: int = NEAREST) -> pd.DataFrame:
    """The cities most like one: city_id, distance (root mean square of the differences, in points), nearest first.

    Dimensions that are not known of one of the two are left out. Empty for a city without a place.
    """
    if city_id not in profiles.index:
        return pd.DataFrame({"city_id": pd.Series(dtype="str"), "distance": pd.Series(dtype="float")})
    apart = (profiles - profiles.loc[city_id]).drop(index=city_id)
    distance = np.sqrt((apart**2).mean(axis=1)).round(9)
    frame = distance.rename("distance").reset_index().dropna()
    return frame.sort_values(["distance", "city_id"], kind="stable", ignore_index=True).head(count)


def group(cities: pd.DataFrame, city_id: str, among: list[str]) -> tuple[str, list[str]]:
    """The column that makes the city's peers, and their ids: its size, else its rank, else everybody (``panel``)."""
    others = cities.loc[[each for each in among if each != city_id]]
    for by in BY:
        same = others.index[others[by] == cities.at[city_id, by]]
        if len(same) >= LEAST_PEERS:
            return by, sorted(same)
    return "panel", sorted(others.index)


def compared(profiles: pd.DataFrame, city_id: str, peers: list[str]) -> pd.DataFrame:
    """Each dimension of the city against its peers: node, own, median, difference; as `profiles`, unknown ones out."""
    own, others = profiles.loc[city_id], profiles.loc[[each for each in peers if each in profiles.index]]
    frame = pd.DataFrame({"own": own, "median": others.median()}).dropna()
    return frame.assign(difference=frame["own"] - frame["median"]).rename_axis("node").reset_index()


def heads_compared(heads: pd.DataFrame, city_id: str, groups: dict[str, list[str]]) -> pd.DataFrame:
    """Composite and platforms of the city against groups: node, own, and a median a group; no account counts as 0.

    A node on which the city has no score keeps its row with a null.
    """
    wide = heads.pivot(index="city_id", columns="node", values="score")
    wide = wide[list(dict.fromkeys(heads["node"]))].astype(float)
    columns = {name: wide.loc[[each for each in ids if each in wide.index]].median() for name, ids in groups.items()}
    frame = pd.DataFrame({"own": wide.loc[city_id] if city_id in wide.index else np.nan, **columns})
    return frame.rename_axis("node").reset_index()


def ahead(heads: pd.DataFrame, city_id: str, count: int = AHEAD) -> pd.DataFrame:
    """The cities just ahead on the composite, the nearest first: city_id, rank, score, gap (points)."""
    root = heads[(heads["node"] == ROOT) & heads["rank"].notna()].set_index("city_id")
    if city_id not in root.index:
        return pd.DataFrame(columns=["city_id", "rank", "score", "gap"])
    own: Any = root.loc[city_id]
    before = root[root["rank"] < own["rank"]].reset_index()
    before = before.sort_values(["rank", "city_id"], ascending=[False, True], kind="stable").head(count)
    gap = before["score"].astype(float) - float(own["score"])
    return before.assign(gap=gap)[["city_id", "rank", "score", "gap"]].reset_index(drop=True)


def behind(heads: pd.DataFrame, city_id: str) -> pd.DataFrame:
    """The city that follows on the composite, in the columns of `ahead`; gap: points by which it is behind."""
    root = heads[(heads["node"] == ROOT) & heads["rank"].notna()].set_index("city_id")
    if city_id not in root.index:
        return pd.DataFrame(columns=["city_id", "rank", "score", "gap"])
    own: Any = root.loc[city_id]
    after = root[root["rank"] > own["rank"]].reset_index()
    after = after.sort_values(["rank", "city_id"], kind="stable").head(1)
    gap = float(own["score"]) - after["score"].astype(float)
    return after.assign(gap=gap)[["city_id", "rank", "score", "gap"]].reset_index(drop=True)


def gap_parts(own: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """What a gap between two cities is made of, from the SCORES of each in one edition.

    Columns: node, level, points, own, other (scores), own_value, other_value. The points of each level add up to the
    other city's composite minus the city's own: it is `decompose` with the two cities in the place of two editions.
    Scores and values are null where there are none.
    """
    sides = {"own": own, "other": other}
    both = pd.concat([frame.assign(edition=name, city_id="gap") for name, frame in sides.items()], ignore_index=True)
    parts = decompose.decompose(both, "gap", "other", "own").rename(columns={"change": "points"})
    for name, frame in sides.items():
        known = frame.set_index("node")
        parts[name] = parts["node"].map(known["score"]).astype("Float64")
        parts[f"{name}_value"] = parts["node"].map(known["value"]).astype("Float64")
    return parts[["node", "level", "points", "own", "other", "own_value", "other_value"]]
