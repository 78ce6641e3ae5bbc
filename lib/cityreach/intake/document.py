"""What a file holds before its meaning is known: JSON values, or a table with its first rows and batches of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO

from cityreach.intake.headings import heading, index_of
from cityreach.intake.records import TableBatch

SPREADSHEETS = ("xlsx", "xls", "xlsb", "ods")
Opener = Callable[[], BinaryIO]  # a new stream from the start, each time


def readable(name: str) -> str:
    """A sheet's or member's name as it can stand in a line: no control characters, and not too long."""
    return "".join(sign for sign in name if sign.isprintable())[:120]


@dataclass(frozen=True)
class Header:
    """A table's column names as they are compared, and the record number of the last row that belongs to them."""

    names: tuple[str, ...]
    last: int

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The places of each name."""
        return index_of(self.names)

    @property
    def shown(self) -> list[str]:
        return [name for name in self.names if name]


@dataclass(frozen=True)
class Grid:
    """A table: its first records with their numbers, and the rows after a header, in batches.

    The reader takes the header, the places of the columns that are wanted, and yields the rows below the header.
    """

    head: Sequence[tuple[int, Sequence[str]]]
    reader: Callable[[Header, Sequence[int]], Iterator[TableBatch]]

    def headers(self) -> Iterator[Header]:
        """Every row at the top that may be the header, alone or together with a second row of finer names."""
        return iter(dict.fromkeys(self._headers()))  # a line above a full header joins with it to the same header

    def _headers(self) -> Iterator[Header]:
        for place, (number, row) in enumerate(self.head):
            names = tuple(heading(cell) for cell in row)
            if not any(names):
                continue
            yield Header(names, number)
            if place + 1 < len(self.head) and (joined := _joined(names, self.head[place + 1][1])):
                yield Header(joined, self.head[place + 1][0])


def _joined(above: Sequence[str], below: Sequence[str]) -> tuple[str, ...]:
    """Two header rows as one: the finer name where there is one. Empty where the upper row needs no second."""
    finer = [heading(cell) for cell in below]
    if not any(finer) or (all(above) and len(set(above)) == len(above)):
        return ()
    width = max(len(above), len(finer))
    pad_above, pad_below = [*above, *[""] * (width - len(above))], [*finer, *[""] * (width - len(finer))]
    return tuple(low or high for low, high in zip(pad_below, pad_above, strict=True))


@dataclass(frozen=True)
class Document:
    """One part of a file that is recognised by itself: the file, a sheet of a workbook, a member of an archive."""

    kind: str  # json, jsonl or table, as format files name it
    form: str  # json, jsonl, csv, xlsx, xls, ods
    encoding: str = ""
    sheet: str = ""  # the sheet's or member's name, "" for a plain file
    root: Any = None  # json: the value; jsonl: the list of the lines' values
    broken: list[tuple[int, str]] = field(default_factory=list)  # jsonl: lines that are not JSON
    grid: Grid | None = None
    notes: tuple[str, ...] = ()  # what staff should know about how the document was read

    @property
    def spreadsheet(self) -> bool:
        return self.form in SPREADSHEETS
