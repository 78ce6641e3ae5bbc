"""Tables of coloured cells: a heat map with its numbers, and the board of published places."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import frames, layout, tokens
from cityreach.charts.frames import ChartError
from cityreach.charts.tokens import colour

_ROW = 34  # px
_SMALL_ROW = 26


def heatmap(frame: pd.DataFrame, *, domain: tuple[float, float] | None = None) -> alt.LayerChart:
    """Rows by columns in five steps of one hue, each cell with its number.

    Columns: row, row_order, column, column_order; value (null: a white cell); text (what
    stands in the cell, also in a white one, such as 未开设). The steps cut the domain (without one:
    the range of the values) into five equal parts.
    """
    frames.require(frame, "heatmap", ["value"])
    titled = frame.rename(columns={"row": "label", "column": "head"})
    orders = ["row_order", "column_order"]
    cells = frames.prepared(titled, "heatmap", texts=["label", "head", "text"], numbers=orders)
    if cells.duplicated(["label", "head"]).any():
        twice = cells.loc[cells.duplicated(["label", "head"]), ["label", "head"]].iloc[0]
        raise ChartError(f"charts.heatmap: the cell {twice['label']} × {twice['head']} stands twice. Keep one.")
    cells = _placed(cells)
    values = pd.to_numeric(cells["value"], errors="coerce").astype(float)
    ends = domain or (float(values.min()), float(values.max()))
    cells["step"] = [_step(value, ends) for value in values]
    cells["fill"] = [colour(step or "paper") for step in cells["step"]]
    cells["text_colour"] = [colour(tokens.STEP_TEXT.get(step, "ink-2")) for step in cells["step"]]
    return _board(cells, row=_ROW, size=13)


def set_board(frame: pd.DataFrame, *, inside: str = "●", top: int = 10) -> alt.LayerChart:
    """Published places as a board, cities by editions: a place where one is published, a mark where only the set is.

    Columns: edition, order (of the edition), city, rank (1 = best; null: listed without a place), known (bool: the
    city stands in that edition's list; False or no row: an empty cell). Cities come in order of appearance.
    """
    titled = frame.rename(columns={"city": "label", "edition": "head", "order": "column_order"})
    cells = frames.prepared(titled, "set_board", texts=["label", "head"], numbers=["column_order"])
    cells["row_order"] = pd.factorize(cells["label"])[0]
    cells = _placed(cells)
    cells["rank"] = pd.to_numeric(cells["rank"], errors="coerce").where(frames.flag(cells, "known"))
    known = frames.flag(cells, "known")
    cells["text"] = [_place(rank, inside) if seen else "" for rank, seen in zip(cells["rank"], known, strict=True)]
    steps = [_rank_step(rank, top) if seen else "" for rank, seen in zip(cells["rank"], known, strict=True)]
    cells["fill"] = [colour(step or "paper") for step in steps]
    cells["text_colour"] = [colour(tokens.STEP_TEXT.get(step, "ink-2")) for step in steps]
    return _board(cells, row=_SMALL_ROW, size=tokens.NOTE_SIZE)


def _placed(cells: pd.DataFrame) -> pd.DataFrame:
    """Adds row and col, the places of each cell counted from 0, and the tooltip."""
    cells["row"] = cells["row_order"].rank(method="dense").astype(int) - 1
    cells["col"] = cells["column_order"].rank(method="dense").astype(int) - 1
    cells = cells.sort_values(["row", "col"], kind="stable").reset_index(drop=True)
    cells["first_col"] = ~cells["row"].duplicated()
    cells["first_row"] = ~cells["col"].duplicated()
    return cells


def _board(cells: pd.DataFrame, *, row: float, size: int) -> alt.LayerChart:
    cells["tip"] = layout.tip(cells["label"], cells["head"], cells["text"])
    x = alt.X("col:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0), sort="ascending")
    edge = colour("paper")
    tiles = layout.base().mark_rect(stroke=edge, strokeWidth=2)
    fill = alt.Fill("fill:N", scale=None, legend=None)
    text = layout.base().mark_text(baseline="middle", fontSize=size).encode(x=x, y=y, text=alt.Text("text:N"))
    left = -frames.widest(cells["label"], tokens.LABEL_SIZE) - 12
    names = layout.column("label", y, x=left).transform_filter("datum.first_col")
    layers = [
        tiles.encode(x=x, y=y, fill=fill, tooltip=alt.Tooltip("tip:N")),
        text.encode(color=layout.painted("text_colour")),
    ]
    return layout.view(cells, [*layers, names, *_heads(cells, x)], height=row * cells["row"].nunique())


def _heads(cells: pd.DataFrame, x: alt.X) -> list[alt.Chart]:
    """The columns' heads: on one line, on two where a phone has no room for one, thinned out where not for two."""
    heads = cells.loc[cells["first_row"], "head"]
    margin = frames.widest(cells["label"], tokens.LABEL_SIZE) + 12
    every = layout.thinning(heads, margin=margin)
    lines = 2 if every == 2 and len(heads) <= tokens.CATEGORY_LIMIT else 1
    shown = layout.thinned("datum.col", last=len(heads) - 1, every=1 if lines == 2 else every)
    style: dict[str, Any] = {"baseline": "bottom", "fontSize": tokens.NOTE_SIZE, "color": colour("ink-2")}
    return [
        layout.base()
        .mark_text(dy=-7 - 16 * line, **style)
        .transform_filter(f"datum.first_row && datum.col % {lines} == {line}")
        .encode(x=x, y=alt.YValue(0), text=alt.Text("head:N"), opacity=layout.shown_where(shown))
        for line in range(lines)
    ]


def _step(value: float, domain: tuple[float, float]) -> str:
    """The token of a value's step; "" for a missing value; values beyond the domain take the outermost step."""
    if pd.isna(value):
        return ""
    share = (value - domain[0]) / ((domain[1] - domain[0]) or 1.0)
    return f"step-{min(max(int(share * tokens.STEP_COUNT), 0), tokens.STEP_COUNT - 1) + 1}"


def _place(rank: float, inside: str) -> str:
    return inside if pd.isna(rank) else str(int(rank))


def _rank_step(rank: float, top: int) -> str:
    """Better places darker; a place that is not published takes the lightest step."""
    return "step-1" if pd.isna(rank) else _step(top + 1 - rank, (0, top + 1))
