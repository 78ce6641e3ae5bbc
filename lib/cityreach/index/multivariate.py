"""Whether the parts of an index belong together, and what each part is worth in it.

Everything is read from scores, in which more is better for every node. period: one period's units, or, left out, the
rows of all periods together. A row counts for a number if it has all the scores that the number needs; where fewer than
three do, or a node does not vary, there is no number (NaN).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.index.compute import Scores
from cityreach.index.method import Node
from cityreach.index.numeric import NOISE, round_significant
from cityreach.index.standing import above, children_inside, counting, leaves_inside, part_of

Array = NDArray[np.float64]
By = Literal["pearson", "spearman", "kendall"]
Relation = Literal["brothers", "parent", "ancestor", "level", "across"]
FEWEST = 3  # rows of which a correlation is taken


@dataclass(frozen=True)
class Flags:
    """From where on a correlation is remarkable; the thresholds of the JRC's COIN Tool."""

    redundant: float = 0.92
    weak: float = 0.3
    conflicting: float = -0.4

    def of(self, r: float, relation: Relation) -> str:
        """`conflicting`, `redundant`, `weak` or "".

        A node whose correlation with a node above it is below 0 is conflicting, as it pulls its own index down.
        """
        above = relation in ("parent", "ancestor")
        if np.isnan(r):
            return ""
        if abs(r) >= self.redundant and not (above and r < 0):
            return "redundant"
        if r < (0.0 if above else self.conflicting):
            return "conflicting"
        return "weak" if (r if above else abs(r)) < self.weak else ""


def correlations(
    scores: Scores,
    *,
    by: By = "pearson",
    period: str | None = None,
    relations: Collection[Relation] = ("brothers", "parent"),
    flags: Flags = Flags(),
) -> pd.DataFrame:
    """The correlation of every pair of nodes that stand in one of the relations, in the tree's order.

    Columns: node, other, level, other_level, relation, n, r, p (two-sided), flag (`Flags`; none where a node is its
    parent's only child). relations: brothers (same parent), parent, ancestor (further up), level (same level, other
    parents), across (the rest).
    """
    nodes, wide = _frame(scores, period)
    only = {path for path, node in nodes.items() if node.parent and len(children_inside(nodes, node.parent)) < 2}
    rows = []
    for node, other in _pairs(nodes, wide):
        relation = _relation(nodes, node, other)
        if relation in relations:
            n, r, p = correlation(wide[node].to_numpy(dtype=float), wide[other].to_numpy(dtype=float), by=by)
            flag = "" if node in only and relation == "parent" else flags.of(r, relation)
            rows.append((node, other, nodes[node].depth, nodes[other].depth, relation, n, r, p, flag))
    return pd.DataFrame(rows, columns=["node", "other", "level", "other_level", "relation", "n", "r", "p", "flag"])


def correlation_matrix(scores: Scores, level: int, *, by: By = "pearson", period: str | None = None) -> pd.DataFrame:
    """The correlations of all nodes of a level as a square table, in the tree's order."""
    nodes, wide = _frame(scores, period)
    here = [path for path in nodes if path in wide and nodes[path].depth == level]
    columns = [wide[path].to_numpy(dtype=float) for path in here]
    found = [[correlation(one, two, by=by)[1] for two in columns] for one in columns]
    return pd.DataFrame(found, index=pd.Index(here, name="node"), columns=here)


def correlation(one: Array, two: Array, *, by: By = "pearson") -> tuple[int, float, float]:
    """How many rows have both, their correlation and its two-sided p-value; scores alike to 12 digits are a tie."""
    from scipy import stats

    known = ~np.isnan(one) & ~np.isnan(two)
    pair = round_significant(one[known]), round_significant(two[known])
    if known.sum() < FEWEST or not all(map(_varies, pair)):
        return int(known.sum()), np.nan, np.nan
    functions: Mapping[str, Any] = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}
    found = functions[by](*pair)
    return int(known.sum()), float(found.statistic), float(found.pvalue)


def _varies(values: Array) -> bool:
    return bool(np.ptp(values) > NOISE * np.abs(values).max())


