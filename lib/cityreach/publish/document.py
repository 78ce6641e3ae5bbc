"""The executed notebook as a document: its blocks in order, numbered, grouped under their first-level sections.

Only blocks are published. Markdown cells, code and bare values are there for whoever works in the notebook.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cityreach import blocks
from cityreach.errors import ReportError

SVG = "image/svg+xml"
SPECIFICATION = re.compile(r"application/vnd\.vegalite\.v\d+\+json")
EXCERPT = 120  # characters of a post's own text that are shown
REQUIRED = {
    "cover": ("title", "label", "kicker", "facts", "tiles", "publisher", "description"),
    "section": ("anchor", "number", "kicker", "title", "level"),
    "prose": ("paragraphs",),
    "list": ("items",),
    "findings": ("items",),
    "advice": ("items",),
    "tiles": ("items",),
    "table": ("anchor", "caption", "columns", "rows"),
    "case": ("kicker", "title", "figures"),
    "explorer": ("anchor", "caption", "columns", "rows", "text", "words", "data"),
    "figure": ("headline", "source", "alt"),
    "note": ("text",),
}
NUMBERED = ("figure", "table")
_ANCHOR = re.compile(r"[a-z][a-z0-9_-]*")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


@dataclass(frozen=True)
class Part:
    """One block in its place. number: of a figure or table, counted through the document. depth: sections above it."""

    kind: str
    content: dict[str, Any]
    anchor: str = ""
    number: int = 0
    depth: int = 0
    svg: str = ""
    spec: dict[str, Any] | None = None

    def __getitem__(self, key: str) -> Any:
        return self.content.get(key, "")

    @property
    def columns(self) -> list[dict[str, Any]]:
        return [{"align": "left", "wrap": "", **column} for column in self.content["columns"]]


@dataclass(frozen=True)
class Chapter:
    """A first-level section with everything under it; the first chapter of a document may have no heading."""

    heading: Part | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Document:
    """A report ready to be set."""

    lang: str
    cover: dict[str, Any]
    parts: tuple[Part, ...]

    @property
    def chapters(self) -> list[Chapter]:
        """The parts grouped under their first-level sections."""
        groups: list[tuple[Part | None, list[Part]]] = [(None, [])]
        for part in self.parts:
            if part.kind == "section" and part["level"] == 1:
                groups.append((part, []))
            else:
                groups[-1][1].append(part)
        return [Chapter(heading, tuple(parts)) for heading, parts in groups if heading or parts]

    def of_kind(self, kind: str) -> list[Part]:
        return [part for part in self.parts if part.kind == kind]


def read(notebook: Any, *, name: str) -> Document:
    """The document that an executed notebook shows; ReportError names cell and block where a block is broken."""
    parts = [_part(output, f"{name}, cell {cell}") for cell, output in _shown(notebook)]
    covers = [part for part in parts if part.kind == "cover"]
    if len(covers) != 1:
        raise ReportError(f"{name}: {len(covers)} cover blocks are shown, there must be one. Mend the notebook.")
    body = _placed([part for part in parts if part.kind != "cover"], name)
    cover = covers[0].content
    return Document(str(cover.get("lang") or "zh"), cover, tuple(body))


def _shown(notebook: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every output that carries a block, with its cell's place in the executed notebook counted from 1."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if blocks.MIME in output.get("data", {}):
                yield number, output["data"]


def _part(data: dict[str, Any], where: str) -> Part:
    content = _clean(dict(data[blocks.MIME]))
    kind = str(content.pop("kind", ""))
    if kind not in REQUIRED:
        raise ReportError(f"{where}: block kind {kind!r} is unknown. Use one of: {', '.join(REQUIRED)}.")
    lacking = [key for key in REQUIRED[kind] if key not in content]
    if lacking:
        raise ReportError(f"{where}: the {kind} block lacks {', '.join(lacking)}. See cityreach.blocks for its keys.")
    specs = [value for key, value in data.items() if SPECIFICATION.fullmatch(key)]
    svg = "".join(data.get(SVG, ""))
    if kind == "figure" and not svg:
        raise ReportError(f"{where}: the figure “{content['headline']}” has no SVG. Show it with charts.finish.")
    return Part(kind, content, svg=svg, spec=dict(specs[0]) if specs else None)


def _clean(value: Any) -> Any:
    """Text without control characters and without marks that turn the direction of what follows."""
    if isinstance(value, str):
        return _UNSEEN.sub("", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return {key: _clean(item) for key, item in value.items()} if isinstance(value, dict) else value


def _placed(parts: list[Part], name: str) -> list[Part]:
    """The parts with their numbers, anchors and depth."""
    counts: Counter[str] = Counter()
    depth, placed = 0, []
    for part in parts:
        depth = int(part["level"]) if part.kind == "section" else depth
        counts[part.kind] += 1
        number = counts[part.kind] if part.kind in NUMBERED else 0
        placed.append(replace(part, number=number, depth=depth, anchor=_anchor(part, number, name)))
    keys = Counter(str(part["key"]) for part in placed if part.kind == "figure")
    if keys and keys.most_common(1)[0][1] > 1:
        raise ReportError(f"{name}: figure key {keys.most_common(1)[0][0]!r} is used twice. Give each figure its own.")
    doubled = [anchor for anchor, count in Counter(p.anchor for p in placed if p.anchor).items() if count > 1]
    if doubled:
        raise ReportError(f"{name}: anchor {doubled[0]!r} is used twice. Give each section and table its own.")
    return placed


def _anchor(part: Part, number: int, name: str) -> str:
    if part.kind == "figure":
        return f"figure-{number}"
    given = str(part["anchor"])
    if given and not _ANCHOR.fullmatch(given):
        raise ReportError(f"{name}: anchor {given!r} is not usable. Use lower-case letters, digits, hyphens.")
    return given or (f"table-{number}" if part.kind == "table" else "")


def excerpt(text: str) -> str:
    """A post's own text on one line, cut at 120 characters (one more where the cut is already marked)."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return line if len(line) <= EXCERPT + 1 else line[:EXCERPT].rstrip() + "…"


def text_of(cell: Any) -> str:
    """What a cell prints: its text, with the arrow that a rise or fall always carries."""
    if not isinstance(cell, dict):
        return "" if cell is None else str(cell)
    text, arrow = str(cell.get("text", "")), {"up": "▲", "down": "▼"}.get(str(cell.get("tone", "")), "")
    return text if not arrow or not text or arrow in text else arrow + text


def tone_of(cell: Any) -> str:
    tone = cell.get("tone", "") if isinstance(cell, dict) else ""
    return str(tone) if tone in ("up", "down", "new", "muted", "focus") else ""


def strings(value: Any) -> Iterator[str]:
    """Every text inside a JSON-like value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)
