"""Values of an export made ours: counts, ids, texts, links (times have a module of their own); a column at a time.

A parser returns an Arrow column and the problems met as (place, reason); what is merely absent is null and no problem.
Plain columns of a table are read in one step, all others value by value, each different value once.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cityreach.intake import columns
from cityreach.intake.columns import Column
from cityreach.intake.formats import Numbers
from cityreach.intake.records import word

Problems = list[tuple[int, str]]

UNUSABLE_ID = "unusable id"
CUT_ID = "unusable id: cut to scientific notation by Excel"
UNUSABLE_NUMBER = "unusable number"
NEGATIVE = "negative count"
LARGEST = 10**15
LONG = 24  # signs from which on a text is compared with the words for nothing only as it stands
_UNITS = {
    "": 1,
    "千": 10**3,
    "万": 10**4,
    "萬": 10**4,
    "w": 10**4,
    "亿": 10**8,
    "億": 10**8,
    "k": 10**3,
    "m": 10**6,
    "b": 10**9,
}
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
PLAIN = (  # signs that stand for themselves in NFC wherever they stand; any other one is looked at singly
    r"\x{09}\x{0a}\x{20}-\x{7e}\x{a0}-\x{24f}\x{400}-\x{482}\x{48a}-\x{52f}\x{200b}-\x{200d}\x{2010}-\x{2027}"
    r"\x{2030}-\x{205e}\x{20a0}-\x{20bf}\x{2600}-\x{27bf}\x{3000}-\x{3029}\x{3030}-\x{3096}\x{309b}-\x{30ff}"
    r"\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{ac00}-\x{d7a3}\x{fe0e}\x{fe0f}\x{ff01}-\x{ff9d}\x{1f000}-\x{1faff}"
)
_LINK_RE2 = r"^https?://[0-9A-Za-z.:-]+(?:/[0-9A-Za-z_./?=&%@:#~+,-]*)?$"  # the plain ones of those below
_CUT = re.compile(r"\d+(\.\d+)?e\+\d+|\d{15,}\.0+", re.IGNORECASE)
_LINK = re.compile(
    r"https?://[^\s/?#<>\"\\\x00-\x20\x7f-\x9f\ud800-\udfff]+(?:[/?#][^\s<>\"\\\x00-\x20\x7f-\x9f\ud800-\udfff]*)?",
    re.IGNORECASE,
)
_ID = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,128}")


@dataclass
class Counts:
    """Whole numbers of a column: null where absent; `mended` marks those whose writing had to be interpreted."""

    numbers: pa.Array
    problems: Problems = field(default_factory=list)
    mended: np.ndarray | None = None
    rounded: np.ndarray | None = None


def counts(column: Column, missing: frozenset[str], style: Numbers) -> Counts:
    """Whole numbers from 0 up, in any of the styles 1234, "1,234", 1.9万, 1.46亿, 1.2K, 10万+, １２３."""
    if isinstance(column, pa.Array):
        if pa.types.is_integer(column.type):  # a sum of other columns
            return Counts(column)
        plain = columns.whole(column)
        if plain is not None and (pc.max(plain).as_py() or 0) < LARGEST:
            return Counts(plain)
        found, codes = columns.distinct(column)
        return _spread(_counts(found, missing, style), codes)
    return _spread(_counts(column, missing, style), None)


def _counts(found: list[Any], missing: frozenset[str], style: Numbers) -> list[tuple[int | None, str, str]]:
    return [_known(value) or _count(value, missing, style) for value in found]


def _known(value: Any) -> tuple[int | None, str, str] | None:
    """A number that is plain enough to need no look at its writing."""
    if value is None:
        return None, "", ""
    if type(value) is int and 0 <= value < LARGEST:
        return value, "", ""
    if type(value) is str and len(value) < 16 and value.isascii() and value.isdigit():
        return int(value), "", ""
    return None


def _spread(read: list[tuple[int | None, str, str]], codes: np.ndarray | None) -> Counts:
    """What was read of the different values, given to every row."""
    numbers = pa.array([number for number, _, _ in read], pa.int64())
    reasons = np.array([reason for _, reason, _ in read], dtype=object)
    ways = np.array([way for _, _, way in read], dtype=object)
    if codes is not None:
        numbers, reasons, ways = numbers.take(pa.array(codes)), reasons[codes], ways[codes]
    problems = [(int(place), str(reasons[place])) for place in np.flatnonzero(reasons != "")]
    return Counts(numbers, problems, ways != "", ways == "rounded")


def _count(value: Any, missing: frozenset[str], style: Numbers) -> tuple[int | None, str, str]:
    """The number, the problem, and how it was written where that is not plain: mended, rounded."""
    if isinstance(value, dict | list) or (text := word(value)) in missing:
        return None, "", ""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None, UNUSABLE_NUMBER, ""
    number, way = (_float(value), "") if isinstance(value, float) else _number(text, style)
    if number is None or abs(number) >= LARGEST:
        return None, UNUSABLE_NUMBER, ""
    return (None, NEGATIVE, "") if number < 0 else (number, "", way)


def _float(value: float) -> int | None:
    return int(value) if math.isfinite(value) and value.is_integer() else None


def _number(text: str, style: Numbers) -> tuple[int | None, str]:
    found = _pattern(style.decimal, style.group).fullmatch(text)
    if found is None:
        return None, ""
    whole = re.sub(r"\D", "", found["whole"])
    number = Decimal(f"{whole}.{found['part'] or 0}") * _UNITS[found["unit"]]
    if number != number.to_integral_value():
        return None, ""
    signed = -int(number) if found["sign"] == "-" else int(number)
    return signed, "rounded" if found["unit"] or found["more"] else "mended"


@cache
def _pattern(decimal: str, group: str) -> re.Pattern[str]:
    """A number: digits alone or in groups of three, a decimal part, a unit, a plus for "and more"."""
    whole = rf"\d{{1,3}}(?:[{re.escape(group)}\s]\d{{3}})+|\d{{1,18}}"
    units = "|".join(unit for unit in _UNITS if unit)
    return re.compile(
        rf"(?P<sign>[+-]?)(?P<whole>{whole})(?:{re.escape(decimal)}(?P<part>\d{{1,9}}))?"
        rf"\s?(?P<unit>(?:{units})?)(?P<more>\+?)"
    )


def lacks(value: Any, missing: frozenset[str]) -> bool:
    """Whether a value says that there is none: absent, a mere container, empty, or one of the words for that."""
    if type(value) is int:
        return value < 0 and str(value) in missing
    if type(value) is str:
        return value in missing or (len(value) < LONG and not value[:1].isdigit() and word(value) in missing)
    return value is None or type(value) in (dict, list)


def surely(column: pa.Array, missing: frozenset[str], *, ids: bool) -> np.ndarray:
    """A mask of texts that `lacks` (and, among ids, `is_cut`) denies: numbers, and what is longer than such a word."""
    longest = max(map(len, missing), default=0)
    found = pc.and_(pc.ascii_is_alnum(column), pc.greater(pc.binary_length(column), longest))
    if not any(one.isdecimal() for one in missing):
        found = pc.or_(found, pc.ascii_is_decimal(column))
    if not ids:
        found = pc.or_(found, pc.greater(pc.utf8_length(column), max(longest, LONG - 1)))
    return pc.fill_null(found, False).to_numpy(zero_copy_only=False)


def is_cut(value: Any) -> bool:
    """Whether an id has been cut to scientific notation by a spreadsheet, and is of no use as an id."""
    return type(value) is float or (type(value) is str and _CUT.fullmatch(value.strip()) is not None)


def ids(column: Column, missing: frozenset[str]) -> tuple[pa.Array, Problems]:
    """Ids as text; empty ones, ones with spaces and ones that a spreadsheet has cut are problems."""
    if isinstance(column, pa.Array):
        filled = pc.fill_null(column, "")
        plain = pc.and_(pc.ascii_is_alnum(filled), pc.greater(pc.binary_length(filled), 9))
        odd = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
        if not len(odd):
            return filled, []
        read = [_id(value, missing) for value in filled.take(pa.array(odd)).to_pylist()]
        mask = pa.array(~plain.to_numpy(zero_copy_only=False))
        result = pc.replace_with_mask(filled, mask, pa.array([text for text, _ in read], pa.string()))
        return result, [(int(place), reason) for place, (_, reason) in zip(odd, read, strict=True) if reason]
    read = [_id(value, missing) for value in column]
    problems = [(place, reason) for place, (_, reason) in enumerate(read) if reason]
    return pa.array([text for text, _ in read], pa.string()), problems


def _id(value: Any, missing: frozenset[str]) -> tuple[str, str]:
    text = value.strip() if type(value) is str else str(value) if type(value) is int else ""
    if is_cut(value):
        return "", CUT_ID
    usable = _ID.fullmatch(text) and text.casefold() not in missing
    return (text, "") if usable else ("", UNUSABLE_ID)


def handle(value: Any) -> str:
    """A handle as it is compared: plain signs for full-width ones, no @, no outer spaces, small letters, or ""."""
    text = account_id(value)
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).lstrip("@").casefold()


def account_id(value: Any) -> str:
    """A platform's id of an account as text (capitals count), "" where there is none."""
    if type(value) is str:
        return (value if value.isprintable() else _CONTROLS.sub("", value)).strip()
    return str(value) if type(value) is int else ""


