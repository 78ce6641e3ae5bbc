"""Findings about posts: case posts, themes, drivers, labels, formats, staying power.

Kinds (subject; words; figures, all with the cell they stand in):
  case (platform|post_id; city, platform, account, theme, format, lang, text, url, reason, place; day,
      counted_at: dates, handle: text, likes, comments, shares, views, interactions, usual, lift, as far as known)
  theme.share (theme; none; posts, posts_share, interactions_share), of the whole edition
  theme.pull (theme; none; pull, basis), of the whole edition, the strongest first
  theme.platform (theme; platform; posts, posts_share, interactions_share, pull, overall: the theme's share of all
      interactions), the theme that a platform favours most against the others, id `theme.platform.<platform>.<theme>`
  driver (city; theme, platform, post; growth, share, share_before, change, interactions, interactions_before)
  label.city (city; theme; posts, city_posts, share, panel_share, months, of)
  format.works, format.fails (value; platform, by, video; lift, low, high, posts, accounts, share), only firm ones
  staying.long_red, staying.burst, staying.rising (city; none; months, months_in_top, mean_rank, rank, rank_gain,
      peak_share, top_share)
"""

from __future__ import annotations

import pandas as pd

from cityreach.findings import Figure, Finding
from cityreach.insight.lexicon import OTHER
from cityreach.insight.make import figures, finding, rows

VIDEO_PLATFORMS = ("youtube", "tiktok")
LEAST_BASIS = 30  # posts behind a pull that is stated
FAVOUR = 0.02  # two points: what rounds to the same shares is no preference
LEAST_PULL = 1.05  # what a theme that draws more than usual draws at least, times the usual


def findings_cases(cases: pd.DataFrame) -> list[Finding]:
    """`case` for every case post. From `cases.case_posts`."""
    counts = ("likes", "comments", "shares", "views", "interactions", "usual")
    units = {**dict.fromkeys(counts, "count"), "lift": "ratio", "day": "date", "counted_at": "date", "handle": "text"}
    names = ("platform", "theme", "format", "lang", "text", "url", "reason", "place")
    found = []
    for row in rows(cases):
        key = f"{row['platform']}|{row['post_id']}"
        words = {name: row[name] for name in names} | {"city": row["city_id"], "account": row["account_id"]}
        found.append(finding("case", key, figures(row, "case_posts", key, units), **words, strength=row["score"] / 5))
    return found


def findings_themes(table: pd.DataFrame, *, most: int = 5) -> list[Finding]:
    """`theme.share` and `theme.pull` (at most `most`) and `theme.platform`. From `themes.theme_table`."""
    named = table.loc[table["theme"] != OTHER]
    whole = named.loc[named["platform"] == "all"]
    pull = whole.loc[(whole["basis"] >= LEAST_BASIS) & (whole["pull"] >= LEAST_PULL).fillna(False)]
    pull = pull.sort_values(["pull", "theme"], ascending=[False, True], kind="stable").head(most)
    shares = {"posts": "count", "posts_share": "share", "interactions_share": "share"}
    return [
        *_theme("theme.share", whole.head(most), shares),
        *_theme("theme.pull", pull, {"pull": "ratio", "basis": "count"}),
        *_theme("theme.platform", _favoured(named, whole), {**shares, "pull": "ratio"}),
    ]


