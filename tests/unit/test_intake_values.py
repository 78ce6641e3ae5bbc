"""Values of exports: numbers, times, ids, texts, links, in every spelling that real files have."""

from __future__ import annotations

from typing import Any

import pytest

from cityreach.errors import InboxError
from cityreach.intake import values
from cityreach.intake.decode import Document, decode, document
from cityreach.intake.formats import MISSING, Numbers, Source

PLAIN = Numbers.model_validate({})
NONE = frozenset(MISSING)


def count(value: Any, style: Numbers = PLAIN, missing: frozenset[str] = NONE) -> int | str | None:
    """The number, or the problem."""
    numbers, problems = values.counts([value], missing, style)
    return problems[0][1] if problems else numbers[0]


@pytest.mark.parametrize(
    ("given", "number"),
    [
        (0, 0), (12, 12), ("12", 12), (" 12 ", 12), ("0012", 12), (12.0, 12), ("12.0", 12), ("+5", 5),
        ("1,234", 1234), ("1,234,567", 1234567), ("12 345", 12345), ("1\u202f234", 1234),
        ("1.9万", 19000), ("1.9 万", 19000), ("1.46亿", 146000000), ("627.5万", 6275000), ("2252亿", 225200000000),
        ("1.2w", 12000), ("1.2K", 1200), ("3m", 3000000), ("1.5B", 1500000000), ("３千", 3000),
        ("１２３", 123), ("１，２３４", 1234), ("１．９万", 19000),
    ],
)  # fmt: skip
def test_numbers(given: Any, number: int) -> None:
    assert count(given) == number


@pytest.mark.parametrize(
    "given", [None, "", " ", "-", "--", "N/A", "n/a", "null", "undefined", "NaN", float("nan"), {}, []]
)
def test_missing_numbers_are_null(given: Any) -> None:
    assert count(given) is None


@pytest.mark.parametrize(
    "given",
    ["many", "1.5", 1.5, "1,4", "12,34", "1.234.567", "1e5", "1.2E+3", "10万+", "1.23456万", True, float("inf"),
     "9" * 30, 10**20, "#VALUE!", "12.5.7", "1O24", "−5"],
)  # fmt: skip
def test_what_is_no_number_is_never_guessed(given: Any) -> None:
    assert count(given) == values.UNUSABLE_NUMBER


def test_negative_counts_and_markers() -> None:
    assert count(-1) == count("-1") == count(-3.0) == values.NEGATIVE
    hidden = NONE | {"-1"}
    assert count(-1, missing=hidden) is None
    assert count("-1", missing=hidden) is None
    assert count(-2, missing=hidden) == values.NEGATIVE


def test_number_styles() -> None:
    european = Numbers(decimal=",", group=".")
    assert count("1.234", european) == 1234
    assert count("1,9万", european) == 19000
    assert count("18,9K", european) == 18900
    assert count("1,234", european) == values.UNUSABLE_NUMBER


def test_ids() -> None:
    column = ["1897000000000000001", 42, "", None, "1.897E+18", 1.897e18, "a b", "D-x_9", "x\ud800", "n/a"]
    found, problems = values.ids(column, NONE)
    assert found == ["1897000000000000001", "42", "", "", "", "", "", "D-x_9", "", ""]
    assert dict(problems) == {
        2: values.UNUSABLE_ID, 3: values.UNUSABLE_ID, 4: values.CUT_ID, 5: values.CUT_ID,
        6: values.UNUSABLE_ID, 8: values.UNUSABLE_ID, 9: values.UNUSABLE_ID,
    }  # fmt: skip


def test_texts_are_composed_and_hold_no_control_characters() -> None:
    given = ["Cafe\u0301", "a\r\nb\rc", "x\x00y\x1b[31m", "emoji 🏙️\ud83d", "tab\there", None, 5]
    assert values.texts(given) == ["Café", "a\nb\nc", "xy[31m", "emoji 🏙️", "tab\there", "", ""]


def test_links_are_http_or_nothing() -> None:
    good = ["https://x.com/a", "HTTP://example.org", "https://example.org/帖?q=1#f", " https://a.b/c "]
    bad = ["javascript:alert(1)", "data:text/html,x", "https://", "https:///path", "ftp://a.b", "https://a b.c",
           "//a.b", 'https://a.b/"onload=', "https://a.b/<script>", "https://a.b/\nx", None, 5]  # fmt: skip
    assert values.links(good) == [
        "https://x.com/a",
        "HTTP://example.org",
        "https://example.org/帖?q=1#f",
        "https://a.b/c",
    ]
    assert values.links(bad) == [None] * len(bad)


