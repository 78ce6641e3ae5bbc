"""The inside of a TrueType file, as far as cutting it for a page needs it: its tables, and which glyph draws what."""

from __future__ import annotations

import io
import struct
import sys
from array import array
from collections.abc import Iterable, Mapping
from itertools import repeat

UNICODE = ((3, 10), (3, 1), (0, 6), (0, 4), (0, 3))  # platforms and encodings of a character map, the best first


def tables(content: bytes) -> dict[str, bytes]:
    """The tables as they stand in the file."""
    (count,) = struct.unpack_from(">H", content, 4)
    entries = [struct.unpack_from(">4s4xII", content, 12 + 16 * number) for number in range(count)]
    return {tag.decode("ascii"): content[start : start + length] for tag, start, length in entries}


def glyphs(content: bytes) -> dict[int, int]:
    """Character → number of its glyph."""
    characters = tables(content)["cmap"]
    (count,) = struct.unpack_from(">H", characters, 2)
    entries = [struct.unpack_from(">HHI", characters, 4 + 8 * number) for number in range(count)]
    places = {(platform, encoding): place for platform, encoding, place in entries}
    best = next((places[kind] for kind in UNICODE if kind in places), None)
    if best is None or characters[best : best + 2] != b"\0\4":
        return _glyphs_of_other_maps(content)
    return _segments(characters[best:])


def _segments(subtable: bytes) -> dict[int, int]:
    """Characters of a map of format 4: runs of code points, each with a shift or a list of glyphs."""
    length, _, twice = struct.unpack_from(">HHH", subtable, 2)
    count = twice // 2
    numbers = _numbers("H", subtable[14 : length - length % 2])
    ends, starts = numbers[:count], numbers[count + 1 : 2 * count + 1]
    shifts, offsets = numbers[2 * count + 1 : 3 * count + 1], numbers[3 * count + 1 :]
    found = {}
    for segment, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if offsets[segment]:  # counted in bytes from where it stands itself
                glyph = offsets[segment + offsets[segment] // 2 + point - first]
            if glyph:
                found[point] = (glyph + shifts[segment]) & 0xFFFF
    return {point: glyph for point, glyph in found.items() if glyph}


def _glyphs_of_other_maps(content: bytes) -> dict[int, int]:
    """The same by fontTools, which knows every format and takes its time."""
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(content), lazy=True)
    return {point: font.getGlyphID(name) for point, name in font.getBestCmap().items()}


def emptied(tables: Mapping[str, bytes], kept: Iterable[int]) -> dict[str, bytes]:
    """glyf, loca and hmtx in which only these glyphs have an outline and a width (the loca has four bytes a glyph)."""
    places = _numbers("I", tables["loca"])
    stated = int.from_bytes(tables["hhea"][34:36], "big")  # glyphs with a width of their own; the rest follow the last
    outlines, widths = [], bytearray(4 * stated)
    starts, end, last = array("I"), 0, -1
    for glyph in sorted(kept):
        starts.extend(repeat(end, glyph - last))
        outlines.append(tables["glyf"][places[glyph] : places[glyph + 1]])
        end, last = end + len(outlines[-1]), glyph
    starts.extend(repeat(end, len(places) - len(starts)))
    for glyph in {stated - 1, *(each for each in kept if each < stated)}:
        widths[4 * glyph : 4 * glyph + 4] = tables["hmtx"][4 * glyph : 4 * glyph + 4]
    return {
        "glyf": b"".join(outlines),
        "loca": _bytes(starts),
        "hmtx": bytes(widths) + tables["hmtx"][4 * stated :],
    }


def _numbers(kind: str, content: bytes) -> array[int]:
    """Big-endian numbers without sign: of two bytes (`H`) or four (`I`)."""
    made = array(kind)
    made.frombytes(content)
    if sys.byteorder == "little":
        made.byteswap()
    return made


def _bytes(numbers: array[int]) -> bytes:
    """The same numbers as big-endian bytes."""
    made = array(numbers.typecode, numbers)
    if sys.byteorder == "little":
        made.byteswap()
    return made.tobytes()
