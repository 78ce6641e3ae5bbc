"""A method looked at from outside: pure functions on its tree and on the engine's scores of one edition.

Leaves and cities come in the order of tree and table; NaN is a city without a figure and counts nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.index import Scores
from cityreach.index.method import Node
from cityreach.index.moments import SKEWNESS, shape
from cityreach.index.scaling import transformed

Array = NDArray[np.float64]
BOUNDS = (0.0, 100.0)  # ends of the scale where a rule names none
BINS = 12  # of a distribution; of the scores, the two outermost hold what is at a bound
SURE, OPEN = 0.95, 0.75  # the share of replications from which an order is firm, and below which it is open


def each(table: pd.DataFrame) -> Iterator[Any]:
    """The rows, with columns as attributes."""
    return table.itertuples()


def framework(nodes: Mapping[str, Node]) -> pd.DataFrame:
    """The composite's tree: path, parent, depth, leaf (bool), share (0 to 1, of the composite); root left out.

    A node that is ranked alone is left out with all below it.
    """
    root = next(iter(nodes))
    share = {root: 1.0}
    for path, node in nodes.items():
        if node.inside and node.parent in share:
            share[path] = share[node.parent] * float(node.weight or 0.0)
    rows = [
        (path, nodes[path].parent, nodes[path].depth, nodes[path].indicator is not None, value)
        for path, value in share.items()
        if path != root
    ]
    return pd.DataFrame(rows, columns=["path", "parent", "depth", "leaf", "share"])


def ancestors(nodes: Mapping[str, Node], path: str) -> list[str]:
    """The nodes above a node, the root left out, from the top down."""
    parent = nodes[path].parent
    if parent is None or nodes[parent].parent is None:
        return []
    return [*ancestors(nodes, parent), parent]


def leaves(scores: Scores, nodes: Mapping[str, Node], period: str) -> pd.DataFrame:
    """One row a leaf: path, cities, skew_before, skew_after, skewed_before, skewed_after, at_low, at_high.

    before: the figures as they are measured (per their basis); after: treated and transformed. at_low, at_high: shares
    of the cities with a score at the lower and the upper bound of the scale. Skewness is null for a constant column.
    """
    rows = [_leaf(path, *columns) for path, columns in _columns(scores, nodes, period)]
    frame = pd.DataFrame(rows, columns=["path", "cities", "skew_before", "skew_after", "at_low", "at_high"])
    for side in ("before", "after"):
        frame[f"skewed_{side}"] = frame[f"skew_{side}"].abs() >= SKEWNESS
    return frame


def _columns(
    scores: Scores, nodes: Mapping[str, Node], period: str
) -> Iterator[tuple[str, tuple[Array, Array, Array, tuple[float, float]]]]:
    """Each leaf's figures, transformed figures and scores in one period, and the ends of its scale."""
    rows = scores.leaves.rows
    here = rows.period == rows.periods.index(period)
    for path, node in nodes.items():
        if node.indicator is not None:
            after = transformed(node.indicator.transform, scores.leaves.treated[path])
            yield path, (scores.leaves.filled[path][here], after[here], scores.leaves.score[path][here], _ends(node))


def _ends(node: Node) -> tuple[float, float]:
    assert node.normalise is not None
    low, high = node.normalise.parameters.get("range") or BOUNDS
    return float(low), float(high)


def _leaf(path: str, before: Array, after: Array, score: Array, ends: tuple[float, float]) -> tuple[Any, ...]:
    seen = score[~np.isnan(score)]
    shares = (float((seen <= ends[0]).mean()), float((seen >= ends[1]).mean())) if len(seen) else (np.nan, np.nan)
    return path, len(seen), shape(before).skewness, shape(after).skewness, *shares


def distributions(scores: Scores, nodes: Mapping[str, Node], period: str) -> pd.DataFrame:
    """Cities by bin, BINS a leaf and side: path, side (before, after), bin, cities, bound (bool).

    before: figures between their lowest and highest in equal bins. after: scores; the first and the last bin hold those
    at a bound, the others cut the scale between into equal parts.
    """
    found = []
    for path, (before, _, score, ends) in _columns(scores, nodes, period):
        found += [(path, "before", place, count, False) for place, count in enumerate(_binned(before))]
        found += [
            (path, "after", place, count, place in (0, BINS - 1)) for place, count in enumerate(_scored(score, ends))
        ]
    return pd.DataFrame(found, columns=["path", "side", "bin", "cities", "bound"])


def _binned(values: Array) -> list[int]:
    seen = values[~np.isnan(values)]
    if not len(seen):
        return [0] * BINS
    low, high = float(seen.min()), float(seen.max())
    return [int(each) for each in np.histogram(seen, BINS, (low, high) if high > low else (low, low + 1))[0]]


def _scored(score: Array, ends: tuple[float, float]) -> list[int]:
    seen = score[~np.isnan(score)]
    inner = seen[(seen > ends[0]) & (seen < ends[1])]
    between = [int(each) for each in np.histogram(inner, BINS - 2, ends)[0]]
    return [int((seen <= ends[0]).sum()), *between, int((seen >= ends[1]).sum())]


def first_places(intervals: pd.DataFrame, count: int) -> pd.DataFrame:
    """The rows of the first places, best first, with `width`: places from low to high; ties by unit."""
    placed = intervals[intervals["rank"].notna() & (intervals["rank"] <= count)]
    ordered = placed.sort_values(["rank", "unit"], kind="stable").reset_index(drop=True)
    return ordered.assign(width=(ordered["high"] - ordered["low"]).astype("Int64"))


def judged(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs with `verdict`: firm (SURE and more), likely, open (below OPEN), or turned (below a half)."""
    share = pairs["p_ahead"].astype(float)
    verdict = np.select([share < 0.5, share < OPEN, share < SURE], ["turned", "open", "likely"], default="firm")
    return pairs.assign(verdict=verdict)


def relations(pairs: pd.DataFrame, matrix: pd.DataFrame, root: str) -> pd.DataFrame:
    """The heat map of the first level as long rows: path, other, r; the root first among the others.

    pairs: `multivariate.correlations` of nodes with those above; matrix: that of the first level.
    """
    whole = pairs[pairs["other"] == root].set_index("node")["r"]
    rows = []
    for path in matrix.index:
        rows.append((path, root, whole.get(path, np.nan)))
        rows += [(path, other, np.nan if path == other else matrix.at[path, other]) for other in matrix.columns]
    return pd.DataFrame(rows, columns=["path", "other", "r"])
