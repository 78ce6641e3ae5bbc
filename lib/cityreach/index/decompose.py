"""Why a score moved: the exact parts of its change by every node below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cityreach.errors import UnknownNameError

COMPOSITE = "composite"


@dataclass(frozen=True)
class _Part:
    """A node's part in the top node's score: its own score (None: none), reach (weight there) and points."""

    score: float | None
    reach: float
    points: float


ABSENT = _Part(None, 0.0, 0.0)


def decompose(scores: pd.DataFrame, city_id: str, now: str, before: str, *, node: str = COMPOSITE) -> pd.DataFrame:
    """The change of a node's score between two editions in points, by every node that makes it.

    Columns: node, level (depth below the root: 1 is the first level), change, by_score (its score moved), by_weight
    (its weight moved, because a brother was left out or came back; a score that is not known then counts as
    unchanged). At every level the changes add up to the change of the score; change = by_score + by_weight. The rows
    stand in the tree's order, the node itself first. A score that is null counts as 0, as it does in the parent.
    """
    after, earlier = (_parts(scores, (city_id, edition), node) for edition in (now, before))
    paths = list(dict.fromkeys([*after, *earlier]))
    rows = [_row(path, after.get(path, ABSENT), earlier.get(path, ABSENT), node) for path in paths]
    return pd.DataFrame(rows, columns=["node", "level", "change", "by_score", "by_weight"])


def _row(path: str, now: _Part, before: _Part, top: str) -> tuple[str, int, float, float, float]:
    change = now.points - before.points
    moved = now.reach - before.reach
    by_weight = moved * (_known(now, before) + _known(before, now)) / 2
    level = 0 if path == top and path == COMPOSITE else path.count(".") + 1
    return path, level, change, change - by_weight, by_weight


def _known(part: _Part, other: _Part) -> float:
    """The part's score; one that is left out has the other side's, one that counts as zero has 0."""
    if part.score is not None:
        return part.score
    return (other.score or 0.0) if part.reach == 0 else 0.0


def _parts(scores: pd.DataFrame, where: tuple[str, str], top: str) -> dict[str, _Part]:
    city_id, edition = where
    rows = scores[(scores["edition"] == edition) & (scores["city_id"] == city_id)].set_index("node")
    if top not in rows.index:
        raise UnknownNameError(
            f"No score of city {city_id} on `{top}` in edition {edition}. Name a city of its panel and a node of its "
            "method."
        )
    numbers = {str(path): _numbers(row) for path, row in zip(rows.index, rows[COLUMNS].itertuples(index=False))}
    parts = {top: _Part(numbers[top]["score"], 1.0, numbers[top]["score"] or 0.0)}
    for path in rows.index:
        parent = _parent(path, parts, top)
        if parent is not None and numbers[path]["weight"] is not None:
            parts[path] = _below(parts[parent], numbers[path])
    return parts


def _parent(path: str, parts: Mapping[str, _Part], top: str) -> str | None:
    """The parent if it is part of the top node; the table lists parents before their children."""
    above = path.rpartition(".")[0] or COMPOSITE
    return above if path != top and above in parts else None


def _below(parent: _Part, row: Mapping[str, float | None]) -> _Part:
    """A child's reach and points: the parent's points are handed down as the parent's score is made of them."""
    share = parent.points / parent.score if parent.score else 0.0
    return _Part(row["score"], parent.reach * (row["weight"] or 0.0), share * (row["contribution"] or 0.0))
