"""One file read: its documents recognised, every row accounted for, usable rows and quarantine spooled to a folder.

Duplicates are settled later, over all files of an edition (`settle`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cityreach import paths, store
from cityreach.errors import InboxError
from cityreach.intake import reading, times, yearless
from cityreach.intake.columns import ahead, moments, values
from cityreach.intake.containers import documents
from cityreach.intake.document import Document
from cityreach.intake.formats import Format, Source
from cityreach.intake.log import FileLog
from cityreach.intake.quarantine import repairs
from cityreach.intake.reading import Context, Part
from cityreach.intake.recognise import Match, Use, batches, recognise, sources_of
from cityreach.intake.settle import merged
from cityreach.intake.sources import Rules, fetched
from cityreach.intake.spool import MAIN, Spool

UNKNOWN_PART = "sheet of no known format"
UNREADABLE_PART = "cannot be read"
WORKERS = 2  # threads that work on batches of a long table
MANY = 5_000  # by-products that are merged before they are spooled


@dataclass(frozen=True)
class Spooled:
    """A file's rows in a folder, a log for each of its documents in order, and what it tells about accounts."""

    folder: Path
    logs: tuple[FileLog, ...]
    seen: frozenset[str] = frozenset()
    platforms: frozenset[str] = frozenset()  # of the usable posts and totals
    strangers: Counter[tuple[str, str]] = field(default_factory=Counter)
    learned: dict[tuple[str, str], str] = field(default_factory=dict)  # (platform, id or handle) -> account


def spool_file(path: Path, formats: Sequence[Format], context: Context, *, folder: Path, name: str = "") -> Spooled:
    """Reads a file into a folder under the name given (or its own); InboxError where no part of it can be used."""
    where, found = paths.relative(path), name or path.name
    whole = _Whole()
    refused: list[InboxError] = []
    with Spool(folder, checked=context.counting_date is not None) as spool:
        for document in documents(path, where):
            log = FileLog(found, "", document.form, document.encoding, sheet=document.sheet, notes=document.notes)
            if document.kind == "unreadable":
                refused.append(InboxError(document.notes[0]))
                whole.logs.append(_lost(log, spool))
                continue
            try:
                match = recognise(document, formats, f"{where}{f', {document.sheet}' if document.sheet else ''}")
            except InboxError as error:
                refused.append(error)
                whole.logs.append(_left_out(log, document))
                continue
            whole.logs.append(_read(document, match, replace(log, **_about(match)), context, (spool, whole)))
    if all(not log.format for log in whole.logs):
        raise refused[0] if refused else InboxError(f"{where}: nothing in it can be read. Export it again.")
    seen, platforms = frozenset(whole.seen), frozenset(whole.platforms)
    return Spooled(folder, tuple(whole.logs), seen, platforms, whole.strangers, whole.learned)


@dataclass
class _Whole:
    """What comes together over the documents of a file."""

    logs: list[FileLog] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    platforms: set[str] = field(default_factory=set)
    strangers: Counter[tuple[str, str]] = field(default_factory=Counter)
    learned: dict[tuple[str, str], str] = field(default_factory=dict)

    def join(self, other: _Whole) -> None:
        self.seen |= other.seen
        self.platforms |= other.platforms
        self.strangers += other.strangers
        self.learned |= other.learned

    def note(self, one: Part) -> None:
        self.seen |= one.seen
        self.strangers += one.strangers
        self.learned |= one.learned
        if one.kept is not None and one.name in ("posts", "totals"):
            self.platforms |= set(pc.unique(one.kept["platform"]).to_pylist())


def _lost(log: FileLog, spool: Spool) -> FileLog:
    """The log and the quarantine of a member of an archive that cannot be read."""
    spool.add("quarantine", _quarantine(log, [(0, "(file)", log.notes[0], UNREADABLE_PART)]))
    return replace(log, rows=1, quarantined=1, quarantine_reasons={UNREADABLE_PART: 1}, notes=())


def _left_out(log: FileLog, document: Document) -> FileLog:
    """The log of a sheet or member that no format fits, beside others that one does."""
    rows = 1
    if document.grid is not None and (header := next(document.grid.headers(), None)) is not None:
        rows = sum(len(some.numbers) for some in document.grid.reader(header, []))
    return replace(log, rows=rows, filtered=rows, filtered_reasons={UNKNOWN_PART: rows} if rows else {})


