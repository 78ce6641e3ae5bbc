"""A plan of what to vary (data/uncertainty/<name>.yml), and what it comes to for a method: a list of inputs.

An input is one choice of the index that could have been made otherwise: each replication takes one of its options, or
one of the sets of weights that are drawn for it. What the method itself does always counts as one of the options.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PrivateAttr

from cityreach import paths, spec
from cityreach.errors import SpecError, UnknownNameError
from cityreach.index.family import Rule
from cityreach.index.method import Method, Node
from cityreach.index.schema import Aggregate, Normalise, Treat, Words

ALL, INDICATORS, OWN, NONE = "all", "indicators", "own", "none"
# Why an input of the plan is not varied.
ABSENT, SAME, ALONE = "absent", "same", "alone"
REASONS = {
    ABSENT: "the plan does not name it",
    SAME: "every alternative is what the method does itself",
    ALONE: "no node there has a brother",
}
KEYS = ("normalisation", "treatment", "weight_sets", "weights", "aggregation", "leave_out")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


def _for_all(value: Any) -> Any:
    """What is given without levels holds for all of them."""
    return value if isinstance(value, dict) and "by" not in value else {ALL: value}


def _lists_for_all(value: Any) -> Any:
    given = _for_all(value)
    return {level: _listed(rules) for level, rules in given.items()}


Share = Annotated[float, Field(gt=0, lt=1)]
Level = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Plan(spec.Model):
    """What to vary, how often, and what to tell of the places that come out."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="the plan's name in lower-case letters and hyphens")
    title: Words = Field(description="the plan's name as {zh: ..., en: ...}")
    draws: int = Field(default=1024, ge=16, le=1_000_000, description="a number of replications, such as 1024")
    seed: int = Field(default=0, ge=0, description="a whole number; another one gives other draws")
    tops: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(1, 3, 10), description="the places whose probability is told, such as [1, 3, 10]"
    )
    normalisation: Annotated[tuple[Normalise, ...], BeforeValidator(_listed)] = Field(
        default=(),
        description="a list of other scales for the leaves, such as [minmax, {by: zscore, mean: 50, sd: 15}]",
    )
    treatment: Annotated[tuple[Treat, ...], BeforeValidator(_listed)] = Field(
        default=(), description="a list of other treatments of outliers, such as [none, {by: two_stage, points: 3}]"
    )
    weight_sets: Names = Field(default=(), description="names among the method's `weight_sets`, or all")
    weights: Annotated[dict[Level, Share], BeforeValidator(_for_all)] = Field(
        default_factory=dict, description="0.2 for plus or minus 20 % of every weight, or {level: 0.2, ...}"
    )
    aggregation: Annotated[dict[Level, tuple[Aggregate, ...]], BeforeValidator(_lists_for_all)] = Field(
        default_factory=dict,
        description="a list of other means, such as [{by: geometric, shift: 1}], or {level: [...], ...}",
    )
    leave_out: Names = Field(
        default=(), description="indicators, or a level, a node or an indicator of the method; each in turn, or none"
    )
    _file: str | None = PrivateAttr(default=None)

    @property
    def where(self) -> str:
        """How the plan is named in messages."""
        return self._file or f"uncertainty plan `{self.id}`"

    def problem(self, key: str, found: str, remedy: str) -> SpecError:
        return SpecError(f"{self.where}: `{key}`: {found}. {remedy}")


@dataclass(frozen=True)
class Option:
    """One way to take; rule is None and paths are empty where it is the method's own."""

    name: str
    rule: Any = None
    paths: frozenset[str] = frozenset()
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Input:
    """One thing that is varied. Either options, or the nodes whose weights are drawn (path -> most that they move)."""

    name: str
    kind: str
    options: tuple[Option, ...] = ()
    spread: Mapping[str, float] = field(default_factory=dict)
    parents: tuple[str, ...] = ()

    def size(self, draws: int) -> int:
        """How many ways there are to take."""
        return draws if self.spread else len(self.options)


@dataclass(frozen=True)
class Inputs:
    """What a plan varies in a method, and why it leaves the rest (`REASONS`)."""

    varied: tuple[Input, ...]
    skipped: Mapping[str, str]


