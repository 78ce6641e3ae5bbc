"""The engine's door: a method and a table of figures in, the table of scores out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach import tables
from cityreach.edition import Edition
from cityreach.errors import UnknownNameError
from cityreach.index import source
from cityreach.index.engine import Tree, score_tree
from cityreach.index.method import Method, Node, load_method, nodes_of
from cityreach.index.normalise import leaf_score
from cityreach.index.rank import rank_competition, round_significant, tied

__all__ = ["compute", "compute_table", "load_method"]

PLATFORM = "platform"  # the source key that an edition's `platforms` cuts the tree by
Array = NDArray[np.float64]
Nodes = Mapping[str, Node]


def compute(method: Method, metrics: pd.DataFrame, *, editions: Sequence[Edition]) -> pd.DataFrame:
    """The SCORES table of the editions named, from the METRICS table (any number of editions, long).

    A branch of a platform that an edition does not have is cut from its tree. Rows: editions as given, nodes in the
    tree's order, cities by id. value: a leaf's figure as measured (before the 30-day basis). weight: share in the
    parent's score in this city (0: left out; 1: the root; null: ranked alone). contribution: points in the parent's
    score. Null score: no place. DataError for an edition or column that the data lack.
    """
    frames: dict[str, pd.DataFrame] = {}
    for kept in sorted({tuple(sorted(edition.platforms)) for edition in editions}):
        group = [edition for edition in editions if tuple(sorted(edition.platforms)) == kept]
        frames |= _compute_alike(method, metrics, group)
    joined = pd.concat([frames[edition.id] for edition in editions], ignore_index=True)
    return tables.conform(joined, "scores")


def compute_table(method: Method, table: pd.DataFrame, *, unit: str) -> pd.DataFrame:
    """The scores of a plain table with one row a unit; columns as in `compute`, with the unit's name as `city_id`."""
    rows = table.rename(columns={unit: "city_id"}).assign(edition="")
    return tables.conform(_scores(method, dict(method.nodes), source.units_of(rows, {"": 1}))[""], "scores")


def _compute_alike(method: Method, metrics: pd.DataFrame, editions: list[Edition]) -> dict[str, pd.DataFrame]:
    """Editions with the same platforms, in one run over all of them."""
    for edition in editions:
        _check_known(method, edition)
    nodes = nodes_of(method, {PLATFORM: set(editions[0].platforms)})
    days = {edition.id: edition.window.days for edition in editions}
    return _scores(method, nodes, source.units_of(metrics, days))


def _check_known(method: Method, edition: Edition) -> None:
    known = {node.source[PLATFORM] for node in method.nodes.values() if PLATFORM in node.source}
    strange = [platform for platform in edition.platforms if platform not in known]
    if strange:
        raise UnknownNameError(
            f"Edition {edition.id} has the platform `{strange[0]}`, which {method.name} does not know "
            f"({', '.join(sorted(known))}). Remove it from the edition's `platforms` or add it to a new method version."
        )


def _scores(method: Method, nodes: Nodes, data: tuple[source.Units, source.Figures]) -> dict[str, pd.DataFrame]:
    """One frame an edition."""
    units, figures = data
    values = source.leaf_values(nodes, figures)
    leaves = {
        path: leaf_score(nodes[path], column, days=units.days, periods=units.edition) for path, column in values.items()
    }
    absence = source.absence_of(method, nodes, figures)
    columns = _columns(nodes, values, score_tree(method, nodes, leaves, absence))
    parts = {}
    for number, edition in enumerate(units.editions):
        rows = np.flatnonzero(units.edition == number)
        parts[edition] = _frame(columns, rows, edition=(edition, units, method))
    return parts


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


def _frame(columns: _Columns, rows: NDArray[np.intp], *, edition: tuple[str, source.Units, Method]) -> pd.DataFrame:
    name, units, method = edition
    rounded = round_significant(columns.score[:, rows], method.ranks.significant).T
    numbers = {key: getattr(columns, key)[:, rows].ravel() for key in ("value", "score", "weight", "contribution")}
    cities = units.city_id[rows]
    return pd.DataFrame(
        {
            "edition": pd.Series([name], dtype="str").repeat(len(columns.nodes) * len(rows)).array,
            "city_id": np.tile(cities, len(columns.nodes)),
            "node": np.repeat(np.array(columns.nodes, dtype=object), len(rows)),
            **numbers,
            "rank": rank_competition(rounded).T.ravel(),
            "tied": tied(rounded).T.ravel(),
        }
    )
