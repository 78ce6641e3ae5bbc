"""The report's own typeface: which files, which characters it lacks, and page-sized cuts of it for the web."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cityreach import paths
from cityreach.errors import ReportError

FILES: Mapping[str, str] = MappingProxyType({"regular": "NotoSansSC-Regular.ttf", "bold": "NotoSansSC-Bold.ttf"})
ALWAYS = "".join(map(chr, range(0x20, 0x7F)))
MISSING_MARK = "〓"
# Numbers that the WOFF2 format gives to the tables kept here; tables without a number are left out of the file.
_TABLE_NUMBERS = {
    "cmap": 0, "head": 1, "hhea": 2, "hmtx": 3, "maxp": 4, "name": 5, "OS/2": 6, "post": 7, "glyf": 10, "loca": 11,
    "GPOS": 27,
}  # fmt: skip
_BROTLI_QUALITY = 7
_JOINED_SIGN = re.compile("\u200d[\u2600-\u27bf]")  # the second half of pictographs such as a running woman


def font_files() -> list[Path]:
    """The typeface's files, regular before bold; ReportError names the one that is absent."""
    return [_font_file(weight) for weight in FILES]


def missing_glyphs(text: str, weight: str = "regular") -> list[str]:
    """The characters of a text that the typeface cannot draw, each once, in order of code point.

    Line ends, joiners, direction marks and variation selectors draw nothing and are never reported.
    """
    held = _characters(weight)
    return sorted(character for character in set(text) if ord(character) not in held and not _draws_nothing(character))


def name_glyphs(characters: Iterable[str]) -> str:
    """Characters as an error may print them: ``U+1F3C3 RUNNER, U+2009 THIN SPACE``."""
    return ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, '(unnamed)')}" for c in characters)


def drawable(text: str, weight: str = "regular") -> str:
    """A stranger's text as the typeface can set it: pictographs left out, any other lacking character as 〓."""
    held = _characters(weight)
    whole = _JOINED_SIGN.sub("", unicodedata.normalize("NFC", text))
    return " ".join("".join(_drawn(character, held) for character in whole).split())


def web_subset(characters: Iterable[str], weight: str = "regular") -> bytes:
    """A WOFF2 file with just these characters and ASCII; the same characters give the same bytes.

    Characters that the typeface lacks are passed over (`missing_glyphs` is the check). The tables are stored as
    they are: leaving out the format's glyph transformation makes the file a fifth larger and the work twice as fast.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    points = {ord(c) for text in characters for c in text} | set(map(ord, ALWAYS))
    font = TTFont(io.BytesIO(_content(weight)), recalcBBoxes=False, recalcTimestamp=False, lazy=True)
    options = subset.Options(layout_features=["kern"], notdef_outline=True, recalc_timestamp=False)
    options.drop_tables += ["GDEF", "GSUB"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    font["head"].flags |= 1 << 11  # the format asks for this mark of a lossless transformation
    return _woff2(font)


def _woff2(font: Any) -> bytes:
    """A font as a WOFF2 container: header, table directory, one Brotli stream; padded to four bytes."""
    import brotli  # type: ignore[import-untyped]

    tables = _raw_tables(font)
    stream = brotli.compress(b"".join(tables.values()), mode=brotli.MODE_FONT, quality=_BROTLI_QUALITY)
    directory = b"".join(_directory_entry(tag, data) for tag, data in tables.items())
    sfnt_size = 12 + 16 * len(tables) + sum(_padded(len(data)) for data in tables.values())
    length = _padded(48 + len(directory) + len(stream))
    header = struct.pack(
        ">4sIIHHIIHHIIIII", b"wOF2", 0x00010000, length, len(tables), 0, sfnt_size, len(stream), 1, 0, 0, 0, 0, 0, 0
    )
    return (header + directory + stream).ljust(length, b"\0")


def _raw_tables(font: Any) -> dict[str, bytes]:
    """The compiled tables of a font by tag, in the alphabetical order that browsers ask for."""
    from fontTools.ttLib import TTFont

    buffer = io.BytesIO()
    font.save(buffer)
    reader = TTFont(buffer, lazy=True).reader
    return {tag: reader[tag] for tag in sorted(reader.keys()) if tag in _TABLE_NUMBERS}


def _directory_entry(tag: str, data: bytes) -> bytes:
    untransformed = 3 << 6 if tag in ("glyf", "loca") else 0
    return bytes([_TABLE_NUMBERS[tag] | untransformed]) + _base128(len(data))


def _base128(number: int) -> bytes:
    """A number in the format's variable length: seven bits a byte, the high bit set on all but the last."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _drawn(character: str, held: frozenset[int]) -> str:
    if character.isspace():
        return " "
    if ord(character) in held:
        return character
    if _draws_nothing(character) or unicodedata.category(character) in ("So", "Sk", "Co", "Cn", "Cs"):
        return ""
    return MISSING_MARK


def _draws_nothing(character: str) -> bool:
    """Whether a character has no picture of its own in any typeface (controls, joiners, variation selectors)."""
    return unicodedata.category(character) in ("Cc", "Cf") or 0xFE00 <= ord(character) <= 0xFE0F


@cache
def _characters(weight: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(_content(weight)), lazy=True)
    return frozenset(font.getBestCmap())


@cache
def _content(weight: str) -> bytes:
    return _font_file(weight).read_bytes()


def _font_file(weight: str) -> Path:
    if weight not in FILES:
        raise ReportError(f"fonts: weight {weight!r} does not exist. Use one of: {', '.join(FILES)}.")
    path = paths.fonts() / FILES[weight]
    if not path.is_file():
        raise ReportError(f"fonts/{path.name}: the file is absent. Restore it from the repository (docs/fonts.md).")
    return path
