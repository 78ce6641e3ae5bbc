"""Followers from one edition to the next, and their falls: listed as anomalies, never repaired."""

from __future__ import annotations

import pandas as pd

SHOWN = 10


def followers(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The accounts whose followers are known in both editions, by id, with their last known count in each.

    now, before: SNAPSHOTS of the two editions. Columns: account_id (str), before (Int64, above 0), now (Int64).
    """
    pair = pd.DataFrame({"before": _last(before), "now": _last(now)}).dropna()
    table = pair[pair["before"] > 0].rename_axis("account_id").sort_index().reset_index()
    return table.astype({"account_id": "str", "before": "Int64", "now": "Int64"})


def _last(snapshots: pd.DataFrame) -> pd.Series:
    """The last known follower count of each account, by account_id."""
    known = snapshots.loc[snapshots["followers"].notna(), ["account_id", "day", "followers"]]
    latest = known.sort_values("day", kind="stable").drop_duplicates("account_id", keep="last")
    return latest.set_index("account_id")["followers"]


def follower_drops(now: pd.DataFrame, before: pd.DataFrame, *, band: float) -> pd.DataFrame:
    """Accounts whose last known follower count fell by more than `band` against their last one in the edition before.

    now, before: SNAPSHOTS of the two editions. band: a share of one. Columns: account_id (str), before and now
    (followers, Int64), share (lost, Float64, 0 to 1), the largest loss first. An account without a known count in one
    of the two, or with 0 followers before, is not judged.
    """
    table = followers(now, before)
    lost = table.assign(share=((table["before"] - table["now"]) / table["before"]).astype("Float64"))
    fallen = lost[lost["share"] > band]
    return fallen.sort_values(["share", "account_id"], ascending=[False, True], ignore_index=True)


def notes(drops: pd.DataFrame, *, band: float) -> list[str]:
    """One line for staff on what `follower_drops` found; empty where it found nothing."""
    if drops.empty:
        return []
    first = drops.head(SHOWN).itertuples(index=False)
    shown = ", ".join(f"{row.account_id} ({row.before:,} to {row.now:,})" for row in first)
    more = f", and {len(drops) - SHOWN} more" if len(drops) > SHOWN else ""
    return [
        f"{len(drops)} account(s) lost more than {band:.0%} of their followers since the edition before: "
        f"{shown}{more}. Compare with the platform; where the export is wrong, add an entry to data/corrections/."
    ]
