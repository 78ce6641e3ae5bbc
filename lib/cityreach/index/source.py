"""The adapter between a table and a tree: the rows to be scored, one array of figures a leaf, and what the data's
`status` says of a branch.

A table is wide (one row a unit and period), tidy (one row a unit, period and indicator), or has several rows a unit,
of which a leaf reads those that its branches' `source` names ({column: value}). Nothing else in the engine knows what
the rows mean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.errors import DataError
from cityreach.index.aggregate import RULES
from cityreach.index.engine import Absence
from cityreach.index.method import Method, Node
from cityreach.index.rows import Rows, in_time
from cityreach.index.schema import Table

Array = NDArray[np.float64]
Positions = NDArray[np.intp]
Names = NDArray[np.object_]
Source = tuple[tuple[str, str], ...]  # a node's `source` as sorted pairs
STATUS, DAYS, PERIOD = "status", "days", "period"
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "..")


@dataclass(frozen=True)
class Figures:
    """A table, the row of `rows` that each of its rows belongs to, and the rows of each branch (by its `source`)."""

    rows: Rows
    table: pd.DataFrame
    at: Positions
    branch: Mapping[Source, Positions]
    spellings: frozenset[str] = frozenset(MISSING)

    def of(self, node: Node) -> Positions:
        """The positions of the table's rows that a node reads."""
        return self.branch[_key(node)]

    def values(self, column: str, reader: str, node: Node) -> Array:
        """A column's numbers for a node, NaN where there is none; DataError for an absent column or a text."""
        spread = np.full(len(self.rows), np.nan)
        here = self.of(node)
        spread[self.at[here]] = self.numbers(column, reader)[here]
        return spread

    def numbers(self, column: str, reader: str) -> Array:
        """A column as numbers, row by row of the table."""
        if column not in self.table:
            raise DataError(
                f"The data have no column `{column}`, which {reader} reads. Add it, or name another in the method. "
                f"There are: {', '.join(map(str, list(self.table)[:12]))}."
            )
        return _numbers(self.table[column], self)