def _about(match: Match) -> dict[str, Any]:
    """What the log says of a document's format."""
    zones = [source.zone for source in sources_of(match, "published_at") if source.time in ("iso", "patterns")]
    return {
        "format": match.format.id,
        "keys": match.keys,
        "evidence": match.format.evidence,
        "zone": ", ".join(dict.fromkeys(zones)),
    }


def _read(document: Document, match: Match, log: FileLog, context: Context, into: tuple[Spool, _Whole]) -> FileLog:
    """The log of one document whose rows are spooled batch by batch."""
    spool, whole = into
    rules = Rules(match.format, document, log.file, document.sheet, context.counting_date)
    _decide_until(document, match, rules)
    context = context.learn(whole.learned)
    open_ones = [s for t in ("published_at", "counted_at", "day") for s in sources_of(match, t) if s.or_patterns]
    if not open_ones:
        return _spooled(batches(document, match), log, document, (rules, context), into)
    if spool.empty:  # most files hold no date that can be read in two ways: they are gone through once
        trial = replace(whole, logs=[], seen=set(), platforms=set(), strangers=Counter(), learned=dict(whole.learned))
        plain = _plain(batches(document, match), open_ones, rules)
        try:
            log_ = _spooled(plain, log, document, (rules, context), (spool, trial))
        except _TwoWaysError:
            spool.clear()
        else:
            whole.join(trial)
            return log_
    _decide_orders(document, match, rules, open_ones)
    return _spooled(batches(document, match), log, document, (rules, context), into)


def _spooled(
    found: Iterator[list[Use]], log: FileLog, document: Document, by: tuple[Rules, Context], into: tuple[Spool, _Whole]
) -> FileLog:
    """The log of a document whose batches are read by these rules and spooled."""
    (rules, context), (spool, whole) = by, into
    log = _broken(log, document, spool)
    for parts in ahead(lambda uses: _parts(uses, rules, context), found, workers=WORKERS):
        log = _spool(spool, parts, _added(log, parts))
        for one in parts:
            whole.note(one)
    return log


class _TwoWaysError(Exception):
    """A document holds a date that is another day with day and month the other way round."""


def _plain(found: Iterator[list[Use]], open_ones: Sequence[Source], rules: Rules) -> Iterator[list[Use]]:
    """The batches, as long as no date in them hangs on the order of day and month; else _TwoWaysError."""
    seen: dict[int, set[str]] = {id(source): set() for source in open_ones}
    for uses in found:
        for source in open_ones:
            new = _words(uses, source, rules) - seen[id(source)]
            if new and not times.indifferent(sorted(new), source):
                raise _TwoWaysError
            seen[id(source)] |= new
        yield uses


def _decide_orders(document: Document, match: Match, rules: Rules, open_ones: Sequence[Source]) -> None:
    """Decides, from all its dates, in which order a file writes day and month where its format leaves that open."""
    found: dict[int, set[str]] = {id(source): set() for source in open_ones}
    for uses in batches(document, match):
        for source in open_ones:
            found[id(source)] |= _words(uses, source, rules)
    for source in open_ones:
        rules.orders[id(source)] = times.order(sorted(found[id(source)]), source)


def _words(uses: Iterable[Use], source: Source, rules: Rules) -> set[str]:
    """The different texts that a batch holds where a source of times looks; none of a column of plain ISO times."""
    found: set[str] = set()
    for use in (use for use in uses if use.table is not None):
        column = fetched(source, use.records, rules)
        if isinstance(column, pa.Array):
            column = [] if moments(column) is not None else pc.unique(column).to_pylist()
        found |= {word for word in column if isinstance(word, str)}
    return found


def _decide_until(document: Document, match: Match, rules: Rules) -> None:
    """Moves the bound of days without a year back to the day with which a table of days ends."""
    open_ones = [source for source in sources_of(match, "day") if times.names_no_year(source)]
    if not open_ones or rules.until is None:
        return
    days: list[Any] = []
    for uses in batches(document, match):
        for use in (use for use in uses if use.table is not None and not use.table.side):
            days += values(fetched(open_ones[0], use.records, rules))
    rules.until = yearless.last_day(days, open_ones, rules.until)


