"""Mutated exports of every family of readers: refused in one line, or read with every row accounted for."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests import containers
from tests.fuzz import checking, families, running

from cityreach.errors import InboxError

FEW, MANY = 60, 800


@pytest.mark.parametrize("family", families.FAMILIES)
def test_mutated_files_never_bring_the_reader_down(family: str) -> None:
    found = running.run(family, range(FEW), 7)
    assert (found.files, found.failures) == (FEW, [])
    assert found.refused and found.read


@pytest.mark.stress
@pytest.mark.parametrize("family", families.FAMILIES)
def test_thousands_of_mutated_files_never_bring_the_reader_down(family: str) -> None:
    found = running.together(family, MANY, 1, 1)
    assert (found.files, found.failures) == (MANY, [])


def test_a_file_is_made_again_from_its_number() -> None:
    assert [families.make(name, 3, 5) for name in families.FAMILIES] == [
        families.make(name, 3, 5) for name in families.FAMILIES
    ]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_workbook_made_another_day_has_the_same_bytes(form: str) -> None:
    with zipfile.ZipFile(io.BytesIO(containers.BOOKS[form]([["a", "b"]]))) as parts:
        assert {info.date_time[0] for info in parts.infolist()} == {1980}
        assert not [name for name in parts.namelist() if f"{dt.date.today():%Y-%m}".encode() in parts.read(name)]


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda *_, **__: (_ for _ in ()).throw(KeyError("x")), "KeyError"),
        (lambda *_, **__: (_ for _ in ()).throw(InboxError("no name")), "does not name the file"),
        (lambda *_, **__: (_ for _ in ()).throw(InboxError("export.bin\nx")), "not one readable line"),
        (lambda *_, **__: [0 for _ in iter(int, 1)], "more than"),
    ],
)  # fmt: skip
def test_the_fuzzer_sees_what_it_looks_for(
    break_it: Any, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "spool_file", break_it)
    monkeypatch.setattr(checking, "LIMIT", 0.2)
    monkeypatch.setattr(running, "failures", lambda: tmp_path)
    summary = running.Summary("json")
    running.one("json", 1, 0, tmp_path, summary)
    assert told in summary.failures[0]
    assert (tmp_path / "json-1-0.bin").read_bytes() == families.make("json", 1, 0)


def test_the_fuzzer_sees_a_row_that_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = {"id": "1", "created_time": "2025-03-04T01:00:00+0000", "story": "x", "from": {"id": "66"}}
    content = json.dumps([record]).encode()  # a stranger: quarantined
    assert checking.check(content, 1, tmp_path).rows == 1
    monkeypatch.setattr(checking.Joined, "quarantine", lambda self: iter(()))
    with pytest.raises(checking.Broken, match="quarantine: found"):
        checking.check(content, 1, tmp_path)
