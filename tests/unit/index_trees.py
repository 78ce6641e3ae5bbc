"""Small methods from a line of YAML, and hand-worked tables of the parts of a change, of a check, of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cityreach.index import Scores, compute
from cityreach.index.method import Method
from cityreach.index.problems import problems

WORDS = {"zh": "字", "en": "word"}
BASIS = {"status": "own", "citation": WORDS}


def small_method(
    tree: dict[str, Any],
    *,
    aggregate: Any = "arithmetic",
    missing: Any = "reweight",
    root: dict[str, Any] | None = None,
    weights: dict[str, Any] | None = None,
    periods: bool = True,
    **other: Any,
) -> Method:
    """A method on figures that are scores already.

    tree: {code: weight} for leaves, {code: [weight, {...}]} for branches. aggregate, missing: one for all levels, or a
    list, the root's children first. root: other keys of the root, such as its scale. weights: other keys of the levels'
    weights. periods: whether the data have a column of them. other: other keys of the method. No weight: null.
    """
    leaves: list[str] = []
    table = {"unit": "unit", "period": "period"} if periods else {"unit": "unit"}
    content = {"code": "root", "label": WORDS, "children": _children(tree, leaves), **(root or {})}
    levels = [
        {
            "code": f"level{depth}",
            "label": WORDS,
            "weights": {**BASIS, "relative": True, **(weights or {})},
            "aggregate": _at(aggregate, depth),
            "missing": _at(missing, depth),
        }
        for depth in range(_depth(tree))
    ]
    method = Method.model_validate(
        {
            "id": "small", "version": "1", "title": WORDS, "description": WORDS, "tree": content, "levels": levels,
            "table": table, "normalisation": {**BASIS, "default": "none"},
            "indicators": {code: {"label": WORDS} for code in leaves}, **other,
        }
    )  # fmt: skip
    assert not list(problems(method))
    return method


def _children(tree: dict[str, Any], leaves: list[str]) -> list[dict[str, Any]]:
    nodes = []
    for code, given in tree.items():
        if isinstance(given, list):
            nodes.append({"code": code, "label": WORDS, "weight": given[0], "children": _children(given[1], leaves)})
        else:
            leaves.append(code)
            nodes.append({"code": code, "weight": given})
    return [{key: value for key, value in node.items() if value is not None} for node in nodes]


def _depth(tree: dict[str, Any]) -> int:
    return 1 + max((_depth(given[1]) for given in tree.values() if isinstance(given, list)), default=0)


def _at(given: Any, depth: int) -> Any:
    return given[depth] if isinstance(given, list) else given


@dataclass(frozen=True)
class Case:
    """A hand-worked case: what its input's first line says, the input, and the tables that must come out."""

    spec: dict[str, Any]
    data: pd.DataFrame
    expected: pd.DataFrame
    notes: dict[str, Any]

    def scores(self) -> Scores:
        spec = {key: value for key, value in self.spec.items() if key != "ask"}
        return compute(small_method(**spec, periods="period" in self.data), self.data)

    def ask(self) -> tuple[str, dict[str, Any]]:
        """The function that is asked for, and its parameters."""
        ((name, parameters),) = self.spec["ask"].items()
        return name, parameters


def read_case(path: Path) -> Case:
    """`<name>_input.csv` with `<name>_expected.csv`; the first line of each is a comment in YAML."""
    expected = path.with_name(path.name.replace("_input", "_expected"))
    return Case(_first(path), _table(path), _table(expected), _first(expected))


def _table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, comment="#", dtype={"unit": "str", "period": "str", "node": "str"})


def _first(path: Path) -> dict[str, Any]:
    line = path.read_text(encoding="utf-8").splitlines()[0]
    return yaml.safe_load(line.removeprefix("# ")) if line.startswith("# {") else {}