def _frame(scores: Scores, period: str | None) -> tuple[Mapping[str, Node], pd.DataFrame]:
    """The tree (the last period's, unless one is named), and the scores of its nodes, one row a unit and period."""
    part = part_of(scores, period)
    wide = scores.wide("score")
    kept = wide if period is None else wide[wide.index.get_level_values("period") == period]
    return part.walk.nodes, kept[[path for path in part.walk.nodes if path in kept]]


def _pairs(nodes: Mapping[str, Node], wide: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Every pair once, the lower node first."""
    for one, two in combinations([path for path in nodes if path in wide], 2):
        yield (two, one) if nodes[two].depth > nodes[one].depth else (one, two)


def _relation(nodes: Mapping[str, Node], node: str, other: str) -> Relation:
    one, two = nodes[node], nodes[other]
    if one.depth == two.depth:
        return "brothers" if one.parent == two.parent and one.inside and two.inside else "level"
    if other not in above(nodes, node):
        return "across"
    return "parent" if one.parent == other else "ancestor"


class _Items(NamedTuple):
    """The scores of a branch's children, or of all leaves below it, in complete rows."""

    node: str
    of: str
    names: list[str]
    values: Array


def _items(scores: Scores, period: str | None) -> Iterator[_Items]:
    nodes, wide = _frame(scores, period)
    for path in nodes:
        children, leaves = children_inside(nodes, path), leaves_inside(nodes, path)
        for of, names in (("children", children), ("leaves", leaves if leaves != children else [])):
            if len(names) > 1:
                values = wide[names].to_numpy(dtype=float)
                yield _Items(path, of, names, values[~np.isnan(values).any(axis=1)])


def reliability(scores: Scores, *, period: str | None = None) -> pd.DataFrame:
    """Cronbach's alpha of the children of every branch, and of all leaves below those that have branches below.

    Columns: node, of (children or leaves), items, n (complete rows), alpha, alpha_standardised (all items brought to
    the same spread), mean_r (the mean correlation of the items).
    """
    rows = [
        (each.node, each.of, len(each.names), len(each.values), cronbach_alpha(each.values),
         standardised_alpha(each.values), mean_correlation(each.values))
        for each in _items(scores, period)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["node", "of", "items", "n", "alpha", "alpha_standardised", "mean_r"])


def reliability_without(scores: Scores, *, period: str | None = None) -> pd.DataFrame:
    """The same without one of the items at a time, where there are three or more.

    Columns: node, of, item, alpha, alpha_standardised, r_rest (the item's correlation with the sum of the others, all
    brought to the same spread).
    """
    rows = []
    for each in _items(scores, period):
        for number, name in enumerate(each.names if len(each.names) > 2 else []):
            others = np.delete(each.values, number, axis=1)
            rest = correlation(each.values[:, number], _standard(others).sum(axis=1))[1]
            rows.append((each.node, each.of, name, cronbach_alpha(others), standardised_alpha(others), rest))
    return pd.DataFrame(rows, columns=["node", "of", "item", "alpha", "alpha_standardised", "r_rest"])


def cronbach_alpha(values: Array) -> float:
    """k / (k - 1) x (1 - sum of the items' variances / variance of their sum); rows x items, none missing."""
    count, total = values.shape[1], values.sum(axis=1)
    if len(values) < FEWEST or not _varies(total):
        return np.nan
    return float(count / (count - 1) * (1 - values.var(axis=0, ddof=1).sum() / total.var(ddof=1)))


def standardised_alpha(values: Array) -> float:
    """k x r / (1 + (k - 1) x r) with r the mean correlation of the items."""
    count, r = values.shape[1], mean_correlation(values)
    return float(count * r / (1 + (count - 1) * r)) if 1 + (count - 1) * r > NOISE else np.nan


def mean_correlation(values: Array) -> float:
    """The mean of the correlations of all pairs of items."""
    if len(values) < FEWEST or not all(map(_varies, values.T)):
        return np.nan
    matrix, count = np.corrcoef(values, rowvar=False), values.shape[1]
    return float((matrix.sum() - count) / (count * (count - 1)))


def _standard(values: Array) -> Array:
    deviation = values.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
    return (values - values.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0) if len(values) else values


@dataclass(frozen=True)
class Components:
    """The principal components of the correlations of items.

    eigenvalues: node, of, component (1, 2, ...), eigenvalue, share (of the variance), cumulative. loadings: node, of,
    item, component, loading (the item's correlation with the component, whose loadings add up to more than 0, or to 0
    with the first above 0).
    """

    eigenvalues: pd.DataFrame
    loadings: pd.DataFrame


def components(scores: Scores, *, period: str | None = None) -> Components:
    """Components of the children of every branch, and of all leaves below those that have branches below.

    Items that do not vary are left out; a branch with fewer than two others, or three complete rows, is not there.
    """
    values: list[tuple[Any, ...]] = []
    loadings: list[tuple[Any, ...]] = []
    for each in _items(scores, period):
        kept = [number for number in range(len(each.names)) if len(each.values) and _varies(each.values[:, number])]
        if len(kept) < 2 or len(each.values) < FEWEST:
            continue
        eigenvalues, vectors = principal_components(each.values[:, kept])
        shares = eigenvalues / eigenvalues.sum()
        key, numbers = (each.node, each.of), range(len(kept))
        values += [(*key, at + 1, eigenvalues[at], shares[at], shares[: at + 1].sum()) for at in numbers]
        loadings += [(*key, each.names[kept[item]], at + 1, vectors[item, at]) for at in numbers for item in numbers]
    return Components(
        pd.DataFrame(values, columns=["node", "of", "component", "eigenvalue", "share", "cumulative"]),
        pd.DataFrame(loadings, columns=["node", "of", "item", "component", "loading"]),
    )


def principal_components(values: Array) -> tuple[Array, Array]:
    """Eigenvalues of the correlations, highest first, and loadings (items x components); rows x items, none missing."""
    found, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(values, rowvar=False)))
    eigenvalues = np.maximum(found[::-1], 0.0)
    loadings = vectors[:, ::-1] * np.sqrt(eigenvalues)
    side = np.where(np.abs(loadings.sum(axis=0)) > NOISE, loadings.sum(axis=0), loadings[0])
    return eigenvalues, np.where(side < 0, -loadings, loadings)


