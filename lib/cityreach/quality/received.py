"""Everything that the data quality page is made from, read from the store and the registry; nothing is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cityreach import edition as editions
from cityreach import gates, intake, paths, registry, store, tables
from cityreach.edition import Edition
from cityreach.gates import Share
from cityreach.intake import IntakeLog
from cityreach.quality import rules
from cityreach.quality.rules import Rules
from cityreach.registry import Registry

STAMP = ["account_id", "published_at"]


@dataclass(frozen=True)
class Received:
    """An edition as it was taken in.

    history: account_id and published_at of the posts of earlier editions. before: the edition before with its
    SNAPSHOTS in `followers_before`, both None where there is none in the store. expected: the active accounts of panel
    and platforms. formats: id → label in both languages. gates: what the edition's thresholds came to.
    """

    edition: Edition
    registry: Registry
    rules: Rules
    log: IntakeLog
    posts: pd.DataFrame
    snapshots: pd.DataFrame
    quarantine: pd.DataFrame
    metrics: pd.DataFrame
    history: pd.DataFrame
    before: Edition | None
    followers_before: pd.DataFrame | None
    expected: pd.DataFrame
    formats: Mapping[str, Any]
    gates: tuple[Share, ...]


def load(edition_id: str) -> Received:
    """The edition's own tables, and of the editions before it what is compared; DataError where metrics are absent."""
    edition, known, log = editions.load(edition_id), registry.load(), intake.load_log(edition_id)
    earlier = [each for each in editions.history(edition, count=editions.YEAR_BEFORE) if _taken_in(each)]
    before = next((each for each in earlier if each.id == edition.previous), None)
    limits = rules.load()
    count, expected = limits.off_hours.editions, intake.expected_accounts(edition, known)
    return Received(
        edition=edition,
        registry=known,
        rules=limits,
        log=log,
        posts=_posts(edition),
        snapshots=store.read("snapshots", edition_id),
        quarantine=store.read("quarantine", edition_id),
        metrics=store.read("metrics", edition_id),
        history=_stamps(earlier[-count:] if count else []),
        before=before,
        followers_before=store.read("snapshots", before.id) if before else None,
        expected=expected,
        formats={one.id: one.label for one in intake.load_formats()},
        gates=tuple(gates.shares(edition, log)),
    )


def _taken_in(edition: Edition) -> bool:
    return store.exists("posts", edition.id) and store.exists("snapshots", edition.id)


def _posts(edition: Edition) -> pd.DataFrame:
    """The posts of the edition's platforms."""
    posts = store.read("posts", edition.id)
    return posts[posts["platform"].isin(edition.platforms)].reset_index(drop=True)


def _stamps(earlier: list[Edition]) -> pd.DataFrame:
    parts = [store.read("posts", each.id, columns=STAMP) for each in earlier]
    return pd.concat(parts, ignore_index=True) if parts else tables.empty("posts")[STAMP]


def quarantine_csv(edition_id: str) -> str:
    """Where staff find the quarantine as a spreadsheet opens it."""
    return f"{paths.relative(paths.store(edition_id))}/quarantine.csv"
