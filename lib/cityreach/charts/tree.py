"""A weighted tree laid out from left to right, each leaf a row whose bar is its weight."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import frames, layout, tokens
from cityreach.charts.frames import ChartError
from cityreach.charts.tokens import colour

_ROW, _TALL_ROW = 23, 38  # px: a row, and one whose name lies above its bar
_WIDEST = 190  # px of names left of the bars, at most; beyond, the leaves' names lie above their bars
_GAP = 14  # px between columns


def weight_tree(frame: pd.DataFrame) -> alt.LayerChart:
    """Branches as columns of names over the rows of their leaves; leaves with bars that begin at zero.

    Columns: branches, branch_texts (lists, from the top down, as long in every row: names of the nodes above and their
    weights); label (the leaf); value (its weight, from 0); text (at the end of the bar); focus (bool, optional).
    """
    rows = frames.prepared(frame, "weight_tree", texts=["label", "text"], numbers=["value"])
    depth = {len(names) for names in rows["branches"]}
    if len(depth) != 1:
        raise ChartError('charts.weight_tree: leaves lie at different depths. Fill the missing branches with "".')
    tall = _is_wide(rows)
    rows = _with_branches(rows, depth.pop(), _TALL_ROW if tall else _ROW)
    rows["colour"] = [colour("focus" if focus else "context-fill") for focus in frames.flag(rows, "focus")]
    rows["tip"] = layout.tip(rows["label"], rows["text"])
    levels = sum(name.startswith("name_") for name in rows.columns)
    height = float(rows["floor"].max())
    layers = [*_lines(rows, levels, height), *_bars(rows, height), *_names(rows, levels, height)]
    return layout.view(rows.drop(columns=["branches", "branch_texts"]), layers, height=height)


def _is_wide(rows: pd.DataFrame) -> bool:
    """Whether all names beside each other would leave a phone too little room for the bars."""
    names = zip(*rows["branches"], strict=True)
    above = sum(frames.widest(map(frames.clean, level), 13) + _GAP for level in names)
    return above + frames.widest(rows["label"], tokens.NOTE_SIZE) + _GAP > _WIDEST


def _with_branches(rows: pd.DataFrame, levels: int, row: int) -> pd.DataFrame:
    """Adds name_<level> (words and weight, only in a branch's first row), top (px of a row's upper edge) and middle."""
    rows = rows.assign(top=rows["row"] * row, floor=(rows["row"] + 1) * row, label_at=rows["row"] * row + _ROW / 2)
    rows["middle"] = rows["label_at"] if row == _ROW else rows["label_at"] + 15
    before: list[tuple[str, ...]] = [()]
    before += [tuple(names) for names in rows["branches"][:-1]]
    for level in range(levels):
        first = [
            tuple(names[: level + 1]) != earlier[: level + 1]
            for names, earlier in zip(rows["branches"], before, strict=True)
        ]
        rows[f"first_{level}"] = first
        for column, texts in (("name", rows["branches"]), ("share", rows["branch_texts"])):
            rows[f"{column}_{level}"] = [
                frames.clean(each[level]) if shown else "" for each, shown in zip(texts, first, strict=True)
            ]
    return rows


def _y(field: str, height: float) -> alt.Y:
    return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))


def _columns(rows: pd.DataFrame, levels: int) -> tuple[list[float], float]:
    """Where the columns of names begin, in px left of the bars, and where the leaves' names do."""
    beside = bool((rows["middle"] == rows["label_at"]).all())
    leaf = -(frames.widest(rows["label"], tokens.NOTE_SIZE) + _GAP) if beside else 0.0
    starts, at = [], leaf
    for level in reversed(range(levels)):
        words = frames.widest(rows[f"name_{level}"], 13)
        share = frames.widest(rows[f"share_{level}"], tokens.NOTE_SIZE)
        at -= max(words, share) + _GAP
        starts.append(at)
    return starts[::-1], leaf


def _lines(rows: pd.DataFrame, levels: int, height: float) -> list[alt.Chart]:
    """A hairline above each branch, from its own column to the right edge."""
    starts, _ = _columns(rows, levels)
    found = []
    for level in range(levels):
        tone = "context" if level == 0 else "rule"
        line = layout.base().mark_rule(color=colour(tone), strokeWidth=1, xOffset=starts[level])
        start = alt.XValue(0)
        whole = line.encode(x=start, x2=alt.X2Value("width"), y=_y("top", height))
        found.append(whole.transform_filter(f"datum.first_{level}"))
    return found[::-1]


def _bars(rows: pd.DataFrame, height: float) -> list[alt.Chart]:
    x = layout.value_axis("value", domain=[0, max(float(rows["value"].max()) * 1.02, 1e-9)])
    bar = layout.base().mark_rule(strokeWidth=13, strokeCap="butt").encode(
        x=x, x2=alt.X2Datum(0), y=_y("middle", height), color=layout.painted(), tooltip=alt.Tooltip("tip:N")
    )  # fmt: skip
    style: dict[str, Any] = {"align": "left", "baseline": "middle", "dx": 12, "fontSize": tokens.NOTE_SIZE}
    text = layout.base().mark_text(**style, color=colour("ink"))
    return [bar, text.encode(x=alt.XValue("width"), y=_y("middle", height), text=alt.Text("text:N"))]


def _names(rows: pd.DataFrame, levels: int, height: float) -> list[alt.Chart]:
    """The leaves' names, and each branch's name with its weight below it (beside it, where it has one leaf)."""
    starts, leaf = _columns(rows, levels)
    y = _y("label_at", height)
    found = [layout.column("label", y, x=leaf, tone="ink", fontSize=tokens.NOTE_SIZE)]
    for level in range(levels):
        bold = 700 if level == 0 else 400
        found.append(layout.column(f"name_{level}", y, x=starts[level], fontSize=13, fontWeight=bold))
        below: dict[str, Any] = {"fontSize": tokens.NOTE_SIZE, "dy": 16, "tone": "ink-2"}
        found.append(layout.column(f"share_{level}", y, x=starts[level], **below))
    return found
