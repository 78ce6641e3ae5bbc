"""How firm a place is: the ranking recomputed under a plan's other scales, weights, means ... all at once.

`study.check` says what a plan will vary in an index and whether every combination exists; `draw` builds the
replications (quasi-random: a scrambled Sobol sequence, one dimension an input); `intervals`, `ahead`, `neighbours`,
`dominance` and `changes` read them. Derived weights are those of the published index in every replication. Same seed,
same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.errors import UnknownNameError
from cityreach.index.compute import Scores
from cityreach.index.plan import Input
from cityreach.index.rank import rank_competition
from cityreach.index.replicate import Case, Design, Positions, Ranks, ranks_of
from cityreach.index.rows import Rows
from cityreach.index.study import Study

Array = NDArray[np.float64]
SPREAD = 0.2  # of every weight, in the interval that the monthly report gives
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
NO_GAIN = -(2**31)  # where a unit has no score in one of two periods


@dataclass(frozen=True)
class Draws:
    """The places of every row (unit in a period) in every replication, 0 where it has no score; `published`: NaN."""

    rows: Rows
    ranks: Ranks
    published: Array
    tops: tuple[int, ...] = (1, 10)

    def __len__(self) -> int:
        return self.ranks.shape[1]

    @property
    def error(self) -> float:
        """The most that the standard error of a probability can be: that of a half, by plain random draws."""
        return 0.5 / float(np.sqrt(len(self)))

    def of(self, period: str) -> Draws:
        """One period's rows; UnknownNameError where the draws have none."""
        here = [number for number, name in enumerate(self.rows.periods) if name == period]
        return self.take(np.flatnonzero(np.isin(self.rows.period, here)), period)

    def take(self, at: Positions, what: str) -> Draws:
        if not len(at):
            raise UnknownNameError(f"The draws hold no period `{what}`. Draw it as well, or name another one.")
        return replace(self, rows=self.rows.take(at), ranks=self.ranks[at], published=self.published[at])


def draw(study: Study, periods: Iterable[str] | None = None, *, seed: int | None = None) -> Draws:
    """The plan's replications of some periods (all if left out), the same draws for each of them.

    seed: another than the plan's. DataError names unit and node where a mean of a replication does not exist.
    """
    plan, inputs = study.plan, study.inputs
    seed = plan.seed if seed is None else seed
    points = sobol_points(plan.draws, len(inputs), seed)
    design = Design(choices_of(inputs, points, plan.draws), factors_of(inputs, plan.draws, seed))
    return drawn(study.case, design, periods, tops=plan.tops)


def drawn(case: Case, design: Design, periods: Iterable[str] | None, *, tops: tuple[int, ...]) -> Draws:
    """The places under any design."""
    wanted = list(case.scores.leaves.rows.periods if periods is None else periods)
    _require_periods(case.scores, wanted)
    rows, ranks = ranks_of(case, design, wanted)
    none = Design(np.zeros((1, 0), dtype=np.intp))
    published = ranks_of(Case(case.scores, (), {(0, 0): case.scores.leaves.score}), none, wanted)[1][:, 0]
    return Draws(rows, ranks, _places(published), tops)


def sobol_points(count: int, dimensions: int, seed: int) -> Array:
    """So many points of a scrambled Sobol sequence: count x dimensions, 0 to 1."""
    from scipy.stats import qmc

    if not dimensions:
        return np.zeros((count, 0))
    sequence = qmc.Sobol(dimensions, rng=np.random.default_rng(seed))
    return sequence.random_base2(max(0, count - 1).bit_length())[:count]


def choices_of(inputs: Sequence[Input], points: Array, draws: int) -> Positions:
    """The number of the option or set of weights that each replication takes; options are equally likely."""
    sizes = np.array([entry.size(draws) for entry in inputs], dtype=np.intp)
    return np.minimum((points * sizes).astype(np.intp), sizes - 1)


