"""The parts that charts are put together from: the view, columns of text beside the plot, tones."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import frames, tokens
from cityreach.charts.tokens import colour

GAP = 14  # px between a column of text and the marks
LABEL_LIFT = 22  # px from the middle of a mark to the label above it
_WIDEST_COLUMN = 130  # px of labels beside the marks, at most
ON_WIDE = "width > 420"  # a Vega condition: the plot is wider than on a phone

TONES: Mapping[str, str] = MappingProxyType(
    {"up": "up", "down": "down", "new": "up", "muted": "ink-2", "focus": "focus", "": "ink-2"}
)


def view(frame: pd.DataFrame, layers: list[Any], *, height: Any) -> Any:
    """Layers over one frame as a chart that is laid out again when its width changes.

    height: the plot's in px, or an alt.Step: px of a row, where the number of rows follows from the width.
    """
    return alt.layer(
        *layers,
        data=frame,
        width=tokens.WIDTH,
        height=height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        padding={"left": 0, "right": 4, "top": 4, "bottom": 4},
    )


def base() -> alt.Chart:
    """A layer without data of its own: it shows the frame of the view."""
    return alt.Chart(alt.Undefined)


def row_axis(*, band: float = 0.6) -> alt.Y:
    """Rows from top to bottom in the frame's order; `band` is the bar's share of a row."""
    scale = alt.Scale(paddingInner=1 - band, paddingOuter=(1 - band) / 2)
    return alt.Y("row:O", axis=None, scale=scale, sort="ascending")


def column(field: str, y: alt.Y, *, x: float, align: str = "left", tone: str = "ink", **mark: Any) -> alt.Chart:
    """A column of text at `x` pixels from the plot's left edge (negative: left of it)."""
    style: dict[str, Any] = {"align": align, "baseline": "middle", "dx": x, "color": colour(tone)} | mark
    return base().mark_text(**style).encode(x=alt.XValue(0), y=y, text=alt.Text(f"{field}:N"))


def label_column(rows: pd.DataFrame, y: alt.Y, *, field: str = "label") -> alt.Chart:
    """The labels of the rows left of the plot, or above each row's marks where they are too long for a phone."""
    if labels_above(rows, field=field):
        return column(field, y, x=0, dy=-LABEL_LIFT)
    return column(field, y, x=-frames.widest(rows[field], tokens.LABEL_SIZE) - GAP)


def labels_above(rows: pd.DataFrame, *, field: str = "label") -> bool:
    """Whether the labels would leave a phone too little room for the marks."""
    return frames.widest(rows[field], tokens.LABEL_SIZE) > _WIDEST_COLUMN


def rows_of(rows: pd.DataFrame, *, mark: float = 22, row: float = 36, field: str = "label") -> tuple[alt.Y, float]:
    """The row axis and the plot's height for marks of `mark` px in rows of `row` px; taller where labels lie above."""
    each = row + (LABEL_LIFT if labels_above(rows, field=field) else 0)
    return row_axis(band=mark / each), each * rows["row"].nunique()


def value_axis(field: str, *, domain: list[float], **options: Any) -> alt.X:
    """A hidden quantitative x axis with a fixed domain."""
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=domain, nice=False, **options))


def thinning(labels: Iterable[str], *, margin: float) -> int:
    """On a phone every how many labels of an axis have room; `margin` is what stands beside the plot, in px."""
    texts = list(labels)
    each = (tokens.NARROW - margin) / max(len(texts), 1)
    return max(1, math.ceil((frames.widest(texts, tokens.NOTE_SIZE) + 6) / each))


def thinned(position: str, *, last: int, every: int) -> str:
    """A Vega condition: true on wide screens, on a phone for the last label and each `every`-th before it."""
    return f"{ON_WIDE} || ({last} - {position}) % {every} == 0"


def hex_of(tones: pd.Series, names: Mapping[str, str] = TONES) -> list[str]:
    """The light colours of a column of tones."""
    return [colour(names[tone]) for tone in tones]


def painted(field: str = "colour") -> alt.Color:
    """A colour channel that takes hex values from a column as they are."""
    return alt.Color(f"{field}:N", scale=None, legend=None)


def shown_where(condition: str) -> alt.OpacityValue:
    """An opacity channel: visible where a Vega condition holds, else not."""
    return alt.OpacityValue(0, condition={"test": condition, "value": 1})


def literal(value: Any) -> str:
    """A text, number or list as it may stand in a Vega expression, whatever characters it holds."""
    return json.dumps(value, ensure_ascii=True)


def tip(*columns: pd.Series) -> list[str]:
    """The texts of a tooltip: the columns that are not empty, with spaces between."""
    return [" ".join(part for part in parts if part) for parts in zip(*columns, strict=True)]
