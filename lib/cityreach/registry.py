"""The registry: cities, panels, platforms, accounts and themes, as staff keep them in `data/registry/`.

Names of cities come from here only, in both languages. Everything is read once per project root.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from cityreach import paths, spec
from cityreach.errors import SpecError, UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

CITY_COLUMNS = [
    "city_id", "name_zh", "name_en", "province_zh", "province_en", "region", "tier", "size_group", "lat", "lon",
]  # fmt: skip
ACCOUNT_COLUMNS = [
    "account_id", "platform", "handle", "platform_uid", "display_name", "city_id", "district", "operator", "language",
    "status", "origin", "source",
]  # fmt: skip
ACTIVE, INVENTED = "active", "invented"  # values of `status` and `origin`
METRICS = ("likes", "comments", "shares", "views", "saves")
Metric = Literal["likes", "comments", "shares", "views", "saves"]
Counted = Literal["likes", "comments", "shares", "saves"]


class Platform(spec.Model):
    """One platform: its names, what counts as an interaction there, and which figures exist from outside."""

    name: spec.Words = Field(description="{zh: 脸书, en: Facebook}")
    interactions: tuple[Counted, ...] = Field(
        description="a list out of likes, comments, shares, saves, or [] where the platform shows none of them"
    )
    publishes: tuple[Metric | Literal["followers"], ...] = Field(
        description="a list out of likes, comments, shares, views, saves, followers"
    )
    primer: spec.Words = Field(description="one sentence on the platform in both languages")

    @model_validator(mode="after")
    def _published(self) -> Platform:
        hidden = [metric for metric in self.interactions if metric not in self.publishes]
        if hidden:
            raise ValueError(f"interactions counts {hidden[0]}, which publishes does not list")
        return self


class Platforms(spec.Model):
    platforms: dict[str, Platform] = Field(description="platform ids with their entries")


class Panel(spec.Model):
    """A named, versioned list of cities."""

    note: spec.Words = Field(description="how the list was chosen, in both languages")
    cities: tuple[str, ...] = Field(min_length=1, description="a list of city_id values in quotes")


class Panels(spec.Model):
    panels: dict[str, Panel] = Field(description="panel names with their entries")


class Theme(spec.Model):
    """A subject that posts are about; the words that betray it stand in data/themes/<id>.yml."""

    name: spec.Words = Field(description="{zh: 赛事兴城, en: Sports events}")


class Terms(spec.Model):
    """Codes of cities.csv with their words."""

    region: dict[str, spec.Words] = Field(description="region codes with their words")
    tier: dict[str, spec.Words] = Field(description="tier codes with their words")
    size_group: dict[str, spec.Words] = Field(description="size-group codes with their words")
    themes: dict[str, Theme] = Field(description="theme ids with their names")


@dataclass(frozen=True)
class Catalogue:
    """What the registry's YAML files hold: read in no time, while the tables of cities and accounts need pandas."""

    platforms: dict[str, Platform]
    panels: dict[str, Panel]
    terms: Terms

    def panel(self, name: str) -> list[str]:
        """The city ids of a panel; UnknownNameError lists the panels."""
        if name not in self.panels:
            raise UnknownNameError(
                f"Panel `{name}` does not exist. data/registry/panels.yml has: {', '.join(self.panels)}."
            )
        return list(self.panels[name].cities)

    def platform(self, name: str) -> Platform:
        """A platform's entry; UnknownNameError lists the platforms."""
        if name not in self.platforms:
            raise UnknownNameError(
                f"Platform `{name}` does not exist. data/registry/platforms.yml has: {', '.join(self.platforms)}."
            )
        return self.platforms[name]


@dataclass(frozen=True)
class Registry(Catalogue):
    """Everything that is known before a month's figures arrive."""

    cities: pd.DataFrame  # CITY_COLUMNS, indexed by city_id
    accounts: pd.DataFrame  # ACCOUNT_COLUMNS, indexed by account_id

    def city_name(self, city_id: str, lang: str) -> str:
        return self._names[lang][city_id]

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        return {lang: dict(zip(self.cities.index, self.cities[f"name_{lang}"], strict=True)) for lang in ("zh", "en")}

    def city_ids(self, names_zh: Iterable[str]) -> list[str]:
        """The ids of Chinese names (with or without 市); UnknownNameError names the first that is not there."""
        by_name = dict(zip(self.cities["name_zh"], self.cities.index, strict=True))
        found = []
        for name in names_zh:
            city = by_name.get(name) or by_name.get(name.removesuffix("市"))
            if city is None:
                raise UnknownNameError(
                    f"City `{name}` is not in data/registry/cities.csv. Correct the name or add the city."
                )
            found.append(city)
        return found

    def active_accounts(self, *, simulated: bool) -> pd.DataFrame:
        """The accounts that an edition can expect: active ones, without invented ones unless it is simulated."""
        real = self.accounts["origin"] != INVENTED
        return self.accounts[(self.accounts["status"] == ACTIVE) & (real | simulated)]


def load_catalogue() -> Catalogue:
    """The YAML part of the registry alone; SpecError names file, key and remedy."""
    return _load_catalogue(paths.data("registry"))


