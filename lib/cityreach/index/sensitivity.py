"""What places hang on: Sobol indices of every input of a plan, on the mean shift in rank and on each unit's rank.

First order is the share of the variance that goes when the input is known; total order the share that stays when all
but the input is known (its interactions with others counted in). Both come from `scipy.stats.sobol_indices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.index.replicate import Design
from cityreach.index.study import Study
from cityreach.index.uncertainty import Draws, choices_of, drawn, factors_of, sobol_points

Array = NDArray[np.float64]
RESAMPLES = 500
CONFIDENCE = 0.95
NUMBERS = 8_000_000  # that the bootstrap holds at a time, about
COLUMNS = ("first", "first_low", "first_high", "first_error", "total", "total_low", "total_high", "total_error")


@dataclass(frozen=True)
class Sensitivity:
    """shift: one row an input, on the mean absolute shift in rank; units: one row a unit and input, on its rank.

    Columns (unit,) input, and for both orders the index, its 95 % bootstrap interval and its standard error, which says
    whether the runs are enough: first, first_low, first_high, first_error, total ... Null where the rank never varies
    or the unit has no score in some run. runs: how many. mean_shift: places that a unit moves on average.
    """

    shift: pd.DataFrame
    units: pd.DataFrame
    runs: int
    mean_shift: float


@dataclass(frozen=True)
class Indices:
    """Sobol indices of first and total order: outputs x inputs; ends: low, high and standard error x the same."""

    first: Array
    total: Array
    first_ends: Array
    total_ends: Array


def sobol(study: Study, period: str, *, seed: int | None = None) -> Sensitivity:
    """Sobol indices of a plan's inputs in one period, from draws (a power of two, rounded up) x (inputs + 2) runs.

    seed: another than the plan's. SpecError where the plan varies nothing, DataError where a run's mean does not exist.
    """
    plan, inputs = study.plan, study.inputs
    if not inputs:
        raise plan.problem("(whole file)", f"nothing is varied in {study.scores.method.name}", "Add an input to it.")
    seed = plan.seed if seed is None else seed
    count = 1 << max(0, plan.draws - 1).bit_length()
    points = saltelli_points(count, len(inputs), seed)
    design = Design(choices_of(inputs, points, count), factors_of(inputs, count, seed))
    draws = drawn(study.case, design, [period], tops=plan.tops)
    names = [entry.name for entry in inputs]
    shift, ranks = _outputs(draws)
    found = indices(np.vstack([shift, ranks]), len(inputs), seed=seed)
    units = _frame(found, slice(1, None), names)
    units.insert(0, "unit", np.repeat(draws.rows.unit.astype(str), len(names)))
    return Sensitivity(_frame(found, slice(0, 1), names), units, len(draws), float(shift[: 2 * count].mean()))


def saltelli_points(count: int, inputs: int, seed: int) -> Array:
    """Two independent samples A and B, and A with one column of B for each input: count x (inputs + 2) points."""
    both = sobol_points(count, 2 * inputs, seed)
    first, second = both[:, :inputs], both[:, inputs:]
    mixed = [np.where(np.arange(inputs) == column, second, first) for column in range(inputs)]
    return np.vstack([first, second, *mixed])


def indices(outputs: Array, inputs: int, *, seed: int = 0) -> Indices:
    """Sobol indices of outputs (outputs x runs, in the order of `saltelli_points`); NaN for one that does not vary.

    The bootstrap draws runs of A, B and the mixed samples together, as SciPy's own does (which redoes the whole
    estimate each time, while all that is needed of a resample is how often it has each run).
    """
    from scipy.stats import sobol_indices

    blocks = outputs.reshape(len(outputs), inputs + 2, -1)
    a, b, mixed = blocks[:, 0], blocks[:, 1], np.moveaxis(blocks[:, 2:], 1, 0)
    found = sobol_indices(func={"f_A": a, "f_B": b, "f_AB": mixed}, n=a.shape[1])
    shape = (len(outputs), inputs)
    varies = (np.ptp(blocks[:, :2], axis=(1, 2)) > 0)[:, None]
    first, total = (np.where(varies, each.reshape(shape), np.nan) for each in (found.first_order, found.total_order))
    first_ends, total_ends = _ends(blocks - blocks[:, :2].mean(axis=(1, 2), keepdims=True), seed)
    return Indices(first, total, np.where(varies, first_ends, np.nan), np.where(varies, total_ends, np.nan))


def _ends(blocks: Array, seed: int) -> tuple[Array, Array]:
    """Low end, high end and standard error by the bootstrap, of both orders.

    blocks: outputs x samples x runs, less each output's mean.
    """
    count = blocks.shape[2]
    rng = np.random.default_rng(seed)
    often = rng.multinomial(count, np.full(count, 1 / count), size=RESAMPLES) / count
    step = max(1, NUMBERS // (2 * blocks.shape[1] * count))
    pieces = [_resampled(blocks[start : start + step], often) for start in range(0, len(blocks), step)]
    first, total = zip(*pieces, strict=True)
    return _summary(np.concatenate(first, axis=1)), _summary(np.concatenate(total, axis=1))


def _resampled(blocks: Array, often: Array) -> tuple[Array, Array]:
    """Both orders in every resample: resamples x outputs x inputs. often: resamples x runs, the share of each run."""
    a, b, mixed = blocks[:, :1], blocks[:, 1:2], blocks[:, 2:]
    parts = np.concatenate([b * (mixed - a), (a - mixed) ** 2 / 2, (a**2 + b**2) / 2, (a + b) / 2], axis=1)
    means = (often @ parts.reshape(-1, parts.shape[2]).T).reshape(len(often), len(blocks), -1)
    inputs = mixed.shape[1]
    variance = means[..., -2:-1] - means[..., -1:] ** 2
    variance = np.where(variance > 0, variance, np.nan)
    return means[..., :inputs] / variance, means[..., inputs : 2 * inputs] / variance


def _summary(resamples: Array) -> Array:
    """Low end, high end and standard error of each output and input."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resamples, [tail, 1 - tail], axis=0)
    return np.stack([low, high, resamples.std(axis=0, ddof=1)])


def _outputs(draws: Draws) -> tuple[Array, Array]:
    """The mean absolute shift against the published places (runs), and the places (rows x runs; NaN for none)."""
    ranks = np.where(draws.ranks > 0, draws.ranks.astype(float), np.nan)
    moved = np.abs(ranks - draws.published[:, None])
    known = ~np.isnan(moved)
    return np.where(known, moved, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1), ranks


def _frame(found: Indices, rows: slice, names: Sequence[str]) -> pd.DataFrame:
    """The indices of some outputs as a table, output by output."""
    numbers = {"first": found.first, "total": found.total}
    for name, ends in (("first", found.first_ends), ("total", found.total_ends)):
        numbers |= {f"{name}_low": ends[0], f"{name}_high": ends[1], f"{name}_error": ends[2]}
    columns = {name: numbers[name][rows].ravel() for name in COLUMNS}
    return pd.DataFrame({"input": list(names) * len(found.first[rows]), **columns})
