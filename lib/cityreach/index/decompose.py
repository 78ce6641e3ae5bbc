"""Why a score moved: the exact parts of its change by every node below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from cityreach.errors import UnknownNameError

COMPOSITE = "composite"
COLUMNS = ["node", "score", "weight", "contribution"]


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
