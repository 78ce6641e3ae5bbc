"""Points in two dimensions: four fields of a plane, and positions without boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cityreach.charts import frames, layout, place, tokens
from cityreach.charts.tokens import colour

_HEIGHT = 440  # px
_NAME_SIZE, _NAME_HEIGHT = 13, 16.0
_WIDTHS = (tokens.NARROW, tokens.WIDTH)
_INSET = 8  # px from a corner of the plot to its word
CORNERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "top-left": ("left", "top"),
        "top-right": ("right", "top"),
        "bottom-left": ("left", "bottom"),
        "bottom-right": ("right", "bottom"),
    }
)


def quadrant(
    frame: pd.DataFrame, *, x_title: str, y_title: str, mids: tuple[float, float], units: tuple[str, str] = ("", "")
) -> alt.LayerChart:
    """Points in four fields, such as 网红 (burst) against 长红 (staying power); only named points carry their name.

    Columns: label; x, y; group (at most six; its word stands in the corner where most of its points lie); named (bool;
    the first rows are named first where room is short); focus (bool, optional). mids: where the dividing lines cross
    the axes; units: what follows the figures of each axis ("%").
    """
    points = frames.prepared(frame, "quadrant", texts=["label", "group"], numbers=["x", "y"])
    groups = frames.limited(points["group"], "quadrant", what="groups")
    points = _with_tones(points)
    points["tip"] = layout.tip(points["label"], points["group"])
    plane = _plane(points, mids)
    corners = _corners_of(points, groups, mids)
    centre = plane.shares(pd.DataFrame({"x": [mids[0]], "y": [mids[1]]}))[0]
    points = _with_names(points, plane.shares(points), _Words(corners, (float(centre[0]), float(centre[1]))))
    across = _across(plane, frames.clean(x_title), frames.clean(units[0]))
    layers = [*_middles(mids), _dots(across, _upward(plane, frames.clean(units[1]))), *_corner_words(corners)]
    return layout.view(points, [*layers, *_name_layers(points), _y_title(frames.clean(y_title))], height=_HEIGHT)


def positions(frame: pd.DataFrame) -> alt.LayerChart:
    """Cities where they lie, as points whose area stands for a value; no boundaries are drawn.

    Columns: label, lon, lat (degrees), value (from 0), focus (bool), named (bool; the first rows are named first).
    The plane is Albers' equal-area one; on a phone it is stretched a little in height.
    """
    points = frames.prepared(frame, "positions", texts=["label"], numbers=["lon", "lat", "value"])
    points = _with_tones(points)
    points["x"], points["y"] = _albers(points["lon"], points["lat"])
    points["tip"] = points["label"]
    plane = _plane(points, (points["x"].iloc[0], points["y"].iloc[0]))
    points = _with_names(points, plane.shares(points), _Words({}, None))
    area = alt.Size("value:Q", scale=alt.Scale(domain=[0, points["value"].max() or 1], range=[14, 170]), legend=None)
    dots = _dots(*_true_to_shape(plane)).encode(size=area)
    return layout.view(points, [dots, *_name_layers(points)], height=_HEIGHT)


@dataclass(frozen=True)
class _Plane:
    """The domains of both axes with a margin around the points."""

    x: list[float]
    y: list[float]

    def shares(self, points: pd.DataFrame) -> np.ndarray:
        """Where the points lie, as shares of the plot's width (from the left) and height (from the top)."""
        right = (points["x"].to_numpy() - self.x[0]) / (self.x[1] - self.x[0])
        down = (self.y[1] - points["y"].to_numpy()) / (self.y[1] - self.y[0])
        return np.column_stack([right, down])


@dataclass(frozen=True)
class _Words:
    """What else stands in a plane: the words in its corners, and where its middle lines cross (shares, as points)."""

    corners: Mapping[str, str]
    middles: tuple[float, float] | None

    def boxes(self, width: float) -> list[place.Box]:
        taken = [_corner_box(corner, word, width) for corner, word in self.corners.items()]
        if self.middles:
            across, down = self.middles[0] * width, self.middles[1] * _HEIGHT
            taken += [(across - 1, 0.0, across + 1, float(_HEIGHT)), (0.0, down - 1, width, down + 1)]
        return taken


def _plane(points: pd.DataFrame, mids: tuple[float, float]) -> _Plane:
    return _Plane(_domain(points["x"], mids[0]), _domain(points["y"], mids[1]))


