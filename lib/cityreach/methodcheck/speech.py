"""How the page says things: names of cities, nodes and inputs, and sentences from findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from cityreach import blocks
from cityreach.blocks import Text
from cityreach.findings import Finding
from cityreach.methodcheck import analysis
from cityreach.methodcheck.checked import Checked
from cityreach.prose import Writer, numbers


class Speech:
    """One language and the findings that every sentence may speak of, each by its id."""

    def __init__(self, checked: Checked, findings: dict[str, Finding], lang: str) -> None:
        self.checked = checked
        self.findings = findings
        self.lang = lang
        names: dict[str, Callable[..., str]] = {
            "city": self.city,
            "pairs": lambda pairs: numbers.listed(map(self.pair, pairs), lang),
            "pair": self.pair,
            "node": self.node,
            "nodes": lambda paths: numbers.listed(map(self.node, paths), lang),
            "input": self.input,
            "method": self.method,
        }
        self.writer = Writer(lang, "methodcheck", names=names)

    # sentences

    def tell(self, key: str, **given: Any) -> Text:
        """A sentence; its template knows all findings by their ids, and what is given."""
        known: dict[str, Any] = dict(self.findings)
        return self.writer.tell(key, **known, **given)

    def plain(self, key: str, **given: Any) -> str:
        """The same without references."""
        return blocks.plain(self.tell(key, **given))

    def label(self, key: str, **words: Any) -> str:
        return self.writer.label(key, **words)

    # names

    def city(self, city_id: str) -> str:
        return self.checked.material.registry.city_name(city_id, self.lang)

    def pair(self, units: Iterable[str]) -> str:
        return self.label("word.pair", names=[self.city(unit) for unit in units])

    def short(self, path: str) -> str:
        """A node by its own name."""
        return self.checked.nodes[path].label[self.lang]

    def node(self, path: str) -> str:
        """A node by its branch and its name; what lies between is left out."""
        above = analysis.ancestors(self.checked.nodes, path)
        if not above:
            return self.short(path)
        return self.label("word.node", branch=self.short(above[0]), name=self.short(path))

    def input(self, name: str) -> str:
        """An input of the plan: what is varied, and at which level where it is one level's."""
        kind, _, level = name.partition(".")
        found = [each for each in self.checked.material.method.levels if each.code == level]
        key = f"input.{kind}_at" if found and self.writer.has(f"input.{kind}_at") else f"input.{kind}"
        words = {"level": found[0].label[self.lang]} if found else {}
        return self.label(key, **words) if self.writer.has(key) else name

    def option(self, name: str) -> str:
        """An option of the plan: our words for it, an indicator's name, or as the plan's reader wrote it."""
        key = f"option.{slug(name)}"
        if self.writer.has(key):
            return self.label(key)
        known = self.checked.material.method.indicators
        return known[name].label[self.lang] if name in known else name

    def method(self, choice: Sequence[str]) -> str:
        """Another method by what it chooses otherwise: 合成方法（几何平均）."""
        return self.label("word.method", input=self.input(choice[0]), option=self.option(choice[1]))

    # numbers

    def share(self, value: Any) -> str:
        return numbers.show(float(value), "fine_share", self.lang)

    def certainty(self, value: Any) -> str:
        """A share of replications in whole percent; one that is not quite all or none never reads as all or none."""
        if 0 < float(value) < 0.01:
            return "<1%"
        return ">99%" if 0.99 < float(value) < 1 else numbers.percent(float(value))

    # the edition

    @cached_property
    def source(self) -> str:
        edition = self.checked.material.edition
        kind = "simulated" if edition.simulated else "exports"
        return self.label(f"word.source_{kind}", day=numbers.full_day(edition.counting_date, self.lang))


def slug(name: str) -> str:
    """The key under which the words for an option stand: geometric (shift 1) → geometric_shift_1."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
