"""A simulated month as figures: which city reaches which totals on which platform, before any post is written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cityreach.edition import Edition
from cityreach.index.method import load_method
from cityreach.registry import Registry
from cityreach.simulate import accounts as people
from cityreach.simulate import chance, levels, scoring
from cityreach.simulate.draws import Draws, case_cells, cases_of, draw
from cityreach.simulate.scoring import Goals, Shape
from cityreach.simulate.settings import FixedTotals, Settings


@dataclass(frozen=True)
class Plan:
    """Everything that is decided about a month.

    accounts: `accounts.visible` with `followers` (at the window's end) and `before` (in the edition before, NaN where
    that did not see the account). cells: one row per city x platform with an account: city_id, city, platform,
    listed, status (measured, silent, missing), aim (score), posts, active_days, interactions, views (NaN where the
    method counts none), followers, new_followers (NaN where unknown), score (what these figures earn).
    """

    edition: Edition
    accounts: pd.DataFrame
    cells: pd.DataFrame
    draws: Draws


@dataclass(frozen=True)
class _Month:
    """What the steps of planning share."""

    edition: Edition
    registry: Registry
    settings: Settings


def make(edition: Edition, registry: Registry, settings: Settings) -> Plan:
    """Decide a month: aims, posts, days, followers and interactions of every city on every platform."""
    month = _Month(edition, registry, settings)
    known = _with_followers(people.visible(edition, registry, settings), month)
    cells = _cells(known)
    goals = scoring.goals(load_method(settings.levels.method), cells["platform"].tolist(), days=edition.window.days)
    aims, place = _aims(cells, month)
    cells = _with_publishing(cells.assign(aim=_fitted(aims, month)[place]), goals, month)
    published = _published(cells, month)
    if published:
        _set_bounds(aims, place, _earned(cells, goals, published, known, month))
        cells = _with_publishing(cells.assign(aim=_fitted(aims, month)[place]), goals, month)
    draws = draw(cells, known, edition, settings)
    return Plan(edition, known, _with_interactions(cells, goals, draws, published, month), draws)


def _with_followers(known: pd.DataFrame, month: _Month) -> pd.DataFrame:
    """Add followers now and in the edition before, as the platforms show them."""
    usual = _usual_followers(known, month)
    now = people.followers(known, middle=usual, month=levels.month_of(month.edition), settings=month.settings)
    before = people.predecessor(month.edition)
    then = np.full(len(known), np.nan)
    if before is not None:
        seen = people.counted_before(known, month.edition, month.registry, month.settings)
        earlier = people.followers(known, middle=usual, month=levels.month_of(before), settings=month.settings)
        then = np.where(seen, earlier, np.nan)
    return known.assign(followers=now.astype(np.int64), before=then)


def _usual_followers(known: pd.DataFrame, month: _Month) -> np.ndarray:
    """Followers of the whole cell that the city's usual score on the platform asks for, per account."""
    cells = known.drop_duplicates("cell").sort_values("cell")
    rules = month.settings.levels
    rows = month.registry.cities.loc[cells["city_id"]]
    score = levels.usual_levels(rows, month.settings)
    for platform in month.edition.platforms:
        here = (cells["platform"] == platform).to_numpy()
        score[here] += levels.tilts(cells.loc[here, "city"].tolist(), platform, month.settings)
    keys = cells["city_id"] + " " + cells["platform"]
    score += rules.followers.chance * chance.normals("followers", each=keys)
    method = load_method(rules.method)
    goals = scoring.goals(method, cells["platform"].tolist(), days=month.edition.window.days)
    usual = scoring.figure_at(np.clip(score, 6, 97), goals, "followers")
    return usual[known["cell"].to_numpy()]


def _cells(known: pd.DataFrame) -> pd.DataFrame:
    """One row per city x platform, with its accounts' followers put together."""
    present = ~known["missing"]
    parts = known.assign(
        now=known["followers"].where(present, 0),
        gain=(known["followers"] - known["before"]).where(present),
        writing=present & ~known["silent"],
    )
    grouped = parts.groupby("cell", sort=True)
    cells = grouped[["city_id", "city", "platform", "listed"]].first()
    cells["status"] = np.where(grouped["writing"].any(), "measured", "silent")
    cells.loc[grouped["missing"].all(), "status"] = "missing"
    cells["followers"] = grouped["now"].sum()
    cells["new_followers"] = grouped["gain"].sum(min_count=1)
    return cells


def _aims(cells: pd.DataFrame, month: _Month) -> tuple[levels.Aims, tuple[np.ndarray, np.ndarray]]:
    """Aims of the panel's cities on all platforms, and where each cell stands in them."""
    panel = month.registry.panel(month.edition.panel)
    cities = month.registry.cities.loc[panel]
    level = levels.city_levels(cities, month.edition, month.settings)
    aims = levels.platform_aims(level, cities["name_zh"].tolist(), month.edition, month.settings)
    rows = pd.Index(panel).get_indexer(pd.Index(cells["city_id"]))
    columns = pd.Index(month.edition.platforms).get_indexer(pd.Index(cells["platform"]))
    lacking = np.ones_like(aims.score, dtype=bool)
    lacking[rows, columns] = False
    for values in (aims.score, aims.low, aims.high):
        values[lacking] = 0.0
    return aims, (rows, columns)


