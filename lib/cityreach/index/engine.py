"""Scores from the leaves up to the root, over all rows at once and, where asked for, over many replications at once.

No table, no file, no meaning of the figures. A column is an array of rows, or of rows x replications.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cityreach.errors import DataError
from cityreach.index import aggregate
from cityreach.index.aggregate import AGGREGATES, contributions, effective_shares, has_score, takes_part
from cityreach.index.method import Method, Node
from cityreach.index.rows import Rows
from cityreach.index.scaling import on_scale
from cityreach.index.schema import AggregateRule
from cityreach.index.weight import WEIGHTS

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Tree:
    """Scores by path; weight is a node's share in its parent's score, contribution its points there (NaN: none).

    derived: the weights of brothers that the method derives from the scores themselves.
    """

    score: dict[str, Array] = field(default_factory=dict)
    weight: dict[str, Array] = field(default_factory=dict)
    contribution: dict[str, Array] = field(default_factory=dict)
    derived: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Absence:
    """Per node: what its parent does where it has no score (`aggregate.RULES`), and where the data rule it out.

    A node below one that is ruled out is ruled out with it; whatever figures it has, it gets no score.
    """

    rules: Mapping[str, NDArray[np.int8]]
    ruled_out: Mapping[str, NDArray[np.bool_]]

    def take(self, rows: NDArray[np.intp]) -> Absence:
        """The same for some rows only."""
        rules = {path: column[rows] for path, column in self.rules.items()}
        return Absence(rules, {path: column[rows] for path, column in self.ruled_out.items()})


@dataclass(frozen=True)
class Walk:
    """What a walk over a tree needs beside the leaves' scores.

    weights: path -> another weight than the node's own, one number or one a replication. aggregates: parent's path ->
    another rule than its own. parts: whether shares and contributions are wanted. strict: whether a mean that does not
    exist is an error; otherwise the node has no score there.
    """

    method: Method
    nodes: Mapping[str, Node]
    rows: Rows
    absence: Absence
    weights: Mapping[str, Array | float] = field(default_factory=dict)
    aggregates: Mapping[str, AggregateRule] = field(default_factory=dict)
    parts: bool = True
    strict: bool = True

    def children(self, node: Node) -> list[Node]:
        """The children that make the node's score."""
        return [self.nodes[path] for path in node.children if path in self.nodes and self.nodes[path].inside]

    def rule(self, node: Node) -> AggregateRule:
        rule = self.aggregates.get(node.path) or node.aggregate
        assert rule is not None  # every branch has one
        return rule


def score_tree(walk: Walk, leaves: Mapping[str, Array]) -> Tree:
    """The scores of every node. leaves: path -> rows (x replications), NaN where there is none.

    DataError where a mean cannot be taken of a score of 0 or less; it names unit, node and remedy.
    """
    tree = Tree({path: _without(column, walk.absence.ruled_out[path]) for path, column in leaves.items()})
    for node in reversed(list(walk.nodes.values())):
        if node.indicator is None:
            _score_inner(walk, node, tree)
    return tree


def _without(column: Array, ruled_out: NDArray[np.bool_]) -> Array:
    return np.where(_over(ruled_out, column.ndim), np.nan, column) if ruled_out.any() else column


def _over(column: NDArray[Any], dimensions: int) -> NDArray[Any]:
    """A column of rows as one that spreads over replications."""
    return column if column.ndim == dimensions else column[..., None]


