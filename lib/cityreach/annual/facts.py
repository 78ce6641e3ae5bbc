"""All findings of an annual edition; the prose says nothing that is not here, and every figure names its cell.

An edition that publishes no order gets only findings that imply none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from cityreach.annual.analysis import TOP, Analysis
from cityreach.annual.lists import ALL
from cityreach.findings import Figure, Finding, fact

FIRST = "first"


def of(analysis: Analysis) -> dict[str, Finding]:
    """Every finding that the edition may publish, by id."""
    makers = {"ordered": (*ALWAYS, *ORDERED), "tiers": (*ALWAYS, _phalanxes)}.get(
        analysis.material.edition.mode, ALWAYS
    )
    return {finding.id: finding for make in makers for finding in make(analysis)}


def each(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as mappings."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _edition(analysis: Analysis) -> list[Finding]:
    known = analysis.material
    natures = analysis.columns["nature"]
    figures = {
        "cities": fact("cities", len(analysis.lists[ALL]), "whole"),
        "tracks": fact("tracks", len(analysis.tracks), "whole"),
        "indicators": fact("indicators", len(natures), "whole"),
        "public": fact("public", int(analysis.columns["public"].sum()), "whole"),
        "simulated": fact("columns.simulated", int((natures == "simulated").sum()), "whole"),
        "real": fact("columns.real", int((natures == "real").sum()), "whole"),
        "figures": fact("figures", int(known.sheet.figures.notna().to_numpy().sum()), "exact"),
        "empty": fact("empty", int(known.sheet.figures.isna().to_numpy().sum()), "exact"),
        "period": fact("period", known.edition.window, "period"),
        "counted": fact("counted", known.edition.counting_date, "full_date"),
        "method": fact("method", known.method.name, "text"),
        "next": fact("top", TOP, "whole"),
    }
    return [Finding("edition", "edition", known.edition.id, figures)]


def _phalanxes(analysis: Analysis) -> list[Finding]:
    """How many cities each phalanx has, and the members of the first (by place where the edition publishes places)."""
    table = analysis.phalanxes
    if table.empty:
        return []
    counts = table["phalanx"].value_counts().sort_index()
    figures = {f"n{number}": fact(f"phalanx.{number}", int(count), "whole") for number, count in counts.items()}
    members = sorted(table.loc[table["phalanx"] == 1, "city_id"])
    if analysis.material.edition.mode == "ordered":
        members = [city for city in analysis.placed()["city_id"] if city in members]
    return [Finding("phalanx", "phalanx", figures=figures, words={"count": len(counts), "members": members})]


def _comments(analysis: Analysis) -> list[Finding]:
    """How many comments filled how many empty cells of the sheet."""
    table, rule = analysis.material.comments, analysis.material.index.comments
    if table.empty or rule is None:
        return []
    figures = {
        "comments": fact("comments", int(table["comments"].sum()), "exact"),
        "other": fact("comments.other", int(table["other"].sum()), "exact"),
        "cities": fact("comments.cities", int((table["used"] > 0).sum()), "whole"),
        "cells": fact("comments.cells", int(table["used"].sum()), "whole"),
        "least": fact("comments.least", rule.least, "whole"),
    }
    return [Finding("comments", "comments", figures=figures, words={"net": rule.net, "share": rule.share})]


# what implies an order


def score(analysis: Analysis, row: dict[str, Any], column: str, unit: str) -> Figure:
    """A figure of the table `places`."""
    key = f"{row['edition']}|{row['list']}|{row['node']}|{row['city_id']}"
    value = row[column]
    return Figure(float(value) if column == "score" else int(value), unit, "places", key, column)


def _tops(analysis: Analysis) -> list[Finding]:
    """The first cities of every list and branch, `top.<list>.<node>`; how many cities lead a track, `firsts`."""
    nodes = [analysis.root, *analysis.tracks, *analysis.below(analysis.material.index.platforms_under)]
    tops = [found for base in analysis.lists for node in nodes if (found := _top(analysis, base, node))]
    leads = {top.words["node"]: top.subject for top in tops if top.words["list"] == ALL}
    firsts = list(dict.fromkeys(leads[node] for node in analysis.tracks if node in leads))
    figures = {"firsts": fact("firsts", len(firsts), "whole"), "tracks": fact("tracks", len(analysis.tracks), "whole")}
    return [*tops, Finding("firsts", "firsts", figures=figures, words={"cities": firsts})]


def _top(analysis: Analysis, base: str, node: str) -> Finding | None:
    rows = each(analysis.placed(base, node).dropna(subset=["rank"]).head(TOP))
    if not rows:
        return None
    unit = analysis.material.index.score_unit
    figures = {
        "cities": score(analysis, rows[0], "cities", "whole"),
        "n": fact(f"top.{base}.{node}", len(rows), "whole"),
    }
    named = [(FIRST, 0), ("second", 1), ("last", len(rows) - 1)]
    figures |= {name: score(analysis, rows[at], "score", unit) for name, at in named if at < len(rows)}
    if figures[FIRST].value > 0:
        figures["part"] = fact(f"top.{base}.{node}.part", figures["last"].value / figures[FIRST].value, "share")
    words = {"cities": [row["city_id"] for row in rows], "list": base, "node": node}
    kind = "top" if (base, node) == (ALL, analysis.root) else "top.other"
    return Finding(f"top.{base}.{node}", kind, rows[0]["city_id"], figures, words)


def _cases(analysis: Analysis) -> list[Finding]:
    """The rule for excellent cases, and each of them."""
    rule = analysis.material.index.cases
    bounds = {name: fact(f"cases.{name}", value, "whole") for name, value in rule.model_dump().items()}
    return [
        Finding("rule.cases", "rule", figures=bounds),
        *_single_cases(analysis),
    ]


def _single_cases(analysis: Analysis) -> list[Finding]:
    return [
        Finding(
            f"case.{row['node']}.{row['city_id']}",
            f"case.{row['node']}",
            row["city_id"],
            _cells(row, "cases", f"{row['node']}|{row['city_id']}", ranks=("rank", "composite"), places=("ahead",)),
            {"node": row["node"]},
            strength=float(row["ahead"]),
        )
        for row in each(analysis.cases)
    ]


def _cells(
    row: dict[str, Any], table: str, key: str, *, ranks: tuple[str, ...] = (), places: tuple[str, ...] = ()
) -> dict[str, Figure]:
    """Whole figures of a row of a table."""
    units = dict.fromkeys(ranks, "ordinal") | dict.fromkeys(places, "places")
    return {name: Figure(int(row[name]), unit, table, key, name) for name, unit in units.items()}


def _contrasts(analysis: Analysis) -> list[Finding]:
    """Cities whose places on size and word of mouth are far apart, and how many there are on each side."""
    rule = analysis.material.index.contrast
    if rule is None:
        return []
    table = analysis.contrasts
    found = [
        Finding(
            f"contrast.{row['city_id']}",
            f"contrast.{row['side']}",
            row["city_id"],
            _cells(row, "contrasts", row["city_id"], ranks=("size", "mouth"))
            | {"gap": fact(f"contrast.{row['city_id']}", abs(int(row["gap"])), "places")},
            strength=abs(float(row["gap"])),
        )
        for side in ("mouth", "size")
        for row in each(table[table["side"] == side].head(rule.most))
    ]
    counts = {
        side: fact(f"contrast.{side}", int((table["side"] == side).sum()), "whole")
        for side in ("mouth", "size", "near")
    }
    counts["least"] = fact("contrast.least", rule.least, "places")
    return [Finding("contrast", "contrast", figures=counts), *found]


def _weak(analysis: Analysis) -> list[Finding]:
    """The first cities whose worst track lies far behind their composite place."""
    table = analysis.weakest
    return [
        Finding(
            f"weak.{row['city_id']}",
            f"weak.{row['node']}",
            row["city_id"],
            _cells(row, "weakest", row["city_id"], ranks=("rank", "composite"), places=("behind",)),
            {"node": row["node"]},
            strength=float(row["behind"]),
        )
        for row in each(table[table["behind"] >= analysis.material.index.weak])
    ]


def _groups(analysis: Analysis) -> list[Finding]:
    """Every group's mean and its best city: `group.<by>.<key>` for the composite."""
    table = analysis.groups[analysis.groups["node"] == analysis.root]
    unit = analysis.material.index.score_unit
    return [
        Finding(
            f"group.{row['by']}.{row['key']}",
            f"group.{row['by']}",
            row["key"],
            {
                "mean": Figure(float(row["mean"]), unit, "groups", _group_key(row), "mean"),
                "cities": Figure(int(row["cities"]), "whole", "groups", _group_key(row), "cities"),
                "rank": Figure(int(row["best_rank"]), "ordinal", "groups", _group_key(row), "best_rank"),
            },
            {"best": row["best"], "by": row["by"]},
            strength=float(row["mean"]),
        )
        for row in each(table)
    ]


