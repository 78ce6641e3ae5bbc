"""Formats: one YAML file in `data/formats/` says how an export is recognised and what its columns mean.

The models below are the whole language of such a file; `docs/adding-a-format.md` shows it with a worked example.
Everything that differs between two exports belongs in the YAML; the code holds only the general transformations.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator

from cityreach import paths, spec
from cityreach.errors import SpecError
from cityreach.intake.headings import headings

Kind = Literal["json", "jsonl", "table"]
POST_FORMATS = ("photo", "video", "reel", "carousel", "text", "link", "short", "live", "other")
COUNTS = ("likes", "comments", "shares", "views", "impressions", "reach", "saves", "followers_at_posting")
SUMS = ("accounts", "posts", "active_days", "interactions", "likes", "comments", "shares", "views", "peak", "followers")
WHO = ("platform", "handle", "uid", "city")
TARGETS = {
    "posts": (*WHO, "post_id", "published_at", "text", "lang", "format", "url", *COUNTS, "counted_at"),
    "snapshots": (*WHO, "day", "followers", "posts_total"),
    "totals": ("platform", "city", "day", *SUMS),
    "unused": (),
}
NEEDED = {
    "posts": ("post_id", "published_at"),
    "snapshots": ("followers",),
    "totals": ("city", "posts"),
    "unused": (),
}
TIMES = ("published_at", "counted_at", "day")
MISSING = ("", "-", "--", "—", "n/a", "na", "nan", "null", "none", "undefined")


def _compiled(expression: str) -> re.Pattern[str]:
    try:
        return re.compile(expression)
    except re.error as error:
        raise ValueError(f"is not a regular expression ({error})") from None


def _readable(expression: str) -> str:
    return _compiled(expression).pattern


Expression = Annotated[str, AfterValidator(_readable)]


class Condition(spec.Model):
    """A question to one record: is the key there, or is its value one of these words?"""

    path: str = Field(description="a key, with dots for keys inside keys")
    present: bool | None = Field(None, description="true where the key must hold a value, false where it must not")
    equals: tuple[str, ...] = Field((), description="a list of words, in quotes")
    differs: tuple[str, ...] = Field((), description="a list of words, in quotes")
    matches: Expression | None = Field(None, description="a regular expression that must be found in the value")

    @model_validator(mode="after")
    def _one_question(self) -> Condition:
        asked = (self.present is not None, bool(self.equals), bool(self.differs), self.matches is not None)
        if sum(asked) != 1:
            raise ValueError(f"condition on `{self.path}` must have exactly one of present, equals, differs, matches")
        return self

    @property
    def asks_for_key(self) -> bool:
        """Whether it can only be met where its key is there."""
        return self.present is not False and not self.differs


class Filter(spec.Model):
    """Records that are left out on purpose; they are counted under the reason."""

    reason: str = Field(min_length=1, description="a short reason, as it shall stand in the log")
    when: tuple[Condition, ...] = Field(min_length=1, description="a list of conditions that must all hold")


class Lookup(spec.Model):
    """A table beside the records in the same file, from which a value is fetched by its key."""

    records: str = Field(description="the path of the side records, for example [].includes.users[]")
    key: str = Field(description="the key of a side record that equals the value at `from`")
    take: str = Field(description="the key of a side record that holds the value wanted")


class Source(spec.Model):
    """Where one value comes from. Several `from` paths are spellings: the first that the file has is used."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    paths: tuple[str, ...] = Field((), alias="from", description="a key, or a list of its spellings")
    value: str | None = Field(None, description="a fixed value, in quotes")
    sum: tuple[str, ...] = Field((), description="a list of keys whose numbers are added")
    extract: str | None = Field(None, description="a regular expression with one group: the part that is kept")
    unless: Expression | None = Field(None, description="a regular expression; a value in which it is found is none")
    prefix: str = Field("", description="text that is put in front of the value")
    suffix: str = Field("", description="text that is put behind a value that ends in a digit, such as 万")
    lookup: Lookup | None = Field(None, description="{records: ..., key: ..., take: ...}")
    values: dict[str, str] | None = Field(None, description="words of the export with our words")
    default: str | None = Field(None, description="our word for every word that `values` does not list")
    missing: tuple[str, ...] = Field((), description="further ways in which this key says that it has no value")
    when: tuple[Condition, ...] = Field((), description="a list of conditions; elsewhere the value is unknown")
    if_seen: str | None = Field(None, description="a key; the value counts only if some record of the file has it")
    time: Literal["iso", "epoch_s", "epoch_ms", "patterns", "id"] = Field("iso", description="how the time is written")
    zone: str = Field("UTC", description="the zone of times that name none, for example Asia/Shanghai")
    zones: dict[str, str] = Field(
        {}, description="zone letters at the end of a time with their offsets, {BRT: '-03:00'}"
    )
    patterns: tuple[str, ...] = Field((), description='a list such as "%Y/%m/%d %H:%M"')
    or_patterns: tuple[str, ...] = Field((), description="the same with day and month the other way round")
    months: tuple[str, ...] = Field((), description="languages in which months are written out, such as [en, es]")
    base64: bool = Field(False, description="for time: id, true where the id is written in base 64")
    shift: int = Field(0, ge=0, le=48, description="for time: id, the bits to the right of the time")
    unit: Literal["s", "ms"] = Field("ms", description="for time: id, the unit of the time inside the id")
    offset: int = Field(0, description="for time: id, what is added to the time inside the id")

    @field_validator("paths", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("extract")
    @classmethod
    def _one_group(cls, value: str | None) -> str | None:
        if value is not None and _compiled(value).groups != 1:
            raise ValueError("must have exactly one group in round brackets")
        return value

    @field_validator("zones")
    @classmethod
    def _offsets(cls, value: dict[str, str]) -> dict[str, str]:
        wrong = [f"{name}: {offset}" for name, offset in value.items() if not re.fullmatch(r"[+-]\d\d:\d\d", offset)]
        if wrong:
            raise ValueError(f"`{wrong[0]}` is no offset such as '-03:00'")
        return value

    @field_validator("months")
    @classmethod
    def _languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        from babel import UnknownLocaleError

        for language in value:
            try:
                month_names(language)
            except (UnknownLocaleError, ValueError):
                raise ValueError(f"`{language}` is not the code of a language") from None
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is not the name of a time zone") from None
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Source:
        if bool(self.paths) + (self.value is not None) + bool(self.sum) != 1:
            raise ValueError("a source needs exactly one of from, value, sum")
        if (self.time == "patterns") != bool(self.patterns):
            raise ValueError("`time: patterns` and a list `patterns` belong together")
        orders, others = _orders(self.patterns), _orders(self.or_patterns)
        if len(orders) > 1 or len(others) > 1:
            raise ValueError("patterns mix day before month with month before day; put the other order in or_patterns")
        if self.or_patterns and (orders == others or self.time != "patterns"):
            raise ValueError("`or_patterns` holds the order of day and month that `patterns` does not")
        return self


class Table(spec.Model):
    """One of our tables, fed from the records of a file."""

    table: Literal["posts", "snapshots", "totals", "unused"] = Field(
        description="posts, snapshots, totals or unused (recognised, but of no use to any table)"
    )
    reason: str = Field(
        "", description="for table: unused, why these records are not used, as it shall stand in the log"
    )
    account: Literal["rows", "folder"] = Field(
        "rows", description="folder where no record names its account and the folder of the file does"
    )
    precision: Literal["exact", "rounded", "typed"] = Field(
        "exact", description="how sure the follower counts are: exact, rounded by the platform, or typed by hand"
    )
    records: tuple[str, ...] = Field((), description="a list of paths at which the records lie, each beginning with []")
    require: tuple[tuple[Condition, ...], ...] = Field(min_length=1, description="a list of keys or lists of spellings")
    match: tuple[Condition, ...] = Field((), description="conditions that tell records of this table from others")
    side: bool = Field(False, description="true where the records are a by-product that is not counted as rows")
    filters: tuple[Filter, ...] = Field((), description="a list of {reason: ..., when: [...]}")
    fields: dict[str, tuple[Source, ...]] = Field({}, description="our columns with the keys they come from")

    @cached_property
    def named(self) -> list[frozenset[str]]:
        """For every required key that names alone can tell: the headers of which one must be there."""
        sure = [each for each in self.require if all(one.asks_for_key and one.path[-1:] != "*" for one in each)]
        return [frozenset(name for one in each for name in headings(one.path)) for each in sure]

    @field_validator("require", mode="before")
    @classmethod
    def _alternatives(cls, value: Any) -> Any:
        return [_conditions(entry) for entry in value] if isinstance(value, list) else value

    @field_validator("filters", mode="before")
    @classmethod
    def _spelled(cls, value: Any) -> Any:
        return [one for entry in value for one in _filters(entry)] if isinstance(value, list) else value

    @field_validator("fields", mode="before")
    @classmethod
    def _sources(cls, value: Any) -> Any:
        return {key: _sources(entry) for key, entry in value.items()} if isinstance(value, dict) else value

    @field_validator("records")
    @classmethod
    def _from_the_top(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [path for path in value if not path.startswith("[]")]
        if wrong:
            raise ValueError(f"path `{wrong[0]}` must begin with [] (the file's own list, or its single object)")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Table:
        strange = [name for name in self.fields if name not in TARGETS[self.table]]
        if strange:
            raise ValueError(f"fields: `{strange[0]}` is no column of {self.table} ({', '.join(TARGETS[self.table])})")
        lacking = [name for name in NEEDED[self.table] if name not in self.fields]
        nameless = (
            self.table in ("posts", "snapshots") and self.account == "rows" and not {"handle", "uid"} & set(self.fields)
        )
        if lacking or nameless:
            raise ValueError(f"fields: {', '.join(lacking) or 'handle or uid'} must be mapped for {self.table}")
        if (self.table == "unused") != bool(self.reason):
            raise ValueError("`table: unused` and a `reason` belong together")
        if any(
            one.value is None and one.values is None and one.default is None for one in self.fields.get("format", ())
        ):
            raise ValueError("fields.format: every source needs `values`, as types are our own words")
        wrong = sorted(_words(self.fields.get("format", ())) - set(POST_FORMATS))
        if wrong:
            raise ValueError(f"fields.format: `{wrong[0]}` is none of {', '.join(POST_FORMATS)}")
        return self


class Numbers(spec.Model):
    """How numbers are written."""

    decimal: str = Field(".", pattern=r"^[.,]$", description='"." or ","')
    group: str = Field(",", pattern=r"^[.,']$", description='"," or "." or an apostrophe')

    @model_validator(mode="after")
    def _distinct(self) -> Numbers:
        if self.decimal == self.group:
            raise ValueError("decimal and group must be two different signs")
        return self


class Format(spec.Model):
    """One export format."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$", description="the file's own name without .yml")
    label: spec.Words = Field(description="the format's name as {zh: ..., en: ...}")
    evidence: Literal["samples", "documents"] = Field(description="samples (tried on real files) or documents")
    kinds: tuple[Kind, ...] = Field(min_length=1, description="a list out of json, jsonl, table (CSV, TSV, Excel, ODS)")
    platform: str | None = Field(None, description="a platform id, or leave the key out and map `platform`")
    missing: tuple[str, ...] = Field((), description="further ways in which the export says that it has no value")
    numbers: Numbers = Field(
        default_factory=lambda: Numbers.model_validate({}), description='{decimal: ".", group: ","}'
    )
    tables: tuple[Table, ...] = Field(min_length=1, description="a list of tables")

    @model_validator(mode="after")
    def _complete(self) -> Format:
        for table in self.tables:
            if table.table != "unused" and (self.platform is None) == ("platform" not in table.fields):
                raise ValueError("give either `platform` for the whole format or a field `platform` in every table")
            if not table.records and set(self.kinds) & {"json", "jsonl"}:
                raise ValueError(f"table {table.table}: a JSON format needs `records`")
        if all(table.side for table in self.tables):
            raise ValueError("at least one table must not be a side table")
        return self


def _orders(patterns: tuple[str, ...]) -> set[str]:
    """Which of day and month comes first, over all patterns that have both as numbers."""
    return {"".join(re.findall("%([dm])", pattern))[:2] for pattern in patterns if "%m" in pattern}


@cache
def month_names(language: str) -> dict[str, int]:
    """Full and short names of the months in a language (small letters, no full stop), each with its number."""
    from babel.dates import get_month_names

    names = {}
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in get_month_names(width, context, language).items():
                names[name.casefold().strip(".")] = number
    return names


def _filters(entry: Any) -> list[Any]:
    """A filter, or one for each spelling where its only condition lists the spellings of a key."""
    when = entry.get("when") if isinstance(entry, dict) else None
    only = when[0] if isinstance(when, list) and len(when) == 1 and isinstance(when[0], dict) else {}
    paths = only.get("path")
    if not isinstance(paths, list) or not paths:
        return [entry]
    return [entry | {"when": [only | {"path": path}]} for path in paths]


def _conditions(entry: Any) -> list[Any]:
    entries = entry if isinstance(entry, list) else [entry]
    return [{"path": one, "present": True} if isinstance(one, str) else one for one in entries]


def _sources(entry: Any) -> list[Any]:
    entries = entry if isinstance(entry, list) else [entry]
    return [{"from": one} if isinstance(one, str) else one for one in entries]


def _words(sources: tuple[Source, ...]) -> set[str]:
    """Every word that a mapped column can come out with."""
    words: set[str] = set()
    for source in sources:
        words.update((source.values or {}).values())
        words.update(word for word in (source.default, source.value) if word is not None)
    return words


def folder() -> Path:
    return paths.data("formats")


def load() -> list[Format]:
    """Every format in `data/formats/`, by id; SpecError names the file, the key and what to write."""
    found = []
    for path in sorted(folder().glob("*.yml")):
        one = spec.read_model(path, Format)
        if one.id != path.stem:
            raise SpecError(
                f"{paths.relative(path)}: `id` must equal the file's name, found {one.id!r}. Write {path.stem!r}."
            )
        found.append(one)
    return found
