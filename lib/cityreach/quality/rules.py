"""Every threshold of the data quality page, read from `data/quality/rules.yml`; the functions hold none."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from cityreach import paths, spec


class Shown(spec.Model):
    """How long lists are."""

    anomalies: int = Field(ge=1, description="suspected posts of one kind that are shown, for example 10")
    quarantine: int = Field(ge=1, description="rows of one file's quarantine that are shown, for example 8")


class Followers(spec.Model):
    """When a change of followers is shown."""

    step: float = Field(gt=0, lt=1, description="width of the chart's bins as a share, for example 0.01")
    extremes: int = Field(ge=1, description="how many of the largest rises and falls are named, for example 5")


class SilentLikes(spec.Model):
    """Likes without comments."""

    least_likes: int = Field(ge=1, description="likes a post needs, for example 100")
    least_posts: int = Field(ge=2, description="posts with known figures that the account needs, for example 10")
    least_expected: float = Field(gt=0, description="comments that the account's usual ratio would give, as 5")


class OffHours(spec.Model):
    """Bursts outside an account's hours."""

    editions: int = Field(ge=0, description="earlier editions that count, for example 6")
    least_days: int = Field(ge=2, description="active days that the account needs, for example 60")
    rare_share: float = Field(ge=0, lt=1, description="share of active days up to which an hour is rare, as 0.02")
    within_hours: float = Field(gt=0, description="hours between two posts of one burst at most, for example 2")
    least_posts: int = Field(ge=2, description="posts that make a burst, for example 4")


class Round(spec.Model):
    """Round figures."""

    least: int = Field(ge=1, description="smallest figure that is looked at, for example 1000")
    multiple: int = Field(ge=2, description="the round number, for example 1000")


class Repeated(spec.Model):
    """A figure that comes back within an account."""

    least_value: int = Field(ge=1, description="smallest figure that is looked at, for example 100")
    least_posts: int = Field(ge=2, description="posts with the same figure, for example 4")
    least_share: float = Field(ge=0, le=1, description="their share of the account's posts, for example 0.1")


class Identical(spec.Model):
    """Posts whose figures agree throughout."""

    least_likes: int = Field(ge=1, description="likes a post needs, for example 100")
    least_figures: int = Field(ge=1, description="figures above 0 that must agree, for example 3")


class ViewsBelowLikes(spec.Model):
    """Fewer views than likes."""

    least_likes: int = Field(ge=1, description="likes a post needs, for example 10")


class Rules(spec.Model):
    """All thresholds of the page."""

    shown: Shown
    followers: Followers
    silent_likes: SilentLikes
    off_hours: OffHours
    round: Round
    repeated: Repeated
    identical: Identical
    views_below_likes: ViewsBelowLikes


def load(path: Path | None = None) -> Rules:
    """The rules of the current project; SpecError names file, key and remedy."""
    return _load(path or paths.data("quality", "rules.yml"))


@cache
def _load(path: Path) -> Rules:
    return spec.read_model(path, Rules)
