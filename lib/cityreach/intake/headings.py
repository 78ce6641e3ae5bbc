"""Column headers as they are compared: how one is written out, and which columns of a table a path names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

_SPACED = re.compile("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")  # 账 号, spaced out to fill a cell
_COUNTED = re.compile(r"\s?\((?:次|个|条|人|人次|篇|帖)\)$")


@lru_cache(maxsize=4096)
def heading(cell: str) -> str:
    """A column's header as it is compared: full-width signs made plain, no BOM, no outer spaces, small letters.

    Spaces between Chinese signs, a colon at the end and a counting word in brackets there say nothing either.
    """
    plain = " ".join(unicodedata.normalize("NFKC", cell).replace("\ufeff", "").split()).casefold()
    return _COUNTED.sub("", _SPACED.sub("", plain).rstrip(": ")) if plain and not plain.isascii() else plain


def index_of(header: Sequence[str]) -> dict[str, list[int]]:
    """The places of each name that a header holds."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        if name:
            found.setdefault(name, []).append(place)
    return found


def headings(path: str) -> tuple[str, str]:
    """The headers that a path without `*` names: with its dots, or with slashes for them."""
    return heading(path), heading(path).replace(".", "/")


def places_of(index: Mapping[str, list[int]], path: str) -> list[int]:
    """The columns that a path names: those with that header, with dots or slashes, or the first that begins with it."""
    name, slashed = headings(path)
    if name in index or not name.endswith("*"):
        return index.get(name, index.get(slashed, []))
    return next((places[:1] for one, places in index.items() if one.startswith(name[:-1])), [])
