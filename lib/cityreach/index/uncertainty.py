"""How firm a place is: the ranking recomputed under many sets of weights, all at once.

Every weight of the tree is multiplied by its own uniform factor between 0.8 and 1.2 and brothers are brought back to
their sum; everything else stays as it is. Same seed, same answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.errors import UnknownNameError
from cityreach.index.compute import Part, Scores, rounded_for_ranks
from cityreach.index.engine import score_tree
from cityreach.index.rank import rank_competition
from cityreach.index.schema import Ranks

SPREAD = 0.2
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Draws:
    """The root's scores under every set of weights: units x draws; NaN for a unit without a score."""

    units: list[str]
    scores: Array
    rule: Ranks = field(default_factory=Ranks)

    def ranks(self) -> Array:
        """Places in every draw, ties sharing the better place."""
        return rank_competition(rounded_for_ranks(self.scores, self.rule))


def draw_scores(scores: Scores, period: str, *, draws: int = 1000, seed: int = 0) -> Draws:
    """Scores of one period's units under `draws` sets of weights; UnknownNameError for a period without scores."""
    part = part_of(scores, period)
    nodes = scores.method.nodes
    factors = np.random.default_rng(seed).uniform(1 - SPREAD, 1 + SPREAD, (len(nodes), draws))
    varied = {
        path: factors[number] * (part.walk.nodes[path].weight or 1.0)
        for number, path in enumerate(nodes)
        if path in part.walk.nodes
    }
    here = np.flatnonzero(part.rows.period == part.rows.periods.index(period))
    leaves = {path: column[part.at][here] for path, column in scores.leaves.score.items() if path in part.walk.nodes}
    walk = replace(
        part.walk, rows=part.rows.take(here), absence=part.walk.absence.take(here), weights=varied, parts=False
    )
    return Draws(list(walk.rows.unit), score_tree(walk, leaves).score[scores.method.root], scores.method.ranks)


def part_of(scores: Scores, period: str) -> Part:
    """The part that holds a period; UnknownNameError where there is none."""
    for part in scores.parts:
        if period in part.rows.periods and (part.rows.period == part.rows.periods.index(period)).any():
            return part
    raise UnknownNameError(f"The scores hold no period `{period}`. Compute it first, or name another one.")


def rank_intervals(scores: Scores, period: str, *, draws: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Per unit: low and high (5 and 95 % of its places over the draws), p_first, p_top10 (shares of the draws).

    Columns unit, low, high (Int64, null without a score), p_first, p_top10; units sorted.
    """
    drawn = draw_scores(scores, period, draws=draws, seed=seed)
    ranks = drawn.ranks()
    low, high = np.quantile(ranks, [0.05, 0.95], axis=1, method="inverted_cdf")
    frame = pd.DataFrame({"unit": drawn.units, "low": low, "high": high})
    frame = frame.assign(p_first=(ranks <= 1).mean(axis=1), p_top10=(ranks <= 10).mean(axis=1))
    return frame.astype({"unit": "str", "low": "Int64", "high": "Int64"})


def pair_probability(drawn: Draws, pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """How often the first unit of a pair is ahead of the second, a tie counting half: unit_a, unit_b, p_ahead."""
    number = {unit: index for index, unit in enumerate(drawn.units)}
    scores = rounded_for_ranks(drawn.scores, drawn.rule)
    rows = []
    for unit_a, unit_b in pairs:
        a, b = scores[number[unit_a]], scores[number[unit_b]]
        rows.append((unit_a, unit_b, float(((a > b) + 0.5 * (a == b)).mean())))
    return pd.DataFrame(rows, columns=["unit_a", "unit_b", "p_ahead"])
