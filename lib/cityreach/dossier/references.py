"""Where a figure stands, for readers: which table, row and column of the dossier's data, in words of their language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cityreach.dossier import files
from cityreach.dossier.facts import FACTS
from cityreach.findings import Figure

if TYPE_CHECKING:
    from cityreach.dossier.book import Book

# The columns that make a row's key, as figures name it.
KEYS: dict[str, tuple[str, ...]] = {
    FACTS: ("key",), "accounts": ("account_id",), "development": ("edition",), "places": ("edition", "node"),
    "indices": ("index_id", "edition", "scope"), "heads": ("node",), "dimensions": ("node",),
    "neighbours": ("city_id",), "ahead": ("city_id",), "behind": ("city_id",), "gap": ("other_id", "node"),
    "themes": ("theme",), "posts": ("platform", "post_id"),
    **{name: ("row",) for name in files.FILES if name != "indices"},
}  # fmt: skip
SEPARATOR = " · "


class References:
    """Tells of a figure what `blocks.figure_run` wants to know of its cell."""

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
            "where": [self.book.label(f"sheets.{figure.table}"), self._row(figure), self.word("fields", figure.column)],
        }

    def word(self, kind: str, name: str) -> str:
        """The word under that name; the name itself where there is none."""
        return self.book.word(kind, name)

    def _row(self, figure: Figure) -> str:
        """What the row is about, with names in place of codes."""
        keys = KEYS[figure.table]
        parts = figure.row.split("|", len(keys) - 1)
        return SEPARATOR.join(self._part(key, part) for key, part in zip(keys, parts, strict=True))

    def _part(self, key: str, part: str) -> str:
        book = self.book
        namers: dict[str, Any] = {
            "city_id": book.names.city, "other_id": book.names.city, "node": book.names.node,
            "theme": book.names.theme, "index_id": book.index, "scope": book.scope, "platform": book.names.platform,
            "account_id": book.account, "key": self._fact, "edition": self._edition,
        }  # fmt: skip
        return str(namers[key](part)) if key in namers else part

    def _fact(self, key: str) -> str:
        kind, dot, value = key.partition(".")
        told = {"language": lambda: self.book.word("language", value), "task": lambda: self.book.task(value)}
        return told[kind]() if dot and kind in told else self.word("facts", key)

    def _edition(self, name: str) -> str:
        known = {each.id: each for each in self.book.city.shared.last.chain}
        return known[name].label[self.book.lang] if name in known else name
