"""Other weights, tried: what is needed to weigh the platforms' scores anew and to rank the cities by the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.index.method import Method
from cityreach.index.rank import round_significant
from cityreach.scoring import PLATFORM

Part = float | str
Rule = str | Mapping[str, str]  # for every city, or city_id -> what happens to it
COMPOSITES = ["city_id", "score", "rank"]


@dataclass(frozen=True)
class Weighing:
    """The parts of an edition's composite, cities by their place, those without one last, equals by id.

    weights: 0 to 100 a node, 0 for one that stands outside. parts: cities x nodes, a score or what the method does
    where there is none: `zero` (counts 0 with its weight), `reweight` (is left out), `withhold` (takes the composite
    away). scores, places: the published composite, None for a city without one. significant: digits that scores are
    rounded to before they are ranked.
    """

    nodes: tuple[str, ...]
    weights: tuple[float, ...]
    city_ids: tuple[str, ...]
    parts: tuple[tuple[Part, ...], ...]
    scores: tuple[float | None, ...]
    places: tuple[int | None, ...]
    significant: int


def weighing(method: Method, scores: pd.DataFrame, metrics: pd.DataFrame) -> Weighing | None:
    """The parts from one edition's SCORES, with its METRICS for the status of what has no score.

    None where there are fewer than two parts, or where their weighted mean does not give the published scores and
    places (the composite is made in another way).
    """
    known = set(scores["node"])
    nodes = tuple(path for path in method.nodes[method.root].children if path in known)
    ranked = scores.loc[scores["node"] == method.root, COMPOSITES].sort_values(["rank", "city_id"], na_position="last")
    if len(nodes) < 2 or ranked.empty:
        return None
    found = scores[scores["node"].isin(nodes)].pivot(index="city_id", columns="node", values="score")
    values = found.reindex(index=ranked["city_id"], columns=list(nodes))
    rules = _rules(method, nodes, metrics)
    made = Weighing(
        nodes,
        tuple(_weight(method, node) for node in nodes),
        tuple(ranked["city_id"]),
        tuple(_parts(city, row, rules) for city, row in zip(values.index, _numbers(values), strict=True)),
        tuple(None if pd.isna(score) else float(score) for score in ranked["score"]),
        tuple(None if pd.isna(place) else int(place) for place in ranked["rank"]),
        method.ranks.significant,
    )
    return made if _agrees(made) else None


def _weight(method: Method, node: str) -> float:
    """The node's weight in per cent of its brothers', as the method's file states it."""
    share = method.nodes[node].weight
    return 0.0 if share is None else round(100 * share, 10)


def _numbers(frame: pd.DataFrame) -> NDArray[np.float64]:
    return frame.to_numpy(dtype=float, na_value=np.nan)


def _rules(method: Method, nodes: Sequence[str], metrics: pd.DataFrame) -> dict[str, Rule]:
    """Per node what happens to a city without a score there: by city where it goes by the data's status."""
    status = metrics.set_index(["city_id", "platform"])["status"]
    return {path: _rule(method, path, status) for path in nodes}


def _rule(method: Method, path: str, status: pd.Series) -> Rule:
    node = method.nodes[path]
    missing = method.level(node).missing
    if isinstance(missing, str):
        return missing
    mine = status[status.index.get_level_values("platform") == node.source.get(PLATFORM)].droplevel("platform")
    return {str(city): missing[state] for city, state in mine.items() if state in missing}


def _parts(city: str, row: Sequence[float], rules: Mapping[str, Rule]) -> tuple[Part, ...]:
    absent = [rule if isinstance(rule, str) else rule.get(city, "reweight") for rule in rules.values()]
    return tuple(rule if np.isnan(score) else float(score) for score, rule in zip(row, absent, strict=True))


def weighed(parts: Sequence[Part], weights: Sequence[float]) -> float | None:
    """One city's composite under these weights; None where no part that has a weight takes part, or one withholds it.

    A weight of 0 leaves a part out as if the method did not have it.
    """
    pairs = [(part, weight) for part, weight in zip(parts, weights, strict=True) if weight and part != "reweight"]
    total = sum(weight for _, weight in pairs)
    if not total or any(part == "withhold" for part, _ in pairs):
        return None
    return sum(part * (weight / total) for part, weight in pairs if not isinstance(part, str))


def _agrees(made: Weighing) -> bool:
    """Whether the weighted means are the published scores, and their order the published places."""
    own = np.array([weighed(parts, made.weights) for parts in made.parts], dtype=float)
    published = np.array(made.scores, dtype=float)
    places = pd.Series(round_significant(own, made.significant)).rank(method="min", ascending=False)
    same = np.allclose(own, published, rtol=1e-9, atol=0.0, equal_nan=True)
    return same and places.equals(pd.Series(made.places, dtype=float))
