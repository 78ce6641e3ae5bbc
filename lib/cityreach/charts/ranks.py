"""Places over time, 1 at the top: the bump chart of the leading cities and the published record with its unknowns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import altair as alt
import pandas as pd

from cityreach.charts import frames, layout, tokens
from cityreach.charts.frames import ChartError
from cityreach.charts.tokens import colour

Breaks = Mapping[str, str] | Iterable[tuple[str, str]]
ROLES: Mapping[str, str] = MappingProxyType(
    {"focus": "focus", "second": "brand", "third": "down", "context": "context"}
)
_STEP = 32  # px between two places
_NAME_GAP = 12  # px between a name and its line
_DRAWN_ORDER = ("context", "third", "second", "focus")


def bump(frame: pd.DataFrame, *, top: int = 10, breaks: Breaks = ()) -> alt.LayerChart:
    """Places of the leading cities from edition to edition; grey but for at most three cities.

    Columns: edition (label), order (0, 1, … of the edition), city, rank (1 = best; null or beyond `top`: the line is
    interrupted), role ("focus", "second", "third": one city each; "context").
    breaks: edition label → word (mapping or pairs); the lines are cut before that edition, at a hairline.
    """
    points = _points(frame, "bump", top)
    marks = _break_marks(points, dict(breaks))
    points = _with_segments(points, [mark["at"] for mark in marks])
    names = _names(points)
    floor = max([top, *(name["row"] for name in names)]) + 0.5
    layers = [
        *_axes(points, top, floor),
        *_hairlines(marks, bottom=_STEP * floor),
        *_lines(points),
        *_name_layers(names),
    ]
    return layout.view(points, layers, height=_STEP * floor)


def steps(frame: pd.DataFrame, *, top: int = 10, band: str = "", breaks: Breaks = ()) -> alt.LayerChart:
    """The published places of some cities; what lies beyond the tenth or was not published stays open.

    Columns: as in `bump`, and known (bool: a place of this city was published in this edition; False: the list
    appeared without it). Editions without rows are gaps. A line that leaves the list ends as a dash at a band below
    the last place, which says in the words of `band` that the place is not known; no place is drawn there.
    """
    frames.require(frame, "steps", ["known"])
    points = _points(frame, "steps", top)
    points["rank"] = points["rank"].where(frames.flag(points, "known"))
    marks = _break_marks(points, dict(breaks))
    points = _with_segments(points, [mark["at"] for mark in marks])
    names = _names(points)
    layers = [
        *_axes(points, top, top + 1.6),
        _band(band, top),
        *_hairlines(marks, bottom=_STEP * (top + 0.1)),
        *_lines(points),
    ]
    layers += [_open_ends(points, top, [mark["at"] for mark in marks]), *_name_layers(names)]
    return layout.view(points, layers, height=_STEP * (top + 1.6))


def _points(frame: pd.DataFrame, chart: str, top: int) -> pd.DataFrame:
    """The frame in drawing order (context below, focus on top), places beyond `top` null."""
    frames.require(frame, chart, ["rank"])
    points = frames.prepared(frame, chart, texts=["edition", "city", "role"], numbers=["order"])
    frames.among(points["role"], ROLES, f"{chart}: `role`")
    _one_city_a_role(points, chart)
    ranks = pd.to_numeric(points["rank"], errors="coerce").astype(float)
    points["rank"] = ranks.where(ranks.between(1, top))
    points["colour"] = [colour(ROLES[role]) for role in points["role"]]
    points["depth"] = points["role"].map({role: depth for depth, role in enumerate(_DRAWN_ORDER)})
    points["tip"] = layout.tip(points["edition"], points["city"], _rank_texts(points["rank"]))
    return points.sort_values(["depth", "city", "order"], kind="stable").reset_index(drop=True)


def _one_city_a_role(points: pd.DataFrame, chart: str) -> None:
    cities = points[points["role"] != "context"].groupby("role")["city"].nunique()
    if (cities > 1).any():
        raise ChartError(f"charts.{chart}: role {cities.idxmax()!r} is given to {cities.max()} cities. Keep one.")


def _rank_texts(ranks: pd.Series) -> pd.Series:
    return ranks.map(lambda rank: "" if pd.isna(rank) else str(int(rank))).astype(str)


def _break_marks(points: pd.DataFrame, breaks: Mapping[str, str]) -> list[dict[str, Any]]:
    """Where hairlines stand (half a step before their edition), their words, and at which of two heights.

    ChartError for a break at an edition that the frame does not hold.
    """
    orders = dict(zip(points["edition"], points["order"], strict=True))
    span = max(points["order"].max() - points["order"].min(), 1)
    marks: list[dict[str, Any]] = []
    for edition, word in sorted(breaks.items(), key=lambda item: orders.get(item[0], 0)):
        if edition not in orders:
            raise ChartError(f"charts: break at {edition!r}, an edition that the frame does not hold. Correct it.")
        at, text = orders[edition] - 0.5, frames.clean(word)
        room = (at - marks[-1]["at"]) / span * (tokens.NARROW - 90) if marks else tokens.NARROW
        crowded = room < frames.text_width(text, tokens.NOTE_SIZE)
        marks.append({"at": at, "word": text, "level": 1 - marks[-1]["level"] if crowded else 0})
    return marks


def _with_segments(points: pd.DataFrame, cuts: list[float]) -> pd.DataFrame:
    """Adds line (one key per unbroken stretch of a city's line) and alone (a stretch of a single edition)."""
    points = points.copy()
    drawn = points["rank"].notna()
    era = sum((points["order"] > cut).astype(int) for cut in cuts) if cuts else 0
    stretch = points["order"] - drawn.groupby(points["city"]).cumsum()
    keys = points["city"] + "|" + stretch.astype(str) + "|" + pd.Series(era, index=points.index).astype(str)
    points["line"] = pd.factorize(keys.where(drawn, ""))[0]
    points["alone"] = drawn & (points.groupby("line")["city"].transform("size") == 1)
    return points


def _names(points: pd.DataFrame) -> list[dict[str, Any]]:
    """The names at both ends; cities that share a place stand in the rows that competition ranks leave free."""
    names = []
    for side, order in (("left", points["order"].min()), ("right", points["order"].max())):
        column = points[(points["order"] == order) & points["rank"].notna()].sort_values(
            ["rank", "city"], kind="stable"
        )
        for rank, row, city, role in zip(
            column["rank"], column.groupby("rank").cumcount(), column["city"], column["role"], strict=True
        ):
            names.append({"side": side, "at": order, "row": rank + row, "city": city, "role": role})
    return names


def _axes(points: pd.DataFrame, top: int, floor: float) -> list[alt.Chart]:
    """An empty layer that carries both axes: places at the left of the names, editions below."""
    first, last = points["order"].min(), points["order"].max()
    leading = points[(points["order"] == first) & points["rank"].notna()]["city"]
    offset = frames.widest(leading, tokens.LABEL_SIZE) + (_NAME_GAP if len(leading) else 0)
    left = alt.Axis(values=list(range(1, top + 1)), tickCount=top, offset=offset, labelFontSize=13, format="d")
    x_scale = alt.Scale(domain=[first, max(last, first + 1)], nice=False)
    x = alt.X("order:Q", title=None, axis=_edition_axis(points), scale=x_scale)
    y = alt.Y("rank:Q", title=None, axis=left, scale=alt.Scale(domain=[floor, 0.5], nice=False, zero=False))
    return [layout.base().mark_point().transform_filter("false").encode(x=x, y=y)]


def _edition_axis(points: pd.DataFrame) -> alt.Axis:
    labels = dict(sorted(zip(points["order"].astype(int), points["edition"], strict=True)))
    last, every = max(labels), layout.thinning(labels.values(), margin=2 * frames.widest(points["city"], 14) + 40)
    words = layout.literal({str(order): label for order, label in labels.items()})
    shown = f"({layout.thinned('datum.value', last=last, every=every)}) ? {words}[datum.value] : ''"
    return alt.Axis(values=list(labels), tickCount=len(labels), labelExpr=shown, labelOverlap=False)


def _hairlines(marks: list[dict[str, Any]], *, bottom: float) -> list[alt.Chart]:
    if not marks:
        return []
    table = pd.DataFrame(marks)
    line = alt.Chart(table).mark_rule(color=colour("context"), strokeWidth=1, strokeDash=[2, 3])
    rule = line.encode(x=alt.X("at:Q"), y=alt.YValue(0), y2=alt.Y2Value(bottom))
    style: dict[str, Any] = {"baseline": "bottom", "fontSize": tokens.NOTE_SIZE, "color": colour("ink-2")}
    words = [
        alt.Chart(table[table["level"] == level])
        .mark_text(dy=-4 - 16 * level, **style)
        .encode(x=alt.X("at:Q"), y=alt.YValue(0), text=alt.Text("word:N"))
        for level in sorted(set(table["level"]))
    ]
    return [rule, *words]


def _lines(points: pd.DataFrame) -> list[alt.Chart]:
    """Thin grey lines, thick coloured ones on top with a dot for each edition; lone places are dots."""
    drawn = layout.base().transform_filter("isValid(datum.rank)")
    place: dict[str, Any] = {"x": alt.X("order:Q"), "y": alt.Y("rank:Q")}
    stretch = {"detail": "line:N", "color": layout.painted(), **place}
    grey = drawn.mark_line(interpolate="monotone", strokeWidth=1.5).transform_filter("datum.role == 'context'")
    thick = drawn.mark_line(interpolate="monotone", strokeWidth=3).transform_filter("datum.role != 'context'")
    dots = drawn.mark_circle(size=52).transform_filter("datum.role != 'context' || datum.alone")
    targets = drawn.mark_circle(size=200, fillOpacity=0).encode(tooltip=alt.Tooltip("tip:N"), **place)
    return [grey.encode(**stretch), thick.encode(**stretch), dots.encode(color=layout.painted(), **place), targets]


def _name_layers(names: list[dict[str, Any]]) -> list[alt.Chart]:
    table = pd.DataFrame(names, columns=["side", "at", "row", "city", "role"])
    table["colour"] = [colour("ink-2" if role == "context" else ROLES[role]) for role in table["role"]]
    layers = []
    for side, align, dx in (("left", "right", -_NAME_GAP), ("right", "left", _NAME_GAP)):
        for bold in (False, True):
            part = table[(table["side"] == side) & ((table["role"] != "context") == bold)]
            if len(part):
                style: dict[str, Any] = {"align": align, "dx": dx, "fontWeight": 700 if bold else 400}
                mark = alt.Chart(part).mark_text(baseline="middle", **style)
                layers.append(
                    mark.encode(x=alt.X("at:Q"), y=alt.Y("row:Q"), text=alt.Text("city:N"), color=layout.painted())
                )
    return layers


def _band(word: str, top: int) -> Any:
    """The band below the last place, with its word."""
    ground = alt.Chart(pd.DataFrame([{"from": top + 0.6, "to": top + 1.6}]))
    area = ground.mark_rect(color=colour("rule"), opacity=0.5).encode(y=alt.Y("from:Q"), y2=alt.Y2("to:Q"))
    style: dict[str, Any] = {
        "align": "left",
        "baseline": "middle",
        "fontSize": tokens.NOTE_SIZE,
        "color": colour("ink-2"),
    }
    mark = ground.mark_text(dx=10, dy=-_STEP / 2, **style)
    text = mark.encode(x=alt.XValue(0), y=alt.Y("to:Q"), text=alt.TextValue(frames.clean(word)))
    return alt.layer(area, text)


def _open_ends(points: pd.DataFrame, top: int, cuts: list[float]) -> alt.Chart:
    """Dashes from the last known place towards the band, and from the band to the next known place."""
    ends: list[dict[str, Any]] = []
    for _, city in points.groupby("city", sort=False):
        records: list[Any] = city.sort_values("order").to_dict("records")
        ends += [_open_end(one, other, top) for one, other in pairwise(records) if _leaves_or_enters(one, other, cuts)]
    table = pd.DataFrame(ends, columns=["at", "rank", "at2", "rank2", "colour"])
    mark = alt.Chart(table).mark_rule(strokeDash=[4, 4], strokeWidth=1.5)
    return mark.encode(
        x=alt.X("at:Q"), y=alt.Y("rank:Q"), x2=alt.X2("at2:Q"), y2=alt.Y2("rank2:Q"), color=layout.painted()
    )


def _leaves_or_enters(one: dict[str, Any], other: dict[str, Any], cuts: list[float]) -> bool:
    """Whether one of two neighbouring editions, not parted by a break, holds a known place and the other none."""
    parted = any(one["order"] < cut < other["order"] for cut in cuts)
    return other["order"] - one["order"] == 1 and not parted and pd.isna(one["rank"]) != pd.isna(other["rank"])


def _open_end(one: dict[str, Any], other: dict[str, Any], top: int) -> dict[str, Any]:
    near, far = (one, other) if pd.isna(other["rank"]) else (other, one)
    middle = (near["order"] + far["order"]) / 2
    return {"at": near["order"], "rank": near["rank"], "at2": middle, "rank2": top + 0.6, "colour": near["colour"]}
