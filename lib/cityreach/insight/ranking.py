"""Places: the first n, the gaps between them, the largest moves, and how long a leader has led."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

MOVERS = ["kind", "city_id", "rank", "rank_before", "change"]


def of_node(scores: pd.DataFrame, edition: str, node: str) -> pd.DataFrame:
    """All cities that have a place on a node, best first, then by id: city_id, rank, score, tied."""
    rows = scores.loc[(scores["edition"] == edition) & (scores["node"] == node) & scores["rank"].notna()]
    ordered = rows.sort_values(["rank", "city_id"], kind="stable", ignore_index=True)
    return ordered[["city_id", "rank", "score", "tied"]]


def top(scores: pd.DataFrame, edition: str, node: str, n: int = 10) -> pd.DataFrame:
    """The first n places: city_id, rank, score, tied; cities that share the last place all stay in."""
    rows = of_node(scores, edition, node)
    return rows.loc[rows["rank"] <= n].reset_index(drop=True)


def gaps(scores: pd.DataFrame, edition: str, node: str, n: int = 10) -> pd.DataFrame:
    """kind (lead: first over second; closest: smallest gap above 0; cut: the last of the first n over the next city),
    city_id, other_id, place, gap (score points).

    place: that of city_id, the better of the two. Empty with fewer than two cities; no lead where the first is tied.
    """
    ranked = of_node(scores, edition, node)
    rows = ranked.loc[ranked["rank"] <= n].reset_index(drop=True)
    pairs = rows.assign(other_id=rows["city_id"].shift(-1), gap=rows["score"] - rows["score"].shift(-1))
    apart = pairs.loc[(pairs["gap"] > 0).fillna(False) & pairs["other_id"].notna()]
    lead = apart.loc[(apart["rank"] == 1) & (apart.index == 0)].assign(kind="lead")
    closest = apart.sort_values("gap", kind="stable").head(1).assign(kind="closest")
    cut = _cut(ranked, len(rows))
    both = pd.concat([lead, closest, cut], ignore_index=True).rename(columns={"rank": "place"})
    return both[["kind", "city_id", "other_id", "place", "gap"]]


def _cut(ranked: pd.DataFrame, inside: int) -> pd.DataFrame:
    """The last city inside and the first one outside, where there is one."""
    if not 0 < inside < len(ranked):
        return pd.DataFrame({"kind": pd.Series(dtype="str")})
    last, after = ranked.iloc[inside - 1], ranked.iloc[inside]
    row = {"kind": "cut", "city_id": last["city_id"], "other_id": after["city_id"], "rank": last["rank"]}
    return pd.DataFrame([row | {"gap": float(last["score"] - after["score"])}])


def with_gaps_before(gaps: pd.DataFrame, scores: pd.DataFrame, before: str, node: str) -> pd.DataFrame:
    """Gaps with gap_before: how far the same two cities were apart in another edition, in the same direction."""
    rows = scores.loc[(scores["edition"] == before) & (scores["node"] == node)]
    score = rows.set_index("city_id")["score"].astype(float)
    better, other = (gaps[name].map(score).astype("Float64") for name in ("city_id", "other_id"))
    return gaps.assign(gap_before=better - other)


def movers(movements: pd.DataFrame, n: int = 10) -> pd.DataFrame:
    """kind (riser, faller: of the panel; top_riser, top_faller: of the first n), city_id, rank, rank_before, change.

    `movements`: a node's frame of `comparing.movements`. One row a kind, more where several moved alike; no row
    where none moved that way.
    """
    inside = movements.loc[(movements["rank"] <= n).fillna(False)]
    best = [
        _extreme(rows, kind, sign)
        for rows, prefix in ((movements, ""), (inside, "top_"))
        for kind, sign in ((f"{prefix}riser", 1), (f"{prefix}faller", -1))
    ]
    return pd.concat(best, ignore_index=True)[MOVERS]


def _extreme(rows: pd.DataFrame, kind: str, sign: int) -> pd.DataFrame:
    moved = (rows["change"] * sign).fillna(0)
    return rows.loc[(moved > 0) & (moved == moved.max())].sort_values(["rank", "city_id"]).assign(kind=kind)


def streak(scores: pd.DataFrame, editions: Sequence[str], node: str) -> pd.DataFrame:
    """Who leads and for how long: city_id, editions (in a row up to the last, ties for first count), since (its first).

    `editions`: ids, oldest first. Empty where nobody has a place in the last one.
    """
    first = scores.loc[(scores["node"] == node) & (scores["rank"] == 1).fillna(False)]
    leaders = first.groupby("edition")["city_id"].agg(set).to_dict()
    rows = []
    for city in sorted(leaders.get(editions[-1], set()) if editions else set()):
        count = 0
        while count < len(editions) and city in leaders.get(editions[-1 - count], set()):
            count += 1
        rows.append((city, count, editions[-count]))
    return pd.DataFrame(rows, columns=["city_id", "editions", "since"])
