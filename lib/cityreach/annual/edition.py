"""Files of the annual indices: what an index shares over its years, and one file for each edition.

`data/annual/<index>.yml` and `data/annual/<index>-<year>/edition.yml`; nothing follows from today's date or a name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from cityreach import paths, spec
from cityreach.edition import Day, Mode, Window
from cityreach.errors import SpecError, UnknownNameError

YEARS_BEFORE = 9  # editions before the one reported that are looked at
FILE = "edition.yml"


class BaseList(spec.Model):
    """A list of part of the panel, with places of its own."""

    id: str = Field(description="a short id such as mainland")
    without_region: tuple[str, ...] = Field(description="regions whose cities are not in it, such as [hmt]")


class Place(spec.Model):
    list: str = Field(description="a list such as all, mainland or size_group:super")
    node: str = Field(description="a node of the method, such as composite")


class Record(spec.Model):
    """Where an index stands in data/published/rankings.csv."""

    index: str = Field(description="the index's name in the column index of rankings.csv")
    scopes: dict[str, Place] = Field(description="values of the column scope with {list: ..., node: ...}")


class CaseRule(spec.Model):
    top: int = Field(ge=1, description="the first places of a track that are looked at, such as 20")
    ahead: int = Field(ge=1, description="how many places better than in the composite, such as 8")
    most: int = Field(ge=1, description="the most cases of a track, such as 3")


class ContrastRule(spec.Model):
    size: str = Field(description="the node that stands for size")
    mouth: str = Field(description="the node that stands for word of mouth")
    least: int = Field(ge=1, description="places from which a difference is named, such as 15")
    most: int = Field(ge=1, description="the most cities named on each side, such as 8")


class CommentRule(spec.Model):
    """Which indicators comments give where the sheet leaves them empty."""

    net: str = Field(description="the indicator that takes the net sentiment")
    share: str = Field(description="the indicator that takes the share of positive comments")
    least: int = Field(ge=1, description="the least comments of a city, such as 30")


class CompareRule(spec.Model):
    by: Literal["region", "tier", "size_group"] = Field(description="region, tier or size_group")
    first: str = Field(description="the group that is compared")
    second: str = Field(description="the group that it is compared with")


class AdviceRule(spec.Model):
    """A problem or a piece of advice and the findings that it stands on; its sentence stands in the prose file."""

    kind: str = Field(description="the kind of the findings, such as contrast.size")
    figure: str = Field("", description="a figure of theirs that is held against at_least and at_most")
    at_least: float | None = Field(None, description="the least value of the figure")
    at_most: float | None = Field(None, description="the greatest value of the figure")
    findings: int = Field(default=1, ge=1, description="how many findings there must be")
    most: int = Field(default=3, ge=1, description="how many are named")

    def holds(self, value: float) -> bool:
        """Whether a figure is within the rule's bounds."""
        low, high = self.at_least, self.at_most
        return (low is None or value >= low) and (high is None or value <= high)


class Index(spec.Model):
    """What all editions of an annual index share."""

    id: str = Field(description="the file's own name without .yml")
    notebook: str = Field(description="the notebook's name in notebooks/")
    score_unit: Literal["score", "fine"] = Field(description="score (one decimal) or fine (three)")
    chapters: tuple[str, ...] = Field(min_length=1, description="the chapters in order, as the prose file names them")
    appendix: tuple[str, ...] = Field((), description="the appendix's chapters in order")
    over_time: tuple[str, ...] = Field((), description="chapters that need an edition before this one")
    unordered: tuple[str, ...] = Field((), description="chapters that an edition without order keeps")
    lists: tuple[BaseList, ...] = Field((), description="lists beside the whole panel, or []")
    groups: tuple[str, ...] = Field((), description="columns of cities.csv whose groups have lists of their own")
    phalanxes: tuple[int, ...] = Field((), description="the last place of each phalanx, or []")
    public_indicators: tuple[str, ...] = Field((), description="indicators that public texts name")
    platforms_under: str | None = Field(None, description="the node whose children are platforms, or leave it out")
    languages_under: str | None = Field(None, description="the node whose children are languages, or leave it out")
    record: Record = Field(description="{index: ..., scopes: {composite: {list: all, node: composite}}}")
    cases: CaseRule = Field(description="{top: 20, ahead: 8, most: 3}")
    weak: int = Field(default=10, ge=1, description="places that a weak track lies behind the composite, such as 10")
    comments: CommentRule | None = Field(None, description="{net: ..., share: ..., least: 30}, or leave the key out")
    contrast: ContrastRule | None = Field(None, description="{size: ..., mouth: ..., least: 15, most: 8}")
    compare: CompareRule | None = Field(None, description="{by: region, first: east, second: west}")
    problems: dict[str, AdviceRule] = Field(default_factory=dict, description="names with {kind: ...}")
    advice: dict[str, AdviceRule] = Field(default_factory=dict, description="names with {kind: ...}")


