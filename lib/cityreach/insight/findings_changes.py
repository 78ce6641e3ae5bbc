"""Findings about change: the most telling move, unusual changes, the year before, runs, races, presence, spread.

Kinds (subject; words; figures, all with the cell they stand in):
  mover (city; node, way, largest: the largest move its way in the first n; change, size, rank, rank_before,
      score_change, score_size, usual), one at most
  unusual (city; node, way; score_change, score_size, usual, rank, rank_before), the most unusual first
  yoy (city; node, way, carried; change, size, rank, rank_before), of the first n against the year before
  growth (key; against: previous_edition or year_ago, way; change, value, previous, cities, platforms)
  run.top, run.rise, run.fall (city; node, carried: whether other weights carry the last move; editions)
  race (better city; node, other; p_ahead)
  presence.opened, .resumed, .silent, .newcomer, .gone (platform, or `panel`; cities, longest; n, editions of the
      longest, where that is more than one)
  places (city; nodes; <node>: its place there)
  convergence (measure; way; first, last, slope, low, high, editions)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cityreach.findings import Figure, Finding, fact
from cityreach.insight.make import Row, figures, finding, rows, sized
from cityreach.insight.rules import ChangeRules

MOVES = {"change": "places", "rank": "rank", "rank_before": "rank"}
SCORES = {"score_change": "score", "usual": "score"}
STRONG_MOVE, STRONG_Z = 10, 6  # places, and spreads, that make a change as strong as can be


def way(value: float) -> str:
    return "up" if value > 0 else "down" if value < 0 else "same"


def _cells(row: Row, node: str, table: str = "changes") -> dict[str, Figure]:
    found = figures(row, table, f"{node}|{row['city_id']}", {**MOVES, **SCORES})
    return sized(sized(found, "change", "size"), "score_change", "score_size")


def _strength(row: Row) -> float:
    """Half for the places, half for how unusual the change is for the city."""
    return min(abs(row["change"] or 0) / STRONG_MOVE, 1) / 2 + min(abs(row["z"] or 0) / STRONG_Z, 1) / 2


def findings_mover(changes: pd.DataFrame, node: str, *, within: int = 10, least: float = 0.5) -> list[Finding]:
    """`mover`: the strongest move of the first `within` that other weights carry, with a score that went the same way
    by at least so many points."""
    mine = changes.loc[(changes["node"] == node) & (changes["rank"] <= within).fillna(False)]
    carried = [
        row
        for row in rows(mine)
        if row["carried"] and row["change"] * (row["score_change"] or 0) > 0 and abs(row["score_change"]) >= least
    ]
    if not carried:
        return []
    chosen = max(carried, key=lambda row: (_strength(row), -row["rank"]))
    same_way = [abs(row["change"]) for row in rows(mine) if (row["change"] or 0) * chosen["change"] > 0]
    largest = sorted(same_way)[-2:].count(abs(chosen["change"])) == 1 and max(same_way) == abs(chosen["change"])
    words = {"node": node, "way": way(chosen["change"]), "largest": largest, "strength": _strength(chosen)}
    return [finding("mover", chosen["city_id"], _cells(chosen, node), **words)]


def findings_unusual(changes: pd.DataFrame, node: str, *, rules: ChangeRules) -> list[Finding]:
    """`unusual`: changes of score far beyond what the city is used to, among those in front now or before."""
    mine = changes.loc[changes["node"] == node]
    mine = mine.loc[mine["rank"].notna() & mine["rank_before"].notna()]
    near = (mine[["rank", "rank_before"]].min(axis=1) <= rules.near).fillna(False)
    far = (mine["z"].abs() >= rules.unusual) & (mine["score_change"].abs() >= rules.least_points)
    chosen = mine.loc[near & far.fillna(False)]
    chosen = chosen.assign(size=chosen["z"].abs()).sort_values(["size", "city_id"], ascending=[False, True])
    return [
        finding(
            "unusual", row["city_id"], _cells(row, node), node=node, way=way(row["score_change"]),
            strength=_strength(row),
        )
        for row in rows(chosen)
    ]  # fmt: skip


def findings_yoy(moves: pd.DataFrame, node: str, *, within: int = 10) -> list[Finding]:
    """`yoy` for each of the first `within` that has a place in both years. From `compared.year_on_year`."""
    mine = moves.loc[(moves["node"] == node) & (moves["rank"] <= within).fillna(False) & moves["change"].notna()]
    return [
        finding(
            "yoy", row["city_id"],
            sized(figures(row, "year_on_year", f"{node}|{row['city_id']}", MOVES), "change", "size"),
            node=node, way=way(row["change"]), carried=row["carried"], strength=abs(row["change"]) / STRONG_MOVE,
        )
        for row in rows(mine)
    ]  # fmt: skip


def findings_growth(table: pd.DataFrame) -> list[Finding]:
    """`growth` for every key and comparison. From `compared.common_totals`."""
    units = {"value": "count", "previous": "count", "change": "change", "cities": "whole", "platforms": "whole"}
    found = []
    for row in rows(table):
        cells = figures(row, "common_totals", f"{row['against']}|{row['key']}", units)
        words = {"against": row["against"], "way": way(round(row["change"], 3)), "strength": abs(row["change"])}
        found.append(finding("growth", row["key"], cells, **words, scope=row["against"]))
    return found


RUNS = {"run.top": "in_top", "run.rise": "rising", "run.fall": "falling"}


def findings_runs(
    runs: pd.DataFrame, node: str, city_ids: Sequence[str], *, least: int, carried: Sequence[str] = ()
) -> list[Finding]:
    """`run.*` of at least `least` editions for the cities asked for, the longest first. From `runs.runs`.

    carried: the cities whose last move other weights carry, as the word of that name says.
    """
    asked = runs.loc[runs["city_id"].isin(list(city_ids))]
    found = []
    for kind, column in RUNS.items():
        long = asked.loc[asked[column] >= least].sort_values([column, "city_id"], ascending=[False, True])
        for row in rows(long):
            cell = Figure(row[column], "whole", "runs", f"{node}|{row['city_id']}", column)
            found.append(
                finding(
                    kind, row["city_id"], {"editions": cell}, node=node, scope=node, strength=row[column] / 12,
                    carried=row["city_id"] in carried,
                )
            )  # fmt: skip
    return found


def findings_races(neighbours: pd.DataFrame, node: str, *, open_below: float) -> list[Finding]:
    """`race` for neighbours of whom it is open who is ahead, the most open first. From `uncertainty.neighbours`."""
    known = neighbours.loc[neighbours["p_ahead"].notna() & (neighbours["p_ahead"] < open_below)]
    return [
        finding(
            "race", row["city_id"], figures(row, "neighbours", row["city_id"], {"p_ahead": "share"}), node=node,
            scope=node, other=row["other_id"], strength=2 * (1 - row["p_ahead"]),
        )
        for row in rows(known.sort_values(["p_ahead", "city_id"], kind="stable"))
    ]  # fmt: skip


def findings_presence(presence: pd.DataFrame) -> list[Finding]:
    """`presence.*` for each kind and platform. From `presence.presence`."""
    found = []
    for (kind, platform), own in presence.groupby(["kind", "platform"], sort=False):
        number = fact(f"presence.{kind}.{platform}", len(own), "whole")
        longest = own.sort_values(["editions", "city_id"], ascending=[False, True]).iloc[0]
        cells = {"n": number}
        words: dict[str, Any] = {"cities": own["city_id"].tolist()}
        if longest["editions"] > 1:
            row = f"{kind}|{platform}|{longest['city_id']}"
            cells["editions"] = Figure(int(longest["editions"]), "whole", "presence", row, "editions")
            words["longest"] = str(longest["city_id"])
        found.append(finding(f"presence.{kind}", str(platform), cells, **words, strength=len(own) / 10))
    return found


def findings_of_places(ranks: pd.DataFrame, city_ids: Sequence[str], nodes: Sequence[str]) -> list[Finding]:
    """`places` of the cities asked for on every node that ranks them. `ranks`: SCORES of one edition."""
    ranked = ranks.loc[ranks["node"].isin(list(nodes)) & ranks["rank"].notna(), ["city_id", "node", "rank"]]
    places = {(row["city_id"], row["node"]): int(row["rank"]) for row in rows(ranked)}
    found = []
    for city in city_ids:
        known = [node for node in nodes if (city, node) in places]
        cells = {node: Figure(places[city, node], "rank", "ranking", city, f"{node}_rank") for node in known}
        if len(known) > 1:
            found.append(finding("places", city, cells, nodes=known, strength=0.5))
    return found


def findings_convergence(table: pd.DataFrame) -> list[Finding]:
    """`convergence`. From `spread.convergence`."""
    units = {"first": "decimal", "last": "decimal", "editions": "whole"}
    units |= dict.fromkeys(("slope", "low", "high"), "signed_fine")
    return [
        finding(
            "convergence", row["measure"], figures(row, "convergence", row["measure"], units), way=row["way"],
            strength=0.2 if row["way"] == "unclear" else 0.6,
        )
        for row in rows(table)
    ]  # fmt: skip
