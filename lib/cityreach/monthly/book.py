"""What the chapters of the monthly report share: analysis, language, section numbers, and how to say things."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cityreach import blocks, charts
from cityreach.blocks import Block, Text
from cityreach.findings import Finding
from cityreach.insight import advice, report
from cityreach.monthly.analysis import ROOT, Analysis
from cityreach.prose import Writer, numbers

TOP = 10
Cell = str | dict[str, str]


@dataclass(frozen=True)
class Book:
    """One edition in one language."""

    analysis: Analysis
    lang: str

    @cached_property
    def writer(self) -> Writer:
        return Writer(self.lang, "monthly")

    @property
    def ordered(self) -> bool:
        return self.analysis.edition.mode == "ordered"

    @cached_property
    def chapters(self) -> dict[str, str]:
        """Chapters that this edition has data for, with their numbers."""
        edition = self.analysis.edition
        order = ["overview", *edition.platforms, "themes", "cities", "regions"]
        order += (["offline"] if edition.context else []) + ["outlook"]
        if len(edition.platforms) == 1:
            order.remove("regions")
        return {key: f"{number:02d}" for number, key in enumerate(order, start=1)}

    # names

    def city(self, city_id: str) -> str:
        return self.analysis.registry.city_name(city_id, self.lang)

    def platform(self, platform: str) -> str:
        return (
            self.label("composite") if platform == ROOT else self.analysis.registry.platform(platform).name[self.lang]
        )

    def theme(self, theme: str) -> str:
        return self.analysis.registry.terms.themes[theme].name[self.lang]

    def label(self, key: str, **words: Any) -> str:
        return self.writer.label(key, **words)

    # findings

    @cached_property
    def findings(self) -> list[Finding]:
        """Every finding that this edition may publish: none that implies an order where the edition has none."""
        found = report.collect(self.analysis, lang=self.lang)
        kept = found if self.ordered else [each for each in found if each.kind not in report.ORDER_KINDS]
        return [*kept, *advice.advise(kept, rules=self.analysis.rules)]

    def find(self, kind: str, subject: str | None = None) -> Finding | None:
        """The first finding of that kind (and subject), or None."""
        fitting = (each for each in self.findings if each.kind == kind and subject in (None, each.subject))
        return next(fitting, None)

    def say(self, kind: str, subject: str | None = None, *, key: str = "") -> Text:
        """The sentence of such a finding; empty where there is none."""
        finding = self.find(kind, subject)
        return self.writer.text(finding, key) if finding else []

    # blocks

    def section(self, key: str, title: Text | str, *, level: int = 1) -> Block:
        """A chapter's heading: its topic as kicker, its finding as title."""
        number = self.chapters.get(key, "")
        topic = self.platform(key) if key in self.analysis.registry.platforms else self.label(f"chapters.{key}")
        words = [title] if isinstance(title, str) else title
        content = {"anchor": key, "number": number, "kicker": topic, "title": words or [topic], "level": level}
        return Block("section", content)

    def prose(self, *paragraphs: Sequence[Text]) -> Block | None:
        """Paragraphs of sentences; None where nothing is to be said."""
        texts = [self.writer.paragraph(*sentences) for sentences in paragraphs]
        kept = [text for text in texts if text]
        return Block("prose", {"paragraphs": kept}) if kept else None

    def table(
        self, key: str, columns: Sequence[tuple[str, str]], rows: list[list[Cell]], **options: Any
    ) -> Block | None:
        """A table; `columns` are (label key, alignment); None without rows."""
        if not rows:
            return None
        content = {
            "anchor": f"table-{key}",
            "caption": self.label(f"tables.{key}"),
            "columns": [{"label": self.label(f"columns.{name}"), "align": align} for name, align in columns],
            "rows": rows,
            "source": self.source,
            "key": key,
        }
        return Block("table", {"subtitle": "", "note": "", "searchable": False, "long": False, **content, **options})

    def figure(self, chart: Any, key: str, *, headline: Text | str, words: str = "", **given: Any) -> Any:
        """The finished chart: its headline (a finding), subtitle, source and text for those who do not see it.

        `key` names the figure in the page, `words` its texts in the template where they differ.
        """
        title = blocks.plain(headline) or self.label(f"charts.{words or key}.title", **given)
        subtitle = self.label(f"charts.{words or key}.subtitle", **given)
        return charts.finish(
            chart, headline=title, subtitle=subtitle, source=self.source, alt=f"{title} {subtitle}", key=key
        )

    @cached_property
    def source(self) -> str:
        """The source line under every figure and table of this edition's data."""
        edition = self.analysis.edition
        kind = "simulated" if edition.simulated else "exports"
        return self.label(f"source.{kind}", day=numbers.full_day(edition.counting_date, self.lang))

    # order

    def listing(self, city_ids: Iterable[str], *, salt: str) -> list[str]:
        """The cities as given in an ordered edition; in any other one shuffled, the same way every time."""
        cities = list(city_ids)
        return (
            cities if self.ordered else sorted(cities, key=lambda city: _shuffle(self.analysis.edition.id, salt, city))
        )

    def leaders(self, node: str = ROOT, count: int = TOP) -> list[str]:
        """The first cities of a ranking, in the order that the edition may show."""
        now = self.analysis.now
        ranked = now[(now["node"] == node) & (now["rank"] <= count)].sort_values(["rank", "city_id"])
        return self.listing(ranked["city_id"], salt=node)

    def movement(self, city_id: str, moves: pd.DataFrame, *, entries: bool = False) -> Cell:
        """A city's movement as a table cell or chart label: ▲1, ▼3, —, 新进, 重返; empty where none may be shown."""
        row = moves[moves["city_id"] == city_id]
        if row.empty or pd.isna(row["change"].iloc[0]):
            return ""
        if entries:
            kind = self.analysis.movers.loc[self.analysis.movers["city_id"] == city_id, "kind"]
            for entry in ("entry", "return"):
                if entry in set(kind):
                    return {"text": self.label(f"movement.{entry}"), "tone": "new"}
        return places(int(row["change"].iloc[0]))


def places(change: int) -> Cell:
    """Places gained (▲) or lost (▼)."""
    if change == 0:
        return {"text": "—", "tone": "muted"}
    return {"text": f"▲{change}", "tone": "up"} if change > 0 else {"text": f"▼{-change}", "tone": "down"}


def tone(cell: Cell) -> str:
    return cell.get("tone", "") if isinstance(cell, dict) else ""


def text(cell: Cell) -> str:
    return cell["text"] if isinstance(cell, dict) else cell


def _shuffle(*words: str) -> str:
    return hashlib.sha256("|".join(words).encode()).hexdigest()
