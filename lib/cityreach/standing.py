"""Where each edition stands, monthly and annual, as `cityreach status` shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table

from cityreach import edition as editions
from cityreach import intake, paths, pipeline
from cityreach.annual import edition as annual

HEADINGS = ("Edition", "Window", "Panel", "Source", "Inbox", "Taken in", "Report")
AT_ONCE = "-"  # an annual sheet is read when its report is built


def table() -> Table:
    """A row for each edition: its terms, what its inbox holds, whether that is taken in and the report built."""
    made = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        made.add_column(heading, no_wrap=True)
    for row in (*_monthly(), *_annual()):
        made.add_row(*row)
    return made


def _monthly() -> Iterator[list[str]]:
    for name in editions.ids():
        each = editions.load(name)
        files = len(intake.inbox_files(paths.inbox(name)))
        taken_in = _yes(bool(files) and pipeline.is_taken_in(each))
        yield [*_terms(each), f"{files} files" if files else "empty", taken_in, _report(name)]


def _annual() -> Iterator[list[str]]:
    for name in annual.ids():
        each = annual.load(name)
        yield [*_terms(each), "sheet" if each.sheet_path.is_file() else "empty", AT_ONCE, _report(name)]


def _terms(each: Any) -> list[str]:
    return [each.id, f"{each.window.first} to {each.window.last}", each.panel, each.source]


def _report(name: str) -> str:
    return _yes(paths.reports(name, "report.html").exists())


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
