"""Rows with an interval or a share: places that could be others, orders that could be turned, effects of inputs."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import frames, layout
from cityreach.charts.tokens import colour

_ROW = 27  # px
_TICKS = (1, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300)


def rank_ranges(frame: pd.DataFrame, *, axis_title: str = "") -> alt.LayerChart:
    """Places with the interval around each, 1 at the left.

    Columns: label; rank (the published place), low, high (places); text (right of the plot); focus (bool, optional).
    """
    rows = frames.prepared(frame, "rank_ranges", texts=["label", "text"], numbers=["rank", "low", "high"])
    rows["colour"] = [colour("focus" if focus else "brand") for focus in frames.flag(rows, "focus")]
    rows["line"] = [colour("focus" if focus else "context") for focus in frames.flag(rows, "focus")]
    rows["tip"] = layout.tip(rows["label"], rows["text"])
    last = max(float(rows[["rank", "high"]].max().max()), 2.0)
    axis = _axis([tick for tick in _TICKS if tick <= last], axis_title, orient="top")
    x = alt.X("low:Q", scale=alt.Scale(domain=[0.5, last + 0.5], nice=False, zero=False), axis=axis)
    y, height = layout.rows_of(rows, mark=12, row=_ROW)
    span = layout.base().mark_rule(strokeWidth=3, strokeCap="butt")
    return layout.view(
        rows,
        [
            span.encode(x=x, x2=alt.X2("high:Q"), y=y, color=layout.painted("line")),
            _dot("rank", y),
            layout.label_column(rows, y),
            _values("text", y),
        ],
        height=height,
    )


def share_dots(frame: pd.DataFrame, *, reference: float = 0.5, axis_title: str = "") -> alt.LayerChart:
    """Shares of one as dots on stems that begin at a reference.

    Columns: label; value (0 to 1); text (right of the plot); focus (bool, optional).
    """
    rows = frames.prepared(frame, "share_dots", texts=["label", "text"], numbers=["value"])
    rows["colour"] = [colour("focus" if focus else "brand") for focus in frames.flag(rows, "focus")]
    rows["line"] = [colour("focus" if focus else "context-fill") for focus in frames.flag(rows, "focus")]
    rows["from"], rows["tip"] = reference, layout.tip(rows["label"], rows["text"])
    axis = _axis([0, 0.25, 0.5, 0.75, 1], axis_title, orient="top", labelExpr="format(datum.value, '.0%')")
    x = alt.X("from:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)
    y, height = layout.rows_of(rows, mark=12, row=_ROW)
    stems = layout.base().mark_rule(strokeWidth=3)
    middle = layout.base().mark_rule(color=colour("ink-2"), strokeWidth=1)
    return layout.view(
        rows,
        [
            middle.encode(x=alt.XDatum(reference)),
            stems.encode(x=x, x2=alt.X2("value:Q"), y=y, color=layout.painted("line")),
            _dot("value", y),
            layout.label_column(rows, y),
            _values("text", y),
        ],
        height=height,
    )


def nested_bars(frame: pd.DataFrame) -> alt.LayerChart:
    """A part inside a whole for each row, with the whole's interval as a whisker and the words above the bar.

    Columns: label; inner, outer (from 0, inner at most outer); low, high (of the outer); text; focus (optional).
    """
    rows = frames.prepared(frame, "nested_bars", texts=["label", "text"], numbers=["inner", "outer", "low", "high"])
    rows["colour"] = [colour("focus" if focus else "brand") for focus in frames.flag(rows, "focus")]
    rows["tip"] = layout.tip(rows["label"], rows["text"])
    scale = alt.Scale(domain=[0, max(float(rows[["outer", "high"]].max().max()), 1e-9)], nice=False)
    x = alt.X("outer:Q", axis=None, scale=scale)
    y = layout.row_axis(band=0.36)
    tip = alt.Tooltip("tip:N")
    style: dict[str, Any] = {"baseline": "middle", "dy": -21, "align": "left"}
    words = layout.base().mark_text(**style, color=colour("ink")).encode(x=alt.XValue(0), y=y, text="label:N")
    right = style | {"align": "right"}
    texts = layout.base().mark_text(**right, color=colour("ink-2"), fontSize=13)
    layers = [
        layout.base().mark_bar(color=colour("context-fill")).encode(x=x, y=y, tooltip=tip),
        layout.base().mark_bar(height={"band": 0.5}).encode(
            x=alt.X("inner:Q", axis=None), y=y, color=layout.painted(), tooltip=tip
        ),
        layout.base().mark_rule(color=colour("ink-2"), strokeWidth=1.5).encode(
            x=alt.X("low:Q", axis=None), x2=alt.X2("high:Q"), y=y
        ),
        words,
        texts.encode(x=alt.XValue("width"), y=y, text=alt.Text("text:N")),
    ]  # fmt: skip
    return layout.view(rows, layers, height=56 * len(rows))


def _axis(ticks: list[Any], title: str, **options: Any) -> alt.Axis:
    shown: dict[str, Any] = {"title": frames.clean(title, limit=80) or None, "titleAnchor": "start", "titlePadding": 8}
    return alt.Axis(values=ticks, grid=True, labelOverlap=True, **shown, **options)


def _dot(x: str, y: alt.Y) -> alt.Chart:
    mark = layout.base().mark_circle(size=90, stroke=colour("paper"), strokeWidth=1)
    return mark.encode(x=alt.X(f"{x}:Q"), y=y, color=layout.painted(), tooltip=alt.Tooltip("tip:N"))


def _values(text: str, y: alt.Y) -> alt.Chart:
    """A column of figures right of the plot."""
    mark = layout.base().mark_text(align="left", baseline="middle", dx=12, fontSize=13, color=colour("ink"))
    return mark.encode(x=alt.XValue("width"), y=y, text=alt.Text(f"{text}:N"))
