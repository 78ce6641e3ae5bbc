"""One index built many times at once: which options each replication takes, and the places that come out.

Replications that share their scales, treatment and means are walked together, their weights as arrays; leaves are
prepared once for each scale and treatment. Memory is bounded by `CELLS`, whatever the number of replications.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cityreach.index.compute import Part, Scores, rounded_for_ranks
from cityreach.index.engine import Walk, score_tree
from cityreach.index.method import Node
from cityreach.index.plan import Input, without_empty
from cityreach.index.prepare import scaled, treated_by
from cityreach.index.rank import rank_competition
from cityreach.index.rows import Rows
from cityreach.index.schema import AggregateRule, NormaliseRule, TreatRule

Array = NDArray[np.float64]
Ranks = NDArray[np.signedinteger[Any]]  # rows x replications; 0: no score
Positions = NDArray[np.intp]
Columns = Mapping[str, Array]
CELLS = 2_000_000  # numbers that one walk holds at a time, about
TOGETHER = ("treatment", "normalisation", "aggregation")  # kinds of inputs that replications of one walk share


@dataclass(frozen=True)
class Case:
    """The index as published, the inputs, and the leaves' scores by the options of treatment and normalisation."""

    scores: Scores
    inputs: tuple[Input, ...]
    columns: Mapping[tuple[int, int], Columns] = field(default_factory=dict)


@dataclass(frozen=True)
class Design:
    """Replications: choices is replications x inputs, the number of the option or set of weights that each takes.

    factors: path -> what a weight is multiplied by in every set of weights drawn.
    """

    choices: Positions
    factors: Mapping[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.choices)


def columns_of(scores: Scores, treatment: TreatRule | None, normalisation: NormaliseRule | None) -> Columns:
    """The leaves' scores over all rows under another treatment and scale (None: the method's own).

    A treatment takes the place of every leaf's, but not where an indicator says `treat: none`; a scale that of every
    leaf's. DataError where a scale or a logarithm does not exist.
    """
    if treatment is None and normalisation is None:
        return scores.leaves.score
    leaves = {path: node for path, node in scores.method.nodes.items() if node.indicator is not None}
    values = scores.leaves.treated if treatment is None else _treated(scores, leaves, treatment)
    return {path: scaled(_on(node, normalisation), values[path], scores.leaves.rows) for path, node in leaves.items()}


def _on(node: Node, rule: NormaliseRule | None) -> Node:
    return node if rule is None else replace(node, normalise=rule)


def _treated(scores: Scores, leaves: Mapping[str, Node], rule: TreatRule) -> Columns:
    filled = scores.leaves.filled
    others = {path: _with_treatment(node, rule) for path, node in leaves.items()}
    found = treated_by(scores.method, others, dict(filled), scores.leaves.rows)
    return {path: found[path].values if path in found else filled[path] for path in leaves}


def _with_treatment(node: Node, rule: TreatRule) -> Node:
    indicator = node.indicator
    assert indicator is not None
    if indicator.treat is not None and indicator.treat.by == "none":
        return node
    return replace(node, indicator=indicator.model_copy(update={"treat": rule}))


def ranks_of(case: Case, design: Design, periods: Iterable[str]) -> tuple[Rows, Ranks]:
    """The rows of these periods, and their places among the units of their period in every replication."""
    wanted = set(periods)
    found = [(part, here) for part in case.scores.parts if len(here := _rows_in(part, wanted))]
    rows = case.scores.leaves.rows.take(np.concatenate([part.at[here] for part, here in found]))
    return rows, np.concatenate([_ranks(case, design, part, here) for part, here in found])


def _rows_in(part: Part, wanted: set[str]) -> Positions:
    numbers = [number for number, name in enumerate(part.rows.periods) if name in wanted]
    return np.flatnonzero(np.isin(part.rows.period, numbers))


