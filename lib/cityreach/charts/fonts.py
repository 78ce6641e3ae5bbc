"""The report's own typeface: which files, which characters it lacks, and page-sized cuts of it for the web."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from cityreach import paths
from cityreach.charts import sfnt
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

    Characters that the typeface lacks are passed over (`missing_glyphs` is the check). Glyphs keep their numbers and
    those not asked for are emptied, which takes a tenth of the time of renumbering them for a few kilobytes more.
    """
    points = {ord(c) for text in characters for c in text} | set(map(ord, ALWAYS))
    held = _glyphs(weight)
    wanted = {point: held[point] for point in sorted(points & held.keys())}
    tables = dict(_tables(weight))
    tables |= sfnt.emptied(tables, {0, *wanted.values()})
    tables["cmap"] = _character_map(wanted)
    # Bit 11 of the head's flags, which stand at offset 16: the font went through a lossless transformation.
    tables["head"] = tables["head"][:16] + bytes([tables["head"][16] | 0x08]) + tables["head"][17:]
    return _woff2(tables)


def _character_map(glyphs: Mapping[int, int]) -> bytes:
    """A cmap with one subtable for all of Unicode (format 12), a group for every character."""
    groups = b"".join(struct.pack(">III", point, point, glyph) for point, glyph in glyphs.items())
    subtable = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(glyphs)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + subtable


def _woff2(tables: Mapping[str, bytes]) -> bytes:
    """Tables as a WOFF2 container: header, table directory, one Brotli stream; padded to four bytes."""
    import brotli  # type: ignore[import-untyped]

    kept = {tag: tables[tag] for tag in sorted(tables) if tag in _TABLE_NUMBERS}
    stream = brotli.compress(b"".join(kept.values()), mode=brotli.MODE_FONT, quality=_BROTLI_QUALITY)
    directory = b"".join(_directory_entry(tag, data) for tag, data in kept.items())
    sfnt_size = 12 + 16 * len(kept) + sum(_padded(len(data)) for data in kept.values())
    length = _padded(48 + len(directory) + len(stream))
    header = struct.pack(
        ">4sIIHHIIHHIIIII", b"wOF2", 0x00010000, length, len(kept), 0, sfnt_size, len(stream), 1, 0, 0, 0, 0, 0, 0
    )
    return (header + directory + stream).ljust(length, b"\0")


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
    return frozenset(_glyphs(weight))


@cache
def _glyphs(weight: str) -> dict[int, int]:
    """Character → number of its glyph."""
    return sfnt.glyphs(_content(weight))


@cache
def _tables(weight: str) -> Mapping[str, bytes]:
    """The typeface's tables as they stand in its file."""
    return MappingProxyType(sfnt.tables(_content(weight)))


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