class Remark(spec.Words):
    """Something that the reader must know of an edition, in both languages."""

    places: bool = Field(False, description="true where it speaks of places: left out of an edition without order")


class AnnualEdition(spec.Model):
    """One year's issue of an annual index."""

    id: str = Field(description="the folder's own name, for example image-2025")
    index: str = Field(description="the index, a file of data/annual/ without .yml")
    title: spec.Words = Field(description="the report's title as {zh: ..., en: ...}")
    label: spec.Words = Field(description="the issue's name, for example {zh: 2025年版, en: 2025}")
    year: str = Field(description='the year on charts, for example "2025" in quotes')
    window: Window = Field(description="{first: 2024-12-01, last: 2025-11-30}")
    counting_date: Day = Field(description="the day on which the figures were read, such as 2025-12-10")
    panel: str = Field(description="the name of a panel in data/registry/panels.yml")
    method: str = Field(description="a method's name and version, for example city-image@1")
    mode: Mode = Field(description="one of ordered, unordered, tiers")
    source: Literal["simulated", "collected"] = Field(description="simulated or collected")
    sheet: str = Field(pattern=r"^[^/\\]+\.(csv|xlsx)$", description="the sheet's file name, .csv or .xlsx")
    comments: str | None = Field(
        None, pattern=r"^[^/\\]+\.(csv|xlsx)$", description="a file of comments beside the sheet, or leave the key out"
    )
    record: str = Field("", description="the edition's name in rankings.csv, or leave the key out")
    previous: str | None = Field(None, description="the edition before it, or leave the key out")
    publisher: tuple[spec.Words, ...] = Field((), description="publisher lines as a list of {zh: ..., en: ...}")
    remarks: tuple[Remark, ...] = Field((), description="what the reader must know, a list of {zh: ..., en: ...}")

    @model_validator(mode="after")
    def _consistent(self) -> AnnualEdition:
        if self.counting_date < self.window.last:
            raise ValueError(f"counting_date {self.counting_date} lies before the window's last day {self.window.last}")
        return self

    @property
    def simulated(self) -> bool:
        return self.source == "simulated"

    @property
    def sheet_path(self) -> Path:
        return folder(self.id) / self.sheet


def ids() -> list[str]:
    """All annual editions, sorted."""
    return sorted(path.parent.name for path in paths.data("annual").glob(f"*/{FILE}"))


def folder(edition_id: str) -> Path:
    return paths.data("annual", edition_id)


def load(edition_id: str) -> AnnualEdition:
    """The edition of that id; UnknownNameError lists what exists, SpecError names the broken key."""
    known = ids()
    if edition_id not in known:
        raise UnknownNameError(
            f"Annual edition `{edition_id}` does not exist in data/annual/. There are: {', '.join(known) or 'none'}."
        )
    path = folder(edition_id) / FILE
    edition = spec.read_model(path, AnnualEdition)
    if edition.id != edition_id:
        raise SpecError(f"{paths.relative(path)}: `id` must equal the folder's name. Write {edition_id!r}.")
    return edition


def load_index(name: str) -> Index:
    """What the editions of an index share; UnknownNameError lists the indices."""
    path = paths.data("annual", f"{name}.yml")
    if not path.is_file():
        known = sorted(each.stem for each in paths.data("annual").glob("*.yml"))
        raise UnknownNameError(f"Annual index `{name}` does not exist in data/annual/. There are: {', '.join(known)}.")
    return spec.read_model(path, Index)


def chain(edition: AnnualEdition) -> list[AnnualEdition]:
    """The edition with those before it, oldest first; SpecError for a ring or an edition of another index."""
    found = [edition]
    while (before := found[-1].previous) and len(found) <= YEARS_BEFORE:
        found.append(load(before))
        if found[-1].index != edition.index or found[-1].id in [each.id for each in found[:-1]]:
            raise SpecError(
                f"data/annual/{found[-2].id}/{FILE}: `previous` names {before!r}, which is of another index or leads "
                "back. Name the edition of the year before, or leave the key out."
            )
    return found[::-1]
