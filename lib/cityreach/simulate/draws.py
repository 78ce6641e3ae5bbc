"""The chance in a month's posts: theme, form, language, account, time and relative success of every post.

All posts of an edition stand in flat arrays, cell after cell. Each cell (city x platform) has a generator of its own,
so its posts do not depend on any other city, platform or edition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cityreach.edition import Edition
from cityreach.errors import SpecError
from cityreach.simulate import chance, choices
from cityreach.simulate.settings import CasePost, Settings

STREAMS = (
    "theme",
    "format",
    "lang",
    "account",
    "day",
    "hour",
    "second",
    "comments",
    "shares",
    "views",
    "text",
    "flags",
)


OTHERS = 0.8  # the best of a cell's other posts against its published ones
FIXED_TIMES = 9  # how far a published post with figures of its own stands above the usual, at least


@dataclass(frozen=True)
class Draws:
    """One row per post.

    posts: cell, case (index into `cases` or -1), account (row of the accounts frame), theme, format, lang, day (0 =
    the window's first), second (of that day, Beijing time), weight (relative success, 0 where figures are fixed),
    fixed (interactions, 0 where they are free). u: per stream one number in [0, 1) for each post.
    """

    posts: pd.DataFrame
    u: dict[str, np.ndarray]
    cases: tuple[CasePost, ...]
    cells: int

    def cell_sum(self, column: str) -> np.ndarray:
        return np.bincount(self.posts["cell"], weights=self.posts[column], minlength=self.cells)

    def cell_max(self, column: str) -> np.ndarray:
        top = np.zeros(self.cells)
        np.maximum.at(top, self.posts["cell"].to_numpy(), self.posts[column].to_numpy(dtype=float))
        return top

    def top_share(self) -> np.ndarray:
        """The heaviest post's share of its cell's weight, 0 where there is none."""
        return self.cell_max("weight") / np.maximum(self.cell_sum("weight"), 1e-12)


def cases_of(edition: Edition, settings: Settings) -> tuple[CasePost, ...]:
    """The published posts of an edition on its platforms, by day; SpecError for a day outside its window."""
    found = [post for post in settings.cases.posts if post.edition == edition.id and post.platform in edition.platforms]
    for post in found:
        if not edition.window.first <= post.day <= edition.window.last:
            raise SpecError(
                f"data/simulation/case_posts.yml: `day` {post.day} of {post.city} on {post.platform} lies outside the "
                f"window of edition {edition.id} ({edition.window.first} to {edition.window.last}). Correct it."
            )
    return tuple(sorted(found, key=lambda post: post.moment))


def draw(cells: pd.DataFrame, accounts: pd.DataFrame, edition: Edition, settings: Settings) -> Draws:
    """Draw the posts of cells (index 0, 1, …; columns city_id, city, platform, posts, active_days)."""
    chances = [_Chance.of(edition, city, platform, n) for city, platform, n in _keys(cells)]
    u = {name: _joined([part.u[row] for part in chances]) for row, name in enumerate(STREAMS)}
    posts = _numbered(cells)
    cell = posts["cell"].to_numpy()
    theme = choices.themes(cells, cell, u["theme"], edition, settings)
    form = choices.formats(cells["platform"].to_numpy()[cell], u["format"], settings.posting)
    posts["theme"], posts["format"] = theme.names, form.names
    posts["account"] = choices.accounts(accounts, cell, u["account"], settings.posting)
    own = accounts["language"].to_numpy()[posts["account"]]
    posts["lang"] = choices.languages(own, u["lang"], settings.posting)
    order = choices.day_order(np.array([part.days for part in chances]), edition.window, settings.posting)
    slots = choices.Slots(cell, posts["number"].to_numpy(), cells["active_days"].to_numpy()[cell])
    cases = cases_of(edition, settings)
    _at_case_days(order, cells, cases, edition)
    posts["day"] = choices.days(slots, order, u["day"])
    posts["second"] = choices.seconds(u["hour"], u["second"], settings.posting)
    posts["weight"] = theme.pull * form.pull * np.exp(settings.posting.tail * _joined([part.z for part in chances]))
    _set_success(posts, accounts, edition, settings)
    _set_cases(posts, cells, accounts, cases)
    return Draws(posts, u, cases, len(cells))


@dataclass(frozen=True)
class _Chance:
    """The numbers of one cell: streams x posts, one per day, and a normal one per post."""

    u: np.ndarray
    days: np.ndarray
    z: np.ndarray

    @classmethod
    def of(cls, edition: Edition, city_id: str, platform: str, posts: int) -> _Chance:
        stream = chance.generator("posts", edition.id, city_id, platform)
        days = stream.random(edition.window.days)
        return cls(u=stream.random((posts, len(STREAMS))).T, days=days, z=stream.standard_normal(posts))


def _keys(cells: pd.DataFrame) -> list[tuple[str, str, int]]:
    return list(zip(cells["city_id"], cells["platform"], cells["posts"].astype(int), strict=True))


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0)


def _numbered(cells: pd.DataFrame) -> pd.DataFrame:
    """One row per post with its cell and its number there."""
    counts = cells["posts"].to_numpy(dtype=np.int64)
    cell = np.repeat(np.arange(len(cells)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    return pd.DataFrame({"cell": cell, "number": np.arange(len(cell)) - first, "case": -1})


def case_cells(cells: pd.DataFrame, cases: tuple[CasePost, ...]) -> dict[int, list[int]]:
    """Cell -> indices of its published posts, by day; a post whose city is not measured is left out."""
    place = {key: row for row, key in enumerate(zip(cells["city"], cells["platform"], strict=True))}
    found: dict[int, list[int]] = {}
    for index, case in enumerate(cases):
        if (case.city, case.platform) in place:
            found.setdefault(place[case.city, case.platform], []).append(index)
    return found


def _at_case_days(order: np.ndarray, cells: pd.DataFrame, cases: tuple[CasePost, ...], edition: Edition) -> None:
    """Put the days of published posts first, so that a cell's first posts can be these."""
    for cell, indices in case_cells(cells, cases).items():
        wanted = [(cases[index].day - edition.window.first).days for index in indices]
        order[cell] = [*wanted, *(day for day in order[cell] if day not in wanted)]


def _set_success(posts: pd.DataFrame, accounts: pd.DataFrame, edition: Edition, settings: Settings) -> None:
    weekend = (edition.window.first.weekday() + posts["day"]) % 7 >= 5
    second = accounts["place"].to_numpy()[posts["account"]] > 0
    posts["weight"] *= np.where(weekend, settings.posting.weekend_pull, 1.0)
    posts["weight"] *= np.where(second, settings.posting.second.pull, 1.0)
    posts["fixed"] = 0


def _set_cases(posts: pd.DataFrame, cells: pd.DataFrame, accounts: pd.DataFrame, cases: tuple[CasePost, ...]) -> None:
    """Make the first posts of a cell its published ones, and its best: what was published stood out."""
    start = np.searchsorted(posts["cell"].to_numpy(), np.arange(len(cells)))
    for cell, indices in case_cells(cells, cases).items():
        mine = posts["cell"] == cell
        usual = float(posts.loc[mine, "weight"].median())
        most = OTHERS * min(cases[index].times or FIXED_TIMES for index in indices)
        posts.loc[mine, "weight"] = posts.loc[mine, "weight"].clip(upper=usual * most)
        for number, index in enumerate(indices):
            case, row = cases[index], int(start[cell]) + number
            posts.loc[row, ["case", "theme", "format", "lang"]] = index, case.theme, case.format, case.lang
            posts.loc[row, "account"] = _account_of(case, accounts.loc[accounts["cell"] == cell])
            posts.loc[row, "second"] = case.moment.hour * 3600 + case.moment.minute * 60 + 7
            posts.loc[row, "weight"] = 0.0 if case.fixed else usual * (case.times or 5.0)
            posts.loc[row, "fixed"] = case.fixed


def _account_of(case: CasePost, accounts: pd.DataFrame) -> int:
    if not case.account:
        return int(accounts.index[0])
    named = accounts.index[accounts["handle"] == case.account]
    if not len(named):
        raise SpecError(
            f"data/simulation/case_posts.yml: `account` {case.account!r} is not an active account of {case.city} on "
            f"{case.platform} in data/registry/accounts.csv. Correct it there or here."
        )
    return int(named[0])
