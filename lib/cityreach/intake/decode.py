"""From bytes to a document: the encoding is proved by decoding strictly, the kind is told from the content."""

from __future__ import annotations

import codecs
import csv
import io
import json
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from cityreach.errors import InboxError

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WORKBOOKS = {
    b"PK\x03\x04": "a zip file or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF",
}
DELIMITERS = (",", ";", "\t")
LONGEST_CELL = 1 << 24


@dataclass(frozen=True)
class Document:
    """A file's content before its meaning is known."""

    kind: str  # json, jsonl or csv
    encoding: str
    root: Any = None  # json: the value; jsonl: the list of the lines' values
    header: tuple[str, ...] = ()  # csv
    rows: list[list[str]] = field(default_factory=list)  # csv: records after the header, those of empty cells left out
    numbers: list[int] = field(default_factory=list)  # csv: record numbers, the header's is 1
    broken: list[tuple[int, str]] = field(default_factory=list)  # jsonl: lines that are not JSON


def document(content: bytes, name: str) -> Document:
    """The content of a file; InboxError names the file where it is empty, not text, or damaged."""
    text, encoding = decode(content, name)
    start = text.lstrip()[:1]
    if not start:
        raise InboxError(f"{name}: the file is empty. Export it again or take it out of the folder.")
    if start in "{[":
        return _json(text, encoding, name)
    return _csv(text, encoding, name)


def decode(content: bytes, name: str) -> tuple[str, str]:
    """Text and the name of its encoding: BOM, then strict UTF-8, then GB18030; nothing is ever replaced."""
    for magic, what in WORKBOOKS.items():
        if content.startswith(magic):
            raise InboxError(f"{name}: this is {what}, not text. Save it as CSV UTF-8 or JSON.")
    bom = next((encoding for mark, encoding in BOMS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(bom), bom.removesuffix("-sig")
    except UnicodeDecodeError as error:
        if bom != "utf-8" or _damaged_utf8(content):
            raise InboxError(_undecodable(name, bom, error.start)) from None
        return _chinese(content, name, error.start)


def _chinese(content: bytes, name: str, place: int) -> tuple[str, str]:
    try:
        return content.decode("gb18030"), "gb18030"
    except UnicodeDecodeError:
        raise InboxError(_undecodable(name, "UTF-8 or GB18030", place)) from None


def _undecodable(name: str, encoding: str, place: int) -> str:
    return f"{name}: not {encoding} text (byte {place}). Export it again, or save it as CSV UTF-8."


def _damaged_utf8(content: bytes) -> bool:
    """True where most of what is not ASCII reads as UTF-8: such a file is broken UTF-8, not Chinese Windows text."""
    text = content.decode("utf-8", errors="replace")
    wrong = text.count("�")
    right = sum(1 for sign in text if sign > "\x7f") - wrong
    return right > 4 * wrong


def _json(text: str, encoding: str, name: str) -> Document:
    if encoding == "gb18030":
        raise InboxError(f"{name}: JSON must be UTF-8, found Chinese Windows encoding. Export it again as UTF-8.")
    try:
        return Document("json", encoding, root=loads(text))
    except ValueError as error:
        lines = _lines(text)
        if lines is None:
            raise InboxError(f"{name}: not valid JSON ({_reason(error)}). Export it again.") from None
        return Document("jsonl", encoding, root=lines[0], broken=lines[1])


def loads(text: str) -> Any:
    """A JSON value; ValueError where it is none. Half surrogate pairs, which some exports hold, are let through."""
    import orjson

    try:
        return orjson.loads(text)
    except ValueError as error:
        if "surrogate" not in str(error):
            raise
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _lines(text: str) -> tuple[list[Any], list[tuple[int, str]]] | None:
    """The values of JSON Lines and the lines that are none; None where the text is not JSON Lines at all."""
    good: list[Any] = []
    bad: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            good.append(loads(line))
        except ValueError:
            bad.append((number, line[:200]))
    return (good, bad) if any(isinstance(value, dict) for value in good) and len(good) >= len(bad) else None


def _reason(error: ValueError) -> str:
    return " ".join(str(error).split())[:120]


def _csv(text: str, encoding: str, name: str) -> Document:
    csv.field_size_limit(LONGEST_CELL)
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        records = list(reader)
    except csv.Error as error:
        raise InboxError(
            f"{name}: not a clean CSV table near line {reader.line_num} ({error}). Export it again or mend that line."
        ) from None
    found = [(number, row) for number, row in enumerate(records, start=1) if any(row)]
    if not found:
        raise InboxError(f"{name}: the table has no cell with content. Export it again or take it out of the folder.")
    header = tuple(heading(cell) for cell in found[0][1])
    numbers, rows = [number for number, _ in found[1:]], [row for _, row in found[1:]]
    return Document("table", encoding, header=header, rows=rows, numbers=numbers)


def heading(cell: str) -> str:
    """A column's header as it is compared: full-width signs made plain, no BOM, no outer spaces, small letters."""
    return " ".join(unicodedata.normalize("NFKC", cell).replace("\ufeff", "").split()).casefold()
