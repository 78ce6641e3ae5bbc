"""What the exporters ask of a chart's SVG; the charts themselves give it its ids, its label and its viewBox."""

from __future__ import annotations

import html
import re

_ROOT = re.compile(r"<svg\b[^>]*>")
_SIZE = re.compile(r'\b(width|height)="([\d.]+)(?:px)?"')
_TEXT = re.compile(r">([^<]+)<")


def size(svg: str) -> tuple[float, float]:
    """Width and height in px that the SVG's root states; 680 by 400 where it states none."""
    root = _ROOT.search(svg)
    found = dict(_SIZE.findall(root.group())) if root else {}
    return float(found.get("width", 680)), float(found.get("height", 400))


def texts(svg: str) -> str:
    """All characters that the SVG draws as text."""
    return html.unescape("".join(_TEXT.findall(svg)))