def read(method: Method, data: pd.DataFrame, periods: Sequence[str] | None = None) -> Figures:
    """The rows of a table; DataError names a column that is absent, an empty or repeated unit.

    periods: those to be read, in this order; else all, in the order of time.
    """
    table = _wide(data, method.table) if method.table.indicator else data
    unit = _text(table, method.table.unit or str(table.columns[0]), "the unit")
    period = _text(table, method.table.period, "the period") if method.table.period else pd.Series("", table.index)
    order = list(periods) if periods is not None else sorted(set(period), key=in_time)
    _check_names(unit, period, order)
    codes = period.map({name: number for number, name in enumerate(order)})
    table, of_unit = table[codes.notna()], unit[codes.notna()].to_numpy(dtype=object)
    number = codes.dropna().to_numpy(dtype=np.intp)
    names, code = np.unique(of_unit, return_inverse=True)
    keys, first, at = np.unique(number * len(names) + code, return_index=True, return_inverse=True)
    rows = Rows(tuple(order), keys // len(names), names[keys % len(names)])
    figures = Figures(rows, table, at, _branches(table, at, rows, method.nodes.values()), _spellings(method))
    return _described(figures, method.table, first)


def _described(figures: Figures, spec: Table, first: Positions) -> Figures:
    """The rows with their groups and weights, which are read from the first table row of each."""
    groups = {name: _text(figures.table, name, "`table.groups`").to_numpy(dtype=object)[first] for name in spec.groups}
    weight = figures.numbers(spec.weights, "`table.weights`")[first] if spec.weights else None
    rows = Rows(figures.rows.periods, figures.rows.period, figures.rows.unit, groups, weight)
    return Figures(rows, figures.table, figures.at, figures.branch, figures.spellings)


def _spellings(method: Method) -> frozenset[str]:
    return frozenset((*MISSING, *method.table.missing))


def _text(table: pd.DataFrame, column: str, meaning: str) -> pd.Series:
    """A column as text without blanks at its ends, "" where it is empty."""
    if column not in table:
        raise DataError(
            f"The data have no column `{column}`, which names {meaning}. Add it, or name another under `table` in the "
            f"method. There are: {', '.join(map(str, list(table)[:12]))}."
        )
    found = table[column]
    return found.astype(object).where(found.notna(), "").map(lambda value: str(value).strip())


def _check_names(unit: pd.Series, period: pd.Series, order: Sequence[str]) -> None:
    empty = np.flatnonzero((unit == "").to_numpy())
    if len(empty):
        raise DataError(f"Row {empty[0] + 2} of the data names no unit. Write its name, or remove the row.")
    lacking = [name for name in order if name not in set(period)]
    if lacking or not len(unit):
        of = f" of period `{lacking[0]}`" if lacking else ""
        raise DataError(f"The data have no row{of}. Give the index data to score.")


def _wide(data: pd.DataFrame, spec: Table) -> pd.DataFrame:
    """A tidy table with one column an indicator; DataError for a cell that is given twice."""
    assert spec.indicator is not None and spec.value is not None
    keys = list(dict.fromkeys([spec.unit or str(data.columns[0]), *([spec.period] if spec.period else [])]))
    others = [name for name in (*spec.groups, *([spec.weights] if spec.weights else [])) if name not in keys]
    names = {name: _text(data, name, "a key of the tidy table") for name in (*keys, spec.indicator)}
    if spec.value not in data:
        raise DataError(f"The data have no column `{spec.value}`, which `table.value` names. Add it or correct it.")
    tidy = data.assign(**names)
    doubled = tidy.duplicated([*keys, spec.indicator]).to_numpy()
    if doubled.any():
        row = tidy.iloc[int(doubled.argmax())]
        where = ", ".join(str(row[name]) for name in (*keys, spec.indicator))
        raise DataError(f"Row {int(doubled.argmax()) + 2} of the data gives {where} a second time. Keep one of them.")
    wide = tidy.pivot(index=keys, columns=spec.indicator, values=spec.value)
    known = tidy.groupby(keys)[others].first() if others else pd.DataFrame(index=wide.index)
    return wide.join(known).reset_index()


def absence_of(method: Method, nodes: Mapping[str, Node], figures: Figures) -> Absence:
    """What each node's parent does where it has no score, and where the data's status rules the node out."""
    count = len(figures.rows)
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
    if STATUS not in figures.table:
        raise DataError(
            f"The data have no column `{STATUS}`, by which the method's `missing` of `{node.path}` goes. Add it."
        )
    here = figures.of(node)
    status = figures.table[STATUS].to_numpy(dtype=object)[here]
    codes = np.full(len(figures.rows), RULES["reweight"], dtype=np.int8)
    out = np.zeros(len(figures.rows), dtype=bool)
    for name, effect in rule.items():
        concerned = figures.at[here[status == name]]
        codes[concerned], out[concerned] = RULES[effect], True
    return codes, out


def _key(node: Node) -> Source:
    return tuple(sorted(node.source.items()))


def _branches(table: pd.DataFrame, at: Positions, rows: Rows, nodes: Collection[Node]) -> dict[Source, Positions]:
    """The row positions of every distinct `source`; DataError where a leaf would find two rows of one unit."""
    leaf = dict.fromkeys(map(_key, nodes), False) | {_key(node): True for node in nodes if node.indicator}
    branches = {}
    for key, is_leaf in leaf.items():
        mask = np.ones(len(table), dtype=bool)
        for column, value in key:
            if column not in table:
                raise DataError(f"The data have no column `{column}`, which the method's `source` names. Add it.")
            mask &= (table[column] == value).to_numpy(dtype=bool, na_value=False)
        branches[key] = np.flatnonzero(mask)
        if is_leaf:
            _check_single(at[branches[key]], rows, key)
    return branches


def _check_single(at: Positions, rows: Rows, key: Source) -> None:
    doubled = pd.Series(at).duplicated()
    if doubled.any():
        named = ", ".join(f"{column} {value}" for column, value in key) or "the whole index"
        raise DataError(f"{rows.name(at[int(doubled.argmax())])} has two rows for {named}. Keep one of them.")


def _numbers(column: pd.Series, figures: Figures) -> Array:
    """Numbers of any column; DataError names the cell that is a text or no finite number."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        gone = np.isnan(numbers)
        for spelling in figures.spellings - set(MISSING):
            gone |= numbers == _number(spelling)
        numbers = np.where(gone, np.nan, numbers)
    else:
        texts = column.astype(object).where(column.notna(), "").map(lambda value: str(value).strip())
        gone = texts.isin(figures.spellings).to_numpy()
        numbers = pd.to_numeric(texts.where(~gone), errors="coerce").to_numpy(dtype=float)
    wrong = np.flatnonzero(~gone & ~np.isfinite(numbers))
    if len(wrong):
        found = column.iloc[wrong[0]]
        found = repr(found) if isinstance(found, str) else found
        raise DataError(
            f"Row {wrong[0] + 2} of the data ({figures.rows.name(figures.at[wrong[0]])}): column `{column.name}` holds "
            f"{found}, not a number. Write a number, leave the cell empty, or name this "
            "spelling under `table.missing` in the method."
        )
    return numbers


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan
