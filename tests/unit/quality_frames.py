"""Small editions made by hand for the tests of the data quality page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from insight_frames import posts

from cityreach import edition as editions
from cityreach import intake, registry, tables
from cityreach.intake import FileLog, IntakeLog
from cityreach.quality import rules
from cityreach.quality.received import Received

__all__ = ["log", "metrics", "posts", "quarantine", "received", "snapshots"]

BEIJING, SHANGHAI = "110000", "310000"


def snapshots(followers: Mapping[str, int | None], *, day: str = "2025-04-07") -> pd.DataFrame:
    """A SNAPSHOTS table: account → followers on that day."""
    rows = [(account, pd.Timestamp(day), count, None, "exact", "s.json") for account, count in followers.items()]
    return tables.conform(pd.DataFrame(rows, columns=list(tables.SNAPSHOTS)), "snapshots")


def quarantine(rows: Sequence[tuple[str, int, str, str, str]]) -> pd.DataFrame:
    """A QUARANTINE table of (file, row, column, value, reason)."""
    frame = pd.DataFrame(rows, columns=["file", "row", "column", "value", "reason"])
    return tables.conform(frame.assign(sheet="", repair=""), "quarantine")


def metrics(states: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """A METRICS table: (city, platform) → status."""
    rows = [{"edition": "e", "city_id": c, "platform": p, "accounts": 1, "status": s} for (c, p), s in states.items()]
    return tables.conform(pd.DataFrame(rows, columns=list(tables.METRICS)), "metrics")


def log(*files: FileLog, **parts: Any) -> IntakeLog:
    return IntakeLog(edition="e", files=files, **parts)


def received(**parts: Any) -> Received:
    """An edition of two cities on one platform without any row; `parts` replace what matters."""
    edition = editions.load("2025-03").model_copy(update={"platforms": ("x",), "panel": "four-cities"})
    known = registry.load()
    account = known.accounts[known.accounts["platform"] == "x"]
    usual: dict[str, Any] = {
        "edition": edition,
        "registry": known,
        "rules": rules.load(),
        "log": log(),
        "posts": tables.empty("posts"),
        "snapshots": tables.empty("snapshots"),
        "quarantine": tables.empty("quarantine"),
        "metrics": metrics({(BEIJING, "x"): "missing", (SHANGHAI, "x"): "no_account"}),
        "history": tables.empty("posts")[["account_id", "published_at"]],
        "before": None,
        "followers_before": None,
        "expected": account[account["city_id"] == BEIJING].head(1),
        "formats": {one.id: one.label for one in intake.load_formats()},
        "gates": (),
    }
    return Received(**(usual | parts))
