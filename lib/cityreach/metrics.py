"""Posts and follower counts to one row per city and platform: the METRICS table.

The sums are Ibis expressions over the store's Parquet files, run by embedded DuckDB; `_engine` is the one place that
names it. What follows from the registry (who has an account, whose export is missing) and from totals (cities whose
figures arrived without their posts) is added in pandas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from cityreach import store, tables, totals
from cityreach.edition import Edition, Window
from cityreach.registry import Registry

if TYPE_CHECKING:
    import ibis

BEIJING_HOURS = 8  # Asia/Shanghai has had no summer time since 1991
KEY = ["city_id", "platform"]
SILENT_ZERO = ("posts", "active_days", "interactions", "peak")
PER_POST = ("interactions_per_post", "views_per_post")
FIGURES = ("posts", "active_days", "interactions", "interactions_per_post", "peak", "views", "views_per_post")
COUNTED = (*FIGURES, "accounts", "followers", "new_followers")


def in_window(posts: ibis.Table, window: Window) -> ibis.Table:
    """The posts published inside a window, whose borders lie at midnight in Asia/Shanghai."""
    from datetime import UTC

    import ibis

    start, end = (ibis.literal(moment.astimezone(UTC)) for moment in (window.start, window.end))
    return posts.filter((posts.published_at >= start) & (posts.published_at < end))


def posts_to_metrics(posts: ibis.Table, interactions: Mapping[str, Sequence[str]]) -> ibis.Table:
    """Posts to one row per city and platform.

    interactions: platform -> the post columns that count there. A part that is null (hidden likes) adds nothing, so
    such a post counts with its known parts; a post without any known part is in `posts` but in no other figure.
    Columns: city_id, platform, posts, active_days (days in Asia/Shanghai), interactions, interactions_per_post (per
    post whose interactions are known), peak, views, views_per_post (per post whose views are known); null: not known.
    """
    import ibis

    counted = posts.mutate(
        counted=_interactions(posts, interactions),
        day=(posts.published_at + ibis.interval(hours=BEIJING_HOURS)).date(),
    )
    sums = counted.group_by(KEY).aggregate(
        posts=counted.count(),
        active_days=counted.day.nunique(),
        interactions=counted.counted.sum().cast("int64"),
        interactions_per_post=counted.counted.sum() / counted.counted.count().nullif(0),
        peak=counted.counted.max(),
        views=counted.views.sum().cast("int64"),
        views_per_post=counted.views.sum() / counted.views.count().nullif(0),
    )
    return sums.order_by(KEY)


def _interactions(posts: ibis.Table, columns: Mapping[str, Sequence[str]]) -> ibis.Value:
    """A post's interactions by its platform's columns: the sum of the known ones, null where none is known."""
    import ibis

    cases = []
    for platform, names in columns.items():
        if not names:  # a platform that shows no interactions
            continue
        parts = [posts[name] for name in names]
        known = ibis.or_(*(part.notnull() for part in parts))
        total = sum((part.fill_null(0) for part in parts[1:]), parts[0].fill_null(0))
        cases.append(((posts.platform == platform) & known, total.cast("int64")))
    return ibis.cases(*cases) if cases else ibis.null("int64")


def latest_followers(snapshots: ibis.Table) -> ibis.Table:
    """The last known follower count of each account: account_id, followers."""
    known = snapshots.filter(snapshots.followers.notnull())
    return known.group_by("account_id").aggregate(followers=known.followers.argmax(known.day))


def followers_by_city(now: ibis.Table, before: ibis.Table | None, accounts: ibis.Table) -> ibis.Table:
    """Follower sums per city and platform from two editions' snapshots.

    accounts: account_id, city_id, platform. followers: sum over accounts' latest snapshots. new_followers: sum of
    the differences over accounts known in both editions; null where there is none.
    """
    import ibis

    rows = latest_followers(now).inner_join(accounts, "account_id")
    if before is None:
        rows = rows.mutate(grown=ibis.null("int64"))
    else:
        earlier = latest_followers(before).rename(followers_before="followers")
        joined = rows.left_join(earlier, "account_id")
        rows = joined.mutate(grown=joined.followers - joined.followers_before)
    sums = rows.group_by(KEY).aggregate(
        followers=rows.followers.sum().cast("int64"), new_followers=rows.grown.sum().cast("int64")
    )
    return sums.order_by(KEY)


def build(edition: Edition, registry: Registry, previous: Edition | None) -> pd.DataFrame:
    """The METRICS table of an edition: a row for every city of its panel on every platform of its set.

    A city without a post on a platform takes its figures from the edition's totals, if these have it. status:
    `measured`; `silent` (seen in the exports or totals, no post: counts are 0, per-post figures null); `missing`
    (accounts exist, none of them stands in the exports: everything null); `no_account`. accounts: of the registry;
    where it has none, as the totals say. new_followers is null without a previous edition in the store. DataError where
    the edition's exports have not been taken in.
    """
    from cityreach import intake

    seen = set(intake.load_log(edition.id).seen_accounts)
    accounts = registry.active_accounts(simulated=edition.simulated)
    frame = _panel(edition, registry)
    for part in (_counts(accounts, seen), _post_sums(edition, registry), _follower_sums(edition, accounts, previous)):
        frame = frame.merge(part, on=KEY, how="left", sort=False, validate="one_to_one")
    frame = _with_totals(frame, _totals(edition, registry), _followers_before(previous))
    return tables.conform(_with_status(frame, _publishing_views(registry)), "metrics")


def write(edition: Edition, registry: Registry, *, previous: Edition | None = None) -> None:
    """Builds an edition's metrics and puts them in the store."""
    store.write(build(edition, registry, previous), "metrics", edition.id)


