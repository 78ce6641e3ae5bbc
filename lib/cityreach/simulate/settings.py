"""The files of `data/simulation/`: how strong cities are, how accounts post, what posts say, which are published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

from pydantic import Field, field_validator

from cityreach import paths, spec
from cityreach.edition import BEIJING
from cityreach.errors import SpecError
from cityreach.registry import Registry

Month = str  # "2025-03"


def month_index(month: Month, origin: Month) -> int:
    """Months from the origin to the month."""
    return (int(month[:4]) - int(origin[:4])) * 12 + int(month[5:7]) - int(origin[5:7])


class Base(spec.Model):
    """Levels of the cities that have no `composite`, in points."""

    tiers: dict[str, float]
    sizes: dict[str, float]
    chance: float
    lowest: float
    highest: float
    season: float
    month: float


class PlatformLevels(spec.Model):
    level: dict[str, float]
    chance: float
    month: float
    lowest: float
    highest: float


class Followers(spec.Model):
    chance: float
    growth: tuple[float, float]
    losing: float = Field(ge=0, le=1, description="a share such as 0.04")
    main: float = Field(gt=0, le=1, description="a share such as 0.76")


class City(spec.Model):
    """What is set by hand for one city."""

    composite: dict[Month, float] = Field(default_factory=dict, description="{2025-03: 86.2, ...}")
    base: float | None = Field(None, description="a level in points, for a city without `composite`")
    tilt: dict[str, float] = Field(default_factory=dict, description="platform ids with points")
    posts: dict[str, float] = Field(default_factory=dict, description="platform ids with posts in 30 days")
    themes: dict[str, float] = Field(default_factory=dict, description="theme ids with factors")


class Moment(spec.Model):
    """A month in which a city writes about a theme more than usually."""

    edition: str
    city: str
    theme: str
    weight: float
    pull: float


class Levels(spec.Model):
    origin: Month = Field(pattern=r"^\d{4}-\d{2}$", description="a month such as 2024-04")
    method: str = Field(description="a method's name and version, for example social-reach@1")
    base: Base
    platforms: PlatformLevels
    followers: Followers
    cities: dict[str, City]
    moments: tuple[Moment, ...] = ()


class PlatformTarget(spec.Model):
    """Places on one platform in one edition."""

    edition: str
    platform: str
    scores: dict[str, float]
    rest_below: float


class FixedTotals(spec.Model):
    """A city's posts and interactions on one platform that are published."""

    edition: str
    city: str
    platform: str
    posts: int = Field(gt=0, description="a number of posts")
    interactions: int = Field(gt=0, description="a number of interactions")


class Targets(spec.Model):
    platforms: tuple[PlatformTarget, ...] = ()
    totals: tuple[FixedTotals, ...] = ()


class Kind(spec.Model):
    """How often something is posted and how well it does."""

    often: float = Field(ge=0, description="a relative frequency")
    pull: float = Field(gt=0, description="a factor on interactions")


class Habit(spec.Model):
    """How many posts a city writes, against what its score asks for, in points."""

    more: float
    city: float
    month: float


class Second(spec.Model):
    pull: float
    posts: float


class Split(spec.Model):
    comments: float
    shares: float
    views: float
    saves: float


class TextShares(spec.Model):
    closing: float
    emoji: float
    oddity: float
    long: float


class Traps(spec.Model):
    repeated: int = Field(ge=0)
    neighbouring: int = Field(ge=0)
    hidden_likes: int = Field(ge=0)
    absent_likes: int = Field(ge=0)
    absent_comments: int = Field(ge=0)
    retweets: int = Field(ge=0)
    strangers: int = Field(ge=0)
    bad_numbers: int = Field(ge=0)
    bad_times: int = Field(ge=0)
    empty_ids: int = Field(ge=0)


class Posting(spec.Model):
    weekdays: tuple[float, ...] = Field(min_length=7, max_length=7, description="seven numbers, Monday to Sunday")
    hours: tuple[float, ...] = Field(min_length=24, max_length=24, description="24 numbers, 0 to 23 o'clock in Beijing")
    habit: Habit
    tail: float
    second: Second
    weekend_pull: float
    formats: dict[str, dict[str, Kind]]
    splits: dict[str, Split]
    languages: dict[str, float]
    own_language: float
    common_language: str
    themes: dict[str, Kind]
    texts: TextShares
    silent: int = Field(ge=0)
    missing: int = Field(ge=0)
    traps: Traps


