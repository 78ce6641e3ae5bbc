"""The one seam through which a dossier learns the places of other indices, each with the list that it is a place in.

They come from the published record and from what staff entered for the city; an index that is built here gives its rows
in the same columns.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from cityreach.dossier.files import Place
from cityreach.published.facts import Facts

COLUMNS = [
    "index_id", "edition", "scope", "place", "before", "base_zh", "base_en", "origin", "source_zh", "source_en",
]  # fmt: skip
BUILT = ["edition", "list", "node", "city_id", "rank", "cities", "simulated"]
KEY = ["index_id", "edition", "scope"]


def published(record: Facts, city_zh: str, entered: Sequence[Place], *, until: date) -> pd.DataFrame:
    """The city's places in all published lists whose edition has ended by `until`, the newest edition first.

    What staff entered from a source of a later day is left out.

    Columns as COLUMNS. place: null where the list states no order. before: the place in the edition before, only where
    staff entered both with the same base. A place that staff entered replaces that of the record, as it names its base.
    """
    known = [row for row in entered if row.source_date <= until]
    rows = [*_entered(known), *_recorded(record, city_zh)]
    frame = pd.DataFrame(rows, columns=COLUMNS).drop_duplicates(KEY, ignore_index=True)
    order = {index.id: number for number, index in enumerate(record.known.indices)}
    frame = frame.assign(end=frame["edition"].map(ends), number=frame["index_id"].map(order))
    ended = frame[frame["end"].map(lambda end: end <= until).astype(bool)]
    ordered = ended.sort_values(["end", "number"], ascending=[False, True], kind="stable", ignore_index=True)
    return ordered[COLUMNS].astype({"place": "Int64", "before": "Int64"})


def built(until: date) -> pd.DataFrame:
    """Places of all cities in the annual indices that are built here: their last editions counted by `until`.

    Columns: edition, list, node, city_id, rank, cities (how many the list places), simulated. Only composites of the
    whole panel and of the index's own lists, of editions that publish an order; cities without a place are left out.
    """
    from cityreach.annual import edition as editions
    from cityreach.annual import lists, material
    from cityreach.annual.analysis import Analysis

    known = [each for each in map(editions.load, editions.ids()) if each.counting_date <= until]
    last = {each.index: each for each in sorted(known, key=lambda one: (one.counting_date, one.id))}
    frames = []
    for each in (one for one in last.values() if one.mode == "ordered"):
        analysis = Analysis(material.load(each.id))
        own = [lists.ALL, *(one.id for one in analysis.material.index.lists)]
        rows = analysis.places
        rows = rows[(rows["edition"] == each.id) & (rows["node"] == analysis.root) & rows["list"].isin(own)]
        frames.append(rows[rows["rank"].notna()].assign(simulated=each.simulated))
    return pd.concat(frames, ignore_index=True)[BUILT] if frames else pd.DataFrame(columns=BUILT)


def _entered(entered: Sequence[Place]) -> list[dict[str, Any]]:
    return [
        {
            "index_id": row.index, "edition": row.edition, "scope": row.scope, "place": row.place,
            "before": _before(row, entered), "base_zh": row.base_zh, "base_en": row.base_en, "origin": row.origin,
            "source_zh": row.source_zh, "source_en": row.source_en,
        }
        for row in entered
    ]  # fmt: skip


def _before(row: Place, entered: Sequence[Place]) -> int | None:
    """The place in the last edition before, among those of the same list and the same base."""
    same = [
        each
        for each in entered
        if (each.index, each.scope, each.base_zh) == (row.index, row.scope, row.base_zh)
        and ends(each.edition) < ends(row.edition)
    ]
    return max(same, key=lambda each: ends(each.edition)).place if same else None


def _recorded(record: Facts, city_zh: str) -> list[dict[str, Any]]:
    mine = record.rankings[record.rankings["city"] == city_zh]
    bases = {index.id: index.base for index in record.known.indices}
    return [
        {
            "index_id": row["index_id"], "edition": row["edition"], "scope": row["scope"], "place": row["place"],
            "before": None, "base_zh": bases[row["index_id"]].zh, "base_en": bases[row["index_id"]].en,
            "origin": "real", "source_zh": row["source_title"], "source_en": row["source_title"],
        }
        for row in mine.to_dict("records")
    ]  # fmt: skip


def ends(edition: str) -> date:
    """The last day of an edition named 2025, 2025-03, 2024-01~02 or 2020-Q1."""
    year, _, rest = edition.partition("-")
    numbers = [int(each) for each in re.findall(r"\d+", rest)]
    month = numbers[-1] * 3 if rest.startswith("Q") else (numbers[-1] if numbers else 12)
    return date(int(year), month, monthrange(int(year), month)[1])
