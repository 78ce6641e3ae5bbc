"""Posts whose figures or hours do not fit the rest of their account: pure functions on the posts table.

A row here is a question to an editor and never a verdict. Missing figures (null) are unknown: no test takes them for 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cityreach.quality import rules as rules_
from cityreach.quality.rules import Rules

FIGURES = ("likes", "comments", "shares", "views", "saves")
KINDS = ("silent_likes", "off_hours", "round", "repeated", "identical", "views_below_likes")
POST = ["platform", "account_id", "city_id", "post_id", "url", "published_at"]
COLUMNS = ["kind", *POST, "until", "metric", "value", "count", "of", "usual"]
BEIJING_HOURS = 8  # Asia/Shanghai has had no summer time since 1991
MOST_DAYS = 100_000  # since 1970: more than a post can be dated
NUMBERS = ["value", "count", "of", "usual"]


@dataclass(frozen=True)
class Test:
    """What one test came to.

    rows: COLUMNS, the strongest first: the post (of several the first), `until` (when the last of them was published),
    `metric` and `value` (the figure in question, or null), `count` of `of` (how many posts, figures or days out of how
    many; null where nothing is counted), `usual` (what would be usual; null where nothing is known).
    checked: posts (figures, for `round`) that the test could judge. chance: rows that mere chance would give, or None.
    """

    __test__ = False  # not a test of ours, whatever its name says to pytest

    kind: str
    rows: pd.DataFrame
    checked: int
    chance: float | None = None


def tests(posts: pd.DataFrame, history: pd.DataFrame, rules: Rules) -> list[Test]:
    """Every test of the POSTS table, in the order of KINDS.

    history: account_id, published_at of earlier posts. Posts whose `time_precision` is a day are not asked for hours.
    """
    return [
        silent_likes(posts, rules.silent_likes),
        off_hours(posts, history, rules.off_hours),
        round_figures(posts, rules.round),
        repeated(posts, rules.repeated),
        identical(posts, rules.identical),
        views_below_likes(posts, rules.views_below_likes),
    ]


def silent_likes(posts: pd.DataFrame, rule: rules_.SilentLikes) -> Test:
    """Posts with many likes and no comment whose account usually draws comments (median of comments per like).

    value: likes; count 0 of `of` posts of the account; usual: comments that the usual ratio would give.
    """
    likes, comments = _float(posts["likes"]), _float(posts["comments"])
    known = (likes > 0) & comments.notna()
    groups = (comments / likes).where(known).groupby(posts["account_id"])
    known_posts = groups.transform("count")
    usual = groups.transform("median") * likes
    judged = known & (likes >= rule.least_likes) & (known_posts >= rule.least_posts)
    odd = judged & (comments == 0) & (usual >= rule.least_expected)
    rows = _rows(posts, odd, "silent_likes", metric="likes", value=likes, of=known_posts, usual=usual)
    return Test("silent_likes", _sorted(rows.assign(count=0), "usual"), int(judged.sum()))


def views_below_likes(posts: pd.DataFrame, rule: rules_.ViewsBelowLikes) -> Test:
    """Posts that were liked more often than seen. value: views; usual: likes, the least that views should be."""
    likes, views = _float(posts["likes"]), _float(posts["views"])
    judged = views.notna() & (likes >= rule.least_likes)
    rows = _rows(posts, judged & (views < likes), "views_below_likes", metric="views", value=views, usual=likes)
    return Test("views_below_likes", _sorted(rows, "usual"), int(judged.sum()))


def round_figures(posts: pd.DataFrame, rule: rules_.Round) -> Test:
    """Figures that are multiples of a round number; one row per figure.

    value: the figure; count: such figures of the account, out of its `of` figures of that size.
    """
    figures = _figures(posts, rule.least)
    figures["round"] = figures["value"] % rule.multiple == 0
    groups = figures.groupby("account_id")["round"]
    figures["count"], figures["of"] = groups.transform("sum"), groups.transform("size")
    hit = figures[figures["round"]]
    rows = _picked(posts, hit, "round")
    chance = len(figures) / rule.multiple
    return Test("round", _sorted(rows, "count", "value"), len(figures), chance)


def repeated(posts: pd.DataFrame, rule: rules_.Repeated) -> Test:
    """A figure that many posts of one account share; one row per figure, with the first such post.

    value: the figure; count: posts that have it, out of the account's `of` posts whose figure of that kind is known.
    """
    figures = _figures(posts, rule.least_value)
    keys = ["account_id", "metric", "value"]
    known = pd.DataFrame({name: posts[name].notna() for name in FIGURES}).groupby(posts["account_id"]).sum().stack()
    figures["count"] = figures.groupby(keys)["value"].transform("size")
    often = figures[figures["count"] >= rule.least_posts].sort_values("published_at", kind="stable")
    often = often.assign(until=often.groupby(keys)["published_at"].transform("max")).drop_duplicates(keys)
    pairs = pd.MultiIndex.from_frame(often[["account_id", "metric"]])
    often["of"] = known.reindex(pairs).to_numpy(dtype=float)
    rows = _picked(posts, often[often["count"] >= rule.least_share * often["of"]], "repeated")
    return Test("repeated", _sorted(rows, "count", "value"), len(figures))


def identical(posts: pd.DataFrame, rule: rules_.Identical) -> Test:
    """Posts of one account whose figures agree throughout; one row per set, with its first post.

    value: likes; count: posts of the set; of: figures above 0 that agree.
    """
    plain = pd.DataFrame({name: _float(posts[name]).fillna(-1) for name in FIGURES}, index=posts.index)
    above = (plain > 0).sum(axis=1)
    judged = (plain["likes"] >= rule.least_likes) & (above >= rule.least_figures)
    chosen = plain[judged].assign(
        account_id=posts["account_id"], published_at=posts["published_at"], of=above, metric="likes"
    )
    keys = ["account_id", *FIGURES]
    groups = chosen.groupby(keys)["published_at"]
    chosen["count"], chosen["until"] = groups.transform("size"), groups.transform("max")
    first = chosen[chosen["count"] > 1].sort_values("published_at", kind="stable").drop_duplicates(keys)
    rows = _picked(posts, first.assign(value=first["likes"]), "identical")
    return Test("identical", _sorted(rows, "count", "value"), int(judged.sum()))


def off_hours(posts: pd.DataFrame, history: pd.DataFrame, rule: rules_.OffHours) -> Test:
    """Bursts of posts in Beijing hours in which their account hardly ever publishes; one row per burst, its first post.

    value: posts of the burst; count: days on which the account published in such hours, the burst's own included (the
    largest count of the burst's hours), out of its `of` active days.
    """
    usable = posts[_timed(posts)]
    both = pd.concat([usable[["account_id", "published_at"]], history[["account_id", "published_at"]]])
    codes, hours = _whole_hours(both)
    days, active = _days_by_hour(codes, hours)
    mine = slice(0, len(usable))
    table = usable[["account_id", "published_at"]].assign(
        count=days[codes[mine], hours[mine] % 24], of=active[codes[mine]]
    )
    judged = table["of"] >= rule.least_days
    rare = table[judged & (table["count"] <= np.maximum(1, rule.rare_share * table["of"]))]
    bursts = _bursts(rare, rule.within_hours)
    found = bursts[bursts["value"] >= rule.least_posts].assign(metric="posts")
    return Test("off_hours", _sorted(_picked(posts, found, "off_hours"), "value"), int(judged.sum()))


def _timed(posts: pd.DataFrame) -> pd.Series:
    """Posts whose time is more than a day."""
    return (posts["time_precision"] != "day").fillna(True).astype(bool)


def _whole_hours(stamps: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Of every post a number for its account, and the hour it came out in, counted in Beijing from 1970 on."""
    codes, _ = pd.factorize(stamps["account_id"])
    utc = stamps["published_at"].dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[s]")
    return codes, utc.to_numpy().astype("int64") // 3600 + BEIJING_HOURS


