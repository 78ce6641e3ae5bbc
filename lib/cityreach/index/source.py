"""The adapter between tidy rows and a tree: one array of figures a leaf, and what the data's `status` says of a branch.

A leaf reads `column` in the rows that its branches' `source` names ({column: value}); a method without `source` reads
a table with one row a unit. Nothing else in the engine knows what the rows mean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.errors import DataError
from cityreach.index.aggregate import RULES
from cityreach.index.engine import Absence
from cityreach.index.method import Method, Node

Array = NDArray[np.float64]
STATUS = "status"


@dataclass(frozen=True)
class Units:
    """The units of one computation: one row per edition and city, sorted, with the window's length in days."""

    editions: tuple[str, ...]
    edition: NDArray[np.intp]  # index into `editions`, ascending
    city_id: NDArray[np.object_]
    days: Array

    def __len__(self) -> int:
        return len(self.city_id)


@dataclass(frozen=True)
class Figures:
    """The rows of a table with the unit that each belongs to."""

    rows: pd.DataFrame
    unit: NDArray[np.intp]
    count: int


def units_of(metrics: pd.DataFrame, days: Mapping[str, int]) -> tuple[Units, Figures]:
    """Units and rows of the editions in `days` (id -> window length); DataError for an edition without a row."""
    number = {edition: index for index, edition in enumerate(days)}
    rows = metrics[metrics["edition"].isin(list(days))]
    codes = rows["edition"].map(number).to_numpy(dtype=np.intp)
    lacking = set(range(len(number))) - set(codes.tolist())
    if lacking:
        raise DataError(
            f"Table metrics has no row of edition `{list(days)[min(lacking)]}`. Take in that edition's exports first."
        )
    cities, names = pd.factorize(rows["city_id"], sort=True)
    keys, unit = np.unique(codes * len(names) + cities, return_inverse=True)
    edition = keys // len(names)
    lengths = np.array(list(days.values()), dtype=float)[edition]
    units = Units(tuple(days), edition, np.asarray(names, dtype=object)[keys % len(names)], lengths)
    return units, Figures(rows, unit, len(keys))


def leaf_values(nodes: Mapping[str, Node], figures: Figures) -> dict[str, Array]:
    """One array of raw values a leaf, NaN for null."""
    chosen = {key: _rows_of(dict(key), figures) for key in _sources(nodes.values())}
    values = {}
    for node in nodes.values():
        if node.indicator is not None:
            rows, unit = chosen[_key(node)]
            values[node.path] = _spread(_numbers(rows, node), unit, figures.count)
    return values


def absence_of(method: Method, nodes: Mapping[str, Node], figures: Figures) -> Absence:
    """What each node's parent does where it has no score, and where the data's status rules the node out."""
    rules: dict[str, NDArray[np.int8]] = {}
    out = {path: np.zeros(figures.count, dtype=bool) for path in nodes}
    for node in nodes.values():
        if node.parent is None:
            continue
        rule = method.level(node).missing
        if isinstance(rule, str):
            rules[node.path], own = np.full(figures.count, RULES[rule], dtype=np.int8), out[node.path]
        else:
            rules[node.path], own = _by_status(rule, node, figures)
        out[node.path] = own | out[node.parent]
    return Absence(rules, out)


def _by_status(rule: Mapping[str, str], node: Node, figures: Figures) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """A status that the mapping names rules the node out; one it does not name leaves the node to its figures."""
    rows, unit = _rows_of(node.source, figures)
    if STATUS not in rows:
        raise DataError(
            f"The data have no column `{STATUS}`, by which the method's `missing` of `{node.path}` goes. Add it."
        )
    codes = np.full(figures.count, RULES["reweight"], dtype=np.int8)
    out = np.zeros(figures.count, dtype=bool)
    for status, name in rule.items():
        concerned = unit[(rows[STATUS] == status).to_numpy(dtype=bool)]
        codes[concerned], out[concerned] = RULES[name], True
    return codes, out


def _key(node: Node) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(node.source.items()))


def _sources(nodes: Collection[Node]) -> set[tuple[tuple[str, str], ...]]:
    return {_key(node) for node in nodes if node.indicator is not None}


def _rows_of(source: Mapping[str, str], figures: Figures) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """The rows a branch reads and their units; DataError where one unit has two of them."""
    mask = np.ones(len(figures.rows), dtype=bool)
    for column, value in source.items():
        mask &= (figures.rows[column] == value).to_numpy(dtype=bool)
    rows, unit = figures.rows[mask], figures.unit[mask]
    doubled = np.flatnonzero(np.bincount(unit, minlength=figures.count) > 1)
    if len(doubled):
        first = rows[unit == doubled[0]].iloc[0]
        named = ", ".join(f"{key} {value}" for key, value in source.items()) or "its row"
        raise DataError(f"City {first['city_id']} has two rows for {named}. Keep one.")
    return rows, unit


def _numbers(rows: pd.DataFrame, node: Node) -> Array:
    assert node.indicator is not None
    column = node.indicator.column
    if column not in rows:
        raise DataError(f"The data have no column `{column}`, which the indicator `{node.path}` reads. Add it.")
    try:
        return rows[column].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"Column `{column}`, which `{node.path}` reads, is not all numbers ({error}). Mend it."
        ) from None


def _spread(values: Array, unit: NDArray[np.intp], count: int) -> Array:
    spread = np.full(count, np.nan)
    spread[unit] = values
    return spread
