"""The store: whole tables, checked on writing, checked again on reading unless the file carries the mark."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from cityreach import store, tables
from cityreach.errors import DataError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    return tmp_path


def snapshots(followers: int = 7) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": ["x:a", "x:b"],
            "day": pd.Timestamp("2025-04-05"),
            "followers": pd.array([followers, None], dtype="Int64"),
            "source_file": "a.json",
        }
    )


def test_what_is_written_is_read_back_with_types_and_nulls() -> None:
    assert not store.exists("snapshots", "2025-03")
    store.write(snapshots(), "snapshots", "2025-03")
    read = store.read("snapshots", "2025-03")
    assert store.exists("snapshots", "2025-03")
    assert {name: str(dtype) for name, dtype in read.dtypes.items()} == {
        name: str(dtype) for name, dtype in tables.empty("snapshots").dtypes.items()
    }
    assert read["followers"].tolist() == [7, pd.NA]
    assert read["posts_total"].isna().all()


def test_columns_come_in_the_order_asked_for() -> None:
    store.write(snapshots(), "snapshots", "2025-03")
    assert list(store.read("snapshots", "2025-03", ["followers", "account_id"]).columns) == ["followers", "account_id"]
    with pytest.raises(DataError, match=r"data/store/2025-03/snapshots.parquet: column\(s\) likes are absent"):
        store.read("snapshots", "2025-03", ["likes"])


def test_same_table_same_bytes() -> None:
    store.write(snapshots(), "snapshots", "one")
    store.write(snapshots(), "snapshots", "two")
    assert store.path("snapshots", "one").read_bytes() == store.path("snapshots", "two").read_bytes()


def test_a_broken_table_is_refused_and_the_old_one_stays(home: Path) -> None:
    store.write(snapshots(), "snapshots", "2025-03")
    with pytest.raises(DataError, match="snapshots, column followers: a count is at least 0"):
        store.write(snapshots(followers=-1), "snapshots", "2025-03")
    assert store.read("snapshots", "2025-03")["followers"].iloc[0] == 7
    assert [path.name for path in (home / "data/store/2025-03").iterdir()] == ["snapshots.parquet"]


def test_a_file_without_the_mark_is_checked_on_reading() -> None:
    path = store.path("snapshots", "2025-03")
    path.parent.mkdir(parents=True)
    tables.conform(snapshots(followers=-1), "snapshots").to_parquet(path)
    with pytest.raises(DataError, match="a count is at least 0"):
        store.read("snapshots", "2025-03")


def test_the_mark_follows_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(snapshots(), "snapshots", "2025-03")
    assert pq.read_schema(store.path("snapshots", "2025-03")).metadata[store.MARK] == store.contract_hash("snapshots")
    before = store.contract_hash("snapshots")
    monkeypatch.setitem(tables.KEYS, "snapshots", ["account_id"])
    assert store.contract_hash("snapshots") != before


def test_absent_and_unreadable_files_say_what_to_do() -> None:
    with pytest.raises(DataError, match=r"data/store/2025-03/posts.parquet does not exist. Run the intake of edition"):
        store.read("posts", "2025-03")
    path = store.path("metrics", "2025-03")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not parquet")
    with pytest.raises(DataError, match=r"is not a readable Parquet file. Run the metrics"):
        store.read("metrics", "2025-03")
    with pytest.raises(
        DataError, match="keeps no table `likes`; it keeps posts, snapshots, totals, quarantine, metrics"
    ):
        store.path("likes", "2025-03")
