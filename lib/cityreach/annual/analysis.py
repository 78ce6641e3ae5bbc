"""What follows from an annual edition's figures: places in every list, groups, contrasts, cases, movements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cityreach import index as engine
from cityreach.annual import lists, record
from cityreach.annual.edition import CaseRule
from cityreach.annual.lists import ALL
from cityreach.annual.material import Material

TOP = 10
LISTED = 5  # cities that tables of short lists name


@dataclass(frozen=True)
class Analysis:
    """Frames of one edition, each worked out when it is first asked for; `now` is the edition's id."""

    material: Material

    @property
    def now(self) -> str:
        return self.material.edition.id

    @property
    def root(self) -> str:
        return self.material.method.root

    @cached_property
    def tracks(self) -> list[str]:
        """The nodes of the first level, in the method's order."""
        return [path for path, node in self.material.method.nodes.items() if node.depth == 1]

    def below(self, node: str | None) -> list[str]:
        """The children of a node."""
        return list(self.material.method.nodes[node].children) if node else []

    @cached_property
    def lists(self) -> dict[str, list[str]]:
        known = self.material
        return lists.members(known.index, known.registry, known.edition.panel)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """edition, node, city_id, value, score, weight, contribution of every edition of the chain."""
        known = self.material
        figures = [
            sheet.figures.rename_axis("city_id").reset_index().assign(edition=name)
            for name, sheet in known.sheets.items()
        ]
        found = engine.compute(known.method, pd.concat(figures, ignore_index=True), silent=True).table
        return found.rename(columns={"period": "edition", "unit": "city_id"})

    @cached_property
    def places(self) -> pd.DataFrame:
        """Places in every list of every edition, as `lists.places`, on nodes that are not leaves."""
        nodes = [path for path, node in self.material.method.nodes.items() if node.indicator is None]
        nodes += self.below(self.material.index.languages_under)
        rows = self.scores[self.scores["node"].isin(nodes)]
        significant = self.material.method.ranks.significant
        return lists.places(rows[["edition", "node", "city_id", "score"]], self.lists, significant=significant)

    def placed(self, base: str = ALL, node: str | None = None, edition: str | None = None) -> pd.DataFrame:
        """One list, best first, then by id; cities without a score last."""
        rows = self.places
        chosen = rows[
            (rows["edition"] == (edition or self.now)) & (rows["list"] == base) & (rows["node"] == (node or self.root))
        ]
        return chosen.sort_values(["rank", "city_id"], na_position="last").reset_index(drop=True)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Places in the whole panel: cities x the root and the tracks."""
        return self._wide("rank")

    @cached_property
    def heads(self) -> pd.DataFrame:
        """Scores: cities x the root and the tracks."""
        return self._wide("score")

    def _wide(self, value: str) -> pd.DataFrame:
        here = self.places[(self.places["edition"] == self.now) & (self.places["list"] == ALL)]
        return here.pivot(index="city_id", columns="node", values=value)[[self.root, *self.tracks]]

    @cached_property
    def phalanxes(self) -> pd.DataFrame:
        """The phalanx of every city: city_id, phalanx (Int64); no row where the index has none."""
        if not self.material.index.phalanxes:
            return pd.DataFrame({"city_id": pd.Series(dtype="str"), "phalanx": pd.Series(dtype="Int64")})
        found = lists.phalanx(self.ranks[self.root], self.material.index.phalanxes)
        return found.rename("phalanx").reset_index()

    # tracks against each other

    @cached_property
    def cases(self) -> pd.DataFrame:
        """Excellent cases of each track by the index's rule: node, city_id, rank, composite, ahead (places)."""
        rule = self.material.index.cases
        return pd.concat([self._cases(node, rule) for node in self.tracks], ignore_index=True)

    def _cases(self, node: str, rule: CaseRule) -> pd.DataFrame:
        frame = pd.DataFrame({"rank": self.ranks[node], "composite": self.ranks[self.root]})
        frame["ahead"] = frame["composite"] - frame["rank"]
        chosen = frame[(frame["rank"] <= rule.top) & (frame["ahead"] >= rule.ahead)].reset_index()
        best = chosen.sort_values(["ahead", "rank", "city_id"], ascending=[False, True, True]).head(rule.most)
        return best.assign(node=node)[["node", "city_id", "rank", "composite", "ahead"]]

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """Places on the tracks of size and of word of mouth, whose difference is furthest first on each side.

        Columns: city_id, size, mouth (places), gap (places that word of mouth is better), side (mouth, size, near).
        """
        rule = self.material.index.contrast
        if rule is None:
            return pd.DataFrame(columns=["city_id", "size", "mouth", "gap", "side"])
        frame = pd.DataFrame({"size": self.ranks[rule.size], "mouth": self.ranks[rule.mouth]}).dropna()
        frame["gap"] = frame["size"] - frame["mouth"]
        frame["side"] = np.select([frame["gap"] >= rule.least, frame["gap"] <= -rule.least], ["mouth", "size"], "near")
        ordered = frame.reset_index().assign(far=frame["gap"].abs().to_numpy())
        ordered = ordered.sort_values(["far", "city_id"], ascending=[False, True], kind="stable")
        return ordered.drop(columns="far").reset_index(drop=True)

    @cached_property
    def weakest(self) -> pd.DataFrame:
        """The track on which each of the first cities stands worst: city_id, node, rank, composite, behind (places)."""
        first = self.ranks[self.ranks[self.root] <= 2 * TOP]
        tracks = first[self.tracks].astype(float)
        node, rank = tracks.idxmax(axis=1), tracks.max(axis=1).astype("int64")
        frame = pd.DataFrame({"node": node, "rank": rank, "composite": first[self.root].astype("int64")})
        frame = frame.rename_axis("city_id").reset_index()
        frame["behind"] = frame["rank"] - frame["composite"]
        return frame.sort_values(["behind", "city_id"], ascending=[False, True]).reset_index(drop=True)

    # groups

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Mean scores of groups in the order of terms.yml: by, key, node, cities, mean, best (city_id), best_rank."""
        cities = self.material.registry.cities
        wide, ranks = self.heads, self.ranks[self.root]
        rows: list[dict[str, Any]] = []
        for by in self._grouped_by:
            of_city = cities.loc[wide.index, by]
            for key in [code for code in getattr(self.material.registry.terms, by) if (of_city == code).any()]:
                members = wide[of_city == key]
                best = ranks.loc[members.index].astype("Float64").idxmin()
                rows += [
                    {"by": by, "key": key, "node": node, "cities": len(members), "mean": float(members[node].mean()),
                     "best": best, "best_rank": ranks[best]}
                    for node in wide
                ]  # fmt: skip
        return pd.DataFrame(rows, columns=["by", "key", "node", "cities", "mean", "best", "best_rank"])

    @property
    def _grouped_by(self) -> list[str]:
        compare = self.material.index.compare
        return list(dict.fromkeys([*self.material.index.groups, *([compare.by] if compare else [])]))

    # figures behind the scores

    @cached_property
    def leaders(self) -> pd.DataFrame:
        """The best city of every indicator: node, city_id, value, zeros (cities with 0), known (with a figure)."""
        here = self.scores[(self.scores["edition"] == self.now)]
        leaves = [path for path, node in self.material.method.nodes.items() if node.indicator is not None]
        known = here[here["node"].isin(leaves) & here["value"].notna()].sort_values(["node", "city_id"])
        best = known.sort_values("value", ascending=False, kind="stable").drop_duplicates("node").set_index("node")
        counts = known.groupby("node")["value"].agg(zeros=lambda values: int((values == 0).sum()), known="size")
        found = best[["city_id", "value"]].join(counts).reindex([node for node in leaves if node in best.index])
        return found.rename_axis("node").reset_index()

    @cached_property
    def absent(self) -> pd.DataFrame:
        """Branches with cities whose every figure is 0: node, zeros, known, share."""
        inner = [path for path, node in self.material.method.nodes.items() if node.indicator is None and node.depth]
        rows = []
        for node in inner:
            scores = self.scores[(self.scores["edition"] == self.now) & (self.scores["node"] == node)]["score"].dropna()
            zeros = int((scores == 0).sum())
            if zeros:
                rows.append((node, zeros, len(scores), zeros / len(scores)))
        return pd.DataFrame(rows, columns=["node", "zeros", "known", "share"])

    @cached_property
    def languages(self) -> pd.DataFrame:
        """Each language's reports: node, total, share (of all), first (city_id), first_share, top (the first ten's)."""
        nodes = self.below(self.material.index.languages_under)
        here = self.scores[(self.scores["edition"] == self.now) & self.scores["node"].isin(nodes)]
        wide = here.pivot(index="city_id", columns="node", values="value").reindex(columns=nodes)
        totals, first = wide.sum(), [wide[node].idxmax() if wide[node].notna().any() else "" for node in nodes]
        top = [float(wide[node].nlargest(TOP).sum() / total) if total else np.nan for node, total in totals.items()]
        return pd.DataFrame(
            {
                "node": nodes, "total": totals.to_numpy(), "share": (totals / totals.sum()).to_numpy(), "first": first,
                "first_share": [wide.at[city, node] / totals[node] for node, city in zip(nodes, first, strict=True)],
                "top": top,
            }
        )  # fmt: skip

    # over time

    @property
    def before(self) -> str | None:
        """The edition before this one, on the same panel and method."""
        chain = self.material.chain
        return chain[-2].id if len(chain) > 1 else None

    @cached_property
    def movements(self) -> pd.DataFrame:
        """Places gained and lost against the edition before, inside each list; no row without one."""
        return lists.movements(self.places, self.now, self.before or "")

    def moved(self, base: str, node: str | None = None) -> pd.DataFrame:
        rows = self.movements
        chosen = rows[(rows["list"] == base) & (rows["node"] == (node or self.root)) & rows["change"].notna()]
        return chosen.sort_values(["rank", "city_id"]).reset_index(drop=True)

    # the published record

    @cached_property
    def published(self) -> pd.DataFrame:
        """Published places beside ours, of this edition and those before it, the newest first.

        Columns: edition, list, node, city_id, place, rank, same (bool), scope, source.
        """
        mine = self.places.set_index(lists.KEYS)["rank"]
        chain = [each for each in self.material.chain[::-1] if each.record]
        pieces = [record.stated(self.material.record, each.record).assign(edition=each.id) for each in chain]
        rows = pd.concat(pieces, ignore_index=True) if pieces else self.material.record.head(0)
        found = rows.assign(rank=mine.reindex(pd.MultiIndex.from_frame(rows[lists.KEYS])).to_numpy())
        found["same"] = (found["rank"] == found["place"]).fillna(False).astype(bool)
        found = found.astype({"rank": "Int64"})
        return found[["edition", "list", "node", "city_id", "place", "rank", "same", "scope", "source"]]

    @cached_property
    def columns(self) -> pd.DataFrame:
        """What the sheet says of each column: code, source, source_en, date, nature, public (bool)."""
        index = self.material.index
        return pd.DataFrame(
            {
                "code": column.code, "source": column.source, "source_en": column.source_en,
                "date": column.date.isoformat(), "nature": column.nature,
                "public": column.code in index.public_indicators,
            }
            for column in self.material.sheet.columns.values()
        )  # fmt: skip
