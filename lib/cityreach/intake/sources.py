"""The mapping of a format file, carried out: for one of our columns, the raw value of every record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cityreach.intake import columns, expressions, values
from cityreach.intake import times as times_
from cityreach.intake.columns import Column
from cityreach.intake.document import Document
from cityreach.intake.formats import MISSING, Format, Lookup, Source, Table
from cityreach.intake.records import Batch, JsonBatch, empty, holds, word
from cityreach.intake.times import Times


@dataclass
class Rules:
    """What holds for a whole document: its format, how it is called, and what was found out about it so far."""

    format: Format
    document: Document
    name: str  # how the file is called in our tables
    sheet: str = ""
    until: date | None = None  # the counting date, for days without a year
    orders: dict[int, Source | None] = field(default_factory=dict)  # by id of a source: the order proved by the file
    _tables: dict[Lookup, dict[str, Any]] = field(default_factory=dict)

    def missing(self, sources: Sequence[Source] = ()) -> frozenset[str]:
        """The words that stand for no value, compared in small letters."""
        own = [one for source in sources for one in source.missing]
        return frozenset(MISSING) | {word(one) for one in (*self.format.missing, *own)}

    def table(self, lookup: Lookup) -> dict[str, Any]:
        if lookup not in self._tables:
            side = JsonBatch.at(self.document.root, lookup.records)
            pairs = zip(side.column(lookup.key), side.column(lookup.take), strict=True)
            self._tables[lookup] = {str(key): value for key, value in pairs if key is not None}
        return self._tables[lookup]


@dataclass
class Raw:
    """The raw values of one of our columns; `rescued` marks ids that were cut and taken from a later source."""

    column: Column
    rescued: np.ndarray


def raw(table: Table, target: str, records: Batch, rules: Rules) -> Raw | None:
    """Each value from the first source that has one; None for a column not mapped."""
    sources = table.fields.get(target)
    if sources is None:
        return None
    missing = rules.missing(sources)
    result = fetched(sources[0], records, rules)
    rescued = np.zeros(len(records.numbers), dtype=bool)
    for source in sources[1:]:
        if source.paths and not any(records.has(path) for path in source.paths):
            continue
        lacking = _lacking(result, target, missing)
        if not lacking.any():
            break
        rescued |= lacking & columns.tested(result, values.is_cut)
        result = columns.picked(~lacking, result, fetched(source, records, rules))
    return Raw(result, rescued)


def _lacking(column: Column, target: str, missing: frozenset[str]) -> np.ndarray:
    """For which records the next source is asked: there is no value, or an id that a spreadsheet has cut."""
    ids = target == "post_id"

    def useless(value: Any) -> bool:
        return values.lacks(value, missing) or (ids and values.is_cut(value))

    if isinstance(column, list):
        return columns.tested(column, useless)
    found = ~values.surely(column, missing, ids=ids)
    found[found] = columns.tested(column.filter(pa.array(found)), useless)
    return found


def times(table: Table, target: str, records: Batch, rules: Rules) -> Times | None:
    """UTC times of one of our columns, each from the first source that has one; `wrong` where none is usable."""
    sources = table.fields.get(target)
    if sources is None:
        return None
    found = Times.none(len(records.numbers))
    for source in sources:
        if not found.at.isna().any():
            break
        found = found.then(_times(source, records, rules))
    found.wrong &= found.at.isna().to_numpy()
    return found


def _times(source: Source, records: Batch, rules: Rules) -> Times:
    column, missing = fetched(source, records, rules), rules.missing([source])
    rule = rules.orders.get(id(source), source)
    if rule is None:
        lost = Times.none(len(records.numbers))
        lost.wrong[:] = columns.tested(column, lambda value: not values.lacks(value, missing))
        return lost
    serials = rules.document.spreadsheet
    return times_.times(column, rule, until=rules.until, serials=serials, missing=missing)


def origin(table: Table, target: str, records: Batch) -> Callable[[int], tuple[str, str]]:
    """For a record, how the export calls one of our columns and what stands there: the first that holds anything."""
    sources = table.fields.get(target, ())
    named = [source.sum or (path,) for source in sources for path in (source.paths or ("",))]
    there = [group for group in named if any(records.has(path) for path in group if path)] or named[:1]

    def shown(place: int) -> tuple[str, str]:
        found = [(" | ".join(group), [_cell(records.column(path), place) for path in group if path]) for group in there]
        given = [(name, [str(one) for one in cells if not _bare(one)]) for name, cells in found]
        name, cells = next(((name, cells) for name, cells in given if cells), (found[0][0] if found else target, []))
        return name or target, " | ".join(cells)

    return shown


def _cell(column: Column, place: int) -> Any:
    return column[place] if isinstance(column, list) else column[place].as_py()


def _bare(value: Any) -> bool:
    return empty(value) or isinstance(value, dict | list)


def fetched(source: Source, records: Batch, rules: Rules) -> Column:
    if source.if_seen is not None and not records.has(source.if_seen):
        return columns.nothing(_plain(source, records, rules))
    column = _part(source, records, rules)
    changes = _changes(source, rules)
    if changes:
        column = columns.changed(column, lambda value: _through(value, changes))
    if source.when:
        column = columns.picked(holds(source.when, records), column, columns.nothing(column))
    return column


def _part(source: Source, records: Batch, rules: Rules) -> Column:
    """The value of a source after `unless` and `extract`; of a post's id and its time it is worked out once."""
    if source.unless is None and source.extract is None:
        return _plain(source, records, rules)
    key = (source.paths, source.value, source.sum, source.unless, source.extract)
    if key not in records.parts:
        column = _plain(source, records, rules)
        if source.unless is not None:
            column = columns.picked(~expressions.found(column, source.unless), column, columns.nothing(column))
        records.parts[key] = column if source.extract is None else expressions.part(column, source.extract)
    return records.parts[key]


