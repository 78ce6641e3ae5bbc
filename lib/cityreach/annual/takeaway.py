"""The tables that readers take away: one CSV and one sheet each, the cells that the findings point at.

An edition that publishes no order takes along no figure, score, place or anything made of them.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from cityreach.annual.analysis import Analysis
from cityreach.annual.book import Book
from cityreach.annual.lists import ALL
from cityreach.blocks import Block
from cityreach.edition import Window
from cityreach.findings import FACTS
from cityreach.publish.tables import DataTable, to_block, with_city_names

LONG = frozenset({"places", "scores", FACTS})  # CSV files only


def block(book: Book) -> Block:
    """All tables as a block of kind `data`; empty ones are left out."""
    named = {key: with_city_names(frame, book.city) for key, frame in frames(book).items()}
    tables = {key: _table(book, key, frame) for key, frame in named.items() if len(frame)}
    return to_block(tables)


def _table(book: Book, key: str, frame: pd.DataFrame) -> DataTable:
    labels = {str(name): _label(book, str(name)) for name in frame}
    return DataTable(frame, book.label(f"sheets.{key}"), labels=labels, sheet=key not in LONG)


def frames(book: Book) -> dict[str, pd.DataFrame]:
    """The tables by the key of their file."""
    makers = ORDERED | ALWAYS if book.ordered else ALWAYS
    found = {key: make(book.analysis) for key, make in makers.items()} | {FACTS: _facts(book)}
    return found if book.ordered else found | {"cities": _cities(book)}


def _facts(book: Book) -> pd.DataFrame:
    """The facts that no other table holds: key, item (what it is, in the book's language), value."""
    figures = (figure for each in book.findings.values() for figure in each.figures.values())
    values = {figure.row: _plain(figure.value) for figure in figures if figure.table == FACTS}
    items = [book.references.fact(key) for key in values]
    return pd.DataFrame({"key": list(values), "item": items, "value": pd.Series(list(values.values()), dtype="object")})


def _plain(value: object) -> object:
    if isinstance(value, Window):
        return f"{value.first.isoformat()}/{value.last.isoformat()}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _cities(book: Book) -> pd.DataFrame:
    """The panel in random order."""
    return pd.DataFrame({"city_id": book.panel})


def _ranking(analysis: Analysis) -> pd.DataFrame:
    """One row a city: score and place of the composite and of every track, and the phalanx."""
    nodes = [analysis.root, *analysis.tracks]
    columns = {f"{node}_{name}": wide[node] for node in nodes for name, wide in _wide(analysis)}
    found = pd.DataFrame(columns).reset_index()
    if len(analysis.phalanxes):
        found = found.merge(analysis.phalanxes, on="city_id", how="left")
    return found.sort_values([f"{analysis.root}_rank", "city_id"], na_position="last")


def _wide(analysis: Analysis) -> tuple[tuple[str, pd.DataFrame], ...]:
    return ("score", analysis.heads), ("rank", analysis.ranks)


def _values(analysis: Analysis) -> pd.DataFrame:
    """The sheet's figures, best city first."""
    order = list(analysis.placed(ALL)["city_id"])
    return analysis.material.sheet.figures.loc[order].rename_axis("city_id").reset_index()


def _scores(analysis: Analysis) -> pd.DataFrame:
    """Value, score, weight and contribution of every node of every city in this edition."""
    mine = analysis.scores[analysis.scores["edition"] == analysis.now]
    return mine[["edition", "node", "city_id", "value", "score", "weight", "contribution", "rank", "tied"]]


def _weights(analysis: Analysis) -> pd.DataFrame:
    rows = analysis.material.method.weight_table()
    return pd.DataFrame({"node": [row.path for row in rows], "share": [row.share for row in rows],
                         "whole": [row.whole for row in rows]})  # fmt: skip


def _movements(analysis: Analysis) -> pd.DataFrame:
    moves = analysis.movements
    return moves[moves["change"].notna()]


ALWAYS: dict[str, Callable[[Analysis], pd.DataFrame]] = {
    "columns": lambda analysis: analysis.columns,
    "weights": _weights,
    "absent": lambda analysis: analysis.absent,
}
ORDERED: dict[str, Callable[[Analysis], pd.DataFrame]] = {
    "ranking": _ranking,
    "values": _values,
    "published": lambda analysis: analysis.published,
    "cases": lambda analysis: analysis.cases,
    "contrasts": lambda analysis: analysis.contrasts,
    "weakest": lambda analysis: analysis.weakest,
    "groups": lambda analysis: analysis.groups,
    "movements": _movements,
    "leaders": lambda analysis: analysis.leaders,
    "languages": lambda analysis: analysis.languages,
    "comments": lambda analysis: analysis.material.comments,
    "places": lambda analysis: analysis.places,
    "scores": _scores,
}


def _label(book: Book, column: str) -> str:
    """A column's header in the workbook: an indicator's name, a node's score or place, or a word of `fields`."""
    method = book.analysis.material.method
    if column in method.indicators:
        return book.indicator(column)
    node, _, part = column.rpartition("_")
    if node in method.nodes:
        return book.label("word.of_node", node=book.node(node), part=book.label(f"fields.{part}"))
    return book.label(f"fields.{column}") if book.has(f"fields.{column}") else column
