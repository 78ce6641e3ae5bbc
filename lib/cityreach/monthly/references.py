"""Where a figure stands, for readers: which table, row and column of the published data, in words of their language."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cityreach import references
from cityreach.findings import FACTS, Figure
from cityreach.monthly.analysis import ROOT
from cityreach.prose import numbers
from cityreach.references import SEPARATOR

if TYPE_CHECKING:
    from cityreach.monthly.book import Book

# The columns that make a row's key, of every table that figures may stand in. A row such as "x|320100" is divided at
# its first bars into as many parts.
KEYS: dict[str, tuple[str, ...]] = {
    "ranking": ("city_id",),
    "scores": ("node", "city_id"),
    "excluded": ("platform", "post_id"),
    "metrics": ("city_id", "platform"),
    "movements": ("node", "city_id"),
    "contributions": ("city_id", "node"),
    "gaps": ("node", "kind"),
    "streaks": ("node", "city_id"),
    "shapes": ("city_id",),
    "intervals": ("city_id",),
    "neighbours": ("city_id",),
    "drivers": ("city_id", "theme"),
    "staying": ("city_id",),
    "regions": ("by", "key"),
    "provinces": ("province",),
    "totals": ("key",),
    "case_posts": ("platform", "post_id"),
    "themes": ("platform", "theme"),
    "labels": ("city_id", "theme"),
    "formats": ("platform", "value"),
    "languages": ("platform", "value"),
    "coverage": ("platform",),
    "concentration": ("measure",),
    "context": ("key",),
    "changes": ("node", "city_id"),
    "year_on_year": ("node", "city_id"),
    "common_totals": ("against", "key"),
    "runs": ("node", "city_id"),
    "convergence": ("measure",),
    "presence": ("kind", "platform", "city_id"),
    "times": ("platform", "zone", "value"),
    "tags": ("platform", "value"),
    FACTS: ("key",),
}


class References(references.References):
    """The names that the monthly report has for its tables' rows and columns."""

    keys = KEYS

    def __init__(self, book: Book) -> None:
        self.book = book

    def row(self, figure: Figure) -> str:
        if figure.table in self._whole:
            return self._whole[figure.table](figure.row)
        return SEPARATOR.join(self._part(key, part) for key, part in self.parts(figure).items())

    def column(self, figure: Figure) -> str:
        """The column's name; in the ranking it names the node whose score or place it holds."""
        node, _, value = figure.column.rpartition("_")
        if figure.table == "ranking" and node:
            name, told = self.book.platform(node), self.label("fields", value)
            return f"{name}{told}" if self.book.lang == "zh" else f"{told}, {name}"
        return super().column(figure)

    def fact(self, key: str) -> str:
        """What a row of the table of facts tells; the node behind its last dot, if any, goes in front."""
        if self.book.writer.has(f"facts.{key}"):
            return self.book.label(f"facts.{key}")
        kind, _, node = key.rpartition(".")
        told = self.label("facts", kind or key.rstrip("0123456789"))
        return SEPARATOR.join([self.book.platform(node), told]) if node in self._nodes else told

    @cached_property
    def _nodes(self) -> set[str]:
        return {ROOT, *self.book.analysis.scored}

    @cached_property
    def _whole(self) -> dict[str, Callable[[str], str]]:
        return {FACTS: self.fact, "regions": self._region, "case_posts": self._post, "tags": self._tag}

    @cached_property
    def _namers(self) -> dict[str, Callable[[str], str]]:
        book = self.book
        return {
            "city_id": book.city,
            "node": book.node,
            "platform": lambda name: book.label("fields.all") if name == "all" else book.platform(name),
            "theme": book.theme,
            "province": book.province,
            "value": lambda name: self.label("formats", name),
            "key": lambda name: _capital(self.label("tiles", name)),
            "measure": lambda name: self.label("fields", name),
        }

    def _part(self, key: str, part: str) -> str:
        return self._namers[key](part) if key in self._namers else self.label("fields", part)

    def _region(self, row: str) -> str:
        by, _, key = row.partition("|")
        if by == "province_zh":
            return self.book.province(key)
        terms = self.book.analysis.registry.terms
        known: dict[str, dict[str, Any]] = {"region": terms.region, "tier": terms.tier}
        return str(known[by][key][self.book.lang]) if by in known else key

    def _tag(self, row: str) -> str:
        platform, _, tag = row.partition("|")
        return SEPARATOR.join([self.book.platform(platform), f"#{tag}"])

    def _post(self, row: str) -> str:
        """A case post by city, platform and day; its id means nothing to a reader."""
        platform = self.book.platform(row.partition("|")[0])
        if row not in self._posts:
            return platform
        city, day = self._posts[row]
        return SEPARATOR.join([self.book.city(city), platform, numbers.day(day.date(), self.book.lang)])

    @cached_property
    def _posts(self) -> dict[str, tuple[str, Any]]:
        """City and day of every case post by its row's key."""
        cases = self.book.analysis.cases
        rows = zip(cases["platform"], cases["post_id"], cases["city_id"], cases["day"], strict=True)
        return {f"{platform}|{post}": (city, day) for platform, post, city, day in rows}

    def label(self, group: str, name: str) -> str:
        key = f"{group}.{name}"
        return self.book.label(key) if self.book.writer.has(key) else name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
