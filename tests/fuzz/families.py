"""One mutated file of a family of readers, made from a seed and a number."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from random import Random

from tests import containers
from tests.fuzz import mutations, seeds, workbooks


def make(family: str, seed: int, number: int) -> bytes:
    """The file of that number, the same each time."""
    return FAMILIES[family](Random(f"{family} {seed} {number}"))


def _csv(random: Random) -> bytes:
    if random.random() < 0.5:
        rows = mutations.mutated_rows(random, random.choice(seeds.tables()), seeds.words())
        return mutations.table(random, rows)
    return mutations.mutated(random, random.choice(seeds.texts()), seeds.texts(), mutations.TEXT)


def _json(random: Random) -> bytes:
    content = random.choice(seeds.documents())
    if random.random() < 0.7:
        root = mutations.mutated_value(random, json.loads(content), seeds.words())
        content = json.dumps(root, ensure_ascii=random.random() < 0.5).encode(errors="surrogatepass")
        return content if random.random() < 0.9 else mutations.recode(random, content, [])
    return mutations.mutated(random, content, seeds.documents(), mutations.TEXT)


def _jsonl(random: Random) -> bytes:
    content = random.choice(seeds.lines())
    if random.random() < 0.6:
        lines = content.split(b"\n")
        place = random.randrange(len(lines))
        try:
            root = mutations.mutated_value(random, json.loads(lines[place]), seeds.words())
        except ValueError:
            root = None
        lines[place] = json.dumps(root, ensure_ascii=random.random() < 0.5).encode(errors="surrogatepass")
        return b"\n".join(random.choice((lines, lines * 2, [*lines, b"", b"{"])))
    return mutations.mutated(random, content, seeds.lines(), mutations.TEXT)


def _zip_book(form: str) -> Callable[[Random], bytes]:
    def made(random: Random) -> bytes:
        content = random.choice(seeds.books(form))
        if random.random() < 0.2:
            return mutations.mutated(random, content, seeds.books(form), mutations.BYTES)
        return workbooks.mutated(random, mutations.parts_of(content))

    return made


def _xls(random: Random) -> bytes:
    content = random.choice(seeds.books("xls"))
    return workbooks.mutated_binary(random, content, seeds.books("xls"))


def _inner(random: Random) -> bytes:
    return random.choice((_csv, _csv, _json, _jsonl))(random)


def _gzip(random: Random) -> bytes:
    way = random.randrange(10)
    if way < 4:
        return containers.gzipped(_inner(random))
    content = containers.gzipped(random.choice((*seeds.texts(), *seeds.documents())))
    if way == 4:
        return containers.gzipped(random.choice((content, containers.zipped(b"a,b\n1,2\n"), b"")))
    if way == 5:  # several members, or a member and a rest
        return content + random.choice((containers.gzipped(_inner(random)), b"\x00" * 40, b"rest", content))
    if way == 6 and random.random() < 0.02:
        return gzip.compress(random.choice((b"0", b"\n", b'"', b"[")) * (1 << 20), 9)
    return mutations.mutated(random, content, [content], mutations.BYTES)


def _zip(random: Random) -> bytes:
    way = random.randrange(10)
    if way < 4:
        return mutations.zipped(random, [_member(random) for _ in range(random.choice((1, 1, 1, 2, 3)))])
    content = containers.zipped(random.choice((*seeds.texts(), *seeds.documents())))
    if way == 4:
        return _flagged(random, content)
    return mutations.mutated(random, content, [content], mutations.BYTES)


NAMES = (
    "a.csv",
    "b/c.csv",
    "../x.csv",
    "/etc/x",
    "",
    "a" * 300,
    "表.csv",
    "a\nb.csv",
    "mimetype",
    "[Content_Types].xml",
    "d/",
    ".x",
)


def _member(random: Random) -> tuple[str, bytes]:
    name = random.choice(NAMES)
    way = random.randrange(12)
    if way == 0:
        return name, random.choice((b"", b"\x00" * 99, containers.gzipped(b"a"), containers.zipped(b"a,b\n1,2\n")))
    if way == 1:
        return name, random.choice(seeds.books(random.choice(("xlsx", "xls", "ods"))))
    return name, random.choice(seeds.texts()) if way < 5 else _inner(random)


def _flagged(random: Random, content: bytes) -> bytes:
    """A zip one of whose headers says something else: method, flags, sizes, offsets."""
    made = bytearray(content)
    starts = [place for mark in (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06") for place in _all(content, mark)]
    place = random.choice(starts) + random.randrange(4, 46)
    word = random.choice((b"\x01", b"\x00\x00", b"\xff\xff\xff\xff", b"\x63\x00", b"\x0e\x00", b"\x09\x08"))
    made[place : place + len(word)] = word
    return bytes(made)


def _all(content: bytes, mark: bytes) -> list[int]:
    found, place = [], content.find(mark)
    while place >= 0:
        found.append(place)
        place = content.find(mark, place + 1)
    return found


FAMILIES: dict[str, Callable[[Random], bytes]] = {
    "csv": _csv,
    "json": _json,
    "jsonl": _jsonl,
    "xlsx": _zip_book("xlsx"),
    "xls": _xls,
    "ods": _zip_book("ods"),
    "gzip": _gzip,
    "zip": _zip,
}
