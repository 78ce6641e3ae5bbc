"""What the chapters of the monthly report share: analysis, language, section numbers, and how to say things."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from cityreach import blocks, charts
from cityreach.blocks import Block, Cell, Text
from cityreach.findings import Finding, fact
from cityreach.insight import advice
from cityreach.monthly import facts, shortfalls
from cityreach.monthly.analysis import ROOT, TOP, Analysis
from cityreach.monthly.edited import Editors
from cityreach.monthly.references import KEYS, References
from cityreach.prose import Writer, numbers

Column = tuple[str, str] | dict[str, str]
OWN_CELLS = ("facebook", "x", "instagram", "youtube", "tiktok")  # platforms that the notebook names, in its order


@dataclass(frozen=True)
class Book:
    """One edition in one language."""

    analysis: Analysis
    lang: str
    despite: str = ""  # why the report is built although its exports fall short of a gate
    marked: bool = False  # for editors: what they wrote is marked, faults are shown instead of stopping the report

    @cached_property
    def writer(self) -> Writer:
        names = {
            "city": self.city,
            "cities": lambda ids: numbers.listed(map(self.city, ids), self.lang),
            "platform": self.platform,
            "platforms": lambda ids: numbers.listed(map(self.platform, ids), self.lang),
            "theme": self.theme,
            "format": lambda value: self.label(f"formats.{value}"),
            "province": self.province,
            "region": lambda key: self.analysis.registry.terms.region[key][self.lang],
            "node": self.node,
            "tier": lambda key: self.analysis.registry.terms.tier[key][self.lang],
            "part": lambda key: self.label(f"parts.{key}"),
            "zone": lambda key: self._named_or(f"zones.{key}", key),
            "language": lambda key: self._named_or(f"languages.{key}", key),
            "reason": lambda key: self.label(f"reasons.{key}"),
        }
        return Writer(self.lang, "monthly", names=names, refer=self.references)

    @cached_property
    def references(self) -> References:
        return References(self)

    @cached_property
    def editors(self) -> Editors:
        """What the editors of this edition have written."""
        return Editors(self)

    @property
    def ordered(self) -> bool:
        return self.analysis.edition.mode == "ordered"

    @cached_property
    def chapters(self) -> dict[str, str]:
        """Chapters that this edition has data for, with their numbers."""
        edition = self.analysis.edition
        own = [each for each in OWN_CELLS if each in edition.platforms]
        order = ["overview", *own, *self.further, "themes", "cities", "regions"]
        order += (["offline"] if edition.context else []) + ["outlook"]
        if len(self.analysis.scored) == 1:
            order.remove("regions")
        return {key: f"{number:02d}" for number, key in enumerate(order, start=1)}

    @property
    def further(self) -> list[str]:
        """The edition's platforms without cells of their own in the notebook, in the edition's order."""
        return [each for each in self.analysis.edition.platforms if each not in OWN_CELLS]

    # names

    def city(self, city_id: str) -> str:
        return self.analysis.registry.city_name(city_id, self.lang)

    def platform(self, platform: str) -> str:
        return (
            self.label("composite") if platform == ROOT else self.analysis.registry.platform(platform).name[self.lang]
        )

    def province(self, name_zh: str) -> str:
        cities = self.analysis.registry.cities
        return str(cities.loc[cities["province_zh"] == name_zh, f"province_{self.lang}"].iloc[0])

    def node(self, path: str) -> str:
        """脸书互动 for facebook.engagement; a platform's name for its own node."""
        platform, _, rest = path.partition(".")
        name = self.platform(platform)
        return (
            f"{name}{'' if self.lang == 'zh' else ' '}{self.analysis.method.label(path)[self.lang]}" if rest else name
        )

    def theme(self, theme: str) -> str:
        return self.analysis.registry.terms.themes[theme].name[self.lang]

    def _named_or(self, key: str, name: str) -> str:
        """The label under that key; the name itself where there is none."""
        return self.label(key) if self.writer.has(key) else name

    def label(self, key: str, **words: Any) -> str:
        return self.writer.label(key, **words)

    # findings

    @cached_property
    def findings(self) -> list[Finding]:
        """Every finding that this edition may publish, the advice last."""
        found = [self._named(each) for each in facts.collect(self.analysis)]
        found += shortfalls.findings(self.analysis.edition, self.despite)
        if not self.ordered:
            nodes = (ROOT, *self.analysis.scored)
            found += [each for each in map(self.listed, nodes) if each]
        return [*found, *advice.advise(found, rules=self.analysis.rules.advice)]

    def _named(self, found: Finding) -> Finding:
        """The edition's facts with its names in the book's language; any other finding as it is."""
        if found.kind != "edition":
            return found
        now, before = self.analysis.edition, self.analysis.before
        texts = {"title": now.title} | {f"publisher{n}": line for n, line in enumerate(now.publisher, start=1)}
        counting = {name: text[self.lang] for name, text in texts.items() if numbers.holds_one(text[self.lang])}
        names = {name: fact(name, text, "text") for name, text in counting.items()}
        names["label"] = fact("label", now.label[self.lang], "text")
        names |= {"before": fact("before", before.label[self.lang], "text")} if before else {}
        return replace(found, figures=found.figures | names)

    def all(self, kind: str, subject: str | None = None, **words: Any) -> list[Finding]:
        """The findings of that kind (and subject, and words), in their order."""
        return [
            each
            for each in self._by_kind.get(kind, [])
            if subject in (None, each.subject) and all(each.words.get(name) == value for name, value in words.items())
        ]

    @cached_property
    def _by_kind(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        for each in self.findings:
            found.setdefault(each.kind, []).append(each)
        return found

    def find(self, kind: str, subject: str | None = None, **words: Any) -> Finding | None:
        """The first such finding, or None."""
        return next(iter(self.all(kind, subject, **words)), None)

    def tell(self, key: str, *, turn: int = 0, maybe: dict[str, Finding | None] | None = None, **given: Any) -> Text:
        """A sentence from these findings; empty where one of them is absent. Those in `maybe` may be absent.

        turn: the sentence's place among its like, by which it takes one of several wordings.
        """
        if any(value is None or value == [] for value in given.values()):
            return []
        return self.writer.tell(key, turn=turn, edition=self.find("edition"), **given, **(maybe or {}))

    @property
    def facts(self) -> Finding:
        """What the edition itself is."""
        found = self.find("edition")
        assert found is not None
        return found

    @property
    def main(self) -> str:
        """The name of what the composite ranks: the platform itself where but one is scored."""
        platforms = self.analysis.scored
        return self.platform(platforms[0]) if len(platforms) == 1 else self.label("composite")

    def leader(self, node: str = ROOT) -> Finding | None:
        """The place of the first city of a node; None in an edition without order."""
        return self.find("place", node=node)

    def listed(self, node: str = ROOT) -> Finding | None:
        """The first ten of a node as a set in random order, for an edition without order."""
        cities = self.leaders(node)
        figures = {"n": fact(f"listed.{node}", len(cities), "whole")}
        return Finding(f"listed.{node}", "listed", node, figures, {"cities": cities}) if cities else None

    # blocks

    def section(self, key: str, title: Text | str, *, level: int = 1) -> Block:
        """A chapter's heading: its topic as kicker, its finding as title."""
        number = self.chapters.get(key, "")
        topic = self.platform(key) if key in self.analysis.registry.platforms else self.label(f"chapters.{key}")
        words: Text = [title] if title and isinstance(title, str) else list(title)
        content = {"anchor": key, "number": number, "kicker": topic, "title": words or [topic], "level": level}
        return Block("section", content)

    def prose(self, *paragraphs: Sequence[Text]) -> Block | None:
        """Paragraphs of sentences; None where nothing is to be said."""
        texts = [self.writer.paragraph(*sentences) for sentences in paragraphs]
        kept = [text for text in texts if text]
        return Block("prose", {"paragraphs": kept}) if kept else None

    def table(self, key: str, columns: Sequence[Column], rows: list[list[Cell]], **options: Any) -> Block | None:
        """A table; `columns` are (label key, alignment), or ready columns; None without rows."""
        if not rows:
            return None
        ready = [
            each if isinstance(each, dict) else {"label": self.label(f"columns.{each[0]}"), "align": each[1]}
            for each in columns
        ]
        caption = options.pop("caption", "") or self.label(f"tables.{key}")
        if options.get("holds") is None:
            options.pop("holds", None)
        content = {
            "anchor": f"table-{key}",
            "key": key,
            "caption": caption,
            "subtitle": "",
            "columns": ready,
            "rows": rows,
        }
        usual = {"source": self.source, "note": "", "searchable": False, "long": False}
        return Block("table", content | usual | options)

    def holds(self, table: str, rows: Sequence[str], columns: Sequence[str], *, across: str = "") -> dict[str, Any]:
        """What a table of the page shows of a data table: the rows' keys, the columns' names ("" for none).

        across: the column that is shown, where the page's columns are the second part of the rows' keys.
        """
        content = {"table": table, "keys": list(KEYS[table]), "rows": list(rows), "columns": list(columns)}
        return content | ({"across": across} if across else {})

    def figure(self, chart: Any, key: str, *, headline: Text | str, words: str = "", **given: Any) -> Any:
        """The finished chart: its headline (a finding), subtitle, source and text for those who do not see it.

        `key` names the figure in the page, `words` its texts in the template where they differ.
        """
        title = headline or self.tell(f"charts.{words or key}.title", **given)
        subtitle = self.tell(f"charts.{words or key}.subtitle", **given)
        alt = f"{blocks.plain(title)} {blocks.plain(subtitle)}"
        return charts.finish(chart, headline=title, subtitle=subtitle, source=self.source, alt=alt, key=key)

    @cached_property
    def source(self) -> Text:
        """The source line under every figure and table of this edition's data."""
        return self.tell(f"source.{'simulated' if self.analysis.edition.simulated else 'exports'}")

    # order

    def listing(self, city_ids: Iterable[str], *, salt: str) -> list[str]:
        """The cities as given in an ordered edition; in any other one shuffled, the same way every time."""
        cities = list(city_ids)
        return (
            cities if self.ordered else sorted(cities, key=lambda city: _shuffle(self.analysis.edition.id, salt, city))
        )

    def leaders(self, node: str = ROOT, count: int = TOP) -> list[str]:
        """The first cities of a ranking, in the order that the edition may show."""
        now = self.analysis.now
        ranked = now[(now["node"] == node) & (now["rank"] <= count)].sort_values(["rank", "city_id"])
        return self.listing(ranked["city_id"], salt=node)

    def movements(self, moves: pd.DataFrame, *, entries: bool = False) -> dict[str, Cell]:
        """Each city's movement: ▲1, ▼3, —, or (with `entries`) 新进, 重返; without cities whose change is not known."""
        known = moves[moves["change"].notna()]
        cells = {city: places(int(change)) for city, change in zip(known["city_id"], known["change"], strict=True)}
        new = self.analysis.entries if entries else {}
        return cells | {
            city: {"text": self.label(f"movement.{kind}"), "tone": "new"} for city, kind in new.items() if city in cells
        }


def places(change: int) -> Cell:
    """Places gained (▲) or lost (▼)."""
    if change == 0:
        return {"text": "—", "tone": "muted"}
    return {"text": f"▲{change}", "tone": "up"} if change > 0 else {"text": f"▼{-change}", "tone": "down"}


def tone(cell: Cell) -> str:
    return cell.get("tone", "") if isinstance(cell, dict) else ""


def text(cell: Cell) -> str:
    return cell["text"] if isinstance(cell, dict) else cell


def _shuffle(*words: str) -> str:
    return hashlib.sha256("|".join(words).encode()).hexdigest()
