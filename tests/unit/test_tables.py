"""The contracts of the tidy tables: types that are made, rules that are kept, words for what breaks them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from cityreach import tables
from cityreach.errors import DataError


@pytest.fixture
def rows() -> pd.DataFrame:
    days = pd.to_datetime(["2025-04-07", "2025-04-07"])
    return pd.DataFrame({"account_id": ["x:a", "x:b"], "day": days, "followers": [1, None], "source_file": "f.json"})


def test_conform_orders_and_types_the_columns_and_leaves_unknown_figures_empty(rows: pd.DataFrame) -> None:
    frame = tables.conform(rows[["source_file", "followers", "day", "account_id"]], "snapshots")
    assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == {
        column: dtype for column, (dtype, _, _) in tables.SNAPSHOTS.items()
    }
    assert frame["followers"].tolist() == [1, pd.NA]
    assert frame["posts_total"].isna().all()
    assert tables.check(frame, "snapshots") is not None


@pytest.mark.parametrize("name", list(tables.CONTRACTS))
def test_an_empty_table_keeps_its_contract(name: str) -> None:
    assert len(tables.check(tables.empty(name), name)) == 0
    assert len(tables.conform(tables.empty(name), name).columns) == len(tables.CONTRACTS[name])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda frame: frame.assign(account_id="x:a"),
            ": the key (account_id, day) stands twice, first again in row 1.",
        ),
        (
            lambda frame: frame.assign(followers=pd.array([1, -5], dtype="Int64")),
            ", column followers: a count is at least 0, but row 1 holds -5.",
        ),
        (
            lambda frame: frame.assign(account_id=pd.Series(["x:a", None], dtype="str")),
            ", column account_id: a value is never empty, but row 1 holds nan.",
        ),
        (lambda frame: frame.assign(followers=[1.5, 2.0]), ", column followers: must be Int64, found float64."),
        (lambda frame: frame.assign(more=1), ": columns differ from the contract in more."),
        (lambda frame: frame.drop(columns="day"), ": columns differ from the contract in day."),
        (lambda frame: frame[frame.columns[::-1]], ": columns differ from the contract in their order."),
    ],
)
def test_check_names_table_column_rule_value_and_row(
    rows: pd.DataFrame, change: Callable[[pd.DataFrame], pd.DataFrame], expected: str
) -> None:
    frame = change(tables.conform(rows, "snapshots"))
    with pytest.raises(DataError) as caught:
        tables.check(frame, "snapshots")
    assert str(caught.value) == f"Table snapshots{expected} {tables.REMEDY}"


def test_a_status_outside_the_list_is_refused() -> None:
    key = {"edition": ["e"], "city_id": ["110000"], "platform": ["x"], "accounts": [1]}
    frame = tables.conform(pd.DataFrame(key | {"status": ["asleep"]}), "metrics")
    with pytest.raises(DataError, match="one of measured, silent, no_account, missing, but row 0 holds 'asleep'"):
        tables.check(frame, "metrics")
    assert len(tables.check(frame.assign(status=pd.Series(["silent"], dtype="str")), "metrics")) == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"followers": ["many", 1]}, "Table snapshots, column followers: must be Int64, "),
        ({"followers": [1.5, 1]}, "Table snapshots, column followers: must be Int64, "),
        ({"day": "soon"}, "Table snapshots, column day: must be datetime64"),
    ],
)
def test_a_value_that_does_not_fit_its_type_is_told_with_its_column(
    rows: pd.DataFrame, change: dict[str, object], expected: str
) -> None:
    with pytest.raises(DataError) as caught:
        tables.conform(rows.assign(**change), "snapshots")
    assert str(caught.value).startswith(expected)
    assert "\n" not in str(caught.value)


def test_a_lacking_column_that_must_be_filled_is_named(rows: pd.DataFrame) -> None:
    with pytest.raises(DataError, match=r"Table snapshots: column\(s\) day are absent"):
        tables.conform(rows.drop(columns="day"), "snapshots")
