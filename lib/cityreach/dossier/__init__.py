"""The dossier of one city: its accounts, its year, its places, its peers, and what staff know of it beside the exports.

`shared` holds what all dossiers of a period have in common, `city` cuts one city out of it, `facts` and `told` make
findings of it, and `page` shows them with the words of `templates/prose/<lang>/dossier.yml`.
"""

from __future__ import annotations

from cityreach import charts
from cityreach.dossier import shared
from cityreach.dossier.book import Book
from cityreach.dossier.city import open_city
from cityreach.dossier.page import Page
from cityreach.errors import UnknownNameError

LANGUAGES = ("zh", "en")


def open_page(city: str, edition: str, lang: str) -> Page:
    """The dossier of a city (id, Chinese or English name) for an edition or a year; turns the charts' style on.

    UnknownNameError for an unknown city, edition, year or language, SpecError for a file of the city that breaks its
    rules, DataError where the store lacks an edition.
    """
    if lang not in LANGUAGES:
        raise UnknownNameError(f"Language `{lang}` does not exist. Write {' or '.join(LANGUAGES)}.")
    charts.use()
    return Page(Book(open_city(shared.load(edition), city), lang))


__all__ = ["Page", "open_page"]
