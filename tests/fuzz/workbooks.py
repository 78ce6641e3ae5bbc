"""Changes to the inner XML of workbooks: cells in far corners, repeats, wrong types, wrong sizes, broken parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from xml.sax.saxutils import escape

from tests.fuzz import mutations, nasty
from tests.fuzz.mutations import Parts

_TAG = re.compile(rb"<[^>]{1,200}>")
_VALUE = re.compile(rb">([^<>]{1,200})<")
_ATTRIBUTE = re.compile(rb'([\w:.-]+)="([^"]*)"')
_REFERENCE = re.compile(rb'r="([A-Z]{1,3}\d{1,7})"')
CORNERS = (
    b"A1",
    b"A2",
    b"C3",
    b"XFD1048576",
    b"XFD1",
    b"A1048576",
    b"ZZZ9999999",
    b"AAAA1",
    b"A0",
    b"A99999999999",
    b"1A",
    b"",
    b"a1",
    b"IV65536",
)
SIZES = (
    b"0",
    b"1",
    b"2",
    b"-1",
    b"16384",
    b"1048576",
    b"99999999",
    b"4294967295",
    b"4294967296",
    b"99999999999999999999",
    b"x",
    b"1.5",
)
DIMENSIONS = (b"A1", b"A1:XFD1048576", b"B2:A1", b"A1:ZZZZ99999999999", b"", b"A0:B0", b":", b"XFD1048576:XFD1048576")
TYPES = (
    b"s",
    b"n",
    b"b",
    b"e",
    b"str",
    b"inlineStr",
    b"d",
    b"zz",
    b"float",
    b"date",
    b"time",
    b"boolean",
    b"string",
    b"percentage",
)
Change = Callable[[Random, bytes], bytes]


def mutated(random: Random, parts: Parts) -> bytes:
    """A workbook with one or several of its parts changed."""
    made = list(parts)
    for _ in range(random.choice((1, 1, 2, 4))):
        made = _changed(random, made)
    return mutations.zipped(random, made)


def _changed(random: Random, parts: Parts) -> Parts:
    place = _part(random, parts)
    name, content = parts[place]
    way = random.randrange(24)
    if way == 0:
        return parts[:place] + parts[place + 1 :] or parts
    if way == 1:
        return [*parts, (name, content)]
    if way == 2:
        return [*parts[:place], (random.choice(parts)[0], content), *parts[place + 1 :]]
    if way < 5:
        content = mutations.mutated(random, content, [content], mutations.BYTES)
    else:
        content = random.choice(_XML)(random, content)
    return [*parts[:place], (name, content[: 1 << 18]), *parts[place + 1 :]]


def _part(random: Random, parts: Parts) -> int:
    """Mostly a part that holds cells."""
    told = [place for place, (name, _) in enumerate(parts) if "sheet" in name or "content" in name or "Strings" in name]
    return random.choice(told) if told and random.random() < 0.8 else random.randrange(len(parts))


def _one(random: Random, pattern: re.Pattern[bytes], content: bytes, new: Callable[[re.Match[bytes]], bytes]) -> bytes:
    found = list(pattern.finditer(content))
    if not found:
        return content
    one = random.choice(found)
    return content[: one.start()] + new(one) + content[one.end() :]


def _value(random: Random, content: bytes) -> bytes:
    word = escape(nasty.text(random)).encode(errors="ignore")
    return _one(random, _VALUE, content, lambda _: b">" + word + b"<")


def _attribute(random: Random, content: bytes) -> bytes:
    word = random.choice((*SIZES, *TYPES, *CORNERS, *DIMENSIONS))
    return _one(random, _ATTRIBUTE, content, lambda one: one[1] + b'="' + word + b'"')


def _corner(random: Random, content: bytes) -> bytes:
    return _one(random, _REFERENCE, content, lambda _: b'r="' + random.choice(CORNERS) + b'"')


def _tag_gone(random: Random, content: bytes) -> bytes:
    return _one(random, _TAG, content, lambda _: b"")


def _tag_twice(random: Random, content: bytes) -> bytes:
    return _one(random, _TAG, content, lambda one: one[0] * random.choice((2, 2, 50)))


def _tags_swapped(random: Random, content: bytes) -> bytes:
    tags = _TAG.findall(content)
    return _one(random, _TAG, content, lambda _: random.choice(tags)) if tags else content


def _dimension(random: Random, content: bytes) -> bytes:
    word = random.choice(DIMENSIONS)
    return re.sub(rb'<dimension ref="[^"]*"', lambda _: b'<dimension ref="' + word + b'"', content)


def _merged(random: Random, content: bytes) -> bytes:
    what = b"".join(b'<mergeCell ref="%b"/>' % random.choice((b"A1:B2", b"A1:C1", *DIMENSIONS)) for _ in range(2))
    return content.replace(b"</sheetData>", b'</sheetData><mergeCells count="2">' + what + b"</mergeCells>")


def _repeated(random: Random, content: bytes) -> bytes:
    """A row or a cell of an ODS that stands for many."""
    kind = random.choice((b"row", b"cell"))
    key = b"rows" if kind == b"row" else b"columns"
    size = random.choice(SIZES)
    tag = re.compile(b"<table:table-%b" % kind)
    return _one(random, tag, content, lambda one: one[0] + b' table:number-%b-repeated="%b"' % (key, size))


def _spanned(random: Random, content: bytes) -> bytes:
    size = random.choice(SIZES)
    tag = re.compile(b"<table:table-cell")
    return _one(random, tag, content, lambda one: one[0] + b' table:number-columns-spanned="%b"' % size)


def _entity(random: Random, content: bytes) -> bytes:
    what = random.choice(
        (b"&amp;", b"&#0;", b"&#xD800;", b"&#xFFFFFF;", b"&bogus;", b"<![CDATA[x]]>", b"<!-- x -->", b"&")
    )
    return _one(random, _VALUE, content, lambda one: b">" + one[1] + what + b"<")


def _grown(random: Random, content: bytes) -> bytes:
    """Rows said many times over."""
    found = re.search(rb"<row .*?</row>|<table:table-row.*?</table:table-row>", content, re.DOTALL)
    return content.replace(found[0], found[0] * random.choice((2, 40)), 1) if found else content


_XML: Sequence[Change] = (
    _value, _value, _value, _attribute, _attribute, _corner, _corner, _tag_gone, _tag_twice, _tags_swapped, _dimension,
    _merged, _repeated, _repeated, _spanned, _entity, _grown,
)  # fmt: skip


def mutated_binary(random: Random, content: bytes, seeds: Sequence[bytes]) -> bytes:
    """An XLS with bytes changed: in half of the cases only inside the stream that holds the cells."""
    if random.random() < 0.3:
        return mutations.mutated(random, content, seeds, mutations.BYTES)
    made = bytearray(content)
    start, end = 512, max(513, len(made) - 512)
    for _ in range(random.choice((1, 1, 2, 4, 9))):
        place = random.randrange(start, end)
        if random.random() < 0.5:
            made[place] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))
        else:
            word = random.choice(
                (b"\xff\xff", b"\x00\x00", b"\xff\xff\xff\xff", b"\x00\x80", b"\xfe\xff\xff\xff", b"\x01\x00")
            )
            made[place : place + len(word)] = word
    return bytes(made)
