"""Each other choice that a plan names, taken alone: the places as they would be, beside those that are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.index.compute import rounded_for_ranks
from cityreach.index.leaveout import shift_summary
from cityreach.index.multivariate import correlation
from cityreach.index.rank import rank_competition
from cityreach.index.replicate import Design, root_scores
from cityreach.index.standing import part_of
from cityreach.index.study import Study

Array = NDArray[np.float64]
TOP = 10
COLUMNS = ["input", "option", "mean_shift", "max_shift", "moved", "unit", "spearman", "entered"]


@dataclass(frozen=True)
class Alternatives:
    """What becomes of the places under each other choice.

    options: input, option, mean_shift and max_shift (places, either way), moved (units that change places), unit (that
    moves farthest; null where none does), spearman (with the places as they are), entered (units that come into the
    first `top`). units: input, option, unit, rank, rank_there (null without a score).
    """

    top: int
    options: pd.DataFrame
    units: pd.DataFrame


def each_alone(study: Study, period: str, *, top: int = TOP) -> Alternatives:
    """The options of the plan one by one, the rest as the method has it, in one period; drawn weights are not options.

    DataError names unit and node where a mean does not exist under an option.
    """
    chosen = [
        (number, option)
        for number, entry in enumerate(study.inputs)
        for option in range(1, 0 if entry.spread else len(entry.options))
    ]
    names = [(study.inputs[number].name, study.inputs[number].options[option].name) for number, option in chosen]
    choices = np.zeros((len(chosen) + 1, len(study.inputs)), dtype=np.intp)  # the last one: all as published
    choices[np.arange(len(chosen)), [number for number, _ in chosen]] = [option for _, option in chosen]
    units, scores = _scores(study, Design(choices), period)
    return _compared(names, units, rounded_for_ranks(scores, study.scores.method.ranks), top)


def _scores(study: Study, design: Design, period: str) -> tuple[NDArray[np.object_], Array]:
    """The units of a period, and their scores under each replication."""
    part = part_of(study.scores, period)
    here = np.flatnonzero(part.rows.period == part.rows.periods.index(period))
    scores = np.empty((len(here), len(design)))
    for members, root in root_scores(study.case, design, part, here):
        scores[:, members] = root if root.ndim == 2 else root[:, None]
    return part.rows.unit[here], scores


def _compared(names: Sequence[tuple[str, str]], units: NDArray[np.object_], scores: Array, top: int) -> Alternatives:
    ranks = rank_competition(scores)
    own, there = ranks[:, -1], ranks[:, :-1]
    shift = own[:, None] - there
    entered = ((there <= top) & ~(own <= top)[:, None]).sum(axis=0)
    rows = [
        (*name, *shift_summary(shift[:, at], units),
         correlation(scores[:, -1], scores[:, at], by="spearman")[1], int(entered[at]))
        for at, name in enumerate(names)
    ]  # fmt: skip
    keys = {
        word: np.repeat(np.array([name[at] for name in names], dtype=object), len(units))
        for at, word in enumerate(("input", "option"))
    }
    places = {"rank": np.tile(own, len(names)), "rank_there": there.T.ravel()}
    frame = pd.DataFrame({**keys, "unit": np.tile(units, len(names)), **places})
    return Alternatives(top, pd.DataFrame(rows, columns=COLUMNS), frame.astype(dict.fromkeys(places, "Int64")))
