"""Values on a scale by a rule of the method: over which rows, in which groups, with which bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cityreach.errors import DataError
from cityreach.index import normalise, transform
from cityreach.index.rows import Rows, parts
from cityreach.index.schema import NormaliseRule, TransformRule

Array = NDArray[np.float64]
IN_UNITS = ("low", "high", "target", "worst", "reference", "base")  # parameters in the indicator's own unit


def transformed(rule: TransformRule, values: Array) -> Array:
    """Values by a transformation; NaN where there is none of a value."""
    return transform.TRANSFORMS[rule.by](values, **rule.parameters)


def on_scale(
    rule: NormaliseRule, values: Array, rows: Rows, *, direction: int, transform: TransformRule | None = None
) -> Array:
    """Values by a rule; bounds that a file gives in an indicator's own unit are transformed as its values are."""
    given = {name: _bound(name, bound, values, rows, transform) for name, bound in rule.parameters.items()}
    scores = np.full(len(values), np.nan)
    for members, basis in parts(rows, rule.over, rule.within):
        own: dict[str, Any] = {
            name: bound[members] if isinstance(bound, np.ndarray) else bound for name, bound in given.items()
        }
        own |= {"direction": direction, "decimals": rule.decimals, "rounding": rule.rounding}
        scores[members] = normalise.normalise(rule.by, values[members], values[basis], **own)
    return scores


def _bound(name: str, bound: Any, values: Array, rows: Rows, transform: TransformRule | None) -> Any:
    """A parameter as the function takes it: a number transformed, a unit or period named by the file as its values."""
    if name not in IN_UNITS or bound is None:
        return bound
    if isinstance(bound, str):
        return _named(bound, values, rows)
    return bound if transform is None else float(transformed(transform, np.array([float(bound)]))[0])


def _named(name: str, values: Array, rows: Rows) -> Any:
    """Each row's value of the unit of that name in its period, or its own value in the period of that name."""
    if name in set(rows.unit):
        of_period = dict(zip(rows.period[rows.unit == name], values[rows.unit == name], strict=True))
        return np.array([of_period.get(period, np.nan) for period in rows.period])
    if name in rows.periods:
        there = rows.period == rows.periods.index(name)
        of_unit = dict(zip(rows.unit[there], values[there], strict=True))
        return np.array([of_unit.get(unit, np.nan) for unit in rows.unit])
    return name


def require_scale(where: str, before: Array, after: Array, rows: Rows) -> None:
    """DataError where a scale gives no score of a value."""
    wrong = np.flatnonzero(transform.undefined(before, after))
    if len(wrong):
        raise DataError(
            f"{rows.name(int(wrong[0]))}: {where} has no score for {before[wrong[0]]:.6g}: the scale does "
            "not exist there (a column without variation, a base of 0, the log of 0 or less). Correct the figure, or "
            "take another `normalise` or `transform`."
        )