def _ranks(case: Case, design: Design, part: Part, here: Positions) -> Ranks:
    """The places of some rows of one part."""
    period, rule = part.rows.period[here], case.scores.method.ranks
    ranks = np.zeros((len(here), len(design)), dtype=np.int16 if len(here) < 2**15 else np.int32)
    for members, root in root_scores(case, design, part, here):
        rounded = rounded_for_ranks(root, rule)
        for each in np.unique(period):
            at = np.flatnonzero(period == each)
            places = np.nan_to_num(rank_competition(rounded[at])).astype(ranks.dtype)
            ranks[np.ix_(at, members)] = places if places.ndim == 2 else places[:, None]
    return ranks


def root_scores(case: Case, design: Design, part: Part, here: Positions) -> Iterator[tuple[Positions, Array]]:
    """The root's scores of some rows, piece by piece: numbers of replications, and rows (x replications).

    DataError where a mean of a replication does not exist.
    """
    method = case.scores.method
    nodes = {path: node for path, node in part.walk.nodes.items() if method.counts(path)}
    scored = np.arange(len(part.at)) if _rows_hang_together(nodes) else here
    weighing = _Weighing.of(case, part, nodes)
    rows, absence = part.rows.take(scored), part.walk.absence.take(scored)
    for key, members in _groups(case, design):
        columns, aggregates = _chosen(case, key)
        leaves = {path: columns[path][part.at][scored] for path, node in nodes.items() if node.indicator is not None}
        walk = replace(part.walk, nodes=nodes, rows=rows, absence=absence, aggregates=aggregates, parts=False)
        for some in _pieces(members, len(scored) * _width(walk)):
            varied = replace(walk, weights=weighing.weights(walk, design, some))
            root = score_tree(varied, leaves).score[method.root]
            yield some, weighing.without_empty(root if len(scored) == len(here) else root[here], design, some)


def _rows_hang_together(nodes: Mapping[str, Node]) -> bool:
    """Whether a row's score hangs on other rows above the leaves, which a part of the rows would change."""
    return any(node.indicator is None and node.normalise is not None for node in nodes.values())


def _width(walk: Walk) -> int:
    """How many numbers a walk holds for each row and replication, about."""
    families = [len(node.children) for node in walk.nodes.values() if node.indicator is None]
    return len(families) + 4 * max(families)


