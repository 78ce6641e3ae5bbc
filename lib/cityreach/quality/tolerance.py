"""What the intake's contracts are about to hold and stores of today's make do not; to be deleted once they all do."""

from __future__ import annotations

from typing import Any

import pandas as pd


def held(thing: Any, name: str, default: Any) -> Any:
    """A field of the intake's log (`sheet`, `repaired`, `gates`), or what stands for it."""
    return getattr(thing, name, default)


def filled(frame: pd.DataFrame, **defaults: Any) -> pd.DataFrame:
    """The frame with those of the columns that it lacks (`sheet`, `repair`, `time_precision`)."""
    return frame.assign(**{name: value for name, value in defaults.items() if name not in frame})
