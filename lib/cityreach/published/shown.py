"""The record's tables as blocks; places appear only where a list states its order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from cityreach.blocks import Block
from cityreach.prose import Writer, numbers
from cityreach.published import analysis, findings, words
from cityreach.published.facts import Facts

Cell = str | dict[str, str]
Rows = list[list[Cell]]
RIGHT = frozenset({"lists", "cities", "platforms_count", "after", "before", "change", "gap", "shared", "common", "tau"})
WIDTHS = {
    "indices": (2.3, 2.1, 0.9, 1.5, 3.9, 0.6), "issues": (1.1, 0.9, 0.9, 2.6, 0.9, 0.8, 2),
    "movements": (0.8, 3, 1, 1), "platforms": (0.9, 1, 7), "cases": (1.2, 2, 3.8, 1.7, 3),
    "agreement": (3.1, 2.8, 1, 1.1, 1, 0.7), "sources": (2.3, 0.95, 1.35, 4.3, 3.2),
}  # fmt: skip


class Tables:
    """Builds each table of the report in one language."""

    def __init__(self, facts: Facts, writer: Writer) -> None:
        self.facts = facts
        self.writer = writer
        self.lang = writer.lang

    def block(self, name: str, *, key: str = "", long: bool = False, **named: str) -> Block:
        """The table of that name: its rows from the method `_<name>`, its words from `table.<name>`."""
        rows: Callable[[], Rows] = getattr(self, f"_{name}")
        label = self.writer.label
        columns = COLUMNS[name]
        shown = [
            {"label": label(f"table.{name}.columns.{column}"), "align": _align(column, name), "width": width}
            for column, width in zip(columns, WIDTHS[name], strict=True)
        ]
        content = {
            "anchor": f"table-{name}", "caption": label(f"table.{name}.caption"), "columns": shown, "rows": rows(),
            "subtitle": label(f"table.{name}.subtitle", **named), "note": label(f"table.{name}.note"),
            "source": label("word.source"), "searchable": long, "long": long, "key": key or name,
        }  # fmt: skip
        return Block("table", content)

    def text(self, value: str) -> str:
        """A text of a source as it is printed."""
        return words.wide(value) if self.lang == "zh" else words.breakable(value)

    def name(self, city: str) -> str:
        return self.text(self.facts.name(city, self.lang))

    def scope(self, scope: str) -> str:
        return self.facts.known.scopes[scope][self.lang]

    def members(self, rows: pd.DataFrame) -> str:
        """Members of one list: with their places, or as a set that says so."""
        named = [(row.place, self.name(str(row.city))) for row in rows.itertuples()]
        if rows["place"].isna().all():
            glue = "" if self.lang == "zh" else " "
            return self.writer.label("word.unordered") + glue + self.writer.join(name for _, name in named)
        return words.GAP[self.lang].join(f"{place}\u00a0{name}" for place, name in named)

    def _indices(self) -> Rows:
        counts = analysis.lists(self.facts.rankings)["index_id"].value_counts()
        return [
            [
                index.short[self.lang], index.publisher[self.lang], index.period[self.lang], self._measures(index),
                words.ASIDE[self.lang].join([index.base[self.lang], index.note[self.lang]]), str(counts[index.id]),
            ]
            for index in self.facts.known.indices
        ]  # fmt: skip

    def _measures(self, index: Any) -> str:
        label = self.writer.label(f"word.measures.{index.measures}")
        glue = "" if self.lang == "zh" else " "
        return label + glue + self.writer.label("word.derived") if index.evidence == "derived" else label

    def _issues(self) -> Rows:
        return [self._issue(row) for row in analysis.editions_table(self.facts).itertuples()]

    def _issue(self, row: Any) -> list[Cell]:
        label = self.writer.label
        unstated: Cell = {"text": label("word.unstated"), "tone": "muted"}
        count = len(row.platforms.split())
        found = "none" if not row.found else "all" if row.found == analysis.TOP else "some"
        return [
            words.cell_edition(row.edition, self.lang),
            unstated if pd.isna(row.cities) else str(row.cities),
            str(count) if count else unstated,
            label(f"word.tiktok.{row.tiktok}"),
            label(f"word.found.{found}", count=row.found),
            label(f"word.order.{row.order}"),
            getattr(row, f"released_{self.lang}") or {"text": label("word.unseen"), "tone": "muted"},
        ]

    def _movements(self) -> Rows:
        return [self._movement(row) for row in findings.moved(self.facts).itertuples()]

    def _movement(self, row: Any) -> list[Cell]:
        label = self.writer.label
        beyond: Cell = {"text": label("word.beyond"), "tone": "muted"}
        change: Cell = {
            "up": {"text": f"▲{abs(row.change)}" if row.kind == "up" else "", "tone": "up"},
            "down": {"text": f"▼{abs(row.change)}" if row.kind == "down" else "", "tone": "down"},
            "level": {"text": label("word.level"), "tone": "muted"},
            "new": {"text": label("word.new"), "tone": "new"},
            "out": {"text": label("word.out"), "tone": "muted"},
        }[row.kind]
        return [
            beyond if pd.isna(row.after) else str(row.after),
            self.name(row.city),
            beyond if pd.isna(row.before) else str(row.before),
            change,
        ]

    def _platforms(self) -> Rows:
        groups: Any = analysis.platform_places(self.facts).groupby(["edition", "scope"], sort=False)
        return [
            [words.cell_edition(edition, self.lang), self.scope(scope), self.members(group)]
            for (edition, scope), group in groups
        ]

    def _cases(self) -> Rows:
        posts = self.facts.posts if self.lang == "zh" else self.facts.posts_en
        days, sources = self.facts.posts["post_date"], self.facts.posts["source_title"]
        return [self._case(*row) for row in zip(posts.itertuples(), days, sources, strict=True)]

    def _case(self, row: Any, day: str, source: str) -> list[Cell]:
        value = f"{self.text(row.metric)} {value_text(row.value, self.lang)}" if row.value else ""
        return [
            words.cell_day(day, self.lang),
            f"{self.name(row.city)} · {self.scope(row.platform)}",
            self.content(row.city, row.account, row.content_summary),
            value,
            self.text(source),
        ]

    def content(self, city: str, account: str, summary: str) -> str:
        """What a case showed, after its account's name where this says more than whose official account it is."""
        plain = self.name(city).partition("（")[0].partition(" (")[0]
        told, named = self.text(summary), self.text(account)
        known = self.writer.label("word.official", city=plain)
        return told if named == known else f"{named}{words.COLON[self.lang]}{told}"

    def _agreement(self) -> Rows:
        return [self._pair(row) for row in analysis.agreement(self.facts).itertuples()]

    def _pair(self, row: Any) -> list[Cell]:
        label = self.writer.label
        gap = label("word.years", count=row.gap) if row.gap else label("word.same_year")
        return [
            self._side(row.index_a, row.edition_a), self._side(row.index_b, row.edition_b), gap,
            label("word.of", shared=row.shared, size=row.size), str(row.common),
            {"text": "—", "tone": "muted"} if pd.isna(row.tau) else numbers.fixed(row.tau, 2),
        ]  # fmt: skip

    def _side(self, index_id: str, edition: str) -> str:
        name = self.facts.known.index(index_id).short[self.lang]
        return f"{name} {words.cell_edition(edition, self.lang)}"

    def _sources(self) -> Rows:
        key = ["index_id", "edition", "scope", "ordered", "source_title"]
        groups: Any = self.facts.rankings.groupby(key, sort=False)
        return [
            [
                self.facts.known.index(index_id).short[self.lang], words.cell_edition(edition, self.lang),
                self.scope(scope), self.members(group), self.text(source),
            ]
            for (index_id, edition, scope, _, source), group in groups
        ]  # fmt: skip


COLUMNS = {
    "indices": ("index", "publisher", "period", "measures", "base", "lists"),
    "issues": ("edition", "cities", "platforms", "tiktok", "found", "order", "released"),
    "movements": ("after", "city", "before", "change"),
    "platforms": ("edition", "platform", "members"),
    "cases": ("day", "city", "content", "value", "source"),
    "agreement": ("left", "right", "gap", "shared", "common", "tau"),
    "sources": ("index", "edition", "scope", "members", "source"),
}


def _align(column: str, name: str) -> str:
    counted = column in RIGHT or (name == "issues" and column == "platforms")
    return "right" if counted else "left"


def value_text(value: str, lang: str) -> str:
    """A figure as the source has it, with separators: 412907 → 412,907; >43000 → 超43,000; >2.3万 → 超2.3万."""
    mark, digits = (value[0], value[1:]) if value[:1] in "<>" else ("", value)
    if digits.replace(".", "", 1).isdigit():
        digits = numbers.fixed(float(digits), len(digits.partition(".")[2]))
    over = {"zh": {">": "超", "<": "不足"}, "en": {">": "over ", "<": "under "}}[lang]
    return over.get(mark, "") + digits