def _pieces(members: Positions, cells: int) -> Iterator[Positions]:
    step = max(1, CELLS // cells)
    for start in range(0, len(members), step):
        yield members[start : start + step]


def _groups(case: Case, design: Design) -> Iterator[tuple[tuple[int, ...], Positions]]:
    """Replications that share what `TOGETHER` names: the options of all inputs (0 where they do not share them)."""
    shared = np.array([entry.kind in TOGETHER for entry in case.inputs], dtype=bool)
    keys, code = np.unique(np.where(shared, design.choices, 0), axis=0, return_inverse=True)
    order = np.argsort(code, kind="stable")
    ends = np.searchsorted(code[order], np.arange(1, len(keys)))
    for key, members in zip(keys, np.split(order, ends), strict=True):
        yield tuple(map(int, key)), members


def _chosen(case: Case, key: tuple[int, ...]) -> tuple[Columns, dict[str, AggregateRule]]:
    """The leaves' scores and the means of a group of replications."""
    chosen = {entry.kind: number for entry, number in zip(case.inputs, key, strict=True)}
    aggregates: dict[str, AggregateRule] = {}
    for entry, number in zip(case.inputs, key, strict=True):
        if entry.kind == "aggregation" and number:
            aggregates.update(dict.fromkeys(entry.parents, entry.options[number].rule))
    return case.columns[chosen.get("treatment", 0), chosen.get("normalisation", 0)], aggregates


@dataclass(frozen=True)
class _Weighing:
    """The weights of the children that the inputs move: by path, one number an option."""

    families: Mapping[str, tuple[str, ...]]  # parent -> its children
    base: Mapping[str, Array]  # by option of `weight_sets`
    summed: Mapping[str, Array]  # the same for a parent that is a weighted sum
    kept: Mapping[str, Array]  # 1, or 0 where an option of `leave_out` leaves the node out
    column: Mapping[str, int]  # the input that draws the weight, else the kind of input
    empty: NDArray[np.bool_]  # by option of `leave_out`: whether nothing of this tree is left

    @classmethod
    def of(cls, case: Case, part: Part, nodes: Mapping[str, Node]) -> _Weighing:
        numbers = {entry.kind: number for number, entry in enumerate(case.inputs)}
        sets = _options(case, numbers.get("weight_sets"))
        gone = [without_empty(nodes, option.paths) for option in _options(case, numbers.get("leave_out"))]
        drawn = {path: number for number, entry in enumerate(case.inputs) for path in entry.spread}
        moved = set(drawn).union(part.tree.derived, *gone, *(option.weights for option in sets))
        inside = {path: tuple(child for child in node.children if child in nodes) for path, node in nodes.items()}
        families = {path: children for path, children in inside.items() if moved.intersection(children)}
        below = [child for children in families.values() for child in children]
        own = {path: part.tree.derived.get(path, nodes[path].weight or 0.0) for path in below}
        given = {path: part.tree.derived.get(path, nodes[path].given) for path in below}
        file = {path: part.tree.derived.get(path, case.scores.method.nodes[path].given) for path in below}
        named = {path: [option.weights.get(path, file[path]) for option in sets[1:]] for path in below}
        return cls(
            families,
            {path: np.array([own[path], *named[path]]) for path in below},
            {path: np.array([given[path], *named[path]]) for path in below},
            {path: _stays(path, nodes[path].parent, gone) for path in below},
            {**drawn, **{kind: numbers[kind] for kind in ("weight_sets", "leave_out") if kind in numbers}},
            np.array([case.scores.method.root in away for away in gone], dtype=bool),
        )

    def without_empty(self, root: Array, design: Design, members: Positions) -> Array:
        """The root's scores, NaN where nothing of the tree is left."""
        if not self.empty.any():
            return root
        nothing = self.empty[design.choices[members, self.column["leave_out"]]]
        return np.where(nothing, np.nan, root if root.ndim == 2 else root[:, None])

    def weights(self, walk: Walk, design: Design, members: Positions) -> dict[str, Array]:
        """The weights of some replications, or one number for all of them where none moves."""
        chosen = {name: design.choices[members, number] for name, number in self.column.items()}
        sets, gone = chosen.get("weight_sets"), chosen.get("leave_out")
        found: dict[str, Array] = {}
        for parent, children in self.families.items():
            summed = walk.rule(walk.nodes[parent]).by == "sum"
            table = self.summed if summed else self.base
            start = [_taken(table[path], sets) for path in children]
            moved = [self._moved(path, each, design, chosen) for path, each in zip(children, start, strict=True)]
            scale = sum(start) / sum(moved) if summed else 1.0
            kept = [_taken(self.kept[path], gone) for path in children]
            found.update({path: w * scale * k for path, w, k in zip(children, moved, kept, strict=True)})
        return found

    def _moved(self, path: str, weight: Array, design: Design, chosen: Mapping[str, Positions]) -> Array:
        return weight * design.factors[path][chosen[path]] if path in design.factors and path in chosen else weight


def _stays(path: str, parent: str | None, gone: Sequence[frozenset[str]]) -> Array:
    """1, or 0 where an option leaves the node out; not below one that is left out as a whole."""
    stays = [path not in away or parent in away for away in gone]
    return np.array(stays or [True], dtype=float)


def _options(case: Case, number: int | None) -> tuple[Any, ...]:
    return () if number is None else case.inputs[number].options


def _taken(table: Array, chosen: Positions | None) -> Array:
    return table[0] if chosen is None else table[chosen]
