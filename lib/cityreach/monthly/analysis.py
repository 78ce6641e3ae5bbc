"""Everything that a monthly report knows, as frames: read from the store once, computed when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cityreach import comparing, index, metrics, registry, scoring, store
from cityreach import edition as editions
from cityreach.edition import Edition
from cityreach.editorial import choice, files
from cityreach.editorial.files import Exclusion
from cityreach.index import decompose, uncertainty
from cityreach.insight import (
    changes,
    coverage,
    formats,
    levels,
    presence,
    profiles,
    ranking,
    regions,
    rules,
    runs,
    spread,
    staying,
)
from cityreach.insight import themes as theming
from cityreach.insight import totals as totalling
from cityreach.insight.keeping import Frames, kept
from cityreach.insight.rules import Rules
from cityreach.monthly import compared

ROOT = "composite"
POST_COLUMNS = ["post_id", "platform", "account_id", "city_id", "published_at", "likes", "comments", "shares"]
TOP = 10
DRAWS = 1000  # sets of weights by which places are tried
REGIONS = ("region", "tier", "province_zh")


@dataclass(frozen=True)
class Analysis:
    """The frames of one edition; `chain` holds the ready editions before it and itself, oldest first."""

    edition: Edition
    chain: tuple[Edition, ...]

    @cached_property
    def frames(self) -> Frames:
        """What the store keeps of this analysis."""
        return Frames(self.edition)

    @cached_property
    def registry(self) -> registry.Registry:
        return registry.load()

    @cached_property
    def rules(self) -> Rules:
        return rules.load()

    @cached_property
    def method(self) -> index.Method:
        return index.load_method(self.edition.method)

    @cached_property
    def scored(self) -> tuple[str, ...]:
        """The edition's platforms that the method has a node for; the others are measured, but not scored."""
        return tuple(each for each in self.edition.platforms if each in self.method.nodes)

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.chain]

    @property
    def year(self) -> list[str]:
        """Ids of the last twelve ready editions of the same method, oldest first, this one last."""
        return [each.id for each in self.chain if each.method == self.edition.method][-editions.YEAR_BEFORE - 1 :]

    @cached_property
    def before(self) -> Edition | None:
        """The ready edition that this one follows."""
        return next((each for each in self.chain if each.id == self.edition.previous), None)

    @cached_property
    def year_ago(self) -> Edition | None:
        """The ready edition of the same window a year before, of the same method."""
        same = [each for each in self.chain[:-1] if each.method == self.edition.method]
        return editions.year_ago(self.edition, same)

    @kept
    def metrics(self) -> pd.DataFrame:
        return metrics.load(self.ids)

    @cached_property
    def scored_all(self) -> index.Scores:
        """What the engine made of every edition of the chain that uses this edition's method."""
        same = [each for each in self.chain if each.method == self.edition.method]
        return scoring.score(self.method, self.metrics, editions=same)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The same as SCORES."""
        return scoring.as_scores(self.scored_all)

    @kept
    def heads(self) -> pd.DataFrame:
        """SCORES of the composite and the platforms alone, every edition: what places are read from."""
        return self.scores[self.scores["node"].isin([ROOT, *self.scored])].reset_index(drop=True)

    @kept
    def now(self) -> pd.DataFrame:
        return self.scores[self.scores["edition"] == self.edition.id].reset_index(drop=True)

    @kept
    def pair(self) -> pd.DataFrame:
        """SCORES of this edition and the one before, down to the indicators."""
        both = [self.edition.id, *([self.before.id] if self.before else [])]
        return self.scores[self.scores["edition"].isin(both)].reset_index(drop=True)

    def reasons(self, node: str = ROOT) -> tuple[str, ...]:
        """What stands against comparing a node's places with the edition before; empty where nothing does."""
        return self.against(self.before, node) if self.before else ("first",)

    def against(self, other: Edition, node: str) -> tuple[str, ...]:
        """What stands against comparing a node's places with another edition; worked out once for editions alike."""
        alike = (other.panel, other.platforms, other.method, node)
        if alike not in self._against:
            self._against[alike] = comparing.comparable(self.edition, other, node).reasons
        return self._against[alike]

    @cached_property
    def _against(self) -> dict[tuple[object, ...], tuple[str, ...]]:
        return {}

    def comparable(self, node: str = ROOT) -> bool:
        """Whether movements may be shown: as they are, or on the panel that both editions share."""
        return set(self.reasons(node)) <= {"panel"}

    @cached_property
    def common_scores(self) -> pd.DataFrame:
        """Scores ranked among the cities that both editions measure (scores do not depend on the panel)."""
        if self.before is None or "panel" not in self.reasons():
            return self.heads
        return comparing.on_panel(self.heads, comparing.common_panel(self.heads, [self.edition.id, self.before.id]))

    def movements(self, node: str = ROOT) -> pd.DataFrame:
        """Places gained and lost since the edition before; empty where the two are not comparable."""
        return self.moves[self.moves["node"] == node].drop(columns="node").reset_index(drop=True)

    @kept
    def moves(self) -> pd.DataFrame:
        """`movements` of the composite and of every platform for which they may be shown, with their node."""
        columns = {name: pd.Series(dtype="Int64") for name in ("rank", "rank_before", "change")}
        none = pd.DataFrame({"city_id": pd.Series(dtype="str"), **columns, "node": pd.Series(dtype="str")})
        if self.before is None:
            return none
        now, before = self.edition.id, self.before.id
        nodes = [node for node in (ROOT, *self.scored) if self.comparable(node)]
        moved = [comparing.movements(self.common_scores, now, before, node=node).assign(node=node) for node in nodes]
        return pd.concat(moved, ignore_index=True) if moved else none

    @cached_property
    def weight_factors(self) -> dict[str, changes.Array]:
        """The draws of weights under which places and moves are tried."""
        return changes.factors(self.method, draws=DRAWS)

    @kept
    def changes(self) -> pd.DataFrame:
        """`moves` with certainty and with each city's own earlier changes: node, changes.MOVED, changes.OWN."""
        return compared.with_history(self)

    @kept
    def year_on_year(self) -> pd.DataFrame:
        """Places against the same month of the year before, where they may be compared."""
        return compared.year_on_year(self)

    @kept
    def common_totals(self) -> pd.DataFrame:
        return compared.common_totals(self)

    @kept
    def runs(self) -> pd.DataFrame:
        """How long cities have been in front, climbed or fallen, ranked among those that stand in every edition."""
        scores = self.heads[self.heads["edition"].isin(self.year)]
        same = comparing.on_panel(scores, comparing.common_panel(scores, self.year))
        return runs.runs(same, self.year, ROOT, top=TOP)

    @kept
    def presence(self) -> pd.DataFrame:
        return presence.presence(self.metrics, self.ids)

    @kept
    def spreads(self) -> pd.DataFrame:
        return spread.spreads(self.heads, self.year, ROOT)

    @kept
    def convergence(self) -> pd.DataFrame:
        return spread.convergence(self.spreads, least=self.rules.changes.least_editions)

    @kept
    def gaps(self) -> pd.DataFrame:
        """The leader's lead and the closest race of the composite and of every platform, with their node."""
        nodes = (ROOT, *self.scored)
        found = [self._gaps(node).assign(node=node) for node in nodes]
        return pd.concat(found, ignore_index=True)

    def _gaps(self, node: str) -> pd.DataFrame:
        """A node's gaps, and how far the same cities were apart before, where that may be told."""
        gaps = ranking.gaps(self.heads, self.edition.id, node, TOP)
        before = self.before.id if self.before is not None and self.comparable(node) else ""
        return ranking.with_gaps_before(gaps, self.heads, before, node)

    @cached_property
    def entries(self) -> dict[str, str]:
        """city_id → new or return, for the cities that came into the first ten; empty where not comparable."""
        if not self.comparable() or self.before is None:
            return {}
        found = comparing.entries(self.common_scores, self.year)
        return {city: kind for city, kind in zip(found["city_id"], found["kind"], strict=True) if kind != "out"}

    @kept
    def intervals(self) -> pd.DataFrame:
        found = uncertainty.rank_intervals(self.scored_all, self.edition.id, draws=DRAWS, seed=0)
        return found.rename(columns={"unit": "city_id"})

    @kept
    def neighbours(self) -> pd.DataFrame:
        """How often each of the first ten is ahead of the city that follows it: city_id, other_id, p_ahead."""
        drawn = uncertainty.weight_draws(self.scored_all, self.edition.id, draws=DRAWS, seed=0)
        found = uncertainty.neighbours(drawn, self.edition.id, TOP - 1)
        return found.rename(columns={"unit_a": "city_id", "unit_b": "other_id"})

    def contributions(self, city_id: str) -> pd.DataFrame:
        """Parts of the city's composite change since the edition before."""
        assert self.before is not None
        kept_parts = self.first_parts[self.first_parts["city_id"] == city_id]
        if len(kept_parts):
            return kept_parts.drop(columns="city_id").reset_index(drop=True)
        return decompose.decompose(self.pair, city_id, self.edition.id, self.before.id)

    @kept
    def first_parts(self) -> pd.DataFrame:
        """`contributions` of the first ten, with their city_id; empty where nothing can be compared."""
        top = self.now[(self.now["node"] == ROOT) & (self.now["rank"] <= TOP)].sort_values(["rank", "city_id"])
        if self.before is None or not self.comparable() or top.empty:
            return pd.DataFrame({"city_id": pd.Series(dtype="str")})
        ids = self.edition.id, self.before.id
        rows = self.pair[(self.pair["node"] == ROOT) & self.pair["score"].notna()]
        both = rows["city_id"].value_counts() == len(ids)  # a city that is new in the panel has nothing to compare
        cities = [city for city in top["city_id"] if both.get(city, False)]
        parts = [decompose.decompose(self.pair, city, *ids).assign(city_id=city) for city in cities]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"city_id": pd.Series(dtype="str")})

    @cached_property
    def posts(self) -> pd.DataFrame:
        """The edition's posts with day, interactions, usual level and lift."""
        earlier = self.chain[:-1][-self.rules.levels.editions :]
        frames = [store.read("posts", each.id, columns=POST_COLUMNS) for each in earlier]
        history = pd.concat(frames, ignore_index=True) if frames else None
        return levels.enrich(
            store.read("posts", self.edition.id), history, self.registry.platforms, rules=self.rules.levels
        )

    @kept
    def posted(self) -> pd.DataFrame:
        """City and platform of every place at which there is a post."""
        return self.posts[["city_id", "platform"]].drop_duplicates(ignore_index=True)

    @cached_property
    def summed(self) -> pd.DataFrame:
        """Rows of this edition's metrics that have figures but no post: they come from totals."""
        mine = self.metrics[self.metrics["edition"] == self.edition.id]
        posted = pd.MultiIndex.from_frame(self.posted)
        here = pd.MultiIndex.from_frame(mine[["city_id", "platform"]])
        return mine[(mine["status"] == "measured").to_numpy() & ~here.isin(posted)]

    @cached_property
    def themes(self) -> pd.DataFrame:
        return store.read("themes", self.edition.id)

    @kept
    def totals(self) -> pd.DataFrame:
        before = self.before.id if self.before else None
        return totalling.totals(self.metrics, self.edition.id, before, comparable=self.comparable())

    @kept
    def concentration(self) -> pd.DataFrame:
        return totalling.concentration(self.metrics, self.edition.id)

    @kept
    def drivers(self) -> pd.DataFrame:
        """Themes of the first ten that moved, against the edition before; empty where nothing can be compared."""
        moves = self.movements()
        cities = moves.loc[(moves["rank"] <= TOP) & (moves["change"] != 0), "city_id"].tolist()
        before = self._posts_before(cities)
        mine = self.posts[self.posts["city_id"].isin(cities)]
        earlier = store.read("themes", self.before.id if self.before else self.edition.id)
        return theming.drivers(mine, self.themes, before, earlier)

    def _posts_before(self, cities: list[str]) -> pd.DataFrame:
        """The posts of these cities in the edition before, with their interactions."""
        frame = store.read("posts", self.before.id, columns=POST_COLUMNS) if self.before else self.posts.iloc[:0]
        mine = frame[frame["city_id"].isin(cities)]
        return levels.enrich(mine, None, self.registry.platforms, rules=self.rules.levels)

    @kept
    def profile(self) -> pd.DataFrame:
        return profiles.platform_profile(self.heads, self.edition.id, list(self.scored))

    @kept
    def doubtful(self) -> pd.DataFrame:
        """Posts whose response looks bought, with the reason; they are no case posts."""
        from cityreach.insight import suspicion
        from cityreach.quality import anomalies
        from cityreach.quality import rules as odd

        known = odd.load()
        silent = anomalies.silent_likes(self.posts, known.silent_likes)
        unseen = anomalies.views_below_likes(self.posts, known.views_below_likes)
        rows = {each.kind: each.rows for each in (silent, unseen)}
        return suspicion.doubtful(self.posts, rows, rules=self.rules.doubts)

    @kept
    def cases(self) -> pd.DataFrame:
        """Case posts, as the editors want them (`editorial.choice`)."""
        from cityreach.insight import suspicion

        known, rules = self.registry.accounts, self.rules.cases
        among = suspicion.without(self.posts, self.doubtful)
        return choice.case_posts(self.posts, self.themes, known, rules=rules, edition_id=self.edition.id, among=among)

    @cached_property
    def excluded(self) -> list[tuple[Exclusion, pd.Series[Any]]]:
        """What the editors have excluded from the case posts, each with its post."""
        if not files.read_cases(self.edition.id).excluded:
            return []
        return [(wish, self.posts.iloc[row]) for wish, row in choice.excluded(self.posts, self.edition.id)]

    @kept
    def theme_table(self) -> pd.DataFrame:
        return theming.theme_table(self.posts, self.themes)

    @kept
    def labels(self) -> pd.DataFrame:
        return compared.labels(self)

    @kept
    def staying(self) -> pd.DataFrame:
        return staying.staying(self.posts, self.heads, self.year, ROOT, rules=self.rules.staying)

    @kept
    def formats(self) -> pd.DataFrame:
        return formats.format_lift(self.posts, rules=self.rules.formats)

    @kept
    def languages(self) -> pd.DataFrame:
        return formats.format_lift(self.posts, by="lang", rules=self.rules.formats)

    @kept
    def times(self) -> pd.DataFrame:
        """Parts of the day where each platform's readers are, as the rules state it."""
        here = {name: zones for name, zones in self.rules.times.items() if name in self.edition.platforms}
        return formats.times(self.posts, here, rules=self.rules.formats)

    @kept
    def tags(self) -> pd.DataFrame:
        return formats.tags(self.posts, rules=self.rules.tags, formats=self.rules.formats)

    def regions(self, by: str) -> pd.DataFrame:
        return self.all_regions[self.all_regions["by"] == by].reset_index(drop=True)

    @kept
    def all_regions(self) -> pd.DataFrame:
        """`regions` by each of REGIONS."""
        cities, edition = self.registry.cities, self.edition.id
        return pd.concat(
            [regions.region_table(self.heads, cities, edition, by=by) for by in REGIONS], ignore_index=True
        )

    @kept
    def coverage(self) -> pd.DataFrame:
        accounts = self.registry.active_accounts(simulated=self.edition.simulated)
        return coverage.coverage(self.metrics, self.posts, accounts, self.edition.id)


def analyse(edition_id: str) -> Analysis:
    """The analysis of an edition whose exports are taken in (`cityreach.pipeline.prepare`)."""
    edition = editions.load(edition_id)
    earlier = [each for each in editions.history(edition, count=editions.YEAR_AGO) if store.exists("metrics", each.id)]
    return Analysis(edition, (*earlier, edition))
