"""The house style as an Altair theme, and `use()`, which switches it on and proves that Chinese can be drawn."""

from __future__ import annotations

import os
from typing import Any

import altair as alt
from altair.utils import schemapi

from cityreach.blocks import DRAW_LATER
from cityreach.charts import drawing, renderer, rows, tokens

NAME = "cityreach"


def use() -> None:
    """Register the typeface, check that it draws, and switch on theme and renderer; ReportError where it cannot."""
    if os.environ.get(DRAW_LATER):  # who draws beside the kernel checks the typeface there
        schemapi.disable_debug_mode()  # in a build nobody looks at a chart that is half made, so none is checked
    else:
        drawing.register_typeface()
    plain: Any = rows.plain
    alt.data_transformers.register(NAME, plain)
    alt.data_transformers.enable(NAME)
    alt.theme.enable(NAME)
    alt.renderers.register(renderer.NAME, renderer.render)
    alt.renderers.enable(renderer.NAME)


@alt.theme.register(NAME, enable=False)
def theme() -> alt.theme.ThemeConfig:
    """The theme's configuration, light."""
    return alt.theme.ThemeConfig(config=config(tokens.LIGHT))


def dark_config() -> dict[str, Any]:
    """The same configuration in dark colours, for charts that are drawn live on a dark page."""
    return dict(config(tokens.DARK))


def config(colours: Any) -> Any:
    """The Vega-Lite configuration in a set of colours; every size and line is decided here."""
    text = {"font": tokens.FONT_STACK, "fontSize": tokens.LABEL_SIZE, "color": colours["ink"]}
    return {
        "font": tokens.FONT_STACK,
        "aria": False,
        "background": "transparent",
        "view": {"stroke": None},
        "mark": {"color": colours["brand"]},
        "text": text,
        "bar": {"color": colours["context-fill"]},
        "rule": {"color": colours["rule"]},
        "line": {"strokeWidth": 2, "strokeCap": "round", "strokeJoin": "round"},
        "circle": {"opacity": 1},
        "axis": _axis(colours),
        "legend": _legend(colours),
        "title": _title(colours),
    }


def _axis(colours: Any) -> dict[str, Any]:
    return {
        "domain": False,
        "ticks": False,
        "grid": False,
        "gridColor": colours["rule"],
        "gridWidth": 1,
        "labelColor": colours["ink-2"],
        "labelFontSize": tokens.NOTE_SIZE,
        "labelPadding": 8,
        "titleColor": colours["ink-2"],
        "titleFontSize": tokens.NOTE_SIZE,
        "titleFontWeight": 400,
        "labelFlush": False,
    }


def _legend(colours: Any) -> dict[str, Any]:
    return {
        "orient": "top",
        "direction": "horizontal",
        "title": None,
        "symbolType": "square",
        "symbolSize": 130,
        "labelColor": colours["ink-2"],
        "labelFontSize": tokens.NOTE_SIZE,
        "labelLimit": 0,
        "offset": 12,
        "columnPadding": 16,
    }


def _title(colours: Any) -> dict[str, Any]:
    return {
        "anchor": "start",
        "frame": "bounds",
        "color": colours["ink"],
        "fontSize": tokens.TITLE_SIZE,
        "fontWeight": 700,
        "subtitleColor": colours["ink-2"],
        "subtitleFontSize": tokens.NOTE_SIZE,
        "subtitlePadding": 6,
        "offset": 16,
    }
