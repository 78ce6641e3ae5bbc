"""Values at which readers of numbers, times, ids and texts have failed before."""

from __future__ import annotations

from random import Random
from typing import Any

NUMBERS = (
    "0", "-0", "-1", "00012", "1.0", "1.5", "1e5", "1E+20", "1.897E+18", "9" * 15, "9" * 19, "9" * 30, "18446744073709551616",
    "9223372036854775808", "-9223372036854775809", "1,234", "1,23", "1.234,5", "12 345", "1.9万", "1.46亿", "99999亿", "1.2K",
    "10万+", "万", "１２３", "٣٤", "²", "½", "NaN", "inf", "-inf", "0x10", "1_000", "--", "N/A", "+5", "−5", "5%", "#VALUE!", "=1+1",
)  # fmt: skip
TIMES = (
    "2025-03-24", "2025-03-24T11:02:13Z", "2025-03-24T24:00:00Z", "2025-03-24 11:02:60", "2025-02-30", "0000-00-00",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2025-03-24T11:02:13+99:99", "2025-03-24T11:02:13+0800",
    "2025/3/24 8:05", "24/03/2025", "03/24/2025 08:05", "2025年3月24日", "2025-11-02 01:30:00", "2025-03-09 02:30:00",
    "1742814133", "1742814133000", "-1", "1e30", "45740", "45740.99999999", "99999", "2025-03-24T11", "2025-W12-1", "now",
    "2025-03-24 11:02:13 UTC", "2025-03-24 11:02:13.1234567890123Z", "12:00", "Mar 24, 2025", "３月", "1677-09-21",
    "2262-04-12", "2025-03-24T11:02:13 +08:00", "2025-03-24 11:02:13+08", "2025-03-2", " 2025-03-24 ", "２０２５-03-24",
)  # fmt: skip
TEXTS = (
    "", " ", "\t", "\n", "\r", "\r\n", '"', '""', "'", ",", ";", "|", "\\", '\\"', "=HYPERLINK(\"x\")", "@", "+", "null", "NULL",
    "undefined", "true", "a\x00b", "\x1b[31m", "\x7f", "\ufeff", "\ufffd", "\u2028", "\u200b", "\u202eabc", "e\u0301", "\U0001f3d9",
    "\ud7a3", "锟斤拷", "河港", "x" * 5000, "a,b\nc,d", '","', "\n\n", "{", "[", "}", "]", ":", "\\ud800", "%s", "../../x", "http://",
    "https://a.b/c", "sep=;", "Total", "合计", "\x0b", "\x0c", "\x85", "\u3000", "İ", "ß", "ﬀ", "\u0345" * 40, "🇨🇳" * 9,
)  # fmt: skip
BYTES = (
    b"\x00", b"\xff", b"\xfe", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc0\x80", b"\xed\xa0\x80", b"\x80", b"\xf4\x90\x80\x80",
    b"\x81\x30", b"\xa1\xa1", b'"', b'""', b'"\n', b"\r", b"\n", b"\r\n", b",", b";", b"\t", b"|", b"{", b"}", b"[", b"]", b"\\",
    b"\x1a", b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF", b"<html", b"sep=;\n",
)  # fmt: skip


def text(random: Random) -> str:
    return random.choice(random.choice((NUMBERS, TIMES, TEXTS)))


def value(random: Random, depth: int = 0) -> Any:
    """Any JSON value, now and then one of great depth or size."""
    kind = random.randrange(14)
    if kind < 7:
        return text(random)
    if kind == 7:
        return random.choice((None, True, False, 0, -1, 1.5, 1e300, -0.0, 10**15, 2**63 - 1, 2**64 - 1))
    if kind == 8:
        return random.choice((10**15 - 1, 1742814133, 1742814133000, 1897000000000000001, -(2**63)))
    if kind == 9 and depth < 3:
        return [value(random, depth + 1) for _ in range(random.randrange(3))]
    if kind == 10 and depth < 3:
        return {text(random): value(random, depth + 1) for _ in range(random.randrange(3))}
    if kind == 11 and depth == 0:
        return nested(random.choice((5, 60, 200)), random.random() < 0.5)
    return random.choice(({}, [], "", None))


def nested(depth: int, lists: bool) -> Any:
    found: Any = 1
    for _ in range(depth):
        found = [found] if lists else {"a": found}
    return found
