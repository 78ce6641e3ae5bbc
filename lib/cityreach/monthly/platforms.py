"""One chapter a platform: its first ten, its best posts, what worked there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cityreach import charts
from cityreach.blocks import Block
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
        if not self._measured:
            return None
        return self.book.section(self.platform, self.book.say("headline.platform", self.platform))

    def text(self) -> Block | None:
        """The platform in a sentence, its first ten, its leader and movements, whether it counts in the composite."""
        if not self._measured:
            return None
        book, say = self.book, self.book.say
        primer = [book.analysis.registry.platform(self.platform).primer[book.lang]]
        counts = book.analysis.method.counts(self.platform)
        outside = [] if counts else [book.label("platforms.outside", name=book.platform(self.platform))]
        return book.prose(
            [primer, outside],
            [say("top", self.platform), say("platform_lead", self.platform), say("platform_riser", self.platform)],
        )

    def top_chart(self) -> Any:
        """The platform's first ten as bars."""
        if not self._measured or len(self.book.analysis.edition.platforms) == 1:
            return None
        headline = self.book.say("platform_lead", self.platform, key="charts.platform_top.headline")
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
        rows = [
            [self.book.city(city), *self._row(mine.loc[city], known)] for city in self.book.leaders(self.platform, TOP)
        ]
        columns = [("city", "left"), *((name, "right") for name in known)]
        caption = self.book.label("tables.platform", name=self.book.platform(self.platform))
        return self.book.table(f"platform-{self.platform}", columns, rows, caption=caption)

    def _row(self, row: pd.Series, names: list[str]) -> list[str]:
        return [self._number(name, row[name]) for name in names]

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
        """Formats and themes that worked, and the lesson."""
        if not self._measured:
            return None
        say = self.book.say
        return self.book.prose(
            [
                say("format_works", self.platform),
                say("platform_theme", self.platform),
                say("lesson", self.platform),
            ]
        )

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
        headline = self.book.say("format_works", self.platform, key="charts.formats.headline")
        name = self.book.platform(self.platform)
        chart = charts.lift_dots(frame, reference=1)
        return self.book.figure(chart, f"formats-{self.platform}", words="formats", headline=headline, name=name)
