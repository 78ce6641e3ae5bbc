"""What has been published, as files hold it: `data/published/` read, checked and made safe to show.

A list whose order is not stated (`ordered` is `no` or `unclear`) loses its places here, at the door, and its
members are put into alphabetical order of their English names (pinyin), so that nothing further on can show
an order that nobody published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field, model_validator

from cityreach import paths, registry, spec
from cityreach.errors import SpecError, UnknownNameError

RANKING_COLUMNS = ["edition", "index", "scope", "rank", "city", "ordered", "source_title"]
POST_COLUMNS = [
    "edition", "city", "platform", "account", "post_date", "topic", "content_summary", "metric", "value",
    "source_title",
]  # fmt: skip
ORDERS = ("yes", "no", "unclear")
LIST_KEY = ["index_id", "edition", "scope"]
Evidence = Literal["published", "derived", "unseen"]


class Index(spec.Model):
    """One index: who makes it, of what, from what, how often."""

    id: str = Field(description="a short id of small letters and hyphens")
    name: str = Field(description="the name exactly as in the column index of rankings.csv")
    short: spec.Words = Field(description="a short name in both languages")
    publisher: spec.Words = Field(description="the publisher in both languages")
    object: Literal["cities", "accounts", "provinces", "companies", "world-cities"] = Field(
        description="one of cities, accounts, provinces, companies, world-cities"
    )
    measures: Literal["accounts", "coverage", "mixed", "survey", "unseen"] = Field(
        description="accounts (their own accounts), coverage (what others say), mixed, survey or unseen"
    )
    national: str | None = Field(None, description="the scope of its list for the whole country, or leave the key out")
    period: spec.Words = Field(description="how often it appears, in both languages")
    base: spec.Words = Field(description="what is measured and how many, in both languages")
    weights: bool = Field(False, description="true where its platform weights are published")
    note: spec.Words = Field(description="one line on method or use, in both languages")
    evidence: Evidence = Field(description="one of published, derived, unseen")


class Issue(spec.Model):
    """One issue of the main index, as far as its texts tell."""

    id: str = Field(description='the month, for example "2025-03" in quotes')
    first: date | None = Field(description="the first day measured, or null")
    last: date | None = Field(description="the last day measured, or null")
    cities: int | None = Field(description="the number of cities measured, or null")
    tiktok: Literal["measured", "none", "added", "apart", "unstated"] = Field(
        description="one of measured, none, added, apart, unstated"
    )
    platforms: tuple[str, ...] = Field(description="platform ids, or [] where not stated")
    released: spec.Words | None = Field(description="when it came out, in both languages, or null")
    evidence: Evidence = Field(description="one of published, derived, unseen")


class Break(spec.Model):
    """Where the series of the main index does not run through."""

    after: str = Field(description='the last issue before the break, for example "2025-03"')
    before: str = Field(description='the first issue after it, for example "2025-05"')
    word: spec.Words = Field(description="a word for the chart, in both languages")
    what: spec.Words = Field(description="what changed, in both languages")
    composite: bool = Field(description="true where composite places are not comparable across it")


class Derived(spec.Model):
    """A place that follows from a published change."""

    edition: str = Field(description="the issue whose place is derived")
    city: str = Field(description="the city's Chinese name")
    rank: int = Field(description="the derived place")
    seen_in: str = Field(description="the issue that states place and change")
    seen_rank: int = Field(description="the place that is stated")
    change: int = Field(description="places gained from the derived place to the stated one")

    @model_validator(mode="after")
    def _adds_up(self) -> Derived:
        if self.seen_rank + self.change != self.rank:
            raise ValueError(f"place {self.seen_rank} after a gain of {self.change} does not come from {self.rank}")
        return self


class WrongName(spec.Model):
    edition: str = Field(description="the issue")
    rank: int = Field(description="the place")
    listed: str = Field(description="the city of the Chinese list")
    printed: str = Field(description="the English name that was printed")
    mistaken: str = Field(description="the city that this name means")


class MixedBases(spec.Model):
    index: str = Field(description="an index id")
    edition: str = Field(description="the edition that states the change")
    city: str = Field(description="the city")
    before: int = Field(description="the place before, as stated")
    after: int = Field(description="the place after, as stated")
    others: int = Field(description="how many cities the longer list holds beside those of the mainland")
    mainland_best: int = Field(description="the worst place that the mainland list leaves open the year before")


class Claims(spec.Model):
    cangzhou: WrongName = Field(description="a city taken for another")
    shenzhen: MixedBases = Field(description="a change between two bases")


class Known(spec.Model):
    """The content of data/published/indices.yml."""

    main: str = Field(description="the id of the main index")
    indices: tuple[Index, ...] = Field(min_length=1, description="a list of indices")
    editions: tuple[Issue, ...] = Field(description="a list of the main index's issues, oldest first")
    breaks: tuple[Break, ...] = Field(description="a list of breaks, oldest first")
    derived: tuple[Derived, ...] = Field(description="a list of derived places")
    claims: Claims = Field(description="the claims that the report sets right")
    scopes: dict[str, spec.Words] = Field(description="words for the column scope")
    names: dict[str, str] = Field(description="English names of everything that is not a city of the registry")

    def index(self, index_id: str) -> Index:
        """The index of that id; UnknownNameError lists the ids."""
        for index in self.indices:
            if index.id == index_id:
                return index
        raise UnknownNameError(
            f"Index `{index_id}` is not in data/published/indices.yml. There are: "
            f"{', '.join(index.id for index in self.indices)}."
        )


@dataclass(frozen=True)
class Facts:
    """The published record.

    rankings: index_id, edition, scope, city, place (Int64, null in a list without stated order), ordered,
    source_title; lists in the file's order, members by place or else alphabetically. posts: POST_COLUMNS
    as in the file. posts_en: the same rows with English words. names: Chinese name to English name.
    """

    rankings: pd.DataFrame
    posts: pd.DataFrame
    posts_en: pd.DataFrame
    known: Known
    names: dict[str, str]

    @property
    def main(self) -> pd.DataFrame:
        """The rankings of the main index."""
        return self.rankings[self.rankings["index_id"] == self.known.main]

    def name(self, city: str, lang: str) -> str:
        return self.names[city] if lang == "en" else city.replace("_", " ")


def load() -> Facts:
    """The published record of the current project root; SpecError names file, line or key, and remedy."""
    known = spec.read_model(paths.data("published", "indices.yml"), Known)
    names = _names(known)
    rankings_path, posts_path = paths.data("published", "rankings.csv"), paths.data("published", "case_posts.csv")
    rankings = _read(rankings_path, RANKING_COLUMNS)
    _check_rankings(rankings, known, names, rankings_path)
    posts = _read(posts_path, POST_COLUMNS)
    posts_en = _read(paths.data("published", "case_posts_en.csv"), POST_COLUMNS[:-1])
    if len(posts_en) != len(posts):
        raise SpecError(
            f"data/published/case_posts_en.csv: {len(posts_en)} rows beside {len(posts)} in case_posts.csv. "
            "Write one English row for each row, in the same order."
        )
    return Facts(without_unstated_places(rankings, known, names), posts, posts_en, known, names)


def without_unstated_places(rankings: pd.DataFrame, known: Known, names: dict[str, str]) -> pd.DataFrame:
    """Rankings with `place` only where the order is stated; other lists in alphabetical order of English names."""
    ids = {index.name: index.id for index in known.indices}
    stated = rankings["ordered"] == "yes"
    frame = pd.DataFrame(
        {
            "index_id": rankings["index"].map(ids),
            "edition": rankings["edition"],
            "scope": rankings["scope"],
            "city": rankings["city"],
            "place": pd.to_numeric(rankings["rank"].where(stated, None)).astype("Int64"),
            "ordered": rankings["ordered"],
            "source_title": rankings["source_title"],
        }
    )
    position = frame.groupby([*LIST_KEY, "ordered"], sort=False).ngroup()
    order = pd.DataFrame({"list": position, "place": frame["place"], "name": frame["city"].map(names)})
    return frame.loc[order.sort_values(["list", "place", "name"], kind="stable").index].reset_index(drop=True)


def _names(known: Known) -> dict[str, str]:
    cities = registry.load().cities
    return dict(zip(cities["name_zh"], cities["name_en"], strict=True)) | known.names


def _read(path: Path, columns: list[str]) -> pd.DataFrame:
    """A CSV of text columns; SpecError where the file or its header is not as it should be."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise SpecError(f"{paths.relative(path)}: the file does not exist. Restore it from the repository.") from None
    if list(frame.columns) != columns:
        raise SpecError(
            f"{paths.relative(path)}, line 1: the header must be {','.join(columns)}, "
            f"found {','.join(frame.columns)}. Restore the header."
        )
    return frame


def _check_rankings(frame: pd.DataFrame, known: Known, names: dict[str, str], path: Path) -> None:
    """SpecError for the first row with a strange order word, index, scope or name, or without its place."""
    rules = [
        ("ordered", ~frame["ordered"].isin(ORDERS), "one of yes, no, unclear"),
        ("index", ~frame["index"].isin([index.name for index in known.indices]), "an index of indices.yml"),
        ("scope", ~frame["scope"].isin(list(known.scopes)), "a scope that indices.yml has words for"),
        ("city", ~frame["city"].isin(list(names)), "a city of the registry or a name that indices.yml has"),
        ("rank", (frame["ordered"] == "yes") & ~frame["rank"].str.fullmatch(r"[1-9]\d*"), "a place such as 1"),
    ]
    for column, broken, rule in rules:
        if broken.any():
            row = int(broken.to_numpy().argmax())
            raise SpecError(
                f"{paths.relative(path)}, line {row + 2}: `{column}` must be {rule}, "
                f"found {frame[column].iloc[row]!r}. Correct the row."
            )
