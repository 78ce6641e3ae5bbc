"""Names of issues and texts of sources as they are printed."""

from __future__ import annotations

import re
from datetime import date

from cityreach.prose import numbers

SEMICOLON = {"zh": "；", "en": "; "}
ASIDE = {"zh": "；", "en": ". "}
FULL_STOP = {"zh": "。", "en": "."}
COLON = {"zh": "：", "en": ": "}
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


def cell_edition(text: str, lang: str) -> str:
    """For cells of tables: 2025-03 → 2025.3 / Mar 2025; 2024-01~02 → 2024.1—2 / Jan–Feb 2024; 2020-Q1 → 2020 Q1."""
    year, _, rest = text.partition("-")
    if not rest or rest.startswith("Q"):
        return f"{year} {rest}".strip()
    months = [int(month) for month in rest.split("~")]
    if lang == "zh":
        return f"{year}.{'—'.join(map(str, months))}"
    return f"{'–'.join(numbers.MONTHS[month - 1][:3] for month in months)} {year}"


def breakable(text: str) -> str:
    """A row of numbers such as 100/96.2/81 with spaces, so that a line may end inside it."""
    return re.sub(r"(?<=\d)/(?=\d)", " / ", text)


def wide(text: str) -> str:
    """Chinese text with full-width punctuation: marks that touch a Han character, and brackets that do."""
    text = breakable(text)
    text = re.sub(rf"\(([^()]*[{_HAN}][^()]*)\)", r"（\1）", text)
    text = re.sub(rf"(?<=[{_HAN}])\(([^()]*)\)", r"（\1）", text)
    return re.sub(rf"(?<=[{_HAN}])[,;:!?]|[,;:!?](?=[{_HAN}])", lambda mark: mark[0].translate(_WIDE), text)


def post_day(text: str, lang: str) -> str:
    """A case post's day: 2025-03-24 → 2025年3月24日 / 24 March 2025; 2025-03(月内) → 2025年3月 / March 2025."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return numbers.full_day(date.fromisoformat(text), lang)
    return edition(text[:7], lang).removesuffix("号")


def cell_day(text: str, lang: str) -> str:
    """A case post's day in a table: 2025-03-24 → 2025.3.24 / 24 Mar 2025; 2025-03(月内) → 2025.3 / Mar 2025."""
    month = cell_edition(text[:7], lang)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return month
    day = int(text[8:])
    return f"{month}.{day}" if lang == "zh" else f"{day} {month}"
