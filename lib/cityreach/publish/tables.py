"""Data tables on their way from a notebook to the files: frames as a block of plain JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cityreach.blocks import Block

if TYPE_CHECKING:
    import pandas as pd

Columns = dict[str, list[Any]]
PLAIN = frozenset({str, int, float, bool, type(None)})  # what JSON knows


@dataclass(frozen=True)
class DataTable:
    """A table that readers may take away, as a CSV file and as a sheet of the workbook.

    frame: tidy, with its keys as columns; or its columns as lists of plain values, None for missing. title: the sheet's
    name. note: one line under it. labels: column -> header in the workbook; a column without a label keeps its name.
    sheet: False for a table too long for a reader's workbook, which is a CSV file only.
    """

    frame: pd.DataFrame | Columns
    title: str
    note: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    sheet: bool = True

    @cached_property
    def columns(self) -> Columns:
        """Name -> plain Python values; whatever counts as missing is None."""
        if isinstance(self.frame, dict):
            return self.frame
        return {str(name): _values(self.frame[name]) for name in self.frame}

    @property
    def rows(self) -> int:
        return max(map(len, self.columns.values()), default=0)


def to_block(tables: Mapping[str, DataTable]) -> Block:
    """The tables as a block of kind `data`, which a cell shows and the publisher turns into files.

    They travel as one JSON text: whoever handles the message need not look at every cell of every table.
    """
    packed = {key: _packed(table) for key, table in tables.items()}
    return Block("data", {"tables": json.dumps(packed, ensure_ascii=False, allow_nan=False)})


def from_block(block: Mapping[str, Any]) -> dict[str, DataTable]:
    """The tables of a block of kind `data`; missing values are None."""
    return {key: DataTable(**packed) for key, packed in json.loads(block["tables"]).items()}


def _packed(table: DataTable) -> dict[str, Any]:
    columns = {name: _json(values) for name, values in table.columns.items()}
    return {
        "frame": columns, "title": table.title, "note": table.note, "labels": dict(table.labels), "sheet": table.sheet,
    }  # fmt: skip


def _json(values: list[Any]) -> list[Any]:
    """Values as JSON knows them: days as ISO texts."""
    if PLAIN.issuperset(map(type, values)):
        return values
    return [value.strftime("%Y-%m-%d") if hasattr(value, "strftime") else value for value in values]


def _values(column: pd.Series) -> list[Any]:
    if column.dtype.kind == "f":
        numbers = column.to_numpy(dtype=float, na_value=float("nan")).tolist()
        return [None if number != number else number for number in numbers]
    if column.dtype.name != "object" and column.dtype.kind in "biuO":
        return list(column.array.to_numpy(dtype=object, na_value=None))
    missing = column.isna().tolist()
    values = column.astype(object).tolist()
    return [None if gone else _plain(value) for value, gone in zip(values, missing, strict=True)]


def _plain(value: Any) -> Any:
    """A numpy scalar as the Python value it stands for."""
    return value.item() if hasattr(value, "item") and not hasattr(value, "isoformat") else value


def with_city_names(frame: pd.DataFrame, name: Callable[[str], str]) -> pd.DataFrame:
    """City names (column `city`) before their codes, for readers who do not know codes; as it is without codes."""
    if "city_id" not in frame:
        return frame
    named = frame.copy()
    named.insert(0, "city", [name(city) for city in frame["city_id"]])
    return named
