"""Times of exports, in every spelling that real files have, with where they came from and how exact they are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from cityreach.intake import times as reading
from cityreach.intake.formats import Source
from cityreach.tables import TIME_PRECISIONS, TIME_SOURCES


def rule(**keys: Any) -> Source:
    return Source.model_validate({"from": "t", **keys})


def read(column: list[Any], *, until: date | None = None, serials: bool = False, **keys: Any) -> reading.Times:
    """The times of a column; a table's column of the same values says the same."""
    found = reading.times(column, rule(**keys), until=until, serials=serials)
    if all(value is None or isinstance(value, str) for value in column):
        table = reading.times(pa.array(column, pa.string()), rule(**keys), until=until, serials=serials)
        assert [str(one) for one in table.at] == [str(one) for one in found.at]
        assert table.wrong.tolist() == found.wrong.tolist()
        known = found.at.notna().to_numpy()
        assert table.precision[known].tolist() == found.precision[known].tolist()
        assert table.source[known].tolist() == found.source[known].tolist()
    return found


def times(column: list[Any], **keys: Any) -> tuple[list[str], list[bool]]:
    found = read(column, **keys)
    assert str(found.at.dtype) == "datetime64[us, UTC]"
    return [str(one) for one in found.at], found.wrong.tolist()


def test_iso_times() -> None:
    good = ["2025-03-24T11:02:13+0000", "2025-03-24T11:02:13.000Z", "2025-03-24 19:02:13+08:00", "2025-03-24 11:02:13"]
    assert times(good) == (["2025-03-24 11:02:13+00:00"] * 4, [False] * 4)
    assert times(["2025-03-24"])[0] == ["2025-03-24 12:00:00+00:00"]  # a bare day is its noon


def test_a_zone_holds_only_for_times_that_name_none() -> None:
    given = ["2025-03-24 19:02:13", "2025-03-24T11:02:13Z", None]
    assert times(given, zone="Asia/Shanghai")[0] == ["2025-03-24 11:02:13+00:00"] * 2 + ["NaT"]


def test_daylight_saving_follows_the_stated_rule() -> None:
    doubled, skipped = times(["2025-11-02 01:30:00", "2025-03-09 02:30:00"], zone="America/Los_Angeles")[0]
    assert doubled == "2025-11-02 08:30:00+00:00"  # the first of the two hours
    assert skipped == "2025-03-09 10:00:00+00:00"  # the instant after the gap


@pytest.mark.parametrize(
    "given",
    ["2025", "2025-03", "2025-02-30", "yesterday", "24/03/2025", "2025-03-24T25:00:00Z", "1970-01-01", "2101-01-01",
     5, 1e30, "20250324", True],
)  # fmt: skip
def test_unusable_times(given: Any) -> None:
    assert times([given]) == (["NaT"], [True])


def test_absent_times_are_no_problem_of_the_reader() -> None:
    assert times([None, "", "N/A", "undefined"]) == (["NaT"] * 4, [False] * 4)


def test_patterns() -> None:
    rule = {"time": "patterns", "patterns": ["%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M"], "zone": "Asia/Shanghai"}
    good = ["2025/3/24 8:05", "2025年3月24日 08:05", "２０２５/3/24 8:05"]
    assert times(good, **rule) == (["2025-03-24 00:05:00+00:00"] * 3, [False] * 3)
    assert times(["3/24/2025 8:05", 5], **rule)[1] == [True, True]
    assert times(["24 Mar 2025 08:05 +0800"], time="patterns", patterns=["%d %b %Y %H:%M %z"])[0] == [
        "2025-03-24 00:05:00+00:00"
    ]


def test_words_for_the_present_are_no_times() -> None:
    assert times(["now", "today"], time="patterns", patterns=["%Y/%m/%d"]) == (["NaT"] * 2, [True, True])


def test_offsets_in_all_spellings() -> None:
    good = ["2025-03-24 19:02:13+08", "2025-03-24 19:02:13+0800", "2025-03-24 11:02:13Z", "2025-03-24T19:02:13 +08:00"]
    assert times([*good, "2025-03-24 11:02:13"])[0] == ["2025-03-24 11:02:13+00:00"] * 5
    assert TIME_PRECISIONS[read(["2025-03-24T11:02+0000"]).precision[0]] == "minute"