def plan_names() -> list[str]:
    return sorted(path.stem for path in paths.data("uncertainty").glob("*.yml"))


def load_plan(name: str) -> Plan:
    """The plan of a name such as usual; UnknownNameError lists the plans, SpecError names the key."""
    if name not in plan_names():
        raise UnknownNameError(
            f"Uncertainty plan `{name}` does not exist in data/uncertainty/. There are: "
            f"{', '.join(plan_names()) or 'none'}. Name one of these, or add a file of that name."
        )
    plan = read_plan(paths.data("uncertainty", f"{name}.yml"))
    if plan.id != name:
        raise plan.problem("id", f"must be the file's name {name!r}, found {plan.id!r}", "Make them equal.")
    return plan


def read_plan(path: Path) -> Plan:
    """A plan from any YAML file; SpecError names file, key, what was found and what to write."""
    plan = spec.read_model(path, Plan)
    plan._file = paths.relative(path)
    return plan


def inputs_of(plan: Plan, method: Method) -> Inputs:
    """What the plan varies in this method; SpecError for a level, node, indicator or weight set that it has not."""
    found = [entry for key in KEYS for entry in FINDERS[key](plan, method)]
    varied = tuple(entry for entry in found if isinstance(entry, Input))
    return Inputs(varied, dict(entry for entry in found if not isinstance(entry, Input)))


Found = Iterator[Input | tuple[str, str]]


def _normalisation(plan: Plan, method: Method) -> Found:
    own = [node.normalise for node in method.nodes.values() if node.indicator]
    yield _rules("normalisation", plan.normalisation, own)


def _treatment(plan: Plan, method: Method) -> Found:
    leaves = [node.indicator for node in method.nodes.values() if node.indicator]
    own = (leaf.treat or method.treatment for leaf in leaves)
    yield _rules("treatment", plan.treatment, [None if rule and rule.by == NONE else rule for rule in own])


def _rules(name: str, rules: Iterable[Rule], own: list[Any], parents: tuple[str, ...] = ()) -> Input | tuple[str, str]:
    """An input of rules; those that say what every node does anyway, or what was said before, are left out."""
    rules = list(rules)
    other = [rule for rule in dict.fromkeys(rules) if any((mine or _nothing(rule)) != rule for mine in own)]
    if not other:
        return name, SAME if rules else ABSENT
    options = (Option(OWN), *(Option(words_of(rule), rule) for rule in other))
    return Input(name, name.partition(".")[0], options, parents=parents)


def _nothing(rule: Rule) -> Rule | None:
    """What stands for no rule: a rule of doing nothing."""
    return rule if rule.by == NONE else None


def words_of(rule: Rule) -> str:
    """A rule as it is named in lists: zscore (mean 50, sd 15)."""
    fields = type(rule).model_fields
    said = {name: getattr(rule, name) for name in fields if name != "by" and name in rule.model_fields_set}
    listed = ", ".join(f"{name} {_value(value)}" for name, value in said.items())
    return f"{rule.by} ({listed})" if listed else rule.by


