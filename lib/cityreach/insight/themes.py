"""Themes: how much is posted on each, how far it carries, what drives a city, and what a city stands for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cityreach.insight.lexicon import OTHER
from cityreach.insight.rules import LabelRules

ALL = "all"
KEY = ["platform", "post_id"]
LABELS = ["city_id", "theme", "posts", "city_posts", "share", "panel_share", "log_odds", "z", "label"]
DRIVERS = [
    "city_id", "theme", "share", "share_before", "change", "interactions", "interactions_before", "growth",
    "platform", "post_id",
]  # fmt: skip


def themed(posts: pd.DataFrame, themes: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """One row for each post and theme of it, with the post's columns."""
    return themes[[*KEY, "theme"]].merge(posts[list(dict.fromkeys([*KEY, *columns]))], on=KEY, how="inner")


def theme_table(posts: pd.DataFrame, themes: pd.DataFrame, *, by_platform: bool = True) -> pd.DataFrame:
    """Themes overall (platform `all`) and on each platform, the most posted first.

    Columns: platform, theme, posts, posts_share, interactions, interactions_share, pull (median of lift; null without
    a known usual level), basis (posts behind pull), cities. A post with two themes counts under both.
    """
    rows = themed(posts, themes, ["city_id", "interactions", "lift"])
    tables = [_table(rows, posts, ALL)]
    if by_platform:
        for platform, own in posts.groupby("platform", sort=True):
            tables.append(_table(rows.loc[rows["platform"] == platform], own, str(platform)))
    return pd.concat(tables, ignore_index=True)


def _table(rows: pd.DataFrame, posts: pd.DataFrame, platform: str) -> pd.DataFrame:
    table = rows.groupby("theme", as_index=False).agg(
        posts=("post_id", "size"),
        interactions=("interactions", "sum"),
        pull=("lift", "median"),
        basis=("lift", "count"),
        cities=("city_id", "nunique"),
    )
    total = float(posts["interactions"].sum())
    table = table.assign(
        platform=platform,
        posts_share=table["posts"] / max(len(posts), 1),
        interactions_share=table["interactions"] / total if total else np.nan,
    )
    ordered = table.sort_values(["posts", "theme"], ascending=[False, True], kind="stable", ignore_index=True)
    names = [
        "platform",
        "theme",
        "posts",
        "posts_share",
        "interactions",
        "interactions_share",
        "pull",
        "basis",
        "cities",
    ]
    return ordered[names]


