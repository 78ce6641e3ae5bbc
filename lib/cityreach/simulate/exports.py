"""A simulated month from decision to file contents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from cityreach.edition import Edition
from cityreach.errors import SpecError
from cityreach.registry import Registry
from cityreach.simulate import plan, posts, settings, traps, video_writers, writers
from cityreach.simulate.shapes import Month

WRITERS: dict[str, Callable[[Month], dict[str, bytes]]] = {
    "facebook": writers.facebook,
    "instagram": writers.instagram,
    "x": writers.x,
    "youtube": video_writers.youtube,
    "tiktok": video_writers.tiktok,
}


@dataclass(frozen=True)
class Prepared:
    """A month before it is written: its plan, and its posts with every trap (column `trap`)."""

    plan: plan.Plan
    posts: pd.DataFrame


def prepare(edition: Edition, registry: Registry) -> Prepared:
    """Decide and fill a month; what a correct intake keeps of it is `traps.kept(prepared.posts)`."""
    known = settings.load()
    settings.check(known, registry)
    _check_platforms(edition)
    decided = plan.make(edition, registry, known)
    made = posts.make(decided, known)
    listed = decided.cells["listed"].to_numpy()[made["cell"]]
    return Prepared(decided, traps.add(made, edition, known.posting.traps, listed=listed))


def _check_platforms(edition: Edition) -> None:
    strange = [platform for platform in edition.platforms if platform not in WRITERS]
    if strange:
        raise SpecError(
            f"data/editions/{edition.id}.yml: `platforms` has {strange[0]!r}, which cannot be simulated (only "
            f"{', '.join(WRITERS)} can). Take it out, or set `source` to exports."
        )


def contents(edition: Edition, registry: Registry) -> dict[str, bytes]:
    """File name -> content, over all platforms of the edition."""
    prepared = prepare(edition, registry)
    origin = settings.load().levels.origin
    month = Month(edition, prepared.posts, prepared.plan.accounts, origin)
    files: dict[str, bytes] = {}
    for platform in edition.platforms:
        files |= WRITERS[platform](month)
    return files
