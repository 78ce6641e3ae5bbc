"""Edition files: one YAML per issue of a report holds its window, panel, platforms, method and publication mode.

Nothing about an edition is derived from today's date or from its name. `previous` names the edition that stands
before it in the series; movements are shown only where the two are comparable (`cityreach.index.compare`).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from cityreach import paths, spec
from cityreach.errors import SpecError, UnknownNameError

if TYPE_CHECKING:
    from cityreach.registry import Catalogue

BEIJING = ZoneInfo("Asia/Shanghai")
YEAR_BEFORE = 11  # editions before the one reported: with it, a year
YEAR_AGO = 12  # editions back to the same month of the year before, where the series has every month
Mode = Literal["ordered", "unordered", "tiers"]
Source = Literal["simulated", "exports"]


def _no_number(value: Any) -> Any:
    """A bare number such as 20250301 would be read as seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("a day is written with hyphens")
    return value


Day = Annotated[date, BeforeValidator(_no_number)]
Share = Annotated[float, Field(ge=0, le=1)]


class Window(spec.Model):
    """First and last day measured, both included, in Asia/Shanghai."""

    first: Day = Field(description="a day such as 2025-03-01")
    last: Day = Field(description="a day such as 2025-03-31")

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


class Gates(spec.Model):
    """What the exports of an edition must reach before a report is built from them, as shares of one.

    The defaults stop what is clearly broken and let pass what is merely incomplete, for missing data are marked as
    missing in the report. Below half of the accounts, a ranking says more about the inbox than about the cities
    (the smallest panel has six accounts on X, of which its public sample holds four). Of a usual month 0.2 % of the
    rows are in quarantine; at 5 % a file was read wrongly or damaged, and one bad row in twenty is still no alarm.
    A tenth of the followers is seldom lost from one edition to the next by people leaving; such a fall is listed as an
    anomaly and stops nothing, because platforms do remove false followers by the thousand.
    """

    coverage: Share = Field(default=0.5, description="the share of accounts that the exports must name, such as 0.8")
    quarantine: Share = Field(default=0.05, description="the share of rows that may be in quarantine, such as 0.02")
    follower_drop: Share = Field(
        default=0.1, description="a loss of followers beyond this share is listed, such as 0.3"
    )


class Edition(spec.Model):
    """One issue of a report."""

    id: str = Field(description='the file\'s own name without .yml, for example "2025-03" in quotes')
    title: spec.Words = Field(description="the report's title as {zh: ..., en: ...}")
    label: spec.Words = Field(description="the issue's name, for example {zh: 2025年3月号, en: March 2025}")
    window: Window = Field(description="{first: 2025-03-01, last: 2025-03-31}")
    counting_date: Day = Field(description="the day on which the figures were read, such as 2025-04-07")
    panel: str = Field(description="the name of a panel in data/registry/panels.yml")
    platforms: tuple[str, ...] = Field(min_length=1, description="a list of platform ids from platforms.yml")
    method: str = Field(description="a method's name and version, for example social-reach@1")
    mode: Mode = Field(description="one of ordered, unordered, tiers")
    source: Source = Field(description="simulated or exports; only a simulated edition is ever simulated")
    previous: str | None = Field(None, description="the id of the edition before this one, or leave the key out")
    publisher: tuple[spec.Words, ...] = Field((), description="publisher lines as a list of {zh: ..., en: ...}")
    context: tuple[ContextFigure, ...] = Field((), description="a list of {text: ..., source: ...}")
    gates: Gates = Field(Gates(), description="{coverage: 0.8, quarantine: 0.02, follower_drop: 0.3}, or part of it")

    @field_validator("id", "previous")
    @classmethod
    def _safe_id(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", value):
            raise ValueError("an edition's id holds only lower-case letters, digits and hyphens")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Edition:
        if self.counting_date < self.window.last:
            raise ValueError(
                f"counting_date {self.counting_date} lies before the window's last day {self.window.last}; correct one"
            )
        if len(set(self.platforms)) != len(self.platforms):
            raise ValueError("platforms names a platform twice; remove one")
        if self.previous == self.id:
            raise ValueError("previous names the edition itself; name the one before it")
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
            f"Edition `{edition_id}` does not exist in data/editions/. There are: {', '.join(known) or 'none yet'}. "
            "Use one of these, or make the next one with `cityreach new`."
        )
    path = path_of(edition_id)
    edition = spec.read_model(path, Edition)
    if edition.id != edition_id:
        raise SpecError(
            f"{paths.relative(path)}: `id` must equal the file's name, found {edition.id!r}. Write {edition_id!r}."
        )
    return _with_context(edition)


