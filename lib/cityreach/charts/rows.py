"""A chart's frame as the rows of plain values that its specification holds."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd


def plain(frame: pd.DataFrame) -> Any:
    """What Altair's own conversion gives, several times faster, as that makes a new frame for every column.

    Missing values and infinite numbers become None, moments ISO text. Columns of mixed objects are left to Altair.
    """
    if any(dtype.name == "object" for dtype in frame.dtypes):
        return alt.default_data_transformer(frame)
    columns = [_values(frame[name]) for name in frame]
    return {"values": [dict(zip(frame, row, strict=True)) for row in zip(*columns, strict=True)]}


def _values(column: pd.Series) -> list[Any]:
    if column.dtype.kind == "M":
        return ["" if moment is pd.NaT else moment.isoformat() for moment in column]
    if column.dtype.kind == "f":
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        return [number if known else None for number, known in zip(numbers.tolist(), np.isfinite(numbers), strict=True)]
    return list(column.array.to_numpy(dtype=object, na_value=None))