def texts(column: Column) -> pa.Array:
    """Texts in NFC with plain line ends and without control characters; what is no text is ""."""
    if isinstance(column, pa.Array):
        filled = pc.fill_null(column, "")
        return _where(filled, pc.match_substring_regex(filled, f"[^{PLAIN}]"), _text)
    return pa.array([_text(value) if type(value) is str else "" for value in column], pa.string())


def _where(column: pa.Array, mask: pa.Array, change: Callable[[Any], Any]) -> pa.Array:
    """The column with the values under the mask changed one by one."""
    if not pc.any(mask).as_py():
        return column
    return pc.replace_with_mask(column, mask, columns.texts([change(one) for one in column.filter(mask).to_pylist()]))


def _text(value: str) -> str:
    if _CONTROLS.search(value):
        value = _CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if value.isascii() or unicodedata.is_normalized("NFC", value):
        return value
    return unicodedata.normalize("NFC", value)


def words(column: Column, missing: frozenset[str]) -> pa.Array:
    """Short codes such as a language or a type, null where missing."""
    read = columns.changed(column, lambda value: _code(value, missing) if type(value) is str else None)
    return read if isinstance(read, pa.Array) else columns.texts(read)


def _code(value: str, missing: frozenset[str]) -> str | None:
    text = _CONTROLS.sub("", value).strip()
    return None if text.casefold() in missing else text[:64]


def links(column: Column) -> pa.Array:
    """Links that begin with http:// or https:// and name a host; anything else is null."""
    if isinstance(column, pa.Array):
        plain = pc.fill_null(pc.match_substring_regex(column, _LINK_RE2), False)
        return _where(column, pc.invert(plain), _link)
    return columns.texts([_link(value) for value in column])


def _link(value: Any) -> str | None:
    text = value.strip() if type(value) is str else ""
    return text if _LINK.fullmatch(text) else None
