"""Figures that an editor typed as digits: which finding holds each, which it contradicts, which nobody knows.

Of a typed figure we ask, in this order:

1. Do the words around it say whose figure it is (`南京以86.2分`, `第3位` after a city's name)? Then it must be that
   city's figure, or another of the same unit that a finding about this city holds; else it contradicts its finding.
2. Does it stand between the very words between which the generated text has a figure? Then it must be that figure.
3. Does a finding print the same that speaks of no city, or of one that the paragraph names? Then it is traced to it.
4. Nobody knows it: a warning. It belongs into context.yml, with its source.

Numbers in words (三座, three) are the editor's own and are not looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from cityreach import blocks
from cityreach.blocks import Text
from cityreach.editorial.faults import Kinds, words
from cityreach.editorial.grammar import written
from cityreach.editorial.known import Known
from cityreach.findings import Finding
from cityreach.prose import numbers
from cityreach.tracing import numerals

_MONTHS = "|".join(numbers.MONTHS)
_DATE_ZH = r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?|\d{4}年"
_DATE_EN = rf"(?:\d{{1,2}} )?(?:{_MONTHS})(?: \d{{4}})?(?![a-z])|(?:19|20)\d\d(?![\d%]|[,.]\d)"
_PLAIN = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
NUMBER = {
    "zh": re.compile(rf"(?P<date>{_DATE_ZH})|[−-]?{_PLAIN}(?:[%％‰]|[万亿]+)?"),
    "en": re.compile(rf"(?P<date>{_DATE_EN})|[−-]?{_PLAIN}(?:[%‰]| (?:million|billion)\b)?"),
}
_PARTS = {
    "zh": r"(?:(\d{4})年)?(?:(\d{1,2})月)?(?:(\d{1,2})日)?",
    "en": rf"(?:(\d{{1,2}}) )?({_MONTHS})? ?(\d{{4}})?",
}
_SENTENCE = re.compile(r"[。！？；\n]|[.!?;](?=\s)")
LEAST = 2  # characters of the same words before a figure
COMPOSITE = "composite"
UNITS = {"rank": ("rank", "whole", "ordinal"), "score": ("score",), "change": ("places",)}


def kinds(lang: str) -> Kinds:
    """The words of a language."""
    return words().zh if lang == "zh" else words().en


@dataclass(frozen=True)
class Number:
    """A number in a paragraph: as typed and where it stands in the paragraph's words.

    counts: False for numbers in words (三座) and in names (G20), which are printed as they are.
    """

    text: str
    start: int
    date: bool
    counts: bool = True

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Verdict:
    """held: the finding and figure that the number is. against: the placeholder that it contradicts, and its figure."""

    held: tuple[Finding, str] | None = None
    against: tuple[str, str] | None = None


def numbers_in(text: str, lang: str, names: Sequence[str] = ()) -> list[Number]:
    """Every numeral in the words that `cityreach check` asks for, from left to right; none inside the names."""
    covered = [match.span() for match in numerals.fixed(lang).finditer(text)]
    covered += [match.span() for name in names for match in re.finditer(re.escape(name), text)]
    found: list[Number] = []
    for match in NUMBER[lang].finditer(text):
        if not _within(match.span(), covered):
            counts = not _inside_word(text, match.start())
            found.append(Number(match.group(), match.start(), bool(match.group("date")), counts))
    covered += [(each.start, each.end) for each in found]
    for match in numerals.NUMERALS[lang].finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in covered):
            found.append(Number(match.group(), match.start(), date=False, counts=False))
    return sorted(found, key=lambda each: each.start)


def _within(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def _inside_word(text: str, start: int) -> bool:
    """Whether the digits belong to a name such as G20."""
    before = text[start - 1 : start]
    return before.isascii() and before.isalpha()


class Judge:
    """Looks typed figures of one section up. generated: the section's own texts, for the words around figures."""

    def __init__(self, known: Known, *, node: str, names: Mapping[str, str], generated: Sequence[Text]) -> None:
        self.known, self.node, self.names = known, node, names
        self.words = kinds(known.lang)
        self._cities = _longest(known.cities)
        self._nodes = _longest([name for name in known.nodes if "." not in name])
        self.numbered = [name for name in known.cities if numerals.NUMERALS[known.lang].search(name)]
        self._around = [around for text in generated for around in _around(text)]

    def judge(self, number: Number, paragraph: str) -> Verdict:
        """What is known of a number in the words of its paragraph."""
        if not number.counts:
            return Verdict()
        for asked in (self._by_words, self._by_neighbours):
            if not number.date and (verdict := asked(number, paragraph)):
                return verdict
        if number.date and (dated := self._dated(number)):
            return Verdict(held=dated)
        same = self._printed.get(number.text.replace("-", numbers.MINUS), [])
        named = {self.known.cities[name] for name in self._cities.findall(paragraph)}
        held = (each for each in same if not (cities := self._cities_of(each[0])) or cities & named)
        return Verdict(next(held, None))

    def _cities_of(self, found: Finding) -> set[str]:
        """The cities that a finding speaks of."""
        ids = set(self.known.cities.values())
        words = [found.subject, *found.words.values(), *found.words.get("cities", ())]
        return {word for word in words if isinstance(word, str)} & ids

    def _dated(self, number: Number) -> tuple[Finding, str] | None:
        """The first finding with a day, or a period, that the year, month and day typed belong to."""
        typed = _parts(number.text, self.known.lang)
        for found in self.known.findings.values():
            for key, figure in found.figures.items():
                if any(_meets(typed, day) for day in _days(figure.value)):
                    return found, key
        return None

    def _by_words(self, number: Number, paragraph: str) -> Verdict | None:
        """Whose figure the words around it say it is."""
        before = paragraph[: number.start]
        sentence = before[max((match.end() for match in _SENTENCE.finditer(before)), default=0) :]
        figure = self._figure(sentence, paragraph[number.end :])
        cities = self._cities.findall(sentence)
        if not figure or not cities:
            return None
        nodes = self._nodes.findall(sentence)
        node = self.known.nodes[nodes[-1]] if nodes else self.node
        city = self.known.cities[cities[-1]]
        found = self.known.of_city(city, node)
        if figure not in found.figures:
            return None
        if self._shown(found, figure) == number.text.lstrip("-−"):
            return Verdict(held=(found, figure))
        other = self._about(city, number.text, UNITS.get(figure, ("count",)))
        return Verdict(held=other) if other else self._against(found, figure, cities[-1], node)

    def _figure(self, before: str, after: str) -> str:
        """The figure that the words right before and right after a number speak of."""
        if before.endswith(self.words.besides):
            return ""
        for figure, pairs in self.words.figures.items():
            if any(before.endswith(ahead) and after.startswith(behind) for ahead, behind in pairs):
                return figure
        return ""

    def _about(self, city: str, text: str, units: tuple[str, ...]) -> tuple[Finding, str] | None:
        """Another figure of that unit, printed the same, in a finding that speaks of the city."""
        for found in self.known.findings.values():
            if city in self._cities_of(found):
                for key, figure in found.figures.items():
                    if figure.unit in units and self._shown(found, key).lstrip("−+") == text.lstrip("-−"):
                        return found, key
        return None

    def _against(self, found: Finding, figure: str, city: str, node: str) -> Verdict:
        return Verdict(against=(written(city, node, figure), self._shown(found, figure)))

    def _by_neighbours(self, number: Number, paragraph: str) -> Verdict | None:
        """The figure that the generated text has between the same words, where there is but one."""
        left, right = paragraph[: number.start], paragraph[number.end :]
        met = {
            (finding, key): shown
            for before, shown, after, finding, key in self._around
            if len(before) > LEAST and left.endswith(before) and after and right.startswith(after)
        }
        if len(met) != 1:
            return None
        ((name, key), shown), = met.items()  # fmt: skip
        found = self.known.findings.get(name)
        if found is None:
            return None
        if shown == number.text:
            return Verdict(held=(found, key))
        return Verdict(against=(self.known.address(found, key, self.names.__getitem__), shown))

    def _shown(self, finding: Finding, key: str) -> str:
        figure = finding.figures[key]
        return numbers.show(figure.value, figure.unit, self.known.lang)

    @cached_property
    def _printed(self) -> dict[str, list[tuple[Finding, str]]]:
        """Every figure of the findings by what is printed."""
        printed: dict[str, list[tuple[Finding, str]]] = {}
        for found in self.known.findings.values():
            for key in found.figures:
                printed.setdefault(self._shown(found, key), []).append((found, key))
        return printed