def load(edition_ids: Sequence[str]) -> pd.DataFrame:
    """The metrics of several editions, one after the other as named; DataError where one is not in the store."""
    return pd.concat([store.read("metrics", edition_id) for edition_id in edition_ids], ignore_index=True)


def _panel(edition: Edition, registry: Registry) -> pd.DataFrame:
    rows = [(city, platform) for city in registry.panel(edition.panel) for platform in edition.platforms]
    return pd.DataFrame(rows, columns=KEY).assign(edition=edition.id)


def _counts(accounts: pd.DataFrame, seen: set[str]) -> pd.DataFrame:
    """Active accounts per city and platform, and how many of them stand in the exports."""
    marked = accounts[KEY].assign(seen=accounts.index.isin(seen))
    return marked.groupby(KEY, as_index=False).agg(accounts=("seen", "size"), seen=("seen", "sum"))


def _post_sums(edition: Edition, registry: Registry) -> pd.DataFrame:
    posts = in_window(_table("posts", edition.id), edition.window)
    return _run(posts_to_metrics(posts, _interaction_columns(edition, registry)))


def _interaction_columns(edition: Edition, registry: Registry) -> dict[str, Sequence[str]]:
    return {name: registry.platform(name).interactions for name in edition.platforms}


def _totals(edition: Edition, registry: Registry) -> pd.DataFrame:
    """The edition's totals as figures of METRICS."""
    columns = _interaction_columns(edition, registry)
    return totals.figures(totals.load(edition.id), columns, _publishing_views(registry))


def _followers_before(previous: Edition | None) -> pd.DataFrame:
    """city_id, platform, followers of the edition before: from its totals, else from its metrics."""
    if previous is None:
        return tables.empty("totals")
    columns = [*KEY, "followers"]
    frames = [totals.load(previous.id)[columns]]
    if store.exists("metrics", previous.id):
        frames.append(store.read("metrics", previous.id, columns=columns))
    known = [frame.dropna(subset="followers") for frame in frames]
    return pd.concat(known, ignore_index=True).drop_duplicates(KEY)


def _with_totals(frame: pd.DataFrame, summed: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Figures from totals where a city has no post on a platform; followers wherever no snapshot gives any."""
    filled = frame.astype({name: tables.METRICS[name][0] for name in COUNTED})
    rows = filled[KEY].merge(summed, on=KEY, how="left", validate="one_to_one")
    used = filled["posts"].isna() & rows["posts"].notna()
    counted = rows["posts"].notna() & filled["followers"].isna()
    for name in FIGURES:
        filled[name] = filled[name].mask(used, rows[name])
    filled["accounts"] = filled["accounts"].mask(used & filled["accounts"].isna(), rows["accounts"])
    filled["followers"] = filled["followers"].mask(counted, rows["followers"])
    filled["new_followers"] = filled["new_followers"].mask(counted, totals.growth(rows, before))
    return filled


def _follower_sums(edition: Edition, accounts: pd.DataFrame, previous: Edition | None) -> pd.DataFrame:
    import ibis
    import pyarrow as pa

    before = None
    if previous is not None and store.exists("snapshots", previous.id):
        before = _table("snapshots", previous.id)
    known = ibis.memtable(pa.Table.from_pandas(accounts[KEY].reset_index(), preserve_index=False))
    return _run(followers_by_city(_table("snapshots", edition.id), before, known))


def _with_status(frame: pd.DataFrame, publishing_views: list[str]) -> pd.DataFrame:
    filled = frame.fillna({"accounts": 0, "seen": 0})
    known = filled["posts"].notna()
    seen = ~known & (filled["seen"] > 0)
    missing = ~known & (filled["accounts"] > 0) & (filled["seen"] == 0)
    filled.loc[seen, list(SILENT_ZERO)] = 0
    filled.loc[seen & filled["platform"].isin(publishing_views), "views"] = 0
    filled["status"] = "no_account"
    silent = filled["posts"].eq(0).fillna(False)
    for status, rows in {"measured": known, "silent": silent, "missing": missing}.items():
        filled.loc[rows, "status"] = status
    return filled


def _publishing_views(registry: Registry) -> list[str]:
    return [name for name, platform in registry.platforms.items() if "views" in platform.publishes]


@cache
def _engine() -> Any:
    """The engine that runs the expressions; another Ibis backend may stand here."""
    import ibis

    return ibis.duckdb.connect()


def _run(expression: ibis.Table) -> pd.DataFrame:
    """An expression's rows; by way of Arrow, since Ibis' own pandas conversion warns under pandas 3."""
    frame: pd.DataFrame = _engine().to_pyarrow(expression).to_pandas()
    return frame


def _table(name: str, edition_id: str) -> ibis.Table:
    """A table of the store as an Ibis table; DataError where it does not exist."""
    source = store.path(name, edition_id)
    if not source.is_file():
        store.read(name, edition_id, columns=[])
    return _engine().read_parquet(source)
