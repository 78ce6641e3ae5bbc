"""Cover and summary: what the report is, and the five things to remember."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cityreach.blocks import Block, Text
from cityreach.monthly.book import Book
from cityreach.monthly.cities import labels_in_order
from cityreach.prose import numbers

TILES = ("cities", "accounts", "posts", "interactions", "views", "followers")
SUMMARY_LENGTH = 5
MONTH = 31  # days


@dataclass(frozen=True)
class Front:
    book: Book

    def cover(self) -> Block:
        """Title, edition, facts and tiles."""
        book, edition = self.book, self.book.analysis.edition
        return Block(
            "cover",
            {
                "lang": book.lang,
                "title": edition.title[book.lang],
                "label": edition.label[book.lang],
                "kicker": book.label(f"cover.kicker.{'month' if edition.window.days <= MONTH else 'other'}"),
                "band": book.label("cover.band") if edition.simulated else None,
                "notice": book.tell("cover.notice", found=book.find("despite")),
                "facts": self._facts(),
                "tiles": self._tiles(),
                "publisher": [line[book.lang] for line in edition.publisher],
                "description": book.label("cover.description", label=edition.label[book.lang]),
            },
        )

    def _facts(self) -> list[list[str]]:
        book, edition = self.book, self.book.analysis.edition
        window = numbers.span(edition.window.first, edition.window.last, book.lang)
        scored = book.analysis.scored
        outside = [each for each in scored if not book.analysis.method.counts(each)]
        unscored = [each for each in edition.platforms if each not in scored]
        platforms = book.writer.join(book.platform(each) for each in edition.platforms)
        note = book.label("cover.outside", names=book.writer.join(map(book.platform, outside))) if outside else ""
        note += book.label("cover.unscored", names=book.writer.join(map(book.platform, unscored))) if unscored else ""
        panel = book.label("cover.panel_size", cities=len(book.analysis.registry.panel(edition.panel)))
        values = {
            "window": window,
            "panel": panel,
            "platforms": platforms + note,
            "counting": numbers.full_day(edition.counting_date, book.lang),
            "method": book.label("cover.method_text", method=edition.method),
        }
        return [[book.label(f"cover.{name}"), value] for name, value in values.items()]

    def _tiles(self) -> list[dict[str, Any]]:
        totals = self.book.analysis.totals.set_index("key")
        values: dict[str, Any] = {name: totals.at[name, "value"] for name in TILES}
        known = [name for name in TILES if pd.notna(values[name])]
        return [self._tile(name, values[name], totals.at[name, "change"]) for name in known]

    def _tile(self, name: str, number: float, change: Any) -> dict[str, Any]:
        shown = self.book.writer.count(number)
        digits = shown.rstrip("万亿")
        value, _, unit = digits.partition(" ") if self.book.lang == "en" else (digits, "", shown[len(digits) :])
        unit = {"million": "m", "billion": "bn"}.get(unit, unit)
        return {
            "value": value,
            "unit": unit,
            "label": self.book.label(f"tiles.{name}"),
            "change": self._change(name, change),
        }

    @property
    def _like_before(self) -> bool:
        """Whether sums may be compared: the same cities and the same platforms as in the edition before."""
        now, before = self.book.analysis.edition, self.book.analysis.before
        return before is not None and (now.panel, set(now.platforms)) == (before.panel, set(before.platforms))

    def _change(self, name: str, change: float | None) -> dict[str, str] | None:
        """The change against the edition before; none for the panel's size and where nothing comparable stands."""
        if name == "cities" or change is None or pd.isna(change) or not (self.book.ordered and self._like_before):
            return None
        size = numbers.percent(abs(change), 1)
        if size == "0.0%":
            return {"text": "—", "tone": "muted"}
        return {"text": f"▲{size}", "tone": "up"} if change > 0 else {"text": f"▼{size}", "tone": "down"}

    def summary_heading(self) -> Block:
        return self.book.section("summary", self.book.label("chapters.summary"))

    def summary(self) -> Block:
        """At most five findings, each one sentence."""
        items = [text for text in (self._ordered() if self.book.ordered else self._unordered()) if text]
        return Block("findings", {"items": items[:SUMMARY_LENGTH]})

    def _ordered(self) -> list[Text]:
        book, tell = self.book, self.book.tell
        mover = book.find("move.top_up", node="composite") or book.find("move.top_down", node="composite")
        why = (
            {level: book.all("why", city=mover.subject, level=level)[:1] for level in (0, 1)}
            if mover
            else {0: [], 1: []}
        )
        squads = sorted(book.all("squad"), key=lambda each: (-each.figures["n"].value, each.subject))[:2]
        return [
            tell("summary.top", top=book.find("top", "composite"), name=book.main),
            tell("summary.mover", maybe={"total": next(iter(why[0]), None)}, mover=mover, parts=why[1]),
            tell("summary.leaders", leaders=book.find("leaders")),
            self._pull(),
            tell("summary.squads", squads=squads),
            self._total(),
            self._label(),
        ]

    def _unordered(self) -> list[Text]:
        listed = self.book.tell("summary.listed", listed=self.book.listed())
        share = self.book.tell("summary.share", shares=self.book.all("theme.share")[:3])
        labels = self.book.tell("summary.labels", labels=labels_in_order(self.book))
        return [listed, self._total(), share, self._pull(), labels]

    def _pull(self) -> Text:
        return self.book.tell("summary.pull", pull=self.book.find("theme.pull"))

    def _label(self) -> Text:
        return self.book.tell("summary.label", label=self.book.find("label.city"))

    def _total(self) -> Text:
        totals: dict[str, Any] = {key: self.book.find("total", key) for key in ("accounts", "posts", "interactions")}
        return self.book.tell("summary.total", **totals)