def _days_by_hour(codes: np.ndarray, hours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[account, hour of the day] → days with a post in that hour or in one beside it; [account] → active days."""
    size, day, hour = int(codes.max(initial=-1)) + 1, hours // 24, hours % 24
    spread = np.concatenate([(codes * MOST_DAYS + day) * 24 + (hour + shift) % 24 for shift in (-1, 0, 1)])
    seen = np.unique(spread)
    days = np.bincount(seen // 24 // MOST_DAYS * 24 + seen % 24, minlength=size * 24).reshape(size, 24)
    active = np.bincount(np.unique(codes * MOST_DAYS + day) // MOST_DAYS, minlength=size)
    return days, active


def _bursts(rare: pd.DataFrame, within_hours: float) -> pd.DataFrame:
    """Posts that follow each other closely as one row each: the first one's index; value, count, of, until."""
    ordered = rare.sort_values(["account_id", "published_at"], kind="stable")
    gap = ordered["published_at"].diff() > pd.Timedelta(hours=within_hours)
    start = gap | (ordered["account_id"] != ordered["account_id"].shift())
    groups = ordered.groupby(start.cumsum().to_numpy())
    sums = groups.agg(
        value=("count", "size"), count=("count", "max"), of=("of", "max"), until=("published_at", "max")
    ).reset_index(drop=True)
    sums.index = ordered.index[start]
    return sums


def _figures(posts: pd.DataFrame, least: int) -> pd.DataFrame:
    """Every known figure of at least that size: index of its post; account_id, published_at, metric, value."""
    parts = []
    for name in FIGURES:
        values = _float(posts[name])
        large = values >= least
        kept = posts.loc[large, ["account_id", "published_at"]]
        parts.append(kept.assign(metric=name, value=values[large]))
    return pd.concat(parts)


def _rows(posts: pd.DataFrame, mask: pd.Series, kind: str, *, metric: str, **columns: pd.Series) -> pd.DataFrame:
    """The posts of a mask as rows of COLUMNS."""
    found = pd.DataFrame({name: values[mask] for name, values in columns.items()}, index=posts.index[mask])
    return _picked(posts, found.assign(metric=metric), kind)


def _picked(posts: pd.DataFrame, found: pd.DataFrame, kind: str) -> pd.DataFrame:
    """What a test found (indexed by its posts) with the posts' own columns, as rows of COLUMNS."""
    rows = posts.loc[found.index, POST].assign(kind=kind)
    for name in ("until", "metric", *NUMBERS):
        rows[name] = found[name] if name in found and not found.index.has_duplicates else _values(found, name)
    return rows[COLUMNS].astype(dict.fromkeys(NUMBERS, "Float64"))


def _values(found: pd.DataFrame, name: str) -> Any:
    """A column by place, for a post that was found more than once; null where the test does not give it."""
    return found[name].array if name in found else None


def _sorted(rows: pd.DataFrame, *by: str) -> pd.DataFrame:
    """The strongest first; ties by account and post, so that the order never depends on the exports' order."""
    columns = [*by, "account_id", "post_id", "metric"]
    ascending = [False] * len(by) + [True] * 3
    return rows.sort_values(columns, ascending=ascending, kind="stable").reset_index(drop=True)


def _float(column: pd.Series) -> pd.Series:
    """A count as floats, null as NaN."""
    return pd.Series(column.to_numpy(dtype=float, na_value=np.nan), index=column.index)
