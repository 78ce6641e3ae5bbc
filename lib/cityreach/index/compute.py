"""The engine's door: a method and a table of figures in, the table of scores out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach import tables
from cityreach.edition import Edition
from cityreach.errors import UnknownNameError
from cityreach.index import source
from cityreach.index.engine import Tree, score_tree
from cityreach.index.method import PLATFORM, Method, Node, load_method, nodes_of
from cityreach.index.normalise import leaf_score
from cityreach.index.rank import rank_competition, round_significant, tied

__all__ = ["check_scored", "compute", "compute_table", "load_method"]

Array = NDArray[np.float64]
Nodes = Mapping[str, Node]


def compute(method: Method, metrics: pd.DataFrame, *, editions: Sequence[Edition]) -> pd.DataFrame:
    """The SCORES table of the editions named, from the METRICS table (any number of editions, long).

    A branch of a platform that an edition does not have is cut from its tree; a platform of an edition that the method
    has no branch for is not scored. Rows: editions as given, nodes in the
    tree's order, cities by id. value: a leaf's figure as measured (before the 30-day basis). weight: share in the
    parent's score in this city (0: left out; 1: the root; null: ranked alone). contribution: points in the parent's
    score. Null score: no place. DataError for an edition or column that the data lack,
    UnknownNameError for an edition of which no platform is scored.
    """
    for edition in editions:
        check_scored(method, edition)
    days = {edition.id: edition.window.days for edition in editions}
    trees = [nodes_of(method, {PLATFORM: set(edition.platforms)}) for edition in editions]
    return _scores(method, source.read(metrics, days, method.nodes.values()), trees)


def compute_table(method: Method, table: pd.DataFrame, *, unit: str) -> pd.DataFrame:
    """The scores of a plain table with one row a unit; columns as in `compute`, with the unit's name as `city_id`."""
    rows = table.rename(columns={unit: "city_id"}).assign(edition="")
    return _scores(method, source.read(rows, {"": 1}, method.nodes.values()), [method.nodes])


def check_scored(method: Method, edition: Edition) -> None:
    """UnknownNameError where the method has a node for none of the edition's platforms.

    A platform without a node is measured and not scored; an edition of none but such platforms has no index.
    """
    known = {node.source[PLATFORM] for node in method.nodes.values() if PLATFORM in node.source}
    if not known & set(edition.platforms):
        raise UnknownNameError(
            f"Edition {edition.id}: {method.name} scores none of its platforms ({', '.join(edition.platforms)}), only "
            f"{', '.join(sorted(known))}. Copy data/methods/{method.name}.yml to a new version with a node for them "
            "and name that in the edition's `method`."
        )


def _scores(method: Method, figures: source.Figures, trees: Sequence[Nodes]) -> pd.DataFrame:
    """Leaves are scored over all editions at once (a scale may span them), then each edition's own tree."""
    units = figures.units
    values = source.leaf_values(method.nodes, figures)
    leaves = {
        path: leaf_score(method.nodes[path], column, days=units.days, periods=units.edition)
        for path, column in values.items()
    }
    absence = source.absence_of(method, method.nodes, figures)
    frames = []
    for number, nodes in enumerate(trees):
        rows = np.flatnonzero(units.edition == number)
        tree = score_tree(method, nodes, _take(leaves, nodes, rows), absence.take(rows))
        columns = _columns(nodes, _take(values, nodes, rows), tree)
        frames.append(_frame(columns, method.ranks.significant, names=(units.editions[number], units.city_id[rows])))
    return tables.conform(pd.concat(frames, ignore_index=True), "scores")


def _take(columns: Mapping[str, Array], nodes: Nodes, rows: NDArray[np.intp]) -> dict[str, Array]:
    """The columns of these nodes in these rows."""
    return {path: column[rows] for path, column in columns.items() if path in nodes}


@dataclass(frozen=True)
class _Columns:
    """The numbers of the scores table as nodes x units."""

    nodes: list[str]
    value: Array
    score: Array
    weight: Array
    contribution: Array


def _columns(nodes: Nodes, values: Mapping[str, Array], tree: Tree) -> _Columns:
    """The root enters with weight 1 and its whole score; a node ranked alone has neither."""
    blank = np.full(len(tree.score[next(iter(nodes))]), np.nan)
    root = next(iter(nodes))
    weight = {**tree.weight, root: np.ones_like(blank)}
    contribution = {**tree.contribution, root: tree.score[root]}
    stacked = [
        np.vstack([column.get(path, blank) for path in nodes]) for column in (values, tree.score, weight, contribution)
    ]
    return _Columns(list(nodes), *stacked)


def _frame(columns: _Columns, significant: int, *, names: tuple[str, NDArray[np.object_]]) -> pd.DataFrame:
    edition, cities = names
    rounded = round_significant(columns.score, significant).T
    nodes, units = np.arange(len(columns.nodes)), np.arange(len(cities))
    return pd.DataFrame(
        {
            "edition": _words([edition], np.zeros(len(nodes) * len(units), dtype=np.intp)),
            "city_id": _words(cities, np.tile(units, len(nodes))),
            "node": _words(columns.nodes, np.repeat(nodes, len(units))),
            **{name: getattr(columns, name).ravel() for name in ("value", "score", "weight", "contribution")},
            "rank": rank_competition(rounded).T.ravel(),
            "tied": tied(rounded).T.ravel(),
        }
    )


def _words(words: Sequence[str] | NDArray[np.object_], at: NDArray[np.intp]) -> Any:
    """A text column by positions in a short list of words."""
    return pd.array(words, dtype="str").take(at)
