"""What the published lists say: pure functions on the frames of `cityreach.published.facts`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from cityreach.errors import DataError
from cityreach.published.facts import LIST_KEY, Facts, Issue, Known

TOP = 10
LEAST_COMMON = 5
WIDEST_GAP = 2


def lists(rankings: pd.DataFrame) -> pd.DataFrame:
    """One row per list, in the record's order.

    Columns: index_id, edition, scope, ordered, entries (rows), known_to (n where places 1..n are all there; 0 in
    a list without stated order), source (its sources, joined by a full-width semicolon).
    """
    grouped = rankings.groupby([*LIST_KEY, "ordered"], sort=False)
    return grouped.agg(
        entries=("city", "size"),
        known_to=("place", known_to),
        source=("source_title", lambda titles: ";".join(dict.fromkeys(titles))),
    ).reset_index()


def known_to(places: Iterable[int]) -> int:
    """The n up to which every place 1..n occurs: 1, 2, 3, 7 gives 3; nothing known gives 0."""
    held = set(pd.Series(places).dropna().astype(int))
    reach = 0
    while reach + 1 in held:
        reach += 1
    return reach


def top(rankings: pd.DataFrame, index_id: str, edition: str, *, scope: str = "composite") -> pd.Series:
    """Cities of an ordered list from first to n-th without a gap, as a series place -> city; empty where unordered."""
    chosen = rankings[
        (rankings["index_id"] == index_id) & (rankings["edition"] == edition) & (rankings["scope"] == scope)
    ].dropna(subset=["place"])
    reach = known_to(chosen["place"])
    return chosen[chosen["place"] <= reach].set_index("place")["city"].sort_index()


def editions_table(facts: Facts) -> pd.DataFrame:
    """The main index issue by issue.

    Columns: edition, first, last, cities, platforms (ids joined by a space), tiktok, released_zh, released_en,
    found (members of the composite list found, 0 where none), known_to, order (yes | partly | no | none).
    """
    found = lists(facts.main).query("scope == 'composite'").set_index("edition")
    rows = []
    for issue in facts.known.editions:
        entries = int(found["entries"].get(issue.id, 0))
        reach = int(found["known_to"].get(issue.id, 0))
        order = _order_of(entries, reach, str(found["ordered"].get(issue.id, "")))
        rows.append({**_issue_row(issue), "found": entries, "known_to": reach, "order": order})
    return pd.DataFrame(rows).astype({"cities": "Int64"})


def _issue_row(issue: Issue) -> dict[str, object]:
    return {
        "edition": issue.id,
        "first": issue.first.isoformat() if issue.first else "",
        "last": issue.last.isoformat() if issue.last else "",
        "cities": issue.cities,
        "platforms": " ".join(issue.platforms),
        "tiktok": issue.tiktok,
        "released_zh": issue.released.zh if issue.released else "",
        "released_en": issue.released.en if issue.released else "",
    }


def _order_of(entries: int, reach: int, ordered: str) -> str:
    if not entries:
        return "none"
    if ordered != "yes":
        return "no"
    return "yes" if reach >= TOP else "partly"


def movements(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """Movement between two full ordered lists (place -> city), by place after, cities that left at the end.

    Columns: city, before, after (Int64, null outside the list), change (places gained, null where a place is
    unknown), kind (up | down | level | new | out). DataError where a list is empty or their lengths differ.
    """
    if not len(before) or len(before) != len(after):
        raise DataError(
            f"Movements need two full ordered lists of one length, found {len(before)} and {len(after)} places. "
            "Choose two issues whose order is published."
        )
    table = pd.DataFrame({"city": pd.unique(pd.concat([after, before]))})
    table["before"] = table["city"].map({city: place for place, city in before.items()}).astype("Int64")
    table["after"] = table["city"].map({city: place for place, city in after.items()}).astype("Int64")
    table["change"] = table["before"] - table["after"]
    table["kind"] = [_kind(one, other) for one, other in zip(table["before"], table["after"], strict=True)]
    return table.sort_values(["after", "before"], kind="stable", na_position="last").reset_index(drop=True)


def _kind(before: Any, after: Any) -> str:
    if pd.isna(before):
        return "new"
    if pd.isna(after):
        return "out"
    return "level" if before == after else "up" if after < before else "down"


def rank_history(facts: Facts) -> pd.DataFrame:
    """Every city of the main composite lists in every issue of which a list was found.

    Columns: edition, city, place (Int64), state: known (place published), listed (member of a list without
    order), outside (not in a full top ten: its place lies beyond the tenth and is unpublished), unknown (the
    list was seen in part only). Place is null unless the state is known.
    """
    composite = facts.main[facts.main["scope"] == "composite"]
    table = editions_table(facts).set_index("edition")
    found = [edition for edition in table.index if table.at[edition, "order"] != "none"]
    grid = pd.MultiIndex.from_product([found, cities_by_standing(composite)], names=["edition", "city"])
    held = composite.set_index(["edition", "city"])
    history = pd.DataFrame({"place": held["place"].reindex(grid)})
    history["state"] = [
        _state(history.at[key, "place"], key in held.index, str(table.at[key[0], "order"])) for key in grid
    ]
    return history.reset_index()


def _state(place: Any, member: bool, order: str) -> str:
    if not pd.isna(place):
        return "known"
    if member:
        return "listed"
    return "unknown" if order == "partly" else "outside"


def cities_by_standing(composite: pd.DataFrame) -> list[str]:
    """Cities by how often they were listed, then by mean published place, then by name."""
    grouped = composite.groupby("city")["place"]
    standing = pd.DataFrame({"listed": -composite.groupby("city").size(), "mean": grouped.mean().astype("Float64")})
    return list(standing.reset_index().sort_values(["listed", "mean", "city"], na_position="last")["city"])


def appearances(facts: Facts) -> pd.DataFrame:
    """Cities of the full ordered top tens: city, listed (issues), best, worst (places), by listed and best."""
    table = editions_table(facts)
    full = list(table.loc[table["order"] == "yes", "edition"])
    composite = facts.main[(facts.main["scope"] == "composite") & facts.main["edition"].isin(full)]
    counted = composite.groupby("city")["place"].agg(listed="size", best="min", worst="max").reset_index()
    return counted.sort_values(["listed", "best", "worst"], ascending=[False, True, True]).reset_index(drop=True)


def platform_places(facts: Facts) -> pd.DataFrame:
    """The main index's platform lists: edition, scope, city, place (null in a list without order), ordered."""
    frame = facts.main[facts.main["scope"] != "composite"]
    return frame[["edition", "scope", "city", "place", "ordered"]].reset_index(drop=True)


