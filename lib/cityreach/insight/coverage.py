"""What was measured: accounts expected and seen, and cities by status, per platform."""

from __future__ import annotations

import pandas as pd

from cityreach.tables import STATUSES

ACTIVE = "active"


def coverage(metrics: pd.DataFrame, posts: pd.DataFrame, accounts: pd.DataFrame, edition: str) -> pd.DataFrame:
    """One row a platform of the edition, in the order of the metrics table.

    Columns: platform, expected (active registry accounts of the panel's cities), seen (accounts with posts), share
    (seen / expected; null where none is expected), posts, and the number of cities that are measured, silent,
    no_account, missing.
    """
    rows = metrics.loc[metrics["edition"] == edition]
    statuses = rows.groupby("platform", sort=False)["status"].value_counts().unstack(fill_value=0)
    statuses = statuses.reindex(columns=list(STATUSES), fill_value=0)
    panel = accounts.loc[accounts["city_id"].isin(rows["city_id"]) & (accounts["status"] == ACTIVE)]
    frame = pd.DataFrame(
        {
            "expected": panel.groupby("platform").size(),
            "seen": posts.groupby("platform")["account_id"].nunique(),
            "posts": posts.groupby("platform").size(),
        }
    )
    frame = frame.reindex(pd.unique(rows["platform"])).fillna(0).astype("Int64")
    frame.insert(2, "share", (frame["seen"] / frame["expected"].where(frame["expected"] > 0)).astype("Float64"))
    return frame.join(statuses.astype("Int64")).rename_axis("platform").reset_index()
