"""Numbers, shares, dates and lists as they are printed, in Chinese and in English.

Rounding is half away from zero on the decimal digits (as a reader would do it), never on the binary value.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MINUS = "−"


def rounded(value: float, digits: int) -> Decimal:
    """The value with that many decimals, half away from zero."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def fixed(value: float, digits: int = 1) -> str:
    """With thousands separators and exactly that many decimals: 1,286.4; a true minus sign below zero."""
    number = rounded(value, digits)
    text = f"{abs(number):,.{digits}f}"
    return MINUS + text if number < 0 else text


def count(value: float, lang: str) -> str:
    """A count: 8,431 · 1.94万 · 1,286万 · 1.46亿; in English 8,431 · 19,400 · 12.9 million · 1.46 billion."""
    return _count_zh(value) if lang == "zh" else _count_en(value)


def _count_zh(value: float) -> str:
    size = abs(value)
    if size < 9_999.5:
        return fixed(value, 0)
    scale, word = (1e8, "亿") if size >= 99_995_000 else (1e4, "万")
    return _three_figures(value / scale) + word


def _count_en(value: float) -> str:
    size = abs(value)
    if size < 999_999.5:
        return fixed(value, 0)
    scale, word = (1e9, "billion") if size >= 999_500_000 else (1e6, "million")
    return f"{_three_figures(value / scale)} {word}"


def _three_figures(value: float) -> str:
    """At most three significant figures, whole part kept whole, no trailing zeros: 1.9, 12.9, 1,286."""
    digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    text = fixed(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: float, digits: int = 0) -> str:
    """A share of one as a percentage: 0.223 gives 22%; one decimal where a whole percent would read 0%."""
    if digits == 0 and 0 < abs(value) < 0.01:
        digits = 1
    return fixed(value * 100, digits) + "%"


def signed(value: float, digits: int = 1) -> str:
    """With its sign always shown: +3.1, −0.4; 0.0 has none."""
    text = fixed(value, digits)
    return text if text.startswith(MINUS) or rounded(value, digits) == 0 else f"+{text}"


def times(value: float) -> str:
    """A ratio: 4.2; from 10 on without decimals."""
    return fixed(value, 1 if abs(value) < 9.95 else 0)


def arrow(value: float) -> str:
    """A change against before, as a percentage with its direction: ▲3.1%, ▼0.4%, — for one that rounds to nothing."""
    size = percent(abs(value), 1)
    return "—" if size == "0.0%" else f"{'▲' if value > 0 else '▼'}{size}"


def brief(value: float, lang: str) -> str:
    """A count for a place with little room: 1,286万; in English 12.9m, 1.46bn."""
    digits, _, unit = count(value, lang).partition(" ")
    return digits + {"": "", "million": "m", "billion": "bn"}[unit]


def day(value: date, lang: str) -> str:
    """3月24日; in English 24 March."""
    return f"{value.month}月{value.day}日" if lang == "zh" else f"{value.day} {MONTHS[value.month - 1]}"


def full_day(value: date, lang: str) -> str:
    """2025年3月24日; in English 24 March 2025."""
    return f"{value.year}年{day(value, lang)}" if lang == "zh" else f"{day(value, lang)} {value.year}"


def span(first: date, last: date, lang: str) -> str:
    """2025年3月1日至31日; repeats only what differs."""
    if lang == "en":
        return f"{full_day(first, lang)} to {full_day(last, lang)}"
    if first.year != last.year:
        return f"{full_day(first, lang)}至{full_day(last, lang)}"
    end = f"{last.day}日" if first.month == last.month else day(last, lang)
    return f"{full_day(first, lang)}至{end}"


def period(first: date, last: date, lang: str) -> str:
    """A whole month as 3月 or March 2025; whole years as 2025年; anything else as its span."""
    end = last + timedelta(days=1)
    if first.day == 1 and end.day == 1 and (end.year * 12 + end.month) - (first.year * 12 + first.month) == 1:
        return f"{first.month}月" if lang == "zh" else f"{MONTHS[first.month - 1]} {first.year}"
    if (first.month, first.day) == (1, 1) and (end.month, end.day, end.year) == (1, 1, first.year + 1):
        return f"{first.year}年" if lang == "zh" else str(first.year)
    return span(first, last, lang)


def listed(names: Iterable[str], lang: str) -> str:
    """南京、北京和成都 is not the house style: Chinese lists use 、 throughout; English ends with `and`."""
    items = list(names)
    if lang == "zh" or len(items) < 2:
        return ("、" if lang == "zh" else ", ").join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def ordinal(value: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    ending = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def holds_one(text: str) -> bool:
    """Whether a text may hold a numeral: a digit, or a Han character that counts."""
    return any(character.isnumeric() for character in text)


def show(value: Any, unit: str, lang: str) -> str:
    """A figure by its unit: count, score, rank, places, share, ratio, date, span, text ... (all of _NUMBERS)."""
    if unit == "date":
        return day(value, lang)
    if unit == "span":
        return span(value.first, value.last, lang)
    if unit == "period":
        return period(value.first, value.last, lang)
    if unit == "full_date":
        return full_day(value, lang)
    if unit in ("text", "rank", "places", "whole"):
        return str(value)
    if unit == "ordinal":
        return str(value) if lang == "zh" else ordinal(int(value))
    return _NUMBERS[unit](float(value), lang)


_NUMBERS = {
    "count": count,
    "exact": lambda value, lang: fixed(value, 0),
    "score": lambda value, lang: fixed(value, 1),
    "decimal": lambda value, lang: fixed(value, 2),
    "fine": lambda value, lang: fixed(value, 3),
    "signed": lambda value, lang: signed(value, 1),
    "signed_fine": lambda value, lang: signed(value, 3),
    "share": lambda value, lang: percent(value),
    "fine_share": lambda value, lang: percent(value, 1),
    "change": lambda value, lang: percent(abs(value), 1),
    "arrow": lambda value, lang: arrow(value),
    "brief": lambda value, lang: brief(value, lang),
    "ratio": lambda value, lang: times(value),
}
