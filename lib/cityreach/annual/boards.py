"""Frames that the charts of an annual report show, with their words."""

from __future__ import annotations

import pandas as pd

from cityreach.annual.analysis import TOP
from cityreach.annual.book import Book
from cityreach.annual.facts import each
from cityreach.annual.lists import ALL
from cityreach.prose import numbers

HEAT = 15  # cities of a heat map
NAMED = 12  # cities that a map names
DEEPEST = 20  # places of a chart over the years, at most


def ranking(book: Book, base: str, node: str) -> pd.DataFrame:
    """The first cities of a list for `charts.ranking_bars`; the first in focus."""
    rows = book.analysis.placed(base, node).dropna(subset=["rank"]).head(TOP)
    moves = book.analysis.moved(base, node).set_index("city_id")["change"]
    changes = [moves.get(city, pd.NA) for city in rows["city_id"]]
    return pd.DataFrame(
        {
            "label": [book.city(city) for city in rows["city_id"]],
            "rank": rows["rank"].astype(str).to_numpy(),
            "value": rows["score"].astype(float).to_numpy(),
            "value_text": [book.score(value) for value in rows["score"]],
            "change_text": [_moved(change) for change in changes],
            "tone": [_tone(change) for change in changes],
            "focus": [place == 0 for place in range(len(rows))],
        }
    )


def _moved(change: object) -> str:
    if pd.isna(change):  # type: ignore[call-overload]
        return ""
    places = int(change)  # type: ignore[call-overload]
    return f"▲{places}" if places > 0 else f"▼{-places}" if places else "—"


def _tone(change: object) -> str:
    if pd.isna(change):  # type: ignore[call-overload]
        return ""
    return "up" if change > 0 else "down" if change < 0 else "muted"  # type: ignore[operator]


def contrast(book: Book) -> pd.DataFrame:
    """Cities by size and word of mouth for `charts.quadrant`, the furthest apart first and named."""
    rule = book.analysis.material.index.contrast
    assert rule is not None
    table, heads = book.analysis.contrasts, book.analysis.heads
    far = {side: set(table[table["side"] == side].head(4)["city_id"]) for side in ("mouth", "size")}
    first = set(book.analysis.placed(ALL).head(3)["city_id"])
    mids = heads[[rule.size, rule.mouth]].median()
    rows = [
        {
            "label": book.city(city), "x": heads.at[city, rule.size], "y": heads.at[city, rule.mouth],
            "group": book.label(f"word.field.{_field(heads.loc[city], rule.size, rule.mouth, mids)}"),
            "named": city in far["mouth"] | far["size"] | first, "focus": city in far["mouth"],
        }
        for city in table["city_id"]
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _field(scores: pd.Series, size: str, mouth: str, mids: pd.Series) -> str:
    """The field of a plane that a city stands in: both, mouth, size or neither."""
    high = (scores[size] >= mids[size], scores[mouth] >= mids[mouth])
    return {(True, True): "both", (False, True): "mouth", (True, False): "size"}.get(high, "neither")


def groups(book: Book, by: str) -> pd.DataFrame:
    """Mean scores of groups for `charts.group_bars`, the highest first and in focus."""
    table = book.analysis.groups
    mine = table[(table["by"] == by) & (table["node"] == book.analysis.root)].sort_values("mean", ascending=False)
    notes = [book.label("word.group_note", cities=row["cities"], best=book.city(row["best"])) for row in each(mine)]
    return pd.DataFrame(
        {
            "label": [book.group(key, by) for key in mine["key"]],
            "value": mine["mean"].to_numpy(),
            "text": [book.score(value) for value in mine["mean"]],
            "note": notes,
            "focus": [place == 0 for place in range(len(mine))],
        }
    )


def compared(book: Book, by: str) -> pd.DataFrame:
    """Mean scores of groups on the whole and every track, for `charts.heatmap`; the highest group first."""
    table = book.analysis.groups[book.analysis.groups["by"] == by]
    means = table.pivot(index="key", columns="node", values="mean")[[book.analysis.root, *book.analysis.tracks]]
    means = means.sort_values(book.analysis.root, ascending=False)
    rows = [
        {"row": book.group(str(key), by), "row_order": row, "column": book.node(str(node)), "column_order": column,
         "value": means.at[key, node], "text": book.score(means.at[key, node])}
        for row, key in enumerate(means.index)
        for column, node in enumerate(means)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def positions(book: Book) -> pd.DataFrame:
    """Cities where they lie, for `charts.positions`, the best first and named, the first ten in focus."""
    cities = book.analysis.material.registry.cities
    rows = book.analysis.placed(ALL).dropna(subset=["rank"])
    return pd.DataFrame(
        {
            "label": [book.city(city) for city in rows["city_id"]],
            "lon": cities.loc[rows["city_id"], "lon"].to_numpy(),
            "lat": cities.loc[rows["city_id"], "lat"].to_numpy(),
            "value": rows["score"].astype(float).to_numpy(),
            "focus": [rank <= TOP for rank in rows["rank"]],
            "named": [rank <= NAMED for rank in rows["rank"]],
        }
    )


def history(book: Book, base: str) -> tuple[pd.DataFrame, int]:
    """Places of the first cities in every edition for `charts.bump`, and how many places it needs to show the riser."""
    chain = book.analysis.material.chain
    places = {each.id: book.analysis.placed(base, edition=each.id).set_index("city_id")["rank"] for each in chain}
    first = list(book.analysis.placed(base).dropna(subset=["rank"]).head(TOP)["city_id"])
    riser = book.findings.get(f"riser.{base}")
    roles = {first[0]: "second"} | ({riser.subject: "focus"} if riser and riser.subject in first else {})
    shown = list(dict.fromkeys([*first, *(city for ranks in places.values() for city in ranks[ranks <= TOP].index)]))
    rows = [
        {"edition": each.year, "order": order, "city": book.city(city), "rank": places[each.id].get(city),
         "role": roles.get(city, "context")}
        for order, each in enumerate(chain)
        for city in shown
    ]  # fmt: skip
    focus = [places[each.id].get(city) for each in chain for city, role in roles.items() if role == "focus"]
    return pd.DataFrame(rows), min(DEEPEST, max([TOP, *(int(rank) for rank in focus if not pd.isna(rank))]))


def heat(book: Book, nodes: list[str]) -> pd.DataFrame:
    """The first cities by nodes for `charts.heatmap`."""
    first = list(book.analysis.placed(ALL).dropna(subset=["rank"]).head(HEAT)["city_id"])
    scores = book.analysis.places
    mine = scores[(scores["edition"] == book.analysis.now) & (scores["list"] == ALL)].set_index(["node", "city_id"])[
        "score"
    ]
    rows = []
    for row_order, city in enumerate(first):
        for column_order, node in enumerate(nodes):
            value = mine.get((node, city), float("nan"))
            text = "" if value != value else numbers.fixed(value, 2)
            rows.append(
                {"row": book.city(city), "row_order": row_order, "column": book.node(node),
                 "column_order": column_order, "value": value, "text": text}
            )  # fmt: skip
    return pd.DataFrame(rows)
