"""The tables that readers take away: one CSV and one sheet each, the cells that the findings point at.

An edition that publishes no order takes along no score, place, movement or anything made of them.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from cityreach.blocks import Block
from cityreach.edition import Window
from cityreach.findings import FACTS
from cityreach.insight import profiles, ranking
from cityreach.monthly.analysis import ROOT, Analysis
from cityreach.monthly.book import Book
from cityreach.monthly.regions import listed_provinces
from cityreach.publish.tables import DataTable, to_block, with_city_names

LONG = {"scores"}  # a CSV file only: thousands of rows
CASE_COLUMNS = [
    "platform",
    "post_id",
    "place",
    "city_id",
    "handle",
    "day",
    "theme",
    "format",
    "url",
    "likes",
    "comments",
]
CASE_FIGURES = ["shares", "views", "interactions", "usual", "lift", "counted_at", "text"]


def takeaway(book: Book) -> Block:
    """All tables with their titles in the book's language, as a block of kind `data`; empty ones are left out."""
    makers = ORDERED | ALWAYS if book.ordered else ALWAYS
    frames = {key: make(book.analysis) for key, make in makers.items()} | {
        FACTS: _facts(book),
        "context": _context(book),
    }
    if not book.ordered:
        frames |= {"provinces": listed_provinces(book.analysis, book.province)}
        frames = {key: _unordered(book, key, frame) for key, frame in frames.items()}
    named = {key: with_city_names(frame, book.city) for key, frame in frames.items() if len(frame)}
    return to_block(
        {key: DataTable(frame, book.label(f"sheets.{key}"), sheet=key not in LONG) for key, frame in named.items()}
    )


def _facts(book: Book) -> pd.DataFrame:
    """The facts that no other table holds: key, item (what it is, in the book's language), value."""
    figures = (figure for each in (*book.findings, *book.editors.findings) for figure in each.figures.values())
    values = {figure.row: _plain(figure.value) for figure in figures if figure.table == FACTS}
    items = [book.references.fact(key) for key in values]
    return pd.DataFrame({"key": list(values), "item": items, "value": pd.Series(list(values.values()), dtype="object")})


def _context(book: Book) -> pd.DataFrame:
    """The editors' figures from outside the index, as the report prints them: key, text, source."""
    given = enumerate(book.analysis.edition.context, start=1)
    rows = [(str(number), each.text[book.lang], each.source[book.lang]) for number, each in given]
    return pd.DataFrame(rows, columns=["key", "text", "source"])


def _plain(value: object) -> object:
    """A fact as a data file holds it: days as ISO dates, a window as its first and last day."""
    if isinstance(value, Window):
        return f"{value.first.isoformat()}/{value.last.isoformat()}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _ranking(analysis: Analysis) -> pd.DataFrame:
    """One row a city: score and rank of the composite and of every platform."""
    nodes = [ROOT, *analysis.scored]
    now = analysis.now[analysis.now["node"].isin(nodes)]
    wide = now.pivot(index="city_id", columns="node", values=["score", "rank"])
    columns = {f"{node}_{value}": wide[value, node] for node in nodes for value in ("score", "rank")}
    return pd.DataFrame(columns).reset_index().sort_values([f"{ROOT}_rank", "city_id"], na_position="last")


def _metrics(analysis: Analysis) -> pd.DataFrame:
    return analysis.metrics[analysis.metrics["edition"] == analysis.edition.id].drop(columns="edition")


def _scores(analysis: Analysis) -> pd.DataFrame:
    return analysis.now.drop(columns="edition").sort_values(["node", "rank", "city_id"], na_position="last")


def _history(analysis: Analysis) -> pd.DataFrame:
    """Places over the last year: composite, every edition."""
    mine = analysis.heads[(analysis.heads["node"] == ROOT) & analysis.heads["edition"].isin(analysis.year)]
    return mine[["edition", "city_id", "score", "rank"]].sort_values(["edition", "rank", "city_id"])


def _contributions(analysis: Analysis) -> pd.DataFrame:
    """Parts of the composite's change for the cities of the first ten."""
    return analysis.first_parts


def _streaks(analysis: Analysis) -> pd.DataFrame:
    return ranking.streak(analysis.heads, analysis.year, ROOT).assign(node=ROOT)


def _shapes(analysis: Analysis) -> pd.DataFrame:
    return profiles.platform_shape(analysis.profile, rules=analysis.rules.profiles)


def _cases(analysis: Analysis) -> pd.DataFrame:
    return analysis.cases[[*CASE_COLUMNS, *CASE_FIGURES]]


def _excluded(analysis: Analysis) -> pd.DataFrame:
    """The posts that the editors excluded from the cases."""
    named = [(post["platform"], post["post_id"], post["city_id"], post["day"]) for _, post in analysis.excluded]
    return pd.DataFrame(named, columns=["platform", "post_id", "city_id", "day"])


def _drivers(analysis: Analysis) -> pd.DataFrame:
    return analysis.drivers.drop(columns=["post_id"], errors="ignore")


ALWAYS: dict[str, Callable[[Analysis], pd.DataFrame]] = {
    "metrics": _metrics,
    "totals": lambda analysis: analysis.totals,
    "case_posts": _cases,
    "excluded": _excluded,
    "themes": lambda analysis: analysis.theme_table,
    "labels": lambda analysis: analysis.labels,
    "formats": lambda analysis: analysis.formats,
    "coverage": lambda analysis: analysis.coverage,
    "concentration": lambda analysis: analysis.concentration,
    "presence": lambda analysis: analysis.presence,
    "languages": lambda analysis: analysis.languages,
    "times": lambda analysis: analysis.times,
    "tags": lambda analysis: analysis.tags,
    "doubtful": lambda analysis: analysis.doubtful,
}
ORDERED: dict[str, Callable[[Analysis], pd.DataFrame]] = {
    "ranking": _ranking,
    "scores": _scores,
    "movements": lambda analysis: analysis.moves,
    "changes": lambda analysis: analysis.changes,
    "year_on_year": lambda analysis: analysis.year_on_year,
    "common_totals": lambda analysis: analysis.common_totals,
    "runs": lambda analysis: analysis.runs.assign(node=ROOT),
    "spreads": lambda analysis: analysis.spreads,
    "convergence": lambda analysis: analysis.convergence,
    "history": _history,
    "contributions": _contributions,
    "gaps": lambda analysis: analysis.gaps,
    "streaks": _streaks,
    "shapes": _shapes,
    "intervals": lambda analysis: analysis.intervals,
    "neighbours": lambda analysis: analysis.neighbours,
    "drivers": _drivers,
    "staying": lambda analysis: analysis.staying,
    "profiles": lambda analysis: analysis.profile,
    "regions": lambda analysis: analysis.all_regions,
}


def _unordered(book: Book, key: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of cities in the edition's random order; no column that numbers them."""
    kept = frame.drop(columns=["place"], errors="ignore")
    if "city_id" not in kept:
        return kept
    order = {city: number for number, city in enumerate(book.listing(sorted(set(kept["city_id"])), salt=key))}
    return kept.sort_values("city_id", key=lambda column: column.map(order), kind="stable")
