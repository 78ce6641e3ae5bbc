"""How the page says things: names of cities, platforms, accounts and reasons, days, and sentences from findings."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from cityreach import blocks
from cityreach.blocks import Text
from cityreach.edition import BEIJING
from cityreach.findings import Finding
from cityreach.prose import Writer, numbers
from cityreach.quality import received
from cityreach.quality.received import Received

MAIN = ("edition", "rows", "seen", "days", "followers", "odd", "quarantine")


class Speech:
    """One language and the findings that every sentence may speak of, each by its id (those of MAIN)."""

    def __init__(self, known: Received, findings: dict[str, Finding], lang: str) -> None:
        self.received = known
        self.findings = findings
        self.lang = lang
        names = {
            "cities": lambda ids: numbers.listed(map(self.city, ids), lang),
            "platforms": lambda ids: numbers.listed(map(self.platform, ids), lang),
            "account": self.account,
            "reason": self.reason,
            "gate": self.gate,
        }
        self.writer = Writer(lang, "quality", names=names)

    # sentences

    def tell(self, key: str, **given: Any) -> Text:
        """A sentence; its template knows the findings of MAIN by their names, and what is given."""
        known: dict[str, Any] = {name: self.findings[name] for name in MAIN}
        return self.writer.tell(key, **known, **given)

    def plain(self, key: str, **given: Any) -> str:
        """The same without references; a key odd.<kind> speaks of that test."""
        test = {"test": self.findings[key]} if key in self.findings else {}
        return blocks.plain(self.tell(key, **test, **given))

    def label(self, key: str, **words: Any) -> str:
        return self.writer.label(key, **words)

    # names

    def city(self, city_id: str) -> str:
        return self.received.registry.city_name(city_id, self.lang)

    def platform(self, platform: str) -> str:
        known = self.received.registry.platforms
        return known[platform].name[self.lang] if platform in known else platform

    def handle(self, account_id: str) -> str:
        """An account's handle; its id where the register does not know it."""
        known = self.received.registry.accounts
        return str(known.at[account_id, "handle"]) if account_id in known.index else account_id

    def where(self, account_id: str) -> str:
        """An account's city and platform; "" where the register does not know it."""
        known = self.received.registry.accounts
        if account_id not in known.index:
            return ""
        city, platform = str(known.at[account_id, "city_id"]), str(known.at[account_id, "platform"])
        return self.label("word.where", city=self.city(city), platform=self.platform(platform))

    def account(self, account_id: str) -> str:
        """An account by its city, its platform and its handle."""
        return self.label("word.account", where=self.where(account_id), handle=self.handle(account_id))

    def reason(self, reason: str) -> str:
        """A reason in the page's language; as the intake wrote it where no words are kept for it."""
        key = f"reason.{slug(reason)}"
        return self.label(key) if self.writer.has(key) else reason

    def repair(self, reason: str, said: str = "") -> str:
        """How to repair what a reason refused: our words for it, else what the intake said, else in general."""
        key = f"repair.{slug(reason)}"
        return self.label(key) if self.writer.has(key) else said or self.label("repair.other")

    def gate(self, name: str) -> str:
        return self.label(f"gate.{name}") if self.writer.has(f"gate.{name}") else name

    def rule(self, kind: str) -> str:
        """A test's rule in words, with the thresholds of the rules file."""
        figures = self.findings[f"odd.{kind}"].figures
        words = {name: numbers.show(figure.value, figure.unit, self.lang) for name, figure in figures.items()}
        return self.label(f"rule.{kind}", **words)

    # days

    def day(self, value: Any) -> str:
        """A day, with its year where the window spans several."""
        day = value.date() if isinstance(value, pd.Timestamp) else value
        return numbers.full_day(day, self.lang) if self._years else numbers.day(day, self.lang)

    def moment(self, value: Any) -> str:
        """A moment on Beijing's clock."""
        local = pd.Timestamp(value).tz_convert(BEIJING)
        return f"{self.day(local)} {local:%H:%M}"

    @cached_property
    def _years(self) -> bool:
        window = self.received.edition.window
        return window.first.year != window.last.year

    # the edition

    @cached_property
    def before(self) -> str:
        """The name of the edition before; "" where there is none."""
        return self.received.before.label[self.lang] if self.received.before else ""

    @cached_property
    def source(self) -> str:
        edition = self.received.edition
        kind = "simulated" if edition.simulated else "exports"
        return self.label(f"word.source_{kind}", day=self.full_day(edition.counting_date))

    def full_day(self, value: date) -> str:
        return numbers.full_day(value, self.lang)

    @property
    def quarantine_csv(self) -> str:
        return received.quarantine_csv(self.received.edition.id)


def slug(reason: str) -> str:
    """The key under which the words for a reason stand: unusable time → unusable_time."""
    return re.sub(r"[^a-z0-9]+", "_", reason.lower()).strip("_")
