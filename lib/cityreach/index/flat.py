"""The tree written as a list of nodes that name their parents, hung together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def tree_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The tree of a method's `nodes`; ValueError for a code given twice, an unknown parent, a ring, no or two roots."""
    if content.get("tree"):
        raise ValueError("the file has both `tree` and `nodes`; keep one of them")
    nodes = [node for node in content["nodes"] if isinstance(node, dict) and "code" in node]
    by_code = {str(node["code"]): node for node in nodes}
    _check(nodes, by_code)
    children: dict[str, list[str]] = {code: [] for code in by_code}
    for code, node in by_code.items():
        if node.get("parent") is not None:
            children[str(node["parent"])].append(code)
    (root,) = (code for code, node in by_code.items() if node.get("parent") is None)
    return _hung(root, by_code, children)


def _hung(code: str, by_code: Mapping[str, Any], children: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    own = {key: value for key, value in by_code[code].items() if key != "parent"}
    below = [_hung(child, by_code, children) for child in children[code]]
    return {**own, "children": below} if below else own


def _check(nodes: Sequence[Mapping[str, Any]], by_code: Mapping[str, Mapping[str, Any]]) -> None:
    codes = [str(node["code"]) for node in nodes]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice:
        raise ValueError(f"`nodes` has the code `{twice}` twice; rename or remove one")
    for code, node in by_code.items():
        parent = node.get("parent")
        if parent is not None and str(parent) not in by_code:
            known = ", ".join(codes)
            raise ValueError(f"node `{code}` has the parent `{parent}`, which is not in `nodes`; name one of {known}")
    roots = [code for code, node in by_code.items() if node.get("parent") is None]
    if len(roots) > 1:
        raise ValueError(f"`nodes` has {len(roots)} nodes without a parent ({', '.join(roots)}); give all but one one")
    for code in by_code:
        if ring := _ring(code, by_code):
            raise ValueError(f"the parents of {' → '.join(ring)} form a ring; name another parent for one of them")


def _ring(code: str, by_code: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The way from a node up to itself; empty where it ends at a root."""
    way = [code]
    while (parent := by_code[way[-1]].get("parent")) is not None:
        way.append(str(parent))
        if way.count(way[-1]) > 1:
            return way[way.index(way[-1]) :]
    return []
