"""A unit between two periods: some of its leaves as they are now, the others as they were before, scored by the engine.

A leaf's state is its score (or that it has none) and what the data's status says of it; a branch whose status differs
is as before while all its leaves are, as now once all are, and between the two it is there if it is there in either.
What differs between the periods beside the unit itself (the other units, the tree) is a context: that of before, or
that of now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cityreach.errors import UnknownNameError
from cityreach.index.aggregate import CONTEXT, RULES
from cityreach.index.compute import Part, Scores
from cityreach.index.engine import Absence, Walk, score_tree
from cityreach.index.method import Method, Node
from cityreach.index.normalise import ABSOLUTE

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Status = tuple[int, bool]  # what the parent does where there is no score, and whether the data rule the node out
CELLS = 4_000_000  # numbers of all leaves together that are scored at a time
AWAY: Status = (RULES["reweight"], True)
BEFORE, NOW, BETWEEN = 0, 1, 2


@dataclass(frozen=True)
class Place:
    """Where a unit stands in a period: the part of the scores, and its row there."""

    part: Part
    row: int

    def has(self, path: str) -> bool:
        return path in self.part.walk.nodes

    def score(self, path: str) -> float:
        """A node's score, NaN where it has none."""
        return float(self.part.tree.score[path][self.row]) if self.has(path) else np.nan

    def weight(self, path: str) -> float:
        """A node's share in its parent's score, 0 where it is not there."""
        return float(self.part.tree.weight[path][self.row]) if self.has(path) else 0.0

    def status(self, path: str) -> Status:
        if not self.has(path):
            return AWAY
        absence = self.part.walk.absence
        rule = absence.rules[path][self.row] if path in absence.rules else RULES["reweight"]
        return int(rule), bool(absence.ruled_out[path][self.row])


def place_of(scores: Scores, unit: str, period: str) -> Place:
    """Where a unit stands in a period; UnknownNameError where it has no row there."""
    for part in scores.parts:
        periods = np.array(part.rows.periods, dtype=object)[part.rows.period]
        found = np.flatnonzero((periods == period) & (part.rows.unit == unit))
        if len(found):
            return Place(part, int(found[0]))
    raise UnknownNameError(
        f"The scores hold no unit `{unit}` in period `{period}`. Name a unit and a period of the data."
    )


@dataclass(frozen=True)
class Pair:
    """A unit before and now, with the nodes below `top` that make its score in one of the two, parents first."""

    before: Place
    now: Place
    top: str
    nodes: Mapping[str, Node]

    @property
    def places(self) -> tuple[Place, Place]:
        return self.before, self.now

    def leaves(self, path: str | None = None) -> list[str]:
        """The leaves at or below a node, in the tree's order."""
        node = self.nodes[path or self.top]
        if node.indicator is not None:
            return [node.path]
        below = [child for child in node.children if child in self.nodes]
        return [leaf for child in below for leaf in self.leaves(child)]

    def moved(self) -> list[str]:
        """The leaves whose state is not the same in both periods."""
        return [leaf for leaf in self.leaves() if not self._stayed(leaf)]

    def _stayed(self, leaf: str) -> bool:
        one, two = self.before.score(leaf), self.now.score(leaf)
        alike = one == two or (np.isnan(one) and np.isnan(two))
        return alike and not any(self.turned(path) for path in self.way(leaf))

    def way(self, path: str) -> Iterator[str]:
        """A node and those above it, up to the top."""
        yield path
        while path != self.top:
            path = str(self.nodes[path].parent)
            yield path

    def turned(self, path: str) -> bool:
        """Whether the data's status of a node is another now, in a way that can make a difference."""
        (rule, out), (rule_now, out_now) = (place.status(path) for place in self.places)
        return rule != rule_now or (out != out_now and self._counts_absent(path))

    def _counts_absent(self, path: str) -> bool:
        """Whether a branch without any figure would still have a score: something below it counts as zero."""
        below = [child for child in self.nodes[path].children if child in self.nodes]
        statuses = [place.status(child) for child in below for place in self.places]
        return any(rule == RULES["zero"] for rule, _ in statuses) or any(map(self._counts_absent, below))

    def hangs_on_others(self) -> bool:
        """Whether a score below the top is made with the other units' scores."""
        return any(_hangs_on_others(node) for node in self.nodes.values())

    def is_linear(self) -> bool:
        """Whether every score is a weighted mean or sum of those below it, times a number at most."""
        return all(_is_linear(node) for node in self.nodes.values())


