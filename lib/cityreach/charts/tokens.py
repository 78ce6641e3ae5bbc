"""Colours, sizes and type of every chart and page; no other module holds a hex value.

Each token has a light and a dark value. Text tokens reach 4.5 : 1 on paper, mark tokens 3 : 1 (tests compute it).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cityreach.errors import ReportError

FONT = "Noto Sans SC"
FONT_STACK = (
    '"Noto Sans SC", "PingFang SC", "HarmonyOS Sans SC", "MiSans", "Source Han Sans SC", "Microsoft YaHei", sans-serif'
)

WIDTH = 680  # px, a chart with its labels; 165 mm in print
NARROW = 340  # px, the width on a phone for which labels are placed
NOTE_SIZE = 12  # px, the smallest text of a chart
LABEL_SIZE = 14
TITLE_SIZE = 17

_STEPS = (0.10, 0.31, 0.52, 0.77, 1.0)  # shares of brand over paper


def mix(colour: str, ground: str, share: float) -> str:
    """`share` (0..1) of a colour over a ground, both as ``#RRGGBB``."""
    blended = [share * a + (1 - share) * b for a, b in zip(_channels(colour), _channels(ground), strict=True)]
    return "#" + "".join(f"{round(255 * channel):02X}" for channel in blended)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours as WCAG 2 defines it, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _channels(colour: str) -> list[float]:
    return [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _with_steps(colours: dict[str, str]) -> Mapping[str, str]:
    steps = {f"step-{n}": mix(colours["brand"], colours["paper"], s) for n, s in enumerate(_STEPS, start=1)}
    return MappingProxyType(colours | steps)


LIGHT: Mapping[str, str] = _with_steps(
    {
        "ink": "#1A1F2B",
        "ink-2": "#5B6472",
        "rule": "#D9DEE5",
        "paper": "#FFFFFF",
        "brand": "#12406B",
        "focus": "#C8372D",
        "context": "#8A94A3",
        "context-fill": "#C9D0D9",
        "up": "#C8372D",
        "down": "#1C7C7D",
        "facebook": "#2F6DB5",
        "x": "#3A3F47",
        "instagram": "#A8326E",
        "youtube": "#B0302B",
        "tiktok": "#0B7A7C",
    }
)

DARK: Mapping[str, str] = _with_steps(
    {
        "ink": "#E8EBF0",
        "ink-2": "#A7B0BD",
        "rule": "#333A46",
        "paper": "#14171D",
        "brand": "#8FB8E0",
        "focus": "#F08A7E",
        "context": "#667182",
        "context-fill": "#3A424F",
        "up": "#F08A7E",
        "down": "#6CC5C1",
        "facebook": "#7FB0E6",
        "x": "#C6CBD3",
        "instagram": "#E08DB8",
        "youtube": "#EE8B80",
        "tiktok": "#63C2C3",
    }
)

TEXT_TOKENS = ("ink", "ink-2", "brand", "focus", "up", "down", "facebook", "x", "instagram", "youtube", "tiktok")
MARK_TOKENS = (*TEXT_TOKENS, "context")
CATEGORY_LIMIT = 6
STATES = ("brand", "step-3", "context-fill", "paper")  # from seen to absent, for parts of one bar
STEP_COUNT = len(_STEPS)
# The text on each step of the sequential scale; holds in both modes, because steps and paper turn over together.
STEP_TEXT: Mapping[str, str] = MappingProxyType(
    {"step-1": "ink", "step-2": "ink", "step-3": "ink", "step-4": "paper", "step-5": "paper"}
)


def colour(token: str) -> str:
    """The light value of a token; ReportError lists the tokens."""
    if token not in LIGHT:
        raise ReportError(f"charts: colour token {token!r} does not exist. Use one of: {', '.join(LIGHT)}.")
    return LIGHT[token]


def css_variables() -> dict[str, str]:
    """Light hex → CSS custom property (``#12406B`` → ``--cr-brand``), one name for each hex that a chart can hold.

    Tokens that share a hex share their dark value too (focus and up), so the first name stands for both.
    """
    names: dict[str, str] = {}
    for token, value in LIGHT.items():
        names.setdefault(value, f"--cr-{token}")
    return names


def css_properties(mode: str = "light") -> str:
    """The declarations ``--cr-brand:#12406B;…`` of one mode (``light`` or ``dark``), for a rule of the page."""
    values = DARK if mode == "dark" else LIGHT
    return "".join(f"--cr-{token}:{value};" for token, value in values.items())


def svg_css(scope: str) -> str:
    """CSS by which the page's variables override the colours written into inline SVG, static or live, under `scope`."""
    rules = [
        f'{scope} svg [{attribute}="{value}"]{{{attribute}:var({name})}}'
        for value, name in css_variables().items()
        for attribute in ("fill", "stroke")
    ]
    return "\n".join(rules)


def dark_colours() -> dict[str, str]:
    """Light hex → dark hex, for specifications that are drawn anew in dark mode."""
    return {LIGHT[token]: DARK[token] for token in reversed(list(LIGHT))}
