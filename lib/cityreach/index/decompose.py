"""Why a score or a place moved: the exact parts of its change by every node below it, or by every other unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.errors import DataError, UnknownNameError
from cityreach.index.compute import Scores, rounded_for_ranks
from cityreach.index.mixed import Pair, mixers, pair_of, place_of
from cityreach.index.shapley import Groups, Shares, share_out

COMPOSITE = "composite"
COLUMNS = ["node", "score", "weight", "contribution"]
OTHERS = "(others)"  # the row of what is not the unit's own doing
Array = NDArray[np.float64]
How = Literal["weights", "shapley"]


@dataclass(frozen=True)
class _Part:
    """A node's part in the top node's score: its own score (None: none), its weight there (reach), its points there."""

    depth: int
    score: float | None
    reach: float
    points: float


ABSENT = _Part(0, None, 0.0, 0.0)


def decompose(scores: pd.DataFrame, city_id: str, now: str, before: str, node: str = COMPOSITE) -> pd.DataFrame:
    """The change of a node's score between two editions in points, by every node that makes it.

    Columns: node, level (depth in the tree: 0 the root, 1 its children), change, by_score (its score moved), by_weight
    (its weight moved, because a brother was left out or came back; a score that is not known then counts as
    unchanged). At every level the changes add up to the change of the score; change = by_score + by_weight. The rows
    stand in the tree's order, the node itself first. A score that is null counts as 0, as it does in the parent.
    """
    after, earlier = (_parts(scores, (city_id, edition), node) for edition in (now, before))
    paths = list(dict.fromkeys([*after, *earlier]))
    rows = [_row(path, after.get(path, ABSENT), earlier.get(path, ABSENT)) for path in paths]
    return pd.DataFrame(rows, columns=["node", "level", "change", "by_score", "by_weight"])


def _row(path: str, now: _Part, before: _Part) -> tuple[str, int, float, float, float]:
    change = now.points - before.points
    moved = now.reach - before.reach
    by_weight = moved * (_known(now, before) + _known(before, now)) / 2
    return path, max(now.depth, before.depth), change, change - by_weight, by_weight


def _known(part: _Part, other: _Part) -> float:
    """The part's score; one that is left out has the other side's, one that counts as zero has 0."""
    if part.score is not None:
        return part.score
    return (other.score or 0.0) if part.reach == 0 else 0.0


def _parts(scores: pd.DataFrame, where: tuple[str, str], top: str) -> dict[str, _Part]:
    city_id, edition = where
    rows = scores[(scores["edition"] == edition) & (scores["city_id"] == city_id)]
    numbers = [_Row(*values) for values in rows[COLUMNS].astype(object).itertuples(index=False)]
    found = next((row for row in numbers if row.node == top), None)
    if found is None:
        raise UnknownNameError(
            f"No score of city {city_id} on `{top}` in edition {edition}. "
            "Name a city of its panel and a node of its method."
        )
    depth = 0 if top == numbers[0].node else top.count(".") + 1
    parts = {top: _Part(depth, _known_or_none(found.score), 1.0, _or_zero(found.score))}
    for row in numbers:
        parent = row.node.rpartition(".")[0] or numbers[0].node
        if row.node != top and parent in parts and pd.notna(row.weight):
            parts[row.node] = _below(parts[parent], row)
    return parts


class _Row(NamedTuple):
    """One row of the scores table; parents stand before their children, the root first."""

    node: str
    score: Any
    weight: Any
    contribution: Any


def _below(parent: _Part, row: _Row) -> _Part:
    """A child's reach and points: the parent's points are handed down as the parent's score is made of them."""
    handed = parent.points / parent.score if parent.score else 0.0
    score = _known_or_none(row.score)
    return _Part(parent.depth + 1, score, parent.reach * row.weight, handed * _or_zero(row.contribution))


