"""A method: one YAML file in data/methods/ that holds a whole composite index, read into a checked model.

`schema.Branch` is a node as the file writes it; `Node` is the same node flattened, with its path. The root's path is
its code (`composite`); every other path starts below the root (`facebook.engagement.peak`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import Field

from cityreach import paths, spec
from cityreach.errors import SpecError, UnknownNameError
from cityreach.index.problems import problems
from cityreach.index.schema import Basis, Branch, Code, Goalposts, Indicator, Level, Minmax, Ranks, Scale, Unscaled

PLATFORM = "platform"  # the `source` key by which an edition's platform set cuts the tree


@dataclass(frozen=True)
class Node:
    """A node of the flattened tree; `weight` is its share among its brothers (None: the root, or ranked alone)."""

    path: str
    parent: str | None
    depth: int
    label: spec.Words
    weight: float | None
    outside: bool
    children: tuple[str, ...] = ()
    source: Mapping[str, str] = field(default_factory=dict)
    scale: Scale | None = None
    indicator: Indicator | None = None
    normalise: Goalposts | Minmax | Unscaled | None = None

    @property
    def inside(self) -> bool:
        """Whether the node is part of its parent's score."""
        return self.parent is not None and not self.outside


class Method(spec.Model):
    """A versioned index specification."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="the method's name in lower-case letters and hyphens")
    version: str = Field(min_length=1, description='the version in quotes, for example "1"')
    title: spec.Words = Field(description="the index's name as {zh: ..., en: ...}")
    description: spec.Words = Field(description="one sentence in both languages")
    levels: tuple[Level, ...] = Field(
        min_length=1, description="a list of levels below the root, each with code, label, weights, aggregate, missing"
    )
    normalisation: Basis = Field(description="{status: ..., citation: {zh: ..., en: ...}}")
    ranks: Ranks = Field(Ranks(), description="{significant: 12}")
    indicators: dict[Code, Indicator] = Field(
        description="indicator codes with label, unit, column and, as needed, direction (1 or -1), "
        "transform (log1p or none), per_days"
    )
    tree: Branch = Field(
        description="nodes with code, label, weight, children; leaves with code, weight and "
        "normalise: {by: goalposts, low: ..., high: ...} (or by: minmax, or by: none)"
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Method:
        """A copy with some keys changed, whose tree is read anew."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("nodes", None)
        return copied

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def root(self) -> str:
        return self.tree.code

    @property
    def fixed_scale(self) -> bool:
        """Whether a score depends on the unit's own figures alone, so that editions can be compared."""
        relative = [node for node in self.nodes.values() if isinstance(node.normalise, Minmax)]
        return not relative

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """The whole tree by path, parents before children, in the file's order."""
        return nodes_of(self)

    def level(self, node: Node) -> Level:
        """The level of a node below the root."""
        return self.levels[node.depth - 1]

    def label(self, path: str | None = None) -> spec.Words:
        """The words of a node, or of the whole index."""
        return self.title if path is None else self.nodes[path].label

    def counts(self, path: str) -> bool:
        """Whether a node is part of the root's score."""
        node = self.nodes[path]
        return not node.outside and (node.parent is None or self.counts(node.parent))

    def table(self, platforms: Collection[str]) -> list[WeightRow]:
        """The tree below the root for a set of platforms, with each node's weight in its parent and in the whole."""
        return list(_weight_rows(nodes_of(self, {PLATFORM: set(platforms)})))


@dataclass(frozen=True)
class WeightRow:
    """A node's weights: share in its parent (1 where it stands alone), whole in the root (0 outside it)."""

    path: str
    depth: int
    label: spec.Words
    share: float
    whole: float
    goalposts: tuple[float, float] | None


def _weight_rows(nodes: Mapping[str, Node]) -> Iterator[WeightRow]:
    whole: dict[str, float] = {}
    for node in nodes.values():
        above = 1.0 if node.parent is None else whole[node.parent]
        share = 1.0 if node.weight is None else node.weight
        whole[node.path] = 0.0 if node.outside else above * share
        rule = node.normalise
        goalposts = (rule.low, rule.high) if isinstance(rule, Goalposts) else None
        if node.parent is not None:
            yield WeightRow(node.path, node.depth, node.label, share, whole[node.path], goalposts)


Keep = Mapping[str, Collection[str]]


def nodes_of(method: Method, keep: Keep | None = None) -> dict[str, Node]:
    """The tree by path without the branches whose `source` values are not kept; brothers share their weight.

    keep: source key -> values to keep, such as {"platform": {"x"}}; a key that is not given keeps everything.
    """
    return {node.path: node for node in _walk(method, method.tree, _Place(keep=keep or {}))}


@dataclass(frozen=True)
class _Place:
    """Where the walk stands: the parent's path, depth, source rows so far, and this node's share."""

    keep: Keep
    parent: str | None = None
    depth: int = 0
    share: float | None = None
    source: Mapping[str, str] = field(default_factory=dict)


def _walk(method: Method, branch: Branch, place: _Place) -> Iterator[Node]:
    source = {**place.source, **branch.source}
    path = branch.code if place.depth < 2 else f"{place.parent}.{branch.code}"
    kept = [child for child in branch.children if _is_kept(child, place.keep)]
    prefix = f"{path}." if place.depth else ""
    indicator = None if branch.children else method.indicators[branch.indicator or branch.code]
    yield Node(
        path, place.parent, place.depth, label_of(method, branch), place.share, branch.outside,
        tuple(prefix + child.code for child in kept), source, branch.scale, indicator, branch.normalise,
    )  # fmt: skip
    total = sum(child.share for child in kept if not child.outside)
    for child in kept:
        share = None if child.outside else child.share / total
        yield from _walk(method, child, _Place(place.keep, path, place.depth + 1, share, source))


def label_of(method: Method, branch: Branch) -> spec.Words:
    """The branch's own words, else its indicator's."""
    return branch.label or method.indicators[branch.indicator or branch.code].label


def _is_kept(branch: Branch, keep: Keep) -> bool:
    return all(value in keep[key] for key, value in branch.source.items() if key in keep)


def load_method(name: str) -> Method:
    """The method of a name such as social-reach@1; UnknownNameError lists the methods, SpecError names the key."""
    folder = paths.data("methods")
    known = sorted(path.stem for path in folder.glob("*.yml"))
    if name not in known:
        raise UnknownNameError(
            f"Method `{name}` does not exist in data/methods/. There are: {', '.join(known) or 'none'}. Name one of "
            "these in the edition's `method`, or add a file of that name."
        )
    return _load(folder / f"{name}.yml")


@cache
def _load(path: Path) -> Method:
    method = read_method(path)
    if method.name != path.stem:
        raise SpecError(
            f"{paths.relative(path)}: `id` and `version` say {method.name!r}, the file's name {path.stem!r}. "
            "Make them equal."
        )
    return method


def read_method(path: Path) -> Method:
    """A method from any YAML file; SpecError names file, key or node, what was found and what to write."""
    method = spec.read_model(path, Method)
    for problem in problems(method):
        raise SpecError(f"{paths.relative(path)}: {problem}")
    return method
