"""How good an edition's data are: pure functions on the intake log and the tidy tables.

The platforms of a result come in the edition's order; days are days in Beijing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cityreach.edition import BEIJING, Window
from cityreach.intake import IntakeLog
from cityreach.intake.drops import followers
from cityreach.tables import STATUSES

COUNTS = {
    "rows": "rows", "kept": "kept", "repaired": "repaired", "duplicates": "repeated", "differing": "differing",
    "outside": "outside", "filtered": "left_out", "quarantined": "quarantined",
}  # fmt: skip
FILE = ["file", "sheet"]
SEEN = ("measured", "silent")
DAILY_AT_MOST = 62  # days: a longer window is counted by month


def files(log: IntakeLog) -> pd.DataFrame:
    """One row per file (and sheet): file, sheet, format, encoding, keys (tuple), untested, the values of COUNTS."""
    rows = [
        {
            "file": one.file, "sheet": one.sheet, "format": one.format, "encoding": one.encoding,
            "keys": one.keys, "untested": one.evidence == "documents",
            **{name: getattr(one, field) for field, name in COUNTS.items()},
        }
        for one in log.files
    ]  # fmt: skip
    columns = [*FILE, "format", "encoding", "keys", "untested", *COUNTS.values()]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(COUNTS.values(), "int64"))


def reasons(log: IntakeLog) -> pd.DataFrame:
    """Why rows were not used, file by file: file, sheet, fate (left_out | quarantined), reason, rows; most first."""
    rows = [
        (one.file, one.sheet, fate, reason, count)
        for one in log.files
        for fate, counts in (("left_out", one.filtered_reasons), ("quarantined", one.quarantine_reasons))
        for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return pd.DataFrame(rows, columns=[*FILE, "fate", "reason", "rows"])


def by_reason(found: pd.DataFrame) -> pd.DataFrame:
    """The quarantine (from `reasons`) by reason: reason, rows, files (their names); most rows first."""
    held = found[found["fate"] == "quarantined"]
    grouped = held.groupby("reason").agg(rows=("rows", "sum"), files=("file", lambda names: list(dict.fromkeys(names))))
    return grouped.reset_index().sort_values(["rows", "reason"], ascending=[False, True], kind="stable")


def coverage(metrics: pd.DataFrame, platforms: Sequence[str]) -> pd.DataFrame:
    """Cities by state on each platform: index platform, columns STATUSES."""
    counts: pd.DataFrame = pd.crosstab(metrics["platform"], metrics["status"])
    return counts.reindex(index=list(platforms), columns=list(STATUSES), fill_value=0).rename_axis("platform")


def accounts(expected: pd.DataFrame, seen: Sequence[str], platforms: Sequence[str]) -> pd.DataFrame:
    """Accounts of the panel (`expected`: by account_id, with platform): index platform, columns expected, seen."""
    marked = expected.assign(seen=expected.index.isin(list(seen)))
    counts = marked.groupby("platform").agg(expected=("seen", "size"), seen=("seen", "sum"))
    return counts.reindex(list(platforms), fill_value=0).astype("int64")


def dark_cities(metrics: pd.DataFrame) -> list[str]:
    """Cities that no export names on any platform, in the panel's order."""
    seen = metrics["status"].isin(SEEN).groupby(metrics["city_id"], sort=False).any()
    return [str(city) for city in seen.index[~seen]]


def daily(posts: pd.DataFrame, window: Window, platforms: Sequence[str]) -> pd.DataFrame:
    """Posts a day on each platform, days without any included: platform, day, posts."""
    days = pd.date_range(window.first, window.last, freq="D", name="day")
    grid = pd.MultiIndex.from_product([list(platforms), days], names=["platform", "day"])
    counts = posts.groupby([posts["platform"], beijing_days(posts["published_at"])]).size()
    counts.index.names = ["platform", "day"]
    return counts.reindex(grid, fill_value=0).rename("posts").reset_index()


def by_month(days: pd.DataFrame) -> pd.DataFrame:
    """The same as `daily`, summed by month (day: its first)."""
    month = days["day"].dt.to_period("M").dt.to_timestamp()
    return days.groupby(["platform", month], sort=False)["posts"].sum().reset_index()


