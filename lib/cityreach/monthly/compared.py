"""An edition beside the one before it and beside the same month of the year before, as frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cityreach import comparing, store
from cityreach.edition import Edition
from cityreach.insight import changes, themes, totals

if TYPE_CHECKING:
    from cityreach.monthly.analysis import Analysis

ROOT = "composite"
PLACES = {"city_id": "str", "node": "str", "carried": "boolean"}
BEFORE, AGO = "previous_edition", "year_ago"


def comparable(analysis: Analysis, other: Edition, node: str) -> bool:
    """Whether the places of two editions may be compared, as they are or on the panel that both share."""
    return set(analysis.against(other, node)) <= {"panel"}


def moves(analysis: Analysis, other: Edition | None) -> pd.DataFrame:
    """Places of every comparable node against another edition, with their certainty: changes.MOVED and node."""
    columns = {name: pd.Series(dtype=PLACES.get(name, "Int64")) for name in (*changes.MOVED, "node")}
    nodes = [node for node in (ROOT, *analysis.scored) if other is not None and comparable(analysis, other, node)]
    if other is None or not nodes:
        return pd.DataFrame(columns)
    scores, ids = analysis.heads, (analysis.edition.id, other.id)
    if "panel" in analysis.against(other, nodes[0]):
        scores = comparing.on_panel(scores, comparing.common_panel(scores, ids))
    drawn = [_drawn(analysis, each, nodes) for each in ids]
    found = []
    for node in nodes:
        moved = comparing.movements(scores, *ids, node=node)
        sides = [each.get(node) for each in drawn]
        gained = changes.gains(sides[0], sides[1]) if sides[0] and sides[1] else None
        found.append(changes.with_certainty(moved, gained).assign(node=node))
    return pd.concat(found, ignore_index=True)


def _drawn(analysis: Analysis, edition_id: str, nodes: list[str]) -> changes.Drawn:
    return changes.drawn_scores(analysis.scores, edition_id, nodes, analysis.method, analysis.weight_factors)


def with_history(analysis: Analysis) -> pd.DataFrame:
    """`moves` against the edition before, with each city's change of score beside its own earlier ones."""
    moved = moves(analysis, analysis.before)
    own = [_own(analysis, node).assign(node=node) for node in dict.fromkeys(moved["node"])]
    names = [name for name in changes.OWN if name != "city_id"]
    if not own:
        return moved.assign(**{name: pd.Series(dtype="Float64") for name in names})
    return moved.merge(pd.concat(own, ignore_index=True), on=["city_id", "node"], how="left")


def _own(analysis: Analysis, node: str) -> pd.DataFrame:
    earlier = [each for each in analysis.chain if each.id in analysis.year and comparable(analysis, each, node)]
    return changes.own_history(analysis.heads, [each.id for each in earlier], node, rules=analysis.rules.changes)


def year_on_year(analysis: Analysis) -> pd.DataFrame:
    """`moves` against the year before; none where but one of the two knows new followers, part of the score."""
    other = analysis.year_ago
    if other is None:
        return moves(analysis, None)
    table = analysis.metrics.set_index("edition")["new_followers"]
    known = [table.loc[each.id].notna().any() for each in (analysis.edition, other)]
    return moves(analysis, other if known[0] == known[1] else None)


def common_totals(analysis: Analysis) -> pd.DataFrame:
    """Sums against the edition before and the year before, over the cities and platforms that both measured.

    Columns: against (previous_edition or year_ago), key, value, previous, change, cities, platforms (that both have).
    """
    found = []
    for against, other in ((BEFORE, analysis.before), (AGO, analysis.year_ago)):
        if other is not None:
            table = totals.common(analysis.metrics, analysis.edition.id, other.id)
            found.append(table.assign(against=against)[["against", *table.columns]])
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["against", *totals.COMMON])


def labels(analysis: Analysis) -> pd.DataFrame:
    """City labels that this edition and enough of the last ones bear out."""
    rules = analysis.rules.labels
    earlier = analysis.chain[:-1][1 - rules.months :] if rules.months > 1 else ()
    months = [_labels_of(analysis, each.id) for each in earlier if store.exists("themes", each.id)]
    now = themes.city_labels(analysis.posts, analysis.themes, rules=rules)
    return themes.steady_labels(now, [each for each in months if len(each)], rules=rules)


def _labels_of(analysis: Analysis, edition_id: str) -> pd.DataFrame:
    """The labels of an earlier edition by itself."""
    posts = store.read("posts", edition_id, columns=["post_id", "platform", "city_id"])
    return themes.city_labels(posts, store.read("themes", edition_id), rules=analysis.rules.labels)
