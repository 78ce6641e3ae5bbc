"""Builders of small frames for the tests of `cityreach.insight`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cityreach import spec, tables
from cityreach.registry import Platform

_WORDS = spec.Words(zh="", en="")


def platform(*interactions: str) -> Platform:
    return Platform(name=_WORDS, interactions=interactions, publishes=interactions, primer=_WORDS)


PLATFORMS = {
    "facebook": platform("likes", "comments", "shares"),
    "x": platform("likes", "comments", "shares"),
    "instagram": platform("likes", "comments"),
}


def posts(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A posts table; each row gives what matters, the rest has plain defaults (account = platform:city_id)."""
    full = []
    for number, row in enumerate(rows):
        name, city = row.get("platform", "facebook"), row.get("city_id", "110000")
        base = {
            "post_id": f"p{number:05d}",
            "platform": name,
            "account_id": f"{name}:{city}",
            "city_id": city,
            "published_at": "2025-03-10T04:00:00Z",
            "text": "",
            "format": "photo",
            "lang": "en",
            "counted_at": "2025-04-10",
            "source_file": "f.json",
            "source_row": number,
        }
        full.append(base | dict(row))
    frame = pd.DataFrame(full)
    frame["published_at"] = pd.to_datetime(frame["published_at"], utc=True)
    frame["counted_at"] = pd.to_datetime(frame["counted_at"])
    return tables.conform(frame, "posts")


def scores(places: Mapping[str, Mapping[str, Mapping[str, float]]]) -> pd.DataFrame:
    """A scores table from edition -> node -> city -> score; ranks share the better place."""
    rows = [
        {"edition": edition, "city_id": city, "node": node, "score": score}
        for edition, nodes in places.items()
        for node, cities in nodes.items()
        for city, score in cities.items()
    ]
    frame = pd.DataFrame(rows).astype({"score": "Float64"})
    groups = frame.groupby(["edition", "node"])["score"]
    frame["rank"] = groups.rank(method="min", ascending=False).astype("Int64")
    frame["tied"] = frame.groupby(["edition", "node", "rank"])["score"].transform("size") > 1
    return tables.conform(frame, "scores")


def metrics(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A metrics table; rows without a status are measured."""
    base = {"edition": "2025-03", "platform": "facebook", "accounts": 1, "status": "measured"}
    return tables.conform(pd.DataFrame([base | dict(row) for row in rows]), "metrics")


def accounts(*ids: str) -> pd.DataFrame:
    """Registry accounts from ids of the form platform:city_id."""
    rows = [
        {"account_id": each, "platform": each.split(":")[0], "city_id": each.split(":")[1], "handle": each.upper()}
        for each in ids
    ]
    return pd.DataFrame(rows).assign(status="active").set_index("account_id")


def labels(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Theme labels from (platform, post_id, theme); the first of a post is its main theme."""
    frame = pd.DataFrame(rows, columns=["platform", "post_id", "theme"])
    return frame.assign(place=frame.groupby(["platform", "post_id"]).cumcount() + 1, strength=1.0)