def _domain(values: pd.Series, mid: float) -> list[float]:
    """From a little below the least to a little above the greatest of the values and the middle line."""
    low, high = min(float(values.min()), mid), max(float(values.max()), mid)
    margin = 0.07 * (high - low) or 0.5
    return [low - margin, high + margin]


def _with_tones(points: pd.DataFrame) -> pd.DataFrame:
    """Adds colour (focus, brand for points with a name, else grey) and name_colour."""
    focus, named = frames.flag(points, "focus"), frames.flag(points, "named")
    tokens_of = ["focus" if yes else "brand" if name else "context" for yes, name in zip(focus, named, strict=True)]
    names = [colour("focus" if yes else "ink") for yes in focus]
    return points.assign(colour=[colour(token) for token in tokens_of], name_colour=names)


def _corners_of(points: pd.DataFrame, groups: list[str], mids: tuple[float, float]) -> dict[str, str]:
    """Corner → word: each group in the corner with most of its points, the larger group where two want one corner."""
    level = np.where(points["y"] >= mids[1], "top", "bottom")
    side = np.where(points["x"] >= mids[0], "right", "left")
    places = pd.Series([f"{one}-{other}" for one, other in zip(level, side, strict=True)])
    corners: dict[str, str] = {}
    for group in sorted(groups, key=lambda name: -(points["group"] == name).sum()):
        corners.setdefault(places[points["group"] == group].mode()[0], group)
    return {corner: corners[corner] for corner in CORNERS if corners.get(corner)}


def _with_names(points: pd.DataFrame, shares: np.ndarray, words: _Words) -> pd.DataFrame:
    """Adds side (where the name stands, "" for none) and wide_only (a phone has no room for it).

    Sides are found for a phone first: names that are clear of each other there stay clear when the plot grows wider.
    """
    labels = points["label"].where(frames.flag(points, "named"), "")
    sizes = [(frames.text_width(label, _NAME_SIZE), _NAME_HEIGHT if label else 0.0) for label in labels]
    phone, screen = (place.Canvas(w - 50.0, _HEIGHT, tuple(words.boxes(w - 50.0))) for w in _WIDTHS)
    narrow = place.sides(_pixels(shares, phone), sizes, phone)
    wide = _remaining_sides(_pixels(shares, screen), sizes, narrow, screen)
    points["side"] = [one or other for one, other in zip(narrow, wide, strict=True)]
    points["wide_only"] = [not side for side in narrow]
    return points.assign(depth=labels != "").sort_values("depth", kind="stable")  # named points lie on top


def _pixels(shares: np.ndarray, canvas: place.Canvas) -> list[tuple[float, float]]:
    return [(float(x) * canvas.width, float(y) * canvas.height) for x, y in shares]


def _remaining_sides(points: list[Any], sizes: list[Any], fixed: list[str], canvas: place.Canvas) -> list[str]:
    """The sides of names that have none in `fixed`; the others count as taken."""
    held = zip(points, sizes, fixed, strict=True)
    boxes = [place.box(point, size, place.SIDES[side]) for point, size, side in held if side]
    open_sizes = [(0.0, 0.0) if side else size for size, side in zip(sizes, fixed, strict=True)]
    return place.sides(points, open_sizes, replace(canvas, taken=(*canvas.taken, *boxes)))


def _corner_box(corner: str, word: str, width: float) -> place.Box:
    align, baseline = CORNERS[corner]
    inset = _INSET if align == "left" else -_INSET
    side = place.Side(align, baseline, inset, _INSET if baseline == "top" else -_INSET)
    point = (0.0 if align == "left" else width, 0.0 if baseline == "top" else float(_HEIGHT))
    return place.box(point, (frames.text_width(word, _NAME_SIZE), _NAME_HEIGHT), side)


def _across(plane: _Plane, title: str, unit: str) -> alt.X:
    shown: dict[str, Any] = {"title": title or None, "titleAnchor": "end", "titlePadding": 8}
    return alt.X(
        "x:Q", scale=alt.Scale(domain=plane.x, nice=False, zero=False), axis=alt.Axis(**_figures(unit), **shown)
    )


def _upward(plane: _Plane, unit: str) -> alt.Y:
    axis = alt.Axis(**_figures(unit), title=None)
    return alt.Y("y:Q", scale=alt.Scale(domain=plane.y, nice=False, zero=False), axis=axis)


