"""Which format a document has: the one of which most required keys are there; never judged by the file's name.

In a table the header is searched as well: of the rows at the top, the one that makes most keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pyarrow as pa

from cityreach.errors import InboxError
from cityreach.intake.document import Document, Header
from cityreach.intake.formats import Condition, Format, Source, Table
from cityreach.intake.headings import places_of
from cityreach.intake.records import Batch, JsonBatch, TableBatch, holds

PROBE = 2_000  # rows at which conditions on values are tried


@dataclass(frozen=True)
class Use:
    """Records of a document that feed one table; `table` is None for records that fit none."""

    table: Table | None
    path: str
    records: Batch


@dataclass(frozen=True)
class Match:
    """A format, the keys that betrayed it, and its tables with the paths at which their records lie."""

    format: Format
    keys: tuple[str, ...]
    fitting: list[tuple[Table, str]]
    header: Header | None = None


def recognise(document: Document, formats: Sequence[Format], name: str) -> Match:
    """The format of a document; InboxError names the keys found and the formats known if none or several fit."""
    found = list(_matches(document, formats))
    most = max((len(one.keys) for one in found), default=0)
    best = [one for one in found if len(one.keys) == most]
    first = [one for one in best if one.header == best[0].header]
    if len(first) == 1:
        return first[0]
    problem = f"it fits {' and '.join(one.format.id for one in first)} equally" if first else "no known format fits"
    raise InboxError(
        f"{name}: {problem}. It is {document.form} with {_sight(document)}. {_nearest(document, formats)}"
        "Put in an export of a format of docs/formats.md, or describe the new one as in docs/adding-a-format.md."
    )


def _nearest(document: Document, formats: Sequence[Format]) -> str:
    """The format of which most required keys are there, at least half of them, and which of its keys are not."""
    best, advice = 0.5, ""
    tables = [(one, table, _asked(table)) for one in formats if document.kind in one.kinds for table in one.tables]
    for there in _keys_there(document):
        for one, table, asked in tables:
            lacking = min((_lacking(asked, has) for has in there(table)), key=len, default=[])
            share = 1 - len(lacking) / len(asked)
            if best <= share < 1:
                best = share + 1e-9
                advice = f"Nearest is {one.id}, which also needs {', '.join(lacking[:4])}. "
    return advice


def _keys_there(document: Document) -> Iterator[Callable[[Table], Iterable[Callable[[str], object]]]]:
    """For every way to see a document, a function that gives a table's questions for a key, one for each path."""
    if document.grid is None:
        views = JsonViews(document.root)
        yield lambda table: (views.own(table, path).has for path in views.given(table))
        return
    for header in document.grid.headers():
        yield lambda table, places=header.places: [partial(places_of, places)] if _half(table, places) else []  # type: ignore[misc]


def _half(table: Table, places: Mapping[str, list[int]]) -> bool:
    """Whether at least half of a table's required keys may be there."""
    return 2 * sum(places.keys().isdisjoint(names) for names in table.named) <= len(table.require)


def _asked(table: Table) -> list[list[str]]:
    """The spellings of every required key; keys that must not be there are nothing to advise."""
    spellings = [[option.path for option in options if option.present is not False] for options in table.require]
    return [paths for paths in spellings if paths]


def _lacking(asked: list[list[str]], has: Callable[[str], object]) -> list[str]:
    """The first spelling of every required key that is not there."""
    return [paths[0] for paths in asked if not any(has(path) for path in paths)]


def _matches(document: Document, formats: Sequence[Format]) -> Iterator[Match]:
    """Every format that fits, for a table with the header under which it does."""
    known = [one for one in formats if document.kind in one.kinds or _single_line(document, one)]
    if document.grid is None:
        views = JsonViews(document.root)
        yield from (found for one in known if (found := _match(one, views, None)) is not None)
        return
    for header in document.grid.headers():
        near = [one for one in known if _near(one, header)]
        rows = TableViews(_probe(document, header)) if near else None
        for one in near:
            if rows is not None and (found := _match(one, rows, header)) is not None:
                yield found


def _single_line(document: Document, one: Format) -> bool:
    """JSON Lines of one line cannot be told from JSON."""
    return document.kind == "json" and "jsonl" in one.kinds


def _near(one: Format, header: Header) -> bool:
    """Whether the header alone has what some table of the format asks for."""
    return any(_all_headed(table, header) for table in one.tables)


def _all_headed(table: Table, header: Header) -> bool:
    names = header.places.keys()
    if any(names.isdisjoint(spellings) for spellings in table.named):
        return False
    return all(any(_headed(option, header) for option in options) for options in table.require)


def _headed(condition: Condition, header: Header) -> bool:
    there = bool(places_of(header.places, condition.path))
    return there or bool(condition.differs) if condition.present is None else there == condition.present


def _probe(document: Document, header: Header) -> TableBatch:
    """The first rows below a header."""
    assert document.grid is not None
    places = sorted(place for same in header.places.values() for place in same)
    for some in document.grid.reader(header, places):
        return some.take(np.arange(min(PROBE, len(some.numbers))))
    nothing = {place: pa.array([], pa.string()) for place in places}
    return TableBatch(header.names, nothing, np.zeros(0, dtype=np.int64))


