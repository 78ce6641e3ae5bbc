"""The figures of any city in any part of the index, as a finding that placeholders point at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cityreach.editorial.known import MEASURES
from cityreach.findings import ABS, Figure, Finding
from cityreach.insight.make import plain
from cityreach.monthly.analysis import ROOT

if TYPE_CHECKING:
    from cityreach.monthly.book import Book

KIND = "city"
UNITS = {"interactions_per_post": "score", "views_per_post": "score"}


def of_city(book: Book, city_id: str, node: str) -> Finding:
    """`city` (city; node): its place, score, movement and measures, as far as they are known and may be published.

    rank, score; before, change (without its sign), and rise or fall, the change where it is one; of a platform the
    measures of `metrics`. An edition without order has the measures alone.
    """
    figures = _places(book, city_id, node) | _moves(book, city_id, node) if book.ordered else {}
    return Finding(f"{KIND}.{node}.{city_id}", KIND, city_id, figures | _measures(book, city_id, node), {"node": node})


def _places(book: Book, city_id: str, node: str) -> dict[str, Figure]:
    now = book.analysis.now
    row = _row(now[(now["city_id"] == city_id) & (now["node"] == node)])
    units = {"rank": "rank", "score": "score"}
    if node in (ROOT, *book.analysis.scored):
        return _figures(row, units, "ranking", city_id, f"{node}_")
    return _figures(row, units, "scores", f"{node}|{city_id}")


def _moves(book: Book, city_id: str, node: str) -> dict[str, Figure]:
    moves = book.analysis.moves
    row = _row(moves[(moves["city_id"] == city_id) & (moves["node"] == node)])
    change = row.get("change")
    if change is None:
        return {}
    size = Figure(abs(int(change)), "places", "movements", f"{node}|{city_id}", "change", ABS)
    before = Figure(int(row["rank_before"]), "rank", "movements", f"{node}|{city_id}", "rank_before")
    way = {"rise": size} if change > 0 else {"fall": size} if change < 0 else {}
    return {"before": before, "change": size, **way}


def _measures(book: Book, city_id: str, node: str) -> dict[str, Figure]:
    metrics = book.analysis.metrics
    mine = metrics[(metrics["edition"] == book.analysis.edition.id) & (metrics["city_id"] == city_id)]
    units = {name: UNITS.get(name, "count") for name in MEASURES}
    return _figures(_row(mine[mine["platform"] == node]), units, "metrics", f"{city_id}|{node}")


def _row(frame: pd.DataFrame) -> dict[str, Any]:
    """The one row as plain values; empty where there is none."""
    rows = frame.astype(object).to_dict("records")
    return {str(name): plain(value) for name, value in rows[0].items()} if rows else {}


def _figures(row: dict[str, Any], units: dict[str, str], table: str, key: str, prefix: str = "") -> dict[str, Figure]:
    known = {name: unit for name, unit in units.items() if row.get(name) is not None}
    return {
        name: Figure(int(row[name]) if unit == "rank" else row[name], unit, table, key, f"{prefix}{name}")
        for name, unit in known.items()
    }
