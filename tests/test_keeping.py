"""What the store keeps of an analysis: it comes back the same, and no change in what it is made from goes unseen."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cityreach import edition, paths
from cityreach.edition import Window
from cityreach.findings import Figure, Finding
from cityreach.insight import keeping
from cityreach.monthly.analysis import Analysis
from tests.conftest import make_home

TABLE = pd.DataFrame(
    {"city_id": ["320100", None], "rank": pd.array([1, None], dtype="Int64"), "score": [0.1 + 0.2, 1.0]}
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose store holds the mark of an intake of 2025-03 and of 2025-02."""
    made = make_home(tmp_path / "project")
    for name in ("2025-02", "2025-03"):
        (made / "data" / "store" / name).mkdir()
        (made / "data" / "store" / name / "intake.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv(paths.HOME_VARIABLE, str(made))
    return made


def frames() -> keeping.Frames:
    return keeping.Frames(edition.load("2025-03"))


def test_a_frame_comes_back_the_same(home: Path) -> None:
    frames().write({"totals": TABLE})
    found = frames().read("totals")
    assert found is not None
    pd.testing.assert_frame_equal(found, TABLE, check_exact=True)
    assert frames().read("cases") is None


def test_a_frame_that_would_come_back_otherwise_is_not_kept(home: Path) -> None:
    frames().write({"mixed": pd.DataFrame({"a": [1, "x"]}), "sets": pd.DataFrame({"a": [(1, 2)]}), "totals": TABLE})
    assert frames().read("mixed") is None and frames().read("sets") is None and frames().read("totals") is not None


def finding(**figures: object) -> Finding:
    values = {name: Figure(value, "count", "totals", "x") for name, value in figures.items()}
    return Finding("peak.x", "peak", "x", values, {"cities": ["320100", ["x", None]], "over": True}, 0.1 + 0.2)


def test_findings_come_back_the_same(home: Path) -> None:
    window = edition.Window(first=date(2025, 3, 1), last=date(2025, 3, 31))
    found = [finding(n=1, share=1.0, nothing=None, text="上海", day=date(2025, 3, 1), period=window), finding()]
    frames().write({}, found)
    again = frames().read_findings()
    assert again == found and again is not None
    assert [type(figure.value) for figure in again[0].figures.values()] == [int, float, type(None), str, date, Window]
    (home / "data" / "insight" / "rules.yml").write_text("changed", encoding="utf-8")
    assert frames().read_findings() is None


@pytest.mark.parametrize("value", [datetime(2025, 3, 1), (1, 2), np.int64(1), np.float64(1), {1: 2}])
def test_findings_that_would_come_back_otherwise_are_not_kept(home: Path, value: object) -> None:
    frames().write({"totals": TABLE}, [finding(n=value)])
    assert frames().read_findings() is None and frames().read("totals") is not None


@pytest.mark.parametrize(
    "changed",
    [
        "data/insight/rules.yml",
        "data/themes/animals.yml",
        "data/methods/social-reach@1.yml",
        "data/registry/accounts.csv",
        "data/editions/2025-02.yml",
        "data/editions/2025-03.yml",
        "data/store/2025-02/intake.json",
        "data/store/2025-03/intake.json",
        "data/store/2025-03/themes.json",
        "data/store/2025-02/metrics.json",
        "data/a-folder-to-come/corrections.yml",
    ],
)
def test_a_change_in_what_they_are_made_from_is_seen(home: Path, changed: str) -> None:
    frames().write({"totals": TABLE})
    path = home / changed
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b"\n")
    assert frames().read("totals") is None
    frames().write({"cases": TABLE})
    assert frames().read("cases") is not None and frames().read("totals") is None


def test_a_change_in_the_code_is_seen(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames().write({"totals": TABLE})
    package = tmp_path / "cityreach"
    (package / "insight").mkdir(parents=True)
    for path in paths.PACKAGE.rglob("*.py"):
        copy = package / path.relative_to(paths.PACKAGE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(paths, "PACKAGE", package)
    assert frames().read("totals") is not None
    with (package / "insight" / "cases.py").open("a", encoding="utf-8") as file:
        file.write("# another way\n")
    assert frames().read("totals") is None


def test_a_change_in_a_library_is_seen(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames().write({"totals": TABLE})
    monkeypatch.setattr(keeping.metadata, "version", lambda name: "0")
    assert frames().read("totals") is None


def test_the_analysis_keeps_frames_under_their_own_names(home: Path) -> None:
    assert {"cases", "drivers", "heads", "theme_table"} <= set(keeping.names(Analysis))
    analysis = Analysis(edition.load("2025-03"), (edition.load("2025-03"),))
    analysis.frames.write({"cases": TABLE})
    again = dataclasses.replace(analysis)
    assert again.cases.equals(TABLE)


@pytest.mark.slow
def test_the_store_keeps_what_a_report_would_compute(march: Path, at_home: Path) -> None:
    """Every frame and finding of the kept analysis equals the one that is computed without it."""
    from cityreach import pipeline
    from cityreach.monthly import facts
    from cityreach.monthly.analysis import analyse

    pipeline.work_out(edition.load("2025-03"))  # other tests have put editions into this home since
    kept, computed = analyse("2025-03"), analyse("2025-03")
    assert kept.frames.current
    object.__setattr__(computed.frames, "current", False)
    for name in keeping.names(Analysis):
        pd.testing.assert_frame_equal(kept.frames.read(name), getattr(computed, name), check_exact=True)
    assert repr(facts.collect(kept)) == repr(facts.made(computed)) and kept.frames.read_findings() is not None