def _match(one: Format, views: Views, header: Header | None) -> Match | None:
    fitting = [(table, path) for table in one.tables for path in views.paths(table)]
    found = [views.found(table, path) for table, path in fitting if not table.side]
    keys = [tuple(one.path for one in each if one.present is not False) for each in found]  # what is absent is no key
    return Match(one, max(keys, key=len), fitting, header) if keys else None


def _sight(document: Document) -> str:
    if document.grid is not None:
        header = next(document.grid.headers(), None)
        names = header.shown if header else []
    else:
        values = document.root if isinstance(document.root, list) else [document.root]
        names = [str(key) for value in values[:1] if isinstance(value, dict) for key in value]
    shown = ["".join(sign for sign in name if sign.isprintable())[:40] for name in names[:8]]
    return f"the keys {', '.join(shown)}{', ...' if len(names) > 8 else ''}" if shown else "no keys"


def batches(document: Document, match: Match) -> Iterator[list[Use]]:
    """The records of a document, every one given to exactly one main table, and side tables beside them."""
    if document.grid is None or match.header is None:
        yield JsonViews(document.root).uses(match.fitting)
        return
    wanted = sorted({place for path in _paths(match.format) for place in places_of(match.header.places, path)})
    for records in document.grid.reader(match.header, wanted):
        yield TableViews(records).uses(match.fitting)


def _paths(one: Format) -> Iterator[str]:
    """Every header that a format asks for."""
    for table in one.tables:
        conditions = [*table.match, *(c for options in table.require for c in options)]
        conditions += [c for each in table.filters for c in each.when]
        for source in (source for sources in table.fields.values() for source in sources):
            yield from (*source.paths, *source.sum)
            conditions += source.when
        yield from (condition.path for condition in conditions)


def sources_of(match: Match, target: str) -> list[Source]:
    """The sources of one of our columns in the main tables that a document fills."""
    tables = [table for table, _ in match.fitting if not table.side]
    return [source for table in tables for source in table.fields.get(target, ())]


@dataclass
class Views:
    """The batches of records, made once per path."""

    _own: dict[tuple[int, str], Batch] = field(default_factory=dict, init=False)

    def at(self, path: str) -> Batch:
        raise NotImplementedError

    def given(self, table: Table) -> Sequence[str]:
        raise NotImplementedError

    def own(self, table: Table, path: str) -> Batch:
        """The records of a path that a table takes."""
        if not table.match:
            return self.at(path)
        key = (id(table), path)
        if key not in self._own:
            records = self.at(path)
            self._own[key] = records.take(np.flatnonzero(holds(table.match, records)))
        return self._own[key]

    def found(self, table: Table, path: str) -> list[Condition]:
        """The first spelling of every required key that the records hold."""
        records = self.own(table, path)
        found = [next((one for one in options if _seen(one, records)), None) for options in table.require]
        return [each for each in found if each is not None]

    def paths(self, table: Table) -> list[str]:
        """The paths at which a table's required keys are all there."""
        near = [path for path in self.given(table) if _may_fit(table, self.at(path))]
        return [path for path in near if len(self.found(table, path)) == len(table.require)]

    def uses(self, fitting: list[tuple[Table, str]]) -> list[Use]:
        paths = dict.fromkeys(path for table, path in fitting if not table.side)
        uses = [use for path in paths for use in self._shared(path, fitting)]
        return uses + [Use(table, path, self.own(table, path)) for table, path in fitting if table.side]

    def _shared(self, path: str, fitting: list[tuple[Table, str]]) -> list[Use]:
        """The records of a path by the main table that takes them; what none of these takes fits no table."""
        records = self.at(path)
        left = np.ones(len(records.numbers), dtype=bool)
        uses = []
        for table in (table for table, its in fitting if its == path and not table.side):
            taken = left & holds(table.match, records)
            uses.append(Use(table, path, records.take(np.flatnonzero(taken))))
            left &= ~taken
        return [*uses, Use(None, path, records.take(np.flatnonzero(left)))] if left.any() else uses


class JsonViews(Views):
    """The records of a JSON document by their paths."""

    def __init__(self, root: object) -> None:
        super().__init__()
        self.root = root
        self._batches: dict[str, Batch] = {}

    def at(self, path: str) -> Batch:
        if path not in self._batches:
            self._batches[path] = JsonBatch.at(self.root, path)
        return self._batches[path]

    def given(self, table: Table) -> Sequence[str]:
        return table.records


class TableViews(Views):
    """The rows of a table, which lie in one place."""

    def __init__(self, records: TableBatch) -> None:
        super().__init__()
        self.records = records

    def at(self, path: str) -> Batch:
        return self.records

    def given(self, table: Table) -> Sequence[str]:
        return ("",)


def _may_fit(table: Table, records: Batch) -> bool:
    """Whether records have the keys without which none of them can be of a table."""
    return all(any(not one.asks_for_key or records.has(one.path) for one in options) for options in table.require)


def _seen(condition: Condition, records: Batch) -> bool:
    """A key is there if any record (of a table: the header) has it, and absent if none has."""
    if condition.present is None:
        return bool(holds([condition], records).any())
    return records.has(condition.path) == condition.present
