"""The sheet of a simulated annual edition: which places must come out, and the file that makes them come out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cityreach import index as engine
from cityreach import paths, registry, sheets, store
from cityreach.annual import edition as editions
from cityreach.annual import lists, record
from cityreach.annual.edition import AnnualEdition, Index
from cityreach.errors import SpecError
from cityreach.simulate import annual as simulation

ALL, ROOT = lists.ALL, "composite"


def run(edition_id: str) -> Path:
    """Write the sheet of a simulated edition; SpecError for an edition of collected figures."""
    edition = editions.load(edition_id)
    if not edition.simulated or edition.sheet_path.suffix != ".csv":
        raise SpecError(
            f"{paths.relative(editions.folder(edition_id))}/{editions.FILE}: only an edition with `source: simulated` "
            "and a sheet in CSV is simulated. Nothing was written."
        )
    store.write_bytes(edition.sheet_path, content(edition))
    return edition.sheet_path


def content(edition: AnnualEdition) -> bytes:
    """The sheet's file."""
    known, method, settings = registry.load(), engine.load_method(edition.method), simulation.load_settings()
    index = editions.load_index(edition.index)
    cities = known.cities.loc[known.panel(edition.panel)]
    own = settings.indices[index.id]
    places = _places(edition, index, known) + [each for each in own.known if each.edition == edition.id]
    orders = {}
    for node in [ROOT, *[each for each in own.spread if each != ROOT]]:
        points = simulation.strength(cities, settings.prior, index=index.id, year=edition.id, follows=own.follows[node])
        fixed = _fixed(node, places, lists.members(index, known, edition.panel), known)
        orders[node] = simulation.order(points, fixed)
    year = simulation.Year(index.id, edition.id, cities, orders)
    figures = simulation.figures(year, method, settings)
    return sheets.write(
        _sheet(edition, method, figures, settings), {str(city): name for city, name in cities["name_zh"].items()}
    )


def _places(edition: AnnualEdition, index: Index, known: registry.Registry) -> list[simulation.Known]:
    """The published places of the edition as the simulation takes them."""
    rows = record.stated(record.load(index, known), edition.record)
    found = []
    for row in rows.to_dict("records"):
        place = {"list": row["list"], "node": row["node"], "place": int(row["place"])}
        city = known.city_name(row["city_id"], "zh")
        found.append(simulation.Known(edition=edition.id, city=city, why=row["source"], **place))
    return found


def _fixed(
    node: str, places: list[simulation.Known], members: Mapping[str, list[str]], known: registry.Registry
) -> dict[str, int]:
    """Places in the whole panel: those given there, then those of shorter lists, between the cities outside them."""
    ids = {each.city: known.city_ids([each.city])[0] for each in places}
    here = [each for each in places if each.node == node]
    fixed = {ids[each.city]: each.place for each in here if each.list == ALL}
    for each in here:
        if each.list == ALL or ids[each.city] in fixed or each.list.startswith("size_group:"):
            continue
        outside = {place for city, place in fixed.items() if city not in members[each.list]}
        place = next(n for n in range(each.place, 10_000) if n - sum(o <= n for o in outside) == each.place)
        fixed[ids[each.city]] = place
    return fixed


def _sheet(
    edition: AnnualEdition, method: engine.Method, figures: pd.DataFrame, settings: simulation.Settings
) -> sheets.Sheet:
    columns = {}
    for code in map(str, figures):
        words = method.indicators[code]
        given = (words.label.zh, words.unit.zh, settings.source.zh, settings.source.en, edition.counting_date)
        columns[code] = sheets.Column(code, *given, "simulated")
    return sheets.Sheet(columns, figures)
