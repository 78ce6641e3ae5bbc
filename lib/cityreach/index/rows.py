"""What is scored: units in periods, and the parts of them that are scaled or filled by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cityreach.errors import DataError
from cityreach.index.schema import Over, Window

Array = NDArray[np.float64]
Positions = NDArray[np.intp]
Names = NDArray[np.object_]


@dataclass(frozen=True)
class Rows:
    """What is scored: units in periods, sorted by period, then unit."""

    periods: tuple[str, ...]
    period: Positions  # index into `periods`, ascending
    unit: Names
    groups: Mapping[str, Names] = field(default_factory=dict)
    weight: Array | None = None  # what a unit counts in the mean of a group

    def __len__(self) -> int:
        return len(self.unit)

    def name(self, row: int) -> str:
        """A row as it is named in messages."""
        period = f" ({self.periods[self.period[row]]})" if self.periods != ("",) else ""
        return f"{self.unit[row]}{period}"

    def take(self, kept: Positions) -> Rows:
        groups = {name: labels[kept] for name, labels in self.groups.items()}
        weight = None if self.weight is None else self.weight[kept]
        return Rows(self.periods, self.period[kept], self.unit[kept], groups, weight)


def parts(rows: Rows, over: Over, group: str | None) -> Iterator[tuple[Positions, Positions]]:
    """Positions of each part and of the rows that its minimum, mean or ranks are taken from."""
    codes, basis = labels(rows, over, group), within(rows, over)
    for code in np.unique(codes):
        members = codes == code
        yield np.flatnonzero(members), np.flatnonzero(members & basis)


def labels(rows: Rows, over: Over, group: str | None) -> Positions:
    """One code for all rows that belong together: by period, by group, or both."""
    codes = np.zeros(len(rows), dtype=np.intp) if group is None else _codes(rows, group)
    return codes * len(rows.periods) + rows.period if over == "period" else codes


def within(rows: Rows, over: Over) -> NDArray[np.bool_]:
    """The rows of a base window, else all rows; DataError where the window is empty."""
    if not isinstance(over, Window):
        return np.ones(len(rows), dtype=bool)
    first, last = in_time(over.first), in_time(over.last)
    inside = np.array([first <= in_time(name) <= last for name in rows.periods])[rows.period]
    if not inside.any():
        raise DataError(
            f"The base window {over.first} to {over.last} holds no row of the data (periods {rows.periods[0]} to "
            f"{rows.periods[-1]}). Correct `over`, or add these periods."
        )
    return inside


def _codes(rows: Rows, group: str) -> Positions:
    if group not in rows.groups:
        raise DataError(
            f"`within` names {group!r}, which is not among the `table.groups` of the method "
            f"({', '.join(rows.groups) or 'none'}). Add it there."
        )
    return np.unique(rows.groups[group].astype(str), return_inverse=True)[1]


def in_time(name: str) -> tuple[bool, float, str]:
    """Periods in order: numbers by size, other names as texts after them."""
    try:
        return False, float(name), name
    except ValueError:
        return True, 0.0, name
