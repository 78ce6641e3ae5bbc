"""Frames that the dossier's charts show, with their words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cityreach.dossier.book import Book
from cityreach.monthly.analysis import ROOT
from cityreach.prose import numbers

SHOWN_THEMES = 8
SHOWN_PARTS = 6
FLOWS = ("posts", "interactions", "followers")


def short(book: Book, edition_id: str) -> str:
    """24.4 for April 2024."""
    window = next(each.window for each in book.city.editions if each.id == edition_id)
    return f"{window.first:%y}.{window.first.month}"


def course(book: Book) -> pd.DataFrame:
    """The city's places for `charts.heatmap`: composite and platforms by edition, better places darker."""
    table = book.city.places
    editions = [each.id for each in book.city.editions if each.id in set(table["edition"])]
    nodes = [ROOT, *book.city.shared.standing.scored]
    found = {(row["edition"], row["node"]): row for row in table.to_dict("records")}
    rows = []
    for row_order, node in enumerate(nodes):
        for column_order, edition in enumerate(editions):
            row = found.get((edition, node))
            rows.append(
                {
                    "row": book.names.platform(node),
                    "row_order": row_order,
                    "column": short(book, edition),
                    "column_order": column_order,
                    "value": 1 - (row["rank"] - 1) / max(row["cities"] - 1, 1) if row else None,
                    "text": str(row["rank"]) if row else "",
                }
            )
    return pd.DataFrame(rows)


def series(book: Book) -> pd.DataFrame:
    """Posts, interactions and followers for `charts.daily_panels`, an edition a slot."""
    table = book.city.series
    order = {each.id: place for place, each in enumerate(book.city.editions)}
    rows: list[dict[str, Any]] = []
    for name in FLOWS:
        known = table[table[name].notna()]
        if len(known) < 2:
            continue
        last = book.writer.count(float(known[name].iloc[-1]))
        for edition, value in zip(known["edition"], known[name], strict=True):
            label = short(book, edition)
            tip = book.label("chart.series.tip", label=label, value=numbers.fixed(value, 0))
            rows.append(
                {
                    "platform": book.label(f"tiles.{name}"),
                    "note": last,
                    "tone": "brand",
                    "slot": order[edition],
                    "day": label,
                    "value": float(value),
                    "tip": tip,
                }
            )
    return pd.DataFrame(rows)


def heads(book: Book) -> pd.DataFrame:
    """Composite and platforms for `charts.dumbbell`: the peers' median, then the city; the focus is the widest gap."""
    table = scored_heads(book)
    widest = widest_head(book)
    return pd.DataFrame(
        {
            "label": [book.names.platform(node) for node in table["node"]],
            "a": table["peers"].astype(float).to_numpy(),
            "b": table["own"].astype(float).to_numpy(),
            "a_text": [numbers.fixed(value, 1) for value in table["peers"]],
            "b_text": [numbers.fixed(value, 1) for value in table["own"]],
            "focus": [node == widest for node in table["node"]],
        }
    )


def scored_heads(book: Book) -> pd.DataFrame:
    """The rows of `City.heads` that can be compared."""
    table = book.city.heads
    return table[table["own"].notna() & table["peers"].notna()].reset_index(drop=True)


def widest_head(book: Book) -> str:
    """The platform on which the city is farthest from its peers, above them where any is."""
    table = scored_heads(book)
    table = table[table["node"] != ROOT]
    if table.empty:
        return ""
    apart = (table["own"] - table["peers"]).astype(float)
    place = int(apart.to_numpy().argmax()) if (apart > 0).any() else int(apart.to_numpy().argmin())
    return str(table["node"].iloc[place])


def gap(book: Book) -> pd.DataFrame:
    """From the city's score to that of the city ahead for `charts.waterfall`, the largest parts first.

    For the first city: from the score of the one that follows to its own.
    """
    leads = book.city.ahead.empty
    other = (book.city.behind if leads else book.city.ahead).iloc[0]
    parts = book.city.gaps[(book.city.gaps["other_id"] == other["city_id"]) & (book.city.gaps["level"] == 2)]
    parts = parts[parts["points"].abs() > 1e-9]
    parts = parts.reindex(parts["points"].abs().sort_values(ascending=False, kind="stable").index)
    shown, rest = parts.iloc[:SHOWN_PARTS], parts.iloc[SHOWN_PARTS:]
    names = book.name, book.names.city(other["city_id"])
    own = float(other["score"]) + float(other["gap"]) * (1 if leads else -1)
    ends = [_total(names[0], own), _total(names[1], float(other["score"]))]
    rows = [ends[1] if leads else ends[0]]
    rows += [
        _part(book.names.node(node), float(points)) for node, points in zip(shown["node"], shown["points"], strict=True)
    ]
    if len(rest):
        rows.append(_part(book.label("chart.gap.rest"), float(rest["points"].sum())))
    return pd.DataFrame([*rows, ends[0] if leads else ends[1]])


def _total(label: str, score: float) -> dict[str, Any]:
    return {"label": label, "value": score, "text": numbers.fixed(score), "kind": "total"}


def _part(label: str, points: float) -> dict[str, Any]:
    kind = "up" if points > 0 else "down"
    return {"label": label, "value": points, "text": numbers.signed(points), "kind": kind}


def themes(book: Book) -> pd.DataFrame:
    """Themes for `charts.dumbbell`: the panel's share of posts, then the city's; the label in focus."""
    table = book.city.themes.head(SHOWN_THEMES)
    label = book.findings.get("label")
    return pd.DataFrame(
        {
            "label": [book.names.theme(theme) for theme in table["theme"]],
            "a": table["panel_share"].astype(float).to_numpy(),
            "b": table["share"].astype(float).to_numpy(),
            "a_text": [numbers.percent(share, 1) for share in table["panel_share"]],
            "b_text": [numbers.percent(share, 1) for share in table["share"]],
            "focus": [label is not None and theme == label.subject for theme in table["theme"]],
        }
    )
