"""How long cities have stood in front, climbed or fallen, and how long those who come back were away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cityreach.comparing import rank_history

RUNS = ["city_id", "in_top", "rising", "falling", "away"]


def runs(scores: pd.DataFrame, editions: Sequence[str], node: str, *, top: int = 10) -> pd.DataFrame:
    """Lengths in editions up to the last of `editions` (ids, oldest first), for cities with one above 0, by city.

    Columns: city_id, in_top (editions in a row in the first `top`), rising and falling (moves in a row that way), away
    (editions between its last time in the first `top` and the last edition, where it is in again; null for others).
    """
    known = scores.loc[scores["edition"].isin(list(editions))]
    history = rank_history(known, node).reindex(columns=list(editions))
    places = history.to_numpy(dtype=float, na_value=np.nan)
    if not places.size:
        return pd.DataFrame(columns=RUNS)
    with np.errstate(invalid="ignore"):
        inside, step = places <= top, -np.diff(places, axis=1)
        lengths = {"in_top": _length(inside), "rising": _length(step > 0), "falling": _length(step < 0)}
    frame = pd.DataFrame({"city_id": history.index.astype("str"), **lengths}).astype(dict.fromkeys(lengths, "Int64"))
    frame["away"] = pd.array([_away(row) for row in inside], dtype="Int64")
    some = (frame[list(lengths)] > 0).any(axis=1)
    return frame.loc[some].sort_values("city_id", ignore_index=True)[RUNS]


def _length(holds: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many columns hold at the end of each row without a break."""
    return np.cumprod(holds[:, ::-1], axis=1).sum(axis=1)


def _away(inside: NDArray[np.bool_]) -> int | None:
    """Editions outside just before the last one, for a row that is inside now and was inside before."""
    before = np.flatnonzero(inside[:-1])
    return len(inside) - 2 - int(before[-1]) if inside[-1] and len(before) and not inside[-2] else None
