"""How a finished chart is shown by a notebook cell: one output with the block, the specification and the SVG."""

from __future__ import annotations

import os
from typing import Any

from cityreach import blocks
from cityreach.blocks import DRAW_LATER, SPEC_MIME, SVG_MIME
from cityreach.charts.drawing import META, draw
from cityreach.charts.frames import ChartError

NAME = "cityreach"


def render(spec: dict[str, Any], **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The output bundle of a finished chart; ChartError for a chart that did not go through `finish`.

    The specification keeps its title (JupyterLab shows it), the SVG has none: pages set headline and source as text.
    """
    words = spec.get("usermeta", {}).get(META)
    if not words:
        raise ChartError("charts: this chart has no headline and source. End the cell with charts.finish(...).")
    bundle: dict[str, Any] = {blocks.MIME: {"kind": "figure", **words}, SPEC_MIME: spec, "text/plain": words["alt"]}
    if not os.environ.get(DRAW_LATER):
        bundle[SVG_MIME] = draw(spec)
    return bundle, {}
