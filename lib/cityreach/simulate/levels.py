"""Which score each city aims at, on each platform, in an edition: levels, chance, and the published places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cityreach.edition import Edition
from cityreach.simulate import chance
from cityreach.simulate.settings import PlatformTarget, Settings, month_index

SLACK = 0.25  # points by which an aim of targets.yml may be missed
KNOWN = 0.2  # how readily a platform moves where something real is known about it, against 1 elsewhere
PASSES = 60  # rounds of moving platform scores until they add up to the composite


def month_of(edition: Edition) -> str:
    """The month that the edition's window ends in."""
    return f"{edition.window.last:%Y-%m}"


def city_levels(cities: pd.DataFrame, edition: Edition, settings: Settings) -> np.ndarray:
    """The score each city aims at as a whole; `cities` has name_zh, tier, size_group (a registry's rows)."""
    rules = settings.levels.base
    names = cities["name_zh"].tolist()
    index = month_index(month_of(edition), settings.levels.origin)
    phase = 2 * np.pi * (chance.uniforms("season", each=names) + index / 12)
    moving = rules.season * np.sin(phase) + rules.month * chance.normals("level", edition.id, each=names)
    usual = usual_levels(cities, settings)
    aimed = [_composite(settings, name, index) for name in names]
    fallback = np.clip(usual + moving, rules.lowest, rules.highest)
    return np.array([free if aim is None else aim for aim, free in zip(aimed, fallback, strict=True)])


def usual_levels(cities: pd.DataFrame, settings: Settings) -> np.ndarray:
    """The level of each city over the years."""
    rules, known = settings.levels.base, settings.levels.cities
    by_kind = cities["tier"].map(rules.tiers).fillna(0.0) + cities["size_group"].map(rules.sizes).fillna(0.0)
    drawn = by_kind.to_numpy() + rules.chance * chance.normals("usual", each=cities["name_zh"])
    drawn = np.clip(drawn, rules.lowest, rules.highest)
    for row, name in enumerate(cities["name_zh"]):
        city = known.get(name)
        if city is not None and city.composite:
            drawn[row] = np.mean(list(city.composite.values()))
        elif city is not None and city.base is not None:
            drawn[row] = city.base
    return drawn


def _composite(settings: Settings, name: str, index: int) -> float | None:
    """The composite that levels.yml names for a month, interpolated between editions; None without any."""
    city = settings.levels.cities.get(name)
    if city is None or not city.composite:
        return None
    months = sorted(city.composite)
    known = [month_index(month, settings.levels.origin) for month in months]
    return float(np.interp(index, known, [city.composite[month] for month in months]))


def tilts(names: list[str], platform: str, settings: Settings) -> np.ndarray:
    """How far a platform usually lies above each city's own level."""
    rules = settings.levels.platforms
    drawn = rules.level.get(platform, 0.0) + rules.chance * chance.normals("tilt", platform, each=names)
    for row, name in enumerate(names):
        city = settings.levels.cities.get(name)
        if city is not None and (city.tilt or city.composite):
            drawn[row] = city.tilt.get(platform, 0.0)
    return drawn


@dataclass(frozen=True)
class Aims:
    """Platform scores aimed at (cities x platforms), the bounds that each may move within, and how readily it does."""

    score: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ease: np.ndarray


def platform_aims(level: np.ndarray, names: list[str], edition: Edition, settings: Settings) -> Aims:
    """Aims of every city on every platform of the edition, within the bounds that targets.yml sets."""
    rules = settings.levels.platforms
    columns = []
    for platform in edition.platforms:
        noise = rules.month * chance.normals("platform", edition.id, platform, each=names)
        columns.append(level + tilts(names, platform, settings) + noise)
    score = np.stack(columns, axis=1)
    low, high = np.full_like(score, rules.lowest), np.full_like(score, rules.highest)
    for target in settings.targets.platforms:
        if target.edition == edition.id and target.platform in edition.platforms:
            _bound(
                target,
                names,
                low[:, edition.platforms.index(target.platform)],
                high[:, edition.platforms.index(target.platform)],
            )
    known = settings.levels.cities
    ease = [
        [KNOWN if name in known and each in known[name].posts else 1.0 for each in edition.platforms] for name in names
    ]
    return Aims(np.clip(score, low, high), low, high, np.array(ease))


def _bound(target: PlatformTarget, names: list[str], low: np.ndarray, high: np.ndarray) -> None:
    high[:] = np.minimum(high, target.rest_below)
    for name, score in target.scores.items():
        if name in names:
            row = names.index(name)
            low[row], high[row] = score - SLACK, score + SLACK


def fit_composite(aims: Aims, composite: np.ndarray, weight: np.ndarray, *, rows: np.ndarray) -> np.ndarray:
    """The aims, moved within their bounds until the weighted mean of each of `rows` is its composite."""
    score = np.clip(aims.score, aims.low, aims.high)
    inside = weight > 0
    for _ in range(PASSES):
        gap = np.where(rows, composite - score @ weight, 0.0)
        room = np.where(gap[:, None] > 0, score < aims.high - 1e-9, score > aims.low + 1e-9) & inside
        share = (room * weight * aims.ease).sum(axis=1)
        step = np.where(share > 0, gap / np.maximum(share, 1e-12), 0.0)
        score = np.clip(score + room * aims.ease * step[:, None], aims.low, aims.high)
    return score
