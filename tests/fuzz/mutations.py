"""Changes to the bytes of a file, to the cells of a table, to the values of a JSON document, to the parts of a zip."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tests.fuzz import nasty

MOST = 1 << 16  # bytes that a mutated file may grow to
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32")
DELIMITERS = (",", ";", "\t", "|")
NUMBER = re.compile(rb"\d+(?:\.\d+)?")
DATE = re.compile(rb"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[ T][0-9:.]+(?:Z|[+-]\d\d:?\d\d)?)?")
Change = Callable[[Random, bytes, Sequence[bytes]], bytes]


def _place(random: Random, content: bytes) -> int:
    return random.randrange(len(content) + 1)


def _span(random: Random, content: bytes) -> tuple[int, int]:
    start = _place(random, content)
    return start, min(len(content), start + random.choice((1, 2, 8, 32, 128, 1024)))


def flip(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    made = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        if made:
            made[random.randrange(len(made))] ^= 1 << random.randrange(8)
    return bytes(made)


def truncate(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    return content[: _place(random, content)]


def insert(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    place = _place(random, content)
    what = random.choice((random.choice(nasty.BYTES), random.randbytes(random.randrange(1, 9)), b"\x00" * 9))
    return content[:place] + what + content[place:]


def delete(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(random, content)
    return content[:start] + content[end:]


def duplicate(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(random, content)
    return content[:end] + content[start:end] * random.choice((1, 1, 2, 9)) + content[end:]


def splice(random: Random, content: bytes, seeds: Sequence[bytes]) -> bytes:
    other = random.choice(seeds)
    return content[: _place(random, content)] + other[_place(random, other) :]


def swap_sign(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    """One sign that builds the file put in the place of another, everywhere or once."""
    signs = (b",", b";", b"\t", b"|", b'"', b"'", b"\n", b"\r\n", b"\r", b":", b"{", b"]", b" ")
    old, new = random.sample(signs, 2)
    return content.replace(old, new, random.choice((1, 2, -1)))


def nasty_number(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    return _replaced(random, content, NUMBER, random.choice(nasty.NUMBERS))


def nasty_date(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    return _replaced(random, content, DATE, random.choice(nasty.TIMES))


def _replaced(random: Random, content: bytes, pattern: re.Pattern[bytes], word: str) -> bytes:
    found = list(pattern.finditer(content))
    if not found:
        return content
    one = random.choice(found)
    return content[: one.start()] + word.encode() + content[one.end() :]


def recode(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    """The same text in another encoding, as far as it can be written in it."""
    text = content.decode("utf-8", errors=random.choice(("replace", "ignore", "surrogateescape")))
    return text.encode(random.choice(ENCODINGS), errors="replace")


BYTES: tuple[Change, ...] = (flip, truncate, insert, delete, duplicate, splice)
TEXT: tuple[Change, ...] = (*BYTES, insert, swap_sign, nasty_number, nasty_date, recode)


def mutated(random: Random, content: bytes, seeds: Sequence[bytes], changes: Sequence[Change]) -> bytes:
    """The content after a few changes."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        content = random.choice(changes)(random, content, seeds)[:MOST]
    return content


Rows = list[list[str]]


def rows_of(content: bytes) -> Rows:
    """The cells of a seed."""
    text = content.decode("utf-8-sig")
    first = text.partition("\n")[0]
    sign = max(DELIMITERS, key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))


def mutated_rows(random: Random, rows: Rows, words: Sequence[str]) -> Rows:
    """A table with some cells, rows, columns or headers changed."""
    made = [list(row) for row in rows]
    for _ in range(random.choice((1, 1, 2, 4, 9))):
        made = random.choice(_ROWS)(random, made, words) or [[""]]
    return made


def _cell(random: Random, rows: Rows, _: Sequence[str]) -> Rows:
    row = random.choice(rows)
    if row:
        row[random.randrange(len(row))] = nasty.text(random)
    return rows


def _header(random: Random, rows: Rows, words: Sequence[str]) -> Rows:
    row = rows[0]
    if row:
        row[random.randrange(len(row))] = random.choice((*words, *row))
    return rows


def _row(random: Random, rows: Rows, _: Sequence[str]) -> Rows:
    place = random.randrange(len(rows))
    return random.choice(
        (rows[:place] + rows[place + 1 :], [*rows[: place + 1], list(rows[place]), *rows[place + 1 :]])
    )


def _odd_row(random: Random, rows: Rows, _: Sequence[str]) -> Rows:
    """A row that is empty, short, long, or a line of words."""
    row = random.choice(rows)
    some = random.choice(
        ([], [""], [""] * len(row), row[: len(row) // 2], [*row, "", "x"], [*row, ""], ["Total"], ["sep=,"])
    )
    rows.insert(random.randrange(len(rows) + 1), list(some))
    return rows


def _column(random: Random, rows: Rows, _: Sequence[str]) -> Rows:
    width = max(map(len, rows))
    one, two = random.randrange(width + 1), random.randrange(width + 1)
    way = random.randrange(3)
    for row in rows:
        cell = row.pop(one) if one < len(row) and way < 2 else "" if one >= len(row) else row[one]
        if way:
            row.insert(two, cell)
    return rows


_ROWS = (_cell, _cell, _cell, _cell, _header, _row, _odd_row, _column)


def table(random: Random, rows: Rows) -> bytes:
    """A table written in one of many ways."""
    sink = io.StringIO()
    ends = random.choice(("\n", "\n", "\r\n", "\r"))
    quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC))
    writer = csv.writer(sink, delimiter=random.choice(DELIMITERS), lineterminator=ends, quoting=quoting)
    writer.writerows(rows)
    return sink.getvalue().encode(random.choice(ENCODINGS), errors="replace")


def mutated_value(random: Random, root: Any, words: Sequence[str]) -> Any:
    """A JSON value with some of its parts changed; the value itself is given away."""
    for _ in range(random.choice((1, 1, 2, 4, 9))):
        holders = [one for one in _holders(root) if one]
        if not holders:
            return root
        root = _changed_at(random, root, random.choice(holders), words)
    return root


def _holders(root: Any) -> list[Any]:
    found, left = [], [root]
    while left:
        one = left.pop()
        if isinstance(one, dict | list):
            found.append(one)
            left.extend(one.values() if isinstance(one, dict) else one)
    return found


def _changed_at(random: Random, root: Any, holder: Any, words: Sequence[str]) -> Any:
    key: Any = random.choice(list(holder)) if isinstance(holder, dict) else random.randrange(len(holder))
    way = random.randrange(8)
    if way < 3:
        holder[key] = nasty.value(random)
    elif way == 3:
        del holder[key]
    elif way == 4:
        holder[key] = random.choice(([holder[key]], [holder[key]] * 2, {"data": holder[key]}, str(holder[key])))
    elif way == 5 and isinstance(holder, dict):
        holder[random.choice(words)] = holder.pop(key)
    elif way == 5:
        holder.insert(key, json.loads(json.dumps(holder[key])))
    elif way == 6:
        return random.choice(([root], {"data": root}, {"items": root}, {"a": root}))
    else:
        holder[key] = json.loads(json.dumps(random.choice(_holders(root))))
    return root


Parts = list[tuple[str, bytes]]


def parts_of(content: bytes) -> Parts:
    """The parts of a zip with their names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def zipped(random: Random, parts: Parts) -> bytes:
    sink = io.BytesIO()
    way = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(sink, "w", way, compresslevel=1) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name), content, way)
    return sink.getvalue()
