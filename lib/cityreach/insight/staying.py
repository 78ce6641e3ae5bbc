"""网红 and 长红: how much of a city's response comes from few posts, and how long it stays among the first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cityreach.insight.rules import StayingRules

BEST = 0.05  # the best posts of a city: this share, at least one
GROUPS = ("long_red", "burst", "rising", "quiet")
COLUMNS = [
    "city_id", "months", "months_in_top", "mean_rank", "rank_sd", "rank", "rank_gain", "posts", "peak_share",
    "top_share", "group",
]  # fmt: skip


def burst(posts: pd.DataFrame, *, least_posts: int = 20) -> pd.DataFrame:
    """city_id, posts, interactions, peak_share (its best post), top_share (its best 5 % of posts) of interactions.

    Posts without known interactions do not count; the shares are null below `least_posts` or without any interaction.
    """
    known = posts.loc[posts["interactions"].notna(), ["city_id", "interactions"]]
    known = known.sort_values(["city_id", "interactions"], ascending=[True, False], kind="stable")
    count = known.groupby("city_id")["city_id"].transform("size")
    best = known.groupby("city_id").cumcount() < np.ceil(count * BEST)
    groups = known.groupby("city_id")["interactions"]
    frame = pd.DataFrame({"posts": groups.size(), "interactions": groups.sum()})
    enough = (frame["posts"] >= least_posts) & (frame["interactions"] > 0)
    total = frame["interactions"].where(enough)
    frame["peak_share"] = groups.max() / total
    frame["top_share"] = known.loc[best].groupby("city_id")["interactions"].sum() / total
    return frame.reset_index()


def staying(
    posts: pd.DataFrame, scores: pd.DataFrame, editions: Sequence[str], node: str = "composite", *, rules: StayingRules
) -> pd.DataFrame:
    """Burst against staying power for every city with a place in the last of `editions` (ids, oldest first).

    Columns as COLUMNS: months (editions with a place), months_in_top, mean_rank, rank_sd, rank, rank_gain (mean place
    of the first third minus that of the last third; + is better), posts, peak_share, top_share (null: too few posts),
    group: long_red 长红 (in the first n in most editions), burst 网红 (not so, but near, and living on few posts),
    rising 潜力 (near, climbing, and better than its own mean now), quiet 平稳. Empty with
    fewer than `rules.least_editions` editions.
    """
    wide = _places(scores, list(editions)[-rules.editions :], node)
    if wide.notna().any().sum() < rules.least_editions:
        return pd.DataFrame(columns=COLUMNS)
    wide = wide.loc[wide.iloc[:, -1].notna()]
    third = max(wide.shape[1] // 3, 1)
    frame = pd.DataFrame(
        {
            "months": wide.notna().sum(axis=1),
            "months_in_top": (wide <= rules.top).sum(axis=1),
            "mean_rank": wide.mean(axis=1),
            "rank_sd": wide.std(axis=1, ddof=0),
            "rank": wide.iloc[:, -1].astype("Int64"),
            "rank_gain": wide.iloc[:, :third].mean(axis=1) - wide.iloc[:, -third:].mean(axis=1),
        }
    ).reset_index()
    shares = burst(posts, least_posts=rules.least_posts)[["city_id", "posts", "peak_share", "top_share"]]
    frame = frame.merge(shares, on="city_id", how="left")
    frame = frame.assign(group=_group(frame, rules)).sort_values(["rank", "city_id"], kind="stable", ignore_index=True)
    return frame[COLUMNS]


def _places(scores: pd.DataFrame, editions: list[str], node: str) -> pd.DataFrame:
    """Places on a node as city x edition, NaN where there is none."""
    rows = scores.loc[(scores["node"] == node) & scores["edition"].isin(editions) & scores["rank"].notna()]
    wide = rows.astype({"rank": float}).pivot(index="city_id", columns="edition", values="rank")
    return wide.reindex(columns=editions)


def _ahead_of_itself(frame: pd.DataFrame) -> np.ndarray:
    """Whether a city stands better now than on average: one that has just fallen back is not rising."""
    return (frame["rank"] < frame["mean_rank"]).to_numpy(dtype=bool)


def _group(frame: pd.DataFrame, rules: StayingRules) -> np.ndarray:
    share = frame["top_share"].to_numpy(dtype=float, na_value=np.nan)
    high = np.nanquantile(share, rules.burst_quantile) if (~np.isnan(share)).any() else np.inf
    near = (frame["rank"] <= rules.near).to_numpy(dtype=bool)
    cases = [
        (frame["months_in_top"] >= rules.staying_share * frame["months"]).to_numpy(dtype=bool),
        near & (share > high),
        near & (frame["rank_gain"] >= rules.rising_places).to_numpy(dtype=bool) & _ahead_of_itself(frame),
    ]
    return np.select(cases, GROUPS[:3], default=GROUPS[3])