class CasePost(spec.Model):
    """A published post that is among the simulated ones, with fixed figures or `times` the usual interactions."""

    edition: str
    city: str
    platform: str
    account: str = ""
    day: date
    time: str = Field(pattern=r"^\d\d:\d\d$", description='a time such as "19:02"')
    theme: str
    format: str
    lang: str
    text: str
    likes: int | None = None
    comments: int = 0
    shares: int = 0
    times: float | None = None

    @property
    def moment(self) -> datetime:
        """When it was published, with Beijing's offset."""
        return datetime.combine(self.day, time.fromisoformat(self.time), BEIJING)

    @property
    def fixed(self) -> int:
        """Its interactions where they are fixed, else 0."""
        return 0 if self.likes is None else self.likes + self.comments + self.shares


class CasePosts(spec.Model):
    posts: tuple[CasePost, ...] = ()

    @field_validator("posts")
    @classmethod
    def _one_a_day(cls, posts: tuple[CasePost, ...]) -> tuple[CasePost, ...]:
        seen: set[tuple[str, str, date]] = set()
        for post in posts:
            key = (post.city, post.platform, post.day)
            if key in seen:
                raise ValueError(f"{post.city} has two posts on {post.platform} on {post.day}; one is all that is kept")
            seen.add(key)
        return posts


Sentences = tuple[str, ...]


class ThemeTexts(spec.Model):
    """Leads by language, hashtags and emoji of one theme."""

    tags: Sentences
    emoji: Sentences
    en: Sentences = Field(min_length=1)
    zh: Sentences = ()
    ja: Sentences = ()
    es: Sentences = ()
    fr: Sentences = ()
    ko: Sentences = ()
    ar: Sentences = ()
    ru: Sentences = ()

    def leads(self, lang: str, month: int) -> Sentences:
        """The sentences of a language that suit the month; English ones where the language has none."""
        own: Sentences = getattr(self, lang, ())
        return _in_season(own, month) or _in_season(self.en, month)


class Texts(spec.Model):
    places: Sentences
    times: Sentences
    closings: dict[str, Sentences]
    emoji: Sentences
    common_tags: Sentences
    oddities: Sentences
    themes: dict[str, ThemeTexts]

    @field_validator("themes")
    @classmethod
    def _has_a_lead_all_year(cls, themes: dict[str, ThemeTexts]) -> dict[str, ThemeTexts]:
        bare = [name for name, words in themes.items() if not all(words.leads("en", month) for month in range(1, 13))]
        if bare:
            raise ValueError(f"theme {bare[0]} has no English sentence for some month")
        return themes


_SEASON = re.compile(r"^\((\d+)-(\d+)\) ")


def _in_season(sentences: Sentences, month: int) -> Sentences:
    found = []
    for sentence in sentences:
        season = _SEASON.match(sentence)
        if season is None or int(season[1]) <= month <= int(season[2]):
            found.append(_SEASON.sub("", sentence))
    return tuple(found)


@dataclass(frozen=True)
class Settings:
    """All files of `data/simulation/` together."""

    levels: Levels
    targets: Targets
    posting: Posting
    cases: CasePosts
    texts: Texts


def check(settings: Settings, registry: Registry) -> None:
    """UnknownNameError for a city, SpecError for a theme, that these files name and nothing else knows."""
    cities = [
        *settings.levels.cities,
        *(moment.city for moment in settings.levels.moments),
        *(name for target in settings.targets.platforms for name in target.scores),
        *(total.city for total in settings.targets.totals),
        *(post.city for post in settings.cases.posts),
    ]
    registry.city_ids(cities)
    known = set(settings.posting.themes) & set(settings.texts.themes) & set(registry.terms.themes)
    named = [
        *(("posting.yml", theme) for theme in settings.posting.themes),
        *(("levels.yml", theme) for city in settings.levels.cities.values() for theme in city.themes),
        *(("levels.yml", moment.theme) for moment in settings.levels.moments),
        *(("case_posts.yml", post.theme) for post in settings.cases.posts),
    ]
    for file, theme in named:
        if theme not in known:
            raise SpecError(
                f"data/simulation/{file}: theme {theme!r} does not stand in all of posting.yml, texts.yml and "
                "data/registry/terms.yml. Correct it or add it there."
            )


def load() -> Settings:
    """The settings of the current project root; SpecError names file, key, what was found and what to write."""
    return _load(paths.data("simulation"))


@cache
def _load(folder: Path) -> Settings:
    return Settings(
        levels=spec.read_model(folder / "levels.yml", Levels),
        targets=spec.read_model(folder / "targets.yml", Targets),
        posting=spec.read_model(folder / "posting.yml", Posting),
        cases=spec.read_model(folder / "case_posts.yml", CasePosts),
        texts=spec.read_model(folder / "texts.yml", Texts),
    )
