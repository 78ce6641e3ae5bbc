"""Frames that the charts of the published record show; they hold no place that was not published."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cityreach.prose import Writer, numbers
from cityreach.published import analysis, findings, words
from cityreach.published.facts import Facts

MARKS = {"listed": "●", "outside": "", "unknown": "?"}
BREAK_MARK = "│"


def history(facts: Facts, lang: str) -> pd.DataFrame:
    """Cells of the board of composite places, with a column for each break of the composite series.

    Columns: row (city), row_order, column (issue or break), column_order, value (11 - place; null where no place is
    published), text (the place; ● in a list without order, ? in a list seen in part, empty beyond the tenth).
    """
    places = analysis.rank_history(facts)
    cities, columns = list(places["city"].unique()), _columns(facts, list(places["edition"].unique()), lang)
    held = places.set_index(["edition", "city"])
    rows = [
        _cell(held, city, edition) | {"row": facts.name(city, lang), "row_order": n, "column": head, "column_order": m}
        for n, city in enumerate(cities)
        for m, (edition, head) in enumerate(columns)
    ]
    return pd.DataFrame(rows).astype({"value": "Float64"})


def _columns(facts: Facts, editions: list[str], lang: str) -> list[tuple[str, str]]:
    """(edition, head) from left to right; a break has an empty edition and its word as head."""
    words_before = {one.before: one.word[lang] for one in facts.known.breaks if one.composite}
    columns: list[tuple[str, str]] = []
    for edition in editions:
        if edition in words_before:
            columns.append(("", words_before[edition]))
        columns.append((edition, words.short_edition(edition)))
    return columns


def _cell(held: pd.DataFrame, city: str, edition: str) -> dict[str, object]:
    if not edition:
        return {"value": None, "text": BREAK_MARK}
    place: Any
    state: Any
    place, state = held.loc[(edition, city), ["place", "state"]]
    if state == "known":
        return {"value": analysis.TOP + 1 - place, "text": str(place)}
    return {"value": None, "text": MARKS[state]}


def agreement(facts: Facts, writer: Writer) -> pd.DataFrame:
    """Bars of the main index's pairs: label, value (shared cities), text, note (issues, common cities, tau), focus."""
    pairs = findings.main_pairs(facts)
    return pd.DataFrame(
        {
            "label": [facts.known.index(index_id).short[writer.lang] for index_id in pairs["index_b"]],
            "value": pairs["shared"],
            "text": [writer.label("word.cities", count=shared) for shared in pairs["shared"]],
            "note": [_pair_note(row, writer) for row in pairs.itertuples()],
            "focus": pairs.index == 0,
        }
    )


def _pair_note(row: Any, writer: Writer) -> str:
    left, right = (words.cell_edition(edition, writer.lang) for edition in (row.edition_a, row.edition_b))
    return writer.label("word.pair", left=left, right=right, common=row.common, tau=numbers.fixed(row.tau, 2))
