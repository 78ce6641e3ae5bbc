"""Corrections as data: known errors of an edition's exports, in `data/corrections/<edition>.yml`, with an expiry.

Each entry names one row of a tidy table, the wrong value that must stand there and what to do about it. An entry that
no longer meets its row or its wrong value stops the intake: the export may have been mended, and nobody's correction
may outlive the error that it was written for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from cityreach import edition as editions
from cityreach import paths, spec
from cityreach.errors import CorrectionError, SpecError
from cityreach.intake.correction_entries import Entry, plain, same, shown, stored

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MENDED = "The export may have been mended: remove or update this entry."


class _File(spec.Model):
    corrections: tuple[Entry, ...] = Field(description="a list of entries, see data/corrections/README.md")


@dataclass(frozen=True)
class Applied:
    """A correction that was made, as log, data quality page and report print it.

    entry: its number in the file, from 1. key: the row. column, before, after: what was changed; for a row that was
    dropped or flagged the columns that were expected and what they held, and no `after`. Times and days are ISO text,
    None is empty. rows: how many rows it met.
    """

    entry: int
    table: str
    key: dict[str, Any]
    action: str
    column: str
    before: Any
    after: Any
    reason: str
    evidence: str
    status: str
    rows: int = 1

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def line(self) -> str:
        """The correction in one line."""
        row = f"{self.table} {'/'.join(map(str, self.key.values()))}"
        change = {
            "set": f"{self.column} {shown(self.before)} corrected to {shown(self.after)}",
            "drop": f"row left out ({self.column}: {shown(self.before)})",
            "flag": "row kept with a note",
        }[self.action]
        return f"correction {self.entry}, {row}: {change}. {self.reason} Evidence: {self.evidence}"


@dataclass
class Corrections:
    """The corrections of an edition: `apply` to every chunk of every table, then `finish`.

    Duplicates between exports must be settled before: every row that bears an entry's key must hold the expected
    value, also the copies that would have been dropped.
    """

    file: str
    entries: tuple[Entry, ...] = ()
    _met: dict[int, int] = field(default_factory=dict)  # place of the entry → rows that held the expected values
    _found: dict[int, tuple[str, Any]] = field(default_factory=dict)  # … → first column that held something else

    def apply(self, frame: pd.DataFrame, table: str) -> pd.DataFrame:
        """The frame with its corrections made; the frame itself where none concerns it. Its index and dtypes stay.

        table: posts, snapshots or totals (any other has no corrections). CorrectionError where an entry names a
        column that the frame does not have.
        """
        mine = [(place, entry) for place, entry in enumerate(self.entries) if entry.table == table]
        rows = _rows(frame, [entry for _, entry in mine])
        changes = [self._judged(frame, place, entry, hit) for (place, entry), hit in zip(mine, rows, strict=True)]
        return _changed(frame, [entry for _, entry in mine], changes)

    def _judged(self, frame: pd.DataFrame, place: int, entry: Entry, rows: np.ndarray) -> np.ndarray:
        """The positions among `rows` that hold what the entry expects; the others are remembered for `finish`."""
        import numpy as np

        fits = np.ones(len(rows), dtype=bool)
        for column, wanted in entry.expected.items() if len(rows) else ():
            if column not in frame:
                raise CorrectionError(
                    f"{self._where(place)}: the table has no column {column}. Write one of: {', '.join(frame.columns)}."
                )
            cells = [plain(cell) for cell in frame[column].iloc[rows]]
            held = np.array([same(cell, wanted) for cell in cells], dtype=bool)
            if not held.all():
                self._found.setdefault(place, (column, cells[int(np.argmin(held))]))
            fits &= held
        self._met[place] = self._met.get(place, 0) + int(fits.sum())
        return rows[fits]

    def finish(self) -> list[Applied]:
        """Every correction as it was made; CorrectionError where one met no row, or another value than expected."""
        problems = [text for place in range(len(self.entries)) if (text := self._problem(place))]
        if problems:
            more = f" ({len(problems) - 1} more correction(s) do not fit)" if len(problems) > 1 else ""
            raise CorrectionError(problems[0] + more)
        return [_applied(entry, place + 1, self._met[place]) for place, entry in enumerate(self.entries)]

    def _problem(self, place: int) -> str:
        """Why the entry does not fit the exports; empty where it does."""
        entry = self.entries[place]
        if place in self._found:
            column, cell = self._found[place]
            verb = {"set": "corrected", "drop": "left out", "flag": "flagged"}[entry.action]
            wanted = shown(entry.expected[column])
            return f"{self._where(place)}: {column} must be {wanted} to be {verb}, found {shown(cell)}. {MENDED}"
        if self._met.get(place):
            return ""
        return (
            f"{self._where(place)}: the exports hold no such row that counts. Correct `where`, or remove this entry if "
            "the row is gone, in quarantine or outside the window."
        )

    def _where(self, place: int) -> str:
        return f"{self.file}, entry {place + 1} ({self.entries[place].row})"


def path_of(edition_id: str) -> Path:
    return paths.data("corrections", f"{edition_id}.yml")


def load(edition_id: str) -> Corrections:
    """The edition's corrections, none where it has no file.

    SpecError names file and key where an entry breaks a rule, where two entries change the same cell, and where a
    file of the folder belongs to no edition, for then it would never be applied.
    """
    _refuse_strangers()
    path = path_of(edition_id)
    if not path.is_file():
        return Corrections(paths.relative(path))
    entries = spec.read_model(path, _File).corrections
    _refuse_rivals(entries, paths.relative(path))
    return Corrections(paths.relative(path), entries)


def _refuse_strangers() -> None:
    known = {f"{name}.yml" for name in editions.ids()}
    for path in sorted(paths.data("corrections").glob("*.y*ml")):
        if path.name not in known:
            raise SpecError(
                f"{paths.relative(path)}: no edition is called {path.stem!r}, so nothing of it would be corrected. "
                f"Name it after one of: {', '.join(sorted(known))}."
            )


def _refuse_rivals(entries: Sequence[Entry], file: str) -> None:
    """SpecError where two entries want to change the same cell, or one drops the row that another changes."""
    seen: dict[tuple[Any, ...], int] = {}
    for number, entry in enumerate(entries, start=1):
        row = (entry.table, *entry.key.values())
        mine = (*row, entry.column) if entry.action == "set" else (*row, entry.action)
        rivals = [mine, (*row, "drop")] if entry.action != "drop" else [key for key in seen if key[:-1] == row]
        first = min((seen[key] for key in rivals if key in seen), default=0)
        if first:
            raise SpecError(
                f"{file}: entries {first} and {number} both concern {entry.row}"
                f"{', ' + entry.column if entry.column else ''}. Keep one of them."
            )
        seen[mine] = number


def _applied(entry: Entry, number: int, rows: int) -> Applied:
    expected = {column: stored(value) for column, value in entry.expected.items()}
    before: Any = next(iter(expected.values()), None)
    if len(expected) > 1:
        before = ", ".join(shown(value) for value in expected.values())
    return Applied(
        entry=number,
        table=entry.table,
        key={name: stored(value) for name, value in entry.key.items()},
        action=entry.action,
        column=", ".join(expected),
        before=before,
        after=stored(entry.put),
        reason=entry.reason,
        evidence=entry.evidence,
        status=entry.status,
        rows=rows,
    )


def _rows(frame: pd.DataFrame, entries: Sequence[Entry]) -> Iterator[np.ndarray]:
    """For each entry the positions of its row; one pass over the frame finds all rows that any entry could mean."""
    import numpy as np
    import pandas as pd

    if not entries:
        return
    names = list(entries[0].key)
    rarest = "post_id" if "post_id" in names else names[0]
    near = np.flatnonzero(frame[rarest].isin([entry.key[rarest] for entry in entries]).to_numpy())
    few = frame[names].iloc[near]
    for entry in entries:
        hit = np.ones(len(few), dtype=bool)
        for name, value in entry.key.items():
            sought = pd.Timestamp(value) if isinstance(value, date) else value
            hit &= (few[name] == sought).to_numpy(dtype=bool, na_value=False)
        yield near[hit]


def _changed(frame: pd.DataFrame, entries: Sequence[Entry], rows: Sequence[np.ndarray]) -> pd.DataFrame:
    """A new frame with what `set` sets and without what `drop` drops; the frame itself where nothing is changed."""
    import numpy as np

    if not any(len(hit) for entry, hit in zip(entries, rows, strict=True) if entry.action != "flag"):
        return frame
    changed, kept = frame.copy(), np.ones(len(frame), dtype=bool)
    for entry, hit in zip(entries, rows, strict=True):
        if entry.action == "drop":
            kept[hit] = False
        elif entry.action == "set" and len(hit):
            changed[entry.column] = _with(changed[entry.column], hit, entry.put)
    return changed if kept.all() else changed[kept]


def _with(column: pd.Series, rows: np.ndarray, value: Any) -> pd.Series:
    """The column with that value in these rows, in the column's own dtype."""
    import pandas as pd

    made = column.copy()
    made.iloc[rows] = pd.Timestamp(value) if isinstance(value, date) else value
    return made.astype(column.dtype)
