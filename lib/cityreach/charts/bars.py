"""Horizontal bars: rankings, groups, the steps between two values, and the parts of a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import frames, layout, tokens
from cityreach.charts.tokens import colour

_PHONE_PLOT = 250  # px of a plot on a phone
KINDS = ("total", "up", "down")


def ranking_bars(frame: pd.DataFrame) -> alt.LayerChart:
    """Rank, name, movement, bar and value of each row, from top to bottom in the frame's order.

    Columns: label; rank (number or text, null or absent: no rank is shown); value (from 0, any unit); value_text;
    change_text and tone ("up", "down", "new", "muted", "") (optional); focus (bool, optional);
    low, high (optional: the ends of a thin whisker in the unit of value; null → none).
    """
    rows = frames.prepared(frame, "ranking_bars", texts=["label", "value_text"], numbers=["value"])
    rows = _with_optional_texts(rows, "rank", "change_text", "tone")
    frames.among(rows["tone"], layout.TONES, "ranking_bars: `tone`")
    rows["change_colour"] = layout.hex_of(rows["tone"])
    rows = _with_whiskers(rows)
    y = layout.row_axis(band=0.62)
    x = layout.value_axis("value", domain=[0, max(rows["end"].max(), 1e-9)])
    columns = _left_columns(rows, y)
    layers = [_focus_bars(x, y), *_whisker_layers(rows, y), *columns, _end_labels("value_text", y)]
    return layout.view(rows, layers, height=_row_height(len(rows)) * len(rows))


def group_bars(frame: pd.DataFrame) -> alt.LayerChart:
    """Plain bars of groups (regions, provinces, tiers, themes) with the value at the end and a note below.

    Columns: label; value (from 0); text; note (optional, one line below the bar, cut at the plot's width); focus.
    """
    rows = frames.prepared(frame, "group_bars", texts=["label", "text"], numbers=["value"])
    notes = frame["note"] if "note" in frame else [""] * len(frame)
    rows["note"] = [frames.clean(note, limit=80) for note in notes]
    rows["end"] = rows["value"]
    rows["colour"] = _grey_or_focus(rows)
    rows["tip"] = layout.tip(rows["label"], rows["text"], rows["note"])
    noted = bool((rows["note"] != "").any())
    y, height = layout.rows_of(rows, row=50 if noted else _row_height(len(rows)))
    x = layout.value_axis("value", domain=[0, max(rows["value"].max(), 1e-9)])
    layers = [_focus_bars(x, y), layout.label_column(rows, y), _end_labels("text", y)]
    if noted:
        layers.append(_notes("note", y))
    return layout.view(rows, layers, height=height)


def waterfall(frame: pd.DataFrame) -> alt.LayerChart:
    """How one value became another: totals as marks, the steps between them as floating bars, from top to bottom.

    Columns: label; value (of a total: where it stands; of a step: its change, signed); text; kind ("total", "up",
    "down"). The axis does not begin at zero, so totals are marks and not bars: only the steps have a length.
    """
    rows = frames.prepared(frame, "waterfall", texts=["label", "text", "kind"], numbers=["value"])
    frames.among(rows["kind"], KINDS, "waterfall: `kind`")
    rows = _with_running_ends(rows)
    y, height = layout.rows_of(rows, mark=21)
    domain = _step_domain(rows[["start", "stop"]])
    marks = [_steps(y, domain), _totals(y, domain), layout.label_column(rows, y), _end_labels("text", y)]
    lines = [] if layout.labels_above(rows) else [_connectors(y, domain)]
    return layout.view(rows, [*lines, *marks], height=height)


def coverage_bars(frame: pd.DataFrame, *, states: Sequence[str] | None = None) -> alt.LayerChart:
    """The parts of each row's whole (accounts seen, silent, missing) as one bar.

    Columns: platform (the row's label), state (the part's name), count (from 0), text ("" for a count of 0).
    states: the parts from left to right, at most four; without it in order of appearance.
    Parts too thin for their number have it below the bar, with their name.
    """
    parts = frames.prepared(frame, "coverage_bars", texts=["platform", "state", "text"], numbers=["count"])
    order = [frames.clean(state) for state in states] if states else list(parts["state"])
    frames.among(parts["state"], order, "coverage_bars: `state`")
    order = frames.limited(order, "coverage_bars", what="states", limit=len(tokens.STATES))
    parts = _with_part_ends(parts, order)
    noted = bool((parts["rest"] != "").any())
    y, height = layout.rows_of(parts, row=50 if noted else 36, field="platform")
    domain = [0, max(parts["stop"].max(), 1e-9)]
    names = layout.label_column(parts, y, field="platform").transform_filter("datum.first")
    layers = [_part_bars(order, y, domain), names, _part_labels(y), _notes("rest", y).transform_filter("datum.first")]
    return layout.view(parts, layers, height=height)


def _with_optional_texts(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    for name in columns:
        values = rows[name] if name in rows else [""] * len(rows)
        rows[name] = [_whole(frames.clean(value)) for value in values]
    return rows


def _whole(text: str) -> str:
    return text.removesuffix(".0")


def _row_height(count: int) -> int:
    return 36 if count <= 12 else 30 if count <= 25 else 26


def _with_whiskers(rows: pd.DataFrame) -> pd.DataFrame:
    """Adds end (right of bar and whisker), colours and tooltips; low and high stay null where there is no whisker."""
    for name in ("low", "high"):
        rows[name] = pd.to_numeric(rows[name], errors="coerce") if name in rows else float("nan")
    rows["end"] = rows[["value", "high"]].max(axis=1)
    rows["colour"] = _grey_or_focus(rows)
    rows["tip"] = layout.tip(rows["rank"], rows["label"], rows["value_text"], rows["change_text"])
    return rows


def _grey_or_focus(rows: pd.DataFrame) -> list[str]:
    return [colour("focus" if focus else "context-fill") for focus in frames.flag(rows, "focus")]


def _left_columns(rows: pd.DataFrame, y: alt.Y) -> list[alt.Chart]:
    """Rank, name and movement, right to left; columns that are empty take no room."""
    edge, layers = -float(layout.GAP), []
    if (rows["change_text"] != "").any():
        edge -= frames.widest(rows["change_text"], 13)
        change = layout.column("change_text", y, x=edge, fontSize=13)
        layers.append(change.encode(color=layout.painted("change_colour")))
        edge -= 16
    edge -= frames.widest(rows["label"], tokens.LABEL_SIZE)
    layers.append(layout.column("label", y, x=edge))
    if (rows["rank"] != "").any():
        layers.append(layout.column("rank", y, x=edge - 12, align="right", tone="ink-2"))
    return layers


def _focus_bars(x: alt.X, y: alt.Y) -> alt.Chart:
    return layout.base().mark_bar().encode(x=x, y=y, color=layout.painted(), tooltip=alt.Tooltip("tip:N"))


def _whisker_layers(rows: pd.DataFrame, y: alt.Y) -> list[alt.Chart]:
    if rows[["low", "high"]].isna().any(axis=1).all():
        return []
    rule = layout.base().mark_rule(color=colour("ink"), strokeWidth=1)
    return [
        rule.encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=y).transform_filter(
            "isValid(datum.low) && isValid(datum.high)"
        )
    ]


def _end_labels(field: str, y: alt.Y) -> alt.Chart:
    mark = layout.base().mark_text(align="left", baseline="middle", dx=8, fontWeight=700, color=colour("ink"))
    return mark.encode(x=alt.X("end:Q"), y=y, text=alt.Text(f"{field}:N"))


def _notes(field: str, y: alt.Y) -> alt.Chart:
    """A line of small text below each bar, cut at the plot's width."""
    style: dict[str, Any] = {
        "align": "left",
        "baseline": "top",
        "dy": 15,
        "fontSize": tokens.NOTE_SIZE,
        "color": colour("ink-2"),
    }
    mark = layout.base().mark_text(limit={"expr": "width"}, **style)
    return mark.encode(x=alt.XValue(0), y=y, text=alt.Text(f"{field}:N"))


def _with_running_ends(rows: pd.DataFrame) -> pd.DataFrame:
    """Adds start and stop of each step, where the next row begins, and the label's side."""
    level, starts, stops = 0.0, [], []
    for kind, value in zip(rows["kind"], rows["value"], strict=True):
        start = value if kind == "total" else level
        level = value if kind == "total" else level + value
        starts.append(start)
        stops.append(level)
    rows["start"], rows["stop"] = starts, stops
    rows["end"] = rows[["start", "stop"]].max(axis=1)
    rows["next_row"] = (rows["row"] + 1).clip(upper=len(rows) - 1)
    rows["colour"] = [colour("ink" if kind == "total" else kind) for kind in rows["kind"]]
    rows["tip"] = layout.tip(rows["label"], rows["text"])
    return rows


def _step_domain(ends: pd.DataFrame) -> list[float]:
    """From a little before the lowest end to the highest: labels stand right of the marks, so no room is left there."""
    low, high = float(ends.min().min()), float(ends.max().max())
    return [low - (0.04 * (high - low) or 1.0), high]


def _connectors(y: alt.Y, domain: list[float]) -> alt.Chart:
    """Hairlines from the end of each row to the row below."""
    mark = layout.base().mark_rule(color=colour("context"), strokeWidth=1)
    below = alt.Y2("next_row:O")
    return mark.encode(x=layout.value_axis("stop", domain=domain), y=y, y2=below)


def _steps(y: alt.Y, domain: list[float]) -> alt.Chart:
    mark = layout.base().mark_bar().transform_filter("datum.kind != 'total'")
    x = layout.value_axis("start", domain=domain)
    return mark.encode(x=x, x2=alt.X2("stop:Q"), y=y, color=layout.painted(), tooltip=alt.Tooltip("tip:N"))


def _totals(y: alt.Y, domain: list[float]) -> alt.Chart:
    mark = layout.base().mark_tick(orient="vertical", thickness=4, color=colour("ink"), opacity=1, bandSize=22)
    x = layout.value_axis("stop", domain=domain)
    return mark.transform_filter("datum.kind == 'total'").encode(x=x, y=y, tooltip=alt.Tooltip("tip:N"))


def _with_part_ends(parts: pd.DataFrame, states: list[str]) -> pd.DataFrame:
    """Adds row (one per platform), start and stop of each part, its text's colour and the thin parts' texts."""
    order = {state: number for number, state in enumerate(states)}
    rows = {platform: number for number, platform in enumerate(dict.fromkeys(parts["platform"]))}
    parts["row"] = parts["platform"].map(rows)
    parts["part"] = parts["state"].map(order)
    parts = parts.sort_values(["row", "part"], kind="stable").reset_index(drop=True)
    parts["stop"] = parts.groupby("row")["count"].cumsum()
    parts["start"] = parts["stop"] - parts["count"]
    parts["end"] = parts.groupby("row")["stop"].transform("max")
    parts["first"] = ~parts["row"].duplicated()
    room = parts["count"] / max(parts["stop"].max(), 1e-9) * _PHONE_PLOT
    parts["thin"] = [wide < frames.text_width(text, 13) + 10 for wide, text in zip(room, parts["text"], strict=True)]
    parts["label"] = parts["text"].where(~parts["thin"], "")
    parts["text_colour"] = [colour("paper" if token == "brand" else "ink") for token in _state_tokens(parts)]
    parts["rest"] = parts["row"].map(_thin_texts(parts)).fillna("")
    parts["tip"] = layout.tip(parts["platform"], parts["state"], parts["text"])
    return parts


def _state_tokens(parts: pd.DataFrame) -> list[str]:
    return [tokens.STATES[number] for number in parts["part"]]


def _thin_texts(parts: pd.DataFrame) -> dict[Any, str]:
    thin = parts[parts["thin"] & (parts["count"] > 0)]
    texts = thin["state"] + " " + thin["text"]
    return {row: "　".join(texts[index]) for row, index in thin.groupby("row").groups.items()}


def _part_bars(states: list[str], y: alt.Y, domain: list[float]) -> alt.Chart:
    colours = [colour(token) for token in tokens.STATES[: len(states)]]
    fill = alt.Fill("state:N", scale=alt.Scale(domain=states, range=colours), legend=_part_legend(states))
    mark = layout.base().mark_bar(stroke=colour("paper"), strokeWidth=1)
    return mark.encode(
        x=layout.value_axis("start", domain=domain), x2=alt.X2("stop:Q"), y=y, fill=fill, tooltip=alt.Tooltip("tip:N")
    )


def _part_legend(states: list[str]) -> alt.Legend:
    room = sum(frames.text_width(state, tokens.NOTE_SIZE) + 36 for state in states)
    return alt.Legend(columns=2 if room > tokens.NARROW else len(states))


def _part_labels(y: alt.Y) -> alt.Chart:
    mark = layout.base().mark_text(baseline="middle", align="left", dx=6, fontSize=13)
    return mark.encode(x=alt.X("start:Q"), y=y, text=alt.Text("label:N"), color=layout.painted("text_colour"))
