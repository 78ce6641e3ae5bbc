"""How a finished chart is shown by a notebook cell: one output with the block, the specification and the SVG."""

from __future__ import annotations

from typing import Any

import vl_convert

from cityreach import blocks
from cityreach.charts import svg
from cityreach.charts.finish import META
from cityreach.charts.frames import ChartError

NAME = "cityreach"
SPEC_MIME = "application/vnd.vegalite.v6+json"
SVG_MIME = "image/svg+xml"
VEGA_LITE = "6.4"


def render(spec: dict[str, Any], **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The output bundle of a finished chart; ChartError for a chart that did not go through `finish`.

    The specification keeps its title (JupyterLab shows it), the SVG has none: pages set headline and source as text.
    """
    words = spec.get("usermeta", {}).get(META)
    if not words:
        raise ChartError("charts: this chart has no headline and source. End the cell with charts.finish(...).")
    bundle = {
        blocks.MIME: {"kind": "figure", **words},
        SPEC_MIME: spec,
        SVG_MIME: draw(spec),
        "text/plain": words["alt"],
    }
    return bundle, {}


def draw(spec: dict[str, Any]) -> str:
    """The SVG of a finished specification without its title; the same specification gives the same bytes."""
    words = spec["usermeta"][META]
    untitled = {name: value for name, value in spec.items() if name not in ("title", "usermeta", "description")}
    drawn = vl_convert.vegalite_to_svg(untitled, vl_version=VEGA_LITE)
    return svg.tidy(drawn, key=words["key"], alt=words["alt"])