def importance(scores: Scores, *, period: str | None = None) -> pd.DataFrame:
    """What each node's weight says beside what the scores say.

    Columns: node, level, weight (among its brothers), r (with its parent), importance, weight_whole (in the root),
    r_whole (with the root), importance_whole; the last three are null for nodes that are no part of the root.
    importance: the square of r over its sum among brothers, importance_whole that of r_whole over the nodes of the same
    level: the part of the variance that a node goes with by itself (Becker et al. 2017, their linear case). Where it is
    far from the weight, the index does not weigh as it says: a node varies little, or goes against its brothers.
    """
    nodes, wide = _frame(scores, period)
    part = part_of(scores, period)
    root, inside = next(iter(nodes)), set(counting(nodes))
    whole, rows = {root: 1.0}, []
    for path, node in nodes.items():
        if not node.inside or node.parent is None:
            continue
        weight = part.tree.derived.get(path, node.weight or 0.0)
        whole[path] = whole.get(node.parent, np.nan) * weight
        columns = [wide[name].to_numpy(dtype=float) for name in (path, node.parent, root)]
        r, r_whole = (correlation(columns[0], other)[1] for other in columns[1:])
        rows.append((path, node.parent, node.depth, weight, r, whole[path], r_whole if path in inside else np.nan))
    frame = pd.DataFrame(rows, columns=["node", "parent", "level", "weight", "r", "weight_whole", "r_whole"])
    return _with_importance(frame)


def _with_importance(frame: pd.DataFrame) -> pd.DataFrame:
    for name, r, among in (("importance", "r", "parent"), ("importance_whole", "r_whole", "level")):
        square = frame[r] ** 2
        total = square.groupby(frame[among]).transform("sum")
        frame[name] = (square / total).where(total > 0)
    order = ["node", "level", "weight", "r", "importance", "weight_whole", "r_whole", "importance_whole"]
    return frame[order]
