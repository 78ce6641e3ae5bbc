"""Everything that the method check is made from, read from the store and the registry; nothing is worked out."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cityreach import edition as editions
from cityreach import index, metrics, registry, store
from cityreach.edition import Edition
from cityreach.index.plan import Plan, load_plan
from cityreach.registry import Registry

PLAN = "usual"
ALTERNATIVES = "alternatives"


@dataclass(frozen=True)
class Material:
    """An edition, its method, the plan of what to vary, and that of the methods to compare with.

    chain: the ready editions of the same method, oldest first, this one last. metrics: METRICS of the chain.
    """

    edition: Edition
    chain: tuple[Edition, ...]
    registry: Registry
    method: index.Method
    metrics: pd.DataFrame
    plan: Plan
    alternatives: Plan


def load(edition_id: str) -> Material:
    """The edition with those before it that are in the store; DataError where its own metrics are absent."""
    edition = editions.load(edition_id)
    earlier = editions.history(edition, count=editions.YEAR_BEFORE)
    ready = [each for each in earlier if each.method == edition.method and store.exists("metrics", each.id)]
    chain = (*ready, edition)
    return Material(
        edition=edition,
        chain=chain,
        registry=registry.load(),
        method=index.load_method(edition.method),
        metrics=metrics.load([each.id for each in chain]),
        plan=load_plan(PLAN),
        alternatives=load_plan(ALTERNATIVES),
    )
