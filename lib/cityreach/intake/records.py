"""Records of a document as columns: a path names a value, a batch fetches it for every record at once.

Paths of records begin with `[]` (the file's own list, or its single object) and go down by keys; `key[]` goes into a
list (a single object counts as a list of one), `*` into all values of an object: `[].posts.data[]`, `[].*`.
Paths of values go down from the record by keys; a number picks from a list, `name=reach` the element of a list whose
`name` is reach, any other list met on the way is gone through.
`^` starts one object higher (the object in whose list the record lies), `^^` two.
In a table a path is a column's header, also with slashes for the dots; `Likes*` is the first header that begins so.

A column of JSON records is a list of any values, a column of a table an Arrow array of texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cityreach.intake import expressions
from cityreach.intake.columns import Column, tested
from cityreach.intake.formats import Condition
from cityreach.intake.headings import index_of, places_of

_STEP = re.compile(r"\[\]|\*|[^.\[\]]+")


class Batch(Protocol):
    """Records that are read together."""

    numbers: np.ndarray  # the row number of each record
    parts: dict[Any, Column]  # what was made of columns and may be asked for again

    def column(self, path: str) -> Column:
        """The value of a path for every record, None where it is absent."""

    def has(self, path: str) -> bool:
        """Whether any record (of a table: the header) holds the path."""

    def take(self, places: np.ndarray) -> Batch:
        """The records at these places."""

    def strange(self) -> list[tuple[int, str, str]]:
        """Records that cannot be read at all: place, what was found, reason."""

    def filled(self) -> np.ndarray:
        """A mask of the records that were shorter than the header."""


@dataclass(frozen=True)
class Level:
    """The nodes of one list level; `up` gives each node's place in the level above."""

    nodes: list[Any]
    up: Sequence[int]


def levels(root: Any, path: str) -> list[Level]:
    """The nodes at a path of records, with the levels above them."""
    found = [Level([root], [0])]
    nodes = found[0].nodes
    for token in _STEP.findall(path):
        if token in ("[]", "*"):
            found.append(_opened(nodes, spread=token == "*"))
            nodes = found[-1].nodes
        else:
            nodes = step(nodes, token)
    return found


def _opened(containers: list[Any], *, spread: bool) -> Level:
    nodes: list[Any] = []
    up: list[int] = []
    for place, container in enumerate(containers):
        items = container if type(container) is list and not spread else _items(container, spread=spread)
        nodes.extend(items)
        up.extend([place] * len(items))
    return Level(nodes, up)


def _items(container: Any, *, spread: bool) -> list[Any]:
    if spread:
        return list(container.values()) if isinstance(container, dict) else []
    return [container] if isinstance(container, dict) else []


def step(nodes: list[Any], key: str) -> list[Any]:
    """The value under a key for every node."""
    if key.isdecimal() and key.isascii():
        place = int(key)
        return [node[place] if type(node) is list and len(node) > place else None for node in nodes]
    if "=" in key:
        return [_marked(node, *key.split("=", 1)) for node in nodes]
    return [node.get(key) if type(node) is dict else _inside(node, key) for node in nodes]


def _marked(node: Any, key: str, value: str) -> Any:
    """The first element of a list that has this value under a key."""
    items = node if type(node) is list else []
    return next((item for item in items if type(item) is dict and item.get(key) == value), None)


def _inside(node: Any, key: str) -> Any:
    if type(node) is not list:
        return None
    return [item[key] for item in node if type(item) is dict and key in item] or None


class JsonBatch:
    """Records that are JSON objects."""

    def __init__(self, found: list[Level], numbers: np.ndarray) -> None:
        self.levels = found
        self.nodes = found[-1].nodes
        self.numbers = numbers
        self.parts: dict[Any, Column] = {}
        self._columns: dict[str, list[Any]] = {}
        self._has: dict[str, bool] = {}
        self._parent: JsonBatch | None = None

    @classmethod
    def at(cls, root: Any, path: str) -> JsonBatch:
        """The records of a document at a path."""
        found = levels(root, path)
        return cls(found, np.arange(1, len(found[-1].nodes) + 1))

    @cached_property
    def _keys(self) -> set[str]:
        """Every key that some record has."""
        return set().union(*(node for node in self.nodes if type(node) is dict))

    def column(self, path: str) -> list[Any]:
        if path not in self._columns:
            self._columns[path] = self._above(path[1:]) if path.startswith("^") else self._below(path)
        return self._columns[path]

    def _below(self, path: str) -> list[Any]:
        if path in self._keys:  # a flat record whose keys hold dots
            return [node.get(path) if type(node) is dict else None for node in self.nodes]
        if path.partition(".")[0] not in self._keys:
            return [None] * len(self.nodes)
        head, _, key = path.rpartition(".")
        if head:
            return step(self.column(head), key)
        return [node.get(key) if type(node) is dict else None for node in self.nodes]

    def _above(self, path: str) -> list[Any]:
        if len(self.levels) < 3:  # the record lies in the file's own list: nothing encloses it
            return [None] * len(self.numbers)
        if self._parent is None:
            above = self.levels[:-1]
            self._parent = JsonBatch(above, np.arange(len(above[-1].nodes)))
        column = self._parent.column(path.removeprefix("."))
        return [column[place] for place in self.levels[-1].up]

    def has(self, path: str) -> bool:
        if path not in self._has:
            known = path[0] == "^" or path in self._keys or path.partition(".")[0] in self._keys
            self._has[path] = known and any(value is not None for value in self.column(path))
        return self._has[path]

    def take(self, places: np.ndarray) -> JsonBatch:
        if len(places) == len(self.numbers):
            return self
        last = self.levels[-1]
        part = Level([last.nodes[place] for place in places], [last.up[place] for place in places])
        return JsonBatch([*self.levels[:-1], part], self.numbers[places])

    def strange(self) -> list[tuple[int, str, str]]:
        return [(place, str(node), "not an object") for place, node in enumerate(self.nodes) if type(node) is not dict]

    def filled(self) -> np.ndarray:
        return np.zeros(len(self.numbers), dtype=bool)


