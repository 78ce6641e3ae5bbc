"""Themes and strategy: what posts were about, which themes drew more than their share, what drove the movements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cityreach import charts
from cityreach.blocks import Block, Text
from cityreach.findings import Finding
from cityreach.monthly.book import Book
from cityreach.monthly.places import editable
from cityreach.prose import numbers

SHOWN = 10


@dataclass(frozen=True)
class Themes:
    book: Book

    def heading(self) -> Block:
        return self.book.section("themes", self.book.tell("headline.themes", pull=self.book.find("theme.pull")))

    @editable("themes")
    def text(self) -> Block | None:
        """What is posted most, what draws most, which themes grew in the cities that moved; or why none of it."""
        book = self.book
        if book.analysis.posted.empty:
            return book.prose([[book.label("themes.none")]])
        share = book.tell("themes.share", shares=book.all("theme.share")[:3])
        pull = book.tell("themes.pull", pull=book.find("theme.pull"))
        drivers = book.tell("themes.drivers", drivers=self._drivers()) if book.ordered else []
        even: list[Text] = [[book.label(f"themes.even.{each.subject}")] for each in book.all("habit.none")]
        return book.prose([share, pull], [drivers, *self._by_platform()], [*even, [book.label("themes.ugc")]])

    def _drivers(self) -> list[Finding]:
        """The strongest driver of each city that moved, the largest change first, at most three."""
        found = sorted(self.book.all("driver"), key=lambda each: (-each.strength, each.id))
        firsts = {each.subject: each for each in reversed(found)}
        grew = [each for each in firsts.values() if each.figures["change"].value > 0]
        return sorted(grew, key=lambda each: (-each.strength, each.id))[:3]

    def _by_platform(self) -> list[Text]:
        platforms = self.book.analysis.edition.platforms
        found = [self.book.find("theme.platform", platform=each) for each in platforms] if len(platforms) > 1 else []
        return [self.book.tell("themes.platforms", themes=[each for each in found if each])]

    @property
    def _all(self) -> pd.DataFrame:
        table = self.book.analysis.theme_table
        mine = table[(table["platform"] == "all") & (table["theme"] != "other")]
        return mine.sort_values(["posts", "theme"], ascending=[False, True])

    def share_chart(self) -> Any:
        """Each theme's share of posts against its share of interactions."""
        mine = self._all.head(SHOWN)
        if mine.empty:
            return None
        frame = pd.DataFrame(
            {
                "label": [self.book.theme(theme) for theme in mine["theme"]],
                "a": mine["posts_share"].astype(float).to_numpy(),
                "b": mine["interactions_share"].astype(float).to_numpy(),
                "a_text": [numbers.percent(share, 1) for share in mine["posts_share"]],
                "b_text": [numbers.percent(share, 1) for share in mine["interactions_share"]],
            }
        )
        label = self.book.label
        chart = charts.dumbbell(frame, a_title=label("charts.themes.a"), b_title=label("charts.themes.b"))
        headline = self.book.tell("charts.themes.headline", share=self.book.find("theme.share"))
        return self.book.figure(chart, "themes", headline=headline)

    def table(self) -> Block | None:
        """Themes by posts, interactions and pull."""
        rows = [self._row(row) for _, row in self._all.iterrows()]
        columns = [("theme", "left"), ("posts", "right"), ("posts_share", "right"), ("interactions_share", "right")]
        columns += [("pull", "right"), ("cities", "right")]
        holds = self.book.holds(
            "themes", [f"all|{theme}" for theme in self._all["theme"]], ["", *(name for name, _ in columns[1:])]
        )
        return self.book.table("themes", columns, rows, note=self._note, holds=holds)

    @property
    def _note(self) -> str:
        return self.book.label("tables.themes_note")

    def _row(self, row: pd.Series) -> list[Any]:
        pull = (
            self.book.label("charts.formats.value", times=numbers.fixed(row["pull"], 2))
            if pd.notna(row["pull"])
            else "–"
        )
        return [
            self.book.theme(row["theme"]),
            numbers.fixed(row["posts"], 0),
            numbers.percent(row["posts_share"], 1),
            numbers.percent(row["interactions_share"], 1),
            pull,
            str(int(row["cities"])),
        ]

    def platforms_chart(self) -> Any:
        """Themes by platform: share of posts."""
        table = self.book.analysis.theme_table
        platforms = list(self.book.analysis.edition.platforms)
        if len(platforms) < 2:
            return None
        order = list(self._all.head(SHOWN)["theme"])
        mine = table[table["platform"].isin(platforms) & table["theme"].isin(order)]
        if mine.empty:
            return None
        frame = pd.DataFrame(
            {
                "row": [self.book.theme(theme) for theme in mine["theme"]],
                "row_order": [order.index(theme) for theme in mine["theme"]],
                "column": [self.book.platform(platform) for platform in mine["platform"]],
                "column_order": [platforms.index(platform) for platform in mine["platform"]],
                "value": mine["posts_share"].astype(float).to_numpy() * 100,
                "text": [numbers.percent(share, 0) for share in mine["posts_share"]],
            }
        )
        chart = charts.heatmap(frame)
        return self.book.figure(chart, "theme-platforms", words="theme_platforms", headline="")