def pair_of(scores: Scores, unit: str, now: str, before: str, top: str) -> Pair:
    """A unit in two periods, below a node; UnknownNameError for a unit, period or node that the scores do not hold."""
    places = place_of(scores, unit, before), place_of(scores, unit, now)
    for place, period in zip(places, (before, now), strict=True):
        if not place.has(top):
            raise UnknownNameError(
                f"No score of `{unit}` on `{top}` in period `{period}`. The nodes of {scores.method.name} begin with: "
                f"{', '.join(list(place.part.walk.nodes)[:8])}."
            )
    nodes = _union(scores.method, *(place.part.walk.nodes for place in places))
    return Pair(*places, top, _below(top, nodes))


def _union(method: Method, one: Mapping[str, Node], two: Mapping[str, Node]) -> Mapping[str, Node]:
    """The tree of both periods, in which brothers share the weight anew."""
    if one.keys() == two.keys():
        return two
    nodes = {path: two.get(path) or one[path] for path in method.nodes if path in one or path in two}
    whole = {path: sum(nodes[child].given for child in _inside(method, nodes, path)) for path in nodes}
    return {
        path: replace(
            node,
            children=tuple(child for child in method.nodes[path].children if child in nodes),
            weight=node.given / whole[str(node.parent)] if node.inside else None,
        )
        for path, node in nodes.items()
    }


def _inside(method: Method, nodes: Mapping[str, Node], path: str) -> list[str]:
    return [child for child in method.nodes[path].children if child in nodes and nodes[child].inside]


def _below(top: str, nodes: Mapping[str, Node]) -> dict[str, Node]:
    kept: dict[str, Node] = {}
    for path, node in nodes.items():
        if path == top or (node.inside and node.parent in kept):
            kept[path] = node
    return kept


def _hangs_on_others(node: Node) -> bool:
    if node.aggregate is None:  # a leaf's scale lies before its score
        return False
    return node.aggregate.by in CONTEXT or (
        node.normalise is not None
        and (
            node.normalise.by not in ABSOLUTE
            or any(isinstance(bound, str) for bound in node.normalise.parameters.values())
        )
    )


def _is_linear(node: Node) -> bool:
    if node.aggregate is None:
        return True
    plain = node.scale is None or (node.scale.power == 1 and node.scale.plus == 0)
    return node.aggregate.by in ("arithmetic", "sum") and plain and node.normalise is None


