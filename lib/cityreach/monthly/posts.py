"""Case posts as cards: what a post was, its figures as of the counting date, and how far it stood out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from cityreach.blocks import Block, Text
from cityreach.editorial.choice import PINNED
from cityreach.findings import Finding
from cityreach.monthly.book import Book

EXCERPT = 120
SHOWN = ("likes", "comments", "shares", "views")
FEW = 3  # figures of a post beside its lift


def case_block(book: Book, case: pd.Series, *, turn: int = 0) -> Block:
    """One case post; its title is its finding, its text is the post's own, cut."""
    found = _found(book, case)
    return Block(
        "case",
        {
            "kicker": _kicker(book, found),
            "title": book.tell("cases.title", turn=turn, case=found),
            "figures": _figures(book, found),
            "text": excerpt(case["text"]),
            "lang": case["lang"] if isinstance(case["lang"], str) else "",
            "note": book.tell("cases.note", case=found),
            **_comment(book, case),
        },
    )


def _comment(book: Book, case: pd.Series) -> dict[str, Text]:
    """What the editors say of a pinned post, with the word that says who speaks."""
    said = book.editors.comment(case["platform"], case["post_id"], case["url"]) if case["reason"] == PINNED else []
    return {"comment": [book.label("cases.comment"), *said]} if said else {}


def case_sentence(book: Book, case: pd.Series, *, turn: int = 0) -> Text:
    """The case's finding as a sentence; `turn`: its place among the case posts."""
    return book.tell("cases.title", turn=turn, case=_found(book, case))


def _found(book: Book, case: pd.Series) -> Finding:
    """The case's finding; its counting date is printed with the year, and `counted` and its day where they need one."""
    found = book.find("case", f"{case['platform']}|{case['post_id']}")
    assert found is not None
    dated = ["counted_at", *(["day", "counted"] if _over_years(book) else [])]
    figures = {name: replace(found.figures[name], unit="full_date") for name in dated}
    return replace(found, figures=found.figures | figures)


def _kicker(book: Book, found: Finding) -> list[Text]:
    names = book.city(found.words["city"]), book.platform(found.words["platform"])
    return [[names[0]], [names[1]], [book.writer.figure(found, "day")], [book.theme(found.words["theme"])]]


def _over_years(book: Book) -> bool:
    """Whether a day needs its year: the window, or the time until the counting date, goes over a year's end."""
    edition = book.analysis.edition
    return edition.window.first.year != edition.counting_date.year


def excerpt(text: str) -> str:
    """The post's text on one line, cut at a word (or character) with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT:
        return line
    cut = line[:EXCERPT]
    return (cut.rsplit(" ", 1)[0] if " " in cut[60:] else cut) + "…"


def _figures(book: Book, found: Finding) -> list[dict[str, Any]]:
    known = [name for name in SHOWN if name in found.figures][:FEW]
    figures = [{"value": [book.writer.figure(found, name)], "label": book.label(f"cases.{name}")} for name in known]
    if "lift" in found.figures:
        key = "cases.lift_over" if found.words["over"] else "cases.lift_value"
        figures.append({"value": book.tell(key, case=found), "label": book.label("cases.lift")})
    return figures
