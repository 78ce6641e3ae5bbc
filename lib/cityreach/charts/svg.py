"""A drawn chart made fit to stand among others in one page: own ids, one role, one label."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

_ROOT = re.compile(r"<svg\b([^>]*)>")
_ACCESSIBILITY = re.compile(r'\s(?:role|aria-[a-z]+)="[^"]*"')
_ID = re.compile(r'(?<=\sid=")[^"]*(?=")')
_REFERENCE = re.compile(r'(url\(["\']?#|href="#)([^)"\']*)')
_TAG = re.compile(r"<[^>]*>")
_GEOMETRY = re.compile(r'\s(?:d|transform|[xy][12]?|width|height)="[^"]*"')
_LONG_NUMBER = re.compile(r"(\.\d\d)\d+")
# Classes and pointers that only a live view needs.
_LIVE_ONLY = re.compile(r'\s(?:class="[^"]*"|pointer-events="[^"]*"|style="cursor: [a-z]+;?"|opacity="1")')
# Paths that draw nothing: frames without fill and stroke, and the targets of tooltips.
_INVISIBLE = re.compile(r'<path(?:(?![^>]*\s(?:fill|stroke)=)|(?=[^>]*\s(?:fill-)?opacity="0"))[^>]*/>')
_FAMILY = re.compile(r'\sfont-family="[^"]*"')


def tidy(svg: str, *, key: str, alt: str) -> str:
    """An SVG from Vega with one ``role="img"`` and label on the outside and every id prefixed with the figure's key.

    What draws nothing is left out, and the typeface is named once. Ids are numbered in order of appearance, so
    that they do not depend on what was drawn before in the same process.
    """
    family = _FAMILY.search(svg)
    bare = _TAG.sub(lambda tag: _stripped(tag[0]), _INVISIBLE.sub("", svg))
    names = {old: f"{key}-{number}" for number, old in enumerate(dict.fromkeys(_ids(bare)), start=1)}
    renamed = _TAG.sub(lambda tag: _rename(tag[0], names), bare)
    label = f'{family[0] if family else ""} role="img" aria-label={quoteattr(alt)}'
    return _ROOT.sub(lambda found: f"<svg{found[1]}{label}>", renamed, count=1)


def _stripped(tag: str) -> str:
    """A tag without roles and live-only attributes, its coordinates cut to hundredths of a pixel."""
    static = _FAMILY.sub("", _LIVE_ONLY.sub("", _ACCESSIBILITY.sub("", tag)))
    return _GEOMETRY.sub(lambda attribute: _LONG_NUMBER.sub(r"\1", attribute[0]), static)


def _ids(svg: str) -> list[str]:
    return [name for tag in _TAG.findall(svg) for name in _ID.findall(tag)]


def _rename(tag: str, names: dict[str, str]) -> str:
    tag = _ID.sub(lambda found: names.get(found[0], found[0]), tag)
    return _REFERENCE.sub(lambda found: found[1] + names.get(found[2], found[2]), tag)
