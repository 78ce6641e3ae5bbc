"""From a finished specification to its SVG; all that a process needs that draws charts made elsewhere."""

from __future__ import annotations

from functools import cache
from typing import Any

import vl_convert

from cityreach import paths
from cityreach.charts import fonts, svg, tokens
from cityreach.errors import ReportError

META = "cityreach"  # the place in `usermeta` where `finish` puts headline, source and key
VEGA_LITE = "6.4"
_PROBE = "上海成都"


def draw(spec: dict[str, Any]) -> str:
    """The SVG of a finished specification without its title; the same specification gives the same bytes."""
    register_typeface()
    words = spec["usermeta"][META]
    untitled = {name: value for name, value in spec.items() if name not in ("title", "usermeta", "description")}
    drawn = vl_convert.vegalite_to_svg(untitled, vl_version=VEGA_LITE)
    return svg.tidy(drawn, key=words["key"], alt=words["alt"])


@cache
def register_typeface() -> None:
    """Give the drawing engine the project's typeface; ReportError where it does not draw Chinese."""
    fonts.font_files()
    vl_convert.register_font_directory(str(paths.fonts()))
    pictures = {vl_convert.svg_to_png(_probe(character)) for character in _PROBE}
    if len(pictures) != len(_PROBE):
        raise ReportError(
            f"charts: the typeface {tokens.FONT!r} draws {_PROBE} alike, so labels would be empty. "
            f"Restore {', '.join(fonts.FILES.values())} in lib/cityreach/fonts (docs/fonts.md)."
        )


def _probe(character: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">'
        f'<text y="20" font-size="20" font-family="{tokens.FONT}">{character}</text></svg>'
    )
