"""The words that the page and the print carry beside the report's own: `templates/html/words.yml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from cityreach import blocks, paths, spec


class ProofWords(spec.Model):
    """What the proof copy alone says."""

    title: str
    text: str
    sheet: str
    files: str
    drafts: str
    edited: str
    findings: str
    note: str
    error: str
    warning: str
    none: str
    clean: str


class Words(spec.Model):
    """The fixed words of one language."""

    figure: str
    table: str
    contents: str
    figures_and_tables: str
    skip: str
    source: str
    case: str
    basis: str
    traced: str
    appendix: str
    sources: str
    sources_text: str
    sources_caption: str
    sources_figure: str
    sources_table: str
    sources_row: str
    sources_column: str
    sources_file: str
    sources_open: str
    sources_note: str
    to_cell: str
    to_row: str
    highlights: str
    search: str
    search_label: str
    rows: str
    no_row: str
    post_text: str
    post_left_out: str
    colon: str
    separator: str
    top: str
    unbroken: list[str]
    proof: ProofWords


class _File(spec.Model):
    zh: Words
    en: Words


def load(lang: str) -> Words:
    """The words of a language; SpecError names a key that is absent."""
    file = _load()
    return file.en if lang == "en" else file.zh


@cache
def _load() -> _File:
    return spec.read_model(paths.template("html", "words.yml"), _File)


def sourced(text: Any, words: Words) -> Any:
    """A source line, with the word for it in front where it is not there yet."""
    if not text or blocks.plain(text).startswith(words.source):
        return text
    before = f"{words.source}{words.colon}"
    return before + text if isinstance(text, str) else [before, *text]
