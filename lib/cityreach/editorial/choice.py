"""Pinned and excluded case posts: the posts of an edition that `cases.yml` names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cityreach import paths
from cityreach.editorial import files
from cityreach.editorial.files import Cases, Exclusion, Post
from cityreach.errors import EditorialError
from cityreach.insight import cases
from cityreach.insight.rules import CaseRules

if TYPE_CHECKING:
    import pandas as pd

PINNED = "pinned"  # the `reason` of a case post that editors chose


def named(posts: pd.DataFrame, wanted: Sequence[Post], key: str, path: Path) -> list[int]:
    """The rows of the posts that `cases.yml` names under a key; EditorialError for one that meets none, or several."""
    rows = []
    for number, post in enumerate(wanted):
        by_id = (posts["platform"] == post.platform) & (posts["post_id"] == post.post)
        met = posts.index[(posts["url"] == post.url).fillna(False) if post.url else by_id]
        if len(met) != 1:
            count = "no post" if not len(met) else f"{len(met)} posts"
            raise EditorialError(
                f"{paths.relative(path)}:{files.line_of(path, key, number)}: `{key}.{number}` names {post.name}, which "
                f"meets {count} of this edition. Correct platform, post id or url (data/case_posts.csv and the exports "
                "have them), or take the entry out."
            )
        rows.append(int(met[0]))
    return rows


def case_posts(
    posts: pd.DataFrame,
    themes: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    rules: CaseRules,
    edition_id: str,
    among: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """`insight.cases.case_posts` as the editors want it: pinned posts first on their platform, excluded ones never.

    among: the posts from which all but the pinned are chosen; left out, all. reason of a pinned post: pinned. At most
    `rules.per_platform` a platform, one a city. EditorialError for a pin or an exclusion that meets no post, and for
    more pins on a platform than it has room for.
    """
    wishes = files.read_cases(edition_id)
    open_ = posts if among is None else among
    if wishes == Cases():
        return cases.case_posts(open_, themes, accounts, rules=rules)
    path = files.folder(edition_id) / "cases.yml"
    pinned = posts.loc[named(posts, wishes.pinned, "pinned", path)]
    _room(pinned, rules.per_platform, path)
    never = posts.loc[named(posts, wishes.excluded, "excluded", path)]
    barred = _met(open_, never, "post_id") | _met(open_, pinned, "city_id")
    found = cases.case_posts(open_, themes, accounts, rules=rules, barred=barred)
    return _first(cases.chosen(pinned, themes, accounts, reason=PINNED), found, rules.per_platform)


def _met(posts: pd.DataFrame, others: pd.DataFrame, column: str) -> np.ndarray:
    """True for posts that share platform and column with one of the others."""
    keys = set(zip(others["platform"], others[column], strict=True))
    return np.array([key in keys for key in zip(posts["platform"], posts[column], strict=True)], dtype=bool)


def _room(pinned: pd.DataFrame, most: int, path: Path) -> None:
    for platform, count in pinned["platform"].value_counts().items():
        if count > most:
            raise EditorialError(
                f"{paths.relative(path)}: `pinned` names {count} posts on {platform}, where {most} case posts stand. "
                "Take some out, or raise `cases.per_platform` in data/insight/rules.yml."
            )


def _first(pinned: pd.DataFrame, found: pd.DataFrame, most: int) -> pd.DataFrame:
    """Pinned posts before the others on each platform, places counted anew."""
    import pandas as pd

    if pinned.empty:
        return found
    both = pd.concat([pinned.assign(first=0), found.assign(first=1)], ignore_index=True)
    both = both.sort_values(["platform", "first", "place"], kind="stable", ignore_index=True)
    places = both.groupby("platform").cumcount() + 1
    kept = both.assign(place=places).loc[places <= most].drop(columns="first").reset_index(drop=True)
    return kept.astype(found.dtypes.to_dict()) if len(found) else kept


def excluded(posts: pd.DataFrame, edition_id: str) -> list[tuple[Exclusion, int]]:
    """Every exclusion with the row of the post that it names."""
    wishes = files.read_cases(edition_id).excluded
    path = files.folder(edition_id) / "cases.yml"
    return list(zip(wishes, named(posts, wishes, "excluded", path), strict=True)) if wishes else []
