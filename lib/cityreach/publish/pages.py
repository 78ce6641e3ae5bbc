"""Which order fills the printed pages: where a chart or table must wait for the next page, text moves up before it.

Only the print does this, only inside a section. Nothing passes anything of its own kind, and a text that leads to a
chart or table stays with it, so that figures, tables and the argument keep their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PAGE = 247.0  # mm of a page that hold text
FIRST_LINES = 22.0  # mm that must be free for a text to begin on a page
AHEAD = 4  # how many blocks further text is looked for
SPACE = {
    "figure": 8.0,
    "table": 8.0,
    "case": 7.0,
    "tiles": 6.0,
    "note": 5.0,
    "findings": 4.0,
    "advice": 4.0,
    "prose": 4.3,
    "list": 4.3,
}
BREAKING = ("prose", "list", "findings", "advice")
MOVING = ("prose", "case", "note", "table", "figure")
HEADING_ROOM = {1: 14.0, 2: 9.0}  # mm above a heading; a heading never stands last on a page


def filled(parts: Sequence[dict[str, Any]], heights: Sequence[float]) -> list[int]:
    """The order (indices of `parts`) in which the blocks leave the least of the pages empty.

    heights: mm of each block on the text width, in the order of the parts.
    """
    waiting = list(range(len(parts)))
    order: list[int] = []
    used = 0.0
    while waiting:
        index = waiting.pop(0)
        if not _fits(parts, heights, [index, *waiting], used):
            moved = _next_that_fits(parts, heights, [index, *waiting], used)
            if moved is None:
                used = 0.0
            else:
                waiting.remove(moved)
                waiting.insert(0, index)
                index = moved
        order.append(index)
        used = _after(parts[index], heights[index], used)
    return order


def _fits(parts: Sequence[dict[str, Any]], heights: Sequence[float], waiting: list[int], used: float) -> bool:
    """Whether the first block that waits has room on the page; a heading needs room for what follows it, too."""
    part, height = parts[waiting[0]], heights[waiting[0]]
    room = PAGE - used - (_space(part) if used else 0.0)
    if _breaks(part):
        return room >= min(height, FIRST_LINES)
    if part["kind"] == "section" and len(waiting) > 1:
        return _fits(parts, heights, waiting[1:], used + _space(part) + height)
    return room >= height


def _next_that_fits(
    parts: Sequence[dict[str, Any]], heights: Sequence[float], waiting: list[int], used: float
) -> int | None:
    """The next block of the section that may stand before the first and has room on the page."""
    kinds = [parts[index]["kind"] for index in waiting]
    if kinds[0] not in MOVING:
        return None
    for place, index in enumerate(waiting[1 : AHEAD + 1], start=1):
        if kinds[place] not in MOVING:
            return None
        leads = kinds[place] == "prose" and kinds[place + 1 : place + 2] in (["figure"], ["table"])
        if kinds[place] not in kinds[:place] and not leads and _fits(parts, heights, [index], used):
            return index
    return None


def _after(part: dict[str, Any], height: float, used: float) -> float:
    """How much of the page is used once the block stands on it."""
    end = used + (_space(part) if used else 0.0) + height
    return end % PAGE if _breaks(part) else end


def _space(part: dict[str, Any]) -> float:
    if part["kind"] == "section":
        return HEADING_ROOM.get(int(part["level"]), 9.0)
    return SPACE.get(part["kind"], 5.0)


def _breaks(part: dict[str, Any]) -> bool:
    return part["kind"] in BREAKING or bool(part.get("breaks"))
