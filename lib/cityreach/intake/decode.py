"""From bytes to text: an encoding counts as found only where the whole content decodes strictly; nothing is replaced.

The order is: byte order mark, UTF-16 without one, strict UTF-8, GB18030 where what comes out looks like Chinese, and
last a detector's opinion, which is noted as a guess.
"""

from __future__ import annotations

import codecs
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from cityreach.errors import InboxError
from cityreach.intake.columns import ahead
from cityreach.intake.document import Document, Opener

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PIECE = 1 << 22
SAMPLE = 1 << 16
MOJIBAKE = ("锟斤拷", "ï»¿", "烫烫烫", "\ufffd\ufffd")


@dataclass(frozen=True)
class Encoding:
    """An encoding that decodes the whole content, the bytes of its mark, and whether it is only a guess."""

    name: str
    mark: int = 0
    guessed: bool = False

    @property
    def note(self) -> str:
        return f"the encoding {self.name} is a guess; check that names and texts read well" if self.guessed else ""


def encoding(opener: Opener, name: str) -> Encoding:
    """The encoding of a text file; InboxError names the file where none decodes it or it is destroyed already."""
    with opener() as stream:
        start = stream.read(SAMPLE)
    for mark, found in BOMS:
        if start.startswith(mark):
            return _proved(opener, Encoding(found, len(mark)), name)
    if found := _unmarked_utf16(start):
        return _proved(opener, Encoding(found), name)
    place = None if _is_utf8(opener) else failure(opener, Encoding("utf-8"))
    if place is None:
        _refuse_mojibake(start.decode("utf-8", errors="ignore"), name)
        return Encoding("utf-8")
    with opener() as stream:
        stream.read(max(0, place - SAMPLE // 2))
        around = stream.read(SAMPLE)
    return _other(opener, around, place, name)


def _other(opener: Opener, around: bytes, place: int, name: str) -> Encoding:
    """The encoding of a text that is not UTF-8, judged by the bytes around the first that is not."""
    if _damaged_utf8(around):
        raise InboxError(_undecodable(name, "UTF-8", place))
    if looks_chinese(around) and failure(opener, Encoding("gb18030")) is None:
        return Encoding("gb18030")
    from charset_normalizer import from_bytes

    best = from_bytes(around).best()
    guess = Encoding(best.encoding if best else "utf-8", guessed=True)
    if best is None or "\0" in around.decode("latin-1") or failure(opener, guess) is not None:
        raise InboxError(_undecodable(name, "UTF-8, GB18030 or any known", place))
    return guess


def _proved(opener: Opener, found: Encoding, name: str) -> Encoding:
    place = failure(opener, found)
    if place is not None:
        raise InboxError(_undecodable(name, found.name, place))
    return found


def _is_utf8(opener: Opener) -> bool:
    """Whether all of a content that holds line ends is strict UTF-8."""
    with opener() as stream:
        return all(ahead(_decodes, _whole_lines(stream), workers=1))


def _whole_lines(stream: BinaryIO) -> Iterator[bytes]:
    held = b""
    while piece := stream.read(PIECE):
        held += piece
        cut = held.rfind(b"\n") + 1
        yield held[:cut]
        held = held[cut:]
    yield held


def _decodes(content: bytes) -> bool:
    """Whether bytes are strict UTF-8, by Arrow, which is faster than decoding them."""
    import numpy as np
    import pyarrow as pa

    ends = pa.py_buffer(np.array([0, len(content)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(content)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def failure(opener: Opener, found: Encoding) -> int | None:
    """The place of the first byte that does not decode strictly, None where all do."""
    decoder = codecs.getincrementaldecoder(found.name)("strict")
    with opener() as stream:
        done = len(stream.read(found.mark))
        while True:
            piece = stream.read(PIECE)
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                return done + error.start
            if not piece:
                return None
            done += len(piece)


def _unmarked_utf16(start: bytes) -> str:
    """UTF-16 without a mark: every other byte of Western text and JSON is zero."""
    even, odd = start[0:200:2], start[1:200:2]
    if len(odd) < 2 or not (even.count(0) or odd.count(0)):
        return ""
    if odd.count(0) > 0.6 * len(odd) and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.6 * len(even) and not odd.count(0) else ""


def looks_chinese(content: bytes) -> bool:
    """Whether the bytes that are not ASCII are mostly pairs of the GB 2312 block, as Chinese text is."""
    pairs = right = place = 0
    while place < len(content) - 1:
        if content[place] < 0x80:
            place += 1
            continue
        pairs += 1
        right += 0xA1 <= content[place] <= 0xF7 and content[place + 1] >= 0xA1
        place += 2
    return pairs > 0 and right >= 0.7 * pairs


def _damaged_utf8(content: bytes) -> bool:
    """True where most of what is not ASCII reads as UTF-8: such a file is broken UTF-8, not Chinese Windows text."""
    text = content.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(1 for sign in text if sign > "\x7f") - wrong
    return right > 4 * wrong


def _refuse_mojibake(text: str, name: str) -> None:
    """InboxError where a spreadsheet or editor has destroyed the text already."""
    found = next((one for one in MOJIBAKE if one in text), "")
    if found:
        raise InboxError(
            f"{name}: the text was destroyed by an earlier program (it holds {found!r}). Export it again and do not "
            "open it by double click: import it into Excel as UTF-8."
        )


def _undecodable(name: str, found: str, place: int) -> str:
    return f"{name}: not {found} text (byte {place}). Export it again, or save it as CSV UTF-8."


def transcoded(stream: BinaryIO, found: Encoding, piece: int) -> Iterator[bytes]:
    """The stream's content as pieces of UTF-8 bytes, a small one first."""
    stream.read(found.mark)
    raw = itertools.chain([stream.read(SAMPLE)], iter(lambda: stream.read(piece), b""))
    if found.name in ("utf-8", "ascii"):
        yield from raw
        return
    decoder = codecs.getincrementaldecoder(found.name)("strict")
    for content in raw:
        yield decoder.decode(content).encode()
    yield decoder.decode(b"", final=True).encode()


def json_document(text: str, found: Encoding, name: str) -> Document:
    """A JSON or JSON Lines text; InboxError where it is neither."""
    if found.name == "gb18030":
        raise InboxError(f"{name}: JSON must be UTF-8, found Chinese Windows encoding. Export it again as UTF-8.")
    try:
        return Document("json", "json", found.name, root=loads(text))
    except ValueError as error:
        lines = _lines(text)
        if lines is None:
            raise InboxError(f"{name}: not valid JSON ({_reason(error)}). Export it again.") from None
        return Document("jsonl", "jsonl", found.name, root=lines[0], broken=lines[1])


def loads(text: str) -> Any:
    """A JSON value; ValueError where it is none. Half surrogate pairs, which some exports hold, are let through."""
    import orjson

    try:
        return orjson.loads(text)
    except ValueError as error:
        if "surrogate" not in str(error):
            raise
    try:
        return _mended(json.loads(text))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _mended(value: Any) -> Any:
    """The value without half surrogate pairs, which no text may hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    if isinstance(value, list):
        return [_mended(one) for one in value]
    return {_mended(key): _mended(one) for key, one in value.items()} if isinstance(value, dict) else value


def _lines(text: str) -> tuple[list[Any], list[tuple[int, str]]] | None:
    """The values of JSON Lines and the lines that are none; None where the text is not JSON Lines at all."""
    good: list[Any] = []
    bad: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            good.append(loads(line))
        except ValueError:
            bad.append((number, line[:200]))
    return (good, bad) if any(isinstance(value, dict) for value in good) and len(good) >= len(bad) else None


def _reason(error: ValueError) -> str:
    return " ".join(str(error).split())[:120]