def _group_key(row: dict[str, Any]) -> str:
    return f"{row['by']}|{row['key']}|{row['node']}"


def _compare(analysis: Analysis) -> list[Finding]:
    """Two groups side by side, the one with the higher mean first; empty where one of them has no city."""
    rule = analysis.material.index.compare
    rows = analysis.groups[analysis.groups["by"] == rule.by] if rule else analysis.groups.head(0)
    means = {(row["key"], row["node"]): float(row["mean"]) for row in each(rows)}
    root, tracks = analysis.root, analysis.tracks
    if rule is None or not {(rule.first, root), (rule.second, root)} <= set(means):
        return []
    ahead, behind = sorted((rule.first, rule.second), key=lambda key: -means[key, root])
    gaps = {node: means[ahead, node] - means[behind, node] for node in tracks}
    nodes = {"all": root, "wide": max(tracks, key=gaps.__getitem__), "near": min(tracks, key=gaps.__getitem__)}
    unit = analysis.material.index.score_unit
    figures = {
        f"{name}_{side}": Figure(means[key, node], unit, "groups", f"{rule.by}|{key}|{node}", "mean")
        for name, node in nodes.items()
        for side, key in (("ahead", ahead), ("behind", behind))
    }
    if means[ahead, root] > 0:
        figures["part"] = fact("compare.part", means[behind, root] / means[ahead, root], "share")
    words = {"by": rule.by, "ahead": ahead, "behind": behind, "wide": nodes["wide"], "near": nodes["near"]}
    return [Finding("compare", "compare", behind, figures, words, strength=1.0)]


