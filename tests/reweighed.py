"""A method with other platform weights, for the tests of whatever claims to weigh as the engine does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cityreach import scoring
from cityreach.edition import Edition
from cityreach.index import Method
from cityreach.prose import numbers

Printed = tuple[str, str]  # score and place as the report prints them


def with_weights(method: Method, weights: Mapping[str, float]) -> Method:
    """The method with these weights of the nodes below its root; a node with 0 stands outside the composite."""
    changes = {
        code: {"weight": weight, "outside": False} if weight else {"weight": None, "outside": True}
        for code, weight in weights.items()
    }
    children = [child.model_copy(update=changes.get(child.code, {})) for child in method.tree.children]
    return method.model_copy(update={"tree": method.tree.model_copy(update={"children": tuple(children)})})


def printed(method: Method, metrics: pd.DataFrame, edition: Edition) -> dict[str, Printed]:
    """city_id → score and place of the composite as the report prints them, by the engine."""
    scores = scoring.compute(method, metrics, editions=[edition])
    rows = scores[scores["node"] == method.root]
    return {
        city: ("—", "–") if pd.isna(score) else (numbers.fixed(score), f"{place}{'=' if tied else ''}")
        for city, score, place, tied in zip(rows["city_id"], rows["score"], rows["rank"], rows["tied"], strict=True)
    }


def table(after: Mapping[str, Printed], before: Mapping[str, Printed], order: Sequence[str]) -> list[list[str]]:
    """The rows that the explorer must show: place, city, score, place before, change; equals as in `order`."""
    cities = sorted(order, key=lambda city: (_number(after[city][1]), order.index(city)))
    return [
        [after[city][1], city, after[city][0], before[city][1], _change(before[city][1], after[city][1])]
        for city in cities
    ]


def _number(place: str) -> int:
    return int(place.rstrip("=")) if place != "–" else 10**9


def _change(before: str, after: str) -> str:
    if "–" in (before, after):
        return ""
    change = _number(before) - _number(after)
    return "—" if not change else f"▲{change}" if change > 0 else f"▼{-change}"
