"""What could not be used, as a table that Excel opens: file, sheet, row, column, value, reason, how to repair it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd

from cityreach import paths, spec, store

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Repairs(spec.Model):
    repairs: dict[str, spec.Words]


@cache
def _words(file: Path) -> dict[str, spec.Words]:
    return spec.read_model(file, _Repairs).repairs


def repairs() -> dict[str, str]:
    """For each reason what to do about it, in Chinese and English."""
    return {reason: f"{words.zh} {words.en}" for reason, words in _words(paths.template("intake.yml")).items()}


def write(file: Path, frames: Iterable[pd.DataFrame]) -> None:
    """The quarantine as UTF-8 with BOM, without a cell that a spreadsheet would run as a formula; in one move."""
    with store.draft(file) as draft, draft.open("w", encoding="utf-8-sig", newline="") as sink:
        for place, frame in enumerate(frames):
            _safe(frame).to_csv(sink, index=False, header=place == 0, lineterminator="\r\n")


def _safe(frame: pd.DataFrame) -> pd.DataFrame:
    texts = [str(name) for name in frame if name != "row"]
    return frame.assign(**{name: _harmless(frame[name]) for name in texts})


def _harmless(cells: pd.Series) -> pd.Series:
    return cells.mask(cells.str.startswith(_FORMULA), "'" + cells)
