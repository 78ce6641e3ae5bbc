"""A small index of three levels with everything that a plan can vary, and one replication of it written out by hand."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cityreach import spec
from cityreach.index import Method, Scores, compute
from cityreach.index.plan import Plan
from cityreach.index.study import Study, check

WORDS = {"zh": "字", "en": "word"}
OWN = {"status": "own", "citation": WORDS}
LEAVES = ("a", "b", "c", "d", "e", "f", "g")


def content() -> dict[str, Any]:
    """wing (left, right) > pillar (p: a b, q: c d, r: e f g) > indicator; left holds p and q, right holds r alone."""
    return copy.deepcopy(
        {
            "id": "firm", "version": "1", "title": WORDS, "description": WORDS, "table": {"period": "year"},
            "levels": [_level("wing"), _level("pillar"), _level("indicator")],
            "normalisation": OWN | {"default": {"by": "minmax", "range": [1, 100]}},
            "indicators": {code: {"label": WORDS, "direction": -1 if code == "d" else 1} for code in LEAVES},
            "tree": {
                "code": "index", "label": WORDS,
                "children": [
                    branch("left", 2, [branch("p", 3, leaves("ab")), branch("q", 1, leaves("cd"))]),
                    branch("right", 1, [branch("r", 1, leaves("efg"))]),
                ],
            },
            "weight_sets": {
                "even": OWN | {"weights": {"left": 1, "right": 1, "left.p": 1}},
                "odd": OWN | {"weights": {"right.r.e": 5, "left.p.a": 0}},
            },
        }
    )  # fmt: skip


def _level(code: str) -> dict[str, Any]:
    return {"code": code, "label": WORDS, "weights": OWN | {"relative": True}}


def branch(code: str, weight: float, children: list[Any]) -> dict[str, Any]:
    return {"code": code, "label": WORDS, "weight": weight, "children": children}


def leaves(codes: str) -> list[Any]:
    return [{"code": code, "weight": 1 + number} for number, code in enumerate(codes)]


def method_of(given: Mapping[str, Any] | None = None, **other: Any) -> Method:
    return spec.check_model({**(content() if given is None else given), **other}, Method, Path("firm@1.yml"))


def table(units: int = 9, years: Iterable[int] = (2024, 2025), *, seed: int = 0, gaps: float = 0.1) -> pd.DataFrame:
    """Figures above 0, some of them missing, a few very large."""
    rng = np.random.default_rng(seed)
    rows = [(f"U{unit:02d}", year) for year in years for unit in range(units)]
    frame = pd.DataFrame(rows, columns=["unit", "year"])
    level = np.tile(rng.normal(size=units), len(list(years)))
    for code in LEAVES:
        figures = np.exp(1 + 0.7 * level + rng.normal(size=len(frame)) * 0.5)
        frame[code] = np.where(rng.random(len(frame)) < gaps, np.nan, figures)
    frame["a"] = frame["a"].fillna(1.0)
    return frame


def plan_of(**given: Any) -> Plan:
    return spec.check_model({"id": "test", "title": WORDS, "draws": 64, **given}, Plan, Path("test.yml"))


def study_of(scores: Scores | None = None, **given: Any) -> Study:
    return check(plan_of(**given), compute(method_of(), table()) if scores is None else scores)


def changed(tree: dict[str, Any], weights: Mapping[str, float], gone: Iterable[str]) -> dict[str, Any]:
    """The tree with other weights, and without some nodes and the branches that are empty then."""
    return _changed(copy.deepcopy(tree), "", 0, weights, set(gone)) or {}


def _changed(
    node: dict[str, Any], above: str, depth: int, weights: Mapping[str, float], gone: set[str]
) -> dict[str, Any] | None:
    path = node["code"] if depth < 2 else f"{above}.{node['code']}"
    if path in gone:
        return None
    node["weight"] = weights.get(path, node.get("weight"))
    if depth == 0:
        del node["weight"]
    if "children" not in node:
        return node
    kept = [_changed(child, path, depth + 1, weights, gone) for child in node["children"]]
    node["children"] = [child for child in kept if child is not None]
    return node if node["children"] else None
