"""Interactions of a post, and how they compare with what its account is used to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cityreach.insight.rules import LevelRules
from cityreach.registry import Platform

ZONE = "Asia/Shanghai"


def platform_interactions(posts: pd.DataFrame, platforms: Mapping[str, Platform]) -> pd.Series:
    """Interactions as the platform's registry entry counts them (Float64, null where none of its parts is known)."""
    total = np.full(len(posts), np.nan)
    platform = posts["platform"].to_numpy()
    for name in pd.unique(posts["platform"]):
        here = platform == name
        parts = posts.loc[here, list(platforms[name].interactions)].to_numpy(dtype=float, na_value=np.nan)
        total[here] = np.where(np.isnan(parts).all(axis=1), np.nan, np.nansum(parts, axis=1))
    return pd.Series(total, index=posts.index).astype("Float64")


def enrich(
    posts: pd.DataFrame, history: pd.DataFrame | None, platforms: Mapping[str, Platform], *, rules: LevelRules
) -> pd.DataFrame:
    """Posts with day (Beijing), interactions, usual, basis and lift.

    usual: median of ln(1+interactions) of the account's other posts, in this edition and in `history`, as a count; null
    below `rules.least_posts` such posts. lift: interactions / usual; null where usual is null or below 1.
    """
    frame = posts.reset_index(drop=True)
    own = platform_interactions(frame, platforms)
    usual, basis = _usual(frame["account_id"], own, _past(history, platforms))
    level = pd.Series(np.where(basis >= rules.least_posts, usual, np.nan)).astype("Float64")
    return frame.assign(
        day=frame["published_at"].dt.tz_convert(ZONE).dt.normalize().dt.tz_localize(None),
        interactions=own,
        usual=level,
        basis=basis,
        lift=own / level.where(level >= 1),
    )


def _past(history: pd.DataFrame | None, platforms: Mapping[str, Platform]) -> pd.DataFrame:
    """account_id and interactions of the earlier posts."""
    if history is None or history.empty:
        return pd.DataFrame({"account_id": pd.Series(dtype="str"), "interactions": pd.Series(dtype="Float64")})
    return pd.DataFrame(
        {"account_id": history["account_id"], "interactions": platform_interactions(history, platforms)}
    )


def _usual(account: pd.Series, own: pd.Series, past: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Median of each post's account without the post itself (log scale, as a count), and how many posts that is."""
    accounts = pd.concat([account, past["account_id"]], ignore_index=True)
    codes = pd.factorize(accounts)[0]
    values = pd.concat([own, past["interactions"]], ignore_index=True).to_numpy(dtype=float, na_value=np.nan)
    logs = np.log1p(values)
    order = np.lexsort((logs, codes))
    order = order[~np.isnan(logs[order])]
    start, size = _groups(codes[order], codes.max(initial=-1) + 1)
    place = np.full(len(codes), -1)
    place[order] = np.arange(len(order))
    head = slice(0, len(own))
    at, group = place[head], codes[head]
    others = size[group] - (at >= 0)
    median = _median_without(logs[order], start[group], others, np.where(at >= 0, at - start[group], len(order)))
    return np.round(np.expm1(median), 6), others


def _groups(sorted_codes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    size = np.bincount(sorted_codes, minlength=count)
    return np.concatenate([[0], np.cumsum(size)[:-1]]).astype(int) if count else size, size


def _median_without(values: np.ndarray, start: np.ndarray, others: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Median of each group's sorted values after taking out position `own` (beyond the end: nothing is taken out)."""
    if not len(values):
        return np.full(len(start), np.nan)
    picks = []
    for middle in ((others - 1) // 2, others // 2):
        index = np.clip(start + middle + (middle >= own), 0, len(values) - 1)
        picks.append(values[index])
    return np.where(others > 0, (picks[0] + picks[1]) / 2, np.nan)
