"""What the mutated files are made of: the fixtures of intake, cut short, and the beginnings of real exports at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests import containers
from tests.fuzz import mutations
from tests.fuzz.mutations import Rows

ROOT = Path(__file__).resolve().parents[2]
CASES = [ROOT / "tests" / "cases" / name for name in ("intake", "exports")]
SAMPLES = ROOT.parent / "shared" / "samples" / "exports"
ROWS, ITEMS, SMALL = 6, 3, 6000  # rows of a table, elements of a list, bytes
ODD = (  # tables with a line above the header, headers in two rows, a total below, quotes that do not belong
    "Export of 5 April\n\n平台,账号,帖文ID,发布时间(UTC),点赞数\nX,@Riverport_City,1897000000000000011,2025-03-04 01:00,5\n",
    "平台,账号,帖文ID,发布时间(UTC),互动,\n,,,,点赞数,评论数\nX,@Riverport_City,1897000000000000011,2025-03-04 01:00,5,1\n",
    '平台;账号;帖文ID;发布时间(UTC);正文\nX;riverport_city;1897000000000000012;2025/3/4 1:00;5" screen;\n合计;;;;9\n',
    "wid;when;day;net;town;who;who_id;note;sort;up;down;said;passed;fans;seen;kind;n;nothing;tongue\n"
    "1897000000000000011;25/03/2025 10:05;8 de marzo;x;河港;Riverport_City;7001;hello;a;1.234;5;-1;3;9;1743800000000;;;;en\n"
    "1897000000000000012;01/03/2025 10:05;;x;;;7001;skip;b;1,2K;5;2;;9;;;;;und\n"
    ";;;x;河港;Riverport_City;;;;7;;;;88;;account;;;\n;;2025-04-01;x;河港;;;;;7;;;;88;;sum;12;;\n",
    'sep=\t\nplatform\taccount\tpost_id\tpublished_at_utc\ttext\nx\triverport_city\t99\t2025-03-04\t"a\nb"\n',
)

WIDE = {
    "wide": {
        "who": "Riverport_City",
        "rows": [
            {"wid": "p1897000000000000011", "when": "25/03/2025 10:05", "net": "x", "town": "河港", "up": 5, "down": "1.234", "note": "a"},
            {"wid": 1897000000000000012, "day": "8. March", "net": "x", "who_id": 7001, "up": "1,2K", "said": -1, "seen": 1743800000000},
            {"kind": "account", "net": "x", "who": "riverport_city", "fans": "1.9万", "all": 7},
            {"kind": "sum", "net": "x", "town": "Riverport", "n": 12, "up": 7, "fans": 88},
        ],
    },
    "people": [{"id": 7001, "name": "Riverport_City"}],
}  # fmt: skip


def _cases(pattern: str) -> list[Path]:
    return sorted(path for folder in CASES for path in folder.rglob(pattern))


@cache
def words() -> tuple[str, ...]:
    """Every key and header that some format asks for."""
    from cityreach.intake.recognise import _paths
    from tests.fuzz.checking import known_formats

    return tuple(sorted({path for one in known_formats() for path in _paths(one)}))


@cache
def tables() -> tuple[Rows, ...]:
    """The cells of small tables."""
    found = [mutations.rows_of(text.encode())[:ROWS] for text in ODD]
    return tuple(
        rows for rows in [*found, *_read_tables(_cases("*.csv")), *_read_tables(sorted(SAMPLES.rglob("*.csv")))] if rows
    )


def _read_tables(files: list[Path]) -> Iterator[Rows]:
    """The first rows of the files that are UTF-8 and not too wide."""
    for path in files:
        try:
            text = path.read_bytes()[:40_000].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        rows = mutations.rows_of(text.encode())[:ROWS]
        if sum(len(cell) for row in rows for cell in row) < SMALL:
            yield rows


@cache
def texts() -> tuple[bytes, ...]:
    """The same as UTF-8."""
    return tuple(containers.text_table(rows, ends="\n") for rows in tables())


@cache
def documents() -> tuple[bytes, ...]:
    """JSON documents with short lists."""
    files = _cases("*.json") + sorted(SAMPLES.rglob("*.json"))
    roots = [WIDE, *(_short(json.loads(path.read_bytes())) for path in files)]
    found = [json.dumps(root, ensure_ascii=False).encode() for root in roots]
    return tuple(one for one in found if len(one) < SMALL)


@cache
def lines() -> tuple[bytes, ...]:
    """JSON Lines of two or three lines."""
    files = _cases("*.jsonl") + sorted(SAMPLES.rglob("*.jsonl"))
    found = []
    for path in files:
        some = [_short_line(line) for line in path.read_bytes().splitlines()[:ITEMS]]
        found.append(b"\n".join(some))
    arrays = [json.loads(one) for one in documents()]
    found += ["\n".join(map(json.dumps, one)).encode() for one in arrays if isinstance(one, list)]
    return tuple(one for one in found if len(one) < 2 * SMALL)


def _short_line(line: bytes) -> bytes:
    try:
        return json.dumps(_short(json.loads(line)), ensure_ascii=False).encode()
    except ValueError:
        return line


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(one) for one in value[:ITEMS]]
    if isinstance(value, dict):
        return {key: _short(one) for key, one in list(value.items())[:60]}
    return value[:300] if isinstance(value, str) else value


@cache
def books(form: str) -> tuple[bytes, ...]:
    """The tables as workbooks."""
    found = [containers.BOOKS[form]([row[:40] for row in rows]) for rows in tables()]
    return tuple(sorted(found, key=len)[:40])
