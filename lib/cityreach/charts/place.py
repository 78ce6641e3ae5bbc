"""Where the names of points go: greedy, best side first, never over a point or another name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Box = tuple[float, float, float, float]  # left, top, right, bottom in px


@dataclass(frozen=True)
class Side:
    """One place beside a point: how the text is anchored there and how far from the point."""

    align: str
    baseline: str
    dx: float
    dy: float


SIDES: Mapping[str, Side] = MappingProxyType(
    {
        "right": Side("left", "middle", 9, 0),
        "left": Side("right", "middle", -9, 0),
        "above": Side("center", "bottom", 0, -7),
        "below": Side("center", "top", 0, 8),
        "above-right": Side("left", "bottom", 5, -4),
        "below-right": Side("left", "top", 5, 5),
        "above-left": Side("right", "bottom", -5, -4),
        "below-left": Side("right", "top", -5, 5),
    }
)


@dataclass(frozen=True)
class Canvas:
    """What names must keep inside and clear of: the plot's size in px, and boxes that are taken."""

    width: float
    height: float
    taken: tuple[Box, ...] = ()


def sides(points: list[tuple[float, float]], sizes: list[tuple[float, float]], canvas: Canvas) -> list[str]:
    """For each point with a size > 0 (px of its name) the side of its name, "" where no side is free.

    Points come in order of importance; names that come later give way. All points are kept clear where that is
    possible, else at least those that have names of their own.
    """
    dots = [_around(point, 5) for point in points]
    named = [dot for dot, size in zip(dots, sizes, strict=True) if size[0] > 0]
    placed: list[Box] = list(canvas.taken)
    found = []
    for dot, point, size in zip(dots, points, sizes, strict=True):
        rounds = [[other for other in group if other != dot] for group in (dots, named)] if size[0] > 0 else []
        free = (_first_free(point, size, [*placed, *others], canvas) for others in rounds)
        side = next((name for name in free if name), "")
        if side:
            placed.append(box(point, size, SIDES[side]))
        found.append(side)
    return found


def box(point: tuple[float, float], size: tuple[float, float], side: Side) -> Box:
    """The rectangle that a name of a size takes beside a point."""
    (x, y), (width, height) = (point[0] + side.dx, point[1] + side.dy), size
    left = x - width * {"left": 0.0, "center": 0.5, "right": 1.0}[side.align]
    top = y - height * {"top": 0.0, "middle": 0.5, "bottom": 1.0}[side.baseline]
    return left, top, left + width, top + height


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _around(point: tuple[float, float], radius: float) -> Box:
    return point[0] - radius, point[1] - radius, point[0] + radius, point[1] + radius


def _first_free(point: tuple[float, float], size: tuple[float, float], taken: list[Box], canvas: Canvas) -> str:
    for name, side in SIDES.items():
        place = box(point, size, side)
        inside = place[0] >= 0 and place[1] >= 0 and place[2] <= canvas.width and place[3] <= canvas.height
        if inside and not any(overlap(place, other) for other in taken):
            return name
    return ""
