"""Cells of the published data files, found by table, row and column, and printed as prose prints them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cityreach.findings import ABS, CAP
from cityreach.prose import numbers

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheet programs take for a formula
DAYS = ("date", "full_date")
SPANS = ("period", "span")
TEXTS = ("text", "rank", "places", "whole")  # printed as they stand
Row = dict[str, str]


class NoCell(Exception):
    """The cell that a figure names is not in the data; the message says which part of it is absent."""


@dataclass(frozen=True)
class Data:
    """The CSV files of a folder, each read once, when first asked for."""

    folder: Path

    @cached_property
    def _tables(self) -> dict[str, list[Row]]:
        return {}

    @cached_property
    def _indices(self) -> dict[tuple[str, tuple[str, ...]], dict[str, Row]]:
        return {}

    @property
    def tables(self) -> list[str]:
        """The names of the tables."""
        return sorted(path.stem for path in self.folder.glob("*.csv"))

    def rows(self, table: str) -> list[Row]:
        """The rows of a table; NoCell where there is no such file."""
        if table not in self._tables:
            path = self.folder / f"{table}.csv"
            if not path.is_file():
                raise NoCell(f"data/{table}.csv is absent")
            text = path.read_text(encoding="utf-8-sig")
            self._tables[table] = list(csv.DictReader(io.StringIO(text, newline="")))
        return self._tables[table]

    def cell(self, table: str, keys: Sequence[str], row: str, column: str) -> str:
        """The text of a cell; NoCell says what of it is absent. row: the values of `keys`, with bars between them."""
        index = (table, tuple(keys))
        if index not in self._indices:
            self._indices[index] = {"|".join(each.get(key) or "" for key in keys): each for each in self.rows(table)}
        found = self._indices[index].get(row)
        if found is None:
            raise NoCell(f"data/{table}.csv has no row {row}")
        if found.get(column) is None:
            raise NoCell(f"data/{table}.csv has no column {column}")
        return _undone(found[column])


def _undone(text: str) -> str:
    """A cell without the apostrophe that keeps spreadsheet programs from taking it for a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def printed(cell: str, unit: str, derived: str, lang: str) -> str:
    """What prose prints for the text of a cell; ValueError where the cell does not hold such a value."""
    value = _value(cell, unit)
    kind, _, bound = derived.partition(" ")
    if kind == ABS:
        value = abs(value)
    elif kind == CAP:
        value = _capped(value, float(bound))
    elif kind:
        raise ValueError(f"derivation {derived!r} is unknown")
    return numbers.show(value, unit, lang)


def _capped(value: float, most: float) -> float:
    if value <= most:
        raise ValueError(f"{value:g} is not above {most:g}")
    return most


def _value(cell: str, unit: str) -> Any:
    if unit in DAYS:
        return date.fromisoformat(cell)
    if unit in SPANS:
        first, _, last = cell.partition("/")
        return SimpleNamespace(first=date.fromisoformat(first), last=date.fromisoformat(last))
    if unit == "text":
        return cell
    number = float(cell)
    return int(number) if unit in (*TEXTS, "ordinal") and number.is_integer() else number