def factors_of(inputs: Sequence[Input], draws: int, seed: int) -> dict[str, Array]:
    """What each weight is multiplied by in every set of weights: uniform between 1 - spread and 1 + spread."""
    spread = {path: share for entry in inputs for path, share in entry.spread.items()}
    points = sobol_points(draws, len(spread), seed + 1)
    return {path: 1 + share * (2 * points[:, number] - 1) for number, (path, share) in enumerate(spread.items())}


def intervals(draws: Draws) -> pd.DataFrame:
    """How firm each place is: period, unit, rank (published), low, median, high (5, 50 and 95 % of its places), mean.

    Then p_first, p_top3 ... (share of the replications, by the plan's `tops`) and `without`, the share of replications
    in which it has no score, which count for no interval. Null without any score. In the order of periods and units.
    """
    low, middle, high = quantiles(draws.ranks, (LOW, MIDDLE, HIGH))
    known = draws.ranks > 0
    count = known.sum(axis=1)
    mean = np.divide(draws.ranks.sum(axis=1, dtype=np.int64), count, out=np.full(len(count), np.nan), where=count > 0)
    frame = _rows_frame(draws).assign(rank=draws.published, low=low, median=middle, high=high, mean=mean)
    frame = frame.astype(dict.fromkeys(("rank", "low", "median", "high"), "Int64"))
    shares = {_top(place): (known & (draws.ranks <= place)).mean(axis=1) for place in draws.tops}
    return frame.assign(**shares, without=1 - known.mean(axis=1))


def quantiles(ranks: NDArray[Any], shares: Sequence[float], none: int = 0) -> list[Array]:
    """Each row's quantiles (the lowest place that the share of its replications reaches); NaN for a row without any."""
    top = np.iinfo(ranks.dtype).max
    count = (ranks != none).sum(axis=1)
    ordered = np.sort(np.where(ranks != none, ranks, top), axis=1)
    at = [np.maximum(np.ceil(share * count - 1e-9).astype(np.intp) - 1, 0) for share in shares]
    found = [np.take_along_axis(ordered, each[:, None], axis=1)[:, 0].astype(float) for each in at]
    return [np.where(count > 0, each, np.nan) for each in found]