def _through(value: Any, changes: Sequence[Callable[[Any], Any]]) -> Any:
    for change in changes:
        if value is None:
            return None
        value = change(value)
    return value


def _plain(source: Source, records: Batch, rules: Rules) -> Column:
    if source.value is not None:
        like = records.column("") if isinstance(records, JsonBatch) else pa.nulls(len(records.numbers), pa.string())
        return columns.constant(source.value, like)
    if source.sum:
        return _sum(source, records, rules)
    path = next((path for path in source.paths if records.has(path)), source.paths[0])
    return records.column(path)


def _sum(source: Source, records: Batch, rules: Rules) -> Column:
    """The sum of the parts that are there, null where none is; a part that is no number stands for the sum."""
    missing, style = rules.missing([source]), rules.format.numbers
    parts = [records.column(path) for path in source.sum]
    read = [values.counts(column, missing, style) for column in parts]
    known = np.any([one.numbers.is_valid().to_numpy(zero_copy_only=False) for one in read], axis=0)
    total = np.sum([pc.fill_null(one.numbers, 0).to_numpy(zero_copy_only=False) for one in read], axis=0)
    wrong = [(place, column) for column, one in zip(parts, read, strict=True) for place, _ in one.problems]
    if not wrong:
        return pa.array(total, pa.int64(), mask=~known)
    shown: list[Any] = [str(number) if there else None for number, there in zip(total, known, strict=True)]
    for place, column in wrong:
        shown[place] = str(_cell(column, place))
    return columns.texts(shown)


def _changes(source: Source, rules: Rules) -> list[Callable[[Any], Any]]:
    """The changes of a source after `extract`, in their fixed order: lookup, prefix, suffix, values."""
    changes: list[Callable[[Any], Any]] = []
    if source.lookup is not None:
        side = rules.table(source.lookup)
        changes.append(lambda value: side.get(str(value)))
    if source.prefix:
        changes.append(lambda value: None if empty(value) else f"{source.prefix}{str(value).strip()}")
    if source.suffix:
        changes.append(lambda value: f"{text}{source.suffix}" if (text := str(value).strip())[-1:].isdigit() else value)
    if source.values is not None or source.default is not None:
        changes.append(_translator(source, rules.missing([source])))
    return changes


def _translator(source: Source, missing: frozenset[str]) -> Callable[[Any], Any]:
    ours = {word(key): value for key, value in (source.values or {}).items()}

    def translate(value: Any) -> str | None:
        text = word(value)
        return ours.get(text, None if text in missing else source.default)

    return translate
