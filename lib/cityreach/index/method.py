"""A method: one YAML file in data/methods/ that holds a whole composite index, read into a checked model.

`Branch` is a node as the file writes it; `Node` is the same node flattened, with its path. The root's path is its
code (`composite`); every other path starts below the root (`facebook.engagement.peak`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from cityreach import paths, spec
from cityreach.errors import SpecError, UnknownNameError

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Rule = Literal["zero", "reweight", "withhold"]
Status = Literal["published", "precedent", "own", "equal"]


class Basis(spec.Model):
    """Where a set of numbers comes from."""

    status: Status = Field(description="one of published, precedent, own, equal")
    citation: spec.Words = Field(description="the source in both languages")


class Level(spec.Model):
    """What holds for all nodes of one depth below the root."""

    code: Code
    label: spec.Words
    weights: Basis
    aggregate: Literal["arithmetic"] = "arithmetic"
    missing: Rule | dict[str, Rule] = "reweight"


class Goalposts(spec.Model):
    """`low` becomes 0 and `high` 100, linear after the transformation; clipped to 0..100 unless `clip: false`."""

    by: Literal["goalposts"]
    low: float
    high: float
    clip: bool = True

    @model_validator(mode="after")
    def _ordered(self) -> Goalposts:
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} must lie below high {self.high:g}")
        return self


class Minmax(spec.Model):
    """The lowest value seen becomes 0 and the highest 100, over one edition or over all editions given."""

    by: Literal["minmax"]
    over: Literal["edition", "all"]


class Unscaled(spec.Model):
    """The transformed value is the score."""

    by: Literal["none"]


Normalise = Annotated[Goalposts | Minmax | Unscaled, Field(discriminator="by")]


class Indicator(spec.Model):
    """One figure: the column it is read from, its unit and direction, and how it is prepared."""

    label: spec.Words
    unit: spec.Words
    column: str
    direction: Literal[1, -1] = 1
    transform: Literal["log1p", "none"] = "none"
    per_days: int | None = Field(None, gt=0)


class Scale(spec.Model):
    """A last step on a node's score: score ** power * times."""

    power: float = Field(1.0, gt=0)
    times: float = Field(1.0, gt=0)


class Branch(spec.Model):
    """A node as the file writes it; without children it is a leaf and reads the indicator of its own code."""

    code: Code
    label: spec.Words | None = None
    weight: float | None = Field(None, gt=0)
    outside: bool = False
    source: dict[str, str] = Field(default_factory=dict)
    scale: Scale | None = None
    children: tuple[Branch, ...] = ()
    indicator: Code | None = None
    normalise: Normalise | None = None


class Ranks(spec.Model):
    """Scores are rounded to this many significant digits before they are ranked."""

    significant: int = Field(default=12, ge=1, le=15)


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
    label: spec.Words = Field(description="the index's name as {zh: ..., en: ...}")
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
    total = sum(_raw_weight(child) for child in kept if not child.outside)
    for child in kept:
        share = None if child.outside else _raw_weight(child) / total
        yield from _walk(method, child, _Place(place.keep, path, place.depth + 1, share, source))


def label_of(method: Method, branch: Branch) -> spec.Words:
    """The branch's own words, else its indicator's."""
    return branch.label or method.indicators[branch.indicator or branch.code].label


def _is_kept(branch: Branch, keep: Keep) -> bool:
    return all(value in keep[key] for key, value in branch.source.items() if key in keep)


def _raw_weight(branch: Branch) -> float:
    return 1.0 if branch.weight is None else branch.weight


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


def problems(method: Method) -> Iterator[str]:
    """What is wrong with a method beyond the form of its keys, one sentence each with its remedy."""
    yield from _branch_problems(method, method.tree, ())


def _branch_problems(method: Method, branch: Branch, above: tuple[str, ...]) -> Iterator[str]:
    where = f"node `{'.'.join([*above[1:], branch.code])}`"
    if len(above) > len(method.levels):
        yield f"{where}: lies deeper than `levels` goes ({len(method.levels)} below the root). Add a level there."
    elif branch.children:
        yield from _inner_problems(method, branch, where, len(above))
    else:
        yield from _leaf_problems(method, branch, where)
    for child in branch.children:
        yield from _branch_problems(method, child, (*above, branch.code))


def _inner_problems(method: Method, branch: Branch, where: str, depth: int) -> Iterator[str]:
    codes = [child.code for child in branch.children]
    doubled = [code for code in codes if codes.count(code) > 1]
    if doubled:
        yield f"{where}: two children have the code `{doubled[0]}`. Rename or remove one."
    if depth == 0 and branch.code in codes:
        yield f"{where}: a child has the root's own code `{branch.code}`. Rename one of the two."
    if branch.label is None:
        yield f"{where}: `label` is absent. Write label: {{zh: ..., en: ...}}."
    if branch.normalise or branch.indicator:
        yield f"{where}: has children, so `normalise` and `indicator` do not belong here. Move them to a leaf."
    if depth < len(method.levels):
        yield from _weight_problems(branch, where, method.levels[depth].weights.status)


def _weight_problems(branch: Branch, where: str, status: str) -> Iterator[str]:
    inside = [child for child in branch.children if not child.outside]
    for child in branch.children:
        if child.outside and child.weight is not None:
            yield f"{where}: child `{child.code}` is outside and has a weight. Remove `weight` or `outside`."
    given = [child for child in inside if child.weight is not None]
    lacking = [child.code for child in inside if child.weight is None]
    if not inside:
        yield f"{where}: every child is outside, so it has no score. Leave at least one inside."
    elif status == "equal" and given:
        yield f"{where}: its level says equal weights, found a weight on `{given[0].code}`. Remove it."
    elif status != "equal" and lacking:
        yield f"{where}: child `{lacking[0]}` has no `weight`. Write one, or set the level's status to equal."
    elif status != "equal" and not _adds_up(sum(_raw_weight(child) for child in inside)):
        listed = ", ".join(f"{child.code} {child.weight:g}" for child in inside)
        total = sum(_raw_weight(child) for child in inside)
        yield f"{where}: `weight` of its children adds up to {total:.10g} ({listed}), not to 1 or 100. Correct them."


def _adds_up(total: float) -> bool:
    return abs(total - 1) < 1e-9 or abs(total - 100) < 1e-7


def _leaf_problems(method: Method, branch: Branch, where: str) -> Iterator[str]:
    code = branch.indicator or branch.code
    if code not in method.indicators:
        yield f"{where}: `{code}` is not among `indicators` ({', '.join(method.indicators)}). Correct it or add it."
        return
    indicator, normalise = method.indicators[code], branch.normalise
    if normalise is None:
        yield f"{where}: `normalise` is absent. Write {{by: goalposts, low: ..., high: ...}} or {{by: none}}."
    elif isinstance(normalise, Goalposts) and indicator.transform == "log1p" and normalise.low < 0:
        yield f"{where}: `normalise.low` is {normalise.low:g}, but log1p takes no value below 0. Write 0 or more."
    elif isinstance(normalise, Unscaled) and indicator.direction < 0:
        yield f"{where}: direction -1 needs a scale, found normalise {{by: none}}. Write goalposts or minmax."
