"""Findings about places: the first n, moves, entries, gaps, how firm a place is, why a score moved.

Kinds (subject; words; figures, all with the cell they stand in):
  top (node; cities: ids in order, tied: ids that share a place; n)
  place (city; node; rank, score), id `place.<node>.<city>`
  lead, close, cut (better city; node, other; gap, gap_before where that may be told, place)
  move.up, move.down, move.top_up, move.top_down (city; node; change in places, rank, rank_before)
  entry.new, entry.return, entry.out (city; node; rank, rank_before, as far as there are)
  streak (city; node, since: edition id; editions)
  break (node; reasons: panel, platforms, method, scale; none)
  firm (city; node; low, high: places, p_first, p_top10: shares)
  why (city; node, part: the path of the part, level; change, by_score, by_weight: points)
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cityreach.findings import Figure, Finding, fact
from cityreach.insight.make import figures, finding, rows, sized

MOVES = {"riser": "move.up", "faller": "move.down", "top_riser": "move.top_up", "top_faller": "move.top_down"}
GAPS = {"lead": "lead", "closest": "close", "cut": "cut"}
ENTRIES = {"new": "entry.new", "return": "entry.return", "out": "entry.out"}


def findings_top(top: pd.DataFrame, node: str) -> list[Finding]:
    """`top` for the list, `place` for each city in it; nothing for an empty list. From `ranking.top`."""
    if top.empty:
        return []
    places = findings_places(top, node)
    tied = top.loc[top["tied"].fillna(False).astype(bool), "city_id"].tolist()
    number = {"n": fact(f"top.{node}", len(top), "count")}
    return [finding("top", node, number, cities=top["city_id"].tolist(), tied=tied, strength=1.0), *places]


def findings_places(ranked: pd.DataFrame, node: str) -> list[Finding]:
    """`place` for every row of `ranking.of_node` or `ranking.top`."""
    found = []
    for row in rows(ranked):
        values = {"rank": (row["rank"], "rank"), "score": (row["score"], "score")}
        cells = {
            name: Figure(value, unit, "ranking", row["city_id"], f"{node}_{name}")
            for name, (value, unit) in values.items()
            if value is not None
        }
        found.append(finding("place", row["city_id"], cells, scope=node, node=node, strength=1 / row["rank"]))
    return found


def findings_gaps(gaps: pd.DataFrame, node: str) -> list[Finding]:
    """`lead`, `close` and `cut`. From `ranking.gaps`."""
    found = []
    for row in rows(gaps):
        units = {"gap": "score", "gap_before": "score", "place": "rank"}
        cells = sized(figures(row, "gaps", f"{node}|{row['kind']}", units), "gap_before", "size_before")
        kind = GAPS[row["kind"]]
        strength = row["gap"] / 5 if kind == "lead" else 1 - row["gap"]
        words = {"node": node, "other": row["other_id"], "scope": node, "strength": strength}
        found.append(finding(kind, row["city_id"], cells, **words))
    return found


def findings_movers(movers: pd.DataFrame, node: str, *, comparable: bool = True) -> list[Finding]:
    """`move.*`; nothing where the editions are not comparable. From `ranking.movers`."""
    if not comparable:
        return []
    units = {"change": "places", "rank": "rank", "rank_before": "rank"}
    return [
        finding(
            MOVES[row["kind"]], row["city_id"], figures(row, "movements", f"{node}|{row['city_id']}", units),
            scope=node, node=node, strength=abs(row["change"]) / 20 + (0.5 if row["kind"].startswith("top") else 0),
        )
        for row in rows(movers)
    ]  # fmt: skip


def findings_entries(entries: pd.DataFrame, node: str, *, comparable: bool = True) -> list[Finding]:
    """`entry.*`; nothing where the editions are not comparable. From `comparing.entries`."""
    if not comparable:
        return []
    units = {"rank": "rank", "rank_before": "rank"}
    return [
        finding(
            ENTRIES[row["kind"]], row["city_id"], figures(row, "movements", f"{node}|{row['city_id']}", units),
            scope=node, node=node, carried=row.get("carried"), strength=0.8 if row["kind"] != "out" else 0.6,
        )
        for row in rows(entries)
    ]  # fmt: skip


def findings_streak(streak: pd.DataFrame, node: str) -> list[Finding]:
    """`streak` for each leader. From `ranking.streak`."""
    return [
        finding(
            "streak", row["city_id"], figures(row, "streaks", f"{node}|{row['city_id']}", {"editions": "count"}),
            scope=node, node=node, since=row["since"], strength=row["editions"] / 6,
        )
        for row in rows(streak)
    ]  # fmt: skip


def findings_break(node: str, reasons: Sequence[str]) -> list[Finding]:
    """`break` where an edition is not comparable with the one before (reasons of `comparing.comparable`)."""
    return [finding("break", node, {}, reasons=list(reasons), strength=1.0)] if reasons else []


def findings_firm(intervals: pd.DataFrame, city_ids: Sequence[str], node: str) -> list[Finding]:
    """`firm` for the cities asked for. From `index.uncertainty.rank_intervals`."""
    units = {"low": "rank", "high": "rank", "p_first": "share", "p_top10": "share"}
    asked = intervals.loc[intervals["city_id"].isin(list(city_ids)) & intervals["low"].notna()]
    return [
        finding(
            "firm", row["city_id"], figures(row, "intervals", row["city_id"], units), scope=node, node=node,
            strength=1 / (1 + row["high"] - row["low"]),
        )
        for row in rows(asked)
    ]  # fmt: skip


def findings_ahead(neighbours: pd.DataFrame, node: str) -> list[Finding]:
    """`ahead`: how often a city is ahead of the one that follows it (w.other). From `index.uncertainty.neighbours`."""
    return [
        finding(
            "ahead", row["city_id"], figures(row, "neighbours", row["city_id"], {"p_ahead": "share"}), scope=node,
            node=node, other=row["other_id"], strength=abs(2 * row["p_ahead"] - 1),
        )
        for row in rows(neighbours[neighbours["p_ahead"].notna()])
    ]  # fmt: skip


def findings_why(parts: pd.DataFrame, city_id: str, node: str, *, most: int = 3) -> list[Finding]:
    """`why`: the total, then at each level the parts that moved the score the same way, largest first, at most `most`.

    `parts`: frame of `index.decompose.decompose` for the city.
    """
    total = parts.loc[parts["level"] == 0, "change"].sum()
    along = parts.loc[(parts["level"] == 0) | (parts["change"] * total > 0)]
    ordered = along.assign(size=along["change"].abs()).sort_values(
        ["level", "size", "node"], ascending=[True, False, True], kind="stable"
    )
    units = {"change": "score", "by_score": "score", "by_weight": "score"}
    return [
        finding(
            "why", row["node"], figures(row, "contributions", f"{city_id}|{row['node']}", units), scope=city_id,
            city=city_id, node=node, part=row["node"], level=row["level"], strength=abs(row["change"]) / 5,
        )
        for row in rows(ordered.groupby("level").head(most))
    ]  # fmt: skip
