"""What was measured: accounts expected and seen, and cities by status, per platform."""

from __future__ import annotations

import pandas as pd

from cityreach.tables import STATUSES

ACTIVE = "active"


def coverage(metrics: pd.DataFrame, posts: pd.DataFrame, accounts: pd.DataFrame, edition: str) -> pd.DataFrame:
    """One row a platform of the edition, in the order of the metrics table.

    Columns: platform, expected (active registry accounts of the panel's cities), seen (accounts with posts, or of a
    city whose totals tell of posts), share (seen / expected; null where none is expected), posts, and the number of
    cities that are measured, silent, no_account, missing.
    """
    rows = metrics.loc[metrics["edition"] == edition]
    statuses = rows.groupby("platform", sort=False)["status"].value_counts().unstack(fill_value=0)
    statuses = statuses.reindex(columns=list(STATUSES), fill_value=0)
    panel = accounts.loc[accounts["city_id"].isin(rows["city_id"]) & (accounts["status"] == ACTIVE)]
    frame = pd.DataFrame(
        {
            "expected": panel.groupby("platform").size(),
            "seen": _seen(rows, posts, panel).groupby("platform").size(),
            "posts": rows.groupby("platform")["posts"].sum(),
        }
    )
    frame = frame.reindex(pd.unique(rows["platform"])).fillna(0).astype("Int64")
    frame.insert(2, "share", (frame["seen"] / frame["expected"].where(frame["expected"] > 0)).astype("Float64"))
    return frame.join(statuses.astype("Int64")).rename_axis("platform").reset_index()


def _seen(rows: pd.DataFrame, posts: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """platform and account_id of the accounts that posted; of a city measured by totals, all that are registered."""
    key = ["city_id", "platform"]
    posted = posts[[*key, "account_id"]].drop_duplicates()
    measured = rows.loc[rows["status"] == "measured", key].merge(
        posted[key].drop_duplicates(), how="left", indicator=True
    )
    summed = measured.loc[measured["_merge"] == "left_only", key].merge(panel[key].reset_index(), on=key)
    return pd.concat([posted, summed], ignore_index=True)[["platform", "account_id"]]
