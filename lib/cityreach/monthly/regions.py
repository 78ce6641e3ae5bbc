"""Regions and tiers: where the strong cities lie, which provinces field a squad, how concentrated the reach is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cityreach import charts
from cityreach.blocks import Block, Cell
from cityreach.findings import Finding
from cityreach.monthly.book import Book
from cityreach.prose import numbers

PROVINCES = 12


@dataclass(frozen=True)
class Regions:
    """Empty for an edition of a single platform and a handful of cities (see `Book.chapters`)."""

    book: Book

    @property
    def _shown(self) -> bool:
        return "regions" in self.book.chapters

    def heading(self) -> Block | None:
        if not self._shown:
            return None
        squads = self._squads()
        title = self.book.tell("headline.regions", squad=squads[0] if squads else None)
        return self.book.section("regions", title)

    def _squads(self) -> list[Finding]:
        """Provinces with two or more cities in the first ten, the most cities first."""
        return sorted(self.book.all("squad"), key=lambda each: (-each.figures["n"].value, each.subject))

    def _groups(self, by: str) -> list[Finding]:
        return sorted(self.book.all("region", by=by), key=lambda each: -each.figures["mean_score"].value)

    def text(self) -> Block | None:
        """Squads of provinces, regions, concentration."""
        if not self._shown:
            return None
        book = self.book
        squads = [book.tell("regions.squad", squad=squad) for squad in self._squads()[:3]]
        concentration = book.tell("regions.concentration", found=book.find("concentration", "interactions"))
        return book.prose(squads, [book.tell("regions.means", regions=self._groups("region")), concentration])

    def chart(self) -> Any:
        """Mean score by region and tier; none in an unordered edition."""
        if not (self._shown and self.book.ordered):
            return None
        table = self.book.analysis.regions("region").sort_values("mean_score", ascending=False, kind="stable")
        terms = self.book.analysis.registry.terms.region
        frame = pd.DataFrame(
            {
                "label": [terms[key][self.book.lang] for key in table["key"]],
                "value": table["mean_score"].astype(float).to_numpy(),
                "text": [numbers.fixed(score) for score in table["mean_score"]],
                "note": [self._note(row) for _, row in table.iterrows()],
                "focus": [place == 0 for place in range(len(table))],
            }
        )
        groups = self._groups("region")
        headline = self.book.tell("charts.regions.headline", region=groups[0] if groups else None)
        return self.book.figure(charts.group_bars(frame), "regions", headline=headline)

    def _note(self, row: pd.Series) -> str:
        return self.book.label("charts.regions.note", cities=int(row["cities"]), top=int(row["top30"]))

    def table(self) -> Block | None:
        """Provinces by the cities they have in the first ten and thirty; without places in an unordered edition."""
        if not self._shown:
            return None
        table = self.book.analysis.regions("province_zh")
        table = table.sort_values(["top10", "top30", "best_rank", "key"], ascending=[False, False, True, True])
        rows: list[list[Cell]] = [self._row(row) for _, row in table.head(PROVINCES).iterrows()]
        ordered = [("best_city", "left"), ("best_rank", "right"), ("mean_score", "right")] if self.book.ordered else []
        columns = [("province", "left"), ("cities", "right"), ("in_top10", "right"), ("in_top30", "right"), *ordered]
        if not self.book.ordered:
            columns = [each for each in columns if each[0] != "in_top30"]
            rows = sorted((row for row in rows if row[2] != "0"), key=lambda row: str(row[0]))
        return self.book.table("regions", columns, rows)

    def _row(self, row: pd.Series) -> list[Cell]:
        start: list[Cell] = [self.book.province(row["key"]), str(int(row["cities"])), str(int(row["top10"]))]
        if not self.book.ordered:
            return start
        best = self.book.city(row["best_city"]) if isinstance(row["best_city"], str) else "–"
        place = str(int(row["best_rank"])) if pd.notna(row["best_rank"]) else "–"
        return [*start, str(int(row["top30"])), best, place, numbers.fixed(row["mean_score"])]
