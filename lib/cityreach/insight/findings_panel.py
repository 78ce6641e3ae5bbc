"""Findings about the whole panel: totals, concentration, regions, platform profiles, coverage.

Kinds (subject; words; figures, all with the cell they stand in):
  total (key; none; value, previous, change)
  concentration (measure; none; gini, first_ten, cities)
  region (key; by, best_city; cities, mean_score, best_rank, top10, top30), id `region.<by>.<key>`
  squad (province; cities: ids in order; <city_id>: its rank)
  profile.leader (city; platforms: ids it leads; platforms: how many)
  profile.lopsided, profile.balanced (city; best, weakest: platform ids; best_rank, weakest_rank, spread)
  coverage.platform (platform; platform; expected, seen, share, posts, measured, silent, no_account, missing)
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cityreach.findings import Figure, Finding
from cityreach.insight.make import figures, finding, rows


def findings_totals(totals: pd.DataFrame) -> list[Finding]:
    """`total` for every key that has a value. From `totals.totals`."""
    units = {"value": "count", "previous": "count", "change": "share"}
    known = totals.loc[totals["value"].notna()]
    return [
        finding("total", row["key"], figures(row, "totals", row["key"], units), strength=abs(row["change"] or 0) * 2)
        for row in rows(known)
    ]


def findings_concentration(concentration: pd.DataFrame) -> list[Finding]:
    """`concentration` for every measure. From `totals.concentration`."""
    units = {"gini": "decimal", "first_ten": "share", "cities": "count"}
    return [
        finding(
            "concentration", row["measure"], figures(row, "concentration", row["measure"], units), strength=row["gini"]
        )
        for row in rows(concentration)
    ]


def findings_regions(regions: pd.DataFrame) -> list[Finding]:
    """`region` for every group. From `regions.region_table`."""
    units = {"cities": "count", "mean_score": "score", "best_rank": "rank", "top10": "count", "top30": "count"}
    return [
        finding(
            "region", row["key"], figures(row, "regions", f"{row['by']}|{row['key']}", units), scope=row["by"],
            by=row["by"], best_city=row["best_city"], strength=row["top10"] / 10,
        )
        for row in rows(regions)
    ]  # fmt: skip


def findings_squad(squad: pd.DataFrame, province: str, node: str = "composite", *, within: int = 10) -> list[Finding]:
    """`squad` where at least two cities of a province stand among the first `within`. From `regions.squad`."""
    inside = squad.loc[squad["rank"] <= within]
    if len(inside) < 2:
        return []
    ranks = {
        row["city_id"]: Figure(row["rank"], "rank", "ranking", row["city_id"], f"{node}_rank") for row in rows(inside)
    }
    return [finding("squad", province, ranks, cities=inside["city_id"].tolist(), strength=len(inside) / 5)]


def findings_leaders(profile: pd.DataFrame, platforms: Sequence[str]) -> list[Finding]:
    """`profile.leader` for every city that leads a platform. From `profiles.platform_profile`."""
    found = []
    for city, own in profile.loc[profile["leads"]].groupby("city_id", sort=True):
        led = [platform for platform in platforms if platform in set(own["platform"])]
        number = {"platforms": Figure(len(led), "count", "shapes", str(city), "leads")}
        found.append(finding("profile.leader", str(city), number, platforms=led, strength=len(led) / len(platforms)))
    return found


def findings_shape(shape: pd.DataFrame, profile: pd.DataFrame, city_ids: Sequence[str]) -> list[Finding]:
    """`profile.lopsided` and `profile.balanced` for the cities asked for. From `profiles.platform_shape`."""
    asked = shape.loc[shape["city_id"].isin(list(city_ids)) & shape["shape"].isin(["lopsided", "balanced"])]
    ranks = {(row["city_id"], row["platform"]): row["rank"] for row in rows(profile)}
    found = []
    for row in rows(asked):
        city = row["city_id"]
        cells = {
            f"{end}_rank": Figure(ranks[city, row[end]], "rank", "ranking", city, f"{row[end]}_rank")
            for end in ("best", "weakest")
        }
        cells |= figures(row, "shapes", city, {"spread": "share"})
        words = {"best": row["best"], "weakest": row["weakest"], "strength": row["spread"]}
        found.append(finding(f"profile.{row['shape']}", city, cells, **words))
    return found


def findings_coverage(coverage: pd.DataFrame) -> list[Finding]:
    """`coverage.platform` for every platform. From `coverage.coverage`."""
    counts = ("expected", "seen", "posts", "measured", "silent", "no_account", "missing")
    units = {**dict.fromkeys(counts, "count"), "share": "share"}
    return [
        finding(
            "coverage.platform", row["platform"], figures(row, "coverage", row["platform"], units),
            platform=row["platform"], strength=1 - (row["share"] if row["share"] is not None else 0),
        )
        for row in rows(coverage)
    ]  # fmt: skip
