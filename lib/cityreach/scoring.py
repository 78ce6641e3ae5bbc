"""The index of an edition: the METRICS table given to the engine (`cityreach.index`), and its scores as SCORES.

This is where editions, platforms and windows meet the engine, which knows nothing of them: a platform that an edition
does not have is cut from its tree, and a flow is brought to its basis by the length of the edition's window.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from cityreach import tables
from cityreach.edition import Edition
from cityreach.errors import UnknownNameError
from cityreach.index import Method, Scores
from cityreach.index import compute as compute_scores
from cityreach.index.method import Node, WeightRow, nodes_of

PLATFORM = "platform"  # the `source` key by which an edition's platform set cuts the tree


def compute(method: Method, metrics: pd.DataFrame, *, editions: Sequence[Edition]) -> pd.DataFrame:
    """The SCORES table of the editions named, from the METRICS table (any number of editions, long).

    A platform of an edition that the method has no branch for is not scored. Rows: editions as given, nodes in the
    tree's order, cities by id. value: a leaf's figure as measured (before the 30-day basis). weight: share in the
    parent's score in this city (0: left out; 1: the root; null: ranked alone). contribution: points in the parent's
    score. Null score: no place. DataError for an edition or column that the data lack, UnknownNameError for an
    edition of which no platform is scored.
    """
    return as_scores(score(method, metrics, editions=editions))


def as_scores(scores: Scores) -> pd.DataFrame:
    """The engine's table as SCORES: periods are editions, units are cities."""
    return tables.conform(scores.table.rename(columns={"period": "edition", "unit": "city_id"}), "scores")


def score(method: Method, metrics: pd.DataFrame, *, editions: Sequence[Edition]) -> Scores:
    """The same with all the steps before, as the engine gives it."""
    for edition in editions:
        check_scored(method, edition)
    days = metrics["edition"].map({edition.id: edition.window.days for edition in editions})
    keep = {edition.id: platforms_of(edition) for edition in editions}
    return compute_scores(method, metrics.assign(days=days), keep=keep, silent=True)


def platforms_of(edition: Edition) -> dict[str, Collection[str]]:
    """The branches of a method that an edition has."""
    return {PLATFORM: set(edition.platforms)}


def nodes(method: Method, edition: Edition) -> dict[str, Node]:
    """The method's tree as it is in an edition."""
    return nodes_of(method, platforms_of(edition))


def weight_table(method: Method, edition: Edition) -> list[WeightRow]:
    """The weights of the method's tree as it is in an edition."""
    return method.weight_table(platforms_of(edition))


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