def _parts(uses: list[Use], rules: Rules, context: Context) -> list[Part]:
    """The parts, profiles first, as they tell which id and which handle belong together."""
    profiles = [use for use in uses if use.table is not None and use.table.table == "snapshots" and not use.table.side]
    parts = [reading.part(use, rules, context) for use in profiles]
    context = context.learn({name: account for one in parts for name, account in one.learned.items()})
    return parts + [reading.part(use, rules, context) for use in uses if not any(use is one for one in profiles)]


def _added(log: FileLog, parts: list[Part]) -> FileLog:
    """The log with the records of a batch; by-products are not rows."""
    main = [one for one in parts if not one.side]
    days = [day for one in main if one.days for day in one.days]
    kept = Counter({name: sum(one.count(reading.KEPT) for one in main if one.name == name) for name in _KEPT})
    found = [problem for one in parts for problem in one.problems]
    return replace(
        log,
        rows=log.rows + sum(len(one.codes) for one in main),
        kept=log.kept + kept.total(),
        outside=log.outside + sum(one.count(reading.OUTSIDE) for one in main),
        filtered=log.filtered + sum(one.count(reading.FILTERED) for one in main),
        quarantined=log.quarantined + sum(one.count(reading.QUARANTINED) for one in main),
        repaired=log.repaired + sum(int(one.mended.sum()) for one in main),
        posts=log.posts + kept["posts"],
        totals=log.totals + kept["totals"],
        filtered_reasons=_summed(log.filtered_reasons, *(one.reasons for one in main)),
        quarantine_reasons=_summed(log.quarantine_reasons, Counter(reason for *_, reason in found)),
        first=min([*days, *([log.first] if log.first else [])], default=""),
        last=max([*days, log.last], default=""),
    )


_KEPT = ("posts", "snapshots", "totals")


def _summed(*counters: dict[str, int]) -> dict[str, int]:
    return dict(sorted(sum((Counter(one) for one in counters), Counter()).items()))


def _broken(log: FileLog, document: Document, spool: Spool) -> FileLog:
    """The log and the quarantine of lines that are not JSON."""
    if not document.broken:
        return log
    reason, size = "not JSON", len(document.broken)
    found = [(line, "(line)", text, reason) for line, text in document.broken]
    spool.add("quarantine", _quarantine(log, found))
    return replace(log, rows=size, quarantined=size, quarantine_reasons={reason: size})


def _spool(spool: Spool, parts: list[Part], log: FileLog) -> FileLog:
    """Spools a batch; the log counts the snapshots, by-products included."""
    for one in parts:
        if one.kept is None or not one.kept.num_rows:
            continue
        table = one.kept
        if one.name == "snapshots":
            table = _fewer(table) if one.side and table.num_rows > MANY else table
            log = replace(log, snapshots=log.snapshots + table.num_rows)
            table = table.append_column(MAIN, pa.array(np.full(table.num_rows, not one.side)))
        spool.add(one.name, table)
    found = sorted(problem for one in parts for problem in one.problems)
    if found:
        spool.add("quarantine", _quarantine(log, found))
    return log


def _fewer(table: pa.Table) -> pa.Table:
    """One by-product per account and day."""
    frame = table.to_pandas()
    one, _, _ = merged(frame, np.zeros(len(frame), dtype=bool))
    return pa.Table.from_pandas(one, schema=store.schema("snapshots"), preserve_index=False)


def _quarantine(log: FileLog, found: list[tuple[int, str, str, str]]) -> pa.Table:
    from cityreach.intake.values import texts

    words = repairs()
    columns = {
        "file": [log.file] * len(found),
        "sheet": [log.sheet] * len(found),
        "row": [row for row, *_ in found],
        "column": texts([column for _, column, *_ in found]),
        "value": texts([value for _, _, value, _ in found]),
        "reason": [reason for *_, reason in found],
        "repair": [words.get(reason, "") for *_, reason in found],
    }
    schema = store.schema("quarantine")
    arrays = {name: pa.array(column) for name, column in columns.items()}
    return pa.table({name: array.cast(schema.field(name).type) for name, array in arrays.items()}, schema=schema)
