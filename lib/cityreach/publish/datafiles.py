"""The data files: one CSV per table, UTF-8 with BOM, as any spreadsheet program opens it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cityreach.publish.tables import DataTable

if TYPE_CHECKING:
    import pandas as pd

STATUS_COLUMN = "data_status"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_all(folder: Path, tables: Mapping[str, DataTable], *, simulated: bool) -> list[Path]:
    """Write data/<key>.csv for each table; in a simulated report every row says so in its last column."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for key, table in tables.items():
        frame = table.frame.assign(**{STATUS_COLUMN: "simulated"}) if simulated else table.frame
        path = folder / f"{key}.csv"
        path.write_bytes(to_csv(frame))
        written.append(path)
    return written


def to_csv(frame: pd.DataFrame) -> bytes:
    """The frame without its index; null is empty, floats round-trip, days are ISO dates, lines end in LF."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([neutral(str(column)) for column in frame.columns])
    columns = [[_cell(value) for value in plain_values(frame[column])] for column in frame.columns]
    writer.writerows(zip(*columns, strict=True))
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def plain_values(column: pd.Series) -> list[Any]:
    """A column as plain Python values; whatever counts as missing becomes None."""
    missing = column.isna().tolist()
    values = column.astype(object).tolist()
    return [None if gone else _plain(value) for value, gone in zip(values, missing, strict=True)]


def neutral(text: str) -> str:
    """A text that no spreadsheet program takes for a formula: an apostrophe goes in front of a dangerous start."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if hasattr(value, "isoformat"):
        return _moment(value)
    return neutral(str(value)).replace("\r\n", "\n").replace("\r", "\n")


def _plain(value: Any) -> Any:
    """A numpy scalar as the Python value it stands for."""
    return value.item() if hasattr(value, "item") and not hasattr(value, "isoformat") else value


def _moment(value: Any) -> str:
    """A day as 2025-03-01, an instant with its time and zone."""
    text = str(value.isoformat())
    return text.removesuffix("T00:00:00")
