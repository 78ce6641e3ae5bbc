"""Data tables on their way from a notebook to the files: frames as a block of plain JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cityreach.blocks import Block

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class DataTable:
    """A table that readers may take away, as a CSV file and as a sheet of the workbook.

    frame: tidy, with its keys as columns. title: the sheet's name. note: one line under it.
    labels: column -> header in the workbook; a column without a label keeps its name.
    sheet: False for a table too long for a reader's workbook, which is a CSV file only.
    """

    frame: pd.DataFrame
    title: str
    note: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    sheet: bool = True


def to_block(tables: Mapping[str, DataTable]) -> Block:
    """The tables as a block of kind `data`, which a cell shows and the publisher turns into files."""
    return Block("data", {"tables": {key: _packed(table) for key, table in tables.items()}})


def from_block(block: Mapping[str, Any]) -> dict[str, DataTable]:
    """The tables of a block of kind `data`; missing values are None."""
    import pandas as pd

    return {
        key: DataTable(
            pd.DataFrame(packed["rows"], columns=packed["columns"], dtype=object),
            packed["title"], packed["note"], packed["labels"], packed["sheet"],
        )
        for key, packed in block["tables"].items()
    }  # fmt: skip


def _packed(table: DataTable) -> dict[str, Any]:
    columns = {str(name): _plain(table.frame[name]) for name in table.frame}
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    words = {"title": table.title, "note": table.note, "labels": dict(table.labels), "sheet": table.sheet}
    return {"columns": list(columns), "rows": rows, **words}


def _plain(column: pd.Series) -> list[Any]:
    """A column as JSON knows it: None for missing, days as ISO texts."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.strftime("%Y-%m-%d")
    return column.astype(object).where(column.notna(), None).tolist()
