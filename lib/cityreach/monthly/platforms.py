"""One chapter a platform: its first ten, its best posts, what worked there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cityreach import charts
from cityreach.blocks import Block, Cell, Text
from cityreach.findings import Finding
from cityreach.monthly.book import TOP, Book
from cityreach.monthly.overview import ranking_chart
from cityreach.monthly.posts import case_block
from cityreach.prose import numbers


@dataclass(frozen=True)
class PlatformChapter:
    """Everything in it is None where the edition does not measure the platform."""

    book: Book
    platform: str

    @property
    def _measured(self) -> bool:
        return self.platform in self.book.analysis.edition.platforms

    def heading(self) -> Block | None:
        """The platform's leader as headline; the platform's name alone in an edition without order."""
        if not self._measured:
            return None
        book = self.book
        if not book.ordered:
            return book.section(
                self.platform, book.label("headline.platform.unordered", name=book.platform(self.platform))
            )
        moved = book.find("moved", self._leader.subject, node=self.platform) if self._leader else None
        title = book.tell("headline.platform.ordered", maybe={"moved": moved}, leader=self._leader, name=self._name)
        return book.section(self.platform, title)

    @property
    def _name(self) -> str:
        return self.book.platform(self.platform)

    @property
    def _leader(self) -> Finding | None:
        return self.book.leader(self.platform)

    def text(self) -> Block | None:
        """The platform in a sentence, its first ten, its leader and movements, whether it counts in the composite."""
        if not self._measured:
            return None
        book = self.book
        primer: Text = [book.analysis.registry.platform(self.platform).primer[book.lang]]
        outside: Text = (
            [] if book.analysis.method.counts(self.platform) else [book.label("platforms.outside", name=self._name)]
        )
        return book.prose([primer, outside], self._ranking() if book.ordered else self._listed())

    def _ranking(self) -> list[Text]:
        book, node = self.book, {"node": self.platform}
        lead = {"lead": book.find("lead", **node), "moved": None}
        return [
            book.tell("overview.top", top=book.find("top", self.platform), name=self._name),
            book.tell("overview.leader", maybe=lead, place=self._leader),
            book.tell("overview.riser", moves=book.all("move.top_up", **node)[:2]),
            book.tell("overview.faller", moves=book.all("move.top_down", **node)[:2]),
        ]

    def _listed(self) -> list[Text]:
        return [self.book.tell("platforms.listed", listed=self.book.listed(self.platform), name=self._name)]

    def top_chart(self) -> Any:
        """The platform's first ten as bars."""
        if not self._measured or len(self.book.analysis.edition.platforms) == 1:
            return None
        headline = self.book.tell("charts.top.headline", lead=self.book.find("lead", node=self.platform))
        return ranking_chart(self.book, self.platform, headline=headline)

    def figures_table(self) -> Block | None:
        """What the leading cities published and what came of it."""
        if not self._measured:
            return None
        metrics = self.book.analysis.metrics
        mine = metrics[
            (metrics["edition"] == self.book.analysis.edition.id) & (metrics["platform"] == self.platform)
        ].set_index("city_id")
        names = ["posts", "interactions", "interactions_per_post", "peak", "followers", "views"]
        known = [name for name in names if mine[name].notna().any()]
        leaders = self.book.leaders(self.platform, TOP)
        rows: list[list[Cell]] = [[self.book.city(city), *self._row(mine, city, known)] for city in leaders]
        columns = [("city", "left"), *((name, "right") for name in known)]
        caption = self.book.label("tables.platform", name=self.book.platform(self.platform))
        return self.book.table(f"platform-{self.platform}", columns, rows, caption=caption)

    def _row(self, figures: pd.DataFrame, city_id: str, names: list[str]) -> list[str]:
        return [self._number(name, figures.at[city_id, name]) for name in names]

    def _number(self, name: str, value: Any) -> str:
        if pd.isna(value):
            return "–"
        return numbers.fixed(value, 1) if name.endswith("per_post") else numbers.fixed(value, 0)

    def case(self, place: int) -> Block | None:
        """The platform's case post number `place`; None where there is none."""
        cases = self.book.analysis.cases
        mine = cases[(cases["platform"] == self.platform) & (cases["place"] == place)]
        return case_block(self.book, mine.iloc[0]) if self._measured and len(mine) else None

    def works_text(self) -> Block | None:
        """Formats and themes that worked there."""
        if not self._measured:
            return None
        book, here = self.book, {"platform": self.platform}
        works = sorted(book.all("format.works", **here), key=lambda each: -each.figures["lift"].value)
        theme = book.find("theme.platform", **here)
        format_ = book.tell("platforms.format", works=works[0] if works else None)
        return book.prose([format_, book.tell("platforms.theme", theme=theme, name=self._name)])

    def formats_chart(self) -> Any:
        """Formats against the same accounts' other posts."""
        formats = self.book.analysis.formats
        mine = formats[(formats["platform"] == self.platform) & formats["lift"].notna()]
        if not self._measured or len(mine) < 2:
            return None
        mine = mine.sort_values("lift", ascending=False, kind="stable")
        frame = pd.DataFrame(
            {
                "label": [self.book.label(f"formats.{value}") for value in mine["value"]],
                "value": mine["lift"].astype(float).to_numpy(),
                "low": mine["low"].astype(float).to_numpy(),
                "high": mine["high"].astype(float).to_numpy(),
                "text": [self.book.label("charts.formats.value", times=numbers.fixed(x, 2)) for x in mine["lift"]],
                "focus": [bool(firm) and lift > 1 for firm, lift in zip(mine["firm"], mine["lift"], strict=True)],
            }
        )
        works = sorted(
            self.book.all("format.works", platform=self.platform), key=lambda each: -each.figures["lift"].value
        )
        headline = self.book.tell("charts.formats.headline", works=works[0] if works else None)
        name = self.book.platform(self.platform)
        chart = charts.lift_dots(frame, unit=self.book.label("charts.formats.unit"))
        return self.book.figure(chart, f"formats-{self.platform}", words="formats", headline=headline, name=name)
