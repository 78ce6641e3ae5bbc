"""Edition files: one YAML per issue of a report holds its window, panel, platforms, method and publication mode.

Nothing about an edition is derived from today's date or from its name. `previous` names the edition that stands
before it in the series; movements are shown only where the two are comparable (`cityreach.index.compare`).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from cityreach import paths, spec
from cityreach.errors import SpecError, UnknownNameError

BEIJING = ZoneInfo("Asia/Shanghai")
Mode = Literal["ordered", "unordered", "tiers"]
Source = Literal["simulated", "exports"]


class Window(spec.Model):
    """First and last day measured, both included, in Asia/Shanghai."""

    first: date = Field(description="a day such as 2025-03-01")
    last: date = Field(description="a day such as 2025-03-31")

    @model_validator(mode="after")
    def _ordered(self) -> Window:
        if self.last < self.first:
            raise ValueError(f"the last day {self.last} lies before the first day {self.first}")
        return self

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """The first instant inside the window, with Beijing's offset."""
        return datetime.combine(self.first, time(), BEIJING)

    @property
    def end(self) -> datetime:
        """The first instant after the window, with Beijing's offset."""
        return datetime.combine(self.last + timedelta(days=1), time(), BEIJING)


class ContextFigure(spec.Model):
    """A figure from outside the index, entered by the editors, shown beside it and never mixed with it."""

    text: spec.Words = Field(description="one sentence in both languages")
    source: spec.Words = Field(description="who published the figure, in both languages")


class Edition(spec.Model):
    """One issue of a report."""

    id: str = Field(description='the file\'s own name without .yml, for example "2025-03" in quotes')
    title: spec.Words = Field(description="the report's title as {zh: ..., en: ...}")
    label: spec.Words = Field(description="the issue's name, for example {zh: 2025年3月号, en: March 2025}")
    window: Window = Field(description="{first: 2025-03-01, last: 2025-03-31}")
    counting_date: date = Field(description="the day on which the figures were read, on or after the window's end")
    panel: str = Field(description="the name of a panel in data/registry/panels.yml")
    platforms: tuple[str, ...] = Field(min_length=1, description="a list of platform ids from platforms.yml")
    method: str = Field(description="a method's name and version, for example social-reach@1")
    mode: Mode = Field(description="one of ordered, unordered, tiers")
    source: Source = Field(description="simulated or exports; only a simulated edition is ever simulated")
    previous: str | None = Field(None, description="the id of the edition before this one, or leave the key out")
    publisher: tuple[spec.Words, ...] = Field((), description="publisher lines as a list of {zh: ..., en: ...}")
    context: tuple[ContextFigure, ...] = Field((), description="a list of {text: ..., source: ...}")

    @field_validator("id", "previous")
    @classmethod
    def _safe_id(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", value):
            raise ValueError("an edition's id holds only lower-case letters, digits and hyphens")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Edition:
        if self.counting_date < self.window.last:
            raise ValueError(f"counting_date {self.counting_date} lies before the window's last day {self.window.last}")
        if len(set(self.platforms)) != len(self.platforms):
            raise ValueError("platforms names a platform twice")
        if self.previous == self.id:
            raise ValueError("previous names the edition itself")
        return self

    @property
    def simulated(self) -> bool:
        return self.source == "simulated"


def ids() -> list[str]:
    """All edition ids, sorted."""
    return sorted(path.stem for path in paths.data("editions").glob("*.yml"))


def path_of(edition_id: str) -> Path:
    return paths.data("editions", f"{edition_id}.yml")


def load(edition_id: str) -> Edition:
    """The edition of that id; UnknownNameError lists what exists, SpecError names the broken key."""
    known = ids()
    if edition_id not in known:
        raise UnknownNameError(
            f"Edition `{edition_id}` does not exist in data/editions/. There are: {', '.join(known)}. "
            "Use one of these, or make the next one with `cityreach new`."
        )
    path = path_of(edition_id)
    edition = spec.read_model(path, Edition)
    if edition.id != edition_id:
        raise SpecError(
            f"{paths.relative(path)}: `id` must equal the file's name, found {edition.id!r}. Write {edition_id!r}."
        )
    return edition


def history(edition: Edition, *, count: int) -> list[Edition]:
    """Up to `count` editions before this one along `previous`, oldest first; a ring is a SpecError."""
    chain: list[Edition] = []
    current = edition
    while current.previous and len(chain) < count:
        current = load(current.previous)
        if current.id == edition.id or any(current.id == other.id for other in chain):
            raise SpecError(f"data/editions/{edition.id}.yml: `previous` leads back to {current.id}. Break the ring.")
        chain.append(current)
    return chain[::-1]
