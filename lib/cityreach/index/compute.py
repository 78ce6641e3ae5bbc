"""The engine's door: a method and a table of figures in, scores with all that led to them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.errors import UnknownNameError
from cityreach.index import source
from cityreach.index.engine import Absence, Tree, Walk, score_tree
from cityreach.index.method import Keep, Method, Node, nodes_of
from cityreach.index.prepare import Leaves, prepare
from cityreach.index.rank import comparable, rank_competition, tied
from cityreach.index.rows import Rows
from cityreach.index.schema import Ranks

Array = NDArray[np.float64]
Nodes = Mapping[str, Node]


@dataclass(frozen=True)
class Part:
    """Some periods that share one tree: its nodes, the positions of their rows in the leaves, the walk over it."""

    walk: Walk
    at: NDArray[np.intp]
    tree: Tree

    @property
    def rows(self) -> Rows:
        return self.walk.rows


@dataclass(frozen=True)
class Scores:
    """What a method makes of a table.

    table: period, unit, node, value, score, weight, contribution, rank, tied; periods and nodes in their order, units
    sorted. value: a leaf's figure as measured. weight: share in the parent's score in this row (0: left out; 1: the
    root; null: ranked alone). contribution: points in the parent's score. Null score: no place. `leaves` and `parts`
    hold the steps before, by node.
    """

    method: Method
    table: pd.DataFrame
    leaves: Leaves
    parts: tuple[Part, ...]

    @property
    def dropped(self) -> dict[str, str]:
        """The units that were screened out, with the reason."""
        return dict(self.leaves.dropped)

    def wide(self, column: str = "score") -> pd.DataFrame:
        """One column of the table as period and unit x nodes."""
        wide = self.table.pivot(index=["period", "unit"], columns="node", values=column)
        return wide[list(dict.fromkeys(self.table["node"]))]


def compute(
    method: Method,
    data: pd.DataFrame,
    *,
    keep: Mapping[str, Keep] | None = None,
    weights: str | None = None,
    silent: bool = False,
) -> Scores:
    """The scores of a table: one row a unit and period, or as the method's `table` says (see `source`).

    keep: the periods to be scored, in order, each with the `source` values whose branches it has (`method.nodes_of`).
    weights: the name of one of the method's `weight_sets`. silent: units without any figure stay, without a score;
    otherwise they are refused. DataError names unit, indicator or cell, and the remedy.
    """
    figures = source.read(method, data, list(keep) if keep else None)
    leaves = prepare(method, method.nodes, figures, silent=silent)
    absence = source.absence_of(method, method.nodes, figures).take(leaves.kept)
    chosen = _weight_set(method, weights)
    parts = tuple(
        _part(Walk(method, _tree(method, kept, chosen), leaves.rows.take(at), absence.take(at)), leaves, at)
        for kept, at in _trees(leaves.rows, keep)
    )
    return Scores(method, pd.concat([_frame(part, leaves) for part in parts], ignore_index=True), leaves, parts)


def _weight_set(method: Method, name: str | None) -> dict[str, float]:
    if name is None:
        return {}
    if name not in method.weight_sets:
        raise UnknownNameError(
            f"{method.name} has no weight set `{name}`; it has: {', '.join(method.weight_sets) or 'none'}. Name one."
        )
    return method.weight_sets[name].weights


def _tree(method: Method, keep: Keep, weights: Mapping[str, float]) -> Nodes:
    """The method's tree, made anew only where something of it is cut or weighted otherwise."""
    return nodes_of(method, keep, weights) if keep or weights else method.nodes


def _trees(rows: Rows, keep: Mapping[str, Keep] | None) -> list[tuple[Keep, NDArray[np.intp]]]:
    """Periods in a row that keep the same branches, with the positions of their rows."""
    if keep is None:
        return [({}, np.arange(len(rows)))]
    return [(kept, np.flatnonzero(rows.period == number)) for number, kept in enumerate(keep.values())]


def _part(walk: Walk, leaves: Leaves, at: NDArray[np.intp]) -> Part:
    scores = {path: column[at] for path, column in leaves.score.items() if path in walk.nodes}
    return Part(walk, at, score_tree(walk, scores))


def _frame(part: Part, leaves: Leaves) -> pd.DataFrame:
    """The rows of the scores table of one part, period by period."""
    numbers = _numbers(part, leaves)
    pieces = [
        _piece(part, numbers, np.flatnonzero(part.rows.period == period)) for period in np.unique(part.rows.period)
    ]
    return pd.concat(pieces, ignore_index=True)


def _numbers(part: Part, leaves: Leaves) -> dict[str, Array]:
    """The numbers of the table as nodes x rows: the root has weight 1 and its whole score, a node ranked alone none."""
    nodes, tree = part.walk.nodes, part.tree
    blank, root = np.full(len(part.at), np.nan), next(iter(nodes))
    values = {path: column[part.at] for path, column in leaves.raw.items()}
    weight = {**tree.weight, root: np.ones_like(blank)}
    contribution = {**tree.contribution, root: tree.score[root]}
    columns = {"value": values, "score": tree.score, "weight": weight, "contribution": contribution}
    return {name: np.vstack([found.get(path, blank) for path in nodes]) for name, found in columns.items()}


def _piece(part: Part, numbers: Mapping[str, Array], at: NDArray[np.intp]) -> pd.DataFrame:
    names, rows = list(part.walk.nodes), part.rows
    rounded = rounded_for_ranks(numbers["score"][:, at], part.walk.method.ranks).T
    nodes, units = np.arange(len(names)), np.arange(len(at))
    return pd.DataFrame(
        {
            "period": _words([rows.periods[rows.period[at[0]]]], np.zeros(len(nodes) * len(units), dtype=np.intp)),
            "unit": _words(rows.unit[at], np.tile(units, len(nodes))),
            "node": _words(names, np.repeat(nodes, len(units))),
            **{name: values[:, at].ravel() for name, values in numbers.items()},
            "rank": pd.Series(rank_competition(rounded).T.ravel()).astype("Int64").array,
            "tied": tied(rounded).T.ravel(),
        }
    )


def rounded_for_ranks(scores: Array, rule: Ranks) -> Array:
    """Scores as they are compared: to the published decimals, else to significant digits."""
    return comparable(scores, significant=rule.significant, decimals=rule.decimals)


def _words(words: Sequence[str] | NDArray[np.object_], at: NDArray[np.intp]) -> Any:
    """A text column by positions in a short list of words."""
    return pd.array(words, dtype="str").take(at)


__all__ = ["Absence", "Part", "Scores", "compute", "rounded_for_ranks"]
