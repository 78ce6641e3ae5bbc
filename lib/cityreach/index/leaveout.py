"""What an index would be without one of its parts: each node of a level left out in turn, all in one walk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.errors import UnknownNameError
from cityreach.index.aggregate import CONTEXT
from cityreach.index.compute import Part, Scores, rounded_for_ranks
from cityreach.index.engine import Walk, score_tree
from cityreach.index.method import Node
from cityreach.index.multivariate import correlation
from cityreach.index.rank import rank_competition
from cityreach.index.standing import above, children_inside, counting, leaves_inside, part_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LeftOut:
    """What becomes of the places when a node is left out and its brothers take its weight.

    nodes: node, mean_shift and max_shift (places, either way), moved (units that change places), unit (that moves
    farthest), spearman (with the places as they are), unranked (units left without a score). units: node, unit, rank,
    rank_without, shift (places gained without the node; null where one of the two is null).
    """

    nodes: pd.DataFrame
    units: pd.DataFrame


def leave_one_out(scores: Scores, level: int, *, period: str | None = None) -> LeftOut:
    """Each node of a level left out of the index in turn, in one period (the last, unless one is named).

    An only child is left out with its parent. Weights that the method derives stay what they are. UnknownNameError for
    a level on which no node is part of the root.
    """
    name = scores.leaves.rows.periods[-1] if period is None else period
    part = part_of(scores, name)
    inside = counting(part.walk.nodes)
    targets = [path for path in inside if part.walk.nodes[path].depth == level]
    if not targets:
        raise UnknownNameError(
            f"No node of level {level} is part of {scores.method.name}. Name a level from 1 to "
            f"{max(part.walk.nodes[path].depth for path in inside)}."
        )
    here = np.flatnonzero(part.rows.period == part.rows.periods.index(name))
    rule, root = scores.method.ranks, scores.method.root
    before = rounded_for_ranks(part.tree.score[root][here], rule)
    without = rounded_for_ranks(_root_without(scores, part, targets)[here], rule)
    return _left_out(targets, part.rows.unit[here], before, without)


def _root_without(scores: Scores, part: Part, targets: list[str]) -> Array:
    """The root's scores without each of the nodes: rows x nodes; NaN for a row of which nothing else is known."""
    out = [_topmost(part.walk.nodes, path) for path in targets]
    leaves = {path: scores.leaves.score[path][part.at] for path in leaves_inside(part.walk.nodes, scores.method.root)}
    kept = {path: part.walk.nodes[path] for path in (scores.method.root, *counting(part.walk.nodes))}
    walk = replace(part.walk, nodes=kept, parts=False)
    together = not any(node.aggregate and node.aggregate.by in CONTEXT for node in kept.values())
    with np.errstate(invalid="ignore"):  # a root whose only child is left out
        walks = [_walk_without(part, walk, chosen) for chosen in ([out] if together else [[path] for path in out])]
        root = np.column_stack([score_tree(each, leaves).score[scores.method.root] for each in walks])
    return np.where(np.column_stack([_unknown(leaves, path) for path in out]), np.nan, root)


def _unknown(leaves: Mapping[str, Array], gone: str) -> NDArray[np.bool_]:
    """Rows without any figure beside those of the node that is gone."""
    rest = [column for path, column in leaves.items() if path != gone and not path.startswith(f"{gone}.")]
    return np.all(np.isnan(rest), axis=0) if rest else np.full(len(leaves[gone]), True)


def _walk_without(part: Part, walk: Walk, out: list[str]) -> Walk:
    """The walk with one replication for each node that is left out: it has weight 0 there, its brothers their own."""
    nodes = walk.nodes
    concerned = {brother for path in out for brother in children_inside(nodes, str(nodes[path].parent))}
    weights = {
        path: np.array([0.0 if left == path else _own_weight(part, nodes[path]) for left in out]) for path in concerned
    }
    return replace(walk, weights={**part.tree.derived, **walk.weights, **weights})


def _topmost(nodes: Mapping[str, Node], path: str) -> str:
    """The node, or the highest above it that has no other part."""
    for parent in above(nodes, path)[:-1]:  # but the root
        if len(children_inside(nodes, parent)) > 1:
            break
        path = parent
    return path


def _own_weight(part: Part, node: Node) -> float:
    if node.path in part.tree.derived:
        return part.tree.derived[node.path]
    summed = part.walk.rule(part.walk.nodes[str(node.parent)]).by == "sum"
    return node.given if summed else node.weight or 0.0


def _left_out(targets: list[str], units: NDArray[np.object_], before: Array, without: Array) -> LeftOut:
    rank, ranks = rank_competition(before), rank_competition(without)
    shift = rank[:, None] - ranks
    rows = [
        (path, *shift_summary(shift[:, at], units), correlation(before, without[:, at], by="spearman")[1],
         int((~np.isnan(before) & np.isnan(without[:, at])).sum()))
        for at, path in enumerate(targets)
    ]  # fmt: skip
    nodes = pd.DataFrame(rows, columns=["node", "mean_shift", "max_shift", "moved", "unit", "spearman", "unranked"])
    keys = {"node": np.repeat(np.array(targets, dtype=object), len(units)), "unit": np.tile(units, len(targets))}
    places = {"rank": np.tile(rank, len(targets)), "rank_without": ranks.T.ravel(), "shift": shift.T.ravel()}
    return LeftOut(nodes, pd.DataFrame({**keys, **places}).astype(dict.fromkeys(places, "Int64")))


def shift_summary(shift: Array, units: NDArray[np.object_]) -> tuple[float, float, int, str | None]:
    """Mean and highest places moved, how many units moved, and which one farthest (the first of them)."""
    moved = np.abs(shift[~np.isnan(shift)])
    if not len(moved):
        return np.nan, np.nan, 0, None
    farthest = str(units[np.nanargmax(np.abs(shift))]) if moved.max() else None
    return float(moved.mean()), float(moved.max()), int((moved > 0).sum()), farthest
