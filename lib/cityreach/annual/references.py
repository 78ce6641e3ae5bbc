"""Where a figure of an annual report stands, for readers: table, row and column of the published data in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cityreach.findings import FACTS, Figure

if TYPE_CHECKING:
    from cityreach.annual.book import Book

# The columns that make the key of a row, by which findings name it.
KEYS: dict[str, tuple[str, ...]] = {
    "ranking": ("city_id",), "values": ("city_id",), "cases": ("node", "city_id"), "contrasts": ("city_id",),
    "weakest": ("city_id",), "groups": ("by", "key", "node"), "leaders": ("node",), "absent": ("node",),
    "languages": ("node",), "movements": ("list", "node", "city_id"),
    "published": ("edition", "list", "node", "city_id"),
    "places": ("edition", "list", "node", "city_id"), "scores": ("edition", "node", "city_id"),
    "columns": ("code",), "weights": ("node",), "cities": ("city_id",), "comments": ("city_id",), FACTS: ("key",),
}  # fmt: skip
SEPARATOR = " · "


class References:
    """Tells of a figure what `blocks.figure_run` wants to know of its cell; None for one without a table."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def __call__(self, figure: Figure) -> dict[str, Any] | None:
        if not figure.table:
            return None
        return {
            "table": figure.table,
            "row": figure.row,
            "column": figure.column,
            "keys": list(KEYS[figure.table]),
            "unit": figure.unit,
            "derived": figure.derived,
            "where": [self._label("sheets", figure.table), self.row(figure), self._label("fields", figure.column)],
        }

    def row(self, figure: Figure) -> str:
        """What the row is about: names of cities, lists and dimensions in place of their codes."""
        if figure.table == FACTS:
            return self.fact(figure.row)
        keys = KEYS[figure.table]
        parts = dict(zip(keys, figure.row.split("|", len(keys) - 1), strict=True))
        if figure.table == "groups":
            return SEPARATOR.join([self.book.group(parts["key"], parts["by"]), self.book.node(parts["node"])])
        return SEPARATOR.join(self._namers.get(key, str)(part) for key, part in parts.items())

    def fact(self, key: str) -> str:
        """What a row of the table of facts tells: the words for its first part, with names of the rest."""
        kind, _, rest = key.partition(".")
        return SEPARATOR.join([self._label("facts", kind), *([self._named(rest)] if rest else [])])

    def _named(self, rest: str) -> str:
        """The part of a fact's key that names cities, lists and dimensions; others as they stand."""
        return SEPARATOR.join(map(self._part, [rest] if rest in self._nodes else rest.split(".")))

    def _part(self, part: str) -> str:
        if part in self.book.analysis.material.registry.cities.index:
            return self.book.city(part)
        if part in self._nodes:
            return self.book.node(part)
        return self.book.base(part) if self.book.is_base(part) else self._label("facts", part)

    @cached_property
    def _nodes(self) -> set[str]:
        return set(self.book.analysis.material.method.nodes)

    @cached_property
    def _namers(self) -> dict[str, Callable[[str], str]]:
        years = {each.id: each.year for each in self.book.analysis.material.chain}
        return {
            "city_id": self.book.city,
            "node": self.book.node,
            "list": self.book.base,
            "edition": lambda name: years.get(name, name),
        }

    def _label(self, group: str, name: str) -> str:
        """The label under that name; the name itself where there is none."""
        key = f"{group}.{name}"
        return self.book.label(key) if self.book.has(key) else name
