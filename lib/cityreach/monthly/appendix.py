"""The appendix: every city's place, the method with its weights, data quality, comparability, provenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cityreach import charts, intake, scoring
from cityreach.blocks import Block, Cell, Text
from cityreach.index.method import WeightRow
from cityreach.insight import regions
from cityreach.monthly.book import Book, Column
from cityreach.monthly.explorer import explorer
from cityreach.prose import numbers


@dataclass(frozen=True)
class Appendix:
    book: Book

    def heading(self) -> Block:
        return self.book.section(
            "appendix", self.book.label("appendix.title" if self.book.ordered else "appendix.title_unordered")
        )

    def ranking_heading(self) -> Block:
        return self.book.section(self._list_key, self.book.label("appendix.ranking"), level=2)

    @property
    def _list_key(self) -> str:
        """The name of the list in the page; none that speaks of a ranking where there is none."""
        return "ranking" if self.book.ordered else "panel"

    def ranking(self) -> Block | None:
        """The whole panel, searchable: places, scores and movements, or the shuffled list of an unordered edition."""
        return self._ordered_list() if self.book.ordered else self._unordered_list()

    def _ordered_list(self) -> Block | None:
        book, now = self.book, self.book.analysis.now
        platforms = book.analysis.scored if len(book.analysis.scored) > 1 else ()
        ranked = now[now["node"] == "composite"].sort_values(["rank", "city_id"], na_position="last")
        moves, moved = book.movements(book.analysis.movements()), len(book.analysis.movements()) > 0
        shown = now[now["node"].isin(["composite", *platforms])]
        scores = shown.pivot(index="city_id", columns="node", values="score")
        ties = ranked.set_index("city_id")["tied"]
        rows: list[list[Cell]] = []
        for city, place in zip(ranked["city_id"], ranked["rank"], strict=True):
            mark = "=" if ties[city] else ""
            head: list[Cell] = [f"{place}{mark}" if pd.notna(place) else "–", book.city(city)]
            parts = [self._score(scores.at[city, platform]) for platform in platforms]
            head += [moves.get(city, "")] if moved else []
            rows.append([*head, self._score(scores.at[city, "composite"]), *parts])
        columns: list[Column] = [("place", "right"), ("city", "left"), *([("movement", "right")] if moved else [])]
        columns += [{"label": book.main, "align": "right"}, *self._platform_columns(platforms, "right")]
        names = [
            "composite_rank",
            "",
            *([""] if moved else []),
            *(f"{node}_score" for node in ("composite", *platforms)),
        ]
        return self._list(columns, rows, holds=book.holds("ranking", list(ranked["city_id"]), names))

    def _unordered_list(self) -> Block | None:
        """Every city with the state of its data, shuffled; by tier where the edition publishes tiers."""
        book, edition = self.book, self.book.analysis.edition
        tiers = self._tiers() if edition.mode == "tiers" else {}
        cities = book.listing(book.analysis.registry.panel(edition.panel), salt="panel")
        status = book.analysis.metrics.set_index(["edition", "city_id", "platform"])["status"]
        rows: list[list[Cell]] = [
            [
                *([book.label(f"tiers.{tiers[city]}")] if tiers else []),
                book.city(city),
                *(book.label(f"status.{status[edition.id, city, each]}") for each in edition.platforms),
            ]
            for city in sorted(cities, key=lambda city: tiers.get(city, 0))
        ]
        first: list[Column] = [("tier", "left")] if tiers else []
        return self._list([*first, ("city", "left"), *self._platform_columns(edition.platforms, "left")], rows)

    def _platform_columns(self, platforms: Sequence[str], align: str) -> list[Column]:
        return [{"label": self.book.platform(each), "align": align} for each in platforms]

    def _tiers(self) -> dict[str, int]:
        """The tier of every city of the panel; a city without a place stands in the last one."""
        analysis = self.book.analysis
        found = regions.tiers(analysis.heads, analysis.edition.id)
        known = dict(zip(found["city_id"], found["tier"], strict=True))
        last = max(known.values(), default=1)
        return {city: int(known.get(city, last)) for city in analysis.registry.panel(analysis.edition.panel)}

    def _list(self, columns: list[Column], rows: list[list[Cell]], **options: Any) -> Block | None:
        single = len(self.book.analysis.scored) == 1
        kind = "unordered" if not self.book.ordered else "single" if single else "ordered"
        note = self.book.label(f"tables.ranking_note.{kind}")
        caption = self.book.label("tables.ranking")
        options |= {"caption": caption, "searchable": True, "long": True, "note": note}
        return self.book.table(self._list_key, columns, rows, **options)

    def _score(self, score: Any) -> Cell:
        return numbers.fixed(score) if pd.notna(score) else {"text": self.book.label("status.none"), "tone": "muted"}

    def method_heading(self) -> Block:
        return self.book.section("method", self.book.label("appendix.method"), level=2)

    def method_text(self) -> Block | None:
        """The method in five sentences, with the standing of its weights."""
        book, label = self.book, self.book.analysis.method.label()[self.book.lang]
        ranks = "ranks.ordered" if book.ordered else "ranks.unordered"
        names = ("what", "scale", "weights", "missing", ranks)
        return book.prose([book.tell(f"method.{name}", label=label) for name in names])

    def weight_explorer(self) -> Block | None:
        """Sliders for the platforms' weights and the ranking that follows from them, live in the web page."""
        return explorer(self.book)

    def weights_table(self) -> Block | None:
        """Every node of the method with its weight inside its parent and in the whole, and its goalposts."""
        book = self.book
        rows = [self._weight_row(row) for row in scoring.weight_table(book.analysis.method, book.analysis.edition)]
        columns = [("node", "left"), ("weight_inside", "right"), ("weight_whole", "right"), ("goalposts", "right")]
        return book.table("weights", columns, rows, long=True, note=book.label("tables.weights_note"))

    def _weight_row(self, row: WeightRow) -> list[Cell]:
        label = "\u3000" * (row.depth - 1) + row.label[self.book.lang]
        whole = numbers.percent(row.whole, 1) if row.whole else self.book.label("status.outside")
        bounds = [self.book.writer.count(bound) for bound in row.goalposts or ()]
        return [label, numbers.percent(row.share), whole, " – ".join(bounds)]

    def quality_heading(self) -> Block:
        return self.book.section("quality", self.book.label("appendix.quality"), level=2)

    def quality_text(self) -> Block | None:
        """What was received, what could not be used, whose data are missing, which gate was not passed and why."""
        book = self.book
        found = book.find("edition")
        lacking = found if found and found.figures["lacking"].value else None
        summed = found if found and found.figures["summed"].value else None
        registered = [each for each in book.all("coverage.platform") if each.figures["expected"].value]
        seen = book.tell("quality.seen", platforms=registered)
        short = [book.tell(f"quality.short.{each.subject}", found=each) for each in book.all("gate")]
        doubt = book.tell("quality.doubt", found=book.find("doubt"))
        despite = book.tell("quality.despite", found=book.find("despite"))
        received = [
            book.tell("quality.intake", found=found),
            book.tell("quality.summed", found=summed),
            book.tell("quality.lacking", found=lacking),
        ]
        return book.prose(received, [seen, doubt], [*short, despite])

    def excluded_table(self) -> Block | None:
        """The posts that the editors excluded from the case posts, with their reasons; None where there are none."""
        book = self.book
        rows: list[list[Cell]] = [
            [
                book.platform(post["platform"]),
                book.city(post["city_id"]),
                post["day"].date().isoformat(),
                post["post_id"],
                wish.reason[book.lang],
            ]
            for wish, post in book.analysis.excluded
        ]
        columns = [("platform", "left"), ("city", "left"), ("day", "left"), ("post", "left"), ("reason", "left")]
        keys = [f"{post['platform']}|{post['post_id']}" for _, post in book.analysis.excluded]
        holds = book.holds("excluded", keys, ["", "", "day", "post_id", ""])
        return book.table("excluded", columns, rows, note=book.label("tables.excluded_note"), holds=holds)

    def coverage_chart(self) -> Any:
        """Cities by platform: measured, silent, without account, missing."""
        book, coverage = self.book, self.book.analysis.coverage
        states = ["measured", "silent", "no_account", "missing"]
        frame = pd.DataFrame(
            [
                {
                    "platform": book.platform(row["platform"]),
                    "state": book.label(f"status.{state}"),
                    "count": int(row[state]),
                    "text": str(int(row[state])) if row[state] else "",
                }
                for _, row in coverage.iterrows()
                for state in states
            ]
        )
        return book.figure(
            charts.coverage_bars(frame, states=[book.label(f"status.{state}") for state in states]),
            "coverage",
            headline="",
        )

    def files_table(self) -> Block | None:
        """The exports that the edition was made from, with what became of their rows."""
        book = self.book
        log = intake.load_log(book.analysis.edition.id)
        rows: list[list[Cell]] = [
            [file.file, file.format, *(numbers.fixed(count, 0) for count in self._counts(file))] for file in log.files
        ]
        columns = [("file", "left"), ("format", "left"), ("rows", "right"), ("kept", "right"), ("repeated", "right")]
        columns += [("outside", "right"), ("left_out", "right"), ("quarantined", "right")]
        return book.table("files", columns, rows, note=book.label("tables.files_note"), source="")

    def _counts(self, file: Any) -> tuple[int, ...]:
        return (file.rows, file.kept, file.duplicates, file.outside, file.filtered, file.quarantined)

    def comparability_heading(self) -> Block:
        return self.book.section("comparability", self.book.label("appendix.comparability"), level=2)

    def comparability(self) -> Block | None:
        """With which edition this one is compared, and where it is not."""
        return self.book.prose([self._comparison()])

    def _comparison(self) -> Text:
        book, analysis = self.book, self.book.analysis
        if not book.ordered:
            return book.tell("comparability.unordered")
        if analysis.before is None:
            return book.tell("comparability.first")
        if analysis.reasons() == ("panel",):
            return book.tell("comparability.panel")
        broken = [node for node in ("composite", *analysis.scored) if not analysis.comparable(node)]
        if not broken:
            return book.tell("comparability.all")
        names = book.writer.join(book.platform(node) for node in broken)
        reasons = book.writer.join(book.label(f"comparability.reasons.{each}") for each in analysis.reasons(broken[0]))
        return book.tell("comparability.some", names=names, reasons=reasons)
