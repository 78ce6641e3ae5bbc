"""What every chart function asks of its frame: columns, finite numbers, few categories, labels that cannot do harm."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import numpy as np
import pandas as pd

from cityreach.charts import tokens
from cityreach.errors import ReportError

LABEL_LIMIT = 40  # characters
# Widths in em of Noto Sans SC, rounded up; everything that is not listed counts as a full em.
_NARROW = {"digits": 0.56, "upper": 0.68, "lower": 0.58, "other": 0.42}


class ChartError(ReportError, ValueError):
    """A chart was given a frame or words that it cannot show."""


def prepared(frame: pd.DataFrame, chart: str, *, texts: Iterable[str], numbers: Iterable[str]) -> pd.DataFrame:
    """A copy with clean labels and finite floats, numbered 0.. in `row`; ChartError names column, row and value.

    `texts` become single-line strings (missing → ""), `numbers` floats without gaps.
    """
    require(frame, chart, [*texts, *numbers])
    if frame.empty:
        raise ChartError(f"charts.{chart}: the frame has no rows. Leave the chart out or pass at least one row.")
    copy = frame.reset_index(drop=True).copy()
    for column in texts:
        copy[column] = [clean(value) for value in copy[column]]
    for column in numbers:
        copy[column] = _finite(copy[column], f"charts.{chart}: column `{column}`")
    return copy.assign(row=range(len(copy)))


def require(frame: pd.DataFrame, chart: str, columns: Iterable[str]) -> None:
    """ChartError where a column is absent."""
    absent = [column for column in columns if column not in frame]
    if absent:
        raise ChartError(f"charts.{chart}: column(s) {', '.join(absent)} are absent. Add them to the frame.")


def limited(values: Iterable[str], chart: str, *, what: str, limit: int = tokens.CATEGORY_LIMIT) -> list[str]:
    """The distinct values in order of appearance; ChartError where there are more than `limit`."""
    distinct = list(dict.fromkeys(values))
    if len(distinct) > limit:
        raise ChartError(
            f"charts.{chart}: {len(distinct)} {what}, at most {limit} can be told apart. "
            f"Merge some or show one against the rest (found: {', '.join(distinct)[:80]})."
        )
    return distinct


def among(values: Iterable[str], allowed: Iterable[str], where: str) -> None:
    """ChartError where a value is not one of the allowed codes."""
    strange = sorted(set(values) - set(allowed))
    if strange:
        raise ChartError(f"charts.{where}: {strange[0]!r} is not known. Use one of: {', '.join(map(repr, allowed))}.")


def clean(value: object, limit: int = LABEL_LIMIT) -> str:
    """A label as one line of printable characters, cut at `limit`; missing → "".

    Control characters and direction overrides go, runs of space become one, so that no label can break a layout.
    """
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    visible = "".join(" " if c.isspace() else c for c in str(value) if c.isspace() or _harmless(c))
    line = " ".join(visible.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def text_width(text: str, size: float) -> float:
    """About how many pixels a label takes at a font size; errs on the wide side."""
    return size * sum(_em(character) for character in text)


def widest(texts: Iterable[str], size: float) -> float:
    """The width of the widest label, 0 where there is none."""
    return max((text_width(text, size) for text in texts), default=0.0)


def flag(frame: pd.DataFrame, column: str) -> pd.Series:
    """A yes/no column as plain booleans; absent or missing → False."""
    if column not in frame:
        return pd.Series(False, index=frame.index)
    return frame[column].map(lambda value: bool(value) if pd.notna(value) else False).astype(bool)


def _finite(values: pd.Series, where: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    bad = ~np.isfinite(numbers)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        found = values.iloc[row]
        shown = repr(found) if isinstance(found, str) else str(found)
        raise ChartError(f"{where}, row {row}: {shown} is not a finite number. Drop the row or correct it.")
    return numbers


def _harmless(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs", "Cn")


def _em(character: str) -> float:
    if ord(character) >= 0x2E80 or character in "—…▲▼“”‘’·":
        return 1.0
    if character.isdigit():
        return _NARROW["digits"]
    if character.isupper():
        return _NARROW["upper"]
    return _NARROW["lower" if character.isalpha() else "other"]