def _value(value: Any) -> str:
    if isinstance(value, spec.Model):
        return _value(tuple(value.model_dump().values()))
    if isinstance(value, tuple):
        return " to ".join(map(_value, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _weight_sets(plan: Plan, method: Method) -> Found:
    asked = method.weight_sets if plan.weight_sets == (ALL,) else plan.weight_sets
    for name in asked:
        if name not in method.weight_sets:
            raise _unknown(plan, "weight_sets", (f"weight set `{name}`", method), (*method.weight_sets, ALL))
    options = [Option(name, weights=method.weight_sets[name].weights) for name in dict.fromkeys(asked)]
    yield Input("weight_sets", "weight_sets", (Option(OWN), *options)) if options else ("weight_sets", ABSENT)


def _weights(plan: Plan, method: Method) -> Found:
    if not plan.weights:
        yield "weights", ABSENT
    for name, levels, share in _by_level(plan, method, "weights", plan.weights):
        brothers = [node for node in _counted(method) if method.level(node).code in levels and _brothers(method, node)]
        yield Input(name, "weights", spread={node.path: share for node in brothers}) if brothers else (name, ALONE)


def _aggregation(plan: Plan, method: Method) -> Found:
    if not plan.aggregation:
        yield "aggregation", ABSENT
    for name, levels, rules in _by_level(plan, method, "aggregation", plan.aggregation):
        here = {node.parent: None for node in _counted(method) if method.level(node).code in levels}
        parents = tuple(path for path in here if path is not None)
        yield _rules(name, rules, [method.nodes[path].aggregate for path in parents], parents)


def _leave_out(plan: Plan, method: Method) -> Found:
    options = {name: paths for asked in plan.leave_out for name, paths in _left_out(plan, method, asked)}
    for name, gone in options.items():
        if method.root in without_empty(method.nodes, gone):
            raise plan.problem("leave_out", f"leaving out `{name}` leaves nothing of {method.name}", "Name another.")
    each = [Option(name, paths=frozenset(gone)) for name, gone in options.items()]
    yield Input("leave_out", "leave_out", (Option(NONE), *each)) if each else ("leave_out", ABSENT)


def _left_out(plan: Plan, method: Method, asked: str) -> Iterator[tuple[str, set[str]]]:
    """The options that a word stands for: every indicator, every node of a level, or one of these."""
    counted = {node.path: node for node in _counted(method)}
    readers = _readers(method, counted.values())
    of_level = {node.path: {node.path} for node in counted.values() if method.level(node).code == asked}
    found = of_level or {INDICATORS: readers}.get(asked) or {}
    if not found and asked in counted:
        found = {asked: {asked}}
    if not found and asked in readers:
        found = {asked: readers[asked]}
    if not found:
        levels = [level.code for level in method.levels]
        raise _unknown(
            plan, "leave_out", (f"level, node or indicator `{asked}`", method), (INDICATORS, *levels, *counted)
        )
    yield from found.items()


def _readers(method: Method, nodes: Iterable[Node]) -> dict[str, set[str]]:
    """Every indicator with the leaves that read it."""
    nodes = list(nodes)
    readers = {}
    for code, indicator in method.indicators.items():
        as_read = indicator if indicator.column else indicator.model_copy(update={"column": code})
        readers[code] = {node.path for node in nodes if node.indicator == as_read}
    return {code: leaves for code, leaves in readers.items() if leaves}


FINDERS: dict[str, Callable[[Plan, Method], Found]] = {
    "normalisation": _normalisation,
    "treatment": _treatment,
    "weight_sets": _weight_sets,
    "weights": _weights,
    "aggregation": _aggregation,
    "leave_out": _leave_out,
}


def without_empty(nodes: Mapping[str, Node], gone: Iterable[str]) -> frozenset[str]:
    """Nodes that go, with every branch of which no child inside is left."""
    left = set(gone)
    for node in reversed(list(nodes.values())):
        inside = [path for path in node.children if path in nodes and nodes[path].inside]
        if inside and left.issuperset(inside):
            left.add(node.path)
    return frozenset(left)


def _by_level(
    plan: Plan, method: Method, key: str, given: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Name, levels and value of each input under a key that goes by level, or is given once for all levels."""
    levels = tuple(level.code for level in method.levels)
    for level, value in given.items():
        if level == ALL and len(given) > 1:
            raise plan.problem(f"{key}.{ALL}", "stands beside single levels", f"Write `{ALL}` alone, or levels alone.")
        if level != ALL and level not in levels:
            raise _unknown(plan, f"{key}.{level}", (f"level `{level}`", method), (ALL, *levels))
        yield (key, levels, value) if level == ALL else (f"{key}.{level}", (level,), value)


def _unknown(plan: Plan, key: str, found: tuple[str, Method], allowed: Iterable[str]) -> SpecError:
    what, method = found
    listed = list(allowed)
    more = " ..." if len(listed) > 12 else ""
    return plan.problem(key, f"{method.name} has no {what}", f"Allowed: {', '.join(listed[:12])}{more}.")


def _counted(method: Method) -> list[Node]:
    """The nodes below the root that are part of its score."""
    return [node for node in method.nodes.values() if node.parent is not None and method.counts(node.path)]


def _brothers(method: Method, node: Node) -> bool:
    assert node.parent is not None
    return sum(method.nodes[path].inside for path in method.nodes[node.parent].children) > 1