class _Context(spec.Model):
    """`<id>/context.yml`: the same list as the edition's own key, where the editors keep it apart."""

    context: tuple[ContextFigure, ...] = Field(description="a list of {text: ..., source: ...}")


def _with_context(edition: Edition) -> Edition:
    """The edition with the figures of its editors' `context.yml` after its own; SpecError for one that both hold."""
    path = paths.data("editions", edition.id, "context.yml")
    if not path.is_file():
        return edition
    further = spec.read_model(path, _Context).context
    own = [each.text for each in edition.context]
    for number, each in enumerate(further):
        if each.text in own + [other.text for other in further[:number]]:
            raise SpecError(
                f"{paths.relative(path)}: `context.{number}.text` stands twice, found {each.text.zh!r}. "
                f"Keep it here or in {paths.relative(path_of(edition.id))}, once."
            )
    return edition.model_copy(update={"context": (*edition.context, *further)})


def history(edition: Edition, *, count: int) -> list[Edition]:
    """Up to `count` editions before this one along `previous`, oldest first; SpecError for an unknown id or a ring."""
    chain = [edition]
    while chain[-1].previous and len(chain) <= count:
        chain.append(_before(chain[-1]))
        if chain[-1].id in [other.id for other in chain[:-1]]:
            raise SpecError(
                f"data/editions/{chain[-2].id}.yml: `previous` leads back to {chain[-1].id!r}, a ring. "
                "Name an older edition or leave the key out."
            )
    return chain[:0:-1]


def _before(edition: Edition) -> Edition:
    """The edition that `previous` names."""
    if edition.previous not in ids():
        raise _unknown(edition, "previous", edition.previous, known=ids(), home="data/editions/")
    return load(str(edition.previous))


def year_ago(edition: Edition, earlier: list[Edition]) -> Edition | None:
    """The one of the earlier editions whose window is the same a year before; None where there is none."""
    first, last = edition.window.first, edition.window.last
    for each in earlier:
        window = each.window
        if (window.first.year, window.last.year) == (first.year - 1, last.year - 1) and (
            (window.first.month, window.first.day, window.last.month) == (first.month, first.day, last.month)
        ):
            return each
    return None


def check_names(edition: Edition, registry: Catalogue) -> Edition:
    """The same edition if its panel, platforms, method and previous edition exist; SpecError lists the known names."""
    methods = sorted(path.stem for path in paths.data("methods").glob("*.yml"))
    named = [("panel", edition.panel, list(registry.panels), "data/registry/panels.yml")]
    named += [
        ("platforms", name, list(registry.platforms), "data/registry/platforms.yml") for name in edition.platforms
    ]
    named += [("method", edition.method, methods, "data/methods/")]
    if edition.previous:
        named += [("previous", edition.previous, ids(), "data/editions/")]
    for key, value, known, home in named:
        if value not in known:
            raise _unknown(edition, key, value, known=known, home=home)
    return edition


def _unknown(edition: Edition, key: str, value: str | None, *, known: list[str], home: str) -> SpecError:
    return SpecError(
        f"{paths.relative(path_of(edition.id))}: `{key}` names {value!r}, which {home} does not have. "
        f"Write one of: {', '.join(known)}."
    )