def _fitted(aims: levels.Aims, month: _Month) -> np.ndarray:
    """The aims with those of listed cities moved until their composite is what levels.yml says."""
    cities = month.registry.cities.loc[month.registry.panel(month.edition.panel)]
    known = month.settings.levels.cities
    listed = np.array([bool(known[name].composite) if name in known else False for name in cities["name_zh"]])
    composite = levels.city_levels(cities, month.edition, month.settings)
    weight = scoring.composite_weights(load_method(month.settings.levels.method), month.edition.platforms)
    return levels.fit_composite(aims, composite, weight, rows=listed)


def _with_publishing(cells: pd.DataFrame, goals: Goals, month: _Month) -> pd.DataFrame:
    """Add posts and active days: near the aim, with the city's own habit of posting more or less."""
    edition, days = month.edition, month.edition.window.days
    keys = cells["city_id"] + " " + cells["platform"]
    rule = month.settings.posting.habit
    habit = rule.city * chance.normals("habit", each=keys) + rule.month * chance.normals("habit", edition.id, each=keys)
    posts = scoring.figure_at(cells["aim"].to_numpy() + rule.more + habit, goals, "posts")
    known = month.settings.levels.cities
    for row, (city, platform) in enumerate(zip(cells["city"], cells["platform"], strict=True)):
        if city in known and platform in known[city].posts:
            posts[row] = known[city].posts[platform] * days / 30 * np.exp(habit[row] / 60)
    posts = np.maximum(np.rint(posts), 1)
    for row, total in _published(cells, month).items():
        posts[row] = total.posts
    spread = 0.9 + 0.2 * chance.uniforms("days", edition.id, each=keys)
    active = np.rint(days * (1 - np.exp(-1.25 * posts / days)) * spread)
    cases = case_cells(cells, cases_of(edition, month.settings))
    least = np.array([len(cases.get(row, ())) for row in range(len(cells))])
    posts = np.where(cells["status"] == "measured", np.maximum(posts, least), 0)
    active = np.clip(active, np.maximum(least, 1), np.minimum(posts, days))
    return cells.assign(posts=posts.astype(np.int64), active_days=np.minimum(active, posts).astype(np.int64))


def _published(cells: pd.DataFrame, month: _Month) -> dict[int, FixedTotals]:
    """Cell -> the totals that are published as such."""
    named = {
        (total.city, total.platform): total
        for total in month.settings.targets.totals
        if total.edition == month.edition.id
    }
    keys = zip(cells["city"], cells["platform"], strict=True)
    return {row: named[key] for row, key in enumerate(keys) if key in named}


def _earned(
    cells: pd.DataFrame, goals: Goals, published: dict[int, FixedTotals], known: pd.DataFrame, month: _Month
) -> dict[int, float]:
    """Cell -> the score that its published totals earn."""
    rows = np.array(sorted(published))
    part = cells.iloc[rows].reset_index(drop=True)
    people_there = known.assign(cell=known["cell"].map({row: n for n, row in enumerate(rows)}))
    people_there = people_there.dropna(subset=["cell"]).reset_index(drop=True)
    draws = draw(part, people_there, month.edition, month.settings)
    shape = _shape(part, draws, month)
    free = np.array([published[row].interactions for row in rows]) - shape.fixed
    earned = scoring.scores(scoring.figures(shape, free), goals.take(rows))
    return dict(zip(rows.tolist(), earned.tolist(), strict=True))


def _set_bounds(aims: levels.Aims, place: tuple[np.ndarray, np.ndarray], earned: dict[int, float]) -> None:
    for cell, score in earned.items():
        where = place[0][cell], place[1][cell]
        aims.score[where] = aims.low[where] = aims.high[where] = score


def _shape(cells: pd.DataFrame, draws: Draws, month: _Month) -> Shape:
    keys = cells["city_id"] + " " + cells["platform"]
    usual = cells["platform"].map({name: split.views for name, split in month.settings.posting.splits.items()})
    chances = np.exp(0.3 * chance.normals("views", month.edition.id, each=keys))
    figures = {
        name: cells[name].to_numpy(dtype=float) for name in ("posts", "active_days", "followers", "new_followers")
    }
    return Shape(
        **figures,
        top=draws.top_share(),
        fixed=draws.cell_sum("fixed"),
        fixed_top=draws.cell_max("fixed"),
        views=usual.to_numpy(dtype=float) * chances,
    )


def _with_interactions(
    cells: pd.DataFrame, goals: Goals, draws: Draws, published: dict[int, FixedTotals], month: _Month
) -> pd.DataFrame:
    """Add interactions, views and the score that they earn."""
    shape = _shape(cells, draws, month)
    free = scoring.free_interactions(cells["aim"].to_numpy(), shape, goals)
    for row, known in published.items():
        free[row] = known.interactions - int(shape.fixed[row])
    free = np.where(draws.cell_sum("weight") > 0, free, 0)
    earned = scoring.scores(scoring.figures(shape, free.astype(float)), goals)
    total = free + shape.fixed.astype(np.int64)
    views = np.rint(total * shape.views).astype(np.int64)
    return cells.assign(interactions=total, free=free, views=views, score=earned)
