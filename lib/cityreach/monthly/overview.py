"""Chapter 1: who leads, who moved and why, and how firm the places are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pandas as pd

from cityreach import charts
from cityreach.blocks import Block
from cityreach.monthly.book import TOP, Book, Cell, text, tone
from cityreach.monthly.posts import case_block
from cityreach.prose import numbers

BRIDGE_PARTS = 6  # parts of a bridge chart before the rest is gathered


@dataclass(frozen=True)
class Overview:
    book: Book

    def heading(self) -> Block:
        return self.book.section("overview", self.book.say("headline.overview"))

    def text(self) -> Block | None:
        """The published pattern: the first ten, the leader, who came in, how close it is."""
        say = self.book.say
        return self.book.prose(
            [say("top", "composite"), say("leader"), say("streak")],
            [say("entries"), say("exits"), say("riser_top"), say("faller_top"), say("riser")],
        )

    def board(self) -> Block | None:
        """The overview board: the first ten of the composite and of every platform side by side."""
        book = self.book
        nodes = [*(["composite"] if len(book.analysis.edition.platforms) > 1 else []), *book.analysis.edition.platforms]
        lists = {node: [book.city(city) for city in book.leaders(node)] for node in nodes}
        length = max(map(len, lists.values()))
        first: list[Cell] = [str(place + 1) if book.ordered else "·" for place in range(length)]
        rows = [
            [first[place], *(lists[node][place] if place < len(lists[node]) else "" for node in nodes)]
            for place in range(length)
        ]
        if len(nodes) < 2:
            return None
        columns = [{"label": book.label("columns.place") if book.ordered else "", "align": "right"}]
        columns += [{"label": book.platform(node), "align": "left"} for node in nodes]
        return book.table("board", [], rows, columns=columns, note=book.label(f"tables.board_note.{self._mode}"))

    @property
    def _mode(self) -> str:
        return "ordered" if self.book.ordered else "unordered"

    def top_chart(self) -> Any:
        """The first ten with scores, movements and rank intervals; none in an unordered edition."""
        return ranking_chart(self.book, "composite", headline=self.book.say("gap_lead", key="charts.top.headline"))

    def firmness(self) -> Block | None:
        """How firm the places are under other weights."""
        return self.book.prose([self.book.say("firm_lead"), self.book.say("firm_close"), self.book.say("close_race")])

    @cached_property
    def _mover(self) -> str | None:
        """The city of the first ten that moved most; a riser before a faller."""
        for kind in ("riser_top", "faller_top"):
            if self.book.ordered and (finding := self.book.find(kind)):
                return finding.subject
        return None

    def bridge_text(self) -> Block | None:
        mover = self._mover
        return self.book.prose([self.book.say("why", mover), self.book.say("driver", mover)]) if mover else None

    def bridge_chart(self) -> Any:
        """Where the points of the biggest mover came from: by platform and dimension, from its score before to now."""
        if not self._mover:
            return None
        frame = self._bridge(self._mover)
        name = self.book.city(self._mover)
        headline = self.book.say("why", self._mover, key="charts.bridge.headline")
        return self.book.figure(charts.waterfall(frame), "bridge", headline=headline, city=name)

    def _bridge(self, city_id: str) -> pd.DataFrame:
        book, analysis = self.book, self.book.analysis
        parts = analysis.contributions(city_id)
        parts = parts[(parts["level"] == "dimension") & (parts["change"].abs() > 1e-9)]
        parts = parts.reindex(parts["change"].abs().sort_values(ascending=False, kind="stable").index)
        shown, rest = parts.iloc[:BRIDGE_PARTS], parts.iloc[BRIDGE_PARTS:]
        before, now = (self._score(edition, city_id) for edition in (analysis.edition.previous, analysis.edition.id))
        rows = [self._total("before", before)]
        rows += [
            self._part(self._node(node), change) for node, change in zip(shown["node"], shown["change"], strict=True)
        ]
        if len(rest):
            rows.append(self._part(book.label("charts.bridge.rest"), float(rest["change"].sum())))
        return pd.DataFrame([*rows, self._total("now", now)])

    def _score(self, edition: str | None, city_id: str) -> float:
        scores = self.book.analysis.scores
        match = (scores["edition"] == edition) & (scores["city_id"] == city_id) & (scores["node"] == "composite")
        return float(scores.loc[match, "score"].iloc[0])

    def _total(self, when: str, score: float) -> dict[str, Any]:
        label = self.book.label(f"charts.bridge.{when}")
        return {"label": label, "value": score, "text": numbers.fixed(score), "kind": "total"}

    def _part(self, label: str, change: float) -> dict[str, Any]:
        return {
            "label": label,
            "value": change,
            "text": numbers.signed(change),
            "kind": "up" if change > 0 else "down",
        }

    def _node(self, node: str) -> str:
        platform, _, dimension = node.partition(".")
        short = self.book.label(f"platform_short.{platform}")
        return f"{short} {self.book.analysis.method.label(node)[self.book.lang]}" if dimension else short

    def case(self) -> Block | None:
        """The best case post of the biggest mover, where it has one."""
        cases = self.book.analysis.cases
        mine = cases[cases["city_id"] == self._mover] if self._mover else cases.iloc[:0]
        return case_block(self.book, mine.iloc[0]) if len(mine) else None

    def history_chart(self) -> Any:
        """Places of the first ten over the year; none without a history or in an unordered edition."""
        analysis = self.book.analysis
        if not self.book.ordered or len(analysis.year) < 3:
            return None
        frame = self._history()
        headline = self.book.say("streak", key="charts.history.headline") or self.book.say("top_stable")
        return self.book.figure(
            charts.bump(frame, top=TOP, breaks=self._breaks()), "history", headline=headline, count=len(analysis.year)
        )

    def _history(self) -> pd.DataFrame:
        analysis = self.book.analysis
        scores = analysis.scores
        mine = scores[(scores["node"] == "composite") & scores["edition"].isin(analysis.year)]
        current = self.book.leaders()
        mine = mine[mine["city_id"].isin(current)]
        roles = dict.fromkeys(current, "context") | ({self._mover: "second"} if self._mover else {})
        roles |= {current[0]: "focus"}
        order = {edition: number for number, edition in enumerate(analysis.year)}
        return pd.DataFrame(
            {
                "edition": [self._short(edition) for edition in mine["edition"]],
                "order": mine["edition"].map(order).to_numpy(),
                "city": [self.book.city(city) for city in mine["city_id"]],
                "rank": mine["rank"].to_numpy(),
                "role": mine["city_id"].map(roles).to_numpy(),
            }
        )

    def _short(self, edition_id: str) -> str:
        """24.4 for April 2024."""
        window = next(each.window for each in self.book.analysis.chain if each.id == edition_id)
        return f"{window.first:%y}.{window.first.month}"

    def _breaks(self) -> list[tuple[str, str]]:
        """Editions whose panel differs from the one before, with the word that marks the break."""
        chain = [each for each in self.book.analysis.chain if each.id in self.book.analysis.year]
        pairs = pairwise(chain)
        return [
            (self._short(now.id), self.book.label("charts.history.break", cities=self._size(now.panel)))
            for before, now in pairs
            if now.panel != before.panel
        ]

    def _size(self, panel: str) -> int:
        return len(self.book.analysis.registry.panel(panel))

    def heat_chart(self) -> Any:
        """Scores of the first ten on every platform; none for one platform or in an unordered edition."""
        book = self.book
        platforms = book.analysis.edition.platforms
        if not book.ordered or len(platforms) < 2:
            return None
        frame = self._platform_scores()
        return book.figure(charts.heatmap(frame), "heat", headline=book.say("all_round", key="charts.heat.headline"))

    def _platform_scores(self) -> pd.DataFrame:
        book, now = self.book, self.book.analysis.now
        rows = []
        for row_order, city in enumerate(book.leaders()):
            for column_order, platform in enumerate(book.analysis.edition.platforms):
                score = now.loc[(now["city_id"] == city) & (now["node"] == platform), "score"]
                value = None if score.empty or pd.isna(score.iloc[0]) else float(score.iloc[0])
                rows.append(
                    {
                        "row": book.city(city),
                        "row_order": row_order,
                        "column": book.label(f"platform_short.{platform}"),
                        "column_order": column_order,
                        "value": value,
                        "text": numbers.fixed(value, 0) if value is not None else book.label("status.no_account"),
                    }
                )
        return pd.DataFrame(rows)


def ranking_chart(book: Book, node: str, *, headline: Any) -> Any:
    """Bars of the first ten of a node; None in an unordered edition or where nobody has a place."""
    now = book.analysis.now
    top = now[(now["node"] == node) & (now["rank"] <= TOP)].sort_values(["rank", "city_id"])
    if not book.ordered or top.empty:
        return None
    moves = book.analysis.movements(node)
    cells = [book.movement(city, moves, entries=node == "composite") for city in top["city_id"]]
    frame = pd.DataFrame(
        {
            "label": [book.city(city) for city in top["city_id"]],
            "rank": top["rank"].to_numpy(),
            "value": top["score"].astype(float).to_numpy(),
            "value_text": [numbers.fixed(score) for score in top["score"]],
            "change_text": [text(cell) for cell in cells],
            "tone": [tone(cell) for cell in cells],
            "focus": [place == 1 for place in top["rank"]],
        }
    )
    kind = "top" if node == "composite" else "platform_top"
    chart = charts.ranking_bars(frame)
    return book.figure(chart, f"top-{node}", words=kind, headline=headline, name=book.platform(node))
