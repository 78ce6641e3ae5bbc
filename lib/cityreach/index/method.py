"""A method: one YAML file that holds a whole composite index, read into a checked model.

`schema.Branch` is a node as the file writes it; `Node` is the same node flattened, with its path. The root's path is
its code (`composite`); every other path starts below the root (`facebook.engagement.peak`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from cityreach import paths, spec
from cityreach.errors import SpecError, UnknownNameError
from cityreach.index import schema
from cityreach.index.flat import tree_of
from cityreach.index.normalise import ABSOLUTE
from cityreach.index.problems import problems
from cityreach.index.schema import AggregateRule, Basis, Branch, Code, Indicator, Level, NormaliseRule, Scale, Window


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
    normalise: NormaliseRule | None = None
    direction: int = 1
    aggregate: AggregateRule | None = None
    available: float = 0.0
    unscaled: bool = False  # whether the parent takes the score as it is before the node's own scale
    given: float = 1.0  # the weight as the file has it, which a weighted sum takes

    @property
    def inside(self) -> bool:
        """Whether the node is part of its parent's score."""
        return self.parent is not None and not self.outside


class WeightSet(Basis):
    """Other weights for some nodes; the nodes that it does not name keep theirs."""

    weights: dict[str, float] = Field(description="node paths with weights")


class Method(spec.Model):
    """A versioned index specification."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="the method's name in lower-case letters and hyphens")
    version: str = Field(min_length=1, description='the version in quotes, for example "1"')
    title: schema.Words = Field(description="the index's name as {zh: ..., en: ...}")
    description: schema.Words = Field(description="one sentence in both languages")
    levels: tuple[Level, ...] = Field(
        min_length=1, description="a list of levels below the root, each with code, label, weights, aggregate, missing"
    )
    table: schema.Table = Field(schema.Table(), description="{unit: country, period: year}, or leave the key out")
    screening: schema.Screening | None = Field(None, description="{available: 0.65}, or leave the key out")
    imputation: schema.Impute | None = Field(None, description="{by: median}, or leave the key out")
    treatment: schema.Treat | None = Field(None, description="{by: two_stage}, or leave the key out")
    normalisation: schema.Normalisation = Field(description="{status: ..., citation: {zh: ..., en: ...}}")
    ranks: schema.Ranks = Field(schema.Ranks(), description="{significant: 12} or {decimals: 3}")
    indicators: dict[Code, Indicator] = Field(
        description="indicator codes with label, unit, column and, as needed, direction (1 or -1), transform, per_days"
    )
    nodes_by_parent: tuple[schema.FlatNode, ...] = Field(
        (), alias="nodes", description="the tree as a list of nodes, each with code and parent; instead of `tree`"
    )
    tree: Branch = Field(
        description="nodes with code, label, weight, children; leaves with code, weight and "
        "normalise: {by: goalposts, low: ..., high: ...}"
    )
    weight_sets: dict[Code, WeightSet] = Field(
        default_factory=dict, description="names with {status, citation, weights: {path: number}}"
    )

    @model_validator(mode="before")
    @classmethod
    def _tree_from_nodes(cls, content: Any) -> Any:
        return {**content, "tree": tree_of(content)} if isinstance(content, dict) and content.get("nodes") else content

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
        """Whether a score stays what it is when other units or periods come in, so that editions can be compared."""
        rules = [node.normalise for node in self.nodes.values() if node.normalise]
        treated = self.treatment is None or isinstance(self.treatment.over, Window)
        return treated and all(_stays(rule) for rule in rules)

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

    def weight_table(self, keep: Keep | None = None) -> list[WeightRow]:
        """The tree below the root, cut as by `nodes_of`, with each node's weight in its parent and in the whole."""
        return list(_weight_rows(nodes_of(self, keep)))


def _stays(rule: NormaliseRule) -> bool:
    """Whether a scale is the same whoever else is scored."""
    own = rule.by in ABSOLUTE and not any(isinstance(bound, str) for bound in rule.parameters.values())
    return own or isinstance(rule.over, Window)


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
        bounds = rule.parameters if rule is not None and rule.by == "goalposts" else {}
        goalposts = (bounds["low"], bounds["high"]) if bounds else None
        if node.parent is not None:
            yield WeightRow(node.path, node.depth, node.label, share, whole[node.path], goalposts)


Keep = Mapping[str, Collection[str]]


def nodes_of(method: Method, keep: Keep | None = None, weights: Mapping[str, float] | None = None) -> dict[str, Node]:
    """The tree by path without the branches whose `source` values are not kept; brothers share their weight.

    keep: source key -> values to keep, such as {"platform": {"x"}}; a key that is not given keeps everything.
    weights: path -> another weight than the file's, among brothers.
    """
    return {node.path: node for node in _walk(method, method.tree, _Place(keep or {}, weights or {}))}


@dataclass(frozen=True)
class _Place:
    """Where the walk stands: the parent's path, depth, source rows so far, and this node's share."""

    keep: Keep
    weights: Mapping[str, float]
    parent: str | None = None
    depth: int = 0
    share: float | None = None
    source: Mapping[str, str] = field(default_factory=dict)

    def path(self, branch: Branch) -> str:
        return branch.code if self.depth < 2 else f"{self.parent}.{branch.code}"

    def below(self, branch: Branch) -> _Place:
        """The place of the branch's children."""
        source = {**self.source, **branch.source}
        return _Place(self.keep, self.weights, self.path(branch), self.depth + 1, None, source)

    def weight(self, branch: Branch) -> float:
        return self.weights.get(self.path(branch), branch.share)


def _walk(method: Method, branch: Branch, place: _Place) -> Iterator[Node]:
    path, below = place.path(branch), place.below(branch)
    kept = [child for child in branch.children if _is_kept(child, place.keep)]
    leaf = None if branch.children else _indicator(method, branch)
    children = tuple(below.path(child) for child in kept)
    yield Node(
        path, place.parent, place.depth, label_of(method, branch), place.share, branch.outside, children,
        below.source, branch.scale, leaf, _scaling(method, branch, leaf), branch.direction if leaf is None else
        branch.direction * leaf.direction, **_makes(method, branch, place.depth), given=place.weight(branch),
    )  # fmt: skip
    total = sum(below.weight(child) for child in kept if not child.outside)
    for child in kept:
        share = None if child.outside else below.weight(child) / total
        yield from _walk(method, child, replace(below, share=share))


def _indicator(method: Method, branch: Branch) -> Indicator:
    """The indicator that a leaf reads, with the name of its column."""
    code = branch.indicator or branch.code
    found = method.indicators[code]
    return found if found.column else found.model_copy(update={"column": code})


def _scaling(method: Method, branch: Branch, leaf: Indicator | None) -> NormaliseRule | None:
    """How the node is scaled: a leaf by its own rule, its indicator's or the method's; a branch by its own alone."""
    if leaf is None:
        return branch.normalise
    return branch.normalise or leaf.normalise or method.normalisation.default


def _makes(method: Method, branch: Branch, depth: int) -> dict[str, Any]:
    """How a branch is made of its children: by its own rule, else by that of their level."""
    if not branch.children:
        return {}
    level = method.levels[depth]
    available = level.available if branch.available is None else branch.available
    rule = branch.aggregate or level.aggregate
    return {"aggregate": rule, "available": available, "unscaled": branch.hands_up == "unscaled"}


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
