"""CSV and its kin as batches of columns, in bounded memory: records are cut at line ends outside quotes.

Pieces in which every quote opens or closes a cell are read by Arrow; a piece with rows of another length, and a file
with stray quotes from there on, by the standard reader, which says the same of clean rows and bears the others.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cityreach.errors import InboxError
from cityreach.intake.columns import in_one
from cityreach.intake.decode import SAMPLE, Encoding, transcoded
from cityreach.intake.document import Document, Grid, Header, Opener
from cityreach.intake.records import TableBatch

DELIMITERS = (",", ";", "\t", "|")
HEAD_BYTES = SAMPLE
HEAD_ROWS = 40
PIECE = 1 << 24
LONGEST_RECORD = 1 << 26
ROWS = 50_000  # rows that the standard reader hands over at once
_QUOTE, _ENDS = 34, (10, 13)
_END = "\x00end of the table\x00"


def delimited(opener: Opener, found: Encoding, name: str) -> Document:
    """A text table; InboxError where it has no cell with content."""
    csv.field_size_limit(LONGEST_RECORD)
    with opener() as stream:
        start = next(iter(transcoded(stream, found, HEAD_BYTES)), b"")
    cut = start.rfind(b"\n") + 1 if len(start) >= HEAD_BYTES else len(start)
    text = start[: cut or len(start)].decode("utf-8", errors="ignore")
    delimiter = delimiter_of(text)
    rows = list(itertools.islice(_lenient(text, delimiter), HEAD_ROWS))
    head = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    if not head:
        raise InboxError(f"{name}: the table has no cell with content. Export it again or take it out of the folder.")
    reader = _Reader(opener, found, name, delimiter)
    notes = (found.note,) if found.note else ()
    return Document("table", "csv", found.name, grid=Grid(head, reader.batches), notes=notes)


def delimiter_of(text: str) -> str:
    """The sign at which most rows at the top fall into the same number of cells, or the one that the file names."""
    first = text.lstrip("\ufeff").partition("\n")[0].strip().strip('"').casefold()
    if first.startswith("sep=") and len(first) == 5:
        return first[4]
    return max(DELIMITERS, key=lambda sign: _regularity(text, sign))


def _regularity(text: str, sign: str) -> tuple[int, int]:
    widths = Counter(len(row) for row in itertools.islice(_lenient(text, sign), HEAD_ROWS) if len(row) > 1)
    width, rows = max(widths.items(), key=lambda item: (item[1] * (item[0] - 1), item), default=(0, 0))
    return rows * (width - 1), width


def _lenient(text: str, delimiter: str) -> Iterator[list[str]]:
    """The records of the top of a file, as far as they can be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            yield next(reader)
        except (StopIteration, csv.Error):
            return


class _Reader:
    """One text table, read from the start at each call of `batches`."""

    def __init__(self, opener: Opener, found: Encoding, name: str, delimiter: str) -> None:
        self.opener, self.found, self.name, self.delimiter = opener, found, name, delimiter

    def batches(self, header: Header, wanted: Sequence[int]) -> Iterator[TableBatch]:
        """The rows below the header; `wanted` are the places of the columns that are read."""
        first = 1
        with self.opener() as stream:
            pieces = _pieces(transcoded(stream, self.found, PIECE), self.delimiter)
            for piece, rest in pieces:
                if rest is not None:  # stray quotes: from here on, record by record
                    yield from self._stepwise(itertools.chain([piece], rest), header, wanted, first)
                    return
                made, size = self._piece(piece, header, wanted, first)
                first += size
                if len(made.numbers):
                    yield made

    def _piece(self, piece: bytes, header: Header, wanted: Sequence[int], first: int) -> tuple[TableBatch, int]:
        """The batch of a regular piece and the number of its records."""
        if first > header.last:
            quick = self._by_arrow(piece, header, wanted, first)
            if quick is not None:
                return quick, len(quick.numbers)
        rows = list(self._strict(io.StringIO(piece.decode(), newline=""), first))
        return batch(header, rows, range(first, first + len(rows)), wanted), len(rows)

    def _by_arrow(self, piece: bytes, header: Header, wanted: Sequence[int], first: int) -> TableBatch | None:
        """The batch, None where a row has another length than the header or no content."""
        import pyarrow.csv as arrow

        names = [str(place) for place in range(len(header.names))]
        columns = [str(place) for place in wanted]
        try:
            table = arrow.read_csv(
                pa.py_buffer(piece),
                arrow.ReadOptions(column_names=names, block_size=len(piece) + 1, use_threads=False),
                arrow.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=b'"' in piece, ignore_empty_lines=False
                ),
                arrow.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), include_columns=columns, check_utf8=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        cells = {place: in_one(table[str(place)]) for place in wanted}
        if _has_empty_row(list(cells.values())):
            return None
        return TableBatch(header.names, cells, np.arange(first, first + table.num_rows))

    def _stepwise(
        self, pieces: Iterable[bytes], header: Header, wanted: Sequence[int], first: int
    ) -> Iterator[TableBatch]:
        rows = self._strict(itertools.chain(_lines(pieces), ["\n", _END]), first)
        for number in itertools.count(first, ROWS):
            some = list(itertools.islice(rows, ROWS))
            if not some:
                return
            made = batch(header, some, range(number, number + len(some)), wanted)
            if len(made.numbers):
                yield made

    def _strict(self, lines: Iterable[str], first: int) -> Iterator[list[str]]:
        """The records; InboxError at a cell that is too long or a quote that is never closed."""
        number = first
        try:
            for row in csv.reader(lines, delimiter=self.delimiter):
                if row and row[-1].endswith(_END):
                    if row != [_END]:
                        raise csv.Error("a quotation mark is never closed")
                    return
                yield row
                number += 1
        except csv.Error as error:
            raise InboxError(
                f"{self.name}: not a clean CSV table near row {number} ({error}). Export it again or mend that row."
            ) from None


