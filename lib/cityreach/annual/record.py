"""Published places of an annual index, read from the published record and put into lists and nodes of ours."""

from __future__ import annotations

import pandas as pd

from cityreach.annual.edition import Index
from cityreach.published import facts
from cityreach.registry import Registry

COLUMNS = ["edition", "list", "node", "city_id", "place", "scope", "ordered", "source"]


def load(index: Index, registry: Registry) -> pd.DataFrame:
    """Every published row that the index has a list for.

    Columns: edition (its published name), list, node, city_id, place (Int64, null where no order is stated), scope,
    ordered (yes, no, unclear), source.
    """
    known = facts.load()
    ids = [each.id for each in known.known.indices if each.name == index.record.index]
    rows = known.rankings[
        known.rankings["index_id"].isin(ids) & known.rankings["scope"].isin(list(index.record.scopes))
    ]
    places = [index.record.scopes[scope] for scope in rows["scope"]]
    found = pd.DataFrame(
        {
            "edition": rows["edition"],
            "list": [place.list for place in places],
            "node": [place.node for place in places],
            "city_id": registry.city_ids(rows["city"]),
            "place": rows["place"],
            "scope": rows["scope"],
            "ordered": rows["ordered"],
            "source": rows["source_title"],
        }
    )
    return found[COLUMNS].reset_index(drop=True)


def stated(rows: pd.DataFrame, edition: str) -> pd.DataFrame:
    """The rows of an edition whose order is stated."""
    return rows[(rows["edition"] == edition) & rows["place"].notna()].reset_index(drop=True)
