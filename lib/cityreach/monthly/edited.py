"""The editors' texts of one edition in one language: how they are set into the chapters (see `cityreach.editorial`)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cityreach import paths
from cityreach.blocks import Block, Blocks, Text
from cityreach.editorial import drafts, files, markdown
from cityreach.editorial import faults as faulty
from cityreach.editorial.faults import Fault
from cityreach.editorial.files import FOREWORD, Source
from cityreach.editorial.known import Known
from cityreach.editorial.markdown import Page
from cityreach.editorial.texts import Group, Line, Setter, every_line
from cityreach.editorial.typed import Judge
from cityreach.findings import Finding
from cityreach.monthly import cityfigures, places
from cityreach.monthly.analysis import ROOT
from cityreach.monthly.places import Place

if TYPE_CHECKING:
    from cityreach.monthly.book import Book

LISTS = ("bullets", "numbers")
FIRST = ""  # the part above every mark: it goes to the section's first place


@dataclass(frozen=True)
class Edited:
    """One file, set: its groups by place, the findings that it shows, and what is wrong with it."""

    page: Page
    groups: dict[str, list[Group]]
    found: dict[str, Finding]
    faults: list[Fault]

    @cached_property
    def starts(self) -> list[int]:
        """The lines at which its paragraphs and items begin."""
        return sorted({line.line for groups in self.groups.values() for line in every_line(groups)})

    def at(self, line: int, start: int) -> bool:
        """Whether a line belongs to the paragraph that begins at `start`: the last one begun, or the first of all."""
        return bool(self.starts) and start == self.starts[max(bisect_right(self.starts, line) - 1, 0)]

    def margin(self, start: int) -> dict[str, Any]:
        """What the proof says beside the paragraph that begins at that line."""
        faults = sorted({each for each in self.faults if self.at(each.line, start)})
        told = [each.shown(self.page.lang) for each in faults]
        notes = [words for line, words in self.page.notes if self.at(line, start)]
        return {"line": start, "notes": notes, "faults": told}


@dataclass(frozen=True)
class Editors:
    """What the editors of a book's edition have written; empty where they have written nothing."""

    book: Book

    @cached_property
    def written(self) -> dict[str, Source]:
        """The files that were edited, by section; a draft that nobody touched is none."""
        return {name: source for name, source in self.sources.items() if not source.untouched}

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The Markdown files of this language, by section."""
        edition, lang = self.book.analysis.edition.id, self.book.lang
        home = {name: files.section_file(edition, name, lang) for name in files.sections(edition, lang)}
        home |= {FOREWORD: files.foreword_file(edition, lang)}
        found = {name: files.read_source(path) for name, path in home.items()}
        return {name: source for name, source in found.items() if source}

    @cached_property
    def edited(self) -> dict[str, Edited]:
        """The edited sections that this edition has, set; EditorialError names every error, unless a proof is made."""
        made = {name: self.set(name, source) for name, source in self.written.items()}
        if not self.book.marked:
            faulty.refuse(fault for each in made.values() for fault in each.faults)
        return made

    @property
    def texts(self) -> list[Edited]:
        """Everything edited in this language: sections, foreword, comments on cases."""
        return [*self.edited.values(), *self.comments.values()]

    @property
    def faults(self) -> list[Fault]:
        """Everything wrong with the texts, by file and line; EditorialError for a case post that is not there."""
        _ = self.book.analysis.cases, self.book.analysis.excluded  # what cases.yml names is looked up
        return sorted({fault for each in self.texts for fault in each.faults})

    @property
    def findings(self) -> list[Finding]:
        """The findings that the editors' texts show and the analysis does not hold as such."""
        known = {each.id for each in self.book.findings}
        found = {name: each for text in self.texts for name, each in text.found.items()}
        return [each for name, each in found.items() if name not in known]

    def shown(self, section: str, place: Place, generated: Callable[[], Block | None]) -> Block | Blocks | None:
        """What stands at a place: the editors' words where they have edited the section, else the generated block."""
        if section not in self.written:
            return generated()
        edited = self.edited[section]
        return self._blocks(edited, edited.groups.get(place.name, []), place.kind)

    def sheet(self) -> dict[str, Any]:
        """For the head of the proof: the files edited, the drafts that nobody changed, and everything wrong."""
        return {
            "folder": self._home,
            "files": sorted({self._short(each.page.file) for each in self.texts}),
            "drafts": sorted(self._short(source.file) for source in self.sources.values() if source.untouched),
            "faults": [{"where": self._short(each.where), **each.shown(self.book.lang)} for each in self.faults],
        }

    @property
    def _home(self) -> str:
        return f"{paths.relative(files.folder(self.book.analysis.edition.id))}/"

    def _short(self, file: str) -> str:
        """A file's name within the editors' folder."""
        return file.removeprefix(self._home)

    def foreword(self) -> Block | Blocks | None:
        """The words of the foreword; None where there is none."""
        return self.shown(FOREWORD, Place(FOREWORD, FOREWORD, "prose"), lambda: None)

    # case posts

    @cached_property
    def comments(self) -> dict[str, Edited]:
        """The editors' comments on pinned posts, by the post's address or platform and id."""
        edition = self.book.analysis.edition.id
        path = files.folder(edition) / "cases.yml"
        made = {}
        for number, pin in enumerate(files.read_cases(edition).pinned):
            if said := pin.comment[self.book.lang].strip():
                line = files.line_of(path, "pinned", number)
                source = Source(paths.relative(path), said, line, untouched=False)
                made[pin.url or f"{pin.platform}|{pin.post}"] = self.set(f"cases.{number + 1}", source)
        if not self.book.marked:
            faulty.refuse(fault for each in made.values() for fault in each.faults)
        return made

    def comment(self, platform: str, post: str, url: Any) -> Text:
        """What the editors say of a case post; empty where they say nothing."""
        edited = self.comments.get(f"{platform}|{post}") or self.comments.get(str(url))
        groups = edited.groups.get("comment", []) if edited else []
        return self.book.writer.paragraph(*(line.text for group in groups for line in every_line([group])))

    # how a file is set

    def set(self, name: str, source: Source) -> Edited:
        """A file, set for its section."""
        page = markdown.read(source.text, file=source.file, lang=self.book.lang, first_line=source.first_line)
        setter = Setter(page, self.known, self._judge(name), name, self.book.writer.figure, self.book.marked)
        groups: dict[str, list[Group]] = {}
        known = self._places(name)
        for part in page.parts:
            where = part.name or next(iter(known), FIRST)
            if known and where not in known:
                page.fault(part.line, f"part: {part.name}", "part", known=", ".join(known))
            groups.setdefault(where, []).extend(setter.groups(part.elements))
        if not known:
            page.fault(source.first_line, name, "section", known=", ".join(self.sections))
        return Edited(page, groups, setter.found, [*page.faults, *setter.faults])

    def _places(self, name: str) -> dict[str, Place]:
        if name == FOREWORD:
            return {FOREWORD: Place(FOREWORD, FOREWORD, "prose")}
        if name.startswith("cases."):
            return {"comment": Place("cases", "comment", "prose")}
        return {place.name: place for place, _ in self.sections.get(name, [])}

    @cached_property
    def sections(self) -> dict[str, list[tuple[Place, Callable[[], Block | None]]]]:
        """Every editable place of this edition's chapters with its generated block, by section."""
        from cityreach import monthly

        report = monthly.Report(self.book)
        chapters = [report.front, report.overview, *map(report.platform, self.book.analysis.edition.platforms)]
        chapters += [report.themes, report.cities, report.regions, report.outlook]
        found: dict[str, list[tuple[Place, Callable[[], Block | None]]]] = {}
        for chapter in chapters:
            for section, place, generated in places.of_chapter(chapter):
                if section == "summary" or section in self.book.chapters:
                    found.setdefault(section, []).append((place, generated))
        return found

    def generated(self, section: str) -> list[tuple[str, Block]]:
        """The generated blocks of a section by the name of their place, without places that show none."""
        made = [(place.name, make()) for place, make in self.sections.get(section, [])]
        return [(name, block) for name, block in made if block is not None]

    # what it is checked against

    @cached_property
    def known(self) -> Known:
        book = self.book
        registry, nodes = book.analysis.registry, book.analysis.method.nodes
        panel = registry.panel(book.analysis.edition.panel)
        cities = {name: city for city in panel for name in _spellings(registry, city)}
        named = {each: each for each in [ROOT, *nodes]} | {each: each for each in book.analysis.edition.platforms}
        named |= {_plain(book.platform(each)): each for each in (ROOT, *book.analysis.edition.platforms)}
        findings = {each.id: each for each in reversed(book.findings)}  # of two with one id, the first
        ordered = dict(reversed(findings.items()))

        def of_city(city: str, node: str) -> Finding:
            return cityfigures.of_city(book, city, node)

        return Known(book.lang, book.ordered, cities, named, ordered, of_city, book.analysis.edition.mode == "tiers")

    def _judge(self, section: str) -> Judge:
        platform = section if section in self.book.analysis.edition.platforms else ROOT
        texts = [text for _, block in self.generated(section) for text in drafts.texts_of(block)]
        names = {city: self.book.city(city) for city in self.book.analysis.registry.cities.index}
        return Judge(self.known, node=platform, names=names, generated=texts)

    # blocks

    def _blocks(self, edited: Edited, groups: list[Group], kind: str) -> Block | Blocks | None:
        """The groups as blocks: paragraphs and lists in turn, or one block of findings or of advice."""
        if kind != "prose":
            made = [self._items(edited, [line for group in groups for line in group.lines], kind)] if groups else []
        else:
            made = [self._prose(edited, some) for some in _neighbours(groups)]
        return made[0] if len(made) == 1 else Blocks(made) if made else None

    def _prose(self, edited: Edited, groups: list[Group]) -> Block:
        lines = list(every_line(groups))
        texts = [line.text for line in lines]
        content: dict[str, Any] = {"paragraphs": texts}
        if groups[0].kind in LISTS:
            content = {"items": texts, "numbered": groups[0].kind == "numbers"}
        return Block("list" if groups[0].kind in LISTS else "prose", content | self._margin(edited, lines))

    def _items(self, edited: Edited, lines: list[Line], kind: str) -> Block:
        items: list[Any] = [line.text for line in lines]
        if kind == "advice":
            items = [{"text": line.text, "basis": [each.text for each in line.below]} for line in lines]
        return Block(kind, {"items": items} | self._margin(edited, lines))

    def _margin(self, edited: Edited, lines: list[Line]) -> dict[str, Any]:
        """For the proof alone: file, and line, notes and faults of each paragraph."""
        if not self.book.marked:
            return {}
        return {
            "margin": {"file": self._short(edited.page.file), "lines": [edited.margin(line.line) for line in lines]}
        }


def _spellings(registry: Any, city: str) -> list[str]:
    names = [registry.city_name(city, "zh"), registry.city_name(city, "en")]
    return [city, *map(_plain, names)]


def _plain(name: str) -> str:
    """A name as the grammar can hold it."""
    return name.replace(".", "")


def _neighbours(groups: list[Group]) -> list[list[Group]]:
    """Paragraphs that follow each other together, each list alone."""
    found: list[list[Group]] = []
    for group in groups:
        if found and group.kind == found[-1][0].kind == "paragraph":
            found[-1].append(group)
        else:
            found.append([group])
    return found


def file_of(book: Book, section: str) -> Path:
    return files.section_file(book.analysis.edition.id, section, book.lang)


def placeholder(book: Book) -> Callable[[str, str], str]:
    """How a draft writes a figure of a finding."""
    known = book.editors.known
    return lambda finding, key: known.address(known.findings[finding], key, book.city)
