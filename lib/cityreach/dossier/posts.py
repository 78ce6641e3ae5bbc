"""The posts that stand for a city: large for their platform and above what their account is used to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cityreach.insight.lexicon import OTHER
from cityreach.insight.rules import CaseRules

SHOWN = 3
SAME_PLATFORM = 2  # posts of one platform, at most
COLUMNS = [
    "city_id", "platform", "post_id", "account_id", "day", "theme", "text", "lang", "likes", "comments", "shares",
    "views", "interactions", "usual", "lift", "counted_at", "score",
]  # fmt: skip
PER_CITY = 40  # candidates a city


def ranked(posts: pd.DataFrame, themes: pd.DataFrame, *, rules: CaseRules) -> pd.DataFrame:
    """Candidates of every city, its most telling first; columns as COLUMNS.

    score, as of case posts: ln(lift) (within bounds; 0 where the usual level is not known) + ln(interactions / the size
    from which a post is large on its platform). Unlike there, a post need not be large: a small city has its best, too.
    A post below its account's usual level is none.
    """
    known = posts[posts["interactions"].notna() & (posts["interactions"] > 0)]
    known = known[known["lift"].isna() | (known["lift"] >= 1).fillna(False)]
    size = known["interactions"].to_numpy(dtype=float)
    large = known["platform"].map(_large(posts, rules)).to_numpy(dtype=float)
    lift = known["lift"].to_numpy(dtype=float, na_value=np.nan)
    gain = np.log(np.clip(np.nan_to_num(lift, nan=1.0), 0.1, rules.most_lift))
    scored = known.assign(score=gain + np.log(size / large))
    ordered = scored.sort_values(
        ["city_id", "score", "platform", "post_id"], ascending=[True, False, True, True], kind="stable"
    )
    first = ordered.groupby("city_id").head(PER_CITY)
    main = themes.loc[themes["place"] == 1, ["platform", "post_id", "theme"]]
    joined = first.merge(main, on=["platform", "post_id"], how="left")
    return joined.assign(theme=joined["theme"].fillna(OTHER))[COLUMNS].reset_index(drop=True)


def _large(posts: pd.DataFrame, rules: CaseRules) -> dict[str, float]:
    """The size from which a post is large, by platform."""
    quantile = posts.groupby("platform")["interactions"].quantile(1 - rules.large_share).astype(float)
    return {
        str(name): max(value if value == value else 0.0, rules.least.get(str(name), rules.least_elsewhere), 1.0)
        for name, value in quantile.items()
    }


def best(ranked: pd.DataFrame, city_id: str, count: int = SHOWN) -> pd.DataFrame:
    """The city's posts that are shown, with `number` from 1: the first ones, at most SAME_PLATFORM of a platform."""
    mine = ranked[ranked["city_id"] == city_id]
    kept = mine[mine.groupby("platform").cumcount() < SAME_PLATFORM].head(count).reset_index(drop=True)
    return kept.assign(number=range(1, len(kept) + 1))