def rhythm(days: pd.DataFrame) -> pd.DataFrame:
    """What `daily` shows of each platform.

    Columns: platform, posts, days (with a post), empty (list of days without), gap (longest run of such days),
    most (posts of the busiest day), busiest (that day; the first of several).
    """
    columns = ["platform", "posts", "days", "empty", "gap", "most", "busiest"]
    rows = [_rhythm(str(name), group) for name, group in days.groupby("platform", sort=False)]
    return pd.DataFrame(rows, columns=columns)


def _rhythm(platform: str, group: pd.DataFrame) -> tuple[Any, ...]:
    silent = (group["posts"] == 0).to_numpy()
    empty = [day.date() for day in group["day"][silent]]
    top: Any = group.sort_values("posts", ascending=False, kind="stable").iloc[0]
    return platform, int(group["posts"].sum()), int((~silent).sum()), empty, _longest(silent), top["posts"], top["day"]


def _longest(marks: np.ndarray) -> int:
    """The longest run of marks."""
    runs = "".join("x" if mark else " " for mark in marks).split()
    return max(map(len, runs), default=0)


def spans(log: IntakeLog, posts: pd.DataFrame, window: Window) -> pd.DataFrame:
    """The days that each file with posts covers.

    Columns: file, first, last (earliest and latest day of a usable post, inside the window or not), days (of the
    window with a post of the file), late (days of the window before its first post), early (after its last).
    """
    held = posts[["source_file"]].assign(day=beijing_days(posts["published_at"])).drop_duplicates()
    counts = held["source_file"].value_counts()
    ends: dict[str, tuple[str, str]] = {}
    for one in (each for each in log.files if each.first):
        first, last = ends.get(one.file, (one.first, one.last))
        ends[one.file] = min(first, one.first), max(last, one.last)
    rows = [_span(name, days, window, int(counts.get(name, 0))) for name, days in ends.items()]
    return pd.DataFrame(rows, columns=["file", "first", "last", "days", "late", "early"])


def _span(file: str, ends: tuple[str, str], window: Window, days: int) -> tuple[Any, ...]:
    first, last = map(date.fromisoformat, ends)
    late, early = (first - window.first).days, (window.last - last).days
    return file, first, last, days, min(max(late, 0), window.days), min(max(early, 0), window.days)


def follower_moves(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Followers of the accounts known in both editions, the largest fall first.

    now, before: SNAPSHOTS. Columns: account_id, before, now, change (followers), share (of those before, signed).
    """
    table = followers(now, before)
    table["change"] = table["now"] - table["before"]
    table["share"] = (table["change"] / table["before"]).astype("Float64")
    return table.sort_values(["share", "account_id"], kind="stable").reset_index(drop=True)


def distribution(moves: pd.DataFrame, *, step: float, band: float) -> pd.DataFrame:
    """Accounts by their change in bins of `step` between −band and band, with an open bin at each end.

    Columns: low, high (shares; null at the open ends), accounts; without empty bins at either end.
    """
    steps = max(round(band / step), 1)
    edges = np.round(np.arange(-steps, steps + 1) * step, 10)
    # A share on an edge belongs to the bin above it, save that of the band itself: a fall must exceed the band.
    place = np.digitize(np.round(moves["share"].to_numpy(dtype=float), 10), edges)
    counts = np.bincount(place, minlength=len(edges) + 1)
    table = pd.DataFrame({"low": [np.nan, *edges], "high": [*edges, np.nan], "accounts": counts})
    filled = np.flatnonzero(counts)
    return table.iloc[filled[0] : filled[-1] + 1].reset_index(drop=True) if len(filled) else table.iloc[:0]


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame as named tuples."""
    return iter(frame.itertuples())


def beijing_days(moments: pd.Series) -> pd.Series:
    """The day of each moment in Beijing, as a plain date at midnight."""
    return moments.dt.tz_convert(BEIJING).dt.tz_localize(None).dt.normalize()
