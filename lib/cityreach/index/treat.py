"""Outliers: a test by skewness and kurtosis, winsorising, logs; the family `treat_*`, one column at a time.

A column is judged on its basis: the rows that the test is made over, for example a base window. What is found there
(caps, minimum, range) holds for all rows, so that scores stay comparable over time. NaN stays NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cityreach.errors import UnknownNameError
from cityreach.index.logs import LOGS, UNTOUCHED
from cityreach.index.moments import KURTOSIS, SKEWNESS, UNKNOWN, Shape, shape_of_sorted

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
WINSORISED = "winsorised"


@dataclass(frozen=True)
class Step:
    """One step over all rows; a log touches every figure, winsorising those that it moves."""

    name: str
    before: Array
    after: Array

    @property
    def names(self) -> NDArray[np.str_]:
        """What happened to each row; empty where nothing did."""
        if self.name == WINSORISED:
            sides = [self.after < self.before, self.after > self.before]
            return np.select(sides, [f"{WINSORISED}_high", f"{WINSORISED}_low"], default="")
        return np.where(np.isnan(self.before), "", self.name)


@dataclass(frozen=True)
class Summary:
    """What was done to a column: the shape of its basis at each stage, NaN where it cannot be told or was not reached.

    treatment: the steps that stand, joined by " + "; none where there are none. passed: false where the column fails
    the test after all. points_tried: moved by winsorising, even where a log of the original then took its place;
    points_low, points_high: moved in the result. Points are rows of the basis.
    """

    treatment: str
    passed: bool
    skewness_before: float
    kurtosis_before: float
    points_tried: int
    skewness_winsorised: float
    kurtosis_winsorised: float
    skewness_log: float
    kurtosis_log: float
    points_low: int
    points_high: int


@dataclass(frozen=True)
class Treated:
    """A treated column, the steps that led to it and their summary."""

    values: Array
    steps: tuple[Step, ...]
    summary: Summary

    @property
    def undefined(self) -> Mask:
        """Rows with a figure that has no log: NaN in `values`; the caller names unit and indicator."""
        return np.isnan(self.values) & ~np.isnan(self.steps[0].before if self.steps else self.values)

    def cells(self) -> dict[str, NDArray[np.generic]]:
        """Every treated cell, step by step: row, before, after, step."""
        names = [step.names for step in self.steps]
        rows = [np.flatnonzero(name != "") for name in names]
        none, steps = np.empty(0), list(zip(self.steps, rows, strict=True))
        return {
            "row": np.concatenate([none.astype(np.intp), *rows]),
            "before": np.concatenate([none, *(step.before[touched] for step, touched in steps)]),
            "after": np.concatenate([none, *(step.after[touched] for step, touched in steps)]),
            "step": np.concatenate([none.astype(str), *(name[name != ""] for name in names)]),
        }


def treat_none(values: Array, *, basis: Mask | None = None) -> Treated:
    """The column as it is, with its shape."""
    column = _column(values, basis)
    return _finish(column, (SKEWNESS, KURTOSIS))


def treat_two_stage(
    values: Array,
    *,
    basis: Mask | None = None,
    skewness: float = SKEWNESS,
    kurtosis: float = KURTOSIS,
    points: int | None = 5,
    then: str | None = "log_shift",
    combine: bool = False,
) -> Treated:
    """Test; winsorise one point at a time until the test is passed; where it never is, a log of the original.

    A column fails where |skewness| >= `skewness` and excess kurtosis >= `kurtosis`. A point at the side of the skew
    takes the value of the next one; equal figures move together, and each counts. No further point is moved once
    `points` have been (None: no limit), nor where the column would be made constant. then: one of LOGS, or None: the
    winsorised column stands though it fails. combine: the log is taken of the winsorised column.
    """
    column, limits = _column(values, basis), (skewness, kurtosis)
    caps, found = column.uncapped, column.shape
    while not found.passes(limits) and (points is None or sum(caps.points) < points):
        further = caps.moved(high=found.skewness >= 0)
        if further is None:
            break
        caps, found = further, shape_of_sorted(further.clip(column.seen))
    return _finish(column, limits, caps=caps, log=None if found.passes(limits) else then, combine=combine)


def treat_forced(
    values: Array,
    *,
    basis: Mask | None = None,
    low: int = 0,
    high: int = 0,
    log: str | None = None,
    skewness: float = SKEWNESS,
    kurtosis: float = KURTOSIS,
) -> Treated:
    """Winsorises `high` and then `low` points and takes a log (one of LOGS) of that, whatever the test says.

    Equal figures move together, so that more points than asked for may move; a column is never made constant.
    skewness, kurtosis: only for the verdict `passed`.
    """
    column = _column(values, basis)
    caps = column.uncapped.moved_by(high, high=True).moved_by(low, high=False)
    return _finish(column, (skewness, kurtosis), caps=caps, log=log)


def treat_percentiles(
    values: Array,
    *,
    basis: Mask | None = None,
    low: float = 0.0,
    high: float = 100.0,
    skewness: float = SKEWNESS,
    kurtosis: float = KURTOSIS,
) -> Treated:
    """Figures below the percentile `low` or above `high` take its value (PERCENTILE.INC: linear between figures).

    A low of 0 and a high of 100 set no cap. skewness, kurtosis: only for the verdict `passed`.
    """
    column = _column(values, basis)
    floor = np.percentile(column.seen, low) if low > 0 and len(column.seen) else -np.inf
    ceiling = np.percentile(column.seen, high) if high < 100 and len(column.seen) else np.inf
    return _finish(column, (skewness, kurtosis), caps=Caps(column.seen, float(floor), float(ceiling)))


TREATMENTS = {
    "none": treat_none,
    "two_stage": treat_two_stage,
    "forced": treat_forced,
    "percentiles": treat_percentiles,
}


@dataclass(frozen=True)
class Caps:
    """Winsorising as far as it has come: no figure below `low` or above `high`. seen: the basis in rising order."""

    seen: Array
    low: float = -np.inf
    high: float = np.inf

    @property
    def cap(self) -> bool:
        """Whether there is any cap."""
        return self.low > -np.inf or self.high < np.inf

    @property
    def points(self) -> tuple[int, int]:
        """How many figures of the basis are moved, at the lower and at the upper end."""
        above = int(self.seen.searchsorted(self.high, "right"))
        return int(self.seen.searchsorted(self.low, "left")), len(self.seen) - above

    def clip(self, values: Array) -> Array:
        return np.minimum(np.maximum(values, self.low), self.high)

    def moved(self, *, high: bool) -> Caps | None:
        """One point further at one end, with all figures equal to it; None where nothing would vary any more."""
        lowest, highest = max(self.low, self.seen[0]), min(self.high, self.seen[-1])
        if high:
            highest = self.seen[max(int(self.seen.searchsorted(highest, "left")) - 1, 0)]
            further = Caps(self.seen, self.low, float(highest))
        else:
            lowest = self.seen[min(int(self.seen.searchsorted(lowest, "right")), len(self.seen) - 1)]
            further = Caps(self.seen, float(lowest), self.high)
        return further if lowest < highest else None

    def moved_by(self, points: int, *, high: bool) -> Caps:
        """Further and further at one end until so many points have moved there."""
        caps: Caps = self
        while len(caps.seen) and caps.points[high] < points:
            further = caps.moved(high=high)
            if further is None:
                break
            caps = further
        return caps


@dataclass(frozen=True)
class _Column:
    """A column over all rows, and the observed figures of its basis in rising order."""

    values: Array
    seen: Array

    @cached_property
    def shape(self) -> Shape:
        return shape_of_sorted(self.seen)

    @property
    def uncapped(self) -> Caps:
        return Caps(self.seen)

    def clipped(self, caps: Caps) -> _Column:
        return _Column(caps.clip(self.values), caps.clip(self.seen))

    def logged(self, name: str) -> tuple[_Column, str]:
        if name not in LOGS:
            raise UnknownNameError(f"treatment: `{name}` is no log. Write one of {', '.join(LOGS)}.")
        both, done = LOGS[name](np.concatenate([self.values, self.seen]), self.seen)
        return _Column(both[: len(self.values)], both[len(self.values) :]), done


def _column(values: Array, basis: Mask | None) -> _Column:
    seen = ~np.isnan(values) if basis is None else ~np.isnan(values) & basis
    return _Column(values, np.sort(values[seen]))


def _finish(
    column: _Column,
    limits: tuple[float, float],
    *,
    caps: Caps | None = None,
    log: str | None = None,
    combine: bool = True,
) -> Treated:
    """The column with its caps and its log; unless combined, a log is taken of the original and undoes the caps."""
    tried = caps is not None and caps.cap
    worn = column.clipped(caps) if caps is not None and tried else column
    stands = tried and (log is None or combine)
    start = worn if stands else column
    end, done = (start, UNTOUCHED) if log is None else start.logged(log)
    steps = [Step(WINSORISED, column.values, worn.values)] if stands else []
    if done != UNTOUCHED:
        steps.append(Step(done, start.values, end.values))
    points = caps.points if caps is not None else (0, 0)
    low, high = points if stands else (0, 0)
    summary = Summary(
        " + ".join(step.name for step in steps) or "none",
        end.shape.passes(limits),
        *column.shape,
        sum(points),
        *(worn.shape if tried else UNKNOWN),
        *(end.shape if done != UNTOUCHED else UNKNOWN),
        low,
        high,
    )
    return Treated(end.values, tuple(steps), summary)
