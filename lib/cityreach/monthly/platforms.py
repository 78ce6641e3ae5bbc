"""One chapter a platform: its first ten, its best posts, what worked there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cityreach import charts
from cityreach.blocks import Block, Cell, Text
from cityreach.editorial.choice import PINNED
from cityreach.findings import Finding
from cityreach.monthly import movement
from cityreach.monthly.book import TOP, Book
from cityreach.monthly.overview import Overview, moves_text, ranking_chart, tie_text
from cityreach.monthly.places import editable
from cityreach.monthly.posts import case_block
from cityreach.prose import numbers

HABITS = ("tag", "time", "language")
CLOSE = 0.5  # points up to which a race is told


@dataclass(frozen=True)
class PlatformChapter:
    """Everything in it is None where the edition does not measure the platform."""

    book: Book
    platform: str

    @property
    def section(self) -> str:
        return self.platform

    @property
    def _measured(self) -> bool:
        return self.platform in self.book.analysis.edition.platforms

    @property
    def _ranked(self) -> bool:
        """Whether the chapter speaks of places: not without order, nor where the overview has said the same."""
        return self.book.ordered and self._scored and len(self.book.analysis.scored) > 1

    @property
    def _scored(self) -> bool:
        """Whether the method has a node for the platform; without one its figures are shown, but not scored."""
        return self.platform in self.book.analysis.scored

    @property
    def _turn(self) -> int:
        """The chapter's place among the platforms, from 1 as the overview comes before; by it wordings take turns."""
        return 1 + self.book.analysis.edition.platforms.index(self.platform)

    def blocks(self) -> list[Any]:
        """The whole chapter in the notebook's order, without what there is no data for."""
        shown = [self.heading(), self.text(), self.top_chart(), self.figures_table()]
        shown += [self.case(place) for place in range(1, self.book.analysis.rules.cases.per_platform + 1)]
        return [each for each in (*shown, self.works_text(), self.formats_chart()) if each is not None]

    def heading(self) -> Block | None:
        """The platform's leader as headline, or what worked there where the chapter speaks of no places."""
        if not self._measured:
            return None
        return self.book.section(self.platform, self._leading() if self._ranked else self._working())

    def _leading(self) -> Text:
        moved = self.book.find("moved", self._leader.subject, node=self.platform) if self._leader else None
        given: dict[str, Any] = {"maybe": {"moved": moved}, "leader": self._leader, "name": self._name}
        return self.book.tell("headline.platform.leading", turn=self._turn, **given)

    def _working(self) -> Text:
        book, name = self.book, self._name
        by_format = book.tell("headline.platform.format", works=self._works, name=name)
        by_theme = book.tell("headline.platform.theme", theme=self._theme, name=name)
        return by_format or by_theme or book.tell("headline.platform.plain", name=name)

    @property
    def _works(self) -> Finding | None:
        """The format with the highest lift."""
        works = self.book.all("format.works", platform=self.platform)
        return max(works, key=lambda each: each.figures["lift"].value, default=None)

    @property
    def _theme(self) -> Finding | None:
        return self.book.find("theme.platform", platform=self.platform)

    @property
    def _name(self) -> str:
        return self.book.platform(self.platform)

    @property
    def _leader(self) -> Finding | None:
        return self.book.leader(self.platform)

    @editable()
    def text(self) -> Block | None:
        """The platform in a sentence, its first ten, its leader and movements, whether it counts in the composite."""
        if not self._measured:
            return None
        book = self.book
        primer: Text = [book.analysis.registry.platform(self.platform).primer[book.lang]]
        return book.prose([primer, self._standing()], self._places() if book.ordered else self._listed())

    def _standing(self) -> Text:
        """A word on a platform that is no part of the composite."""
        book = self.book
        if not self._scored:
            return [book.label("platforms.unscored", name=self._name)]
        return [] if book.analysis.method.counts(self.platform) else [book.label("platforms.outside", name=self._name)]

    def _places(self) -> list[Text]:
        """The first ten, the leader, who moved; nothing where the overview has said the same."""
        if not self._ranked:
            return []
        book, turn, node = self.book, self._turn, self.platform
        lead = {"lead": book.find("lead", node=node)}
        leader = book.tell("platforms.leader", turn=turn, maybe=lead, place=self._leader)
        return [
            book.tell("platforms.top", turn=turn, top=book.find("top", node), name=self._name),
            tie_text(book, node, "platforms.tied", name=self._name) or leader,
            self._broken(),
            movement.entered(book, node, turn),
            moves_text(book, node, "platforms.moves", turn),
            self._close(),
        ]

    def _broken(self) -> Text:
        """Why the platform's places are not compared with the edition before, where the overview does not say so."""
        book, found = self.book, self.book.find("break", self.platform)
        if found is None or book.find("break", "composite") is not None:
            return []
        reasons = book.writer.join(book.label(f"comparability.reasons.{each}") for each in found.words["reasons"])
        return book.tell("platforms.broken", name=self._name, reasons=reasons)

    def _close(self) -> Text:
        """The closest race, where it is very close."""
        found = self.book.find("close", node=self.platform)
        if found is None or found.figures["gap"].value > CLOSE:
            return []
        return self.book.tell("platforms.close", turn=self._turn, close=found)

    def _listed(self) -> list[Text]:
        return [self.book.tell("platforms.listed", listed=self.book.listed(self.platform), name=self._name)]

    def top_chart(self) -> Any:
        """The platform's first ten as bars."""
        if not self._measured or len(self.book.analysis.scored) == 1:
            return None
        return ranking_chart(self.book, self.platform)

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
        leaders = self.book.leaders(self.platform, TOP) if self._scored else self._busiest(mine)
        rows: list[list[Cell]] = [[self.book.city(city), *self._row(mine, city, known)] for city in leaders]
        columns = [("city", "left"), *((name, "right") for name in known)]
        caption = self.book.label(f"tables.{self._caption(len(rows))}", name=self._name)
        holds = self.book.holds("metrics", [f"{city}|{self.platform}" for city in leaders], ["", *known])
        return self.book.table(f"platform-{self.platform}", columns, rows, caption=caption, holds=holds)

    def _caption(self, rows: int) -> str:
        if not self.book.ordered:
            return "platform_unordered"
        if rows < TOP:
            return "platform_few"
        return "platform" if self._scored else "platform_unscored"

    def _busiest(self, figures: pd.DataFrame) -> list[str]:
        """The cities with most interactions (then most posts) on a platform that is not scored."""
        known = figures[figures["status"].isin(["measured", "silent"])].reset_index()
        ordered = known.sort_values(["interactions", "posts", "city_id"], ascending=[False, False, True])
        return self.book.listing(ordered["city_id"].head(TOP), salt=self.platform)

    def _row(self, figures: pd.DataFrame, city_id: str, names: list[str]) -> list[str]:
        return [self._number(name, figures.at[city_id, name]) for name in names]

    def _number(self, name: str, value: Any) -> str:
        if pd.isna(value):
            return "–"
        return numbers.fixed(value, 1) if name.endswith("per_post") else numbers.fixed(value, 0)

    def case(self, place: int) -> Block | None:
        """The platform's case post number `place`, without the one in the overview; None where there is none."""
        mine = self._cases
        if not self._measured or len(mine) < place:
            return None
        return case_block(self.book, mine.iloc[place - 1], turn=self._cases_before + place)

    @property
    def _cases_before(self) -> int:
        """Case posts of the platforms whose chapters stand before this one."""
        before = self.book.analysis.edition.platforms[: self._turn - 1]
        return int(self.book.analysis.cases["platform"].isin(before).sum())

    @cached_property
    def _cases(self) -> pd.DataFrame:
        """The platform's case posts by their ids, in the order in which they are shown."""
        cases = self.book.analysis.cases
        mine = cases[cases["platform"] == self.platform].drop(Overview(self.book).own_cases.index, errors="ignore")
        pinned = mine["reason"] == PINNED
        order = mine.loc[pinned, "post_id"].tolist()
        order += self.book.listing(mine.loc[~pinned, "post_id"], salt=f"cases-{self.platform}")
        return mine.set_index("post_id", drop=False).loc[order]

    @editable()
    def works_text(self) -> Block | None:
        """Formats and themes that worked there; where no post arrived, a line that says so."""
        if not self._measured:
            return None
        book, turn = self.book, self._turn
        if not (book.analysis.posted["platform"] == self.platform).any():
            summed = (book.analysis.summed["platform"] == self.platform).any()
            return book.prose([[book.label(f"platforms.{'summed' if summed else 'none'}", name=self._name)]])
        worked = [
            book.tell("platforms.format", turn=turn, works=self._works),
            book.tell("platforms.theme", turn=turn, theme=self._theme, name=self._name),
            *(self._habit(kind) for kind in HABITS),
        ]
        return book.prose(worked)

    def _habit(self, kind: str) -> Text:
        found: dict[str, Any] = {kind: self._best(kind)}
        return self.book.tell(f"platforms.{kind}", turn=self._turn, **found)

    def _best(self, kind: str) -> Finding | None:
        """The hashtag, part of the day or language with the highest lift there."""
        works = self.book.all(f"{kind}.works", platform=self.platform)
        return max(works, key=lambda each: each.figures["lift"].value, default=None)

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
        headline = self.book.tell("charts.formats.headline", works=self._works)
        name = self.book.platform(self.platform)
        chart = charts.lift_dots(frame, unit=self.book.label("charts.formats.unit"))
        return self.book.figure(chart, f"formats-{self.platform}", words="formats", headline=headline, name=name)
