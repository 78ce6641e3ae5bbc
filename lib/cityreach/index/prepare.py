"""Figures to leaf scores, in the order of the Handbook: screen, denominate, impute, treat, transform, normalise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cityreach.errors import DataError
from cityreach.index import denominate, impute, screen, transform, treat
from cityreach.index.method import Method, Node
from cityreach.index.rows import Rows, labels, within
from cityreach.index.scaling import on_scale, require_scale, transformed
from cityreach.index.schema import TreatRule
from cityreach.index.source import DAYS, Figures

Array = NDArray[np.float64]
Positions = NDArray[np.intp]
Columns = dict[str, Array]
VARYING = ("minmax", "best", "zscore", "percentile", "centred")  # of a column that does not vary: no score


@dataclass(frozen=True)
class Leaves:
    """Every leaf's column over the rows that are scored, after each step; NaN is missing.

    raw: as measured. filled: denominated and imputed. treated: without outliers. score: on its scale. treatment: what
    was done to each leaf that was tested (`treat.Treated`). dropped: why a row of the table is not scored.
    """

    rows: Rows
    raw: Columns
    filled: Columns
    treated: Columns
    score: Columns
    treatment: Mapping[str, treat.Treated]
    dropped: Mapping[str, str]
    kept: Positions


def prepare(method: Method, nodes: Mapping[str, Node], figures: Figures, *, silent: bool = False) -> Leaves:
    """All leaves of a tree; DataError names unit, indicator and remedy. silent: a unit may have no figure at all."""
    leaves = {path: node for path, node in nodes.items() if node.indicator is not None}
    raw = {path: _column(node, figures) for path, node in leaves.items()}
    if not silent and method.screening is None:
        _refuse_empty(method, figures.rows, np.column_stack(list(raw.values())))
    dropped, kept = screened(method, figures.rows, raw)
    rows = figures.rows.take(kept)
    measured = {path: column[kept] for path, column in raw.items()}
    filled = _filled(method, leaves, figures, (rows, kept), measured)
    treatment = treated_by(method, leaves, filled, rows)
    treated = {path: treatment[path].values if path in treatment else column for path, column in filled.items()}
    score = {path: scaled(leaves[path], column, rows) for path, column in treated.items()}
    return Leaves(rows, measured, filled, treated, score, treatment, dropped, kept)


def _column(node: Node, figures: Figures) -> Array:
    assert node.indicator is not None and node.indicator.column is not None
    return figures.values(node.indicator.column, f"`{node.path}`", node)


def screened(method: Method, rows: Rows, raw: Mapping[str, Array]) -> tuple[dict[str, str], Positions]:
    """Which rows are left out and why, and the positions of the others."""
    rule, table = method.screening, np.column_stack(list(raw.values()))
    if rule is None:
        return {}, np.arange(len(rows))
    for name in (*rule.keep, *rule.drop):
        if name not in set(rows.unit):
            raise DataError(f"`screening` names the unit {name!r}, which the data do not have. Correct or remove it.")
    keep, drop = (np.isin(rows.unit.astype(str), names) for names in (rule.keep, rule.drop))
    found = screen.screen(table, available=rule.available, nonzero=rule.nonzero, keep=keep, drop=drop)
    if not found.kept.any():
        raise DataError("`screening` leaves no unit over. Lower its shares, or fill the data.")
    return {rows.name(int(row)): str(found.reason[row]) for row in np.flatnonzero(~found.kept)}, np.flatnonzero(
        found.kept
    )


def _refuse_empty(method: Method, rows: Rows, table: Array) -> None:
    """DataError for a unit without any figure, unless the data say why (`missing` by status)."""
    by_status = any(not isinstance(level.missing, str) for level in method.levels)
    empty = np.flatnonzero(np.isnan(table).all(axis=1))
    if len(empty) and not by_status:
        raise DataError(
            f"{rows.name(int(empty[0]))} has no figure in any indicator. Fill or remove its row, or write "
            "`screening: {available: 0.01}` in the method, which leaves it out."
        )


def _filled(
    method: Method, leaves: Mapping[str, Node], figures: Figures, where: tuple[Rows, Positions], raw: Columns
) -> Columns:
    """Figures per denominator and per day, with the gaps filled that the method fills."""
    rows, kept = where
    return {
        path: _imputed(method, node, rows, _per_day(node, figures, kept, _denominated(node, figures, kept, raw[path])))
        for path, node in leaves.items()
    }


def _denominated(node: Node, figures: Figures, kept: Positions, values: Array) -> Array:
    indicator = node.indicator
    assert indicator is not None
    if indicator.denominator is None:
        return values
    below = figures.values(indicator.denominator, f"`{node.path}` (denominator)", node)[kept]
    done = denominate.denominate(values, below, scale=indicator.per)
    wrong = np.flatnonzero(done.undefined)
    if len(wrong):
        raise DataError(
            f"{figures.rows.name(int(kept[wrong[0]]))}: `{node.path}` is divided by `{indicator.denominator}`, "
            f"which is {below[wrong[0]]:g} there. Write a number above 0, or empty the cell of the indicator."
        )
    return done.values


def _per_day(node: Node, figures: Figures, kept: Positions, values: Array) -> Array:
    indicator = node.indicator
    assert indicator is not None
    if indicator.per_days is None:
        return values
    days = figures.values(DAYS, f"`per_days` of `{node.path}`", node)[kept]
    return transform.per_days(values, basis=indicator.per_days, days=days)


def _imputed(method: Method, node: Node, rows: Rows, values: Array) -> Array:
    assert node.indicator is not None
    rule = node.indicator.impute or method.imputation
    if rule is None or isinstance(rule, str):
        return values
    function = impute.IMPUTERS[rule.by]
    if rule.by in impute.OVER_TIME:
        unit = np.unique(rows.unit.astype(str), return_inverse=True)[1]
        return function(values, unit=unit, period=rows.period, **rule.parameters)
    group = labels(rows, rule.over, rule.within)
    return function(values, group=group, basis=within(rows, rule.over), **rule.parameters)


def treated_by(method: Method, leaves: Mapping[str, Node], filled: Columns, rows: Rows) -> dict[str, treat.Treated]:
    """What the method's treatment does to each leaf; one that says so itself is treated as it says.

    DataError where a log is asked for of a figure that has none.
    """
    rules = {path: node.indicator.treat or method.treatment for path, node in leaves.items() if node.indicator}
    return {path: _treated(path, rule, filled[path], rows) for path, rule in rules.items() if rule is not None}


def _treated(path: str, rule: TreatRule, values: Array, rows: Rows) -> treat.Treated:
    found: treat.Treated = treat.TREATMENTS[rule.by](values, basis=within(rows, rule.over), **rule.parameters)
    wrong = np.flatnonzero(found.undefined)
    if len(wrong):
        raise DataError(
            f"{rows.name(int(wrong[0]))}: the treatment of `{path}` takes the logarithm of {values[wrong[0]]:g}, which "
            "does not exist. Write `log_shift` for the log, or `treat: none` for this indicator."
        )
    return found


def scaled(node: Node, values: Array, rows: Rows) -> Array:
    """A leaf's values as scores, by its indicator's transformation and its own scale; NaN stays NaN."""
    assert node.indicator is not None and node.normalise is not None  # `problems` refuses a leaf without them
    prepared = transformed(node.indicator.transform, values)
    require_scale(f"`{node.path}` (transform {node.indicator.transform.by})", values, prepared, rows)
    scores = on_scale(node.normalise, prepared, rows, direction=node.direction, transform=node.indicator.transform)
    if node.normalise.by not in VARYING:
        require_scale(f"`{node.path}`", values, scores, rows)
    return scores
