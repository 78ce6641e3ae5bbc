"""Counts along a line: how values are spread, and how many there were on each day."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import frames, layout, tokens
from cityreach.charts.tokens import colour

_PANEL = 92  # px of one platform's panel
_ROOM = 40  # px of it for the words above the bars
_CROSS = "M-.6,-1L0,-.4L.6,-1L1,-.6L.4,0L1,.6L.6,1L0,.4L-.6,1L-1,.6L-.4,0L-1,-.6Z"


def histogram(frame: pd.DataFrame, *, axis_title: str = "") -> alt.LayerChart:
    """Upright bars side by side, one a bin, with the count above each and the bin's name below.

    Columns: label (the bin), value (its count), text (above the bar), focus (bool, optional).
    """
    bins = frames.prepared(frame, "histogram", texts=["label", "text"], numbers=["value"])
    bins["colour"] = [colour("focus" if focus else "context-fill") for focus in frames.flag(bins, "focus")]
    bins["tip"] = layout.tip(bins["label"], bins["text"])
    axis = alt.Axis(
        labelExpr=f"{layout.literal(list(bins['label']))}[datum.value]", labelAngle=0, labelOverlap=True,
        labelPadding=6, title=frames.clean(axis_title) or None, titlePadding=8,
    )  # fmt: skip
    x = alt.X("row:O", axis=axis, scale=alt.Scale(paddingInner=0.08, paddingOuter=0.04), sort="ascending")
    y = alt.Y("value:Q", axis=None, scale=alt.Scale(domain=[0, max(bins["value"].max() * 1.12, 1)], nice=False))
    bars = layout.base().mark_bar().encode(x=x, y=y, color=layout.painted(), tooltip=alt.Tooltip("tip:N"))
    counts = layout.base().mark_text(baseline="bottom", dy=-4, fontSize=13, fontWeight=700, color=colour("ink"))
    return layout.view(bins, [bars, counts.encode(x=x, y=y, text=alt.Text("text:N"))], height=220)


def daily_panels(frame: pd.DataFrame) -> alt.LayerChart:
    """Counts a day, a panel below the other for each platform, each to its own scale; days without any are crossed.

    Columns: platform (its name), note (words beside the name), tone (a colour token), slot (0.. along the line),
    day (what the axis says there, "" for none), value (0: the day is crossed), tip.
    """
    texts = ["platform", "note", "tone", "day", "tip"]
    days = frames.prepared(frame, "daily_panels", texts=texts, numbers=["slot", "value"])
    order = {name: place for place, name in enumerate(frames.limited(days["platform"], "daily_panels", what="panels"))}
    top = days.groupby("platform")["value"].transform("max").clip(lower=1)
    days["floor"] = (days["platform"].map(order) + 1) * _PANEL
    days["roof"] = days["floor"] - days["value"] / top * (_PANEL - _ROOM)
    days["colour"] = [colour(tone) for tone in days["tone"]]
    days["first"], days["empty"] = ~days["platform"].duplicated(), days["value"] == 0
    days["title_at"] = days["floor"] - _PANEL + 24
    x = alt.X("slot:O", axis=_day_axis(days), scale=alt.Scale(paddingInner=0.25, paddingOuter=0), sort="ascending")
    height = _PANEL * len(order)
    return layout.view(days, _panel_layers(days, x, height), height=height)


def _panel_layers(days: pd.DataFrame, x: alt.X, height: int) -> list[alt.Chart]:
    scale = alt.Scale(domain=[height, 0], nice=False, zero=False)
    floor, roof, title = (alt.Y(f"{name}:Q", axis=None, scale=scale) for name in ("floor", "roof", "title_at"))
    style: dict[str, Any] = {"align": "left", "baseline": "alphabetic", "fontSize": 13}
    wide = frames.widest(days["platform"], 13) + 10
    bars = (
        layout.base()
        .mark_bar()
        .encode(x=x, y=roof, y2=alt.Y2("floor:Q"), color=layout.painted(), tooltip=alt.Tooltip("tip:N"))
    )
    lines = layout.base().mark_rule(color=colour("context"), strokeWidth=1).transform_filter("datum.first")
    crosses = layout.base().mark_point(shape=_CROSS, size=36, filled=True, opacity=1, color=colour("focus"), yOffset=-7)
    names = layout.base().mark_text(**style, fontWeight=700, color=colour("ink")).transform_filter("datum.first")
    notes = layout.base().mark_text(**style, dx=wide, color=colour("ink-2")).transform_filter("datum.first")
    return [
        bars,
        lines.encode(y=floor),
        crosses.transform_filter("datum.empty").encode(x=x, y=floor, tooltip=alt.Tooltip("tip:N")),
        names.encode(x=alt.XValue(0), y=title, text=alt.Text("platform:N")),
        notes.encode(x=alt.XValue(0), y=title, text=alt.Text("note:N")),
    ]


def _day_axis(days: pd.DataFrame) -> alt.Axis:
    """Words only at the slots that have some."""
    line = days.drop_duplicates("slot").sort_values("slot")
    labels = [""] * (int(line["slot"].max()) + 1)
    for slot, day in zip(line["slot"], line["day"], strict=True):
        labels[int(slot)] = day
    marked = [place for place, label in enumerate(labels) if label]
    inward: Any = {
        "condition": [
            {"test": "datum.value == 0", "value": "left"},
            {"test": f"datum.value == {len(labels) - 1}", "value": "right"},
        ],
        "value": "center",
    }
    return alt.Axis(
        values=marked, labelExpr=f"{layout.literal(labels)}[datum.value]", labelAngle=0, labelOverlap=True,
        labelAlign=inward, labelFontSize=tokens.NOTE_SIZE, title=None,
    )  # fmt: skip
