"""The tables that readers take away with a dossier: one CSV and one sheet each, the cells that the findings point at.

An edition that publishes no order takes along no score, place, or anything made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from cityreach.blocks import Block
from cityreach.dossier import files
from cityreach.dossier.book import Book
from cityreach.dossier.city import City
from cityreach.dossier.facts import FACTS
from cityreach.edition import Window
from cityreach.publish.tables import DataTable, to_block

POSTS = [
    "platform", "post_id", "number", "account_id", "handle", "day", "theme", "interactions", "likes", "comments",
    "shares", "views", "usual", "lift", "lift_shown", "counted_at", "text",
]  # fmt: skip


def takeaway(book: Book) -> Block:
    """All tables with their titles in the book's language, as a block of kind `data`; empty ones are left out."""
    made = frames(book)
    return to_block({key: DataTable(frame, book.label(f"sheets.{key}")) for key, frame in made.items() if len(frame)})


def frames(book: Book) -> dict[str, pd.DataFrame]:
    """Every table by its name, in the order of the workbook."""
    city = book.city
    makers = ALWAYS | (ORDERED if city.placed else {})
    found = {FACTS: _facts(book), **{key: make(city) for key, make in makers.items()}}
    found |= {name: _entered(getattr(city.records, name)) for name in files.FILES if name != "indices"}
    return {key: _named(book, frame) for key, frame in found.items()}


def _facts(book: Book) -> pd.DataFrame:
    """The facts that no other table holds: key, value."""
    figures = (figure for each in book.findings.values() for figure in each.figures.values())
    values = {figure.row: _plain(figure.value) for figure in figures if figure.table == FACTS}
    return pd.DataFrame({"key": list(values), "value": pd.Series(list(values.values()), dtype="object")})


def _plain(value: object) -> object:
    """A fact as a data file holds it: days as ISO dates, a window as its first and last day."""
    if isinstance(value, Window):
        return f"{value.first.isoformat()}/{value.last.isoformat()}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _dimensions(city: City) -> pd.DataFrame:
    return city.compared.assign(apart=city.compared["difference"].abs())


def _gap(city: City) -> pd.DataFrame:
    if city.gaps.empty:
        return city.gaps
    first = ["other_id", "node", "level", "points"]
    frame = city.gaps.assign(size=city.gaps["points"].abs())
    return frame[[*first, "size", *(name for name in city.gaps if name not in first)]]


def _posts(city: City) -> pd.DataFrame:
    most = city.shared.last.rules.cases.most_lift
    frame = city.posts.assign(lift_shown=city.posts["lift"].clip(upper=most))
    return frame[POSTS]


def _entered(rows: Sequence[files.Row]) -> pd.DataFrame:
    """A file's rows with their numbers, and the year in which each begins."""
    content = [
        {"row": str(number), **row.model_dump(), "since": str(row.first.year)}
        for number, row in enumerate(rows, start=1)
    ]
    frame = pd.DataFrame(content)
    if "accounts" in frame:
        frame["accounts"] = [";".join(each) for each in frame["accounts"]]
    return frame


ALWAYS: dict[str, Callable[[City], pd.DataFrame]] = {
    "metrics": lambda city: city.metrics,
    "accounts": lambda city: city.accounts,
    "development": lambda city: city.series,
    "themes": lambda city: city.themes,
    "posts": _posts,
}
ORDERED: dict[str, Callable[[City], pd.DataFrame]] = {
    "places": lambda city: city.places,
    "indices": lambda city: city.indices,
    "annual": lambda city: city.annual,
    "heads": lambda city: city.heads,
    "dimensions": _dimensions,
    "neighbours": lambda city: city.nearest,
    "ahead": lambda city: city.ahead,
    "behind": lambda city: city.behind,
    "gap": _gap,
}


def _named(book: Book, frame: pd.DataFrame) -> pd.DataFrame:
    """City names beside their codes."""
    for column, name in (("city_id", "city"), ("other_id", "other_city")):
        if column in frame and len(frame):
            place = list(frame.columns).index(column) + 1
            frame = frame.copy()
            frame.insert(place, name, [book.names.city(each) for each in frame[column]])
    return frame
