"""What all dossiers of a period share: frames of the whole panel, each worked out once, when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from cityreach import index, registry, store
from cityreach.dossier import accounts, indices, peers, period, posts
from cityreach.dossier.period import Period
from cityreach.errors import DataError
from cityreach.insight import themes as theming
from cityreach.monthly.analysis import ROOT, Analysis, analyse
from cityreach.published import facts as record

_held: dict[tuple[str, str], Shared] = {}


@dataclass(frozen=True)
class Shared:
    """A period with the analyses of its editions, oldest first. Nothing here is ever changed by a dossier."""

    period: Period
    analyses: tuple[Analysis, ...]

    @property
    def last(self) -> Analysis:
        """The analysis of the last edition: what the development is read from."""
        return self.analyses[-1]

    @cached_property
    def standing(self) -> Analysis:
        """The analysis of the edition whose places are shown."""
        return next(each for each in self.analyses if each.edition.id == self.period.standing.id)

    @property
    def registry(self) -> registry.Registry:
        return self.last.registry

    @property
    def method(self) -> index.Method:
        return self.standing.method

    @cached_property
    def panel(self) -> list[str]:
        """The cities that have a dossier: the panel of the standing edition."""
        return self.registry.panel(self.standing.edition.panel)

    @cached_property
    def posts(self) -> pd.DataFrame:
        """The period's posts with day, interactions, usual level and lift."""
        return pd.concat([each.posts for each in self.analyses], ignore_index=True)

    @cached_property
    def themes(self) -> pd.DataFrame:
        """The themes of these posts; a post that two editions hold counts once."""
        found = pd.concat([each.themes for each in self.analyses], ignore_index=True)
        return found.drop_duplicates(["platform", "post_id", "theme"], ignore_index=True)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """Every account of the period with its figures (`accounts.table`)."""
        known = self.registry.active_accounts(simulated=self.period.simulated)
        mine = known[known["platform"].isin(list(self.period.platforms))]
        snapshots = [store.read("snapshots", each.id) for each in self.period.editions]
        return accounts.table(mine, self.posts, pd.concat(snapshots, ignore_index=True))

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """METRICS of the period's editions alone."""
        ids = [each.id for each in self.period.editions]
        return self.last.metrics[self.last.metrics["edition"].isin(ids)].reset_index(drop=True)

    @cached_property
    def labels(self) -> pd.DataFrame:
        """Themes on which cities post more than the panel, over the days that the dossier covers."""
        return theming.city_labels(self.posts, self.themes, rules=self.last.rules.labels)

    @cached_property
    def theme_table(self) -> pd.DataFrame:
        """The themes of the whole panel."""
        if len(self.analyses) == 1:
            table = self.last.theme_table
            return table[table["platform"] == theming.ALL].reset_index(drop=True)
        return theming.theme_table(self.posts, self.themes, by_platform=False)

    @cached_property
    def city_themes(self) -> pd.DataFrame:
        return theming.city_themes(self.posts, self.themes)

    @cached_property
    def scored_posts(self) -> pd.DataFrame:
        """The posts that may stand for their city, the most telling first (`posts.ranked`)."""
        return posts.ranked(self.posts, self.themes, rules=self.last.rules.cases)

    @cached_property
    def profiles(self) -> pd.DataFrame:
        """City × dimension of every platform: scores of the standing edition (`peers.profiles`)."""
        return peers.profiles(self.standing.now)

    @cached_property
    def scores(self) -> dict[str, pd.DataFrame]:
        """SCORES of the standing edition by city."""
        return {str(city): rows for city, rows in self.standing.now.groupby("city_id", sort=False)}

    @cached_property
    def heads(self) -> pd.DataFrame:
        """Composite and platforms of the standing edition: city_id, node, score, rank."""
        now = self.standing.now
        return now[now["node"].isin([ROOT, *self.standing.scored])].reset_index(drop=True)

    @cached_property
    def annual(self) -> pd.DataFrame:
        """Places in the annual indices that are built here."""
        return indices.built(self.period.window.last)

    @cached_property
    def record(self) -> record.Facts:
        """What has been published of these indices."""
        return record.load()


def load(name: str) -> Shared:
    """The shared frames of a period: those that this process holds ready, or new ones.

    DataError where an edition's metrics or themes are not in the store; UnknownNameError for an unknown period.
    """
    return _held.get(_key(name)) or _made(name)


def hold(name: str) -> Shared:
    """Work the shared frames of a period out and keep them for every dossier that this process makes."""
    shared = _held[_key(name)] = _made(name)
    for each in (
        "labels",
        "theme_table",
        "city_themes",
        "scored_posts",
        "accounts",
        "metrics",
        "scores",
        "record",
        "annual",
    ):
        getattr(shared, each)
    return shared


def _key(name: str) -> tuple[str, str]:
    from cityreach import paths

    return str(paths.root()), name


def _made(name: str) -> Shared:
    found = period.find(name)
    for each in found.editions:
        for table in ("metrics", "themes"):
            if not store.exists(table, each.id):
                raise DataError(
                    f"data/store/{each.id}/{table}.parquet is absent. Run `cityreach dossier CITY {name}`, which "
                    "makes what is needed, instead of the notebook alone."
                )
    return Shared(found, tuple(analyse(each.id) for each in found.editions))
