"""Times of an export made UTC, with where they came from and how exact they are.

A source of a format file says how its times are written (`time`). What names no zone is in the source's `zone`; a bare
day counts as its noon there, which is the least wrong instant for a day. A pattern without a year means the latest such
day that is not after the counting date. Where a file may write day and month in either order (`or_patterns`), `order`
decides once for the whole file, by dates that can be read in one way only.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cityreach.intake import columns
from cityreach.intake.columns import Column
from cityreach.intake.formats import MISSING, Source, month_names
from cityreach.intake.records import word
from cityreach.intake.values import lacks
from cityreach.tables import TIME_PRECISIONS, TIME_SOURCES

UTC = pd.DatetimeTZDtype("us", tz="UTC")
UNUSABLE_TIME = "unusable time"
YEARLESS = "day without a year"
UNDECIDED = "day and month may stand in either order"
EARLIEST = pd.Timestamp("2004-01-01", tz="UTC")
LATEST = pd.Timestamp("2100-01-01", tz="UTC")
LIMIT = 8_000_000_000_000  # milliseconds from 1970 above which a number is no time at all
FIELD, ZONE_RULE, ID = range(len(TIME_SOURCES))
SECOND, MINUTE, DAY = range(len(TIME_PRECISIONS))
NOON = pd.Timedelta(hours=12)
_BASE64 = {sign: place for place, sign in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")}
_OFFSET = re.compile(r"(z|[+-]\d{1,2}(?::?\d\d)?)$", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[ T].*)?")
_SECONDS = re.compile(r"\d:\d\d:\d\d")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_YEAR = re.compile("%[YyDc]")
_DIGIT = re.compile(r"\d")
_HALF = re.compile(r"\s*(上午|下午)\s*(\d{1,2}:\d\d(?::\d\d)?)$")  # 上午8:05
_WEEKDAY = re.compile(r"\s?[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass
class Times:
    """UTC times (NaT where absent or unusable), a mask of those given but unusable, precision and source as codes."""

    at: pd.Series
    wrong: np.ndarray
    precision: np.ndarray
    source: np.ndarray
    local: pd.Series  # the same instants on the clock of the source's zone

    @classmethod
    def none(cls, size: int) -> Times:
        codes = np.zeros(size, dtype=np.int8)
        at = pd.Series(pd.NaT, index=range(size), dtype=UTC)
        return cls(at, np.zeros(size, dtype=bool), codes, codes.copy(), at.dt.tz_localize(None))

    def then(self, other: Times) -> Times:
        """Itself, and where it has no time, the other."""
        lacking = self.at.isna().to_numpy()
        return Times(
            self.at.fillna(other.at),
            self.wrong | other.wrong,
            np.where(lacking, other.precision, self.precision),
            np.where(lacking, other.source, self.source),
            self.local.fillna(other.local),
        )


def times(
    column: Column,
    rule: Source,
    *,
    until: date | None = None,
    serials: bool = False,
    missing: frozenset[str] = frozenset(),
) -> Times:
    """The times of a column by the rule of its source.

    until: the counting date, for patterns without a year. serials: whether five digits are a day counted by Excel.
    missing: further words that say that there is no time.
    """
    if isinstance(column, pa.Array):
        if column.null_count == len(column):
            return Times.none(len(column))
        plain = _plainly(column, rule, serials, missing)
        if plain is not None:
            return plain
        found, codes = columns.distinct(column)
        return _taken(times(found, rule, until=until, serials=serials, missing=missing), codes)
    blank = frozenset(MISSING) | {word(one) for one in rule.missing} | missing
    given = np.array([not lacks(value, blank) for value in column], dtype=bool)
    cleaned = [_clean(value, rule, serials) if there else None for value, there in zip(column, given, strict=True)]
    return _bounded(_READERS[rule.time](cleaned, rule, until), given)


def _plainly(column: pa.Array, rule: Source, serials: bool, missing: frozenset[str]) -> Times | None:
    """A column of plain ISO times or of whole numbers in one step, None where it is neither."""
    if rule.time in ("iso", "patterns"):
        found = columns.moments(column)
        return None if found is None else _plain_times(column, *found, rule)
    if rule.base64 or serials or any(one.isdecimal() for one in (*rule.missing, *missing)):
        return None
    numbers = columns.whole(column)
    return None if numbers is None else _numbered(numbers, rule)


def _numbered(numbers: pa.Array, rule: Source) -> Times:
    """Times from whole numbers: epochs, or ids with the time inside."""
    scale, size = _scale(rule), len(numbers)
    units = pc.add(pc.shift_right(numbers, rule.shift), rule.offset)
    usable = pc.if_else(pc.less(units, LIMIT // scale), units, pa.scalar(None, pa.int64()))
    at = pd.Series(pc.multiply(usable, scale).cast(pa.timestamp("ms", "UTC")).to_pandas())
    read = _zoned(at, np.full(size, SECOND, dtype=np.int8), rule)
    read.source[:] = ID if rule.time == "id" else FIELD
    return _bounded(read, numbers.is_valid().to_numpy(zero_copy_only=False))


def _scale(rule: Source) -> int:
    """Milliseconds in the unit of a source's numbers."""
    return 1000 if rule.time == "epoch_s" or (rule.time == "id" and rule.unit == "s") else 1


