"""Where each figure of a page stands: the list that ends it, and the cells of its tables that the text points at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cityreach.errors import ReportError
from cityreach.publish.document import Document, Part

Address = tuple[str, str, str]  # table, row, column
_TABLE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Entry:
    """One figure as it is printed, with the cell it stands in; used: how often the texts print it.

    number: counted from 1. cell: the id of the cell of a page table that shows it, or "".
    """

    number: int
    text: str
    at: dict[str, Any]
    cell: str

    @property
    def target(self) -> str:
        """The id of the place that the figure leads to."""
        return self.cell or f"no-{self.number}"

    @property
    def address(self) -> Address:
        return self.at["table"], self.at["row"], self.at["column"]


@dataclass
class Ledger:
    """The entries in the order in which the texts use them; cells: ids by table, row and column."""

    entries: list[Entry] = field(default_factory=list)
    cells: dict[tuple[str, int, int], str] = field(default_factory=dict)
    _by_key: dict[tuple[str, ...], Entry] = field(default_factory=dict)
    _first: dict[int, int] = field(default_factory=dict)

    def of(self, run: dict[str, Any]) -> Entry | None:
        """The entry of a run; None for a run that names no cell."""
        return self._by_key.get(_key(run)) if run.get("at") else None

    def leads_back(self, run: dict[str, Any]) -> bool:
        """Whether the entry leads back to this very run: the first that prints it."""
        return id(run) in self._first

    def cell(self, part: Part, row: int, column: int) -> str:
        """The id of a cell that a figure leads to, or an empty text."""
        return self.cells.get((part.anchor, row, column), "")


def make(report: Document) -> Ledger:
    """The ledger of a report; ReportError for a table whose name could not be a file's."""
    ledger, shown = Ledger(), _shown(report)
    for run in _runs([report.cover, *(part.content for part in report.parts)]):
        key = _key(run)
        if key in ledger._by_key:
            continue
        at = run["at"]
        if not _TABLE.fullmatch(at["table"]):
            raise ReportError(f"figure {run['finding']}.{run['key']}: table {at['table']!r} is no name of a data file.")
        place = shown.get((at["table"], at["row"], at["column"]))
        number = len(ledger.entries) + 1
        if place and place not in ledger.cells:
            ledger.cells[place] = f"cell-{len(ledger.cells) + 1}"
        entry = Entry(number, run["text"], at, ledger.cells[place] if place else "")
        ledger.entries.append(entry)
        ledger._by_key[key] = entry
        ledger._first[id(run)] = number
    return ledger


def held(part: Part, row: int, column: int) -> Address | None:
    """The address in the data files of what a table's cell shows; None where its block does not say.

    A block's `holds` names the data table, the row key of each of its rows and the column of each of its columns (""
    for none). With `across`, a column's name is the second part of the row's key, and `across` is the column.
    """
    holds = part["holds"]
    if not holds or not holds["rows"][row] or not holds["columns"][column]:
        return None
    name = holds["columns"][column]
    if across := holds.get("across"):
        return holds["table"], f"{holds['rows'][row]}|{name}", across
    return holds["table"], holds["rows"][row], name


def _shown(report: Document) -> dict[Address, tuple[str, int, int]]:
    """The place in the page at which the cells that its tables hold are shown first."""
    found: dict[Address, tuple[str, int, int]] = {}
    for part in report.of_kind("table"):
        if part["holds"]:
            for row in range(len(part["rows"])):
                for column in range(len(part.columns)):
                    if address := held(part, row, column):
                        found.setdefault(address, (part.anchor, row, column))
    return found


def _runs(value: Any) -> Iterator[dict[str, Any]]:
    """Every run that names a cell, in reading order."""
    if isinstance(value, dict):
        if value.get("at") and "finding" in value:
            yield value
        else:
            for each in value.values():
                yield from _runs(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _runs(each)


def _key(run: dict[str, Any]) -> tuple[str, ...]:
    at = run["at"]
    return (run["text"], at["table"], at["row"], at["column"], at["unit"], at["derived"])
