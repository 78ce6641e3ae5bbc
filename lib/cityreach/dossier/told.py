"""What staff entered of a city, as findings: figures of others, contacts, reposts, awards, events, with their source.

A row is told as its source tells it: more than, nearly, or exactly. Its number in the file's table is its row key.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cityreach.dossier.files import Contact, Endorsement, Event, Fact, Records, Row
from cityreach.findings import Figure, Finding


def of(records: Records, lang: str) -> list[Finding]:
    """`fact.*`, `contact.*`, `endorsement.*`, `award.*`, `event.*`, each with its row's number."""
    makers: dict[str, Any] = {
        "facts": _fact, "contacts": _contact, "endorsements": _endorsement, "awards": _award, "events": _event,
    }  # fmt: skip
    return [
        make(row, number, lang)
        for table, make in makers.items()
        for number, row in enumerate(getattr(records, table), start=1)
    ]


def _finding(kind: str, table: str, number: int, row: Row, lang: str, **more: Any) -> Finding:
    """A row as a finding: its source with its day, its origin, and the figures and words given."""
    at = (table, str(number))
    figures = {
        "source_day": Figure(row.source_date, "full_date", *at, "source_date"),
        "first": Figure(row.first, "full_date", *at, "first"),
        "day": Figure(row.last, "date", *at, "last"),
        "full_day": Figure(row.last, "full_date", *at, "last"),
        "since": Figure(str(row.first.year), "text", *at, "since"),
        **more.get("figures", {}),
    }
    words = {"source": row.text("source", lang), "origin": row.origin, "one_day": row.first == row.last}
    words |= {"within_year": row.first.year == row.last.year} | more.get("words", {})
    return Finding(f"{kind}.{number}", kind, str(number), figures, words)


def _fact(row: Fact, number: int, lang: str) -> Finding:
    figures = {"value": Figure(row.value, "count", "facts", str(number), "value")}
    figures |= _texts("facts", number, row, lang, "about")
    words = {"key": row.key, "bound": row.bound, "about": row.text("about", lang), "accounts": list(row.accounts)}
    return _finding("fact", "facts", number, row, lang, figures=figures, words=words)


def _contact(row: Contact, number: int, lang: str) -> Finding:
    figures = _known("contacts", number, people=row.people, count=row.count, followers=row.followers)
    words = {
        "who": row.text("who", lang), "kind": row.kind, "people_bound": row.people_bound, "bound": row.count_bound,
    }  # fmt: skip
    return _finding("contact", "contacts", number, row, lang, figures=figures, words=words)


def _endorsement(row: Endorsement, number: int, lang: str) -> Finding:
    figures = _known("endorsements", number, count=row.count) | _texts("endorsements", number, row, lang, "about")
    words = {
        "who": row.text("who", lang), "role": row.text("role", lang), "about": row.text("about", lang),
        "kind": row.kind, "bound": row.bound or "exact",
    }  # fmt: skip
    return _finding("endorsement", "endorsements", number, row, lang, figures=figures, words=words)


def _award(row: Any, number: int, lang: str) -> Finding:
    figures = _texts("awards", number, row, lang, "work", "award", "contest")
    words = {name: row.text(name, lang) for name in ("maker",)}
    return _finding("award", "awards", number, row, lang, figures=figures, words=words)


def _event(row: Event, number: int, lang: str) -> Finding:
    figures = _known("events", number, times=row.times, people=row.people)
    figures |= _texts("events", number, row, lang, "name")
    words = {
        "name": row.text("name", lang), "where": row.text("where", lang), "times_bound": row.times_bound,
        "people_bound": row.people_bound,
    }  # fmt: skip
    return _finding("event", "events", number, row, lang, figures=figures, words=words)


def _texts(table: str, number: int, row: Row, lang: str, *names: str) -> dict[str, Figure]:
    """Texts that may hold a number (第七届), as figures: they are quoted from their cell."""
    return {name: Figure(row.text(name, lang), "text", table, str(number), f"{name}_{lang}") for name in names}


def _known(table: str, number: int, **values: int | None) -> dict[str, Figure]:
    return {
        name: Figure(value, "count", table, str(number), name) for name, value in values.items() if value is not None
    }


def of_origin(found: Iterable[Finding], origin: str) -> list[Finding]:
    """The findings of real, or of simulated, rows."""
    return [each for each in found if each.words["origin"] == origin]
