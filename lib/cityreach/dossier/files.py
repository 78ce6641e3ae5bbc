"""What staff know of a city beside the exports: `data/dossiers/<city_id>/*.csv`, read into checked rows.

Every row says which days it covers, where it is from, on which day it was read there, and whether it is real or
simulated. An absent file is an empty table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from cityreach import paths, spec
from cityreach.edition import Window
from cityreach.errors import SpecError

Bound = Literal["exact", "over", "near"]
Origin = Literal["real", "simulated"]


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


Count = Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_none_if_empty)]
Text = Annotated[str, Field(min_length=1)]


class Row(spec.Model):
    """What every file has: days covered, origin, source, and the day of the source."""

    first: date = Field(description="the first day covered, such as 2025-01-01")
    last: date = Field(description="the last day covered, such as 2025-12-31")
    origin: Origin = Field(description="real or simulated")
    source_zh: Text = Field(description="who says so, in Chinese")
    source_en: Text = Field(description="who says so, in English")
    source_date: date = Field(description="the day of the source, such as 2025-12-28")

    @model_validator(mode="after")
    def _in_order(self) -> Row:
        if self.last < self.first:
            raise ValueError(f"`last` {self.last} lies before `first` {self.first}")
        return self

    def text(self, name: str, lang: str) -> str:
        """A field that stands in both languages."""
        return str(getattr(self, f"{name}_{lang}"))


class Fact(Row):
    """A figure of the whole city or of some accounts, which the exports do not hold."""

    key: Literal["posts", "views", "interactions", "followers", "visits"] = Field(
        description="one of posts, views, interactions, followers, visits"
    )
    value: int = Field(ge=0, description="a whole number without separators")
    bound: Bound = Field(description="exact, over (the source says more than) or near (the source says nearly)")
    about_zh: Text = Field(description="what the figure is about, in Chinese")
    about_en: Text = Field(description="what the figure is about, in English")
    accounts: tuple[str, ...] = Field(description="account ids of accounts.csv with ; between them, or empty")

    @field_validator("accounts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(";") if part.strip()) if isinstance(value, str) else value


class Contact(Row):
    """What passed between the city's accounts and opinion leaders."""

    who_zh: Text = Field(description="who it is, in Chinese")
    who_en: Text = Field(description="who it is, in English")
    people: Count = Field(description="how many people, 1 for one person")
    people_bound: Bound = Field(description="exact, over or near")
    followers: Count = Field(description="their followers, or empty")
    kind: Literal["interaction", "co_creation", "repost", "interview", "visit"] = Field(
        description="one of interaction, co_creation, repost, interview, visit"
    )
    count: Count = Field(description="how often, or empty")
    count_bound: Bound = Field(description="exact, over or near")


class Endorsement(Row):
    """A repost or praise by an official or by a publication."""

    who_zh: Text = Field(description="who it is, in Chinese")
    who_en: Text = Field(description="who it is, in English")
    role_zh: Text = Field(description="their office, in Chinese")
    role_en: Text = Field(description="their office, in English")
    kind: Literal["official", "media"] = Field(description="official or media")
    about_zh: Text = Field(description="what was reposted or praised, in Chinese")
    about_en: Text = Field(description="what was reposted or praised, in English")
    count: Count = Field(description="how often, or empty where the source does not say")
    bound: Annotated[Bound | None, BeforeValidator(_none_if_empty)] = Field(
        description="exact, over or near; empty where there is no count"
    )


class Award(Row):
    """A prize or an entry in a list of the best."""

    work_zh: Text = Field(description="the work, in Chinese")
    work_en: Text = Field(description="the work, in English")
    award_zh: Text = Field(description="the prize, in Chinese")
    award_en: Text = Field(description="the prize, in English")
    contest_zh: Text = Field(description="who or what awards it, in Chinese")
    contest_en: Text = Field(description="who or what awards it, in English")
    maker_zh: Text = Field(description="who made the work, in Chinese")
    maker_en: Text = Field(description="who made the work, in English")


class Event(Row):
    """Talks, visits, exhibitions: how many, with how many people."""

    name_zh: Text = Field(description="the event, in Chinese")
    name_en: Text = Field(description="the event, in English")
    where_zh: Text = Field(description="where, in Chinese")
    where_en: Text = Field(description="where, in English")
    times: Count = Field(description="how many times, 1 for one event")
    times_bound: Bound = Field(description="exact, over or near")
    people: Count = Field(description="how many came, or empty")
    people_bound: Bound = Field(description="exact, over or near")


