"""Names of issues and texts of sources as they are printed."""

from __future__ import annotations

import re

from cityreach.prose import numbers

SEMICOLON = {"zh": "；", "en": "; "}
FULL_STOP = {"zh": "。", "en": "."}
GAP = {"zh": "\u3000", "en": ", "}
_HAN = "\u4e00-\u9fff\u300a\u300b\u201c\u201d（）"
_WIDE = str.maketrans({",": "，", ";": "；", ":": "：", "!": "！", "?": "？"})


def edition(text: str, lang: str) -> str:
    """An edition's printed name: 2025-03 → 2025年3月号 / March 2025; 2024-01~02, 2020-Q1 and 2024 likewise."""
    year, _, rest = text.partition("-")
    if not rest:
        return f"{year}年版" if lang == "zh" else year
    if rest.startswith("Q"):
        return f"{year}年第{rest[1:]}季度" if lang == "zh" else f"{rest} {year}"
    months = [int(month) for month in rest.split("~")]
    if lang == "zh":
        return f"{year}年{'—'.join(map(str, months))}月号"
    return f"{'–'.join(numbers.MONTHS[month - 1] for month in months)} {year}"


def short_edition(text: str) -> str:
    """For axes: 2025-03 → 25.3."""
    year, _, month = text.partition("-")
    return f"{year[2:]}.{int(month)}"


def wide(text: str) -> str:
    """Chinese text with full-width punctuation: marks that touch a Han character, and brackets that do."""
    text = re.sub(rf"(?<=[{_HAN}])[,;:!?]|[,;:!?](?=[{_HAN}])", lambda mark: mark[0].translate(_WIDE), text)
    text = re.sub(rf"\(([^()]*[{_HAN}][^()]*)\)", r"（\1）", text)
    return re.sub(rf"(?<=[{_HAN}])\(([^()]*)\)", r"（\1）", text)


def post_day(text: str, lang: str) -> str:
    """A case post's day: 2025-03-24 → 3月24日 / 24 March; a month with a remark keeps it: 2025-03(月内) → 3月内."""
    found = re.fullmatch(r"\d{4}-(\d\d)-(\d\d)", text)
    if found:
        month, day = int(found[1]), int(found[2])
        return f"{month}月{day}日" if lang == "zh" else f"{day} {numbers.MONTHS[month - 1]}"
    if lang == "en":
        return text
    month, _, remark = text.partition("(")
    return f"{int(month[5:7])}月（{remark.rstrip(')')}）"
