"""One file read: bytes to posts, snapshots and quarantine, with an account of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cityreach import paths, tables
from cityreach.edition import BEIJING, Edition, Window
from cityreach.errors import InboxError
from cityreach.intake import accounts, sources, values
from cityreach.intake.accounts import Accounts
from cityreach.intake.decode import document
from cityreach.intake.formats import COUNTS, Format, Table
from cityreach.intake.log import FileLog
from cityreach.intake.recognise import Use, recognise
from cityreach.intake.records import Batch, holds
from cityreach.intake.sources import Rules
from cityreach.registry import Registry

KEPT, FILTERED, QUARANTINED, OUTSIDE, DUPLICATE = range(5)
METRICS = COUNTS[:5]
LONGEST_VALUE = 200


@dataclass(frozen=True)
class Context:
    """What is known before a file is opened; everything None reads any file as it stands."""

    window: Window | None = None
    counting_date: date | None = None
    register: Accounts | None = None
    name: str = ""  # how the file is called in tables and messages; "" for its own name

    @classmethod
    def of(cls, edition: Edition, registry: Registry) -> Context:
        return cls(edition.window, edition.counting_date, Accounts.of(registry))


@dataclass
class Part:
    """What one use of a file's records came to; `codes` says for every record what became of it."""

    use: Use
    codes: np.ndarray
    frame: pd.DataFrame | None = None  # the usable rows
    problems: list[tuple[int, str, str, str]] = field(default_factory=list)  # row, column, value, reason
    reasons: Counter[str] = field(default_factory=Counter)  # of filtered rows
    seen: set[str] = field(default_factory=set)
    strangers: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def side(self) -> bool:
        return self.use.table is not None and self.use.table.side

    def refuse(self, places: Iterable[tuple[int, str]], column: str, shown: Callable[[int], str]) -> None:
        """Quarantines records that nothing has become of yet; the first reason stands."""
        for place, reason in places:
            if self.codes[place] == KEPT:
                self.codes[place] = QUARANTINED
                row = int(self.use.records.numbers[place])
                self.problems.append((row, column, shown(place)[:LONGEST_VALUE], reason))


@dataclass(frozen=True)
class FileResult:
    """A file's usable rows (duplicates inside the file removed), its quarantine and its log.

    `main` marks the snapshots that are rows of their own and not by-products of other records.
    """

    posts: pd.DataFrame
    snapshots: pd.DataFrame
    quarantine: pd.DataFrame
    log: FileLog
    main: np.ndarray
    seen: frozenset[str]
    strangers: Counter[tuple[str, str]]


