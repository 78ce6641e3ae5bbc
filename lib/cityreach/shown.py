"""What intake found, as the command line shows it: tables and lines for staff, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from cityreach.edition import Edition
from cityreach.errors import InboxError, UnknownNameError

if TYPE_CHECKING:
    from cityreach.intake import FileLog

COUNTS = {
    "Rows\n行数": "rows",
    "Kept\n采用": "kept",
    "Repaired\n修复": "repaired",
    "Repeated\n重复": "duplicates",
    "Outside\n期外": "outside",
    "Left out\n略去": "filtered",
    "Quarantined\n隔离": "quarantined",
}
SHOWN_ROWS = 5  # of the quarantine, in lines for staff


def intake_table(logs: Iterable[FileLog]) -> Table:
    """A row for each file, sheet or member: its format and what became of its rows."""
    table = Table(box=None, pad_edge=False)
    for heading in ("File\n文件", "Format\n格式"):
        table.add_column(heading, overflow="fold")
    for heading in COUNTS:
        table.add_column(heading, justify="right")
    for log in logs:
        table.add_row(log.title, log.format or "unknown", *(f"{getattr(log, name):,}" for name in COUNTS.values()))
    return table


def recognised(logs: Iterable[FileLog]) -> Iterator[str]:
    """Why each file has its format, its encoding, and where its times come from."""
    for log in logs:
        if log.format:
            yield f"{log.title}: {log.format} by {', '.join(log.keys)}; {_writing(log)}."


def _writing(log: FileLog) -> str:
    times = [f"{count:,} by {source}" for source, count in log.time_sources.items()]
    parts = [
        " ".join(part for part in (log.form, log.encoding) if part),
        f"times without a zone are in {log.zone}" if "zone rule" in log.time_sources else "",
        f"times: {', '.join(times)}" if times else "",
        f"{log.first} to {log.last}" if log.first else "",
    ]
    return "; ".join(part for part in parts if part)


def follower_notes(edition: Edition, *, written: bool) -> list[str]:
    """Falls of follower counts beyond the edition's band, where both editions are in the store."""
    from cityreach import store
    from cityreach.intake import drops

    if not written or not edition.previous or not store.exists("snapshots", edition.previous):
        return []
    band = edition.gates.follower_drop
    now, before = (store.read("snapshots", name) for name in (edition.id, edition.previous))
    return drops.notes(drops.follower_drops(now, before, band=band), band=band)


@dataclass(frozen=True)
class Look:
    """What one file is: the logs of its documents and its unusable rows, or why it was refused."""

    file: str
    logs: tuple[FileLog, ...] = ()
    quarantine: tuple[dict[str, Any], ...] = ()
    error: str = ""

    @property
    def lines(self) -> list[str]:
        if self.error:
            return [self.error]
        from cityreach.intake.log import reasons

        first = [f"{_place(row)}: {row['reason']} ({row['column']}: {row['value']})" for row in self.quarantine]
        return [*recognised(self.logs), *reasons(self.logs), *first[:SHOWN_ROWS]]


def _place(row: dict[str, Any]) -> str:
    sheet = f" [{row['sheet']}]" if row["sheet"] else ""
    return f"{row['file']}{sheet} row {row['row']}"


def counting_day(text: str) -> date | None:
    """The day that a text names; UnknownNameError where it is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UnknownNameError(f"--counted: {text!r} is no day. Write it like 2025-04-07.") from None


def inspect(files: Sequence[Path], counted: date | None) -> list[Look]:
    """Every file read by itself, without a register: each handle counts as an account."""
    from cityreach import intake

    formats, context = intake.load_formats(), intake.Context(counting_date=counted)
    looks = []
    for file in files:
        try:
            logs, quarantine = intake.look_at(file, formats, context)
        except InboxError as error:
            looks.append(Look(file.name, error=str(error)))
            continue
        looks.append(Look(file.name, logs, tuple(quarantine.to_dict("records"))))  # type: ignore[arg-type]
    return looks


def as_json(looks: Iterable[Look]) -> str:
    """The looks as JSON: per document format, why, encoding, zone rule, rows and what became of them, sums."""
    return json.dumps([_machine(look) for look in looks], ensure_ascii=False, indent=2) + "\n"


def _machine(look: Look) -> dict[str, Any]:
    if look.error:
        return {"file": look.file, "error": look.error}
    documents = [asdict(log) for log in look.logs]
    return {"file": look.file, "documents": documents, "quarantine": look.quarantine}
