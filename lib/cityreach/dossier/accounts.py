"""The accounts of a city as a matrix: who runs them, in which language, and what share of the response is theirs."""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = [
    "account_id", "city_id", "platform", "name", "language", "task", "district", "followers", "posts", "interactions",
    "views", "status", "origin",
]  # fmt: skip


def table(accounts: pd.DataFrame, posts: pd.DataFrame, snapshots: pd.DataFrame) -> pd.DataFrame:
    """One row an account, by city and platform; columns as COLUMNS.

    accounts: the registry's, indexed by account_id. posts: with interactions. task: who runs the account. followers:
    the last count of the period. status: measured, silent (its followers are known, it published nothing) or missing
    (no export holds it; its posts are then null, too). Figures that are not known are null.
    """
    sums = posts.groupby("account_id").agg(posts=("post_id", "size"))
    for name in ("interactions", "views"):
        sums[name] = posts.groupby("account_id")[name].sum(min_count=1)
    counted = snapshots[snapshots["followers"].notna()].sort_values("day", kind="stable")
    followers = counted.groupby("account_id")["followers"].last()
    frame = accounts.reset_index()[
        ["account_id", "city_id", "platform", "handle", "display_name", "language", "operator", "district", "origin"]
    ]
    frame = frame.assign(
        name=_names(frame),
        task=frame["operator"],
        followers=frame["account_id"].map(followers).astype("Int64"),
        posts=frame["account_id"].map(sums["posts"]).astype("Int64"),
    )
    frame = frame.assign(status=_status(frame))
    frame["posts"] = frame["posts"].mask(frame["status"] == "silent", 0)
    for name in ("interactions", "views"):
        frame[name] = frame["account_id"].map(sums[name]).astype("Float64")
    return frame[COLUMNS].sort_values(["city_id", "platform", "account_id"], ignore_index=True)


def _status(frame: pd.DataFrame) -> np.ndarray:
    posted, counted = frame["posts"].notna().to_numpy(), frame["followers"].notna().to_numpy()
    return np.select([posted, counted], ["measured", "silent"], default="missing")


def _names(frame: pd.DataFrame) -> pd.Series:
    """The name that an account shows; its handle where it shows none, or the same as another of the city."""
    shared = frame.duplicated(["city_id", "display_name"], keep=False)
    return frame["display_name"].where((frame["display_name"] != "") & ~shared, "@" + frame["handle"])


def matrix(accounts: pd.DataFrame, city_id: str, interactions: float | None) -> pd.DataFrame:
    """The city's accounts with `share`: of its interactions, which are known on every platform; the largest first.

    interactions: of all the city's accounts; None (no share is known) or 0 leaves the shares null.
    """
    mine = accounts[accounts["city_id"] == city_id].drop(columns="city_id")
    shares = mine["interactions"] / interactions if interactions else mine["interactions"] * float("nan")
    mine = mine.assign(share=shares.astype("Float64"))
    order = mine.sort_values(
        ["interactions", "posts", "account_id"], ascending=[False, False, True], na_position="last", kind="stable"
    )
    return order.reset_index(drop=True)
