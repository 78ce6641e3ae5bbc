"""Rows of frames into findings: plain values, the cell each came from, and a strength between 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from cityreach.findings import ABS, Figure, Finding

WHOLE = {"count", "rank", "places", "whole"}
Row = dict[str, Any]

# Kinds that imply an order among cities: an unordered edition leaves them out.
ORDER_KINDS = frozenset(
    {
        "top", "place", "lead", "close", "move.up", "move.down", "move.top_up", "move.top_down", "entry.new",
        "entry.return", "entry.out", "streak", "firm", "ahead", "why", "driver", "concentration", "region", "squad",
        "mover", "unusual", "yoy", "growth", "run.top", "run.rise", "run.fall", "race", "cut", "places", "convergence",
        "profile.leader", "profile.lopsided", "profile.balanced", "staying.long_red", "staying.burst", "staying.rising",
    }
)  # fmt: skip


def rows(frame: pd.DataFrame) -> Iterator[Row]:
    """The rows as plain dictionaries: Python numbers, dates and strings, None for null."""
    for record in frame.astype(object).to_dict("records"):
        yield {str(name): plain(value) for name, value in record.items()}


def plain(value: Any) -> Any:
    """A cell's value without pandas' or numpy's types; None for null; a moment at midnight as its day."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, np.generic):
        return value.item()
    return value.date() if isinstance(value, datetime) else value


def figures(row: Row, table: str, key: str, units: Mapping[str, str]) -> dict[str, Figure]:
    """Figures of a row by column name; a null cell makes no figure."""
    return {
        name: Figure(_typed(row[name], unit), unit, table, key, name)
        for name, unit in units.items()
        if row.get(name) is not None
    }


def _typed(value: Any, unit: str) -> Any:
    if isinstance(value, date | str):
        return value
    return int(value) if unit in WHOLE and float(value).is_integer() else float(value)


def sized(found: dict[str, Figure], name: str, size: str) -> dict[str, Figure]:
    """The figures with the size of one of them, without its sign, under another name."""
    if name not in found:
        return found
    return found | {size: replace(found[name], value=abs(found[name].value), derived=ABS)}


def finding(kind: str, subject: str, found: dict[str, Figure], **words: Any) -> Finding:
    """A finding with the id `<kind>.<subject>`; `strength` and `scope` (told apart in the id) may stand in words."""
    strength = float(min(max(words.pop("strength", 0.5), 0.0), 1.0))
    scope = words.pop("scope", "")
    name = ".".join(part for part in (kind, scope, subject) if part)
    return Finding(name, kind, subject, found, words, strength)