def times(column: list[Any], **rule: Any) -> tuple[list[str], list[bool]]:
    found, wrong = values.times(column, Source.model_validate({"from": "t", **rule}))
    assert str(found.dtype) == "datetime64[us, UTC]"
    return [str(one) for one in found], list(wrong)


def test_iso_times() -> None:
    good = ["2025-03-24T11:02:13+0000", "2025-03-24T11:02:13.000Z", "2025-03-24 19:02:13+08:00", "2025-03-24 11:02:13"]
    assert times(good) == (["2025-03-24 11:02:13+00:00"] * 4, [False] * 4)
    assert times(["2025-03-24"])[0] == ["2025-03-24 00:00:00+00:00"]


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


def test_epochs_and_ids() -> None:
    assert times([1742814133, "1742814133", 1742814133.9], time="epoch_s")[0] == ["2025-03-24 11:02:13+00:00"] * 3
    assert times(["1742814133000"], time="epoch_ms")[0] == ["2025-03-24 11:02:13+00:00"]
    assert times([1742814133000], time="epoch_s") == (["NaT"], [True])  # milliseconds are not seconds
    x = {"time": "id", "shift": 22, "offset": 1288834974657}
    assert times(["2088707180694323466"], **x)[0] == ["2026-08-15 19:19:32.837000+00:00"]
    assert times([7546034661705796877], time="id", shift=32, unit="s")[0] == ["2025-09-04 01:08:27+00:00"]
    assert times(["9" * 20, "-5", "x"], **x)[1] == [True, True, True]


def test_encodings_are_proved_not_guessed() -> None:
    text = "平台,账号\nX,河港"
    for encoding, name in (("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("gb18030", "gb18030")):
        assert decode(text.encode(encoding), "f") == (text, name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "f: the file is empty"),
        (b"\xef\xbb\xbf \n", "f: the file is empty"),
        (b",,\n,,\n", "f: the table has no cell with content"),
        ("河港的春天,夜市,码头\n".encode() * 9 + b"\xe6\xb2,x", r"f: not utf-8 text \(byte"),
        (b"\xff\xfea", "f: not utf-16 text"),
        (b"abc\x81\xff\xff", "f: not UTF-8 or GB18030 text"),
        (b"PK\x03\x04xx", "a zip file or an Excel workbook, not text. Save it as CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        (b"\x1f\x8b\x08", "a gzip file"),
        (b'{"a": 1', "f: not valid JSON"),
        (b'[{"a": 1}, {"a"', "f: not valid JSON"),
        (b"[" * 5000, "f: not valid JSON"),
        ('{"a": "河"}'.encode("gb18030"), "f: JSON must be UTF-8"),
        (b'a,b\n"x,y\n', "f: not a clean CSV table near line 2"),
        (b'a,b\n"x"y,1\n', "f: not a clean CSV table near line 2"),
    ],
)  # fmt: skip
def test_unreadable_files_give_one_line(content: bytes, message: str) -> None:
    with pytest.raises(InboxError, match=message) as caught:
        document(content, "f")
    assert "\n" not in str(caught.value)


def test_documents() -> None:
    table = document('\ufeff账号（X）; b \n"1;\n2";x\n\n;\n3'.encode(), "f")
    assert (table.kind, table.header, table.rows) == ("table", ("账号(x)", "b"), [["1;\n2", "x"], ["3"]])
    assert table.numbers == [2, 5]  # as a spreadsheet counts, empty rows included
    assert document(b'\n [{"a": 1}]', "f").root == [{"a": 1}]
    lines = document('{"a": "\u2028"}\n\n{"a": \n{"b": 2}\n'.encode(), "f")
    assert (lines.kind, lines.root, lines.broken) == ("jsonl", [{"a": "\u2028"}, {"b": 2}], [(3, '{"a": ')])


def test_half_emoji_in_json_do_not_stop_the_file() -> None:
    found: Document = document(b'{"a": "x\\ud83d"}', "f")
    assert values.texts([found.root["a"]]) == ["x"]


def test_account_names() -> None:
    assert values.handle(" @Riverport_City ") == "riverport_city"
    assert values.handle(None) == values.account_id(None) == ""
    assert values.account_id(7001) == "7001"
    assert values.account_id("UCabC") == "UCabC"
    assert values.handle("a\ud83d\x00b") == "ab"


def test_missing_words() -> None:
    assert all(values.lacks(value, NONE) for value in (None, "", "  ", "N/A", "－－", {}, [], "NULL"))
    assert not any(values.lacks(value, NONE) for value in (0, "0", -1, False, "none of it"))
    assert values.words(["und", "en ", "-", None, 5], NONE | {"und"}) == [None, "en", None, None, None]
