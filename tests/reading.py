"""How tests read what a report consists of: its page, its print, its notebook, its tables, its workbook."""

from __future__ import annotations

import csv
import ctypes
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

MIME = "application/vnd.cityreach.block+json"
FILES = ("report.html", "report.pdf", "report.ipynb", "rankings.xlsx", "manifest.json")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"script", "style"}


def hashes(folder: Path) -> dict[str, str]:
    """Relative name → SHA-256 of every file in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# tables


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of one of the report's CSV files."""
    text = (folder / "data" / f"{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def workbook(folder: Path) -> dict[str, list[list[Any]]]:
    """Sheet name → rows of the workbook."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(folder / "rankings.xlsx"))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def workbook_parts(folder: Path, name: str = "rankings.xlsx") -> str:
    """All XML of the workbook: cells, sheet names, headers, footers and properties."""
    with zipfile.ZipFile(folder / name) as file:
        return "\n".join(file.read(name).decode("utf-8") for name in sorted(file.namelist()))


# notebook


def notebook(folder: Path) -> dict[str, Any]:
    """The executed notebook as plain JSON."""
    return json.loads((folder / "report.ipynb").read_text(encoding="utf-8"))


def blocks(folder: Path, *kinds: str) -> list[dict[str, Any]]:
    """The blocks that the executed notebook shows, of these kinds or of all."""
    found = []
    for cell in notebook(folder)["cells"]:
        for output in cell.get("outputs", []):
            block = output.get("data", {}).get(MIME)
            if block and (not kinds or block["kind"] in kinds):
                found.append({"cell": cell["id"], **block})
    return found


def texts(block: dict[str, Any]) -> Iterator[list[Any]]:
    """The texts (lists of runs) of a block of prose, findings, advice, section, note or case."""
    yield from block.get("paragraphs", [])
    if block["kind"] in ("findings", "advice", "list"):
        yield from (item["text"] if isinstance(item, dict) else item for item in block["items"])
    if block["kind"] in ("section", "case"):
        yield block["title"] if isinstance(block["title"], list) else [block["title"]]
    if block["kind"] == "note":
        yield block["text"]


def plain(runs: list[Any] | str) -> str:
    """The words of a text."""
    return runs if isinstance(runs, str) else "".join(run if isinstance(run, str) else run["text"] for run in runs)


def cell_text(cell: Any) -> str:
    return cell["text"] if isinstance(cell, dict) else str(cell)


# page


@dataclass
class Element:
    """An element of a page: its parts are elements and strings, in their order."""

    tag: str
    attributes: dict[str, str]
    parts: list[Any] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and all within it."""
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.walk()

    def all(self, *tags: str) -> list[Element]:
        return [each for each in self.walk() if each.tag in tags]

    def of_class(self, name: str) -> list[Element]:
        return [each for each in self.walk() if name in each.attributes.get("class", "").split()]

    def by_id(self, name: str) -> Element:
        return next(each for each in self.walk() if each.attributes.get("id") == name)

    @property
    def text(self) -> str:
        """All words within, scripts and styles left out."""
        if self.tag in UNSEEN:
            return ""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].parts.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def page(folder: Path, name: str = "report.html") -> Element:
    """The page as a tree; an end tag that does not fit its start tag is an error."""
    builder = _Builder()
    builder.feed((folder / name).read_text(encoding="utf-8"))
    builder.close()
    assert len(builder.open) == 1, f"<{builder.open[-1].tag}> is never closed"
    return builder.open[0]


# print


def pdf_pages(folder: Path) -> list[str]:
    """The text of each page, without white space (a print sets some between Han characters and figures)."""
    import pypdfium2

    document = pypdfium2.PdfDocument(folder / "report.pdf")
    try:
        return [re.sub(r"\s+", "", page.get_textpage().get_text_bounded()) for page in document]
    finally:
        document.close()


def pdf_facts(folder: Path) -> tuple[dict[str, str], list[str]]:
    """The metadata and the titles of the outline."""
    import pypdfium2

    document = pypdfium2.PdfDocument(folder / "report.pdf")
    try:
        return document.get_metadata_dict(), [mark.get_title() for mark in document.get_toc()]
    finally:
        document.close()


def pdf_fonts(folder: Path) -> set[str]:
    """The names of the fonts that the print sets text in, without the mark of a subset."""
    import pypdfium2
    from pypdfium2 import raw

    document = pypdfium2.PdfDocument(folder / "report.pdf")
    found = set()
    try:
        for page in document:
            for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=15):
                buffer = ctypes.create_string_buffer(200)
                raw.FPDFFont_GetBaseFontName(raw.FPDFTextObj_GetFont(each.raw), buffer, 200)
                found.add(buffer.value.decode().split("+")[-1])
    finally:
        document.close()
    return found


def pdf_cover_gaps(folder: Path) -> list[float]:
    """The points between one key figure of the cover and the next; they are set in 17 points."""
    import pypdfium2
    from pypdfium2 import raw

    document = pypdfium2.PdfDocument(folder / "report.pdf")
    try:
        text = document[0].get_textpage()
        boxes = [text.get_charbox(place, loose=True) for place in range(text.count_chars())]
        sizes = [raw.FPDFText_GetFontSize(text.raw, place) for place in range(len(boxes))]
        line = boxes[sizes.index(17)][3]
        row = sorted((left, right) for left, low, right, high in boxes if low < line - 5 and high > line - 10)
        return [later[0] - earlier[1] for earlier, later in pairwise(row) if later[0] - earlier[1] > 5]
    finally:
        document.close()


def pdf_filled(folder: Path) -> list[float]:
    """How far down each page is filled: the lowest ink between running header and footer, 0 to 1."""
    import numpy as np
    import pypdfium2

    document = pypdfium2.PdfDocument(folder / "report.pdf")
    shares = []
    try:
        for page in document:
            grey = page.render(scale=0.4, grayscale=True).to_numpy()
            body = grey[int(0.09 * len(grey)) : int(0.91 * len(grey))]
            inked = np.flatnonzero((body < 200).any(axis=1))
            shares.append(float(inked[-1] / len(body)) if len(inked) else 0.0)
    finally:
        document.close()
    return shares
