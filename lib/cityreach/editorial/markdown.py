"""An editor's Markdown as pieces: paragraphs and lists of words and placeholders, each with its line in the file.

Only paragraphs, lists, **bold** and *italic* are taken; anything else is a fault. Comments are for editors alone:
`<!-- part: NAME -->` says where in the section what follows stands, any other comment (`<!-- note: ... -->`) is a note
for the margin of the proof copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cityreach.editorial import grammar
from cityreach.editorial.faults import Fault
from cityreach.editorial.grammar import Placeholder

if TYPE_CHECKING:
    from markdown_it.token import Token

_MASKED = re.compile(r"<!--(.*?)-->|\{\{[^{}\n]*\}\}", re.DOTALL)
_KEPT = re.compile("\ue000(\\d+)\ue001")
_PRIVATE = {0xE000: None, 0xE001: None, 0xFEFF: None}
_PART = re.compile(r"\s*part:\s*([a-z0-9_]*)\s*")
_NOTE = re.compile(r"\s*(?:note|注|批注)\s*[:：]\s*", re.IGNORECASE)
REFUSED = {  # kinds of markdown-it's tokens, and of faults
    "heading_open": "heading", "fence": "code", "code_block": "code", "code_inline": "code", "hr": "rule",
    "blockquote_open": "quotation", "html_block": "html", "html_inline": "html", "link_open": "link", "image": "image",
}  # fmt: skip
LIST = {"bullet_list_open": "bullets", "ordered_list_open": "numbers"}
MARKS = {"strong_open": "strong", "em_open": "em"}


@dataclass(frozen=True)
class Piece:
    """Words, or a placeholder, with their mark ("", "strong" or "em") and line."""

    text: str
    line: int
    mark: str = ""
    placeholder: Placeholder | None = None


@dataclass(frozen=True)
class Item:
    """A paragraph or a list's item; `below` holds the items of a list inside it."""

    pieces: tuple[Piece, ...]
    line: int
    below: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Element:
    """kind: paragraph (one item), bullets or numbers."""

    kind: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Part:
    """What stands under one mark; name "" for what stands above the first."""

    name: str
    line: int
    elements: tuple[Element, ...]


@dataclass
class Page:
    """A file as read. notes: line and words of every comment that is no mark."""

    file: str
    lang: str
    parts: list[Part] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int, found: str, kind: str, **given: str) -> None:
        self.faults.append(Fault(self.file, line, found.strip(), kind, tuple(given.items())))


def read(text: str, *, file: str, lang: str, first_line: int = 1) -> Page:
    """The page of a file's text; `first_line` is the line at which the text begins in the file."""
    page = Page(file, lang)
    source = text.replace("\r\n", "\n").replace("\r", "\n").translate(_PRIVATE)
    masked, kept, marks = _mask(source, page, first_line)
    _refuse_foreign(masked, page, first_line)
    lines = masked.split("\n")
    starts = [("", 0), *marks]
    for (name, start), (_, end) in zip(starts, [*marks, ("", len(lines))], strict=True):
        elements = tuple(_Reader(page, kept, first_line + start).elements("\n".join(lines[start:end])))
        if elements or name:
            page.parts.append(Part(name, first_line + start, elements))
    return page


def _mask(source: str, page: Page, first_line: int) -> tuple[str, list[Placeholder], list[tuple[str, int]]]:
    """The source without comments and with placeholders out of Markdown's way; these; the marks with their line."""
    kept: list[Placeholder] = []
    marks: list[tuple[str, int]] = []

    def replaced(match: re.Match[str]) -> str:
        line = source.count("\n", 0, match.start())
        if match.group(1) is None:
            return _placeholder(match.group(), page, first_line + line, kept)
        if mark := _PART.fullmatch(match.group(1)):
            marks.append((mark.group(1), line))
        elif words := _NOTE.sub("", " ".join(match.group(1).split()), count=1):
            page.notes.append((first_line + line, words))
        return "\n" * match.group().count("\n")

    return _MASKED.sub(replaced, source), kept, marks


def _placeholder(text: str, page: Page, line: int, kept: list[Placeholder]) -> str:
    found = grammar.parse(text)
    if found is None:
        page.fault(line, text, "placeholder", example=grammar.EXAMPLE)
    kept.append(found or Placeholder(text, ()))
    return f"\ue000{len(kept) - 1}\ue001"


