"""What a monthly report says, block by block, without its charts and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cityreach.blocks import Block
from cityreach.monthly import Report


def said(report: Report) -> Iterator[Block]:
    """Every block of prose of the report, in the order in which it is read."""
    overview, front = report.overview, report.front
    shown: list[Any] = [front.summary(), overview.heading(), overview.text(), overview.firmness()]
    shown += [overview.bridge_text(), overview.case()]
    for name in report.book.analysis.edition.platforms:
        chapter = report.platform(name)
        shown += [
            chapter.heading(),
            chapter.text(),
            *(chapter.case(place) for place in (1, 2, 3)),
            chapter.works_text(),
        ]
    shown += [report.themes.heading(), report.themes.text(), report.cities.heading(), report.cities.text()]
    shown += [report.cities.staying_text(), report.regions.heading(), report.regions.text()]
    shown += [report.outlook.advice(), report.appendix.quality_text(), report.appendix.comparability()]
    return (each for each in shown if each is not None)
