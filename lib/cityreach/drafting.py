"""What editors ask of an edition's texts: drafts to edit, and a check of what they have written."""

from __future__ import annotations

from collections.abc import Iterable

from cityreach import paths
from cityreach.editorial import drafts, files
from cityreach.editorial.faults import Fault
from cityreach.monthly import edited, open_book
from cityreach.monthly.book import Book

HOW = {
    "zh": "修改下文即可，双花括号内的数字每次生成时更新；未改动的草稿不起作用。说明见 docs/editing.md。",
    "en": "Edit what stands below; figures in double braces follow the data. An unchanged draft has no effect."
    " See docs/editing.md.",
}


def write_drafts(edition_id: str, lang: str) -> tuple[list[str], list[str]]:
    """Write a draft of every section that has no file; the files written, and those that were there and stay."""
    book = open_book(edition_id, lang, marked=True)
    made: list[str] = []
    there: list[str] = []
    for section in book.editors.sections:
        path = edited.file_of(book, section)
        if path.exists():
            there.append(paths.relative(path))
        elif text := draft(book, section):
            (made if drafts.write(path, text) else there).append(paths.relative(path))
    return made, there


def draft(book: Book, section: str) -> str:
    """The draft of a section; empty where it generates no words."""
    places = book.editors.generated(section)
    if not places:
        return ""
    texts = [text for _, block in places for text in drafts.texts_of(block)]
    ids = dict.fromkeys(run["finding"] for text in texts for run in text if isinstance(run, dict) and run["finding"])
    body = drafts.body(places, edited.placeholder(book))
    return drafts.file_text(section, body, findings=list(ids), how=HOW[book.lang])


def check(edition_id: str, languages: Iterable[str]) -> list[Fault]:
    """Everything wrong with the texts of an edition's editors, by file and line.

    EditorialError for a file of an unknown name and for a case post that is not there; SpecError for broken YAML.
    """
    files.listed(edition_id)
    found: set[Fault] = set()
    for lang in languages:
        book = open_book(edition_id, lang, marked=True)
        found |= set(book.editors.faults)
    return sorted(found)


def has_texts(edition_id: str) -> bool:
    """Whether editors have put anything into the edition's folder."""
    return bool(files.listed(edition_id))
