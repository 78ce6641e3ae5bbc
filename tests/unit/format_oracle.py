"""What one record says by its format, worked out value by value in the plainest way: the measure of the reader.

A record is a mapping of keys (as the format writes them, `^` for the enclosing object) to values; None is absent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from cityreach.intake.formats import COUNTS, MISSING, SUMS, Condition, Format, Source, Table, month_names

Record = Mapping[str, Any]
BEIJING = ZoneInfo("Asia/Shanghai")
UNITS = {"": 1, "千": 10**3, "万": 10**4, "亿": 10**8, "k": 10**3, "m": 10**6, "b": 10**9, "w": 10**4}
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True)
class Moment:
    """An instant, on the clock on which it was written, and how exact it is."""

    at: datetime
    local: datetime
    precision: str


@dataclass
class Sheet:
    """What holds for a whole file: its format, its side tables, the keys it has, the counting date."""

    format: Format
    keys: set[str]
    until: date
    lookups: dict[str, dict[str, str]] = field(default_factory=dict)  # records path -> key -> value
    table: bool = True
    turned: bool = False  # whether dates stand in the other order


def plain(value: Any) -> str:
    return unicodedata.normalize("NFKC", str(value)).strip().casefold()


def lacks(value: Any, missing: frozenset[str]) -> bool:
    return value is None or isinstance(value, dict | list) or plain(value) in missing


def missing(one: Format, sources: Sequence[Source]) -> frozenset[str]:
    return frozenset({*MISSING, *map(plain, one.missing), *(plain(word) for s in sources for word in s.missing)})


def meets(condition: Condition, record: Record) -> bool:
    value = record.get(condition.path)
    if condition.present is not None:
        return (value is not None and (not isinstance(value, str) or value.strip() != "")) == condition.present
    if condition.matches is not None:
        return value is not None and re.search(condition.matches, str(value)) is not None
    words = {plain(word) for word in condition.equals or condition.differs}
    among = value is not None and (
        any(plain(one) in words for one in value) if isinstance(value, list) else plain(value) in words
    )
    return among if condition.equals else not among


def raw(source: Source, record: Record, sheet: Sheet) -> Any:
    """The value of a source for a record, None where it has none."""
    if source.if_seen is not None and source.if_seen not in sheet.keys:
        return None
    if not all(meets(condition, record) for condition in source.when):
        return None
    value = _plain(source, record, sheet)
    if value is not None and source.unless is not None and re.search(source.unless, str(value)):
        value = None
    if value is not None and source.extract is not None:
        found = re.search(source.extract, str(value))
        value = found[1] if found else None
    if value is not None and source.lookup is not None:
        value = sheet.lookups.get(source.lookup.records, {}).get(str(value))
    if value is not None and source.prefix:
        value = f"{source.prefix}{str(value).strip()}" if str(value).strip() else None
    if source.suffix and str(value).strip()[-1:].isdigit():
        value = f"{str(value).strip()}{source.suffix}"
    if value is not None and (source.values is not None or source.default is not None):
        ours = {plain(key): word for key, word in (source.values or {}).items()}
        other = None if plain(value) in missing(sheet.format, [source]) else source.default
        value = ours.get(plain(value), other)
    return value


def _plain(source: Source, record: Record, sheet: Sheet) -> Any:
    if source.value is not None:
        return source.value
    if source.sum:
        parts = [number(record.get(path), sheet.format, [source]) for path in source.sum]
        known = [part for part in parts if part is not None]
        return sum(known) if known else None
    path = next((path for path in source.paths if path in sheet.keys), source.paths[0])
    return record.get(path)


def first(table: Table, target: str, record: Record, sheet: Sheet) -> Any:
    """The value of the first source that has one; what stands last where none has."""
    sources = table.fields.get(target, ())
    value = None
    for source in sources:
        value = raw(source, record, sheet)
        if not lacks(value, missing(sheet.format, sources)):
            return value
    return value


def number(value: Any, one: Format, sources: Sequence[Source]) -> int | None:
    """A count; ValueError where there is none and none is meant."""
    if lacks(value, missing(one, sources)):
        return None
    if isinstance(value, int | float):
        return int(value)
    text = plain(value).replace(one.numbers.group, "").replace(" ", "").replace(one.numbers.decimal, ".")
    unit = text[-1] if text[-1] in UNITS else ""
    return int(Decimal(text.removesuffix(unit)) * UNITS[unit])


def moment(table: Table, target: str, record: Record, sheet: Sheet) -> Moment | None:
    """The time of the first source that has one."""
    blank = missing(sheet.format, table.fields.get(target, ()))
    for source in table.fields.get(target, ()):
        value = raw(source, record, sheet)
        found = None if lacks(value, blank) else _moment(str(value), source, sheet)
        if found is not None:
            return found
    return None


def _moment(text: str, source: Source, sheet: Sheet) -> Moment | None:
    text = unicodedata.normalize("NFKC", text).strip()
    if source.time in ("epoch_s", "epoch_ms"):
        return _exact(int(text) / (1 if source.time == "epoch_s" else 1000)) if text.isdigit() else None
    if source.time == "id":
        return _from_id(text, source)
    found = _iso(text, source)
    if found is None and source.time == "patterns":
        patterns = source.or_patterns if sheet.turned and source.or_patterns else source.patterns
        tried = (_pattern(_months(text, source), pattern, source, sheet.until) for pattern in patterns)
        found = next((one for one in tried if one is not None), None)
    return found


def _exact(seconds: float) -> Moment | None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=round(seconds * 1000))
    return Moment(at, at, "second") if 2004 <= at.year < 2100 else None


def _from_id(text: str, source: Source) -> Moment | None:
    if source.base64:
        if not 0 < len(text) <= 11 or set(text) - set(SIGNS):
            return None
        whole = sum(SIGNS.index(sign) * 64**place for place, sign in enumerate(reversed(text)))
    elif text.isdigit():
        whole = int(text)
    else:
        return None
    return _exact(((whole >> source.shift) + source.offset) / (1 if source.unit == "s" else 1000))


def _iso(text: str, source: Source) -> Moment | None:
    head, _, letters = text.rpartition(" ")
    text = f"{head}{source.zones[letters]}" if letters in source.zones else text
    if not re.match(r"\d{4}-\d\d-\d\d", text):
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _placed(
        read, "day" if len(text) <= 10 else "second" if re.search(r"\d:\d\d:\d\d", text) else "minute", source
    )


def _placed(read: datetime, precision: str, source: Source) -> Moment:
    if precision == "day":
        read = read.replace(hour=12)
    local = read if read.tzinfo else read.replace(tzinfo=ZoneInfo(source.zone))
    return Moment(local.astimezone(UTC), read.replace(tzinfo=None), precision)


def _months(text: str, source: Source) -> str:
    names = {name: number for language in source.months for name, number in month_names(language).items()}
    return re.sub(r"[^\W\d_]+", lambda word: str(names.get(word[0].casefold(), word[0])), text)


def _pattern(text: str, pattern: str, source: Source, until: date) -> Moment | None:
    precision = "second" if "%S" in pattern else "minute" if re.search("%[HI]", pattern) else "day"
    years = [""] if re.search("%[Yy]", pattern) else [f"{until.year} ", f"{until.year - 1} "]
    for year in years:
        try:
            read = datetime.strptime(year + text, ("%Y " if year else "") + pattern)
        except ValueError:
            continue
        if not year or read.date() <= until:
            return _placed(read, precision, source)
    return None


def tidy(value: Any) -> str:
    """A text as it is kept."""
    if not isinstance(value, str):
        return ""
    text = "".join(
        sign
        for sign in value.replace("\r\n", "\n").replace("\r", "\n")
        if sign in "\n\t" or not (sign < " " or "\x7f" <= sign <= "\x9f")
    )
    return unicodedata.normalize("NFC", text)


def day(found: Moment | None, until: date) -> date:
    if found is None:
        return until
    return found.local.date() if found.precision == "day" else found.at.astimezone(BEIJING).date()


def name(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def row(table: Table, record: Record, sheet: Sheet) -> dict[str, Any]:
    """The row of our table that a record comes to."""
    one = sheet.format
    found: dict[str, Any] = {"platform": one.platform or first(table, "platform", record, sheet)}
    for target in ("handle", "uid", "post_id"):
        found[target] = name(first(table, target, record, sheet)) if target in table.fields else ""
    found["handle"] = found["handle"].lstrip("@").casefold()
    for target in dict.fromkeys((*COUNTS, *SUMS, "posts_total")):
        if target in table.fields:
            found[target] = number(first(table, target, record, sheet), one, table.fields[target])
    for target in ("published_at", "counted_at", "day"):
        found[target] = moment(table, target, record, sheet)
    found["text"] = tidy(first(table, "text", record, sheet))
    lang = first(table, "lang", record, sheet)
    found["lang"] = None if lacks(lang, missing(one, table.fields.get("lang", ()))) else str(lang).strip()
    found["format"] = first(table, "format", record, sheet)
    link = first(table, "url", record, sheet)
    found["url"] = link if isinstance(link, str) and link.startswith("http") else None
    found["city"] = first(table, "city", record, sheet)
    return found
