"""One entry of `data/corrections/<edition>.yml`: which row, which wrong value, what to do about it.

Every value is read as what its column holds (`tables.CONTRACTS`): a whole number, a text, a moment, a day, or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from cityreach import spec, tables

Table = Literal["posts", "snapshots", "totals"]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Status = Literal["open", "reported", "acknowledged", "fixed_upstream"]
KEYS: dict[str, tuple[str, ...]] = {
    "posts": ("platform", "post_id"),
    "snapshots": ("account_id", "day"),
    "totals": ("city_id", "platform"),
}
NEEDED: dict[str, set[str]] = {"set": {"column", "expect", "value"}, "drop": {"expect"}, "flag": set()}
KEPT = ("account_id", "city_id", "source_file", "source_row")  # what a row is and where it came from is not corrected


class Entry(spec.Model):
    """One correction of one row."""

    table: Table = Field(description="one of posts, snapshots, totals")
    where: dict[str, Any] = Field(description='the key of the row, for example {platform: x, post_id: "123"}')
    action: Literal["set", "drop", "flag"] = Field(description="one of set, drop, flag")
    column: str = Field("", description="the column to set, for example likes; only for action set")
    expect: Any = Field(None, description="the wrong value that stands there now; for drop and flag {column: value}")
    value: Any = Field(None, description="the right value, or null where it is not known; only for action set")
    reason: Sentence = Field(description="one sentence: what is wrong and how it is known")
    evidence: Sentence = Field(description="where the right value can be seen: a file, a page and its day")
    status: Status = Field("open", description="one of open, reported, acknowledged, fixed_upstream")

    @model_validator(mode="after")
    def _complete(self) -> Entry:
        """The keys that the action needs and no others, and every value in its column's kind."""
        given = self.model_fields_set & {"column", "expect", "value"}
        lacking, idle = sorted(NEEDED[self.action] - given), sorted(given - NEEDED[self.action] - {"expect"})
        if lacking or idle:
            problem = f"needs {', '.join(lacking)}" if lacking else f"takes no {', '.join(idle)}"
            raise ValueError(f"action {self.action} {problem}")
        self._check_key()
        if self.action == "set":
            self._check_change()
        elif "expect" in given:
            self._check_expected()
        return self

    def _check_key(self) -> None:
        key = KEYS[self.table]
        if set(self.where) != set(key):
            raise ValueError(
                f"where of {self.table} holds {' and '.join(key)}, not {', '.join(self.where) or 'nothing'}"
            )
        for name in key:
            _typed(self.table, name, self.where[name])

    def _check_change(self) -> None:
        before, after = (_checked(self.table, self.column, each) for each in (self.expect, self.value))
        if same(before, after):
            raise ValueError(f"{self.column} is set to the value that it is expected to have, {self.value!r}")

    def _check_expected(self) -> None:
        if not isinstance(self.expect, dict) or not self.expect:
            raise ValueError(f"expect of action {self.action} holds at least one column with its value")
        for column, value in self.expect.items():
            _checked(self.table, column, value)

    @property
    def key(self) -> dict[str, Any]:
        """The row's key in the order of its table, every value in its column's kind."""
        return {name: _typed(self.table, name, self.where[name]) for name in KEYS[self.table]}

    @property
    def expected(self) -> dict[str, Any]:
        """Column → the value that must stand there, in the column's kind (None: empty)."""
        given = {self.column: self.expect} if self.action == "set" else (self.expect or {})
        return {column: _typed(self.table, column, value) for column, value in given.items()}

    @property
    def put(self) -> Any:
        """The value to set, in the column's kind; None where it is to be empty or nothing is set."""
        return _typed(self.table, self.column, self.value) if self.action == "set" else None

    @property
    def row(self) -> str:
        """The row as messages name it: `posts x/123`."""
        return f"{self.table} {'/'.join(map(shown, self.key.values()))}"


def plain(cell: Any) -> Any:
    """A cell as text, number, moment or day; None where it is empty."""
    import pandas as pd

    if cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return None
    if isinstance(cell, pd.Timestamp):
        moment = cell.to_pydatetime()
        return moment.astimezone(UTC) if moment.tzinfo else moment.date()
    return cell.item() if hasattr(cell, "item") else cell


def same(one: Any, other: Any) -> bool:
    """Whether two plain values are the same; an empty one is like an empty one only."""
    return bool(one == other) and (type(one) is type(other) or (_number(one) and _number(other)))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def stored(value: Any) -> Any:
    """A plain value as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def shown(value: Any) -> str:
    """A plain value as messages print it: numbers and times as they are, text short, `empty` for None."""
    if value is None:
        return "empty"
    text = " ".join(str(stored(value)).split())
    return text if len(text) <= 80 else text[:77] + "..."


def _checked(table: str, column: str, value: Any) -> Any:
    """The value in the column's kind; ValueError where the column is unknown, not to be corrected, or of another."""
    fixed = (*KEYS[table], *KEPT)
    known = [name for name in tables.CONTRACTS.get(table, {}) if name not in fixed]
    if column in fixed:
        raise ValueError(f"{column} says which row it is or where it came from and cannot be corrected")
    if known and column not in known:
        raise ValueError(f"{column} is no column of {table} that can be corrected; those are {', '.join(known)}")
    return _typed(table, column, value)


def _typed(table: str, column: str, value: Any) -> Any:
    """A value of the file as its column holds it (moments in UTC, null as None); ValueError where it holds no such."""
    dtype, nullable, rule = tables.CONTRACTS.get(table, {}).get(column, ("", True, ""))
    if value is None:
        if column in KEYS[table] or not nullable:
            raise ValueError(f"{column} is never empty")
        return None
    read = _day if dtype == tables.DAY else _READERS.get(str(dtype), _any)
    found: Any = read(column, value)
    if rule == ">=0" and found < 0:
        raise ValueError(f"{column} is a count of at least 0, not {value!r}")
    return found


def _whole(column: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{column} is a whole number without quotes, not {value!r}")
    return value


def _decimal(column: str, value: Any) -> float:
    if not _number(value):
        raise ValueError(f"{column} is a number, not {value!r}")
    return float(value)


def _text(column: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f'{column} is text, so it needs quotes: write "..." and not {value!r}')
    return value


def _day(column: str, value: Any) -> date:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if isinstance(found, datetime) or not isinstance(found, date):
        raise ValueError(f"{column} is a day such as 2025-03-31, not {value!r}")
    return found


def _moment(column: str, value: Any) -> datetime:
    """A moment with its offset; YAML itself turns such a text into a moment, with or without a zone."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise ValueError(f"{column} is a time with its offset such as 2025-03-31T20:15:00+08:00, not {value!r}")
    return found.astimezone(UTC)


def _any(_column: str, value: Any) -> Any:
    """A value of a column whose kind is not known."""
    return value


_READERS: Mapping[str, Any] = {
    "str": _text,
    "Int64": _whole,
    "Float64": _decimal,
    tables.UTC: _moment,
}