def _score_inner(walk: Walk, node: Node, tree: Tree) -> None:
    children = walk.children(node)
    if not children:
        tree.score[node.path] = np.full(len(walk.rows), np.nan)
        return
    scores = _stacked([tree.score[child.path] for child in children])
    weights = _weights(walk, node, scores, tree)
    rules = np.column_stack([walk.absence.rules[child.path] for child in children])
    absent, rules = np.isnan(scores), _over(rules, scores.ndim)
    valid = has_score(absent, rules, weights=weights, available_weight=node.available)
    valid = valid & ~_over(walk.absence.ruled_out[node.path], valid.ndim)
    find_shares = aggregate.taken_weights if walk.rule(node).by == "sum" else effective_shares
    shares = find_shares(weights, takes_part(absent, rules))
    mean = _mean(walk, node, (scores, shares), valid)
    parent = np.where(_over(valid, mean.ndim), mean, np.nan)
    tree.score[node.path] = _last_steps(walk, node, parent)
    if walk.parts:
        _keep_parts(tree, children, shares, contributions(scores, shares, tree.score[node.path]))


def _stacked(columns: list[Array]) -> Array:
    """Rows x children (x replications)."""
    if all(column.ndim == 1 for column in columns):
        return np.column_stack(columns)
    width = max(column.shape[1] for column in columns if column.ndim > 1)
    return np.stack([np.broadcast_to(_over(column, 2), (len(column), width)) for column in columns], axis=1)


def _weights(walk: Walk, node: Node, scores: Array, tree: Tree) -> Array:
    """The weights of the node's children: children, or children x replications."""
    children = walk.children(node)
    derive = walk.method.level(children[0]).weights.derive
    if derive is not None and not any(child.path in walk.weights for child in children):
        found = WEIGHTS[derive.by](scores[~np.isnan(scores).any(axis=1)], **derive.parameters)
        tree.derived.update({child.path: float(weight) for child, weight in zip(children, found, strict=True)})
        return found
    summed = walk.rule(node).by == "sum"
    own = {child.path: child.given if summed else child.weight for child in children}
    given = [np.asarray(walk.weights.get(path, weight), dtype=float) for path, weight in own.items()]
    return np.stack(np.broadcast_arrays(*given))


def _mean(walk: Walk, node: Node, parts: tuple[Array, Array], valid: NDArray[np.bool_]) -> Array:
    rule = walk.rule(node)
    if walk.strict and rule.by in aggregate.CHOOSY:
        _refuse_forbidden(walk, node, rule, parts, valid)
    known = {"group": walk.rows.period, "valid": valid.reshape(len(valid), -1).any(axis=1)}
    context = {name: known[name] for name in aggregate.CONTEXT.get(rule.by, ())}
    return AGGREGATES[rule.by](*parts, **rule.parameters, **context)


def _refuse_forbidden(
    walk: Walk, node: Node, rule: AggregateRule, parts: tuple[Array, Array], valid: NDArray[np.bool_]
) -> None:
    """DataError where the mean asked for does not exist."""
    wrong = aggregate.forbidden(*parts, rule.by, **rule.parameters)
    wrong = wrong & np.expand_dims(_over(valid, wrong.ndim - 1), 1)
    if not wrong.any():
        return
    scores = parts[0]
    row, child, *_ = np.argwhere(wrong)[0]
    value = scores[row, child] if scores.ndim == 2 else scores[row, child].min()
    raise DataError(
        f"{walk.rows.name(int(row))}: `{walk.children(node)[child].path}` scores {value:.6g}, of which `{node.path}` "
        f"takes a {rule.by} mean; it exists for scores above 0 only. Give the indicator a scale that begins above 0 "
        f"(such as `range: [1, 100]`), or write `aggregate: {{by: {rule.by}, shift: 1}}`."
    )


def _last_steps(walk: Walk, node: Node, scores: Array) -> Array:
    """The node's own power and factor, and its own scale."""
    if node.scale is not None:
        scores = scores**node.scale.power * node.scale.times + node.scale.plus
    if node.normalise is None:
        return scores
    scale = partial(on_scale, node.normalise, rows=walk.rows, direction=node.direction)
    return scale(scores) if scores.ndim == 1 else np.apply_along_axis(scale, 0, scores)


def _keep_parts(tree: Tree, children: list[Node], shares: Array, parts: Array) -> None:
    for column, child in enumerate(children):
        tree.weight[child.path], tree.contribution[child.path] = shares[:, column], parts[:, column]
