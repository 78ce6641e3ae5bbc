"""Chapter 1: who leads, who moved and why, and how firm the places are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pandas as pd

from cityreach import charts
from cityreach.blocks import Block, Cell, Text
from cityreach.edition import YEAR_BEFORE
from cityreach.editorial.choice import PINNED
from cityreach.findings import Finding
from cityreach.monthly import movement
from cityreach.monthly.book import TOP, Book, Column, text, tone
from cityreach.monthly.places import editable
from cityreach.monthly.posts import case_block
from cityreach.prose import numbers

BRIDGE_PARTS = 6  # parts of a bridge chart before the rest is gathered


@dataclass(frozen=True)
class Overview:
    book: Book

    def heading(self) -> Block:
        return self.book.section("overview", self._headline())

    def _headline(self) -> Text:
        book = self.book
        if not book.ordered:
            return book.tell("headline.overview.unordered", listed=book.listed())
        leader = book.leader()
        maybe = {
            "moved": leader and book.find("moved", leader.subject, node="composite"),
            "streak": book.find("streak"),
        }
        others = [each for kind in ("entry.new", "entry.return") for each in book.all(kind, node="composite")]
        entry = next((each for each in others if leader is None or each.subject != leader.subject), None)
        new = entry is not None and entry.kind == "entry.new"
        return book.tell("headline.overview.ordered", maybe=maybe | {"entry": entry}, leader=leader, entry_new=new)

    @editable("overview")
    def text(self) -> Block | None:
        """The published pattern: the first ten, the leader, who came in and went out, who moved most."""
        book = self.book
        if not book.ordered:
            return book.prose([book.tell("overview.listed", listed=book.listed()), book.tell("overview.random")])
        leader = book.leader()
        moved = book.find("moved", leader.subject, node="composite") if leader else None
        maybe = {"moved": moved, "lead": book.find("lead", node="composite"), "streak": book.find("streak")}
        first = book.tell("overview.leader", maybe=maybe, place=leader)
        found = book.find("top", "composite")
        top = book.tell("overview.top", top=found, name=book.main)
        return book.prose(
            [top, tie_text(book, "composite") or first], self._moves(), movement.long_run(book), movement.growth(book)
        )

    def _moves(self) -> list[Text]:
        book, tell = self.book, self.book.tell
        whole_year = len(book.analysis.year) > YEAR_BEFORE
        return [
            movement.broken(book),
            movement.missing(book),
            tell("overview.entries", new=book.all("entry.new", node="composite"), full=whole_year),
            tell("overview.returns", back=book.all("entry.return", node="composite")),
            tell("overview.exits", out=book.all("entry.out", node="composite")),
            moves_text(book, "composite", "overview.moves"),
            movement.rest(book),
        ]

    def board(self) -> Block | None:
        """The overview board: the first ten of the composite and of every platform side by side."""
        book = self.book
        scored = book.analysis.scored
        nodes = [*(["composite"] if len(scored) > 1 else []), *scored]
        lists = {node: [book.city(city) for city in book.leaders(node)] for node in nodes}
        length = max(map(len, lists.values()))
        first: list[Cell] = [str(place + 1) if book.ordered else "·" for place in range(length)]
        rows = [
            [first[place], *(lists[node][place] if place < len(lists[node]) else "" for node in nodes)]
            for place in range(length)
        ]
        if len(nodes) < 2:
            return None
        columns: list[Column] = [{"label": book.label("columns.place") if book.ordered else "", "align": "right"}]
        columns += [{"label": book.platform(node), "align": "left"} for node in nodes]
        caption = book.label("tables.board" if book.ordered else "tables.board_unordered")
        return book.table("board", columns, rows, caption=caption, note=book.label(f"tables.board_note.{self._mode}"))

    @property
    def _mode(self) -> str:
        return "ordered" if self.book.ordered else "unordered"

    def top_chart(self) -> Any:
        """The first ten with scores, movements and rank intervals; none in an unordered edition."""
        return ranking_chart(self.book, "composite")

    @editable("overview")
    def firmness(self) -> Block | None:
        """How firm the places are under other weights, and the closest race."""
        book = self.book
        leader = book.leader()
        firm = book.find("firm", leader.subject) if leader else None
        found: dict[str, Any] = {"close": book.find("close", node="composite"), "top": book.find("top", "composite")}
        close = book.tell("overview.close", name=book.main, **found)
        cut = book.tell("overview.cut", cut=book.find("cut", node="composite"))
        return book.prose([book.tell("overview.firm", firm=firm), close, self._ahead(), cut])

    def _ahead(self) -> Text:
        """Which neighbours of the first ten stand firmly apart, and which hardly do."""
        pairs = sorted(self.book.all("ahead"), key=lambda pair: pair.figures["p_ahead"].value)
        return self.book.tell("overview.ahead", firm=pairs[-1], open=pairs[0]) if len(pairs) > 1 else []

    def parts_table(self) -> Block | None:
        """What each platform added to the scores of the first ten since the edition before; largest changes first.

        None in an unordered edition, as it tells who gained.
        """
        book, parts = self.book, self.book.analysis.first_parts
        if not book.ordered or "change" not in parts:
            return None
        wide = parts[parts["level"] <= 1].pivot(index="city_id", columns="node", values="change")
        wide = wide.reindex(wide["composite"].abs().sort_values(ascending=False, kind="stable").index)
        nodes = ["composite", *[node for node in book.analysis.scored if node in wide and wide[node].abs().max() > 0]]
        cells: list[list[Cell]] = [
            [book.city(str(city)), *(_signed(row[node]) for node in nodes)] for city, row in wide.iterrows()
        ]
        columns: list[Column] = [{"label": book.label("columns.city"), "align": "left"}]
        columns += [{"label": book.node(node), "align": "right"} for node in nodes]
        return book.table(
            "parts",
            columns,
            cells,
            caption=book.label("tables.parts"),
            note=book.label("tables.parts_note"),
            holds=book.holds("contributions", [str(city) for city in wide.index], ["", *nodes], across="change"),
        )

    @cached_property
    def _mover(self) -> str | None:
        """The city of the first ten whose move says most: carried by other weights, far, unusual for the city."""
        found = self.book.find("mover")
        return found.subject if found else None

    def _parts(self, level: int) -> list[Finding]:
        return self.book.all("why", city=self._mover, level=level)

    @editable("overview")
    def bridge_text(self) -> Block | None:
        """Why the biggest mover moved: platforms first, then the theme that grew most."""
        book, mover = self.book, self._mover
        others = movement.unusual(book)
        if not mover:
            return book.prose([others])
        total = book.find("why", city=mover, level=0)
        why = book.tell("overview.why", total=total, parts=self._parts(1)[:2], details=self._parts(2)[:2])
        found = book.find("mover")
        usual = book.tell("overview.usual", mover=found) if found and "usual" in found.figures else []
        return book.prose([why, usual, book.tell("overview.driver", driver=book.find("driver", mover))], [others])

    def bridge_chart(self) -> Any:
        """Where the points of the biggest mover came from: by platform and dimension, from its score before to now."""
        if not self._mover:
            return None
        frame = self._bridge(self._mover)
        total = self.book.find("why", city=self._mover, level=0)
        headline = self.book.tell("charts.bridge.headline", total=total, parts=self._parts(1)[:1])
        name = self.book.city(self._mover)
        return self.book.figure(charts.waterfall(frame), "bridge", headline=headline, city=name)

    def _bridge(self, city_id: str) -> pd.DataFrame:
        book, analysis = self.book, self.book.analysis
        parts = analysis.contributions(city_id)
        parts = parts[(parts["level"] == 2) & (parts["change"].abs() > 1e-9)]
        parts = parts.reindex(parts["change"].abs().sort_values(ascending=False, kind="stable").index)
        shown, rest = parts.iloc[:BRIDGE_PARTS], parts.iloc[BRIDGE_PARTS:]
        before, now = (self._score(edition, city_id) for edition in (analysis.edition.previous, analysis.edition.id))
        rows = [self._total("before", before)]
        rows += [
            self._part(book.node(node), change) for node, change in zip(shown["node"], shown["change"], strict=True)
        ]
        if len(rest):
            rows.append(self._part(book.label("charts.bridge.rest"), float(rest["change"].sum())))
        return pd.DataFrame([*rows, self._total("now", now)])

    def _score(self, edition: str | None, city_id: str) -> float:
        scores = self.book.analysis.heads
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

    def case(self) -> Block | None:
        """The best case post of the biggest mover, where it has one."""
        mine = self.own_cases
        return case_block(self.book, mine.iloc[0]) if len(mine) else None

    @property
    def own_cases(self) -> pd.DataFrame:
        """The case post that this chapter shows, as a frame of one row or none; no other chapter shows it again.

        A pinned post stands in its platform's chapter.
        """
        cases = self.book.analysis.cases
        cases = cases[cases["reason"] != PINNED]
        return cases[cases["city_id"] == self._mover].head(1) if self._mover else cases.iloc[:0]

    def history_chart(self) -> Any:
        """Places of the first ten over the year; none without a history or in an unordered edition."""
        analysis = self.book.analysis
        if not self.book.ordered or len(analysis.year) < 3:
            return None
        frame = self._history()
        headline = self.book.tell("charts.history.headline", regulars=self.book.find("regulars"))
        return self.book.figure(charts.bump(frame, top=TOP, breaks=self._breaks()), "history", headline=headline)

    def _history(self) -> pd.DataFrame:
        analysis = self.book.analysis
        scores = analysis.heads
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

    def _breaks(self) -> dict[str, str]:
        """Editions whose panel differs from the one before, with the word that marks the break."""
        chain = [each for each in self.book.analysis.chain if each.id in self.book.analysis.year]
        pairs = pairwise(chain)
        return {
            self._short(now.id): self.book.label("charts.history.break", cities=self._size(now.panel))
            for before, now in pairs
            if now.panel != before.panel
        }

    def _size(self, panel: str) -> int:
        return len(self.book.analysis.registry.panel(panel))

    def heat_chart(self) -> Any:
        """Scores of the first ten on every platform; none for one platform or in an unordered edition."""
        book = self.book
        platforms = book.analysis.scored
        if not book.ordered or len(platforms) < 2:
            return None
        outside = [book.platform(each) for each in platforms if not book.analysis.method.counts(each)]
        headline = book.tell("charts.heat.headline", leaders=book.find("leaders"))
        chart = charts.heatmap(self._platform_scores())
        return book.figure(chart, "heat", headline=headline, outside=book.writer.join(outside))

    def _platform_scores(self) -> pd.DataFrame:
        book, now = self.book, self.book.analysis.now
        scores = dict(zip(zip(now["city_id"], now["node"], strict=True), now["score"], strict=True))
        rows = []
        for row_order, city in enumerate(book.leaders()):
            for column_order, platform in enumerate(book.analysis.scored):
                score = scores.get((city, platform))
                value = None if pd.isna(score) else float(score)
                rows.append(
                    {
                        "row": book.city(city),
                        "row_order": row_order,
                        "column": book.platform(platform),
                        "column_order": column_order,
                        "value": value,
                        "text": numbers.fixed(value, 0) if value is not None else book.label("status.no_account"),
                    }
                )
        return pd.DataFrame(rows)


def _signed(change: float) -> Cell:
    """A change in points: ▲9.7, ▼0.4; one that rounds to nothing has no arrow."""
    shown = numbers.fixed(abs(change))
    return {"text": shown, "tone": "up" if change > 0 else "down"} if float(shown) else shown


def tie_text(book: Book, node: str, key: str = "overview.tied", **words: Any) -> Text:
    """The cities that share a node's first place, where several do."""
    places = book.all("place", node=node)
    first = [place.subject for place in places if "rank" in place.figures and place.figures["rank"].value == 1]
    return book.tell(key, place=places[0], cities=first, **words) if len(first) > 1 else []


def moves_text(book: Book, node: str, key: str, turn: int = 0) -> Text:
    """Who moved most among the first ten of a node; empty where nobody did or nothing can be compared."""
    ups, downs = book.all("move.top_up", node=node), book.all("move.top_down", node=node)
    return book.writer.tell(key, turn=turn, ups=ups, downs=downs) if ups or downs else []


def ranking_chart(book: Book, node: str) -> Any:
    """Bars of the first ten of a node; None in an unordered edition or where nobody has a place."""
    now = book.analysis.now
    top = now[(now["node"] == node) & (now["rank"] <= TOP)].sort_values(["rank", "city_id"])
    if not book.ordered or top.empty:
        return None
    moves = book.analysis.movements(node)
    changes = book.movements(moves, entries=node == "composite")
    cells = [changes.get(city, "") for city in top["city_id"]]
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
    kind = "ranking" if any(frame["change_text"]) else "ranking_still" if len(frame) >= TOP else "ranking_few"
    headline = book.tell("charts.ranking.headline", lead=book.find("lead", node=node))
    name = book.main if node == "composite" else book.platform(node)
    return book.figure(charts.ranking_bars(frame), f"top-{node}", words=kind, headline=headline, name=name)
