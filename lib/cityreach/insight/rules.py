"""Every threshold of the analysis, read from `data/insight/rules.yml`; the functions hold none of their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from cityreach import paths, spec


class LevelRules(spec.Model):
    """When an account's usual level is known."""

    editions: int = Field(ge=0, description="how many earlier editions count, for example 6")
    least_posts: int = Field(ge=2, description="how many other posts a usual level needs, for example 20")


class CaseRules(spec.Model):
    """Which posts become case posts."""

    per_platform: int = Field(ge=1, description="case posts a platform, for example 3")
    large_share: float = Field(
        gt=0, le=1, description="share of the platform's posts that count as large, for example 0.1"
    )
    least: dict[str, int] = Field(
        description="smallest interactions (or views) a platform, for example {facebook: 200}"
    )
    least_elsewhere: int = Field(ge=1, description="smallest interactions on platforms not listed, for example 50")
    most_lift: float = Field(gt=1, description="a lift above this adds nothing to the score, for example 50")
    same_city: float = Field(ge=0, description="score taken off for a city chosen elsewhere, for example 1.0")
    same_theme: float = Field(ge=0, description="score taken off for a theme chosen before, for example 0.5")
    same_format: float = Field(ge=0, description="score taken off for a format chosen before, for example 0.2")


class DoubtRules(spec.Model):
    """When a post far above its account's level draws so few answers that it is no case post."""

    least_posts: int = Field(ge=2, description="posts with known figures that the account needs, for example 10")
    least_lift: float = Field(ge=1, description="times its account's usual interactions, for example 3")
    least_expected: float = Field(gt=0, description="comments and shares that its likes would usually bring, as 20")
    share: float = Field(ge=0, lt=1, description="part of them up to which the post is doubted, for example 0.1")


class ChangeRules(spec.Model):
    """When a change is unusual for a city."""

    least_past: int = Field(ge=2, description="earlier changes that must be known, for example 4")
    floor: float = Field(gt=0, description="least spread of a city's changes in points, for example 0.5")
    unusual: float = Field(gt=0, description="spreads from its usual change on, for example 3")
    least_points: float = Field(gt=0, description="points that a change must have to be told, for example 2")
    near: int = Field(ge=1, description="the latest place up to which such a change is told, for example 30")
    least_run: int = Field(ge=2, description="moves in a row the same way that are told, for example 3")
    race: float = Field(gt=0.5, le=1, description="chance to be ahead below which a race is open, for example 0.95")
    least_editions: int = Field(ge=3, description="editions that a slope over the year needs, for example 6")


class LabelRules(spec.Model):
    """When a theme becomes a city's label."""

    prior: float = Field(gt=0, description="weight of the panel's shares in posts, for example 50")
    least_posts: int = Field(ge=1, description="posts of the city on the theme, for example 5")
    least_city_posts: int = Field(ge=1, description="posts of the city, for example 20")
    least_z: float = Field(description="smallest z of a label, for example 1.96")
    least_lift: float = Field(ge=1, description="share of the theme against the panel's, for example 1.5")
    months: int = Field(ge=1, description="editions looked at, this one included, for example 6")
    least_months: int = Field(ge=1, description="editions in which the theme must stand out, for example 3")


class StayingRules(spec.Model):
    """Burst against staying power."""

    least_editions: int = Field(ge=2, description="editions needed, for example 6")
    editions: int = Field(ge=2, description="editions looked at, for example 12")
    top: int = Field(ge=1, description="the first n places, for example 10")
    staying_share: float = Field(gt=0, le=1, description="share of editions in the first n, for example 0.66")
    burst_quantile: float = Field(gt=0, lt=1, description="quantile of top_share that makes a burst, for example 0.75")
    near: int = Field(ge=1, description="the latest place up to which a city can be burst or rising, for example 40")
    rising_places: float = Field(gt=0, description="places gained over the period, for example 5")
    least_posts: int = Field(ge=1, description="posts a city needs for its burst figures, for example 20")


class FormatRules(spec.Model):
    """When a format's lift may be stated."""

    least_posts: int = Field(ge=2, description="posts a kind and account need, for example 3")
    least_kind_posts: int = Field(ge=2, description="posts a kind needs on the platform, for example 20")


class TagRules(spec.Model):
    """Which hashtags are looked at."""

    least_posts: int = Field(ge=2, description="posts with the tag on the platform, for example 60")
    least_accounts: int = Field(ge=2, description="accounts that use it, for example 15")
    most: int = Field(ge=1, description="tags looked at on a platform, for example 15")


class ProfileRules(spec.Model):
    """When a city is uneven across platforms (standings lie between 0 and 1)."""

    lopsided: float = Field(gt=0, le=1, description="least distance of best and weakest standing, for example 0.35")
    balanced: float = Field(ge=0, lt=1, description="most distance of an even city, for example 0.1")


class AdviceRule(spec.Model):
    """One piece of advice: which findings call for it."""

    kinds: tuple[str, ...] = Field(min_length=1, description="finding kinds it stands on, for example [format.works]")
    where: dict[str, str | bool] = Field(
        default_factory=dict, description="words that the finding must carry, for example {platform: tiktok}"
    )
    figure: str = Field("", description="the figure that is tested, for example lift")
    at_least: float | None = Field(None, description="smallest value of that figure")
    at_most: float | None = Field(None, description="largest value of that figure")
    findings: int = Field(1, ge=1, description="how many such findings are needed")
    most: int = Field(3, ge=1, description="how many findings the advice names at most")
    audience: str = Field(description="platform id, city group or all")
    text: spec.Words = Field(description="the advice in both languages; {names} stands for what it rests on")


class Rules(spec.Model):
    """All thresholds of the analysis."""

    levels: LevelRules
    cases: CaseRules
    doubts: DoubtRules
    changes: ChangeRules
    labels: LabelRules
    staying: StayingRules
    formats: FormatRules
    tags: TagRules
    times: dict[str, tuple[str, ...]] = Field(description="time zones of a platform's readers, [Europe/London, ...]")
    profiles: ProfileRules
    advice: dict[str, AdviceRule] = Field(description="advice ids with their rules")


def load(path: Path | None = None) -> Rules:
    """The rules of the current project; SpecError names file, key and remedy."""
    return _load(path or paths.data("insight", "rules.yml"))


@cache
def _load(path: Path) -> Rules:
    return spec.read_model(path, Rules)
