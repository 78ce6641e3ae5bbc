"""Every hand-worked table of one step (tests/cases/index/transform, normalise ...): what goes in, what must come out"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from index_cases import CASES

from cityreach.index import aggregate, normalise, rank, transform, weight

TOPICS = ("transform", "normalise", "aggregate", "weight", "rank")
FILES = [path for topic in TOPICS for path in sorted((CASES / topic).glob("*.csv"))]


@dataclass(frozen=True)
class Scenario:
    """A file's function, its parameters, its table, and its other notes."""

    function: str
    parameters: dict[str, Any]
    table: pd.DataFrame
    notes: list[str]

    def column(self, name: str) -> np.ndarray:
        return self.table[name].to_numpy(dtype=float)


def read(path: Path) -> Scenario:
    notes = [line[2:] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    ((function, parameters),) = yaml.safe_load(notes[0]).items()
    return Scenario(function, parameters, pd.read_csv(path, comment="#"), notes[1:])


def transformed(case: Scenario) -> np.ndarray:
    return transform.TRANSFORMS[case.function](case.column("value"), **case.parameters)


def normalised(case: Scenario) -> np.ndarray:
    columns = {name: case.column(name) for name in case.table if name not in ("value", "basis", "expected")}
    basis = case.column("basis" if "basis" in case.table else "value")
    return normalise.normalise(case.function, case.column("value"), basis, **case.parameters, **columns)


def aggregated(case: Scenario) -> np.ndarray:
    given = dict(case.parameters)
    weights = np.array(given.pop("weights"), dtype=float)
    if "group" in case.table:
        given["group"] = case.table["group"].to_numpy()
    scores = case.table.drop(columns=["expected", "group"], errors="ignore").to_numpy(dtype=float)
    share = aggregate.taken_weights if case.function == "sum" else aggregate.effective_shares
    return aggregate.AGGREGATES[case.function](scores, share(weights, ~np.isnan(scores)), **given)


def ranked(case: Scenario) -> np.ndarray:
    scores = rank.comparable(case.column("score"), **case.parameters)
    if "group" in case.table:
        return rank.rank_within(scores, case.table["group"], ranking=case.function)
    return rank.RANKINGS[case.function](scores)


def weighted(case: Scenario) -> tuple[np.ndarray, np.ndarray]:
    words = case.notes[0].removeprefix("expected: [").removesuffix("]").split(", ")
    family = weight.WEIGHTS | {"loadings": weight.weight_loadings}
    found = family[case.function](case.table.to_numpy(dtype=float), **case.parameters)
    return found, np.array([float(Fraction(word)) for word in words])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_scenario(path: Path) -> None:
    case = read(path)
    if path.parent.name == "weight":
        found, expected = weighted(case)
    else:
        step = {"transform": transformed, "normalise": normalised, "aggregate": aggregated, "rank": ranked}[
            path.parent.name
        ]
        found, expected = step(case), case.column("expected")
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("topic", "family"),
    [
        ("transform", transform.TRANSFORMS),
        ("normalise", normalise.NORMALISERS),
        ("aggregate", aggregate.AGGREGATES),
        ("weight", weight.WEIGHTS),
        ("rank", rank.RANKINGS),
    ],
)
def test_every_function_of_a_family_has_a_scenario(topic: str, family: dict[str, Any]) -> None:
    shown = {read(path).function for path in FILES if path.parent.name == topic}
    assert set(family) - {"best"} <= shown  # `best` is `minmax` by another name