def _favoured(named: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """For each platform the theme whose share there exceeds its overall share most, by FAVOUR or more."""
    overall = named["theme"].map(whole.set_index("theme")["interactions_share"]).astype("Float64")
    shares = named.assign(overall=overall, favour=named["interactions_share"] - overall)
    enough = shares.loc[(shares["platform"] != "all") & (shares["posts"] >= LEAST_BASIS) & (shares["favour"] >= FAVOUR)]
    ordered = enough.sort_values(["platform", "favour", "theme"], ascending=[True, False, True], kind="stable")
    return ordered.drop_duplicates("platform")


def _theme(kind: str, table: pd.DataFrame, units: dict[str, str]) -> list[Finding]:
    found = []
    for row in rows(table):
        platform = row["platform"]
        words = {"platform": platform, "scope": platform} if platform != "all" else {}
        cells = figures(row, "themes", f"{platform}|{row['theme']}", units)
        if "overall" in row:
            cells["overall"] = Figure(row["overall"], "share", "themes", f"all|{row['theme']}", "interactions_share")
        strength = row["pull"] - 1 if kind == "theme.pull" else row["posts_share"]
        found.append(finding(kind, row["theme"], cells, **words, strength=strength))
    return found


def findings_drivers(drivers: pd.DataFrame, *, up: bool = True, most: int = 2) -> list[Finding]:
    """`driver`: in each city the themes that grew (`up` False: shrank) most, at most `most`. From `themes.drivers`."""
    grew = drivers.loc[(drivers["growth"] > 0) if up else (drivers["growth"] < 0)]
    ordered = grew.assign(size=grew["growth"].abs()).sort_values(
        ["city_id", "size", "theme"], ascending=[True, False, True], kind="stable"
    )
    counts = dict.fromkeys(("growth", "interactions", "interactions_before"), "count")
    units = {**counts, **dict.fromkeys(("share", "share_before", "change"), "share")}
    return [
        finding(
            "driver", row["city_id"], figures(row, "drivers", f"{row['city_id']}|{row['theme']}", units),
            scope=row["theme"], theme=row["theme"], platform=row["platform"], post=row["post_id"],
            strength=abs(row["change"]) * 2,
        )
        for row in rows(ordered.groupby("city_id").head(most))
    ]  # fmt: skip


def findings_labels(labels: pd.DataFrame) -> list[Finding]:
    """`label.city` for every city with a label, the clearest first. From `themes.city_labels`."""
    units = {"posts": "count", "city_posts": "count", "share": "share", "panel_share": "share"}
    units |= {"months": "whole", "of": "whole"}
    firm = labels.loc[labels["label"]].sort_values(["z", "city_id"], ascending=[False, True], kind="stable")
    return [
        finding(
            "label.city", row["city_id"], figures(row, "labels", f"{row['city_id']}|{row['theme']}", units),
            theme=row["theme"], strength=row["z"] / 10,
        )
        for row in rows(firm)
    ]  # fmt: skip


def findings_formats(lifts: pd.DataFrame, *, by: str = "format") -> list[Finding]:
    """`format.works` and `format.fails` for kinds whose interval leaves out 1. From `formats.format_lift`."""
    ratios = dict.fromkeys(("lift", "low", "high"), "ratio")
    units = {**ratios, "posts": "count", "accounts": "count", "share": "share"}
    table = "formats" if by == "format" else "languages"
    found = []
    for row in rows(lifts.loc[lifts["firm"].astype(bool)]):
        platform, kind = row["platform"], "format.works" if row["lift"] > 1 else "format.fails"
        cells = figures(row, table, f"{platform}|{row['value']}", units)
        words = {"platform": platform, "by": by, "video": platform in VIDEO_PLATFORMS}
        found.append(finding(kind, row["value"], cells, **words, scope=platform, strength=abs(row["lift"] - 1)))
    return found


def findings_staying(staying: pd.DataFrame) -> list[Finding]:
    """`staying.*` for every city that is not `quiet`. From `staying.staying`."""
    units = {
        "months": "count", "months_in_top": "count", "mean_rank": "score", "rank": "rank", "rank_gain": "score",
        "peak_share": "share", "top_share": "share",
    }  # fmt: skip
    return [
        finding(
            f"staying.{row['group']}", row["city_id"], figures(row, "staying", row["city_id"], units),
            strength=1 / max(row["rank"], 1),
        )
        for row in rows(staying.loc[staying["group"] != "quiet"])
    ]  # fmt: skip
