"""What a dossier covers: one edition, or all editions of a calendar year that belong to one series."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cityreach import edition as editions
from cityreach.edition import Edition, Window
from cityreach.errors import UnknownNameError

_YEAR = re.compile(r"\d{4}")
ORDERED = "ordered"


@dataclass(frozen=True)
class Period:
    """An edition, or a year.

    id: as it is asked for. editions: what is added up, oldest first. standing: the edition whose places and scores are
    shown: the last one that publishes an order, else the last.
    """

    id: str
    editions: tuple[Edition, ...]

    @property
    def is_year(self) -> bool:
        return _YEAR.fullmatch(self.id) is not None

    @property
    def last(self) -> Edition:
        return self.editions[-1]

    @property
    def standing(self) -> Edition:
        ordered = [each for each in self.editions if each.mode == ORDERED]
        return ordered[-1] if ordered else self.last

    @property
    def ordered(self) -> bool:
        """Whether places may be shown."""
        return self.standing.mode == ORDERED

    @property
    def window(self) -> Window:
        """The days that the dossier covers: the calendar year, or the edition's window."""
        if self.is_year:
            return Window(first=date(int(self.id), 1, 1), last=date(int(self.id), 12, 31))
        return self.last.window

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms of all its editions, in the order of the last."""
        named = [name for each in reversed(self.editions) for name in each.platforms]
        return tuple(dict.fromkeys(named))

    @property
    def simulated(self) -> bool:
        return any(each.simulated for each in self.editions)


def find(name: str) -> Period:
    """The period of an edition's id, or of a year such as 2025; UnknownNameError says what there is."""
    if _YEAR.fullmatch(name) and name not in editions.ids():
        return Period(name, tuple(_series(int(name))))
    return Period(name, (editions.load(name),))


def _series(year: int) -> list[Edition]:
    """The longest series of editions whose window lies in the year, oldest first."""
    inside = [each for each in map(editions.load, editions.ids()) if _lies_in(each, year)]
    if not inside:
        known = sorted({each.window.last.year for each in map(editions.load, editions.ids())})
        raise UnknownNameError(
            f"No edition lies in the year {year}. There are editions that end in: {', '.join(map(str, known))}. "
            "Use one of these years, or an edition's id."
        )
    return max((_chain(each, inside) for each in inside), key=lambda chain: (len(chain), chain[-1].window.last))


def _chain(edition: Edition, inside: Sequence[Edition]) -> list[Edition]:
    """The edition and those before it that lie in the year."""
    ids = {each.id for each in inside}
    before = editions.history(edition, count=len(inside))
    return [each for each in (*before, edition) if each.id in ids]


def _lies_in(edition: Edition, year: int) -> bool:
    return edition.window.first.year == year == edition.window.last.year
