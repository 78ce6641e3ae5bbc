"""An invented register and the way to read an invented export with it."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from cityreach import intake
from cityreach.edition import Edition
from cityreach.intake.accounts import Accounts
from cityreach.intake.formats import Format
from cityreach.registry import ACCOUNT_COLUMNS, Panel, Platform, Registry, Terms
from cityreach.spec import Words

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases" / "intake"
EXPORTS = ROOT / "tests" / "cases" / "exports"
PLATFORMS = ("facebook", "x", "instagram", "youtube", "tiktok")
REGISTERED = (*PLATFORMS, "linkedin", "twitch")
ACCOUNTS = [
    ("facebook:riverportcity", "facebook", "RiverportCity", "100200300400", "990100"),
    ("facebook:yuntaipage", "facebook", "YuntaiPage", "500600", "990200"),
    ("facebook:quietharbour", "facebook", "quietharbour", "888", "990200"),
    ("x:riverport_city", "x", "Riverport_City", "7001", "990100"),
    ("x:yuntai_visit", "x", "yuntai_visit", "", "990200"),
    ("instagram:river.port", "instagram", "river.port", "361", "990100"),
    ("youtube:riverportcity", "youtube", "riverportcity", "UCriverport00000000000AB", "990100"),
    ("youtube:yuntai", "youtube", "Yuntai", "", "990200"),
    ("tiktok:riverport.city", "tiktok", "riverport.city", "", "990100"),
    ("tiktok:yuntai", "tiktok", "yuntai", "", "990200"),
    ("linkedin:riverport", "linkedin", "riverport", "", "990100"),
    ("twitch:riverport_city", "twitch", "riverport_city", "4401", "990100"),
]


def registry() -> Registry:
    """Two invented cities with twelve accounts."""
    words = Words(zh="x", en="x")
    accounts = pd.DataFrame(ACCOUNTS, columns=["account_id", "platform", "handle", "platform_uid", "city_id"])
    accounts = accounts.assign(status="active").reindex(columns=ACCOUNT_COLUMNS, fill_value="").set_index("account_id")
    cities = pd.DataFrame({"name_zh": ["河港", "云台"], "name_en": ["Riverport", "Yuntai"]}, index=["990100", "990200"])
    platform = Platform(name=words, interactions=("likes",), publishes=("likes",), primer=words)
    return Registry(
        cities=cities,
        accounts=accounts,
        platforms=dict.fromkeys(REGISTERED, platform),
        panels={"both": Panel(note=words, cities=("990100", "990200"))},
        terms=Terms(region={}, tier={}, size_group={}, themes={}),
    )


def edition(**changes: object) -> Edition:
    """March 2025, counted on 5 April."""
    content: dict[str, object] = {
        "id": "2025-03",
        "title": {"zh": "题", "en": "title"},
        "label": {"zh": "期", "en": "label"},
        "window": {"first": date(2025, 3, 1), "last": date(2025, 3, 31)},
        "counting_date": date(2025, 4, 5),
        "panel": "both",
        "platforms": PLATFORMS,
        "method": "social-reach@1",
        "mode": "ordered",
        "source": "exports",
    }
    return Edition.model_validate(content | changes)


def context() -> intake.Context:
    return intake.Context(edition().window, edition().counting_date, Accounts.of(registry()))


@cache
def known_formats() -> list[Format]:
    """The project's formats, read once."""
    return intake.load_formats()


def read(name: str) -> intake.FileResult:
    """An invented export read as part of the invented edition."""
    return intake.read_file(CASES / name, known_formats(), context())


def export(name: str) -> intake.FileResult:
    """An invented export out of tests/cases/exports, read as part of the invented edition."""
    return intake.read_file(EXPORTS / name, known_formats(), context())


def read_text(folder: Path, text: str | bytes, formats: list[Format] | None = None) -> intake.FileResult:
    """Any content read as a file of the invented edition."""
    file = folder / "export.bin"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return intake.read_file(file, formats or known_formats(), context())


def counts(result: intake.FileResult) -> dict[str, int]:
    """The account of rows."""
    log = result.log
    names = ("rows", "kept", "duplicates", "outside", "filtered", "quarantined")
    return {name: getattr(log, name) for name in names}


def post(result: intake.FileResult, post_id: str) -> pd.Series:
    """The one post of that id."""
    found = result.posts[result.posts["post_id"] == post_id]
    assert len(found) == 1, f"{len(found)} posts with id {post_id}"
    return found.iloc[0]


def figures(result: intake.FileResult, *names: str) -> list[tuple[object, ...]]:
    """Of every post its id, its time in UTC and these of its columns, in the order of the file; None for unknown."""
    frame = result.posts.sort_values("source_row")[["post_id", "published_at", *names]]
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return [(row[0], f"{row[1]:%Y-%m-%d %H:%M:%S}", *row[2:]) for row in rows]


def reasons(result: intake.FileResult) -> list[tuple[int, str, str]]:
    """Row, value and reason of every quarantined row."""
    return [tuple(row) for row in result.quarantine[["row", "value", "reason"]].to_numpy().tolist()]
