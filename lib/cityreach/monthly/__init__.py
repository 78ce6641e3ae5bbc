"""The monthly report: chapters that the notebook shows cell by cell, and the job that publishes it.

`open_report("2025-03", "zh")` returns a `Report`; each of its chapters has methods that return one block or one
finished chart, or None where the edition has nothing to show there. The chapters hold no arithmetic (that is
`cityreach.index` and `cityreach.insight`) and no sentences (those are `templates/prose/<lang>/monthly.yml`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cityreach import charts, paths, store
from cityreach.errors import UnknownNameError
from cityreach.monthly.analysis import Analysis, analyse
from cityreach.monthly.appendix import Appendix
from cityreach.monthly.book import Book
from cityreach.monthly.cities import Cities
from cityreach.monthly.front import Front
from cityreach.monthly.outlook import Outlook
from cityreach.monthly.overview import Overview
from cityreach.monthly.platforms import PlatformChapter
from cityreach.monthly.regions import Regions
from cityreach.monthly.themes import Themes

if TYPE_CHECKING:
    from cityreach.publish.job import Job

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Report:
    """An edition's report in one language, by chapter."""

    book: Book

    @cached_property
    def front(self) -> Front:
        return Front(self.book)

    @cached_property
    def overview(self) -> Overview:
        return Overview(self.book)

    def platform(self, name: str) -> PlatformChapter:
        return PlatformChapter(self.book, name)

    @cached_property
    def themes(self) -> Themes:
        return Themes(self.book)

    @cached_property
    def cities(self) -> Cities:
        return Cities(self.book)

    @cached_property
    def regions(self) -> Regions:
        return Regions(self.book)

    @cached_property
    def outlook(self) -> Outlook:
        return Outlook(self.book)

    @cached_property
    def appendix(self) -> Appendix:
        return Appendix(self.book)


def open_book(edition: str, lang: str) -> Book:
    """The edition's analysis in a language; UnknownNameError for an unknown edition or language."""
    if lang not in LANGUAGES:
        raise UnknownNameError(f"Language `{lang}` does not exist. Write zh or en.")
    return Book(analyse(edition), lang)


def open_report(edition: str, lang: str) -> Report:
    """The report that the notebook shows; turns the house style of charts on for this kernel."""
    charts.use()
    return Report(open_book(edition, lang))


def job(edition: str, lang: str) -> Job:
    """What `cityreach.publish.build` needs to publish the edition in that language."""
    from cityreach.monthly.takeaway import takeaway
    from cityreach.publish.job import Job

    book = open_book(edition, lang)
    chosen = book.analysis.edition
    return Job(
        name=edition,
        notebook="monthly_report",
        parameters={"edition": edition, "lang": lang},
        lang=lang,
        title=f"{chosen.title[lang]} {chosen.label[lang]}",
        day=chosen.counting_date,
        band=book.label("cover.band") if chosen.simulated else None,
        mode=chosen.mode,
        tables=lambda: takeaway(book),
        provenance=_provenance(book.analysis),
    )


def _provenance(analysis: Analysis) -> dict[str, Any]:
    """What the report was made from: the edition's own facts and the hash of every input file."""
    edition = analysis.edition
    return {
        "edition": edition.model_dump(mode="json", exclude={"context", "publisher"}),
        "editions_compared": analysis.ids,
        "inputs": {each: store.input_hashes(each) for each in analysis.ids},
        "method_file": paths.relative(paths.data("methods", f"{edition.method}.yml")),
    }
