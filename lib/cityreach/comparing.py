"""Two editions side by side: whether a node's places may be compared, who moved, who came into the first n."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cityreach import scoring
from cityreach.edition import Edition
from cityreach.errors import UnknownNameError
from cityreach.index.method import Method, load_method
from cityreach.index.rank import round_significant

Reason = Literal["panel", "platforms", "method", "scale"]
COMPOSITE = "composite"
ENTRIES = {"city_id": "str", "kind": "str", "rank": "Int64", "rank_before": "Int64"}


@dataclass(frozen=True)
class Comparability:
    """Whether two editions can be compared on a node, and what stands against it.

    reasons: `panel` (another list of cities), `platforms` (the node is made of other platforms, or not measured in
    one of the two), `method` (another method version), `scale` (the method scales each edition by itself).
    """

    ok: bool
    reasons: tuple[Reason, ...] = ()


def comparable(now: Edition, before: Edition, node: str = COMPOSITE, method: Method | None = None) -> Comparability:
    """Whether places on `node` may be compared between two editions (in either order).

    method: the one that scored both, else each edition's own is read. UnknownNameError for a node of neither.
    """
    methods = method or load_method(now.method), method or load_method(before.method)
    if all(node not in method.nodes for method in methods):
        raise UnknownNameError(
            f"Node `{node}` is not in {methods[0].name}. Its nodes begin with: {', '.join(list(methods[0].nodes)[:8])}."
        )
    sources = _sources(methods[0], now, node), _sources(methods[1], before, node)
    against: dict[Reason, bool] = {
        "panel": now.panel != before.panel,
        "platforms": sources[0] != sources[1] or not sources[0],
        "method": now.method != before.method,
        "scale": not (methods[0].fixed_scale and methods[1].fixed_scale),
    }
    reasons = tuple(reason for reason, holds in against.items() if holds)
    return Comparability(not reasons, reasons)


def _sources(method: Method, edition: Edition, node: str) -> set[str]:
    """The source branches that make a node's score in an edition; nodes ranked alone are no part of their parent."""
    nodes = scoring.nodes(method, edition)
    pending, found = [node] if node in nodes else [], set()
    while pending:
        current = nodes[pending.pop()]
        if current.indicator is not None:
            found.add("/".join(f"{key}={value}" for key, value in sorted(current.source.items())))
        pending += [path for path in current.children if nodes[path].inside]
    return found


def _ranks(scores: pd.DataFrame, edition: str, node: str) -> pd.Series:
    rows = scores[(scores["edition"] == edition) & (scores["node"] == node)]
    return rows.set_index("city_id")["rank"]


def movements(scores: pd.DataFrame, now: str, before: str, node: str = COMPOSITE) -> pd.DataFrame:
    """Places of edition `now` beside those of edition `before`, for every city of `now`, best first, then by id.

    Columns: city_id, rank, rank_before, change (places gained, minus for lost; null where one of the two is null).
    Whether the two may be compared says `comparable`; on a common panel first apply `on_panel`.
    """
    ranks = _ranks(scores, now, node)
    frame = pd.DataFrame({"rank": ranks, "rank_before": _ranks(scores, before, node).reindex(ranks.index)})
    frame["change"] = frame["rank_before"] - frame["rank"]
    return frame.reset_index().sort_values(["rank", "city_id"], kind="stable", ignore_index=True)


def rank_history(scores: pd.DataFrame, node: str = COMPOSITE) -> pd.DataFrame:
    """Places on a node as city x edition, columns in the order of the scores table; null where there is no place."""
    rows = scores[scores["node"] == node]
    wide = rows.pivot(index="city_id", columns="edition", values="rank")
    return wide[list(dict.fromkeys(rows["edition"]))]


def entries(scores: pd.DataFrame, editions: Sequence[str], *, node: str = COMPOSITE, top: int = 10) -> pd.DataFrame:
    """Who came into and went out of the first `top` places in the last edition named, against the one before it.

    editions: ids, oldest first, those that may be compared. Columns: city_id, kind (`new`: never in the first `top`
    in these editions; `return`: was in before, not in the last; `out`), rank, rank_before; entries by rank, then outs.
    No row with fewer than two editions.
    """
    history = rank_history(scores, node)[list(editions)]
    if len(editions) < 2:
        return pd.DataFrame({column: pd.Series(dtype=dtype) for column, dtype in ENTRIES.items()})
    inside = (history <= top).fillna(False).astype(bool)
    now, before, ever = inside.iloc[:, -1], inside.iloc[:, -2], inside.iloc[:, :-1].any(axis=1)
    kind = np.select([now & ever & ~before, now & ~ever, before & ~now], ["return", "new", "out"], default="")
    ranks = {"rank": history.iloc[:, -1], "rank_before": history.iloc[:, -2]}
    frame = pd.DataFrame({"kind": kind, **ranks}, index=history.index)
    frame = frame[frame["kind"] != ""].reset_index().assign(gone=lambda rows: rows["kind"] == "out")
    ordered = frame.sort_values(["gone", "rank", "rank_before", "city_id"], kind="stable", ignore_index=True)
    return ordered[list(ENTRIES)].astype(ENTRIES)


def common_panel(scores: pd.DataFrame, editions: Collection[str]) -> list[str]:
    """The cities that stand in all of the editions named, sorted."""
    rows = scores.loc[scores["edition"].isin(list(editions)), ["edition", "city_id"]].drop_duplicates()
    counts = rows["city_id"].value_counts()
    return sorted(counts.index[counts == len(set(editions))])


def on_panel(scores: pd.DataFrame, city_ids: Collection[str], *, significant: int = 12) -> pd.DataFrame:
    """The scores of these cities alone, ranked anew among themselves; scores stay, as they do not hang on the panel."""
    rows = scores[scores["city_id"].isin(list(city_ids))].reset_index(drop=True)
    rounded = round_significant(rows["score"].to_numpy(dtype=float, na_value=np.nan), significant)
    groups = pd.Series(rounded).groupby([rows["edition"], rows["node"]], sort=False)
    best, worst = (groups.rank(method=method, ascending=False) for method in ("min", "max"))
    ranked = rows.assign(rank=best, tied=(best != worst) & best.notna())
    return ranked.astype({"rank": "Int64", "tied": "boolean"})


def left_out(scores: pd.DataFrame) -> pd.DataFrame:
    """Nodes without a score whose weight went to their brothers (an export is missing): edition, city_id, node."""
    rows = scores[scores["score"].isna() & (scores["weight"] == 0).fillna(False)]
    return rows[["edition", "city_id", "node"]].reset_index(drop=True)