def _figures(unit: str) -> dict[str, Any]:
    return {"tickCount": 5, "labelOverlap": True, "labelExpr": f"format(datum.value, '~g') + {layout.literal(unit)}"}


def _middles(mids: tuple[float, float]) -> list[alt.Chart]:
    mark = layout.base().mark_rule(color=colour("context"), strokeWidth=1, strokeDash=[2, 3])
    return [mark.encode(x=alt.XDatum(mids[0])), mark.encode(y=alt.YDatum(mids[1]))]


def _dots(x: Any, y: Any) -> alt.Chart:
    mark = layout.base().mark_circle(size=64, stroke=colour("paper"), strokeWidth=1)
    return mark.encode(x=x, y=y, color=layout.painted(), tooltip=alt.Tooltip("tip:N"))


def _corner_words(corners: Mapping[str, str]) -> list[alt.Chart]:
    layers = []
    for corner, word in corners.items():
        align, baseline = CORNERS[corner]
        dx, dy = (_INSET if align == "left" else -_INSET), (_INSET if baseline == "top" else -_INSET)
        style: dict[str, Any] = {"align": align, "baseline": baseline, "dx": dx, "dy": dy, "fontSize": _NAME_SIZE}
        mark = alt.Chart(pd.DataFrame([{"word": word}])).mark_text(**style, fontWeight=700, color=colour("ink-2"))
        x = alt.XValue(0 if align == "left" else "width")
        layers.append(mark.encode(x=x, y=alt.YValue(0 if baseline == "top" else "height"), text=alt.Text("word:N")))
    return layers


def _name_layers(points: pd.DataFrame) -> list[alt.Chart]:
    """The names, and under them the same in paper, so that they can be read over points that have no name."""
    used = [name for name in place.SIDES if (points["side"] == name).any()]
    halos = [_names_at(name, stroke=colour("paper"), strokeWidth=3, strokeJoin="round") for name in used]
    return halos + [_names_at(name) for name in used]


def _names_at(name: str, **style: Any) -> alt.Chart:
    side = place.SIDES[name]
    anchor: dict[str, Any] = {
        "align": side.align,
        "baseline": side.baseline,
        "dx": side.dx,
        "dy": side.dy,
        "fontSize": _NAME_SIZE,
    }
    shown = layout.shown_where(f"{layout.ON_WIDE} || !datum.wide_only")
    mark = layout.base().mark_text(**anchor, **style).transform_filter(f"datum.side == '{name}'")
    return mark.encode(
        x=alt.X("x:Q"), y=alt.Y("y:Q"), text=alt.Text("label:N"), color=layout.painted("name_colour"), opacity=shown
    )


def _y_title(title: str) -> alt.Chart:
    style: dict[str, Any] = {
        "align": "left",
        "baseline": "bottom",
        "dy": -8,
        "fontSize": tokens.NOTE_SIZE,
        "color": colour("ink-2"),
    }
    mark = alt.Chart(pd.DataFrame([{"word": title}])).mark_text(**style)
    return mark.encode(x=alt.XValue(0), y=alt.YValue(0), text=alt.Text("word:N"))


def _albers(lon: pd.Series, lat: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Albers' equal-area plane with the parallels 25° and 47° and the middle meridian 105°, in earth radii."""
    low, high = np.radians(25.0), np.radians(47.0)
    cone = (np.sin(low) + np.sin(high)) / 2
    constant = np.cos(low) ** 2 + 2 * cone * np.sin(low)
    angle = cone * np.radians(lon.to_numpy() - 105.0)
    radius = np.sqrt(constant - 2 * cone * np.sin(np.radians(lat.to_numpy()))) / cone
    return radius * np.sin(angle), -radius * np.cos(angle)


def _true_to_shape(plane: _Plane) -> tuple[alt.X, alt.Y]:
    """Channels whose ranges keep the plane's shape at any width (a third taller where it is narrow)."""
    ratio = (plane.y[1] - plane.y[0]) / (plane.x[1] - plane.x[0])
    across = f"min(width, height / {ratio:.4f})"
    down = f"min(height, {across} * {ratio:.4f} * 1.3)"
    x = alt.Scale(domain=plane.x, nice=False, range=[0, {"expr": across}])
    y = alt.Scale(domain=plane.y, nice=False, range=[{"expr": down}, 0])
    return alt.X("x:Q", axis=None, scale=x), alt.Y("y:Q", axis=None, scale=y)
