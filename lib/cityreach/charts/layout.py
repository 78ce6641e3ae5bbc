"""The parts that charts are put together from: the view, columns of text beside the plot, tones."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import tokens
from cityreach.charts.tokens import colour

TONES: Mapping[str, str] = MappingProxyType(
    {"up": "up", "down": "down", "new": "up", "muted": "ink-2", "focus": "focus", "": "ink-2"}
)


def view(frame: pd.DataFrame, layers: list[Any], *, height: float, width: int = tokens.WIDTH) -> alt.LayerChart:
    """Layers over one frame as a chart that is laid out again when its width changes; `height` is the plot's, in px."""
    return alt.layer(*layers, data=frame).properties(
        width=width,
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
    style = {"align": align, "baseline": "middle", "dx": x, "color": colour(tone)} | mark
    return base().mark_text(**style).encode(x=alt.value(0), y=y, text=f"{field}:N")


def value_axis(field: str, *, domain: list[float], **options: Any) -> alt.X:
    """A hidden quantitative x axis with a fixed domain."""
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=domain, nice=False, **options))


def hex_of(tones: pd.Series, names: Mapping[str, str] = TONES) -> list[str]:
    """The light colours of a column of tones."""
    return [colour(names[tone]) for tone in tones]


def painted(field: str = "colour") -> alt.Color:
    """A colour channel that takes hex values from a column as they are."""
    return alt.Color(f"{field}:N", scale=None, legend=None)


def tip(*columns: pd.Series) -> list[str]:
    """The texts of a tooltip: the columns that are not empty, with spaces between."""
    return [" ".join(part for part in parts if part) for parts in zip(*columns, strict=True)]
