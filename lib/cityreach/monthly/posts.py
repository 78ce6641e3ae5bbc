"""Case posts as cards: what a post was, its figures as of the counting date, and how far it stood out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from cityreach.blocks import Block, Text
from cityreach.monthly.book import Book
from cityreach.prose import numbers

EXCERPT = 120
SHOWN = ("likes", "comments", "shares", "views")
FEW = 3  # figures of a post beside its lift


def case_block(book: Book, case: pd.Series) -> Block:
    """One case post; its title is its finding, its text is the post's own, cut."""
    show = numbers.full_day if _over_years(book) else numbers.day
    day = show(case["day"].date(), book.lang)
    return Block(
        "case",
        {
            "kicker": [book.city(case["city_id"]), book.platform(case["platform"]), day, book.theme(case["theme"])],
            "title": case_sentence(book, case),
            "figures": _figures(book, case),
            "text": excerpt(case["text"]),
            "lang": case["lang"] if isinstance(case["lang"], str) else "",
            "note": book.label("cases.note", handle=case["handle"], day=_counted(book, case)),
        },
    )


def case_sentence(book: Book, case: pd.Series) -> Text:
    """The case's finding as a sentence."""
    found = book.find("case", f"{case['platform']}|{case['post_id']}")
    if found and _over_years(book):
        day = replace(found.figures["day"], unit="full_date")
        found = replace(found, figures=found.figures | {"day": day})
    return book.tell("cases.title", case=found)


def _over_years(book: Book) -> bool:
    """Whether a day of the window needs its year."""
    window = book.analysis.edition.window
    return window.first.year != window.last.year


def excerpt(text: str) -> str:
    """The post's text on one line, cut at a word (or character) with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT:
        return line
    cut = line[:EXCERPT]
    return (cut.rsplit(" ", 1)[0] if " " in cut[60:] else cut) + "…"


def _figures(book: Book, case: pd.Series) -> list[dict[str, Any]]:
    known = [name for name in SHOWN if pd.notna(case[name])][:FEW]
    figures = [{"value": book.writer.count(case[name]), "label": book.label(f"cases.{name}")} for name in known]
    if pd.notna(case["lift"]):
        most = book.analysis.rules.cases.most_lift
        key = "cases.lift_over" if case["lift"] > most else "cases.lift_value"
        value = book.label(key, times=numbers.times(min(case["lift"], most)))
        figures.append({"value": value, "label": book.label("cases.lift")})
    return figures


def _counted(book: Book, case: pd.Series) -> str:
    return numbers.full_day(case["counted_at"].date(), book.lang)