def _taken(read: Times, codes: np.ndarray) -> Times:
    """The times of the different values given to every row."""
    at = read.at.take(codes).reset_index(drop=True)
    local = read.local.take(codes).reset_index(drop=True)
    return Times(at, read.wrong[codes], read.precision[codes], read.source[codes], local)


def _bounded(read: Times, given: np.ndarray) -> Times:
    inside = (read.at >= EARLIEST) & (read.at < LATEST)
    at = read.at.where(inside)
    return replace(read, at=at, wrong=given & at.isna().to_numpy(), local=read.local.where(inside))


def _plain_times(column: pa.Array, found: pa.Array, zoned: bool, rule: Source) -> Times:
    """A column that Arrow has read as ISO."""
    length = pc.fill_null(pc.utf8_length(column), 0).to_numpy(zero_copy_only=False)
    exact = length >= len("2025-03-24 08:30:00")
    if zoned:
        exact = pc.fill_null(pc.match_substring_regex(column, _SECONDS.pattern), False).to_numpy(zero_copy_only=False)
    precision = np.where(length <= 10, DAY, np.where(exact, SECOND, MINUTE)).astype(np.int8)
    naive = pd.Series(found.cast(pa.timestamp("us")).to_pandas())
    read = _zoned(naive.dt.tz_localize("UTC"), precision, rule) if zoned else _local(naive, precision, rule)
    return _bounded(read, naive.notna().to_numpy())


def _zoned(at: pd.Series, precision: np.ndarray, rule: Source) -> Times:
    """Times that name their zone."""
    at = at.astype(UTC)
    codes = np.full(len(at), FIELD, dtype=np.int8)
    return Times(at, np.zeros(len(at), dtype=bool), precision, codes, at.dt.tz_convert(rule.zone).dt.tz_localize(None))


def _local(naive: pd.Series, precision: np.ndarray, rule: Source) -> Times:
    """Clock times of the rule's zone."""
    naive = naive.astype("datetime64[us]")
    naive = naive.where(precision != DAY, naive + NOON)
    codes = np.full(len(naive), ZONE_RULE, dtype=np.int8)
    return Times(_localise(naive, rule.zone), np.zeros(len(naive), dtype=bool), precision, codes, naive)


def _localise(naive: pd.Series, zone: str) -> pd.Series:
    """Clock times of a zone as UTC: the first of a doubled hour, the next instant after a skipped one."""
    first = np.ones(len(naive), dtype=bool)
    return naive.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward").dt.tz_convert("UTC").astype(UTC)


def _clean(value: Any, rule: Source, serials: bool) -> Any:
    if type(value) is not str:
        return value
    text = value.strip() if value.isascii() else unicodedata.normalize("NFKC", value).strip()
    if serials and _SERIAL.fullmatch(text):
        return _serial(float(text))
    if rule.time == "patterns" and not text.isascii():
        text = _HALF.sub(_half, _WEEKDAY.sub("", text))
    if rule.months:
        names = {name: number for language in rule.months for name, number in month_names(language).items()}
        text = _WORD.sub(lambda found: str(names.get(found[0].casefold(), found[0])), text)
    if rule.zones:
        head, _, letters = text.rpartition(" ")
        text = f"{head} {rule.zones[letters]}" if letters in rule.zones else text
    return text


def _half(found: re.Match[str]) -> str:
    """Half of the day and clock time as `%I:%M %p` reads them."""
    return f" {found[2]} {'PM' if found[1] == '下午' else 'AM'}"


def _serial(days: float) -> str:
    """A day counted by Excel from 1899-12-30, with the clock time as its fraction."""
    at = pd.Timestamp("1899-12-30") + pd.Timedelta(seconds=round(days * 86400))
    return f"{at:%Y-%m-%d}" if days.is_integer() else f"{at:%Y-%m-%d %H:%M:%S}"


def _iso(column: list[Any], rule: Source, _until: date | None) -> Times:
    """ISO 8601 with at least a full day; what names no offset is in the rule's zone."""
    shaped = [value if type(value) is str and _ISO.fullmatch(value) else None for value in column]
    if shaped.count(None) == len(shaped):
        return Times.none(len(shaped))
    precision = np.array([DAY if value is None else _exactness(value) for value in shaped], dtype=np.int8)
    naive = [value is not None and not _OFFSET.search(value[10:]) for value in shaped]
    if not any(naive):
        return _zoned(_parsed(shaped, utc=True), precision, rule)
    local = _parsed([value if one else None for value, one in zip(shaped, naive, strict=True)], utc=False)
    zoned = _parsed([None if one else value for value, one in zip(shaped, naive, strict=True)], utc=True)
    return _local(local, precision, rule).then(_zoned(zoned, precision, rule))


def _parsed(values: list[Any], *, utc: bool) -> pd.Series:
    read = pd.to_datetime(pd.Series(values, dtype="str"), format="ISO8601", utc=utc, errors="coerce")
    if not utc and read.dt.tz is not None:  # an offset in a place where none is known
        read = pd.Series(pd.NaT, index=read.index, dtype="datetime64[us]")
    return read.astype(UTC if utc else "datetime64[us]")


