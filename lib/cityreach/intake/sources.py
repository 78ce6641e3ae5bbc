"""The mapping of a format file, carried out: for one of our columns, the raw value of every record."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cityreach.intake import values
from cityreach.intake.decode import Document
from cityreach.intake.formats import MISSING, Format, Lookup, Source, Table
from cityreach.intake.records import Batch, JsonBatch, empty, holds, levels, word


@dataclass
class Rules:
    """What holds for a whole file: its format, its document, and the side tables looked into so far."""

    format: Format
    document: Document
    name: str  # how the file is called in our tables
    _tables: dict[Lookup, dict[str, Any]] = field(default_factory=dict)

    def missing(self, sources: Sequence[Source] = ()) -> frozenset[str]:
        """The words that stand for no value, compared in small letters."""
        own = [one for source in sources for one in source.missing]
        return frozenset(MISSING) | {word(one) for one in (*self.format.missing, *own)}

    def table(self, lookup: Lookup) -> dict[str, Any]:
        if lookup not in self._tables:
            found = levels(self.document.root, lookup.records)
            side = JsonBatch(found, range(len(found[-1].nodes)))
            pairs = zip(side.column(lookup.key), side.column(lookup.take), strict=True)
            self._tables[lookup] = {str(key): value for key, value in pairs if key is not None}
        return self._tables[lookup]


def raw(table: Table, target: str, records: Batch, rules: Rules) -> list[Any] | None:
    """The raw values of one of our columns, each from the first source that has one; None for a column not mapped."""
    sources = table.fields.get(target)
    if sources is None:
        return None
    result = _values(sources[0], records, rules)
    missing = rules.missing(sources)
    for source in sources[1:]:
        lacking = [place for place, value in enumerate(result) if value is None or values.lacks(value, missing)]
        if lacking:
            other = _values(source, records, rules)
            result = list(result)
            for place in lacking:
                result[place] = other[place]
    return result


def times(table: Table, target: str, records: Batch, rules: Rules) -> tuple[pd.Series, list[int]] | None:
    """UTC times of one of our columns and the places where a time is given but unusable."""
    sources = table.fields.get(target)
    if sources is None:
        return None
    found = pd.Series(pd.NaT, index=range(len(records.numbers)), dtype=values.UTC)
    wrong = pd.Series(False, index=found.index)
    for source in sources:
        if not found.isna().any():
            break
        read, bad = values.times(_values(source, records, rules), source)
        wrong |= bad
        found = found.fillna(read)
    return found, [int(place) for place in wrong.index[wrong & found.isna()]]


def origin(table: Table, target: str, records: Batch) -> Callable[[int], tuple[str, str]]:
    """For a record, how the export calls one of our columns and what stands there: the first that holds anything."""
    sources = table.fields.get(target, ())
    named = [source.sum or (path,) for source in sources for path in (source.paths or ("",))]
    there = [group for group in named if any(records.has(path) for path in group if path)] or named[:1]

    def shown(place: int) -> tuple[str, str]:
        found = [(" | ".join(group), [records.column(path)[place] for path in group]) for group in there]
        given = [(name, [str(one) for one in cells if not _bare(one)]) for name, cells in found]
        name, cells = next(((name, cells) for name, cells in given if cells), (found[0][0] if found else target, []))
        return name or target, " | ".join(cells)

    return shown


def _bare(value: Any) -> bool:
    return empty(value) or isinstance(value, dict | list)


def _values(source: Source, records: Batch, rules: Rules) -> list[Any]:
    size = len(records.numbers)
    if source.if_seen is not None and not records.has(source.if_seen):
        return [None] * size
    column = _plain(source, records, rules)
    for change in _changes(source, rules):
        column = [None if value is None else change(value) for value in column]
    if source.when:
        column = [value if here else None for value, here in zip(column, holds(source.when, records), strict=True)]
    return column


def _plain(source: Source, records: Batch, rules: Rules) -> list[Any]:
    if source.value is not None:
        return [source.value] * len(records.numbers)
    if source.sum:
        return _sum(source, records, rules)
    path = next((path for path in source.paths if records.has(path)), source.paths[0])
    return records.column(path)


def _sum(source: Source, records: Batch, rules: Rules) -> list[Any]:
    """The sum of the parts that are there, None where none is; a part that is no number stands for the sum."""
    missing, style = rules.missing([source]), rules.format.numbers
    columns = [records.column(path) for path in source.sum]
    read = [values.counts(column, missing, style) for column in columns]
    parts = zip(*(numbers for numbers, _ in read), strict=True)
    total: list[Any] = [sum(found) if (found := [n for n in row if n is not None]) else None for row in parts]
    for column, (_, problems) in zip(columns, read, strict=True):
        for place, _ in problems:
            total[place] = column[place]
    return total


def _changes(source: Source, rules: Rules) -> list[Callable[[Any], Any]]:
    """The changes of a source in their fixed order: extract, lookup, prefix, values."""
    changes: list[Callable[[Any], Any]] = []
    if source.extract is not None:
        changes.append(_extractor(source.extract))
    if source.lookup is not None:
        side = rules.table(source.lookup)
        changes.append(lambda value: side.get(str(value)))
    if source.prefix:
        changes.append(lambda value: None if empty(value) else f"{source.prefix}{str(value).strip()}")
    if source.values is not None or source.default is not None:
        changes.append(_translator(source, rules.missing([source])))
    return changes


def _extractor(expression: str) -> Callable[[Any], Any]:
    pattern = re.compile(expression)

    def extract(value: Any) -> str | None:
        found = pattern.search(str(value))
        return found[1] if found else None

    return extract


def _translator(source: Source, missing: frozenset[str]) -> Callable[[Any], Any]:
    ours = {word(key): value for key, value in (source.values or {}).items()}

    def translate(value: Any) -> str | None:
        text = word(value)
        return ours.get(text, None if text in missing else source.default)

    return translate
