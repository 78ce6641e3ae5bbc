"""Points in two dimensions: four fields of a plane, and positions without boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cityreach.charts import frames, layout, place, tokens
from cityreach.charts.frames import ChartError
from cityreach.charts.tokens import colour

_HEIGHT = 440  # px
_NAME_SIZE, _NAME_HEIGHT = 13, 16
_INSET = 8  # px from a corner of the plot to its word
CORNERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "top-left": ("left", "top"),
        "top-right": ("right", "top"),
        "bottom-left": ("left", "bottom"),
        "bottom-right": ("right", "bottom"),
    }
)


@dataclass(frozen=True)
class Axis:
    """One direction of a plane: its title, the line that halves it, round figures with their texts, and its scale."""

    title: str
    mid: float
    ticks: tuple[tuple[float, str], ...] = ()
    log: bool = False


def quadrant(
    frame: pd.DataFrame, *, x: Axis, y: Axis, corners: Mapping[str, str], tones: Mapping[str, str] | None = None
) -> alt.LayerChart:
    """Points in four fields, such as 网红 (burst) against 长红 (staying power); only named points carry their name.

    Columns: label, x, y (in the axes' units), group, named (bool; the first rows are named first where room is short).
    corners: "top-left", "top-right", "bottom-left", "bottom-right" → the group that lies there.
    tones: group → "brand" or "focus"; all other groups are grey.
    """
    points = frames.prepared(frame, "quadrant", texts=["label", "group"], numbers=["x", "y"])
    frames.limited(points["group"], "quadrant", what="groups")
    frames.among(corners, CORNERS, "quadrant: `corners`")
    words = {corner: frames.clean(word) for corner, word in corners.items()}
    colours = {group: colour(token) for group, token in (tones or {}).items()}
    points["colour"] = [colours.get(group, colour("context")) for group in points["group"]]
    points["name_colour"] = [colours.get(group, colour("ink")) for group in points["group"]]
    points["tip"] = layout.tip(points["label"], points["group"])
    plane = _plane(points, x, y)
    points = _with_names(points, plane.shares(points), corners=words)
    dots = _dots(_channel("x", x, plane.x), _channel("y", y, plane.y))
    layers = [*_middles(x, y), dots, *_corner_words(words, colours), *_name_layers(points), _y_title(y)]
    return layout.view(points, layers, height=_HEIGHT)


def positions(frame: pd.DataFrame) -> alt.LayerChart:
    """Cities where they lie, as points whose area stands for a value; no boundaries are drawn.

    Columns: label, lon, lat (degrees), value (from 0), focus (bool), named (bool; the first rows are named first).
    The plane is Albers' equal-area one; on a phone it is stretched a little in height.
    """
    points = frames.prepared(frame, "positions", texts=["label"], numbers=["lon", "lat", "value"])
    focus = frames.flag(points, "focus")
    points["colour"] = [colour("focus" if yes else "context") for yes in focus]
    points["name_colour"] = [colour("focus" if yes else "ink") for yes in focus]
    points["x"], points["y"] = _albers(points["lon"], points["lat"])
    points["tip"] = points["label"]
    plane = _plane(points, Axis("", points["x"].iloc[0]), Axis("", points["y"].iloc[0]))
    points = _with_names(points, plane.shares(points), corners={})
    area = alt.Size("value:Q", scale=alt.Scale(domain=[0, points["value"].max() or 1], range=[14, 170]), legend=None)
    dots = _dots(*_true_to_shape(plane)).encode(size=area)
    return layout.view(points, [dots, *_name_layers(points)], height=_HEIGHT - 60)


@dataclass(frozen=True)
class _Plane:
    """The domains of both axes with a margin around the points."""

    x: list[float]
    y: list[float]
    log: tuple[bool, bool]

    def shares(self, points: pd.DataFrame) -> np.ndarray:
        """Where the points lie, as shares of the plot's width (from the left) and height (from the top)."""
        right = _share(points["x"].to_numpy(), self.x, self.log[0])
        up = _share(points["y"].to_numpy(), self.y, self.log[1])
        return np.column_stack([right, 1 - up])


def _plane(points: pd.DataFrame, x: Axis, y: Axis) -> _Plane:
    return _Plane(_domain(points["x"], x), _domain(points["y"], y), (x.log, y.log))


def _domain(values: pd.Series, axis: Axis) -> list[float]:
    """From a little below the least to a little above the greatest of the values and the middle line."""
    ends = np.array([min(values.min(), axis.mid), max(values.max(), axis.mid)], dtype=float)
    if axis.log and ends.min() <= 0:
        raise ChartError(f"charts.quadrant: {axis.title!r} is logarithmic and holds {ends.min():g}. Drop such rows.")
    low, high = np.log(ends) if axis.log else ends
    margin = 0.07 * (high - low) or 0.5
    padded = np.array([low - margin, high + margin])
    return [float(end) for end in (np.exp(padded) if axis.log else padded)]


def _share(values: np.ndarray, domain: list[float], log: bool) -> np.ndarray:
    ends = np.array(domain)
    scaled, ends = (np.log(values), np.log(ends)) if log else (values, ends)
    return (scaled - ends[0]) / (ends[1] - ends[0])


def _with_names(points: pd.DataFrame, shares: np.ndarray, *, corners: Mapping[str, str]) -> pd.DataFrame:
    """Adds side (where the name stands, "" for none) and wide_only (a phone has no room for it).

    Sides are found for a phone first: names that are clear of each other there stay clear when the plot grows wider.
    """
    named = frames.flag(points, "named")
    labels = points["label"].where(named, "")
    sizes = [(frames.text_width(label, _NAME_SIZE), _NAME_HEIGHT if label else 0) for label in labels]
    narrow = _sides(shares, sizes, width=tokens.NARROW - 50, corners=corners)
    wide = _sides(shares, sizes, width=tokens.WIDTH - 50, corners=corners, fixed=narrow)
    points["side"] = [one or other for one, other in zip(narrow, wide, strict=True)]
    points["wide_only"] = [not side for side in narrow]
    return points


def _sides(
    shares: np.ndarray, sizes: list[Any], *, width: float, corners: Mapping[str, str], fixed: list[str] | None = None
) -> list[str]:
    """The sides of names at one width of the plot; names that have a side in `fixed` keep it and count as taken."""
    points = [(float(x) * width, float(y) * _HEIGHT) for x, y in shares]
    taken = [_corner_box(corner, word, width) for corner, word in corners.items()]
    kept = fixed or [""] * len(points)
    for point, size, side in zip(points, sizes, kept, strict=True):
        if side:
            taken.append(place.box(point, size, place.SIDES[side]))
    open_sizes = [(0.0, 0.0) if side else size for size, side in zip(sizes, kept, strict=True)]
    return place.sides(points, open_sizes, place.Canvas(width, _HEIGHT, tuple(taken)))


def _corner_box(corner: str, word: str, width: float) -> place.Box:
    align, baseline = CORNERS[corner]
    inset = _INSET if align == "left" else -_INSET
    side = place.Side(align, baseline, inset, _INSET if baseline == "top" else -_INSET)
    point = (0.0 if align == "left" else width, 0.0 if baseline == "top" else float(_HEIGHT))
    return place.box(point, (frames.text_width(word, _NAME_SIZE), _NAME_HEIGHT), side)


def _channel(name: str, axis: Axis, domain: list[float]) -> Any:
    """A position channel with the axis' own texts at its ticks (plain figures where none are given)."""
    scale = alt.Scale(type="log" if axis.log else "linear", domain=domain, nice=False, zero=alt.Undefined)
    texts = layout.literal({f"{value:g}": frames.clean(text) for value, text in axis.ticks})
    words = {"values": [value for value, _ in axis.ticks], "labelExpr": f"{texts}[format(datum.value, '~g')]"}
    options: dict[str, Any] = words if axis.ticks else {"tickCount": 5, "format": "~g"}
    title = frames.clean(axis.title) or None
    shown = {"title": title, "titleAnchor": "end", "titlePadding": 8} if name == "x" else {"title": None}
    channel = alt.X if name == "x" else alt.Y
    return channel(f"{name}:Q", scale=scale, axis=alt.Axis(labelOverlap=True, **shown, **options))


def _middles(x: Axis, y: Axis) -> list[alt.Chart]:
    mark = layout.base().mark_rule(color=colour("context"), strokeWidth=1, strokeDash=[2, 3])
    return [mark.encode(x=alt.datum(x.mid)), mark.encode(y=alt.datum(y.mid))]


def _dots(x: Any, y: Any) -> alt.Chart:
    mark = layout.base().mark_circle(size=64, stroke=colour("paper"), strokeWidth=1)
    return mark.encode(x=x, y=y, color=layout.painted(), tooltip="tip:N")


def _corner_words(corners: Mapping[str, str], colours: Mapping[str, str]) -> list[alt.Chart]:
    layers = []
    for corner, word in corners.items():
        align, baseline = CORNERS[corner]
        inset = {"dx": _INSET if align == "left" else -_INSET, "dy": _INSET if baseline == "top" else -_INSET}
        style = {"fontSize": _NAME_SIZE, "fontWeight": 700, "color": colours.get(word, colour("ink-2"))}
        mark = alt.Chart(pd.DataFrame([{"word": word}])).mark_text(align=align, baseline=baseline, **inset, **style)
        x = alt.value(0 if align == "left" else "width")
        layers.append(mark.encode(x=x, y=alt.value(0 if baseline == "top" else "height"), text="word:N"))
    return layers


def _name_layers(points: pd.DataFrame) -> list[alt.Chart]:
    return [_names_at(name, side) for name, side in place.SIDES.items() if (points["side"] == name).any()]


def _names_at(name: str, side: place.Side) -> alt.Chart:
    style = {"align": side.align, "baseline": side.baseline, "dx": side.dx, "dy": side.dy, "fontSize": _NAME_SIZE}
    shown = alt.condition(f"{layout.ON_WIDE} || !datum.wide_only", alt.value(1), alt.value(0))
    mark = layout.base().mark_text(**style).transform_filter(f"datum.side == '{name}'")
    return mark.encode(x="x:Q", y="y:Q", text="label:N", color=layout.painted("name_colour"), opacity=shown)


def _y_title(axis: Axis) -> alt.Chart:
    style = {"align": "left", "baseline": "bottom", "dy": -8, "fontSize": tokens.NOTE_SIZE, "color": colour("ink-2")}
    mark = alt.Chart(pd.DataFrame([{"word": frames.clean(axis.title)}])).mark_text(**style)
    return mark.encode(x=alt.value(0), y=alt.value(0), text="word:N")


def _albers(lon: pd.Series, lat: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Albers' equal-area plane with the parallels 25° and 47° and the middle meridian 105°, in earth radii."""
    low, high = np.radians(25.0), np.radians(47.0)
    cone = (np.sin(low) + np.sin(high)) / 2
    constant = np.cos(low) ** 2 + 2 * cone * np.sin(low)
    angle = cone * np.radians(lon.to_numpy() - 105.0)
    radius = np.sqrt(constant - 2 * cone * np.sin(np.radians(lat.to_numpy()))) / cone
    return radius * np.sin(angle), -radius * np.cos(angle)


def _true_to_shape(plane: _Plane) -> tuple[alt.X, alt.Y]:
    """Channels whose ranges keep the plane's shape at any width (a quarter taller where it is narrow)."""
    ratio = (plane.y[1] - plane.y[0]) / (plane.x[1] - plane.x[0])
    across = f"min(width, height / {ratio:.4f})"
    down = f"min(height, {across} * {ratio:.4f} * 1.25)"
    x = alt.Scale(domain=plane.x, nice=False, range=[0, {"expr": across}])
    y = alt.Scale(domain=plane.y, nice=False, range=[{"expr": down}, 0])
    return alt.X("x:Q", axis=None, scale=x), alt.Y("y:Q", axis=None, scale=y)
