"""Themes for any table of texts: read the columns id and text of a file, write id and themes."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from cityreach import paths
from cityreach.errors import DataError
from cityreach.insight import lexicon
from cityreach.intake import containers, decode
from cityreach.intake.delimited import DELIMITERS, LONGEST_RECORD
from cityreach.intake.document import Grid
from cityreach.intake.headings import heading

COLUMNS = ("id", "text")
SEPARATOR = "|"
PACKED = (containers.ZIP, containers.GZIP, containers.OLE)  # workbooks and archives

Row = Sequence[str]


def label_file(source: Path, out: Path) -> int:
    """Write the themes of a table of texts as CSV (id, themes: main theme first) and say how many texts there are.

    The rows stand in the order of the source, one for each of its rows. DataError or InboxError in one line where the
    source cannot be read or lacks a column, or `out` cannot be written.
    """
    rows = list(read_texts(source))
    found = lexicon.label_texts((text for _, text in rows), lexicon.load())
    labels = [(key, SEPARATOR.join(themes) or lexicon.OTHER) for (key, _), themes in zip(rows, found, strict=True)]
    _write(labels, out, source)
    return len(labels)


def read_texts(path: Path) -> Iterator[tuple[str, str]]:
    """The id and the text of every row of a CSV (any usual encoding and separator) or of a sheet of a workbook."""
    name = paths.relative(path)
    if not path.is_file():
        raise DataError(f"{name}: the file does not exist. Correct its name.")
    with path.open("rb") as stream:
        packed = stream.read(8).startswith(PACKED)
    return _of_documents(path, name) if packed else _of_text(path, name)


def _of_text(path: Path, name: str) -> Iterator[tuple[str, str]]:
    found = decode.encoding(lambda: path.open("rb"), name)
    with path.open("rb") as stream:
        text = b"".join(decode.transcoded(stream, found, decode.PIECE)).decode()
    csv.field_size_limit(LONGEST_RECORD)
    headers = {sign: next(_records(text, sign), []) for sign in DELIMITERS}
    sign = next((sign for sign in DELIMITERS if _has_columns(headers[sign])), "")
    if not sign:
        raise DataError(_missing(name, max(headers.values(), key=len)))
    try:
        rows: list[Row] = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            raise DataError(
                f"{name}: a quotation mark opens a cell that never closes. Export the file again."
            ) from None
        rows = list(_records(text, sign))
    return _chosen(rows[0], rows[1:])


def _records(text: str, sign: str) -> Iterator[Row]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=sign)


def _of_documents(path: Path, name: str) -> Iterator[tuple[str, str]]:
    shown: list[str] = []
    for document in containers.documents(path, name):
        if document.grid is None:
            continue
        for header in document.grid.headers():
            if _has_columns(header.names):
                return _of_grid(document.grid)
            shown = shown or header.shown
    raise DataError(_missing(name, shown))


def _of_grid(grid: Grid) -> Iterator[tuple[str, str]]:
    header = next(header for header in grid.headers() if _has_columns(header.names))
    wanted = [header.places[column][0] for column in COLUMNS]
    for batch in grid.reader(header, wanted):
        keys, texts = (batch.cells[place].to_pylist() for place in wanted)
        yield from ((key or "", text or "") for key, text in zip(keys, texts, strict=True))


def _chosen(header: Row, rows: list[Row]) -> Iterator[tuple[str, str]]:
    places = [[heading(cell) for cell in header].index(column) for column in COLUMNS]
    for row in rows:
        if row:
            padded = [*row, *itertools.repeat("", len(header) - len(row))]
            yield padded[places[0]], padded[places[1]]


def _has_columns(header: Row) -> bool:
    return {heading(cell) for cell in header} >= set(COLUMNS)


def _missing(name: str, header: Row) -> str:
    found = ", ".join(cell.strip() or "(no name)" for cell in header[:20])
    return f"{name}: the columns `id` and `text` are needed, found {found or 'no column'}. Name them so."


def _write(labels: list[tuple[str, str]], out: Path, source: Path) -> None:
    name = paths.relative(out)
    if out.resolve() == source.resolve():
        raise DataError(f"{name}: this is the file with the texts. Give --out another name.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("id", "themes"))
            writer.writerows(labels)
    except OSError as error:
        raise DataError(f"{name}: cannot be written ({error.strerror}). Give --out another place.") from None
