"""How a dossier says things: names, sentences from findings, tables and charts with their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cityreach import blocks, charts
from cityreach.blocks import Block, Cell, Text
from cityreach.dossier import facts, told
from cityreach.dossier.city import City
from cityreach.dossier.references import References
from cityreach.findings import Finding
from cityreach.monthly.book import Book as Names
from cityreach.prose import Writer, numbers

# Findings that a sentence may speak of by name; where one is absent, the name stands for nothing.
ALONE = ("edition", "totals", "series", "place", "course", "peers", "gap", "lead", "indicator", "label", "indices")
LATE = frozenset({"about", "contest", "award", "base", "source", "index", "name", "work", "who"})
WIDEST = 16.0  # ems of a column's text in print, from which its lines break
NAMES = frozenset({"city", "node"})
NEVER = NAMES | {"language", "task", "origin", "edition", "platform", "days", "kind"}


@dataclass(frozen=True)
class Book:
    """One city's dossier in one language."""

    city: City
    lang: str

    @cached_property
    def names(self) -> Names:
        """The monthly report's names of cities, platforms, nodes and themes."""
        return Names(self.city.shared.standing, self.lang)

    @property
    def name(self) -> str:
        return self.names.city(self.city.city_id)

    @cached_property
    def findings(self) -> dict[str, Finding]:
        found = facts.of(self.city, self.lang)
        return found | {each.id: each for each in told.of(self.city.records, self.lang)}

    def all(self, kind: str) -> list[Finding]:
        return facts.kinds(self.findings, kind)

    @cached_property
    def writer(self) -> Writer:
        names, lang = self.names, self.lang
        filters: dict[str, Callable[..., str]] = {
            "city": names.city,
            "platform": names.platform,
            "platforms": lambda ids: numbers.listed(map(names.platform, ids), lang),
            "node": names.node,
            "leaf": names.node,
            "theme": names.theme,
            "index": self.index,
            "scope": self.scope,
            "language": lambda code: self.word("language", code),
            "task": self.task,
            "accounts": lambda ids: numbers.listed(map(self.account, ids), lang),
            "peers": self.peers,
            **{
                kind: lambda value, kind=kind: self.word(kind, str(value))
                for kind in ("bound", "key", "measure", "contact_verb")
            },
        }
        return Writer(lang, "dossier", names=filters, refer=References(self))

    # names

    def word(self, kind: str, value: str) -> str:
        """The word for a code; the code itself where the template has none."""
        key = f"{kind}.{value}"
        return self.label(key) if self.writer.has(key) else value

    def task(self, operator: str) -> str:
        """What an account is for, by who runs it."""
        return self.word("task", re.sub(r"[^a-z0-9]+", "_", operator.lower()).strip("_")) if operator else "–"

    def account(self, account_id: str) -> str:
        row = self.city.shared.registry.accounts.loc[account_id]
        return str(row["display_name"] or row["handle"])

    def index(self, index_id: str) -> str:
        return self.city.shared.record.known.index(index_id).short[self.lang]

    def scope(self, scope: str) -> str:
        return self.city.shared.record.known.scopes[scope][self.lang]

    def peers(self, by: str) -> str:
        """The city's peers in words: 超大城市."""
        many = {"size": self.plural("size_group"), "tier": self.plural("tier")}
        return self.label(f"word.peers_{by}", **many)

    def plural(self, column: str) -> str:
        """The word for a code where it means several cities: super cities; the same word in Chinese."""
        word = self.term(column)
        if self.lang == "zh":
            return word
        head, bracket, rest = word.partition(" (")
        head = f"{head[:-1]}ies" if head.endswith("y") else f"{head}s"
        return (head[0].lower() + head[1:]) + bracket + rest

    def term(self, column: str) -> str:
        """The word for one of the city's codes in the registry."""
        words: dict[str, Any] = getattr(self.city.shared.registry.terms, column)
        return str(words[self.city.row[column]][self.lang])

    # sentences

    def label(self, key: str, **words: Any) -> str:
        return self.writer.label(key, **words)

    def tell(self, key: str, **given: Any) -> Text:
        """A sentence; its template knows the findings of ALONE by name, the usual lists, and what is given."""
        return self.writer.tell(key, **(self._known | given))

    def plain(self, key: str, **given: Any) -> str:
        return blocks.plain(self.tell(key, **given))

    @cached_property
    def _known(self) -> dict[str, Any]:
        return {
            **{name: self.findings.get(name) for name in ALONE},
            "name": self.name,
            "placed": self.city.placed,
            "strong": self.all("side.strong"),
            "weak": self.all("side.weak"),
            "more": self.all("part.more"),
            "less": self.all("part.less"),
            "themes": self.all("theme"),
            "posts": self.all("post"),
            "newest": self.all("index"),
            "contacts": self.all("contact"),
            "awards": self.all("award"),
        }

    # blocks

    def prose(self, *paragraphs: Sequence[Text]) -> Block | None:
        texts = [self.writer.paragraph(*sentences) for sentences in paragraphs]
        kept = [text for text in texts if text]
        return Block("prose", {"paragraphs": kept}) if kept else None

    def table(
        self, name: str, columns: Iterable[tuple[str, str]], rows: list[list[Cell]], *, source: Text | str = ""
    ) -> Block | None:
        """The table whose words stand under `table.<name>`; None without rows.

        columns: key of the column's word (or the word itself, where the template has none) and alignment.
        """
        if not rows:
            return None
        content = {
            "anchor": f"table-{name}", "key": name, "rows": rows, "searchable": False, "long": False,
            "caption": self.tell(f"table.{name}.caption"),
            "subtitle": self._optional(f"table.{name}.subtitle"),
            "note": self._optional(f"table.{name}.note"),
            "columns": [self._column(name, each, [row[at] for row in rows]) for at, each in enumerate(columns)],
            "source": source or self.source,
        }  # fmt: skip
        return Block("table", content)

    def _column(self, table: str, column: tuple[str, str], cells: Iterable[Cell]) -> dict[str, Any]:
        key, align = column
        found = self.writer.has(f"table.{table}.columns.{key}")
        label = self.label(f"table.{table}.columns.{key}") if found else key
        return {"label": label, "align": align, "wrap": self._wrap(key), "width": _width([label, *cells])}

    def _wrap(self, key: str) -> str:
        """How a column's cells break: Chinese would break short words anywhere, English breaks at blanks."""
        if key in LATE:
            return "late"
        return "never" if key in (NEVER if self.lang == "zh" else NAMES) else ""

    def _optional(self, key: str) -> Text:
        return self.tell(key) if self.writer.has(key) else []

    def figure(self, chart: Any, key: str, **given: Any) -> Any:
        """The finished chart, with the words under `chart.<key>`."""
        headline, subtitle = (self.tell(f"chart.{key}.{part}", **given) for part in ("headline", "subtitle"))
        alt = f"{self.name} {blocks.plain(headline)} {blocks.plain(subtitle)}"
        return charts.finish(
            chart, headline=headline or subtitle, subtitle=subtitle if headline else "", source=self.source, alt=alt,
            key=key,
        )  # fmt: skip

    @cached_property
    def source(self) -> Text:
        """The source line under what is made of exports."""
        return self.tell(f"word.source_{'simulated' if self.city.shared.period.simulated else 'exports'}")

    def origin(self, value: str) -> Cell:
        """Real or simulated, as a cell."""
        return {"text": self.label(f"origin.{value}"), "tone": "" if value == "real" else "muted"}


def _width(cells: Iterable[Cell]) -> float:
    """The share of a print's line that a column takes, by its longest text; a long one does with less."""
    texts = [cell if isinstance(cell, str) else cell["text"] for cell in cells]
    longest = max(sum(1.0 if ord(character) > 0x2E7F else 0.6 for character in text) for text in texts)
    return round(min(longest, WIDEST) + 2.2, 2)


def count(value: Any) -> str:
    """A count in full, or a dash."""
    return "–" if value is None or value != value else numbers.fixed(value, 0)
