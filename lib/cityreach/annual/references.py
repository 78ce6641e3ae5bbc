"""Where a figure of an annual report stands, for readers: table, row and column of the published data in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from cityreach import references
from cityreach.findings import FACTS, Figure
from cityreach.references import SEPARATOR

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


class References(references.References):
    """The names that an annual report has for its tables' rows and columns."""

    keys = KEYS

    def __init__(self, book: Book) -> None:
        self.book = book

    def row(self, figure: Figure) -> str:
        if figure.table == FACTS:
            return self.fact(figure.row)
        parts = self.parts(figure)
        if figure.table == "groups":
            return SEPARATOR.join([self.book.group(parts["key"], parts["by"]), self.book.node(parts["node"])])
        return SEPARATOR.join(self._namers.get(key, str)(part) for key, part in parts.items())

    def fact(self, key: str) -> str:
        """What a row of the table of facts tells: the words for its first part, with names of the rest."""
        kind, _, rest = key.partition(".")
        return SEPARATOR.join([self.label("facts", kind), *([self._named(rest)] if rest else [])])

    def _named(self, rest: str) -> str:
        """The part of a fact's key that names cities, lists and dimensions; others as they stand."""
        return SEPARATOR.join(map(self._part, [rest] if rest in self._nodes else rest.split(".")))

    def _part(self, part: str) -> str:
        if part in self.book.analysis.material.registry.cities.index:
            return self.book.city(part)
        if part in self._nodes:
            return self.book.node(part)
        return self.book.base(part) if self.book.is_base(part) else self.label("facts", part)

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

    def label(self, group: str, name: str) -> str:
        key = f"{group}.{name}"
        return self.book.label(key) if self.book.has(key) else name
