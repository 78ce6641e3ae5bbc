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
Positions = NDArray[np.intp]
Source = tuple[tuple[str, str], ...]  # a node's `source` as sorted pairs
STATUS = "status"


@dataclass(frozen=True)
class Units:
    """The units of one computation: one per edition and city, sorted, with the window's length in days."""

    editions: tuple[str, ...]
    edition: Positions  # index into `editions`, ascending
    city_id: NDArray[np.object_]
    days: Array

    def __len__(self) -> int:
        return len(self.city_id)


@dataclass(frozen=True)
class Figures:
    """The rows of a table, the unit of each, and the rows of each branch of the tree (by the branch's `source`)."""

    units: Units
    rows: pd.DataFrame
    unit: Positions
    branch: Mapping[Source, Positions]

    def of(self, node: Node) -> Positions:
        """The positions of the rows that a node reads."""
        return self.branch[_key(node)]

    def spread(self, values: Array, at: Positions) -> Array:
        """Values of some rows, put at their units; NaN at the others."""
        spread = np.full(len(self.units), np.nan)
        spread[self.unit[at]] = values[at]
        return spread


def read(metrics: pd.DataFrame, days: Mapping[str, int], nodes: Collection[Node]) -> Figures:
    """The rows of the editions in `days` (id -> window length); DataError for an edition without a row."""
    number = {edition: index for index, edition in enumerate(days)}
    codes = metrics["edition"].map(number).to_numpy(dtype=float, na_value=np.nan)
    rows, edition = metrics[~np.isnan(codes)], codes[~np.isnan(codes)].astype(np.intp)
    lacking = sorted(set(range(len(number))) - set(edition.tolist()))
    if lacking:
        raise DataError(
            f"Table metrics has no row of edition `{list(days)[lacking[0]]}`. Take in that edition's exports first."
        )
    cities, names = pd.factorize(rows["city_id"], sort=True)
    keys, unit = np.unique(edition * len(names) + cities, return_inverse=True)
    which = keys // len(names)
    lengths = np.array(list(days.values()), dtype=float)[which]
    units = Units(tuple(days), which, np.asarray(names, dtype=object)[keys % len(names)], lengths)
    return Figures(units, rows, unit, _branches(rows, unit, nodes))


def leaf_values(nodes: Mapping[str, Node], figures: Figures) -> dict[str, Array]:
    """One array of raw values a leaf, NaN for null; DataError for a column that is absent or no number."""
    leaves = {path: node.indicator for path, node in nodes.items() if node.indicator is not None}
    readers: dict[str, str] = {}
    for path, leaf in leaves.items():
        readers.setdefault(leaf.column, path)
    columns = {column: _numbers(figures.rows, column, path) for column, path in readers.items()}
    return {path: figures.spread(columns[leaf.column], figures.of(nodes[path])) for path, leaf in leaves.items()}


def absence_of(method: Method, nodes: Mapping[str, Node], figures: Figures) -> Absence:
    """What each node's parent does where it has no score, and where the data's status rules the node out."""
    count = len(figures.units)
    rules: dict[str, NDArray[np.int8]] = {}
    out = {path: np.zeros(count, dtype=bool) for path in nodes}
    for node in nodes.values():
        if node.parent is None:
            continue
        rule = method.level(node).missing
        if isinstance(rule, str):
            rules[node.path], own = np.full(count, RULES[rule], dtype=np.int8), out[node.path]
        else:
            rules[node.path], own = _by_status(rule, node, figures)
        out[node.path] = own | out[node.parent]
    return Absence(rules, out)


def _by_status(rule: Mapping[str, str], node: Node, figures: Figures) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """A status that the mapping names rules the node out; one it does not name leaves the node to its figures."""
    if STATUS not in figures.rows:
        raise DataError(
            f"The data have no column `{STATUS}`, by which the method's `missing` of `{node.path}` goes. Add it."
        )
    at = figures.of(node)
    status = figures.rows[STATUS].to_numpy(dtype=object)[at]
    codes = np.full(len(figures.units), RULES["reweight"], dtype=np.int8)
    out = np.zeros(len(figures.units), dtype=bool)
    for name, effect in rule.items():
        concerned = figures.unit[at[status == name]]
        codes[concerned], out[concerned] = RULES[effect], True
    return codes, out


def _key(node: Node) -> Source:
    return tuple(sorted(node.source.items()))


def _branches(rows: pd.DataFrame, unit: Positions, nodes: Collection[Node]) -> dict[Source, Positions]:
    """The row positions of every distinct `source`; DataError where a leaf would find two rows of one unit."""
    leaf = dict.fromkeys(map(_key, nodes), False) | {_key(node): True for node in nodes if node.indicator}
    branches = {}
    for key, is_leaf in leaf.items():
        mask = np.ones(len(rows), dtype=bool)
        for column, value in key:
            mask &= (_column(rows, column) == value).to_numpy(dtype=bool, na_value=False)
        branches[key] = np.flatnonzero(mask)
        if is_leaf:
            _check_single(rows.iloc[branches[key]], unit[branches[key]], key)
    return branches


def _check_single(rows: pd.DataFrame, unit: Positions, key: Source) -> None:
    doubled = pd.Series(unit).duplicated()
    if doubled.any():
        named = ", ".join(f"{column} {value}" for column, value in key) or "the whole index"
        raise DataError(
            f"City {rows['city_id'].iloc[int(doubled.argmax())]} has two rows for {named}. Keep one of them."
        )


def _column(rows: pd.DataFrame, column: str) -> pd.Series:
    if column not in rows:
        raise DataError(f"The data have no column `{column}`, which the method's `source` names. Add it.")
    return rows[column]


def _numbers(rows: pd.DataFrame, column: str, path: str) -> Array:
    if column not in rows:
        raise DataError(f"The data have no column `{column}`, which the indicator `{path}` reads. Add it.")
    try:
        return rows[column].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DataError(f"Column `{column}`, which `{path}` reads, is not all numbers ({error}). Mend it.") from None
