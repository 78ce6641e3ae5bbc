"""What a file is by its first bytes, and the documents in it: plain, gzip, zip (bounded), workbook, text."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from cityreach.errors import InboxError
from cityreach.intake import decode
from cityreach.intake.delimited import delimited
from cityreach.intake.document import Document, Opener, readable
from cityreach.intake.workbooks import sheets

ZIP, GZIP, OLE, PDF = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF"
_SCRIPT = re.compile(rb"(?:\xef\xbb\xbf)?\s*window\.[\w.]+\s*=\s*(?=[\[{])")  # before the JSON in an archive of X
WEB = (b"<html", b"<!doctype", b"<table", b"<?xml")
MEMBERS = 2_000
UNPACKED = 8 << 30  # bytes that an archive may unpack to
IN_MEMORY = 2 << 30  # bytes of a JSON file or workbook, which are read whole
RATIO, FREE = 400, 1 << 26  # how much larger than its archive a member may be, once it is over FREE
DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)


def documents(path: Path, name: str) -> Iterator[Document]:
    """Every document of a file, in order; InboxError names the file where it is empty, damaged or no text."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(512)
    except OSError as error:
        raise InboxError(f"{name}: cannot be read ({error.strerror}). Check the file and its rights.") from None
    yield from _documents(lambda: path.open("rb"), start, size, name, inside=False)


def _documents(opener: Opener, start: bytes, size: int, name: str, *, inside: bool) -> Iterator[Document]:
    if start.startswith(GZIP):
        yield from _gzip(opener, size, name, inside=inside)
    elif start.startswith(ZIP):
        yield from _zip(opener, size, name, inside=inside)
    elif start.startswith(OLE):
        yield from sheets(_whole(opener, name), name)
    else:
        yield _text(opener, start, name)


def _text(opener: Opener, start: bytes, name: str) -> Document:
    if start.startswith(PDF):
        raise InboxError(f"{name}: this is a PDF, not a table. Ask for the figures as CSV or Excel.")
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(WEB):
        raise InboxError(f"{name}: this is a web page or XML, not a table. Open it in Excel and save it as XLSX.")
    found = decode.encoding(opener, name)
    sign = _first_sign(opener, found)
    if not sign:
        raise InboxError(f"{name}: the file is empty. Export it again or take it out of the folder.")
    script = _SCRIPT.match(start)
    if sign in "{[" or script:
        text = _whole(opener, name)[script.end() if script else found.mark :].decode(found.name)
        return decode.json_document(text, found, name)
    return delimited(opener, found, name)


def _first_sign(opener: Opener, found: decode.Encoding) -> str:
    with opener() as stream:
        for piece in decode.transcoded(stream, found, 1 << 16):
            if text := piece.decode("utf-8", errors="ignore").lstrip("\ufeff \t\r\n\f\v"):
                return text[0]
    return ""


def _whole(opener: Opener, name: str) -> bytes:
    with opener() as stream:
        content = stream.read(IN_MEMORY + 1)
    if len(content) > IN_MEMORY:
        raise InboxError(f"{name}: too large to be read whole ({IN_MEMORY >> 30} GiB at most). Split it.")
    return content


def _gzip(opener: Opener, size: int, name: str, *, inside: bool) -> Iterator[Document]:
    _refuse_nesting(name, inside)

    def unpacked() -> BinaryIO:
        return _bounded(gzip.open(opener()), size, name)

    yield from _documents(unpacked, _start(unpacked, name), size, name, inside=True)


def _zip(opener: Opener, size: int, name: str, *, inside: bool) -> Iterator[Document]:
    try:
        archive = zipfile.ZipFile(opener())
    except DAMAGED:
        raise InboxError(f"{name}: a damaged zip file. Export it again.") from None
    with archive:
        names = set(archive.namelist())
        if "[Content_Types].xml" in names or "mimetype" in names:
            yield from sheets(_whole(opener, name), name)
            return
        _refuse_nesting(name, inside)
        members = [info for info in archive.infolist() if not _ignored(info)]
        if len(members) > MEMBERS or sum(info.file_size for info in members) > UNPACKED:
            raise InboxError(f"{name}: the zip file holds too much. Unpack it and put in the files that are needed.")
        for info in members:
            yield from _member(archive, info, size, name)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int, name: str) -> Iterator[Document]:
    where = f"{name}, member {readable(info.filename)}"

    def unpacked() -> BinaryIO:
        try:
            return _bounded(archive.open(info), size, where)
        except DAMAGED:
            raise InboxError(f"{where}: damaged or protected by a password. Export it again without one.") from None

    try:
        found = list(_documents(unpacked, _start(unpacked, where), size, where, inside=True))
    except InboxError as error:
        found = [Document("unreadable", "", notes=(str(error),))]
    for one in found:
        yield replace(one, sheet=" > ".join(part for part in (readable(info.filename), one.sheet) if part))


def _ignored(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.split("/")
    return (
        info.filename.endswith("/") or info.file_size == 0 or any(part.startswith((".", "__MACOSX")) for part in parts)
    )


def _refuse_nesting(name: str, inside: bool) -> None:
    if inside:
        raise InboxError(f"{name}: an archive inside an archive. Unpack the outer one first.")


def _start(opener: Opener, name: str) -> bytes:
    with opener() as stream:
        return stream.read(512)


def _bounded(stream: object, packed: int, name: str) -> BinaryIO:
    return io.BufferedReader(_Bounded(stream, packed, name), 1 << 20)


class _Bounded(io.RawIOBase):
    """A stream that ends in an InboxError where its archive is damaged or unpacks to far more than it should."""

    def __init__(self, stream: object, packed: int, name: str) -> None:
        self.stream, self.most, self.name = stream, max(FREE, packed * RATIO), name
        self.done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            content = self.stream.read(len(view))  # type: ignore[attr-defined]
        except DAMAGED:
            raise InboxError(f"{self.name}: the archive is damaged. Export it again.") from None
        self.done += len(content)
        if self.done > min(self.most, UNPACKED):
            raise InboxError(f"{self.name}: unpacks to far more than it should. Ask for the file unpacked.")
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self.stream.close()  # type: ignore[attr-defined]
        super().close()
