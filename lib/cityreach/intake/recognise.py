"""Which format a document has: the one of which most required keys are there; never judged by the file's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cityreach.errors import InboxError
from cityreach.intake.decode import Document
from cityreach.intake.formats import Condition, Format, Table
from cityreach.intake.records import Batch, batch, holds


@dataclass(frozen=True)
class Use:
    """Records of a document that feed one table; `table` is None for records that fit none."""

    table: Table | None
    path: str
    records: Batch


@dataclass(frozen=True)
class Match:
    """A format, the keys that betrayed it, and its tables with their records."""

    format: Format
    keys: tuple[str, ...]
    uses: list[Use] = field(default_factory=list)


def recognise(document: Document, formats: Sequence[Format], name: str) -> Match:
    """The format of a document; InboxError names the keys found and the formats known if none or several fit."""
    views = _Views(document)
    found = [(one, views.keys(one)) for one in formats if document.kind in one.kinds or _single_line(document, one)]
    most = max((len(keys) for _, keys in found), default=0)
    best = [(one, keys) for one, keys in found if keys and len(keys) == most]
    if len(best) == 1:
        return Match(best[0][0], best[0][1], views.uses(best[0][0]))
    problem = f"it fits {' and '.join(one.id for one, _ in best)} equally" if best else "no known format fits"
    raise InboxError(
        f"{name}: {problem}. It is {document.kind} with {_sight(document)}. "
        f"Known are {', '.join(one.id for one in formats) or 'none'}. "
        "Put in an export of one of these, or describe the new one as in docs/adding-a-format.md."
    )


def _single_line(document: Document, one: Format) -> bool:
    """JSON Lines of one line cannot be told from JSON."""
    return document.kind == "json" and "jsonl" in one.kinds


def _sight(document: Document) -> str:
    if document.kind == "table":
        names = list(document.header)
    else:
        values = document.root if isinstance(document.root, list) else [document.root]
        names = [str(key) for value in values[:1] if isinstance(value, dict) for key in value]
    shown = [name[:40] for name in names[:8]]
    return f"the keys {', '.join(shown)}{', ...' if len(names) > 8 else ''}" if shown else "no keys"


class _Views:
    """The batches of a document, made once per path."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._batches: dict[str, Batch] = {}
        self._own: dict[tuple[int, str], Batch] = {}

    def at(self, path: str) -> Batch:
        path = "" if self.document.kind == "table" else path
        if path not in self._batches:
            self._batches[path] = batch(self.document, path)
        return self._batches[path]

    def own(self, table: Table, path: str) -> Batch:
        """The records of a path that a table takes."""
        key = (id(table), path)
        if key not in self._own:
            records = self.at(path)
            fits = holds(table.match, records)
            self._own[key] = records.take([place for place, fit in enumerate(fits) if fit])
        return self._own[key]

    def paths(self, table: Table) -> list[str]:
        """The paths at which a table's required keys are all there."""
        given = ("",) if self.document.kind == "table" else table.records
        return [path for path in given if len(_found(table, self.own(table, path))) == len(table.require)]

    def keys(self, one: Format) -> tuple[str, ...]:
        """The required keys that are there, of the table that has most of them; empty where no table is complete."""
        fitting = [(table, paths[0]) for table in one.tables if not table.side and (paths := self.paths(table))]
        found = [tuple(_found(table, self.own(table, path))) for table, path in fitting]
        return max(found, key=len, default=())

    def uses(self, one: Format) -> list[Use]:
        """Every record of the format's paths given to exactly one main table, and side tables beside them."""
        fitting = [(table, path) for table in one.tables for path in self.paths(table)]
        uses = [use for path in dict.fromkeys(path for _, path in fitting) for use in self._shared(path, fitting)]
        return uses + [Use(table, path, self.own(table, path)) for table, path in fitting if table.side]

    def _shared(self, path: str, fitting: list[tuple[Table, str]]) -> list[Use]:
        """The records of a path by the main table that takes them; what none takes fits no table."""
        records = self.at(path)
        tables = [table for table, its in fitting if its == path and not table.side]
        aside = any(table.side for table, its in fitting if its == path)
        left = list(range(len(records.numbers)))
        uses = []
        for table in tables:
            fits = holds(table.match, records)
            uses.append(Use(table, path, records.take([place for place in left if fits[place]])))
            left = [place for place in left if not fits[place]]
        return [*uses, Use(None, path, records.take(left))] if left and tables and not aside else uses


def _found(table: Table, records: Batch) -> list[str]:
    """The first spelling of every required key that the records hold."""
    found = [next((one.path for one in options if _seen(one, records)), None) for options in table.require]
    return [path for path in found if path is not None]


def _seen(condition: Condition, records: Batch) -> bool:
    """A key is there if any record (CSV: the header) has it, and absent if none has."""
    if condition.present is None:
        return any(holds([condition], records))
    return records.has(condition.path) == condition.present
