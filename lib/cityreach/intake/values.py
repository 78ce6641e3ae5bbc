"""Values of an export made ours: counts, times, ids, texts, links; whole columns at a time.

A parser returns the column and the problems met as (place, reason); what is merely absent is None and no problem.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from cityreach.intake.formats import MISSING, Numbers, Source
from cityreach.intake.records import word

Problems = list[tuple[int, str]]
UTC = pd.DatetimeTZDtype("us", tz="UTC")

UNUSABLE_ID = "unusable id"
CUT_ID = "unusable id: cut to scientific notation by Excel"
UNUSABLE_TIME = "unusable time"
UNUSABLE_NUMBER = "unusable number"
NEGATIVE = "negative count"
EARLIEST = pd.Timestamp("2004-01-01", tz="UTC")
LATEST = pd.Timestamp("2100-01-01", tz="UTC")
LARGEST = 10**15
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
_CUT = re.compile(r"\d+(\.\d+)?e\+\d+", re.IGNORECASE)
_OFFSET = re.compile(r"(z|[+-]\d\d:?\d\d)$", re.IGNORECASE)
_LINK = re.compile(
    r"https?://[^\s/?#<>\"\\\x00-\x20\x7f-\x9f\ud800-\udfff]+(?:[/?#][^\s<>\"\\\x00-\x20\x7f-\x9f\ud800-\udfff]*)?",
    re.IGNORECASE,
)
_ID = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,128}")


def counts(column: Sequence[Any], missing: frozenset[str], style: Numbers) -> tuple[list[int | None], Problems]:
    """Whole numbers from 0 up, in any of the styles 1234, "1,234", 1.9万, 1.46亿, 1.2K, １２３."""
    result: list[int | None] = []
    problems: Problems = []
    for place, value in enumerate(column):
        if value is None:
            result.append(None)
        elif type(value) is int and 0 <= value < LARGEST:
            result.append(value)
        elif type(value) is str and len(value) < 16 and value.isascii() and value.isdigit():
            result.append(int(value))
        else:
            number, problem = _count(value, missing, style)
            result.append(number)
            if problem:
                problems.append((place, problem))
    return result, problems


def _count(value: Any, missing: frozenset[str], style: Numbers) -> tuple[int | None, str]:
    if isinstance(value, dict | list) or (text := word(value)) in missing:
        return None, ""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None, UNUSABLE_NUMBER
    number = _float(value) if isinstance(value, float) else _number(text, style)
    if number is None or abs(number) >= LARGEST:
        return None, UNUSABLE_NUMBER
    return (None, NEGATIVE) if number < 0 else (number, "")


def _float(value: float) -> int | None:
    return int(value) if math.isfinite(value) and value.is_integer() else None


def _number(text: str, style: Numbers) -> int | None:
    found = _pattern(style.decimal, style.group).fullmatch(text)
    if found is None:
        return None
    whole = re.sub(r"\D", "", found["whole"])
    number = Decimal(f"{whole}.{found['part'] or 0}") * _UNITS[found["unit"]]
    if number != number.to_integral_value():
        return None
    return -int(number) if found["sign"] == "-" else int(number)


@cache
def _pattern(decimal: str, group: str) -> re.Pattern[str]:
    """A number: digits alone or in groups of three, a decimal part, a unit."""
    whole = rf"\d{{1,3}}(?:[{re.escape(group)}\s]\d{{3}})+|\d{{1,18}}"
    units = "|".join(unit for unit in _UNITS if unit)
    return re.compile(
        rf"(?P<sign>[+-]?)(?P<whole>{whole})(?:{re.escape(decimal)}(?P<part>\d{{1,9}}))?\s?(?P<unit>(?:{units})?)"
    )


def lacks(value: Any, missing: frozenset[str]) -> bool:
    """Whether a value says that there is none: absent, a mere container, empty, or one of the words for that."""
    if type(value) is int:
        return value < 0 and str(value) in missing
    if type(value) is str:
        return value in missing or (len(value) < 24 and not value[:1].isdigit() and word(value) in missing)
    return value is None or type(value) in (dict, list)


def ids(column: Sequence[Any], missing: frozenset[str]) -> tuple[list[str], Problems]:
    """Ids as text; empty ones, ones with spaces and ones that a spreadsheet has cut are problems."""
    result: list[str] = []
    problems: Problems = []
    for place, value in enumerate(column):
        if type(value) is str and len(value) > 9 and value.isalnum() and value.isascii():
            result.append(value)
            continue
        text = value.strip() if type(value) is str else str(value) if type(value) is int else ""
        problem = _id_problem(value, text, missing)
        if problem:
            problems.append((place, problem))
        result.append("" if problem else text)
    return result, problems


def _id_problem(value: Any, text: str, missing: frozenset[str]) -> str:
    if type(value) is float or _CUT.fullmatch(text):
        return CUT_ID
    return "" if _ID.fullmatch(text) and text.casefold() not in missing else UNUSABLE_ID


def handle(value: Any) -> str:
    """A handle as it is compared: no @, no outer spaces, small letters; "" where there is none."""
    return account_id(value).lstrip("@").casefold()


def account_id(value: Any) -> str:
    """A platform's id of an account as text (capitals count), "" where there is none."""
    if type(value) is str:
        return (value if value.isprintable() else _CONTROLS.sub("", value)).strip()
    return str(value) if type(value) is int else ""


