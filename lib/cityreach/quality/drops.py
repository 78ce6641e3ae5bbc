"""Accounts that lost more followers than can be usual."""

from __future__ import annotations

import pandas as pd


def follower_drops(now: pd.DataFrame, before: pd.DataFrame, *, band: float) -> pd.DataFrame:
    """Accounts whose followers fell by more than `band` (a share of those before), the largest fall first.

    now, before: SNAPSHOTS of two editions; the last known count of each account counts.
    Columns: account_id, before, now, share (of the followers lost, 0 to 1).
    """
    table = followers(now, before)
    lost = table.assign(share=((table["before"] - table["now"]) / table["before"]).round(10))
    fallen = lost[(lost["share"] > band).fillna(False)]
    return fallen.sort_values(["share", "account_id"], ascending=[False, True], kind="stable").reset_index(drop=True)


def followers(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The accounts whose followers are known in both editions, by id: account_id, before (above 0), now."""
    table = pd.DataFrame({"before": _latest(before), "now": _latest(now)}).dropna()
    table = table[table["before"] > 0].rename_axis("account_id")
    return table.sort_index().reset_index().astype({"before": "Int64", "now": "Int64"})


def _latest(snapshots: pd.DataFrame) -> pd.Series:
    known = snapshots[snapshots["followers"].notna()].sort_values("day", kind="stable")
    return known.drop_duplicates("account_id", keep="last").set_index("account_id")["followers"]