def _parts(text: str, lang: str) -> tuple[int | None, int | None, int | None]:
    """Year, month and day of a date as typed, None for what is not said."""
    found = re.fullmatch(_PARTS[lang], text)
    parts = found.groups() if found else (None, None, None)
    year, month, day = parts if lang == "zh" else (parts[2], parts[1], parts[0])
    number = numbers.MONTHS.index(month) + 1 if month in numbers.MONTHS else int(month) if month else None
    return int(year) if year else None, number, int(day) if day else None


def _meets(typed: tuple[int | None, int | None, int | None], day: date) -> bool:
    return all(part in (None, own) for part, own in zip(typed, (day.year, day.month, day.day), strict=True))


def _days(value: Any) -> list[date]:
    """The day that a figure is; of a window its first and last."""
    if isinstance(value, date):
        return [value]
    return [value.first, value.last] if hasattr(value, "first") else []


def _longest(names: Mapping[str, str] | Sequence[str]) -> re.Pattern[str]:
    """Any of the names, the longer before the shorter; a name of letters only as a whole word."""
    words = sorted((name for name in names if not name.isdigit()), key=lambda name: (-len(name), name))
    shaped = [rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words]
    return re.compile("|".join(shaped) or r"(?!)")


def _around(text: Text) -> Iterator[tuple[str, str, str, str, str]]:
    """Each figure of a generated text with the three characters before it and the one after it."""
    for number, run in enumerate(text):
        if isinstance(run, dict) and run.get("finding"):
            before, after = blocks.plain(text[:number])[-LEAST - 1 :], blocks.plain(text[number + 1 :])[:1]
            yield before, run["text"], after, run["finding"], run["key"]