def read_file(path: Path, formats: Sequence[Format], context: Context) -> FileResult:
    """A file's posts and snapshots; InboxError where it is unreadable or of no known format."""
    where = paths.relative(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InboxError(f"{where}: cannot be read ({error.strerror}). Check the file and its rights.") from None
    doc = document(content, where)
    match = recognise(doc, formats, where)
    rules = Rules(match.format, doc)
    name = context.name or path.name
    parts = [_part(use, rules, context) for use in match.uses]
    log = FileLog(name, match.format.id, doc.kind, doc.encoding, match.keys, match.format.evidence)
    return _result(log, parts, doc.broken)


def _part(use: Use, rules: Rules, context: Context) -> Part:
    size = len(use.records.numbers)
    part = Part(use, np.full(size, KEPT, dtype=np.int8))
    for place, value, reason in use.records.strange():
        part.refuse([(place, reason)], use.path or "(row)", lambda _, value=value: value)  # type: ignore[misc]
    if use.table is None:
        part.refuse([(place, "fits no table of its format") for place in range(size)], use.path or "(row)", lambda _: "")
        return part
    _filter(part, use.table)
    reader = _posts if use.table.table == "posts" else _snapshots
    columns = reader(part, use.table, rules, context)
    frame = tables.conform(pd.DataFrame(columns), use.table.table)
    part.frame = frame[part.codes == KEPT]
    return part


def _filter(part: Part, table: Table) -> None:
    for one in table.filters:
        hit = np.array(holds(one.when, part.use.records), dtype=bool) & (part.codes == KEPT)
        if hit.any():
            part.codes[hit] = FILTERED
            part.reasons[one.reason] += int(hit.sum())


class _Reader:
    """The columns of one part, each read once and its problems noted."""

    def __init__(self, part: Part, table: Table, rules: Rules) -> None:
        self.part, self.table, self.rules = part, table, rules
        self.size = len(part.use.records.numbers)

    def raw(self, target: str) -> list[Any]:
        found = sources.raw(self.table, target, self.part.use.records, self.rules)
        return [None] * self.size if found is None else found

    def missing(self, target: str) -> frozenset[str]:
        return self.rules.missing(self.table.fields.get(target, ()))

    def refuse(self, target: str, problems: Iterable[tuple[int, str]]) -> None:
        problems = list(problems)
        if problems:
            self.part.refuse(problems, *sources.origin(self.table, target, self.part.use.records))

    def counts(self, target: str) -> pd.Series:
        if target not in self.table.fields:
            return pd.Series(pd.NA, index=range(self.size), dtype="Int64")
        numbers, problems = values.counts(self.raw(target), self.missing(target), self.rules.format.numbers)
        self.refuse(target, problems)
        absent = np.array([number is None for number in numbers], dtype=bool)
        plain = np.array([number or 0 for number in numbers], dtype=np.int64)
        return pd.Series(pd.arrays.IntegerArray(plain, absent))

    def times(self, target: str) -> pd.Series:
        read = sources.times(self.table, target, self.part.use.records, self.rules)
        if read is None:
            return pd.Series(pd.NaT, index=range(self.size), dtype=tables.UTC)
        found, wrong = read
        self.refuse(target, ((place, values.UNUSABLE_TIME) for place in wrong))
        return found

    def days(self, target: str, fallback: date | None) -> pd.Series:
        """Days in Asia/Shanghai, the fallback where the record names none."""
        found = _beijing_days(self.times(target)).astype(tables.DAY)
        return found if fallback is None else found.fillna(pd.Timestamp(fallback))

    def owners(self, context: Context) -> accounts.Owners:
        platforms = self._platforms(context)
        found = accounts.owners(platforms, self.raw("handle"), self.raw("uid"), context.register)
        self._own(found)
        if context.register is not None and "city" in self.table.fields:
            given = zip(found.ids, self.raw("city"), strict=True)
            agree = [account is None or context.register.city_agrees(account, city) for account, city in given]
            self.refuse("city", ((place, accounts.CITY_DIFFERS) for place, one in enumerate(agree) if not one))
        return found

    def _platforms(self, context: Context) -> list[str]:
        given = self.rules.format.platform
        names = [given] * self.size if given else self.raw("platform")
        known = context.register.platforms if context.register else None
        wrong = [place for place, name in enumerate(names) if not name or (known is not None and name not in known)]
        self.refuse("platform", ((place, accounts.UNKNOWN_PLATFORM) for place in wrong))
        return [name or "" for name in names]

    def _own(self, found: accounts.Owners) -> None:
        """Strangers are quarantined, in a side table filtered: it is no loss that a bystander is not ours."""
        part = self.part
        for place, target, value, reason in found.problems:
            if part.codes[place] != KEPT:
                continue
            if part.side and reason == accounts.UNKNOWN:
                part.codes[place] = FILTERED
                continue
            column, _ = sources.origin(self.table, target, part.use.records)
            part.refuse([(place, reason)], column, lambda _, value=value: value)  # type: ignore[misc]
            if reason == accounts.UNKNOWN:
                part.strangers[(self.rules.format.platform or self.raw("platform")[place], value)] += 1
        alive = part.codes != FILTERED
        part.seen = {account for account, one in zip(found.ids, alive, strict=True) if account and one}


def _posts(part: Part, table: Table, rules: Rules, context: Context) -> dict[str, Any]:
    read = _Reader(part, table, rules)
    owners = read.owners(context)
    post_ids, problems = values.ids(read.raw("post_id"), read.missing("post_id"))
    read.refuse("post_id", problems)
    published = read.times("published_at")
    read.refuse("published_at", ((int(place), values.UNUSABLE_TIME) for place in np.flatnonzero(published.isna())))
    columns: dict[str, Any] = {
        "post_id": post_ids,
        "platform": [(account or ":").partition(":")[0] for account in owners.ids],
        "account_id": [account or "" for account in owners.ids],
        "city_id": owners.cities,
        "published_at": published,
        "text": values.texts(read.raw("text")),
        "lang": values.words(read.raw("lang"), read.missing("lang")),
        "format": read.raw("format"),
        "url": values.links(read.raw("url")),
        "counted_at": read.days("counted_at", context.counting_date),
        "source_file": "",
        "source_row": list(part.use.records.numbers),
    }
    columns |= {target: read.counts(target) for target in COUNTS}
    return columns


def _snapshots(part: Part, table: Table, rules: Rules, context: Context) -> dict[str, Any]:
    read = _Reader(part, table, rules)
    owners = read.owners(context)
    return {
        "account_id": [account or "" for account in owners.ids],
        "day": read.days("day", context.counting_date),
        "followers": read.counts("followers"),
        "posts_total": read.counts("posts_total"),
        "source_file": "",
    }


def _beijing_days(times: pd.Series) -> pd.Series:
    return times.dt.tz_convert(BEIJING).dt.tz_localize(None).dt.normalize()


def _result(log: FileLog, parts: list[Part], broken: list[tuple[int, str]]) -> FileResult:
    raise NotImplementedError