class _Taken(Mapping[int, pa.Array]):
    """Some rows of columns, each column taken when it is asked for: few of them are."""

    def __init__(self, cells: Mapping[int, pa.Array], places: pa.Array) -> None:
        self._cells, self._places = cells, places
        self._made: dict[int, pa.Array] = {}

    def __getitem__(self, place: int) -> pa.Array:
        if place not in self._made:
            self._made[place] = self._cells[place].take(self._places)
        return self._made[place]

    def __contains__(self, place: object) -> bool:
        return place in self._cells

    def __iter__(self) -> Iterator[int]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


class TableBatch:
    """Rows of a table; short rows are filled up with nothing on the right, long ones are strange."""

    def __init__(
        self,
        header: Sequence[str],
        cells: Mapping[int, pa.Array],
        numbers: np.ndarray,
        *,
        long: Mapping[int, str] | None = None,
        short: np.ndarray | None = None,
    ) -> None:
        self.header = list(header)
        self.cells = cells  # the columns that were read, by place
        self.numbers = numbers
        self.long = dict(long or {})  # place of a row with too many cells -> the cells
        self.short = np.zeros(len(numbers), dtype=bool) if short is None else short
        self.parts: dict[Any, Column] = {}
        self._columns: dict[str, pa.Array] = {}

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        return index_of(self.header)

    def column(self, path: str) -> pa.Array:
        if path not in self._columns:
            found = [self.cells[place] for place in places_of(self._index, path) if place in self.cells]
            self._columns[path] = _first_filled(found) if found else pa.nulls(len(self.numbers), pa.string())
        return self._columns[path]

    def has(self, path: str) -> bool:
        return bool(places_of(self._index, path))

    def take(self, places: np.ndarray) -> TableBatch:
        if len(places) == len(self.numbers):
            return self
        where = {int(place): new for new, place in enumerate(places)} if self.long else {}
        return TableBatch(
            self.header,
            _Taken(self.cells, pa.array(places)),
            self.numbers[places],
            long={where[place]: text for place, text in self.long.items() if place in where},
            short=self.short[places],
        )

    def strange(self) -> list[tuple[int, str, str]]:
        return [(place, text, "more cells than the header") for place, text in sorted(self.long.items())]

    def filled(self) -> np.ndarray:
        return self.short


def _first_filled(columns: list[pa.Array]) -> pa.Array:
    """Of columns with the same header, row by row the first that holds anything."""
    first, *others = columns
    for other in others:
        first = pc.if_else(pc.equal(pc.fill_null(first, ""), ""), other, first)
    return first


def word(value: Any) -> str:
    """A value as it is compared with words of a format file."""
    if type(value) is str and value.isascii():
        return value.strip().casefold()
    return unicodedata.normalize("NFKC", str(value)).strip().casefold()


def empty(value: Any) -> bool:
    """Whether a value holds nothing: absent, no text but spaces, no element."""
    return value is None or (type(value) is str and not value.strip()) or (type(value) in (list, dict) and not value)


def holds(conditions: Sequence[Condition], records: Batch) -> np.ndarray:
    """For every record whether all conditions hold; no condition always holds."""
    result = np.ones(len(records.numbers), dtype=bool)
    for condition in conditions:
        if not records.has(condition.path):  # nothing there, or no such key at all
            result &= bool(condition.differs) or condition.present is False
        else:
            result &= _meeting(condition, records.column(condition.path))
    return result


def _meeting(condition: Condition, column: Column) -> np.ndarray:
    if condition.matches is not None:
        return expressions.found(column, condition.matches)
    return tested(column, _question(condition))


def _question(condition: Condition) -> Any:
    """A condition other than `matches` as a question to one value."""
    if condition.present is not None:
        wanted = condition.present
        return lambda value: (not empty(value)) == wanted
    words = {word(one) for one in condition.equals or condition.differs}
    if condition.equals:
        return lambda value: value is not None and _among(value, words)
    return lambda value: value is None or not _among(value, words)


def _among(value: Any, wanted: set[str]) -> bool:
    return any(word(one) in wanted for one in value) if type(value) is list else word(value) in wanted