def _exactness(value: str) -> int:
    return DAY if len(value) <= 10 else SECOND if _SECONDS.search(value) else MINUTE


def _patterns(column: list[Any], rule: Source, until: date | None) -> Times:
    given = np.array([type(value) is str for value in column], dtype=bool)
    result = _iso(column, rule, until)  # a spreadsheet may have made real dates of them
    for pattern in rule.patterns:
        if not (given & result.at.isna().to_numpy()).any():
            break
        result = result.then(_pattern(column, pattern, rule, until))
    return result


def _pattern(column: list[Any], pattern: str, rule: Source, until: date | None) -> Times:
    exact = SECOND if "%S" in pattern else MINUTE if re.search("%[HI]", pattern) else DAY
    precision = np.full(len(column), exact, dtype=np.int8)
    read = _read(column, pattern) if _YEAR.search(pattern) else _yearless(column, pattern, until)
    return _zoned(read, precision, rule) if "%z" in pattern else _local(read, precision, rule)


def _read(column: list[Any], pattern: str) -> pd.Series:
    dated = [value if type(value) is str and _DIGIT.search(value) else None for value in column]  # not "now", "today"
    given = pd.Series(dated, dtype="str")
    zoned = "%z" in pattern
    read = pd.to_datetime(given, format=pattern, errors="coerce", utc=zoned)
    return read.astype(UTC if zoned else "datetime64[us]")


def names_no_year(rule: Source) -> bool:
    """Whether some pattern of a source has no year."""
    return any(not _YEAR.search(pattern) for pattern in rule.patterns)


def _yearless(column: list[Any], pattern: str, until: date | None) -> pd.Series:
    """The latest such day that is not after the counting date; unusable where there is no counting date."""
    if until is None:
        return pd.Series(pd.NaT, index=range(len(column)), dtype="datetime64[us]")
    found = pd.Series(pd.NaT, index=range(len(column)), dtype="datetime64[us]")
    for year in (until.year, until.year - 1):
        dated = [f"{year} {value}" if type(value) is str else None for value in column]
        read = _read(dated, f"%Y {pattern}")
        found = found.fillna(read.where(read < pd.Timestamp(until) + pd.Timedelta(days=1)))
    return found


def _counted(column: list[Any], rule: Source, _until: date | None) -> Times:
    """Times from epochs, or from ids with the time inside, value by value."""
    scale, number = _scale(rule), _shortcode if rule.base64 else _whole
    at = _from_ms([None if one is None else ((one >> rule.shift) + rule.offset) * scale for one in map(number, column)])
    read = _zoned(at, np.full(len(column), SECOND, dtype=np.int8), rule)
    return replace(read, source=np.full(len(column), ID if rule.time == "id" else FIELD, dtype=np.int8))


def _whole(value: Any) -> int | None:
    """A whole number with at most 20 digits (a decimal part of an epoch is cut off)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = (str(int(value)) if math.isfinite(value) else "") if isinstance(value, float) else str(value)
    found = re.fullmatch(r"(\d{1,20})(?:\.\d{1,9})?", text, re.ASCII)
    return int(found[1]) if found else None


def _shortcode(value: Any) -> int | None:
    """The number that an id of up to eleven letters writes in base 64."""
    if type(value) is not str or not 0 < len(value) <= 11 or any(sign not in _BASE64 for sign in value):
        return None
    number = 0
    for sign in value:
        number = number * 64 + _BASE64[sign]
    return number


def _from_ms(column: list[int | None]) -> pd.Series:
    usable = [value if value is not None and value < LIMIT else None for value in column]
    return pd.to_datetime(pd.Series(usable, dtype="Int64"), unit="ms", utc=True, errors="coerce").astype(UTC)


_READERS: dict[str, Callable[[list[Any], Source, date | None], Times]] = {
    "iso": _iso,
    "patterns": _patterns,
    "epoch_s": _counted,
    "epoch_ms": _counted,
    "id": _counted,
}


def order(columns_: list[Any], rule: Source) -> Source | None:
    """The rule with the order of day and month that the different values of a file prove, None where none does."""
    turned = _turned(rule)
    one, two = (times(columns_, each).at for each in (rule, turned))
    if _same(one, two):
        return rule
    only_one, only_two = bool((one.notna() & two.isna()).any()), bool((two.notna() & one.isna()).any())
    return None if only_one == only_two else rule if only_one else turned


def indifferent(columns_: list[Any], rule: Source) -> bool:
    """Whether every one of these values is the same time in both orders of day and month."""
    return _same(*(times(columns_, each).at for each in (rule, _turned(rule))))


def _turned(rule: Source) -> Source:
    return rule.model_copy(update={"patterns": rule.or_patterns, "or_patterns": rule.patterns})


def _same(one: pd.Series, two: pd.Series) -> bool:
    return bool((one.isna() == two.isna()).all() and (one.fillna(LATEST) == two.fillna(LATEST)).all())
