"""Scores from the leaves up to the root, over all units at once; no table, no file, no meaning of the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cityreach.index.aggregate import AGGREGATES, contributions, effective_shares, has_score, takes_part
from cityreach.index.method import Method, Node

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Tree:
    """Scores by path; weight is a node's share in its parent's score, contribution its points there (NaN: none)."""

    score: dict[str, Array]
    weight: dict[str, Array]
    contribution: dict[str, Array]


@dataclass(frozen=True)
class Absence:
    """Per node: what its parent does where it has no score (`aggregate.RULES`), and where the data rule it out.

    A node below one that is ruled out is ruled out with it; whatever figures it has, it gets no score.
    """

    rules: Mapping[str, NDArray[np.int8]]
    ruled_out: Mapping[str, NDArray[np.bool_]]

    def take(self, rows: NDArray[np.intp]) -> Absence:
        """The same for some units only."""
        rules = {path: column[rows] for path, column in self.rules.items()}
        return Absence(rules, {path: column[rows] for path, column in self.ruled_out.items()})


def score_tree(method: Method, nodes: Mapping[str, Node], leaves: Mapping[str, Array], absence: Absence) -> Tree:
    """The scores of every node of the tree. leaves: path -> units, NaN where there is none."""
    seen = {path: np.where(absence.ruled_out[path], np.nan, column) for path, column in leaves.items()}
    tree = Tree(seen, {}, {})
    for node in reversed(list(nodes.values())):
        if node.indicator is None:
            _score_inner(method, nodes, node, (tree, absence))
    return tree


def inside_children(nodes: Mapping[str, Node], node: Node) -> list[Node]:
    """The children among `nodes` that make the node's score."""
    return [nodes[path] for path in node.children if path in nodes and nodes[path].inside]


def scaled(node: Node, scores: Array) -> Array:
    """The node's last step, if it has one: score ** power * times."""
    return scores if node.scale is None else scores**node.scale.power * node.scale.times


def _score_inner(method: Method, nodes: Mapping[str, Node], node: Node, state: tuple[Tree, Absence]) -> None:
    tree, absence = state
    children = inside_children(nodes, node)
    if not children:
        tree.score[node.path] = np.full(len(next(iter(tree.score.values()))), np.nan)
        return
    scores = np.column_stack([tree.score[child.path] for child in children])
    rules = np.column_stack([absence.rules[child.path] for child in children])
    absent = np.isnan(scores)
    shares = effective_shares(np.array([child.weight for child in children]), takes_part(absent, rules))
    mean = AGGREGATES[method.level(children[0]).aggregate](scores, shares)
    valid = has_score(absent, rules) & ~absence.ruled_out[node.path]
    parent = np.where(valid, scaled(node, mean), np.nan)
    parts = contributions(scores, shares, parent)
    tree.score[node.path] = parent
    for column, child in enumerate(children):
        tree.weight[child.path], tree.contribution[child.path] = shares[:, column], parts[:, column]