class Place(Row):
    """A place in an index that rankings.csv does not hold, with the list that it is in."""

    index: Text = Field(description="an index id of data/published/indices.yml")
    edition: Text = Field(description="the index's edition, such as 2025 or 2025-03")
    scope: Text = Field(description="a scope that indices.yml has words for")
    place: int = Field(ge=1, description="the place, such as 3")
    base_zh: Text = Field(description="among whom, in Chinese")
    base_en: Text = Field(description="among whom, in English")

    @model_validator(mode="before")
    @classmethod
    def _days(cls, content: Any) -> Any:
        """A place covers its edition; `first` and `last` are not asked for."""
        if isinstance(content, dict) and "first" not in content:
            return {**content, "first": content.get("source_date"), "last": content.get("source_date")}
        return content


R = TypeVar("R", bound=Row)
FILES: dict[str, type[Row]] = {
    "facts": Fact, "contacts": Contact, "endorsements": Endorsement, "awards": Award, "events": Event, "indices": Place,
}  # fmt: skip
IMPLIED = {"indices": ("first", "last")}  # columns that a file does without


@dataclass(frozen=True)
class Records:
    """The rows of a city's files, in their order."""

    facts: Sequence[Fact] = field(default=())
    contacts: Sequence[Contact] = field(default=())
    endorsements: Sequence[Endorsement] = field(default=())
    awards: Sequence[Award] = field(default=())
    events: Sequence[Event] = field(default=())
    indices: Sequence[Place] = field(default=())

    def within(self, window: Window) -> Records:
        """The rows whose last day lies in the window; indices all, as their editions decide."""
        kept: dict[str, Any] = {
            name: [row for row in getattr(self, name) if window.first <= row.last <= window.last]
            for name in FILES
            if name != "indices"
        }
        return Records(**kept, indices=self.indices)


def folder(city_id: str) -> Path:
    return paths.data("dossiers", city_id)


def read(city_id: str, accounts: Sequence[str]) -> Records:
    """A city's files; SpecError names file, line, column, rule, what was found and what to write.

    accounts: the account ids of the register, which `facts.csv` may name.
    """
    strange = [path.name for path in sorted(folder(city_id).glob("*.csv")) if path.stem not in FILES]
    if strange:
        known = ", ".join(f"{name}.csv" for name in FILES)
        raise SpecError(f"data/dossiers/{city_id}/{strange[0]}: the file is not known. Name it one of: {known}.")
    tables: dict[str, Any] = {name: _table(folder(city_id) / f"{name}.csv", model) for name, model in FILES.items()}
    _check_accounts(folder(city_id) / "facts.csv", tables["facts"], set(accounts))
    return Records(**tables)


def _check_accounts(path: Path, facts: list[Fact], known: set[str]) -> None:
    for line, fact in enumerate(facts, start=2):
        for account in fact.accounts:
            if account not in known:
                raise SpecError(
                    f"{paths.relative(path)}, line {line}: `accounts` names {account!r}, which "
                    "data/registry/accounts.csv does not have. Write an account_id of that file."
                )


def _table(path: Path, model: type[R]) -> list[R]:
    if not path.is_file():
        return []
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), restval=None)
    _check_header(path, list(reader.fieldnames or []), model)
    return [_row(path, line, content, model) for line, content in _lines(reader)]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(
            f"{paths.relative(path)}: not UTF-8 at byte {error.start}. Save it as CSV UTF-8, not as plain CSV."
        ) from None


def _lines(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[Any, Any]]]:
    """The rows with something in them, each with the line on which it ends."""
    for content in reader:
        if any(content.values()):
            yield reader.line_num, content


def _check_header(path: Path, found: list[str], model: type[Row]) -> None:
    wanted = [name for name in model.model_fields if name not in IMPLIED.get(path.stem, ())]
    lacking = [name for name in wanted if name not in found]
    strange = [name for name in found if name not in wanted]
    if lacking or strange or len(set(found)) != len(found):
        about = f"lacks {', '.join(lacking)}" if lacking else f"has {', '.join(strange) or 'a column twice'}"
        raise SpecError(f"{paths.relative(path)}, line 1: the header {about}. Its columns are: {', '.join(wanted)}.")


def _row(path: Path, line: int, content: dict[Any, Any], model: type[R]) -> R:
    where = f"{paths.relative(path)}, line {line}"
    if None in content or None in content.values():
        raise SpecError(
            f"{where}: not as many cells as the header has columns. Put a text that holds a comma in quotes."
        )
    try:
        return model.model_validate({name: value.strip() for name, value in content.items()})
    except ValidationError as error:
        raise SpecError(f"{where}: {spec.first_problem(error, model)}") from None
