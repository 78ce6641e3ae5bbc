"""What must hold of every file, whatever it is: refused in one line, or read with each of its rows accounted for."""

from __future__ import annotations

import csv
import io
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pyarrow as pa

from cityreach import intake, spec, store, tables
from cityreach.errors import InboxError
from cityreach.intake import Context
from cityreach.intake.containers import documents
from cityreach.intake.formats import Format
from cityreach.intake.joining import Joined
from cityreach.intake.quarantine import repairs
from cityreach.intake.recognise import recognise
from cityreach.intake.result import spool_file
from tests.unit import intake_cases

LIMIT = 5.0  # seconds that one file may take
SAMPLED = 149  # every so many files are looked at more closely
LONGEST_LINE = 1500
NAME = "export.bin"
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Broken(Exception):
    """A rule that a file did not keep."""


class Hang(BaseException):
    """A file took too long; no reader may swallow it."""


@dataclass(frozen=True)
class Outcome:
    refused: bool
    rows: int
    seconds: float


@cache
def known_formats() -> tuple[Format, ...]:
    """The project's formats, and one in which every word of their language stands."""
    wide = spec.read_model(Path(__file__).with_name("wide.yml"), Format)
    return (*intake.load_formats(), wide)


@cache
def contexts() -> tuple[Context, ...]:
    """A register and a window, neither, and a folder named after an account."""
    full = intake_cases.context()
    return full, full, Context(), replace(full, owner=("x", "Riverport_City"))


def check(content: bytes, number: int, folder: Path) -> Outcome:
    """Reads a file and looks at what came of it; Broken, or whatever was raised, where a rule is not kept."""
    file = folder / NAME
    file.write_bytes(content)
    context = contexts()[number % len(contexts())]
    start = time.perf_counter()
    with limited(LIMIT):
        try:
            rows = _read(file, folder / "spool", context, closely=number % SAMPLED == 0)
        except InboxError as error:
            _one_line(str(error))
            rows = -1
    return Outcome(rows < 0, max(rows, 0), time.perf_counter() - start)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Hang after so many seconds."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Hang(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _one_line(message: str) -> None:
    if NAME not in message:
        raise Broken(f"the message does not name the file: {message!r}")
    if not message.isprintable() or len(message) > LONGEST_LINE:
        raise Broken(f"the message is not one readable line: {message!r}")


def _read(file: Path, folder: Path, context: Context, *, closely: bool) -> int:
    for old in folder.iterdir() if folder.is_dir() else ():
        old.unlink()
    spooled = spool_file(file, known_formats(), context, folder=folder)
    joined = Joined([spooled])
    posts = list(joined.posts())
    quarantine = list(joined.quarantine())
    _counted(joined, posts, quarantine)
    if context.counting_date is not None:  # else nothing says when a figure was read
        for name, pieces in (("posts", posts), ("quarantine", quarantine)):
            for piece in pieces:
                tables.check_arrow(piece, name)
    if closely:
        if context.counting_date is not None:
            _frames(joined, posts, quarantine)
        _rows_by_another_reader(file, joined)
    return sum(log.rows for log in spooled.logs)


def _counted(joined: Joined, posts: Sequence[pa.Table], quarantine: Sequence[pa.Table]) -> None:
    logs = joined.logs()  # each of them is balanced
    found = Counter(reason for piece in quarantine for reason in piece["reason"].to_pylist())
    told = sum((Counter(log.quarantine_reasons) for log in logs), Counter())
    _same("quarantine", found, told)
    _same("posts", sum(piece.num_rows for piece in posts), sum(log.posts for log in logs))
    if any(log.snapshots or log.totals for log in logs):
        _same("snapshots", len(joined.snapshots), sum(log.snapshots for log in logs))
        _same("totals", len(joined.totals), sum(log.totals for log in logs))
    for log in logs:
        _same("filtered", log.filtered - sum(log.filtered_reasons.values()), 0)
        parts = (log.kept, log.duplicates, log.outside, log.filtered, log.quarantined, log.own)
        if min(parts) < 0 or log.quarantined > sum(log.quarantine_reasons.values()):
            raise Broken(f"impossible counts: {log}")
    unknown = [reason for reason in found if not repairs().get(reason)]
    if unknown:
        raise Broken(f"no repair is told for: {unknown}")


def _same(what: str, found: Any, told: Any) -> None:
    if found != told:
        raise Broken(f"{what}: found {found}, the log says {told}")


def _frames(joined: Joined, posts: Sequence[pa.Table], quarantine: Sequence[pa.Table]) -> None:
    """The tables keep their contracts, and texts hold nothing that breaks a page or a sheet."""
    for name, pieces in (("posts", posts), ("quarantine", quarantine)):
        whole = pa.concat_tables([store.schema(name).empty_table(), *pieces]).to_pandas()
        tables.check(tables.conform(whole, name), name)
        told = ("text",) if name == "posts" else ("value", "column")
        odd = [cell for column in told for cell in whole[column] if _CONTROLS.search(cell)]
        if odd:
            raise Broken(f"{name}: control characters in {odd[0]!r}")
    tables.check(tables.conform(joined.snapshots, "snapshots").reset_index(drop=True), "snapshots")
    tables.check(tables.conform(joined.totals, "totals").reset_index(drop=True), "totals")


def _rows_by_another_reader(file: Path, joined: Joined) -> None:
    """The rows of a plain text table are as many as the standard reader finds below the header."""
    found = list(documents(file, file.name))
    if len(found) != 1 or found[0].form != "csv" or file.read_bytes()[:2] in (b"\x1f\x8b", b"PK"):
        return
    grid, log = found[0].grid, joined.logs()[0]
    assert grid is not None
    header = recognise(found[0], known_formats(), file.name).header
    assert header is not None
    delimiter = grid.reader.__self__.delimiter  # type: ignore[attr-defined]
    text = file.read_bytes().decode(log.encoding).removeprefix("\ufeff")
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    _same("rows", log.rows, sum(any(record) for record in records[header.last :]))
