"""Scenarios of the engine's steps: `<name>_input.csv`, `<name>_expected.csv` in `tests/cases/index/<topic>/`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from index_cases import CASES


def scenario(topic: str, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What goes in, and what must come out."""
    given, expected = (pd.read_csv(CASES / topic / f"{name}_{kind}.csv") for kind in ("input", "expected"))
    return given, expected


def names(topic: str) -> set[str]:
    return {path.stem.removesuffix("_input") for path in (CASES / topic).glob("*_input.csv")}


def column(frame: pd.DataFrame, name: str = "value") -> np.ndarray:
    return frame[name].to_numpy(float)


def texts(frame: pd.DataFrame, name: str) -> list[str]:
    """A column of words; an empty cell is an empty word."""
    return ["" if pd.isna(word) else str(word) for word in frame[name]]


def codes(frame: pd.DataFrame, name: str = "unit") -> np.ndarray:
    return pd.factorize(frame[name])[0].astype(np.intp)