def agreement(facts: Facts) -> pd.DataFrame:
    """Pairs of indices of Chinese cities, each by its nearest two national lists at most WIDEST_GAP years apart.

    Columns: index_a, edition_a, scope_a, index_b, edition_b, scope_b, gap (calendar years), size (length of the
    shorter list), shared (cities in both, each list cut to `size`), common (cities with a place in both whole
    lists), tau (Kendall's tau on them; null where there are fewer than LEAST_COMMON). Sorted by gap, tau, names.
    """
    national = national_lists(facts)
    found: list[Any] = list(national.itertuples())
    orders = {
        (row.index_id, row.edition): list(top(facts.rankings, row.index_id, row.edition, scope=row.scope))
        for row in found
    }
    rows = [_pair(orders, national, pair) for pair in combinations(dict.fromkeys(national["index_id"]), 2)]
    table = pd.DataFrame([row for row in rows if row["gap"] <= WIDEST_GAP])
    return table.astype({"tau": "Float64"}).reset_index(drop=True)


def national_lists(facts: Facts) -> pd.DataFrame:
    """Ordered lists of at least LEAST_COMMON cities that cover the whole country: index_id, edition, scope."""
    table = lists(facts.rankings)
    scopes = {index.id: index.national for index in facts.known.indices if index.national}
    fits = (table["scope"] == table["index_id"].map(scopes)) & (table["known_to"] >= LEAST_COMMON)
    order = {index_id: number for number, index_id in enumerate(scopes)}
    chosen = table[fits].assign(position=table["index_id"].map(order))
    return chosen.sort_values(["position", "edition"])[["index_id", "edition", "scope"]].reset_index(drop=True)


def _pair(orders: dict[Any, list[str]], national: pd.DataFrame, pair: tuple[str, str]) -> dict[str, Any]:
    sides: list[list[Any]] = [list(national[national["index_id"] == index_id].itertuples()) for index_id in pair]
    near = min(
        product(*sides),
        key=lambda both: (abs(_middle(both[0].edition) - _middle(both[1].edition)), both[0].edition, both[1].edition),
    )
    a, b = near
    left, right = (orders[one.index_id, one.edition] for one in near)
    gap = abs(int(a.edition[:4]) - int(b.edition[:4]))
    return {
        "index_a": a.index_id, "edition_a": a.edition, "scope_a": a.scope,
        "index_b": b.index_id, "edition_b": b.edition, "scope_b": b.scope,
        "gap": gap, **compare(left, right),
    }  # fmt: skip


def _middle(edition: str) -> float:
    """The middle of an edition's time in years: 2024 gives 2024.5, 2024-06 gives 2024.458."""
    year, _, month = edition.partition("-")
    return int(year) + (0.5 if not month else (int(month) - 0.5) / 12)


def compare(left: list[str], right: list[str]) -> dict[str, Any]:
    """Overlap and agreement in order of two lists, first place first; see `agreement` for the keys."""
    size = min(len(left), len(right))
    shared = len(set(left[:size]) & set(right[:size]))
    common = [city for city in left if city in set(right)]
    tau = kendall_tau([right.index(city) for city in common]) if len(common) >= LEAST_COMMON else None
    return {"size": size, "shared": shared, "common": len(common), "tau": tau}


def kendall_tau(order: Iterable[float]) -> float:
    """Kendall's tau between 0, 1, 2, ... and `order` (no ties): 1 the same order, -1 the reverse, NaN below two."""
    values = np.asarray(list(order), dtype=float)
    n = len(values)
    if n < 2:
        return float("nan")
    later = np.sign(values[None, :] - values[:, None])[np.triu_indices(n, 1)]
    return float(later.sum() / (n * (n - 1) / 2))


def newest_source(facts: Facts) -> date:
    """The newest day that a source's title names: the record's own date."""
    titles = pd.concat([facts.rankings["source_title"], facts.posts["source_title"]])
    days = [date.fromisoformat(found) for title in titles.unique() for found in re.findall(r"\d{4}-\d\d-\d\d", title)]
    return max(days)


def break_between(known: Known, before: str, after: str) -> bool:
    """Whether composite places of two issues are not comparable."""
    order = [issue.id for issue in known.editions]
    low, high = order.index(before), order.index(after)
    return any(one.composite and low <= order.index(one.after) < high for one in known.breaks)
