"""Where a node stands in a tree: what it is part of, and what is part of it; and where a period stands in scores."""

from __future__ import annotations

from collections.abc import Mapping

from cityreach.errors import UnknownNameError
from cityreach.index.compute import Part, Scores
from cityreach.index.method import Node

Nodes = Mapping[str, Node]


def part_of(scores: Scores, period: str | None = None) -> Part:
    """The part of the scores that holds a period (the last, unless one is named); UnknownNameError where none does."""
    if period is None:
        return scores.parts[-1]
    for part in scores.parts:
        if period in {part.rows.periods[number] for number in part.rows.period}:
            return part
    raise UnknownNameError(f"The scores hold no period `{period}`. Compute it first, or name another one.")


def above(nodes: Nodes, path: str) -> list[str]:
    """The nodes of whose scores a node is part, its parent first."""
    found = []
    while nodes[path].inside:
        path = str(nodes[path].parent)
        found.append(path)
    return found


def children_inside(nodes: Nodes, path: str) -> list[str]:
    """The children that make a node's score."""
    return [child for child in nodes[path].children if child in nodes and nodes[child].inside]


def leaves_inside(nodes: Nodes, path: str) -> list[str]:
    """The leaves that make a node's score; a leaf makes its own."""
    if nodes[path].indicator is not None:
        return [path]
    return [leaf for child in children_inside(nodes, path) for leaf in leaves_inside(nodes, child)]


def counting(nodes: Nodes) -> list[str]:
    """The nodes that are part of the root, in the tree's order."""
    root = next(iter(nodes))
    return [path for path in nodes if root in above(nodes, path)]
