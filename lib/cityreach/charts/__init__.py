"""Charts of the house style: `use()` first, then a chart function, then `finish()` on its result.

Chart functions take small frames with ready labels (nothing here knows a language) and return unfinished charts.
They are imported when first asked for, so that colours, fonts and drawings can be had without Altair.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cityreach.charts.bars import coverage_bars, group_bars, ranking_bars, waterfall
    from cityreach.charts.dots import dumbbell, lift_dots
    from cityreach.charts.finishing import finish
    from cityreach.charts.frames import ChartError
    from cityreach.charts.grids import distribution_grid
    from cityreach.charts.matrix import status_tiles
    from cityreach.charts.points import positions, quadrant
    from cityreach.charts.ranges import nested_bars, rank_ranges, share_dots
    from cityreach.charts.ranks import bump, steps
    from cityreach.charts.spread import daily_panels, histogram
    from cityreach.charts.theme import dark_config, use
    from cityreach.charts.tiles import heatmap, set_board
    from cityreach.charts.tokens import css_properties, css_variables, dark_colours, svg_css
    from cityreach.charts.tree import weight_tree

_HOME = {
    "coverage_bars": "bars",
    "group_bars": "bars",
    "ranking_bars": "bars",
    "waterfall": "bars",
    "dumbbell": "dots",
    "lift_dots": "dots",
    "finish": "finishing",
    "ChartError": "frames",
    "distribution_grid": "grids",
    "status_tiles": "matrix",
    "positions": "points",
    "quadrant": "points",
    "nested_bars": "ranges",
    "rank_ranges": "ranges",
    "share_dots": "ranges",
    "bump": "ranks",
    "steps": "ranks",
    "daily_panels": "spread",
    "histogram": "spread",
    "dark_config": "theme",
    "use": "theme",
    "heatmap": "tiles",
    "set_board": "tiles",
    "css_properties": "tokens",
    "css_variables": "tokens",
    "dark_colours": "tokens",
    "svg_css": "tokens",
    "weight_tree": "tree",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"cityreach.charts has no `{name}`")
    return getattr(import_module(f"cityreach.charts.{_HOME[name]}"), name)


__all__ = [
    "ChartError",
    "bump",
    "coverage_bars",
    "css_properties",
    "css_variables",
    "daily_panels",
    "dark_colours",
    "dark_config",
    "distribution_grid",
    "dumbbell",
    "finish",
    "group_bars",
    "heatmap",
    "histogram",
    "lift_dots",
    "nested_bars",
    "positions",
    "quadrant",
    "rank_ranges",
    "ranking_bars",
    "set_board",
    "share_dots",
    "status_tiles",
    "steps",
    "svg_css",
    "use",
    "waterfall",
    "weight_tree",
]
