"""Formats, languages, hashtags and hours that carried posts further than the same accounts' other posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from cityreach.insight.rules import FormatRules, TagRules

CONFIDENT = 1.959963984540054
DOUBT = 0.05  # of an interval, shared out among those that are looked at together
PARTS = ("night", "morning", "afternoon", "evening")  # of a day, six hours each from midnight
TAG = r"#(\w{2,50})"
COLUMNS = ["platform", "value", "posts", "accounts", "share", "lift", "low", "high", "firm"]


def format_lift(posts: pd.DataFrame, *, by: str = "format", rules: FormatRules, together: int = 1) -> pd.DataFrame:
    """Kinds of posts (`by`: format or lang) against the same accounts' other posts, per platform, the best first.

    Columns: platform, value, posts, accounts (both: those that count), share (of all the platform's posts), lift
    (ratio of typical interactions to those of the accounts' other posts; 1 = alike), low, high (95 % interval), firm
    (the interval leaves out 1). Each post is measured against its account's median on a log scale; only accounts with
    `rules.least_posts` posts of at least two kinds count, and kinds with `rules.least_kind_posts` such posts.
    together: how many intervals are looked at together; they are widened so that all hold at 95 %.
    """
    rows = _residuals(posts.assign(value=posts[by]), rules)
    shares = posts.groupby("platform")[by].value_counts(normalize=True).to_dict()
    found = []
    for (platform, value), own in rows.groupby(["platform", "value"], sort=True):
        others = rows.loc[
            (rows["platform"] == platform)
            & (rows["value"] != value)
            & rows["account_id"].isin(own["account_id"].unique())
        ]
        if min(len(own), len(others)) < rules.least_kind_posts:
            continue
        wide = _wide(together) if together > 1 else CONFIDENT
        lift, low, high = _ratio(own["residual"].to_numpy(), others["residual"].to_numpy(), wide=wide)
        accounts, share = own["account_id"].nunique(), float(shares[platform, value])
        found.append((platform, value, len(own), accounts, share, lift, low, high, bool(low > 1 or high < 1)))
    frame = pd.DataFrame(found, columns=COLUMNS)
    return frame.sort_values(["platform", "lift", "value"], ascending=[True, False, True], ignore_index=True)


def _residuals(posts: pd.DataFrame, rules: FormatRules) -> pd.DataFrame:
    """Posts of accounts with two kinds or more: platform, account_id, value, residual (ln scale, less the median)."""
    known = posts.loc[posts["interactions"].notna() & posts["value"].notna()]
    rows = known[["platform", "account_id", "value"]].assign(
        residual=np.log1p(known["interactions"].to_numpy(dtype=float))
    )
    rows = rows.loc[rows.groupby(["account_id", "value"])["value"].transform("size") >= rules.least_posts]
    rows = rows.loc[rows.groupby("account_id")["value"].transform("nunique") >= 2]
    return rows.assign(residual=rows["residual"] - rows.groupby("account_id")["residual"].transform("median"))


def _ratio(own: np.ndarray, others: np.ndarray, *, wide: float = CONFIDENT) -> tuple[float, float, float]:
    """Ratio of two medians on a log scale and its interval, `wide` standard errors to either side (95 %)."""
    difference = float(np.median(own) - np.median(others))
    error = float(np.hypot(_median_error(own), _median_error(others)))
    low, high = difference - wide * error, difference + wide * error
    return float(np.exp(difference)), float(np.exp(low)), float(np.exp(high))


def _median_error(values: np.ndarray) -> float:
    """Standard error of a median after McKean and Schrader: from the two order statistics that enclose it at 95 %."""
    ordered, count = np.sort(values), len(values)
    inner = max(round((count + 1) / 2 - CONFIDENT * np.sqrt(count / 4)), 1)
    return float((ordered[count - inner] - ordered[inner - 1]) / (2 * CONFIDENT))


def times(posts: pd.DataFrame, zones: Mapping[str, Sequence[str]], *, rules: FormatRules) -> pd.DataFrame:
    """Parts of the day in the time zones of a platform's readers, each against the same accounts' other parts.

    zones: platform -> zones, as `rules.yml` states them. Columns as COLUMNS after zone; value: night (0 to 6 o'clock),
    morning, afternoon, evening. Posts whose time is only a day do not count. Intervals are widened so that all that a
    platform has hold together at 95 %.
    """
    exact = posts.loc[(posts["time_precision"] != "day").fillna(True).astype(bool)]
    found = []
    for platform, names in zones.items():
        mine = exact.loc[exact["platform"] == platform]
        for zone in names if len(mine) else ():
            hour = mine["published_at"].dt.tz_convert(zone).dt.hour.to_numpy()
            part = pd.Series(np.array(PARTS, dtype=object)[hour // 6], index=mine.index, dtype="str")
            rows = format_lift(mine.assign(part=part), by="part", rules=rules, together=len(PARTS) * len(names))
            found.append(rows.assign(zone=zone))
    columns = ["platform", "zone", *COLUMNS[1:]]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


TAGS = [*COLUMNS, "views"]


def tags(posts: pd.DataFrame, *, rules: TagRules, formats: FormatRules) -> pd.DataFrame:
    """Hashtags that many accounts of a platform use, each against the same accounts' posts without it.

    Columns as COLUMNS (value: the tag in small letters, without #), and views (of the posts with it; null where none
    are known). Only tags with `rules.least_posts` posts by `rules.least_accounts` accounts, the `rules.most` most used
    of a platform; intervals are widened so that all of a platform's tags hold together at 95 %.
    """
    used = posts["text"].str.extractall(TAG)[0].str.lower().reset_index(level=1, drop=True)
    rows = pd.DataFrame({"at": used.index, "tag": used.to_numpy()}).drop_duplicates()
    rows = rows.merge(posts[["platform", "account_id", "views"]], left_on="at", right_index=True)
    groups = rows.groupby(["platform", "tag"], as_index=False).agg(
        posts=("at", "size"), accounts=("account_id", "nunique"), views=("views", lambda seen: seen.sum(min_count=1))
    )
    many = groups.loc[(groups["posts"] >= rules.least_posts) & (groups["accounts"] >= rules.least_accounts)]
    many = many.sort_values(["platform", "posts", "tag"], ascending=[True, False, True], kind="stable")
    chosen = many.groupby("platform").head(rules.most)
    return _tag_lifts(posts, rows, chosen, formats) if len(chosen) else pd.DataFrame(columns=TAGS)


def _tag_lifts(posts: pd.DataFrame, used: pd.DataFrame, chosen: pd.DataFrame, rules: FormatRules) -> pd.DataFrame:
    """`tags` of the tags chosen."""
    size = np.log1p(posts["interactions"].to_numpy(dtype=float, na_value=np.nan))
    usual = pd.Series(size, index=posts.index).groupby(posts["account_id"]).transform("median")
    residual, total = size - usual.to_numpy(), posts.groupby("platform").size()
    codes, names = pd.factorize(posts["account_id"])
    at = dict(list(used.groupby(["platform", "tag"])["at"]))
    found = []
    for platform, tag, count, accounts, views in chosen[["platform", "tag", "posts", "accounts", "views"]].itertuples(
        index=False
    ):
        with_it = np.zeros(len(posts), dtype=bool)
        with_it[posts.index.get_indexer(pd.Index(at[platform, tag]))] = True
        users = np.zeros(len(names), dtype=bool)
        users[codes[with_it]] = True
        others = users[codes] & ~with_it & ~np.isnan(residual)
        own = with_it & ~np.isnan(residual)
        if min(own.sum(), others.sum()) < rules.least_kind_posts:
            continue
        wide = _wide(int((chosen["platform"] == platform).sum()))
        lift, low, high = _ratio(residual[own], residual[others], wide=wide)
        share = count / total[platform]
        found.append((platform, tag, count, accounts, share, lift, low, high, bool(low > 1 or high < 1), views))
    frame = pd.DataFrame(found, columns=TAGS).astype({"views": "Float64"})
    return frame.sort_values(["platform", "lift", "value"], ascending=[True, False, True], ignore_index=True)


def _wide(together: int) -> float:
    """Standard errors to either side of so many intervals that hold together at 95 % (Bonferroni)."""
    return NormalDist().inv_cdf(1 - DOUBT / 2 / max(together, 1))
