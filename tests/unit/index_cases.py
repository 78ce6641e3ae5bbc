"""Small editions, metrics and methods for the tests of the index engine."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from cityreach import spec, tables
from cityreach.edition import Edition
from cityreach.index.method import Method, read_method

CASES = Path(__file__).resolve().parents[1] / "cases" / "index"
WORDS = {"zh": "字", "en": "word"}
FIRST = date(2025, 4, 1)
FIGURES = [
    "posts", "active_days", "interactions", "interactions_per_post", "peak", "followers", "new_followers", "views",
    "views_per_post",
]  # fmt: skip


def mini() -> Method:
    return read_method(CASES / "mini@1.yml")


def mini_content() -> Any:
    """The mini method's YAML content, free to be changed."""
    return copy.deepcopy(spec.read_yaml(CASES / "mini@1.yml"))


def make_edition(name: str = "2025-04", *, days: int = 30, platforms: str = "facebook x", **other: Any) -> Edition:
    last = FIRST + timedelta(days=days - 1)
    content = {
        "id": name, "title": WORDS, "label": WORDS, "window": {"first": FIRST, "last": last}, "counting_date": last,
        "panel": "two", "platforms": tuple(platforms.split()), "method": "mini@1", "mode": "ordered",
        "source": "simulated",
    }  # fmt: skip
    return Edition(**{**content, **other})


def metrics_of(rows: pd.DataFrame, edition: str = "2025-04") -> pd.DataFrame:
    """Rows with city_id, platform and some figures, as a METRICS table."""
    usual = {"edition": edition, "accounts": 1, "status": "measured"}
    return tables.conform(rows.assign(**{key: value for key, value in usual.items() if key not in rows}), "metrics")


def figures(edition: str = "2025-04", **by_place: tuple[float | None, float | None]) -> pd.DataFrame:
    """Metrics from `A_facebook=(posts, peak)`."""
    rows = [(*place.split("_"), *pair) for place, pair in by_place.items()]
    return metrics_of(pd.DataFrame(rows, columns=["city_id", "platform", "posts", "peak"]), edition)


def cell(scores: pd.DataFrame, city: str, node: str = "composite", edition: str | None = None) -> pd.Series:
    rows = scores[(scores["city_id"] == city) & (scores["node"] == node)]
    rows = rows if edition is None else rows[rows["edition"] == edition]
    assert len(rows) == 1
    return rows.iloc[0]
