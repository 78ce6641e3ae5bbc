"""What makes the page's charts live: one script bundle for all, and their specifications as data."""

from __future__ import annotations

import hashlib
import json
from importlib import metadata
from pathlib import Path
from typing import Any

from cityreach import paths

VL_VERSION = "6.4"


def bundle() -> str:
    """The Vega script that sets `vegaEmbed`; made once in a project (over a second), later read from a file."""
    key = hashlib.sha256(f"{metadata.version('vl-convert-python')} {VL_VERSION}".encode()).hexdigest()[:16]
    cached = _cache() / f"vega-{key}.js"
    if cached.is_file():
        return cached.read_text(encoding="utf-8")
    script = _made().replace("</script", "<\\/script")
    cached.parent.mkdir(parents=True, exist_ok=True)
    fresh = cached.with_suffix(".new")
    fresh.write_text(script, encoding="utf-8")
    fresh.replace(cached)
    return script


def _made() -> str:
    import vl_convert

    converter: Any = vl_convert  # its type stub asks for an argument that is optional
    return str(converter.javascript_bundle(vl_version=VL_VERSION))


def _cache() -> Path:
    return paths.data("store", ".cache")


def json_for_script(value: Any) -> str:
    """JSON that can stand inside a script element whatever texts it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
