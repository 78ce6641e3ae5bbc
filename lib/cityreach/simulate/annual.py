"""Simulated sheets of the annual indices: figures whose scores put the cities into an order that is given.

Scores first, figures afterwards. Each node whose places are set gets a falling row of target scores; every city's
indicator scores are moved, as little as may be, until all its targets hold (projections onto each of them in turn,
within the bounds of a score); the inverse of the method's scale turns scores into figures. Chance comes from stable
hashes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from cityreach import paths, spec
from cityreach.errors import SpecError
from cityreach.index.method import Method, Node
from cityreach.index.transform import TRANSFORMS
from cityreach.simulate import chance

Array = NDArray[np.float64]
ROUNDS = 600  # projections onto every target
EVEN = 0.3  # the part of the targets' spread that is even


class Prior(spec.Model):
    tier: dict[str, float] = Field(description="tiers with points")
    size_group: dict[str, float] = Field(description="size groups with points")
    region: dict[str, float] = Field(description="regions with points")
    names: dict[str, float] = Field(description="Chinese names with points")
    chance: float = Field(ge=0, description="points of chance that stay from year to year")
    year: float = Field(ge=0, description="points of chance anew in every year")


class Figure(spec.Model):
    decimals: int = Field(ge=0, le=6, description="decimals of the figure")
    best: float | None = Field(None, description="the best city's figure, for a scale that sets it to 1")
    coarse: bool = Field(False, description="true where a whole figure is a large step of the score")


class Known(spec.Model):
    """A place that is not in the published lists."""

    edition: str
    list: str
    node: str
    city: str
    place: int = Field(ge=1)
    why: str


class IndexSettings(spec.Model):
    spread: dict[str, tuple[float, float]] = Field(description="nodes with their lowest and highest score")
    follows: dict[str, float] = Field(description="nodes with how far they follow the cities' strength, 0 to 1")
    bounds: tuple[float, float] = Field(description="the least and the greatest score of an indicator")
    chance: float = Field(ge=0, description="points of an indicator's score")
    branch_chance: float = Field(ge=0, description="points that all indicators of a dimension share")
    shape: float = Field(gt=0, description="above 1: few high, many low")
    indicators: dict[str, Figure] = Field(description="indicators with {decimals: 0}")
    absent: dict[str, float] = Field(default_factory=dict, description="nodes with the share of cities that have none")
    known: tuple[Known, ...] = Field((), description="places beside the published ones")


class Settings(spec.Model):
    prior: Prior = Field(description="{tier: ..., size_group: ..., names: ..., chance: ..., year: ...}")
    source: spec.Words = Field(description="what a simulated column says of its source")
    indices: dict[str, IndexSettings] = Field(description="annual indices with their levels")


def load_settings() -> Settings:
    return spec.read_model(paths.data("simulation", "annual.yml"), Settings)


@dataclass(frozen=True)
class Year:
    """What one edition's figures are made for.

    name: the seed of this year's chance. cities: a part of the registry's table, indexed by city_id. orders: node ->
    the cities (ids) from first to last, for each node whose places are set.
    """

    index: str
    name: str
    cities: pd.DataFrame
    orders: Mapping[str, Sequence[str]]


def strength(cities: pd.DataFrame, prior: Prior, *, index: str, year: str, follows: float = 1.0) -> pd.Series:
    """Points of every city; with `follows` below 1 the rest is chance of its own."""
    known = sum(cities[column].map(getattr(prior, column)) for column in ("tier", "size_group", "region"))
    known = known + cities["name_zh"].map(prior.names).fillna(0.0)
    lasting, fresh = (chance.normals(*seed, each=cities.index) for seed in ((index,), (index, year)))
    spread = float(known.std())
    own = chance.normals(index, follows, each=cities.index) * spread
    return follows * known + (1 - follows) * own + prior.chance * lasting + prior.year * fresh


def order(points: pd.Series, places: Mapping[str, int]) -> list[str]:
    """Cities from first to last: those with a set place stand there, the others by their points; ties by id."""
    free = [
        city for city in points.sort_index().sort_values(ascending=False, kind="stable").index if city not in places
    ]
    if len(set(places.values())) < len(places):
        raise SpecError(f"Two cities are set to one place ({dict(places)}). Correct data/simulation/annual.yml.")
    at = {place: city for city, place in places.items()}
    return [at[place] if place in at else free.pop(0) for place in range(1, len(points) + 1)]


def figures(year: Year, method: Method, settings: Settings) -> pd.DataFrame:
    """Figures as cities x indicators, rounded as they are printed in a sheet."""
    own = settings.indices[year.index]
    leaves = {path: node for path, node in method.nodes.items() if node.indicator is not None}
    targets = {node: _targets(year, node, own) for node in year.orders}
    scores = _scores(year, method, own, (leaves, targets))
    found = {}
    for place, (path, node) in enumerate(leaves.items()):
        code = path.rpartition(".")[2]
        found[code] = np.round(_figure(node, scores[:, place], own.indicators[code]), own.indicators[code].decimals)
    return pd.DataFrame(found, index=year.cities.index)


def _targets(year: Year, node: str, own: IndexSettings) -> Array:
    """Target scores of a node in the order of the cities' table: falling along the order, with uneven steps."""
    low, high = own.spread[node]
    count = len(year.cities)
    steps = 0.5 + chance.uniforms(year.index, year.name, node, each=range(count - 1))
    way = np.minimum(np.concatenate([[0.0], np.cumsum(steps) / steps.sum()]), 1.0)
    falling = EVEN * (1 - way) + (1 - EVEN) * (1 - way) ** own.shape
    by_city = dict(zip(year.orders[node], low + (high - low) * falling, strict=True))
    return np.array([by_city[city] for city in year.cities.index])