# over time


def _movements(analysis: Analysis) -> list[Finding]:
    """Who rose and fell in the whole panel and in the index's own lists."""
    bases = [ALL, *(each.id for each in analysis.material.index.lists)]
    return [found for base in bases for found in _moved(analysis, base)] if analysis.before else []


def _moved(analysis: Analysis, base: str) -> list[Finding]:
    table = analysis.moved(base)
    rows = {row["city_id"]: row for row in each(table)}
    if not rows:
        return []
    counts = {"up": (table["change"] > 0), "down": (table["change"] < 0), "same": (table["change"] == 0)}
    figures = {name: fact(f"moved.{base}.{name}", int(found.sum()), "whole") for name, found in counts.items()}
    up, down = (choose(rows, key=lambda city: rows[city]["change"]) for choose in (max, min))
    tops = [set(table.loc[table[column] <= TOP, "city_id"]) for column in ("rank", "rank_before")]
    words = {"list": base, "up": up, "down": down, "came": sorted(tops[0] - tops[1]), "left": sorted(tops[1] - tops[0])}
    return [
        Finding(f"moved.{base}", "moved", base, figures, words),
        _mover("riser", base, (analysis.root, rows[up])),
        _mover("faller", base, (analysis.root, rows[down])),
    ]


def _mover(way: str, base: str, moved: tuple[str, dict[str, Any]]) -> Finding:
    """The city that moved farthest one way inside a list."""
    root, row = moved
    figures = _cells(row, "movements", f"{base}|{root}|{row['city_id']}", ranks=("rank", "rank_before"))
    figures["size"] = fact(f"{way}.{base}", abs(int(row["change"])), "places")
    return Finding(f"{way}.{base}", way, row["city_id"], figures, {"list": base})


