"""Findings about habits of posting: hours, hashtags, languages that carried posts further; posts that are doubted.

Kinds (subject; words; figures, all with the cell they stand in):
  time.works, time.fails (part of the day; platform, zone; lift, low, high, posts, accounts), only firm ones
  tag.works, tag.fails (tag; platform; lift, low, high, posts, accounts, views), only firm ones
  language.works, language.fails (language; platform; lift, low, high, posts, accounts, share), only firm ones
  habit.none (time, tag or language; platforms; n), a kind of habit that was looked at without any firm difference
  doubt (the edition's posts; reasons; n, and one a reason)
"""

from __future__ import annotations

import pandas as pd

from cityreach.findings import Figure, Finding, fact
from cityreach.insight.make import figures, finding, rows

RATIOS = dict.fromkeys(("lift", "low", "high"), "decimal")
UNITS = {**RATIOS, "posts": "count", "accounts": "count"}
TABLES = {"time": "times", "tag": "tags", "language": "languages"}


def findings_habits(kind: str, lifts: pd.DataFrame) -> list[Finding]:
    """`<kind>.works`, `<kind>.fails` and `habit.none`; kind: time, tag or language. From `formats`' tables."""
    firm = [_habit(kind, row) for row in rows(lifts.loc[lifts["firm"].astype(bool)])]
    if firm or lifts.empty:
        return firm
    number = {"n": fact(f"habits.{kind}", len(lifts), "whole")}
    return [finding("habit.none", kind, number, platforms=sorted(set(lifts["platform"])), strength=0.1)]


def _habit(kind: str, row: dict[str, object]) -> Finding:
    platform, value, zone = str(row["platform"]), str(row["value"]), str(row.get("zone") or "")
    key = "|".join(filter(None, (platform, zone, value)))
    units = {**UNITS, "views": "count", "share": "share"}
    cells = figures(row, TABLES[kind], key, units)
    if kind == "tag":  # written by strangers: printed as a figure, so that it is traced like one
        cells["tag"] = Figure(value, "text", TABLES[kind], key, "value")
    words = {"platform": platform, "zone": zone} if zone else {"platform": platform}
    lift = float(str(row["lift"]))
    told = f"{kind}.{'works' if lift > 1 else 'fails'}"
    scope = ".".join(filter(None, (platform, zone)))
    return finding(told, value, cells, **words, scope=scope, strength=abs(lift - 1))


def findings_doubt(doubtful: pd.DataFrame) -> list[Finding]:
    """`doubt` where there are posts that may not be case posts. From `suspicion.doubtful`."""
    if doubtful.empty:
        return []
    counts = doubtful["reason"].value_counts().sort_index()
    cells = {"n": fact("doubtful", len(doubtful), "whole")}
    cells |= {str(reason): fact(f"doubtful.{reason}", int(count), "whole") for reason, count in counts.items()}
    return [finding("doubt", "posts", cells, reasons=[str(reason) for reason in counts.index], strength=0.3)]