def ahead(draws: Draws, period: str, pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """How often the first unit of a pair is ahead of the second, a tie counting half: unit_a, unit_b, p_ahead.

    Of the replications in which both have a score; null where there is none. UnknownNameError for an unknown unit.
    """
    here = draws.of(period)
    rows = [(a, b, float(_ahead(here.ranks[_row(here, a)], here.ranks[_row(here, b)]))) for a, b in pairs]
    return pd.DataFrame(rows, columns=["unit_a", "unit_b", "p_ahead"])


def neighbours(draws: Draws, period: str, first: int = 20) -> pd.DataFrame:
    """`ahead` for each of the first and the one that follows it."""
    units = _in_order(draws.of(period), first + 1)
    return ahead(draws, period, pairwise(units))


def dominance(draws: Draws, period: str, first: int | None = 20) -> pd.DataFrame:
    """How often the unit of a row is ahead of that of a column (a tie counts half), for the first, in their order."""
    here = draws.of(period)
    units = _in_order(here, first)
    ranks = here.ranks[[_row(here, unit) for unit in units]]
    return pd.DataFrame(np.vstack([_ahead(mine, ranks) for mine in ranks]), index=units, columns=units)


def changes(draws: Draws, before: str, now: str) -> pd.DataFrame:
    """Places gained from one period to another, among the units that both have, under the same draws for both.

    Columns unit, rank_before, rank, change (gained as published), low, high (5 and 95 % of the gains), p_rise, p_fall
    (shares of the replications in which both periods give the unit a score); null where none does. Units sorted.
    """
    sides = draws.of(before), draws.of(now)
    both = sorted(set(sides[0].rows.unit) & set(sides[1].rows.unit))
    ranks = [_among(side.ranks, [_row(side, unit) for unit in both]) for side in sides]
    published = [_among(side.published[:, None], [_row(side, unit) for unit in both])[:, 0] for side in sides]
    known = ~np.isnan(ranks[0]) & ~np.isnan(ranks[1])
    gain = np.where(known, np.nan_to_num(ranks[0] - ranks[1]), NO_GAIN).astype(np.int32)
    low, high = quantiles(gain, (LOW, HIGH), none=NO_GAIN)
    frame = pd.DataFrame({"unit": both, "rank_before": published[0], "rank": published[1]})
    frame = frame.assign(change=published[0] - published[1], low=low, high=high)
    shares = {"p_rise": known & (gain > 0), "p_fall": known & (gain < 0)}
    return frame.assign(**{name: _share(mask, known) for name, mask in shares.items()}).astype(
        {"unit": "str", **dict.fromkeys(("rank_before", "rank", "change", "low", "high"), "Int64")}
    )


def rank_intervals(scores: Scores, period: str, *, draws: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Per unit: low and high (5 and 95 % of its places over the draws), p_first, p_top10 (shares of the draws).

    Weights alone are varied: each by its own uniform factor between 0.8 and 1.2 (plain random numbers), brothers
    brought back to their sum. Columns unit, low, high (Int64, null without a score), p_first, p_top10; units sorted.
    """
    frame = intervals(weight_draws(scores, period, draws=draws, seed=seed))
    return frame[["unit", "low", "high", "p_first", "p_top10"]]


def weight_draws(scores: Scores, period: str, *, draws: int = 1000, seed: int = 0) -> Draws:
    """The places of one period under so many sets of weights, as `rank_intervals` draws them."""
    nodes = scores.method.nodes
    factors = np.random.default_rng(seed).uniform(1 - SPREAD, 1 + SPREAD, (len(nodes), draws))
    entry = Input("weights", "weights", spread=dict.fromkeys(nodes, SPREAD))
    design = Design(np.arange(draws)[:, None], dict(zip(nodes, factors, strict=True)))
    return drawn(Case(scores, (entry,), {(0, 0): scores.leaves.score}), design, [period], tops=(1, 10))


def _require_periods(scores: Scores, wanted: Iterable[str]) -> None:
    known = [part.rows.periods[number] for part in scores.parts for number in np.unique(part.rows.period)]
    for period in wanted:
        if period not in known:
            raise UnknownNameError(f"The scores hold no period `{period}`. Compute it first, or name another one.")


def _places(ranks: NDArray[Any]) -> Array:
    """Places as numbers, NaN for none."""
    return np.where(ranks > 0, ranks.astype(float), np.nan)


def _among(ranks: NDArray[Any], rows: Sequence[int]) -> Array:
    """Places among some rows alone; NaN for none."""
    return rank_competition(-_places(np.nan_to_num(ranks[rows])))


def _rows_frame(draws: Draws) -> pd.DataFrame:
    periods = np.array(draws.rows.periods, dtype=object)[draws.rows.period]
    return pd.DataFrame({"period": periods, "unit": draws.rows.unit}).astype("str")


def _top(place: int) -> str:
    return "p_first" if place == 1 else f"p_top{place}"


def _row(draws: Draws, unit: str) -> int:
    found = np.flatnonzero(draws.rows.unit == unit)
    if not len(found):
        raise UnknownNameError(f"The draws hold no unit `{unit}`. There are: {', '.join(draws.rows.unit[:12])}.")
    return int(found[0])


def _in_order(draws: Draws, first: int | None) -> list[str]:
    """The units with a published place, best first; ties by name."""
    order = np.lexsort([draws.rows.unit.astype(str), draws.published])
    return [str(draws.rows.unit[row]) for row in order if not np.isnan(draws.published[row])][:first]


def _ahead(mine: Ranks, others: Ranks) -> Any:
    """Share of the replications in which a row is ahead of others, ties half, where both have a place."""
    both = (mine > 0) & (others > 0)
    won = ((mine < others) & both).sum(axis=-1) + 0.5 * ((mine == others) & both).sum(axis=-1)
    count = both.sum(axis=-1)
    return np.divide(won, count, out=np.full(np.shape(won), np.nan), where=count > 0)


def _share(mask: NDArray[np.bool_], known: NDArray[np.bool_]) -> Array:
    count = known.sum(axis=1)
    return np.divide(mask.sum(axis=1), count, out=np.full(len(count), np.nan), where=count > 0)
