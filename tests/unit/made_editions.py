"""Small random editions in memory, scored by the real method: an analysis without a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from cityreach import registry, spec, tables
from cityreach.edition import Edition, Mode, Window
from cityreach.monthly.analysis import Analysis
from cityreach.monthly.book import Book

PLATFORMS = ("facebook", "x", "instagram", "youtube", "tiktok")
THEMES = ("food", "animals", "nature_scenery", "sports_events", "trade_economy", "other")
FORMATS = ("photo", "video", "reel", "text")
TEXTS = ("", "Lake at dawn #nature #china", "Expo opens #trade2025", "早安 #夜景", "{{ x }} \x02 nan None <b>")
WORDS = spec.Words(zh="本期", en="This edition")


@dataclass(frozen=True)
class Plan:
    """What kind of editions are made; `gone` and `joined`: how many cities leave or join in the last one."""

    seed: int = 0
    months: int = 4
    cities: int = 14
    posts: int = 25
    mode: Mode = "ordered"
    platforms: Sequence[str] = PLATFORMS
    last_platforms: Sequence[str] = ()  # of the last edition, where they differ
    silent: Sequence[str] = ()  # platforms of which no data arrived in the last edition
    tie: bool = False
    still: bool = False  # every edition like the one before
    gone: int = 0
    joined: int = 0
    first_month: date = field(default=date(2024, 4, 1))


def editions(plan: Plan) -> list[Edition]:
    """The editions of the plan, oldest first; the last one has another panel where cities leave or join."""
    made: list[Edition] = []
    first = plan.first_month
    for number in range(plan.months):
        after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        last = number == plan.months - 1
        broken = last and (plan.gone or plan.joined)
        names = plan.last_platforms if last and plan.last_platforms else plan.platforms
        made.append(
            Edition(
                id=f"{first:%Y-%m}", title=WORDS, label=WORDS,
                window=Window(first=first, last=after - timedelta(days=1)),
                counting_date=after + timedelta(days=6), panel="cities-138" if broken else "cities-133",
                platforms=tuple(names), method="social-reach@1", mode=plan.mode if last else "ordered",
                source="simulated", previous=made[-1].id if made else None,
            )
        )  # fmt: skip
        first = after
    return made


def _ids(plan: Plan, last: bool) -> list[str]:
    every = registry.load().cities.index.tolist()[: plan.cities + plan.joined]
    return every[plan.gone :] if last else every[: plan.cities]


def _metrics(plan: Plan, each: Edition, last: bool) -> pd.DataFrame:
    rng = np.random.default_rng(plan.seed if plan.still else [plan.seed, int(each.id.replace("-", ""))])
    cities, rows = _ids(plan, last), []
    for place, city in enumerate(cities):
        for platform in each.platforms:
            state = rng.choice(["measured", "silent", "no_account", "missing"], p=[0.82, 0.05, 0.1, 0.03])
            if place < 2 and plan.tie:
                state = "measured"
            if last and platform in plan.silent:
                state = "missing"
            rows.append({"edition": each.id, "city_id": city, "platform": platform, **_figures(rng, str(state))})
    frame = pd.DataFrame(rows)
    if plan.tie:  # the second city does as well as the first on every platform, far above all others
        figures = [name for name in frame if name not in ("edition", "city_id", "platform", "status")]
        best = frame["city_id"].isin(cities[:2])
        frame.loc[best, figures] = frame.loc[best, figures].max().to_numpy() * 3
    return tables.conform(frame, "metrics")


def _figures(rng: np.random.Generator, state: str) -> dict[str, Any]:
    if state in ("no_account", "missing"):
        return {"status": state, "accounts": 0}
    posts = 0 if state == "silent" else int(rng.integers(2, 200))
    interactions = int(posts * rng.lognormal(4, 1))
    return {
        "status": state, "accounts": 1, "posts": posts, "active_days": min(posts, 28), "interactions": interactions,
        "interactions_per_post": interactions / posts if posts else None, "peak": interactions // 3,
        "views": interactions * 9, "views_per_post": interactions * 9 / posts if posts else None,
        "followers": int(rng.lognormal(11, 1)), "new_followers": int(rng.integers(-20, 5000)),
    }  # fmt: skip


def _posts(plan: Plan, each: Edition, metrics: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng([plan.seed, 7, int(each.id.replace("-", ""))])
    accounts = registry.load().accounts.reset_index()
    known = accounts.merge(metrics.loc[metrics["status"] == "measured", ["city_id", "platform"]])
    rows = []
    for number in range(plan.posts * len(each.platforms) if len(known) else 0):
        account = known.iloc[int(rng.integers(len(known)))]
        likes = int(rng.lognormal(4, 2))
        rows.append(
            {
                "post_id": f"{each.id}-{number:05d}", "platform": account["platform"],
                "account_id": account["account_id"], "city_id": account["city_id"],
                "published_at": pd.Timestamp(each.window.first, tz="Asia/Shanghai")
                + pd.Timedelta(hours=float(rng.uniform(0, 24 * 28))),
                "text": TEXTS[rng.integers(len(TEXTS))], "format": FORMATS[rng.integers(len(FORMATS))],
                "lang": ("en", "zh", None)[rng.integers(3)], "likes": None if rng.random() < 0.05 else likes,
                "comments": int(likes * 0.05), "shares": int(likes * 0.1),
                "views": likes * int(rng.integers(0, 30)) if rng.random() < 0.1 else likes * 20,
                "counted_at": pd.Timestamp(each.counting_date), "source_file": "f", "source_row": number,
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=list(tables.POSTS))
    frame["published_at"] = pd.to_datetime(frame["published_at"], utc=True)
    return tables.conform(frame, "posts")


def _themes(plan: Plan, posts: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng([plan.seed, 9])
    theme = [THEMES[number] for number in rng.integers(0, len(THEMES), len(posts))]
    frame = posts[["platform", "post_id"]].assign(theme=theme, place=1, strength=1.0)
    return tables.conform(frame, "themes")


class _Unkept:
    """Frames of which the store keeps none."""

    def read(self, name: str) -> None:
        return None

    def read_findings(self) -> None:
        return None


@contextmanager
def analysed(plan: Plan) -> Iterator[Analysis]:
    """The analysis of the plan's last edition; the store answers from memory as long as the block lasts."""
    chain = editions(plan)
    numbered = list(enumerate(chain, start=1))
    measured = {each.id: _metrics(plan, each, number == len(chain)) for number, each in numbered}
    stored: dict[tuple[str, str], pd.DataFrame] = {}
    for each in chain:
        stored["posts", each.id] = _posts(plan, each, measured[each.id])
        stored["themes", each.id] = _themes(plan, stored["posts", each.id])

    def read(table: str, edition: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        found = stored[table, edition]
        return found[list(columns)].copy() if columns else found.copy()

    log = SimpleNamespace(files=[], totals={"rows": 10, "kept": 9, "quarantined": 1}, missing_accounts=[])
    analysis = Analysis(chain[-1], tuple(chain))
    analysis.__dict__["frames"] = _Unkept()
    analysis.__dict__["metrics"] = tables.conform(pd.concat(measured.values(), ignore_index=True), "metrics")
    with (
        patch("cityreach.store.read", read),
        patch("cityreach.store.exists", lambda table, edition: (table, edition) in stored or table == "metrics"),
        patch("cityreach.intake.load_log", lambda edition: log),
        patch("cityreach.gates.stored", lambda edition: []),
    ):
        yield analysis


@contextmanager
def book(plan: Plan, lang: str) -> Iterator[Book]:
    with analysed(plan) as analysis:
        yield Book(analysis, lang)
