"""The cover of a page for editors on one edition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cityreach.blocks import Block
from cityreach.edition import Edition

Tile = tuple[str, str]  # a figure as shown, and what it is


def cover(
    edition: Edition, lang: str, label: Callable[..., str], *, tiles: Sequence[Tile], facts: list[list[str]]
) -> Block:
    """Title, edition, facts and tiles. label: the page's words by key (`cover.title`, `cover.band`, ...)."""
    shown = [{"value": value, "unit": "", "label": what, "change": None} for value, what in tiles]
    content: dict[str, Any] = {
        "lang": lang, "title": label("cover.title"), "label": edition.label[lang], "kicker": edition.title[lang],
        "tiles": shown, "facts": facts, "band": label("cover.band") if edition.simulated else None,
        "publisher": [line[lang] for line in edition.publisher],
        "description": label("cover.description", label=edition.label[lang]),
    }  # fmt: skip
    return Block("cover", content)
