"""How firm a place is: the ranking recomputed under many sets of weights, all at once.

Every weight of the tree is multiplied by its own uniform factor between 0.8 and 1.2 and brothers are brought back to
their sum; who takes part in which node stays as it is in the scores. Same seed, same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.errors import UnknownNameError
from cityreach.index.aggregate import AGGREGATES, effective_shares
from cityreach.index.engine import inside_children, scaled
from cityreach.index.method import Method, Node
from cityreach.index.rank import rank_competition, round_significant

SPREAD = 0.2
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Draws:
    """The root's scores under every set of weights: cities x draws; NaN for a city without a score."""

    city_ids: list[str]
    scores: Array

    def ranks(self) -> Array:
        """Places in every draw, ties sharing the better place."""
        return rank_competition(round_significant(self.scores))


def draw_scores(method: Method, scores: pd.DataFrame, edition: str, *, draws: int = 1000, seed: int = 0) -> Draws:
    """Scores of one edition's cities under `draws` sets of weights; UnknownNameError for an edition without scores."""
    rows = scores[scores["edition"] == edition]
    if rows.empty:
        raise UnknownNameError(f"The scores hold no edition `{edition}`. Compute it first, or name another one.")
    cities = list(dict.fromkeys(rows["city_id"]))
    score, weight = (_wide(rows, column, len(cities)) for column in ("score", "weight"))
    nodes = {path: node for path, node in method.nodes.items() if path in score}
    factors = np.random.default_rng(seed).uniform(1 - SPREAD, 1 + SPREAD, (len(method.nodes), draws))
    varied = {path: factors[number] * (node.weight or 1.0) for number, (path, node) in enumerate(method.nodes.items())}
    state = _State(method, nodes, score, weight, varied)
    drawn = _draw(state, nodes[method.root])
    return Draws(cities, np.where(np.isnan(score[method.root])[:, None], np.nan, drawn))


def rank_intervals(
    method: Method, scores: pd.DataFrame, edition: str, *, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Per city: low and high (5 and 95 % of its places over the draws), p_first, p_top10 (shares of the draws).

    Columns city_id, low, high (Int64, null without a score), p_first, p_top10; cities in the order of the scores.
    """
    drawn = draw_scores(method, scores, edition, draws=draws, seed=seed)
    ranks = drawn.ranks()
    low, high = np.quantile(ranks, [0.05, 0.95], axis=1, method="inverted_cdf")
    frame = pd.DataFrame({"city_id": drawn.city_ids, "low": low, "high": high})
    frame = frame.assign(p_first=(ranks <= 1).mean(axis=1), p_top10=(ranks <= 10).mean(axis=1))
    return frame.astype({"city_id": "str", "low": "Int64", "high": "Int64"})


def pair_probability(drawn: Draws, pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """How often the first city of a pair is ahead of the second, a tie counting half: city_a, city_b, p_ahead."""
    number = {city: index for index, city in enumerate(drawn.city_ids)}
    scores = round_significant(drawn.scores)
    rows = []
    for city_a, city_b in pairs:
        a, b = scores[number[city_a]], scores[number[city_b]]
        rows.append((city_a, city_b, float(((a > b) + 0.5 * (a == b)).mean())))
    return pd.DataFrame(rows, columns=["city_a", "city_b", "p_ahead"])


@dataclass(frozen=True)
class _State:
    """What the walk over the tree needs: the edition's scores and shares by node, and the varied weights."""

    method: Method
    nodes: Mapping[str, Node]
    score: Mapping[str, Array]
    weight: Mapping[str, Array]
    varied: Mapping[str, Array]


def _wide(rows: pd.DataFrame, column: str, count: int) -> dict[str, Array]:
    """One array of cities a node; the scores table has every city for every node, in the same order."""
    values = rows[column].to_numpy(dtype=float, na_value=np.nan).reshape(-1, count)
    return dict(zip(rows["node"].iloc[::count], values, strict=True))


def _draw(state: _State, node: Node) -> Array:
    """A node's scores as cities x draws (cities x 1 for a leaf); 0 where it has none."""
    if node.indicator is not None:
        return np.nan_to_num(state.score[node.path])[:, None]
    children = inside_children(state.nodes, node)
    below = [_draw(state, child) for child in children]
    width = max(column.shape[1] for column in below)
    scores = np.stack([np.broadcast_to(column, (len(column), width)) for column in below], axis=1)
    kept = np.column_stack([state.weight[child.path] > 0 for child in children])
    shares = effective_shares(np.stack([state.varied[child.path] for child in children]), kept)
    return scaled(node, AGGREGATES[state.method.level(children[0]).aggregate](scores, shares))
