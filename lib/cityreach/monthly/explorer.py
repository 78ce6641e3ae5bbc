"""The weight explorer: the composite ranking under platform weights that the reader of the page sets."""

from __future__ import annotations

from typing import Any

from cityreach.blocks import Block, Cell
from cityreach.insight.weighing import Weighing, weighing
from cityreach.monthly.book import Book, places
from cityreach.prose import numbers

SHOWN = 20  # rows before the reader asks for all of them
COLUMNS = [("place", "right"), ("city", "left"), ("score", "right"), ("published", "right"), ("movement", "right")]
WORDS = (
    "still", "group", "platform", "weight", "share", "value", "reset", "all", "top", "is_published", "is_own",
    "nothing",
)  # fmt: skip


def explorer(book: Book) -> Block | None:
    """The block that the page makes live; None without order, or where the composite is no mean of platforms."""
    if not book.ordered:
        return None
    analysis = book.analysis
    metrics = analysis.metrics[analysis.metrics["edition"] == analysis.edition.id]
    made = weighing(analysis.method, analysis.now, metrics)
    return None if made is None else Block("explorer", content(book, made))


def content(book: Book, made: Weighing) -> dict[str, Any]:
    """The block's content; `data` is all that the page's script computes from, `words` all that it says."""
    top = min(SHOWN, len(made.city_ids))
    outside = [book.platform(node) for node, weight in zip(made.nodes, made.weights, strict=True) if not weight]
    given = {
        "cities": len(made.city_ids),
        "top": top,
        "outside": book.writer.join(outside),
        "more": len(made.city_ids) > top,
    }
    words = {key: book.label(f"explorer.{key}", **given) for key in WORDS}
    return {
        "anchor": "weight-explorer",
        "caption": book.label("explorer.caption"),
        "subtitle": book.label("explorer.subtitle"),
        "note": book.label("explorer.note", **given),
        "source": book.source,
        "text": book.label("explorer.print"),
        "columns": [{"label": _column(book, key), "align": align} for key, align in COLUMNS],
        "rows": _rows(book, made)[:top],
        "words": words | {"join": book.writer.join(["", ""])},
        "data": _data(book, made, top),
    }


def _column(book: Book, key: str) -> str:
    return book.main if key == "score" else book.label(f"columns.{key}")


def _data(book: Book, made: Weighing, top: int) -> dict[str, Any]:
    """Names, weights, parts and published places; a city's parts are scores or the rule for what is absent."""
    platforms = [
        {"code": node, "name": book.platform(node), "weight": weight}
        for node, weight in zip(made.nodes, made.weights, strict=True)
    ]
    return {
        "platforms": platforms,
        "cities": [book.city(city) for city in made.city_ids],
        "parts": [list(parts) for parts in made.parts],
        "places": list(made.places),
        "significant": made.significant,
        "digits": 1,
        "top": top,
    }


def _rows(book: Book, made: Weighing) -> list[list[Cell]]:
    """The table as it stands at the published weights: what is printed, and seen where no script runs."""
    none: Cell = {"text": book.label("status.none"), "tone": "muted"}
    rows: list[list[Cell]] = []
    for city, score, place in zip(made.city_ids, made.scores, made.places, strict=True):
        shown = _place(made, place)
        printed = none if score is None else numbers.fixed(score)
        rows.append([shown, book.city(city), printed, shown, places(0) if place else ""])
    return rows


def _place(made: Weighing, place: int | None) -> str:
    if place is None:
        return "–"
    return f"{place}=" if made.places.count(place) > 1 else str(place)
