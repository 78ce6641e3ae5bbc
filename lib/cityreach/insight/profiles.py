"""Cities across platforms: where each is strong or weak, and who leads which platform."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cityreach.insight.rules import ProfileRules

PROFILE = ["city_id", "platform", "score", "rank", "standing", "best", "weakest", "in_top", "leads"]


def platform_profile(scores: pd.DataFrame, edition: str, platforms: Sequence[str], n: int = 10) -> pd.DataFrame:
    """Every city's place on every platform, by city, best platform first.

    Columns: city_id, platform, score, rank, standing (0 to 1: share of the other ranked cities that stand behind),
    best, weakest (bool; never both, so false for a city on one platform), in_top (rank <= n), leads (rank 1).
    """
    rows = scores.loc[
        (scores["edition"] == edition) & scores["node"].isin(list(platforms)) & scores["rank"].notna()
    ].rename(columns={"node": "platform"})
    ranked = rows.groupby("platform")["city_id"].transform("count")
    behind = rows.groupby("platform")["rank"].transform(lambda rank: rank.rank(method="max", ascending=False) - 1)
    rows = rows.assign(standing=(behind.astype(float) / (ranked - 1).where(ranked > 1)).fillna(1.0))
    rows = rows.sort_values(["city_id", "standing", "platform"], ascending=[True, False, True], kind="stable")
    place, count = rows.groupby("city_id").cumcount(), rows.groupby("city_id")["city_id"].transform("count")
    flags = {
        "best": (place == 0) & (count > 1),
        "weakest": (place == count - 1) & (count > 1),
        "in_top": (rows["rank"] <= n).astype(bool),
        "leads": (rows["rank"] == 1).astype(bool),
    }
    return rows.assign(**flags).reset_index(drop=True)[PROFILE]


def platform_shape(profile: pd.DataFrame, *, rules: ProfileRules) -> pd.DataFrame:
    """One row a city: city_id, platforms (number), best, weakest (ids), spread (their standings apart), in_tops
    (platforms on which it stands in the first n), leads (platforms it leads), shape.

    shape: lopsided, balanced, mixed, or single for a city on one platform (best and weakest are null then).
    """
    groups = profile.groupby("city_id")
    standing = groups["standing"]
    frame = pd.DataFrame(
        {
            "platforms": groups.size(),
            "best": profile.loc[profile["best"]].set_index("city_id")["platform"],
            "weakest": profile.loc[profile["weakest"]].set_index("city_id")["platform"],
            "spread": standing.max() - standing.min(),
            "in_tops": groups["in_top"].sum(),
            "leads": groups["leads"].sum(),
        }
    )
    kinds = [frame["platforms"] < 2, frame["spread"] >= rules.lopsided, frame["spread"] <= rules.balanced]
    frame["shape"] = np.select(kinds, ["single", "lopsided", "balanced"], default="mixed")
    return frame.reset_index()
