"""Which accounts an edition sees, and how many followers each has: a closed form, without any earlier inbox."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cityreach import edition as editions
from cityreach.edition import Edition
from cityreach.registry import Registry
from cityreach.simulate import chance
from cityreach.simulate.settings import Settings, month_index

MIDDLE = 8  # the month index at which followers stand at the level that the city's usual score asks for


def visible(edition: Edition, registry: Registry, settings: Settings) -> pd.DataFrame:
    """The active accounts of the edition's panel and platforms.

    Columns: account_id, handle, platform_uid, display_name, platform, city_id, language, city (Chinese name),
    city_en (without a province in brackets), place (0 = the city's first account there), mates (accounts of the city
    there), listed (its city has a composite in levels.yml), missing and silent (flags of this month), cell (number of
    the city x platform).
    """
    frame = registry.accounts.reset_index()
    keep = (
        frame["platform"].isin(edition.platforms)
        & frame["city_id"].isin(registry.panel(edition.panel))
        & (frame["status"] == "active")
    )
    frame = frame.loc[keep].reset_index(drop=True)
    frame["city"] = frame["city_id"].map(registry.cities["name_zh"])
    frame["city_en"] = frame["city_id"].map(registry.cities["name_en"]).str.replace(r" \(.*\)$", "", regex=True)
    grouped = frame.groupby(["city_id", "platform"], sort=False)
    frame["place"] = grouped.cumcount()
    frame["mates"] = grouped["account_id"].transform("size")
    frame["cell"] = grouped.ngroup()
    listed = {name for name, city in settings.levels.cities.items() if city.composite}
    frame["listed"] = frame["city"].isin(listed)
    return _absences(frame, edition, settings)


def _absences(frame: pd.DataFrame, edition: Edition, settings: Settings) -> pd.DataFrame:
    """Flag the accounts that are missing from this month's export and those that post nothing."""
    posting = settings.posting
    cased = {(post.city, post.platform) for post in settings.cases.posts if post.edition == edition.id}
    free = ~pd.Series(list(zip(frame["city"], frame["platform"], strict=True))).isin(cased)
    lone = ~frame["listed"] & (frame["mates"] == 1) & free
    frame["missing"] = _lot(frame, lone, f"missing {edition.id}", posting.missing)
    # a silent TikTok account leaves no row at all, so it could not be told from a missing one
    may_rest = ~frame["missing"] & (frame["platform"] != "tiktok") & (~frame["listed"] | (frame["place"] > 0)) & free
    frame["silent"] = _lot(frame, may_rest, f"silent {edition.id}", posting.silent)
    return frame


def _lot(frame: pd.DataFrame, allowed: pd.Series, name: str, count: int) -> np.ndarray:
    """A flag for `count` of the allowed rows, drawn by account and not by order."""
    drawn = pd.Series(chance.uniforms(name, each=frame["account_id"]), frame.index).where(allowed)
    return (drawn.rank(method="first") <= count).to_numpy()


def followers(accounts: pd.DataFrame, *, middle: np.ndarray, month: str, settings: Settings) -> np.ndarray:
    """Followers at the end of a month ("2025-03").

    middle: followers of the account's whole cell at month index MIDDLE, aligned to `accounts`. YouTube's are rounded
    to three figures, as its API gives them.
    """
    rules = settings.levels.followers
    index = month_index(month, settings.levels.origin)
    share = np.where(accounts["place"] == 0, rules.main, 0.0)
    share = np.where(accounts["mates"] == 1, 1.0, share)
    others = np.maximum(accounts["mates"].to_numpy() - 1, 1)
    share = np.where(accounts["place"] > 0, (1 - rules.main) / others, share)
    growth = np.array([_growth(account, index, settings) for account in accounts["account_id"]])
    count = np.rint(middle * share * np.exp(growth))
    return np.where(accounts["platform"] == "youtube", three_figures(count), count)


def _growth(account: str, index: int, settings: Settings) -> float:
    """ln(followers at the month / followers at MIDDLE)."""
    rules = settings.levels.followers
    stream = chance.generator("growth", account)
    low, high = rules.growth
    usual = low + (high - low) * stream.random()
    months = stream.random((max(index, 0), 2))
    steps = np.where(months[:, 1] < rules.losing, -0.25, 0.4 + 1.2 * months[:, 0]) * usual
    return float(steps.sum() + min(index, 0) * usual - MIDDLE * usual)


def three_figures(count: np.ndarray) -> np.ndarray:
    """Rounded down to three significant figures."""
    size = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(count, 1))) - 2, 0)
    return np.floor(count / size) * size


def counted_before(accounts: pd.DataFrame, edition: Edition, registry: Registry, settings: Settings) -> np.ndarray:
    """Whether each account was in the exports of the simulated edition before this one."""
    before = predecessor(edition)
    if before is None:
        return np.zeros(len(accounts), dtype=bool)
    then = visible(before, registry, settings)
    seen = then.loc[~then["missing"], "account_id"]
    return accounts["account_id"].isin(seen).to_numpy()


def predecessor(edition: Edition) -> Edition | None:
    """The edition before, where it is simulated, too."""
    before = editions.load(edition.previous) if edition.previous else None
    return before if before is not None and before.simulated else None
