"""The only way out for a chart: what it says, what it shows, where the figures are from, and how it reads aloud."""

from __future__ import annotations

import re
from typing import Any

from altair import TitleParams, renderers

from cityreach.blocks import Text, plain
from cityreach.charts.drawing import META
from cityreach.charts.frames import ChartError

_KEY = re.compile(r"[a-z][a-z0-9_-]*")


def _show(chart: Any) -> Any:
    """What a notebook cell shows, without the check against the Vega-Lite schema: it costs more than the drawing."""
    renderer: Any = renderers.get()
    return renderer(chart.to_dict(validate=False, context={"pre_transform": False}))


def finish(chart: Any, *, headline: Text | str, subtitle: Text | str, source: Text | str, alt: str, key: str) -> Any:
    """The same chart with what every published chart carries; the renderer and the exporters read it from there.

    headline: the finding; subtitle: what, unit, window (may be ""); source: where the figures are from, with the
    counting date; alt: the chart in words for those who cannot see it; key: name of the figure, ``[a-z][a-z0-9_-]*``.
    Texts with figures keep their runs in the block. ChartError where headline, source or alt is empty or the key is
    not of that form.
    """
    given = {"headline": headline, "subtitle": subtitle, "source": source, "alt": alt}
    words = {name: " ".join(plain(text).split()) for name, text in given.items()}
    for name in ("headline", "source", "alt"):
        if not words[name]:
            raise ChartError(f"charts.finish: `{name}` of figure {key!r} is empty. Every published chart states it.")
    if not _KEY.fullmatch(key):
        raise ChartError(f"charts.finish: key {key!r} is not usable. Write lower-case letters, digits, - and _.")
    lines = [words["subtitle"], words["source"]]
    chart.title = TitleParams(words["headline"], subtitle=[line for line in lines if line])
    chart.description = words["alt"]
    runs = {name: text for name, text in given.items() if not isinstance(text, str)}
    chart.usermeta = {META: {**words, **runs, "key": key}}
    object.__setattr__(chart, "_repr_mimebundle_", lambda *_, **__: _show(chart))
    return chart