def test_epochs_and_ids() -> None:
    assert times([1742814133, "1742814133", 1742814133.9], time="epoch_s")[0] == ["2025-03-24 11:02:13+00:00"] * 3
    assert times(["1742814133000"], time="epoch_ms")[0] == ["2025-03-24 11:02:13+00:00"]
    assert times([1742814133000], time="epoch_s") == (["NaT"], [True])  # milliseconds are not seconds
    x = {"time": "id", "shift": 22, "offset": 1288834974657}
    assert times(["2088707180694323466"], **x)[0] == ["2026-08-15 19:19:32.837000+00:00"]
    assert times([7546034661705796877], time="id", shift=32, unit="s")[0] == ["2025-09-04 01:08:27+00:00"]
    assert times(["9" * 20, "-5", "x"], **x)[1] == [True, True, True]


def test_where_a_time_came_from_and_how_exact_it_is() -> None:
    found = read(["2025-03-24T11:02:13Z", "2025-03-24 11:02:13", "2025-03-24 11:02", "2025-03-24"])
    assert [TIME_SOURCES[code] for code in found.source] == ["field", "zone rule", "zone rule", "zone rule"]
    assert [TIME_PRECISIONS[code] for code in found.precision] == ["second", "second", "minute", "day"]
    by_id = read(["2088707180694323466"], time="id", shift=22, offset=1288834974657)
    assert TIME_SOURCES[by_id.source[0]] == "id"


def test_a_shortcode_is_an_id_in_base_64() -> None:
    keys = {"time": "id", "base64": True, "shift": 23, "offset": 1314220021721}
    assert times(["CHkaJJtBNvF", "a b", "waytoolongforacode"], **keys) == (
        ["2020-11-14 11:06:20.211000+00:00", "NaT", "NaT"], [False, True, True],
    )  # fmt: skip


def test_months_written_out() -> None:
    keys = {"time": "patterns", "months": ["es", "en"], "patterns": ["%d de %m"], "until": date(2025, 4, 5)}
    assert times(["8 de marzo"], **keys)[0] == ["2025-03-08 12:00:00+00:00"]
    english = keys | {"patterns": ["%m %d"]}
    assert times(["July 16", "Feb 29"], **english)[0] == ["2024-07-16 12:00:00+00:00", "2024-02-29 12:00:00+00:00"]
    assert times(["8 de marzo"], **keys | {"until": None}) == (["NaT"], [True])


def test_zone_letters_at_the_end() -> None:
    keys = {"time": "patterns", "patterns": ["%Y-%m-%d %H:%M:%S %z"], "zones": {"BRT": "-03:00", "EST": "-05:00"}}
    assert times(["2021-07-05 18:02:45 BRT", "2021-07-05 18:02:45 XYZ"], **keys) == (
        ["2021-07-05 21:02:45+00:00", "NaT"], [False, True],
    )  # fmt: skip


def test_days_counted_by_a_spreadsheet() -> None:
    keys = {"time": "patterns", "patterns": ["%Y/%m/%d"], "zone": "Asia/Shanghai"}
    assert times(["45740", "45740.5"], serials=True, **keys)[0] == ["2025-03-24 04:00:00+00:00"] * 2
    assert times(["45740"], **keys) == (["NaT"], [True])


EITHER = {"time": "patterns", "patterns": ["%d/%m/%Y"], "or_patterns": ["%m/%d/%Y"]}


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (["03/04/2025", "25/04/2025"], "%d/%m/%Y"),
        (["03/04/2025", "04/25/2025"], "%m/%d/%Y"),
        (["03/03/2025", ""], "%d/%m/%Y"),  # the same either way
        (["03/04/2025", "05/06/2025"], None),  # nothing decides
        (["25/04/2025", "04/25/2025"], None),  # the file contradicts itself
    ],
)
def test_the_order_of_day_and_month_is_decided_for_a_file(dates: list[str], first: str | None) -> None:
    found = reading.order(dates, rule(**EITHER))
    assert (found.patterns[0] if found else None) == first


def test_a_value_is_indifferent_where_both_orders_give_the_same_time() -> None:
    rule = Source.model_validate(
        {"from": "d", "time": "patterns", "patterns": ("%d/%m/%Y",), "or_patterns": ("%m/%d/%Y",), "zone": "UTC"}
    )
    assert reading.indifferent(["03/03/2025", "", "later"], rule)
    assert not reading.indifferent(["03/03/2025", "03/04/2025"], rule)
    assert not reading.indifferent(["25/04/2025"], rule)
