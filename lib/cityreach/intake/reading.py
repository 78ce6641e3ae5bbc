"""The records of one file made rows of our tables; what becomes of every record is noted where it is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cityreach import tables
from cityreach.edition import BEIJING, Edition, Window
from cityreach.intake import accounts, sources, values
from cityreach.intake.accounts import Accounts
from cityreach.intake.formats import COUNTS, Table
from cityreach.intake.recognise import Use
from cityreach.intake.records import holds
from cityreach.intake.sources import Rules
from cityreach.registry import Registry

KEPT, FILTERED, QUARANTINED, OUTSIDE = range(4)
LONGEST_VALUE = 200


@dataclass(frozen=True)
class Context:
    """What is known before a file is opened; where a part is None, records are taken as they stand."""

    window: Window | None = None
    counting_date: date | None = None
    register: Accounts | None = None

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
    frame: pd.DataFrame | None = None  # the rows that are kept
    problems: list[tuple[int, str, str, str]] = field(default_factory=list)  # row, column, value, reason
    reasons: Counter[str] = field(default_factory=Counter)  # of filtered records
    seen: set[str] = field(default_factory=set)  # accounts named
    strangers: Counter[tuple[str, str]] = field(default_factory=Counter)  # (platform, name) -> records
    learned: dict[tuple[str, str], str] = field(default_factory=dict)  # names of registered accounts that are new
    days: tuple[str, str] | None = None  # first and last day of usable posts, inside the window or not

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
    made = Part(use, np.full(size, KEPT, dtype=np.int8))
    _strange(made)
    if use.table is None:
        return made
    _filter(made, use.table)
    reader = _Reader(made, use.table, rules)
    columns = _posts(reader, context) if use.table.table == "posts" else _snapshots(reader, context)
    frame = tables.conform(pd.DataFrame(columns), use.table.table)
    if use.table.table == "posts" and context.window:
        _window(made, frame["published_at"], context.window)
    kept = made.codes == KEPT
    made.frame = frame if kept.all() else frame[kept]
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
        hit = np.array(holds(one.when, made.use.records), dtype=bool) & (made.codes == KEPT)
        if hit.any():
            made.codes[hit] = FILTERED
            made.reasons[one.reason] += int(hit.sum())


def _window(made: Part, published: pd.Series, window: Window) -> None:
    kept = made.codes == KEPT
    if kept.any():
        usable = beijing_days(published[kept])
        made.days = (f"{usable.min():%Y-%m-%d}", f"{usable.max():%Y-%m-%d}")
    inside = (published >= window.start) & (published < window.end)
    made.codes[kept & ~inside.to_numpy()] = OUTSIDE


class _Reader:
    """The columns of one part, each read once, its problems noted in the part."""

    def __init__(self, made: Part, table: Table, rules: Rules) -> None:
        self.part, self.table, self.rules = made, table, rules
        self.records = made.use.records
        self.size = len(made.codes)
        self.platforms: list[str] = []

    def raw(self, target: str) -> list[Any]:
        found = sources.raw(self.table, target, self.records, self.rules)
        return [None] * self.size if found is None else found

    def missing(self, target: str) -> frozenset[str]:
        return self.rules.missing(self.table.fields.get(target, ()))

    def refuse(self, target: str, problems: Iterable[tuple[int, str]]) -> None:
        found = list(problems)
        if found:
            self.part.refuse(found, sources.origin(self.table, target, self.records))

    def ids(self) -> list[str]:
        found, problems = values.ids(self.raw("post_id"), self.missing("post_id"))
        self.refuse("post_id", problems)
        return found

    def counts(self, target: str) -> pd.Series:
        if target not in self.table.fields:
            return pd.Series(pd.NA, index=range(self.size), dtype="Int64")
        numbers, problems = values.counts(self.raw(target), self.missing(target), self.rules.format.numbers)
        self.refuse(target, problems)
        absent = np.array([number is None for number in numbers], dtype=bool)
        plain = np.array([number or 0 for number in numbers], dtype=np.int64)
        return pd.Series(pd.arrays.IntegerArray(plain, absent))

    def times(self, target: str) -> pd.Series:
        read = sources.times(self.table, target, self.records, self.rules)
        if read is None:
            return pd.Series(pd.NaT, index=range(self.size), dtype=tables.UTC)
        self.refuse(target, ((place, values.UNUSABLE_TIME) for place in read[1]))
        return read[0]

    def published(self) -> pd.Series:
        """Publication times, without which a post is of no use."""
        found = self.times("published_at")
        absent = np.flatnonzero(found.isna().to_numpy())
        self.refuse("published_at", ((int(place), values.UNUSABLE_TIME) for place in absent))
        return found

    def days(self, target: str, fallback: date | None) -> pd.Series:
        """Days in Asia/Shanghai, the fallback where the record names none."""
        found = beijing_days(self.times(target))
        return found if fallback is None else found.fillna(pd.Timestamp(fallback))

    def owners(self, context: Context) -> accounts.Owners:
        """The account of every record; strangers and records of an unknown platform are quarantined."""
        register = context.register
        self.platforms = self._platforms(register)
        found = accounts.owners(self.platforms, self.raw("handle"), self.raw("uid"), register)
        for problem in found.problems:
            self._stranger(problem)
        self._cities(found, register)
        if self.table.table == "snapshots" and not self.part.side:  # a profile: both names are the account's own
            self.part.learned = found.learned
        if not self.part.side:  # a bystander in somebody else's export does not show that its own export is there
            alive = self.part.codes != FILTERED
            self.part.seen = {account for account, one in zip(found.ids, alive, strict=True) if account and one}
        return found

    def _platforms(self, register: Accounts | None) -> list[str]:
        given = self.rules.format.platform
        names = [given] * self.size if given else self.raw("platform")
        wrong = [place for place, name in enumerate(names) if not name or (register and name not in register.platforms)]
        self.refuse("platform", ((place, accounts.UNKNOWN_PLATFORM) for place in wrong))
        return [name or "" for name in names]

    def _stranger(self, problem: tuple[int, str, str, str]) -> None:
        """Quarantines the record; in a side table it is filtered, as a bystander in the export is no loss."""
        place, target, value, reason = problem
        made = self.part
        if made.codes[place] != KEPT:
            return
        if made.side and reason == accounts.UNKNOWN:
            made.codes[place] = FILTERED
            return
        made.refuse([(place, reason)], sources.origin(self.table, target, self.records))
        if reason == accounts.UNKNOWN:
            made.strangers[(self.platforms[place], value)] += 1

    def _cities(self, found: accounts.Owners, register: Accounts | None) -> None:
        if register is None or "city" not in self.table.fields:
            return
        given = zip(found.ids, self.raw("city"), strict=True)
        agree = [account is None or register.city_agrees(account, city) for account, city in given]
        self.refuse("city", ((place, accounts.CITY_DIFFERS) for place, one in enumerate(agree) if not one))


def _posts(read: _Reader, context: Context) -> dict[str, Any]:
    owners = read.owners(context)
    columns: dict[str, Any] = {
        "post_id": read.ids(),
        "platform": read.platforms,
        "account_id": [account or "" for account in owners.ids],
        "city_id": owners.cities,
        "published_at": read.published(),
        "text": values.texts(read.raw("text")),
        "lang": values.words(read.raw("lang"), read.missing("lang")),
        "format": read.raw("format"),
        "url": values.links(read.raw("url")),
        "counted_at": read.days("counted_at", context.counting_date),
        "source_file": read.rules.name,
        "source_row": list(read.records.numbers),
    }
    return columns | {target: read.counts(target) for target in COUNTS}


def _snapshots(read: _Reader, context: Context) -> dict[str, Any]:
    owners = read.owners(context)
    return {
        "account_id": [account or "" for account in owners.ids],
        "day": read.days("day", context.counting_date),
        "followers": read.counts("followers"),
        "posts_total": read.counts("posts_total"),
        "source_file": read.rules.name,
    }


def beijing_days(times: pd.Series) -> pd.Series:
    """The day in Asia/Shanghai of each UTC time."""
    return times.dt.tz_convert(BEIJING).dt.tz_localize(None).dt.normalize().astype(tables.DAY)
