"""Everything that a dossier knows of one city, as frames; all of it is cut from what the dossiers of a period share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cityreach.dossier import accounts, development, files, indices, peers, posts
from cityreach.dossier.files import Records
from cityreach.dossier.shared import Shared
from cityreach.edition import Edition
from cityreach.errors import UnknownNameError
from cityreach.insight.lexicon import OTHER
from cityreach.monthly.analysis import ROOT
from cityreach.registry import Registry

FLOWS = ("posts", "interactions", "views")


def find(registry: Registry, name: str) -> str:
    """The id of a city by its id, Chinese name (with or without 市) or English name, whatever its case.

    UnknownNameError for a name that is not there.
    """
    cities = registry.cities
    given = name.strip()
    if given in cities.index:
        return given
    english = cities.index[cities["name_en"].str.casefold() == given.casefold()]
    return str(english[0]) if len(english) else registry.city_ids([given])[0]


def in_panel(registry: Registry, name: str, edition: Edition) -> str:
    """The id of a city by any of its names; UnknownNameError where the edition's panel does not hold it."""
    city_id = find(registry, name)
    if city_id not in registry.panel(edition.panel):
        raise UnknownNameError(
            f"City `{name}` is not in panel {edition.panel} of edition {edition.id}. "
            "Use a city of that panel (data/registry/panels.yml), or another edition."
        )
    return city_id


