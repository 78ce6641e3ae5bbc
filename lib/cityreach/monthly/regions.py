"""Regions and tiers: where the strong cities lie, which provinces field a squad, how concentrated the reach is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cityreach import charts
from cityreach.blocks import Block, Cell, Text
from cityreach.findings import Finding
from cityreach.monthly.analysis import Analysis
from cityreach.monthly.book import Book, Column
from cityreach.monthly.places import editable
from cityreach.prose import numbers

PROVINCES = 12
FEW = 3  # provinces that a headline names


def listed_provinces(analysis: Analysis, name: Callable[[str], str]) -> pd.DataFrame:
    """The provinces of the cities that are listed, by name: province (its Chinese name), cities, listed (how many)."""
    table = analysis.regions("province_zh")
    mine = table.loc[table["top10"] > 0, ["key", "cities", "top10"]]
    named = mine.rename(columns={"key": "province", "top10": "listed"}).astype({"cities": int, "listed": int})
    return named.sort_values("province", key=lambda column: column.map(name), ignore_index=True)


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
        squads = [each for each in self._squads() if each.figures["n"].value == self._squads()[0].figures["n"].value]
        title = self.book.tell("headline.regions", squads=squads[:FEW])
        return self.book.section(
            "regions", title if self.book.ordered else self.book.label("headline.regions_unordered")
        )

    def _squads(self) -> list[Finding]:
        """Provinces with two or more cities in the first ten, the most cities first."""
        return sorted(self.book.all("squad"), key=lambda each: (-each.figures["n"].value, each.subject))

    def _groups(self, by: str) -> list[Finding]:
        return sorted(self.book.all("region", by=by), key=lambda each: -each.figures["mean_score"].value)

    @editable("regions")
    def text(self) -> Block | None:
        """Squads of provinces, regions, concentration."""
        if not self._shown:
            return None
        book = self.book
        if not book.ordered:
            return book.prose([book.tell("regions.listed", provinces=[str(row[0]) for row in self._listed()])])
        squads = [book.tell("regions.squad", turn=turn, squad=each) for turn, each in enumerate(self._squads()[:3])]
        means = [
            book.tell("regions.means", regions=self._groups("region")),
            book.tell("regions.tiers", tiers=self._groups("tier")),
        ]
        return book.prose(squads, means, [self._concentration(), self._convergence()])

    def _concentration(self) -> Text:
        """How much the first ten hold; against posts, where those are spread more evenly."""
        found, posts = (self.book.find("concentration", measure) for measure in ("interactions", "posts"))
        if found is None:
            return []
        below = posts if posts and posts.figures["gini"].value < found.figures["gini"].value - 0.005 else None
        return self.book.tell("regions.concentration", found=found, maybe={"posts": below})

    def _convergence(self) -> Text:
        return self.book.tell("regions.convergence", found=self.book.find("convergence"))

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
        columns: list[Column] = [("province", "left"), ("cities", "right")]
        if not self.book.ordered:
            listed = listed_provinces(self.book.analysis, self.book.province)
            holds = self.book.holds("provinces", list(listed["province"]), ["", "cities", "listed"])
            return self.book.table("regions", [*columns, ("listed", "right")], self._listed(), holds=holds)
        columns += [(name, "right") for name in ("in_top10", "in_top30")]
        columns += [("best_city", "left"), ("best_rank", "right"), ("mean_score", "right")]
        shown = self._provinces.head(PROVINCES)
        rows = [self._row(row) for _, row in shown.iterrows()]
        names = ["", "cities", "top10", "top30", "", "best_rank", "mean_score"]
        holds = self.book.holds("regions", [f"province_zh|{key}" for key in shown["key"]], names)
        return self.book.table("regions", columns, rows, holds=holds)

    @property
    def _provinces(self) -> pd.DataFrame:
        """Provinces, those with most cities in front first."""
        table = self.book.analysis.regions("province_zh")
        return table.sort_values(["top10", "top30", "best_rank", "key"], ascending=[False, False, True, True])

    def _start(self, row: pd.Series) -> list[Cell]:
        return [self.book.province(row["key"]), str(int(row["cities"])), str(int(row["top10"]))]

    def _listed(self) -> list[list[Cell]]:
        """The provinces of the listed cities by name: their cities, and how many of them are listed."""
        rows = listed_provinces(self.book.analysis, self.book.province).itertuples(index=False)
        return [[self.book.province(str(row.province)), str(row.cities), str(row.listed)] for row in rows]

    def _row(self, row: pd.Series) -> list[Cell]:
        start = self._start(row)
        best = self.book.city(row["best_city"]) if isinstance(row["best_city"], str) else "–"
        place = str(int(row["best_rank"])) if pd.notna(row["best_rank"]) else "–"
        return [*start, str(int(row["top30"])), best, place, numbers.fixed(row["mean_score"])]
