"""Many cities by platform on one screen: a small tile for each city, with one mark a platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import frames, layout, tokens
from cityreach.charts.frames import ChartError
from cityreach.charts.tokens import colour

_ROW = 42  # px
_MARK, _PITCH = 64, 11.5  # px²; px from mark to mark
_LABEL = 12  # characters of a city's name
_SQUARE = "M-1,-1L1,-1L1,1L-1,1Z"
_DOT = "M-.4,0A.4,.4,0,1,1,.4,0A.4,.4,0,1,1,-.4,0Z"
_CROSS = "M-.6,-1L0,-.4L.6,-1L1,-.6L.4,0L1,.6L.6,1L0,.4L-.6,1L-1,.6L-.4,0L-1,-.6Z"
# From seen to absent: shape, fill, outline. They differ in shape, so that a print in grey tells them apart.
_LOOKS = (
    (_SQUARE, "brand", "brand"),
    (_SQUARE, "paper", "brand"),
    (_DOT, "context", "context"),
    (_CROSS, "focus", "focus"),
)


def status_tiles(frame: pd.DataFrame, *, states: Sequence[str]) -> alt.LayerChart:
    """A tile for each city, under the name of its group, with a mark for the state on each platform.

    Columns: group, label (the city), platform, state; groups, cities and platforms come in order of appearance.
    states: the states' names from seen to absent, at most four: full square, hollow square, dot, red cross.
    The tiles are laid out again where the chart is narrow, so that a phone shows fewer of them beside each other.
    """
    cells = frames.prepared(frame, "status_tiles", texts=["group", "platform", "state"], numbers=[])
    cells["label"] = [frames.clean(label, limit=_LABEL) for label in frame["label"]]
    order = frames.limited(map(frames.clean, states), "status_tiles", what="states", limit=len(_LOOKS))
    frames.among(cells["state"], order, "status_tiles: `state`")
    slots = frames.limited(cells["platform"], "status_tiles", what="platforms", limit=8)
    cells["slot"] = cells["platform"].map({name: number for number, name in enumerate(slots)})
    cells["city"] = cells["label"].ne(cells["label"].shift()).cumsum()
    if cells.duplicated(["city", "slot"]).any():
        twice = cells.loc[cells.duplicated(["city", "slot"]), ["label", "platform"]].iloc[0]
        raise ChartError(f"charts.status_tiles: {twice['label']} × {twice['platform']} stands twice. Keep one.")
    tile = max(frames.widest(cells["label"], tokens.NOTE_SIZE), _PITCH * len(slots)) + 9
    table = pd.concat([_placed(cells, tile), _headings(cells, tile)], ignore_index=True)
    return _tiles(table, order, tile, len(slots))


def _columns(tile: float) -> dict[str, int]:
    """How many tiles stand beside each other on a wide and on a narrow chart."""
    return {"wide": max(int(tokens.WIDTH / tile), 1), "narrow": max(int(tokens.NARROW / tile), 1)}


def _placed(cells: pd.DataFrame, tile: float) -> pd.DataFrame:
    """Adds the row and the place (0 to 1) of each tile on both charts, and tooltips."""
    cells = cells.assign(tip=layout.tip(cells["label"], cells["platform"], cells["state"]), heading="")
    cities = cells.drop_duplicates("city")[["city", "group"]]
    for name, columns in _columns(tile).items():
        place = cities.groupby("group", sort=False).cumcount()
        rows = place // columns + cities["group"].map(_starts(cells, columns)) + 1
        cells[f"row_{name}"] = cells["city"].map(dict(zip(cities["city"], rows, strict=True)))
        cells[f"at_{name}"] = cells["city"].map(dict(zip(cities["city"], place % columns / columns, strict=True)))
    return cells


def _starts(cells: pd.DataFrame, columns: int) -> dict[str, int]:
    """The row of each group's heading."""
    sizes = cells.groupby("group", sort=False)["city"].nunique()
    rows = -(-sizes // columns) + 1
    return dict(zip(sizes.index, rows.cumsum() - rows, strict=True))


def _headings(cells: pd.DataFrame, tile: float) -> pd.DataFrame:
    wide, narrow = (_starts(cells, columns) for columns in _columns(tile).values())
    names = list(wide)
    rows = {"row_wide": [wide[name] for name in names], "row_narrow": [narrow[name] for name in names]}
    empty: dict[str, Any] = {"label": "", "state": "", "tip": "", "slot": -1, "at_wide": 0.0, "at_narrow": 0.0}
    return pd.DataFrame({"heading": names, **rows}).assign(**empty)


def _tiles(table: pd.DataFrame, states: list[str], tile: float, slots: int) -> alt.LayerChart:
    where = f"width > {_columns(tile)['wide'] * tile - 24:.0f}"
    x = alt.X("at:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    y = alt.Y("line:O", axis=None, scale=alt.Scale(type="band", paddingInner=0, paddingOuter=0), sort="ascending")
    style: dict[str, Any] = {"align": "left", "baseline": "middle"}
    names = layout.base().mark_text(**style, dx=1, dy=-9, fontSize=tokens.NOTE_SIZE, color=colour("ink"))
    heads = layout.base().mark_text(**style, dx=1, dy=7, fontSize=13, fontWeight=700, color=colour("ink"))
    layers = [
        *(_marks(x, y, slot, states) for slot in range(slots)),
        names.transform_filter("datum.slot == 0").encode(x=x, y=y, text=alt.Text("label:N")),
        heads.transform_filter("datum.slot == -1").encode(x=x, y=y, text=alt.Text("heading:N")),
    ]
    chart = layout.view(table, layers, height=alt.Step(_ROW))
    # Nothing stands beside the tiles, so that the width needs no fitting (which a height by rows would not go with).
    chart.autosize, chart.padding = alt.AutoSizeParams(type="pad"), 0
    return chart.transform_calculate(
        line=f"{where} ? datum.row_wide : datum.row_narrow", at=f"{where} ? datum.at_wide : datum.at_narrow"
    )


def _marks(x: alt.X, y: alt.Y, slot: int, states: list[str]) -> alt.Chart:
    """The marks of one platform."""
    shapes, fills, edges = zip(*_LOOKS[: len(states)], strict=True)
    legend = alt.Legend(symbolSize=_MARK, columns=2 if _legend_width(states) > tokens.NARROW else len(states))
    channels = {
        "shape": alt.Shape("state:N", scale=alt.Scale(domain=states, range=list(shapes)), legend=legend),
        "fill": alt.Fill("state:N", scale=alt.Scale(domain=states, range=[colour(each) for each in fills])),
        "stroke": alt.Stroke("state:N", scale=alt.Scale(domain=states, range=[colour(each) for each in edges])),
    }
    mark = layout.base().mark_point(size=_MARK, opacity=1, strokeWidth=1.4, xOffset=6 + slot * _PITCH, yOffset=7)
    return mark.transform_filter(f"datum.slot == {slot}").encode(x=x, y=y, tooltip=alt.Tooltip("tip:N"), **channels)


def _legend_width(states: list[str]) -> float:
    return sum(frames.text_width(state, tokens.NOTE_SIZE) + 34 for state in states)
