"""Charts of the house style: `use()` first, then a chart function, then `finish()` on its result.

Chart functions take small frames with ready labels (nothing here knows a language) and return unfinished charts.
"""

from cityreach.charts.bars import coverage_bars, group_bars, ranking_bars, waterfall
from cityreach.charts.dots import dumbbell, lift_dots
from cityreach.charts.finish import finish
from cityreach.charts.frames import ChartError
from cityreach.charts.points import positions, quadrant
from cityreach.charts.ranks import bump, steps
from cityreach.charts.theme import dark_config, use
from cityreach.charts.tiles import heatmap, set_board
from cityreach.charts.tokens import css_properties, css_variables, dark_colours, svg_css

__all__ = [
    "ChartError",
    "bump",
    "coverage_bars",
    "css_properties",
    "css_variables",
    "dark_colours",
    "dark_config",
    "dumbbell",
    "finish",
    "group_bars",
    "heatmap",
    "lift_dots",
    "positions",
    "quadrant",
    "ranking_bars",
    "set_board",
    "steps",
    "svg_css",
    "use",
    "waterfall",
]
