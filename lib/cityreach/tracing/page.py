"""A published page as the check reads it: its sentences with the figures in them, its tables, its list of sources."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

UNITS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "dt", "dd", "caption", "figcaption", "title", "a", "div"})
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
CONTROLS = frozenset({"search", "tools", "slide", "skip"})  # what readers work with, not what they read
HELD = "\ufffc"  # stands in a sentence where a figure is held
_UNREAD = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
_DRAWN = re.compile(r"(<svg\b[^>]*>).*?</svg>", re.DOTALL)
_SPACE = re.compile(r"\s+")


@dataclass
class Held:
    """A numeral that says in which row of the list of sources it stands ("" for none), and where it leads."""

    text: str
    number: str
    target: str = ""


@dataclass
class Unit:
    """A sentence, heading, label or line, in the chapter it stands in; kind: its element and classes."""

    section: str
    kind: str
    parts: list[str | Held] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is read."""
        return _flat("".join(part if isinstance(part, str) else part.text for part in self.parts))

    @property
    def loose(self) -> str:
        """The same with HELD where a figure is held."""
        return _flat("".join(part if isinstance(part, str) else HELD for part in self.parts))

    @property
    def held(self) -> list[Held]:
        return [part for part in self.parts if isinstance(part, Held)]

    def of(self, name: str) -> bool:
        return name in self.kind.split()


@dataclass
class Source:
    """A row of the list of sources: the cell and how it is printed."""

    table: str
    row: str
    column: str
    keys: tuple[str, ...]
    unit: str
    derived: str
    text: str = ""


@dataclass
class Shown:
    """A cell of a page table: the cell of the data that it says it shows (table "" where it says none).

    place: its id, if figures lead to it. name: what names its row.
    """

    section: str
    table: str
    row: str
    column: str
    keys: tuple[str, ...]
    place: str
    text: str = ""
    name: str = ""


@dataclass
class Page:
    """Everything of a page that is checked. described: texts of attributes that are read aloud, with their section."""

    lang: str = ""
    units: list[Unit] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    described: list[tuple[str, str]] = field(default_factory=list)
    places: set[str] = field(default_factory=set)


def read(text: str) -> Page:
    """The page of a report from its HTML; scripts, styles and drawings are left out."""
    reader = _Reader()
    reader.feed(_DRAWN.sub(r"\1</svg>", _UNREAD.sub("", text)))
    reader.close()
    return reader.page


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


@dataclass
class _Table:
    table: str = ""
    across: str = ""
    keys: tuple[str, ...] = ()
    columns: list[str] = field(default_factory=list)
    row: str = ""
    cells: list[Shown] = field(default_factory=list)
    name: str = ""
    head: bool = True


class _Reader(HTMLParser):
    """Follows the page from start tag to end tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[bool] = []  # of each open element whether something ends with it
        self._units: list[Unit] = [Unit("", "")]
        self._held: Held | None = None
        self._silent = 0  # depth below an element that is no prose
        self._chapter = ""
        self._table: _Table | None = None
        self._source: Source | None = None
        self._cell: Shown | None = None

    # tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        classes = found.get("class", "")
        if "id" in found:
            self.page.places.add(found["id"])
        if tag == "section":
            self._chapter = ""
        if tag == "html":
            self.page.lang = found.get("lang", "")
        if tag == "meta" and found.get("name") == "description":
            self.page.described.append(("", found.get("content", "")))
        if "aria-label" in found and tag in ("svg", "div"):
            self.page.described.append((self._chapter, found["aria-label"]))
        if tag in VOID:
            return
        self._tables(tag, found)
        self._open.append(self._begins(tag, classes, found))

    def _begins(self, tag: str, classes: str, found: dict[str, str]) -> bool:
        """Open what the tag opens; true where its end tag must close a unit, a figure or what is silent."""
        if self._silent or self._is_silent(tag, classes):
            self._silent += 1
            return True
        if "data-no" in found or "fig" in classes.split():
            self._held = Held("", found.get("data-no", ""), found.get("href", "").removeprefix("#"))
            return True
        if (tag in UNITS or "number" in classes.split()) and not self._held:
            self._units.append(Unit(self._chapter, f"{tag} {classes}".strip()))
            return True
        return False

    def _is_silent(self, tag: str, classes: str) -> bool:
        """Tables are data, excerpts are other people's words, controls are worked, not read."""
        return tag in ("tbody", "thead", "blockquote", "button", "output") or bool(CONTROLS & set(classes.split()))

    def handle_endtag(self, tag: str) -> None:
        if not self._open:
            return
        closes = self._open.pop()
        self._end_of_table(tag)
        if not closes:
            return
        if self._silent:
            self._silent -= 1
        elif self._held is not None:
            self._units[-1].parts.append(self._held)
            self._held = None
        else:
            self._end_of_unit()

    def _end_of_unit(self) -> None:
        unit = self._units.pop()
        if unit.text:
            self.page.units.append(unit)
        if not self._chapter and (unit.of("kicker") or unit.of("h2")):
            self._chapter = unit.text

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.text += data
        if self._silent:
            return
        if self._held is not None:
            self._held.text += data
        else:
            self._units[-1].parts.append(data)

    # tables

    def _tables(self, tag: str, found: dict[str, str]) -> None:
        """Follow tables that show data, and the list of sources."""
        if tag == "table":
            keys = tuple(found.get("data-keys", "").split())
            self._table = _Table(found.get("data-table", ""), found.get("data-across", ""), keys)
        if self._table is None:
            return
        if tag == "tbody":
            self._table.head = False
        elif tag == "tr":
            self._begin_row(self._table, found)
        elif tag in ("td", "th"):
            self._begin_cell(self._table, found)

    def _begin_row(self, table: _Table, found: dict[str, str]) -> None:
        table.row, table.cells, table.name = found.get("data-row", ""), [], ""
        if "data-column" in found:
            self._source = Source(
                found["data-table"], found["data-row"], found["data-column"], tuple(found["data-keys"].split()),
                found["data-unit"], found.get("data-derived", ""),
            )  # fmt: skip
            self.page.sources[found["id"].removeprefix("no-")] = self._source

    def _end_of_row(self) -> None:
        if self._table is not None and self._source is None:
            for cell in self._table.cells:
                cell.name = self._table.name
            self.page.shown += self._table.cells

    def _begin_cell(self, table: _Table, found: dict[str, str]) -> None:
        if table.head:
            table.columns.append(found.get("data-column", ""))
            return
        at = len(table.cells)
        name = table.columns[at] if at < len(table.columns) else ""
        row, column = (f"{table.row}|{name}", table.across) if table.across else (table.row, name)
        shows = table.table if table.row and name else ""
        self._cell = Shown(self._chapter, shows, row, column, table.keys, found.get("id", ""))
        table.cells.append(self._cell)

    def _end_of_table(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None and self._table is not None:
            self._cell.text = _flat(self._cell.text)
            self._table.name = self._table.name or (self._cell.text if tag == "th" else "")
            if self._source is not None:
                self._source.text = self._table.name
            self._cell = None
        elif tag == "tr":
            self._end_of_row()
            self._source = None
        elif tag == "table":
            self._table = None
