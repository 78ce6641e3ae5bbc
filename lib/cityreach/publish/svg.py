"""Chart SVGs made fit to stand inside a page, many of them side by side."""

from __future__ import annotations

import html
import re

_ROOT = re.compile(r"<svg\b[^>]*>")
_SIZE = re.compile(r'\b(width|height)="([\d.]+)(?:px)?"')
_VIEW_BOX = re.compile(r'\bviewBox="([^"]*)"')
_ID = re.compile(r'\bid="([^"]+)"')
_LABELS = re.compile(r'\s(?:role|aria-[a-z]+|class)="[^"]*"')
_PROLOGUE = re.compile(r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE[^>]*>\s*)?")


def inline(svg: str, *, prefix: str, label: str) -> str:
    """The SVG with its own ids, one text for screen readers, and a size that follows its container.

    prefix: put before every id. label: the text for screen readers; inner roles and labels are taken out.
    """
    body = _LABELS.sub("", _PROLOGUE.sub("", svg, count=1))
    body = _own_ids(body, prefix)
    root = _ROOT.search(body)
    if root is None:
        return body
    width, height = size(svg)
    box = _VIEW_BOX.search(root.group())
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(label)}" '
        f'viewBox="{box.group(1) if box else f"0 0 {width:g} {height:g}"}" width="{width:g}" height="{height:g}">'
    )
    return opening + body[root.end() :].strip()


def size(svg: str) -> tuple[float, float]:
    """Width and height in px that the SVG's root states; 680 by 400 where it states none."""
    root = _ROOT.search(svg)
    found = dict(_SIZE.findall(root.group())) if root else {}
    return float(found.get("width", 680)), float(found.get("height", 400))


def texts(svg: str) -> str:
    """All characters that the SVG draws as text."""
    return html.unescape("".join(re.findall(r">([^<]+)<", svg)))


def _own_ids(svg: str, prefix: str) -> str:
    """Ids, `url(#…)` and `href="#…"` with the prefix; names such as gradient_0 come back in every chart."""
    if not _ID.search(svg):
        return svg
    svg = _ID.sub(rf'id="{prefix}-\1"', svg)
    svg = re.sub(r"url\((['\"]?)#", rf"url(\1#{prefix}-", svg)
    return re.sub(r'((?:xlink:)?href)="#', rf'\1="#{prefix}-', svg)