@dataclass(frozen=True)
class City:
    """One city in one period."""

    shared: Shared
    city_id: str
    records: Records

    @property
    def row(self) -> dict[str, Any]:
        """The city's row in the registry."""
        return dict(self.shared.registry.cities.loc[self.city_id])

    @property
    def ordered(self) -> bool:
        return self.shared.period.ordered

    @property
    def editions(self) -> list[Edition]:
        """The year of editions over which the development is shown, the last of the period last."""
        known = {each.id: each for each in self.shared.last.chain}
        return [known[each] for each in self.shared.last.year]

    # what the city published

    @cached_property
    def metrics(self) -> pd.DataFrame:
        metrics = self.shared.metrics
        return metrics[metrics["city_id"] == self.city_id].reset_index(drop=True)

    def total(self, name: str) -> float | None:
        """A figure of the whole period over all platforms; None where no platform knows it."""
        known = self.metrics[name].dropna()
        return float(known.sum()) if len(known) else None

    @cached_property
    def followers(self) -> float | None:
        """The followers at the end of the period: each platform's last known count."""
        known = self.metrics[self.metrics["followers"].notna()]
        return float(known.groupby("platform")["followers"].last().sum()) if len(known) else None

    @cached_property
    def states(self) -> dict[str, list[str]]:
        """Platforms of the edition that the dossier stands on, by the state of the city's data there."""
        metrics, standing = self.metrics, self.shared.period.standing
        mine = metrics[metrics["edition"] == standing.id].set_index("platform")["status"].to_dict()
        found: dict[str, list[str]] = {}
        for name in standing.platforms:
            found.setdefault(str(mine.get(name, "no_account")), []).append(name)
        return found

    @cached_property
    def accounts(self) -> pd.DataFrame:
        return accounts.matrix(self.shared.accounts, self.city_id, self.total("interactions"))

    @cached_property
    def themes(self) -> pd.DataFrame:
        """The city's themes beside the panel's, the most posted first: theme, posts, share, panel_share,
        interactions, interactions_share; shares are of posts, the last is of interactions."""
        mine = self.shared.city_themes
        mine = mine[(mine["city_id"] == self.city_id) & (mine["theme"] != OTHER)].rename(
            columns={"share": "interactions_share"}
        )
        count = int((self.shared.posts["city_id"] == self.city_id).sum())
        panel = self.shared.theme_table.set_index("theme")["posts_share"]
        mine = mine.assign(share=mine["posts"] / max(count, 1), panel_share=mine["theme"].map(panel))
        ordered = mine.sort_values(["posts", "theme"], ascending=[False, True], kind="stable", ignore_index=True)
        return ordered[["theme", "posts", "share", "panel_share", "interactions", "interactions_share"]]

    @cached_property
    def label(self) -> pd.Series | None:
        """The theme that stands out for the city, where there is one."""
        labels = self.shared.labels
        mine = labels[(labels["city_id"] == self.city_id) & labels["label"]]
        return mine.iloc[0] if len(mine) else None

    @cached_property
    def posts(self) -> pd.DataFrame:
        best = posts.best(self.shared.scored_posts, self.city_id)
        return best.assign(handle=best["account_id"].map(self.shared.registry.accounts["handle"]))

    # how it stands

    @cached_property
    def series(self) -> pd.DataFrame:
        last = self.shared.last
        found = development.series(last.metrics, last.heads, self.editions, self.city_id)
        return found if self.ordered else found.drop(columns=["rank", "score", "cities"])

    @cached_property
    def places(self) -> pd.DataFrame:
        """The city's places on composite and platforms over the year; none where no order is published."""
        editions = self.editions if self.ordered else []
        return development.places(self.shared.last.heads, editions, self.city_id)

    @cached_property
    def standing(self) -> pd.DataFrame:
        """Score and place now by node: node, score, rank, cities; nodes without a place are left out."""
        now = self.places[self.places["edition"] == self.shared.period.standing.id]
        return now.drop(columns="edition").reset_index(drop=True)

    @property
    def placed(self) -> bool:
        """Whether the city has a place on the composite that may be shown."""
        return bool((self.standing["node"] == ROOT).any())

    @cached_property
    def change(self) -> int | None:
        """Places gained since the edition before; None where that is not known or may not be shown."""
        if not self.placed:
            return None
        moves = self.shared.standing.movements()
        found = moves.loc[(moves["city_id"] == self.city_id) & moves["change"].notna(), "change"]
        return int(found.iloc[0]) if len(found) else None

    @cached_property
    def peers(self) -> tuple[str, list[str]]:
        """What makes its peers, and who they are."""
        return peers.group(self.shared.registry.cities, self.city_id, list(self.shared.profiles.index))

    @cached_property
    def tier(self) -> list[str]:
        """The other cities of its administrative rank."""
        cities = self.shared.registry.cities.loc[list(self.shared.profiles.index)]
        same = cities.index[cities["tier"] == self.row["tier"]]
        return sorted(set(same) - {self.city_id})

    @cached_property
    def compared(self) -> pd.DataFrame:
        """Its dimensions against its peers, on platforms on which it has a place."""
        table = peers.compared(self.shared.profiles, self.city_id, self.peers[1])
        placed = set(self.standing["node"])
        return table[[node.partition(".")[0] in placed for node in table["node"]]].reset_index(drop=True)

    @cached_property
    def heads(self) -> pd.DataFrame:
        """Composite and platforms against the medians of its peers and of its rank."""
        return peers.heads_compared(self.shared.heads, self.city_id, {"peers": self.peers[1], "tier": self.tier})

    @cached_property
    def nearest(self) -> pd.DataFrame:
        """The cities most like it, with their places: city_id, distance, rank, score."""
        root = self.shared.heads[self.shared.heads["node"] == ROOT].set_index("city_id")[["rank", "score"]]
        return peers.nearest(self.shared.profiles, self.city_id).join(root, on="city_id")

    @cached_property
    def ahead(self) -> pd.DataFrame:
        return peers.ahead(self.shared.heads, self.city_id)

    @cached_property
    def behind(self) -> pd.DataFrame:
        return peers.behind(self.shared.heads, self.city_id)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """The parts of the gaps to the cities ahead, with their `other_id`; for the first city those of its lead."""
        scores = self.shared.scores
        pairs = [(self.city_id, other, other) for other in self.ahead["city_id"]]
        pairs = pairs or [(other, self.city_id, other) for other in self.behind["city_id"]]
        found = [peers.gap_parts(scores[low], scores[high]).assign(other_id=other) for low, high, other in pairs]
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["other_id"])

    @cached_property
    def annual(self) -> pd.DataFrame:
        """Its places in the annual indices that are built here; none where no order is published."""
        table = self.shared.annual
        mine = table[table["city_id"] == self.city_id].reset_index(drop=True)
        return mine if self.ordered else mine.iloc[:0]

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Its places in published lists; none where no order is published."""
        until = self.shared.period.window.last
        found = indices.published(self.shared.record, self.row["name_zh"], self.records.indices, until=until)
        return found if self.ordered else found.iloc[:0]


def open_city(shared: Shared, name: str) -> City:
    """The city of that name; UnknownNameError where the period's panel does not hold it, SpecError for its files."""
    city_id = in_panel(shared.registry, name, shared.period.standing)
    records = files.read(city_id, list(shared.registry.accounts.index))
    _check_places(shared, city_id, records)
    return City(shared, city_id, records.within(shared.period.window))


def _check_places(shared: Shared, city_id: str, records: Records) -> None:
    """SpecError for a place whose index or scope the record has no words for."""
    from cityreach.errors import SpecError

    known = shared.record.known
    for line, row in enumerate(records.indices, start=2):
        for column, value, names in (
            ("index", row.index, [each.id for each in known.indices]),
            ("scope", row.scope, list(known.scopes)),
        ):
            if value not in names:
                raise SpecError(
                    f"data/dossiers/{city_id}/indices.csv, line {line}: `{column}` {value!r} is not in "
                    f"data/published/indices.yml. Write one of: {', '.join(names)}."
                )
