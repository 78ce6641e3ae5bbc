"""What the parts of an annual report share: analysis, findings, language, chapter numbers, and how to say things."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cityreach import blocks
from cityreach.annual import facts
from cityreach.annual.analysis import Analysis
from cityreach.annual.lists import ALL
from cityreach.annual.references import References
from cityreach.blocks import Block, Cell, Run, Text
from cityreach.findings import Finding, fact
from cityreach.prose import Writer, numbers

Column = str | tuple[str, str]  # a key of `columns`, or a key with a ready label
COMMON = "annual"  # the prose file that all annual indices share
LEFT = frozenset(
    {
        "city", "year", "province", "size", "phalanx", "group", "track", "dimension", "node", "indicator", "list",
        "where", "platform", "language", "first", "source", "nature", "kind",
    }
)  # fmt: skip
NEVER = frozenset(  # cells that stay on one line
    {"rank", "city", "change", "province", "size", "phalanx", "group", "platform", "language"}
)
LONG = 20  # rows from which a table is long


@dataclass(frozen=True)
class Book:
    """One edition in one language."""

    analysis: Analysis
    lang: str

    @property
    def ordered(self) -> bool:
        return self.analysis.material.edition.mode == "ordered"

    @cached_property
    def findings(self) -> dict[str, Finding]:
        found = facts.of(self.analysis)
        return found | {"edition": self._named(found["edition"])}

    def _named(self, found: Finding) -> Finding:
        """The edition's facts with its names and remarks in the book's language."""
        edition = self.analysis.material.edition
        remarks = [each[self.lang] for each in edition.remarks if self.ordered or not each.places]
        texts = {"label": edition.label[self.lang]} | {f"remark{n}": text for n, text in enumerate(remarks, start=1)}
        names = {name: fact(name, text, "text") for name, text in texts.items()}
        return replace(found, figures=found.figures | names)

    @cached_property
    def references(self) -> References:
        return References(self)

    @cached_property
    def chapters(self) -> dict[str, str]:
        """The chapters that this edition has, with what stands before their names."""
        index = self.analysis.material.index
        body = [each for each in index.chapters if self.ordered or each in index.unordered]
        body = [each for each in body if self.analysis.before or each not in index.over_time]
        numbered = {key: f"{number:02d}" for number, key in enumerate(body, start=1)}
        return numbered | {each: "" for each in index.appendix if self.ordered or each in index.unordered}

    # sentences

    @cached_property
    def writers(self) -> tuple[Writer, Writer]:
        """The index's own words before those that all annual indices share."""
        names: dict[str, Callable[..., str]] = {
            "city": self.city,
            "cities": lambda ids: numbers.listed(map(self.city, ids), self.lang),
            "shuffled": lambda ids: numbers.listed(map(self.city, self.listing(ids)), self.lang),
            "node": self.node,
            "nodes": lambda paths: numbers.listed(map(self.node, paths), self.lang),
            "group": self.group,
            "indicator": lambda code: self.analysis.material.method.indicators[code].label[self.lang],
            "base": self.base,
        }
        return (
            Writer(self.lang, self.analysis.material.index.id, names=names, refer=self.references),
            Writer(self.lang, COMMON, names=names, refer=self.references),
        )

    def _writer(self, key: str) -> Writer:
        return next((each for each in self.writers if each.has(key)), self.writers[0])

    def has(self, key: str) -> bool:
        return any(each.has(key) for each in self.writers)

    @cached_property
    def _given(self) -> dict[str, Any]:
        """All findings by names that templates can use, and lists of them: `every_<kind>`,
        for a kind such as case.web also `every_case`."""
        found: dict[str, Any] = {slug(name): finding for name, finding in self.findings.items()}
        for finding in self.findings.values():
            for kind in dict.fromkeys([finding.kind, finding.kind.partition(".")[0]]):
                found.setdefault(f"every_{slug(kind)}", []).append(finding)
        return found

    def tell(self, key: str, **given: Any) -> Text:
        """A sentence; its template knows every finding by its id with _ for other signs, and `every_<kind>`."""
        return self._writer(key).tell(key, **self._given | given)

    def label(self, key: str, **words: Any) -> str:
        return self._writer(key).label(key, **words)

    def of_kind(self, kind: str) -> list[Finding]:
        """The findings of a kind, the strongest first."""
        found = [each for each in self.findings.values() if each.kind == kind]
        return sorted(found, key=lambda each: (-each.strength, each.id))

    # names

    def city(self, city_id: str) -> str:
        return self.analysis.material.registry.city_name(city_id, self.lang)

    def node(self, path: str) -> str:
        """A node by its own name."""
        return self.analysis.material.method.label(path)[self.lang]

    def path(self, code: str) -> str:
        """The leaf that reads an indicator."""
        return next(path for path in self.analysis.material.method.nodes if path.rpartition(".")[2] == code)

    def indicator(self, code: str) -> str:
        """An indicator by its name, with its parent's where that is a platform, and its unit."""
        method = self.analysis.material.method
        name, node = method.indicators[code].label[self.lang], method.nodes[self.path(code)]
        if node.depth > 2 and node.parent:
            name = self.label("word.of_parent", parent=self.node(node.parent), name=name)
        unit = method.indicators[code].unit[self.lang]
        return self.label("word.with_unit", name=name, unit=unit) if unit else name

    def group(self, key: str, by: str) -> str:
        return str(getattr(self.analysis.material.registry.terms, by)[key][self.lang])

    def of_city(self, city_id: str, column: str) -> str:
        """A city's province, or the words of one of its codes."""
        value = str(self.analysis.material.registry.cities.at[city_id, column])
        return value if column.startswith("province") else self.group(value, column)

    def is_base(self, base: str) -> bool:
        return base in self.analysis.lists

    def base(self, base: str) -> str:
        """A list by its name: the total list, one of the index's own, or a group."""
        by, _, key = base.partition(":")
        return self.group(key, by) if key else self.label(f"base.{base}")

    def figure_of(self, name: str) -> Run:
        """One of the edition's facts, by itself."""
        return self.writers[1].figure(self.findings["edition"], name)

    def score(self, value: Any) -> str:
        """A score as it is printed; a dash where there is none."""
        if value != value or value is None:
            return self.label("word.none")
        return numbers.show(float(value), self.analysis.material.index.score_unit, self.lang)

    # blocks

    def section(self, key: str) -> Block | None:
        """A chapter's heading: its topic as kicker, its finding as title; None for a chapter that is not there."""
        if key not in (*self.chapters, "summary"):
            return None
        appendix = key in self.analysis.material.index.appendix
        number = self.label("word.appendix") if appendix else self.chapters.get(key, "")
        title = self.tell(self.variant(f"title.{key}"))
        kicker, anchor = self.label(self.variant(f"kicker.{key}")), slug(key).replace("_", "-")
        content = {"anchor": anchor, "number": number, "kicker": kicker, "title": title, "level": 1}
        return Block("section", content)

    def prose(self, key: str) -> Block | None:
        """The paragraph of that key, which begins with its chapter; None where it has nothing to say."""
        if key.partition(".")[0] not in self.chapters:
            return None
        chosen = self.variant(key)
        text = self.tell(chosen) if self.has(chosen) else []
        return Block("prose", {"paragraphs": [text]}) if text else None

    def variant(self, key: str) -> str:
        """The key's own words for an edition without order, where there are some."""
        other = f"unordered.{key}"
        return other if not self.ordered and self.has(other) else key

    def table(
        self, name: str, columns: Sequence[str | tuple[str, str]], rows: list[list[Cell]], **options: Any
    ) -> Block:
        """A table; columns are keys of `columns`, or keys with ready labels."""
        shown = [self._column(each) for each in columns]
        words = {
            part: self.tell(f"table.{name}.{part}") for part in ("caption", "subtitle", "note") if part not in options
        }
        usual = {"searchable": False, "long": len(rows) > LONG, "source": self.source, "key": name}
        return Block("table", {"anchor": f"table-{name}", "columns": shown, "rows": rows, **words, **usual, **options})

    def _column(self, given: Column) -> dict[str, str]:
        key, label = given if isinstance(given, tuple) else (given, self.label(f"columns.{given}"))
        return {"label": label, "align": "left" if key in LEFT else "right", "wrap": "never" if key in NEVER else ""}

    def figure(self, chart: Any, name: str) -> Any:
        """The finished chart, with headline and subtitle of that name."""
        from cityreach import charts

        headline, subtitle = (self.tell(f"chart.{name}.{part}") for part in ("headline", "subtitle"))
        alt = f"{blocks.plain(headline)} {blocks.plain(subtitle)}"
        given = {"headline": headline, "subtitle": subtitle, "source": self.source}
        return charts.finish(chart, **given, alt=alt, key=slug(name))

    @cached_property
    def source(self) -> Text:
        """The source line under figures and tables; it says which of the columns are simulated."""
        natures = set(self.analysis.columns["nature"])
        return self.tell(f"source.{natures.pop() if len(natures) == 1 else 'mixed'}")

    # order

    def listing(self, city_ids: Iterable[str]) -> list[str]:
        """The cities as given in an ordered edition; in any other one shuffled, the same way every time."""
        cities, edition = list(city_ids), self.analysis.material.edition.id
        return cities if self.ordered else sorted(cities, key=lambda city: _shuffle(edition, city))

    @cached_property
    def panel(self) -> list[str]:
        """The whole panel in the order that the edition may show."""
        return self.listing(self.analysis.placed(ALL)["city_id"])


def slug(name: str) -> str:
    """A finding's id as a name of a template: top.all.composite → top_all_composite."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower())


def _shuffle(*words: str) -> str:
    return hashlib.sha256("|".join(words).encode()).hexdigest()