def _refuse_foreign(masked: str, page: Page, first_line: int) -> None:
    """Braces that no placeholder took, and comments that do not end."""
    for number, line in enumerate(masked.split("\n"), start=first_line):
        if found := grammar.FOREIGN.search(line):
            page.fault(number, line[found.start() :][:40], "brace", example=grammar.EXAMPLE)
        if "<!--" in line:
            page.fault(number, line[line.index("<!--") :][:40], "comment")


class _Reader:
    """Walks through markdown-it's tokens of one part."""

    def __init__(self, page: Page, kept: list[Placeholder], first_line: int) -> None:
        self.page, self.kept, self.first_line = page, kept, first_line

    def elements(self, source: str) -> Iterator[Element]:
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark").disable("text_join")  # joined, an escaped star looks like a lost one
        tokens = parser.parse(source)
        at = 0
        while at < len(tokens):
            token = tokens[at]
            end = _end(tokens, at)
            if token.type == "paragraph_open":
                yield Element("paragraph", (self._item(tokens[at + 1]),))
            elif token.type in LIST:
                yield Element(LIST[token.type], tuple(self._items(tokens[at + 1 : end])))
            else:
                self._refuse(token, source)
            at = end + 1

    def _items(self, tokens: list[Token]) -> Iterator[Item]:
        """The items of a list; a second paragraph inside one is a fault, a list inside one stands below it."""
        at = 0
        while at < len(tokens):
            end = _end(tokens, at)
            yield self._list_item(tokens[at + 1 : end])
            at = end + 1

    def _list_item(self, tokens: list[Token]) -> Item:
        own: Item | None = None
        below: list[Item] = []
        at = 0
        while at < len(tokens):
            token, end = tokens[at], _end(tokens, at)
            if token.type == "paragraph_open" and own is None:
                own = self._item(tokens[at + 1])
            elif token.type in LIST:
                below += self._items(tokens[at + 1 : end])
            else:
                self._refuse(token, "")
            at = end + 1
        return Item(own.pieces if own else (), own.line if own else self.first_line, tuple(below))

    def _item(self, inline: Token) -> Item:
        start = self.first_line + (inline.map[0] if inline.map else 0)
        return Item(tuple(_stripped(list(self._pieces(inline, start)))), start)

    def _pieces(self, inline: Token, line: int) -> Iterator[Piece]:
        marks: list[str] = []
        for token in inline.children or []:
            mark = "strong" if "strong" in marks else "em" if marks else ""
            if token.type in ("softbreak", "hardbreak"):
                line += 1
                yield Piece("" if self.page.lang == "zh" else " ", line, mark)
            elif token.type in ("text", "text_special"):
                if token.type == "text" and "*" in token.content:  # an escaped one comes as text_special
                    self.page.fault(line, token.content, "star")
                yield from self._words(token.content, line, mark)
            elif token.type in MARKS:
                marks.append(MARKS[token.type])
            elif token.type in ("strong_close", "em_close"):
                marks.pop()
            elif token.type in REFUSED:
                self.page.fault(line, _shown(token, inline), REFUSED[token.type])

    def _words(self, content: str, line: int, mark: str) -> Iterator[Piece]:
        for number, piece in enumerate(_KEPT.split(content)):
            if number % 2:
                found = self.kept[int(piece)]
                yield Piece(found.text, line, mark, found)
            elif piece:
                yield Piece(piece, line, mark)

    def _refuse(self, token: Token, source: str) -> None:
        start = token.map[0] if token.map else 0
        lines = source.split("\n")
        found = lines[start] if source and start < len(lines) else token.content or token.markup or token.type
        self.page.fault(self.first_line + start, _plain(found), REFUSED.get(token.type, "other"))


def _end(tokens: list[Token], at: int) -> int:
    """The place of the token that closes the one at `at`; itself where it opens nothing."""
    if tokens[at].nesting != 1:
        return at
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth == 0:
            return place
    return len(tokens) - 1


def _stripped(pieces: list[Piece]) -> list[Piece]:
    """Without the spaces (also full-width ones) that a paragraph begins or ends with."""
    if pieces and pieces[0].placeholder is None:
        pieces[0] = Piece(pieces[0].text.lstrip(), pieces[0].line, pieces[0].mark)
    if pieces and pieces[-1].placeholder is None:
        pieces[-1] = Piece(pieces[-1].text.rstrip(), pieces[-1].line, pieces[-1].mark)
    return [piece for piece in pieces if piece.text]


def _shown(token: Any, inline: Token) -> str:
    return _plain(str(token.content or token.attrGet("href") or inline.content))


def _plain(text: str) -> str:
    return _KEPT.sub("{{ … }}", text)
