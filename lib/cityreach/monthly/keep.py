"""Computes what a monthly report would else compute, and keeps it in the store (`insight.keeping`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from cityreach.insight.keeping import names
from cityreach.monthly import facts
from cityreach.monthly.analysis import Analysis, analyse


def keep(edition_id: str) -> None:
    """Keep the frames and findings of an edition whose exports are taken in; what cannot be computed is left out."""
    analysis = analyse(edition_id)
    frames = {name: _tried(partial(getattr, analysis, name)) for name in names(Analysis)}
    findings = _tried(partial(facts.made, analysis))
    analysis.frames.write({name: frame for name, frame in frames.items() if frame is not None}, findings)


def _tried(compute: Callable[[], Any]) -> Any:
    try:
        return compute()
    except Exception:  # noqa: BLE001 - the report meets the same error, and names the cell that met it
        return None
