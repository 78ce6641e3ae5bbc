"""Formats and languages that carried posts further than the same accounts' other posts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cityreach.insight.levels import ZONE
from cityreach.insight.rules import FormatRules

CONFIDENT = 1.959963984540054
COLUMNS = ["platform", "value", "posts", "accounts", "share", "lift", "low", "high", "firm"]


def format_lift(posts: pd.DataFrame, *, by: str = "format", rules: FormatRules) -> pd.DataFrame:
    """Kinds of posts (`by`: format or lang) against the same accounts' other posts, per platform, the best first.

    Columns: platform, value, posts, accounts (both: those that count), share (of all the platform's posts), lift
    (ratio of typical interactions to those of the accounts' other posts; 1 = alike), low, high (95 % interval), firm
    (the interval leaves out 1). Each post is measured against its account's median on a log scale; only accounts with
    `rules.least_posts` posts of at least two kinds count, and kinds with `rules.least_kind_posts` such posts.
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
        lift, low, high = _ratio(own["residual"].to_numpy(), others["residual"].to_numpy())
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


def _ratio(own: np.ndarray, others: np.ndarray) -> tuple[float, float, float]:
    """Ratio of two medians on a log scale and its 95 % interval."""
    difference = float(np.median(own) - np.median(others))
    error = float(np.hypot(_median_error(own), _median_error(others)))
    low, high = difference - CONFIDENT * error, difference + CONFIDENT * error
    return float(np.exp(difference)), float(np.exp(low)), float(np.exp(high))


def _median_error(values: np.ndarray) -> float:
    """Standard error of a median after McKean and Schrader: from the two order statistics that enclose it at 95 %."""
    ordered, count = np.sort(values), len(values)
    inner = max(round((count + 1) / 2 - CONFIDENT * np.sqrt(count / 4)), 1)
    return float((ordered[count - inner] - ordered[inner - 1]) / (2 * CONFIDENT))


def weekday_hours(posts: pd.DataFrame) -> pd.DataFrame:
    """When posts came and how they did: platform, weekday (1 = Monday), hour (Beijing), posts, lift (median)."""
    local = posts["published_at"].dt.tz_convert(ZONE)
    rows = posts.assign(weekday=local.dt.day_of_week + 1, hour=local.dt.hour)
    return rows.groupby(["platform", "weekday", "hour"], as_index=False).agg(
        posts=("post_id", "size"), lift=("lift", "median")
    )
