"""What real files hold besides plain posts: repetitions, neighbours of the month, hidden counts, strangers, rubbish.

Every trap is harmless once a correct intake has read the files: additions are dropped or quarantined, changes touch
cities without a composite of their own only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cityreach.edition import Edition
from cityreach.simulate import chance
from cityreach.simulate.settings import Traps

COUNTS = ["likes", "comments", "shares", "views", "saves"]
CHANGES = ("hidden_likes", "absent_likes", "absent_comments")
STRANGER = -1  # the account of somebody whom the registry does not know


@dataclass(frozen=True)
class _Bag:
    """Posts to choose from and the edition that they belong to."""

    posts: pd.DataFrame
    plain: np.ndarray  # posts of cities without a composite of their own, none of them published
    edition: Edition

    def some(self, name: str, count: int, allowed: np.ndarray) -> np.ndarray:
        """Positions of `count` posts (or as many as there are), in order."""
        free = np.flatnonzero(allowed & (self.posts["case"] < 0).to_numpy())
        stream = chance.generator("trap", name, self.edition.id)
        return np.sort(stream.permutation(free)[:count])

    def on(self, *platforms: str) -> np.ndarray:
        return self.posts["platform"].isin(platforms).to_numpy()


def add(posts: pd.DataFrame, edition: Edition, rules: Traps, *, listed: np.ndarray) -> pd.DataFrame:
    """The posts with every trap: some changed in place, others added; `trap` names it ("" for a plain post).

    listed: flag per post: its city's composite is calibrated, so its own counts stay untouched.
    """
    changed = _changed(_Bag(posts, ~listed, edition), rules)
    bag = _Bag(changed, ~listed & (changed["trap"] == "").to_numpy(), edition)
    additions = [
        make(bag, getattr(rules, name)).assign(trap=name) for name, make in _ADDITIONS.items() if getattr(rules, name)
    ]
    return pd.concat([changed, *additions], ignore_index=True)


def _changed(bag: _Bag, rules: Traps) -> pd.DataFrame:
    """Hide likes on Instagram, leave likes or comments out on YouTube: what is not shown is 0 here."""
    posts = bag.posts.copy()
    for name, platform, column in (
        ("hidden_likes", "instagram", "likes"),
        ("absent_likes", "youtube", "likes"),
        ("absent_comments", "youtube", "comments"),
    ):
        untouched = (posts["trap"] == "").to_numpy()
        rows = bag.some(name, getattr(rules, name), bag.plain & bag.on(platform) & untouched)
        posts.loc[rows, "trap"] = name
        posts.loc[rows, column] = 0
    return posts


def _repeated(bag: _Bag, count: int) -> pd.DataFrame:
    """The same posts as counted earlier, when they had fewer of everything."""
    rows = bag.some("repeated", count, (bag.posts["trap"] == "").to_numpy())
    earlier = bag.posts.iloc[rows].copy()
    earlier[COUNTS] = (earlier[COUNTS] * 0.85).astype(np.int64)
    return earlier


def _neighbouring(bag: _Bag, count: int) -> pd.DataFrame:
    """Posts of the last hours before the window and of the first hours after it, in Beijing time."""
    rows = bag.some("neighbouring", count, (bag.posts["trap"] == "").to_numpy())
    posts = _another(bag.posts.iloc[rows], salt=11)
    hours = 1 + np.arange(len(posts)) * 7919 % (10 * 3600)
    before = int(bag.edition.window.start.timestamp()) - hours
    after = int(bag.edition.window.end.timestamp()) + hours - 1
    return posts.assign(at=np.where(np.arange(len(posts)) % 2 == 0, before, after))


def _retweets(bag: _Bag, count: int) -> pd.DataFrame:
    rows = bag.some("retweets", count, bag.on("x"))
    return _another(bag.posts.iloc[rows], salt=12)


def _strangers(bag: _Bag, count: int) -> pd.DataFrame:
    rows = bag.some("strangers", count, np.ones(len(bag.posts), dtype=bool))
    return _another(bag.posts.iloc[rows], salt=13).assign(account=STRANGER)


def _bad_numbers(bag: _Bag, count: int) -> pd.DataFrame:
    return _another(bag.posts.iloc[bag.some("numbers", count, bag.plain & bag.on("tiktok"))], salt=14)


def _bad_times(bag: _Bag, count: int) -> pd.DataFrame:
    return _another(bag.posts.iloc[bag.some("times", count, bag.plain & bag.on("facebook", "tiktok"))], salt=15)


def _empty_ids(bag: _Bag, count: int) -> pd.DataFrame:
    rows = bag.some("ids", count, bag.plain & bag.on("facebook", "x", "instagram", "youtube"))
    return _another(bag.posts.iloc[rows], salt=16)


def _another(posts: pd.DataFrame, *, salt: int) -> pd.DataFrame:
    """Copies with ids of their own."""
    return posts.assign(key=chance.mixed(posts["key"].to_numpy(), salt))


_ADDITIONS: dict[str, Callable[[_Bag, int], pd.DataFrame]] = {
    "repeated": _repeated,
    "neighbouring": _neighbouring,
    "retweets": _retweets,
    "strangers": _strangers,
    "bad_numbers": _bad_numbers,
    "bad_times": _bad_times,
    "empty_ids": _empty_ids,
}


def kept(posts: pd.DataFrame) -> pd.DataFrame:
    """The posts that a correct intake keeps."""
    return posts[posts["trap"].isin(["", *CHANGES])]