@cache
def _load_catalogue(folder: Path) -> Catalogue:
    return Catalogue(
        platforms=spec.read_model(folder / "platforms.yml", Platforms).platforms,
        panels=spec.read_model(folder / "panels.yml", Panels).panels,
        terms=spec.read_model(folder / "terms.yml", Terms),
    )


def load() -> Registry:
    """The registry of the current project root; SpecError names file, line or key, and remedy."""
    return _load(paths.data("registry"))


@cache
def _load(folder: Path) -> Registry:
    registry = Registry(
        cities=_coordinates(_read_csv(folder / "cities.csv", CITY_COLUMNS, key="city_id"), folder / "cities.csv"),
        accounts=_read_csv(folder / "accounts.csv", ACCOUNT_COLUMNS, key="account_id"),
        **vars(_load_catalogue(folder)),
    )
    _check_cities(registry, folder / "cities.csv")
    _check_accounts(registry, folder / "accounts.csv")
    _check_panels(registry, folder / "panels.yml")
    return registry


def _read_csv(path: Path, columns: list[str], *, key: str) -> pd.DataFrame:
    """A CSV of text columns, indexed by its key; SpecError for a lacking column, an empty or repeated key."""
    frame = _read_text_table(path)
    lacking = [column for column in columns if column not in frame]
    if lacking:
        raise SpecError(f"{paths.relative(path)}: column(s) {', '.join(lacking)} are absent. Add them to the header.")
    _refuse(path, frame[key] == "", frame[key], f"`{key}` is empty. Write the id.")
    _refuse(path, frame[key].duplicated(), frame[key], f"`{key}` {{!r}} stands twice. Remove one.")
    return frame[columns].set_index(key)


def _read_text_table(path: Path) -> pd.DataFrame:
    import pandas as pd

    name = paths.relative(path)
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig").fillna("")
    except FileNotFoundError:
        raise SpecError(f"{name}: the file does not exist. Restore it from the repository.") from None
    except UnicodeDecodeError as error:
        raise SpecError(f"{name}: not UTF-8 at byte {error.start}. Save it as CSV UTF-8, not as plain CSV.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        reason = " ".join(str(error).split())
        raise SpecError(f"{name}: not a table ({reason}). Put a text that holds a comma in double quotes.") from None


def _refuse(path: Path, broken: pd.Series[bool], values: pd.Series, message: str) -> None:
    """SpecError for the first row marked as broken; `{!r}` in the message becomes its value. The header is line 1."""
    rows = [row for row, bad in enumerate(broken, start=2) if bad]
    if rows:
        raise SpecError(f"{paths.relative(path)}, line {rows[0]}: {message.format(values.iloc[rows[0] - 2])}")


def _coordinates(cities: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The cities with `lat` and `lon` in degrees as numbers."""
    import pandas as pd

    for column in ("lat", "lon"):
        number = pd.to_numeric(cities[column], errors="coerce")
        limit = 90 if column == "lat" else 180
        message = f"`{column}` must be degrees between -{limit} and {limit}, found {{!r}}. Write for example 32.0617."
        _refuse(path, ~number.between(-limit, limit), cities[column], message)
        cities = cities.assign(**{column: number.astype(float)})
    return cities


def _check_cities(registry: Registry, path: Path) -> None:
    cities = registry.cities
    ids = cities.index.to_series()
    _refuse(path, ~ids.str.fullmatch(r"\d{6}"), ids, "`city_id` {!r} is not six digits. Write the GB/T 2260 code.")
    for column in ("name_zh", "name_en"):
        _refuse(path, cities[column] == "", cities[column], f"`{column}` is empty. Write the city's name.")
        message = f"`{column}` {{!r}} stands twice. Add the province in brackets to one of them."
        _refuse(path, cities[column].duplicated(), cities[column], message)
    for column in ("region", "tier", "size_group"):
        codes = getattr(registry.terms, column)
        message = f"`{column}` {{!r}} has no words in terms.yml. Write one of: {', '.join(codes)}."
        _refuse(path, ~cities[column].isin(list(codes)), cities[column], message)


def _check_accounts(registry: Registry, path: Path) -> None:
    accounts = registry.accounts
    message = "`city_id` {!r} is not in cities.csv. Correct it or add the city there."
    _refuse(path, ~accounts["city_id"].isin(registry.cities.index), accounts["city_id"], message)
    message = f"`platform` {{!r}} is not in platforms.yml. Write one of: {', '.join(registry.platforms)}."
    _refuse(path, ~accounts["platform"].isin(list(registry.platforms)), accounts["platform"], message)


def _check_panels(registry: Registry, path: Path) -> None:
    for name, panel in registry.panels.items():
        where = f"{paths.relative(path)}: `panels.{name}.cities`"
        strange = [city for city in panel.cities if city not in registry.cities.index]
        if strange:
            raise SpecError(
                f"{where} names {strange[0]!r}, which cities.csv does not have. Correct it or add it there."
            )
        twice = [city for place, city in enumerate(panel.cities) if city in panel.cities[:place]]
        if twice:
            raise SpecError(f"{where} names {twice[0]!r} twice. Remove one.")
