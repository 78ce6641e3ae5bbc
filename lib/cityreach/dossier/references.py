"""Where a figure stands, for readers: which table, row and column of the dossier's data, in words of their language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cityreach import references
from cityreach.dossier import files
from cityreach.dossier.facts import FACTS
from cityreach.findings import Figure
from cityreach.references import SEPARATOR

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


class References(references.References):
    """The names that a dossier has for its tables' rows and columns."""

    keys = KEYS

    def __init__(self, book: Book) -> None:
        self.book = book

    def label(self, group: str, name: str) -> str:
        return self.book.word(group, name)

    def table(self, figure: Figure) -> str:
        return self.book.label(f"sheets.{figure.table}")

    def row(self, figure: Figure) -> str:
        return SEPARATOR.join(self._part(key, part) for key, part in self.parts(figure).items())

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
        return told[kind]() if dot and kind in told else self.label("facts", key)

    def _edition(self, name: str) -> str:
        known = {each.id: each for each in self.book.city.shared.last.chain}
        return known[name].label[self.book.lang] if name in known else name
