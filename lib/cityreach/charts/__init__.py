"""Charts of the house style: `use()` first, then a chart function, then `finish()` on its result."""

from cityreach.charts.bars import coverage_bars, group_bars, ranking_bars, waterfall
from cityreach.charts.finish import finish
from cityreach.charts.frames import ChartError
from cityreach.charts.theme import dark_config, use

__all__ = ["ChartError", "coverage_bars", "dark_config", "finish", "group_bars", "ranking_bars", "use", "waterfall"]