# parts of single indices


def _absent(analysis: Analysis) -> list[Finding]:
    return [
        Finding(
            f"absent.{row['node']}",
            f"absent.{row['node']}",
            row["node"],
            {
                "zeros": Figure(int(row["zeros"]), "whole", "absent", row["node"], "zeros"),
                "known": Figure(int(row["known"]), "whole", "absent", row["node"], "known"),
                "share": Figure(float(row["share"]), "share", "absent", row["node"], "share"),
            },
            {"node": row["node"]},
            strength=float(row["share"]),
        )
        for row in each(analysis.absent)
    ]


def _platforms(analysis: Analysis) -> list[Finding]:
    """The first cities of each platform, as kinds of their own; the sum of different first cities."""
    nodes = analysis.below(analysis.material.index.platforms_under)
    tops = [top for node in nodes if (top := _top(analysis, ALL, node))]
    single = [replace(top, id=f"platform.{top.words['node']}", kind=f"platform.{top.words['node']}") for top in tops]
    firsts = list(dict.fromkeys(top.subject for top in tops))
    words = {"firsts": firsts, "pairs": [[top.words["node"], top.subject] for top in tops]}
    figures = {
        "platforms": fact("platforms", len(tops), "whole"),
        "firsts": fact("platforms.firsts", len(firsts), "whole"),
    }
    return [Finding("platforms", "platforms", figures=figures, words=words), *single] if tops else []


def _languages(analysis: Analysis) -> list[Finding]:
    """Which language most reports are in, which the fewest, and how much the first ten cities have of each."""
    table = each(analysis.languages.dropna(subset=["share", "top"]))
    if not table:
        return []
    ordered = sorted(table, key=lambda row: (-row["share"], row["node"]))
    chosen = {"most": ordered[0], "least": ordered[-1]}
    tight = max(table, key=lambda row: row["top"])
    leads = Counter(row["first"] for row in table)
    leader = min(leads, key=lambda city: (-leads[city], city))
    figures = {
        name: Figure(float(row["share"]), "share", "languages", row["node"], "share") for name, row in chosen.items()
    } | {
        "tight": Figure(float(tight["top"]), "share", "languages", tight["node"], "top"),
        "languages": fact("languages", len(table), "whole"),
        "leads": fact("languages.leads", leads[leader], "whole"),
    }
    words = {name: row["node"] for name, row in chosen.items()} | {"tight": tight["node"], "leader": leader}
    return [Finding("languages", "languages", leader, figures, words, strength=1.0)]


def _published(analysis: Analysis) -> list[Finding]:
    table = analysis.published
    figures = {
        "rows": fact("published", len(table), "whole"),
        "same": fact("published.same", int(table["same"].sum()), "whole"),
        "other": fact("published.other", int((~table["same"]).sum()), "whole"),
    }
    return [Finding("published", "published", figures=figures)]


Maker = Callable[[Analysis], list[Finding]]
ALWAYS: tuple[Maker, ...] = (_edition, _absent, _comments)
ORDERED: tuple[Maker, ...] = (
    _phalanxes, _tops, _cases, _contrasts, _weak, _groups, _compare, _movements, _platforms, _languages, _published,
)  # fmt: skip
