"""Case posts: large posts that went far beyond what their account is used to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cityreach.insight.lexicon import OTHER
from cityreach.insight.rules import CaseRules

COLUMNS = [
    "platform", "post_id", "place", "city_id", "account_id", "handle", "day", "theme", "text", "format", "lang", "url",
    "likes", "comments", "shares", "views", "interactions", "usual", "basis", "lift", "counted_at", "score", "reason",
]  # fmt: skip
POOL = 60  # candidates looked at a platform


def case_posts(
    posts: pd.DataFrame,
    themes: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    rules: CaseRules,
    barred: np.ndarray | None = None,
) -> pd.DataFrame:
    """One to `rules.per_platform` posts a platform, the most telling first; a platform without a large post has none.

    Columns as COLUMNS; place counts from 1 on each platform; day is Beijing's; usual and lift are null where the
    account's usual level is not known; score = ln(lift) + ln(interactions / the platform's threshold); reason: lift, or
    size where there is no lift. One post a city on a platform; a theme, city or format chosen before costs score.
    barred: True for posts that are never chosen, though they count for what is large.
    """
    candidates = _themed(_candidates(posts, rules, barred), themes)
    picks = _choose(candidates, rules)
    picked = candidates.loc[[row for row, _ in picks]].assign(place=[place for _, place in picks])
    return _finished(picked, accounts)


def chosen(posts: pd.DataFrame, themes: pd.DataFrame, accounts: pd.DataFrame, *, reason: str) -> pd.DataFrame:
    """These very posts as case posts, whatever their size, with that reason; columns as COLUMNS, in the order given."""
    lift = posts["lift"].to_numpy(dtype=float, na_value=np.nan)
    scored = posts.assign(score=np.log(np.clip(np.nan_to_num(lift, nan=1.0), 0.1, None)), reason=reason)
    return _finished(_themed(scored, themes).assign(place=range(1, len(posts) + 1)), accounts)


def _themed(posts: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """Posts with their main theme."""
    main = themes.loc[themes["place"] == 1, ["platform", "post_id", "theme"]]
    merged = posts.merge(main, on=["platform", "post_id"], how="left")
    return merged.assign(theme=merged["theme"].fillna(OTHER))


def _finished(picked: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    handles = accounts.reset_index()[["account_id", "handle"]]
    return picked.merge(handles, on="account_id", how="left")[COLUMNS].reset_index(drop=True)


def _candidates(posts: pd.DataFrame, rules: CaseRules, barred: np.ndarray | None) -> pd.DataFrame:
    """Posts above the platform's threshold with their score and reason, best first within a platform."""
    size = posts["interactions"].to_numpy(dtype=float, na_value=np.nan)
    quantile = posts.groupby("platform")["interactions"].transform("quantile", 1 - rules.large_share)
    least = posts["platform"].map(rules.least).astype(float).fillna(rules.least_elsewhere)
    threshold = np.fmax(quantile.to_numpy(dtype=float, na_value=np.nan), least.to_numpy(dtype=float))
    large = (size >= threshold) & ~(np.zeros(len(posts), dtype=bool) if barred is None else barred)
    lift = posts["lift"].to_numpy(dtype=float, na_value=np.nan)[large]
    gain = np.log(np.clip(np.nan_to_num(lift, nan=1.0), 0.1, rules.most_lift))
    frame = posts.loc[large].assign(
        score=gain + np.log(size[large] / threshold[large]), reason=np.where(np.isnan(lift), "size", "lift")
    )
    frame = frame.loc[frame["lift"].isna() | (frame["lift"] >= 1).fillna(False)]
    ordered = frame.sort_values(["platform", "score", "post_id"], ascending=[True, False, True], kind="stable")
    return ordered.groupby("platform").head(POOL).reset_index(drop=True)


def _choose(candidates: pd.DataFrame, rules: CaseRules) -> list[tuple[int, int]]:
    """Row and place of the chosen, platform by platform, each time the best after what variety takes off."""
    costs = {"city_id": rules.same_city, "theme": rules.same_theme, "format": rules.same_format}
    seen: dict[str, dict[str, int]] = {name: {} for name in costs}
    chosen = []
    for _, pool in candidates.astype(dict.fromkeys(costs, object)).groupby("platform", sort=True):
        here: set[str] = set()
        for place in range(1, rules.per_platform + 1):
            open_ = pool.loc[~pool["city_id"].isin(here)]
            if open_.empty:
                break
            taken = sum(open_[name].map(seen[name]).fillna(0).astype(float) * cost for name, cost in costs.items())
            row = open_.index[int((open_["score"] - taken).to_numpy().argmax())]
            for name in costs:
                value = str(pool.at[row, name])
                seen[name][value] = seen[name].get(value, 0) + 1
            here.add(str(pool.at[row, "city_id"]))
            chosen.append((row, place))
    return chosen