def _known_or_none(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _or_zero(value: Any) -> float:
    return 0.0 if pd.isna(value) else float(value)


def decompose_change(
    scores: Scores,
    unit: str,
    now: str,
    before: str,
    node: str | None = None,
    *,
    how: How | None = None,
    draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """The change of a node's score (the root's, unless one is named) between two periods, by every node that makes it.

    Columns: node, level, change, by_score, by_weight, how, error; rows in the tree's order, the node itself first. The
    changes of children add up to that of their parent; a score that is null counts as 0. how: `weights` where every
    score is a weighted mean or sum (as `decompose`), otherwise `shapley`: what a leaf's move from its score before to
    its score now adds, averaged over all orders in which brothers can move (`shapley.share_out`); `sampled` where there
    are too many orders and error is the standard error of the part (else 0). by_weight: the part of leaves that came or
    were left out. Where scores hang on the other units (Copeland, a branch scaled by its period) or the tree itself
    changed its rules, a row OTHERS, on the level of the node's children, holds what was not the unit's own doing.
    UnknownNameError for a unit, period or node that the scores do not hold.
    """
    pair = pair_of(scores, unit, now, before, node or scores.method.root)
    if (how or ("weights" if pair.is_linear() else "shapley")) == "weights":
        return _by_weights(scores, unit, (now, before), pair)
    moved = pair.moved()
    groups = _groups(pair, set(moved))
    chosen = mixers(scores, pair, moved) if moved else []
    found = [share_out(groups, each.worth, draws=draws, seed=seed) for each in chosen]
    return _by_orders(pair, _mean(found) if found else Shares({}, {}, True))


def _by_weights(scores: Scores, unit: str, periods: tuple[str, str], pair: Pair) -> pd.DataFrame:
    table = scores.table[(scores.table["unit"] == unit).to_numpy() & scores.table["period"].isin(periods).to_numpy()]
    named = table.rename(columns={"period": "edition", "unit": "city_id"})
    return decompose(named, unit, *periods, node=pair.top).assign(how="weights", error=0.0)


def _groups(pair: Pair, moved: set[str]) -> Groups:
    """The tree of the leaves that moved: who did not move is no player."""
    alive = {above for leaf in moved for above in pair.way(leaf)}
    children = {
        path: tuple(child for child in node.children if child in alive)
        for path, node in pair.nodes.items()
        if path in alive and node.indicator is None
    }
    return Groups(pair.top, children)


def _mean(found: list[Shares]) -> Shares:
    """The mean over the contexts: the unit moves before the others, or after them."""
    part = {name: sum(each.part[name] for each in found) / len(found) for name in found[0].part}
    error = {name: float(np.hypot.reduce([each.error[name] for each in found])) / len(found) for name in part}
    return Shares(part, error, all(each.exact for each in found))


def _by_orders(pair: Pair, shares: Shares) -> pd.DataFrame:
    change = _or_zero(pair.now.score(pair.top)) - _or_zero(pair.before.score(pair.top))
    own = shares.part.get(pair.top, 0.0)
    weight = {leaf: shares.part[leaf] for leaf in pair.leaves() if leaf in shares.part and _came_or_went(pair, leaf)}
    how = "shapley" if shares.exact else "sampled"
    rows = []
    for path, node in pair.nodes.items():
        part = change if path == pair.top else shares.part.get(path, 0.0)
        by_weight = sum(weight.get(leaf, 0.0) for leaf in pair.leaves(path))
        rows.append((path, node.depth, part, part - by_weight, by_weight, how, shares.error.get(path, 0.0)))
    rest = change - own
    if pair.hangs_on_others() or abs(rest) > 1e-9 * max(1.0, abs(change), abs(own)):
        rows.append((OTHERS, pair.nodes[pair.top].depth + 1, rest, rest, 0.0, how, shares.error.get(pair.top, 0.0)))
    return pd.DataFrame(rows, columns=["node", "level", "change", "by_score", "by_weight", "how", "error"])


def _came_or_went(pair: Pair, leaf: str) -> bool:
    """Whether a leaf had a share in the top's score in one of the two periods alone."""
    reach = [all(place.weight(path) > 0 for path in pair.way(leaf) if path != pair.top) for place in pair.places]
    return reach[0] != reach[1]


@dataclass(frozen=True)
class RankChange:
    """Why a unit's place moved: places gained (minus: lost), by its own score and by the others' scores.

    change = rank_before - rank = own + others. pairs: one row a unit that had a hand in it: unit, part (1: the unit
    passed it, -1: it passed the unit, 0: both happened), by_own, by_other, before and now (where it stood: ahead, tied,
    behind, or absent); parts add up to the change. A tie is a place shared: who is tied is not ahead.
    """

    unit: str
    rank_before: int
    rank: int
    own: float
    others: float
    pairs: pd.DataFrame

    @property
    def change(self) -> int:
        return self.rank_before - self.rank


def decompose_rank(scores: Scores, unit: str, now: str, before: str, node: str | None = None) -> RankChange:
    """The change of a unit's place on a node between two periods, by its own move and by those of the others.

    Every other unit that moved ahead or fell behind is one place. Whose move it was: what the unit's own score adds
    with the other one held, and the other way round, averaged over both orders (Shapley's value of all units' moves).
    UnknownNameError for a unit, period or node that the scores do not hold; DataError for a unit without a place.
    """
    top = node or scores.method.root
    units = sorted({*scores.leaves.rows.unit})
    table = [_compared(scores, period, top, units) for period in (before, now)]
    at = units.index(unit) if unit in units else -1
    for period, column in zip((before, now), table, strict=True):
        place_of(scores, unit, period)
        if np.isnan(column[at]):
            raise DataError(f"`{unit}` has no place on `{top}` in period `{period}`, so that its change has no parts.")
    return _rank_change(units, at, *table)


def _compared(scores: Scores, period: str, node: str, units: list[str]) -> Array:
    """A node's scores in a period as they are ranked, one for every unit of any period."""
    rows = scores.table[(scores.table["period"] == period).to_numpy() & (scores.table["node"] == node).to_numpy()]
    if rows.empty:
        raise UnknownNameError(f"The scores hold no node `{node}` in period `{period}`. Name others.")
    known = rows.set_index("unit")["score"].reindex(units).to_numpy(dtype=float)
    return rounded_for_ranks(known, scores.method.ranks)


def _rank_change(units: list[str], at: int, before: Array, now: Array) -> RankChange:
    """ahead[i, j]: who is ahead of the unit with its own score of i and the others' of j (0: before, 1: now)."""
    states = before, now
    ahead = np.array([[others > own[at] for others in states] for own in states]).astype(float)
    by_own = ((ahead[0, 0] - ahead[1, 0]) + (ahead[0, 1] - ahead[1, 1])) / 2
    by_other = ((ahead[0, 0] - ahead[0, 1]) + (ahead[1, 0] - ahead[1, 1])) / 2
    frame = pd.DataFrame({"unit": units, "part": ahead[0, 0] - ahead[1, 1], "by_own": by_own, "by_other": by_other})
    for name, state in zip(("before", "now"), states, strict=True):
        frame[name] = _stood(state, at)
    acted = ((by_own != 0) | (by_other != 0)) & (np.arange(len(units)) != at)
    frame = frame[acted].sort_values(["part", "unit"], ascending=[False, True], kind="stable", ignore_index=True)
    rank_before, rank = (int((state > state[at]).sum()) + 1 for state in states)
    own, others = (float(frame[name].sum()) for name in ("by_own", "by_other"))
    return RankChange(units[at], rank_before, rank, own, others, frame.astype({"part": int}))


def _stood(scores: Array, at: int) -> NDArray[Any]:
    own = scores[at]
    return np.select([scores > own, scores == own, scores < own], ["ahead", "tied", "behind"], default="absent")
