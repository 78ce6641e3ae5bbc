"""Posts whose response looks bought: they are no case posts, and are listed with the reason.

A row is a question to an editor and never a verdict. Missing figures (null) are unknown: nothing is read out of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cityreach.insight.rules import DoubtRules

COLUMNS = ["platform", "post_id", "city_id", "account_id", "reason", "value", "usual"]
VALUES = {"silent_likes": {"value": 0.0}}  # comments, where the quality page counts likes
KEY = ["platform", "post_id"]


def doubtful(posts: pd.DataFrame, odd: Mapping[str, pd.DataFrame], *, rules: DoubtRules) -> pd.DataFrame:
    """One row a post, with the first of its reasons, by platform and post. `posts`: enriched.

    odd: reason -> rows of the data quality page (`quality.anomalies`): silent_likes (many likes and no comment, where
    the account's usual share would give some), views_below_likes (liked more often than seen). A reason found here:
    unanswered (far above the account's usual level, with a small part of the comments and shares that so many likes
    usually bring it). value: comments, views, or comments and shares; usual: what would be usual (of views: the likes).
    """
    parts = [rows.assign(reason=reason, **VALUES.get(reason, {})) for reason, rows in odd.items()]
    parts.append(_unanswered(posts, rules))
    found = pd.concat([part[COLUMNS] for part in parts], ignore_index=True)
    found = found.drop_duplicates(KEY).sort_values(KEY, ignore_index=True)
    return found.astype({"value": "Float64", "usual": "Float64"})


def _unanswered(posts: pd.DataFrame, rules: DoubtRules) -> pd.DataFrame:
    likes = posts["likes"].to_numpy(dtype=float, na_value=np.nan)
    parts = posts[["comments", "shares"]].to_numpy(dtype=float, na_value=np.nan)
    answers = np.where(np.isnan(parts).all(axis=1), np.nan, np.nansum(parts, axis=1))
    known = (likes > 0) & ~np.isnan(answers)
    ratio = pd.Series(np.divide(answers, likes, out=np.full(len(likes), np.nan), where=known), index=posts.index)
    groups = ratio.groupby(posts["account_id"])
    usual = groups.transform("median").to_numpy() * likes
    lift = posts["lift"].to_numpy(dtype=float, na_value=np.nan)
    enough = (groups.transform("count") >= rules.least_posts).to_numpy()
    odd = enough & (lift >= rules.least_lift) & (usual >= rules.least_expected) & (answers <= rules.share * usual)
    return posts.loc[odd].assign(reason="unanswered", value=answers[odd], usual=usual[odd])


def without(posts: pd.DataFrame, doubted: pd.DataFrame) -> pd.DataFrame:
    """The posts that nobody doubts."""
    if doubted.empty:
        return posts
    here = pd.MultiIndex.from_frame(posts[KEY]).isin(pd.MultiIndex.from_frame(doubted[KEY]))
    return posts.loc[~here]
