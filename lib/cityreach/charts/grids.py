"""Small multiples of distributions: one cell a pair of histograms, rows by columns."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import frames, layout, tokens
from cityreach.charts.tokens import colour

_ROW, _HEAD, _TALL = 66, 22, 36  # px: a row, its words, the highest bar
_SIDES = ((0.01, 0.43), (0.49, 0.91))  # where the two histograms of a cell lie, in shares of the cell


def distribution_grid(frame: pd.DataFrame, *, bins: int) -> alt.LayerChart:
    """Histograms before (grey) and after (brand) side by side, each to its own height; the words of a row above it.

    Columns: label, row_order; head, column_order; after (bool); position (0 to bins - 1); height (0 to 1); focus
    (bool); tip. A pair of row and column that has no rows is left white.
    """
    cells = frames.prepared(
        frame, "distribution_grid", texts=["label", "head", "tip"],
        numbers=["row_order", "column_order", "position", "height"],
    )  # fmt: skip
    heads = frames.limited(cells.sort_values("column_order")["head"], "distribution_grid", what="columns", limit=8)
    cells = _placed(cells, bins)
    height = int(_ROW * (cells["line"].max() + 1))
    cells["floor"] = (cells["line"] + 1) * _ROW - 8
    cells["roof"] = cells["floor"] - cells["height"] * _TALL
    cells["title_at"] = cells["line"] * _ROW + 10
    tones = ["focus" if focus else "brand" if after else "context" for focus, after in zip(
        frames.flag(cells, "focus"), frames.flag(cells, "after"), strict=True)]  # fmt: skip
    cells["colour"] = [colour(tone) for tone in tones]
    cells["first_row"] = ~cells["line"].duplicated()
    cells["first_column"] = ~cells["column"].duplicated()
    cells["first_bin"] = cells["position"] == 0
    return layout.view(cells, _layers(len(heads), height), height=height)


def _placed(cells: pd.DataFrame, bins: int) -> pd.DataFrame:
    """Adds line, column (from 0), and left and right of each bar and of its side, in cells."""
    cells["line"] = cells["row_order"].rank(method="dense").astype(int) - 1
    cells["column"] = cells["column_order"].rank(method="dense").astype(int) - 1
    starts, ends = ([_SIDES[int(after)][end] for after in cells["after"]] for end in (0, 1))
    wide = [(end - start) / bins for start, end in zip(starts, ends, strict=True)]
    cells["side_left"], cells["side_right"] = cells["column"] + starts, cells["column"] + ends
    cells["left"] = cells["side_left"] + cells["position"] * wide
    cells["right"] = cells["left"] + [each * 0.86 for each in wide]
    return cells


def _layers(columns: int, height: int) -> list[alt.Chart]:
    x = alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, columns], nice=False))
    vertical = alt.Scale(domain=[height, -_HEAD], nice=False, zero=False)
    roof, floor, title = (alt.Y(f"{name}:Q", axis=None, scale=vertical) for name in ("roof", "floor", "title_at"))
    bars = layout.base().mark_bar().encode(
        x=x, x2=alt.X2("right:Q"), y=roof, y2=alt.Y2("floor:Q"), color=layout.painted(), tooltip=alt.Tooltip("tip:N")
    )  # fmt: skip
    lines = layout.base().mark_rule(color=colour("context"), strokeWidth=1).transform_filter("datum.first_bin")
    style: dict[str, Any] = {"align": "left", "baseline": "middle"}
    names = layout.base().mark_text(**style, fontSize=13, color=colour("ink")).transform_filter("datum.first_row")
    heads = layout.base().mark_text(**style, fontSize=tokens.NOTE_SIZE, color=colour("ink-2"))
    return [
        lines.encode(x=alt.X("side_left:Q", axis=None), x2=alt.X2("side_right:Q"), y=floor),
        bars,
        names.encode(x=alt.XValue(0), y=title, text=alt.Text("label:N")),
        heads.transform_filter("datum.first_column").encode(
            x=alt.X("column:Q", axis=None), y=alt.YValue(4), text=alt.Text("head:N")
        ),
    ]
