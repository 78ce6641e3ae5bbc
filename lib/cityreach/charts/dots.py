"""Dots on a line for each row: two shares side by side, or an effect with its interval."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import frames, layout, tokens
from cityreach.charts.frames import ChartError
from cityreach.charts.tokens import colour

_HEADER_LIFT = 24  # px from the first row's dots up to the words above them
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def dumbbell(frame: pd.DataFrame, *, a_title: str, b_title: str) -> alt.LayerChart:
    """Two figures of each row (share of posts and share of interactions) as dots on one line.

    Columns: label, a, b (same unit, from 0), a_text, b_text, focus (bool, optional: the row the headline is about).
    a_title and b_title stand above the dots of the first row; a is grey, b is the one that is read.
    """
    rows = frames.prepared(frame, "dumbbell", texts=["label", "a_text", "b_text"], numbers=["a", "b"])
    rows["focus"] = frames.flag(rows, "focus")
    rows = _with_sides(rows, frames.clean(a_title), frames.clean(b_title))
    y, height = layout.rows_of(rows, mark=12, row=34)
    # The text of a dot near zero lies left of it; the margin keeps it inside the plot at every width.
    x = layout.value_axis("low", domain=[-0.14 * rows["high"].max() or -1, rows["high"].max() or 1])
    layers = [_span(x, y), *_pair("a", y), *_pair("b", y), layout.label_column(rows, y)]
    return layout.view(rows, layers, height=height)


def lift_dots(frame: pd.DataFrame, *, reference: float = 1.0, unit: str = "", axis_title: str = "") -> alt.LayerChart:
    """How many times the usual a format or theme draws, with its interval, on a logarithmic axis around a reference.

    Columns: label; value, low, high (ratios above 0); text; focus (bool, optional). `unit` follows the axis figures
    ("×" or " 倍"), axis_title stands below them.
    """
    rows = frames.prepared(frame, "lift_dots", texts=["label", "text"], numbers=["value", "low", "high"])
    ends = rows[["low", "value", "high"]]
    if (ends <= 0).to_numpy().any():
        raise ChartError("charts.lift_dots: a ratio is 0 or less, a logarithmic axis cannot show it. Drop such rows.")
    rows["colour"] = [colour("focus" if focus else "brand") for focus in frames.flag(rows, "focus")]
    rows["tip"] = layout.tip(rows["label"], rows["text"])
    y, height = layout.rows_of(rows, mark=12, row=34)
    x = _ratio_axis(ends, reference, frames.clean(unit), frames.clean(axis_title))
    layers = [_reference(x, reference), _interval(x, y), _dot("value", y, field="colour"), layout.label_column(rows, y)]
    return layout.view(rows, [*layers, _values("text", y)], height=height)


def _with_sides(rows: pd.DataFrame, a_title: str, b_title: str) -> pd.DataFrame:
    """Adds low and high, colours, the side of each text (outward) and the words above the first row."""
    rows["low"], rows["high"] = rows[["a", "b"]].min(axis=1), rows[["a", "b"]].max(axis=1)
    rows["a_left"] = rows["a"] <= rows["b"]
    rows["b_left"] = ~rows["a_left"]
    rows["a_colour"] = colour("context")
    rows["b_colour"] = [colour("focus" if focus else "brand") for focus in rows["focus"]]
    rows["a_title"] = [a_title if row == 0 else "" for row in rows["row"]]
    rows["b_title"] = [b_title if row == 0 else "" for row in rows["row"]]
    rows["tip"] = layout.tip(rows["label"], rows["a_text"], rows["b_text"])
    return rows


def _span(x: alt.X, y: alt.Y) -> alt.Chart:
    return layout.base().mark_rule(color=colour("context-fill"), strokeWidth=2).encode(x=x, x2=alt.X2("high:Q"), y=y)


def _pair(side: str, y: alt.Y) -> list[alt.Chart]:
    """The dots of one figure with their texts outward, and its title above the first row."""
    tone = "ink-2" if side == "a" else "ink"
    texts = [_outward(side, f"{side}_text", left=left).encode(y=y) for left in (True, False)]
    titles = [_outward(side, f"{side}_title", left=left, lift=_HEADER_LIFT).encode(y=y) for left in (True, False)]
    coloured = [title.encode(color=alt.ColorValue(colour("ink-2" if side == "a" else "brand"))) for title in titles]
    dots = _dot(side, y, field=f"{side}_colour")
    return [dots, *[text.encode(color=alt.ColorValue(colour(tone))) for text in texts], *coloured]


def _outward(side: str, field: str, *, left: bool, lift: float = 0) -> alt.Chart:
    """Text on the outer side of a dot; titles start above the dot and run outward, so that two never meet."""
    gap = -4 if lift else 10
    style: dict[str, Any] = {"align": "right", "dx": -gap} if left else {"align": "left", "dx": gap}
    style |= {"dy": -lift, "baseline": "middle", "fontSize": tokens.NOTE_SIZE if lift else 13}
    mark = layout.base().mark_text(**style)
    side_of = f"datum.{side}_left" if left else f"!datum.{side}_left"
    return mark.transform_filter(side_of).encode(x=alt.X(f"{side}:Q"), text=alt.Text(f"{field}:N"))


def _dot(x: str, y: alt.Y, *, field: str) -> alt.Chart:
    mark = layout.base().mark_circle(size=110, stroke=colour("paper"), strokeWidth=1)
    return mark.encode(x=alt.X(f"{x}:Q"), y=y, color=layout.painted(field), tooltip=alt.Tooltip("tip:N"))


def _values(text: str, y: alt.Y) -> alt.Chart:
    """A column of figures right of the plot, clear of lines and intervals."""
    mark = layout.base().mark_text(align="left", baseline="middle", dx=12, fontWeight=700, color=colour("ink"))
    return mark.encode(x=alt.XValue("width"), y=y, text=alt.Text(f"{text}:N"))


def _ratio_axis(ends: pd.DataFrame, reference: float, unit: str, title: str) -> alt.X:
    """A logarithmic axis over all ends and the reference, with round ticks and a vertical grid."""
    low = min(float(ends.min().min()), reference) / 1.08
    high = max(float(ends.max().max()), reference)
    ticks = [tick for tick in _TICKS if low <= tick <= high]
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    label = f"format(datum.value, '~g') + {layout.literal(unit)}"
    shown: dict[str, Any] = {"title": title or None, "titleAnchor": "start", "titlePadding": 8}
    axis = alt.Axis(values=ticks, tickCount=len(ticks), grid=True, labelExpr=label, labelOverlap=True, **shown)
    return alt.X("low:Q", scale=scale, axis=axis)


def _reference(x: alt.X, reference: float) -> alt.Chart:
    return layout.base().mark_rule(color=colour("ink-2"), strokeWidth=1).encode(x=alt.XDatum(reference))


def _interval(x: alt.X, y: alt.Y) -> alt.Chart:
    mark = layout.base().mark_rule(strokeWidth=1.5)
    return mark.encode(x=x, x2=alt.X2("high:Q"), y=y, color=layout.painted())