def _scores(
    year: Year, method: Method, own: IndexSettings, given: tuple[Mapping[str, Node], Mapping[str, Array]]
) -> Array:
    """Indicator scores as cities x leaves that meet all targets."""
    leaves, targets = given
    weights = {node: _weights(method, node, leaves) for node in targets}
    scores = _drawn(year, own, (list(leaves), targets, weights))
    low, high = (np.full_like(scores, bound) for bound in own.bounds)
    _leave_out(year, own, list(leaves), (low, high))
    scores = np.clip(scores, low, high)
    _set_best(own, leaves, scores, (low, high), _leaders(targets, weights))
    for _ in range(ROUNDS):
        for node, weight in weights.items():
            free = (weight > 0) & (low < high)
            size = np.where(free, weight**2, 0.0).sum(axis=1, keepdims=True)
            missing = targets[node][:, None] - (scores * weight).sum(axis=1, keepdims=True)
            scores = np.clip(scores + np.where(free, missing * weight / np.maximum(size, 1e-12), 0.0), low, high)
    return scores


def _weights(method: Method, node: str, leaves: Mapping[str, Node]) -> Array:
    """Each leaf's weight in a node; 0 for a leaf that is not below it."""
    found = []
    for path in leaves:
        weight, at = 1.0, path
        while at != node and (parent := method.nodes[at].parent) is not None:
            weight, at = weight * float(method.nodes[at].weight or 0.0), parent
        found.append(weight if at == node else 0.0)
    return np.array(found)


def _drawn(year: Year, own: IndexSettings, given: tuple[list[str], Mapping[str, Array], Mapping[str, Array]]) -> Array:
    """A first draw: each leaf about the target of the nearest node above it that has one, with chance."""
    leaves, targets, weights = given
    columns = []
    for place, path in enumerate(leaves):
        nearest = max((node for node in targets if weights[node][place] > 0), key=lambda node: weights[node][place])
        lasting = chance.normals(year.index, path, each=year.cities.index)
        fresh = chance.normals(year.index, year.name, path, each=year.cities.index)
        shared = chance.normals(year.index, path.partition(".")[0], each=year.cities.index)
        columns.append(targets[nearest] + own.chance * (0.9 * lasting + 0.3 * fresh) + own.branch_chance * shared)
    return np.column_stack(columns)


def _leave_out(year: Year, own: IndexSettings, leaves: list[str], bounds: tuple[Array, Array]) -> None:
    """Bounds of 0 for cities that have nothing below a node: the weaker ones rather, but not by strength alone."""
    rank = {city: place for place, city in enumerate(year.orders["composite"])}
    for node, share in own.absent.items():
        weak = np.array([rank[city] for city in year.cities.index]) / len(rank)
        weak = weak + 0.25 * chance.normals(year.index, node, each=year.cities.index)
        without = weak >= np.quantile(weak, 1 - share)
        for place, path in enumerate(leaves):
            if path.startswith(f"{node}."):
                for bound in bounds:
                    bound[without, place] = 0.0


def _leaders(targets: Mapping[str, Array], weights: Mapping[str, Array]) -> dict[int, int]:
    """The row of the first city for each leaf below a node whose places are set by themselves."""
    return {
        int(place): int(target.argmax())
        for node, target in targets.items()
        if not (weights[node] > 0).all()
        for place in np.flatnonzero(weights[node] > 0)
    }


def _set_best(
    own: IndexSettings, leaves: Mapping[str, Node], scores: Array, bounds: tuple[Array, Array], leaders: dict[int, int]
) -> None:
    """On a scale whose best city has 1: that city, and leaves in large steps, are settled before all else."""
    for place, path in enumerate(leaves):
        figure = own.indicators[path.rpartition(".")[2]]
        if figure.best is None:
            continue
        best = leaders.get(place, int(scores[:, place].argmax()))
        scores[best, place] = 1.0
        bounds[0][best, place] = bounds[1][best, place] = 1.0
        if figure.coarse:
            column = np.maximum(np.round(scores[:, place] * figure.best), bounds[1][:, place] > 0) / figure.best
            scores[:, place] = bounds[0][:, place] = bounds[1][:, place] = column


def _figure(node: Node, score: Array, figure: Figure) -> Array:
    """The inverse of a leaf's scale."""
    assert node.indicator is not None and node.normalise is not None
    if figure.best is not None:
        return score * figure.best
    rule = node.normalise
    ends = np.array([rule.parameters["low"], rule.parameters["high"]], dtype=float)
    logs = node.indicator.transform.by == "log1p"
    if rule.by != "goalposts" or (node.indicator.transform.by not in ("log1p", "none")):
        raise SpecError(f"data/simulation/annual.yml: the scale of {node.path} cannot be turned round. Give `best`.")
    low, high = TRANSFORMS[node.indicator.transform.by](ends)
    value = low + score / 100 * (high - low)
    return np.expm1(value) if logs else value