def texts(column: Sequence[Any]) -> list[str]:
    """Texts in NFC with plain line ends and without control characters; what is no text is ""."""
    return [_text(value) if type(value) is str else "" for value in column]


def _text(value: str) -> str:
    if _CONTROLS.search(value):
        value = _CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if value.isascii() or unicodedata.is_normalized("NFC", value):
        return value
    return unicodedata.normalize("NFC", value)


def words(column: Sequence[Any], missing: frozenset[str]) -> list[str | None]:
    """Short codes such as a language or a type, None where missing."""
    return [_code(value, missing) if type(value) is str else None for value in column]


def _code(value: str, missing: frozenset[str]) -> str | None:
    text = _CONTROLS.sub("", value).strip()
    return None if text.casefold() in missing else text[:64]


def links(column: Sequence[Any]) -> list[str | None]:
    """Links that begin with http:// or https:// and name a host; anything else is None."""
    return [_link(value) if type(value) is str else None for value in column]


def _link(value: str) -> str | None:
    text = value.strip()
    return text if _LINK.fullmatch(text) else None


def times(column: Sequence[Any], rule: Source) -> tuple[pd.Series, np.ndarray]:
    """UTC times (NaT where absent or unusable) and a mask of those given but unusable."""
    blank = frozenset(MISSING) | {word(one) for one in rule.missing}
    given = np.array([not lacks(value, blank) for value in column], dtype=bool)
    plain = [_plain(value) if there else None for value, there in zip(column, given, strict=True)]
    found = _READERS[rule.time](plain, rule)
    found = found.where((found >= EARLIEST) & (found < LATEST))
    return found, given & found.isna().to_numpy()


def _plain(value: Any) -> Any:
    if type(value) is not str:
        return value
    return value.strip() if value.isascii() else unicodedata.normalize("NFKC", value).strip()


def _iso(column: list[Any], rule: Source) -> pd.Series:
    """ISO 8601 with at least a full day; what names no offset is in the rule's zone."""
    shaped = [
        value if type(value) is str and len(value) >= 10 and value[4] == value[7] == "-" else None for value in column
    ]
    if rule.zone == "UTC":
        return pd.to_datetime(pd.Series(shaped, dtype="str"), format="ISO8601", utc=True, errors="coerce").astype(UTC)
    naive = [value is not None and not _OFFSET.search(value[10:]) for value in shaped]
    local = pd.Series([value if one else None for value, one in zip(shaped, naive, strict=True)], dtype="str")
    zoned = pd.Series([None if one else value for value, one in zip(shaped, naive, strict=True)], dtype="str")
    first = _localise(pd.to_datetime(local, format="ISO8601", errors="coerce"), rule.zone)
    return first.fillna(pd.to_datetime(zoned, format="ISO8601", utc=True, errors="coerce").astype(UTC))


def _localise(naive: pd.Series, zone: str) -> pd.Series:
    """Clock times of a zone as UTC: the first of a doubled hour, the next instant after a skipped one."""
    naive = naive.astype("datetime64[us]")
    first = np.ones(len(naive), dtype=bool)
    return naive.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward").dt.tz_convert("UTC").astype(UTC)


def _patterns(column: list[Any], rule: Source) -> pd.Series:
    texts_ = pd.Series([value if type(value) is str else None for value in column], dtype="str")
    found = pd.Series(pd.NaT, index=texts_.index, dtype=UTC)
    for pattern in rule.patterns:
        if not found.isna().any():
            break
        zoned = "%z" in pattern
        read = pd.to_datetime(texts_, format=pattern, errors="coerce", utc=zoned)
        found = found.fillna(read.astype(UTC) if zoned else _localise(read, rule.zone))
    return found


def _epoch(column: list[Any], rule: Source) -> pd.Series:
    return _from_ms([None if one is None else one * (1000 if rule.time == "epoch_s" else 1) for one in _wholes(column)])


def _id_time(column: list[Any], rule: Source) -> pd.Series:
    scale = 1000 if rule.unit == "s" else 1
    return _from_ms([None if one is None else ((one >> rule.shift) + rule.offset) * scale for one in _wholes(column)])


def _wholes(column: list[Any]) -> list[int | None]:
    """Whole numbers with at most 20 digits (a decimal part of an epoch is cut off)."""
    return [_whole(value) for value in column]


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = (str(int(value)) if math.isfinite(value) else "") if isinstance(value, float) else str(value)
    found = re.fullmatch(r"(\d{1,20})(?:\.\d{1,9})?", text)
    return int(found[1]) if found else None


def _from_ms(column: list[int | None]) -> pd.Series:
    limit = LATEST.value // 10**6 * 2
    usable = [value if value is not None and value < limit else None for value in column]
    numbers = pd.Series(usable, dtype="Int64")
    return pd.to_datetime(numbers, unit="ms", utc=True, errors="coerce").astype(UTC)


_READERS: dict[str, Callable[[list[Any], Source], pd.Series]] = {
    "iso": _iso,
    "patterns": _patterns,
    "epoch_s": _epoch,
    "epoch_ms": _epoch,
    "id": _id_time,
}