def city_themes(posts: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """city_id, theme, posts, interactions, share (of the city's interactions; null where it has none)."""
    rows = themed(posts, themes, ["city_id", "interactions"])
    table = rows.groupby(["city_id", "theme"], as_index=False).agg(
        posts=("post_id", "size"), interactions=("interactions", "sum")
    )
    totals = posts.groupby("city_id")["interactions"].sum()
    total = table["city_id"].map(totals).astype("Float64")
    return table.assign(share=table["interactions"] / total.where(total > 0))


def drivers(
    posts: pd.DataFrame, themes: pd.DataFrame, before: pd.DataFrame, before_themes: pd.DataFrame
) -> pd.DataFrame:
    """What changed in the cities that `before` holds: themes by growth of interactions, largest first in each city.

    `posts`, `before`: enriched posts of the edition and of the one before; only cities in both. Columns: city_id,
    theme, share, share_before, change (of the share), interactions, interactions_before, growth, platform and
    post_id of the theme's strongest post (null where there is none now). `other` is left out.
    """
    cities = set(before["city_id"]) & set(posts["city_id"])
    if not cities:
        return pd.DataFrame(columns=DRIVERS)
    now, then = (
        city_themes(frame.loc[frame["city_id"].isin(cities)], labels)
        for frame, labels in ((posts, themes), (before, before_themes))
    )
    both = now.merge(then, on=["city_id", "theme"], how="outer", suffixes=("", "_before"))
    columns = ["share", "share_before", "interactions", "interactions_before"]
    both[columns] = both[columns].astype("Float64").fillna(0.0)
    both = both.assign(
        change=both["share"] - both["share_before"], growth=both["interactions"] - both["interactions_before"]
    ).merge(_strongest(posts.loc[posts["city_id"].isin(cities)], themes), on=["city_id", "theme"], how="left")
    both = both.loc[both["theme"] != OTHER].sort_values(
        ["city_id", "growth", "theme"], ascending=[True, False, True], kind="stable", ignore_index=True
    )
    return both[DRIVERS]


def _strongest(posts: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    rows = themed(posts, themes, ["city_id", "interactions"]).dropna(subset=["interactions"])
    ordered = rows.sort_values(["interactions", "platform", "post_id"], ascending=[False, True, True], kind="stable")
    return ordered.drop_duplicates(["city_id", "theme"])[["city_id", "theme", "platform", "post_id"]]


def city_labels(posts: pd.DataFrame, themes: pd.DataFrame, *, rules: LabelRules) -> pd.DataFrame:
    """Themes on which a city posts more than the rest of the panel, its strongest first.

    Columns: city_id, theme, posts, city_posts, share, panel_share, log_odds (against the other cities, with the panel's
    shares as prior), z (log_odds by its standard error), label (bool: the strongest of the city, above all
    thresholds of `rules`). `other` is left out; cities with fewer than `rules.least_city_posts` posts have no rows.
    """
    table = (
        themed(posts, themes, ["city_id"]).groupby(["city_id", "theme"], as_index=False).agg(posts=("post_id", "size"))
    )
    table = table.assign(
        city_posts=table["city_id"].map(posts["city_id"].value_counts()).astype("Int64"),
        panel=table.groupby("theme")["posts"].transform("sum"),
    )
    table = _log_odds(table, len(posts), rules.prior)
    table = table.loc[(table["theme"] != OTHER) & (table["city_posts"] >= rules.least_city_posts)]
    table = table.sort_values(
        ["city_id", "z", "theme"], ascending=[True, False, True], kind="stable", ignore_index=True
    )
    firm = (table["z"] >= rules.least_z) & (table["posts"] >= rules.least_posts)
    firm &= table["share"] >= rules.least_lift * table["panel_share"]
    table["label"] = firm & (firm.groupby(table["city_id"]).cumsum() == 1)
    return table[LABELS]


def steady_labels(now: pd.DataFrame, earlier: Sequence[pd.DataFrame], *, rules: LabelRules) -> pd.DataFrame:
    """The labels of an edition that hold over the last ones, too: `now` with months and of, and label judged anew.

    earlier: `city_labels` of editions before. months: editions in which the theme was the city's label, this one
    included; of: editions in which the city had enough posts. label: as before, and in `rules.least_months` of them (in
    all where the city has fewer).
    """
    rows = pd.concat([now, *earlier], ignore_index=True)
    rows = rows.assign(number=np.repeat(np.arange(1 + len(earlier)), [len(now), *map(len, earlier)]))
    held = rows.loc[rows["label"].astype(bool)].groupby(["city_id", "theme"])["number"].nunique()
    known = rows.groupby("city_id")["number"].nunique()
    pairs = pd.MultiIndex.from_frame(now[["city_id", "theme"]])
    months = held.reindex(pairs).fillna(0).astype("Int64").to_numpy()
    frame = now.assign(months=months, of=now["city_id"].map(known)).astype({"months": "Int64", "of": "Int64"})
    needed = frame["of"].clip(upper=rules.least_months)
    return frame.assign(label=frame["label"].astype(bool) & (frame["months"] >= needed).astype(bool))


def _log_odds(table: pd.DataFrame, total: int, prior: float) -> pd.DataFrame:
    """Log-odds ratio of a city against all others with an informative Dirichlet prior, and its z."""
    own, size, panel = (table[name].to_numpy(dtype=float) for name in ("posts", "city_posts", "panel"))
    weight = prior * panel / (total + 1)  # below the prior even for a theme that every post has
    rest, rest_size = panel - own, total - size
    inside = np.log((own + weight) / (size + prior - own - weight))
    outside = np.log((rest + weight) / (rest_size + prior - rest - weight))
    odds = inside - outside
    error = np.sqrt(1 / (own + weight) + 1 / (rest + weight))
    return table.assign(share=own / size, panel_share=panel / total, log_odds=odds, z=odds / error)
