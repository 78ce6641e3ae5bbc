"""Days without a year in a table that runs through the days: it ends with the day of its export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from cityreach.intake.formats import Source
from cityreach.intake.times import Times, times

_YEARS = (365, 366)


def last_day(days: Sequence[Any], sources: Sequence[Source], until: date) -> date:
    """The newest day of a column of days, given in the order of the file; the counting date where they do not run on.

    A year's history that was exported before the counting date begins with days that would otherwise be taken for
    those of this year.
    """
    read = Times.none(len(days))
    for source in sources:
        read = read.then(times(list(days), source, until=until))
    found = read.local.dropna().reset_index(drop=True)
    steps = found.diff().dropna().dt.days
    up, down = (int(sum(steps.mod(year).eq(step % year) for year in _YEARS).gt(0).sum()) for step in (1, -1))
    if not len(steps) or max(up, down) * 2 <= len(steps):
        return until
    newest: pd.Timestamp = found.iloc[-1 if up >= down else 0]
    return newest.date()