@dataclass(frozen=True)
class Mixer:
    """Scores the top of a pair in one context for any mix of its moved leaves: states x leaves, True where as now."""

    pair: Pair
    walk: Walk
    row: int
    columns: Mapping[str, Array]
    moved: Sequence[str]

    def worth(self, moved: Mask) -> Array:
        """The top's score in every state; 0 where there is none."""
        found = np.empty(len(moved))
        step = max(1, CELLS // (len(self.columns) * len(self.walk.rows)))
        for statuses, states in self._alike(moved):
            walk = replace(self.walk, absence=self._absence(statuses))
            for start in range(0, len(states), step):
                chunk = states[start : start + step]
                found[chunk] = self._score(walk, moved[chunk])
        return found

    def _score(self, walk: Walk, moved: Mask) -> Array:
        columns: dict[str, Array] = dict(self.columns)
        for number, leaf in enumerate(self.moved):
            columns[leaf] = np.repeat(self.columns[leaf][:, None], len(moved), axis=1)
            scores = (place.score(leaf) for place in self.pair.places)
            columns[leaf][self.row] = np.choose(moved[:, number].astype(int), list(scores))
        with np.errstate(invalid="ignore"):  # a mix can have no score where both periods have one
            return np.nan_to_num(score_tree(walk, columns).score[self.pair.top][self.row])

    def _alike(self, moved: Mask) -> Iterator[tuple[dict[str, Status], NDArray[np.intp]]]:
        """The states in which the data say the same of every node, with what they say of those that turned."""
        turned = [path for path in self.pair.nodes if self.pair.turned(path)]
        keys: list[NDArray[Any]] = [self._stage(path, moved) for path in turned]
        if self.pair.hangs_on_others():  # who takes part at all must be the same in all states of a call
            keys += [moved[:, number] for number, leaf in enumerate(self.moved) if self._comes_or_goes(leaf)]
        if not keys:
            yield {}, np.arange(len(moved))
            return
        stages, kind = np.unique(np.column_stack(keys), axis=0, return_inverse=True)
        for number, stage in enumerate(stages):
            named = zip(turned, stage[: len(turned)], strict=True)
            yield {path: self._status(path, int(at)) for path, at in named}, np.flatnonzero(kind.ravel() == number)

    def _comes_or_goes(self, leaf: str) -> bool:
        return np.isnan(self.pair.before.score(leaf)) != np.isnan(self.pair.now.score(leaf))

    def _stage(self, path: str, moved: Mask) -> NDArray[np.intp]:
        """BEFORE, NOW or BETWEEN, by the leaves below a node."""
        below = set(self.pair.leaves(path))
        own = moved[:, [number for number, leaf in enumerate(self.moved) if leaf in below]]
        return np.where(own.all(axis=1), NOW, np.where(own.any(axis=1), BETWEEN, BEFORE))

    def _status(self, path: str, stage: int) -> Status:
        statuses = [place.status(path) for place in self.pair.places]
        if stage != BETWEEN:
            return statuses[stage]
        there = [status for status in statuses if not status[1]] or statuses
        return max(rule for rule, _ in there), all(out for _, out in statuses)

    def _absence(self, statuses: Mapping[str, Status]) -> Absence:
        """The walk's own, with these statuses in the unit's row."""
        if not statuses:
            return self.walk.absence
        rules, ruled_out = dict(self.walk.absence.rules), dict(self.walk.absence.ruled_out)
        for path, (rule, out) in statuses.items():
            if path in rules:  # the root has none
                rules[path] = _with(rules[path], self.row, rule)
            ruled_out[path] = _with(ruled_out[path], self.row, out)
        return Absence(rules, ruled_out)


def _with(column: NDArray[Any], row: int, value: Any) -> NDArray[Any]:
    changed = column.copy()
    changed[row] = value
    return changed


def mixers(scores: Scores, pair: Pair, moved: Sequence[str]) -> list[Mixer]:
    """One mixer where the unit's own leaves decide; else one in the context of before and one in that of now."""
    others = pair.hangs_on_others()
    same = pair.before.part is pair.now.part or not (pair.before.part.tree.derived or pair.now.part.tree.derived)
    places = pair.places if others or not same else pair.places[1:]
    return [_mixer(scores, pair, moved, place, others=others) for place in places]


def _mixer(scores: Scores, pair: Pair, moved: Sequence[str], place: Place, *, others: bool) -> Mixer:
    """others: whether the other units' rows are needed."""
    part = place.part
    rows = np.arange(len(part.rows)) if others else np.array([place.row])
    row = int(np.flatnonzero(rows == place.row)[0])
    walk = replace(
        part.walk, nodes=pair.nodes, rows=part.rows.take(rows), absence=_absence(pair, place, rows, row),
        weights={**part.tree.derived, **part.walk.weights}, parts=False, strict=False,
    )  # fmt: skip
    columns = {
        leaf: scores.leaves.score[leaf][part.at[rows]] if place.has(leaf) else np.full(len(rows), np.nan)
        for leaf in pair.leaves()
    }
    return Mixer(pair, walk, row, columns, moved)


def _absence(pair: Pair, place: Place, rows: NDArray[np.intp], row: int) -> Absence:
    """What the data say in a context; of the unit's own nodes only what they say in both periods.

    A node that is not in the context's tree is ruled out there. Where the unit's node is ruled out in one period alone,
    its leaves have no score in it, which says as much (unless `Pair.turned`, which a mixer looks after).
    """
    absence = place.part.walk.absence.take(rows)
    rules, ruled_out = dict(absence.rules), dict(absence.ruled_out)
    for path in pair.nodes:
        if not place.has(path):
            rules[path], ruled_out[path] = np.full(len(rows), AWAY[0], dtype=np.int8), np.ones(len(rows), dtype=bool)
        if pair.before.status(path)[1] != pair.now.status(path)[1]:
            ruled_out[path] = _with(ruled_out[path], row, False)
    return Absence(rules, ruled_out)
