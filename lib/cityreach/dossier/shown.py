"""The dossier's tables as blocks: names and numbers in one language, nothing worked out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cityreach.blocks import Block, Cell
from cityreach.dossier.book import Book, count
from cityreach.dossier.files import Row
from cityreach.prose import numbers
from cityreach.published import words as printed

Rows = list[list[Cell]]
MONTH = 31  # days
LISTS = 24  # published lists that the page shows; the data file holds all


def accounts(book: Book) -> Block | None:
    rows = [_account(book, row) for row in book.city.accounts.to_dict("records")]
    columns = [("name", "left"), ("platform", "left"), ("language", "left"), ("task", "left")]
    columns += [(name, "right") for name in ("followers", "posts", "views", "share")]
    return book.table("accounts", columns, rows)


def _account(book: Book, row: dict[Any, Any]) -> list[Cell]:
    task = book.task(row["task"])
    if row["district"]:
        task = book.label("word.district", task=task, district=row["district"])
    share = numbers.percent(row["share"], 1) if pd.notna(row["share"]) else "–"
    return [
        row["name"], book.names.platform(row["platform"]), book.word("language", row["language"]), task,
        _counted(book, row["followers"]), _counted(book, row["posts"]), _counted(book, row["views"]), share,
    ]  # fmt: skip


def _counted(book: Book, value: Any) -> str:
    """A count in the house style; the data file holds it to its last digit."""
    return "–" if pd.isna(value) else numbers.brief(float(value), book.lang)


def indices(book: Book) -> Block | None:
    """Our own places first, then the published ones, the newest first."""
    rows = [
        *_own(book),
        *_annual(book),
        *(_index(book, row) for row in book.city.indices.head(LISTS).to_dict("records")),
    ]
    columns = [("index", "left"), ("edition", "left"), ("scope", "left"), ("place", "right"), ("base", "left")]
    return book.table("indices", [*columns, ("origin", "left")], rows, source=book.label("word.source_record"))


def _own(book: Book) -> Rows:
    """The places of the edition that the dossier stands on."""
    standing = book.city.shared.period.standing
    title = book.index(book.city.shared.record.known.main)
    origin = book.origin("simulated" if standing.simulated else "real")
    month = standing.window.days <= MONTH
    issue = printed.cell_edition(f"{standing.window.last:%Y-%m}", book.lang) if month else standing.label[book.lang]
    return [
        [
            title, issue, book.names.platform(row["node"]), str(row["rank"]),
            book.label("word.own_base", cities=row["cities"]), origin,
        ]
        for row in book.city.standing.to_dict("records")
    ]  # fmt: skip


def _annual(book: Book) -> Rows:
    """The places in the annual indices that are built here."""
    from cityreach.annual import edition as editions

    rows: Rows = []
    for row in book.city.annual.to_dict("records"):
        edition = editions.load(row["edition"])
        origin = book.origin("simulated" if row["simulated"] else "real")
        base = book.label("word.own_base", cities=row["cities"])
        scope = book.label(f"word.list_{row['list']}")
        rows.append([edition.title[book.lang], edition.year, scope, str(row["rank"]), base, origin])
    return rows


def _index(book: Book, row: dict[Any, Any]) -> list[Cell]:
    listed: Cell = {"text": book.label("word.listed"), "tone": "muted"}
    place = listed if pd.isna(row["place"]) else str(row["place"])
    return [
        book.index(row["index_id"]), printed.cell_edition(row["edition"], book.lang), book.scope(row["scope"]), place,
        row[f"base_{book.lang}"], book.origin(row["origin"]),
    ]  # fmt: skip


def heads(book: Book) -> Block | None:
    ranks = book.city.standing.set_index("node")["rank"]
    rows: Rows = [
        [
            book.names.platform(row["node"]), *(_score(row[name]) for name in ("own",)),
            str(ranks[row["node"]]) if row["node"] in ranks else "–", _score(row["peers"]), _score(row["tier"]),
        ]
        for row in book.city.heads.to_dict("records")
    ]  # fmt: skip
    return book.table(
        "heads", [("node", "left"), *((name, "right") for name in ("own", "rank", "peers", "tier"))], rows
    )


def _score(value: Any) -> str:
    return "–" if pd.isna(value) else numbers.fixed(value, 1)


def nearest(book: Book) -> Block | None:
    rows: Rows = [
        [book.names.city(row["city_id"]), _score(row["distance"]), str(row["rank"]), _score(row["score"])]
        for row in book.city.nearest.to_dict("records")
    ]
    return book.table("nearest", [("city", "left"), ("distance", "right"), ("rank", "right"), ("score", "right")], rows)


def gaps(book: Book) -> Block | None:
    """The cities ahead by the platforms that make their lead."""
    gaps = book.city.gaps
    if book.city.ahead.empty:
        return None
    parts: Any = gaps[gaps["level"] == 1].pivot(index="other_id", columns="node", values="points")
    nodes = [node for node in book.city.shared.standing.scored if node in parts and parts[node].abs().max() > 0]
    rows: Rows = [
        [
            book.names.city(row["city_id"]), str(row["rank"]), numbers.signed(row["gap"], 1),
            *(numbers.signed(parts.at[row["city_id"], node], 1) for node in nodes),
        ]
        for row in book.city.ahead.to_dict("records")
    ]  # fmt: skip
    columns = [("city", "left"), ("rank", "right"), ("gap", "right")]
    return book.table("gaps", [*columns, *((book.names.platform(node), "right") for node in nodes)], rows)


# what staff entered


def contacts(book: Book) -> Block | None:
    rows: Rows = [
        [
            _bounded(book, row.people, row.people_bound, row.text("who", book.lang)), _entered(row.followers),
            book.word("contact", row.kind), _figure(book, row.count, row.count_bound), _days(book, row),
            book.origin(row.origin), row.text("source", book.lang),
        ]
        for row in book.city.records.contacts
    ]  # fmt: skip
    columns = [("who", "left"), ("followers", "right"), ("kind", "left"), ("count", "right"), ("days", "left")]
    return _told(book, "contacts", columns, rows)


def endorsements(book: Book) -> Block | None:
    rows: Rows = [
        [
            row.text("who", book.lang), book.label(f"endorsement.{row.kind}"), row.text("about", book.lang),
            _figure(book, row.count, row.bound or "exact"), book.origin(row.origin), row.text("source", book.lang),
        ]
        for row in book.city.records.endorsements
    ]  # fmt: skip
    return _told(book, "endorsements", [("who", "left"), ("kind", "left"), ("about", "left"), ("count", "right")], rows)


def awards(book: Book) -> Block | None:
    rows: Rows = [
        [
            *(row.text(name, book.lang) for name in ("work", "award", "contest")), _days(book, row),
            book.origin(row.origin), row.text("source", book.lang),
        ]
        for row in book.city.records.awards
    ]  # fmt: skip
    return _told(book, "awards", [("work", "left"), ("award", "left"), ("contest", "left"), ("days", "left")], rows)


def events(book: Book) -> Block | None:
    rows: Rows = [
        [
            row.text("name", book.lang), row.text("where", book.lang), _figure(book, row.times, row.times_bound),
            _figure(book, row.people, row.people_bound), _days(book, row), book.origin(row.origin),
            row.text("source", book.lang),
        ]
        for row in book.city.records.events
    ]  # fmt: skip
    columns = [("name", "left"), ("where", "left"), ("times", "right"), ("people", "right"), ("days", "left")]
    return _told(book, "events", columns, rows)


def _told(book: Book, name: str, columns: list[tuple[str, str]], rows: Rows) -> Block | None:
    columns = [*columns, ("origin", "left"), ("source", "left")]
    return book.table(name, columns, rows, source=book.label("word.source_told"))


def _bounded(book: Book, people: int | None, bound: str, who: str) -> str:
    """国际意见领袖, 超过200位; one person by name alone."""
    if people is None or people <= 1:
        return who
    return book.label("word.people", who=who, people=_figure(book, people, bound))


def _figure(book: Book, value: int | None, bound: str) -> str:
    if value is None:
        return "–"
    return book.label("word.bounded", bound=book.word("bound", bound), value=numbers.fixed(value, 0)).strip()


def _entered(value: int | None) -> str:
    return count(value)


def _days(book: Book, row: Row) -> str:
    """2025.12.20, 2025, or 2024–2025: as exact as it need be."""
    first, last = row.first, row.last
    if first == last:
        return f"{last.year}.{last.month}.{last.day}" if book.lang == "zh" else numbers.full_day(last, "en")
    if (first.year, first.month) == (last.year, last.month):
        return f"{last.year}.{last.month}"
    return str(last.year) if first.year == last.year else f"{first.year}–{last.year}"


MAKERS = {
    "accounts": accounts, "indices": indices, "heads": heads, "nearest": nearest, "gaps": gaps, "contacts": contacts,
    "endorsements": endorsements, "awards": awards, "events": events,
}  # fmt: skip
RANKED = ("heads", "nearest", "gaps", "indices")  # tables of places and scores
