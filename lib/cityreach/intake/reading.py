"""The records of one batch made rows of our tables; what becomes of every record is noted where it is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cityreach import store, tables
from cityreach.edition import BEIJING, Edition, Window
from cityreach.intake import accounts, columns, sources, values
from cityreach.intake import times as times_
from cityreach.intake.accounts import Accounts
from cityreach.intake.columns import Column
from cityreach.intake.formats import COUNTS, SUMS, Table
from cityreach.intake.recognise import Use
from cityreach.intake.records import holds
from cityreach.intake.sources import Rules
from cityreach.registry import Registry

KEPT, FILTERED, QUARANTINED, OUTSIDE = range(4)
LONGEST_VALUE = 200
UNKNOWN_CITY = "unknown city"


@dataclass(frozen=True)
class Context:
    """What is known before a file is opened; where a part is None, records are taken as they stand.

    owner: platform and handle of the account after which the file's folder is named.
    """

    window: Window | None = None
    counting_date: date | None = None
    register: Accounts | None = None
    owner: tuple[str, str] | None = None

    @classmethod
    def of(cls, edition: Edition, registry: Registry) -> Context:
        return cls(edition.window, edition.counting_date, Accounts.of(registry))

    def learn(self, known: Mapping[tuple[str, str], str]) -> Context:
        """The same with further names of registered accounts."""
        return replace(self, register=self.register.learn(known)) if self.register and known else self


@dataclass
class Part:
    """The records of one table at one path; `codes` says of every record what became of it."""

    use: Use
    codes: np.ndarray
    mended: np.ndarray  # records of which some value had to be interpreted or taken from a second place
    kept: pa.Table | None = None  # the rows that are kept
    reasons: Counter[str] = field(default_factory=Counter)  # of the filtered ones
    problems: list[tuple[int, str, str, str]] = field(default_factory=list)  # row, column, value, reason
    strangers: Counter[tuple[str, str]] = field(default_factory=Counter)  # (platform, name) not in the register
    seen: set[str] = field(default_factory=set)  # accounts of the register that are named
    learned: dict[tuple[str, str], str] = field(default_factory=dict)  # names of registered accounts that are new
    days: tuple[str, str] | None = None  # first and last day of usable posts, inside the window or not

    @property
    def name(self) -> str:
        return self.use.table.table if self.use.table is not None else ""

    @property
    def side(self) -> bool:
        return self.use.table is not None and self.use.table.side

    def count(self, code: int) -> int:
        return int((self.codes == code).sum())

    def refuse(self, places: Iterable[tuple[int, str]], shown: Callable[[int], tuple[str, str]]) -> None:
        """Quarantines records of which nothing has become yet, with column and value; the first reason stands."""
        for place, reason in places:
            if self.codes[place] == KEPT:
                self.codes[place] = QUARANTINED
                column, value = shown(place)
                row = int(self.use.records.numbers[place])
                self.problems.append((row, column, value[:LONGEST_VALUE], reason))


def part(use: Use, rules: Rules, context: Context) -> Part:
    """The rows that the records of one use come to."""
    size = len(use.records.numbers)
    made = Part(use, np.full(size, KEPT, dtype=np.int8), use.records.filled().copy())
    _strange(made)
    if use.table is None or not size:
        return made
    _filter(made, use.table)
    if use.table.table != "unused":
        found = _TABLES[use.table.table](_Reader(made, use.table, rules, context))
        table = pa.table(found, schema=store.schema(use.table.table))
        if use.table.table == "posts":
            _window(made, table["published_at"], context.window)
        kept = made.codes == KEPT
        made.kept = table if kept.all() else table.filter(pa.array(kept))
    made.mended &= made.codes == KEPT
    return made


def _strange(made: Part) -> None:
    """Quarantines records that cannot be read and, where no table takes the records, all of them."""
    column = made.use.path or "(row)"
    odd = {place: (value, reason) for place, value, reason in made.use.records.strange()}
    if made.use.table is None:
        odd = dict.fromkeys(range(len(made.codes)), ("", "fits no table of its format")) | odd
    if made.side:  # the main table says it
        made.codes[list(odd)] = FILTERED
    made.refuse(((place, reason) for place, (_, reason) in odd.items()), lambda place: (column, odd[place][0]))


def _filter(made: Part, table: Table) -> None:
    for one in table.filters:
        _leave_out(made, holds(one.when, made.use.records), one.reason)
    if table.table == "unused":
        _leave_out(made, np.ones(len(made.codes), dtype=bool), table.reason)


def _leave_out(made: Part, which: np.ndarray, reason: str) -> None:
    hit = which & (made.codes == KEPT)
    if hit.any():
        made.codes[hit] = FILTERED
        made.reasons[reason] += int(hit.sum())


def _window(made: Part, published: pa.ChunkedArray, window: Window | None) -> None:
    """Notes the first and the last day, and which posts lie outside the window, where there is one."""
    kept = made.codes == KEPT
    if not kept.any():
        return
    usable = published.filter(pa.array(kept))
    ends = beijing_days(pd.Series([pc.min(usable).as_py(), pc.max(usable).as_py()], dtype=times_.UTC))
    made.days = (f"{ends[0]:%Y-%m-%d}", f"{ends[1]:%Y-%m-%d}")
    if window is None:
        return
    zone = pa.timestamp("us", "UTC")
    inside = pc.and_(
        pc.greater_equal(published, pa.scalar(window.start, zone)), pc.less(published, pa.scalar(window.end, zone))
    )
    made.codes[kept & ~pc.fill_null(inside, False).to_numpy()] = OUTSIDE


class _Reader:
    """The columns of one part, each read once, its problems noted in the part."""

    def __init__(self, made: Part, table: Table, rules: Rules, context: Context) -> None:
        self.part, self.table, self.rules, self.context = made, table, rules, context
        self.records = made.use.records
        self.size = len(made.codes)
        self.platforms: pa.Array = pa.nulls(self.size, pa.string())
        self._origins: dict[str, Callable[[int], tuple[str, str]]] = {}

    def raw(self, target: str) -> Column:
        found = sources.raw(self.table, target, self.records, self.rules)
        if found is None:
            return pa.nulls(self.size, pa.string())
        if target == "post_id":
            self.part.mended |= found.rescued
        return found.column

    def name(self, target: str) -> pa.Array:
        """A column of names; what is neither text nor whole number names nothing."""
        column = self.raw(target)
        if isinstance(column, pa.Array):
            return column
        return columns.texts([str(value) if type(value) in (str, int) else None for value in column])

    def missing(self, target: str) -> frozenset[str]:
        return self.rules.missing(self.table.fields.get(target, ()))

    def refuse(self, target: str, problems: Iterable[tuple[int, str]]) -> None:
        found = list(problems)
        if found:
            self.part.refuse(found, self._origin(target))

    def _origin(self, target: str) -> Callable[[int], tuple[str, str]]:
        if target not in self._origins:
            self._origins[target] = sources.origin(self.table, target, self.records)
        return self._origins[target]

    def ids(self) -> pa.Array:
        found, problems = values.ids(self.raw("post_id"), self.missing("post_id"))
        self.refuse("post_id", problems)
        return found

    def counts(self, target: str) -> values.Counts:
        if target not in self.table.fields:
            return values.Counts(pa.nulls(self.size, pa.int64()))
        read = values.counts(self.raw(target), self.missing(target), self.rules.format.numbers)
        self.refuse(target, read.problems)
        if read.mended is not None:
            self.part.mended |= read.mended
        return read

    def times(self, target: str) -> times_.Times:
        read = sources.times(self.table, target, self.records, self.rules)
        if read is None:
            return times_.Times.none(self.size)
        reason = self._fault(target)
        if target != "counted_at" or reason != times_.YEARLESS:  # a post is no worse for a counting day of any year
            self.refuse(target, ((int(place), reason) for place in np.flatnonzero(read.wrong)))
        return read

    def _fault(self, target: str) -> str:
        """Why a time of one of our columns is unusable, as far as its sources can say."""
        rules = self.table.fields[target]
        if any(self.rules.orders.get(id(one), one) is None for one in rules):
            return times_.UNDECIDED
        lacking = self.context.counting_date is None and any(map(times_.names_no_year, rules))
        return times_.YEARLESS if lacking else times_.UNUSABLE_TIME

    def published(self) -> times_.Times:
        """Publication times, without which a post is of no use."""
        found = self.times("published_at")
        absent = np.flatnonzero(found.at.isna().to_numpy())
        reason = self._fault("published_at")
        self.refuse("published_at", ((int(place), reason) for place in absent))
        return found

    def days(self, target: str) -> pa.Array:
        """Days in Asia/Shanghai (a bare day as it stands), the counting date where the record names none."""
        if target not in self.table.fields:
            given = self.context.counting_date
            day = pa.scalar(None if given is None else datetime.combine(given, time()), pa.timestamp("us"))
            return pa.repeat(day, self.size)
        read = self.times(target)
        found = beijing_days(read.at).where(read.precision != times_.DAY, read.local.dt.normalize())
        if self.context.counting_date is not None:
            found = found.fillna(pd.Timestamp(self.context.counting_date))
        return pa.Array.from_pandas(found.astype(tables.DAY))  # type: ignore[call-overload]

    def owners(self) -> accounts.Owners:
        """The account of every record; strangers and records of an unknown platform are quarantined."""
        register = self.context.register
        self.platforms = self.named_platforms(register)
        found = accounts.owners(self.platforms, *self._names(), register)
        for problem in found.problems:
            self._stranger(problem)
        self._cities(found, register)
        if self.table.table == "snapshots" and not self.part.side:  # a profile: both names are the account's own
            self.part.learned = found.learned
        if not self.part.side:  # a bystander in somebody else's export does not show that its own export is there
            self.part.seen = found.among(self.part.codes != FILTERED)
        return found

    def _names(self) -> tuple[Column, Column]:
        """Handles and ids of the records, of the folder's account where a record has neither."""
        handles, uids = self.raw("handle"), self.raw("uid")
        given, owner = self.rules.format.platform, self.context.owner
        if self.table.account == "folder" and owner is not None and given in (None, owner[0]):
            bare = ~(columns.tested(handles, _names_one) | columns.tested(uids, _names_one))
            handles = columns.picked(~bare, handles, columns.constant(owner[1], handles))
        return handles, uids

    def named_platforms(self, register: Accounts | None) -> pa.Array:
        given = self.rules.format.platform
        names = columns.constant(given, pa.nulls(self.size, pa.string())) if given else self.name("platform")
        known = register.platforms if register else None
        wrong = columns.tested(names, lambda name: not name or (known is not None and name not in known))
        self.refuse("platform", ((int(place), accounts.UNKNOWN_PLATFORM) for place in np.flatnonzero(wrong)))
        return names

    def _stranger(self, problem: tuple[int, str, str, str, str]) -> None:
        """Quarantines the record; in a side table it is filtered, as a bystander in the export is no loss."""
        place, platform, target, value, reason = problem
        made = self.part
        if made.codes[place] != KEPT:
            return
        if made.side and reason == accounts.UNKNOWN:
            made.codes[place] = FILTERED
            return
        made.refuse([(place, reason)], self._origin(target))
        if reason == accounts.UNKNOWN:
            made.strangers[(platform, value)] += 1

    def _cities(self, found: accounts.Owners, register: Accounts | None) -> None:
        if register is None or "city" not in self.table.fields:
            return
        words, codes = columns.distinct(self.name("city"))
        pairs, which = np.unique(found.codes * len(words) + codes, return_inverse=True)
        agree = [register.city_agrees(found.found[pair // len(words)][0], words[pair % len(words)]) for pair in pairs]
        places = np.flatnonzero(~np.array(agree, dtype=bool)[which])
        self.refuse("city", ((int(place), accounts.CITY_DIFFERS) for place in places))


def _names_one(value: Any) -> bool:
    return bool(values.account_id(value))


def _posts(read: _Reader) -> dict[str, Any]:
    owners = read.owners()
    ids, published = read.ids(), read.published()
    found: dict[str, Any] = {
        "post_id": ids,
        "platform": _filled(read.platforms),
        "account_id": owners.column("ids"),
        "city_id": owners.column("cities"),
        "published_at": pa.Array.from_pandas(published.at),
        "time_source": _coded(published.source, tables.TIME_SOURCES),
        "time_precision": _coded(published.precision, tables.TIME_PRECISIONS),
        "text": values.texts(read.raw("text")),
        "lang": values.words(read.raw("lang"), read.missing("lang")),
        "format": values.words(read.raw("format"), frozenset()),
        "url": values.links(read.raw("url")),
    }
    found |= {target: read.counts(target).numbers for target in COUNTS}
    found |= {"counted_at": read.days("counted_at"), **_traced(read), "source_sheet": _same(read.rules.sheet, read)}
    return _ordered(found, "posts")


def _snapshots(read: _Reader) -> dict[str, Any]:
    owners = read.owners()
    followers = read.counts("followers")
    precision = _same(read.table.precision, read)
    if followers.rounded is not None:
        precision = pc.if_else(pa.array(followers.rounded), "rounded", precision)
    found = {
        "account_id": owners.column("ids"),
        "day": read.days("day"),
        "followers": followers.numbers,
        "posts_total": read.counts("posts_total").numbers,
        "precision": precision,
        "source_file": _same(read.rules.name, read),
    }
    return _ordered(found, "snapshots")


def _totals(read: _Reader) -> dict[str, Any]:
    register = read.context.register
    platforms = read.named_platforms(register)
    cities = columns.changed(read.name("city"), register.city_of if register else str)
    unknown = columns.tested(cities, lambda city: not city)
    read.refuse("city", ((int(place), UNKNOWN_CITY) for place in np.flatnonzero(unknown)))
    found = {"city_id": _filled(cities), "platform": _filled(platforms), "day": read.days("day")}
    found |= {target: read.counts(target).numbers for target in SUMS}
    lacking = np.flatnonzero(found["posts"].is_null().to_numpy(zero_copy_only=False))
    read.refuse("posts", ((int(place), values.UNUSABLE_NUMBER) for place in lacking))
    return _ordered(found | _traced(read), "totals")


_TABLES: dict[str, Callable[[_Reader], dict[str, Any]]] = {"posts": _posts, "snapshots": _snapshots, "totals": _totals}


def _filled(column: pa.Array) -> pa.Array:
    return pc.fill_null(column, "")


def _same(text: str, read: _Reader) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), read.size)


def _coded(codes: np.ndarray, names: tuple[str, ...]) -> pa.Array:
    return pa.array(names, pa.string()).take(pa.array(codes))


def _traced(read: _Reader) -> dict[str, Any]:
    return {"source_file": _same(read.rules.name, read), "source_row": pa.array(read.records.numbers, pa.int64())}


def _ordered(found: dict[str, Any], name: str) -> dict[str, Any]:
    """The columns in the contract's order and types; what is not filled in quarantined rows stays null."""
    schema = store.schema(name)
    return {column: found[column].cast(schema.field(column).type) for column in tables.CONTRACTS[name]}


def beijing_days(at: pd.Series) -> pd.Series:
    """The day in Asia/Shanghai of each UTC time."""
    return at.dt.tz_convert(BEIJING).dt.tz_localize(None).dt.normalize().astype(tables.DAY)
