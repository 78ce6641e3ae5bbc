"""The registry: cities, panels, platforms, accounts and themes, as staff keep them in `data/registry/`.

Names of cities come from here only, in both languages. Everything is read once per project root.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import Field

from cityreach import paths, spec
from cityreach.errors import SpecError, UnknownNameError

CITY_COLUMNS = [
    "city_id", "name_zh", "name_en", "province_zh", "province_en", "region", "tier", "size_group", "lat", "lon",
]  # fmt: skip
ACCOUNT_COLUMNS = [
    "account_id", "platform", "handle", "platform_uid", "display_name", "city_id", "district", "operator", "language", "status",
    "origin", "source",
]  # fmt: skip
METRICS = ("likes", "comments", "shares", "views", "saves")


class Platform(spec.Model):
    """One platform: its names, what counts as an interaction there, and which figures exist from outside."""

    name: spec.Words = Field(description="{zh: 脸书, en: Facebook}")
    interactions: tuple[str, ...] = Field(min_length=1, description="a list out of likes, comments, shares, saves")
    publishes: tuple[str, ...] = Field(description="a list out of likes, comments, shares, views, saves, followers")
    primer: spec.Words = Field(description="one sentence on the platform in both languages")


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
class Registry:
    """Everything that is known before a month's figures arrive."""

    cities: pd.DataFrame  # CITY_COLUMNS, indexed by city_id
    accounts: pd.DataFrame  # ACCOUNT_COLUMNS, indexed by account_id
    platforms: dict[str, Platform]
    panels: dict[str, Panel]
    terms: Terms

    def city_name(self, city_id: str, lang: str) -> str:
        return str(self.cities.at[city_id, f"name_{lang}"])

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


def load() -> Registry:
    """The registry of the current project root; SpecError names file, line or key, and remedy."""
    return _load(paths.data("registry"))


@cache
def _load(folder: Path) -> Registry:
    cities = _read_csv(folder / "cities.csv", CITY_COLUMNS, key="city_id").astype({"lat": float, "lon": float})
    accounts = _read_csv(folder / "accounts.csv", ACCOUNT_COLUMNS, key="account_id")
    platforms = spec.read_model(folder / "platforms.yml", Platforms).platforms
    panels = spec.read_model(folder / "panels.yml", Panels).panels
    _check_references(folder, cities, accounts, platforms, panels)
    return Registry(cities, accounts, platforms, panels, spec.read_model(folder / "terms.yml", Terms))


def _read_csv(path: Path, columns: list[str], *, key: str) -> pd.DataFrame:
    """A CSV of text columns, indexed by its key; SpecError for a lacking column, an empty or repeated key."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise SpecError(f"{paths.relative(path)}: the file does not exist. Restore it from the repository.") from None
    lacking = [column for column in columns if column not in frame]
    if lacking:
        raise SpecError(f"{paths.relative(path)}: column(s) {', '.join(lacking)} are absent. Add them to the header.")
    for line, value in enumerate(frame[key], start=2):
        if not value:
            raise SpecError(f"{paths.relative(path)}, line {line}: `{key}` is empty. Write the id.")
    doubled = frame.loc[frame[key].duplicated(), key]
    if len(doubled):
        line = int(doubled.index[0]) + 2
        raise SpecError(f"{paths.relative(path)}, line {line}: `{key}` {doubled.iloc[0]!r} stands twice. Remove one.")
    return frame[columns].set_index(key)


def _check_references(
    folder: Path,
    cities: pd.DataFrame,
    accounts: pd.DataFrame,
    platforms: dict[str, Platform],
    panels: dict[str, Panel],
) -> None:
    def unknown(values: Iterable[str], known: Iterable[str], where: str, target: str) -> None:
        strange = sorted(set(values) - set(known))
        if strange:
            raise SpecError(
                f"{paths.relative(folder)}/{where}: {strange[0]!r} is not in {target}. Correct it or add it there."
            )

    unknown(accounts["city_id"], cities.index, "accounts.csv, column city_id", "cities.csv")
    unknown(accounts["platform"], platforms, "accounts.csv, column platform", "platforms.yml")
    for name, panel in panels.items():
        unknown(panel.cities, cities.index, f"panels.yml, `{name}`", "cities.csv")
        if len(set(panel.cities)) != len(panel.cities):
            raise SpecError(f"{paths.relative(folder)}/panels.yml: `{name}` names a city twice. Remove one.")
