"""The tables of an annual report as blocks: names and numbers in one language, nothing worked out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import zip_longest
from math import ceil
from typing import Any

import pandas as pd

from cityreach.annual.analysis import LISTED, TOP
from cityreach.annual.book import Book, Column
from cityreach.annual.facts import each
from cityreach.annual.lists import ALL
from cityreach.blocks import Block, Blocks, Cell
from cityreach.prose import numbers
from cityreach.published import words

WIDE = {"zh": 11, "en": 5}  # indicators in one table
VALUES = "#table-values"  # where every place of a table leads


class Tables:
    """Builds each table of the report; None where the edition has nothing to show in it."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.analysis = book.analysis

    def block(self, name: str) -> Block | Blocks | None:
        """The table of that name from the method `_<name>`; without order only those of `ALWAYS`."""
        if not self.book.ordered and name not in ALWAYS:
            return None
        make: Callable[[], Block | Blocks | None] = getattr(self, f"_{name}")
        return make()

    # cells

    def _place(self, rank: Any) -> Cell:
        """A place that leads to the figures behind it."""
        return self._none if pd.isna(rank) else {"text": str(rank), "href": VALUES}

    @property
    def _none(self) -> Cell:
        return {"text": self.book.label("word.none"), "tone": "muted"}

    def _scored(self, city: str, node: str) -> Cell:
        """A score with its place in the whole panel."""
        score: Any = self.analysis.heads.at[city, node]
        rank: Any = self.analysis.ranks.at[city, node]
        if pd.isna(rank):
            return self._none
        return self.book.label("word.scored", score=self.book.score(score), rank=int(rank))

    def _figure(self, value: Any) -> Cell:
        if pd.isna(value):
            return {"text": self.book.label("word.unknown"), "tone": "muted"}
        return numbers.fixed(value, 0 if float(value).is_integer() or value >= 1000 else 1)

    def _change(self, change: Any) -> Cell:
        if pd.isna(change):
            return self._none
        if not change:
            return {"text": "—", "tone": "muted"}
        return {"text": f"▲{change}", "tone": "up"} if change > 0 else {"text": f"▼{-change}", "tone": "down"}

    def _listed(self, base: str, node: str | None = None, count: int = LISTED) -> str:
        """The first cities of a list with their places."""
        rows = each(self.analysis.placed(base, node).dropna(subset=["rank"]).head(count))
        return words.GAP[self.book.lang].join(
            self.book.label("word.member", rank=row["rank"], city=self.book.city(row["city_id"])) for row in rows
        )

    # tables

    def _ranking(self) -> Block:
        """The whole panel; without order a list of names."""
        book, tracks = self.book, self.analysis.tracks
        if not book.ordered:
            return self._names()
        grouped = self.analysis.material.index.groups
        tiers = dict(zip(self.analysis.phalanxes["city_id"], self.analysis.phalanxes["phalanx"], strict=True))
        extra = ["size"] * ("size_group" in grouped) + ["phalanx"] * bool(tiers)
        rows: list[list[Cell]] = []
        for row in each(self.analysis.placed(ALL)):
            city = row["city_id"]
            about: list[Cell] = [book.of_city(city, f"province_{book.lang}")]
            about += [book.label(f"word.size.{self._size(city)}")] if "size" in extra else []
            about += [self.book.label("word.phalanx", number=tiers[city])] if tiers else []
            scores = [self._scored(city, node) for node in tracks]
            rows.append([self._place(row["rank"]), book.city(city), *about, book.score(row["score"]), *scores])
        columns: list[Column] = [
            "rank",
            "city",
            "province",
            *extra,
            "score",
            *((node, book.node(node)) for node in tracks),
        ]
        return book.table("ranking", columns, rows, searchable=True, long=True)

    def _size(self, city: str) -> str:
        return str(self.analysis.material.registry.cities.at[city, "size_group"])

    def _tracks(self) -> Block | None:
        """The whole list of every track, side by side."""
        return self._lists("tracks", {self.book.node(node): (ALL, node) for node in self.analysis.tracks})

    def _lists(self, name: str, wanted: dict[str, tuple[str, str]]) -> Block | None:
        """Whole lists beside each other, each with its own places; shorter ones end with empty cells."""
        placed = [each(self.analysis.placed(*one).dropna(subset=["rank"])) for one in wanted.values()]
        rows: list[list[Cell]] = [
            ["" if row is None else self._member(row) for row in beside] for beside in zip_longest(*placed)
        ]
        columns: list[Column] = [("list", label) for label in wanted]
        return self.book.table(name, columns, rows, searchable=True, long=True) if rows else None

    def _member(self, row: dict[str, Any]) -> str:
        """A city with its place and score in a list."""
        named, score = self.book.city(row["city_id"]), self.book.score(row["score"])
        return self.book.label("word.listed", rank=row["rank"], city=named, score=score)

    def _names(self) -> Block:
        """The panel in random order; with its phalanx where the edition publishes phalanxes."""
        book = self.book
        tiers: dict[str, int] = {}
        if self.analysis.material.edition.mode == "tiers":
            tiers = dict(zip(self.analysis.phalanxes["city_id"], self.analysis.phalanxes["phalanx"], strict=True))
        cities = sorted(book.panel, key=lambda city: tiers.get(city, 0))  # a stable sort: random inside a phalanx
        rows: list[list[Cell]] = []
        for city in cities:
            tier: list[Cell] = [book.label("word.phalanx", number=tiers[city])] if tiers else []
            rows.append([book.city(city), book.of_city(city, f"province_{book.lang}"), *tier])
        columns = ["city", "province", *(["phalanx"] if tiers else [])]
        said = {part: book.tell(f"unordered.table.ranking.{part}") for part in ("caption", "subtitle", "note")}
        return book.table("ranking", columns, rows, searchable=True, long=True, **said)

    def _values(self) -> Block | Blocks:
        """Every figure of every city as the sheet has it; several tables where one would be too wide."""
        parts = self._parts()
        made = Blocks(self._part(number, codes) for number, codes in enumerate(parts, start=1))
        return made[0] if len(made) == 1 else made

    def _parts(self) -> list[list[str]]:
        """The indicators, at most WIDE in a table: short tracks together, long ones in even parts."""
        nodes, wide = self.analysis.material.method.nodes, WIDE[self.book.lang]
        parts: list[list[str]] = []
        for track in self.analysis.tracks:
            mine = [
                path.rpartition(".")[2] for path in nodes if path.startswith(f"{track}.") and not self._is_inner(path)
            ]
            if parts and len(parts[-1]) + len(mine) <= wide:
                parts[-1] += mine
            else:
                size = ceil(len(mine) / ceil(len(mine) / wide))
                parts += [mine[start : start + size] for start in range(0, len(mine), size)]
        return parts

    def _part(self, number: int, codes: list[str]) -> Block:
        book, sheet = self.book, self.analysis.material.sheet
        ranks = self.analysis.ranks[self.analysis.root]
        rows: list[list[Cell]] = [
            [str(ranks[city]), book.city(city), *(self._figure(sheet.figures.at[city, code]) for code in codes)]
            for city in book.panel
        ]
        tracks = dict.fromkeys(self.book.path(code).partition(".")[0] for code in codes)
        named = numbers.listed(map(book.node, tracks), book.lang)
        options = {"caption": book.tell("table.values.part", tracks=named), "searchable": True, "long": True}
        options |= {"anchor": f"table-values-{number}"} if number > 1 else {}
        columns: list[Column] = ["rank", "city", *((code, self.book.indicator(code)) for code in codes)]
        return book.table("values", columns, rows, **options)

    def _cases(self) -> Block | None:
        rows: list[list[Cell]] = [
            [self.book.node(row["node"]), self.book.city(row["city_id"]), self._place(row["rank"]),
             str(row["composite"]), str(row["ahead"])]
            for row in each(self.analysis.cases)
        ]  # fmt: skip
        return self.book.table("cases", ("track", "city", "rank", "composite", "ahead"), rows) if rows else None

    def _contrasts(self) -> Block | None:
        rule, table = self.analysis.material.index.contrast, self.analysis.contrasts
        rows: list[list[Cell]] = []
        for side in ("mouth", "size"):
            for row in each(table[table["side"] == side].head(rule.most if rule else 0)):
                where = self.book.label(f"word.side.{side}")
                cells = [self._place(row["size"]), self._place(row["mouth"]), str(abs(row["gap"]))]
                rows.append([where, self.book.city(row["city_id"]), *cells])
        if not rows or rule is None:
            return None
        tracks = [(node, self.book.node(node)) for node in (rule.size, rule.mouth)]
        columns: list[Column] = ["where", "city", *tracks, "gap"]
        return self.book.table("contrasts", columns, rows)

    def _sizes(self) -> Block | None:
        return self._grouped("sizes", "size_group")

    def _regions(self) -> Block | None:
        return self._grouped("regions", "region")

    def _grouped(self, name: str, by: str) -> Block | None:
        """Groups with their size, mean score and first cities."""
        table = self.analysis.groups
        mine = table[(table["by"] == by) & (table["node"] == self.analysis.root)].set_index("key")
        keys = [base.partition(":")[2] for base in self.analysis.lists if base.startswith(f"{by}:")]
        rows: list[list[Cell]] = [
            [self.book.group(key, by), str(mine.at[key, "cities"]), self.book.score(mine.at[key, "mean"]),
             self._listed(f"{by}:{key}", count=TOP)]
            for key in keys
        ]  # fmt: skip
        return self.book.table(name, ("group", "cities", "mean", "first"), rows) if rows else None

    def _bases(self) -> Block:
        """Every city's place in each list that it is part of, with the movement there where there is one before."""
        book, index = self.book, self.analysis.material.index
        rows: list[list[Cell]] = []
        for row in each(self.analysis.placed(ALL)):
            city, cells = row["city_id"], list[Cell]()
            for base in (ALL, *(base.id for base in index.lists)):
                cells += [self._place(self._in_list(city, base)), *self._moved(city, base)]
            for column in index.groups:
                code = str(self.analysis.material.registry.cities.at[city, column])
                cells += [book.group(code, column), self._place(self._in_list(city, f"{column}:{code}"))]
            rows.append([book.city(city), book.score(row["score"]), *cells])
        columns: list[Column] = ["city", "score"]
        for base in (ALL, *(base.id for base in index.lists)):
            columns += [("rank", book.label(f"base.{base}")), *(["change"] if self.analysis.before else [])]
        for column in index.groups:
            columns += [("group", book.label(f"columns.{column}")), ("rank", book.label("columns.within"))]
        return book.table("bases", columns, rows, searchable=True, long=True)

    def _in_list(self, city: str, base: str) -> Any:
        """The place of a city in a list; null where it is no part of it."""
        return self._ranks.get((base, city), pd.NA)

    @cached_property
    def _ranks(self) -> dict[tuple[str, str], Any]:
        rows = self.analysis.places
        mine = rows[(rows["edition"] == self.analysis.now) & (rows["node"] == self.analysis.root)]
        return dict(zip(zip(mine["list"], mine["city_id"], strict=True), mine["rank"], strict=True))

    def _moved(self, city: str, base: str) -> list[Cell]:
        """Its movement there; no cell without an edition before."""
        if not self.analysis.before:
            return []
        moves = self.analysis.moved(base).set_index("city_id")["change"]
        return [self._change(moves.get(city, pd.NA))]

    def _platforms(self) -> Block | None:
        """Each platform's first cities, and how many cities have no account there."""
        nodes = self.analysis.below(self.analysis.material.index.platforms_under)
        absent = self.analysis.absent.set_index("node")["zeros"]
        rows: list[list[Cell]] = [
            [self.book.node(node), self._listed(ALL, node, LISTED), str(absent.get(node, 0))] for node in nodes
        ]
        return self.book.table("platforms", ("platform", "first", "none"), rows) if rows else None

    def _languages(self) -> Block | None:
        rows: list[list[Cell]] = [
            [self.book.node(row["node"]), numbers.count(row["total"], self.book.lang), numbers.percent(row["share"], 1),
             self.book.city(row["first"]), numbers.percent(row["first_share"], 1), numbers.percent(row["top"], 1)]
            for row in each(self.analysis.languages)
        ]  # fmt: skip
        columns = ("language", "total", "share", "city", "first_share", "top_share")
        return self.book.table("languages", columns, rows) if rows else None

    def _weights(self) -> Block:
        """Every node of the method with its weight inside its parent and in the whole, and its scale."""
        rows: list[list[Cell]] = []
        for row in self.analysis.material.method.weight_table():
            bounds = " – ".join(map(self._bound, row.goalposts or ()))
            scale: Cell = bounds or (self.book.label("word.best") if not self._is_inner(row.path) else "")
            name = "\u3000" * (row.depth - 1) + row.label[self.book.lang]
            rows.append(
                [name, self._standing(row.path), numbers.percent(row.share, 1), numbers.percent(row.whole, 1), scale]
            )
        return self.book.table("weights", ("node", "nature", "share_inside", "share_whole", "scale"), rows, source="")

    def _bound(self, value: float) -> str:
        return numbers.fixed(value, 0 if float(value).is_integer() else 1)

    def _is_inner(self, path: str) -> bool:
        return self.analysis.material.method.nodes[path].indicator is None

    def _standing(self, path: str) -> str:
        """Whether public texts name the node, or it is ours."""
        inner = self._is_inner(path) and self.analysis.material.method.nodes[path].depth == 1
        public = inner or path.rpartition(".")[2] in self.analysis.material.index.public_indicators
        return self.book.label("word.public" if public else "word.own")

    def _columns(self) -> Block:
        source = "source" if self.book.lang == "zh" else "source_en"
        rows: list[list[Cell]] = [
            [self.book.indicator(row["code"]), self.book.label("word.public" if row["public"] else "word.own"),
             row[source], row["date"], self.book.label(f"word.{row['nature']}")]
            for row in each(self.analysis.columns)
        ]  # fmt: skip
        return self.book.table("columns", ("indicator", "nature", "source", "date", "kind"), rows, source="")

    def _published(self) -> Block | None:
        """The published places beside those of this edition and the ones before it."""
        years = {each.id: each.year for each in self.analysis.material.chain}
        rows: list[list[Cell]] = [
            [years[row["edition"]], self.book.base(row["list"]), self.book.node(row["node"]),
             self.book.city(row["city_id"]), str(row["place"]),
             self._place(row["rank"]), words.wide(row["source"])]
            for row in each(self.analysis.published)
        ]  # fmt: skip
        columns = ("year", "list", "dimension", "city", "place_published", "place_here", "source")
        return self.book.table("published", columns, rows, source="") if rows else None


ALWAYS = frozenset({"ranking", "weights", "columns"})  # tables of an edition without order
