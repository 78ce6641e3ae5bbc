"""Gates of an edition: what is a breach, how it is told, which reasons are taken; and falls of follower counts."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from intake_cases import edition

from cityreach import edition as editions
from cityreach import gates, tables
from cityreach.edition import Edition, Gates
from cityreach.errors import GateError
from cityreach.intake import FileLog, IntakeLog
from cityreach.intake.drops import follower_drops, notes


def log(
    *, rows: int = 1000, quarantined: int = 0, missing: tuple[str, ...] = (), expected: int = 10, **reasons: int
) -> IntakeLog:
    file = FileLog("posts.csv", "plain-posts", quarantine_reasons=reasons or {"unusable time": quarantined})
    counted = {"rows": rows, "quarantined": quarantined}
    return IntakeLog("2025-03", (file,), expected=expected, missing_accounts=missing, totals=counted)


def lacking(x: int, facebook: int = 0) -> tuple[str, ...]:
    return (*(f"x:{n}" for n in range(x)), *(f"facebook:{n}" for n in range(facebook)))


def check(found: IntakeLog, **thresholds: float) -> list[gates.Breach]:
    asked: Edition = edition(gates=thresholds)
    return gates.check(asked, found)


# thresholds


def test_an_edition_without_gates_has_the_defaults() -> None:
    assert edition().gates == Gates() == Gates(coverage=0.5, quarantine=0.05, follower_drop=0.1)
    assert edition(gates={"coverage": 0.8}).gates == Gates(coverage=0.8)


@pytest.mark.parametrize("name", editions.ids())
def test_the_editions_in_the_repository_have_gates_that_can_be_passed(name: str) -> None:
    found = editions.load(name).gates
    assert 0 < found.coverage < 1 and 0 < found.quarantine < 1 and 0 < found.follower_drop < 1


def test_coverage_below_its_gate_is_a_breach_that_names_the_worst_platform() -> None:
    (breach,) = check(log(missing=lacking(2, 4)), coverage=0.5)
    assert (breach.gate, breach.threshold, breach.found, breach.part, breach.whole) == ("coverage", 0.5, 0.4, 4, 10)
    assert (breach.worst, breach.most) == ("facebook", 4)
    assert breach.what == (
        "the exports name 4 of 10 accounts (40.0%), `gates.coverage` asks for at least 50.0%; "
        "most are lacking on facebook (4)"
    )
    assert breach.remedy == "put the missing exports into data/inbox/2025-03/"


def test_quarantine_above_its_gate_is_a_breach_that_names_the_worst_reason() -> None:
    (breach,) = check(log(rows=1000, quarantined=51, late=20, early=31), quarantine=0.05)
    assert (breach.gate, breach.part, breach.whole, breach.worst, breach.most) == ("quarantine", 51, 1000, "early", 31)
    assert breach.what == (
        "51 of 1000 rows are in quarantine (5.1%), `gates.quarantine` allows at most 5.0%; "
        "most often: early (31, in posts.csv)"
    )
    assert breach.remedy == "repair the rows listed in data/store/2025-03/quarantine.csv"


@pytest.mark.parametrize(
    ("found", "broken"),
    [
        (log(missing=lacking(5)), []),
        (log(missing=lacking(6)), ["coverage"]),
        (log(quarantined=50), []),
        (log(quarantined=51), ["quarantine"]),
        (log(quarantined=500, missing=lacking(9)), ["coverage", "quarantine"]),
        (log(rows=0, expected=0), []),
    ],
)
def test_what_is_just_reached_is_passed(found: IntakeLog, broken: list[str]) -> None:
    assert [each.gate for each in check(found)] == broken


def test_among_equals_the_first_by_name_is_named() -> None:
    (breach,) = check(log(missing=lacking(3, 3)))
    assert breach.worst == "facebook"


# refusal and reason


def test_a_refusal_is_one_line_with_every_breach_and_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = check(log(quarantined=500, missing=lacking(9)))
    monkeypatch.setattr(gates, "stored", lambda _edition: broken)
    with pytest.raises(GateError) as caught:
        gates.require(edition())
    text = str(caught.value)
    assert caught.value.exit_code == 3 and "\n" not in text
    for words in (*(each.what for each in broken), *(each.remedy for each in broken), '--despite "REASON"', "2025-03"):
        assert words in text
    gates.require(edition(), reason="late")
    monkeypatch.setattr(gates, "stored", lambda _edition: [])
    gates.require(edition())


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (None, ""),
        ("late", "late"),
        ("  two\n exports\tare late.  ", "two exports are late"),
        ("导出文件迟到。", "导出文件迟到"),
        ("a\x00b\u202ec", "a b c"),
        ("x" * gates.LONGEST, "x" * gates.LONGEST),
    ],
)
def test_a_reason_is_put_on_one_line(given: str | None, taken: str) -> None:
    assert gates.reason(given) == taken


@pytest.mark.parametrize("given", ["", " ", "\n\t", "。", "\u200b", "x" * (gates.LONGEST + 1)])
def test_an_empty_or_endless_reason_is_refused(given: str) -> None:
    with pytest.raises(GateError, match="--despite"):
        gates.reason(given)


# falls of follower counts


def counts(**followers: Any) -> pd.DataFrame:
    """Snapshots: account → followers on the first, second, … day of March."""
    rows = [
        {"account_id": name, "day": pd.Timestamp(2025, 3, 1 + place), "followers": count, "source_file": "f.csv"}
        for name, each in followers.items()
        for place, count in enumerate(each if isinstance(each, tuple) else (each,))
    ]
    return tables.conform(pd.DataFrame(rows), "snapshots") if rows else tables.empty("snapshots")


def test_falls_beyond_the_band_are_listed_the_largest_first() -> None:
    now, before = counts(a=60, b=10, c=70, d=500, e=5), counts(a=100, b=100, c=100, d=100)
    given = now.copy()
    found = follower_drops(now, before, band=0.3)
    assert found.to_dict("list") == {
        "account_id": ["b", "a"],
        "before": [100, 100],
        "now": [10, 60],
        "share": [0.9, 0.4],
    }
    assert [str(dtype) for dtype in found.dtypes] == ["str", "Int64", "Int64", "Float64"]
    pd.testing.assert_frame_equal(now, given)


def test_the_last_known_count_of_each_edition_is_compared() -> None:
    now = counts(a=(100, 50, None), b=(50, 100)).sample(frac=1, random_state=3)
    assert follower_drops(now, counts(a=(10, 100), b=(1000, 100)), band=0.3)["account_id"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (counts(), counts(a=5)),
        (counts(a=5), counts()),
        (counts(a=None), counts(a=5)),
        (counts(a=0), counts(a=0)),
    ],
)
def test_what_cannot_be_compared_is_not_judged(now: pd.DataFrame, before: pd.DataFrame) -> None:
    found = follower_drops(now, before, band=0.0)
    assert found.empty and list(found.columns) == ["account_id", "before", "now", "share"]
    assert str(found["share"].dtype) == "Float64"


def test_equal_falls_stand_by_name() -> None:
    found = follower_drops(counts(b=1, a=1), counts(a=10, b=10), band=0.3)
    assert found["account_id"].tolist() == ["a", "b"]


def test_a_note_names_the_band_and_the_first_ten() -> None:
    names = [f"a{number:02d}" for number in range(12)]
    drops = follower_drops(counts(**dict.fromkeys(names, 10)), counts(**dict.fromkeys(names, 12000)), band=0.3)
    (line,) = notes(drops, band=0.3)
    assert line.startswith(
        "12 account(s) lost more than 30% of their followers since the edition before: a00 (12,000 to 10)"
    )
    assert "a09" in line and "a10" not in line and ", and 2 more. " in line and "data/corrections/" in line
    assert notes(drops.iloc[:0], band=0.3) == []
