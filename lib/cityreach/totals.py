"""The table of totals: cities whose figures on a platform arrived as sums, typed or by a vendor, without their posts.

A city with posts never needs its totals: posts win. What a row of totals does not give stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cityreach import store, tables

KEY = ["city_id", "platform"]
GIVEN = ("posts", "active_days", "interactions", "peak", "views")
FLOWS = ("active_days", "interactions", "peak")  # 0 where nothing was posted


def load(edition_id: str) -> pd.DataFrame:
    """An edition's TOTALS; empty where its store has none (an edition of posts, or taken in before there were any)."""
    return store.read("totals", edition_id) if store.exists("totals", edition_id) else tables.empty("totals")


def figures(totals: pd.DataFrame, interactions: Mapping[str, Sequence[str]], viewed: Sequence[str]) -> pd.DataFrame:
    """TOTALS as columns of METRICS, one row a city and platform.

    interactions: platform -> the columns that count there; viewed: the platforms that publish views. Columns: city_id,
    platform, accounts, followers (null: not given), posts, active_days, interactions (as given, else the sum of the
    platform's parts; null where one of them is unknown), peak, views, interactions_per_post and views_per_post (over
    all posts; null without a post). Where nothing was posted, flows that are not given are 0, as of a silent account.
    """
    frame = totals.loc[totals["platform"].isin(list(interactions)), [*KEY, "accounts", "followers", *GIVEN]].copy()
    frame["interactions"] = frame["interactions"].fillna(_parts(totals.loc[frame.index], interactions))
    silent = frame["posts"] == 0
    for name in FLOWS:
        frame[name] = frame[name].mask(silent & frame[name].isna(), 0)
    frame["views"] = frame["views"].mask(silent & frame["views"].isna() & frame["platform"].isin(list(viewed)), 0)
    posts = frame["posts"].where(~silent)
    per_post = {f"{name}_per_post": (frame[name] / posts).astype("Float64") for name in ("interactions", "views")}
    return frame.assign(**per_post).reset_index(drop=True)


def _parts(totals: pd.DataFrame, interactions: Mapping[str, Sequence[str]]) -> pd.Series:
    """The sum of what counts on each row's platform; null where a part is unknown or the platform counts nothing."""
    found = pd.Series(pd.NA, index=totals.index, dtype="Int64")
    for platform, names in interactions.items():
        own = totals.loc[totals["platform"] == platform]
        if len(own) and names and set(names) <= set(own.columns):
            found[own.index] = own[list(names)].sum(axis=1, skipna=False).astype("Int64")
    return found


def growth(followers: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    """New followers of rows of totals: followers less those of the edition before, null where one is unknown.

    followers, before: city_id, platform, followers; the index is that of `followers`.
    """
    known = before.rename(columns={"followers": "earlier"})[[*KEY, "earlier"]]
    earlier = followers[KEY].merge(known, on=KEY, how="left", validate="many_to_one")["earlier"]
    return followers["followers"] - earlier.set_axis(followers.index).astype("Int64")
