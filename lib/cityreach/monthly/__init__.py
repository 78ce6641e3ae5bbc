"""The monthly report: chapters that the notebook shows cell by cell, as blocks and charts.

`open_report("2025-03", "zh")` returns a `Report`; each of its chapters has methods that return one block or one
finished chart, or None where the edition has nothing to show there. The chapters hold no arithmetic (that is
`cityreach.index` and `cityreach.insight`) and no sentences (those are `templates/prose/<lang>/monthly.yml`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cityreach import charts
from cityreach.blocks import Block, Blocks
from cityreach.errors import UnknownNameError
from cityreach.monthly.analysis import analyse
from cityreach.monthly.appendix import Appendix
from cityreach.monthly.book import Book
from cityreach.monthly.cities import Cities
from cityreach.monthly.front import Front
from cityreach.monthly.outlook import Outlook
from cityreach.monthly.overview import Overview
from cityreach.monthly.platforms import PlatformChapter
from cityreach.monthly.regions import Regions
from cityreach.monthly.takeaway import takeaway
from cityreach.monthly.themes import Themes

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

    def further_platforms(self) -> Blocks:
        """The chapters of platforms that the notebook has no cells for: an edition may name any of the registry's."""
        return Blocks([block for name in self.book.further for block in self.platform(name).blocks()])

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

    def tables(self) -> Block:
        """The tables that readers take away."""
        return takeaway(self.book)

    @cached_property
    def appendix(self) -> Appendix:
        return Appendix(self.book)


def open_book(edition: str, lang: str, despite: str = "", *, marked: bool = False) -> Book:
    """The edition's analysis in a language; UnknownNameError for an unknown edition or language."""
    if lang not in LANGUAGES:
        raise UnknownNameError(f"Language `{lang}` does not exist. Write zh or en.")
    return Book(analyse(edition), lang, despite, marked)


def open_report(edition: str, lang: str, despite: str = "", *, marked: bool = False) -> Report:
    """The report that the notebook shows; turns the house style of charts on for this kernel.

    despite: why it is built although its exports fall short of a gate; printed only where they do. marked: for
    editors, with what they wrote marked.
    """
    charts.use()
    return Report(open_book(edition, lang, despite, marked=marked))
