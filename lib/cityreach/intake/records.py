"""Records of a document as columns: a path names a value, a batch fetches it for every record at once.

Paths of records begin with `[]` (the file's own list, or its single object) and go down by keys; `key[]` goes into a
list (a single object counts as a list of one), `*` into all values of an object: `[].posts.data[]`, `[].*`.
Paths of values go down from the record by keys; a number picks from a list, a list met on the way is gone through.
`^` starts one object higher (the object in whose list the record lies), `^^` two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from cityreach.intake.decode import Document, heading
from cityreach.intake.formats import Condition

_STEP = re.compile(r"\[\]|\*|[^.\[\]]+")


class Batch(Protocol):
    """Records that are read together."""

    numbers: Sequence[int]  # the row number of each record

    def column(self, path: str) -> list[Any]:
        """The value of a path for every record, None where it is absent."""

    def has(self, path: str) -> bool:
        """Whether any record (CSV: the header) holds the path."""

    def take(self, places: Sequence[int]) -> Batch:
        """The records at these places."""

    def strange(self) -> list[tuple[int, str, str]]:
        """Records that cannot be read at all: place, what was found, reason."""


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
    if key.isdigit():
        place = int(key)
        return [node[place] if type(node) is list and len(node) > place else None for node in nodes]
    return [node.get(key) if type(node) is dict else _inside(node, key) for node in nodes]


def _inside(node: Any, key: str) -> Any:
    if type(node) is not list:
        return None
    return [item[key] for item in node if type(item) is dict and key in item] or None


class JsonBatch:
    """Records that are JSON objects."""

    def __init__(self, found: list[Level], numbers: Sequence[int]) -> None:
        self.levels = found
        self.nodes = found[-1].nodes
        self.numbers = numbers
        self._columns: dict[str, list[Any]] = {}
        self._parent: JsonBatch | None = None

    @cached_property
    def _keys(self) -> set[str]:
        """Every key that some record has."""
        return set().union(*(node for node in self.nodes if type(node) is dict))

    def column(self, path: str) -> list[Any]:
        if path not in self._columns:
            self._columns[path] = self._above(path[1:]) if path.startswith("^") else self._below(path)
        return self._columns[path]

    def _below(self, path: str) -> list[Any]:
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
            self._parent = JsonBatch(above, range(len(above[-1].nodes)))
        column = self._parent.column(path.removeprefix("."))
        return [column[place] for place in self.levels[-1].up]

    def has(self, path: str) -> bool:
        return (path[0] == "^" or path.partition(".")[0] in self._keys) and any(
            value is not None for value in self.column(path)
        )

    def take(self, places: Sequence[int]) -> JsonBatch:
        if len(places) == len(self.numbers):
            return self
        last = self.levels[-1]
        part = Level([last.nodes[place] for place in places], [last.up[place] for place in places])
        return JsonBatch([*self.levels[:-1], part], [self.numbers[place] for place in places])

    def strange(self) -> list[tuple[int, str, str]]:
        return [(place, str(node), "not an object") for place, node in enumerate(self.nodes) if type(node) is not dict]


class CsvBatch:
    """Records that are rows of a table; short rows are filled up with nothing on the right."""

    def __init__(self, header: Sequence[str], rows: list[list[str]], numbers: Sequence[int]) -> None:
        self.header = list(header)
        self.rows = rows
        self.numbers = numbers
        self._columns: dict[str, list[Any]] = {}

    def column(self, path: str) -> list[Any]:
        if path not in self._columns:
            self._columns[path] = self._cells(heading(path))
        return self._columns[path]

    def _cells(self, name: str) -> list[Any]:
        if name not in self.header:
            return [None] * len(self.rows)
        place = self.header.index(name)
        return [row[place] if len(row) > place else None for row in self.rows]

    def has(self, path: str) -> bool:
        return heading(path) in self.header

    def take(self, places: Sequence[int]) -> CsvBatch:
        if len(places) == len(self.rows):
            return self
        numbers = [self.numbers[place] for place in places]
        return CsvBatch(self.header, [self.rows[place] for place in places], numbers)

    def strange(self) -> list[tuple[int, str, str]]:
        width = len(self.header)
        long = [(place, row) for place, row in enumerate(self.rows) if len(row) > width and any(row[width:])]
        return [(place, ",".join(row[width:]), "more cells than the header") for place, row in long]


def batch(document: Document, path: str) -> Batch:
    """The records of a document at a path (a CSV has one place for records, whatever the path)."""
    if document.kind == "table":
        return CsvBatch(document.header, document.rows, document.numbers)
    found = levels(document.root, path)
    return JsonBatch(found, range(1, len(found[-1].nodes) + 1))


def word(value: Any) -> str:
    """A value as it is compared with words of a format file."""
    if type(value) is str and value.isascii():
        return value.strip().casefold()
    return unicodedata.normalize("NFKC", str(value)).strip().casefold()


def empty(value: Any) -> bool:
    """Whether a value holds nothing: absent, no text but spaces, no element."""
    return value is None or (type(value) is str and not value.strip()) or (type(value) in (list, dict) and not value)


def holds(conditions: Sequence[Condition], records: Batch) -> list[bool]:
    """For every record whether all conditions hold; no condition always holds."""
    result = [True] * len(records.numbers)
    for condition in conditions:
        if condition.present is not None and not records.has(condition.path):
            answers = [not condition.present] * len(result)
        else:
            answers = _answers(condition, records.column(condition.path))
        result = answers if all(result) else [before and now for before, now in zip(result, answers, strict=True)]
    return result


def _answers(condition: Condition, column: list[Any]) -> list[bool]:
    if condition.present is not None:
        wanted = condition.present
        return [(value is not None and not empty(value)) == wanted for value in column]
    words = {word(one) for one in condition.equals or condition.differs}
    found = [value is not None and _among(value, words) for value in column]
    return found if condition.equals else [not one for one in found]


def _among(value: Any, wanted: set[str]) -> bool:
    return any(word(one) in wanted for one in value) if type(value) is list else word(value) in wanted