def _has_empty_row(columns: Sequence[pa.Array]) -> bool:
    """Whether some row holds nothing in any of the columns."""
    hollow: pa.Array | None = None
    for column in columns:
        now = pc.equal(column, "")
        hollow = now if hollow is None else pc.and_(hollow, now)
        if not pc.any(hollow).as_py():
            return False
    return bool(columns)


def _pieces(content: Iterable[bytes], delimiter: str) -> Iterator[tuple[bytes, Iterable[bytes] | None]]:
    """Pieces that end with a record; with the rest of the content where quotes are not regular."""
    source = iter(content)
    held, small = b"", True
    for more in itertools.chain(source, [b""]):
        held += more
        if more and len(held) < (1 if small else PIECE):
            continue
        view = np.frombuffer(held, dtype=np.uint8)
        quotes = np.flatnonzero(view == _QUOTE)
        cut = len(held) if not more else _cut(held, quotes)
        if cut == 0 and len(held) < LONGEST_RECORD:
            continue
        if cut == 0 or not _regular(view[:cut], quotes[quotes < cut], ord(delimiter)):
            yield held, source
            return
        if cut:
            yield held[:cut], None
        held, small = held[cut:], False
        if not more:
            return


def _cut(held: bytes, quotes: np.ndarray) -> int:
    """The place after the last line end that no quote encloses."""
    end = held.rfind(b"\n")
    while end >= 0 and np.searchsorted(quotes, end) % 2:
        end = held.rfind(b"\n", 0, int(quotes[np.searchsorted(quotes, end) - 1]))
    return end + 1


def _regular(view: np.ndarray, quotes: np.ndarray, delimiter: int) -> bool:
    """Whether every quote opens a cell, closes one, or stands doubled inside one."""
    if not len(quotes):
        return True
    if len(quotes) % 2:
        return False
    edges = np.isin(np.arange(256), [delimiter, _QUOTE, *_ENDS])
    openers, closers = quotes[0::2], quotes[1::2]
    before = edges.take(view.take(openers - 1, mode="wrap"))
    after = edges.take(view.take(closers + 1, mode="wrap"))
    before[0] |= openers[0] == 0
    after[-1] |= closers[-1] == len(view) - 1
    return bool(before.all() and after.all())


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """The lines of UTF-8 pieces, with their ends."""
    held = b""
    for piece in pieces:
        held += piece
        cut = held.rfind(b"\n") + 1
        yield from io.StringIO(held[:cut].decode(), newline="")
        held = held[cut:]
    yield from io.StringIO(held.decode(), newline="")


def batch(header: Header, rows: list[list[str]], numbers: Iterable[int], wanted: Sequence[int]) -> TableBatch:
    """Rows below the header as columns, those of empty cells left out."""
    kept = [(number, row) for number, row in zip(numbers, rows, strict=True) if number > header.last and any(row)]
    width = len(header.names)
    cells = {
        place: pa.array([row[place] if len(row) > place else None for _, row in kept], pa.string()) for place in wanted
    }
    long = {
        place: ",".join(row[width:]) for place, (_, row) in enumerate(kept) if len(row) > width and any(row[width:])
    }
    short = np.fromiter((len(row) < width for _, row in kept), dtype=bool, count=len(kept))
    found = np.fromiter((number for number, _ in kept), dtype=np.int64, count=len(kept))
    return TableBatch(header.names, cells, found, long=long, short=short)
