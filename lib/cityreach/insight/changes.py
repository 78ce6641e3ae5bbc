"""How far places moved: whether other weights carry the move, and how unusual the change is for the city itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.index.method import Method
from cityreach.index.rank import rank_competition
from cityreach.insight.rules import ChangeRules

Array = NDArray[np.float64]
Drawn = dict[str, tuple[pd.Index, Array]]  # by node: cities, and their scores in every draw
SPREAD = 0.2  # of every weight, as in the rank intervals of the report
LOW, HIGH = 0.05, 0.95
MOVED = ["city_id", "rank", "rank_before", "change", "low", "high", "carried"]
OWN = ["city_id", "score", "score_before", "score_change", "usual", "z", "past"]
PLACES = ("rank", "rank_before", "change", "low", "high")


def factors(method: Method, *, draws: int, seed: int = 0) -> dict[str, Array]:
    """What each node's weight is multiplied by in every draw: the draws of `uncertainty.weight_draws`."""
    drawn = np.random.default_rng(seed).uniform(1 - SPREAD, 1 + SPREAD, (len(method.nodes), draws))
    return dict(zip(method.nodes, drawn, strict=True))


def drawn_scores(
    scores: pd.DataFrame, edition: str, nodes: Sequence[str], method: Method, weights: Mapping[str, Array]
) -> Drawn:
    """Each node's cities, and their scores under every draw of weights (cities x draws; NaN without a score).

    A node that is not the weighted mean of what is under it has no entry: its draws are not known.
    """
    rows = scores.loc[scores["edition"] == edition]
    wide = {
        name: rows.pivot(index="city_id", columns="node", values=name).astype(float) for name in ("score", "weight")
    }
    walk = _Walk(wide["score"], wide["weight"], method, weights)
    plain = _Walk(wide["score"], wide["weight"], method, {path: np.ones(1) for path in weights})
    found = {}
    for node in nodes:
        published = wide["score"][node].to_numpy() if node in wide["score"] else np.array([])
        known = ~np.isnan(published)
        if known.any() and np.allclose(plain.of(node)[known, 0], published[known], rtol=1e-6, atol=1e-9):
            found[node] = (wide["score"].index, np.where(known[:, None], walk.of(node), np.nan))
    return found


class _Walk:
    """Weighted means from the leaves up, each node once."""

    def __init__(self, scores: pd.DataFrame, weights: pd.DataFrame, method: Method, drawn: Mapping[str, Array]) -> None:
        self.scores, self.weights, self.method, self.drawn = scores, weights, method, drawn
        self._known: dict[str, Array] = {}

    def of(self, path: str) -> Array:
        if path not in self._known:
            children = [each for each in self.method.nodes[path].children if each in self.scores]
            self._known[path] = self._mean(children) if children else self.scores[path].to_numpy()[:, None]
        return self._known[path]

    def _mean(self, children: Sequence[str]) -> Array:
        total, mass = 0.0, 0.0
        for child in children:
            weight = np.nan_to_num(self.weights[child].to_numpy())[:, None]
            if not weight.any():
                continue
            share = weight * self.drawn[child]
            total, mass = total + share * np.nan_to_num(self.of(child)), mass + share
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / mass, dtype=float) + np.zeros((len(self.scores), 1))


def gains(now: tuple[pd.Index, Array], before: tuple[pd.Index, Array]) -> pd.DataFrame:
    """Places gained among the cities of both, under the same draws: city_id, low, high (5 and 95 %; null: no score)."""
    both = now[0].intersection(before[0])
    places = [rank_competition(side[1][side[0].get_indexer(both)]) for side in (now, before)]
    gain = places[1] - places[0]
    ordered = np.sort(gain, axis=1)  # NaN last
    last = (~np.isnan(gain)).sum(axis=1) - 1
    picked = [
        np.where(last >= 0, ordered[np.arange(len(both)), np.ceil(share * (last + 1) - 1e-9).astype(int) - 1], np.nan)
        for share in (LOW, HIGH)
    ]
    return pd.DataFrame({"city_id": both, "low": picked[0], "high": picked[1]}).astype(
        {"city_id": "str", "low": "Int64", "high": "Int64"}
    )


def with_certainty(movements: pd.DataFrame, gained: pd.DataFrame | None) -> pd.DataFrame:
    """Movements with low, high and carried: whether 90 % of the draws agree on the way that the place moved.

    carried: False for a move that stays within its interval, null where there is no interval or no move.
    """
    known = gained if gained is not None else pd.DataFrame({"city_id": [], "low": [], "high": []})
    frame = movements.merge(known.astype({"city_id": "str"}), on="city_id", how="left")
    frame = frame.astype(dict.fromkeys(PLACES, "Int64"))
    up, down = (frame["change"] > 0) & (frame["low"] > 0), (frame["change"] < 0) & (frame["high"] < 0)
    unknown = frame["low"].isna() | frame["change"].isna() | (frame["change"] == 0)
    return frame.assign(carried=(up | down).astype("boolean").mask(unknown.fillna(True)))[MOVED]


def own_history(scores: pd.DataFrame, editions: Sequence[str], node: str, *, rules: ChangeRules) -> pd.DataFrame:
    """Each city's change of score against its own earlier changes: columns OWN, by city.

    editions: ids that may be compared, oldest first. usual: median size of its earlier changes in points; z: the change
    less their median, by their spread (1.48 median deviations, at least `rules.floor` points); usual and z are null
    with fewer than `rules.least_past` earlier changes (past).
    """
    rows = scores.loc[(scores["node"] == node) & scores["edition"].isin(list(editions))]
    if len(editions) < 2 or rows.empty:
        return pd.DataFrame({name: pd.Series(dtype="str" if name == "city_id" else "Float64") for name in OWN})
    wide = rows.pivot(index="city_id", columns="edition", values="score").reindex(columns=list(editions)).astype(float)
    change = wide.diff(axis=1).iloc[:, 1:]
    past, last = change.iloc[:, :-1], change.iloc[:, -1]
    middle = past.median(axis=1)
    spread = 1.4826 * past.sub(middle, axis=0).abs().median(axis=1)
    enough = past.notna().sum(axis=1) >= rules.least_past
    frame = pd.DataFrame(
        {
            "score": wide.iloc[:, -1],
            "score_before": wide.iloc[:, -2],
            "score_change": last,
            "usual": past.abs().median(axis=1).where(enough),
            "z": ((last - middle) / spread.clip(lower=rules.floor)).where(enough),
            "past": past.notna().sum(axis=1),
        }
    ).astype("Float64")
    return frame.reset_index().astype({"city_id": "str"})[OWN]
