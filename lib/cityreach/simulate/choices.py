"""Choices for many posts at once: theme, form, language, account, day and time, from numbers in [0, 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cityreach.edition import Edition, Window
from cityreach.simulate.settings import Kind, Posting, Settings


@dataclass(frozen=True)
class Picked:
    """Names chosen, one per post, and how well posts of that kind do."""

    names: np.ndarray
    pull: np.ndarray


def pick(weights: np.ndarray, u: np.ndarray) -> np.ndarray:
    """A column per row of `weights` (rows x options), chosen in proportion."""
    cumulated = np.cumsum(weights, axis=-1)
    return (u[:, None] * cumulated[..., -1:] >= cumulated[..., :-1]).sum(axis=-1)


def themes(cells: pd.DataFrame, cell: np.ndarray, u: np.ndarray, edition: Edition, settings: Settings) -> Picked:
    """A theme per post: usual mix, the city's own leanings, and what moved it this month."""
    kinds = settings.posting.themes
    names = list(kinds)
    often = np.tile([kind.often for kind in kinds.values()], (len(cells), 1))
    pull = np.tile([kind.pull for kind in kinds.values()], (len(cells), 1))
    leaning = [_leaning(settings, city, names) for city in cells["city"]]
    often *= np.array(leaning).reshape(often.shape)
    for moment in settings.levels.moments:
        if moment.edition == edition.id:
            rows, column = (cells["city"] == moment.city).to_numpy(), names.index(moment.theme)
            often[rows, column] *= moment.weight
            pull[rows, column] *= moment.pull
    chosen = pick(often[cell], u)
    return Picked(np.array(names, dtype=object)[chosen], pull[cell, chosen])


def _leaning(settings: Settings, city: str, names: list[str]) -> list[float]:
    known = settings.levels.cities.get(city)
    return [known.themes.get(name, 1.0) if known else 1.0 for name in names]


def formats(platform: np.ndarray, u: np.ndarray, posting: Posting) -> Picked:
    """A form per post, by its platform."""
    names, pull = np.empty(len(u), dtype=object), np.ones(len(u))
    for name, kinds in posting.formats.items():
        rows = np.flatnonzero(platform == name)
        part = _of_kinds(kinds, u[rows])
        names[rows], pull[rows] = part.names, part.pull
    return Picked(names, pull)


def _of_kinds(kinds: Mapping[str, Kind], u: np.ndarray) -> Picked:
    chosen = pick(np.array([[kind.often for kind in kinds.values()]]), u)
    return Picked(np.array(list(kinds), dtype=object)[chosen], np.array([kind.pull for kind in kinds.values()])[chosen])


def languages(own: np.ndarray, u: np.ndarray, posting: Posting) -> np.ndarray:
    """A language per post: the account's own mostly; accounts in the common language write in others now and then."""
    common = posting.common_language
    chosen = pick(np.array([list(posting.languages.values())]), u)
    mixed = np.array(list(posting.languages), dtype=object)[chosen]
    return np.where(own == common, mixed, np.where(u < posting.own_language, own, common))


def accounts(known: pd.DataFrame, cell: np.ndarray, u: np.ndarray, posting: Posting) -> np.ndarray:
    """A row of `known` per post: the first account that posts this month mostly, else one of the others."""
    writing = known.loc[~(known["missing"] | known["silent"])].sort_values(["cell", "place"], kind="stable")
    rows, of_cell = writing.index.to_numpy(), writing["cell"].to_numpy()
    first = np.searchsorted(of_cell, cell, side="left")
    others = np.searchsorted(of_cell, cell, side="right") - first - 1
    rest = posting.second.posts
    step = 1 + np.floor(np.maximum(u - (1 - rest), 0) / rest * others).astype(np.int64)
    chosen = np.where((u >= 1 - rest) & (others > 0), np.minimum(step, others), 0)
    left = np.searchsorted(cell, cell, side="right") - np.arange(len(cell))  # 1 for a cell's last post
    return rows[first + np.where(left <= others, left, chosen)]  # the last ones go round, so that nobody is left out


@dataclass(frozen=True)
class Slots:
    """Where each post stands in its cell: its number there, and how many days of the cell are active."""

    cell: np.ndarray
    number: np.ndarray
    active: np.ndarray


def days(slots: Slots, order: np.ndarray, u: np.ndarray) -> np.ndarray:
    """A day per post: the cell's first posts take one active day each, so that none stays empty."""
    again = np.floor(u * slots.active).astype(np.int64)
    return order[slots.cell, np.where(slots.number < slots.active, slots.number, again)]


def day_order(noise: np.ndarray, window: Window, posting: Posting) -> np.ndarray:
    """For each cell (rows of `noise`) the window's days, the likeliest to be active first."""
    weekday = (window.first.weekday() + np.arange(window.days)) % 7
    weight = np.array(posting.weekdays)[weekday]
    keys = np.log(weight) - np.log(-np.log(np.clip(noise, 1e-12, 1 - 1e-12)))
    return np.argsort(-keys, axis=1, kind="stable")


def seconds(hour: np.ndarray, within: np.ndarray, posting: Posting) -> np.ndarray:
    """A second of the day (Beijing time) per post."""
    chosen = pick(np.array([posting.hours]), hour)
    return chosen * 3600 + np.floor(within * 3600).astype(np.int64)
