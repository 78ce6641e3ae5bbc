"""`cityreach check`: every numeral of a report's prose is held by its data, and every cell it names still says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cityreach.errors import UnknownNameError
from cityreach.prose import numbers
from cityreach.tracing import numerals, page, silence
from cityreach.tracing.cells import Data, NoCell, printed
from cityreach.tracing.page import Held, Page, Shown, Source, Unit

ORDERED, TIERS = "ordered", "tiers"
HEADS = ("h1", "label", "headline", "subtitle")  # what titles and texts that are read aloud repeat
CITY = ("city", "other_city")  # columns that hold names of cities
LONGEST = 60  # characters of a sentence that a line quotes
_SENTENCE = re.compile(r"(?<=[。！？；])|(?<=[.!?;]) (?=[A-Z])")
_SHOWN = re.compile(r"([\d,]+)(?:\.(\d+))?")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the section it stands in, the sentence, the numeral, and why."""

    section: str
    sentence: str
    numeral: str
    why: str

    @property
    def line(self) -> str:
        return f"{self.section or '-'} | “{self._quoted}” | {self.numeral} | {self.why}"

    @property
    def _quoted(self) -> str:
        """The sentence with the numeral, out of a paragraph; cut around it where it is long."""
        parts = _SENTENCE.split(self.sentence)
        part = next((each for each in parts if self.numeral in each), self.sentence)
        start = max(0, part.find(self.numeral) - LONGEST // 2) if len(part) > LONGEST else 0
        end = start + LONGEST
        return f"{'…' if start else ''}{part[start:end].strip()}{'…' if end < len(part) else ''}"


def check(folder: Path, *, mode: str = "") -> list[Fault]:
    """What is wrong in a report's folder; UnknownNameError where no report is there.

    mode: how it publishes its order; left out, the folder's manifest says so.
    """
    path = folder / "report.html"
    if not path.is_file():
        raise UnknownNameError(f"{path}: no report is there. Name the folder of a report, such as reports/2025-03.")
    mode = mode or _mode(folder)
    checked = _Check(page.read(path.read_text(encoding="utf-8")), Data(folder / "data"), ordered=mode == ORDERED)
    return list(checked.faults())


def leaks(folder: Path, *, mode: str = "", digits: frozenset[str] = frozenset()) -> list[Fault]:
    """What a report's files tell of places or scores, where it publishes none; nothing for one that does.

    digits: those of the scores, where they are known (`silence.score_digits`).
    """
    mode = mode or _mode(folder)
    if mode == ORDERED:
        return []
    lang = str(_manifest(folder).get("lang") or "zh")
    found = silence.Report(folder, lang, tiers=mode == TIERS).leaks(digits)
    return [Fault(leak.file, _flat(leak.around), leak.what, "the edition publishes no order") for leak in found]


def _mode(folder: Path) -> str:
    return str(_manifest(folder).get("mode") or ORDERED)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def summary(faults: list[Fault], lang: str) -> str:
    """How many faults there are, in a sentence."""
    if lang == "zh":
        return f"报告有{len(faults)}处没有出处、与数据不符，或透露了不公布的先后。"
    return (
        f"{len(faults)} place(s) of the report are not held by its data, differ from it, or tell an unpublished order."
    )


@dataclass(frozen=True)
class _Check:
    page: Page
    data: Data
    ordered: bool

    @property
    def lang(self) -> str:
        return "zh" if self.page.lang.startswith("zh") else "en"

    def faults(self) -> Iterator[Fault]:
        for unit in self.page.units:
            yield from self._unit(unit)
        yield from self._described()
        for number, source in self.page.sources.items():
            yield from self._listed(number, source)
        for shown in self.page.shown:
            yield from self._cell(shown) if shown.table else self._bare(shown)

    # sentences

    def _unit(self, unit: Unit) -> Iterator[Fault]:
        for held in unit.held:
            if why := self._untrue(held):
                yield Fault(unit.section, unit.text, held.text, why)
        if unit.of("title"):
            return  # its words are those of the cover: `_described`
        text = self._without_numbering(unit)
        for numeral in numerals.loose(text, self.lang, self.names):
            yield Fault(unit.section, unit.text, numeral, "no finding holds it")

    def _untrue(self, held: Held) -> str:
        """Why a figure is not what its cell says; an empty text where it is."""
        if held.number not in self.page.sources:
            return "it names no cell of the data"
        expected, why = self._expected[held.number]
        if why:
            return why
        if _tight(held.text) != _tight(expected):
            return f"its cell says {expected}"
        if held.target and held.target not in (f"no-{held.number}", self._places.get(held.number)):
            return f"it leads to #{held.target}, which is not its cell"
        return ""

    def _listed(self, number: str, source: Source) -> Iterator[Fault]:
        """What the list of sources prints is what the cells say."""
        expected, why = self._expected[number]
        if why or _tight(source.text) != _tight(expected):
            where = f"{source.table}: {source.row}, {source.column}"
            yield Fault("data", where, source.text, why or f"its cell says {expected}")

    @cached_property
    def _expected(self) -> dict[str, tuple[str, str]]:
        """Source number to what its cell prints, or why that cannot be said."""
        return {number: self._read(source) for number, source in self.page.sources.items()}

    def _read(self, source: Source) -> tuple[str, str]:
        try:
            cell = self.data.cell(source.table, source.keys, source.row, source.column)
            return printed(cell, source.unit, source.derived, self.lang), ""
        except NoCell as error:
            return "", str(error)
        except ValueError:
            where = f"{source.row}, {source.column}"
            return "", f"data/{source.table}.csv holds no {source.unit} at {where}"

    @cached_property
    def _places(self) -> dict[str, str]:
        """Source number to the id of the table cell that shows its cell."""
        by_address = {(each.table, each.row, each.column): each.place for each in self.page.shown if each.place}
        return {
            number: by_address.get((each.table, each.row, each.column), "")
            for number, each in self.page.sources.items()
        }

    @cached_property
    def names(self) -> list[str]:
        """Names of cities that hold a numeral."""
        return sorted(name for name in self._cities if numerals.NUMERALS[self.lang].search(name))

    @cached_property
    def _cities(self) -> set[str]:
        """The cities that the data files name."""
        return {row.get(column) or "" for table in self.data.tables for row in self.data.rows(table) for column in CITY}

    # what the page counts itself

    def _without_numbering(self, unit: Unit) -> str:
        """A unit's loose text without the numbers of sections, figures and tables where they run as they should."""
        text = unit.loose
        if unit.of("kicker") or unit.of("a"):
            number, _, rest = text.partition(" ")
            return rest if number in self._sections.get(rest, ()) else text
        if unit.of("number"):
            return "" if text in self._counted else text
        return self._without_count(text) if unit.of("caption") else text

    def _without_count(self, text: str) -> str:
        """A table's name without its number, where that is one of those that run."""
        count, colon, rest = text.partition("：" if self.lang == "zh" else ":")
        return rest if colon and count in self._counted else text

    @cached_property
    def _counted(self) -> set[str]:
        """The labels of figures and tables (图 1, 表 3) whose numbers run 1, 2, 3 ..."""
        found: dict[str, int] = {}
        labels = set()
        for label in (unit.loose for unit in self.page.units if unit.of("number")):
            word, _, number = label.rpartition(" ")
            found[word] = found.get(word, 0) + 1
            labels |= {label} if number == str(found[word]) else set()
        return labels

    @cached_property
    def _sections(self) -> dict[str, set[str]]:
        """Chapter to its number, for numbers that run 01, 02, ... in the order of the chapters."""
        kickers = [unit.loose.partition(" ") for unit in self.page.units if unit.of("kicker")]
        numbered = [(number, name) for number, _, name in kickers if number.isdecimal()]
        return {name: {number} for at, (number, name) in enumerate(numbered, start=1) if number == f"{at:02d}"}

    # attributes and the title

    def _described(self) -> Iterator[Fault]:
        """Texts that are not seen: those of the page's head, and what charts and tables are called when read aloud."""
        seen_too = [unit.text for unit in self.page.units if any(map(unit.of, HEADS))]
        title = [("", unit.text) for unit in self.page.units if unit.of("title")]
        for section, text in [*title, *self.page.described]:
            left = self._without_count(text)
            for seen in sorted({each for each in seen_too if each in left}, key=len, reverse=True):
                left = left.replace(seen, page.HELD)
            for numeral in numerals.loose(left, self.lang, self.names):
                yield Fault(section, text, numeral, "no finding holds it")

    # cells

    def _cell(self, shown: Shown) -> Iterator[Fault]:
        try:
            cell = self.data.cell(shown.table, shown.keys, shown.row, shown.column)
        except NoCell as error:
            yield Fault(shown.section, f"{shown.row}, {shown.column}", shown.text, str(error))
            return
        if not agrees(shown.text, cell):
            yield Fault(
                shown.section, f"{shown.row}, {shown.column}", shown.text, f"data/{shown.table}.csv says {cell}"
            )

    def _bare(self, shown: Shown) -> Iterator[Fault]:
        """Without order, a number beside a city is one of the published data, or it may be a place or a score."""
        if not self.ordered and shown.name in self._cities and any(map(str.isdigit, shown.text)):
            yield Fault(shown.section, shown.name, shown.text, "it names no cell of the data")


def agrees(shown: str, cell: str) -> bool:
    """Whether a table shows what a data cell holds, as far as it prints it: 12.3% for 0.1234, 3= for 3."""
    if _tight(shown) == _tight(cell):
        return True  # a post's id, for one: too long to be a number
    if not any(character.isdigit() for character in shown):
        return not cell.strip() or (not _is_number(cell) and _tight(shown) == _tight(cell))
    if not _is_number(cell):
        return _tight(shown) == _tight(cell)
    found = _SHOWN.search(shown)
    assert found is not None
    digits = found[2] or ""
    value = abs(float(cell)) * (100 if "%" in shown else 1)
    signed = float(cell) >= 0 or "▼" in shown or "−" in shown or not found[0].strip("0.")
    return numbers.fixed(value, len(digits)) == found[0] and signed


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _flat(text: str) -> str:
    return " ".join(text.split())


def _tight(text: str) -> str:
    return "".join(text.split())
